"""What can be looked up: no topic without a place and an exercise, no claim without what is right.

Owns what has to be there: the topics, one a line of `topics.txt`, and the numbers of the catalogue
of claims.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from docutils import nodes
from docutils.utils import new_document
from extension import ROOT, book_module

from autograder.exercise import chapters, exercises

topics = book_module("topics")

ASKED = (Path(__file__).parent / "topics.txt").read_text("utf8").splitlines()
SECOND = (6, 8, 14, 17, 36, 39, 43, 52, 54, 56, 61, 63, 66, 76)  # numbers that have a b as well
CATALOGUE = {f"E{n:02}" for n in range(1, 95)} | {f"E{n:02}b" for n in SECOND}
LEFT_OUT = {"E52b": "a slip of the pen, *not* for *now*: nobody goes round saying it"}
each_chapter = pytest.mark.parametrize("chapter", chapters().values(), ids=lambda c: c.stem)


# ---- what has to be there


def test_no_topic_is_missing():
    """Is there a topic that nobody can look up, or one whose name is not that of the list?"""
    marked = set(topics.topics())
    missing = set(ASKED) - marked
    assert not missing, f"no chapter has a line `% topic: ...` for {sorted(missing)}"
    assert not marked - set(ASKED), f"not in topics.txt: {sorted(marked - set(ASKED))}"


def test_the_list_of_topics_is_one_that_can_be_read():
    """Is it in the order of the alphabet, with no name twice, and are there enough?"""
    assert sorted(set(ASKED), key=str.casefold) == ASKED
    assert len(ASKED) >= 71


def test_every_topic_is_practised():
    """Can what is explained be built, and be graded?"""
    known = exercises()
    for topic, places in topics.topics().items():
        for place in places:
            assert place.exercises, f"{topic}: no exercise in this section, so name some after ->"
            assert set(place.exercises) <= set(known), topic
        assert any(known[name].points for place in places for name in place.exercises), topic


def test_no_claim_is_missing():
    """Is each of the catalogue mended in a chapter, or left out for a reason?"""
    mended = set(topics.errata())
    missing = CATALOGUE - mended - set(LEFT_OUT)
    assert not missing, f"no chapter has a line `% erratum ...` for {sorted(missing)}"
    assert not mended & set(LEFT_OUT)
    assert mended <= CATALOGUE
    assert set(LEFT_OUT) <= CATALOGUE


def test_every_claim_says_once_what_is_right():
    """Is there exactly one line with claim and correction for each, where it is mended?"""
    said = topics.claims()
    assert Counter(claim.number for claim in said) == dict.fromkeys(topics.errata(), 1)
    for claim in said:
        assert claim.place in topics.errata()[claim.number], claim.number
        for sentence in (claim.said, claim.right):
            assert re.fullmatch(r"[\w*`].*[.]", sentence), claim.number


# ---- how it is written


@each_chapter
def test_lines_for_authors_are_understood(chapter):
    """Is a line with a slip found, in place of a topic that is quietly not listed?"""
    kinds = (topics.TOPIC, topics.ERRATUM, topics.CLAIM)
    for line in re.findall(r"^%(.*)$", chapter.text, re.MULTILINE):
        if re.match(r"\s*(?:topics?\b|E\d\d)", line, re.IGNORECASE):
            assert any(kind.fullmatch(line[1:]) for kind in kinds), line
    found = [m["topic"] for m, _ in matched(chapter.text, topics.TOPIC)]
    assert not [topic for topic, times in Counter(found).items() if times > 1]
    ids = [topics.place_id("topic", topic) for topic in found]
    assert len(set(ids)) == len(ids)


def matched(text: str, kind) -> list[tuple]:
    """(match, where) for each line for authors of a kind."""
    return [(match, at) for mark, at in topics.marks(text) if (match := kind.fullmatch(mark))]


def test_a_mark_belongs_to_the_heading_below_it_or_to_the_last_one():
    """Is code no heading, and is a third-level heading no section?"""
    text = (
        "# A\n% topic: a\n\nWords.\n\n% topic: b -> x, y\n## B\n\n```{code-cell}\n# C\n% topic: no\n"
        "```\n\n### D\n% topic: d\n% erratum E15 E38\nWords.\n"
    )
    assert topics.marks(text) == [
        ("topic: a", ("A", "A")),
        ("topic: b -> x, y", ("B", "B")),
        ("topic: d", ("B", "D")),
        ("erratum E15 E38", ("B", "D")),
    ]
    assert topics.sections(text) == {"A": "A", "B": "B", "D": "B"}
    assert topics.TOPIC.fullmatch("topic: b -> x, y")["named"] == "x, y"


# ---- how it is shown


def to(stem: str) -> str:
    return f"{stem}.html"


def shown(table: nodes.table) -> list[list[str]]:
    return [[entry.astext() for entry in row] for row in next(table.findall(nodes.tbody))]


def test_every_topic_has_a_row_that_leads_to_its_places():
    """Does a row lead to each paragraph, and to the cards of the exercises?"""
    table = topics.topics_drawn(to)
    assert [row[0] for row in shown(table)] == list(topics.topics())
    links = {link["refuri"] for link in table.findall(nodes.reference)}
    for topic, places in topics.topics().items():
        for place in places:
            assert f"{place.stem}.html#{topics.place_id('topic', topic)}" in links
    assert "self_attention.html#exercise-causal_mask" in links


def test_every_claim_has_a_row_under_its_chapter():
    """Does a row say what is right, and lead there?"""
    table = topics.claims_drawn(to)
    rows = shown(table)
    titles = [row[0] for row in rows if len(row) == 1]
    assert titles == list(dict.fromkeys(chapters()[c.place.stem].title for c in topics.claims()))
    assert len(rows) - len(titles) == len(topics.claims())
    links = [link["refuri"] for link in table.findall(nodes.reference)]
    assert links == [
        f"{c.place.stem}.html#{topics.place_id('erratum', c.number)}" for c in topics.claims()
    ]


def test_a_mark_becomes_a_place_on_the_page():
    """Does a link to a topic find something, also where lines for authors follow each other?"""
    page = new_document("page")
    page += nodes.comment("", "topic: Causal mask -> causal_mask\n erratum E15 E38\n E15: a. -> b.")
    page += nodes.comment("", "counted: two: a reason")
    topics.lay_out(None, page)
    found = [name for target in page.findall(nodes.target) for name in target["ids"]]
    assert found == ["topic-causal-mask", "erratum-e15", "erratum-e38"]


def test_the_page_is_in_the_book():
    """Does a reader come to it?"""
    assert topics.PAGE in (ROOT / "_toc.yml").read_text("utf8")
    text = (ROOT / f"{topics.PAGE}.md").read_text("utf8")
    assert "{topic-list}" in text
    assert "{claim-list}" in text
