"""Checks and misconceptions for `quantized_linear`."""

import torch

from autograder.exercise import Exercise, agree, differ


def layers(g):
    def layer(*B, O, I, N, high=127):
        q = torch.randint(-high, high + 1, (O, I), generator=g).to(torch.int8)
        scale = (0.2 + torch.rand(O, N, generator=g)) / high
        return torch.randn(*B, I, generator=g), q, scale, torch.randn(O, generator=g)

    *plain, b = layer(3, O=2, I=5, N=1)
    return {
        "each row has one scale, and the bias is 0": (*plain, torch.zeros_like(b)),
        "each row has one scale, and there is a bias": layer(2, O=3, I=4, N=1),
        "each row has two scales": layer(3, O=2, I=6, N=2),
        "each row has three scales": layer(2, O=5, I=6, N=3),
        "there are as many groups as rows": layer(1, O=3, I=12, N=3),
        "the matrix is square": layer(3, O=4, I=4, N=2),
        "the input has two leading axes": layer(2, 3, O=5, I=4, N=2),
        "the input is a single row of numbers": layer(O=3, I=12, N=4),
        "the whole numbers have 2 bits": layer(2, O=3, I=8, N=4, high=1),
    }


linear = Exercise(
    "integers.quantized_linear",
    title="A layer of whole numbers",
    points=1, difficulty=1, minutes=10, examples=layers, needs=("quantize_symmetric",),
)  # fmt: skip
for size in ("one I", "one N"):
    linear.leave_out(size, "the inputs are so many groups of one size")


@linear.oracle("torch.ops.quantized_decomposed.dequantize_per_channel_group, F.linear")
def _(x, q, scale, b):
    import torch.ao.quantization.fx._decomposed  # it registers the operation

    weights = torch.ops.quantized_decomposed.dequantize_per_channel_group(
        q, scale, None, -128, 127, torch.int8, q.shape[1] // scale.shape[1], scale.dtype
    )
    return torch.nn.functional.linear(x, weights, b)


def drawn(O=3, I=8, N=2):
    q = torch.randint(-127, 128, (O, I)).to(torch.int8)
    return torch.randn(4, I), q, 0.01 * torch.rand(O, N) + 0.005, torch.randn(O)


@linear.claim("an input of zeros gives the bias, and no scale changes that")
def _(answer):
    x, q, scale, b = drawn()
    zeros, plain, larger = answer.each((0 * x, q, scale, b), (x, q, scale, b), (x, q, 3 * scale, b))
    agree(zeros, b.expand(4, 3))
    agree(larger - b, 3 * (plain - b))
    differ(plain, zeros)


@linear.claim(
    "a single input that is 1 picks a column: each whole number times the scale of its group"
)
def _(answer):
    _, q, scale, b = drawn()
    columns = answer(torch.eye(8), q, scale, b) - b
    agree(columns[:4], (q[:, :4] * scale[:, :1]).T)
    agree(columns[4:], (q[:, 4:] * scale[:, 1:]).T)


linear.slip(
    " + b", "", name="forward_no_bias",
    seen="With a bias of 0 it is right. What does the layer give for an input of zeros?",
    why="The bias is left out here. It is not quantized, because it is small and is added as it is, but "
    "it is still part of the layer.",
)  # fmt: skip
linear.slip(
    " * scale[:, :, None]", " * scale[:, :1, None]", name="first_group_only",
    seen="With one scale a row it is right. Which scale belongs to the second group?",
    why="The first scale of each row is used for the whole row here. Each group has its own.",
)  # fmt: skip
linear.slip(
    " * scale[:, :, None]", " * scale.mean(1)[:, None, None]", name="mean_scale",
    seen="With one scale a row it is right. Which scale belongs to the second group?",
    why="The scales of a row are replaced by their mean here. Each group has its own.",
)  # fmt: skip
linear.slip(
    "* scale[:, :, None]", "* scale.mean(0)[None, :, None]", name="scale_of_no_row",
    seen="Do two rows with the same whole numbers have the same weights?",
    why="All rows share a scale here, the mean of theirs. Each row has its own.",
)  # fmt: skip
linear.slip(
    "* scale[:, :, None]", "* scale[:1, :, None]", name="first_row_only",
    seen="Is the second row multiplied by its own scales?",
    why="All rows have the scales of the first row here. Each row has its own.",
)  # fmt: skip
linear.slip(
    "* scale[:, :, None]", "/ scale[:, :, None]", name="divides",
    seen="With a bias alone it is right. What must a whole number be multiplied by to become a weight?",
    why="The whole numbers are divided by the scale here. That is how weights became whole numbers. The "
    "way back is a product.",
)  # fmt: skip
linear.slip(
    "q.unflatten(1, (scale.shape[1], -1)) * scale[:, :, None]", "q.unflatten(1, (1, -1)).to(b.dtype)",
    name="no_scale",
    seen="For an input of zeros it is right. What is one step of a whole number worth?",
    why="The whole numbers are used as weights here. Each has to be multiplied by its scale.",
)  # fmt: skip


