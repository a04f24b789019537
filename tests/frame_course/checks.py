"""Checks of a chapter that only tests have: one small exercise of every kind."""

import torch

from autograder.exercise import Exercise, agree

# ---- build


def walks(g):
    drawn = torch.randint(-9, 10, (6,), generator=g).tolist()
    return {
        "a walk goes right": ([1, 2],),
        "a walk goes left": ([-3, -1],),
        "a walk turns": ([5, -7, 1],),
        "a walk is drawn": ([*drawn, 40],),
    }


walk = Exercise(
    "small.distance", title="A walk", points=1, difficulty=1, minutes=2, examples=walks,
)  # fmt: skip
walk.oracle("torch.Tensor.sum")(lambda steps: int(torch.tensor(steps).sum().abs()))


@walk.claim("a walk there and back ends where it began, and one step leads one away")
def _(answer):
    assert answer([4, -4]) == 0
    assert answer([-1]) == 1


walk.slip("abs(sum(steps))", "sum(steps)", name="signed", seen="How far is -4?",
          why="A distance has no sign.")  # fmt: skip
walk.slip("abs(sum(steps))", "len(steps)", name="counted", seen="Are all steps alike?",
          why="These are numbers of steps.")  # fmt: skip


@walk.misconception(seen="Does a step back bring one nearer?", why="This is the length of the way.")
def length(steps):
    return sum(abs(step) for step in steps)


# ---- debug, from a slip


def series(g):
    return {
        "there are two values": (torch.tensor([1.0, 3.0]),),
        "values are drawn": (torch.randn(7, generator=g) + 2,),
        "there is one value": (torch.tensor([5.0]),),
    }


mean = Exercise(
    "small.running_mean", title="A running mean", points=2, difficulty=1, minutes=5,
    examples=series, kind="debug", start="never_added",
)  # fmt: skip


@mean.claim("the last one is the mean of all")
def _(answer):
    agree(answer(torch.tensor([2.0, 4.0, 9.0]))[-1], torch.tensor(5.0))


@mean.claim("of two values the second mean is in the middle, whichever comes first")
def _(answer):
    agree(answer(torch.tensor([0.0, 4.0])), torch.tensor([0.0, 2.0]))
    agree(answer(torch.tensor([4.0, 0.0])), torch.tensor([4.0, 2.0]))


@mean.alternative
def by_hand(values):
    return torch.stack([values[: i + 1].mean() for i in range(len(values))])


mean.excuse("cumsum(0)", "there is one axis")
mean.slip("values.cumsum(0)", "values", name="never_added", seen="What is divided by the count?",
          why="These are the values themselves, divided. Add up those before each first.")  # fmt: skip
mean.slip("/ counts", "/ len(values)", name="all_counted", seen="How many values come before?",
          why="These are sums over the length of all. Divide each by the count so far.")  # fmt: skip

# ---- debug, from a function, and what is examined below


def lists(g):
    drawn = torch.randint(-50, 50, (8,), generator=g).double().tolist()
    return {
        "there are three numbers": ([3.0, 1.0, 2.0],),
        "there are four numbers": ([8.0, 1.0, 4.0, 2.0],),
        "there is one number": ([7.0],),
        "eight numbers are drawn": ([90.0, *drawn, 70.0],),
    }


median = Exercise(
    "small.middle", title="The middle", points=2, difficulty=1, minutes=5, examples=lists,
    kind="debug", start="unsorted",
)  # fmt: skip


@median.oracle("statistics.median")
def _(numbers):
    from statistics import median

    return median(numbers)


@median.alternative
def by_quantile(numbers):
    return torch.tensor(numbers, dtype=torch.float64).quantile(0.5).item()


@median.claim("the order does not matter")
def _(answer):
    assert answer([1.0, 5.0, 9.0]) == answer([5.0, 9.0, 1.0]) == 5.0


@median.claim("the middle of two numbers is their mean")
def _(answer):
    assert answer([1.0, 4.0]) == 2.5


@median.misconception(
    seen="Whose middle is it, of the list or of the numbers?", broken="takes the list as it comes",
    why="This is the place in the middle of the list. Sort the numbers first.",
)  # fmt: skip
def unsorted(numbers):
    """Takes what stands in the middle."""
    half = len(numbers) // 2
    # an even number of them has two in the middle
    if len(numbers) % 2 == 1:
        return numbers[half]
    return (numbers[half - 1] + numbers[half]) / 2


median.slip(
    "(ordered[half - 1] + ordered[half]) / 2", "ordered[half]", name="upper",
    seen="Which of two numbers is in the middle?", broken="gives the upper one of two",
    why="This is the upper one of the two in the middle. Take their mean.",
)  # fmt: skip
median.slip(
    "ordered[half - 1] + ordered[half]", "ordered[0] + ordered[-1]", name="ends",
    seen="Which two numbers are in the middle?", broken="takes the mean of both ends",
    why="This is the mean of the first and the last. Take the two in the middle.",
)  # fmt: skip

# ---- predict


board = Exercise(
    "small.grains", title="Grains on a board", points=1, difficulty=1, minutes=5,
    examples=lambda g: {
        "the board has one square": (1,),
        "the board has five squares": (5,),
        "the board has some squares": (int(torch.randint(6, 60, (), generator=g)),),
    },
    kind="predict", question="How many grains lie on 20 squares?", unit="grains",
    counted=lambda reference: reference(20),
)  # fmt: skip


