"""Checks and misconceptions for `int8_matmul`."""

import torch

from autograder.exercise import Exercise, agree, differ


def products(g):
    def draw(T, I, O, high=127):
        def q(*shape):
            return torch.randint(-high, high + 1, shape, generator=g).to(torch.int8)

        def s(*shape):
            return (0.2 + torch.rand(*shape, generator=g)) / high

        return q(T, I), s(T, 1), q(O, I), s(1, O)

    full = torch.full((2, 5), 127, dtype=torch.int8)
    return {
        "whole numbers are small": draw(2, 3, 4, high=3),
        "there is one row": draw(1, 4, 3),
        "there are three rows": draw(3, 2, 4),
        "there are more inputs": draw(2, 40, 5),
        "the result is square": draw(3, 6, 3),
        "everything is square": draw(4, 4, 4),
        "all whole numbers are 127": (full, draw(2, 1, 3)[1], full[:1].expand(3, 5).clone(),
                                      draw(1, 1, 3)[3]),
        "scales are large": (*draw(2, 5, 3)[:1], torch.tensor([[2.0], [3.0]]),
                             *draw(2, 5, 3)[2:3], torch.tensor([[5.0, 7.0, 0.5]])),
    }  # fmt: skip


matmul = Exercise(
    "integers.int8_matmul",
    title="A product of whole numbers",
    points=1, difficulty=1, minutes=10, examples=products, optional=True,
    needs=("quantize_symmetric",),
)  # fmt: skip


@matmul.oracle("torch.nn.functional.linear of the numbers that were brought back, in float64")
def _(xq, sx, wq, sw):
    x, w = xq.double() * sx, wq.double() * sw.T
    return torch.nn.functional.linear(x, w.double()).to(sx.dtype)


def drawn(T=3, I=50, O=4):
    q = [torch.randint(-127, 128, shape).to(torch.int8) for shape in ((T, I), (O, I))]
    return q[0], torch.rand(T, 1) + 0.1, q[1], torch.rand(1, O) + 0.1


@matmul.claim(
    "a scale belongs to a row of the result, or to a column: doubled, it doubles that alone"
)
def _(answer):
    xq, sx, wq, sw = drawn()
    row, column = torch.tensor([[2.0], [1], [1]]), torch.tensor([[1.0, 1, 2, 1]])
    plain, wide, high = answer.each(
        (xq, sx, wq, sw), (xq, row * sx, wq, sw), (xq, sx, wq, column * sw)
    )
    agree(wide, row * plain)
    agree(high, column * plain)
    differ(wide, plain)


@matmul.claim("a long row of 127s gives its length times 127 squared: no sum comes round")
def _(answer):
    for I in (3, 300):
        full = torch.full((2, I), 127, dtype=torch.int8)
        got = answer(full, torch.ones(2, 1), full[:1], torch.full((1, 1), 0.5))
        agree(got, torch.full((2, 1), I * 127 * 127 * 0.5))


matmul.slip(
    "(xq.int() @ wq.int().T)", "(xq @ wq.T)", name="sums_in_int8",
    seen="Where all is small it is right. What is 100 times 2 in int8?",
    why="The sums stay in int8 here, where torch keeps the dtype of what is multiplied. Beyond 127 they "
    "come round at -128. The whole numbers need 32 bits before the product.",
)  # fmt: skip
matmul.slip(
    "(xq.int() @ wq.int().T)", "(xq.short() @ wq.short().T)", name="sums_in_int16",
    seen="Short sums are right. How many products of 127 and 127 fit below 32,768?",
    why="The sums have 16 bits here. One product takes up to 16,129 of the 32,767 that they can hold, so "
    "that already the third may come round. 32 bits are enough for 133,000 of them.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* (sx + sw)", name="scales_added",
    seen="The sums of whole numbers are right. What is the step of a product, if one factor has steps "
    "of 2 and the other of 3?",
    why="The scales are added here. One step of the input times one step of the weight is their "
    "product.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* sx", name="weights_unscaled",
    seen="Do the columns of the result have the right size?",
    why="Only the scales of the input are used here. The whole numbers of the weights have scales, too.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* sw", name="inputs_unscaled",
    seen="Do the rows of the result have the right size?",
    why="Only the scales of the weights are used here. The whole numbers of the input have scales, too.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* sx.mean() * sw", name="one_scale_for_all_rows",
    seen="With one row it is right. Which scale has the second row of the input?",
    why="All rows of the input share a scale here, the mean of theirs. Each has its own.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* (sx * sw).round()", name="scales_rounded",
    seen="The sums are whole numbers. Are the scales?",
    why="The product of the scales is rounded here. Only what is added up is a whole number.",
)  # fmt: skip


@matmul.misconception(
    seen="The numbers are nearly right. Where does the rounding come in?",
    why="Each product is brought back and rounded here before the sum. The sum of whole numbers is "
    "exact, so nothing needs rounding; the scales come once, after it.",
)
def dequant_before_sum_rounding(xq, sx, wq, sw):
    each = (xq[:, None] * sx[:, None]) * (wq * sw.T)
    return each.round().sum(-1)


@matmul.misconception(
    seen="The sums are right. What is left of 0.4, as a whole number?",
    why="The result is rounded to whole numbers here. It is not quantized: whole numbers were added up, "
    "and their scales make ordinary numbers of them.",
)
def result_rounded(xq, sx, wq, sw):
    return ((xq.int() @ wq.int().T) * sx * sw).round()


@matmul.alternative
def in_float64(xq, sx, wq, sw):
    sums = xq.double() @ wq.double().T
    return (sums * (sx * sw)).to(sx.dtype)


@matmul.alternative
def as_an_einsum(xq, sx, wq, sw):
    return torch.einsum("ti,oi->to", xq.long(), wq.long()) * (sx @ sw)
