"""Grading that is killed, stopped between any two of its steps, or begun twice at once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from a_class import CHAPTER, CLASS, SAMPLES, STEM, fill, rows

from autograder.course import grading
from autograder.course.folder import Course
from autograder.course.grading import grade
from autograder.course.samples import sample_answers


def started(folder: Path, *options) -> subprocess.Popen:
    command = [sys.executable, "-m", "autograder", "grade", STEM, "--course", str(folder), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def finished(folder: Path) -> dict[str, int]:
    """Learners whose grading is complete, and when their notebook was written."""
    places = [place for place in Course(folder).places(STEM) if place.graded()]
    return {place.learner: place.autograded.stat().st_mtime_ns for place in places}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on_where_it_stopped(copied, one_starter, jobs):
    """After kill -9 at a random moment, is nothing lost, and nothing finished done again?"""
    fill(copied)
    draw = random.Random(jobs)
    run = started(copied, "--jobs", str(jobs))
    until, wanted = time.monotonic() + 120, draw.randint(1, 6)
    while len(finished(copied)) < wanted and time.monotonic() < until and run.poll() is None:
        time.sleep(draw.uniform(0.01, 0.08))
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    stamps = finished(copied)
    assert wanted <= len(stamps) < CLASS + SAMPLES
    goes_on(copied, stamps)


def goes_on(folder: Path, stamps: dict[str, int]):
    """Grade what is left; nothing that was finished is touched, and everyone has their score."""
    summary = grade(folder, STEM)
    now = finished(folder)
    assert (sum(summary.outcomes.values()), summary.skipped) == (
        len(now) - len(stamps),
        len(stamps),
    )
    assert {name: now[name] for name in stamps} == stamps
    scores = {name: row["score"] for name, row in rows(folder).items()}
    assert set(scores) == set(now)
    samples = sorted(sample_answers(CHAPTER))
    learners = [name for name in scores if name not in samples and name.startswith("learner")]
    for name in learners:
        assert scores[name] == scores[samples[int(name[-2:]) % len(samples)]], name
    assert not list(folder.rglob("*.part"))


class Stopped(BaseException):
    """What ends a run and is caught by nobody, like a signal."""


def examines(grader, work) -> bool:
    return work.shown is None


STEPS = {  # what is called once for each submission, in this order, and which calls are meant
    "before it is examined": (grading.Grader, "send", examines),
    "before its grade is in the gradebook": (Course, "record", None),
    "before its page is made": (grading.Grader, "send", lambda *args: not examines(*args)),
    "before its files are in their places": (grading, "finish", None),
    "between its two files": (grading.os, "replace", lambda _, to: to.suffix == ".ipynb"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_run_may_end_between_any_two_steps(copied, graded_class, one_starter, monkeypatch, step):
    """Wherever a run ends, does the next one leave what a run without an end leaves?"""
    owner, name, meant = STEPS[step]
    real, calls = getattr(owner, name), []

    def stops(*args, **kwargs):
        if meant is None or meant(*args):
            calls.append(args)
        if len(calls) == 3:  # in the third submission
            raise Stopped
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, stops)
    with pytest.raises(Stopped):
        grade(copied, STEM)
    monkeypatch.setattr(owner, name, real)
    stamps = finished(copied)
    assert len(stamps) <= 2  # the next one is examined while this one is saved
    goes_on(copied, stamps)
    assert rows(copied) == rows(graded_class[0])


def test_two_graders_take_turns(copied):
    """Do two graders on one gradebook leave one whole result?"""
    fill(copied)
    runs = [started(copied), started(copied)]
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("Another grader is at work" in text for text in told) <= 1
    assert sum(f"{CLASS + SAMPLES} graded" in text for text in told) == 1
    assert sum(f"{CLASS + SAMPLES} unchanged" in text for text in told) == 1
    assert len(rows(copied)) == CLASS + SAMPLES
