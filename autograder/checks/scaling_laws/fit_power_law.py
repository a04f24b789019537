"""Checks and misconceptions for `fit_power_law`."""

import torch

from autograder.exercise import Exercise


def runs(g):
    def draw(low, high, *size):
        return low + (high - low) * torch.rand(*size, generator=g)

    def law(sizes, floor, a, b, noise=0.0):
        scatter = (noise * torch.randn(len(sizes), generator=g)).exp()
        return sizes, (floor + a * sizes**-b * scatter), floor

    def some(n, least=3.0, most=7.0):
        return 10 ** (draw(0.1, 0.9, n) + torch.linspace(least, most, n))

    return {
        "two runs lie on the law": (torch.tensor([1.0, 4.0]), torch.tensor([5.0, 3.0]), 1.0),
        "the floor is zero": law(some(4), 0.0, 20.0, draw(0.2, 0.5, ()).item()),
        "the runs lie on the law": law(some(5), 1.69, draw(50, 90, ()).item(), 0.34),
        "the runs scatter around the law": law(some(7), 2.0, 30.0, 0.3, noise=0.2),
        "sizes come in any order": tuple(
            each.flip(0) if torch.is_tensor(each) else each
            for each in law(some(6), 1.2, 15.0, 0.25, noise=0.1)
        ),
        "x is a budget of operations": law(some(3, 18.0, 22.0), 1.5, 900.0, 0.15, noise=0.05),
        "two runs have the same size": (
            torch.tensor([1.0, 1.0, 4.0, 16.0]),
            torch.tensor([5.6, 4.6, 3.0, 2.1]) + draw(0.0, 0.4, 4), 1.0
        ),
        "the losses rise with the size": (
            torch.tensor([10.0, 20.0, 50.0]),
            torch.tensor([2.5, 3.0, 3.6]) + draw(0.0, 0.3, 3), 2.0
        ),
        "the floor is a negative number": law(some(4), -1.0, 12.0, 0.4, noise=0.1),
        "one run is below the floor": (some(3), torch.tensor([4.0, 2.0, 1.4]), 1.5),
        "one run is at the floor": (some(3), torch.tensor([4.0, 2.0, 1.5]), 1.5),
        "all runs have one size": (torch.full((3,), 50.0), torch.tensor([4.0, 3.0, 3.5]), 1.0),
        "there is a single run": (torch.tensor([50.0]), torch.tensor([4.0]), 1.0),
    }  # fmt: skip


STEPS = 10
SIZES = 1000 * 4.0 ** torch.arange(STEPS + 1)
MEASURED = torch.tensor([12.1, 8.4, 6.0, 4.7, 3.7])  # of the five smallest; the floor is 2


def told(answer):
    """The losses that a fit to the five smallest sizes tells for all of them."""
    a, b = answer(SIZES[:5], MEASURED, 2.0)
    return [2.0 + a * size**-b for size in SIZES.tolist()]


fit = Exercise(
    "scaling_laws.fit_power_law", kind="read",
    title="A line in logarithms",
    points=2, difficulty=2, minutes=25, examples=runs, forbid=("polyfit", "lstsq", "linregress"),
    question="Five small models were trained, each with four times the parameters of the one before. "
    "Their losses were 12.1, 8.4, 6.0, 4.7 and 3.7, and no model can get below 2. Four fits give an a "
    "and a b, and each curve is 2 + a·N^(-b), for these five and for six larger sizes: which is "
    "which?",
    curves=[
        ("", "a line through the logarithms of what is above 2",
         "It goes through the five losses and comes down to 2 without reaching it."),
        ("no_floor", "a line through the logarithms of the whole losses",
         "It takes the 2 for a part of what falls. So it begins too high, because 2 is added once "
         "more, and falls too slowly."),
        ("log_of_a", "the right line, with a left as a logarithm",
         "It is far too low from the start, because ln(a) is so much smaller than a."),
        ("linear_fit", "a and b taken from a line through sizes and losses as they are",
         "Its slope for one more parameter is nearly nothing, and as a power it is flat."),
    ],
    drawn=told, axes=("size, in steps of four times", "loss"), log=True,
)  # fmt: skip
fit.leave_out("equal", "what is refused is shown by an example")


