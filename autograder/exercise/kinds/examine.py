"""A test to be written, which must catch what is broken."""

from collections.abc import Callable

from autograder.exercise.base import Exercise
from autograder.exercise.parts import Misconception
from autograder.exercise.registry import exercises


class Examine(Exercise, kind="examine"):
    """The answer is a test: a function of one implementation that raises where it is broken.

    of: the exercise whose answers it examines, a function of plain data. broken: names of its
    misconceptions, which a good test catches; each says in its `broken` what it does.
    """

    compares = False
    instruction = (
        "Your function gets an implementation, calls it, and raises an AssertionError if it is "
        "broken. " + Exercise.instruction
    )

    def __init__(self, reference: str, *, of, broken: tuple[str, ...], **given):
        super().__init__(reference, **{"examples": lambda g: {}} | given)
        self.of, self.broken = of, tuple(broken)
        if not broken:
            raise ValueError(f"{self!r}: broken=() leaves nothing to catch.")

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = (
            f"It will meet {len(self.right_ones)} right implementations of `{self.examined.name}`, "
            f"which it must let pass, and {len(self.broken)} broken ones: each that it catches "
            "earns a share of the points."
        )
        return [*super().on_card, ("text", told)]

    @property
    def examined(self) -> Exercise:
        known = exercises()
        if isinstance(self.of, Exercise):
            return self.of
        if self.of not in known:
            raise ValueError(f"{self!r}: of={self.of!r} is no exercise. There is: {list(known)}.")
        return known[self.of]

    @property
    def right_ones(self) -> list[Callable]:
        return [self.examined.reference, *self.examined.alternatives]

    @property
    def broken_ones(self) -> list[Misconception]:
        known = {m.name: m for m in self.examined.misconceptions}
        for name in self.broken:
            if name not in known:
                raise ValueError(f"{self!r}: {name!r} is no misconception of {self.examined!r}.")
            if not known[name].broken:
                raise ValueError(
                    f"{self!r}: say what {name!r} of {self.examined!r} does, as in "
                    'broken="merges two people who stand side by side".'
                )
        return [known[name] for name in self.broken]
