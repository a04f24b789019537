"""Each page of the rendered book, in a real browser, in each look.

One visit of a page in a look serves all tests here: they run page by page, in the order below.
"""

import ast
import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from browser import ALL_BUT_COLOURS, COLOURS, LOOKS, ask, axe_faults, until
from pages import NOTEBOOKS, ROOT, SIDEWAYS, in_looks, read_to_the_end

from autograder.exercise import exercises

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
# A playground that needs more room than is kept for it pushes down what stands below.
CRAMPED = """() => [...document.querySelectorAll(".playground-place")]
    .map((e) => [e.offsetHeight, parseFloat(getComputedStyle(e).minHeight), e.dataset.text])
    .filter(([height, kept]) => height > kept + 1)
"""
FORMULAS = """() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    return [count(".math.notranslate"), count("mjx-container"), count("mjx-merror")];
}"""
FONTS = """document.fonts.ready.then(() =>
    [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family))
"""
PICTURES = """() => [...document.querySelectorAll(".bd-article :is(.byhand-figure, img)")].map((e) => ({
    words: e.matches("img") ? e.alt : e.getAttribute("aria-label"),
    plate: e.matches("img") ? null : getComputedStyle(e.parentElement).backgroundColor,
}))
"""


@in_looks(*LOOKS)
def test_a_page_takes_the_readers_look(visit, source, look):
    """Is it light or dark as the reader's machine is?"""
    page = visit(source, look)
    assert page.locator("html").get_attribute("data-theme") == LOOKS[look][2]


@in_looks("light", "phone")
def test_nothing_jumps(visit, source, look):
    """Does a line stay where the reader found it, down to the end of the page?"""
    page = visit(source, look)
    read_to_the_end(page)
    assert ask(page, CRAMPED) == []
    assert ask(page, "window.shift") < 0.05


@in_looks(*LOOKS)
def test_a_page_opens_without_complaint(visit, source, look):
    """Is there no error in the console?"""
    assert visit(source, look).complaints == []


@in_looks(*LOOKS)
def test_a_page_asks_nobody_else(visit, source, look):
    """Does a reader stay unseen by others, and does the book work offline?"""
    assert visit(source, look).strangers() == []


@in_looks(*LOOKS)
def test_no_page_scrolls_sideways(visit, source, look):
    """Does everything fit, on a phone too?"""
    assert ask(visit(source, look), SIDEWAYS) <= 0


@in_looks("dark", "phone")
def test_what_is_cut_at_the_edge_fades_out(visit, source, look):
    """Does a reader see that a table, a formula or an output goes on?"""
    page = visit(source, look)
    faded = f"() => ({CUT_SHORT.strip()})().length === 0"
    until(page, faded, about="mark at what is cut off", seconds=5)


@in_looks("light")
def test_a_wide_screen_does_not_scroll_sideways(visit, source, look):
    """Is there nothing on a desk's screen that leaves it?"""
    page = visit(source, look)
    usual = page.viewport_size
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert ask(page, SIDEWAYS) <= 0
    page.set_viewport_size(usual)


@in_looks("light")
def test_a_page_weighs_little(visit, html, source, look):
    """Is everything that it asks for soon there on a slow line, its playgrounds included?"""
    page = visit(source, look)
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


SETTLED = """async () => {
    await document.fonts.ready;
    await window.MathJax?.startup?.promise;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return true;
}"""


# In the dark colours change and nothing else, on a phone everything else.
ASKED = {"light": {}, "dark": COLOURS, "phone": ALL_BUT_COLOURS}


@in_looks(*LOOKS)
def test_axe_finds_only_the_faults_of_the_theme(visit, source, look):
    """Can everyone read and use the page, as far as a machine can tell?"""
    page = visit(source, look)
    assert ask(page, SETTLED, about="page with its formulas set")
    faults = [
        (rule, where, html)
        for rule, where, html in axe_faults(page, options=ASKED[look])
        if not any(rule == known and place in where for known, place in THEME_FAULTS)
    ]
    assert faults == []


@in_looks("light")
def test_math_is_typeset(visit, source, look):
    """Does each formula stand there as one, and does a page without any load nothing for it?"""
    page = visit(source, look)
    formulas, typeset, wrong = ask(page, FORMULAS)
    assert any("mathjax" in url for url in page.asked) == (formulas > 0)
    assert typeset >= formulas
    assert wrong == 0


@in_looks("light")
def test_icons_are_drawn(visit, source, look):
    """Do the buttons still show what they do, without their script?"""
    assert any("Font Awesome" in family for family in ask(visit(source, look), FONTS))


@in_looks("dark")
def test_every_picture_has_words(visit, source, look):
    """Is there a text for who cannot see it, and no plate behind a figure in dark mode?"""
    for picture in ask(visit(source, look), PICTURES):
        assert picture["words"]
        assert picture["plate"] in (None, "rgba(0, 0, 0, 0)")


@in_looks("light", pages=NOTEBOOKS)
def test_the_colab_button_opens_the_published_notebook(visit, source, look):
    """Does a reader get a notebook, not a text file that Colab cannot open?"""
    stem = re.sub(r"^\d+_", "", Path(source).stem)
    url = re.search(r"url: https://github.com/(\S+)", (ROOT / "_config.yml").read_text("utf8"))[1]
    button = visit(source, look).locator(".article-header-buttons a.btn-colab")
    assert button.inner_text().strip() == "Open in Colab"
    wanted = f"https://colab.research.google.com/github/{url}/blob/notebooks/{stem}.ipynb"
    assert button.get_attribute("href") == wanted


@in_looks("light", pages=NOTEBOOKS)
def test_every_exercise_cell_is_a_card(visit, source, look):
    """Does each card say what is asked, in the words of the reference?"""
    page = visit(source, look)
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


@in_looks("light", pages=NOTEBOOKS)
def test_a_solution_opens_by_keyboard(visit, source, look):
    """Is it hidden at first, one Tab behind the link, and shown by Enter?"""
    page = visit(source, look)
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


@in_looks("dark", pages=NOTEBOOKS)
def test_a_hint_says_what_the_page_holds(visit, source, look):
    """Are words and works of a real page explained, readably, with the page as wide as before?"""
    page = visit(source, look)
    for hint in page.locator(".bd-article [data-tip]:visible").all()[:6]:
        hint.focus()
        assert page.locator(".bh-tip").inner_text() == hint.get_attribute("data-tip").strip()
        assert ask(page, SIDEWAYS) <= 0
    if page.locator(".bh-tip:visible").count():
        assert axe_faults(page, within=".bh-tip") == []
        page.keyboard.press("Escape")