@board.oracle("torch.Tensor.cumsum")
def _(squares):
    return int((2 ** torch.arange(squares)).sum())


@board.claim("one square more brings one grain more than there were")
def _(answer):
    assert answer(7) == 2 * answer(6) + 1


board.slip(" - 1", "", name="one_more", seen="How many lie on one square?", why="Take 1 away.")
board.slip("2**squares", "squares**2", name="squared", seen="Does it double?", why="Swap the two.")

# ---- order


def different(g):
    drawn = torch.randint(-50, 50, (6,), generator=g).double().tolist()
    return {
        "there are three numbers": ([1.0, 2.0, 6.0],),
        "all are below zero": ([-9.0, -4.0, -5.0],),
        "six numbers are drawn": ([80.0, *drawn],),
    }


around = Exercise(
    "small.centred", title="Around the mean", points=1, difficulty=1, minutes=5,
    examples=different, kind="order", extra=("away = sorted(numbers)",),
)  # fmt: skip
around.leave_out("equal", "equal numbers have no distance")
around.leave_out("one", "one number has no distance")


@around.oracle("torch.Tensor.mean")
def _(numbers):
    away = torch.tensor(numbers, dtype=torch.float64)
    away = away - away.mean()
    return (away / away.abs().max()).tolist()


@around.claim("the shares of two numbers are 1 and -1")
def _(answer):
    assert answer([3.0, 5.0]) == [-1.0, 1.0]


around.slip("max(abs(distance) for distance in away)", "max(away)", name="upper_only",
            seen="Which is farther away, 1 or -9?", why="Take distances without a sign.")  # fmt: skip
around.slip("- mean for", "- numbers[0] for", name="from_the_first",
            seen="Around what do they lie?", why="Take the mean away.")  # fmt: skip

# ---- read a plot


kept = Exercise(
    "small.left_over", title="What is left", points=1, difficulty=1, minutes=5, kind="read",
    examples=lambda g: {
        "half of it is left": (0.5, 3),
        "a part is drawn": (0.2 + 0.6 * torch.rand((), generator=g).item(), 5),
        "there is no step": (0.5, 0),
    },
    question="Ten steps of which each leaves nine tenths: which curve is which?",
    curves=[
        ("", "each step leaves a part", "on this axis it is straight."),
        ("takes_away", "each step takes the same away", "it bends down."),
    ],
    drawn=lambda answer: answer(0.9, 9), axes=("steps", "what is left"), log=True,
)  # fmt: skip


@kept.oracle("torch.Tensor.cumprod")
def _(part, steps):
    return [1.0, *torch.full((steps,), part, dtype=torch.float64).cumprod(0).tolist()]


@kept.claim("two steps leave a part of a part")
def _(answer):
    assert answer(0.5, 2) == [1, 0.5, 0.25]


@kept.misconception(seen="A tenth of what?", why="Each step leaves a part of what is there.")
def takes_away(part, steps):
    return [1 - (1 - part) * step for step in range(steps + 1)]


kept.slip("steps + 1", "steps", name="one_short", seen="How many numbers are there?",
          why="What was there before the first step counts, too.")  # fmt: skip

# ---- choose


def grows():
    return [f"the mean of 1 and 3 is {(1 + 3) / 2}, that of 10 and 3 is {(10 + 3) / 2}"]


means = Exercise(
    "small.claims_of_means", title="Claims about means", points=1, difficulty=1, minutes=5,
    kind="choose", examples=different, question="Which of these holds for all numbers?",
    holds="B", options=[
        ("If one number grows by 9, so does the mean.", "9", lambda n, numbers: abs(n - 9) < 1e-6,
         "The mean grows by a share of that.", grows),
        ("The distances from the mean cancel.", "0", lambda n, numbers: abs(n) < 1e-6,
         "What is above it is as much as what is below.", grows),
        ("The mean is half-way between the ends.", "0", lambda n, numbers: abs(n) < 1e-6,
         "The numbers between the ends count, too.", grows),
    ],
)  # fmt: skip


@means.claim("one of three numbers moves the mean by a third of its step, and 0, 0, 9 by 3 from 0")
def _(answer):
    assert [answer([0.0, 0.0, 9.0])[1][letter] for letter in "AC"] == [3.0, -1.5]


@means.alternative
def claims_with_torch(numbers):
    xs = torch.tensor(numbers, dtype=torch.float64)
    above = xs.mean() - (xs.min() + xs.max()) / 2
    return "B", {"A": 9 / len(xs), "B": (xs - xs.mean()).sum().item(), "C": above.item()}


means.slip("- mean for", "- middle for", name="middle", seen="From what?", why="From the mean.")

# ---- examine

Exercise(
    "small.examine_middle", title="A test of the middle", points=2, difficulty=2, minutes=10,
    kind="examine", of="middle", broken=("unsorted", "upper", "ends"),
)  # fmt: skip

# ---- write

Exercise(
    "small.why_the_middle", title="Why the middle", difficulty=1, minutes=15, kind="write",
    rubric={
        "An example in which one number runs away, worked out.": 1,
        "A case in which the mean is better, with the reason.": 1.5,
        "Plain sentences.": 0.5,
    },
)  # fmt: skip
