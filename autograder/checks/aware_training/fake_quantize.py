"""Checks and misconceptions for `fake_quantize`."""

import torch

from autograder.exercise import Exercise, agree, differ


def weights(g):
    def drawn(O, I, qmin, qmax, beyond=0):
        """Scales, and weights a few tenths from the marks; `beyond` of each row leave the range."""
        steps = torch.randint(qmin, qmax + 1, (O, I), generator=g)
        if beyond:
            at = torch.randperm(I, generator=g)[:beyond]
            above = torch.arange(O * beyond).view(O, beyond) % 2 == 0
            steps[:, at] = torch.where(above, qmax + 2, qmin - 3)
        aside = 0.05 + 0.3 * torch.rand(O, I, generator=g)
        scale = 0.1 + torch.rand(O, 1, generator=g)
        return (steps + aside * torch.randn(O, I, generator=g).sign()) * scale, scale, qmin, qmax

    def of(scale, qmin, qmax, *steps):
        scale = torch.tensor(scale)[:, None]
        return torch.tensor(steps) * scale, scale, qmin, qmax

    *precise, _, _ = drawn(2, 5, -6, 7)
    plain, *around = drawn(5, 2, -4, 6, beyond=1)
    turned = plain.T.contiguous()
    return {
        "all weights lie in the range": drawn(2, 3, -7, 7),
        "there is one row": drawn(1, 5, -3, 3),
        "some weights lie beyond the range": drawn(3, 4, -2, 2, beyond=2),
        "there are 2 bits": drawn(2, 6, -1, 1, beyond=2),
        "the range is not the same on both sides": drawn(3, 5, -8, 5, beyond=2),
        "the range begins at 0": drawn(4, 3, 0, 6, beyond=1),
        "the matrix is square": drawn(3, 3, -5, 6, beyond=1),
        "a weight lies a little beyond the last whole number": of(
            (0.5, 0.3), -4, 3, [3.3, 3.7, -4.2, 0.9], [-4.4, -4.8, 3.1, 1.2]
        ),
        "a weight lies half way between two whole numbers": of(
            (0.5, 2.0), -4, 4, [0.5, 1.5, -2.5, 3.5, -0.5], [2.5, -1.5, -3.5, 0.5, 1.5]
        ),
        "the numbers have twice the precision": (*(each.double() for each in precise), -6, 7),
        "one row is 50 times as large": of(
            (0.2, 10.0), -3, 3, [1.2, -2.1, 0.3, 2.8], [-0.8, 2.2, 4.3, -3.2]
        ),
        "some weights lie exactly on a mark": of(
            (0.5, 0.25), -3, 2, [2.0, -1.0, 0.3, 4.0, 0.0], [-3.0, 1.2, 1.0, -5.0, 2.0]
        ),
        "the half beyond an even end rounds into the range": of(
            (1.0, 0.5), -2, 2, [2.5, -2.5, 3.5, -3.5], [1.5, -2.5, 2.5, -1.5]
        ),
        "the half beyond an odd end rounds out of it": of(
            (0.5, 1.0), -3, 3, [3.5, -3.5, 2.5], [-2.5, 3.5, -3.5]
        ),
        "weights lie far beyond the range": of(
            (0.5,), -3, 3, [130.3, 200.2, 1.1, 300.4, -200.2, 40000.3, -1.8]
        ),
        "there are 8 bits": of((0.125,), -127, 127, [101.48, -126.52, 126.51, 127.6, -90.3]),
        "a row has a very small scale": of(
            (1e-4, 0.5), -4, 3, [2.2, -1.1, 3.8, 0.7, -2.7], [1.1, 0.2, -3.2, 4.1, -4.7]
        ),
        "the matrix is a turned one": (turned.T, *around),
    }


fake = Exercise(
    "aware_training.fake_quantize", fast_track=True,
    title="A rounding that lets gradients through",
    points=2, difficulty=2, minutes=20, examples=weights,
    forbid=("fake_quantize_per_channel_affine", "fake_quantize_per_tensor_affine"),
)  # fmt: skip


def slopes(answer, *args):
    """How much the result of each weight grows with it, as autograd tells: 1 where all passes."""
    (arrived,) = answer.gradients(*args)
    if arrived is None:
        return None
    sent = torch.sin(torch.arange(1, arrived.numel() + 1, dtype=arrived.dtype))
    return arrived / sent.view(arrived.shape)


