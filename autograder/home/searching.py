"""The search for the place of a mistake, beside the learner's kernel and never in its way.

Owns: the process that searches, and the card that grows once it has found something. Where a
system cannot fork safely, `hint` searches in this process, since it was asked to.
"""

import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from contextlib import suppress
from dataclasses import asdict

import torch

from autograder.exercise import Exercise
from autograder.home.card import place_html
from autograder.judge import Verdict
from autograder.judge.place import Place
from autograder.repair import found_place

SECONDS = 1.2
PATIENCE = 0.5  # more seconds until the process is given up
MORE_MEMORY = 2 * 2**30  # bytes beside those of the kernel, which an edit may ask for


class Searching:
    """A process that looks for a place, and what it has found."""

    def __init__(self, exercise: Exercise, room):
        self.ours, theirs = os.pipe()
        with warnings.catch_warnings():  # of threads, which the child does not use
            warnings.simplefilter("ignore")
            self.child = os.fork()
        if self.child == 0:
            search_and_leave(exercise, room, theirs)
        os.close(theirs)
        self.ends = time.monotonic() + SECONDS + PATIENCE
        self.place: Place | None = None

    def wait(self) -> Place | None:
        """What was found; None where nothing was, or not in time."""
        told = b""
        while (left := self.ends - time.monotonic()) > 0:
            if not select.select([self.ours], [], [], left)[0]:
                break
            if not (part := os.read(self.ours, 2**16)):
                break
            told += part
        os.close(self.ours)
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.child, 0)
        with suppress(ValueError, TypeError):
            found = json.loads(told)
            self.place = Place(**found | {"also": tuple(found["also"])}) if found else None
        return self.place


def search_and_leave(exercise: Exercise, room, pipe: int):
    """In the child: search, write what was found, and never come back."""
    try:
        quiet()
        torch.set_num_threads(1)  # those of the parent are not here
        place = found_place(exercise, room, 0, SECONDS)
        os.write(pipe, json.dumps(place and asdict(place)).encode())
    finally:
        os._exit(0)


def quiet():
    """No words of the child's reach the notebook, and it ends by itself whatever it runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (until the process ends)
    for standard in (1, 2):
        os.dup2(sys.stdout.fileno(), standard)
    with suppress(ImportError, OSError, ValueError):
        import resource

        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        most = int(spent + SECONDS + PATIENCE) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        with open("/proc/self/statm") as file:
            has = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + MORE_MEMORY, has + MORE_MEMORY))


def can_fork() -> bool:
    """Where libraries of the system keep threads, as on a Mac, a fork may hang."""
    return hasattr(os, "fork") and sys.platform.startswith("linux")


def searched(exercise: Exercise, room) -> Place | None:
    """The place, waited for."""
    if can_fork():
        return Searching(exercise, room).wait()
    return found_place(exercise, room, 0, SECONDS)


def grow(verdict: Verdict, exercise: Exercise, room, shell, keep):
    """Search beside the notebook; below the cell that checks, the place appears once it is found.

    keep: hears of what was found.
    """
    ipython = sys.modules["IPython.display"]  # where there is a kernel, it is there
    searching = Searching(exercise, room)

    def after_the_cell(*_):
        shell.events.unregister("post_run_cell", after_the_cell)
        below = ipython.display(ipython.HTML(""), display_id=True)

        def when_found():
            place = searching.wait()
            keep(place)
            if place:
                verdict.place = place
                below.update(ipython.HTML(place_html(verdict)))

        threading.Thread(target=when_found, daemon=True).start()

    shell.events.register("post_run_cell", after_the_cell)
