"""Curves to be told apart before the function that draws them is written."""

import random
from collections.abc import Callable
from functools import cached_property
from string import ascii_uppercase
from typing import NamedTuple

from autograder.exercise.base import Exercise

RIGHT = ""  # stands for the reference among the names of misconceptions


class Curve(NamedTuple):
    """One of a plot: whose code draws it, what is so about it, and by what one sees that."""

    of: str
    phrase: str
    tell: str


class Read(Exercise, kind="read"):
    """First a plot is read: which curve is which? The reading earns nothing and costs nothing.

    curves: for each a name of a misconception, or RIGHT for the reference, with a phrase and the
    tell-tale sign. drawn: given an implementation, the numbers along its curve. axes: what the two
    axes hold. log: whether the upright one is logarithmic.
    """

    instruction = (
        "First look: which curve is which? Put the number of a description in place of each `None` "
        "in the next cell and run it. Reading earns nothing and costs nothing. Then replace the "
        "last two lines of the cell after it by your code, run it, and run the check."
    )

    def __init__(
        self, reference: str, *, question: str, curves: list[tuple[str, str, str]],
        drawn: Callable, axes: tuple[str, str], log: bool = False, **given,
    ):  # fmt: skip
        super().__init__(reference, **given)
        self.question, self.drawn, self.axes, self.log = question, drawn, axes, log
        self.curves = [Curve(*curve) for curve in curves]

    @cached_property
    def letters(self) -> dict[str, int]:
        """The number of the description that belongs to each letter; the same for everybody."""
        numbers = list(range(1, len(self.curves) + 1))
        random.Random(self.name).shuffle(numbers)
        return dict(zip(ascii_uppercase, numbers, strict=False))

    @cached_property
    def lines(self) -> dict[str, list[float]]:
        """What is drawn, by letter."""
        codes = {m.name: m.build for m in self.misconceptions} | {RIGHT: lambda: self.reference}
        for curve in self.curves:
            if curve.of not in codes:
                raise ValueError(f"{self!r}: {curve.of!r} is no misconception of it: no curve.")
        return {
            letter: [float(y) for y in self.drawn(codes[self.curves[number - 1].of]())]
            for letter, number in self.letters.items()
        }

    @cached_property
    def picture(self) -> str:
        """The plot as an `<svg>` element that says its numbers to those who cannot see it."""
        from byhand.pictures import lettered

        return lettered(self.lines, *self.axes, log=self.log)

    @property
    def guess(self) -> str:
        """The source of the cell in which the plot is read."""
        return f'read_plot("{self.name}", {", ".join(f"{x}=None" for x in self.letters)})'

    @property
    def asked(self) -> str:
        """The question, and what may be so about a curve as a numbered list."""
        return "\n".join([f"{super().asked}\n", *self.descriptions])

    @property
    def descriptions(self) -> list[str]:
        """What may be so about a curve, each with its number."""
        return [f"{number}. {curve.phrase}" for number, curve in enumerate(self.curves, 1)]

    def told(self, letter: str) -> str:
        number = self.letters[letter]
        curve = self.curves[number - 1]
        return f"{letter} is {number}, “{curve.phrase}”: {curve.tell}"

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = f"Before you write it, read: {self.asked}"
        which = "\n".join(f"- {self.told(letter)}" for letter in self.letters)
        drawn = [("text", asked), ("picture", self.picture), ("Which is which", which)]
        return [*super().on_card, *drawn]