@fit.oracle("numpy.polyfit")
def _(x, y, irreducible):
    import numpy

    across, up = x.double().numpy(), y.double().numpy() - irreducible
    if (up <= 0).any() or len(set(across.tolist())) < 2:
        raise ValueError("no line")
    slope, start = numpy.polyfit(numpy.log(across), numpy.log(up), 1)
    return float(numpy.exp(start)), float(-slope)


@fit.alternative
def normal_equations(x, y, irreducible):
    logs = [(float(u).__float__(), float(v) - irreducible) for u, v in zip(x, y, strict=True)]
    if any(v <= 0 for _, v in logs) or len({u for u, _ in logs}) < 2:
        raise ValueError("nothing to fit")
    rows = torch.tensor([[1.0, u] for u, _ in logs], dtype=torch.float64)
    rows[:, 1] = rows[:, 1].log()
    wanted = torch.tensor([v for _, v in logs], dtype=torch.float64).log()
    start, slope = torch.linalg.solve(rows.T @ rows, rows.T @ wanted)
    return start.exp().item(), -slope.item()


def near(got, wanted):
    assert abs(got - wanted) <= 1e-3 * abs(wanted)


@fit.claim("on runs that follow a law the law comes back, and it tells the loss of a larger model")
def _(answer):
    sizes = torch.tensor([3e4, 1e3, 8e3, 2e5, 3e4])
    a, b = answer(sizes, 2.5 + 40.0 * sizes**-0.35, 2.5)
    near(a, 40.0)
    near(b, 0.35)


@fit.claim("sizes in thousands change a and not b")
def _(answer):
    sizes, losses = torch.tensor([2e3, 9e3, 7e4]), torch.tensor([7.0, 5.5, 4.0])
    (a, b), (small, same) = answer.each((sizes, losses, 2.0), (sizes / 1000, losses, 2.0))
    near(same, b)
    near(small, a * 1000**-b)
    assert abs(a / small - 1) > 0.1


@fit.claim("losses and floor moved together give the same law")
def _(answer):
    sizes, losses = torch.tensor([2e3, 9e3, 7e4]), torch.tensor([7.0, 5.5, 4.0])
    (a, b), (other, same) = answer.each((sizes, losses, 2.0), (sizes, losses - 1.5, 0.5))
    near(other, a)
    near(same, b)
    assert (2 + a * sizes**-b - losses).abs().max() < 0.5


