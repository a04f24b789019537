"""Checks and misconceptions for `quantize_affine`."""

import torch

from autograder.checks.integers import observed
from autograder.exercise import Exercise, agree


def numbers(g):
    def spread(low, high, *shape):
        """Numbers from low to high, both of which are among them."""
        x = low + (high - low) * torch.rand(*shape, generator=g)
        x.view(-1)[0], x.view(-1)[-1] = low, high
        return x

    def some():
        return float(torch.rand(1, generator=g))

    halves = torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 12.5, -1, 2, 3.2, 6.5, 8.5, 11])
    ends = torch.tensor([-1.5, 1.5, 0.2, 0.7, -0.4, -1.1, 0, 1.2, -0.2, 1])
    odd = torch.tensor([-1.0, 0.5, 2.0, 1.5, -0.5, 0.0, 1.0, 1.7, -0.8])
    tiny = torch.tensor([-2.0, 1.0, 3.0, 0.0, -1.0, 5.0, 2.0, 4.0]) * 2.0**-24
    return {
        "numbers have both signs, in uint8": (spread(-1 - some(), 3.0, 5), 0, 255),
        "numbers have both signs, in int8": (spread(-1.0, 2 + some(), 6), -128, 127),
        "numbers have both signs, in 4 bits": (spread(-2.0, 1 + some(), 2, 3), 0, 15),
        "all numbers are above 0": (spread(4 + some(), 7.0, 5), 0, 255),
        "all numbers are below 0": (spread(-7.0, -3 - some(), 4), -128, 127),
        "the range ends at 0": (spread(0.0, 2 + some(), 3, 2), -8, 7),
        "the numbers are far from each other": (spread(-0.5, 90 + some(), 7), 0, 255),
        "there are few levels": (spread(-1 - some(), 1.2, 2, 4), -2, 1),
        "both ends lie half way between two levels": (ends, 0, 3),
        "a number lies half way between two levels": (halves, -4, 11),
        "halves are rounded, and the zero point is odd": (odd, 0, 3),
        "the low end is half way, and qmin is odd": (ends, -1, 2),
        "all numbers are below a millionth": (tiny, 0, 7),
        "all numbers are 0": (torch.zeros(2, 3), 0, 255),
        "all numbers are 0, and qmin is not": (torch.zeros(7), -128, 127),
        "all numbers are equal": (torch.full((6,), 1 + some()), -128, 127),
    }


affine = Exercise(
    "integers.quantize_affine",
    title="A scale and a zero point",
    points=2, difficulty=2, minutes=20, examples=numbers,
)  # fmt: skip


@affine.oracle("torch.ao.quantization.MinMaxObserver, quantized_decomposed.quantize_per_tensor")
def _(x, qmin, qmax):
    import torch.ao.quantization.fx._decomposed  # it registers the operation
    from torch.ao.quantization import MinMaxObserver

    held = torch.qint8 if qmin < 0 else torch.quint8
    each = MinMaxObserver(
        dtype=held, quant_min=qmin, quant_max=qmax, eps=1e-30, qscheme=torch.per_tensor_affine
    )
    scale, zero = observed(each, x)
    scale = torch.where(scale < 1e-20, 1.0, scale)  # theirs is eps where all numbers are 0
    q = torch.ops.quantized_decomposed.quantize_per_tensor(
        x.float(), scale.item(), zero.item(), qmin, qmax, torch.int32
    )
    return q, scale.squeeze(0), zero.squeeze(0)


@affine.claim("each number comes back to within half a step, and 0 as 0 exactly")
def _(answer):
    for low in (-3.0, 1.0, -9.0, -0.75):
        x = torch.cat([low + 2 * torch.rand(30), torch.tensor([low, low + 2, 0.0])])
        q, scale, zero = answer(x, 0, 255)
        assert (q[-1] - zero) * scale == 0
        assert q.unique().numel() > 3
        assert (((q - zero) * scale - x).abs() <= 0.501 * scale).all()


@affine.claim(
    "the smallest number becomes qmin, the largest qmax, and the scale is their distance by the steps"
)
def _(answer):
    for qmin, qmax in ((0, 255), (-8, 7)):
        x = torch.linspace(-1.13, 2.29, 60)[torch.randperm(60)]
        q, scale, _ = answer(x, qmin, qmax)
        assert (q.min(), q.max()) == (qmin, qmax)
        assert abs(float(scale) * (qmax - qmin) - 3.42) < 1e-3


