"""Checks and misconceptions for `cross_entropy`."""

import math

import torch

from autograder.exercise import Exercise, agree, differ


def rows(g):
    def drawn(N, V, scale=1.0):
        logits = scale * torch.randn(N, V, generator=g)
        return logits, torch.randint(0, V, (N,), generator=g)

    ignored, target = drawn(6, 5)
    wide, far = drawn(4, 130)
    special, near = drawn(5, 4)
    higher, other = drawn(5, 4)
    zero, any_target = drawn(5, 3)
    sparse = drawn(5, 4)[0].index_fill(1, torch.tensor([0]), float("-inf"))
    possible = torch.randint(1, 4, (5,), generator=g)
    sure = torch.tensor([[1000.0, 0.0, -1000.0], [0.0, -1000.0, 500.0]])
    plain = torch.tensor([[0.0, 1.0, -1.0], [0.5, 0.25, 0.0]])
    return {
        "two rows are paid": (plain, torch.tensor([1, 2])),
        "the sum is asked for": (*drawn(3, 4), -100, "sum"),
        "each row is asked for": (*drawn(5, 3), -100, "none"),
        "two targets are ignored": (
            ignored,
            target.where(torch.tensor([True, False, True, True, False, True]), -100),
        ),
        "a target is ignored and each row is asked for": (
            ignored,
            target.where(torch.tensor([True, True, False, True, True, True]), -100),
            -100,
            "none",
        ),
        "a target is ignored and there are more than 100 columns": (
            wide,
            far.where(torch.tensor([True, False, True, True]), -100),
            -100,
            "sum",
        ),
        "the ignored number is 2": (
            special, near.where(torch.tensor([True, True, False, True, False]), 2), 2, "mean"
        ),
        "the ignored number is 0": (
            zero, any_target.where(torch.tensor([True, False, True, True, True]), 0), 0, "none"
        ),
        "the ignored number is above every column": (
            higher, other.where(torch.tensor([True, True, False, True, False]), 7), 7, "mean"
        ),
        "a class is ruled out by a logit of minus infinity": (sparse, possible, -100, "none"),
        "a class is ruled out and a target is ignored": (
            sparse, possible.where(torch.tensor([True, False, True, True, True]), -100), -100, "sum"
        ),
        "of two sure rows one costs nothing, and the mean is asked for": (
            sure, torch.tensor([0, 0]), -100, "mean"
        ),
        "rows are sure, rightly or wrongly, by 1000": (sure, torch.tensor([1, 2]), -100, "none"),
        "logits are in the thousands": (*drawn(4, 6, 1e3), -100, "mean"),
    }  # fmt: skip


entropy = Exercise(
    "language_models.cross_entropy",
    fast_track=True,
    title="Surprise from scores", needs=("softmax",),
    points=3, difficulty=2, minutes=25, examples=rows,
    forbid=("cross_entropy", "nll_loss", "cross_entropy_loss"),
)  # fmt: skip


@entropy.oracle("torch.nn.functional.cross_entropy")
def _(logits, target, ignore_index=-100, reduction="mean"):
    return torch.nn.functional.cross_entropy(
        logits, target, ignore_index=ignore_index, reduction=reduction
    )


@entropy.claim("who knows nothing pays ln V, and less on what they lean towards")
def _(answer):
    target = torch.tensor([0, 3, 2])
    even = answer(torch.full((3, 5), 0.7), target, -100, "none")
    agree(even, torch.full((3,), math.log(5)))
    leaning = torch.zeros(3, 5)
    leaning[0, 0] = leaning[1, 1] = 1.0
    agree(answer(leaning, target, -100, "none")[2], even[2])
    assert answer(leaning, target, -100, "none")[0] < even[0] < answer(
        leaning, target, -100, "none"
    )[1]  # fmt: skip


@entropy.claim("a row that is ignored changes nothing, whatever is in it")
def _(answer):
    logits = torch.tensor([[0.2, -0.3, 0.9], [0.4, 0.1, -0.6], [0.3, 0.8, 0.1]])
    target = torch.tensor([2, -100, 1])
    other = logits.clone()
    other[1] = torch.tensor([3.0, -2.0, 1.0])
    agree(answer(other, target, -100, "mean"), answer(logits, target, -100, "mean"))
    agree(
        answer(logits, target, -100, "mean"), answer(logits[[0, 2]], target[[0, 2]], -100, "mean")
    )
    differ(
        answer(other, torch.tensor([2, 0, 1]), -100, "mean"),
        answer(logits, torch.tensor([2, 0, 1]), -100, "mean"),
    )


@entropy.claim("being sure and wrong by 1000 logits costs 1000 nats")
def _(answer):
    sure = torch.tensor([[0.0, 1000.0, 0.0], [0.0, 1000.0, 0.0]])
    agree(answer(sure, torch.tensor([0, 1]), -100, "none"), torch.tensor([1000.0, 0.0]))


entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1).log()",
    name="log_of_softmax",
    seen="Where a row is sure and wrong, infinity comes back. What is left of exp(-1000) in float32?",
    why="These are the numbers of a log taken after the softmax: a share too small for float32 is 0, "
    "and log(0) is minus infinity. Subtract in logs: `logits - logsumexp`, or `log_softmax`.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1).log_softmax(dim=1)",
    name="double_softmax",
    seen="However sure a row is, it pays nearly ln V. How far apart can two shares be?",
    why="These are the numbers of two softmaxes, one after the other. Shares lie between 0 and 1, and "
    "taken as logits they are nearly even. Logits go in as they are.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1)",
    name="no_log",
    seen="The loss is negative, between -1 and 0. What is the surprise of a share of 1?",
    why="These are the shares themselves with a minus. A surprise is -log of a share: 0 for a "
    "certainty, without bound for the impossible.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits", name="no_normalising",
    seen="Adding 1 to all logits of a row changes the loss. Are logits logarithms of probabilities?",
    why="These are the target's logits with a minus. A logit says nothing on its own; take the "
    "row's logsumexp away, and it becomes a log-probability.",
)  # fmt: skip
entropy.slip(
    "logits.logsumexp(dim=1, keepdim=True)", "logits.exp().sum(dim=1, keepdim=True).log()",
    name="exp_overflows",
    seen="With logits of 1000 the loss is infinite or NaN. How large is exp(1000)?",
    why="These are the numbers of exp, sum and log one after the other. exp(1000) is infinity in "
    "float32; `logsumexp` takes the largest away first.",
)  # fmt: skip
entropy.slip(
    "logsumexp(dim=1,", "logsumexp(dim=0,", name="softmax_over_rows",
    seen="One row's loss changes with the logits of another. Which axis are the classes?",
    why="These are the numbers of a softmax over the rows. Each row is one guess about V classes: "
    "`dim=1`.",
)  # fmt: skip
entropy.slip(
    "-log_probs", "log_probs", name="sign",
    seen="The loss is negative. Which should be smaller: the loss of a good guess, or of a bad one?",
    why="These are log-probabilities, which are 0 at best. The surprise is their negative.",
)  # fmt: skip
entropy.slip(
    "/ paid.sum()", "/ len(target)", name="mean_all",
    seen="The mean is too small where targets are ignored. By how many rows should it be divided?",
    why="These are the numbers of a division by all N rows. Ignored rows add nothing to the sum and "
    "must not be counted either.",
)  # fmt: skip
entropy.slip(
    "target != ignore_index", "target != -100", name="always_minus_100",
    seen="With another `ignore_index` the ignored rows are paid for. Where is the argument used?",
    why="These are the numbers of code that ignores -100, or whatever is negative. -100 is only the "
    "default: compare with `ignore_index`.",
)  # fmt: skip
entropy.slip(
    "where(paid, 0.0)", "mul(1.0)", name="ignored_paid",
    seen="Rows with an ignored target have a loss. What should they add to the sum?",
    why="These are the numbers of ignored rows paid for as if column 0 were their target. A stand-in "
    "column keeps `gather` from failing; what it gives must be set to 0.",
)  # fmt: skip
entropy.slip(
    "squeeze(1).where(paid, 0.0)", "squeeze(1)[paid]", name="rows_dropped",
    seen='With "none", fewer numbers than rows come back. What should stand for an ignored row?',
    why="These are the losses of the paid rows alone. With `none` every row keeps its place, and an "
    "ignored one has 0.0.",
)  # fmt: skip
entropy.slip(
    ".squeeze(1).where(paid, 0.0)", ".where(paid[:, None], 0.0)", name="axis_left",
    seen='With "none" each number comes in a row of its own. What shape does `gather` return?',
    why="`gather` keeps the axis it looks along, here with size 1. Take it away: `[:, 0]`.",
)  # fmt: skip
entropy.slip(
    'reduction == "sum"', "False", name="sum_ignored",
    seen='With "sum" a mean comes back. Where is "sum" asked about?',
    why="These are means throughout. `reduction` chooses between three results.",
)  # fmt: skip


entropy.excuse("target.where(paid, 0)", "any valid column will do where nothing is paid")


def reduced(nll, n, reduction):
    return {"none": nll, "sum": nll.sum(), "mean": nll.sum() / n}[reduction]


@entropy.alternative
def by_log_softmax(logits, target, ignore_index=-100, reduction="mean"):
    kept = (target != ignore_index).nonzero()[:, 0]
    out = torch.zeros(len(target), dtype=logits.dtype)
    nll = -logits.log_softmax(dim=-1)[kept, target[kept]]
    if reduction == "none":
        return out.index_put((kept,), nll)
    return nll.sum() if reduction == "sum" else nll.mean()


@entropy.alternative
def by_one_hot(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    hot = torch.nn.functional.one_hot(target.where(paid, 0), logits.shape[1]).bool()
    top = logits.amax(dim=1)
    far = (logits - top[:, None]).exp().sum(dim=1).log() + top
    each = (far - logits.where(hot, 0.0).sum(dim=1)).where(paid, 0.0)
    return reduced(each, paid.sum(), reduction)
