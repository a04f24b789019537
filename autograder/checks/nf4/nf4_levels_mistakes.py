"""More misconceptions of `nf4_levels`: order, sides and steps."""

import torch

from autograder.checks.nf4.nf4_levels import levels, quantiles


def joined(below, above):
    """Both sides and 0, divided by what comes last."""
    each = torch.cat([below, torch.zeros(1), above])
    return (each / each[-1]).float()


ORDER = {
    "seen": "There are 16 marks with a 0 among them. Do they ascend?",
    "why": "The marks are not in order here: `offset` comes first in each row of probabilities, so the "
    "largest quantile comes first, too. A file stores only the index of a mark, so the order is part of "
    "the format. They ascend.",
}


@levels.misconception(**ORDER)
def divided_by_the_smallest(offset):
    return joined(-quantiles(offset, 8), quantiles(offset, 9))


@levels.misconception(**ORDER)
def unsorted(offset):
    each = torch.cat([-quantiles(offset, 8), torch.zeros(1), quantiles(offset, 9)])
    return (each / each.max()).float()


@levels.misconception(**ORDER)
def descending(offset):
    each = torch.cat([quantiles(offset, 9), torch.zeros(1), -quantiles(offset, 8).flip(0)])
    return (each / each[0]).float()


@levels.misconception(
    seen="The counts and the ends are right. Are the steps equal in probabilities or in marks?",
    why="On each side of 0 the *marks* are evenly spaced here. Equal steps are taken between "
    "probabilities, and each of these has a quantile.",
)
def even_on_each_side(offset):
    return torch.cat([torch.linspace(-1, 0, 8), torch.linspace(0, 1, 9)[1:]])


MIRROR = {
    "seen": "The marks above 0 are right. Are those below 0 their mirror image?",
    "why": "The steps below 0 are as wide as those above it here, and one mark is left out. The format "
    "has seven steps from `offset` to 1/2 below 0, so each of them is wider.",
}


@levels.misconception(**MIRROR)
def mirrored_without_the_smallest(offset):
    side = quantiles(offset, 9)
    return joined(-side[:-1], side.flip(0))


@levels.misconception(**MIRROR)
def mirrored_without_the_largest(offset):
    side = quantiles(offset, 9)
    return joined(-side[1:], side.flip(0))


@levels.misconception(
    seen="The counts and the ends are right. How many steps are there from `offset` to 1/2 above 0?",
    why="There are nine steps above 0 here, and two probabilities are left out. With eight steps there "
    "are nine probabilities, and only 1/2 is left out.",
)
def a_step_too_many(offset):
    return joined(-quantiles(offset, 8), quantiles(offset, 10)[:-1].flip(0))


@levels.misconception(
    seen="The counts and the ends are right. How much of the bell is below the outermost mark?",
    why="`offset` is taken for the share *between* the outermost mark and its mirror image here. It is "
    "the share below the outermost mark, as `ndtri` takes it.",
)
def between_both_ends(offset):
    return joined(-quantiles((1 + offset) / 2, 8), quantiles((1 + offset) / 2, 9).flip(0))


@levels.misconception(
    seen="Above 0 it is right. What gets the minus, the probability or its quantile?",
    why="The probabilities get a minus here. No probability is below 0, so `ndtri` gives NaN. The minus "
    "belongs to the quantiles.",
)
def negative_probability(offset):
    below = torch.special.ndtri(-torch.linspace(offset, 0.5, 8)[:-1])
    return joined(below, quantiles(offset, 9).flip(0))


@levels.misconception(
    seen="Does `ndtr` or `ndtri` lead from a probability to its place on the bell?",
    why="`ndtr` gives the share of the bell below a place, and it is asked with probabilities here. "
    "`ndtri` goes the other way: from a probability to its place.",
)
def share_for_place(offset):
    above = torch.special.ndtr(torch.linspace(offset, 0.5, 9)[:-1])
    below = torch.special.ndtr(torch.linspace(offset, 0.5, 8)[:-1])
    return joined(-below, above.flip(0))
