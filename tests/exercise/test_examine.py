"""Exercises that ask for a test: it earns what it catches, at home and in a worker."""

import time

import pytest
from answers import with_bodies
from small_exercises import made, sharing

from autograder.course.examiner import Examiner
from autograder.home.card import as_html, as_text
from autograder.judge import judge
from autograder.judge.answer import Answer, answer_of
from autograder.judge.catches import TooMuch, bounded
from autograder.room import sandbox
from autograder.room.rooms import Here
from autograder.room.workers import Starter

TESTS = {  # the learner's lines, points at three misconceptions of equal weight, what is said
    "nothing": (["pass"], 0, "It catches 0 of 2."),
    "all": (["assert False, 'no'"], 0, "It refuses every implementation, the right ones too."),
    "raises": (["return never_defined"], 0, "Your code raised an error."),
    "too strict": (["assert f(12, 3) == 4.5"], 0, "It refuses every implementation"),
    "half": (["assert f(12, 3) == 4"], 1, "It catches 1 of 2."),
    "all of it": (["assert f(12, 3) == 4", "try:", "    f(width=10, heads=4)",
                   "except ValueError:", "    return", "raise AssertionError"], 2,
                  "All of it holds."),
    "by another error": (["if f(12, 3) != 4:", "    raise LookupError('broken')"], 0,
                         "A LookupError was raised."),
    "by its name": (["assert 'minus' not in f.__name__ + repr(f) + str(type(f))"], 0,
                    "It catches 0 of 2."),
    "by its code": (["import inspect", "try:", "    text = inspect.getsource(f)",
                     "except (OSError, TypeError):", "    text = ''", "assert 'width -' not in text"],
                    0, "It catches 0 of 2."),
    "with too much": (["f([0] * 10_000, 2)"], 0, "more than 4096 numbers and letters"),
}  # fmt: skip


@pytest.fixture(scope="module")
def examining():
    return made("examine", name="examine_width", of=sharing(), broken=("never_refuses", "minus"))


@pytest.fixture(scope="module")
def room():
    tier = None if sandbox.available() else sandbox.NONE
    with (
        Starter(tier, sandbox.Limits(wall_seconds=600)) as starter,
        Examiner(starter, [], 1) as examiner,
    ):
        yield examiner.prepared()


def judged(exercise, source, room, seed=5):
    here = Here({"__name__": "__main__"})
    for place in (here, room):
        question = {"verb": "run", "cells": [[exercise.name, source]]}
        assert place.ask(question) == {"value": []}
    return [judge(exercise, Answer(r, exercise.name), seed, source) for r in (here, room)]


@pytest.mark.parametrize("case", TESTS)
def test_a_test_earns_what_it_catches_at_home_and_in_a_worker(case, examining, room):
    """Is a learner's test judged by what it lets pass, the same on both sides of the wire?"""
    lines, earned, said = TESTS[case]
    source = with_bodies(examining, *lines)
    here, there = judged(examining, source, room)
    for verdict in (here, there):
        assert verdict.earned == earned, verdict
        assert said in as_text(verdict, everything=True), as_text(verdict)
        assert "This is none of the mistakes" not in as_text(verdict, True) or case == "raises"
    assert as_html(here) == as_html(there)


def test_the_call_that_refused_a_right_one_is_shown(examining, room):
    """Does a learner see the line, the arguments and what came back?"""
    source = with_bodies(examining, "value = f(12, 3)", "assert value == 5 or f(4, 2) == 3")
    for verdict in judged(examining, source, room):
        assert verdict.error["text"] == "assert value == 5 or f(4, 2) == 3"
        assert verdict.notes == ["The last call before that, which is right: "
                                 "`head_width(4, 2) gave 2`."]  # fmt: skip


def test_what_gets_through_is_asked_for(examining, room):
    """Is the catch named, and the miss put as a question?"""
    for verdict in judged(examining, with_bodies(examining, "assert f(12, 3) == 4"), room):
        assert verdict.holds == ["lets 2 right implementations pass",
                                 "catches code that takes away where it should divide"]  # fmt: skip
        assert verdict.seen == [
            "Code that never refuses gets through. What would you have to ask it?"
        ]


def test_what_breaks_down_in_a_test_is_caught_by_it(room):
    """Does a test have to expect every error that broken code may raise?"""
    shared = sharing()

    @shared.misconception(seen="By what?", why="By the heads.", broken="divides by nothing")
    def by_nothing(width, heads):
        return width // 0

    examining = made("examine", name="examine_width", of=shared, broken=("by_nothing", "minus"))
    for verdict in judged(examining, with_bodies(examining, "f(12, 3)"), room):
        assert verdict.holds[1:] == ["catches code that divides by nothing"]
        assert verdict.earned == 1


def test_a_test_that_is_not_written_is_that(examining, room):
    """Is a stub told apart from a test that refuses everything?"""
    source = with_bodies(examining, "raise NotImplementedError()")
    for verdict in judged(examining, source, room):
        assert (verdict.status, verdict.earned) == ("unwritten", 0)


def test_counting_calls_catches_nothing(examining):
    """Are implementations given in an order that nobody can learn?"""
    orders = []
    for seed in range(1, 9):
        seen = []
        judge(examining, answer_of(lambda f, seen=seen: seen.append(f(12, 3))), seed)
        assert sorted(seen) == [4, 4, 4, 4, 4, 9]
        orders.append(seen.index(9))
    assert len(set(orders)) > 2


def test_a_call_of_ours_with_their_arguments_is_bounded():
    """Do a loop that does not end and a request for all memory end as errors of that call?"""
    begun = time.monotonic()
    with pytest.raises(TooMuch), bounded():
        sum(1 for _ in iter(int, 1))
    assert time.monotonic() - begun < 10
    with pytest.raises(MemoryError), bounded():
        bytearray(2**33)
    bytearray(2**20)
