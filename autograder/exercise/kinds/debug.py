"""Wrong code to be mended."""

import ast
from functools import cached_property

from autograder.exercise.base import Exercise
from autograder.exercise.parts import Misconception
from autograder.exercise.source import body_of, without_docstring


class Debug(Exercise, kind="debug"):
    """Released with wrong code in place of a stub. What does the same earns nothing.

    start: the name of the misconception whose code it is, one that runs without an error.
    """

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
        return self.head + body_of(self.begins.build(), self.name, self.parameters)

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = "This code runs, and is wrong. What it is to do:"
        code = without_docstring(self.released)
        return [("code", code), ("text", told), ("text", self.statement)]

    @property
    def head(self) -> str:
        """The reference's signature and docstring."""
        node = ast.parse(self.solution).body[0]
        if not isinstance(node, ast.FunctionDef):
            raise ValueError(f"{self!r}: a class starts from a slip, and {self.start!r} is none.")
        if not ast.get_docstring(node):
            return self.signature + "\n"
        return "\n".join(self.solution.splitlines()[: node.body[0].end_lineno]) + "\n"
