"""Sixteen marks for weights: where they are, and numbers written with them and read again.

Owns: the format NF4. Ignores which weights of a model are written in it, and what is trained.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor


def nf4_levels(offset: float) -> Float[Tensor, "16"]:
    """The 16 marks of NF4, in ascending order, from -1 to 1.

    They are quantiles of the normal distribution with mean 0 and variance 1. `offset` is the
    probability of the outermost mark, above 1/2 and below 1. For the marks above 0, take nine
    probabilities from `offset` to 1/2 in equal steps, and leave out 1/2: eight are left. For those
    below 0, take eight from `offset` to 1/2 again and leave out 1/2: seven are left. The quantiles of
    these seven get a minus. One more mark is 0. At the end all are divided by the largest, so that it
    is 1. The result is float32.

    Source: Dettmers et al. 2023, section 3, as `bitsandbytes` computes it.
    """
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9, dtype=torch.float64)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8, dtype=torch.float64)[:-1])
    marks = torch.cat([below, torch.zeros(1), above.flip(0)])
    return (marks / marks[-1]).float()


def quantize_nf4(
    w: Float[Tensor, "N"], block: int, levels: Float[Tensor, "16"]
) -> tuple[UInt8[Tensor, "M"], Float[Tensor, "Nb"]]:
    """Weights in 4 bits: the indices of their levels, two in a byte, and a scale for each block.

    M bytes are half as many as the N weights, and there are Nb = N / `block` scales. Every `block`
    weights that follow each other are a block. Its scale is the largest absolute value in it. The
    weights of a block are divided by its scale, and each becomes the index of the nearest of the 16
    `levels`. These are in ascending order, and their indices count from 0. In the middle between two
    levels, the one with the smaller index is taken. A block of zeros has the scale 0, and its weights
    become the index of the level nearest to 0. Two indices share a byte of the dtype uint8: that of
    the first weight is in the upper four bits, worth 16 each, that of the second in the lower four. N
    is a multiple of `block`, and `block` is even. `w` and `levels` have the same dtype; in this one
    all is computed, and the scales have it, too. No gradient is needed.

    Source: Dettmers et al. 2023, section 3; the order in a byte is that of `bitsandbytes`.
    """
    blocks = w.detach().reshape(-1, block)
    absmax = blocks.abs().amax(dim=1)
    scaled = blocks / absmax.where(absmax > 0, 1.0)[:, None]
    idx = (scaled.flatten()[:, None] - levels).abs().argmin(dim=1).to(torch.uint8)
    return idx[0::2] * 16 + idx[1::2], absmax


def dequantize_nf4(
    packed: UInt8[Tensor, "M"], absmax: Float[Tensor, "Nb"], levels: Float[Tensor, "16"]
) -> Float[Tensor, "N"]:
    """The weights that were written as indices of levels, two in a byte, a scale for each block.

    The first weight of a byte has its index in the upper four bits, worth 16 each, and the second in
    the lower four. Indices count from 0. A weight is the level with its index, times the scale of its
    block. There is at least one block. All have the same even length, and their scales are in
    `absmax`, in the order of the blocks. `levels` may be in any order. `absmax` and `levels` have the
    same dtype, and so have the weights.

    Source: Dettmers et al. 2023, section 3.
    """
    idx = torch.stack([packed // 16, packed % 16], dim=1).flatten().long()
    block = len(idx) // len(absmax)
    return levels[idx] * absmax.repeat_interleave(block)
