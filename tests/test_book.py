"""The rendered book, in a real browser.

One build and one visit of each page in each look serve all tests here.
"""

import functools
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from browser import LOOKS, axe_faults, built, served, tab

from autograder.exercise import exercises

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CHANGELOG.md", "autograder/README.md", *ROOT.glob("book/*.md"),
         *ROOT.glob("chapters/**/*.md"))  # fmt: skip
SOURCES = sorted(str(Path(ROOT, page).relative_to(ROOT)) for page in PAGES)
NOTEBOOKS = [source for source in SOURCES if "kernelspec:" in (ROOT / source).read_text("utf8")]
MADE_BY_SPHINX = {"genindex.html", "index.html", "search.html"}

# axe's rule, a selector of the theme, and why it is let pass.
THEME_FAULTS = (
    # The sidebar's title is a plain div; it repeats a link that the navigation holds too.
    ("region", ".sidebar-primary-item"),
)


def in_every_look(test):
    return pytest.mark.parametrize("look", LOOKS)(pytest.mark.parametrize("source", SOURCES)(test))


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """The book, built once, with the outputs that an earlier build has left."""
    output = tmp_path_factory.mktemp("book")
    return built(ROOT, "--path-output", output), output / "_build" / "html"


@pytest.fixture(scope="session")
def html(build):
    process, folder = build
    if process.returncode:
        pytest.fail(f"The book does not build:\n{process.stderr[-3000:]}")
    return folder


@pytest.fixture(scope="session")
def site(html):
    with served(html) as address:
        yield address


@pytest.fixture(scope="session")
def visit(browser, site):
    """Opens a page in a look, once."""

    @functools.cache
    def open_page(source: str, look: str):
        page = tab(browser, look, site)
        page.goto(f"{site}/{Path(source).with_suffix('.html').as_posix()}")
        page.evaluate("window.MathJax?.startup?.promise")
        return page

    return open_page


def test_the_book_builds_without_a_warning(build):
    """Does nothing in the build ask for attention?"""
    process, _ = build
    assert process.returncode == 0, process.stderr[-3000:]
    assert "WARNING" not in process.stderr, process.stderr[-3000:]


def test_every_page_is_tested(html):
    """Is there a page that the tests below do not open?"""
    built = {str(p.relative_to(html)) for p in html.rglob("*.html") if "_static" not in p.parts}
    assert built - MADE_BY_SPHINX == {str(Path(s).with_suffix(".html")) for s in SOURCES}


def test_a_page_weighs_little(html):
    """Are the heavy scripts that no page needs left out?"""
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


@in_every_look
def test_axe_finds_only_the_faults_of_the_theme(visit, source, look):
    """Can everyone read and use the page, as far as a machine can tell?"""
    faults = [
        (rule, where, html)
        for rule, where, html in axe_faults(visit(source, look))
        if not any(rule == known and place in where for known, place in THEME_FAULTS)
    ]
    assert faults == []


@pytest.mark.parametrize("source", SOURCES)
def test_math_is_typeset(visit, source):
    """Does each formula stand there as one, without an error in it?"""
    page = visit(source, "light")
    formulas = page.locator(".math.notranslate")
    assert page.locator("mjx-container").count() >= formulas.count()
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("source", SOURCES)
def test_icons_are_drawn(visit, source):
    """Do the buttons still show what they do, without their script?"""
    page = visit(source, "light")
    page.evaluate("document.fonts.ready")
    fonts = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert any("Font Awesome" in family for family in fonts)


@pytest.mark.parametrize("source", SOURCES)
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
            assert plain(solution.text_content()) == plain(exercises()[name].solution)
        page.keyboard.press("Enter")


def plain(text: str) -> str:
    """Without white space, whose amount the page may choose."""
    return re.sub(r"\s", "", text)


def book_module(name: str):
    """A module of `book/`, which is loaded by Sphinx and is no package."""
    spec = spec_from_file_location(name, ROOT / "book" / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
