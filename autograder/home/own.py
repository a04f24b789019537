"""`own`: a learner's own accepted functions of earlier chapters, out of their own notebooks.

Owns: whose function it is in the end, and what is said of that. Nothing of another notebook runs but
answers and what they lean on, and they are judged as `check` judges them. Accepted means full marks.
"""

import contextlib
import difflib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.exercise import Exercise, chapters, exercises
from autograder.home.as_graded import SECONDS, TooLong, limited, one_thread, set_states, states
from autograder.home.card import headline
from autograder.home.check import ABSENT, Lent, examined, raised, unusable, unwritten
from autograder.home.gathering import Gathered, gathered
from autograder.home.saved import MOUNT, NotRead, code_in, notebooks_of
from autograder.home.standing import note
from autograder.judge import Verdict
from autograder.room.rooms import Here
from autograder.room.worker import source_of

YOURS, BOOKS = "yours", "the book's"
MOST_LETTERS = 160  # of a reason
judged: dict[tuple, tuple] = {}  # by what ran: the function and the verdict; for this session


@dataclass(frozen=True)
class Taken:
    """A function, whose it is, and why."""

    function: object
    whose: str
    why: str


def own(*names: str, folder=None):
    """Your own functions of these names, such as "tokenization.train_bpe", the book's for the rest.

    They come from your saved notebooks: from beside this one, or from `folder`. A table says whose
    each of them is. Yours is taken where `check` gives it full marks; of several copies of a
    notebook, the newest with which that is so.
    """
    asked = [exercise_called(name) for name in names]
    search = Search(folder)
    long = any(search.is_new(exercise) for exercise in asked)
    found = [search.taken(exercise) for exercise in in_turn(asked, long)]
    tell(asked, found, search)
    functions = tuple(each.function for each in found)
    return functions if len(functions) != 1 else functions[0]


def exercise_called(name) -> Exercise:
    module, _, last = str(name).rpartition(".")
    exercise = exercises().get(last)
    if exercise is None or exercise.in_prose or module not in ("", exercise.module):
        known = [f"{e.module}.{e.name}" for e in exercises().values() if not e.in_prose]
        near = exercise and [f"{exercise.module}.{last}"]
        near = near or difflib.get_close_matches(str(name), known, n=3, cutoff=0.4) or known[:3]
        raise ValueError(
            f"own() got {name!r}, and no function of the course is called that. Did you mean one of "
            f"these: {', '.join(near)}?"
        )
    return exercise


class Search:
    """One search through a learner's notebooks, each of which is read once."""

    def __init__(self, folder=None):
        self.folder = folder
        self.files: dict[str, list[Path]] = {}  # by chapter
        self.read: dict[Path, list[str] | NotRead] = {}
        self.results: dict[str, Taken] = {}
        self.open: list[str] = []  # exercises that are on their way: they may use each other

    def notebooks(self, stem: str) -> list[Path]:
        if stem not in self.files:
            self.files[stem] = notebooks_of(chapters()[stem], self.folder)
        return self.files[stem]

    def code(self, path: Path) -> list[str]:
        """Raises NotRead."""
        if path not in self.read:
            try:
                self.read[path] = code_in(path)
            except NotRead as error:
                self.read[path] = error
        if isinstance(self.read[path], NotRead):
            raise self.read[path]
        return self.read[path]

    def is_new(self, exercise: Exercise) -> bool:
        """Is there a notebook, and nothing in this session that was judged before?"""
        known = {key[0] for key in judged}
        return bool(self.notebooks(exercise.module)) and exercise.name not in known

    def taken(self, exercise: Exercise) -> Taken:
        name = exercise.name
        if name not in self.results:
            self.open.append(name)
            try:
                self.results[name] = self.newest_accepted(exercise)
            finally:
                self.open.remove(name)
        return self.results[name]

    def newest_accepted(self, exercise: Exercise) -> Taken:
        """The learner's function from the newest notebook in which it is accepted, or the book's."""
        paths = self.notebooks(exercise.module)
        if not paths:
            title = chapters()[exercise.module].title
            return Taken(exercise.reference, BOOKS, f"no notebook of “{title}” found")
        reasons = []  # (does somebody have to write it first?, why)
        for path in paths:
            try:
                function, verdict, others = self.tried(exercise, path)
            except NotRead as error:
                reasons.append((False, str(error)))
                continue
            if verdict.right:
                note([verdict])
                return Taken(function, YOURS, f"accepted, from {path.name}{with_books(others)}")
            reasons.append((not verdict.begun, f"{reason(verdict)} ({path.name})"))
        _, why = min(reasons, key=lambda pair: pair[0])
        return Taken(exercise.reference, BOOKS, why)

    def tried(self, exercise: Exercise, path: Path) -> tuple[object, Verdict, dict]:
        """What a notebook defines under the name of an exercise, the verdict, and what it uses."""
        code = gathered(exercise, chapters()[exercise.module], self.code(path))
        if code is None:
            return ABSENT, unwritten(exercise, ""), {}
        others = {name: self.beside(name) for name in code.others}
        key = (exercise.name, code, tuple((n, id(function)) for n, function in others.items()))
        if key not in judged:
            judged[key] = (*run_and_judge(exercise, path, code, others), others)
        return judged[key]

    def beside(self, name: str):
        """Another exercise that an answer uses, in the learner's version where that is accepted."""
        exercise = exercises()[name]
        if name in self.open:
            return exercise.reference  # they use each other
        return self.taken(exercise).function


