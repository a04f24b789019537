"""The locked room, tier by tier: its doors, its limits, what stays possible in it."""

import contextlib
import os
import resource
import signal
import time
from pathlib import Path

import pytest
from attacks import doors
from attacks.batch import descendants
from pages import ROOT

from autograder.room import sandbox
from autograder.room.sandbox import Limits
from autograder.room.workers import Starter, WorkerGone

TIERS = sandbox.available()
SMALL = Limits(memory=512 * 2**20, cpu_seconds=5, question_seconds=5, wall_seconds=30)
DOORS = [(group, name) for group, found in doors.GROUPS.items() for name in found]
PLACES = {
    "COURSE": ROOT, "CANARY": "/tmp", "PROJECT": ROOT, "HOME": Path.home(), "VICTIM": os.getpid(),
    "TCP": 9, "UDP": 9, "ABSTRACT": "nobody",
}  # fmt: skip

if not TIERS:
    pytest.skip("nothing here can lock a worker in", allow_module_level=True)


@pytest.fixture(scope="module", params=TIERS)
def starter(request):
    with Starter(request.param, SMALL) as made:
        yield made


@pytest.fixture
def room(starter):
    made = starter.worker()
    yield made
    made.close()


def run(room, source) -> list[dict]:
    """Run a cell; gives what failed in it."""
    return room.ask({"verb": "run", "cells": [["cell", source]]})["value"]


def value_of(room, expression):
    """An expression's value in a worker."""
    assert run(room, f"def asked():\n    return {expression}") == []
    (outcome,) = room.ask({"verb": "call", "target": "asked", "calls": [[[], {}]]})["value"]
    assert "error" not in outcome, outcome
    return outcome["value"]


# ---- doors


def scheduling(starter) -> dict:
    """How the clean process, and whoever stands before it, is scheduled."""
    found = [starter.process.pid, *descendants(starter.process.pid), os.getpid()]
    return {
        pid: (
            os.sched_getscheduler(pid), os.sched_getparam(pid).sched_priority,
            os.sched_getaffinity(pid), os.getpriority(os.PRIO_PROCESS, pid),
            resource.prlimit(pid, resource.RLIMIT_CPU), os.getpgid(pid), os.getsid(pid),
        )
        for pid in found
    }  # fmt: skip


@pytest.fixture(scope="module")
def opened(starter, tmp_path_factory):
    """Which doors let a worker through, all of them tried in one."""
    before = scheduling(starter)
    canary = tmp_path_factory.mktemp("canary")
    canary.chmod(0o777)
    (canary / "canary").write_text("sings", encoding="utf8")
    room, found, tried = starter.worker(), set(), 0
    for group, listed in doors.GROUPS.items():
        source = doors.cell(listed)
        for key, value in (PLACES | {"CANARY": canary}).items():
            source = source.replace(f"@{key}@", str(value))
        assert run(room, source) == []
        found |= {(group, name) for name in value_of(room, "opened")}
        tried += value_of(room, "len(tried)")
    room.close()
    assert room.usage  # it is dead
    after = scheduling(starter)  # without this worker, and with the one that is next
    assert starter.process.pid in after
    assert {n: told for n, told in after.items() if n in before} == {
        n: told for n, told in before.items() if n in after
    }
    assert tried == len(DOORS)
    assert [path.name for path in canary.iterdir()] == ["canary"]
    return found


@pytest.mark.parametrize("door", DOORS, ids=": ".join)
def test_every_door_is_locked(opened, door):
    """Can code in a worker read, write, reach or start what it must not?"""
    assert door not in opened


def test_the_doors_are_doors(tmp_path):
    """Would these attempts succeed where nothing is locked, so that their failure means something?"""
    (tmp_path / "canary").write_text("sings", encoding="utf8")
    harmless = {
        name: body
        for group in ("read", "network", "kernel")
        for name, body in doors.GROUPS[group].items()
        if name in ("the reference", "the judge", "the accounts", "a UDP packet", "a memory file",
                    "a pair of sockets", "a watch on files", "all processes")
    }  # fmt: skip
    names = {"__name__": "doors"}
    source = doors.cell(harmless)
    for key, value in PLACES.items():
        source = source.replace(f"@{key}@", str(value))
    exec(source, names)
    assert names["opened"] == list(harmless)


def test_the_clean_process_outlives_whoever_tries_the_doors(starter, opened):
    """Is the process that forks workers the one that was there before?"""
    before = starter.process.pid
    with_next = starter.worker()
    assert value_of(with_next, "1 + 1") == 2
    with_next.close()
    assert starter.process.pid == before
    assert starter.process.poll() is None


# ---- what stays possible


