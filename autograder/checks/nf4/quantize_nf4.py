"""Checks and misconceptions for `quantize_nf4`; more of these are in quantize_nf4_mistakes."""

import torch

from autograder.checks.nf4 import marks, numbers_of, some_marks
from autograder.exercise import Exercise, agree


def weights(g):
    def draw(*blocks):
        """A block of so many weights after another, each of another size; the first is positive."""
        each = [size * torch.randn(count, generator=g) for count, size in blocks]
        for block in each:
            block[0] = block[0].abs()
        return torch.cat(each)

    NF4, even = marks(), torch.tensor([-1.0, *(i / 8 for i in range(-6, 8)), 1.0])
    pair = torch.rand(2, generator=g) + torch.tensor([0.2, 1.4])
    below = draw((6, 0.5))
    below[3] = -3.0
    between = torch.tensor([16.0, 3.0, -5.0, 1.0, -1.0, 11.0])[torch.randperm(6, generator=g)] / 16
    zeros, double = torch.zeros(4), some_marks(g, 8).double()
    return {
        "there is one block of two": (pair, 2, NF4),
        "the largest absolute value is that of a negative weight": (below, 6, NF4),
        "there is one block of six": (draw((6, 1.0)), 6, NF4),
        "the weights are 1 and 0": (torch.tensor([1.0, 0.0, 0.0, 1.0]), 4, NF4),
        "blocks are pairs": (draw((2, 1.0), (2, 9.0), (2, 0.2), (2, 3.0)), 2, NF4),
        "there are three blocks": (draw((4, 1.0), (4, 20.0), (4, 0.05)), 4, NF4),
        "there is a block of zeros": (torch.cat([draw((4, 2.0)), zeros]), 4, NF4),
        "there are long blocks": (draw((16, 0.3), (16, 7.0)), 16, NF4),
        "the levels are others": (draw((8, 2.0), (8, 0.4)), 8, some_marks(g, 6)),
        "there are zeros, and level 7 is not the nearest": (
            torch.cat([zeros, draw((4, 5.0))]), 4, some_marks(g, 11),
        ),
        "there are zeros, and no level is 0": (
            torch.cat([draw((4, 0.3)), zeros]), 4, some_marks(g, 7),
        ),
        "weights are in the middle between two levels": (between, 6, even),
        "weights are close to the middle between two levels": (beside(NF4, 1e-4), 16, NF4),
        "the numbers are float64": (beside(double, 1e-9) / 3, 16, double),
    }  # fmt: skip


def beside(levels, step):
    """Weights from -1 to 1 that are a little below and a little above some middles."""
    middles = (levels[:-1] + levels[1:])[[0, 2, 4, 5, 9, 11, 14]] / 2
    ends = torch.tensor([1.0, -1.0], dtype=levels.dtype)
    return torch.cat([ends, middles - step, middles + step])


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


@quantize.claim("no weight is farther from what it became than half the gap between its two levels")
def _(answer):
    w = torch.randn(4, 64)
    w[::2, 7], w[1::2, 9] = -4.0, 4.0
    wide = torch.tensor([1.0, 100.0, 0.01, 3.0])[:, None]
    packed, absmax = answer((w * wide).flatten(), 64, marks())
    assert packed.shape == (128,)
    far = (read(packed, absmax, marks(), 64).view(4, 64) / wide - w).abs() / 4
    gap = marks().diff()[(torch.bucketize(w / 4, marks()) - 1).clamp(min=0)]
    assert (far <= gap / 2 + 1e-4).all()


@quantize.claim("a weight that is a level keeps it: 16 levels become the indices from 0 to 15")
def _(answer):
    for size in (1.0, 0.25):
        packed, absmax = answer(size * marks(), 16, marks())
        assert numbers_of(packed).tolist() == list(range(16))
        agree(absmax, torch.tensor([size]))


@quantize.claim("weights 2 ** 24 times smaller have the same indices, and scales as much smaller")
def _(answer):
    w = torch.randn(48)
    w[::8] = 5.0
    one, tiny = answer.each((w, 8, marks()), (w / 2**24, 8, marks()))
    assert torch.equal(one[0], tiny[0])
    assert one[0].unique().numel() > 4
    agree(tiny[1] * 2**24, one[1])


@quantize.alternative
def with_middles(w, block, levels):
    rows = w.detach().split(block)
    scales = torch.stack([row.abs().max() for row in rows])
    middles = (levels[:-1] + levels[1:]) / 2
    safe = [row / scale if scale > 0 else row for row, scale in zip(rows, scales, strict=True)]
    idx = torch.bucketize(torch.cat(safe), middles).view(-1, 2).byte()
    return (idx[:, 0] << 4) | idx[:, 1], scales
