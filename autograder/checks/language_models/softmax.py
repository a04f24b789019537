"""Checks and misconceptions for `softmax`."""

import math

import torch

from autograder.exercise import Exercise, agree, differ

INF = float("inf")


def scores(g):
    return {
        "there are three scores": (torch.tensor([2.0, 1.0, 0.0]), 0),
        "the rows differ in height": (torch.tensor([[0.0, 1.0], [5.0, 6.5], [-3.0, -3.5]]), 1),
        "the axis is counted from the end": (torch.randn(4, 5, generator=g), -1),
        "the shares run down the columns": (torch.randn(3, 4, generator=g), 0),
        "the axis is in the middle": (torch.randn(2, 4, 3, generator=g), 1),
        "a score is minus infinity": (torch.tensor([[1.0, -INF, 0.5, 0.2]]), 1),
        "scores are in the thousands": (1e3 + 100.0 * torch.randperm(30, generator=g)[:6], 0),
        "one row is far below the others": (
            torch.tensor([[0.0, 1.5, -1.0], [-1000.0, -1200.0, -1100.0]]),
            1,
        ),
    }


soft = Exercise(
    "language_models.softmax",
    fast_track=True,
    title="Scores into shares",
    points=2, difficulty=1, minutes=10, examples=scores,
    forbid=("softmax", "log_softmax", "softmin"),
)  # fmt: skip


@soft.oracle("torch.softmax")
def _(x, dim):
    return torch.softmax(x, dim)


@soft.claim("the shares are positive, sum to 1 and keep the order of the scores")
def _(answer):
    x = torch.tensor([[0.3, 2.0], [-0.4, 1.5], [1.1, 2.5]])
    shares = answer(x, 0)
    agree(shares.sum(dim=0), torch.ones(2))
    assert (shares > 0).all()
    assert shares.argsort(dim=0).tolist() == x.argsort(dim=0).tolist()


@soft.claim("adding the same number to all scores changes nothing, adding it to one does")
def _(answer):
    x = torch.tensor([[0.5, -1.0, 0.25], [1.0, 0.0, 2.0]])
    agree(answer(x + 3.0, 1), answer(x, 1))
    assert answer(x, 1).shape == x.shape
    differ(answer(x + torch.tensor([1.0, 0.0, 0.0]), 1), answer(x, 1))


@soft.claim("a score higher by ln 3 gets three times the share")
def _(answer):
    a, b, c = answer(torch.tensor([math.log(3.0), 0.0, 1.0]), 0)
    assert abs(a / b - 3) < 1e-4
    assert c > b


soft.slip(
    " - x.amax(dim=dim, keepdim=True)", "", name="no_max",
    seen="With scores in the thousands NaN comes back. How large is exp(1000)?",
    why="These are the numbers of exp of the scores as they are: exp(1000) is infinity, and infinity "
    "over infinity is NaN. Take the largest score of each row away first; the shares do not change.",
)  # fmt: skip
soft.slip(
    "x.amax(dim=dim, keepdim=True)", "x.amax()", name="max_of_all",
    seen="A row far below the others comes back as NaN. Whose largest score was taken away?",
    why="These are the numbers of the largest score of the whole tensor taken away. A row a thousand "
    "below it vanishes altogether, and 0 / 0 is NaN. Each row has its own largest: "
    "`amax(dim=dim, keepdim=True)`.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim, keepdim=True)", "grown.sum()", name="sum_of_all",
    seen="Everything together sums to 1, and not each row. Over which axis are shares shared out?",
    why="These are the numbers of a sum over all axes. Each row along `dim` is shared out on its own: "
    "`sum(dim=dim, keepdim=True)`.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim,", "grown.sum(dim=0,", name="sum_over_first",
    seen="The shares sum to 1 down the first axis, whatever `dim` is. Where should they?",
    why="These are the numbers of a sum over axis 0. `dim` says along which axis the shares sum to 1.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim,", "grown.sum(dim=-1,", name="sum_over_last",
    seen="The largest is found along `dim`, the sum is taken along the last axis. Do they agree?",
    why="These are the numbers of a sum over the last axis. It must be the one that `dim` names.",
)  # fmt: skip
soft.slip(
    ").exp()", ")", name="after_sub_no_exp",
    seen="Some shares are not positive. What makes a number of either sign positive?",
    why="These are differences divided by their sum. exp comes between: it makes every score "
    "positive and keeps their order.",
)  # fmt: skip
soft.slip(
    "grown / grown", "grown.log() / grown", name="log_again",
    seen="The numbers are 0 and below. What was exp for?",
    why="These are logarithms over a sum of exponentials. Above the line stands exp(x) as well.",
)  # fmt: skip
soft.slip(
    ".exp()", ".exp2()", name="two_to_the_power",
    seen="A score higher by ln 3 gets a little over twice the share. Which number is raised to a power?",
    why="These are powers of 2. exp is a power of e, and its scores are in nats.",
    convention=True,
)  # fmt: skip