def test_an_answer_can_do_its_work(room):
    """Do torch, gradients, threads, files of the library and randomness work in there?"""
    assert (
        run(room, "import torch, threading, random, secrets, inspect, jaxtyping, dataclasses") == []
    )
    assert value_of(room, "torch.ones(3).softmax(0).sum().item()") == pytest.approx(1.0)
    assert value_of(room, "torch.autograd.grad((x := torch.ones(2, requires_grad=True)).sum(), x)[0]"
                          ".tolist()") == [1.0, 1.0]  # fmt: skip
    threads = "got = []\nt = threading.Thread(target=got.append, args=(7,))\nt.start(); t.join()"
    assert run(room, threads) == []
    assert value_of(room, "got") == [7]
    assert value_of(room, "len(secrets.token_bytes(8))") == 8
    assert "def dataclass" in value_of(room, "inspect.getsource(dataclasses.dataclass)")


def test_a_worker_remembers_nothing_of_the_last(starter):
    """Is every submission's process a fresh one?"""
    first = starter.worker()
    run(first, "import builtins, torch\nbuiltins.seen = torch.seen = True")
    first.close()
    second = starter.worker()
    assert not value_of(second, "hasattr(__import__('builtins'), 'seen')")
    assert not value_of(second, "hasattr(__import__('torch'), 'seen')")
    second.close()


# ---- limits


FLOODS = {
    "a list": "hoard = []\nwhile True:\n    hoard.append(bytearray(2**24))",
    "a tensor": "import torch\nhoard = torch.ones(2**29)",
    "shared pages": "import mmap\nhoard = [mmap.mmap(-1, 2**27) for _ in range(9)]\n"
    "for page in hoard:\n    page.write(b'x' * 2**27)",
}


@pytest.mark.parametrize("flood", FLOODS)
def test_memory_ends_in_an_error_or_with_the_worker(starter, flood):
    """Is the limit the worker's end, and never the machine's?"""
    room = starter.worker()
    try:
        (failure,) = run(room, FLOODS[flood])
        assert failure["type"] in ("MemoryError", "RuntimeError", "OSError")
    except WorkerGone:
        pass
    room.close()
    assert room.usage["memory"] < 2 * SMALL.memory


def test_files_are_few(room):
    """Does a flood of open files end in an error?"""
    (failure,) = run(room, "files = [open('/dev/null') for _ in range(1000)]")
    assert "Too many open files" in failure["message"]


def test_threads_are_bounded(room):
    """Does a flood of threads end, by the limit on threads or by the one on memory?"""
    flood = (
        "import threading\nwait = threading.Event()\n"
        "for _ in range(2000):\n    threading.Thread(target=wait.wait, daemon=True).start()\n"
    )
    with contextlib.suppress(WorkerGone):
        assert run(room, flood)[0]["type"] in ("RuntimeError", "MemoryError")


def test_seconds_of_the_processor_end_it():
    """Is a loop ended by the processor's clock, even if the wall clock would allow it?"""
    with Starter(TIERS[-1], Limits(cpu_seconds=1, question_seconds=20)) as starter:
        room = starter.worker()
        with pytest.raises(WorkerGone, match="more memory or time than it may"):
            run(room, "while True:\n    pass")
        room.close()
        assert 0.5 < room.usage["cpu_seconds"] < 3
        assert room.usage["signal"] in (signal.SIGXCPU, signal.SIGKILL)


def test_one_question_and_one_submission_have_their_seconds():
    """Are slow questions stopped, and a submission of many questions, each with its own words?"""
    with Starter(TIERS[-1], Limits(question_seconds=0.4, wall_seconds=1.0)) as starter:
        room = starter.worker()
        with pytest.raises(WorkerGone, match=r"stopped after 0.4 seconds. Is there a loop"):
            run(room, "import time\ntime.sleep(9)")
        with pytest.raises(WorkerGone, match="loop"):  # what it says now may answer the last one
            run(room, "1")
        room.close()
        begun = time.monotonic()
        room = starter.worker(begun)
        for _ in range(3):
            run(room, "import time; time.sleep(0.25)")
        with pytest.raises(WorkerGone, match="stopped after 1 seconds altogether"):
            run(room, "time.sleep(0.39)")
        room.close()
        assert time.monotonic() < begun + 3


def test_what_a_worker_used_is_reported(starter):
    """Does one learn what a submission cost?"""
    room = starter.worker()
    run(room, "hoard = bytearray(2**27)\nfor _ in range(10**6):\n    pass")
    room.close()
    assert 2**27 < room.usage["memory"] < 2**30
    assert 0 < room.usage["cpu_seconds"] < 5
    assert room.usage["signal"] in (0, signal.SIGKILL)  # it may hear that nobody asks, and leave