@affine.claim(
    "if all numbers move up by a step, the zero point moves down by one, and little else does"
)
def _(answer):
    x = torch.cat([torch.tensor([-1.02, 1.53]), 2 * torch.rand(8) - 0.7])  # the step is 0.01
    (q, scale, zero), (again, same, moved) = answer.each((x, 0, 255), (x + scale_of(x), 0, 255))
    agree(scale, same)
    assert zero - moved == 1
    assert (q - again).abs().max() <= 1
    assert q.unique().numel() > 4


def scale_of(x):
    return (x.max() - x.min()) / 255


affine.slip(
    "qmin - torch.round(low", "qmin + torch.round(low", name="zp_sign",
    seen="The scale is right. Which whole number should stand for 0, if half of the numbers are "
    "negative?",
    why="The low end is added to qmin here, though it is negative, so the zero point leaves the range. "
    "It is qmin minus low / scale: the low end is as many steps below 0 as the zero point is above "
    "qmin.",
)  # fmt: skip
affine.slip(
    "x.min().clamp(max=0), x.max().clamp(min=0)", "x.min(), x.max()",
    name="zero_not_representable",
    seen="Where numbers have both signs it is right. Which whole number stands for 0, if all are above "
    "it?",
    why="The range goes from the smallest to the largest number here, and 0 may lie outside. Then no "
    "whole number stands for it, but padding and the zeros of ReLU have to come back as 0. So the range "
    "reaches to 0.",
)  # fmt: skip
affine.slip(
    "torch.round(x / scale).int() + zero", "torch.round((x - low) / scale).int() + qmin",
    name="round_before_zp_scale",
    seen="Scale and zero point are right. Does a number become the same, if the low end is taken away "
    "before it is rounded?",
    why="The low end is taken away first here, and everything is rounded after that. But the zero point "
    "is rounded, too, so the two do not fit: 0 may become another whole number than the zero point. "
    "number / scale is rounded, and the zero point is added.",
)  # fmt: skip
affine.slip(
    "torch.round(x / scale).int() + zero", "torch.round(x / scale + zero).int()",
    name="rounded_after_zero",
    seen="Where nothing is half way it is right. What does 0.5 round to, and 0.5 + 1?",
    why="The zero point is added first here, and the sum is rounded. A half goes to the even neighbour, "
    "and an odd zero point makes another one even. `torch.quantize_per_tensor` does it in this order, "
    "too. In this exercise number / scale is rounded alone, and the zero point is added then.",
    convention=True,
)  # fmt: skip
affine.slip(
    "qmin - torch.round(low / scale).int()", "torch.round(qmin - low / scale).int()",
    name="zero_rounded_late",
    seen="Where the low end is not half way it is right. What does 1.5 round to, and 1.5 - 1?",
    why="qmin takes part in the rounding here. A half goes to the even neighbour, and an odd qmin makes "
    "another one even. low / scale is rounded alone, so that it fits how numbers are rounded.",
)  # fmt: skip
affine.slip(
    "x.min().clamp(max=0), x.max().clamp(min=0)", "x.min().clamp(max=0), x.max()",
    name="reaches_down_only",
    seen="Where the largest number is above 0 it is right. Does the range reach 0, if all are below it?",
    why="The range is extended to 0 at its low end alone here. Where all numbers are negative, its high "
    "end has to go up to 0.",
)  # fmt: skip
affine.slip(
    "x.min().clamp(max=0), x.max().clamp(min=0)", "x.min(), x.max().clamp(min=0)",
    name="reaches_up_only",
    seen="Where the smallest number is below 0 it is right. Does the range reach 0, if all are above it?",
    why="The range is extended to 0 at its high end alone here. Where all numbers are positive, its low "
    "end has to go down to 0.",
)  # fmt: skip
affine.slip(
    "(qmax - qmin)", "255", name="always_a_byte",
    seen="With 256 levels it is right. How many steps are there from 0 to 15?",
    why="There are always 255 steps here. There are as many as from qmin to qmax.",
)  # fmt: skip
affine.slip(
    "q.clamp(qmin, qmax)", "q.clamp(0, 255)", name="clamped_to_a_byte",
    seen="From 0 to 255 it is right. Which whole numbers are allowed from -8 to 7?",
    why="Everything is clamped to 0 to 255 here. The ends are qmin and qmax.",
)  # fmt: skip
affine.slip(
    "q.clamp(qmin, qmax)", "q", name="no_clamp",
    seen="Nearly everywhere it is right. Are there whole numbers beyond qmax?",
    why="Nothing is clamped here. Where both ends are rounded outward, the last number is one step "
    "beyond qmax, and in a byte it would come round at the other end.",
)  # fmt: skip
affine.slip(
    "(qmax - qmin)", "(qmax - qmin + 1)", name="levels_for_steps",
    seen="How many steps are there between three levels?",
    why="The range is divided by the number of levels here. From 0 to 255 there are 256 levels, but 255 "
    "steps between them.",
)  # fmt: skip
affine.slip(
    "qmin - torch.round(low / scale).int()", "-torch.round(low / scale).int()",
    name="zero_from_zero",
    seen="For 0 to 255 it is right. What should the low end of the range become, if qmin is -128?",
    why="The zero point is counted from 0 here. It is counted from qmin, which the low end of the range "
    "becomes.",
)  # fmt: skip
affine.slip(
    "torch.round(x / scale).int()", "(x / scale).int()", name="truncate",
    seen="Scale and zero point are right. What becomes of 1.9?",
    why="What comes after the point is cut off here, so that the error is up to a whole step. Rounding "
    "comes first.",
)  # fmt: skip
affine.slip(
    "torch.round(low / scale).int()", "(low / scale).int()", name="zero_truncated",
    seen="The scale is right. What does -84.7 round to?",
    why="The zero point is cut off after the point here, and not rounded. Then the low end is clamped "
    "by up to a whole step.",
)  # fmt: skip
affine.slip(
    "scale = torch.where(scale > 0, scale, 1.0)", "scale = scale + 0", name="zero_scale",
    seen="It is right unless all numbers are 0. What is 0 / 0?",
    why="The scale is 0 here if all numbers are, and 0 / 0 is no number. Then the scale is 1.",
)  # fmt: skip
affine.slip(
    "x.min().clamp(max=0), x.max().clamp(min=0)", "-x.abs().max(), x.abs().max()",
    name="symmetric_range",
    seen="How long is the range from the smallest to the largest number?",
    why="The range reaches equally far both ways here. That is symmetric quantization, and where most "
    "numbers are on one side it wastes whole numbers. The affine one ends at the smallest and at the "
    "largest number.",
    convention=True,
)  # fmt: skip
affine.slip(
    "torch.round(x / scale).int() + zero", "torch.round(x / scale).int() - zero",
    name="zero_taken_away",
    seen="Scale and zero point are right. Which whole number does 0 become?",
    why="The zero point is taken away here. That is the way back. On the way there it is added, so that "
    "0 becomes the zero point.",
)  # fmt: skip
affine.slip(
    "qmin - torch.round(low / scale).int()",
    "(qmin - torch.round(low / scale).int()).clamp(0, 255)", name="zero_clamped",
    seen="For 0 to 255 it is right. Can a zero point be negative?",
    why="The zero point is kept above 0 here. With int8 it is any whole number from -128 to 127, and if "
    "it is clamped, all numbers move.",
)  # fmt: skip


