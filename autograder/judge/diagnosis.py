"""Which known mistake has exactly an answer's outcomes.

Owns: misconceptions and pairs of slips as answers, and comparing outcomes with theirs.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from autograder.exercise import Exercise, Misconception
from autograder.judge.answer import Answer, Outcome, answer_of
from autograder.judge.compare import difference
from autograder.judge.evidence import Key, compared, one_by_one


@cache
def wrong(exercise: Exercise) -> list[tuple[tuple[Misconception, ...], Answer]]:
    """Every misconception that has outputs of its own, built once."""
    return [((m,), answer_of(m.build())) for m in exercise.misconceptions if m.alias is None]


@cache
def wrong_twice(exercise: Exercise) -> list[tuple[tuple[Misconception, ...], Answer]]:
    """Every pair of slips that fit into the reference together."""
    by_name = {m.name: m for m in exercise.misconceptions}
    pairs = []
    for two in combinations(exercise.slips, 2):
        try:
            function = exercise.edited(*two)
        except (ValueError, SyntaxError):  # the slips touch the same place
            continue
        pairs.append((tuple(by_name[slip.name] for slip in two), answer_of(function)))
    return pairs


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
        for candidates in (wrong(exercise), wrong_twice(exercise)):
            matches = [
                names
                for names, answer in candidates
                if same(key, outcomes, remembered(exercise, answer, key), strict)
            ]
            if len(matches) == 1:
                return matches[0]
            if matches:
                return ()
    return ()


def remembered(exercise: Exercise, answer: Answer, key: Key) -> Iterator[Outcome]:
    """Outcomes of a known mistake, each asked for once: most comparisons end at the first."""
    known, rest = key.known.setdefault(answer, ([], one_by_one(exercise, answer, key.examples)))
    yield from known
    for outcome in rest:
        known.append(outcome)
        yield outcome


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
