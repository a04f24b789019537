"""A course folder on disk: its configuration, its submissions, what was graded already.

Owns: paths, nbgrader's configuration, and the gradebook, which it writes as nbgrader's own
steps do, but through one open session.
"""

import contextlib
import hashlib
import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from autograder.course.by_hand import waiting_for
from autograder.course.examine import Examine
from autograder.course.marks import OWN
from autograder.course.master import MOST_BYTES, clear
from autograder.course.names import learners
from autograder.course.rules import Rules
from autograder.course.timestamp import TIMESTAMP, NoTime, home_zone, submitted_at

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where one learner's submission of one assignment stands at each step."""

    course: Path
    learner: str
    assignment: str
    rules: str = ""  # a digest of all else that a grade depends on

    def folder(self, step: str) -> Path:
        return self.course / step / self.learner / self.assignment

    @property
    def submitted(self) -> Path:
        return self.folder("submitted") / f"{self.assignment}.ipynb"

    @property
    def autograded(self) -> Path:
        return self.folder("autograded") / f"{self.assignment}.ipynb"

    @property
    def feedback(self) -> Path:
        return self.folder("feedback") / f"{self.assignment}.html"

    @property
    def released(self) -> Path:
        return self.course / "release" / self.assignment / f"{self.assignment}.ipynb"

    def digest(self) -> str:
        """Of all that a grade depends on: what was submitted and released, and the rules."""
        return f"{self.handed_in()} {self.rules}"

    def handed_in(self) -> str:
        sha = hashlib.sha256()
        for path in (self.released, self.submitted, self.submitted.with_name(TIMESTAMP)):
            sha.update(b"\0")
            with contextlib.suppress(OSError):  # what cannot be read is graded as that
                if path.is_file() and not path.is_symlink():
                    with path.open("rb") as file:
                        sha.update(file.read(MOST_BYTES + 1))  # of a larger one nothing is read
        return sha.hexdigest()

    def graded(self) -> bool:
        """Is what was submitted graded, to the end? The autograded notebook is written last."""
        if not self.feedback.exists():
            return False
        try:
            kept = json.loads(self.autograded.read_text(encoding="utf8"))["metadata"][OWN]
            return kept["digest"] == self.digest()
        except (OSError, ValueError, KeyError, TypeError):
            return False


class Unusable(ValueError):
    """A course that cannot be graded as it is; the message says why, and what to do."""


def unusable_gradebook(url: str, error: Exception) -> Unusable:
    """What is wrong with a gradebook, in words: locked by another program, or no gradebook."""
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    advice = (
        "Another program holds it: close what has it open, such as a formgrader or a database "
        "viewer, and grade again; what was graded stays graded."
        if "locked" in said
        else "Whoever grades must be able to write into it and its folder."
        if "readonly" in said or "unable to open" in said
        else "If it is no gradebook or is damaged, put its last copy back, or move it away and "
        "release and grade anew. If nbgrader is newer than it: nbgrader db upgrade."
    )
    return Unusable(f"The gradebook {url} cannot be used ({said}). {advice}")


