"""What a reader can ask of a page: what a word, a sign or a link means; and report a cell."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser import tab
from docutils import nodes
from docutils.core import publish_doctree
from extension import book_module

ROOT = Path(__file__).parents[1]
WORDS = {
    "loss": "The number that training makes smaller.",
    "cross-entropy loss": "The mean surprise.",
    "batch": "Several examples.",
    "vocabulary": "All tokens that a tokenizer knows.",
    "Transformer": "A network of attention.",
}

hover = book_module("hover")


@pytest.fixture
def words(monkeypatch):
    """A glossary of a few words."""
    monkeypatch.setattr(hover, "glossary", lambda: WORDS)
    for made_from_it in (hover.spelt, hover.pattern):
        made_from_it.cache_clear()
    yield
    for made_from_it in (hover.spelt, hover.pattern):
        made_from_it.cache_clear()


def hinted(text: str, page: str = "chapters/page") -> list[nodes.Element]:
    """The hints that a page gets."""
    builder = SimpleNamespace(format="html", get_relative_uri=lambda _, to: f"{to}.html")
    document = publish_doctree(text, settings_overrides={"doctitle_xform": False})
    before = document.astext()
    hover.add_hints(SimpleNamespace(builder=builder), document, page)
    assert document.astext() == before, "a hint never changes what is read"
    return list(document.findall(hover.explained))


def explained(text: str, page: str = "chapters/page") -> list[str]:
    return [hint.astext() for hint in hinted(text, page)]


# ---- words


@pytest.mark.usefixtures("words")
def test_the_first_mention_of_a_word_is_explained():
    """Does it say what the glossary says, lead there, and not come again?"""
    (hint,) = hinted("The loss falls. A small loss\n\nis still a loss.")
    assert hint["tip"] == WORDS["loss"]
    assert hint["uri"] == "book/glossary.html#term-loss"


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    "word", ["loss", "Loss", "losses", "batches", "vocabularies", "Transformers"]
)
def test_a_word_is_known_in_the_plural_and_at_the_start_of_a_sentence(word):
    """Would a reader who meets it bent learn what it means?"""
    assert explained(f"{word}: so many.") == [word]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    "word",
    ["glossy", "lossless", "loss-free", "no-loss", "transformers", "Hugging Face Transformers"],
)
def test_a_word_that_only_looks_alike_is_left_alone(word):
    """Is neither a part of a word explained, nor a library taken for a network?"""
    assert explained(f"It is {word} here.") == []


@pytest.mark.usefixtures("words")
def test_the_longer_of_two_terms_is_meant():
    """Is "cross-entropy loss" one thing, and not two?"""
    assert explained("The cross-entropy loss is one loss.") == ["cross-entropy loss", "loss"]


@pytest.mark.usefixtures("words")
def test_a_word_that_the_page_defines_is_not_explained_to_it():
    """Is a word in bold left to the sentence that it stands in, and to those before?"""
    assert explained("A loss, a batch.\n\nA **loss** is what hurts.") == ["batch"]
    assert explained("Of **losses** and the loss, of a batch.") == ["batch"]


CLOSED_PLACES = {
    "a title": "The loss\n========\n\ntext",
    "a line of code": "``loss``",
    "a block of code": "::\n\n  the loss",
    "a link": "`the loss <https://example.org>`_",
    "a formula": ":math:`loss`",
    "a table": "====  ====\nloss  loss\n====  ====",
    "a caption": ".. figure:: x.png\n\n   The loss",
}


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("text", CLOSED_PLACES.values(), ids=CLOSED_PLACES)
def test_a_hint_is_only_in_running_text(text):
    """Do titles, code, links, formulas and tables stay as they are?"""
    assert explained(text) == []
    assert explained(f"{text}\n\nThe loss.") == ["loss"], "and the first mention is the next one"


@pytest.mark.usefixtures("words")
def test_what_a_cell_prints_is_left_alone():
    """Is an output what the code has printed, and nothing else?"""
    output = nodes.container("", nodes.paragraph("", "The loss"), classes=["cell_output"])
    assert not hover.is_open(output[0][0])
    assert hover.is_open(nodes.container("", nodes.paragraph("", "The loss"))[0][0])


@pytest.mark.usefixtures("words")
def test_pages_for_readers_have_hints():
    """Is the glossary not explained by itself, and an instructor's batch not a tensor?"""
    assert explained("The batch.", "book/playgrounds") == ["batch"]
    for page in ("book/glossary", "autograder/README", "CHANGELOG"):
        assert explained("The batch.", page) == []


def test_the_glossary_is_read_in_full():
    """Does each entry have a definition in plain words, without marks of Markdown?"""
    text = (ROOT / "book" / "glossary.md").read_text(encoding="utf8")
    assert len(hover.glossary()) == len(re.findall(r"^  \S", text, re.MULTILINE))
    assert not [said for said in hover.glossary().values() if re.search(r"[`$\[\]]|\*\*", said)]


# ---- signs


def test_a_sign_of_the_notation_is_explained_wherever_it_stands():
    """Can a reader of any page look up a letter without leaving it?"""
    first, again = hinted("``Tq`` rows, ``Tk`` columns: see ``other`` and ``Tq``.")[::2]
    assert first["tip"] == again["tip"] == hover.notation()["Tq"]
    assert first["uri"] == "chapters/start_here.html#notation"
    assert isinstance(first[0], nodes.literal), "it still looks like code"


def test_a_sign_is_not_explained_in_a_title_nor_beside_the_table():
    """Is the table's own page free of links to itself?"""
    assert explained("``Tq`` and me\n=============\n\ntext") == []
    assert explained("``Tq``", "chapters/start_here") == []


