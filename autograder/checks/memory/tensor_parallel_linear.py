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
    }


linear = Exercise(
    "memory.tensor_parallel_linear", fast_track=True,
    title="One matrix on several chips",
    points=2, difficulty=2, minutes=15, examples=layers,
)  # fmt: skip

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


linear.slip(
    "sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias",
    "sum(part @ W.T + bias for part, W in zip(inputs, shards, strict=True))",
    name="row_bias_each_rank",
    seen="With one rank it is right, and with outputs that are divided. How often is the bias added?",
    why="Each rank adds the whole bias before the sums are added up, so it comes as often as there are "
    "ranks. It is added once, after the sum, or by one rank alone.",
)  # fmt: skip
linear.slip(
    "sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias",
    "sum(part @ W.T for part, W in zip(inputs, shards, strict=True))", name="row_without_bias",
    seen="Where outputs are divided it is right. What is missing if all products are 0?",
    why="Where inputs are divided there is no bias here. It is added once, after the sum.",
)  # fmt: skip
linear.slip(
    "sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias",
    "sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) / len(shards) + bias",
    name="row_mean",
    seen="With one rank it is right. Is a sum that was cut in pieces a mean of them?",
    why="This is the mean of the ranks, as for gradients. A product with a row of W is a sum over "
    "inputs, and each rank has some of its terms: add them up.",
)  # fmt: skip
linear.slip(
    "x @ W.T + b for", "x @ W.T + 0 * b for", name="column_without_bias",
    seen="Where inputs are divided it is right. What comes out if x is 0?",
    why="Where outputs are divided there is no bias here. Each rank adds the piece that belongs to its "
    "outputs.",
)  # fmt: skip


@linear.misconception(
    seen="Where outputs are divided it is right. What does one rank know of an output, if it has seen "
    "some of the inputs?",
    why="The partial sums of the ranks are laid side by side here. Each of them is a share of *all* "
    "outputs, so they are added up.",
)
def concat_row_parallel(x, shards, bias, split):
    if split == "column":
        biases = bias.split([len(W) for W in shards])
        return torch.cat([x @ W.T + b for W, b in zip(shards, biases, strict=True)], dim=-1)
    inputs = x.split([W.shape[1] for W in shards], dim=-1)
    parts = [part @ W.T + bias for part, W in zip(inputs, shards, strict=True)]
    return torch.cat(parts, dim=-1)


@linear.misconception(
    seen="One rank is right. Which numbers of x belong to the columns of the second one?",
    why="Inputs are dealt out like cards here, every second one to the second rank. A piece has "
    "neighbouring columns of W, so it reads neighbouring numbers of x.",
)
def every_other_input(x, shards, bias, split):
    if split == "column":
        biases = bias.split([len(W) for W in shards])
        return torch.cat([x @ W.T + b for W, b in zip(shards, biases, strict=True)], dim=-1)
    return sum(x[..., rank :: len(shards)] @ W.T for rank, W in enumerate(shards)) + bias


@linear.misconception(
    seen="Pieces of one size are right. How many inputs or outputs has each rank?",
    why="x and the bias are cut into equal parts here. A piece of W says itself how many it has.",
)
def equal_parts(x, shards, bias, split):
    if split == "column":
        biases = bias.chunk(len(shards))
        return torch.cat([x @ W.T + b for W, b in zip(shards, biases, strict=True)], dim=-1)
    inputs = x.chunk(len(shards), dim=-1)
    return sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias


@linear.misconception(
    seen="One rank is right, and so is dividing inputs. What does each rank give, if it has some of the "
    "outputs?",
    why="What the ranks give is added up here, although each of them has outputs of its own. They are "
    "laid side by side.",
)
def sums_columns(x, shards, bias, split):
    if split == "column":
        biases = bias.split([len(W) for W in shards])
        return sum(x @ W.T + b for W, b in zip(shards, biases, strict=True))
    inputs = x.split([W.shape[1] for W in shards], dim=-1)
    return sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias


@linear.misconception(
    seen='With one rank all is right. Which way are the pieces cut if `split` is "column"?',
    why="The words are taken by the matrix as torch has it, (O, I). In the paper a matrix has its "
    'outputs in columns, so "column" divides the outputs.',
    convention=True,
)
def by_the_axes_of_torch(x, shards, bias, split):
    if split == "row":
        biases = bias.split([len(W) for W in shards])
        return torch.cat([x @ W.T + b for W, b in zip(shards, biases, strict=True)], dim=-1)
    inputs = x.split([W.shape[1] for W in shards], dim=-1)
    return sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias


@linear.alternative
def rank_by_rank(x, shards, bias, split):
    y = bias.expand(*x.shape[:-1], -1).clone()
    start = 0
    for W in shards:
        if split == "column":
            stop = start + W.shape[0]
            y[..., start:stop] = y[..., start:stop] + x @ W.T
        else:
            stop = start + W.shape[1]
            y = y + x[..., start:stop] @ W.T
        start = stop
    return y


@linear.alternative
def bias_on_the_first_rank(x, shards, bias, split):
    outputs, start = [], 0
    for rank, W in enumerate(shards):
        width = len(W) if split == "column" else W.shape[1]
        mine = slice(start, start + width)
        start += width
        if split == "column":
            outputs.append(F.linear(x, W, bias[mine]))
        else:
            outputs.append(F.linear(x[..., mine], W, bias if rank == 0 else None))
    return torch.cat(outputs, -1) if split == "column" else torch.stack(outputs).sum(0)
