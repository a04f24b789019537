"""The book as one file: unzipped, opened by a double click, without a network; and without scripts.

What is opened here is what `make book-zip` makes. One visit of a page serves its tests with scripts,
another the one without.
"""

import re
import subprocess

import pytest
from browser import ask, tab, visits
from pages import ROOT, SOURCES, TYPESET, address_of, read_to_the_end

every_page = pytest.mark.parametrize("source", SOURCES)

# Text that is drawn nowhere, though it is not inside something that a reader can unfold.
UNREADABLE = """() => [...document.querySelectorAll(".bd-article *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()))
    .filter((e) => !e.closest("script, style, svg, summary, .headerlink, .math.notranslate"))
    .filter((e) => !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((e) => e.outerHTML.slice(0, 200))
"""
# Folds that a click on what stands above them does not open, from the outer to the inner.
SHUT = """() => [...document.querySelectorAll(".bd-article details")].filter((fold) => {
    const summary = fold.querySelector(":scope > summary");
    if (fold.open) return false;
    summary.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = summary.getBoundingClientRect();
    const met = document.elementFromPoint(left + width / 2, top + height / 2);
    if (summary.contains(met)) summary.click();
    return !fold.open;
}).map((e) => e.outerHTML.slice(0, 200))
"""
# Formulas whose TeX is seen, or whose MathML is missing.
NOT_PLAIN = """() => [...document.querySelectorAll(".bd-article .math.notranslate")]
    .filter((tex) => tex.checkVisibility()
        || !tex.nextElementSibling?.matches("noscript:has(math)"))
    .map((e) => e.outerHTML.slice(0, 200))
"""
TOLD = """() => [...document.querySelectorAll(".playground")]
    .map((e) => e.querySelector(".playground-print").innerText)
"""
FLAT = """() => [...document.querySelectorAll(".bd-article :is(.byhand-figure, img)")].filter((e) => {
    for (let fold = e; (fold = fold.parentElement?.closest("details")); ) fold.open = true;
    return e.getBoundingClientRect().height <= 10;
}).map((e) => e.outerHTML.slice(0, 200))
"""
MOVING = """() => [...document.querySelectorAll("*")].filter((e) => {
    const style = getComputedStyle(e);
    const seconds = (times) => Math.max(...times.split(",").map(parseFloat));
    return seconds(style.transitionDuration) > 0.01 || style.scrollBehavior !== "auto"
        || (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
}).map((e) => e.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="session")
def visit_file(browser, folder):
    """Opens a page as a file and reads it, once for the tests that follow each other."""

    def go(page, source: str):
        page.emulate_media(reduced_motion="no-preference")
        page.goto(f"{folder.as_uri()}/{address_of(source)}")
        ask(page, TYPESET, about="formulas set")
        read_to_the_end(page)

    return visits(lambda look: tab(browser, look, folder.as_uri()), go)


@pytest.fixture(scope="session")
def visit_without_scripts(browser, folder):
    def go(page, source: str):
        page.goto(f"{folder.as_uri()}/{address_of(source)}")

    return visits(lambda look: tab(browser, look, folder.as_uri(), java_script_enabled=False), go)


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
    page.context.close()


@every_page
def test_a_page_opens_as_a_file(visit_file, source):
    """Is all of it there: no complaint, no request, formulas set, playgrounds alive?"""
    page = visit_file(source)
    formulas = page.locator(".math.notranslate")
    assert page.locator("mjx-container").count() >= formulas.count()
    assert page.locator("mjx-merror").count() == 0
    assert page.complaints == []
    assert page.strangers() == []


@every_page
def test_nothing_moves_where_motion_is_unwelcome(visit_file, source):
    """Do neither the theme nor a playground glide, blink or scroll by themselves?"""
    page = visit_file(source)
    page.emulate_media(reduced_motion="reduce")
    assert ask(page, MOVING) == []


@every_page
def test_without_scripts_everything_can_be_read(visit_without_scripts, source):
    """Are text, formulas, figures, solutions and playgrounds' texts there, in the theme's colours?"""
    page = visit_without_scripts(source)
    assert ask(page, "getComputedStyle(document.body).getPropertyValue('--pst-color-link')")
    assert all(text.count(" ") > 10 for text in ask(page, TOLD))
    assert ask(page, NOT_PLAIN) == []
    assert ask(page, FLAT) == []
    assert ask(page, SHUT) == []
    ask(page, "document.getAnimations().forEach((each) => each.finish())", about="folds opened")
    assert ask(page, UNREADABLE) == []


def test_search_works_in_a_file(browser, folder):
    """Does a reader without a network find a word, and the page behind a result?"""
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/search.html?q=attention")
    page.locator("#search-results li a").get_by_text(
        re.compile(r"^(\d+\. )?Self-attention$")
    ).first.click()
    page.get_by_role("heading", level=1, name="Self-attention").wait_for()
    assert page.complaints == []
    assert page.strangers() == []
    page.context.close()


def test_the_first_tab_skips_to_the_text(browser, folder):
    """Need a reader with a keyboard or a screen reader not walk through the navigation?"""
    page = tab(browser, "light", folder.as_uri())
    page.goto(f"{folder.as_uri()}/{address_of(SOURCES[0])}")
    page.keyboard.press("Tab")
    assert ask(page, "document.activeElement.innerText") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert ask(page, "document.activeElement.closest('#main-content') !== null")
    page.context.close()
