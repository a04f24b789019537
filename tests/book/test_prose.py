"""What chapters say, against what their cells print."""

import re
import sys
from functools import cached_property
from hashlib import sha256
from importlib.metadata import distributions

import pytest
from extension import book_module
from filelock import FileLock
from pages import ROOT
from running import printed, printed_in_the_book
from said import CITED, NOT_SAID, bare, is_shown, quotations, reasons, spelt_out

from autograder.exercise import chapters, exercises, pages
from autograder.judge import judge
from autograder.judge.answer import answer_of

own_files = book_module("stale_outputs").own_files
MEASURED = [pages()["mistaken_trainings"]]  # pages that are no chapters, and say numbers, too
CHAPTERS = [*chapters().values(), *MEASURED]
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
INSTALLED = {f"{each.name} {each.version}" for each in distributions()}
NUMBER = re.compile(r"\d+(?:\.\d+)? ?%|\d+\.\d+")
NOT_PROSE = (
    *NOT_SAID,
    re.compile(r"\]\([^)]*\)"),  # addresses
    re.compile(r"\b(?:section|chapter|equation|footnote|Table|Figure) [\d.]+"),
)


def prose(text: str) -> str:
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    return text


def state_of(chapter) -> str:
    """What a chapter's output depends on: its text, the course's files, what is installed."""
    digest = sha256(chapter.text.encode())
    for path in sorted(own_files("".join(f"{source}\n" for _, source, _ in chapter.cells))):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version} {sorted(INSTALLED)}".encode())
    return digest.hexdigest()


class Told:
    """A chapter and what its cells print.

    From the book of this session, or as the last run remembers it if nothing has changed since; run
    here only if neither is there.
    """

    def __init__(self, chapter, book, memory):
        self.chapter, self.book, self.memory = chapter, book, memory

    @cached_property
    def shown(self) -> str:
        key, state = f"printed/{self.chapter.stem}", state_of(self.chapter)
        kept = self.memory.get(key, None)
        if kept and kept["state"] == state:
            return kept["output"]
        with FileLock(self.book.with_suffix(".lock")):  # while it is being built, wait
            output = printed_in_the_book(self.chapter)
        output = output or printed(self.chapter)
        self.memory.set(key, {"state": state, "output": output})
        return output

    @property
    def page(self) -> str:
        """What they print, and the cells."""
        return "\n".join([self.shown, *(source for _, source, _ in self.chapter.cells)])


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda chapter: chapter.stem)
def told(request, everyones):
    """Each chapter in turn: one run serves all tests of it."""
    return Told(request.param, everyones / "book", request.config.cache)


def test_every_number_in_prose_is_printed_by_a_cell(told):
    """Does a number that a reader is told come from code that runs on the page?"""
    numbers = {number.replace(" ", "") for number in NUMBER.findall(prose(told.chapter.text))}
    shown = told.shown
    assert numbers, "no numbers at all: what was measured?"
    assert not [number for number in sorted(numbers)
                if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", shown)]  # fmt: skip


def test_what_runs_anew_has_the_numbers_of_its_recording(told):
    """Is a recorded run what the page's own code does, within two per cent?"""
    runs = sum(source.count(" = recorded(") for _, source, _ in told.chapter.cells)
    assert told.shown.count("ran here, with the numbers of the recording.") == runs


def test_every_number_in_words_is_shown_by_a_cell_or_cited(told):
    """Do the digits of "half a million documents" stand on the page, or in a source, or why not?"""
    shown = told.page
    counted = reasons(told.chapter.text, "counted")
    unfounded = [(number, sentence) for sentence, number in spelt_out(told.chapter.text)
                 if CITED not in sentence and not is_shown(number, shown)]  # fmt: skip
    assert not [(number, sentence) for number, sentence in unfounded
                if not any(phrase in sentence.lower() for phrase in counted)]  # fmt: skip
    assert not [phrase for phrase in counted
                if not any(phrase in sentence.lower() for _, sentence in unfounded)]  # fmt: skip


def test_every_quotation_stands_on_the_page_or_has_a_source(told):
    """Did somebody say what is put between quotation marks, and can a reader look it up?"""
    shown = bare(told.page)
    known = [bare(beginning) for beginning in reasons(told.chapter.text, "quoted")]
    assert not [words for paragraph, words in quotations(told.chapter.text)
                if CITED not in paragraph and bare(words) not in shown
                and not any(bare(words).startswith(beginning) for beginning in known)]  # fmt: skip


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("Two of three, one in twenty-four.", ["three", "twenty-four"]),
        ("More than half a million documents of two hundred thousand.",
         ["half a million", "two hundred thousand"]),
        ("A third of it, half the rows, thousands of words, 1.7 trillion.",
         ["A third", "half", "thousands"]),
        ("Somehow half-hearted, $three$, `four`.\n% five\n", []),
        ("Take a row of ten. It takes six seconds, and six rows.", ["six"]),
    ],
)  # fmt: skip
def test_numbers_are_found_in_words(prose, found):
    """Are they found as a reader reads them, and not in code, formulas or comments?"""
    assert [number for _, number in spelt_out(prose)] == found


