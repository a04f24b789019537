"""Kinds of exercises beside building: what each gives a learner, and how it is judged."""

import ast
import math
import time

import pytest
from answers import with_bodies
from frame_solutions import kinds
from nbformat.v4 import new_notebook

from autograder import guess, home, sandbox
from autograder.answer import Answer, Here, answer_of
from autograder.card import as_html, as_text
from autograder.catches import TooMuch, bounded
from autograder.examine import running_cells
from autograder.examiner import Examiner
from autograder.exercise import Exercise
from autograder.guess import predict
from autograder.kinds import length_of
from autograder.master import filled
from autograder.notebook import exercise_cells
from autograder.workers import Starter

PLAIN = {"title": "A title", "difficulty": 1, "minutes": 5, "package": "frame_solutions"}
WIDTHS = {"heads share evenly": (12, 3), "heads cannot share": (10, 4)}


def made(kind, name="head_width", **given):
    needed = {} if kind in ("write", "examine") else {"examples": lambda g: WIDTHS}
    points = {} if kind == "write" else {"points": 2}
    return Exercise(f"kinds.{name}", kind=kind, **PLAIN | needed | points | given)


def sharing(kind="build", **given):
    exercise = made(kind, **given)

    @exercise.misconception(seen="And the rest?", why="Refuse.", broken="never refuses")
    def never_refuses(width, heads):
        # what is left over is lost
        return width // heads

    exercise.slip("width // heads", "width - heads", name="minus", seen="Is that a share?",
                  why="Divide.", broken="takes away where it should divide")  # fmt: skip

    @exercise.misconception(seen="What is `w`?", why="Call it width.")
    def other_names(w, h):
        return w

    @exercise.alternative
    def by_divmod(width, heads):
        each, rest = divmod(width, heads)
        if rest:
            raise ValueError("they cannot share")
        return each

    return exercise


# ---- declared wrongly


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (lambda: made("guess"), "No exercise is of kind 'guess'. There is: build, debug, predict"),
        (lambda: made("write", rubric={"a": 1, "b": 2}, points=2), "2 points, and 3 in its rubric"),
        (lambda: made("examine", of="x", broken=()), "leaves nothing to catch"),
        (lambda: made("examine", of="nothing", broken=("x",)).examined, "of='nothing' is no exer"),
        (lambda: made("examine", of=sharing(), broken=("x",)).broken_ones, "'x' is no misconcept"),
        (lambda: made("examine", of=sharing(), broken=("other_names",)).broken_ones, 'broken="me'),
        (lambda: sharing("debug", start="x").begins, "start='x' is none of never_refuses, minus"),
        (lambda: sharing("debug", start="other_names").released, r"takes \['w', 'h'\], head_width"),
        (lambda: made("predict", question="?", unit="", counted=lambda: 0).count, "it counts 0"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_work_says_why(declared, message):
    """Does an author read what is wrong, and what would fit?"""
    with pytest.raises(ValueError, match=message):
        declared()


# ---- debug


@pytest.mark.parametrize("start", ["never_refuses", "minus"])
def test_wrong_code_is_released_under_the_references_own_head(start):
    """Are signature and docstring the reference's, and the body that of the mistake?"""
    exercise = sharing("debug", start=start)
    (released,) = ast.parse(exercise.released).body
    assert released.name == "head_width"
    assert ast.get_docstring(released) == kinds.head_width.__doc__
    namespace = {}
    exec(exercise.released, namespace)
    assert namespace["head_width"](12, 3) == {"never_refuses": 4, "minus": 9}[start]
    assert ("# what is left over is lost" in exercise.released) == (start == "never_refuses")


@pytest.fixture
def notebook(monkeypatch):
    """A learner's namespace, in which the exercises of this file are the course's."""

    def begin(*exercises):
        known = {exercise.name: exercise for exercise in exercises}
        monkeypatch.setattr(home, "exercises", lambda: known)
        monkeypatch.setattr(guess, "exercises", lambda: known)
        for kept in (home.attempts, home.verdicts, guess.guesses):
            kept.clear()
        names = {"__name__": "__main__"}
        exec("from autograder import check, hint, predict, solution", names)
        return names

    return begin


def test_untouched_wrong_code_is_explained_and_lent_over(notebook, capsys):
    """Do the cells below run, is the case shown, and does a change end the lending?"""
    exercise = sharing("debug", start="never_refuses")
    names = notebook(exercise)
    exec(exercise.released, names)
    exec("result = check('head_width')", names)
    said = capsys.readouterr().out
    assert names["result"] == 0
    assert "It does what it did when you got it. (0 of 2 points)" in said
    assert "a value came back; ValueError was to be raised." in said
    assert "And the rest?" in said
    assert "The cells below use the book's function until you have changed this one." in said
    with pytest.raises(ValueError, match="cannot share"):
        names["head_width"](10, 4)
    exec("check('head_width')", names)
    assert "Refuse." in capsys.readouterr().out, "the second check tells the cause"
    exec(exercise.slipped(exercise.slips[0]), names)
    exec("check('head_width')", names)
    assert "The cells below now run with your version." in capsys.readouterr().out
    assert names["head_width"](12, 3) == 9
    exec(exercise.solution, names)
    exec("result = check('head_width')", names)
    assert names["result"] == 2


# ---- predict


def counting(**given):
    return made("predict", **{"question": "How much?", "unit": "kWh", "counted": lambda: 449_800.0}
                | given)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "Put your number in place of `None`, such as `predict(\"head_width\", 500)`"),
        (500, "You said 500 kWh, counting gives 449 800 kWh: 900 times too little."),
        (4.498e6, "10 times too much."),
        (450_000, "within 10 %."),
        (409_000, "within 10 %."),
        (400_000, "1.1 times too little."),
        (900_000, "The right order of magnitude"),
        (1e-3, "You said 0.001 kWh"),
        ("many", "`'many'` came; a number is wanted"),
        ("`<b>`", "came; a number is wanted"),
        (True, "`True` came; a number is wanted"),
        ([3], "`[3]` came; a number is wanted"),
        (0, "0 came; give a number above 0"),
        (-3, "-3 came; give a number above 0"),
        (10**400, "inf came; give a number above 0 that is not infinite."),
        (math.nan, "nan came; give a number above 0"),
    ],
)  # fmt: skip
def test_a_guess_is_answered_by_its_factor(notebook, number, words, capsys):
    """Does a learner read by what factor a guess is off, and what is wanted where it is none?"""
    notebook(counting())
    said = predict("head_width", number)
    printed = capsys.readouterr().out.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert words in printed
    shown = said._repr_mimebundle_()
    assert "<b>" not in shown["text/html"]
    assert shown["text/plain"] == repr(said)
    assert 'class="bh-card predict"' in shown["text/html"]


