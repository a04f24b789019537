"""`predict`: a guess before counting, and what is said of it."""

import math

import pytest
from nbformat.v4 import new_notebook
from small_exercises import made, sharing

from autograder.course.examine import running_cells
from autograder.course.master import filled
from autograder.course.notebook import exercise_cells
from autograder.home import predict as guess
from autograder.home.predict import predict


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
        (0, "You said 0 kWh, counting gives 449 800 kWh: not nothing.\nNo ratio can be formed with 0."),
        (-3, "-3 came; give a number that is not below 0"),
        (10**400, "inf came; give a number that is not below 0 and not infinite."),
        (math.nan, "nan came; give a number that is not below 0"),
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


def test_a_guess_is_no_answer(notebook):
    """Is a changed guess shown in its place, and is what it defines there, as at home?"""
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
    assert [cell.name for cell in running_cells(notebook)] == ["added 1"], "the answer is as given"
