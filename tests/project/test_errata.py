"""Claims that go round and are mended in chapters: each is marked for those who count them.

A chapter says `% erratum E14 E38` above a box, or wherever it mends without one; the numbers are
those of the catalogue that the course was planned with. Readers see neither numbers nor catalogue.
"""

import re
from collections import Counter

import pytest
from pages import ROOT

from autograder.exercise import chapters, exercises

MARK = re.compile(r"^%\s*errat\w*\b(.*)$", re.MULTILINE | re.IGNORECASE)
LAST = 94  # of the catalogue
PAGES = [
    ROOT / "README.md",
    ROOT / "autograder" / "README.md",
    *sorted(ROOT.glob("book/pages/*.md")),
]
CHAPTERS = list(chapters().values())
STRANGERS = re.compile(
    r"\b(?:the|our|these|of|learners'|some|most|several|two|three|all) notes\b"
    r"|\b(?:an|one|other|another|third|fourth) note\b"
    r"|\bnotes (?:say|write|print|list|let|have|go on|of ours)\b",
    re.IGNORECASE,
)


def marked(text: str) -> list[str]:
    """The numbers of errata that a chapter mends, in its order."""
    return [number for line in MARK.findall(text) for number in line.split()]


def strangers(text: str) -> list[str]:
    """Where a text speaks of notes that its reader has never seen, with the words beside it."""
    text = re.sub(r"\]\([^)]*\)", "]", " ".join(text.split()))
    return [text[max(0, m.start() - 30) : m.end() + 30] for m in STRANGERS.finditer(text)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_errata_are_marked_by_their_numbers(chapter):
    """Has each the form of the catalogue, and is none counted twice in a chapter?"""
    for line in MARK.finditer(chapter.text):
        assert re.fullmatch(r"% erratum(?: E\d\d[a-z]?)+", line[0].rstrip()), line[0]
    numbers = marked(chapter.text)
    assert not [number for number in numbers if not 1 <= int(number[1:3]) <= LAST]
    assert not [number for number, times in Counter(numbers).items() if times > 1]


def test_what_is_mended_is_told(record_property):
    """Which errata do the chapters cover so far?"""
    covered = sorted({number for chapter in CHAPTERS for number in marked(chapter.text)})
    record_property("told", f"{len(covered)} errata are mended: {' '.join(covered)}")
    assert covered


@pytest.mark.parametrize("page", [*PAGES, *(c.path for c in CHAPTERS)], ids=lambda page: page.stem)
def test_no_page_speaks_of_notes_that_nobody_has_seen(page):
    """Could a reader ask: whose notes?"""
    assert not strangers(page.read_text(encoding="utf8"))


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
def test_no_exercise_speaks_of_notes_that_nobody_has_seen(exercise):
    """Is the same true of its statement, its hints and its claims?"""
    told = [exercise.title, exercise.statement, *(claim.sentence for claim in exercise.claims)]
    for mistake in exercise.misconceptions:
        told += [mistake.seen or "", mistake.why or ""]
    assert not [found for text in told for found in strangers(text)]


def test_notes_are_found_where_they_are_meant():
    """Is a claim of the notes found, and neither a verb, an address, nor a note that one takes?"""
    for text in (
        "The notes say so.",
        "Notes of ours say",
        "as another note has it",
        "two of our\nnotes",
    ):
        assert strangers(text), text
    for text in (
        "a table that only notes whether",
        "[broadcasting](https://a.org/the notes/x)",
        "take notes",
    ):
        assert not strangers(text), text