def test_the_first_guess_is_remembered_and_costs_nothing(notebook, capsys):
    """Is the guess before counting kept apart, and the function judged as always?"""
    exercise = counting()
    names = notebook(exercise)
    exec(exercise.solution, names)
    exec("predict(head_width, 500); predict('head_width', 449_000); r = check('head_width')", names)
    said = capsys.readouterr().out
    assert "Your first guess was 500 kWh." in said
    assert guess.guesses == {"head_width": 500}
    assert names["r"] == 2


def test_a_name_without_a_question_is_told_so(notebook, capsys):
    """Does `predict` of another exercise say which ones ask for a number?"""
    notebook(sharing(), counting(name="squash"))
    predict("head_width", 3)
    assert "`head_width` asks for no number. Exercises that ask for a number: `squash`." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("counted", [lambda: 3, lambda reference: reference(12, 4)])
def test_a_count_may_be_made_with_the_reference(counted):
    """May the number come from a call of the book's function, or from elsewhere?"""
    assert counting(counted=counted).count == 3


def test_a_guess_is_no_code_of_the_learners(notebook):
    """Is a changed guess shown in its place, and never run where answers run?"""
    master = new_notebook(cells=exercise_cells(counting()))
    cell = master.cells[1]
    assert cell.source == 'predict("head_width", None)'
    submitted = [
        {"type": c.cell_type, "id": c.metadata.get("nbgrader", {}).get("grade_id", ""),
         "source": c.source} for c in master.cells
    ]  # fmt: skip
    submitted[1] |= {"id": "head_width, a guess", "source": "mine = 3\npredict('head_width', mine)"}
    notebook = filled(master, submitted)
    assert len(notebook.cells) == 4
    assert notebook.cells[1].source == submitted[1]["source"]
    assert [cell.name for cell in running_cells(notebook)] == ["head_width"]


# ---- write


def essay():
    return made("write", name="summary", rubric={"It says why.": 2, "It gives a number.": 1})


def test_a_check_of_a_text_says_who_reads_it(notebook, capsys):
    """Is a learner who calls `check` told how a text is graded, and shown no score?"""
    names = notebook(essay())
    exec("result = check('summary'); hint('summary')", names)
    said = capsys.readouterr().out
    assert "This one is read by a person. (up to 3 points)" in said
    assert "It says why. (2)" in said
    assert names["result"] == 0
    exec("solution('summary')", names)
    assert capsys.readouterr().out.strip() == "Three *numbers*\nsay more than one."


def test_the_task_and_the_rubric_stand_above_the_cell_for_the_text():
    """Does a learner see what is asked and what is looked for, before writing?"""
    task, answer = exercise_cells(essay())
    assert task.cell_type == answer.cell_type == "markdown"
    assert task.source.index("What do numbers say?") < task.source.index("- It says why. (2)")
    own = answer.metadata["nbgrader"]
    assert (own["grade"], own["solution"], own["locked"], own["points"]) == (True, True, False, 3)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("One.", 1), ("- a *b* — c-d\n\n1. e's $x$", 6)]
)
def test_words_are_counted_as_a_reader_would(text, count):
    """Are dashes, bullets and formulas no reason for a quarrel?"""
    assert length_of(text).startswith(f"{count} word")


# ---- examine

