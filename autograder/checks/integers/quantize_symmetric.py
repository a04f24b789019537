"""Checks and misconceptions for `quantize_symmetric`."""

import torch

from autograder.checks.integers import observed, whole
from autograder.exercise import Exercise, agree, differ


def weights(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def largest(sign, *shape):
        """The largest absolute value of every row, column and of all has this sign."""
        W = draw(*shape).clamp(-2.5, 2.5)
        W[range(min(shape)), range(min(shape))] = sign * (3 + torch.rand(min(shape), generator=g))
        return W

    outlier = draw(4, 3)
    outlier[2] *= 40
    empty = draw(3, 5)
    empty[1] = 0
    halves = torch.tensor([[7, 0.5, 1.5, -2.5, 2, 4, -1, 3], [7.0, 2.5, -0.5, 3.5, -6.5, 0, 5, 1]])
    tiny = torch.tensor([[7.0, -3.0, 0.0], [-4.0, 6.0, 1.0]]) * 2.0**-24
    return {
        "each row has a scale, in 8 bits": (largest(1, 2, 3), 8, 0),
        "each row has a scale, in 4 bits": (largest(1, 3, 4), 4, 0),
        "each column has a scale": (largest(1, 4, 2), 8, 1),
        "one scale is for all": (largest(1, 3, 2), 8, None),
        "the matrix is square, and each row has a scale": (draw(3, 3), 6, 0),
        "the largest absolute values are negative": (largest(-1, 2, 5), 8, 0),
        "one row is 40 times as large": (outlier, 8, 0),
        "there are 3 bits": (draw(3, 6), 3, 0),
        "there are 2 bits": (draw(2, 6), 2, 1),
        "a row is all zeros": (empty, 8, 0),
        "a weight lies half way between two whole numbers": (halves, 4, 0),
        "the axis counts from the end": (draw(5, 2), 5, -1),
        "all weights are below a millionth": (tiny, 4, None),
    }


symmetric = Exercise(
    "integers.quantize_symmetric",
    title="Whole numbers and a scale",
    points=2, difficulty=2, minutes=20, examples=weights,
)  # fmt: skip


@symmetric.oracle("torch.ao.quantization.PerChannelMinMaxObserver, torch.quantize_per_channel")
def _(W, bits, axis):
    from torch.ao.quantization import MinMaxObserver, PerChannelMinMaxObserver

    m = 2 ** (bits - 1) - 1
    given = {"dtype": torch.qint8, "quant_min": -m, "quant_max": m, "eps": 1e-30}
    if axis is None:
        each = MinMaxObserver(**given, qscheme=torch.per_tensor_symmetric)
        scale, _ = observed(each, W)
        q = whole(torch.quantize_per_tensor, W, scale.item(), 0, torch.qint8)
        return q, scale.view(1, 1)
    each = PerChannelMinMaxObserver(axis % 2, **given, qscheme=torch.per_channel_symmetric)
    scale, zero = observed(each, W)
    scale = torch.where(scale < 1e-20, 1.0, scale)  # theirs is eps where all values are 0
    q = whole(torch.quantize_per_channel, W, scale, zero, axis % 2, torch.qint8)
    return q, scale.unsqueeze(1 - axis % 2)


@symmetric.claim(
    "the largest whole number is m, and each one times its scale is within half a step of its weight"
)
def _(answer):
    W = torch.randn(5, 7)
    for bits, axis in ((8, 0), (4, 1), (3, None)):
        q, scale = answer(W, bits, axis)
        assert ((q * scale - W).abs() <= 0.501 * scale).all()
        assert q.abs().max() == 2 ** (bits - 1) - 1


@symmetric.claim("a row that is made twice as large keeps its whole numbers, and so do the others")
def _(answer):
    W = torch.randn(4, 6)
    W[:, 0] = 3 + torch.rand(4)  # the largest of each row
    larger = torch.cat([2 * W[:1], W[1:]])
    (q, scale), (again, other) = answer.each((W, 8, 0), (larger, 8, 0))
    assert torch.equal(q, again)
    assert q.unique().numel() > 8
    agree(other[0], 2 * scale[0])
    agree(other[1:], scale[1:])


@symmetric.claim("of the weights with the other sign come the whole numbers with the other sign")
def _(answer):
    W = torch.randn(3, 7)
    (q, scale), (turned, other) = answer.each((W, 5, 1), (-W, 5, 1))
    assert torch.equal(q, -turned)
    agree(scale, other)
    differ(scale[:, :3], scale[:, 1:4])
    assert q.unique().numel() > 5


symmetric.slip(
    "(0, 1) if axis is None else 1 - axis % 2", "(0, 1)", name="per_tensor",
    seen="With one scale for all it is right. How many scales does axis = 0 ask for?",
    why="The whole matrix has one scale here. With axis = 0 each row has its own, so that a row with "
    "an outlier leaves the other rows alone.",
)  # fmt: skip
symmetric.slip(
    "1 - axis % 2", "axis % 2", name="input_channel",
    seen="With one scale for all it is right. What shape should the scales have for axis = 0?",
    why="The maximum is taken along `axis` here, so axis = 0 gives one scale for each column, which is "
    "an input of the layer. With axis = 0 each row has one, so the maximum is taken across the other "
    "axis.",
)  # fmt: skip
symmetric.slip(
    "(0, 1) if axis is None", "(0, 1) if not axis", name="zero_is_none",
    seen="With one scale for all, and with one for each column, it is right. Is 0 the same as None?",
    why="`not axis` holds for None, and for 0 as well, so that axis = 0 gives one scale for the whole "
    "matrix. `axis is None` holds for None alone.",
)  # fmt: skip
symmetric.slip(
    "torch.round(W / scale)", "(W / scale)", name="truncate",
    seen="The scales are right. What becomes of 1.9?",
    why="The conversion to int8 cuts off what comes after the point, so that 1.9 becomes 1 and the "
    "error is up to a whole step. Rounding comes first: then it is at most half a step.",
)  # fmt: skip
symmetric.slip(
    "torch.round(W / scale)", "torch.floor(W / scale)", name="floors",
    seen="The scales are right. What becomes of 1.9, and of -1.1?",
    why="Everything is rounded down here, so every weight becomes smaller, by half a step on average. "
    "Each goes to the nearest whole number.",
)  # fmt: skip
symmetric.slip(
    "W.abs().amax", "W.amax", name="max_not_absmax",
    seen="Where the largest absolute value is positive it is right. What if it is negative?",
    why="The scale comes from the largest value here, and a large negative one does not fit the range "
    "any more. It comes from the largest absolute value.",
)  # fmt: skip
symmetric.slip(
    "- 1\n    across", "\n    across", name="range_128",
    seen="Which whole number does the largest weight of a row become? Can int8 hold it?",
    why="m is 128 for 8 bits here, so the largest weight becomes 128. int8 ends at 127, and 128 comes "
    "round as -128: the largest positive weight gets the other sign. m is 2 to the power bits - 1, "
    "minus 1.",
)  # fmt: skip
symmetric.slip(
    "2 ** (bits - 1) - 1", "2**bits - 1", name="no_sign_bit",
    seen="Which whole number does the largest weight of a row become in 4 bits?",
    why="m is 2 to the power of bits, minus 1 here: 15 for 4 bits. That is for numbers without a sign. "
    "With one, half of the patterns are negative, and 7 is the largest.",
)  # fmt: skip
symmetric.slip(
    "torch.where(largest > 0, largest / m, 1.0)", "largest / m", name="zero_scale",
    seen="It is right until a row has only zeros. What is its scale, and what is 0 / 0?",
    why="The scale of a row of zeros is 0 here, or nearly 0, and 0 / 0 is no number. In this exercise "
    "such a row has the scale 1.",
)  # fmt: skip
symmetric.slip(
    "(torch.int8), scale", "(torch.int8), 1 / scale", name="inverse_scale",
    seen="The whole numbers are right. What do they have to be multiplied by to get the weights?",
    why="The scale is given as what the weights were multiplied by. Here it is what brings them back: "
    "one step of the grid.", convention=True,
)  # fmt: skip
symmetric.slip(
    "(torch.int8), scale", "(torch.int8), scale.flatten()", name="flat_scale",
    seen="All numbers are right. Can the whole numbers and the scales be multiplied as they are?",
    why="The scales are a list here, as torch's observers give them. In this exercise they keep an axis "
    "of size 1, so that q * scale works for rows, for columns and for all.", convention=True,
)  # fmt: skip


@symmetric.misconception(
    seen="Which whole number does the largest weight of a row become?",
    why="The scale is the largest value divided by 128 here, and 128 itself is cut down to 127. Then the "
    "largest weight, the one that counts most, is the one that is always wrong. m is 127 for 8 bits.",
    code=r"clamp|clip|min\(",
)
def clamped_128(W, bits, axis):
    m = 2 ** (bits - 1)
    largest = W.abs().amax((0, 1) if axis is None else 1 - axis % 2, keepdim=True)
    scale = torch.where(largest > 0, largest / m, 1.0)
    return torch.round(W / scale).clamp(-m, m - 1).to(torch.int8), scale


@symmetric.misconception(
    seen="How long is the range for which there are whole numbers, and where is its middle?",
    why="The scale is the distance from the smallest to the largest value, divided by the steps. That is "
    "for a range with a zero point. A symmetric one reaches equally far both ways, so its scale is the "
    "largest absolute value divided by m.",
    convention=True,
)
def span(W, bits, axis):
    across = (0, 1) if axis is None else 1 - axis % 2
    low, high = W.amin(across, keepdim=True), W.amax(across, keepdim=True)
    scale = torch.where(high > low, (high - low) / (2**bits - 1), 1.0)
    m = 2 ** (bits - 1)
    return torch.round(W / scale).clamp(-m, m - 1).to(torch.int8), scale


@symmetric.misconception(
    seen="Where no weight is half way it is right. Where does 2.5 go?",
    why="Halves go away from 0 here, as at school. `torch.round` and the hardware take the even "
    "neighbour, so that halves go up as often as down.",
    convention=True,
)
def half_away(W, bits, axis):
    m = 2 ** (bits - 1) - 1
    largest = W.abs().amax((0, 1) if axis is None else 1 - axis % 2, keepdim=True)
    scale = torch.where(largest > 0, largest / m, 1.0)
    steps = W / scale
    return (steps.sign() * (steps.abs() + 0.5).floor()).to(torch.int8), scale


@symmetric.misconception(
    seen="Where the largest absolute value is positive it is right. What if it is negative?",
    why="The scale comes from the largest value here, and a large negative one does not fit the range "
    "any more. It comes from the largest absolute value.",
)
def largest_value(W, bits, axis):
    largest = W.amax((0, 1) if axis is None else 1 - axis % 2, keepdim=True)
    scale = torch.where(largest == 0, 1.0, largest / (2 ** (bits - 1) - 1))
    return torch.round(W / scale).to(torch.int8), scale


@symmetric.misconception(
    seen="Where the largest absolute value is positive it is right. Which comes first, `abs` or `amax`?",
    why="The absolute value is taken of the maximum here, so that of -5 and 2 the 2 is found. It is "
    "taken of all weights, and the maximum after that.",
)
def abs_too_late(W, bits, axis):
    largest = W.amax((0, 1) if axis is None else 1 - axis % 2, keepdim=True).abs()
    scale = torch.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1.0)
    return torch.round(W / scale).to(torch.int8), scale


@symmetric.misconception(
    seen="All numbers are right. Which of the two comes first?",
    why="The scales come first here. In this exercise the whole numbers do.",
    convention=True,
)
def scale_first(W, bits, axis):
    m = 2 ** (bits - 1) - 1
    largest = W.abs().amax((0, 1) if axis is None else 1 - axis % 2, keepdim=True)
    scale = torch.where(largest > 0, largest / m, 1.0)
    return scale, torch.round(W / scale).to(torch.int8)


@symmetric.alternative
def row_by_row(W, bits, axis):
    m = 2 ** (bits - 1) - 1
    rows = {None: W.reshape(1, -1), 0: W, 1: W.T}[axis if axis is None else axis % 2]
    scales = [max(map(abs, row)) / m or 1.0 for row in rows.tolist()]
    scale = torch.tensor(scales, dtype=W.dtype)[:, None]
    q = torch.round(rows / scale).to(torch.int8)
    if axis is None:
        return q.view(W.shape), scale
    return (q, scale) if axis % 2 == 0 else (q.T.contiguous(), scale.T.contiguous())
