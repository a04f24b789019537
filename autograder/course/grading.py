"""Grades a whole assignment: every submission, in warm processes.

Owns: the order in which files and gradebook are written, so that a killed run can go on where
it stopped; progress; the summary. What is left behind is what `nbgrader autograde` and
`nbgrader generate_feedback` leave.
"""

import os
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import nbformat
import torch
from nbformat import NotebookNode
from nbgrader import utils
from tqdm import tqdm

from autograder.course.examine import examine
from autograder.course.examiner import seed_for
from autograder.course.feedback import cells, feedback_page
from autograder.course.folder import Course, Place
from autograder.course.master import OWN, filled_submission, own
from autograder.course.names import unite
from autograder.room.sandbox import die_with_parent
from autograder.room.workers import Starter

PART = ".part"  # written, not yet in its place
MOST_BREAKS = 3  # of the pool of graders, before the run gives up


@dataclass(frozen=True)
class Examined:
    """What one grader tells the one that holds the gradebook."""

    learner: str
    outcome: str  # right, partial, wrong, blank, crashed, unreadable
    misconceptions: tuple[tuple[str, str], ...]
    scores: dict
    comments: dict
    tier: str


@dataclass
class Summary:
    """What an instructor wants to know of a run first."""

    outcomes: Counter = field(default_factory=Counter)
    misconceptions: Counter = field(default_factory=Counter)
    skipped: int = 0
    waiting: int = 0  # written answers that a person has to read
    seconds: float = 0.0
    tier: str = ""

    def add(self, examined: Examined):
        self.outcomes[examined.outcome] += 1
        self.misconceptions.update(examined.misconceptions)
        self.waiting += sum(score is None for score in examined.scores.values())
        self.tier = examined.tier

    def lines(self) -> list[str]:
        graded = sum(self.outcomes.values())
        rate = f", {graded / self.seconds:.1f} a second" if graded and self.seconds else ""
        told = [f"{graded} graded in {self.seconds:.1f} s{rate}, {self.skipped} unchanged."]
        told += [f"  {count:5}  {name}" for name, count in self.outcomes.most_common()]
        if self.waiting:
            told.append(f"{self.waiting} written answers to be graded by hand, in the formgrader.")
        if self.misconceptions:
            told.append("Most common misconceptions:")
            for (exercise, name), count in self.misconceptions.most_common(10):
                told.append(f"  {count:5}  {exercise}: {name.replace('_', ' ')}")
        return told


class Grader:
    """Examines and renders submissions, in one process, with one clean process beside it."""

    def __init__(self, root: Path, unsandboxed: bool = False):
        self.course = Course(root)
        step = self.course.examine
        self.starter = Starter(step.tier(unsandboxed), step.limits())
        torch.set_num_threads(1)  # two threads on tensors this small wait for each other

    def close(self):
        self.starter.close()

    def examine(self, place: Place) -> Examined:
        """Judge one submission and write its autograded notebook, not yet in its place."""
        self.course.prepare(place)
        digest = place.digest()  # of what is left: what was set aside is not handed in again
        notebook = filled_submission(released(place.released), place.submitted)
        seed = seed_for(self.course.root, place.assignment, place.learner)
        verdicts = examine(notebook, seed, self.starter)
        notebook.metadata[OWN]["digest"] = digest
        write(place.autograded, nbformat.writes(notebook) + "\n")
        unreadable = "unreadable" in notebook.metadata[OWN]
        return Examined(
            place.learner,
            "unreadable" if unreadable else outcome(verdicts.values()),
            tuple((v.exercise, name) for v in verdicts.values() if v.begun for name in v.names),
            {own(c)["grade_id"]: utils.determine_grade(c)[0] for c in cells(notebook, "grade")},
            {own(c)["grade_id"]: auto_comment(c) for c in cells(notebook, "solution")},
            self.starter.tier,
        )

    def render(self, place: Place, shown: dict) -> None:
        """Write the feedback page, not yet in its place."""
        notebook = nbformat.read(part(place.autograded), as_version=4)
        write(place.feedback, feedback_page(notebook, place, shown))