@linear.misconception(
    seen="With one scale a row it is right. Which inputs belong to the first group?",
    why="The scales take turns here, so that neighbours belong to different groups. Neighbours share a "
    "scale: `repeat` lays the whole list down again and again, `repeat_interleave` each of its items.",
)
def groups_take_turns(x, q, scale, b):
    return x @ (q * scale.repeat(1, q.shape[1] // scale.shape[1])).T + b


@linear.misconception(
    seen="Where the bias is 0 and each row has one scale it is right. Was the bias quantized?",
    why="The bias is multiplied by the scale as well here. It was not quantized, so it is added last.",
)
def scale_on_bias(x, q, scale, b):
    weights = (q.unflatten(1, (scale.shape[1], -1)) * scale[:, :, None]).flatten(1)
    return x @ weights.T + b * scale.sum(1)


@linear.misconception(
    seen="With one scale a row it is right. How often is the bias added?",
    why="The bias is added once for each group here. It belongs to the output, not to a group, so it is "
    "added once.",
)
def bias_each_group(x, q, scale, b):
    weights = (q.unflatten(1, (scale.shape[1], -1)) * scale[:, :, None]).flatten(1)
    return x @ weights.T + scale.shape[1] * b


@linear.misconception(
    seen="With one scale a row it is right. Which sum does the scale of the second group belong to?",
    why="The products of the whole row are added up first here, and that sum is multiplied by the scales "
    "of all groups, added. A scale belongs to the sum of its own group alone.",
)
def scales_summed(x, q, scale, b):
    return x @ q.to(x.dtype).T * scale.sum(1) + b


@linear.misconception(
    seen="Which weights can be written in int8?",
    why="The products of whole numbers and scales are turned into whole numbers again here, and nearly "
    "all of them become 0. The weights have the dtype of the scale.",
)
def weights_in_int8(x, q, scale, b):
    weights = (q.unflatten(1, (scale.shape[1], -1)) * scale[:, :, None]).flatten(1)
    return x @ weights.to(q.dtype).to(x.dtype).T + b


@linear.misconception(
    seen="Which groups does scale[1] belong to?",
    why="The scales are read the wrong way round here, group by group and not row by row. scale is "
    "(O, N): a row of it belongs to a row of weights.",
)
def scales_by_group(x, q, scale, b):
    turned = scale.T.reshape(scale.shape)
    return x @ (q.unflatten(1, (scale.shape[1], -1)) * turned[:, :, None]).flatten(1).T + b


@linear.alternative
def group_by_group(x, q, scale, b):
    G = q.shape[1] // scale.shape[1]
    y = b
    for n, column in enumerate(scale.T):
        part = slice(n * G, (n + 1) * G)
        y = y + (x[..., part] @ q[:, part].T.to(x.dtype)) * column
    return y


@linear.alternative
def repeated(x, q, scale, b):
    weights = q * scale.repeat_interleave(q.shape[1] // scale.shape[1], 1)
    return torch.nn.functional.linear(x, weights, b)
