"""The book as one file: unzipped, opened by a double click, without a network; and without scripts.

What is opened here is what `make book-zip` makes.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from browser import tab
from pages import ROOT, SOURCES, address_of, read_to_the_end

every_page = pytest.mark.parametrize("source", SOURCES)

# Text that is drawn nowhere, though it is not inside something that a reader can unfold.
UNREADABLE = """() => [...document.querySelectorAll(".bd-article *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()))
    .filter((e) => !e.closest("script, style, svg, summary, .headerlink, .math.notranslate"))
    .filter((e) => !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((e) => e.outerHTML.slice(0, 200))
"""
FOLDED = "() => document.querySelectorAll('.bd-article details:not([open]) > summary').length"
MOVING = """() => [...document.querySelectorAll("*")].filter((e) => {
    const style = getComputedStyle(e);
    const seconds = (times) => Math.max(...times.split(",").map(parseFloat));
    return seconds(style.transitionDuration) > 0.01 || style.scrollBehavior !== "auto"
        || (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
}).map((e) => e.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="session")
def folder(html, tmp_path_factory):
    """What a reader has after `make book-zip` and unzipping."""
    output = html.parents[1]
    tools = f"BIN={Path(sys.executable).parent}"
    command = ["make", "-f", ROOT / "Makefile", "-o", "book", "book-zip", tools, "BOOK=by-hand"]
    subprocess.run(command, cwd=output, check=True, capture_output=True)
    away = tmp_path_factory.mktemp("away")
    shutil.unpack_archive(output / "_build" / "by-hand.zip", away)
    (made,) = away.iterdir()
    return made


def test_the_zip_is_named_and_opens_at_the_front_page(browser, folder):
    """Does a double click on index.html lead to the first page?"""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf8"), re.M)[1]
    plan = subprocess.run(
        ["make", "-n", "-o", "book", "book-zip"], cwd=ROOT, capture_output=True, text=True
    )
    assert f" llms-by-hand-{version}.zip " in plan.stdout
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/index.html")
    page.get_by_role("heading", level=1, name="LLMs by Hand").wait_for()
    assert page.strangers() == []


@every_page
def test_a_page_opens_as_a_file(browser, folder, source):
    """Is all of it there: no complaint, no request, formulas set, playgrounds alive?"""
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/{address_of(source)}")
    page.evaluate("window.MathJax?.startup?.promise")
    read_to_the_end(page)
    formulas = page.locator(".math.notranslate")
    assert page.locator("mjx-container").count() >= formulas.count()
    assert page.locator("mjx-merror").count() == 0
    assert page.complaints == []
    assert page.strangers() == []
    page.context.close()


def test_search_works_in_a_file(browser, folder):
    """Does a reader without a network find a word, and the page behind a result?"""
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/search.html?q=attention")
    page.locator("#search-results li a").get_by_text("Self-attention").first.click()
    page.get_by_role("heading", level=1, name="Self-attention").wait_for()
    assert page.complaints == []
    assert page.strangers() == []


@every_page
def test_without_scripts_everything_can_be_read(browser, folder, source):
    """Are text, formulas, figures, solutions and playgrounds' texts there, in the theme's colours?"""
    page = tab(browser, "light", folder.as_uri(), java_script_enabled=False)
    page.goto(f"{folder.as_uri()}/{address_of(source)}")
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--pst-color-link')")
    for playground in page.locator(".playground").all():
        assert playground.locator(".playground-print").inner_text().count(" ") > 10
    for tex in page.locator(".bd-article .math.notranslate").all():
        assert tex.is_hidden()
        assert tex.locator("xpath=following-sibling::*[1]/self::noscript").locator("math").count()
    for figure in page.locator(".bd-article .byhand-figure, .bd-article img").all():
        unfold(figure)
        assert figure.bounding_box()["height"] > 10
    while page.evaluate(FOLDED):
        page.locator(".bd-article details:not([open]) > summary").first.click()
    assert page.evaluate(UNREADABLE) == []
    page.context.close()


def unfold(thing):
    thing.evaluate(
        "e => { for (let d = e; d = d.parentElement?.closest('details');) d.open = true; }"
    )


@every_page
def test_nothing_moves_where_motion_is_unwelcome(browser, folder, source):
    """Do neither the theme nor a playground glide, blink or scroll by themselves?"""
    page = tab(browser, "light", folder.as_uri(), reduced_motion="reduce")
    page.goto(f"{folder.as_uri()}/{address_of(source)}")
    read_to_the_end(page)
    assert page.evaluate(MOVING) == []
    page.context.close()


def test_the_first_tab_skips_to_the_text(browser, folder):
    """Need a reader with a keyboard or a screen reader not walk through the navigation?"""
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/{address_of(SOURCES[0])}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content') !== null")
