"""Mistakes that learners made and nobody has named: skeletons for `checks/`, the frequent first.

Owns: reading them from a graded course, counting them by what mends them, and the skeleton.
"""

import ast
import json
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.course.folder import Course
from autograder.course.marks import OWN
from autograder.exercise import Exercise, exercises
from autograder.exercise.source import body_begins
from autograder.exercise.words import counted

NO_PLACE = "no small edit mends it"
SKELETON = """\
# {said}
@ours.misconception(seen="What ...?", why="...")
def {name}({parameters}):
{body}
"""


@dataclass
class Missing:
    """Answers of one exercise that one edit mends, or that none does."""

    exercise: str
    change: str
    question: str = ""
    answers: list[str] = field(default_factory=list)  # their cells


def missing(course: Course, assignment: str) -> list[Missing]:
    """What nobody has named, most frequent first; what no edit mends comes last."""
    found: dict[tuple[str, str], Missing] = {}
    for name, verdict, cell in unexplained_answers(course, assignment):
        place = verdict.get("place") or {}
        change = place.get("change", NO_PLACE)
        entry = found.setdefault((name, change), Missing(name, change))
        entry.answers.append(cell)
    return sorted(found.values(), key=lambda m: (m.change == NO_PLACE, -len(m.answers), m.exercise))


def unexplained_answers(course: Course, assignment: str) -> Iterator[tuple[str, dict, str]]:
    """Exercise, verdict and cell of each answer in code that is wrong without a known cause."""
    for place in course.places(assignment):
        try:
            notebook = json.loads(place.autograded.read_text(encoding="utf8"))
            verdicts = notebook["metadata"][OWN]["verdicts"]
        except (OSError, ValueError, KeyError):  # not graded yet
            continue
        cells = defaultdict(str)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            cells[name] = "".join(cell["source"])
        for name, verdict in verdicts.items():
            if verdict["status"] in ("wrong", "raised") and not verdict["names"] and cells[name]:
                yield name, verdict, cells[name]


def skeleton(entry: Missing) -> str:
    """A misconception to be named and explained, with the shortest answer as its code."""
    exercise = exercises()[entry.exercise]
    shortest = min(entry.answers, key=len)
    said = f"{entry.exercise}: {counted(len(entry.answers), 'answer')}; it holds {entry.change}"
    if entry.change == NO_PLACE:
        said = f"{entry.exercise}: {counted(len(entry.answers), 'answer')}; {NO_PLACE}"
    return SKELETON.format(
        said=" ".join(said.split()), name="a_name_for_it",
        parameters=", ".join(exercise.parameters), body=body(exercise, shortest),
    )  # fmt: skip


def body(exercise: Exercise, cell: str) -> str:
    """The statements of the learner's function, or the whole cell where there is none of that name."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module([], [])
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == exercise.name:
            lines = cell.splitlines()
            kept = "\n".join(lines[body_begins(node, lines) - 1 : node.end_lineno])
            return textwrap.indent(textwrap.dedent(kept), "    ")
    return textwrap.indent(cell, "    # ")
