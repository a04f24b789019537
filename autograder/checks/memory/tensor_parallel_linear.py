"""Checks and misconceptions for `tensor_parallel_linear`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def pieces(W, sizes, split):
    """W (O, I) in pieces of these sizes."""
    return [each.clone() for each in W.split(sizes, dim=0 if split == "column" else 1)]


def layers(g):
    def layer(split, sizes, other, *leading):
        """Outputs or inputs of these sizes, `other` of what is not divided."""
        O, I = (sum(sizes), other) if split == "column" else (other, sum(sizes))
        W, bias = torch.randn(O, I, generator=g), torch.randn(O, generator=g)
        return torch.randn(*leading, I, generator=g), pieces(W, sizes, split), bias, split

    return {
        '`split` is "column", for two ranks': layer("column", (3, 3), 4, 2),
        '`split` is "row", for two ranks': layer("row", (2, 2), 5, 3),
        '`split` is "column", and one rank has all': layer("column", (5,), 3, 2),
        '`split` is "row", and one rank has all': layer("row", (3,), 7, 2),
        '`split` is "column", and the pieces are unlike': layer("column", (2, 5, 1), 6, 4),
        '`split` is "row", and the pieces are unlike': layer("row", (1, 4, 2), 3, 5),
        '`split` is "column", for texts of several tokens': layer("column", (4, 4, 4), 5, 2, 3),
        '`split` is "row", for texts of several tokens': layer("row", (3, 3, 3), 8, 2, 4),
        '`split` is "row", and x is a single vector': layer("row", (2, 3), 4),
    }


linear = Exercise(
    "memory.tensor_parallel_linear", fast_track=True,
    title="One matrix on several chips",
    points=2, difficulty=2, minutes=15, examples=layers,
)  # fmt: skip

linear.leave_out("one O", "the pieces have as many outputs as the bias")
linear.excuse("zip(", "there is a piece of x or of the bias for each piece of W")


@linear.oracle("torch.nn.functional.linear with the whole matrix")
def _(x, shards, bias, split):
    return F.linear(x, torch.cat(shards, dim=0 if split == "column" else 1), bias)


def matrix(O=6, I=10):
    return torch.randn(O, I), torch.randn(3, I), torch.randn(O)


@linear.claim("whichever way the same matrix is cut, and into however many pieces, y is the same")
def _(answer):
    W, x, b = matrix()
    other, whole, *cut = answer.each(
        (x, [W], b + 1, "column"),
        (x, [W], b, "column"),
        (x, pieces(W, (2, 3, 1), "column"), b, "column"),
        (x, pieces(W, (4, 1, 5), "row"), b, "row"),
        (x, pieces(W, (5, 5), "row"), b, "row"),
    )
    for y in cut:
        agree(y, whole)
    differ(other, whole)


@linear.claim("where x is 0 nothing but the bias comes out, and once")
def _(answer):
    W, x, b = matrix()
    for split, sizes in (("column", (2, 4)), ("row", (3, 3, 4))):
        agree(answer(0 * x, pieces(W, sizes, split), b, split), b.expand(3, -1))


@linear.claim('if `split` is "row", a rank adds its own share of every output')
def _(answer):
    W, x, b = matrix()
    shards = pieces(W, (4, 6), "row")
    both, first = answer.each((x, shards, b, "row"), (x, [shards[0], 0 * shards[1]], b, "row"))
    agree(both - first, x[:, 4:] @ W[:, 4:].T)
    differ(both, first)


@linear.claim('if `split` is "column", a rank decides its own outputs and no others')
def _(answer):
    W, x, b = matrix()
    shards = pieces(W, (2, 4), "column")
    y, other = answer.each((x, shards, b, "column"), (x, [shards[0], 2 * shards[1]], b, "column"))
    agree(other[:, :2], y[:, :2])
    agree(other[:, 2:] - y[:, 2:], x @ W[2:].T)


@linear.claim("for an x without rows y has none either, and O columns", universal=True)
def _(answer):
    W, x, b = matrix()
    for split, sizes in (("column", (2, 4)), ("row", (3, 7))):
        assert answer(x[:0], pieces(W, sizes, split), b, split).shape == (0, 6)
