"""Which known mistake has exactly an answer's outcomes.

Owns: misconceptions and pairs of slips as answers, and comparing outcomes with theirs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, islice

import torch

from autograder.exercise import Exercise, Misconception
from autograder.judge.answer import Answer, Outcome, answer_of
from autograder.judge.compare import difference, tolerance
from autograder.judge.evidence import Key, compared, key_of, one_by_one, outcomes_of, raised


@cache
def wrong(exercise: Exercise) -> list[tuple[tuple[Misconception, ...], Answer]]:
    """Every misconception that has outputs of its own, built once."""
    return [((m,), answer_of(m.build())) for m in exercise.misconceptions if m.alias is None]


@cache
def wrong_twice(exercise: Exercise) -> list[tuple[tuple[Misconception, ...], Answer]]:
    """Every pair of slips that fit into the reference together; of a dear exercise, none."""
    by_name = {m.name: m for m in exercise.misconceptions}
    pairs = []
    for two in combinations(() if exercise.dear else exercise.slips, 2):
        try:
            function = exercise.edited(*two)
        except (ValueError, SyntaxError):  # the slips touch the same place
            continue
        pairs.append((tuple(by_name[slip.name] for slip in two), answer_of(function)))
    return pairs


def diagnosis(
    exercise: Exercise, answer: Answer, key: Key, outcomes: list[Outcome], seed: int, source: str
) -> tuple[Misconception, ...]:
    """The one misconception, or the one pair of slips, with exactly these outcomes.

    It is said only where it is true: it must explain freshly drawn examples too, and the source,
    where the cause speaks of code. An error of a kind that the task asks for has the learner's own
    words, so they do not count. Where some examples raise, and nothing known raises just there, the
    others decide, if there is a difference among them to explain.
    """
    found = compared(key, outcomes)
    # an answer may survive a standing probe in another way than the mistake as we wrote it
    many = key.drawn if any(found[: key.drawn]) else len(found)
    differs = any(
        item and not outcome.error
        for item, outcome in zip(found[:many], outcomes[:many], strict=True)
    )
    raises = any(outcome.error for outcome in outcomes[:many])
    asked_for = raised(key.outcomes)
    ways = [by_words, by_kind, *([partial(by_type, asked_for)] if asked_for else [])]
    ways += [by_values] if differs and raises else []
    for alike in ways if raises else ways[:1]:
        for candidates in (wrong(exercise), wrong_twice(exercise)):
            matches = [
                (names, mistake)
                for names, mistake in candidates
                if same(key, outcomes[:many], remembered(exercise, mistake, key), alike)
            ]
            if len(matches) > 1:
                return ()
            if matches:
                (names, mistake), *_ = matches
                told = all(fits(misconception, source) for misconception in names)
                return names if told and holds_anew(exercise, answer, mistake, seed, alike) else ()
    return ()


def fits(misconception: Misconception, source: str) -> bool:
    """Does the source hold what the cause speaks of? Where it is not known, it is believed."""
    return not (misconception.code and source) or bool(re.search(misconception.code, source))


def holds_anew(
    exercise: Exercise, answer: Answer, mistake: Answer, seed: int, alike: Callable
) -> bool:
    """Does the mistake explain what the answer gives on examples of other seeds, too?"""
    for fresh in (seed + 1, seed + 2):
        key = key_of(exercise, fresh)
        examples = dict(list(key.examples.items())[: key.drawn])
        mine = outcomes_of(exercise, answer, examples)
        if not same(key, mine, remembered(exercise, mistake, key), alike):
            return False
    return True


def others_alike(exercise: Exercise, key: Key, outcomes, causes, index: int) -> int:
    """How many known mistakes of which other words are said give here what the answer gives."""
    said = {cause.seen for cause in causes}
    others = [mistake for names, mistake in wrong(exercise) if names[0].seen not in said]
    (mine,) = outcomes[index : index + 1]
    alike = 0
    for mistake in others:
        theirs = next(islice(remembered(exercise, mistake, key), index, None))
        alike += one_alike(mine, theirs, key.allowed[index], by_kind)
    return alike


@dataclass(frozen=True)
class Remembered(Outcome):
    """Of a known mistake, with the room for rounding that its own numbers take."""

    room: object = None


def remembered(exercise: Exercise, answer: Answer, key: Key) -> Iterator[Outcome]:
    """Outcomes of a known mistake, each asked for once: most comparisons end at the first."""
    if answer not in key.known:
        key.known[answer] = [], one_by_one(exercise, answer, key.examples, after=False)
    known, rest = key.known[answer]
    yield from known
    for outcome in rest:
        room = own_room(outcome.value, key.allowed[len(known)])
        known.append(Remembered(outcome.value, outcome.error, room=room))
        yield known[-1]


def same(key: Key, outcomes, others: Iterable[Outcome], alike=None) -> bool:
    """Are two answers indistinguishable on the first examples, apart from rounding?

    alike: when two errors count as one; by their words, if not given.
    """
    return all(
        one_alike(got, other, allowed, alike or by_words)
        for got, other, allowed in zip(outcomes, others, key.allowed, strict=False)
    )


def one_alike(got: Outcome, other: Outcome, allowed, alike: Callable) -> bool:
    if got.error or other.error:
        return bool(got.error) and alike(got.error, other.error)
    known = isinstance(other, Remembered)
    room = other.room if known else own_room(other.value, allowed)
    return not difference(got.value, other.value, room)


def by_words(one: dict, other: dict | None) -> bool:
    return other is not None and all(one[key] == other[key] for key in ("type", "message"))


def by_kind(one: dict, other: dict | None) -> bool:
    """Of one type, with the same words apart from names and numbers in them."""
    return other is not None and one["type"] == other["type"] and words(one) == words(other)


def by_type(asked_for: set[str], one: dict, other: dict | None) -> bool:
    """As by_kind, but a type that the task asks for is enough."""
    if other is not None and one["type"] == other["type"] in asked_for:
        return True
    return by_kind(one, other)


def by_values(one: dict, other: dict | None) -> bool:
    """Where nothing known raises just there, the cases with values decide."""
    return True


def words(error: dict) -> str:
    return re.sub(r"\d+|['\"`][^'\"`]*['\"`]", " ", error["message"])


def own_room(value, allowed):
    """Room for a mistake in another order than ours: its own numbers may be far larger."""
    if isinstance(value, torch.Tensor):
        return max(
            looser(allowed) if isinstance(allowed, float) else 0.0, 4 * tolerance(value, None)
        )
    if isinstance(value, dict):
        limits = allowed if isinstance(allowed, dict) else {}
        return {key: own_room(item, limits.get(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        fits = isinstance(allowed, list) and len(allowed) == len(value)
        limits = allowed if fits else [None] * len(value)
        return [own_room(item, limit) for item, limit in zip(value, limits, strict=True)]
    return looser(allowed)


def looser(allowed):
    """Room for a misconception written in another order than ours."""
    if isinstance(allowed, float):
        return 4 * allowed
    if isinstance(allowed, dict):
        return {key: looser(value) for key, value in allowed.items()}
    if isinstance(allowed, list):
        return [looser(value) for value in allowed]
    return allowed