@affine.misconception(
    seen="It is right unless all numbers are 0. What is 0 / 0?",
    why="The scale is 0 here if all numbers are, and 0 / 0 is no number. Then the scale is 1.",
)
def zeros_divided(x, qmin, qmax):
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (qmax - qmin)
    zero = (qmin - torch.round(low / scale)).int()
    return (torch.round(x / scale) + zero).clamp(qmin, qmax).int(), scale, zero


@affine.misconception(
    seen="All numbers are right. In which order are the three asked for?",
    why="The zero point comes before the scale here. In this exercise the scale comes second.",
    convention=True,
)
def zero_before_scale(x, qmin, qmax):
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (qmax - qmin)
    scale = torch.where(scale > 0, scale, 1.0)
    zero = qmin - torch.round(low / scale).int()
    return (torch.round(x / scale).int() + zero).clamp(qmin, qmax), zero, scale


@affine.alternative
def one_by_one(x, qmin, qmax):
    every = [*x.flatten().tolist(), 0.0]
    step = x.new_tensor((max(every) - min(every)) / (qmax - qmin) or 1.0)
    zero = qmin - int(torch.round(x.new_tensor(min(every)) / step))
    q = [min(max(zero + int(torch.round(each / step)), qmin), qmax) for each in x.flatten()]
    whole_numbers = torch.tensor(q, dtype=torch.int32).view(x.shape)
    return whole_numbers, step, torch.tensor(zero, dtype=torch.int32)
