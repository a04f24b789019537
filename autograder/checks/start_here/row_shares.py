"""Checks and misconceptions for `row_shares`."""

import torch

from autograder.exercise import Exercise, agree, differ


def tables(g):
    def counted(*shape):
        return torch.randint(1, 10, shape, generator=g).float()

    def distinct(*shape):  # no two numbers alike, so that no two totals need be
        drawn = torch.randperm(9, generator=g)[: torch.Size(shape).numel()] + 1
        return drawn.float().view(shape)

    with_zero = distinct(2, 3)
    with_zero[1, 1] = 0.0
    return {
        "two rows have two numbers each": (distinct(2, 2) * torch.tensor([[1.0], [3.0]]),),
        "two rows have three numbers each": (with_zero,),
        "a single row comes, without a table": (distinct(4) * torch.tensor([1.0, 0, 1, 1]),),
        "five rows have four numbers each": (counted(5, 4),),
        "two tables come at once, of three rows and four numbers": (counted(2, 3, 4),),
        "the numbers are fractions": (distinct(2, 2) / 25,),
    }


shares = Exercise(
    "start_here.row_shares",
    fast_track=True,
    title="Shares, row by row",
    points=1, difficulty=1, minutes=5, examples=tables,
    kind="debug", start="no_keepdim",
)  # fmt: skip


@shares.oracle("torch.nn.functional.normalize(p=1)")
def _(counts):
    from torch.nn.functional import normalize

    return normalize(counts, p=1, dim=-1)


@shares.claim("the shares of every row sum to 1")
def _(answer):
    found = answer(torch.tensor([[1.0, 3.0, 4.0], [4.0, 1.0, 0.0], [2.0, 5.0, 1.0]]))
    agree(found.sum(dim=-1), torch.ones(3))


@shares.claim("where a row has one count only, that one has a share of 1")
def _(answer):
    agree(answer(torch.tensor([[0.0, 3.0], [5.0, 0.0]])), torch.eye(2).flip(0))


@shares.claim("a row's shares stay as they are when the row below it changes")
def _(answer):
    alone = answer(torch.tensor([[1.0, 3.0], [4.0, 1.0]]))
    other = answer(torch.tensor([[1.0, 3.0], [2.0, 6.0]]))
    agree(alone[0], other[0])
    differ(alone[1], other[1])
    agree(other[1], other[0])  # the row below has the same proportions now


@shares.claim("twice the counts, the same shares")
def _(answer):
    counts = torch.tensor([[1.0, 3.0], [4.0, 1.0]])
    agree(answer(2 * counts), answer(counts))
    differ(answer(counts.flip(0)), answer(counts))


shares.slip(
    ", keepdim=True", "", name="no_keepdim",
    seen="The totals have one axis fewer than the counts, and shapes are lined up from the right. "
    "Which numbers does the second total meet?",
    why="These are the numbers of totals that have lost an axis. Summing takes it away, and "
    "broadcasting lines up from the right, so each total ends up over a *column*. With "
    "`keepdim=True` the axis stays, with size 1, and every total stays where it was summed.",
    reread="Shapes that fit by accident",
)  # fmt: skip
shares.slip(
    "dim=-1", "dim=-2", name="column_totals",
    seen="Now the columns sum to 1. Which axis does a sum along the rows use up?",
    why="These are the numbers of code that divides by the totals of the columns. `dim` names the "
    "axis that is added up, and a row's numbers lie along the last one: `dim=-1`.",
    reread="The axis that goes",
)  # fmt: skip
shares.slip(
    "dim=-1", "dim=0", name="first_axis",
    seen="The first axis sums to 1 now. Which axis holds the numbers of one row?",
    why="These are the numbers of totals over the first axis. `dim` names the axis that is added "
    "up; the numbers of one row lie along the last axis, however many come before it: `dim=-1`.",
    reread="The axis that goes",
)  # fmt: skip
shares.slip(
    "dim=-1", "dim=1", name="second_axis",
    seen="In a table, axis 1 is the last one. Which is it in a single row, and in two tables?",
    why="`dim=1` is the last axis of a table and of nothing else. Counted from the end, "
    "the last axis is -1 everywhere.",
    reread="The axis that goes",
)  # fmt: skip
shares.slip(
    "counts.sum(dim=-1, keepdim=True)", "counts.sum()", name="one_total",
    seen="All numbers together sum to 1. How many totals should there be for two rows?",
    why="These are the numbers of one total for everything: a `sum` without `dim` adds up every "
    "axis. Name the axis, and each row gets a total of its own.",
    reread="The axis that goes",
)  # fmt: skip


@shares.misconception(
    seen="Every row sums to the number of its columns. What was it divided by?",
    why="These are counts divided by the row's mean: how many times the average each one is. A "
    "share is a part of the total.",
)
def by_the_mean(counts):
    return counts / counts.mean(dim=-1, keepdim=True)