def by_weight(slopes, W, scale, qmin, qmax):
    """The slopes as numbers, each by its row and its weight in scales, so that one is shown by name."""
    if slopes is None:
        return None
    names = [
        f"row {row}, {exact:.2f} scales, range {qmin} to {qmax}"
        for row, each in enumerate((W / scale).tolist())
        for exact in each
    ]
    return dict(zip(names, [round(each, 3) for each in slopes.flatten().tolist()], strict=True))


@fake.probe
def _(answer, *args):
    W, scale, *_ = answer.after(*args)
    kept = torch.equal(W, args[0]) and torch.equal(scale, args[1])
    out = answer(*args)
    told = {"what comes out": out, "the slope at each weight": None}
    told["W and scale are as they were"] = kept
    if isinstance(out, torch.Tensor) and out.shape == args[0].shape:
        told["the slope at each weight"] = by_weight(slopes(answer, *args), *args)
    return told


@fake.oracle("torch.fake_quantize_per_channel_affine")
def _(W, scale, qmin, qmax):
    zero = torch.zeros(len(W), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(W, scale.float().flatten(), zero, 0, qmin, qmax)


@fake.alternative
def own_function(W, scale, qmin, qmax):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, W, scale):
            steps = W.div(scale).round()
            ctx.save_for_backward(steps.ge(qmin).logical_and(steps.le(qmax)))
            return steps.clamp(qmin, qmax) * scale

        @staticmethod
        def backward(ctx, arrived):
            (kept,) = ctx.saved_tensors
            return arrived * kept, None

    return Rounded.apply(W, scale)


@fake.alternative
def past_the_rounding(W, scale, qmin, qmax):
    exact = W / scale
    steps = exact + (exact.round() - exact).detach()
    return steps.clamp(qmin, qmax) * scale


@fake.claim(
    "the results lie on the marks: whole numbers in the range, times the scale of their row"
)
def _(answer):
    W, scale = 3 * torch.randn(5, 12), 0.2 + torch.rand(5, 1)
    marks = answer(W, scale, -2, 3) / scale
    agree(marks, marks.round())
    assert marks.min() >= -2.001
    assert marks.max() <= 3.001
    inside = (W / scale).round().clamp(-2, 3) == (W / scale).round()
    assert ((marks * scale - W)[inside].abs() <= (0.501 * scale).expand_as(W)[inside]).all()
    assert marks.round().unique().numel() > 3


@fake.claim(
    "a weight between two marks gets the gradient that arrived at its result, no more and no less"
)
def _(answer):
    scale = torch.tensor([[0.5], [0.8]])
    W = torch.tensor([[0.6, -1.1, 1.4], [1.5, 0.9, -2.2]])
    before, after = answer.each((W, scale, -7, 7), (W + 0.02, scale, -7, 7))
    agree(after, before)
    differ(before, W)
    agree(slopes(answer, W, scale, -7, 7), torch.ones(2, 3))


@fake.claim("weights next to a mark become it, and on a mark, be it the first or last, all learn")
def _(answer):
    scale = torch.tensor([[0.25], [0.5], [2.0]])
    W = scale * torch.arange(-3.0, 3.0)
    agree(answer(W + 0.1 * scale, scale, -3, 2), W)
    agree(slopes(answer, W, scale, -3, 2), torch.ones(3, 6))


