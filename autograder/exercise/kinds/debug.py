"""Wrong code to be mended."""

import ast
from functools import cached_property

from autograder.exercise.base import Exercise
from autograder.exercise.parts import Misconception
from autograder.exercise.source import body_of, with_docstring, without_docstring


class Debug(Exercise, kind="debug"):
    """Released with wrong code in place of a stub. What does the same earns nothing.

    start: the name of the misconception whose code it is, one that runs without an error.
    """

    gives_code = True
    instruction = (
        "The next cell runs, and is wrong. Run it and the check below it, find out why, and mend "
        "it. What it is to do is in its docstring."
    )

    def __init__(self, reference: str, *, start: str, **given):
        super().__init__(reference, **given)
        self.start = start

    @property
    def begins(self) -> Misconception:
        known = {m.name: m for m in self.misconceptions}
        if self.start not in known:
            raise ValueError(f"{self!r}: start={self.start!r} is none of {', '.join(known)}.")
        return known[self.start]

    @cached_property
    def released(self) -> str:
        """The wrong code: the reference's signature and docstring over another body."""
        slips = {slip.name: slip for slip in self.slips}
        if self.start in slips:
            return self.slipped(slips[self.start])
        if not isinstance(ast.parse(self.solution).body[0], ast.FunctionDef):
            raise ValueError(f"{self!r}: a class starts from a slip, and {self.start!r} is none.")
        head = with_docstring(self.solution, self.signature)
        return head + body_of(self.begins.build(), self.name, self.parameters)

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = "This code runs, and is wrong. What it is to do:"
        code = without_docstring(self.released)
        return [("code", code), ("text", told), ("text", self.statement)]
