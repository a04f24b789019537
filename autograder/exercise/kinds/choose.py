"""Claims, of which one holds: chosen before the evidence runs, and then measured."""

import inspect
import textwrap
from collections.abc import Callable
from functools import cached_property
from string import ascii_uppercase
from typing import NamedTuple

from autograder.exercise.base import Exercise
from autograder.exercise.parts import Misconception


class Option(NamedTuple):
    """A claim. would: what its number would be if it held; fits: given that number and an example's
    arguments, whether it is so. because: what decides it, in a sentence. evidence: code that runs
    and gives the lines that show it."""

    claim: str
    would: str
    fits: Callable
    because: str
    evidence: Callable


class Choose(Exercise, kind="choose"):
    """The answer is a letter and, for each claim, the number that decides it.

    First a letter is committed, which earns and costs nothing, and the evidence against that claim
    runs. The reference gives (letter, {letter: number}) for numbers that are drawn, so nobody who
    has measured nothing can have the points. A wrong letter beside right numbers is named by itself.
    """

    instruction = (
        "First choose: in the next cell, put the letter of a claim in place of `?`, between the "
        "quotes, and run it. This choice earns nothing and costs nothing, and what speaks for or "
        "against it is run before your eyes. Then replace the last two lines of the cell after it by "
        "code that measures every claim, run it, and run the check. The letter that your function "
        "gives counts, together with the numbers."
    )

    def __init__(
        self, reference: str, *, question: str, options: list[tuple], holds: str, **given
    ):  # fmt: skip
        super().__init__(reference, **given)
        self.question, self.holds = question, holds
        self.options = dict(zip(ascii_uppercase, (Option(*each) for each in options), strict=False))
        if holds not in self.options:
            raise ValueError(f"{self!r}: holds={holds!r} is none of {', '.join(self.options)}.")
        if len(options) < 2:
            raise ValueError(f"{self!r}: holds={holds!r} is the only one: there is no choice.")
        self.misconceptions += map(self.choosing, self.wrong)

    @property
    def wrong(self) -> list[str]:
        return [letter for letter in self.options if letter != self.holds]

    def choosing(self, letter: str) -> Misconception:
        """All numbers right, and this letter beside them."""
        option = self.options[letter]
        return Misconception(
            f"chose_{letter.lower()}",
            f"The numbers are right, and the letter is {letter}: “{option.claim}” If that held, one "
            f"would see {option.would}. What do you see?",
            f"The evidence speaks against {letter}. {option.because}",
            lambda: self.with_letter(letter),
        )

    def with_letter(self, letter: str) -> Callable:
        reference = self.reference

        def answer(*args):
            return letter, reference(*args)[1]

        answer.__signature__ = inspect.signature(reference)
        return answer

    def taken(self, value):
        """A letter in lower case is the same choice."""
        if type(value) not in (tuple, list) or not value or not isinstance(value[0], str):
            return value
        return type(value)([value[0].strip().upper(), *value[1:]])

    # ---- the evidence, which runs when somebody asks for it

    @cached_property
    def lines(self) -> dict[str, list[str]]:
        """What the evidence for or against each claim prints, by letter."""
        return {letter: list(option.evidence()) for letter, option in self.options.items()}

    def code(self, letter: str) -> str:
        """The evidence as a reader would run it: the lines of its function."""
        source = textwrap.dedent(inspect.getsource(self.options[letter].evidence))
        return source.replace("  # fmt: skip", "").rstrip()

    # ---- what is shown

    @property
    def guess(self) -> str:
        """The source of the cell in which a letter is committed."""
        return f'choose("{self.name}", "?")'

    @property
    def asked(self) -> str:
        return "\n".join([f"{super().asked}\n", *(f"- {line}" for line in self.descriptions)])

    @property
    def descriptions(self) -> list[str]:
        return [f"**{letter}.** {option.claim}" for letter, option in self.options.items()]

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = ("text", f"Before you write it, choose: {self.asked}")
        ran = [f"{self.holds} holds."]
        for letter, option in self.options.items():
            printed = "\n".join(self.lines[letter])
            ran.append(
                f"**{letter}.** {option.claim} *If it held: {option.would}.* {option.because}"
            )
            ran.append(f"```python\n{self.code(letter)}\n```\n\n```text\n{printed}\n```")
        return [*super().on_card, asked, ("The evidence", "\n\n".join(ran))]
