"""More misconceptions for `fake_quantize`: code that is built in another way."""

import torch

from autograder.checks.aware_training.fake_quantize import fake


@fake.misconception(
    seen="What comes out is right. How steep is a staircase where a weight lies?",
    why="The gradient goes through `torch.round` here, and a staircase is flat nearly everywhere: every "
    "weight gets the gradient 0 and never moves. It has to be led past the rounding.",
)
def zero_gradient(W, scale, qmin, qmax):
    return torch.round(W / scale).clamp(qmin, qmax) * scale


@fake.misconception(
    seen="What comes out is right. By which way does a gradient come back to W?",
    why="Everything is detached here, so no gradient comes back to W at all. Only the difference that "
    "the rounding makes is to be detached.",
)
def no_gradient(W, scale, qmin, qmax):
    return (torch.round(W / scale).clamp(qmin, qmax) * scale).detach()


@fake.misconception(
    seen="In the range both the result and the gradient are right. What happens at its ends?",
    why="Only the rounding is here, with its gradient, and no range. Whole numbers beyond `qmin` and "
    "`qmax` cannot be stored: they are moved into the range, and their gradient is cut.",
)
def only_rounds(W, scale, qmin, qmax):
    return W + (torch.round(W / scale) * scale - W).detach()


@fake.misconception(
    seen="What comes out is right. With `qmax` = 3, a weight at 3.3 scales is rounded to 3. Was its "
    "whole number moved into the range? Then what gradient does it get?",
    why="The weight is held in the range before it is rounded. So one at 3.3 scales, with 3 as the last "
    "whole number, gets no gradient. That is done, too. Here the gradient is cut only where the "
    "*rounded* whole number lies beyond the range.",
    convention=True,
)
def cut_before_rounding(W, scale, qmin, qmax):
    held = (W / scale).clamp(qmin, qmax)
    return (held + (held.round() - held).detach()) * scale


@fake.misconception(
    seen="What comes out is right. A weight rounds to `qmin` or `qmax` itself. Had it to be moved?",
    why="The first and the last whole number of the range get no gradient here. With 2 bits that is two "
    "marks of three. A weight that rounds to them lies in the range.",
)
def ends_left_out(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    stored = steps.clamp(qmin, qmax) * scale
    passed = W * ((steps > qmin) & (steps < qmax))
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="With one row it is right. How many scales are there?",
    why="One scale, the largest, serves all rows here. Then a row of small weights has only a mark or "
    "two, or none but 0. Each row has its own.",
)
def scale_per_tensor(W, scale, qmin, qmax):
    steps = torch.round(W / scale.max())
    stored = steps.clamp(qmin, qmax) * scale.max()
    passed = torch.where((steps >= qmin) & (steps <= qmax), W, 0.0)
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="What are `qmin` and `qmax` limits of: weights, or whole numbers?",
    why="The weights themselves are held between `qmin` and `qmax` here. These are whole numbers, "
    "counted in scales: first divide, then hold in the range.",
)
def weights_in_the_range(W, scale, qmin, qmax):
    held = W.clamp(qmin, qmax)
    return held + (torch.round(held / scale) * scale - held).detach()


@fake.misconception(
    seen="Where no weight is half way it is right. Where does 2.5 go?",
    why="Halves go away from 0 here, as at school. `torch.round` takes the even neighbour, so that "
    "halves go up as often as down.",
    convention=True,
)
def half_away(W, scale, qmin, qmax):
    exact = W / scale
    steps = exact.sign() * (exact.abs() + 0.5).floor()
    stored = steps.clamp(qmin, qmax) * scale
    passed = torch.where((steps >= qmin) & (steps <= qmax), W, 0.0)
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="What comes out is right in the range. What should a weight beyond it become?",
    why="A weight beyond the range becomes 0 here. Its mark is the last one of the range, which is the "
    "nearest there is. Only the gradient is 0.",
)
def zero_beyond(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = torch.where((steps >= qmin) & (steps <= qmax), W, 0.0)
    stored = torch.where((steps >= qmin) & (steps <= qmax), steps, 0.0) * scale
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="What comes out is right, and so are the gradients of weights that lie on a mark. Which "
    "weights are to be without one: those that were rounded, or those beyond the range?",
    why="Every weight that the rounding changed gets no gradient here, and that is nearly all of them. "
    "Only those whose whole number had to be moved into the range are cut.",
)
def cut_where_changed(W, scale, qmin, qmax):
    stored = torch.round(W / scale).clamp(qmin, qmax) * scale
    passed = W * (stored == W)
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="What comes out is right. Two gradients arrive, 0.3 and -0.7. Are the two weights moved alike?",
    why="Backward gives 1 or 0 here, whatever arrived. The 1 is a slope: what arrived at the result is "
    "multiplied by it.",
)
def forgets_what_arrived(W, scale, qmin, qmax):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, W, scale):
            steps = torch.round(W / scale)
            ctx.save_for_backward(((steps >= qmin) & (steps <= qmax)).to(W.dtype))
            return steps.clamp(qmin, qmax) * scale

        @staticmethod
        def backward(ctx, arrived):
            return ctx.saved_tensors[0], None

    return Rounded.apply(W, scale)


