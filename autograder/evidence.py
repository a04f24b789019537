"""What an answer gives on an exercise's examples, beside what the reference gives.

Owns: outcomes, where they differ, and which known mistake has exactly the same outcomes.
Points and words are `judge`'s.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch

from autograder.answer import Answer, AnswerError, Outcome, answer_of, mapped
from autograder.compare import Difference, difference, tolerances
from autograder.exercise import Exercise, Misconception


@dataclass(frozen=True)
class Key:
    """Examples of one seed with the reference's outcomes and their tolerances."""

    examples: dict[str, tuple]
    outcomes: list[Outcome]
    allowed: list


@lru_cache(maxsize=256)
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
    found = []
    for got, wanted, allowed in zip(outcomes, key.outcomes, key.allowed, strict=True):
        if got.error or wanted.error:
            alike = got.error and wanted.error and got.error["type"] == wanted.error["type"]
            kinds = [o.error["type"] if o.error else "a value" for o in (got, wanted)]
            found.append(None if alike else Difference("raised", "", *kinds))
        else:
            found.append(difference(got.value, wanted.value, allowed))
    return found


# ---- diagnosis


def diagnosis(exercise: Exercise, key: Key, outcomes) -> tuple[Misconception, ...]:
    """The one misconception, or the one pair of slips, with exactly these outcomes.

    Where some examples raise, and nothing known raises just there, the others decide, if
    there is a difference among them to explain.
    """
    differs = any(
        found and not outcome.error
        for found, outcome in zip(compared(key, outcomes), outcomes, strict=True)
    )
    for strict in (True, False):
        if not strict and not (differs and any(outcome.error for outcome in outcomes)):
            continue
        for candidates in (exercise.wrong, exercise.wrong_twice):
            matches = [
                names
                for names, answer in candidates
                if same(key, outcomes, one_by_one(exercise, answer, key.examples), strict)
            ]
            if len(matches) == 1:
                return matches[0]
            if matches:
                return ()
    return ()


def same(key: Key, outcomes, others: Iterable[Outcome], strict: bool = True) -> bool:
    """Are two answers indistinguishable on the examples, apart from rounding?"""
    silent = all(outcome.error for outcome in outcomes)  # then the words must be the same, too
    for got, other, allowed in zip(outcomes, others, key.allowed, strict=True):
        if got.error:
            if strict and not same_error(got.error, other.error, silent):
                return False
        elif other.error or difference(got.value, other.value, looser(allowed)):
            return False
    return True


def same_error(one: dict, other: dict | None, in_words: bool) -> bool:
    keys = ("type", "message") if in_words else ("type",)
    return other is not None and all(one[key] == other[key] for key in keys)


def looser(allowed):
    """Room for a misconception written in another order than ours."""
    if isinstance(allowed, float):
        return 4 * allowed
    if isinstance(allowed, dict):
        return {key: looser(value) for key, value in allowed.items()}
    if isinstance(allowed, list):
        return [looser(value) for value in allowed]
    return allowed
