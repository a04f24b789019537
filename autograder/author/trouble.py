"""What is wrong in an author's own file, in a few lines.

Owns: finding the place. A traceback through the judge says where we were, not where they are.
"""

import traceback
from pathlib import Path

from autograder.exercise import base
from autograder.exercise.chapter import ROOT as CHAPTERS

ROOT = CHAPTERS.parent
THEIRS = ("autograder/checks", "solutions", "chapters")
DECLARED = Path(base.__file__).parent  # refuses what an author declares, in a sentence
PLACES = 3  # at most, the last one where it was raised


def told(error: Exception) -> str:
    """File, line and message; "" where it comes from no file of an author's."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "importlib" not in f.filename]
    places = [(f.filename, f.lineno, f.line) for f in frames if is_theirs(f.filename)]
    if isinstance(error, SyntaxError) and is_theirs(error.filename or ""):
        places.append((error.filename, error.lineno, (error.text or "").strip()))
    if not places and not (frames and Path(frames[-1].filename).is_relative_to(DECLARED)):
        return ""
    lines = [f"{shortened(file)}:{line}: {text}" for file, line, text in places[-PLACES:]]
    message = error.msg if isinstance(error, SyntaxError) else error
    return "\n".join([*lines, f"{type(error).__name__}: {message}"])


def is_theirs(filename: str) -> bool:
    """A check, a reference, or code that was made of one, such as "<module.name: slip>"."""
    return (filename.startswith("<") and ": " in filename) or shortened(filename).startswith(THEIRS)


def shortened(filename: str) -> str:
    path = Path(filename)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else filename
