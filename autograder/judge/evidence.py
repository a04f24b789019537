"""What an answer gives on an exercise's examples, beside what the reference gives.

Owns: outcomes, and where they differ. What explains them is `diagnosis`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import torch

from autograder.exercise import Exercise
from autograder.exercise.probes import variants
from autograder.judge.answer import Answer, AnswerError, Outcome, answer_of
from autograder.judge.compare import Difference, difference, tolerances
from autograder.room.values import mapped

MOST_KEYS = 512  # of a chapter's exercises, for each seed that a course draws from


@dataclass(frozen=True)
class Key:
    """Examples of one seed with the reference's outcomes and their tolerances.

    The first `drawn` are the exercise's own; after them come the standing probes that fit.
    """

    examples: dict[str, tuple]
    outcomes: list[Outcome]
    allowed: list
    drawn: int
    changes: list[bool]  # does the reference itself write into its arguments?
    floats: list[list[int]]  # arguments that gradients of the reference reach
    gradients: list[list]  # these gradients, and how far a right one may be from them
    free: bool  # no argument has a floating dtype to keep: any is right
    known: dict = field(default_factory=dict)  # what known mistakes give, as far as asked for


@lru_cache(maxsize=MOST_KEYS)
def key_of(exercise: Exercise, seed: int) -> Key:
    examples = exercise.draw(seed)
    reference = answer_of(exercise.reference)
    asked = examples | probed(exercise, reference, examples)
    working = outcomes_of(exercise, reference, asked, ours=True)
    more_exactly = {k: precise(v) for k, v in asked.items()}
    exact = outcomes_of(exercise, reference, more_exactly, ours=True)
    pairs = zip(working, exact, strict=True)
    floats, slopes = [], []
    for args, outcome in zip(asked.values(), working, strict=True):
        reached = [] if outcome.error or not exercise.plain else floating(args)
        found = gradients_and_tolerances(reference, args, reached)
        floats.append(reached if found else [])
        slopes.append(found)
    changes = [
        outcome.after is not None and difference(tuple(outcome.after), args) is not None
        for outcome, args in zip(working, asked.values(), strict=True)
    ]
    allowed = [tolerances(a.value, b.value) for a, b in pairs]
    free = exercise.plain and not any(map(floating, asked.values()))
    return Key(asked, working, allowed, len(examples), changes, floats, slopes, free)


def probed(exercise: Exercise, reference: Answer, examples: dict) -> dict[str, tuple]:
    """Of each standing probe's candidates the first that the reference has a value for."""
    found = {}
    for aspect, candidates in variants(exercise, examples).items():
        for args in candidates:
            if not reference.many([args])[0].error:
                found[aspect] = args
                break
    return found


def plainly(*texts: str) -> tuple[str, ...]:
    return texts


def floating(args: tuple) -> list[int]:
    return [i for i, a in enumerate(args) if isinstance(a, torch.Tensor) and a.is_floating_point()]


def gradients_and_tolerances(reference: Answer, args: tuple, wrt: list[int]) -> list:
    """The reference's gradients for arguments `wrt` with their tolerances; none if none flows."""
    wanted = reference.gradients(*args, wrt=wrt) if wrt else []
    if all(gradient is None for gradient in wanted):
        return []
    exact = reference.gradients(*precise(args), wrt=wrt)
    # of sums with weights up to 1: where terms cancel, their rounding errors are what is left
    allowed = [
        bound if bound is None else max(bound, 256 * torch.finfo(gradient.dtype).eps)
        for bound, gradient in zip(tolerances(wanted, exact), wanted, strict=True)
    ]
    return [wanted, allowed]


def precise(args: tuple) -> tuple:
    """The same arguments in float64, or in float32 where they are float64 already."""

    def other(tensor):
        if not tensor.is_floating_point():
            return tensor
        return tensor.float() if tensor.dtype == torch.float64 else tensor.double()

    return mapped(args, lambda leaf: leaf, other)


def outcomes_of(
    exercise: Exercise, answer: Answer, examples: dict, ours: bool = False
) -> list[Outcome]:
    """ours: of the reference, at which a probe that trips is a fault of the exercise, and loud."""
    if exercise.plain:
        asked = answer.many(list(examples.values()), after=True)
        return [taken(exercise, outcome) for outcome in asked]
    return [outcome_of(exercise, answer, args, ours=ours) for args in examples.values()]


def one_by_one(
    exercise: Exercise, answer: Answer, examples: dict, after: bool = True
) -> Iterator[Outcome]:
    """Outcomes as they are asked for: a comparison may end at the first."""
    return (outcome_of(exercise, answer, args, after) for args in examples.values())


def outcome_of(
    exercise: Exercise, answer: Answer, args: tuple, after: bool = True, ours: bool = False
) -> Outcome:
    if exercise.plain:
        return taken(exercise, answer.many([args], after=after)[0])
    try:
        return Outcome(exercise.use(answer, *args))
    except AnswerError as error:
        return Outcome(error=error.details)
    except Exception as error:  # a probe may trip over any value that an answer can give
        if ours:
            raise
        return Outcome(error={"type": type(error).__name__, "message": str(error)[:200]})


def taken(exercise: Exercise, outcome: Outcome) -> Outcome:
    return outcome if outcome.error else replace(outcome, value=exercise.taken(outcome.value))


def raised(outcomes: list[Outcome]) -> set[str]:
    """The types of the errors among these."""
    return {outcome.error["type"] for outcome in outcomes if outcome.error}


def compared(key: Key, outcomes: list[Outcome]) -> list[Difference | None]:
    return [differs(key, index, outcome) for index, outcome in enumerate(outcomes)]


def differs(key: Key, index: int, got: Outcome) -> Difference | None:
    """In what the outcome of one example is not the reference's."""
    wanted = key.outcomes[index]
    if got.error or wanted.error:
        alike = got.error and wanted.error and got.error["type"] == wanted.error["type"]
        kinds = [o.error["type"] if o.error else "a value" for o in (got, wanted)]
        return None if alike else Difference("raised", (), tuple(kinds), plainly)
    found = difference(got.value, wanted.value, key.allowed[index])
    of_floats = found and found.kind == "dtype" and "float" in found.got and "float" in found.wanted
    return None if key.free and of_floats else found