@soft.misconception(
    seen="Along the last axis it is right, and `dim` may name another. Where is it used?",
    why="These are the numbers of a softmax over the last axis, whatever `dim` says.",
)
def last_dim(x, dim):
    grown = (x - x.amax(-1, keepdim=True)).exp()
    return grown / grown.sum(-1, keepdim=True)


@soft.misconception(
    seen="These are numbers of 0 and below. What do shares sum to?",
    why="These are the logarithms of the right shares, a log-softmax. Here the shares themselves are "
    "asked for.",
    convention=True,
)
def logarithms(x, dim):
    return x - x.logsumexp(dim, keepdim=True)


@soft.misconception(
    seen="Everything together sums to 1, and a row far below the others is all zeros. Over which "
    "axis are shares shared out?",
    why="These are the numbers of one softmax over all axes. Each row along `dim` has its own "
    "largest score and its own sum: `dim=dim, keepdim=True` for both.",
)
def all_axes_at_once(x, dim):
    grown = (x - x.max()).exp()
    return grown / grown.sum()


@soft.misconception(
    seen="Exactly one entry of each row is 1. Does a softmax choose?",
    why="These are the numbers of an argmax. A softmax gives every score its share; who draws from "
    "the shares, or takes the largest, comes later.",
)
def chooses(x, dim):
    return (x == x.amax(dim, keepdim=True)).to(x.dtype)


@soft.misconception(
    seen="The shares are right for one row; with more axes, an axis is missing. What shape has a sum?",
    why="A sum over an axis removes it, and what remains lines up from the right with other axes. "
    "`keepdim=True` leaves an axis of size 1 in its place.",
)
def axis_dropped(x, dim):
    grown = (x - x.amax(dim, keepdim=True)).exp()
    return grown / grown.sum(dim)


@soft.misconception(
    seen="With scores in the thousands NaN comes back, and with more axes one of them is missing. "
    "How large is exp(1000), and what shape has a sum?",
    why="exp(1000) is infinity: take the largest score of each row away first. And a sum over an axis "
    "removes it; `keepdim=True` leaves an axis of size 1 in its place.",
)
def axis_dropped_no_max(x, dim):
    return x.exp() / x.exp().sum(dim)


@soft.misconception(
    seen="Scores in the thousands get equal shares. Which of 1000 and 2000 is larger?",
    why="These are the numbers of scores clamped before exp: beyond the bound they are all alike. "
    "Only differences count, so take the largest score of each row away instead.",
)
def clamped(x, dim):
    grown = x.clamp(-80, 80).exp()
    return grown / grown.sum(dim, keepdim=True)


@soft.misconception(
    seen="The shares do not sum to 1, and the highest score does not get the most. Is each score "
    "independent of the others?",
    why="These are the numbers of a sigmoid, which looks at one score at a time. A softmax divides "
    "one whole among all of them.",
)
def sigmoid(x, dim):
    return x.sigmoid()


@soft.alternative
def by_logsumexp(x, dim):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


@soft.alternative
def by_slices(x, dim):
    """One slice of the axis at a time, compared with each of the others."""
    slices = x.unbind(dim)
    out = [1 / sum((other - one).exp() for other in slices) for one in slices]
    return torch.stack(out, dim).where(~x.isneginf(), 0.0)
