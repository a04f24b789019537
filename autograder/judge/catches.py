"""How a test that a learner wrote is tested: on right implementations and on broken ones.

Owns: which implementations it is given and in what order, what it earns, and what is said.
They run on our side with arguments that come from the learner, so their calls are bounded here.
"""

import contextlib
import math
import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from autograder.exercise import Examine, seeded
from autograder.exercise.words import article
from autograder.judge.answer import Answer, Outcome
from autograder.judge.judging import (
    QUARTER,
    cannot_be_called,
    forbidden,
    forbidden_under_another_name,
    judge,
)
from autograder.judge.shown import short
from autograder.judge.telling import Case, error_sentence
from autograder.judge.verdict import Verdict
from autograder.room.values import extent

MOST_GIVEN = 4096  # numbers and letters in one call of an implementation
SECONDS = 2.0  # for one call
MEMORY = 2**30  # bytes more than before, for one call
MEASURE = Path("/proc/self/statm")


class Trial:
    """One implementation as a test gets it: all look the same, under the same name."""

    def __init__(self, implementation: Callable, name: str):
        self.implementation, self.name = implementation, name
        self.call = ""  # the last one, in words
        self.raised = False  # the implementation itself did, in some call
        self.outcome = Outcome()

    def wrapped(self) -> Callable:
        def call(*args, **kwargs):
            if extent([args, kwargs]) > MOST_GIVEN:
                raise ValueError(f"more than {MOST_GIVEN} numbers and letters in one call")
            given = [short(value, 80) for value in args]
            given += [f"{key}={short(value, 80)}" for key, value in kwargs.items()]
            self.call = f"{self.name}({', '.join(given)})"
            try:
                with bounded():
                    value = self.implementation(*args, **kwargs)
            except Exception:
                self.raised = True
                raise
            self.call += f" gave {short(value)}"
            return value

        call.__name__ = call.__qualname__ = self.name
        return call

    def run(self, answer: Answer):
        (self.outcome,) = answer.many([(self.wrapped(),)])

    @property
    def refused(self) -> bool:
        return self.outcome.error is not None

    @property
    def caught(self) -> bool:
        """Does the test say that it is broken, or does the implementation break down in it?"""
        error = self.outcome.error
        return error is not None and (self.raised or error["type"] == "AssertionError")


@judge.register
def judge_test(exercise: Examine, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """The verdict on a test: nothing where it refuses a right one; else a share for each catch."""
    verdict = Verdict(exercise.name, exercise.title, exercise.points)
    answer = Answer(answer._room, answer._target, answer._method, exercise.forbid)
    if problem := cannot_be_called(exercise, answer) or forbidden(exercise, source):
        verdict.status, verdict.notes = "unusable", [problem]
        return verdict
    name = exercise.examined.name
    right = [Trial(function, name) for function in exercise.right_ones]
    right += [Trial(trial.wrapped(), name) for trial in right]  # a test of chance gets two chances
    broken = {m: Trial(m.build(), name) for m in exercise.broken_ones}
    trials = [*right, *broken.values()]
    random.Random(seed).shuffle(trials)  # whoever counts calls learns nothing
    with seeded(seed):
        for trial in trials:
            trial.run(answer)
    outcomes = [trial.outcome for trial in trials]
    if all(outcome.unwritten for outcome in outcomes):
        verdict.status = "unwritten"
    elif problem := forbidden_under_another_name(outcomes):
        verdict.status, verdict.notes = "unusable", [problem]
    elif refused := [trial for trial in right if trial.refused]:
        tell_refusal(verdict, refused[0], everything=all(trial.refused for trial in trials))
    else:
        tell_catches(verdict, exercise, broken)
    return verdict


def tell_refusal(verdict: Verdict, trial: Trial, everything: bool):
    """It refuses an implementation that is right."""
    verdict.error = trial.outcome.error
    if everything and verdict.error["type"] != "AssertionError":
        verdict.status = "raised"
        return
    whom = "every implementation, the right ones too" if everything else "a right implementation"
    verdict.headline = f"It refuses {whom}."
    when = f"it is given a right `{trial.name}`"
    verdict.case = Case(when, error_sentence(verdict.error), error=verdict.error)
    if trial.call:
        told = trial.call.replace("`", "'")
        verdict.notes.append(f"The last call before that, which is right: `{told}`.")


def tell_catches(verdict: Verdict, exercise: Examine, broken: dict):
    """It lets all right ones pass; what of the broken ones?"""
    caught = {misconception: trial.caught for misconception, trial in broken.items()}
    share = exercise.points * sum(caught.values()) / len(caught)
    verdict.earned = math.floor(share / QUARTER) * QUARTER
    accepted = f"{len(exercise.right_ones)} right implementations"
    verdict.cases = len(caught) + len(exercise.right_ones)
    clauses = [misconception.broken for misconception, found in caught.items() if found]
    if all(caught.values()):
        verdict.status = "right"
        verdict.proof = (
            f"It lets {accepted} pass and catches all {len(caught)} broken ones: code that "
            + "; code that ".join(clauses) + "."
        )  # fmt: skip
        return
    verdict.headline = f"It catches {len(clauses)} of {len(caught)}."
    verdict.holds = [f"lets {accepted} pass", *(f"catches code that {c}" for c in clauses)]
    missed = next(misconception for misconception, found in caught.items() if not found)
    verdict.names = [missed.name]
    other = [t.outcome.error["type"] for t in broken.values() if t.refused and not t.caught]
    if other:
        verdict.notes.append(
            f"{article(other[0]).capitalize()} {other[0]} was raised. A test says that code is "
            "broken by an AssertionError, which `assert` raises; any other error says that the "
            "test is."
        )
    elif not any(caught.values()):
        verdict.notes.append(
            "Nothing was raised. A test says that code is broken by raising an error, as `assert` "
            "does; what it returns is not looked at."
        )
    verdict.seen = [f"Code that {missed.broken} gets through. What would you have to ask it?"]
    verdict.why = [missed.why]


# ---- bounds


class TooMuch(Exception):
    """A call took longer than any sensible one."""


@contextlib.contextmanager
def bounded():
    """Time and memory for a call of ours with a stranger's arguments, where the system can."""
    if threading.current_thread() is not threading.main_thread() or not MEASURE.exists():
        yield
        return
    import resource  # not everywhere

    def stop(number, frame):
        raise TooMuch(f"stopped after {SECONDS:g} seconds")

    used = int(MEASURE.read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = used + MEMORY if hard == resource.RLIM_INFINITY else min(used + MEMORY, hard)
    handler = signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    before = signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *before)  # of whoever limits the whole question
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
