"""Links between chapters are links: a chapter that is named leads there."""

import re

import pytest

from autograder.exercise import chapters
from autograder.exercise.chapter import CELL

NOT_PROSE = (
    CELL,
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),  # front matter
    re.compile(r"^[#%].*$", re.MULTILINE),  # headings, and lines for authors
    re.compile(r"\{[\w:]+\}`[^`]*`|`[^`\n]+`|\[[^\]]*\]\([^)]*\)"),  # links, code
    re.compile(r"^:{3,}.*$|^:[\w-]+:.*$", re.MULTILINE),  # directives and their options
)


def unlinked(text: str, titles: list[str]) -> list[str]:
    """Titles that stand in prose as themselves: with their capital, and not as a sentence begins."""
    for pattern in NOT_PROSE:
        text = pattern.sub(" \N{WORD JOINER} ", text)
    return [
        title
        for title in titles
        if re.search(rf"(?<=[\w,;:(*“\"] )[*“\"]?{re.escape(title)}\b|[*“]{re.escape(title)}[*”]", text)
    ]  # fmt: skip


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.stem)
def test_a_chapter_that_is_named_is_linked(chapter):
    """Can a reader who is told of another chapter go there at once?"""
    others = [other.title for other in chapters().values() if other != chapter]
    assert unlinked(chapter.text, others) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as Tokenization has shown", ["Tokenization"]),
        ("see *Tokenization*.", ["Tokenization"]),
        ("(the chapter “Tokenization” does)", ["Tokenization"]),
        ("Tokenization is old. Tokenization cuts.", []),
        ("about tokenization, Tokenizations", []),
        ("{doc}`Tokenization </x>` and {doc}`/Tokenization`, [Tokenization](x)", []),
        ("# On Tokenization\n\n```{code-cell}\nin Tokenization\n```\n", []),
    ],
)
def test_a_name_is_told_from_a_word(text, found):
    """Is a title found where it names the chapter, and left alone where it is a word or a link?"""
    assert unlinked(text, ["Tokenization"]) == found