@lru_cache(maxsize=4)
def released_text(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf8")


def released(path: Path) -> NotebookNode:
    """The released notebook, read from disk once."""
    return nbformat.reads(released_text(path, path.stat().st_mtime_ns), as_version=4)


def auto_comment(cell: NotebookNode) -> str | None:
    unchanged = own(cell).get("checksum") == utils.compute_checksum(cell)
    return "No response." if unchanged else None


def outcome(verdicts) -> str:
    verdicts = list(verdicts)
    if not verdicts:
        return "written"  # for a person to read
    statuses = [verdict.status for verdict in verdicts]
    if all(status == "right" for status in statuses):
        return "right"
    if not any(verdict.begun for verdict in verdicts):
        return "blank"
    if any(verdict.earned for verdict in verdicts):
        return "partial"
    return "crashed" if set(statuses) <= {"raised", "unusable"} else "wrong"


def part(path: Path) -> Path:
    return path.with_name(path.name + PART)


def write(path: Path, text: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    part(path).write_text(text, encoding="utf8")


def finish(place: Place):
    """Put both files in their places, the autograded notebook last: it says that all is done."""
    for path, mode in ((place.feedback, 0o644), (place.autograded, 0o444)):
        os.chmod(part(path), mode)
        os.replace(part(path), path)


# ---- a whole assignment


def grade(root: Path, assignment: str, jobs: int = 1, force=False, unsandboxed=False) -> Summary:
    """Grade what was submitted and is not graded yet; everything, with `force`."""
    course, summary = Course(root), Summary()
    with course.locked(), course.gradebook() as gradebook:
        if not course.has(gradebook, assignment):
            raise LookupError(
                f"{assignment} was never released from {root}: python -m autograder release "
                f"{assignment} --course {root}"
            )
        unite(course.root, gradebook)
        places = course.places(assignment)
        waiting = [place for place in places if force or not place.graded()]
        summary.skipped = len(places) - len(waiting)
        begun = time.monotonic()
        with tqdm(total=len(waiting), unit="submission", desc=assignment) as progress:
            for place, examined in examinations(course, gradebook, waiting, jobs, unsandboxed):
                finish(place)
                summary.add(examined)
                progress.update()
        summary.seconds = time.monotonic() - begun
    return summary


def examinations(course, gradebook, places, jobs, unsandboxed):
    """Yields (place, examined) for each submission once its grade is in the gradebook."""
    if jobs == 1 and places:
        grader = Grader(course.root, unsandboxed)
        try:
            for place in places:
                examined = grader.examine(place)
                shown = course.record(gradebook, place, examined.scores, examined.comments)
                grader.render(place, shown)
                yield place, examined
        finally:
            grader.close()
        return
    left, breaks = list(places), 0
    while left:
        done = []
        try:
            for place, examined in pooled(course, gradebook, left, jobs, unsandboxed):
                yield place, examined
                done.append(place)
        except BrokenProcessPool:
            breaks += 1
            if breaks == MOST_BREAKS:
                raise
        left = [place for place in left if place not in done]


def pooled(course, gradebook, places, jobs, unsandboxed):
    """The same, in several processes; only this one writes into the gradebook."""
    queue = list(reversed(places))
    pool = ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=begin, initargs=(course.root, unsandboxed)
    )
    with pool:
        running = {}
        while queue or running:
            while queue and len(running) < 2 * jobs:
                place = queue.pop()
                running[pool.submit(examine_in_pool, place)] = (place, None)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                place, examined = running.pop(future)
                if examined is not None:
                    future.result()
                    yield place, examined
                    continue
                examined = future.result()
                shown = course.record(gradebook, place, examined.scores, examined.comments)
                running[pool.submit(render_in_pool, place, shown)] = (place, examined)


_grader: Grader | None = None


def begin(root: Path, unsandboxed: bool):
    global _grader
    die_with_parent()
    _grader = Grader(root, unsandboxed)


def examine_in_pool(place: Place) -> Examined:
    return _grader.examine(place)


def render_in_pool(place: Place, shown: dict) -> None:
    _grader.render(place, shown)
