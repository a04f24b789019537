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
        "there are as many rows as columns": (torch.randn(3, 3, generator=g), 1),
        "the axis is in the middle": (torch.randn(2, 4, 3, generator=g), 1),
        "the axis is the first of three, counted from the end": (
            torch.randn(4, 2, 3, generator=g), -3,
        ),
        "the axis is the last of four": (torch.randn(2, 3, 2, 4, generator=g), 3),
        "a score is minus infinity": (torch.tensor([[1.0, -INF, 0.5, 0.2]]), 1),
        "minus infinity stands beside scores of -1000": (
            torch.cat([torch.tensor([-INF]), -100.0 * torch.randperm(4, generator=g) - 1000.0]), 0,
        ),
        "scores are in the thousands": (1e3 + 100.0 * torch.randperm(30, generator=g)[:6], 0),
        "one row is far below the others": (
            torch.tensor([[0.0, 1.5, -1.0], [-1000.0, -1200.0, -1100.0]]), 1,
        ),
    }  # fmt: skip


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


@soft.claim("a score of minus infinity gets exactly 0, and the others share 1 without it")
def _(answer):
    x = torch.tensor([[0.5, -INF, 1.5], [-1000.0, -1001.0, -INF]])
    shares = answer(x, 1)
    assert shares[0, 1] == shares[1, 2] == 0
    agree(shares.sum(dim=1), torch.ones(2))
    differ(shares[0], torch.tensor([0.5, 0.0, 0.5]))


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
    why="These are logarithms over a sum of exponentials. What is divided must be exp(x), too.",
)  # fmt: skip
soft.slip(
    ".exp()", ".exp2()", name="two_to_the_power",
    seen="A score higher by ln 3 gets a little over twice the share. Which number is raised to a power?",
    why="These are powers of 2. exp is a power of e, and its scores are in nats.",
    convention=True,
)  # fmt: skip


@soft.alternative
def by_logsumexp(x, dim):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


@soft.alternative
def by_slices(x, dim):
    """One slice of the axis at a time."""
    slices = x.unbind(dim)
    largest = slices[0]
    for other in slices[1:]:
        largest = torch.maximum(largest, other)
    grown = [(one - largest).exp() for one in slices]
    total = sum(grown)
    return torch.stack([one / total for one in grown], dim)