@fake.claim("a weight beyond the range gets no gradient, and its neighbours get all of theirs")
def _(answer):
    scale = torch.tensor([[0.5], [2.0]])
    W = scale * torch.tensor([[5.2, 0.9, -6.8, 2.1], [-2.9, -9.1, 3.2, 7.9]])
    kept = torch.tensor([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    agree(slopes(answer, W, scale, -3, 4), kept)


fake.slip(
    "W * inside", "W", name="gradient_everywhere",
    seen="What comes out is right. Can a weight far beyond the range change the result by moving a "
    "little?",
    why="The gradient passes at every weight here. Beyond the range the result stays at the last mark, "
    "however far the weight goes, so a gradient there could drive it away for ever. It is cut.",
)  # fmt: skip
fake.slip(
    "W * inside", "W * ~inside", name="gradient_outside",
    seen="What comes out is right. Which weights should learn: those in the range, or those beyond it?",
    why="The gradient passes beyond the range here, and is cut inside. It is the other way round: a "
    "weight in the range can still change the result.",
)  # fmt: skip
fake.slip(
    "W * inside", "W * inside * scale", name="gradient_times_scale",
    seen="What comes out is right. The result is in units of the weight again. If 0.3 arrives there, "
    "what should arrive at a weight whose scale is 0.5?",
    why="The gradient is multiplied by the scale here. A weight is first divided by its scale, then "
    "multiplied by it, and the two cancel: the line through the stairs has the slope 1.",
)  # fmt: skip
fake.slip(
    "W * inside", "W * inside / scale", name="gradient_over_scale",
    seen="What comes out is right. When a weight grows by 0.1, by how much does the straight line "
    "through the stairs grow, if the scale is 0.5?",
    why="The gradient is divided by the scale here, as if the result were the whole number. The whole "
    "number is multiplied by the scale again, and the two cancel: the slope is 1.",
)  # fmt: skip
fake.slip(
    "steps.clamp(qmin, qmax) * scale", "steps * scale", name="round_not_clamped",
    seen="In the range it is right. Can a whole number beyond `qmax` be stored?",
    why="Whole numbers beyond the range stay here. With 2 bits there is no 5: training would rely on "
    "weights that cannot be stored. They become `qmin` or `qmax`.",
)  # fmt: skip
fake.slip(
    "steps.clamp(qmin, qmax) * scale", "steps.clamp(qmin, qmax)", name="whole_numbers",
    seen="These are the right whole numbers. How large is the weight that each of them means?",
    why="These are whole numbers, as they are stored. The layer computes with the weights that they "
    "mean, so each is multiplied by its scale again.",
)  # fmt: skip
fake.slip(
    "steps.clamp(qmin, qmax) * scale", "steps.clamp(-qmax, qmax) * scale", name="symmetric_range",
    seen="Where the range is the same on both sides it is right. Where does it begin?",
    why="The range goes from -qmax to qmax here. Its low end is `qmin`, which may lie further down, or "
    "at 0.",
)  # fmt: skip
fake.slip(
    "(steps >= qmin) & (steps <= qmax)", "steps <= qmax", name="cut_above_only",
    seen="What comes out is right. A range has two ends. At which of them is the gradient cut?",
    why="The gradient is cut above `qmax` only. Below `qmin` the result stays at the first mark, and so "
    "it is cut there, too.",
)  # fmt: skip
fake.slip(
    "(steps >= qmin) & (steps <= qmax)", "steps >= qmin", name="cut_below_only",
    seen="What comes out is right. A range has two ends. At which of them is the gradient cut?",
    why="The gradient is cut below `qmin` only. Above `qmax` the result stays at the last mark, and so "
    "it is cut there, too.",
)  # fmt: skip
fake.slip(
    "steps >= qmin", "steps > qmin", name="first_left_out",
    seen="What comes out is right. A weight rounds to `qmin` itself. Had it to be moved?",
    why="The first whole number of the range gets no gradient here. A weight that rounds to it lies in "
    "the range.",
)  # fmt: skip
fake.slip(
    "steps <= qmax", "steps < qmax", name="last_left_out",
    seen="What comes out is right. A weight rounds to `qmax` itself. Had it to be moved?",
    why="The last whole number of the range gets no gradient here. A weight that rounds to it lies in "
    "the range.",
)  # fmt: skip
fake.slip(
    "torch.round(W / scale)", "torch.floor(W / scale)", name="floors",
    seen="What becomes of 1.9 scales? Which whole number is nearest?",
    why="Everything is rounded down here, so that weights become smaller by half a scale on average. "
    "Each goes to the nearest whole number.",
)  # fmt: skip
fake.slip(
    "torch.round(W / scale)", "torch.trunc(W / scale)", name="truncates",
    seen="What becomes of 1.9 scales? Which whole number is nearest?",
    why="What comes after the point is cut off here, so that all weights move towards 0. Each goes to "
    "the nearest whole number.",
)  # fmt: skip
fake.slip(
    "torch.round(W / scale)", "torch.round(W / scale.max())", name="scale_per_tensor_rounded",
    seen="With one row it is right. Whose scale divides the second row?",
    why="All rows are divided by the largest scale here, and multiplied by their own. Each row has "
    "one scale for both.",
)  # fmt: skip
