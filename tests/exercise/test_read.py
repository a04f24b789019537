"""A plot to be read: which curve is which, and what is said to a reading."""

import re

import pytest
from frame_solutions import kinds
from small_exercises import made, sharing

from autograder.course.notebook import exercise_cells
from autograder.home.read_plot import read_plot

SHARES = {"half is left": (0.5,), "little is left": (0.3,)}
CURVES = [
    ("", "each step leaves a part", "it is a straight line on this axis."),
    ("takes_away", "each step takes the same away", "it bends down and ends."),
    ("one_late", "it begins one step late", "it lies above the first, and begins at 1 twice."),
]


def reading(name="kept", curves=CURVES, **given):
    exercise = made("read", name, **{
        "examples": lambda g: SHARES, "question": "What is left?", "curves": curves,
        "drawn": lambda answer: answer(0.9), "axes": ("steps", "what is left"),
    } | given)  # fmt: skip

    @exercise.misconception(seen="Is it a share?", why="It is.")
    def takes_away(part):
        return [1 - (1 - part) * step for step in range(10)]

    @exercise.misconception(seen="Where does it begin?", why="At once.")
    def one_late(part):
        return [part ** max(0, step - 1) for step in range(10)]

    return exercise


def answers(exercise, wrong=()):
    return {x: 1 + n % 3 if x in wrong else n for x, n in exercise.letters.items()}


def test_the_curves_are_drawn_by_the_code_that_they_belong_to():
    """Does each letter show what its description says?"""
    exercise = reading()
    assert sorted(exercise.letters) == ["A", "B", "C"]
    right = next(x for x, number in exercise.letters.items() if number == 1)
    assert exercise.lines[right] == kinds.kept(0.9)
    picture = exercise.picture
    assert picture.startswith("<svg")
    assert re.search(
        r"aria-label=\"Curves by letter. what is left at steps 0, 2, 4, 7, 9.", picture
    )


def test_a_plot_is_shown_before_it_is_read(notebook, capsys):
    """Does the cell as released show what may be what?"""
    notebook(reading())
    said = read_plot("kept", A=None, B=None, C=None)
    printed = capsys.readouterr().out
    assert "2. each step takes the same away" in printed
    assert "Put the number of a description in place of each `None`" in printed
    shown = said._repr_mimebundle_()["text/html"]
    assert "<svg" in shown
    assert 'class="bh-card read"' in shown


def test_a_right_reading_hears_by_what_it_is_seen(notebook, capsys):
    """Does a learner who was right learn why?"""
    exercise = reading()
    notebook(exercise)
    read_plot("kept", **answers(exercise))
    printed = capsys.readouterr().out
    assert all(tell in printed for _, _, tell in CURVES)
    assert "All of them. Now write the function" in printed


def test_a_wrong_reading_may_look_again_before_it_is_told(notebook, capsys):
    """Is the first mistake a question, and the second one answered?"""
    exercise = reading()
    notebook(exercise)
    given = answers(exercise, wrong="A")
    read_plot("kept", **given)
    printed = capsys.readouterr().out
    assert "A does not show" in printed
    assert exercise.told("A") not in printed
    read_plot("kept", **given)
    assert f"Not {given['A']}. {exercise.told('A')}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"D": 1}, "There is no curve `D`: it is A, B, C."),
        ({"A": 4}, "`A=4` came; give a number from 1 to 3."),
        ({"A": "two"}, "`A='two'` came; give a number from 1 to 3."),
        ({"A": True}, "`A=True` came"),
        ({"A": 1}, "Still to be read: B, C."),
    ],
)
def test_what_is_no_reading_says_what_is_one(notebook, given, words, capsys):
    """Does a learner read what came, and what fits?"""
    notebook(reading())
    read_plot("kept", **given)
    assert words in capsys.readouterr().out


def test_a_name_without_a_plot_is_told_so(notebook, capsys):
    """Does another exercise say which ones have a plot?"""
    notebook(sharing(), reading())
    read_plot("head_width", A=1)
    assert "`head_width` has no plot. Exercises with a plot: `kept`." in capsys.readouterr().out


def test_the_notebook_asks_first_and_the_book_folds_the_answers():
    """Does the plot come before the function, with what may be what?"""
    exercise = reading()
    said, ask, _, _ = exercise_cells(exercise)
    assert "**What is left?**\n\n1. each step leaves a part" in said.source
    assert ask.source == 'read_plot("kept", A=None, B=None, C=None)'
    kinds_of_parts = [kind for kind, _ in exercise.on_card]
    assert kinds_of_parts[-2:] == ["picture", "Which is which"]


def test_a_curve_of_nothing_says_so():
    """Does an author who misspells a misconception read its name?"""
    with pytest.raises(ValueError, match="'nothing' is no misconception"):
        _ = reading(curves=[*CURVES, ("nothing", "x", "y")]).lines
