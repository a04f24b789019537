"""The released course that many tests start from, made in one process.

A command for each chapter starts Python and nbgrader anew: minutes, where this takes seconds.
That both leave the same files is tested in `test_release.py`.
"""

from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from autograder import __main__ as commands


def released(folder: Path):
    """What `python -m autograder release` leaves in a course folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "nbgrader", in_this_process)
        assert commands.main(["release", "--course", str(folder)]) == 0


def in_this_process(course: Path, step: str, assignment: str, *options: str):
    assert (step, options) == ("generate_assignment", ("--force",))
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    done = NbGraderAPI(config=config).generate_assignment(assignment)
    assert done["success"], done["log"]
