"""Grades one submission again, with the seed of its record, and changes nothing.

For the learner who asks why: the same questions, the verdict in words, and whether it is the
one in the gradebook.
"""

import json
from pathlib import Path

from autograder.course.examine import examine
from autograder.course.folder import Course, Place
from autograder.course.grading import released
from autograder.course.master import OWN, filled_submission
from autograder.course.names import spelled
from autograder.home.card import as_text
from autograder.room.workers import Starter


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
    with Starter(step.tier(unsandboxed), step.limits()) as starter:
        notebook = filled_submission(released(place.released), place.submitted)
        verdicts = examine(notebook, record["seed"], starter)
    now = json.loads(json.dumps({name: verdict.asdict() for name, verdict in verdicts.items()}))
    same = now == record["verdicts"]
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
    return "\n\n".join(lines), same