TESTS = {  # the learner's lines, points at three misconceptions of equal weight, what is said
    "nothing": (["pass"], 0, "It catches 0 of 2."),
    "all": (["assert False, 'no'"], 0, "It refuses every implementation, the right ones too."),
    "raises": (["return never_defined"], 0, "Your code raised an error."),
    "too strict": (["assert f(12, 3) == 4.5"], 0, "It refuses every implementation"),
    "half": (["assert f(12, 3) == 4"], 1, "It catches 1 of 2."),
    "all of it": (["assert f(12, 3) == 4", "try:", "    f(width=10, heads=4)",
                   "except ValueError:", "    return", "raise AssertionError"], 2,
                  "All of it holds."),
    "by another error": (["if f(12, 3) != 4:", "    raise LookupError('broken')"], 0,
                         "A LookupError was raised."),
    "by its name": (["assert 'minus' not in f.__name__ + repr(f) + str(type(f))"], 0,
                    "It catches 0 of 2."),
    "by its code": (["import inspect", "try:", "    text = inspect.getsource(f)",
                     "except (OSError, TypeError):", "    text = ''", "assert 'width -' not in text"],
                    0, "It catches 0 of 2."),
    "with too much": (["f([0] * 10_000, 2)"], 0, "more than 4096 numbers and letters"),
}  # fmt: skip


@pytest.fixture(scope="module")
def examining():
    return made("examine", name="examine_width", of=sharing(), broken=("never_refuses", "minus"))


@pytest.fixture(scope="module")
def room():
    tier = None if sandbox.available() else sandbox.NONE
    with (
        Starter(tier, sandbox.Limits(wall_seconds=600)) as starter,
        Examiner(starter, [], 1) as examiner,
    ):
        yield examiner.prepared()


def judged(exercise, source, room, seed=5):
    here = Here({"__name__": "__main__"})
    for place in (here, room):
        question = {"verb": "run", "cells": [[exercise.name, source]]}
        assert place.ask(question) == {"value": []}
    return [exercise.grade(Answer(r, exercise.name), seed, source) for r in (here, room)]


@pytest.mark.parametrize("case", TESTS)
def test_a_test_earns_what_it_catches_at_home_and_in_a_worker(case, examining, room):
    """Is a learner's test judged by what it lets pass, the same on both sides of the wire?"""
    lines, earned, said = TESTS[case]
    source = with_bodies(examining, *lines)
    here, there = judged(examining, source, room)
    for verdict in (here, there):
        assert verdict.earned == earned, verdict
        assert said in as_text(verdict, everything=True), as_text(verdict)
        assert "This is none of the mistakes" not in as_text(verdict, True) or case == "raises"
    assert as_html(here) == as_html(there)


def test_the_call_that_refused_a_right_one_is_shown(examining, room):
    """Does a learner see the line, the arguments and what came back?"""
    source = with_bodies(examining, "value = f(12, 3)", "assert value == 5 or f(4, 2) == 3")
    for verdict in judged(examining, source, room):
        assert verdict.error["text"] == "assert value == 5 or f(4, 2) == 3"
        assert verdict.notes == ["The last call before that, which is right: "
                                 "`head_width(4, 2) gave 2`."]  # fmt: skip


def test_what_gets_through_is_asked_for(examining, room):
    """Is the catch named, and the miss put as a question?"""
    for verdict in judged(examining, with_bodies(examining, "assert f(12, 3) == 4"), room):
        assert verdict.holds == ["lets 2 right implementations pass",
                                 "catches code that takes away where it should divide"]  # fmt: skip
        assert verdict.seen == [
            "Code that never refuses gets through. What would you have to ask it?"
        ]


def test_what_breaks_down_in_a_test_is_caught_by_it(room):
    """Does a test have to expect every error that broken code may raise?"""
    shared = sharing()

    @shared.misconception(seen="By what?", why="By the heads.", broken="divides by nothing")
    def by_nothing(width, heads):
        return width // 0

    examining = made("examine", name="examine_width", of=shared, broken=("by_nothing", "minus"))
    for verdict in judged(examining, with_bodies(examining, "f(12, 3)"), room):
        assert verdict.holds[1:] == ["catches code that divides by nothing"]
        assert verdict.earned == 1


def test_a_test_that_is_not_written_is_that(examining, room):
    """Is a stub told apart from a test that refuses everything?"""
    source = with_bodies(examining, "raise NotImplementedError()")
    for verdict in judged(examining, source, room):
        assert (verdict.status, verdict.earned) == ("unwritten", 0)


def test_counting_calls_catches_nothing(examining):
    """Are implementations given in an order that nobody can learn?"""
    orders = []
    for seed in range(1, 9):
        seen = []
        examining.grade(answer_of(lambda f, seen=seen: seen.append(f(12, 3))), seed)
        assert sorted(seen) == [4, 4, 4, 4, 4, 9]
        orders.append(seen.index(9))
    assert len(set(orders)) > 2


def test_a_call_of_ours_with_their_arguments_is_bounded():
    """Do a loop that does not end and a request for all memory end as errors of that call?"""
    begun = time.monotonic()
    with pytest.raises(TooMuch), bounded():
        sum(1 for _ in iter(int, 1))
    assert time.monotonic() - begun < 10
    with pytest.raises(MemoryError), bounded():
        bytearray(2**33)
    bytearray(2**20)
