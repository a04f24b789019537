"""A text for a person to read."""

import textwrap
from functools import cached_property

from autograder.exercise.base import Exercise
from autograder.exercise.words import counted

WORDS = (80, 150)  # of a written answer
PLACEHOLDER = "*Your text goes here: double-click this cell and write in place of this line.*"


class Write(Exercise, kind="write"):
    """A short text, read and graded by a person. The reference returns an exemplar.

    rubric: what a good text does, each sentence with its points.
    """

    in_prose, compares = True, False
    instruction = (
        f"Write {WORDS[0]} to {WORDS[1]} words into the next cell. A person reads them and gives "
        "points by this list:"
    )

    def __init__(
        self, reference: str, *, rubric: dict[str, float], points: float | None = None, **given
    ):
        total = sum(rubric.values())
        if points not in (None, total):
            raise ValueError(f"{reference}: {points} points, and {total:g} in its rubric.")
        super().__init__(reference, points=total, **{"examples": lambda g: {}} | given)
        self.rubric = rubric

    @cached_property
    def solution(self) -> str:
        """The exemplar."""
        return textwrap.dedent(self.reference()).strip() + "\n"

    signature = ""

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = f"{WORDS[0]} to {WORDS[1]} words, read by a person who gives points by this list:"
        return [("text", self.statement), ("text", asked), ("text", self.rubric_list)]

    @property
    def rubric_list(self) -> str:
        """The rubric as Markdown."""
        return "\n".join(f"- {line} ({points:g})" for line, points in self.rubric.items())


def length_of(text: str) -> str:
    """How long a text is, beside what was asked for."""
    count = sum(any(map(str.isalnum, word)) for word in text.split())
    return f"{counted(count, 'word')}; {WORDS[0]} to {WORDS[1]} were asked for."
