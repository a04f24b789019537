"""Asks a submission's answers in a locked room, and writes verdicts.

Owns: the conversation with the workers of one submission, what happens when one dies, and the
seed. Knows no nbgrader.
"""

import contextlib
import hashlib
import hmac
import logging
import os
import platform
import secrets
import time
from pathlib import Path

from autograder.course.as_python import as_python, used
from autograder.course.cells import Cell, advice_on, earlier_modules, is_imported
from autograder.course.newer_python import newer_syntax
from autograder.exercise import Exercise, chapters
from autograder.home.check import imported
from autograder.judge import Verdict, judge
from autograder.judge.answer import Answer, AnswerError
from autograder.judge.judging import mend_first
from autograder.room.apart import TooLong, hurried
from autograder.room.workers import Room, Starter, WorkerGone

POOL = 24  # seeds of one assignment: few enough to be remembered, too many to count on one's own
MOST_DEATHS = 6  # a worker that keeps dying is not started again for ever
TOO_LONG = (
    "What your code gave took too long to look at: is there a number, a length or an iterator in it "
    "that is far too large?"
)
log = logging.getLogger(__name__)


class Examiner:
    """One submission's examination. Use as a context.

    cells: what runs, in order. python: the version that the notebook says it ran on.
    shown: names of cells that are not run, the chapter's demonstrations.
    """

    def __init__(
        self, starter: Starter, cells: list[Cell], seed: int, python: str = "",
        shown: frozenset[str] = frozenset(), chapter: str = "",
    ):  # fmt: skip
        self.starter, self.cells, self.seed, self.python = starter, cells, seed, python
        self.shown, self.chapter = shown, chapter
        self.failures: dict[str, dict] = {}
        self.skipped: dict[str, str] = {}  # cells that killed a worker, and how
        self.newer: dict[str, str] = {}  # cells that only a newer Python reads, and a sentence
        self.sources: dict[str, str] = {}  # of answers, as they stand in the learner's cells
        self.missing: dict[str, Verdict] = {}  # on what no cell leaves behind
        self.early: list[Cell] = []  # lent before the learner's cells run
        self.lent: list[Cell] = []
        self.deaths = 0
        self.begun = time.monotonic()
        self.room: Room | None = None

    @property
    def imports(self) -> list[Cell]:
        """The released imports, which run first, wherever they stand."""
        return [cell for cell in self.cells if cell.name == "imports"]

    @property
    def others(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.name != "imports"]

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
                sources = earlier_modules(self.imports, self.others, self.chapter)
                seed = {"verb": "seed", "seed": self.seed}
                room.ask_all(seed, {"verb": "modules", "sources": sources})
                for cell in [*self.imports, *self.early, *self.others, *self.lent]:
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
        if newer := newer_syntax(cell.source):
            self.newer[cell.name] = self.not_read_here(*newer)
            return
        reply = room.ask({"verb": "run", "cells": [[cell.name, as_python(cell.source)]]})
        if failed := reply.get("value"):
            self.failures[cell.name] = failed[0]

    def not_read_here(self, version: str, line: int) -> str:
        theirs = f" Your notebook ran on {self.python};" if self.python else ""
        return (
            f"Line {line} of its cell is syntax of Python {version} and later.{theirs} The grader "
            f"runs on {platform.python_version()} and cannot read it. A person will."
        ).replace("; The", "; the")

    def verdicts(self, asked: list[Exercise]) -> dict[str, Verdict]:
        """The verdicts on all exercises of a notebook, each with the others in view."""
        with contextlib.suppress(Exception):  # each answer meets it again, and is told
            self.look_for(asked)
        found: dict[str, Verdict] = {}
        for exercise in asked:
            found[exercise.name] = self.verdict(exercise)
        lent = {name for name, verdict in found.items() if not verdict.begun} - set(self.missing)
        for exercise in asked:  # what was lent after it had been judged
            if not found[exercise.name].right and lent & used(self.sources[exercise.name]):
                if exercise.name not in lent:
                    found[exercise.name] = self.verdict(exercise)
        for name, verdict in found.items():
            mend_first(verdict, self.sources[name], found)
        return found

    def look_for(self, asked: list[Exercise]):
        """What no cell has left behind is lent before anything is asked, as at home."""
        room = self.prepared()
        replies = room.ask_all(*({"verb": "signature", "target": e.name} for e in asked))
        for exercise, reply in zip(asked, replies, strict=True):
            if reply.get("error", {}).get("type") == "NameError":
                self.missing[exercise.name] = self.not_there(exercise)
                self.lend(exercise)
        wanted = {name for name in self.missing for failed in self.failures.values()
                  if failed["type"] == "NameError" and f"'{name}'" in failed["message"]}  # fmt: skip
        if wanted:  # by cells that ran before it was lent: once more, with it
            self.early = list(self.lent)
            self.room.close()
            self.room, self.failures = None, {}
            self.prepared()

    def not_there(self, exercise: Exercise) -> Verdict:
        """The verdict on a name that nothing has defined, or that was deleted."""
        verdict = unusable(exercise)
        if is_imported(exercise, self.others):
            verdict.notes.append(imported(exercise))
        for cell in reversed(self.cells):
            if exercise.name not in cell.defines | {cell.name}:
                continue
            if cell.name in self.newer:
                return waiting(exercise, self.newer[cell.name])
            if cell.name in self.skipped:
                return unusable(exercise, self.skipped[cell.name])
            if cell.name in self.failures and not verdict.notes:
                verdict.status, verdict.error = "raised", self.failures[cell.name]
                if told := advice_on(verdict, self.others, self.failures, self.shown):
                    verdict.notes.append(told)
                return verdict
        verdict.status = "unwritten"
        return verdict

    def verdict(self, exercise: Exercise) -> Verdict:
        """The verdict on one exercise."""
        source = ""
        try:
            room = self.prepared()
            _, told = room.ask_all(
                {"verb": "seed", "seed": self.seed}, {"verb": "source", "target": exercise.name}
            )
            source = told.get("value", "")
            answer = Answer(room, exercise.name)
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
        self.sources[exercise.name] = source
        verdict = self.missing.get(exercise.name) or self.with_cells_in_view(exercise, verdict)
        if not verdict.begun and exercise.name not in self.missing:
            self.lend(exercise)
        chapter = chapters().get(exercise.module)
        heading = chapter.exercises.get(exercise.name, "") if chapter else ""
        verdict.reread = verdict.reread or heading
        return verdict

    def with_cells_in_view(self, exercise: Exercise, verdict: Verdict) -> Verdict:
        """The verdict where the cell that has the last word on a name did not run to its end."""
        defining = [cell.name for cell in self.cells if exercise.name in cell.defines]
        last = defining[-1] if defining else exercise.name
        if last in self.skipped:
            return unusable(exercise, self.skipped[last])
        if last in self.newer:
            return waiting(exercise, self.newer[last])
        if verdict.error and verdict.error["type"] == "NameError":
            for cell in self.cells:  # a helper that could not be read is no mistake either
                if cell.name in self.newer:
                    if any(f"'{name}'" in verdict.error["message"] for name in cell.defines):
                        return waiting(exercise, self.newer[cell.name])
        if told := advice_on(verdict, self.others, self.failures, self.shown):
            verdict.notes.append(told)
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


def waiting(exercise: Exercise, note: str) -> Verdict:
    """Not gradable here: a person has to look, and until then it is neither right nor wrong."""
    verdict = unusable(exercise, note)
    verdict.status, verdict.headline = "by hand", "Not gradable here: it waits for a person."
    return verdict


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
    """The graded seed of one submission: known only to who holds the course's secret.

    One of `POOL` neighbours, which of them nobody outside can tell: what the reference and known
    mistakes give on its examples is then worked out once for many learners.
    """
    key = secret_of(course / "secret").encode()
    first, place = (
        int.from_bytes(hmac.new(key, text.encode(), hashlib.sha256).digest()[:7], "big")
        for text in (assignment, f"{assignment}\n{learner}")
    )
    return first + place % POOL + 1  # 0 is the public seed
