"""Misconceptions for `tensor_parallel_linear`."""

import torch
from torch.nn import functional as F

from autograder.checks.memory.tensor_parallel_linear import linear

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


ROW, COLUMN = (
    "x.split([W.shape[1] for W in shards], dim=-1)",
    "bias.split([len(W) for W in shards])",
)
SECOND = "Pieces of one size are right. Where does the second piece begin, if the first is smaller?"

linear.slip(
    ROW, "x.chunk(len(shards), dim=-1)", name="equal_parts_of_x",
    seen=SECOND,
    why="x is cut into equal parts here. A piece of W has a column for each number of x that it reads, "
    "so its shape says how many.",
)  # fmt: skip
linear.slip(
    ROW, "[x[..., k * shards[0].shape[1] :][..., : shards[0].shape[1]] for k in range(len(shards))]",
    name="all_as_wide_as_the_first",
    seen=SECOND,
    why="Every piece is taken to have as many columns as the first. Each says itself how many it has.",
)  # fmt: skip
linear.slip(
    COLUMN, "bias.chunk(len(shards))", name="equal_parts_of_the_bias",
    seen=SECOND,
    why="The bias is cut into equal parts here. A piece of W has a row for each of its outputs, so its "
    "shape says how many biases belong to it.",
)  # fmt: skip
linear.slip(
    ROW, "[x[..., : W.shape[1]] for W in shards]", name="x_from_its_start",
    seen="One rank is right. Which numbers of x belong to the columns of the second one?",
    why="Every rank reads the first numbers of x here. The second begins where the first has ended.",
)  # fmt: skip
linear.slip(
    COLUMN, "[bias[: len(W)] for W in shards]", name="bias_from_its_start",
    seen="One rank is right. Which biases belong to the outputs of the second one?",
    why="Every rank takes the first biases here. Those of the second begin where the first has ended.",
)  # fmt: skip
linear.slip(
    "in zip(shards, biases, strict=True)], dim=-1)", "in zip(shards, biases, strict=True)], dim=1)",
    name="outputs_along_axis_1",
    seen="Rows of numbers are right. Which axis of y has the outputs, if texts have several tokens?",
    why="Outputs are laid side by side along axis 1, which is the last one only where x has two. With "
    "several texts it is the axis of tokens. Count from the end: -1.",
)  # fmt: skip
linear.slip(
    ROW, "x.split([W.shape[1] for W in shards], dim=1)", name="inputs_along_axis_1",
    seen="Rows of numbers are right. Which axis of x has the inputs, if texts have several tokens?",
    why="x is cut along axis 1, which is the last one only where x has two. With several texts it is "
    "the axis of tokens. Count from the end: -1.",
)  # fmt: skip
linear.slip(
    'if split == "column":', "if False:", name="always_row",
    seen='Where `split` is "row" it is right. What is divided otherwise?',
    why="Inputs are divided here, whatever `split` says. With \"column\" a piece reads all of x.",
)  # fmt: skip


@linear.misconception(
    seen="Rows of numbers are right. Which axis of y has the outputs, if texts have several tokens?",
    why="Outputs are laid side by side along axis 1, which is the last one only where x has two. With "
    "several texts it is the axis of tokens. Count from the end: -1.",
)
def joined_along_axis_1(x, shards, bias, split):
    if split == "column":
        return torch.cat([x @ W.T for W in shards], dim=1) + bias
    inputs = x.split([W.shape[1] for W in shards], dim=-1)
    return sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias


@linear.misconception(
    seen='Where `split` is "column" it is right. What is divided otherwise?',
    why='Outputs are divided here, whatever `split` says. With "row" a piece reads its own part of x.',
)
def always_column(x, shards, bias, split):
    return torch.cat([x @ W.T for W in shards], dim=-1) + bias


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


@linear.misconception(
    seen='Which way are the pieces cut if `split` is "column": have they all columns of W, or all rows?',
    why="The words are taken by the matrix as torch has it, (O, I). In the paper a matrix has its "
    'outputs in columns, so "column" divides the outputs.',
    convention=True,
)
def swapped_and_bias_at_the_end(x, shards, bias, split):
    if split == "row":
        return torch.cat([x @ W.T for W in shards], dim=-1) + bias
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
