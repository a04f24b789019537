"""One answer in a file, judged in a forked child of this process.

Owns: the child and its time. It has no walls, for the file is the author's own, and so no second
process has to read torch: what a stranger wrote is judged by `attack`, in the locked room.
"""

import json
import os
import select
import signal

import torch

from autograder.author.attack import examined
from autograder.course.notebook import imports_cell
from autograder.exercise import Exercise, chapters
from autograder.home.card import as_text
from autograder.room.rooms import Here

SECONDS = 60


class Unlocked(Here):
    """A room in this process that an `Examiner` can use like a worker."""

    gone = ""

    def ask(self, question: dict) -> dict:
        if question["verb"] == "modules":  # this process finds the earlier chapters by itself
            return {"value": None}
        return super().ask(question)

    def close(self):
        pass


class Unguarded:
    """In the place of a `Starter`."""

    def worker(self, begun: float) -> Unlocked:
        return Unlocked({"__name__": "__main__"})


def judged(exercise: Exercise, source: str, seed: int, seconds: float = SECONDS):
    """The card of an answer as text, and whether it is right."""
    torch.set_num_threads(1)  # a fork would wait for threads that stay behind
    imports = imports_cell(chapters()[exercise.module]).source
    _ = exercise.reference  # read before the fork: its errors are the author's to hear
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            for standard in (1, 2):  # answers may print
                os.dup2(os.open(os.devnull, os.O_WRONLY), standard)
            verdict = examined(exercise, source, imports, Unguarded(), seed)
            told = json.dumps([as_text(verdict, everything=True), verdict.right]).encode()
            with os.fdopen(theirs, "wb") as pipe:
                pipe.write(told)
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        if not select.select([pipe], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
        told = pipe.read()
    os.waitpid(child, 0)
    if told:
        return tuple(json.loads(told))
    return f"It had not answered after {seconds:g} seconds, or ended its own process.", False
