"""What is wrong loses points, and is named. No exercise is named here."""

import json
import random
import re
from collections import Counter

import pytest
from every import (
    EXERCISES,
    GRADED,
    PUBLIC,
    built,
    every_compared,
    every_exercise,
    every_function,
    every_seed,
    lookalikes,
    outcomes,
    shared,
    shared_functions,
    verdict,
)

from autograder.author.trivial import trivial_answers, unearned
from autograder.exercise import chapters
from autograder.judge import judge
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.judge.diagnosis import diagnosis, same, wrong_twice
from autograder.judge.evidence import key_of, outcomes_of
from autograder.judge.judging import full_marks, weighed
from autograder.room.rooms import Here

PAIRS = 16  # of slips, for each exercise
DEAR = "a call is dear: fewer seeds have to do"


@every_compared
@every_seed
def test_every_misconception_loses_points_and_is_named(exercise, seed):
    """Does each known mistake get its own sentence, on public and on graded numbers?"""
    if exercise.dear and seed == GRADED[-1]:
        pytest.skip(DEAR)
    for misconception in shared(exercise, seed):
        found = verdict(exercise, built(exercise)[misconception.name], seed)
        expected = misconception.alias or misconception.name
        assert found.earned < exercise.points, f"{misconception.name} earns full points"
        assert found.names == [expected], f"{misconception.name} is taken for {found.names}"
        assert found.case, f"{misconception.name} is named, but no case is shown"


@every_compared
@every_seed
def test_misconceptions_differ_unless_they_are_declared_aliases(exercise, seed):
    """Can each mistake be told from every other one by its outputs?"""
    partners = {m.name: m.alias for m in exercise.misconceptions}
    for name, alias in partners.items():
        alike = lookalikes(exercise, built(exercise)[name], seed)
        family = {n for n in partners if (partners[n] or n) == (alias or name)} - {name}
        assert alike == family, f"{name} gives the outputs of {alike}; declared are {family}"


@every_function
def test_every_slip_fits_exactly_once(exercise):
    """Does each slip still find the one place in the reference that it edits?"""
    for slip in exercise.slips:
        assert exercise.solution.count(slip.old) == 1, slip
        assert exercise.slipped(slip) != exercise.solution


@every_compared
def test_two_slips_at_once_are_named(exercise, request):
    """Is a pair of slips named as that pair, or as the one mistake whose outputs it has?

    Where all examples raise, the learner is told the line instead; where another pair has
    the same outputs, neither can be named. Of many pairs some are drawn; `--all` asks for each.
    """
    key = key_of(exercise, PUBLIC)
    own = dict(list(key.examples.items())[: key.drawn])
    pairs = [([m.name for m in two], a) for two, a in wrong_twice(exercise)]
    singles = {m.name: m for m in exercise.misconceptions}
    drawn = pairs
    if len(pairs) > PAIRS and not request.config.getoption("--all"):
        drawn = random.Random(exercise.name).sample(pairs, PAIRS)
    for names, answer in drawn:
        mine = outcomes_of(exercise, answer, own)
        if not any(map(difference_of, mine, key.outcomes, key.allowed)):
            continue  # one slip undoes the other, as far as the exercise's own cases tell
        assert not full_marks(exercise, answer, PUBLIC), names
        if all(outcome.error for outcome in mine):
            status = judge(exercise, answer, PUBLIC).status
            assert status in ("raised", "wrong"), names  # a probe may have a value
            continue
        found = [m.name for m in diagnosis(exercise, answer, key, mine, PUBLIC, "")]
        alike = {singles[n].alias or n for n, function in built(exercise).items()
                 if same(key, mine, outcomes(exercise, function))}  # fmt: skip
        if found != (sorted(alike) or names):
            twins = [other for other, a in pairs
                     if other != names and same(key, mine, outcomes_of(exercise, a, own))]  # fmt: skip
            assert twins, f"{names} is taken for {found}"
            assert not alike, f"{names} is taken for {found}"


def difference_of(got, wanted, allowed):
    return bool(got.error) != bool(wanted.error) or (
        not got.error and difference(got.value, wanted.value, allowed)
    )


@every_exercise
def test_feedback_sends_to_headings_that_are_there(exercise):
    """Can a learner find the paragraph that a verdict says to reread?"""
    chapter = chapters()[exercise.module]
    assert chapter.exercises[exercise.name], "no heading stands above the exercise"
    for misconception in exercise.misconceptions:
        if misconception.reread:
            heading = re.escape(misconception.reread)
            assert re.search(rf"^#+ {heading}$", chapter.text, re.MULTILINE), heading


