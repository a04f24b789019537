"""`check`, `hint` and `solution`, as a learner calls them from a notebook or a terminal.

Owns: finding the answer, lending the book's function where it is not written yet, what is
said at which attempt. The verdict itself is the same code as in the gradebook.
"""

import ast
import contextlib
import difflib
import io
import sys
from collections import Counter

from autograder.exercise import Exercise, chapters, exercises
from autograder.home import as_graded
from autograder.home.as_graded import AsGraded, TooLong, one_thread
from autograder.home.card import as_html, as_text
from autograder.home.leaning import (
    advice,
    books_modules,
    codes,
    from_the_book,
    made_of,
    shown_only,
    unread,
)
from autograder.home.searching import can_fork, grow, searched
from autograder.home.standing import note
from autograder.home.validating import tell_validator
from autograder.judge import Verdict, judge
from autograder.judge.answer import Answer, answer_of
from autograder.judge.judging import mend_first
from autograder.repair import unexplained
from autograder.room.worker import source_of

PUBLIC_SEED = 0
ABSENT = object()  # what stands where nothing is defined
attempts = Counter()  # failed checks by exercise and by what was wrong with it
verdicts: dict[str, Verdict] = {}
judged: dict[str, object] = {}  # what the verdicts are on
rooms: dict[str, AsGraded] = {}  # in which it was judged
places: dict[str, "Looked"] = {}


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
    verdict, printed = verdict_on(name, sys._getframe(1).f_globals)
    look_beside(verdict)
    return show(verdict, printed)


def hint(name: str) -> Result:
    """The cause of what is wrong with your function or class of this name, as it is now.

    Where nobody has named the cause, the place is told: where it is, then what to change, then how.
    """
    verdict, printed = verdict_on(name, sys._getframe(1).f_globals, counts=False)
    look_closer(verdict)
    return show(verdict, printed, everything=True)


def solution(name: str) -> None:
    """Print the book's own version. Looking costs nothing."""
    exercise = exercises().get(getattr(name, "__name__", name))
    print(exercise.solution if exercise else unknown(name).notes[0])


def look_beside(verdict: Verdict):
    """Begin to look for the place of what is wrong, where a notebook can show it later."""
    exercise, room = exercises().get(verdict.exercise), rooms.get(verdict.exercise)
    if not (exercise and room and unexplained(exercise, verdict) and can_fork() and in_notebook()):
        return
    place_of = places[verdict.exercise] = Looked(judged.get(verdict.exercise))
    grow(verdict, exercise, room, sys.modules["IPython"].get_ipython(), place_of.keep)


def look_closer(verdict: Verdict):
    """Put the place into a verdict, and with each call say more of it."""
    name = verdict.exercise
    exercise, room = exercises().get(name), rooms.get(name)
    if not (exercise and room and unexplained(exercise, verdict)):
        return
    looked = places.get(name)
    if looked is None or looked.function is not judged.get(name):
        looked = places[name] = Looked(judged.get(name))
    if not looked.done:
        looked.keep(searched(exercise, room))
    verdict.place, verdict.closer = looked.place, min(looked.told, 2)
    looked.told += looked.place is not None


class Looked:
    """What the search for a place has found for one function, and how often it was told."""

    def __init__(self, function):
        self.function = function
        self.place, self.done, self.told = None, False, 0

    def keep(self, place):
        self.place, self.done = place, True


def show(verdict: Verdict, printed: str = "", everything: bool = False) -> Result:
    everything = everything or attempts[attempt(verdict)] > 1
    note(verdicts.values())
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


def verdict_on(name, namespace: dict, counts: bool = True) -> tuple[Verdict, str]:
    """The verdict on a name of this namespace, and what the answer printed meanwhile.

    counts: whether it is an attempt, of which the second is told the cause.
    """
    name = getattr(name, "__name__", name)
    exercise = exercises().get(name)
    if exercise is None:
        return unknown(name), ""
    printed, aside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(aside), one_thread():
        verdict = in_view_of_others(exercise, namespace)
    if counts and verdict.status not in ("unwritten", "unusable"):  # a misspelt name is no attempt
        remember(verdict)
    lines = list(dict.fromkeys(printed.getvalue().splitlines()))  # it was called many times
    return verdict, "\n".join(lines[:8])


