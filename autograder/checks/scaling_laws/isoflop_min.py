"""Checks and misconceptions for `isoflop_min`."""

import torch

from autograder.exercise import Exercise


def grids(g):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=g).item()

    def sizes(*logs):
        return torch.tensor([10.0**log for log in logs])

    def valley(N, lowest, curved, height, noise=0.0):
        scatter = noise * torch.randn(len(N), generator=g)
        return N, height + curved * (N / lowest).log() ** 2 + scatter

    wide = sizes(3.1, 3.8, 4.4, 5.3)
    return {
        "three sizes lie evenly": (sizes(2, 3, 4), torch.tensor([5.0, 3.0, 4.0])),
        "the losses lie on a parabola": valley(wide, 10 ** draw(3.9, 4.2), 0.4, 2.5),
        "the losses scatter": valley(sizes(6.2, 6.9, 7.3, 8.1, 8.6), 10 ** draw(7.1, 7.5), 0.3, 3.0,
                                     noise=0.05),
        "one side of the valley is hardly seen": valley(wide, 10 ** draw(4.9, 5.2), 0.3, 2.0),
        "the sizes come in any order": valley(sizes(5.6, 4.1, 6.3, 4.9, 5.1, 6.0), 10**5.2, 0.5, 1.0,
                                              noise=0.02),
        "two runs have the same size": valley(sizes(3.0, 3.0, 4.1, 4.8, 5.5), 10 ** draw(4.2, 4.7),
                                              0.3, 2.8, noise=0.05),
        "the best size is above all that were tried": valley(wide, 10**5.9, 0.3, 2.0),
        "the best size is just above all that were tried": valley(wide, 10 ** draw(5.32, 5.35), 0.3, 2.0),
        "the best size is just below all that were tried": valley(wide, 10 ** draw(3.05, 3.08), 0.3, 2.0),
        "the best size is below all that were tried": valley(wide, 10**2.6, 0.3, 2.0),
        "the losses make a hill": valley(wide, 10**4.1, -0.3, 4.0),
        "there are two sizes": (sizes(3, 4, 3), torch.tensor([3.0, 2.0, 3.1])),
    }  # fmt: skip


valley = Exercise(
    "scaling_laws.isoflop_min",
    title="The bottom of a valley",
    points=2, difficulty=2, minutes=20, examples=grids, forbid=("polyfit",),
)  # fmt: skip


@valley.oracle("numpy.polyfit")
def _(N, loss):
    import numpy

    if len(set(N.tolist())) < 3:
        raise ValueError("too few")
    logs = numpy.log(N.double().numpy())
    curved, sloped, _ = numpy.polyfit(logs, loss.double().numpy(), 2)
    lowest = -sloped / (2 * curved)
    if curved <= 0 or not logs.min() <= lowest <= logs.max():
        raise ValueError("not seen")
    return float(numpy.exp(lowest))


@valley.alternative
def in_powers_of_ten(N, loss):
    if N.unique().numel() < 3:
        raise ValueError("three sizes")
    across = N.double().log10()
    middle = (across.max() + across.min()) / 2
    rows = torch.stack([(across - middle) ** power for power in range(3)])
    _, sloped, curved = torch.linalg.solve(rows @ rows.T, rows @ loss.double())
    lowest = middle - sloped / curved / 2
    if curved <= 0 or lowest < across.min() or lowest > across.max():
        raise ValueError("outside")
    return (10**lowest).item()


def near(got, wanted):
    assert abs(got - wanted) <= 1e-3 * abs(wanted)


SIZES = torch.tensor([2e3, 9e3, 3e4, 2e5])


def around(lowest):
    return 3.0 + 0.4 * (SIZES / lowest).log() ** 2


valley.excuse("[:, 0]", "there is one column")
valley.excuse("curved <= 0", "no curve is exactly 0 where the losses are measured")
valley.excuse("across.min()", "no bottom lies exactly at an edge")


@valley.claim("the bottom of a parabola in log N is found, also between the sizes")
def _(answer):
    for lowest, found in zip(
        (5e3, 1.7e4, 9e4),
        answer.each(*((SIZES, around(each)) for each in (5e3, 1.7e4, 9e4))),
        strict=True,
    ):
        near(found, lowest)


@valley.claim(
    "losses that are all higher, or all a hundredth as large, have their valley at the same size"
)
def _(answer):
    losses = torch.tensor([5.0, 3.2, 3.1, 4.5])
    one, higher, lower = answer.each((SIZES, losses), (SIZES, losses + 2), (SIZES, losses / 100))
    near(higher, one)
    near(lower, one)
    assert 1.1 * 9e3 < one < 0.99 * 3e4


@valley.claim("models ten times as large have their valley at ten times the size")
def _(answer):
    losses = torch.tensor([5.0, 3.2, 3.1, 4.5])
    one, ten = answer.each((SIZES, losses), (10 * SIZES, losses))
    near(ten, 10 * one)
    assert 9e3 < one < 9e4


