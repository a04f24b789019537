"""What is done with one submission, apart from everything that must outlive it.

Owns: reading, examining and rendering a submission, in a process of its own that may die of it,
and what is left of a submission on which one of these steps fails. The gradebook is not touched.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import torch
from nbformat import NotebookNode, v4
from nbgrader import utils

from autograder.course.as_json import as_json
from autograder.course.by_hand import score_of
from autograder.course.examine import examine
from autograder.course.examiner import seed_for
from autograder.course.feedback import cells, feedback_page
from autograder.course.folder import Course, Place
from autograder.course.marks import OWN, own
from autograder.course.master import filled_submission
from autograder.course.page import shown
from autograder.course.plainly import MOST_PLAIN, UNEXAMINED, plainer, refused
from autograder.exercise import exercises
from autograder.judge.diagnosis import wrong, wrong_twice
from autograder.judge.evidence import key_of
from autograder.room.apart import Apart, Failed, Gone
from autograder.room.workers import Starter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Examined:
    """What one grader tells the one that holds the gradebook."""

    learner: str
    outcome: str  # right, partial, wrong, blank, crashed, unreadable, written, waiting
    misconceptions: list[tuple[str, str]]
    places: list[tuple[str, str]]  # exercise and edit, of answers that nobody has a name for
    scores: dict
    comments: dict
    tier: str

    @classmethod
    def of(cls, told: dict) -> "Examined":
        pairs = {key: list(map(tuple, told[key])) for key in ("misconceptions", "places")}
        return cls(**told | pairs)


@dataclass
class Work:
    """A submission on its way: to be examined while `shown` is None, then to be rendered."""

    place: Place
    attempt: int = 0  # of this step
    examined: Examined | None = None
    shown: dict | None = None  # what the gradebook says of it


class Grader:
    """Examines and renders submissions, with one clean process beside it.

    `examine` and `render` run where they are called. `send` has work done apart, and `take`
    gives it back once the process has replied: whatever happened there, it comes to an end here.
    """

    def __init__(self, course: Course, starter: Starter):
        self.course, self.starter, self.limits = course, starter, starter.limits
        torch.set_num_threads(1)  # two threads on tensors this small wait for each other
        steps = {"examine": self.examine_place, "render": self.render_place}
        self.apart = Apart(steps, self.limits.judge_memory, self.limits.judge_seconds)
        self.work: Work | None = None  # what the process has

    def close(self):
        self.apart.close()
        self.starter.close()

    def warm_up(self, assignment: str, learners: Iterable[str] = ()):
        """Make what every process of it would make anew: known mistakes, what the reference gives
        on the examples of these learners, the page's own cells."""
        place = Place(self.course.root, "", assignment)
        seeds = {seed_for(place.course, assignment, learner) for learner in learners}
        for cell in released(place.released).cells:
            exercise = exercises().get(own(cell).get("grade_id"))
            if exercise and exercise.compares:
                wrong(exercise), wrong_twice(exercise)
                for seed in seeds:
                    key_of(exercise, seed)
            shown(cell)

    # ---- what is done apart

    def examine_place(self, learner: str, assignment: str, rules: str, attempt: int) -> dict:
        return asdict(self.examine(Place(self.course.root, learner, assignment, rules), attempt))

    def examine(self, place: Place, attempt: int = 0) -> Examined:
        """Judge one submission and write its autograded notebook, not yet in its place."""
        self.course.prepare(place)
        digest = place.digest()  # of what is left: what was set aside is not handed in again
        notebook = released(place.released)
        if attempt:
            refused(notebook, UNEXAMINED)
        else:
            notebook = filled_submission(notebook, place.submitted)
        seed = seed_for(self.course.root, place.assignment, place.learner)
        verdicts = examine(notebook, seed, self.starter)
        notebook.metadata[OWN]["digest"] = digest
        write(place.autograded, as_json(notebook) + "\n")
        unreadable = "unreadable" in notebook.metadata[OWN]
        return Examined(
            place.learner,
            "unreadable" if unreadable else outcome(verdicts.values()),
            [(v.exercise, name) for v in verdicts.values() if v.begun for name in v.names],
            [(v.exercise, v.place.change) for v in verdicts.values() if v.place],
            {own(c)["grade_id"]: score_of(c) for c in cells(notebook, "grade")},
            {own(c)["grade_id"]: auto_comment(c) for c in cells(notebook, "solution")},
            self.starter.tier,
        )

    def render_place(self, learner: str, assignment: str, shown: dict, attempt: int) -> None:
        shown = shown | {"waiting": set(shown["waiting"])}
        self.render(Place(self.course.root, learner, assignment), shown, attempt)

    def render(self, place: Place, shown: dict, attempt: int = 0) -> None:
        """Write the feedback page, not yet in its place; each attempt shows less of what it holds."""
        notebook = v4.reads(part(place.autograded).read_text(encoding="utf8"))
        if attempt:
            plainer(notebook, attempt)
        write(place.feedback, feedback_page(notebook, place, shown))

    # ---- the same, from outside

    def send(self, work: Work):
        self.work, place = work, work.place
        told = [place.learner, place.assignment]
        if work.shown is None:
            if self.starter.process.poll() is not None:  # killed from outside
                self.apart.close()
                self.starter.restart()
            told = ["examine", *told, place.rules, work.attempt]
        else:
            shown = work.shown | {"waiting": sorted(work.shown["waiting"])}
            told = ["render", *told, shown, work.attempt]
        self.apart.send(*told, seconds=self.limits.whole_seconds)

    def take(self) -> Work | None:
        """The work once it has come; None where it is tried again with less of the submission.

        Raises Failed or Gone where it failed even with nothing left of what the learner wrote.
        """
        work, self.work = self.work, None
        examining = work.shown is None
        try:
            value = self.apart.receive()
        except (Failed, Gone) as error:
            told = error.told if isinstance(error, Failed) else error
            step = "examined" if examining else "rendered"
            log.error("%r could not be %s: %s", str(work.place.submitted), step, told)
            work.attempt += 1
            if work.attempt > (1 if examining else MOST_PLAIN):
                raise
            self.send(work)
            return None
        if examining:
            work.examined, work.attempt = Examined.of(value), 0
        return work


@lru_cache(maxsize=4)
def released_text(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf8")


def released(path: Path) -> NotebookNode:
    """The released notebook, read from disk once. What is in it was looked through before."""
    return v4.reads(released_text(path, path.stat().st_mtime_ns))


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
    if "by hand" in statuses:
        return "waiting"
    if not any(verdict.begun for verdict in verdicts):
        return "blank"
    if any(verdict.earned for verdict in verdicts):
        return "partial"
    return "crashed" if set(statuses) <= {"raised", "unusable"} else "wrong"


# ---- files that are not in their places yet

UNFINISHED = ".grading"  # in the course folder: nbgrader skips learners who have a folder already


def part(path: Path) -> Path:
    """Where a file of a course's step lies until all of its submission is done."""
    course = path.parents[3]
    return course / UNFINISHED / path.relative_to(course)


def write(path: Path, text: str):
    part(path).parent.mkdir(parents=True, exist_ok=True)
    part(path).write_text(text, encoding="utf8")