@shares.misconception(
    seen="The largest number of each row became 1. What should become 1?",
    why="These are counts divided by the largest of their row. Divided by the row's sum, they "
    "become parts of a whole.",
)
def by_the_largest(counts):
    return counts / counts.amax(dim=-1, keepdim=True)


@shares.misconception(
    seen="The squares of every row sum to 1. What should sum to 1?",
    why="These are rows divided by their Euclidean length, which is what `F.normalize` does if it "
    "is told nothing else. Shares are parts of a total: divide by the sum.",
)
def by_the_length(counts):
    return counts / counts.norm(dim=-1, keepdim=True)


@shares.misconception(
    seen="Every row sums to 100, in the right proportions. What does a whole count as here?",
    why="These are percent, which is how people like to read shares. In this course a whole is 1, "
    "so that shares can be used as probabilities.",
    convention=True,
)
def percent(counts):
    return 100 * counts / counts.sum(dim=-1, keepdim=True)


@shares.misconception(
    seen="Rows sum to 1, but the large counts take nearly all. What is the ratio of 3 to 1, "
    "and what is that of exp(3) to exp(1)?",
    why="These are the numbers of a softmax, which takes exp of every number first. It is for "
    "scores that may be negative; counts are in proportion already and only need their total.",
)
def softmax_of_counts(counts):
    return counts.softmax(dim=-1)


@shares.misconception(
    seen="Fractions come back as they came. From which total on is a row divided by it?",
    why="These are the numbers of a floor at 1 under the totals. It is not needed at all: no row "
    "here is empty. Where rows can be, the floor has to be tiny.",
)
def floor_at_one(counts):
    return counts / counts.sum(dim=-1, keepdim=True).clamp(min=1)


@shares.misconception(
    seen="A table comes out right, a single row does not. What does a loop over one row give, and "
    "what is 0 / 0?",
    why="A loop goes along the first axis: the rows of a table, but the numbers of a single row and "
    "the tables where there are several. `dim=-1` needs no loop and fits all three.",
    reread="The axis that goes",
    code=r"\bfor\b|map\(",
)
def looped_over_rows(counts):
    return torch.stack([row / row.sum() for row in counts])


@shares.misconception(
    seen="A table comes out right. What shape have the totals as one long column, and what shape "
    "should they have for two tables, or for a single row?",
    why="`view(-1, 1)`, like `reshape(-1, 1)`, makes one long column of whatever "
    "comes: right for a table, a table too many for a row, and no shape that fits two tables. "
    "`keepdim=True` keeps each total in its place.",
    reread="The axis that goes",
    code=r"-1, ?1\b",
)
def totals_in_one_column(counts):
    return counts / counts.sum(dim=-1).view(-1, 1)


@shares.misconception(
    seen="The counts come back as they came. Where does what was computed go?",
    why="These are the counts themselves. Neither `counts / ...` alone nor `row = row / row.sum()` in "
    "a loop changes the table: each makes a new tensor, and that has to be returned.",
)
def unchanged(counts):
    return counts


@shares.misconception(
    seen="A table comes out right. Where does a new axis in second place lie when there are two "
    "tables, or one row alone?",
    why="`[:, None]`, like `unsqueeze(1)`, puts an axis of size 1 in second place, which is the "
    "last place in a table only. `keepdim=True` leaves it where the sum was taken; `[..., None]` "
    "puts it last.",
    reread="Shapes that fit by accident",
)
def new_axis_in_second_place(counts):
    return counts / counts.sum(dim=-1)[:, None]


@shares.misconception(
    seen="A table comes out right. What does `.T` turn round when there are three axes?",
    why="`.T` reverses the order of all axes, so the last one meets its totals in a table only. "
    "Nothing has to be turned: with `keepdim=True` the totals fit as they are.",
    reread="Shapes that fit by accident",
    code=r"\.T\b",
)
def turned_and_turned_back(counts):
    return (counts.T / counts.sum(dim=-1)).T


@shares.misconception(
    seen="The same as without a new axis.",
    why="An axis of size 1 in front changes nothing: broadcasting would put it there by itself.",
    alias="no_keepdim",
)
def new_axis_in_front(counts):
    return counts / counts.sum(dim=-1).unsqueeze(0)


@shares.alternative
def with_a_new_last_axis(counts):
    return counts / counts.sum(-1)[..., None]


@shares.alternative
def row_after_row(counts):
    if counts.dim() == 1:
        return counts / counts.sum()
    return torch.stack([row_after_row(row) for row in counts])


@shares.alternative
def by_einsum(counts):
    return torch.einsum("...v,...->...v", counts, 1 / counts.sum(dim=-1))


@shares.alternative
def by_the_library(counts):
    return torch.nn.functional.normalize(counts, p=1, dim=-1)
