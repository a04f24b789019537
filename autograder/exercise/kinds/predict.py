"""A number to be guessed before it is counted."""

import inspect
from collections.abc import Callable
from functools import cached_property

from autograder.exercise.base import Exercise
from autograder.exercise.words import figure


class Predict(Exercise, kind="predict"):
    """A number is guessed before the function is written. The guess earns and costs nothing.

    counted: gives the number that is true; called with the reference, or with nothing.
    """

    instruction = (
        "First a guess: put a number in place of `None` in the next cell and run it. A guess earns "
        "nothing and costs nothing. Then replace the last two lines of the cell after it by your "
        "code, run it, and run the check."
    )

    def __init__(self, reference: str, *, question: str, unit: str, counted: Callable, **given):
        super().__init__(reference, **given)
        self.question, self.unit, self.counted = question, unit, counted

    @property
    def guess(self) -> str:
        """The source of the cell that asks for the number."""
        return f'predict("{self.name}", None)'

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = f"Before you write it, guess: {self.asked}"
        counted = f"Counting gives {self.amount(self.count)}."
        return [*super().on_card, ("text", asked), ("The number", counted)]

    @cached_property
    def count(self) -> float:
        takes_one = len(inspect.signature(self.counted).parameters)
        number = float(self.counted(self.reference) if takes_one else self.counted())
        if not 0 < number < float("inf"):
            raise ValueError(f"{self!r}: it counts {number:g}; a guess is compared by its factor.")
        return number

    def amount(self, number: float) -> str:
        return f"{figure(number)} {self.unit}".strip()
