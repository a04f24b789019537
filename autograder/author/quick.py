"""One answer in a file, judged in a forked child of this process.

Owns: asking one answer, the child and its time. The child has no walls, for the file is the
author's own, and so no second process has to read torch: what a stranger wrote is judged by
`attack`, in the locked room.
"""

import json
import os
import select
import signal

import torch

from autograder.course.cells import Cell
from autograder.course.examiner import Examiner
from autograder.exercise import Exercise, chapters
from autograder.home.card import as_text
from autograder.judge import Verdict
from autograder.room.rooms import Here
from autograder.room.sandbox import Limits

SECONDS = 60


class Unlocked(Here):
    """A room in this process that an `Examiner` can use like a worker."""

    gone = ""

    def ask(self, question: dict) -> dict:
        if question["verb"] == "modules":  # this process finds the earlier chapters by itself
            return {"value": None}
        return super().ask(question)

    def ask_all(self, *questions: dict) -> list[dict]:
        return [self.ask(question) for question in questions]

    def close(self):
        pass


class Unguarded:
    """In the place of a `Starter`."""

    limits = Limits()

    def worker(self, begun: float) -> Unlocked:
        return Unlocked({"__name__": "__main__"})


def examined(exercise, source: str, imports: str, starter, seed: int) -> Verdict:
    """The verdict on an answer's text, as a submission that holds nothing else.

    starter: a `Starter`, or `Unguarded`.
    """
    cells = [Cell("imports", imports), Cell(exercise.name, source)]
    with Examiner(starter, cells, seed) as examiner:
        return examiner.verdicts([exercise])[exercise.name]


def judged(exercise: Exercise, source: str, seed: int, seconds: float = SECONDS):
    """The card of an answer as text, and whether it is right."""
    torch.set_num_threads(1)  # a fork would wait for threads that stay behind
    imports = chapters()[exercise.module].imports
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