valley.slip(
    "-sloped / (2 * curved)", "sloped / (2 * curved)", name="other_sign",
    seen="Where is the derivative of a parabola 0?",
    why="The sign is missing. The derivative 2 c x + s is 0 at x = -s / (2 c).",
)  # fmt: skip
valley.slip(
    "-sloped / (2 * curved)", "-sloped / curved", name="no_two",
    seen="What is the derivative of c x²?",
    why="The 2 is missing. The derivative of c x² + s x is 2 c x + s.",
)  # fmt: skip
valley.slip(
    "(lowest + logs.mean()).exp()", "(lowest + logs.mean())", name="still_a_log",
    seen="Is this a number of parameters?",
    why="This is the logarithm of the size. Take it back with exp.",
)  # fmt: skip


valley.slip(
    "-sloped / (2 * curved)", "-sloped / 2 * curved", name="times_curved",
    seen="What does Python make of s / 2 * c?",
    why="Here the slope is halved and then multiplied by c. It has to be divided by the whole of 2 c: "
    "-s / (2 * c).",
)  # fmt: skip
valley.slip(
    "(lowest + logs.mean()).exp()", "lowest.exp()", name="from_the_middle",
    seen="The parabola is right. From where are its logarithms counted?",
    why="The logarithms were counted from their middle, and so is the lowest point. Put the middle "
    "back before exp.",
)  # fmt: skip
valley.slip(
    "return (lowest + logs.mean()).exp().item()",
    "return (powers.new_tensor([lowest**2, lowest, 1]) @ torch.linalg.lstsq(powers, "
    "loss.double()[:, None]).solution[:, 0]).item()",
    name="loss_at_the_bottom",
    seen="Is this a size?",
    why="This is how low the loss gets, the height of the parabola at its bottom. The size at which "
    "it gets there is wanted.",
)  # fmt: skip
valley.slip(
    "logs = N.double().log()", "logs = N.double().log10()", name="exp_of_log10",
    seen="Which base has your logarithm, and what takes it back?",
    why="Here the logarithms are those of base 10, and exp takes back the natural ones. Use log, or 10 "
    "to that number.",
)  # fmt: skip
valley.slip(
    "len(N.unique())", "len(N)", name="counts_runs",
    seen="How many parabolas go through the losses of two sizes?",
    why="Here the runs are counted. Three runs of two sizes leave the parabola open: count the "
    "different sizes.",
)  # fmt: skip


@valley.misconception(
    seen="Is the best of the sizes that were tried the best of all?",
    why="This is the size with the lowest loss among those tried. The bottom lies between the "
    "sizes, and each loss scatters: that is why a parabola is fitted.",
)
def best_of_the_grid(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    return N[loss.argmin()].double().item()


@valley.misconception(
    seen="In which units do your sizes lie evenly?",
    why="This is a parabola in N itself. Sizes are tried in factors, so nearly all of them lie at "
    "the left end of such an axis. The valley is one in log(N).",
)
def parabola_in_N(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    N = N.double()
    across = (N - N.mean()) / N.std()
    powers = torch.stack([across**2, across, torch.ones_like(across)], dim=1)
    curved, sloped, _ = torch.linalg.lstsq(powers, loss.double()[:, None]).solution[:, 0]
    lowest = -sloped / (2 * curved)
    if curved <= 0 or not across.min() <= lowest <= across.max():
        raise ValueError("outside")
    return (lowest * N.std() + N.mean()).item()


def _bottom(N, loss):
    logs = N.double().log()
    across = logs - logs.mean()
    powers = torch.stack([across**2, across, torch.ones_like(across)], dim=1)
    curved, sloped, _ = torch.linalg.lstsq(powers, loss.double()[:, None]).solution[:, 0]
    return logs, curved, -sloped / (2 * curved) + logs.mean()


@valley.misconception(
    seen="Where the valley was seen it is right. What may one say of a place where nobody was?",
    why="Outside of the sizes that were tried this gives the one at the edge. It looks like a "
    "measured best size and is none. Raise the ValueError: the next grid has to go further.",
)
def grid_edge(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    logs, curved, lowest = _bottom(N, loss)
    if curved <= 0:
        raise ValueError("a hill")
    return lowest.clamp(logs.min(), logs.max()).exp().item()


@valley.misconception(
    seen="Where the valley was seen it is right. What may one say of a place where nobody was?",
    why="This gives the lowest point of the parabola wherever it lies. Outside of the sizes that "
    "were tried that is a guess: raise the ValueError.",
)
def goes_on_outside(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    _, curved, lowest = _bottom(N, loss)
    if curved <= 0:
        raise ValueError("a hill")
    return lowest.exp().item()


@valley.misconception(
    seen="One case has no valley at all. Which sign has a parabola's curve at its top?",
    why="Here the top of a hill passes for the bottom of a valley. Both have a derivative of 0. It "
    "is a bottom only if the parabola opens upwards.",
)
def top_of_a_hill(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    logs, _, lowest = _bottom(N, loss)
    if not logs.min() <= lowest <= logs.max():
        raise ValueError("outside")
    return lowest.exp().item()


@valley.misconception(
    seen="Close. What is fitted, the losses or their logarithms?",
    why="This is a parabola through the logarithms of the losses. That is a choice one can make, "
    "and its bottom is a little elsewhere. Here the losses themselves are fitted.",
    convention=True,
)
def log_of_the_loss(N, loss):
    if len(N.unique()) < 3:
        raise ValueError("three sizes")
    logs, curved, lowest = _bottom(N, loss.double().log())
    if curved <= 0 or not logs.min() <= lowest <= logs.max():
        raise ValueError("outside")
    return lowest.exp().item()
