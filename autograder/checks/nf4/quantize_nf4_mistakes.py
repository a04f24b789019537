"""More misconceptions of `quantize_nf4`."""

import torch

from autograder.checks.nf4 import marks
from autograder.checks.nf4.quantize_nf4 import quantize

quantize.slip(
    "blocks.abs().amax(dim=1)", "blocks.amax(dim=1)", name="max_not_absmax",
    seen="With positive weights only it is right. What is the largest *absolute* value of 1 and -2?",
    why="The scale here is the largest weight and not the largest *absolute value*. A block with -3 and "
    "2 then goes beyond -1, where there is no level.",
)  # fmt: skip
quantize.slip(
    "blocks.abs().amax(dim=1)", "blocks.abs().amax().expand(len(blocks))", name="one_scale",
    seen="With one block it is right. Whose largest weight is the scale of the second block?",
    why="One scale serves all blocks here. A single large weight then makes all others small, and they "
    "end up at the few levels near 0. Each block has a scale of its own.",
)  # fmt: skip
quantize.slip(
    "blocks.abs().amax(dim=1)", "blocks.std(dim=1)", name="std_for_absmax",
    seen="Levels end at -1 and 1. Is every weight between them, once it is divided?",
    why="The weights are divided by their standard deviation here, so that many are beyond 1 and are cut "
    "off there. The largest absolute value is what brings a block into -1 to 1.",
)  # fmt: skip
quantize.slip(
    "absmax.where(absmax > 0, 1.0)", "absmax", name="zero_by_zero",
    seen="Without a block of zeros it is right. Its weights got the index 0. Which level has that index?",
    why="The weights of a block of zeros get the index 0 here, that of the smallest level. (0 / 0 is "
    "NaN, and `argmin` then gives 0.) They become the index of the level nearest to 0.",
)  # fmt: skip
quantize.slip(
    "idx[0::2] * 16 + idx[1::2]", "idx[1::2] * 16 + idx[0::2]", name="nibble_order",
    seen="Each byte has the right two indices. Which of them has the upper four bits?",
    why="The second weight has the upper four bits here, and the first the lower four. Some formats do "
    "that. In this one the first comes first, as one reads a number of two digits.", convention=True,
)  # fmt: skip
quantize.slip(
    "idx[0::2] * 16 + idx[1::2]", "idx.chunk(2)[0] * 16 + idx.chunk(2)[1]", name="halves",
    seen="Where there are two weights it is right. Which two weights share a byte?",
    why="A weight of the first half shares its byte with one of the second half here, as in some "
    "formats of llama.cpp. In this one two neighbours do.", convention=True,
)  # fmt: skip
quantize.slip(
    "idx[0::2] * 16 + idx[1::2]", "idx", name="not_packed",
    seen="The scales are right. How many bytes are there, and how many weights?",
    why="Every index has a byte of its own here, with four bits of it always 0. That is twice the "
    "memory. Two indices share a byte: 16 times the first, plus the second.",
)  # fmt: skip
quantize.slip(
    "idx[0::2] * 16 + idx[1::2]", "idx[0::2] * 8 + idx[1::2]", name="shifted_by_three",
    seen="How many values has an index of four bits?",
    why="The first index is moved by three bits here. Indices from 0 to 15 need four, so two of them "
    "overlap, and cannot be told apart again.",
)  # fmt: skip
quantize.slip(
    "idx[0::2] * 16 + idx[1::2]", "idx[0::2] * 10 + idx[1::2]", name="decimal",
    seen="How many different indices can come second?",
    why="The first index is multiplied by 10 here. The second runs to 15, so that 10 does not keep "
    "the two apart. There are 16 indices.",
)  # fmt: skip
quantize.slip(
    "blocks / absmax.where(absmax > 0, 1.0)[:, None]", "blocks", name="not_scaled",
    seen="The scales are right. What do they do to the weights?",
    why="The weights go to the levels without being divided by their scale here. Large ones all end up "
    "at -1 and 1, and small ones at 0.",
)  # fmt: skip


def packed(idx):
    each = idx.flatten().to(torch.uint8).view(-1, 2)
    return each[:, 0] * 16 + each[:, 1]


def scaled(w, block):
    rows = w.detach().reshape(-1, block)
    absmax = rows.abs().amax(1)
    return rows / absmax.where(absmax > 0, 1.0)[:, None], absmax


@quantize.misconception(
    seen="The scales are right, and so are zeros and the largest weights. Where are the levels?",
    why="The weights are rounded to evenly spaced levels here, as whole numbers would be. `levels` says "
    "where they are, and near 0 they are closer together.",
)
def uniform_levels(w, block, levels):
    each, absmax = scaled(w, block)
    return packed((7 + torch.where(each > 0, 8, 7) * each).round()), absmax


