"""`check`, `hint` and `solution`, as a learner calls them from a notebook or a terminal.

Owns: finding the answer, lending the book's function where it is not written yet, what is
said at which attempt. The verdict itself is the same code as in the gradebook.
"""

import contextlib
import difflib
import inspect
import io
import sys
from collections import Counter

import torch

from autograder.exercise import Exercise, chapters, exercises
from autograder.home.card import as_html, as_text
from autograder.home.leaning import codes, leans_on, shown_only
from autograder.home.validating import tell_validator
from autograder.judge import Verdict, judge
from autograder.judge.answer import Answer, answer_of
from autograder.judge.judging import mend_first
from autograder.room.rooms import Here

PUBLIC_SEED = 0
attempts = Counter()  # failed checks by exercise and by what was wrong with it
verdicts: dict[str, Verdict] = {}


class Lent:
    """The book's function, standing in for one that is not begun yet, which it keeps."""

    def __init__(self, reference, kept):
        self.reference, self.kept = reference, kept
        self.__name__, self.__doc__ = reference.__name__, reference.__doc__

    def __call__(self, *args, **kwargs):
        return self.reference(*args, **kwargs)


class Result(float):
    """Points earned. A notebook shows the card; nbgrader reads the bare number."""

    html: str = ""

    def __repr__(self):
        return f"{float(self):g}"

    def _repr_mimebundle_(self, **options):
        return {"text/plain": repr(self), "text/html": self.html}


def check(name: str) -> Result:
    """Say what holds, what does not and why, for your function or class of this name."""
    return show(*verdict_on(name, sys._getframe(1).f_globals))


def hint(name: str) -> Result:
    """The cause of the last failed check of this name."""
    name = getattr(name, "__name__", name)
    if name not in verdicts:
        return show(*verdict_on(name, sys._getframe(1).f_globals), everything=True)
    return show(verdicts[name], everything=True)


def solution(name: str) -> None:
    """Print the book's own version. Looking costs nothing."""
    exercise = exercises().get(getattr(name, "__name__", name))
    print(exercise.solution if exercise else unknown(name).notes[0])


def show(verdict: Verdict, printed: str = "", everything: bool = False) -> Result:
    everything = everything or attempts[attempt(verdict)] > 1
    result = Result(verdict.earned)
    result.html = as_html(verdict, everything, printed=printed)
    if not in_notebook():
        print(as_text(verdict, everything, printed=printed))
    tell_validator(verdict)
    return result


def attempt(verdict: Verdict) -> tuple:
    """A new mistake starts with its question, however many came before it."""
    return (verdict.exercise, *verdict.names)


def remember(verdict: Verdict):
    attempts[attempt(verdict)] += 1
    if verdict.right:
        for key in [key for key in attempts if key[0] == verdict.exercise]:
            del attempts[key]


def in_notebook() -> bool:
    """Is there a front end that shows HTML?"""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def verdict_on(name, namespace: dict) -> tuple[Verdict, str]:
    """The verdict on a name of this namespace, and what the answer printed meanwhile."""
    name = getattr(name, "__name__", name)
    exercise = exercises().get(name)
    if exercise is None:
        return unknown(name), ""
    function = namespace.get(name)
    if isinstance(function, Lent):
        function = namespace[name] = function.kept
    printed = io.StringIO()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for tensors as small as these, threads only wait for each other
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            verdict = examined(exercise, function, namespace)
    finally:
        torch.set_num_threads(threads)
    mend_first(verdict, source_of(function), verdicts)
    verdicts[name] = verdict
    if not verdict.begun:
        namespace[name] = Lent(exercise.reference, function)
    if verdict.status not in ("unwritten", "unusable"):  # a misspelt name is no attempt
        remember(verdict)
    chapter = chapters().get(exercise.module)
    verdict.reread = verdict.reread or (chapter.exercises.get(name, "") if chapter else "")
    lines = list(dict.fromkeys(printed.getvalue().splitlines()))  # it was called many times
    return verdict, "\n".join(lines[:8])


def examined(exercise: Exercise, function, namespace: dict) -> Verdict:
    if exercise.in_prose:
        return judge(exercise, answer_of(function))
    if function is None:
        note = f"There is no `{exercise.name}` yet: run the cell that defines it, then this one."
        return unusable(exercise, note)
    if leaning := leans_on(function, namespace, shown_only(exercise, namespace)):
        names = ", ".join(f"`{name}`" for name in sorted(leaning))
        one = "comes from a cell that is not graded: define or import it"
        more = "come from cells that are not graded: define or import them"
        advice = one if len(leaning) == 1 else more
        return unusable(exercise, f"{names} {advice} in the cell of your answer.")
    files = {code.co_filename for code in codes(function)}
    room = Here(namespace, owns=lambda filename: filename in files or "ipykernel" in filename)
    return judge(exercise, Answer(room, exercise.name), PUBLIC_SEED, source_of(function))


def unusable(exercise: Exercise, note: str) -> Verdict:
    return Verdict(exercise.name, exercise.title, exercise.points, status="unusable", notes=[note])


def unknown(name) -> Verdict:
    near = difflib.get_close_matches(str(name), exercises(), n=3, cutoff=0.4)
    known = ", ".join(f"`{other}`" for other in near or sorted(exercises()))
    note = f"No exercise is called `{name}`. Did you mean one of these: {known}?"
    return Verdict(str(name), "Unknown exercise", 0.0, status="unusable", notes=[note])


def source_of(function) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