fit.slip(
    "-slope.item()", "slope.item()", name="sign_of_b",
    seen="The size of b is right. Does the loss rise or fall?",
    why="Here b is the slope of the line, which is negative. The law has x^(-b): its b is minus the "
    "slope.",
)  # fmt: skip
fit.slip(
    "y.double() - irreducible", "y.double()", name="never_a_floor",
    seen="With a floor of zero it fits, and nothing is ever refused. What does not get smaller with x?",
    why="These are a and b of the whole loss, and no loss is compared with `irreducible`. It is no part "
    "of the power law: take it off before the logarithm, and raise where nothing is left.",
)  # fmt: skip
fit.slip(
    "above.log()", "y.double().log()", name="no_floor",
    seen="With a floor of zero it fits. What does not get smaller with x?",
    why="These are a and b of the whole loss. The part that never goes away is no part of the power "
    "law: take `irreducible` off before the logarithm.",
)  # fmt: skip
fit.slip(
    "start.exp().item()", "start.item()", name="log_of_a",
    seen="b is right. Where does your line start, in which units?",
    why="This is log(a), the height of the line in logarithms. Take it back with exp.",
)  # fmt: skip
fit.slip(
    "across, up = x.log(), above.log()", "across, up = x, above.log()", name="half_log",
    seen="In which units is your x-axis?",
    why="Here only the losses are in logarithms. That is a line for exp(-b x), a law that falls far "
    "faster. For a power both axes are logarithmic.",
)  # fmt: skip
fit.slip(
    "across, up = x.log(), above.log()", "across, up = x.log(), y.double().log() - irreducible",
    name="floor_off_the_log",
    seen="From what is the floor taken off: from the loss, or from its logarithm?",
    why="Here the floor is taken off the logarithm of the loss. It is a loss itself: take it off "
    "first, then take the logarithm.",
)  # fmt: skip
fit.slip(
    "return start.exp().item(), -slope.item()", "return -slope.item(), start.exp().item()",
    name="swapped",
    seen="Both numbers are right. Which one is a?", why="These are (b, a). a comes first.",
)  # fmt: skip
fit.slip(
    "across, up = x.log(), above.log()", "across, up = x.log10(), above.log10()", name="exp_of_log10",
    seen="b is right. Which base has your logarithm, and what takes it back?",
    why="Here the logarithms are those of base 10, and exp takes back the natural ones. Use log, or 10 "
    "to that number.",
)  # fmt: skip
fit.slip(
    "start = up.mean() - slope * across.mean()", "start = up[0] - slope * across[0]",
    name="through_the_first_run",
    seen="b is right. Through which point does the best line go?",
    why="This line has the right slope and goes through the first run, which is as wrong as any "
    "other. The best one goes through the point of both means.",
)  # fmt: skip
fit.slip(
    "x, above = x.double(), y.double() - irreducible", "x, above = x.float(), y.float() - irreducible",
    name="single_precision",
    seen="Nearly right. With how many digits are your logarithms computed?",
    why="These are the numbers of float32, which has seven digits. Logarithms of 1e22 and their "
    "squares need more of them: turn x and y into float64 first, with .double().",
)  # fmt: skip
fit.slip(
    "start.exp().item()", "(10**start).item()", name="other_base",
    seen="b is right. Which base has your logarithm, and which your power?",
    why="The logarithm is natural here, and a is 10 to that number. exp takes back what log did.",
)  # fmt: skip


@fit.misconception(
    seen="Is there a straight line through these points as they are?",
    why="This is a straight line through sizes and losses. A power law is straight only in "
    "logarithms of both.",
)
def linear_fit(x, y, irreducible):
    x, above = x.double(), y.double() - irreducible
    if (above <= 0).any() or len(x.unique()) < 2:
        raise ValueError("no line")
    from_mean = x - x.mean()
    slope = (from_mean * above).sum() / from_mean.square().sum()
    return (above.mean() - slope * x.mean()).item(), -slope.item()


@fit.misconception(
    seen="Two runs are enough for a line. How many have you got, and do all of them count?",
    why="This is the line from the smallest to the largest size. Each run scatters, so all of them "
    "should have a say: least squares.",
)
def first_and_last(x, y, irreducible):
    x, above = x.double(), y.double() - irreducible
    if (above <= 0).any() or len(x.unique()) < 2:
        raise ValueError("no line")
    low, high = x.argmin(), x.argmax()
    b = -(above[high] / above[low]).log() / (x[high] / x[low]).log()
    return (above[low] * x[low] ** b).item(), b.item()


@fit.misconception(
    seen="Where all runs are above the floor it is right. What is asked for where one is not?",
    why="Runs at the floor or below it are left out here, without a word. Then the floor is wrong, "
    "or the loss is, and whoever fits should hear of it: raise the ValueError.",
)
def leaves_out(x, y, irreducible):
    x, above = x.double(), y.double() - irreducible
    x, above = x[above > 0], above[above > 0]
    if len(x.unique()) < 2:
        raise ValueError("no line")
    across, up = x.log() - x.log().mean(), above.log()
    slope = (across * up).sum() / across.square().sum()
    return (up.mean() - slope * x.log().mean()).exp().item(), -slope.item()
