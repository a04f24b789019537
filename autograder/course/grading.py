"""Grades a whole assignment: every submission, in warm processes.

Owns: the order in which files and gradebook are written, so that a killed run can go on where
it stopped; progress; the summary. What is left behind is what `nbgrader autograde` and
`nbgrader generate_feedback` leave.

One submission, one fate: whatever happens to it while it is read, run, judged, rendered or saved
ends as its own result, and the next one is graded.
"""

import logging
import os
import shutil
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DatabaseError, IntegrityError
from tqdm import tqdm

from autograder.course.closed import closed_places
from autograder.course.examiner import secret_of
from autograder.course.folder import Course, Place, unusable_gradebook
from autograder.course.grader import UNFINISHED, Examined, Grader, Work, part, released
from autograder.course.names import unite
from autograder.room.apart import Failed, Gone, ready
from autograder.room.workers import Starter

__all__ = ["Grader", "Summary", "grade", "released"]
log = logging.getLogger(__name__)


@dataclass
class Summary:
    """What an instructor wants to know of a run first."""

    outcomes: Counter = field(default_factory=Counter)
    misconceptions: Counter = field(default_factory=Counter)
    places: Counter = field(default_factory=Counter)
    skipped: int = 0
    waiting: int = 0  # written answers that a person has to read
    unread: int = 0  # answers in code that a person has to read
    seconds: float = 0.0
    tier: str = ""
    lost: list[str] = field(default_factory=list)  # whose result could not be saved

    def add(self, examined: Examined):
        self.outcomes[examined.outcome] += 1
        self.misconceptions.update(examined.misconceptions)
        self.places.update(examined.places)
        unread = [name.endswith("-check") for name, s in examined.scores.items() if s is None]
        self.unread += sum(unread)
        self.waiting += len(unread) - sum(unread)
        self.tier = examined.tier

    def lines(self) -> list[str]:
        graded = sum(self.outcomes.values())
        rate = f", {graded / self.seconds:.1f} a second" if graded and self.seconds else ""
        told = [f"{graded} graded in {self.seconds:.1f} s{rate}, {self.skipped} unchanged."]
        told += [f"  {count:5}  {name}" for name, count in self.outcomes.most_common()]
        if self.lost:
            told.append(f"Not saved, the log above says why: {', '.join(map(repr, self.lost))}.")
        if self.waiting:
            told.append(f"{self.waiting} written answers to be graded by hand, in the formgrader.")
        if self.unread:
            told.append(
                f"{self.unread} answers in syntax of a newer Python than this one, which wait for "
                "a person as well."
            )
        if self.misconceptions:
            told.append("Most common misconceptions:")
            for (exercise, name), count in self.misconceptions.most_common(10):
                told.append(f"  {count:5}  {exercise}: {name.replace('_', ' ')}")
        if self.places:
            told.append("Nobody has named these yet; it holds")
            for (exercise, change), count in self.places.most_common(10):
                told.append(f"  {count:5}  {exercise}: {change}")
            told.append("As skeletons for checks: python -m autograder missing")
        return told


def finish(place: Place):
    """Put both files in their places, the autograded notebook last: it says that all is done."""
    for path, mode in ((place.feedback, 0o644), (place.autograded, 0o444)):
        os.chmod(part(path), mode)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part(path), path)


# ---- a whole assignment


class Progress(tqdm):
    monitor_interval = 0  # no thread that watches it: a process with threads is not forked


def grade(root: Path, assignment: str, jobs: int = 1, force=False, unsandboxed=False) -> Summary:
    """Grade what was submitted and is not graded yet; everything, with `force`.

    Raises LookupError, OSError, NoSandbox or Unusable where the course cannot be graded at all.
    """
    course, summary = Course(root), Summary()
    try:
        return graded(course, summary, assignment, jobs, force, unsandboxed)
    except DatabaseError as error:
        raise unusable_gradebook(course.directory.db_url, error) from error


def graded(course: Course, summary: Summary, assignment, jobs, force, unsandboxed) -> Summary:
    with course.locked(), course.gradebook() as gradebook:
        if not course.has(gradebook, assignment):
            raise LookupError(
                f"{assignment} was never released from {course.root}: python -m autograder "
                f"release {assignment} --course {course.root}"
            )
        course.check_released(assignment)
        secret_of(course.root / "secret")
        unite(course.root, gradebook)
        places = course.places(assignment)
        waiting = [place for place in places if force or not place.graded()]
        summary.skipped = len(places) - len(waiting)
        begun = time.monotonic()
        unfinished = course.root / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
        try:
            with Progress(total=len(waiting), unit="submission", desc=assignment) as progress:
                for place, examined in examinations(course, gradebook, waiting, jobs, unsandboxed):
                    if examined is None:
                        summary.lost.append(place.learner)
                    else:
                        summary.add(examined)
                    progress.update()
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        summary.seconds = time.monotonic() - begun
    return summary


def examinations(
    course: Course, gradebook, places: list[Place], jobs: int, unsandboxed: bool
) -> Iterator[tuple[Place, Examined | None]]:
    """Each submission once it is graded to its end; with None if it could not be saved."""
    queue, graders = deque(map(Work, places)), []
    try:
        starters = [started(course, unsandboxed) for _ in range(min(jobs, len(places)))]
        graders += [Grader(course, starter) for starter in starters]
        for grader in graders[:1]:  # for all of them, while the clean processes start
            grader.warm_up(places[0].assignment, [place.learner for place in places])
        for grader in graders:
            grader.starter.settle()
        while queue or any(grader.work for grader in graders):
            employ(graders, queue)
            by_process = {grader.apart: grader for grader in graders if grader.work}
            for process in ready(list(by_process)):
                grader = by_process[process]
                place = grader.work.place
                try:
                    work = grader.take()
                except (Failed, Gone):  # said already
                    yield place, None
                    continue
                employ([grader], queue)  # while this one is saved
                if work and saved(course, gradebook, work, queue):
                    yield place, work.examined if work.shown else None
    finally:
        for grader in graders:
            grader.close()


def employ(graders: list[Grader], queue: deque[Work]):
    for grader in graders:
        if queue and not grader.work:
            grader.send(queue.popleft())


def saved(course: Course, gradebook, work: Work, queue: deque[Work]) -> bool:
    """Write what has come of a step. Gives whether it was the last one; else the next is queued.

    Raises DatabaseError where the gradebook as a whole cannot be written.
    """
    try:
        if work.shown is None:
            examined = work.examined
            work.shown = course.record(gradebook, work.place, examined.scores, examined.comments)
            queue.appendleft(work)
            return False
        finish(work.place)
    except DatabaseError as error:
        if not isinstance(error, IntegrityError):
            raise
        lose(gradebook, work)
    except Exception:  # a file in the way of a folder, a row that is not there
        lose(gradebook, work)
    return True


def lose(gradebook, work: Work):
    log.exception("%r could not be saved.", str(work.place.submitted))
    gradebook.db.rollback()
    work.shown = None


def started(course: Course, unsandboxed: bool) -> Starter:
    step, closed = course.examine, closed_places(course.root, course.config)
    return Starter(step.tier(unsandboxed), step.limits(), closed=closed, later=True)
