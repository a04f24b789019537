"""The rendered book, in a real browser.

One build and one visit of each page in each look serve all tests here.
"""

import ast
import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import LOOKS, axe_faults, tab
from extension import book_module
from pages import NOTEBOOKS, ROOT, SOURCES, address_of, read_to_the_end

from autograder.exercise import exercises

MADE_BY_SPHINX = {"genindex.html", "index.html", "search.html"}

# axe's rule, a selector of the theme, and why it is let pass.
THEME_FAULTS = (
    # The sidebar's title is a plain div; it repeats a link that the navigation holds too.
    ("region", ".sidebar-primary-item"),
)


# What a page may weigh on the wire, without fonts and MathJax, which its text does not wait for.
TEXT, LIVE = 350 * 1024, 1500 * 1024


# What a reader would have to guess can be scrolled.
CUT_SHORT = """() => [...document.querySelectorAll(".bd-article *")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth && !e.closest(".playground"))
    .filter((e) => getComputedStyle(e).overflowX !== "visible")
    .filter((e) => getComputedStyle(e).maskImage === "none" && e.checkVisibility())
    .filter((e) => !e.closest("mjx-assistive-mml"))
    .map((e) => e.outerHTML.slice(0, 200))
"""

every_page = pytest.mark.parametrize("source", SOURCES)


def in_every_look(test):
    return pytest.mark.parametrize("look", LOOKS)(every_page(test))


def test_the_book_builds_without_a_warning(build):
    """Does nothing in the build ask for attention?"""
    status, said, _ = build
    assert status == 0, said[-3000:]
    assert "WARNING" not in said, said[-3000:]


def test_every_page_is_tested(html):
    """Is there a page that the tests below do not open?"""
    built = {str(p.relative_to(html)) for p in html.rglob("*.html") if "_static" not in p.parts}
    assert built - MADE_BY_SPHINX == {address_of(s) for s in SOURCES}


def test_heavy_scripts_are_left_out(html):
    """Does no page fetch what it does not need, and does the folder stay small?"""
    assert (html / "_static/scripts/fontawesome.js").stat().st_size == 0
    weight = sum(p.stat().st_size for p in (html / "_static/mathjax").rglob("*") if p.is_file())
    assert weight < 2.5e6


@in_every_look
def test_a_page_opens_without_complaint(visit, source, look):
    """Does it take the reader's look, with no error in the console?"""
    page = visit(source, look)
    assert page.complaints == []
    assert page.locator("html").get_attribute("data-theme") == LOOKS[look][2]


@in_every_look
def test_a_page_asks_nobody_else(visit, source, look):
    """Does a reader stay unseen by others, and does the book work offline?"""
    assert visit(source, look).strangers() == []


@in_every_look
def test_no_page_scrolls_sideways(visit, source, look):
    """Does everything fit, on a phone too?"""
    page = visit(source, look)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("look", ["dark", "phone"])
@every_page
def test_what_is_cut_at_the_edge_fades_out(visit, source, look):
    """Does a reader see that a table, a formula or an output goes on?"""
    page = visit(source, look)
    page.evaluate("window.MathJax?.startup?.promise")
    page.wait_for_function(f"({CUT_SHORT})().length === 0", timeout=3000)


@every_page
def test_a_wide_screen_does_not_scroll_sideways(visit, source):
    """Is there nothing on a desk's screen that leaves it?"""
    page = visit(source, "light")
    usual = page.viewport_size
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size(usual)


@every_page
def test_a_page_weighs_little(visit, html, source):
    """Is everything that it asks for soon there on a slow line, its playgrounds included?"""
    page = visit(source, "light")
    read_to_the_end(page)
    paths = {unquote(urlsplit(url).path).lstrip("/") for url in page.asked if "://" in url}
    weights = {path: packed(html / path) for path in paths if not comes_later(path)}
    budget = LIVE if page.locator(".playground").count() else TEXT
    assert sum(weights.values()) < budget, sorted(weights.items(), key=lambda pair: -pair[1])[:9]


def comes_later(path: str) -> bool:
    return path.endswith((".woff", ".woff2", ".ttf")) or "/mathjax/" in path


@cache
def packed(path: Path) -> int:
    """Its bytes as a host sends them."""
    return len(gzip.compress(path.read_bytes()))


