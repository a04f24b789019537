"""Kinds of exercises beside building: what each gives a learner, and how it is judged."""

import ast

import pytest
from frame_solutions import kinds
from small_exercises import made, sharing

from autograder.course.notebook import exercise_cells
from autograder.exercise.kinds.write import length_of

# ---- declared wrongly


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (lambda: made("guess"), "No exercise is of kind 'guess'. There is: build, choose, debug"),
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
