"""All exercises, sorted by what can be asked of them, and what several tests ask."""

from functools import cache

import pytest

from autograder.exercise import (
    Choose,
    Debug,
    Examine,
    Order,
    Predict,
    Read,
    Write,
    chapters,
    exercises,
)
from autograder.judge import judge
from autograder.judge.answer import answer_of
from autograder.judge.diagnosis import same
from autograder.judge.evidence import key_of, outcomes_of

EXERCISES = exercises()
PUBLIC, GRADED = 0, (987654321, 2**40 + 7)
WITH_EXERCISES = [stem for stem, chapter in chapters().items() if chapter.exercises]


def these(exercises):
    """A mark that runs a test for each of them, and for none where there is none."""
    return pytest.mark.parametrize("exercise", list(exercises), ids=str)


every_exercise = these(EXERCISES.values())
every_function = these(e for e in EXERCISES.values() if not e.in_prose)
every_compared = these(e for e in EXERCISES.values() if e.compares)
every_chosen = these(e for e in EXERCISES.values() if isinstance(e, Choose))
every_debugged = these(e for e in EXERCISES.values() if isinstance(e, Debug))
every_ordered = these(e for e in EXERCISES.values() if isinstance(e, Order))
every_read = these(e for e in EXERCISES.values() if isinstance(e, Read))
every_predicted = these(e for e in EXERCISES.values() if isinstance(e, Predict))
every_written = these(e for e in EXERCISES.values() if isinstance(e, Write))
every_examining = these(e for e in EXERCISES.values() if isinstance(e, Examine))
every_seed = pytest.mark.parametrize("seed", [PUBLIC, *GRADED])


@cache
def verdict(exercise, function, seed=PUBLIC):
    """Of one that several tests ask for; nobody changes it."""
    return judge(exercise, answer_of(function), seed)


def shared(exercise, seed) -> list:
    """Misconceptions that the tests of this seed ask about: on public numbers all, on graded ones every
    other. Where a call is dear, half on public numbers, half on the first graded ones."""
    known = exercise.misconceptions
    if exercise.dear:
        return {PUBLIC: known[::2], GRADED[0]: known[1::2]}.get(seed, [])
    return known if seed == PUBLIC else known[GRADED.index(seed) :: len(GRADED)]


@cache
def outcomes(exercise, function, seed=PUBLIC):
    key = key_of(exercise, seed)
    own = dict(list(key.examples.items())[: key.drawn])  # by which a cause is found
    return outcomes_of(exercise, answer_of(function), own)


@cache
def built(exercise):
    """Every misconception's code by name."""
    return {m.name: m.build() for m in exercise.misconceptions}


def shared_functions(exercise, seed) -> list:
    """Their code."""
    return [built(exercise)[m.name] for m in shared(exercise, seed)]


def lookalikes(exercise, function, seed=PUBLIC):
    """Names of the misconceptions that give the same outputs as this code."""
    key, mine = key_of(exercise, seed), outcomes(exercise, function, seed)
    return {
        name
        for name, other in built(exercise).items()
        if other is not function and same(key, mine, outcomes(exercise, other, seed))
    }