@pytest.mark.parametrize("look", ["light", "phone"])
@every_page
def test_nothing_jumps(visit, source, look):
    """Does a line stay where the reader found it, down to the end of the page?"""
    page = visit(source, look)
    read_to_the_end(page)
    assert page.evaluate("window.shift") < 0.05


def test_a_dark_page_begins_dark(browser, site):
    """Is there no white flash before the theme's script has come?"""
    page = tab(browser, "dark", site)
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.goto(f"{site}/{address_of(SOURCES[0])}")
    assert page.locator("html").get_attribute("data-theme") == "dark"


@in_every_look
def test_axe_finds_only_the_faults_of_the_theme(visit, source, look):
    """Can everyone read and use the page, as far as a machine can tell?"""
    faults = [
        (rule, where, html)
        for rule, where, html in axe_faults(visit(source, look))
        if not any(rule == known and place in where for known, place in THEME_FAULTS)
    ]
    assert faults == []


@every_page
def test_math_is_typeset(visit, source):
    """Does each formula stand there as one, and does a page without any load nothing for it?"""
    page = visit(source, "light")
    formulas = page.locator(".math.notranslate")
    assert any("mathjax" in url for url in page.asked) == (formulas.count() > 0)
    assert page.locator("mjx-container").count() >= formulas.count()
    assert page.locator("mjx-merror").count() == 0


@every_page
def test_icons_are_drawn(visit, source):
    """Do the buttons still show what they do, without their script?"""
    page = visit(source, "light")
    page.evaluate("document.fonts.ready")
    fonts = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert any("Font Awesome" in family for family in fonts)


@every_page
def test_every_picture_has_words(visit, source):
    """Is there a text for who cannot see it, and no plate behind a figure in dark mode?"""
    page = visit(source, "dark")
    for picture in page.locator(".bd-article .byhand-figure").all():
        assert picture.get_attribute("aria-label")
        plate = picture.locator("..").evaluate("e => getComputedStyle(e).backgroundColor")
        assert plate == "rgba(0, 0, 0, 0)"
    for picture in page.locator(".bd-article img").all():
        assert picture.get_attribute("alt")


@pytest.mark.parametrize("source", NOTEBOOKS)
def test_the_colab_button_opens_the_published_notebook(visit, source):
    """Does a reader get a notebook, not a text file that Colab cannot open?"""
    stem = re.sub(r"^\d+_", "", Path(source).stem)
    url = re.search(r"url: https://github.com/(\S+)", (ROOT / "_config.yml").read_text("utf8"))[1]
    button = visit(source, "light").locator(".article-header-buttons a.btn-colab")
    assert button.inner_text().strip() == "Open in Colab"
    wanted = f"https://colab.research.google.com/github/{url}/blob/notebooks/{stem}.ipynb"
    assert button.get_attribute("href") == wanted


@pytest.mark.parametrize("source", NOTEBOOKS)
def test_every_exercise_cell_is_a_card(visit, source):
    """Does each card say what is asked, in the words of the reference?"""
    page = visit(source, "light")
    cells = re.findall(r"tags: \[.*\bexercise\b.*\]\n+from solutions\.\w+ import (\w+)",
                       (ROOT / source).read_text("utf8"))  # fmt: skip
    cards = page.locator("section.exercise")
    assert [card.get_attribute("id") for card in cards.all()] == [f"exercise-{c}" for c in cells]
    for name, card in zip(cells, cards.all(), strict=True):
        exercise = exercises()[name]
        told = plain(card.text_content())
        for part in (
            exercise.title,
            f"{exercise.points:g} point",
            f"difficulty {exercise.difficulty} of 3",
            f"about {exercise.minutes} min",
            exercise.signature,
            *re.findall(r"`([^`]+)`", exercise.statement),
        ):
            assert plain(part) in told
        link = card.get_by_role("link", name="Write it in the notebook")
        assert link.get_attribute("href").endswith(".ipynb")


