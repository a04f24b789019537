"""What chapters say, against what their cells print."""

import contextlib
import io
import re
from pathlib import Path

import pytest
import torch

from autograder.exercise import chapters, exercises
from autograder.exercise.chapter import CELL
from autograder.judge import judge
from autograder.judge.answer import answer_of

CHAPTERS = list(chapters().values())
NUMBER = re.compile(r"\d+(?:\.\d+)? ?%|\d+\.\d+")
NOT_PROSE = (
    CELL,
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),  # front matter
    re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL),
    re.compile(r"`[^`\n]+`"),
    re.compile(r"\]\([^)]*\)"),  # addresses
    re.compile(r"\b(?:section|chapter|equation|footnote|Table|Figure) [\d.]+"),
)


def prose(text: str) -> str:
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    return text


def printed(chapter) -> str:
    """All that the chapter's cells print, the words of its figures included."""
    output, namespace = io.StringIO(), {"__name__": "chapter"}
    with contextlib.redirect_stdout(output), torch.enable_grad():  # a chapter may turn it off
        for _, source, _ in chapter.cells:
            exec(compile(source, str(chapter.path), "exec"), namespace)
    return output.getvalue()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_number_in_prose_is_printed_by_a_cell(chapter):
    """Does a number that a reader is told come from code that runs on the page?"""
    told = {number.replace(" ", "") for number in NUMBER.findall(prose(chapter.text))}
    shown = printed(chapter)
    assert told, "no numbers at all: what was measured?"
    assert not [number for number in sorted(told)
                if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", shown)]  # fmt: skip


PHRASES = (
    "delve", "crucial", "let's", "let us", "in this chapter", "it's important to note",
    "as we can see", "powerful", "simply", "dive into", "in conclusion", "in summary",
    "you forgot", "landscape", "leverage", "game-chang", "seamless", "!",
)  # fmt: skip


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_prose_avoids_what_makes_a_reader_close_the_page(chapter):
    """Is the prose free of the phrases that prose.md rules out?"""
    text = prose(chapter.text).lower().replace("![", "[")
    assert not [phrase for phrase in PHRASES if phrase in text]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_lines_of_code_fit_the_page(chapter):
    """Can a reader see every shown line of code without scrolling?"""
    shown = [source for tags, source, _ in chapter.cells if "hide-input" not in tags]
    assert not [line for source in shown for line in source.splitlines() if len(line) > 88]


def test_the_readme_quotes_what_the_check_says():
    """Is the sample of feedback on the front page what a learner would read today?"""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf8")
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
