"""What a reader can ask of a page: what a word, a sign or a link means."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from extension import ROOT, book_module

from autograder.exercise import exercises

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
    assert hint["uri"] == "book/pages/glossary.html#term-loss"


@pytest.mark.usefixtures("words")
def test_a_name_leads_to_its_own_line_of_the_glossary():
    """Are capitals kept in the address, as the glossary keeps them?"""
    (hint,) = hinted("Some Transformers.")
    assert hint["uri"].endswith("#term-Transformer")


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
    assert explained("The batch.", "book/pages/playgrounds") == ["batch"]
    for page in ("book/pages/glossary", "autograder/README", "CHANGELOG"):
        assert explained("The batch.", page) == []


def test_the_glossary_is_read_in_full():
    """Does each entry have a definition in plain words, without marks of Markdown?"""
    text = (ROOT / "book" / "pages" / "glossary.md").read_text(encoding="utf8")
    assert len(hover.glossary()) == len(re.findall(r"^  \S", text, re.MULTILINE))
    assert not [said for said in hover.glossary().values() if re.search(r"[`$\[\]]|\*\*", said)]


# ---- signs


def test_a_sign_of_the_notation_is_explained_wherever_it_stands():
    """Can a reader of any page look up a letter without leaving it?"""
    first, again = hinted("``Tq`` rows, ``Tk`` columns: see ``other`` and ``Tq``.")[::2]
    assert first["tip"] == again["tip"] == hover.notation()["Tq"]
    assert first["uri"] == "book/pages/notation.html#notation"
    assert isinstance(first[0], nodes.literal), "it still looks like code"


def test_every_letter_of_a_signature_has_its_line():
    """Can a learner look up each axis that a card names?"""
    shapes = [shape for exercise in exercises().values()
              for shape in re.findall(r'\[Tensor, "([^"]*)"\]', exercise.signature)]  # fmt: skip
    letters = {axis for shape in shapes for axis in shape.split() if not axis.isdigit()}
    assert "*B" in letters
    assert letters <= set(hover.notation())


def test_a_sign_is_not_explained_in_a_title_nor_beside_the_table():
    """Is the table's own page free of links to itself?"""
    assert explained("``Tq`` and me\n=============\n\ntext") == []
    assert explained("``Tq``", "book/pages/notation") == []
