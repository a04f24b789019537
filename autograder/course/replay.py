"""Grades one submission again, with the seed of its record, and changes nothing.

For the learner who asks why: the same questions, the verdict in words, and whether it is the
one in the gradebook.
"""

import json
from pathlib import Path
from unicodedata import bidirectional, category

from autograder.course.closed import closed_places
from autograder.course.examine import examine
from autograder.course.folder import Course, Place
from autograder.course.grading import released
from autograder.course.marks import OWN
from autograder.course.master import filled_submission
from autograder.course.names import spelled
from autograder.home.card import as_text
from autograder.room.workers import Starter

TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # of reading direction


def replay(root: Path, assignment: str, learner: str, unsandboxed=False) -> tuple[str, bool]:
    """The verdicts in words, and whether they are those of the record.

    Raises LookupError where nothing was graded.
    """
    course = Course(root)
    place = Place(course.root, spelled(course.root, learner), assignment)
    try:
        record = json.loads(place.autograded.read_text(encoding="utf8"))["metadata"][OWN]
    except (OSError, ValueError, KeyError):
        graded = ", ".join(p.learner for p in course.places(assignment) if p.autograded.exists())
        raise LookupError(
            f"{assignment} of {learner!r} was not graded in {root}. Graded are: {graded or 'none'}."
        ) from None
    step = course.examine
    closed = closed_places(course.root, course.config)
    with Starter(step.tier(unsandboxed), step.limits(), closed=closed) as starter:
        notebook = filled_submission(released(place.released), place.submitted)
        verdicts = examine(notebook, record["seed"], starter)
    now = json.loads(json.dumps({name: verdict.asdict() for name, verdict in verdicts.items()}))
    same = without_places(now) == without_places(record["verdicts"])
    lines = [as_text(verdict, everything=True) for verdict in verdicts.values()]
    lines.append(
        f"Seed {record['seed']}, sandbox {starter.tier} (at the time: {record['sandbox']})."
    )
    if not same:
        changed = place.handed_in() != record.get("digest", "").split(" ")[0]
        lines.append(
            "This is not the recorded verdict: "
            + (
                "the submission has changed since."
                if changed
                else "the exercises or the course's rules have changed since."
            )
        )
    return plain("\n\n".join(lines)), same


def without_places(verdicts: dict) -> dict:
    """How far a search came depends on the time that it had; nothing else does."""
    return {
        name: {key: value for key, value in told.items() if key not in ("place", "closer")}
        for name, told in verdicts.items()
    }


def plain(text: str) -> str:
    """The text without what a terminal would obey: a learner's error may hold such letters."""

    def told(letter: str) -> str:
        obeyed = (category(letter) == "Cc" and letter not in "\n\t") or bidirectional(
            letter
        ) in TURNS
        return letter.encode("unicode_escape").decode() if obeyed else letter

    return "".join(map(told, text))
