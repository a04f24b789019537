"""Asks a submission's answers in a locked room, and writes verdicts.

Owns: the conversation with the workers of one submission, what happens when one dies, and the
seed. Knows no nbgrader.
"""

import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
import time
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource
from pathlib import Path

from autograder.exercise import Exercise, chapters
from autograder.judge import Verdict, judge
from autograder.judge.answer import Answer, AnswerError
from autograder.judge.judging import mend_first
from autograder.room.apart import TooLong, hurried
from autograder.room.workers import Room, Starter, WorkerGone

MOST_DEATHS = 6  # a worker that keeps dying is not started again for ever
TOO_LONG = (
    "What your code gave took too long to look at: is there a number, a length or an iterator in it "
    "that is far too large?"
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cell:
    """A piece of a submission that runs: the imports, an answer, or a cell the learner added."""

    name: str
    source: str


class Examiner:
    """One submission's examination. Use as a context.

    cells: what runs, in order; those named after an exercise are its answers.
    """

    def __init__(self, starter: Starter, cells: list[Cell], seed: int):
        self.starter, self.cells, self.seed = starter, cells, seed
        self.failures: dict[str, dict] = {}
        self.skipped: dict[str, str] = {}  # cells that killed a worker, and how
        self.lent: list[Cell] = []
        self.deaths = 0
        self.begun = time.monotonic()
        self.room: Room | None = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.room:
            self.room.close()

    def prepared(self) -> Room:
        """A worker in which all cells have run, apart from those that cannot."""
        if self.room and self.room.gone:  # while the claims of the last answer were tried
            self.drop()
        while self.room is None:
            if self.deaths > MOST_DEATHS:
                raise WorkerGone("Your code ended its process again and again.")
            room, cell = self.starter.worker(self.begun), None
            try:
                if sources := earlier_modules(self.cells):
                    room.ask({"verb": "modules", "sources": sources})
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
            except BaseException:
                room.close()
                raise
        return self.room

    def run(self, room: Room, cell: Cell):
        reply = room.ask({"verb": "run", "cells": [[cell.name, cell.source]]})
        if failed := reply.get("value"):
            self.failures[cell.name] = failed[0]

    def verdict(self, exercise: Exercise, others: dict[str, Verdict]) -> Verdict:
        """The verdict on one exercise; `others` are those on the exercises before it."""
        source = next((cell.source for cell in self.cells if cell.name == exercise.name), "")
        try:
            answer = Answer(self.prepared(), exercise.name)
            with hurried(self.starter.limits.judge_seconds):
                verdict = judge(exercise, answer, self.seed, source)
            if self.room.gone:
                verdict.notes.append(self.room.gone)
        except WorkerGone as gone:
            self.drop()
            verdict = unusable(exercise, str(gone))
        except AnswerError as error:
            verdict = unusable(exercise, str(error))
        except TooLong:
            self.drop()
            verdict = unusable(exercise, TOO_LONG)
        except Exception:  # a value that trips the judge must not stop the other submissions
            log.exception("The answer to %r could not be judged.", exercise)
            self.drop()
            verdict = unusable(exercise, "Your answer could not be judged. Tell your instructor.")
        if exercise.name in self.skipped:
            verdict = unusable(exercise, self.skipped[exercise.name])
        elif exercise.name in self.failures and verdict.status == "unusable":
            verdict = unusable(exercise)
            verdict.status = "raised"
            verdict.error = self.failures[exercise.name]
        if not verdict.begun:
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


def unusable(exercise: Exercise, *notes: str) -> Verdict:
    return Verdict(
        exercise.name, exercise.title, exercise.points, status="unusable", notes=list(notes)
    )


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


def make_secret(path: Path):
    """Write the course's secret, whole or not at all: graders may start, or be killed, together."""
    part = path.with_name(f"secret.{secrets.token_hex(8)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    with contextlib.suppress(FileExistsError):
        os.link(part, path)  # fails where another grader was first
    part.unlink()


def secret_of(path: Path) -> str:
    """The course's secret, made where there is none. Raises ValueError for one that is empty."""
    if not path.exists():
        make_secret(path)
    secret = path.read_text(encoding="utf8", errors="replace")
    if not secret.strip():
        raise ValueError(
            f"{path} is empty, so anybody could work out the graded examples. Put back what it "
            "held, or delete it: then the next run makes a new one, and new examples."
        )
    return secret


def seed_for(course: Path, assignment: str, learner: str) -> int:
    """The graded seed of one submission: known only to who holds the course's secret."""
    key = secret_of(course / "secret").encode()
    digest = hmac.new(key, f"{assignment}\n{learner}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:7], "big") + 1  # 0 is the public seed