@quantize.misconception(
    seen="Weights that are a level are right. Is the level below a weight always the nearest?",
    why="Each weight takes the level *below* it here. That makes all weights smaller, by half a gap on "
    "average. It takes the nearest.",
)
def floor_to_level(w, block, levels):
    each, absmax = scaled(w, block)
    return packed(torch.searchsorted(levels, each.contiguous(), right=True) - 1), absmax


@quantize.misconception(
    seen="Positive weights are right. Are the levels below 0 those above it with a minus?",
    why="The levels above 0 are used on both sides here. There are seven below 0, and they are not "
    "mirror images of the eight above.",
)
def symmetric_15(w, block, levels):
    each, absmax = scaled(w, block)
    step = (each.abs()[..., None] - levels[7:]).abs().argmin(-1)
    return packed(torch.where(each < 0, 7 - step, 7 + step).clamp(min=0)), absmax


@quantize.misconception(
    seen="It is right but in the middle between two levels. Which one is taken there?",
    why="In the middle between two levels the larger one is taken here. Either would do, but everybody "
    "who writes the format must do the same: it is the smaller one.",
)
def ties_to_the_larger(w, block, levels):
    each, absmax = scaled(w, block)
    middles = (levels[1:] + levels[:-1]) / 2
    return packed(torch.bucketize(each.contiguous(), middles, right=True)), absmax


@quantize.misconception(
    seen="With one block it is right. Which weights are a block?",
    why="Weights that are far from each other form a block here. A block is `block` neighbours, so "
    "that its scale is near them in memory, too.",
)
def every_other_weight(w, block, levels):
    rows = w.detach().reshape(block, -1).T
    absmax = rows.abs().amax(1)
    each = rows / absmax.where(absmax > 0, 1.0)[:, None]
    return packed((each.T[..., None] - levels).abs().argmin(-1)), absmax


@quantize.misconception(
    seen="With one block it is right. How long is a block, and how many are there?",
    why="`block` is taken for the number of blocks here. It is the number of weights in each.",
)
def so_many_blocks(w, block, levels):
    size = max(1, len(w) // block)
    each, absmax = scaled(w, size)
    return packed((each[..., None] - levels).abs().argmin(-1)), absmax


@quantize.misconception(
    seen="The bytes are right. What brings a level back to its weight?",
    why="The scales are turned round here: 1 divided by the largest absolute value. Some programs "
    "store that. Here a level is *multiplied* by the scale, so it is the largest value itself.",
    convention=True,
)
def one_over_absmax(w, block, levels):
    each, absmax = scaled(w, block)
    return packed((each[..., None] - levels).abs().argmin(-1)), 1 / absmax


@quantize.misconception(
    seen="Weights that are a level are right. Is the level above a weight always the nearest?",
    why="Each weight takes the level *above* it here, as `searchsorted` finds it. It takes the nearest.",
)
def ceil_to_level(w, block, levels):
    each, absmax = scaled(w, block)
    return packed(torch.searchsorted(levels, each.contiguous()).clamp(max=15)), absmax


@quantize.misconception(
    seen="With the levels of NF4 it is right. Where does the argument `levels` come in?",
    why="The levels of NF4 are always used here. `levels` are the ones to use, and they may be others.",
)
def always_nf4(w, block, levels):
    each, absmax = scaled(w, block)
    return packed((each[..., None] - marks(w.dtype)).abs().argmin(-1)), absmax


@quantize.misconception(
    seen="With levels that have a 0 at index 7 it is right. Which level is nearest to 0 in the others?",
    why="The weights of a block of zeros get the index 7 here, whatever the levels are. In other levels "
    "another one may be the nearest to 0.",
)
def zeros_are_seven(w, block, levels):
    each, absmax = scaled(w, block)
    idx = (each[..., None] - levels).abs().argmin(-1)
    return packed(idx.masked_fill((absmax == 0)[:, None], 7)), absmax


@quantize.misconception(
    seen="Blocks with a positive largest weight are right. Is a scale ever negative?",
    why="The scale is the weight with the largest absolute value here, with its sign. That turns the "
    "signs of its block. The scale is the absolute value.",
)
def signed_scale(w, block, levels):
    rows = w.detach().reshape(-1, block)
    absmax = rows.gather(1, rows.abs().argmax(1, keepdim=True)).flatten()
    each = rows / absmax.where(absmax != 0, 1.0)[:, None]
    return packed((each[..., None] - levels).abs().argmin(-1)), absmax
