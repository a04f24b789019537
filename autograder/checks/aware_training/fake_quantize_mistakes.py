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
    seen="What comes out is right. A weight at 3.3 steps becomes 3. Was it moved into the range, or "
    "rounded?",
    why="The weight is held in the range before it is rounded. So one at 3.3 steps, with 3 as the last "
    "whole number, gets no gradient. That is done, too. Here the gradient is cut only where the "
    "*rounded* whole number lies beyond the range.",
    convention=True,
)
def cut_before_rounding(W, scale, qmin, qmax):
    held = (W / scale).clamp(qmin, qmax)
    return (held + (held.round() - held).detach()) * scale


@fake.misconception(
    seen="In the range it is right. A weight rounds to `qmax` itself. Had it to be moved?",
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
    "counted in steps of the scale: first divide, then hold in the range.",
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
