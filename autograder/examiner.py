"""Asks a submission's answers in a process of their own, and writes verdicts.

Owns: the conversation with one worker per submission and what happens when it dies; the
nbgrader preprocessor that stands in place of Execute.
"""

import hashlib
import hmac
import os
import re
import secrets
import socket
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource
from pathlib import Path

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from autograder.answer import Answer, AnswerError, There
from autograder.card import as_html
from autograder.chapter import chapters
from autograder.exercise import Exercise, exercises
from autograder.judge import Verdict, mend_first
from autograder.master import OWN, graded_exercise, own
from autograder.worker import Wire

WORKER = Path(__file__).with_name("worker.py")
START = "import runpy, sys; sys.path[:0] = sys.argv[3:]; runpy.run_path(sys.argv[2], run_name='__main__')"
MOST_DEATHS = 6  # a worker that keeps dying is not started again for ever


class WorkerGone(Exception):
    """The worker died or was too slow; the message is a sentence about the learner's code."""


class Room(There):
    """A worker process: started fresh, without this project's modules, killed at the end."""

    def __init__(self, seconds: float):
        ours, theirs = socket.socketpair()
        ours.settimeout(seconds)
        self.seconds = seconds
        self.folder = tempfile.TemporaryDirectory()
        libraries = list(dict.fromkeys(sysconfig.get_path(n) for n in ("purelib", "platlib")))
        # -I and -S: no current folder, no PYTHON* variables, no .pth files. An editable install
        # of this project is therefore out of the worker's sight.
        command = [sys.executable, "-I", "-S", "-c", START, str(theirs.fileno()), str(WORKER)]
        self.process = subprocess.Popen(
            [*command, *libraries],
            pass_fds=[theirs.fileno()],
            cwd=self.folder.name,
            env={"PATH": os.defpath, "HOME": self.folder.name, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        super().__init__(Wire(ours))

    def ask(self, question: dict) -> dict:
        try:
            return super().ask(question)
        except TimeoutError:
            raise WorkerGone(f"Your code ran for more than {self.seconds:g} seconds.") from None
        except (EOFError, ConnectionError, BrokenPipeError):
            raise WorkerGone("Your code ended the process that it ran in.") from None
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise WorkerGone(f"Your code returned something unreadable ({error}).") from None

    def close(self):
        self.wire.socket.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


@dataclass(frozen=True)
class Cell:
    """A piece of a submission that runs: the imports, an answer, or a cell the learner added."""

    name: str
    source: str


class Examiner:
    """One submission's examination.

    cells: what runs, in order; those named after an exercise are its answers.
    seconds: how long one question may take.
    """

    def __init__(self, cells: list[Cell], seed: int, seconds: float = 20.0):
        self.cells, self.seed, self.seconds = cells, seed, seconds
        self.failures: dict[str, dict] = {}
        self.skipped: dict[str, str] = {}  # cells that killed a worker, and how
        self.lent: list[Cell] = []
        self.deaths = 0
        self.room = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.room:
            self.room.close()

    def prepared(self) -> Room:
        """A worker in which all cells have run, apart from those that cannot."""
        while self.room is None:
            if self.deaths > MOST_DEATHS:
                raise WorkerGone("Your code ended its process again and again.")
            room, cell = Room(self.seconds), None
            try:
                room.ask({"verb": "modules", "sources": earlier_modules(self.cells)})
                for cell in [*self.cells, *self.lent]:
                    if cell.name not in self.skipped:
                        self.run(room, cell)
                self.room = room
            except WorkerGone as gone:
                room.close()
                self.deaths += 1
                if cell is None:
                    raise
                self.skipped[cell.name] = str(gone)
        return self.room

    def run(self, room: Room, cell: Cell):
        reply = room.ask({"verb": "run", "cells": [[cell.name, cell.source]]})
        failed = reply.get("value") or []
        self.failures |= {failure["cell"]: failure for failure in failed[:1]}

    def verdict(self, exercise: Exercise, others: dict[str, Verdict]) -> Verdict:
        source = next((cell.source for cell in self.cells if cell.name == exercise.name), "")
        try:
            answer = Answer(self.prepared(), exercise.name)
            verdict = exercise.grade(answer, self.seed, source)
        except WorkerGone as gone:
            self.drop()
            verdict = blank_verdict(exercise, "unusable", [str(gone)])
        except AnswerError as error:
            verdict = blank_verdict(exercise, "unusable", [str(error)])
        if exercise.name in self.skipped:
            verdict = blank_verdict(exercise, "unusable", [self.skipped[exercise.name]])
        elif exercise.name in self.failures and verdict.status == "unusable":
            verdict = blank_verdict(exercise, "raised", [])
            verdict.error = {"line": 0, "text": ""} | self.failures[exercise.name]
        if verdict.status == "unwritten":
            self.lend(exercise)
        mend_first(verdict, source, others)
        chapter = chapters().get(exercise.module)
        heading = chapter.exercises.get(exercise.name, "") if chapter else ""
        verdict.reread = verdict.reread or heading
        return verdict

    def drop(self):
        if self.room:
            self.room.close()
        self.room = None
        self.deaths += 1

    def lend(self, exercise: Exercise):
        """Let later answers use the book's function, as in the learner's own notebook."""
        cell = Cell(f"lent {exercise.name}", exercise.solution)
        self.lent.append(cell)
        if self.room:
            try:
                self.run(self.room, cell)
            except WorkerGone:
                self.drop()


def blank_verdict(exercise: Exercise, status: str, notes: list[str]) -> Verdict:
    return Verdict(exercise.name, exercise.title, exercise.points, status=status, notes=notes)


def earlier_modules(cells: list[Cell]) -> list[list[str]]:
    """Sources of the `solutions` modules that the imports ask for, needed ones first."""
    sources: dict[str, str] = {}

    def need(text):
        for name in re.findall(r"^(?:from|import) (solutions\.\w+)", text, re.MULTILINE):
            if name not in sources:
                source = getsource(import_module(name))
                need(source)
                sources[name] = source

    for cell in cells:
        if cell.name == "imports":
            need(cell.source)
    return [[name, source] for name, source in sources.items()]


def seed_for(course: Path, assignment: str, learner: str) -> int:
    """The graded seed of one submission: known only to who holds the course's secret."""
    path = course / "secret"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    key = path.read_text(encoding="utf8").encode()
    digest = hmac.new(key, f"{assignment}\n{learner}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:7], "big") + 1  # 0 is the public seed


class Examine(NbGraderPreprocessor):
    """In nbgrader's list of autograding steps, this stands where Execute stood."""

    seconds = Float(20.0, help="How long one question to an answer may take.").tag(config=True)

    def preprocess(self, notebook, resources):
        data = resources["nbgrader"]
        seed = seed_for(Path.cwd(), data["assignment"], data["student"])
        unreadable = notebook.metadata.get(OWN, {}).get("unreadable")
        verdicts: dict[str, Verdict] = {}
        with Examiner(running_cells(notebook), seed, self.seconds) as examiner:
            for cell in notebook.cells:
                name = graded_exercise(cell)
                exercise = exercises().get(name)
                if exercise is None:
                    continue
                if unreadable:
                    verdict = blank_verdict(exercise, "unusable", [unreadable])
                else:
                    verdict = examiner.verdict(exercise, verdicts)
                verdicts[name] = verdict
                write_verdict(cell, verdict, exercise)
        notebook.metadata[OWN] = {
            "seed": seed,
            "verdicts": {name: verdict.asdict() for name, verdict in verdicts.items()},
        } | ({"unreadable": unreadable} if unreadable else {})
        return notebook, resources


def running_cells(notebook) -> list[Cell]:
    """The cells of a filled notebook that run when it is graded."""
    cells = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if own(cell).get("solution"):
            cells.append(Cell(own(cell)["grade_id"], cell.source))
        elif own(cell).get("grade_id") == "imports":
            cells.append(Cell("imports", cell.source))
        elif cell.metadata.get(OWN) == "added":
            cells.append(Cell(f"added {index}", cell.source))
    return cells


def write_verdict(cell, verdict: Verdict, exercise: Exercise):
    """The card for the feedback page, and the bare number that nbgrader takes as the score."""
    shown = {
        "text/html": as_html(verdict, everything=True, solution=exercise.solution),
        "text/plain": f"{verdict.earned:g}",
    }
    cell.outputs = [new_output("execute_result", data=shown, execution_count=1)]
    cell.execution_count = 1
