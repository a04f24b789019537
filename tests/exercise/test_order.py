"""Lines to be put in order: how they are released, and how moved lines are judged."""

import ast
import linecache

import pytest
from frame_solutions import kinds
from small_exercises import made

from autograder.course.notebook import exercise_cells

VALUES = {"three values come": ([1.0, 2.0, 6.0],), "they are far apart": ([-4.0, 0.0, 9.0, 1.0],)}


def ordering(name="centred", extra=("away = sorted(values)",), **given):
    exercise = made("order", name, **{"examples": lambda g: VALUES, "extra": extra} | given)

    @exercise.misconception(seen="What becomes 1?", why="The largest distance does.")
    def by_the_largest_value(values):
        mean = sum(values) / len(values)
        return [(value - mean) / max(values) for value in values]

    return exercise


def typed_in(names, source):
    """As a notebook runs a cell, whose text Python can find again."""
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    exec(compile(source, "<cell>", "exec"), names)


def test_all_lines_are_there_and_none_is_where_it_belongs():
    """Are the statements the reference's and the strangers, without the comments that tell all?"""
    exercise = ordering()
    given = ast.parse(exercise.released).body[0]
    right = ast.parse(exercise.solution).body[0]
    assert ast.get_docstring(given) == kinds.centred.__doc__
    mixed = [ast.unparse(one) for one in given.body[1:]]
    wanted = [ast.unparse(one) for one in right.body[1:]]
    assert sorted(mixed) == sorted([*wanted, "away = sorted(values)"])
    assert not any(one == other for one, other in zip(mixed, wanted, strict=False))
    assert "becomes 1" not in exercise.released
    assert exercise.released == ordering().released, "the same for everybody"


def test_lines_that_nobody_moved_are_lent_over(notebook, capsys):
    """Do the cells below run as long as the lines are as they were, and earn nothing?"""
    exercise = ordering()
    names = notebook(exercise)
    typed_in(names, exercise.released)
    exec("result = check('centred')", names)
    assert names["result"] == 0
    said = capsys.readouterr().out
    assert "The lines are as you got them. (0 of 2 points)" in said
    assert "The cells below use the book's function until you have changed this one." in said
    assert names["centred"]([1.0, 2.0, 6.0])[2] == 1
    exec(exercise.solution, names)
    exec("result = check('centred')", names)
    assert names["result"] == 2
    assert "All of it holds." in capsys.readouterr().out


def test_the_notebook_says_how_many_lines_are_too_many():
    """Does a learner know whether all lines are needed?"""
    (said, _, _) = exercise_cells(ordering())
    assert "in a wrong order, and there is 1 line too many. Move them and delete" in said.source
    (said, _, _) = exercise_cells(ordering(extra=()))
    assert "in a wrong order. Move them, run the cell" in said.source


def test_the_card_shows_the_lines_but_not_their_order():
    """Can a reader of the book try it without the notebook?"""
    parts = ordering().on_card
    assert parts[-2] == ("text", "Its lines, in a wrong order, of which 1 line does not belong:")
    assert "def centred" not in parts[-1][1]
    assert "away = sorted(values)" in parts[-1][1]


@pytest.mark.parametrize(
    ("name", "message"), [("Affine", "only the statements of a function"), ("kept", "too few")]
)
def test_what_cannot_be_put_in_order_says_why(name, message):
    """Does an author read what is wrong?"""
    with pytest.raises(ValueError, match=message):
        _ = made("order", name).released
