"""Checks and misconceptions for `dequantize_nf4`."""

import torch

from autograder.checks.nf4 import marks, some_marks
from autograder.exercise import Exercise, agree


def files(g):
    def bytes_of(count):
        return torch.randint(256, (count,), generator=g, dtype=torch.uint8)

    def scales(count):
        """Of which the first is the largest, so they do not ascend."""
        return (torch.rand(count, generator=g) + torch.arange(1.0, count + 1)).roll(1)

    NF4 = marks()
    return {
        "there is one byte": (torch.tensor([0x3C], dtype=torch.uint8), torch.ones(1), NF4),
        "the scale is not 1": (torch.tensor([0xF8], dtype=torch.uint8), scales(1), NF4),
        "there is one block": (bytes_of(3), scales(1), NF4),
        "there are three blocks of four weights": (bytes_of(6), scales(3), NF4),
        "there are two blocks of ten weights": (bytes_of(10), scales(2), NF4),
        "each byte is a block": (bytes_of(5), scales(5), NF4),
        "a scale is 0": (bytes_of(8), torch.tensor([2.5, 0.0]), NF4),
        "every byte is there": (torch.arange(256, dtype=torch.uint8), scales(4), NF4),
        "the levels are others": (bytes_of(9), scales(1), some_marks(g, 9)),
        "the levels do not ascend": (
            torch.arange(1, 256, 14, dtype=torch.uint8),
            scales(1),
            some_marks(g, 5)[torch.randperm(16, generator=g)],
        ),
    }


back = Exercise(
    "nf4.dequantize_nf4", needs=("quantize_nf4",),
    title="And back again",
    points=1, difficulty=2, minutes=12, examples=files,
)  # fmt: skip

back.leave_out("one", "there are 16 levels")
back.leave_out("two", "there are 16 levels")


@back.oracle("numpy.unpackbits")
def _(packed, absmax, levels):
    import numpy

    bits = numpy.unpackbits(packed.numpy()).reshape(-1, 4)
    each = levels.numpy()[bits @ numpy.array([8, 4, 2, 1])]
    return torch.from_numpy((each.reshape(len(absmax), -1) * absmax.numpy()[:, None]).reshape(-1))


def drawn(count):
    return torch.randint(256, (count,), dtype=torch.uint8)


@back.claim("one more in a byte is one level further for its second weight")
def _(answer):
    low = torch.tensor([0x30, 0x37, 0x9E], dtype=torch.uint8)
    before, after = answer.each((low, torch.ones(1), marks()), (low + 1, torch.ones(1), marks()))
    agree(after[0::2], before[0::2])
    agree(before[1::2], marks()[[0, 7, 14]])
    agree(after[1::2], marks()[[1, 8, 15]])


@back.claim("twice the scale of a block makes its weights twice as large, and no others")
def _(answer):
    packed, scales = drawn(12), torch.tensor([1.0, 5.0, 3.0])
    once, twice = answer.each(
        (packed, scales, marks()), (packed, torch.tensor([1.0, 10.0, 3.0]), marks())
    )
    assert once.shape == (24,)
    agree(twice[:8], once[:8])
    agree(twice[8:16], 2 * once[8:16])
    agree(twice[16:], once[16:])
    assert once[8:16].abs().max() > 0


back.slip(
    "[packed // 16, packed % 16]", "[packed % 16, packed // 16]", name="nibble_order",
    seen="The weights of each byte are the right two. Which of them comes first?",
    why="The lower four bits are read first here, as some formats store them. In this one the "
    "first weight of a byte has the upper four.", convention=True,
)  # fmt: skip
back.slip(
    "packed // 16, packed % 16], dim=1).flatten()", "packed // 16, packed % 16], dim=0).flatten()",
    name="halves",
    seen="With one byte it is right. Where is the second weight of the first byte?",
    why="All first weights come before all second ones here. The two weights of a byte are neighbours.",
)  # fmt: skip
back.slip(
    "packed // 16, packed % 16", "packed // 8 % 16, packed % 16", name="shifted_by_three",
    seen="The second weights are right. By how many bits is the first one moved?",
    why="The byte is moved by three bits here. An index from 0 to 15 has four.",
)  # fmt: skip
back.slip(
    "absmax.repeat_interleave(block)", "absmax.repeat(block)", name="scales_in_turn",
    seen="With one block it is right. Which weights does the first scale belong to?",
    why="Neighbours have different scales here, in turn. The first scale belongs to all weights of the "
    "first block, then comes the second.",
)  # fmt: skip
back.slip(
    "levels[idx] * absmax", "levels[idx] / absmax", name="divided",
    seen="Where the scale is 1 it is right. What was done to the weights when they were written?",
    why="The levels are divided by their scale here. When they were written the weights were divided, "
    "so now they are multiplied.",
)  # fmt: skip
back.slip(
    "levels[idx] * absmax.repeat_interleave(block)", "levels[idx]", name="not_scaled",
    seen="Where the scale is 1 it is right. What are the scales for?",
    why="These are levels between -1 and 1. Each is multiplied by the scale of its block.",
)  # fmt: skip
back.slip(
    "absmax.repeat_interleave(block)", "absmax.max()", name="one_scale",
    seen="With one block it is right. Which scale has the second block?",
    why="The largest scale serves all blocks here. Each block has its own.",
)  # fmt: skip


@back.misconception(
    seen="With scale 1, which index does the level 0 have?",
    why="The indices are taken for whole numbers from -8 to 7 here, as int4 has them. They count "
    "`levels` from the smallest, and those are not evenly spaced.",
)
def uniform_levels(packed, absmax, levels):
    idx = torch.stack([packed // 16, packed % 16], dim=1).flatten().to(levels.dtype)
    return (idx - 8) / 7 * absmax.repeat_interleave(len(idx) // len(absmax))


@back.misconception(
    seen="How many weights are there in a byte?",
    why="Only the upper four bits of each byte are read here. The lower four are a weight, too.",
)
def upper_alone(packed, absmax, levels):
    idx = (packed // 16).long()
    return levels[idx] * absmax.repeat_interleave(len(idx) // len(absmax))


@back.misconception(
    seen="How many weights are there in a byte?",
    why="Only the lower four bits of each byte are read here. The upper four are a weight, too.",
)
def lower_alone(packed, absmax, levels):
    idx = (packed % 16).long()
    return levels[idx] * absmax.repeat_interleave(len(idx) // len(absmax))


@back.alternative
def row_by_row(packed, absmax, levels):
    pairs = [(byte >> 4, byte & 15) for byte in packed.tolist()]
    idx = torch.tensor([number for pair in pairs for number in pair])
    return (levels[idx].reshape(len(absmax), -1) * absmax[:, None]).reshape(-1)