@pytest.mark.parametrize(
    ("number", "shown", "fits"),
    [
        ("three", "[3, 4]", True),
        ("three", "3.5 and 13", False),
        ("twenty-four", "25 rows", True),
        ("half a million", "1,230,000 documents", False),
        ("half a million", "512,000 documents", True),
        ("a hundred", "range(10**2)", True),
        ("thousands", "8,192", True),
        ("thousands", "819", False),
        ("half", "49.8%", True),
        ("a third", "1 / 3", True),
        ("a third", "0.5", False),
    ],
)
def test_a_number_in_words_is_held_against_digits(number, shown, fits):
    """Does a rounded number find the exact one, and no other?"""
    assert is_shown(number, shown) is fits


def test_quotations_are_found_in_a_paragraph():
    """Are four words or more between marks a quotation, in whatever marks, and fewer a name?"""
    text = 'He said "it is one word long", or “it is\n *another* one”. "Not this one."\n\n"Nor'
    assert [words for _, words in quotations(text)] == [
        "it is one word long",
        "it is *another* one",
    ]


PHRASES = (
    "delve", "crucial", "let's", "in this chapter", "it's important to note",
    "as we can see", "powerful", "simply", "dive into", "in conclusion", "in summary",
    "you forgot", "landscape", "leverage", "game-chang", "seamless", "!",
)  # fmt: skip


@every_chapter
def test_prose_avoids_what_makes_a_reader_close_the_page(chapter):
    """Is the prose free of the phrases that prose.md rules out?"""
    text = prose(chapter.text).lower().replace("![", "[")
    assert not [phrase for phrase in PHRASES if phrase in text]


@every_chapter
def test_lines_of_code_fit_the_page(chapter):
    """Can a reader see every shown line of code without scrolling?"""
    shown = [source for tags, source, _ in chapter.cells if "hide-input" not in tags]
    assert not [line for source in shown for line in source.splitlines() if len(line) > 88]


def test_the_readme_quotes_what_the_check_says():
    """Is the sample of feedback on the front page what a learner would read today?"""
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    quoted = re.sub(r"[>*\s]+", " ", readme).lower()
    exercise = exercises()["scaled_dot_product_attention"]
    wrong = next(m for m in exercise.misconceptions if m.name == "mask_zero")
    verdict = judge(exercise, answer_of(wrong.build()))
    claims = [claim.sentence for claim in exercise.claims if claim.sentence in verdict.holds]
    told = [
        *claims,
        *verdict.seen,
        verdict.reread,
        f"{verdict.earned:g} of {verdict.points:g} points",
    ]
    assert not [sentence for sentence in told if sentence.lower() not in quoted]
