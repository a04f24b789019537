"""Checks and misconceptions for `quantize_nf4`; more of these are in quantize_nf4_mistakes."""

import torch

from autograder.checks.nf4 import marks, numbers_of, some_marks
from autograder.exercise import Exercise, agree


def weights(g):
    def draw(*blocks):
        """A block of so many weights after another, each of another size."""
        each = [size * torch.randn(count, generator=g) for count, size in blocks]
        return torch.cat(each)

    def signed(count, size):
        """A block whose largest weight is negative or positive."""
        block = draw((count, 1.0))
        return block / block.abs().max() * size

    NF4 = marks()
    largest_below = signed(6, 1.0)
    largest_below = -largest_below * largest_below[largest_below.abs().argmax()].sign()
    even = torch.tensor([-1.0, *(i / 8 for i in range(-6, 8)), 1.0])
    between = torch.tensor([16.0, 3.0, -5.0, 1.0, -1.0, 11.0])[torch.randperm(6, generator=g)] / 16
    return {
        "there is one block of two": (signed(2, 1.0), 2, NF4),
        "there is one block of six": (draw((6, 1.0)), 6, NF4),
        "the weights are 1 and 0": (torch.tensor([1.0, 0.0, 0.0, 1.0]), 4, NF4),
        "the largest weight of a block is negative": (3 * largest_below, 6, NF4),
        "there are three blocks": (draw((4, 1.0), (4, 20.0), (4, 0.05)), 4, NF4),
        "there is a block of zeros": (torch.cat([draw((4, 2.0)), torch.zeros(4)]), 4, NF4),
        "there are long blocks": (draw((16, 0.3), (16, 7.0)), 16, NF4),
        "weights are in the middle between two levels": (between, 6, even),
        "the levels are others": (draw((8, 2.0), (8, 0.4)), 8, some_marks(g)),
    }


quantize = Exercise(
    "nf4.quantize_nf4", fast_track=True, needs=("nf4_levels",),
    title="Four bits and a scale",
    points=3, difficulty=3, minutes=30, examples=weights,
)  # fmt: skip

quantize.leave_out("float64", "a weight near a middle may go to either side")
quantize.leave_out("one", "a block is even")
quantize.leave_out("two", "16 levels are needed")
quantize.excuse("absmax > 0, 1.0", "0 divided by any other number is 0")


@quantize.oracle("scipy.cluster.vq.vq and numpy.packbits")
def _(w, block, levels):
    import numpy
    from scipy.cluster.vq import vq

    rows = w.numpy().reshape(-1, block)
    absmax = numpy.abs(rows).max(axis=1)
    scaled = rows / numpy.where(absmax == 0, 1, absmax).astype(rows.dtype)[:, None]
    idx, _ = vq(scaled.reshape(-1, 1), levels.numpy().astype(rows.dtype)[:, None])
    bits = numpy.unpackbits(idx.astype("uint8")[:, None], axis=1)[:, 4:]
    return torch.from_numpy(numpy.packbits(bits.reshape(-1, 8))), torch.from_numpy(absmax)


def read(packed, absmax, levels, block):
    return levels[numbers_of(packed)] * absmax.repeat_interleave(block)


@quantize.claim("the largest weight of a block, of either sign, comes back as it was")
def _(answer):
    w = torch.randn(8, 32)
    w[::2, 3], w[1::2, 5] = -50.0, 7.0
    packed, absmax = answer(w.flatten(), 32, marks())
    agree(absmax, w.abs().amax(1))
    back = read(packed, absmax, marks(), 32).view(8, 32)
    most = w.abs().argmax(1, keepdim=True)
    agree(back.gather(1, most), w.gather(1, most))


@quantize.claim("no weight is farther from what it became than half the widest gap of its block")
def _(answer):
    w = torch.randn(3, 64)
    w[:, 7] = -10.0
    w = (w * torch.tensor([[1.0], [100.0], [0.01]])).flatten()
    packed, absmax = answer(w, 64, marks())
    assert packed.shape == (96,)
    gap = marks().diff().max() / 2
    far = (read(packed, absmax, marks(), 64) - w).abs() / absmax.repeat_interleave(64)
    assert far.max() <= gap + 1e-4


@quantize.claim("a weight that is a mark keeps it: 16 marks become the numbers from 0 to 15")
def _(answer):
    for size in (1.0, 0.25):
        packed, absmax = answer(size * marks(), 16, marks())
        assert numbers_of(packed).tolist() == list(range(16))
        agree(absmax, torch.tensor([size]))


@quantize.claim("twice the weights have the same numbers and twice the scales")
def _(answer):
    w = torch.randn(48)
    w[::8] = 5.0
    one, two = answer.each((w, 8, marks()), (2 * w, 8, marks()))
    assert torch.equal(one[0], two[0])
    assert one[0].unique().numel() > 4
    agree(two[1], 2 * one[1])


@quantize.alternative
def with_middles(w, block, levels):
    rows = w.detach().split(block)
    scales = torch.stack([row.abs().max() for row in rows])
    middles = (levels[:-1] + levels[1:]) / 2
    safe = [row / scale if scale > 0 else row for row, scale in zip(rows, scales, strict=True)]
    idx = torch.bucketize(torch.cat(safe), middles).view(-1, 2).byte()
    return (idx[:, 0] << 4) | idx[:, 1], scales