# ---- in a browser


TARGET = "https://example.org/"
REPORT = "https://example.org/issues/new?title=chapters/page%2C%20version%201"
PAGE = f"""<!doctype html><html lang="en"><head><meta name="bh-report" content="{REPORT}">
<style>{{css}} body {{{{ margin: 60px 20px; font: 16px sans-serif }}}}</style>
<script>{{js}}</script></head><body class="bd-article">
<p>A <a id="word" class="bh-hint" href="#there" data-tip="What a word means.">word</a>
and <a id="work" href="{TARGET}" data-tip="Somebody. 2017. A work.">a work</a>.</p>
<p style="text-align: right"><a id="far" class="bh-hint" href="#there"
data-tip="{"A long definition. " * 8}">far</a></p>
<div class="cell">1</div><div class="cell">2</div><p id="away" style="height: 300px">away</p>
</body></html>"""


def opened(browser, look="light", **settings):
    """A page with hints and cells, which has nobody to ask."""
    static = ROOT / "book" / "static"
    page = tab(browser, look, "about:", patience=5000, **settings)
    page.set_content(PAGE.format(
        css=(static / "book.css").read_text("utf8"), js=(static / "book.js").read_text("utf8")
    ))  # fmt: skip
    page.tip = page.locator(".bh-tip")
    return page


def linger(page):
    """Longer than a hint waits for a pointer that crosses the gap."""
    page.wait_for_timeout(400)


def test_a_hint_opens_by_keyboard(browser):
    """Does Tab show it, to a screen reader as well, and the next Tab put it away?"""
    page = opened(browser)
    assert not page.tip.is_visible()
    page.keyboard.press("Tab")
    assert page.tip.inner_text() == "What a word means."
    assert page.locator("#word").get_attribute("aria-describedby") == page.tip.get_attribute("id")
    linger(page)
    assert page.tip.is_visible(), "it stays while the link has the focus"
    page.keyboard.press("Tab")
    assert page.tip.inner_text() == "Somebody. 2017. A work."
    assert page.locator("#word").get_attribute("aria-describedby") is None
    page.locator("#away").click()
    linger(page)
    assert not page.tip.is_visible()


@pytest.mark.parametrize("how", ["focus", "hover"])
def test_escape_closes_a_hint_and_moves_nothing(browser, how):
    """Can what lies under a hint be seen without moving the pointer or the focus?"""
    page = opened(browser)
    word = page.locator("#word")
    getattr(word, how)()
    assert page.tip.is_visible()
    page.keyboard.press("Escape")
    assert not page.tip.is_visible()
    assert word.evaluate(f"e => e.matches(':{how}')")
    linger(page)
    assert not page.tip.is_visible()


def test_the_pointer_may_go_into_a_hint(browser):
    """Can it be read under a magnifier and its text be marked, and does it go with the pointer?"""
    page = opened(browser)
    page.locator("#word").hover()
    assert page.tip.is_visible()
    page.tip.hover()
    linger(page)
    assert page.tip.is_visible()
    page.mouse.down()
    page.mouse.up()
    linger(page)
    assert page.tip.is_visible()
    page.locator("#away").hover()
    linger(page)
    assert not page.tip.is_visible()


def test_a_hint_stays_with_the_focus_when_the_pointer_goes(browser):
    """Does a mouse that is pushed aside not close what the keyboard has opened?"""
    page = opened(browser)
    page.locator("#word").focus()
    page.locator("#word").hover()
    page.locator("#away").hover()
    linger(page)
    assert page.tip.is_visible()


def test_the_first_tap_explains_and_the_second_follows(browser):
    """Does a phone show what a word means and which work is cited, and then lead there?"""
    page = opened(browser, "phone", has_touch=True)
    page.tap("#word")
    assert page.tip.is_visible()
    assert not page.url.endswith("#there")
    page.tap("#away")
    assert not page.tip.is_visible()
    page.tap("#word")
    page.tap("#word")
    page.wait_for_url("**#there")
    page.evaluate("""() => {
        window.followed = 0;
        work.onclick = (event) => {
            followed += !event.defaultPrevented;
            event.preventDefault();
        };
    }""")
    page.tap("#work")
    assert page.tip.inner_text() == "Somebody. 2017. A work."
    assert page.evaluate("followed") == 0
    page.tap("#work")
    assert page.evaluate("followed") == 1


@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_hint_fits_the_window(browser, look):
    """Is a word at the right edge explained on the page, and not beyond it?"""
    page = opened(browser, look)
    page.locator("#far").focus()
    box, window = page.tip.bounding_box(), page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    link = page.locator("#far").bounding_box()
    assert box["y"] >= link["y"] + link["height"] or box["y"] + box["height"] <= link["y"]


def test_hints_ask_nobody(browser):
    """Does a hint work without a network?"""
    page = opened(browser)
    page.context.set_offline(True)
    page.locator("#word").hover()
    assert page.tip.is_visible()
    assert page.strangers() == page.complaints == []


def test_each_cell_can_be_reported(browser):
    """Does the issue's title say which page, which version and which cell?"""
    page = opened(browser)
    links = page.get_by_role("link", name="Report this cell")
    assert [link.get_attribute("href") for link in links.all()] == [
        f"{REPORT}%2C%20cell%201", f"{REPORT}%2C%20cell%202",
    ]  # fmt: skip
    seen = "e => getComputedStyle(e).opacity"
    assert links.nth(1).evaluate(seen) == "0", "it is not in a reader's way"
    page.locator(".cell").nth(1).hover()
    assert links.nth(1).evaluate(seen) == "1"
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert links.nth(0).evaluate(seen) == "1", "and can be reached by keyboard"