@every_exercise
def test_feedback_is_spoken_as_a_good_teacher_speaks(exercise):
    """Is every sentence there, calm, and about the code and not about the learner?"""
    for misconception in exercise.misconceptions:
        for sentence in (misconception.seen, misconception.why, misconception.broken or "-"):
            assert sentence.strip(), misconception.name
            assert "!" not in sentence.replace("!=", ""), sentence
            for blame in ("you forgot", "your mistake", "you failed", "obviously", "simply"):
                assert blame not in sentence.lower(), sentence
    for claim in exercise.claims:
        assert claim.sentence
        assert claim.sentence[0].islower(), f"it follows a dash or a colon: {claim.sentence}"


# ---- what nobody thought about


@every_compared
@pytest.mark.parametrize("seed", [PUBLIC, GRADED[-1]])
def test_trivial_answers_earn_nothing(exercise, seed):
    """What do zeros, ones, noise, a constant and the first argument earn?"""
    for name, answer in trivial_answers(exercise).items():
        found = verdict(exercise, answer, seed)
        assert found.earned == 0, f"{name} earns {found.earned}: {found.holds}"


@every_compared
def test_no_claim_pays_a_trivial_answer(exercise):
    """Does each claim that earns points ask for more than zeros, noise or a copy give?

    Points are rounded down, so that an answer may fulfil a claim and still earn nothing.
    """
    paid = unearned(exercise)
    assert not paid, f"make these ask for more, or universal: {paid}"


@every_function
def test_scores_are_quarters_and_verdicts_repeat(exercise):
    """Are points multiples of 0.25, and is the same answer judged the same twice?"""
    known = shared_functions(exercise, GRADED[0])
    for function in [exercise.reference, *(known[:2] if exercise.dear else known)]:
        first = verdict(exercise, function, GRADED[0])
        second = judge(exercise, answer_of(function), GRADED[0])
        assert first == second
        assert (first.earned * 4).is_integer()
        assert 0 <= first.earned <= exercise.points
        if exercise.compares:
            assert first.earned in (exercise.points, min(first.earned, exercise.points / 2 + 0.25))
        json.dumps(first.asdict())


def test_here_is_not_fooled_by_a_changed_argument():
    """Are examples still the same after an answer wrote into its arguments?"""
    for exercise in EXERCISES.values():
        if not (exercise.plain and exercise.compares):
            continue
        before = repr(exercise.draw(PUBLIC))
        key = key_of(exercise, PUBLIC)

        def scribbler(*args):
            for argument in args:
                if hasattr(argument, "zero_"):
                    argument.zero_()

        outcomes_of(exercise, answer_of(scribbler), key.examples)
        assert repr(dict(list(key.examples.items())[: key.drawn])) == before
        assert isinstance(answer_of(scribbler)._room, Here)


@every_compared
@pytest.mark.parametrize("seed", [PUBLIC, GRADED[-1]])
def test_the_short_way_to_full_marks_is_the_long_one(exercise, seed):
    """Does the judge of mutants, which stops at the first difference, say what `judge` says?"""
    if exercise.dear and seed != PUBLIC:
        pytest.skip(DEAR)
    known = shared_functions(exercise, seed)
    for function in [exercise.reference, *exercise.alternatives, *known]:
        whole = verdict(exercise, function, seed)
        assert full_marks(exercise, answer_of(function), seed) == whole.right, function


@every_compared
def test_a_mistake_costs_every_learner_the_same(exercise):
    """Do claims hold or fail because of the mistake, and not because of the seed?

    Each mistake is tried on a tenth of the seeds, the next one on another tenth, and on all of them
    where these do not agree. Where a call is dear, two seeds have to agree.
    """
    if exercise.dear:
        for function in shared_functions(exercise, GRADED[0]):
            public = weighed(exercise, answer_of(function), PUBLIC)[0]
            assert public.earned == verdict(exercise, function, GRADED[0]).earned, function
        return
    for number, misconception in enumerate(exercise.misconceptions):
        answer = answer_of(misconception.build())

        def scores(seeds, answer=answer):
            return Counter(weighed(exercise, answer, seed)[0].earned for seed in seeds)

        if len(scores(range(1 + number % 10, 31, 10))) > 1:
            # one in thirty for code that divides by what may be nearly 0
            told = scores(range(1, 31))
            assert told.most_common(1)[0][1] >= 29, (misconception.name, told)
