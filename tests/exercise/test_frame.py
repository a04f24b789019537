"""The frame carries more than tensor functions, and the same at home and in a worker.

Each exercise of `frame_exercises` is judged twice, by `Here` and in a real worker process.
"""

import pytest
import torch
from answers import stub, with_bodies
from frame_exercises import EXERCISES, sharing, squashing

from autograder.course.examiner import Cell, Examiner
from autograder.judge import judge
from autograder.judge.answer import Answer
from autograder.room import sandbox
from autograder.room.rooms import Here
from autograder.room.workers import Starter

IMPORTS = "import math\nimport torch\nfrom torch import nn"
SEEDS = (0, 2**40 + 7)


@pytest.fixture(scope="module")
def room():
    """One worker for all of them, as locked in as this machine can."""
    tier = None if sandbox.available() else sandbox.NONE
    with (
        Starter(tier, sandbox.Limits(wall_seconds=600)) as starter,
        Examiner(starter, [Cell("imports", IMPORTS)], SEEDS[1]) as examiner,
    ):
        room = examiner.prepared()
        assert examiner.failures == {}
        yield room


def both_verdicts(exercise, source, room, seed):
    """The verdict of a notebook's `check`, and that of the gradebook."""
    here = Here({"__name__": "__main__"})
    for name, cell in (("imports", IMPORTS), (exercise.name, source)):
        question = {"verb": "run", "cells": [[name, cell]]}
        assert here.ask(question) == {"value": []}
        assert room.ask(question) == {"value": []}
    return [judge(exercise, Answer(r, exercise.name), seed, source) for r in (here, room)]


every_kind = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.name)
every_seed = pytest.mark.parametrize("seed", SEEDS)


@every_kind
@every_seed
def test_right_answers_of_every_kind_are_right_everywhere(exercise, seed, room):
    """Does the wire carry what this kind of answer takes and gives?"""
    home, gradebook = both_verdicts(exercise, exercise.solution, room, seed)
    assert (home.status, home.earned) == ("right", 2), home
    assert gradebook == home


@every_kind
def test_stubs_of_every_kind_are_unwritten_everywhere(exercise, room):
    """Is a class, a generator or a refusal that was not begun seen as that?"""
    home, gradebook = both_verdicts(exercise, stub(exercise), room, 0)
    assert (home.status, home.earned) == ("unwritten", 0), home
    assert gradebook == home


@every_kind
def test_answers_of_every_kind_that_raise_are_told_where(exercise, room):
    """Is the learner's line the same, whichever side of the wire it ran on?"""
    source = with_bodies(exercise, "return never_defined")
    home, gradebook = both_verdicts(exercise, source, room, 0)
    assert (home.status, home.earned) == ("raised", 0), home
    assert (home.error["type"], home.error["text"]) == ("NameError", "return never_defined")
    assert gradebook == home


SLIPS = [(e, slip) for e in EXERCISES.values() for slip in e.slips if slip.name != "half_detached"]


@pytest.mark.parametrize(("exercise", "slip"), SLIPS, ids=lambda x: x.name)
@every_seed
def test_wrong_answers_of_every_kind_are_named_everywhere(exercise, slip, seed, room):
    """Is a mistake recognised in objects, texts, dicts and streams as it is in tensors?"""
    home, gradebook = both_verdicts(exercise, exercise.slipped(slip), room, seed)
    assert home.names == [slip.name], home
    assert home.earned <= 1
    assert gradebook == home


def test_a_gradient_that_is_cut_is_noticed_though_the_values_agree(room):
    """Does `detach` cost something, and is it said what is missing?"""
    (slip,) = [slip for slip in squashing.slips if slip.name == "half_detached"]
    home, gradebook = both_verdicts(squashing, squashing.slipped(slip), room, 0)
    assert (home.status, home.case, home.earned) == ("wrong", None, 1.75), home
    assert len(home.notes) == 1
    assert "gradients" in home.notes[0].lower()
    cut = squashing.solution.replace("x /", "x.detach() /")
    home, gradebook = both_verdicts(squashing, cut, room, 0)
    assert squashing.claims[0].sentence in home.fails
    assert home.earned == 0
    assert gradebook == home


def test_an_answer_that_never_refuses_is_named(room):
    """Is a missing ValueError a mistake like any other?"""
    source = "def head_width(width, heads):\n    return width // heads"
    home, gradebook = both_verdicts(sharing, source, room, 0)
    assert home.case.when == "heads cannot share evenly"
    assert home.case.problem == "a value came back; ValueError was to be raised."
    assert home.names == ["never_refuses"]
    assert gradebook == home


def test_another_error_than_the_one_asked_for_is_not_enough(room):
    """Is an assertion taken for the ValueError that was asked for?"""
    source = sharing.solution.replace("raise ValueError", "raise KeyError")
    home, gradebook = both_verdicts(sharing, source, room, 0)
    assert "KeyError was raised" in home.case.problem
    assert home.earned < 2
    assert gradebook == home


def test_what_an_answer_does_to_its_arguments_stays_on_its_side(room):
    """Can an answer change what the next question will ask?"""
    source = "def scale_(x, factor):\n    x.mul_(factor)\n    x.resize_(0)"
    x = torch.ones(3)
    for place in (Here({}), room):
        place.ask({"verb": "run", "cells": [["scale_", source]]})
        after, factor = Answer(place, "scale_").after(x, 2.0)
        assert (after.numel(), factor) == (0, 2.0)
        assert x.tolist() == [1, 1, 1]
