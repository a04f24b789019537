"""Releasing: nbgrader's own `generate_assignment`, and our step in it.

Owns: giving learners the code that an exercise starts from, where there is some, and releasing many
chapters in one process: a command for each would start Python and nbgrader anew.
"""

import os
import sys
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import PyFileConfigLoader

from autograder.course.marks import own
from autograder.exercise import exercises


class PutStarts(NbGraderPreprocessor):
    """In nbgrader's list of releasing steps, this follows ClearSolutions, which leaves a stub."""

    def preprocess_cell(self, cell: NotebookNode, resources, index: int):
        exercise = exercises().get(own(cell).get("grade_id"))
        if exercise and exercise.gives_code and own(cell).get("solution"):
            cell.source = exercise.released.rstrip()
        return cell, resources


def generate_assignment(course: Path, assignment: str) -> str:
    """Release a chapter whose source is written; gives what went wrong, or ""."""
    own_commands = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by its bare name
    path = os.environ.get("PATH", "")
    if own_commands not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([own_commands, path])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.resolve())).load_config()
    config.CourseDirectory.root = str(course.resolve())
    done = NbGraderAPI(config=config).generate_assignment(assignment, force=True)
    return "" if done["success"] else done.get("error") or done.get("log") or "It gave no reason."
