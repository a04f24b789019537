"""Edits: where they stand in the text, and that what they make is Python."""

import ast

import pytest

from autograder.exercise import exercises
from autograder.repair.agreement import agreed, change_of, narrowed
from autograder.repair.edits import change, edits_of, groups_of, without_running
from autograder.repair.text import Edit, Source

BUILT = [e for e in exercises().values() if e.kind == "build"]
MOST_READ = 300  # of its edits
# a fragment of an answer, and what one of its edits makes of it
MADE = {
    "x.sum(0)": "x.sum(1)",
    "x.sum()": "x.sum(dim=-1)",
    "x.softmax(dim=0)": "x.softmax(dim=1)",
    "x.mean(1, keepdim=True)": "x.mean(1)",
    "x[1:]": "x[:]",
    "x < y": "x <= y",
    "x - y": "y - x",
    "x + y * 2": "x - y * 2",
    "(x - y).exp()": "(x + y).exp()",
    "x.T @ y": "x.mT @ y",
    "torch.maximum(x, y)": "torch.maximum(y, x)",
    "range(len(x))": "range(1, len(x))",
    "x and y": "x or y",
    "x if y else 0": "0 if y else x",
    "[a for a in x if a]": "[a for a in x if not a]",
    "torch.exp(x.sum(0))": "torch.exp(x).sum(0)",
    "x.sum(0).exp()": "x.exp().sum(0)",
    "é + x": "é - x",  # more bytes than letters
}


def edited(source: str, **told) -> list[str]:
    edits = edits_of(Source(source), "f", "def f(x, y):\n    return x\n", **told)
    return [edit.applied(source) for edit in edits]


@pytest.mark.parametrize("fragment", MADE)
def test_what_learners_mistake_is_tried(fragment):
    """Is the usual other way among the edits, with the rest of the line as it was?"""
    source = "def f(x, y):\n    é = 0\n    z = {}  # a note\n    return z\n"
    assert source.format(MADE[fragment]) in edited(source.format(fragment))


def test_lines_are_moved():
    """Does a line leave its loop, and one below enter it?"""
    source = "def f(x, y):\n    for a in x:\n        y += a\n        y *= 2\n    return y\n"
    made = edited(source)
    assert source.replace("        y *= 2", "    y *= 2") in made
    assert source.replace("        y += a\n        y *= 2", "        y *= 2") in made


@pytest.mark.parametrize("exercise", BUILT, ids=lambda e: e.name)
def test_few_edits_cannot_be_read(exercise):
    """Are nearly all edits of every reference Python, and is there an edit at all?"""
    source = Source(exercise.solution)
    edits = edits_of(source, exercise.name, exercise.solution)
    bad, tried = 0, edits[:: -(-len(edits) // MOST_READ)]
    for edit in tried:
        try:
            ast.parse(edit.applied(source.text))
        except SyntaxError:
            bad += 1
    assert len(edits) > 20
    assert bad <= 0.05 * len(tried)


def test_the_line_that_raised_comes_first():
    """Is what stands on the line of an error tried before what costs as much elsewhere?"""
    source = "def f(x, y):\n    a = x.sum(0)\n    return a.sum(0)\n"
    first = edits_of(Source(source), "f", "def f(x, y): return x", line=3)[0]
    assert source[: first.start].count("\n") == 2


def test_what_runs_is_left_out_and_nothing_moves():
    """Is only what defines something run again, on the lines where it stood?"""
    cell = "import math\nprint('é')\nLIMIT = 3\ntable = make()\n\ndef f(x):\n    return x\nf(1)\n"
    kept = without_running(cell)
    assert len(kept) == len(cell)
    assert kept.split() == ["import", "math", "LIMIT", "=", "3", "def", "f(x):", "return", "x"]
    assert kept.index("def f") == cell.index("def f")


def test_one_change_in_two_places_is_one_group():
    """Are edits that do the same to two places found together?"""
    source = Source("def f(x, y):\n    return x.detach() + y.detach()\n")
    groups = groups_of(source, edits_of(source, "f", "def f(x, y): return x"), 4)
    assert [".detach()", ""] in [list(change(source.text, group[0])) for group in groups]


def test_places_apart_are_no_place():
    """Is nothing said where equally likely repairs lie far apart?"""
    source = Source("def f(x):\n    a = x + 1\n    b = a\n    c = b\n    return c - 1\n")
    one = Edit(21, 22, "2", "number", 1.0)
    other = Edit(55, 56, "2", "number", 1.2)
    unlikely = Edit(55, 56, "2", "number", 4.0)
    assert agreed(source, [(one,), (other,)]) is None
    assert agreed(source, [(one,), (unlikely,)]).line == 2
    assert agreed(source, []) is None


@pytest.mark.parametrize(("old", "new", "spot"), [
    ("e.sum(0) + 1e-3", "e.sum(0)", "+ 1e-3"),
    ("x.squeeze()", "x.squeeze(dim=-1)", ".squeeze()"),
    ("x.squeeze()", "x", ".squeeze()"),
    ("(a / b).squeeze()", "a / b", ".squeeze()"),
    ("round(sum(x))", "sum(x)", "round"),
    ("a - b", "b - a", "a - b"),
    ("mean.sum", "mean.norm", "sum"),
    ("0", "1", "0"),
    ("a < b", "a <= b", "<"),
])  # fmt: skip
def test_the_spot_is_what_changes(old, new, spot):
    """Is as little marked as the change touches, in whole words?"""
    begin, end = narrowed(old, new)
    assert old[begin:end] == spot


def test_an_edit_is_said_in_words():
    """Is what is put in, and in the place of what, said?"""
    source = Source("def f(x):\n    return x.sum(0)\n")
    assert change_of(source, Edit(27, 28, "1", "axis", 1.0)) == "with `1` in place of `0`"
