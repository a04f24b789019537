"""What an answer gives on an exercise's examples, beside what the reference gives.

Owns: outcomes, and where they differ. What explains them is `diagnosis`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import torch

from autograder.exercise import Exercise
from autograder.judge.answer import Answer, AnswerError, Outcome, answer_of
from autograder.judge.compare import Difference, difference, tolerances
from autograder.room.values import mapped


@dataclass(frozen=True)
class Key:
    """Examples of one seed with the reference's outcomes and their tolerances."""

    examples: dict[str, tuple]
    outcomes: list[Outcome]
    allowed: list
    known: dict = field(default_factory=dict)  # what known mistakes give, as far as asked for


@lru_cache(maxsize=64)
def key_of(exercise: Exercise, seed: int) -> Key:
    examples = exercise.draw(seed)
    reference = answer_of(exercise.reference)
    working = outcomes_of(exercise, reference, examples)
    exact = outcomes_of(exercise, reference, {k: precise(v) for k, v in examples.items()})
    pairs = zip(working, exact, strict=True)
    return Key(examples, working, [tolerances(a.value, b.value) for a, b in pairs])


def precise(args: tuple) -> tuple:
    """The same arguments in float64, or in float32 where they are float64 already."""

    def other(tensor):
        if not tensor.is_floating_point():
            return tensor
        return tensor.float() if tensor.dtype == torch.float64 else tensor.double()

    return mapped(args, lambda leaf: leaf, other)


def outcomes_of(exercise: Exercise, answer: Answer, examples: dict) -> list[Outcome]:
    if exercise.plain:
        return answer.many(list(examples.values()))
    return [outcome_of(exercise, answer, args) for args in examples.values()]


def one_by_one(exercise: Exercise, answer: Answer, examples: dict) -> Iterator[Outcome]:
    """Outcomes as they are asked for: a comparison may end at the first."""
    return (outcome_of(exercise, answer, args) for args in examples.values())


def outcome_of(exercise: Exercise, answer: Answer, args: tuple) -> Outcome:
    if exercise.plain:
        return answer.many([args])[0]
    try:
        return Outcome(exercise.use(answer, *args))
    except AnswerError as error:
        return Outcome(error=error.details)


def compared(key: Key, outcomes: list[Outcome]) -> list[Difference | None]:
    return [differs(key, index, outcome) for index, outcome in enumerate(outcomes)]


def differs(key: Key, index: int, got: Outcome) -> Difference | None:
    """In what the outcome of one example is not the reference's."""
    wanted = key.outcomes[index]
    if got.error or wanted.error:
        alike = got.error and wanted.error and got.error["type"] == wanted.error["type"]
        kinds = [o.error["type"] if o.error else "a value" for o in (got, wanted)]
        return None if alike else Difference("raised", "", *kinds)
    return difference(got.value, wanted.value, key.allowed[index])