def in_view_of_others(exercise: Exercise, namespace: dict) -> Verdict:
    """The verdict, with those that the answer uses looked at as they are now."""
    verdict, source = quietly(exercise, namespace)
    if verdict.right:
        return verdict
    used = (names_in(source) & set(exercises()) & set(namespace)) - {exercise.name}
    lent = False
    for other in sorted(used):
        if not isinstance(namespace[other], Lent) and is_stale(other, namespace):
            with contextlib.redirect_stdout(io.StringIO()):
                lent |= not quietly(exercises()[other], namespace)[0].begun
    if lent:
        verdict, source = quietly(exercise, namespace)
    mend_first(verdict, source, verdicts)
    return verdict


def is_stale(name: str, namespace: dict) -> bool:
    """May the last verdict on a name be another one by now? What is right stays so."""
    return namespace[name] is not judged.get(name) or verdicts[name].status in ("wrong", "raised")


def quietly(exercise: Exercise, namespace: dict) -> tuple[Verdict, str]:
    """A verdict that counts as no attempt, and the answer's own text.

    Where nothing is written yet, the book's function is lent from now on.
    """
    name = exercise.name
    if isinstance(lent := namespace.get(name), Lent):
        namespace[name] = lent.kept
        if lent.kept is ABSENT:
            del namespace[name]
    function = namespace.get(name, ABSENT)
    source = source_of(function)
    verdict = verdicts[name] = examined(exercise, function, namespace, source)
    judged[name] = function
    chapter = chapters().get(exercise.module)
    verdict.reread = verdict.reread or (chapter.exercises.get(name, "") if chapter else "")
    if function is ABSENT or not verdict.begun:
        namespace[name] = Lent(exercise.reference, function)
    return verdict, source


def examined(exercise: Exercise, function, namespace: dict, source: str) -> Verdict:
    if exercise.in_prose:
        return judge(exercise, answer_of(function))
    modules = books_modules(exercise)
    if function is ABSENT:
        if error := unread(exercise.name, exercise, namespace):
            return raised(exercise, error)
        note = f"There is no `{exercise.name}` yet: run the cell that defines it, then this one."
        return unwritten(exercise, note)
    if from_the_book(function, modules):
        return unwritten(exercise, imported(exercise))
    shown = shown_only(exercise, namespace)
    ours = {n for n, value in namespace.items() if from_the_book(value, modules)
            and not isinstance(value, Lent)}  # fmt: skip
    lost = made_of(exercise, namespace, shown | ours)
    if exercise.name in lost:
        error = lost[exercise.name]
        return raised(exercise, error, advice(error, shown, lost, ours))
    files = {code.co_filename for code in codes(function)}
    room = AsGraded(
        namespace, shown | ours | set(lost), modules,
        owns=lambda filename: filename in files or "ipykernel" in filename,
    )  # fmt: skip
    try:
        rooms[exercise.name] = room
        room.ask({"verb": "seed", "seed": PUBLIC_SEED})
        verdict = judge(exercise, Answer(room, exercise.name), PUBLIC_SEED, source)
    except TooLong:
        seconds = f"{as_graded.SECONDS:g} seconds"
        note = f"Your code was stopped after {seconds}. Is there a loop that does not end?"
        return unusable(exercise, note)
    if told := advice(verdict.error, shown, lost, ours):
        verdict.notes.append(told)
    return verdict


def names_in(source: str) -> set[str]:
    try:
        return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def unusable(exercise: Exercise, *notes: str) -> Verdict:
    return Verdict(
        exercise.name, exercise.title, exercise.points, status="unusable",
        notes=[note for note in notes if note],
    )  # fmt: skip


def raised(exercise: Exercise, error: dict, *notes: str) -> Verdict:
    verdict = unusable(exercise, *notes)
    verdict.status, verdict.error = "raised", error
    return verdict


def unwritten(exercise: Exercise, note: str) -> Verdict:
    verdict = unusable(exercise, note)
    verdict.status = "unwritten"
    return verdict


def imported(exercise: Exercise) -> str:
    return f"`{exercise.name}` is the book's own, imported. Write yours in its place."


def unknown(name) -> Verdict:
    near = difflib.get_close_matches(str(name), exercises(), n=3, cutoff=0.4)
    known = ", ".join(f"`{other}`" for other in near or sorted(exercises()))
    note = f"No exercise is called `{name}`. Did you mean one of these: {known}?"
    return Verdict(str(name), "Unknown exercise", 0.0, status="unusable", notes=[note])