class Course:
    """A course folder. Raises FileNotFoundError where it is none."""

    def __init__(self, root: Path):
        self.root = Path(root).resolve()
        if not (self.root / "nbgrader_config.py").exists():
            raise FileNotFoundError(
                f"{root} is no course folder. Make one: python -m autograder release --course {root}"
            )
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(self.root))
        try:
            self.config: Config = loader.load_config()
        except Exception as error:  # it is Python
            raise Unusable(
                f"{self.root / 'nbgrader_config.py'} cannot be loaded ({type(error).__name__}: "
                f"{error}). Mend it, or delete it and release anew."
            ) from error
        self.directory = CourseDirectory(config=self.config)
        self.directory.root = str(self.root)
        self.examine = Examine(config=self.config)

    def places(self, assignment: str) -> list[Place]:
        """Submissions of an assignment, in the order of the learners' names."""
        rules, places = Rules(self, assignment), []
        for learner in learners(self.root, assignment):
            try:
                learner.encode("utf8")
            except UnicodeEncodeError:  # no gradebook could hold it
                log.warning("%r is no text in UTF-8: rename this folder and grade again.", learner)
                continue
            places.append(Place(self.root, learner, assignment, rules.for_one(learner)))
        return places

    def check_released(self, assignment: str):
        """Raises Unusable where the released notebook is not there, or is none."""
        path = Place(self.root, "", assignment).released
        made = f"python -m autograder release {assignment} --course {self.root}"
        if not path.is_file():
            raise Unusable(f"There is no {path}, which submissions are put into. Make it: {made}")
        try:
            nbformat.read(path, as_version=4)
        except Exception as error:  # nbformat raises whatever befits what it stumbled over
            said = f"{type(error).__name__}: {error}"[:200]
            raise Unusable(f"{path} is no notebook ({said}). Make it anew: {made}") from error

    def locked(self):
        """The lock that keeps two graders from working on one gradebook."""
        lock = FileLock(self.root / "grading.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print("Another grader is at work on this course. Waiting for it to end.", flush=True)
            lock.acquire()
        return lock

    def gradebook(self) -> Gradebook:
        """The open gradebook. Raises Unusable where it is not there, or is none."""
        url = self.directory.db_url
        path = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else ""
        if path and not Path(path).is_file():
            raise Unusable(
                f"There is no gradebook {path}. Releasing makes it: python -m autograder release "
                f"--course {self.root}. If there was one, put its last copy back first."
            )
        own_commands = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by its bare name
        if own_commands not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([own_commands, os.environ.get("PATH", "")])
        try:
            return Gradebook(url, self.directory.course_id)
        except SQLAlchemyError as error:
            raise unusable_gradebook(url, error) from error

    def timestamp(self, place: Place):
        """When it was submitted; None where that is not said, or is no time."""
        path = place.folder("submitted") / TIMESTAMP
        try:
            return submitted_at(path, home_zone(self.root)) if path.is_file() else None
        except NoTime:  # what could not be set aside
            return None

    def record(self, gradebook: Gradebook, place: Place, scores: dict, comments: dict) -> dict:
        """Put scores and comments into the gradebook; gives what a feedback page shows.

        scores: by grade_id, None for what is graded by hand. comments: by grade_id of an
        answer. The same rows as nbgrader's SaveAutoGrades and AssignLatePenalties leave.
        """
        gradebook.db().expire_on_commit = False  # what has changed is asked for below
        gradebook.update_or_create_student(place.learner)
        when = self.timestamp(place)
        given = {"timestamp": when} if when else {}
        submission = gradebook.update_or_create_submission(place.assignment, place.learner, **given)
        (notebook,) = (n for n in submission.notebooks if n.name == place.assignment)
        named = of_notebook(gradebook, BaseCell, notebook.notebook_id)  # else one by one
        for grade in notebook.grades:
            if grade.name not in scores:
                continue
            grade.auto_score = scores[grade.name]
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = comments.get(comment.name)
        gradebook.db.flush()
        gradebook.db.refresh(notebook)
        grades, told = (of_notebook(gradebook, kind, notebook.id) for kind in (Grade, Comment))
        self.penalise(notebook, submission, place)
        gradebook.db.commit()
        shown = {
            "score": notebook.score - (notebook.late_submission_penalty or 0),
            "max_score": notebook.max_score,
            "late_penalty": notebook.late_submission_penalty or 0,
            "scores": {grade.name: (grade.score, grade.max_score) for grade in grades},
            "comments": {comment.name: comment.comment for comment in told},
            "waiting": waiting_for(notebook),
        }
        del named
        gradebook.db.expunge_all()
        return shown

    def penalise(self, notebook, submission, place: Place):
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            step = AssignLatePenalties(config=self.config)
            step.init_plugin()
            penalty = step.plugin_inst.late_submission_penalty(
                place.learner, notebook.score, submission.total_seconds_late
            )
            if penalty is not None:
                notebook.late_submission_penalty = step._check_late_penalty(notebook, penalty)

    def prepare(self, place: Place):
        """Move what is no part of the assignment out of the submission."""
        here = Path.cwd()
        os.chdir(self.root)
        try:
            clear(place.submitted.relative_to(self.root).parent)
        except OSError as error:  # it is in nobody's way here: only the notebook is read
            log.warning(
                "%r cannot be cleared of foreign files: %r", str(place.submitted.parent), error
            )
        finally:
            os.chdir(here)

    def has(self, gradebook: Gradebook, assignment: str) -> bool:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            return False
        return True


def of_notebook(gradebook: Gradebook, kind, notebook: str) -> list:
    """All cells, grades or comments of one notebook as they are now, asked for at once."""
    asked = gradebook.db.query(kind).filter(kind.notebook_id == notebook)
    return asked.populate_existing().all()
