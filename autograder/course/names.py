"""Learners' names as folders have them: one learner however their accents are encoded.

Owns: which spelling counts. A Mac writes "José" as five letters and an accent, others as four
letters; for nbgrader these are two students.
"""

import logging
import shutil
from collections import defaultdict
from pathlib import Path
from unicodedata import normalize

from nbgrader.api import Gradebook

log = logging.getLogger(__name__)


def learners(root: Path, assignment: str) -> list[str]:
    """Who has handed something in for an assignment, sorted; one of two who are one."""
    names = sorted(folder.parent.name for folder in (root / "submitted").glob(f"*/{assignment}"))
    kept: dict[str, str] = {}
    for name in names:
        same = one(name)
        if same not in kept or name == same:
            kept[same] = name
    return sorted(kept.values())


def one(name: str) -> str:
    """What two spellings of a name have in common."""
    return normalize("NFC", name)


def spelled(root: Path, name: str) -> str:
    """A name as the folder of submissions spells it."""
    there = [path.name for path in (root / "submitted").glob("*") if one(path.name) == one(name)]
    return name if name in there or not there else there[0]


def spellings(folder: Path) -> str:
    """A sentence where a learner's folder has a twin in another spelling; else nothing."""
    twins = [path.name for path in folder.parent.glob("*") if one(path.name) == one(folder.name)]
    if len(twins) < 2:
        return ""
    names = " and ".join(map(ascii, sorted(twins)))
    return f"{one(folder.name)} is one learner in two spellings, {names}."


def unite(root: Path, gradebook: Gradebook):
    """Two folders of one learner become one, under the name that the gradebook knows.

    Where both hold the same assignment, nothing is moved, and a warning says which one counts.
    """
    folders = defaultdict(list)
    for folder in sorted((root / "submitted").glob("*")):
        if folder.is_dir() and not folder.is_symlink():
            folders[one(folder.name)].append(folder)
    known = defaultdict(set)
    for student in gradebook.students:
        known[one(student.id)].add(student.id)
    for name, found in folders.items():
        there = known[name]
        if len(there) > 1:
            log.warning(
                "%s is two students in the gradebook, %s. %a is the one that is graded from now on; "
                "nbgrader db student remove deletes the other with its scores.",
                name, " and ".join(map(ascii, sorted(there))), name,
            )  # fmt: skip
        target = root / "submitted" / (there.pop() if len(there) == 1 else name)
        for folder in found:
            if folder != target:
                move(folder, target)


def move(folder: Path, target: Path):
    target.mkdir(exist_ok=True)
    if target.samefile(folder):  # a file system for which both spellings are one already
        return
    for assignment in sorted(folder.glob("*")):
        if (target / assignment.name).exists():
            log.warning(
                "%s is one learner in two spellings, %a and %a, and both have handed in %s. That of "
                "%a counts. Keep the right one of the two, delete the other, and grade again.",
                target.name, target.name, folder.name, assignment.name, target.name,
            )  # fmt: skip
            continue
        log.warning(
            "%s is one learner in two spellings: %s moved from %a to %a.",
            target.name, assignment.name, folder.name, target.name,
        )  # fmt: skip
        shutil.move(assignment, target / assignment.name)
    if not any(folder.iterdir()):
        folder.rmdir()
