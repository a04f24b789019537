"""The right lines, to be put in order."""

import ast
import random
from functools import cached_property

from autograder.exercise.base import Exercise
from autograder.exercise.source import with_docstring
from autograder.exercise.words import counted


class Order(Exercise, kind="order"):
    """Released with the reference's statements in a wrong order; with them as they were it earns 0.

    extra: statements that do not belong, each what somebody might write there.
    """

    gives_code = True

    def __init__(self, reference: str, *, extra: tuple[str, ...] = (), **given):
        super().__init__(reference, **given)
        self.extra = tuple(extra)

    @property
    def instruction(self) -> str:
        said = "The next cell holds the lines of the answer in a wrong order"
        then = "run the cell, then run the check."
        if not self.extra:
            return f"{said}. Move them, {then}"
        verb = "is" if len(self.extra) == 1 else "are"
        strangers = f"there {verb} {counted(len(self.extra), 'line')} too many"
        return f"{said}, and {strangers}. Move them and delete what does not belong, {then}"

    @cached_property
    def statements(self) -> list[str]:
        """The reference's own, in the right order; comments would tell it, and are left out."""
        function = ast.parse(self.solution).body[0]
        if not isinstance(function, ast.FunctionDef):
            raise ValueError(f"{self!r}: only the statements of a function can be put in order.")
        body = function.body[1:] if ast.get_docstring(function) else function.body
        lines = self.solution.splitlines()
        return ["\n".join(lines[one.lineno - 1 : one.end_lineno]) for one in body]

    @cached_property
    def mixed(self) -> list[str]:
        """All statements, drawn anew until none of the reference's stands where it belongs."""
        indent = " " * ast.parse(self.solution).body[0].body[0].col_offset
        right = self.statements
        mixed = [*right, *(indent + line for line in self.extra)]
        if len(right) < 3:
            raise ValueError(f"{self!r}: {len(right)} statements are too few to be put in order.")
        drawn = random.Random(self.name)
        while any(one == other for one, other in zip(mixed, right, strict=False)):
            drawn.shuffle(mixed)
        return mixed

    @property
    def lines(self) -> str:
        return "\n".join(self.mixed) + "\n"

    @cached_property
    def released(self) -> str:
        """Signature and docstring over the mixed lines."""
        return with_docstring(self.solution, self.signature) + self.lines

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = "Its lines, in a wrong order"
        if self.extra:
            verb = "does" if len(self.extra) == 1 else "do"
            told += f", of which {counted(len(self.extra), 'line')} {verb} not belong"
        return [*super().on_card, ("text", f"{told}:"), ("code", self.lines)]

    def as_given(self, source: str) -> bool:
        """Is this still the order in which the lines were released?"""
        try:
            return ast.dump(ast.parse(source)) == ast.dump(ast.parse(self.released))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
