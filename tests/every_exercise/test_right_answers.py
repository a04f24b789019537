"""What is right is found right: the reference, other ways to write it, what was not begun. No exercise
is named here."""

import inspect

import pytest
from answers import noisy, stub, with_bodies, written
from every import GRADED, PUBLIC, every_compared, every_function, every_seed, verdict
from jaxtyping import TypeCheckError
from pages import ROOT

from autograder.judge import judge
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.judge.diagnosis import looser
from autograder.judge.evidence import key_of, outcomes_of

# ---- the reference


@every_function
@every_seed
def test_the_reference_earns_full_points(exercise, seed):
    """Does the judge find the book's own answer right, whatever numbers are drawn?"""
    found = verdict(exercise, exercise.reference, seed)
    assert (found.status, found.earned) == ("right", exercise.points), found
    assert found.fails == found.names == found.notes == []


@every_compared
@every_seed
def test_the_reference_agrees_with_code_that_nobody_here_wrote(exercise, seed):
    """Is what we call right also right to torch, transformers, or whoever the oracle is?"""
    if exercise.oracle_function is None:
        assert exercise.alternatives, "no oracle, and not even a second way to write it"
        pytest.skip("no library has this")
    key = key_of(exercise, seed)
    theirs = outcomes_of(exercise, answer_of(exercise.oracle_function), key.examples)
    rows = zip(key.examples, theirs, key.outcomes, key.allowed, strict=True)
    for index, (aspect, got, wanted, allowed) in enumerate(rows):
        if got.error and index >= key.drawn:
            continue  # a standing probe that the library refuses
        assert not got.error or wanted.error, (aspect, got.error)
        if not wanted.error:
            found = difference(got.value, wanted.value, looser(allowed))
            assert found is None, f"when {aspect}: {found.got} is not {found.wanted}"


@every_function
def test_shapes_and_types_in_a_signature_are_enforced(exercise):
    """Is what a signature promises checked whenever a test calls the reference?"""
    nothing = [object() for _ in exercise.parameters]
    if nothing:  # what takes nothing cannot be given the wrong thing
        with pytest.raises(TypeCheckError):
            exercise.reference(*nothing)
    assert inspect.getsource(exercise.reference).startswith(exercise.signature)


@every_compared
def test_the_oracle_is_somebody_elses(exercise):
    """Could an oracle be the reference under another name, which agrees with itself?"""
    if exercise.oracle_function is None:
        pytest.skip("no library has this")
    assert exercise.oracle_name, "say whose it is"
    source = inspect.getsource(exercise.oracle_function)
    assert "solutions" not in source
    assert ".reference" not in source


@every_compared
def test_graded_examples_are_not_the_public_ones(exercise):
    """Would values learnt by heart from the public examples fail in the gradebook?"""
    if len(inspect.signature(exercise.examples).parameters) == 0 or not exercise.parameters:
        pytest.skip("nothing is drawn")
    graded = exercise.draw(GRADED[-1])
    others = [exercise.draw(seed) for seed in (PUBLIC, *(GRADED[-1] + n for n in range(1, 5)))]
    differ = [repr(graded[aspect]) != repr(other[aspect]) for other in others for aspect in graded]
    of_the_course = (ROOT / "solutions" / f"{exercise.module}.py").exists()
    least = 0.4 if of_the_course else 0.1  # tests have small ones of their own
    assert sum(differ) >= least * len(differ), f"{sum(differ)} of {len(differ)} differ"
    assert repr(graded) == repr(exercise.draw(GRADED[-1])), "the same seed draws the same"


@every_compared
def test_an_exercise_teaches_enough_to_be_one(exercise):
    """Is there a property to hold on to, and are the usual mistakes known by name?"""
    assert [claim for claim in exercise.claims if not claim.universal], "no claim"
    if exercise.kind == "build":
        assert len(exercise.misconceptions) >= 3
    assert len({m.name for m in exercise.misconceptions}) == len(exercise.misconceptions)


# ---- what is not written, and what raises


@every_function
def test_a_stub_earns_nothing_and_is_called_unwritten(exercise):
    """Is an answer that was not begun told apart from one that is wrong?"""
    found = judge(exercise, written(exercise, stub(exercise)), PUBLIC)
    assert (found.status, found.earned) == ("unwritten", 0)
    assert not found.case


@every_function
def test_an_answer_that_raises_is_told_where_and_why(exercise):
    """Does the verdict point at the learner's own line, and repeat what Python said?"""
    source = with_bodies(exercise, "total = 1", "return total + never_defined")
    found = judge(exercise, written(exercise, source), PUBLIC)
    assert (found.status, found.earned) == ("raised", 0)
    assert found.error["type"] == "NameError"
    assert "never_defined" in found.error["message"]
    assert found.error["text"] == "return total + never_defined"
    assert source.splitlines()[found.error["line"] - 1].strip() == found.error["text"]


# ---- other right answers


@every_function
@every_seed
def test_every_other_right_way_earns_full_points(exercise, seed):
    """Is it the result that is judged, and not how it was written?"""
    for alternative in exercise.alternatives:
        found = verdict(exercise, alternative, seed)
        assert found.earned == exercise.points, (alternative.__name__, found)


@every_function
def test_printing_and_warning_cost_nothing(exercise):
    """May a learner look at values, and call what is deprecated, in a right answer?"""
    found = verdict(exercise, noisy(exercise))
    assert (found.status, found.earned) == ("right", exercise.points), found


@every_function
def test_the_reference_is_self_contained(exercise):
    """Does the reference work as a cell below the chapter's imports, as an answer has to?"""
    found = judge(exercise, written(exercise, exercise.solution), PUBLIC, exercise.solution)
    assert found.earned == exercise.points, found
