"""Checks and misconceptions for `nf4_levels`."""

import torch

from autograder.checks.nf4 import OFFSET, marks
from autograder.exercise import Exercise, agree, differ


def offsets(g):
    small, large, drawn = torch.rand(3, generator=g, dtype=torch.float64).tolist()
    return {
        "offset is that of bitsandbytes": (OFFSET,),
        "offset is small": (0.7 + 0.1 * small,),
        "offset is close to 1": (0.99 + 0.008 * large,),
        "offset is drawn": (0.9 + 0.09 * drawn,),
    }


levels = Exercise(
    "nf4.nf4_levels",
    title="Where the sixteen marks are",
    points=1, difficulty=2, minutes=15, examples=offsets,
)  # fmt: skip


@levels.oracle("scipy.stats.norm.ppf")
def _(offset):
    import numpy
    from scipy.stats import norm

    above = norm.ppf(numpy.linspace(offset, 0.5, 9)[:-1])
    below = norm.ppf(1 - numpy.linspace(offset, 0.5, 8)[:-1])
    each = numpy.sort(numpy.concatenate([above, below, [0.0]]))
    return torch.from_numpy(each / each.max()).float()


levels.excuse("dtype=torch.float64", "in float32 the marks are the same up to a rounding")
levels.excuse("flip(0)", "there is one axis: the last one is number 0 as well")


@levels.claim("for each offset other marks ascend from -1 to 1, and the eighth of them is 0")
def _(answer):
    some, others = answer.each((0.93,), (0.75,))
    differ(some, others)
    for found in (some.float(), others.float()):
        assert found.shape == (16,)
        assert (found.diff() > 0).all()
        agree(found[[0, 7, 15]], torch.tensor([-1.0, 0.0, 1.0]))


def shares(answer, offset):
    """The shares of the bell below each mark, if the outermost is the quantile of the offset."""
    found = answer(offset).float()
    assert found.shape == (16,)
    return torch.special.ndtr(found * torch.special.ndtri(torch.tensor(offset)))


@levels.claim("above 0, eight equal steps of probability lead from 1/2 to the offset")
def _(answer):
    for offset in (0.8, 0.97, 0.99):
        agree(shares(answer, offset)[7:], torch.linspace(0.5, offset, 9))


@levels.claim("below 0 there are seven equal steps of probability, as far as above it")
def _(answer):
    for offset in (0.8, 0.97, 0.99):
        agree(shares(answer, offset)[:8], torch.linspace(1 - offset, 0.5, 8))


@levels.claim("the nearer the offset is to 1, the nearer to 0 are the marks between")
def _(answer):
    near, far, farther = answer.each((0.8,), (0.97,), (0.999,))
    between = [1, 2, 3, 12, 13, 14]
    assert (near[between].abs() > far[between].abs()).all()
    assert (far[between].abs() > farther[between].abs()).all()


@levels.claim("the marks are float32", universal=True)
def _(answer):
    assert answer(0.9).dtype == torch.float32


@levels.claim(
    "with the offset of bitsandbytes they are the 16 published marks, else they are others"
)
def _(answer):
    published, others = answer.each((OFFSET,), (0.8,))
    agree(published.float(), marks())
    differ(others.float(), marks())


levels.slip(
    "[below, torch.zeros(1), above.flip(0)]", "[-above, torch.zeros(1), below.abs().flip(0)]",
    name="eight_below",
    seen="There are 16 marks and one of them is 0. On which side are there eight?",
    why="There are eight marks below 0 here and seven above. The format has it the other way round. "
    "Mirrored marks would do as well, but then every file would be read wrongly.",
)  # fmt: skip
levels.slip(
    "marks / marks[-1]", "marks", name="not_normalised",
    seen="The marks are quantiles. How large is the largest?",
    why="These are the quantiles as they are. They are divided by the largest of them, because a block "
    "is divided by its largest weight, and that one has to meet a mark.",
)  # fmt: skip


def built(above, below):
    each = torch.cat([below, torch.zeros(1), above]).sort().values
    return (each / each.abs().max()).float()


def quantiles(offset, count):
    return torch.special.ndtri(torch.linspace(offset, 0.5, count)[:-1])


@levels.misconception(
    seen="Both ends are right. How many marks are above 0, and how many below?",
    why="Here there are seven marks on both sides and 0 twice, so one of the 16 numbers is never "
    "used. The format spends it on an eighth mark above 0.",
)
def symmetric_15(offset):
    side = quantiles(offset, 8)
    return built(torch.cat([side, torch.zeros(1)]), -side)


@levels.misconception(
    seen="Each side is right for its own number of marks. Which mark is a weight of 0 written with?",
    why="There are eight marks on both sides here, and none of them is 0. The format can write a weight "
    "that is 0 exactly.",
)
def no_zero(offset):
    side = quantiles(offset, 9)
    return (torch.cat([-side, side.flip(0)]) / side[0]).float()


@levels.misconception(
    seen="The ends are right. How far apart are two neighbours near 0, and near 1?",
    why="The marks are evenly spaced here, as whole numbers are. Quantiles of a bell are close together "
    "in its middle: even steps are taken between *probabilities*.",
)
def uniform_levels(offset):
    return torch.linspace(-1, 1, 16)


@levels.misconception(
    seen="The marks are no longer even. Which function leads from a probability to a place?",
    why="The steps are even between *places* here, and what comes out are probabilities. It is the "
    "other way round: even steps of probability, and `ndtri` gives the place that each belongs to.",
)
def cdf_for_quantile(offset):
    def side(count):
        return torch.special.ndtr(torch.linspace(offset, 0, count)[:-1]) - 0.5

    return built(side(9), -side(8))


@levels.misconception(
    seen="The counts and the ends are right. From where to where does erf count?",
    why="The error function is inverted at p here. It runs from -1 to 1, so the quantile of p belongs "
    "to erfinv(2p - 1).",
)
def erfinv_of_p(offset):
    def side(count):
        return torch.erfinv(torch.linspace(offset, 0.5, count)) - torch.erfinv(torch.tensor(0.5))

    return built(side(9)[:-1], -side(8)[:-1])


@levels.misconception(
    seen="There are 16 quantiles. Is one of them exactly 0?",
    why="All 16 probabilities are taken in one go here, so 1/2 is not among them and no mark is 0. "
    "The two sides are made apart, with 0 between them.",
)
def one_row(offset):
    each = torch.special.ndtri(torch.linspace(1 - offset, offset, 16))
    return each / each.max()


@levels.misconception(
    seen="Does anything change with `offset`?",
    why="The marks do not depend on `offset` here. It is the probability of the outermost mark, and "
    "all others follow from it.",
)
def always_the_same(offset):
    return marks()


@levels.misconception(
    seen="The counts are right, and so are the ends. Which probability has the outermost mark?",
    why="The outermost mark has a probability one step below `offset` here: `offset` itself was cut off "
    "together with 1/2. Only the 1/2 is left out.",
)
def outermost_dropped(offset):
    def side(count):
        return torch.special.ndtri(torch.linspace(offset, 0.5, count + 1)[1:-1])

    return built(side(9), -side(8))


@levels.alternative
def from_erfinv(offset):
    def side(count):
        p = torch.tensor([offset + (0.5 - offset) * i / count for i in range(count)])
        return torch.erfinv(2 * p.double() - 1)

    each = torch.sort(torch.cat([side(8), torch.zeros(1), -side(7)])).values
    return (each / each.max()).to(torch.float32)
