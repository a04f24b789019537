"""What a grade depends on beside the submission: the judge, the course's settings, due dates.

Owns: a digest of these. A submission that was graded by other rules is graded again.
"""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from nbgrader.api import MissingEntry

# what judges and what is judged by, what a page looks like; not what authors work with
SOURCES = {"autograder": ("checks", "course", "exercise", "home", "judge", "room"), "solutions": ()}
KINDS = (".py", ".j2", ".css")


class Rules:
    """Those of one assignment. Opens the gradebook once, for everybody's due date."""

    def __init__(self, course, assignment: str):
        self.common = sources() + settings(course.root)
        self.due, self.extensions = None, {}
        if not kept_elsewhere_or_there(course.directory.db_url):
            return
        with course.gradebook() as gradebook:
            try:
                self.due = gradebook.find_assignment(assignment).duedate
            except MissingEntry:
                return
            for submission in gradebook.assignment_submissions(assignment):
                if submission.extension:
                    self.extensions[submission.student.id] = submission.extension

    def for_one(self, learner: str) -> str:
        said = f"{self.common} {self.due} {self.extensions.get(learner)}"
        return hashlib.sha256(said.encode()).hexdigest()


def kept_elsewhere_or_there(url: str) -> bool:
    """Asking a gradebook that is not there would make one."""
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


@cache
def sources() -> str:
    """Of references, checks and judge, read once in a process."""
    paths = []
    for package, rooms in SOURCES.items():
        folder = Path(find_spec(package).submodule_search_locations[0])
        for part in rooms or (".",):
            paths += [p for p in (folder / part).rglob("*") if p.suffix in KINDS]
    return hashed(sorted(paths))


def settings(root: Path) -> str:
    """Of the course's own configuration, and of a plugin for penalties beside it."""
    return hashed(sorted(root.glob("*.py")))


def hashed(paths: list[Path]) -> str:
    sha = hashlib.sha256()
    for path in paths:
        if path.is_file():
            sha.update(f"\0{path.name}\0".encode())
            sha.update(path.read_bytes())
    return sha.hexdigest()
