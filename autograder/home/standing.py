"""How a learner's answers stand: what the last check of each said, here and in earlier notebooks.

Owns: what is remembered of verdicts, and the small file beside the notebook that lets chapters see
each other. It changes no verdict and fails no check: where nothing can be read, nothing is known,
and where nothing can be written, this session knows it alone.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.exercise import chapters, exercises
from autograder.judge import Verdict

FILE = Path(".byhand", "progress.json")
LARGEST = 100_000  # bytes; ours has some thousand
STATES = ("accepted", "tried", "lent")
states: dict[str, str] = {}  # of this session, by exercise
shared = False  # whether the file is kept: a notebook asks for it


def note(verdicts: Iterable[Verdict]):
    """Remember what was said last."""
    for verdict in verdicts:
        if verdict.status != "by hand":
            state = {"right": "accepted", "unwritten": "lent"}.get(verdict.status, "tried")
            states[verdict.exercise] = state
    if shared:
        keep()


def share():
    """From now on other notebooks are told, and they tell."""
    global shared
    shared = True
    keep()


def known() -> dict[str, str]:
    """States by exercise; what this session has seen comes before what others have left."""
    return (read(place()) if shared else {}) | states


def place() -> Path | None:
    """Where the file lies: beside the notebook, or above it where each chapter has a folder."""
    try:
        here = Path.cwd()
    except OSError:
        return None
    return (here.parent if here.name in chapters() else here) / FILE


def read(path: Path | None) -> dict[str, str]:
    """What a file knows of exercises that there are."""
    try:
        if path is None or not path.is_file():
            return {}
        with path.open("rb") as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: state for name, state in found.items()
            if name in exercises() and state in STATES}  # fmt: skip


def keep():
    """Add what this session has seen to the file, which is whole at every moment."""
    path = place()
    before = read(path)
    after = before | states
    if path is None or not states or after == before:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        number, other = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(number, "w", encoding="utf8") as file:
                json.dump(after, file, indent=1, sort_keys=True)
            os.replace(other, path)
        except BaseException:
            os.unlink(other)
            raise