def run_and_judge(exercise: Exercise, path: Path, code: Gathered, others: dict):
    """The function that code leaves behind, and the verdict, as `check` would have it."""
    namespace = {"__name__": "__main__"}
    own_chapter = chapters()[exercise.module].exercises
    cells = {"imports": chapters()[exercise.module].imports}
    cells |= {f"{i} above {exercise.name}": helper for i, helper in enumerate(code.before)}
    last = f"{exercise.name} of {path.name}, version {len(judged) + 1}"
    before = states()
    aside = io.StringIO()
    try:
        with contextlib.redirect_stdout(aside), contextlib.redirect_stderr(aside), one_thread():
            failed = []
            with limited(SECONDS):
                for name, source in (cells | {last: code.cell}).items():
                    failed = run(namespace, name, source)
                    if name == "imports":
                        namespace |= {
                            name: lent(name, function) if name in own_chapter else function
                            for name, function in others.items()
                        }
            function = namespace.get(exercise.name, ABSENT)
            if function is ABSENT and failed:
                return ABSENT, raised(exercise, failed[0])
            return function, examined(exercise, function, namespace, source_of(function))
    except TooLong:
        return ABSENT, unusable(exercise, f"Its cell was stopped after {SECONDS:g} seconds.")
    finally:
        set_states(before)


def run(namespace: dict, name: str, source: str) -> list[dict]:
    """Errors of a cell's statements, of which each runs, as when it is graded."""
    return Here(namespace).ask({"verb": "run", "cells": [[name, source]]}).get("value") or []


def with_books(others: dict) -> str:
    """What of the book is inside a learner's function, in a few words."""
    books = [name for name, function in others.items() if function is exercises()[name].reference]
    return f", with the book's {' and '.join(books)}" if books else ""


def lent(name: str, function):
    """The book's function as one that stands in: an answer may not use the book's by itself."""
    reference = exercises()[name].reference
    return Lent(reference, ABSENT) if function is reference else function


# ---- what is said


def reason(verdict: Verdict) -> str:
    """What the check says of it, in a line."""
    said = [headline(verdict)]
    if verdict.status == "unwritten":
        said = ["not written yet", *verdict.notes]
    elif verdict.error:
        said.append(f"{verdict.error['type']}: {verdict.error['message']}")
    else:
        said += (verdict.seen or verdict.notes or verdict.fails)[:1]
    line = " ".join(re.sub(r"[`*]", "", ". ".join(each.rstrip(".") for each in said)).split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}…"


def in_turn(asked: list[Exercise], long: bool):
    """The exercises one by one, with a bar where it takes long."""
    if not long:
        return asked
    from byhand import progress

    return progress(asked, name="your functions")


def tell(asked: list[Exercise], found: list[Taken], search: Search):
    """A table of whose each function is."""
    from byhand import table

    rows = [(e.name, each.whose, each.why) for e, each in zip(asked, found, strict=True)]
    table(rows, ["function", "whose", "why"])
    if all(search.notebooks(exercise.module) for exercise in asked):
        return
    if search.folder is not None and not Path(search.folder).expanduser().is_dir():
        print(f"There is no folder {str(search.folder)!r}.")
    elif "google.colab" in sys.modules:
        print(
            "On Colab, mount the Drive that has your notebooks (`from google.colab import drive`, "
            f"`drive.mount('{MOUNT}')`), or upload them to this session, and run this again."
        )
    else:
        print('If your notebooks lie elsewhere, say where, with folder="..." at the end of own().')
