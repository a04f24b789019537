"""Small edits of a reference, by what they are made of."""

import pytest

from autograder.author.mutants import mutants


def edits(line):
    return {mutant.edit for mutant in mutants(f"def f(a, b, x):\n    return {line}\n")}


@pytest.mark.parametrize("call", ["min(a, b)", "math.gcd(a, b)", "torch.maximum(a, b)"])
def test_arguments_whose_order_is_nothing_are_not_swapped(call):
    """Is no mutant made that is right all the same?"""
    assert not any("swapped" in edit for edit in edits(call))


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("x.sum(dim=1)", "mean for sum: x.sum(dim=1)"),
        ("x.mean()", "sum for mean: x.mean()"),
        ("min(x)", "max for min: min(x)"),
        ("x.amax(0)", "amin for amax: x.amax(0)"),
        ("all(x)", "any for all: all(x)"),
        ("x.topk(2, largest=True)", "False for: True"),
        ("min(a, b)", "argument 1 alone: min(a, b)"),
        ("min(a, b)", "argument 2 alone: min(a, b)"),
        ("pow(a, b)", "arguments swapped: pow(a, b)"),
    ],
)
def test_natural_slips_are_made(line, edit):
    """Is the slip among them that a tired author would make?"""
    assert edit in edits(line)


def test_a_builtin_that_has_no_twin_is_left_alone():
    """Is `mean` not put where Python knows no `mean`?"""
    assert "mean for sum: sum(x)" not in edits("sum(x)")
