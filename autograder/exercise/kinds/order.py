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
        strangers = f" {counted(len(self.extra), 'line')} too many." if self.extra else ""
        too_many = f", and there {'is' if len(self.extra) == 1 else 'are'}{strangers[:-1]}"
        return (
            "The next cell holds the lines of the answer in a wrong order"
            f"{too_many if self.extra else ''}. Move them"
            f"{' and delete what does not belong' if self.extra else ''}, run the cell, then run "
            "the check."
        )

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
    def released(self) -> str:
        """All statements, drawn anew until none of the reference's stands where it belongs."""
        indent = " " * ast.parse(self.solution).body[0].body[0].col_offset
        strangers = [indent + line for line in self.extra]
        drawn, right = random.Random(self.name), self.statements
        mixed = [*right, *strangers]
        if len(right) < 3:
            raise ValueError(f"{self!r}: {len(right)} statements are too few to be put in order.")
        while any(one == other for one, other in zip(mixed, right, strict=False)):
            drawn.shuffle(mixed)
        return with_docstring(self.solution, self.signature) + "\n".join(mixed) + "\n"

    @property
    def on_card(self) -> list[tuple[str, str]]:
        mixed = self.released[len(with_docstring(self.solution, self.signature)) :]
        told = "Its lines, in a wrong order" + (
            f", of which {counted(len(self.extra), 'line')} "
            f"{'does' if len(self.extra) == 1 else 'do'} not belong:"
            if self.extra
            else ":"
        )
        return [*super().on_card, ("text", told), ("code", mixed)]

    def as_given(self, source: str) -> bool:
        """Is this still the order in which the lines were released?"""
        try:
            return ast.dump(ast.parse(source)) == ast.dump(ast.parse(self.released))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