@pytest.mark.parametrize("source", NOTEBOOKS)
def test_a_solution_opens_by_keyboard(visit, source):
    """Is it hidden at first, one Tab behind the link, and shown by Enter?"""
    page = visit(source, "light")
    for card in page.locator("section.exercise").all():
        name = card.get_attribute("id").removeprefix("exercise-")
        prose = exercises()[name].in_prose
        solution = card.locator("details").last.locator("p" if prose else ".highlight pre").first
        assert not solution.is_visible()
        card.get_by_role("link", name="Write it in the notebook").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert solution.is_visible()
        if not prose:
            shown = solution.text_content()
            assert done_by(shown) == done_by(exercises()[name].solution)
            assert exercises()[name].statement[:30] not in shown, "it stands above, as prose"
        page.keyboard.press("Enter")


def plain(text: str) -> str:
    """Without what a page may choose: white space, a last comma, the form of apostrophes."""
    return re.sub(r"\s|,(?=\s*\))", "", text).replace("’", "'")


def done_by(source: str) -> str:
    """What a function's source does, however it is laid out, without its docstring."""
    function = ast.parse(source).body[0]
    if ast.get_docstring(function):
        del function.body[0]
    return ast.dump(function)


def test_a_wide_signature_has_a_line_for_each_parameter():
    """Is no default cut off, and is what fits left as it is?"""
    card = book_module("exercise_card")
    narrow = 'def f(a: Float[Tensor, "B T"], b: int = 100) -> int:'
    assert card.wrapped(narrow) == narrow
    wide = narrow.replace("int:", f"{'x' * card.WIDTH}:")
    lines = card.wrapped(wide).splitlines()
    assert lines[:3] == ["def f(", '    a: Float[Tensor, "B T"],', "    b: int = 100,"]
    assert lines[3].startswith(") -> x")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("from solutions.nowhere import nothing", r"page\.md:7: nowhere\.nothing is no exercise"),
        ("import solutions", "holds one import of one name"),
        ("from solutions.nowhere import one, two", "holds one import of one name"),
        ("if", "holds one import of one name"),
    ],
)
def test_an_unknown_exercise_fails_the_build(code, words):
    """Does the author learn which cell it is, and what would fit?"""
    card = book_module("exercise_card")
    with pytest.raises(card.UnknownExercise, match=words) as error:
        card.exercise_of(code, "page.md:7")
    if "nothing" in code:
        assert all(repr(exercise) in str(error.value) for exercise in exercises().values())


def test_outputs_depend_on_the_modules_they_come_from():
    """Is a page run again when its solutions change, and not when others do?"""
    own_files = book_module("stale_outputs").own_files
    found = own_files("x = 1\nfrom byhand.figures import show\n")
    assert {p.relative_to(ROOT).as_posix() for p in found} == {"byhand/figures.py"}
    assert own_files("import torch") == set()
    judged = {p.relative_to(ROOT).as_posix() for p in own_files('check("causal_mask")')}
    assert judged >= {"solutions/self_attention.py", "autograder/checks/self_attention.py"}


def test_search_finds_what_a_page_shows(browser, site, html):
    """Are folded solutions not found, and words of a result not run together?"""
    index = (html / "searchindex.js").read_text("utf8")
    assert not re.search(r'"borderpad": ?\[?\d', index), "a word of hidden cells only"
    page = tab(browser, "light", site)
    page.goto(f"{site}/search.html?q=attention+mask")
    glossary = page.locator("#search-results li", has_text="Glossary").locator(".context")
    glossary.first.wait_for()
    assert all("maskA" not in text for text in glossary.all_inner_texts())
    page.context.close()


def test_the_bibliography_leads_back_to_each_citation(html):
    """Does a link from it end at the sentence that cites the work?"""
    page = html / "book" / "bibliography.html"
    links = re.findall(r'href="([^"#]+)#(cited-[^"]+)"', page.read_text("utf8"))
    assert links
    for address, anchor in links:
        assert f'id="{anchor}"' in (page.parent / address).read_text("utf8"), address


@pytest.mark.parametrize("source", NOTEBOOKS)
def test_a_hint_says_what_the_page_holds(visit, source):
    """Are words and works of a real page explained, readably, with the page as wide as before?"""
    page = visit(source, "dark")
    for hint in page.locator(".bd-article [data-tip]:visible").all()[:6]:
        hint.focus()
        assert page.locator(".bh-tip").inner_text() == hint.get_attribute("data-tip").strip()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if page.locator(".bh-tip:visible").count():
        assert axe_faults(page, within=".bh-tip") == []
        page.keyboard.press("Escape")
