"""Where answers without a named cause go wrong: the search for it, once a submission is judged.

Owns: how long is searched in a submission and in a class, and what was found for the same cell.
"""

import ast
import logging
import time

from autograder.exercise import Exercise, exercises
from autograder.judge import Verdict
from autograder.judge.place import Place
from autograder.repair import found_place, unexplained
from autograder.repair.text import PARSE_ERRORS
from autograder.room.apart import TooLong, hurried
from autograder.room.workers import WorkerGone

log = logging.getLogger(__name__)


class Purse:
    """Seconds for searches: altogether no more than everything else has taken so far.

    So a class is graded at half the speed at worst, however many answers nobody can explain.
    """

    def __init__(self):
        self.left = None  # nothing is graded yet
        self.known: dict[tuple[str, str], Place | None] = {}

    def fill(self, seconds: float, most: float):
        self.left = most if self.left is None else self.left + seconds


PURSE = Purse()


def look_for_places(examiner, verdicts: dict[str, Verdict], purse: Purse = PURSE):
    """Put places into the verdicts. Last of all: by then everything else is judged."""
    most = examiner.starter.limits.repair_seconds
    purse.fill(time.monotonic() - examiner.begun, most)
    until = time.monotonic() + min(most, purse.left)
    for name, verdict in verdicts.items():
        if time.monotonic() >= until:
            break
        if unexplained(exercises()[name], verdict) and name not in examiner.missing:
            begun = time.monotonic()
            verdict.place = known_or_found(examiner, name, until, purse)
            verdict.closer = int(verdict.place is not None)
            purse.left -= time.monotonic() - begun


def known_or_found(examiner, name: str, until: float, purse: Purse) -> Place | None:
    """The place in a cell like one that has been searched before, or now."""
    cells = [cell.source for cell in examiner.cells if name in cell.defines]
    source = cells[-1] if cells else ""
    key = (name, without_notes(source))
    if key not in purse.known or not fits(purse.known[key], source):
        purse.known[key] = found(examiner, exercises()[name], until)
    return purse.known[key]


def without_notes(source: str) -> str:
    """What a cell does, whatever its comments and blanks: learners who share a mistake share it."""
    try:
        return ast.dump(ast.parse(source))
    except PARSE_ERRORS:
        return source


def fits(place: Place | None, source: str) -> bool:
    """Does the place stand on the same line in this cell?"""
    return place is None or source.splitlines()[place.line - 1 : place.line] == [place.text]


def found(examiner, exercise: Exercise, until: float) -> Place | None:
    """The place; None where the search itself came to harm: it is a hint and no more."""
    try:
        with hurried(examiner.starter.limits.judge_seconds):
            left = until - time.monotonic()
            return found_place(exercise, examiner.prepared(), examiner.seed, left)
    except (WorkerGone, TooLong):
        examiner.drop()
    except Exception:
        log.exception("No place could be looked for in %r.", exercise)
        examiner.drop()
    return None
