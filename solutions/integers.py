"""Weights as small whole numbers and a scale: how they are made, and how a layer computes with them.

Owns: rounding to a grid and back. Ignores how the whole numbers are packed, and where they come from.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def quantize_symmetric(
    W: Float[Tensor, "O I"], bits: int, axis: int | None
) -> tuple[Int[Tensor, "O I"], Float[Tensor, "*R"]]:
    """Weights as whole numbers from -m to m, and the scales that bring them back.

    m is the largest whole number that `bits` bits, 2 to 8, can hold with a sign: 127 for 8 bits, 1
    for 2 bits. With `axis` = 0 each row of W has its own scale, with 1 each column, and with None the
    whole matrix has one. A negative axis counts from the end. The scale is the largest absolute value
    of its row, column or matrix, divided by m. Where all values are 0, it is 1. A weight becomes the
    whole number that is nearest to weight / scale. Halves go to the even one, as in `torch.round`.
    No gradient flows here.

    Gives the whole numbers as int8, and the scales in the dtype of W, with as many axes as W, so that
    the two can be multiplied: (O, 1), (1, I) or (1, 1).

    Source: Dettmers et al. 2022, section 2.
    """
    W, m = W.detach(), 2 ** (bits - 1) - 1
    across = (0, 1) if axis is None else 1 - axis % 2
    largest = W.abs().amax(across, keepdim=True)
    scale = torch.where(largest > 0, largest / m, 1.0)
    return torch.round(W / scale).to(torch.int8), scale


def quantized_linear(
    x: Float[Tensor, "*B I"],
    q: Int[Tensor, "O I"],
    scale: Float[Tensor, "O N"],
    b: Float[Tensor, "O"],
) -> Float[Tensor, "*B O"]:
    """A linear layer whose weights are stored as whole numbers q and scales.

    Each row of q is N groups of neighbours, all of one size, and scale[o, n] belongs to group n of row
    o. N = 1 is one scale a row. A whole number times its scale is a weight. The layer multiplies x by
    the weights, stored as (out, in), and adds the bias b, which was not quantized. x, scale and b have
    the same dtype, and so has the result.
    """
    weights = q.unflatten(1, (scale.shape[1], -1)) * scale[:, :, None]
    return x @ weights.flatten(1).T + b


def quantize_affine(
    x: Float[Tensor, "*A"], qmin: int, qmax: int
) -> tuple[Int[Tensor, "*A"], Float[Tensor, ""], Int[Tensor, ""]]:
    """Numbers as whole numbers from qmin to qmax, with one scale and one zero point.

    The range goes from the smallest number to the largest, and further to 0 if 0 is not between them.
    The scale is the length of this range divided by the steps from qmin to qmax. If it is exactly 0,
    the scale is 1. The zero point is qmin - round(low / scale), where low is the low end of the range.
    A number becomes round(number / scale) + zero point, and what is above qmax then becomes qmax.
    `round` takes halves to the even whole number. (q - zero point) * scale brings the numbers back.

    x has at least one number. Gives q, the scale and the zero point, in this order: q and the zero
    point as int32, the scale in the dtype of x, the last two without axes. No gradient flows here.

    Source: Jacob et al. 2018, section 2.1; the range as in torch's `MinMaxObserver`.
    """
    x = x.detach()
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (qmax - qmin)
    scale = torch.where(scale > 0, scale, 1.0)
    zero = qmin - torch.round(low / scale).int()
    q = torch.round(x / scale).int() + zero
    return q.clamp(qmin, qmax), scale, zero


def int8_matmul(
    xq: Int[Tensor, "T I"],
    sx: Float[Tensor, "T 1"],
    wq: Int[Tensor, "O I"],
    sw: Float[Tensor, "1 O"],
) -> Float[Tensor, "T O"]:
    """What a linear layer gives if both its input and its weights are whole numbers with scales.

    xq and wq are int8, from -128 to 127. Each row of xq has a scale in sx, a column. Each row of wq,
    which is stored as (out, in), has one in sw, a row. The products are added up as whole numbers of 32
    bits, and the sums are multiplied by both scales after that. The result has the dtype of the scales,
    which have the same.

    Source: Dettmers et al. 2022, section 3.1.
    """
    return (xq.int() @ wq.int().T) * sx * sw
