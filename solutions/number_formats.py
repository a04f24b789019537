"""How a number is stored: what a pattern of bits is worth, and what of a number fits into sixteen.

Owns: one number at a time, sign, exponent and fraction. Ignores scales that many numbers share.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def decode_float(bits: int, e: int, m: int) -> float:
    """The number that a pattern of 1 + e + m bits holds, as a float.

    The first bit is the sign: 1 for negative numbers. Then comes the exponent with e bits, and then
    the fraction with m bits. Read as whole numbers, these two are E and F, and the bias is
    2^(e-1) - 1. The numbers without their sign are:

    - normally, (1 + F / 2^m) * 2^(E - bias);
    - where all bits of E are 0, the subnormals (F / 2^m) * 2^(1 - bias), and 0 among them;
    - where all bits of E are 1, infinity if F is 0, and NaN otherwise.

    `bits` is from 0 to 2^(1+e+m) - 1. e is 2 to 8, and m is 1 to 23. The sign of a zero or of a NaN
    makes no difference.

    Source: IEEE 754-2019, section 3.4.
    """
    fraction = (bits % 2**m) / 2**m
    exponent = (bits >> m) % 2**e
    sign = -1.0 if bits >> (e + m) else 1.0
    bias = 2 ** (e - 1) - 1
    if exponent == 2**e - 1:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0:
        return sign * fraction * 2.0 ** (1 - bias)
    return sign * (1 + fraction) * 2.0 ** (exponent - bias)


def to_bf16(x: Float[Tensor, "*A"]) -> Float[Tensor, "*A"]:
    """The nearest BF16 number for each number of a float32 tensor, as a float32 tensor.

    A BF16 number is a float32 whose last 16 bits are 0. Halfway between two of them, the one is taken
    whose other 16 bits end with a 0. Subnormals are rounded like all others. What is rounded beyond
    the largest number becomes infinity of the same sign. Infinities stay what they are, and NaN stays
    NaN. The sign of a zero makes no difference.

    Source: IEEE 754-2019, section 4.3.1, for a format with 8 exponent and 7 fraction bits.
    """
    x = x.detach().float()  # a staircase has no slope worth following
    bits = x.view(torch.int32)
    kept = bits >> 16
    nearest = (bits + 0x7FFF + (kept & 1)) >> 16 << 16
    return torch.where(x.isnan(), x, nearest.view(torch.float32))
