"""The frame carries more than tensor functions, and the same at home and in a worker.

Each exercise here is judged twice, by `Here` and in a real worker process.
"""

import math

import pytest
import torch
from answers import stub, with_bodies

from autograder import sandbox
from autograder.answer import Answer, Here
from autograder.examiner import Cell, Examiner
from autograder.exercise import Exercise
from autograder.judge import agree, judge
from autograder.workers import Starter

IMPORTS = "import math\nimport torch\nfrom torch import nn"
SEEDS = (0, 2**40 + 7)
EXERCISES = {}


def exercise(name, examples, **given):
    made = Exercise(
        f"kinds.{name}", title=name, points=2, difficulty=1, minutes=5, examples=examples,
        package="frame_solutions", **given,
    )  # fmt: skip
    EXERCISES[name] = made
    return made


# ---- a module with weights: constructed, loaded, called, and its gradient

affine = exercise("Affine", lambda g: {
    "a batch of rows comes in": (torch.randn(3, 5, generator=g), torch.randn(2, 5, generator=g)),
    "one row comes in": (torch.randn(1, 4, generator=g), torch.randn(6, 4, generator=g)),
})  # fmt: skip


@affine.probe
def _(answer, x, weight):
    layer = answer(weight.shape[1], weight.shape[0])
    layer.load({"weight": weight, "bias": weight.sum(1)})
    return {"y": layer(x), "gradient": layer.gradients(x)[0], "bias": layer.get("bias")}


@affine.claim("a fresh layer maps everything to 0")
def _(answer):
    agree(answer(3, 2)(torch.randn(4, 3)), torch.zeros(4, 2))


affine.slip(" + self.bias", "", name="no_bias", seen="What is the bias for?", why="Add it.")


# ---- an object that remembers

cache = exercise("Cache", lambda g: {
    "two steps are appended": (torch.randn(2, 3, generator=g), torch.randn(1, 3, generator=g)),
})  # fmt: skip


@cache.probe
def _(answer, first, second):
    made = answer(first.shape[1])
    lengths = [made.method("append")(first), made.method("append")(second)]
    return lengths, made.get("keys")


@cache.claim("a new cache is empty")
def _(answer):
    assert answer(4).get("keys").shape == (0, 4)


cache.slip("[self.keys, keys]", "[keys, self.keys]", name="in_front",
           seen="Which keys come first?", why="New keys come last.")  # fmt: skip


# ---- a function that calls one of ours


def scores_of(table):
    return lambda ids: table[ids[-1] % len(table)]


decoding = exercise("greedy", lambda g: {
    "three tokens are asked for": (scores_of(torch.randn(6, 6, generator=g)), [1, 2], 3),
    "nothing is asked for": (scores_of(torch.eye(4)), [3], 0),
})  # fmt: skip


@decoding.claim("what stood there stays there")
def _(answer):
    assert answer(scores_of(torch.eye(4).roll(1, 1)), [2, 1], 2) == [2, 1, 2, 3]


@decoding.claim("every step asks about everything written so far")
def _(answer):
    asked = []

    def recorder(ids):
        asked.append(ids.tolist())
        return torch.arange(5.0)

    answer(recorder, [1], 3)
    assert asked == [[1], [1, 4], [1, 4, 4]]


decoding.slip("argmax", "argmin", name="lowest", seen="Which one?", why="The highest.")
decoding.slip("torch.tensor(ids)", "torch.tensor(ids[:1])", name="forgetful",
              seen="What does the model see?", why="It sees all ids.")  # fmt: skip


# ---- strings, dicts with tuples as keys, numbers that are no numbers

report = exercise("pair_report", lambda g: {
    "a pair comes twice": (["a", "b", "a", "b"],),
    "no pair comes twice": (["one", "två", "drei"],),
    "words are drawn": (["xyz"[i] for i in torch.randint(3, (9,), generator=g).tolist()],),
})  # fmt: skip


@report.claim("without a repeat the rate is infinite, and an empty one is no number")
def _(answer):
    rates = answer(["a"])["rates"]
    assert rates["per repeat"] == math.inf
    assert math.isnan(rates["empty"])


report.slip("words[1:]", "words[2:]", name="skips_one", seen="Who is next?", why="The next one.")
report.slip("math.inf", "0.0", name="zero_rate", seen="What is 3 / 0?", why="It is infinite.")


# ---- in place

scaling = exercise("scale_", lambda g: {
    "a tensor is doubled": (torch.randn(2, 3, generator=g), 2.0),
    "a tensor is halved": (torch.randn(4, generator=g), 0.5),
})  # fmt: skip
scaling.probe(lambda answer, x, factor: answer.after(x, factor)[0])


@scaling.claim("a factor of 1 changes nothing, one of 0 leaves zeros")
def _(answer):
    x = torch.randn(5)
    agree(answer.after(x, 1.0)[0], x)
    agree(answer.after(x, 0.0)[0], torch.zeros(5))


scaling.slip("mul_", "mul", name="copy", seen="Is x another x now?", why="mul makes a copy.")


# ---- a generator

running = exercise("windows", lambda g: {
    "there are more windows than are taken": (torch.randint(9, (12,), generator=g).tolist(), 3),
    "one window fits": ([5, 6], 2),
})  # fmt: skip
running.probe(lambda answer, ids, size: answer(ids, size).take(4))


@running.claim("it stops when nothing is left")
def _(answer):
    assert list(answer([1, 2, 3], 2)) == [[1, 2], [2, 3]]


running.slip(" + 1", "", name="last_missing", seen="Is that all?", why="One more fits.")


# ---- gradients

squashing = exercise("squash", lambda g: {
    "numbers have both signs": (torch.randn(3, 4, generator=g),),
    "all are positive": (torch.rand(5, generator=g),),
})  # fmt: skip


@squashing.claim("around 0 it is the identity: its slope there is 1")
def _(answer):
    (gradient,) = answer.gradients(torch.zeros(3))
    agree(gradient, torch.sin(torch.arange(1.0, 4.0)))


squashing.slip("x.abs()", "x", name="signed", seen="What if x is -1?", why="Its size is meant.")
squashing.slip(".abs()", ".abs().detach()", name="half_detached",
               seen="Equal values.", why="Half of the slope is missing.")  # fmt: skip


# ---- a reference that refuses

sharing = exercise("head_width", lambda g: {
    "heads share evenly": (12, 3),
    "heads cannot share evenly": (10, 4),
    "there is one head": (7, 1),
})  # fmt: skip


@sharing.claim("heads times their width gives the width back")
def _(answer):
    assert answer(96, 8) * 8 == 96


@sharing.misconception(seen="What becomes of the rest?", why="Refuse it.")
def never_refuses(width, heads):
    return width // heads


# ---- the tests


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
    assert (home.status, home.case, home.earned) == ("wrong", None, 0.75), home
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
