"""Checks of chapters/6_quantization/04_nf4.md, one module an exercise."""

import torch

OFFSET = 0.9677083


def marks(dtype=torch.float32):
    """The 16 marks as `bitsandbytes` has them, with seven digits."""
    below = [-1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500]
    above = [0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0]
    return torch.tensor([*below, 0.0, *above], dtype=dtype)


def some_marks(g, below):
    """Sixteen other marks, of which so many are below 0. None is 0, and the ends are not -1 and 1."""
    gaps = 0.3 + torch.rand(15, generator=g)
    each = torch.cat([torch.zeros(1), gaps.cumsum(0)])
    return (each - 0.6 * each[below - 1] - 0.4 * each[below]) / each[-1] * 1.7


def numbers_of(packed):
    """The two numbers in each byte, read with numpy's bits."""
    import numpy

    bits = numpy.unpackbits(packed.to(torch.uint8).numpy()).reshape(-1, 4)
    return torch.from_numpy(bits @ numpy.array([8, 4, 2, 1])).long()