@fake.misconception(
    seen="What comes out is right. How often does W lead to the result with a gradient?",
    why="The gradient arrives twice here, once for the rounding and once for the range. The slope of "
    "both together is 1.",
)
def gradient_twice(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = 2 * W * ((steps >= qmin) & (steps <= qmax))
    return (steps.clamp(qmin, qmax) * scale - passed).detach() + passed


@fake.misconception(
    seen="What comes out is right. If W grows, does `W.detach() - W` grow?",
    why="The gradient has the wrong sign here: every step of a training would lead uphill. What is "
    "added is W minus the detached W, and not the other way round.",
)
def gradient_turned_round(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = W * ((steps >= qmin) & (steps <= qmax))
    return (steps.clamp(qmin, qmax) * scale).detach() + passed.detach() - passed


@fake.misconception(
    seen="What comes out is right. With `qmax` = 2, where does 2.5 go? And with `qmax` = 3, where "
    "does 3.5 go?",
    why="The gradient is cut half a scale beyond the last mark. Whether that half lies in the range "
    "depends on where `torch.round` takes it: 2.5 goes to 2, and 3.5 to 4. Ask the rounded number.",
)
def cut_at_half_a_step(W, scale, qmin, qmax):
    exact = W / scale
    passed = W * ((exact >= qmin - 0.5) & (exact <= qmax + 0.5))
    stored = torch.round(exact).clamp(qmin, qmax) * scale
    return passed + (stored - passed).detach()


@fake.misconception(
    seen="Where no weight is half way it is right. Where does 0.5 go, and where does -1.5?",
    why="Halves always go up here. `torch.round` takes the even neighbour, so that halves go up as "
    "often as down.",
    convention=True,
)
def half_up(W, scale, qmin, qmax):
    steps = (W / scale + 0.5).floor()
    passed = W * ((steps >= qmin) & (steps <= qmax))
    return passed + (steps.clamp(qmin, qmax) * scale - passed).detach()


@fake.misconception(
    seen="With one row it is right. Whose scale divides the second row?",
    why="The first row's scale serves all rows here. Each row has its own.",
)
def scale_of_the_first_row(W, scale, qmin, qmax):
    steps = torch.round(W / scale[0])
    passed = W * ((steps >= qmin) & (steps <= qmax))
    return passed + (steps.clamp(qmin, qmax) * scale[0] - passed).detach()


@fake.misconception(
    seen="Where the range is the same on both sides it is right. Where does it begin?",
    why="The range goes from -qmax to qmax here, for the result and for the gradient. Its low end is "
    "`qmin`, which may lie further down, or at 0.",
)
def symmetric_in_all(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = W * ((steps >= -qmax) & (steps <= qmax))
    return passed + (steps.clamp(-qmax, qmax) * scale - passed).detach()


@fake.misconception(
    seen="Inside the range it is right. Is `qmax` the last whole number, or the first that is too large?",
    why="The range ends one below `qmax` here, as `range` does in Python. Here `qmax` is the last "
    "whole number that can be stored.",
    convention=True,
)
def qmax_excluded(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = W * ((steps >= qmin) & (steps < qmax))
    return passed + (steps.clamp(qmin, qmax - 1) * scale - passed).detach()


@fake.misconception(
    seen="Where the range has one whole number more below than above it is right. Where does it begin?",
    why="The low end is worked out as that of a signed type here: -qmax - 1. It is given, as `qmin`.",
)
def range_of_a_type(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = W * ((steps >= -qmax - 1) & (steps <= qmax))
    return passed + (steps.clamp(-qmax - 1, qmax) * scale - passed).detach()


@fake.misconception(
    seen="In the range it is right. What is `W - W.detach()`, and what is left if only one W is masked?",
    why="Only the W that keeps its gradient is masked here, and the one that is taken away is not. "
    "Beyond the range the result is off by the weight itself. The two have to be equal everywhere.",
)
def masked_on_one_side(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    inside = (steps >= qmin) & (steps <= qmax)
    return (steps.clamp(qmin, qmax) * scale).detach() + W * inside - W.detach()


@fake.misconception(
    seen="In the range it is right. Can a weight beyond it be stored as it is?",
    why="A weight beyond the range is left as it was here. What can be stored there is the last mark.",
)
def left_beyond(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    inside = (steps >= qmin) & (steps <= qmax)
    passed = W * inside
    return torch.where(inside, passed + (steps * scale - passed).detach(), W.detach())


@fake.misconception(
    seen="With small weights it is right. What is 200 as an `int8`?",
    why="The whole numbers become `int8` before they are held in the range here, and there 200 is -56. "
    "First the range, then the type.",
)
def int8_before_the_range(W, scale, qmin, qmax):
    steps = torch.round(W / scale)
    passed = W * ((steps >= qmin) & (steps <= qmax))
    stored = steps.to(torch.int64).to(torch.int8).to(W.dtype).clamp(qmin, qmax) * scale
    return passed + (stored - passed).detach()
