"""Checks and misconceptions for `int8_matmul`."""

import torch

from autograder.exercise import Exercise, agree, differ


def cancelling():
    """Rows whose products have the sum 0: 6 * 35 = 10 * 21, 14 * 33 = 22 * 21, 15 * 26 = 39 * 10."""
    x = torch.tensor([[6, 10, 14, 22, 15, 39]], dtype=torch.int8).repeat(5, 1)
    return x, torch.tensor([[35, -21, 33, -21, 26, -10]], dtype=torch.int8).repeat(4, 1)


def products(g):
    def draw(T, I, O, high=127):
        def q(*shape):
            drawn = torch.randint(-high, high + 1, shape, generator=g).to(torch.int8)
            drawn[0, 0] = -high - 1  # -128 is an int8, too
            return drawn

        def s(*shape):
            return (0.2 + torch.rand(*shape, generator=g)) / high

        return q(T, I), s(T, 1), q(O, I), s(1, O)

    full = torch.full((2, 5), 127, dtype=torch.int8)
    x, w = cancelling()
    w[3], scales = torch.tensor([1, 0, 0, 0, 0, 0]), 300 * (1 + draw(1, 1, 4)[3])
    scales[0, 3] = 1e-3
    return {
        "whole numbers are small": draw(2, 3, 4, high=3),
        "there is one row": draw(1, 9, 3),
        "there are three rows": draw(3, 2, 4),
        "there are more inputs": draw(2, 40, 5),
        "the result is square": draw(3, 6, 3),
        "everything is square": draw(4, 4, 4),
        "all whole numbers are 127": (full, draw(2, 1, 3)[1], full[:1].expand(3, 5).clone(),
                                      draw(1, 1, 3)[3]),
        "most products cancel": (x, 1000 * (1 + draw(5, 1, 1)[1]), w, scales),
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
    return q[0], 0.01 * torch.rand(T, 1) + 1e-3, q[1], 0.01 * torch.rand(1, O) + 1e-3


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


@matmul.claim("where the products cancel, nothing is left, however large the scales are")
def _(answer):
    x, w = cancelling()
    got = answer(x, 1000 + 1000 * torch.rand(5, 1), w, 300 + 300 * torch.rand(1, 4))
    other = answer(x, torch.ones(5, 1), w.abs(), torch.ones(1, 4))
    assert got.shape == (5, 4)
    assert got.abs().max() < 1e-6
    agree(other, torch.full((5, 4), 2.0 * (210 + 462 + 390)))


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
    seen="Is every column of the result multiplied by its scale?",
    why="Only the scales of the input are used here. The whole numbers of the weights have scales, too.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* sw", name="inputs_unscaled",
    seen="Is every row of the result multiplied by its scale?",
    why="Only the scales of the weights are used here. The whole numbers of the input have scales, too.",
)  # fmt: skip
matmul.slip(
    "* sx * sw", "* sx.mean() * sw", name="one_scale_for_all_rows",
    seen="With one row it is right. Which scale belongs to the second row of the input?",
    why="All rows of the input share a scale here, the mean of theirs. Each has its own.",
)  # fmt: skip


@matmul.misconception(
    seen="Which whole number is -1, if its 8 bits are read without a sign?",
    why="The input becomes uint8 here, which has no sign: -1 becomes 255. int8 goes to 32 bits as it is.",
)
def sign_lost(xq, sx, wq, sw):
    return (xq.to(torch.uint8).int() @ wq.int().T) * sx * sw


@matmul.misconception(
    seen="The numbers are right up to their last digits. What is added up, whole numbers or others?",
    why="The whole numbers are multiplied by their scales first here, and ordinary numbers are added up. "
    "Each is rounded a little, so that sums which should cancel do not. It is also what the "
    "whole numbers were to spare: they are added up first, and the scales come once, after that.",
)
def brought_back_first(xq, sx, wq, sw):
    return (xq * sx) @ (wq * sw.T).T


@matmul.misconception(
    seen="Where all is small it is right. What is 100 times 2 in int8?",
    why="The products are made in int8 here, and only their sum has more bits. 100 times 2 has come "
    "round by then. The whole numbers need 32 bits before they are multiplied.",
)
def products_in_int8(xq, sx, wq, sw):
    return (xq[:, None] * wq).sum(-1) * sx * sw


@matmul.misconception(
    seen="The numbers are nearly right. Where does the rounding come in?",
    why="Each product is brought back and rounded here before the sum. The sum of whole numbers is "
    "exact, so nothing needs rounding; the scales come once, after it.",
)
def dequant_before_sum_rounding(xq, sx, wq, sw):
    each = (xq[:, None] * sx[:, None]) * (wq * sw.T)
    return each.round().sum(-1)


@matmul.misconception(
    seen="The sums are whole numbers. Are the scales?",
    why="The product of the scales is rounded here. Only what is added up is a whole number.",
)
def scales_rounded(xq, sx, wq, sw):
    return (xq.int() @ wq.int().T) * (sx * sw).round()


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
