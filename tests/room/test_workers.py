"""The clean process and its workers: what dies with whom, and when nothing is run at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attacks import COMBINE, HOLDS, MASK, RIGHT, STEM, Attack
from attacks.batch import Batch, descendants
from pages import ROOT

from autograder.course import examiner
from autograder.course.examiner import Cell, Examiner
from autograder.course.grading import grade
from autograder.exercise import exercises
from autograder.judge import judge
from autograder.room import readable, sandbox, workers
from autograder.room.sandbox import NoSandbox
from autograder.room.workers import Starter

TIERS = sandbox.available()

if not TIERS:
    pytest.skip("nothing here can lock a worker in", allow_module_level=True)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds=10):
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.02)
    return condition()


# ---- what dies with whom

GRADER = """
import sys, threading
from autograder.room.sandbox import Limits
from autograder.room.workers import Starter
starter = Starter(sys.argv[1], Limits())
room = starter.worker()
stay = "import ctypes, signal\\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\\nwhile True: pass"
threading.Timer(0.3, print, ["started"], {"flush": True}).start()
room.ask({"verb": "run", "cells": [["a", stay]]})
"""


@pytest.mark.parametrize("tier", TIERS)
def test_everything_dies_with_the_grader(tier):
    """Do the clean process and its workers go when the grader is killed, whatever they run?"""
    grader = subprocess.Popen([sys.executable, "-c", GRADER, tier], stdout=subprocess.PIPE)
    assert grader.stdout.readline() == b"started\n"
    left = descendants(grader.pid)
    assert len(left) >= 2
    grader.kill()
    grader.wait()
    assert wait_until(lambda: not any(map(alive, left)))


@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_clean_process_is_replaced(tier):
    """Is nothing of a submission alive once it was examined, and does grading go on after a kill?"""
    cell = "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()"
    with Starter(tier) as starter:
        room = starter.worker()
        before = set(descendants(starter.process.pid))
        assert room.ask({"verb": "run", "cells": [["a", cell]]}) == {"value": []}
        room.close()
        assert room.usage  # it is dead; the next one is made
        wait_until(lambda: len(descendants(starter.process.pid)) == len(before))
        assert len(set(descendants(starter.process.pid)) & before) == len(before) - 1
        first = starter.process.pid
        os.kill(first, signal.SIGKILL)
        starter.process.wait()
        room = starter.worker()
        assert room.ask({"verb": "run", "cells": [["a", cell]]}) == {"value": []}
        room.close()
        assert starter.process.pid != first


def test_a_judge_that_trips_stops_nobody(monkeypatch, caplog):
    """Does a mistake of ours cost one verdict, said to be ours, and not the batch?"""

    def trips(exercise, answer, seed, source):
        if exercise.name == MASK:
            raise ZeroDivisionError("a mistake of ours")
        return judge(exercise, answer, seed, source)

    monkeypatch.setattr(examiner, "judge", trips)
    imports = "import torch\nfrom torch import Tensor\nfrom jaxtyping import Bool, Float, Int\n"
    cells = [Cell("imports", imports), *[Cell(name, RIGHT[name]) for name in RIGHT]]
    with Starter(TIERS[-1]) as starter, Examiner(starter, cells, 1) as examining:
        first = examining.verdict(exercises()[MASK])
        second = examining.verdict(exercises()[COMBINE])
    assert first.notes == ["Your answer could not be judged. Tell your instructor."]
    assert second.right
    assert "a mistake of ours" in caplog.text


# ---- the floor


def test_without_any_sandbox_nothing_is_run(monkeypatch):
    """Does one learn what is missing, and how to go on, before any code has run?"""
    monkeypatch.setattr(sandbox, "available", list)
    with pytest.raises(NoSandbox, match=r"Landlock, and libseccomp.*--unsandboxed"):
        Starter()


def test_a_tier_that_is_not_there_is_named():
    """Does a misspelt tier end in a list of those that work?"""
    with pytest.raises(NoSandbox, match=f"'bublewrap' does not work here; these do: {TIERS[0]}"):
        Starter("bublewrap")


def test_solutions_that_can_be_read_are_refused(monkeypatch, tmp_path):
    """Is grading refused where the solutions are installed beside torch?"""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "__init__.py").write_text("", encoding="utf8")
    paths, get_path = readable.python_paths(), workers.sysconfig.get_path
    monkeypatch.setattr(readable, "python_paths", lambda: [*paths, str(tmp_path)])
    monkeypatch.setattr(
        workers.sysconfig, "get_path", lambda n: str(tmp_path) if n == "platlib" else get_path(n)
    )
    with pytest.raises(NoSandbox, match=r"the module solutions.*pip install -e.*--unsandboxed"):
        Starter(TIERS[-1])


def test_a_project_that_can_be_read_is_refused(monkeypatch):
    """Is it refused, too, where nothing keeps the project out of what a worker reads?"""
    paths = readable.python_paths()
    monkeypatch.setattr(readable, "without", lambda *_: [*paths, str(ROOT)])
    with pytest.raises(NoSandbox, match=r"reach what it must not: .*autograder"):
        Starter(TIERS[-1])


def test_unsandboxed_grades_and_says_so(monkeypatch, course, tmp_path):
    """Does the result record that nothing was locked, and only where that was asked for?"""
    monkeypatch.setattr(sandbox, "available", list)
    right = Attack("right", "Nothing.", {}, "", HOLDS, answers=RIGHT)
    batch = Batch(course, tmp_path, "", [right])
    with pytest.raises(NoSandbox):
        grade(batch.course, STEM)
    assert batch.scores() == {}
    assert grade(batch.course, STEM, unsandboxed=True).tier == "none"
    assert sum(batch.scores()["right"].values()) == 7
    assert batch.kept("right")["sandbox"] == "none"
    batch.close()


def test_tiers_come_strongest_first():
    """Are these the tiers that the design names, in its order?"""
    assert [tier for tier in sandbox.TIERS if tier in TIERS] == TIERS
    assert sandbox.choose() == TIERS[0]
