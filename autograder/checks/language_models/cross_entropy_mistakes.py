"""More misconceptions about `cross_entropy`."""

import math

import torch

from autograder.checks.language_models.cross_entropy import entropy, reduced


@entropy.misconception(
    seen="The numbers are all right but for a factor of 1.44. In which unit are they?",
    why="These are bits: log2 instead of ln. 1 bit is 0.69 nats. Losses in this course, and in "
    "PyTorch, are in nats.",
    convention=True,
)
def base2(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    log_probs = logits.log_softmax(dim=1) / math.log(2)
    nll = -log_probs.gather(1, target.where(paid, 0)[:, None])[:, 0].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="Column -100 does not exist. What may stand in for a target that is not paid for?",
    why="`gather` looks up every row, and only then are the ignored ones set to 0. Give those any "
    "valid column first, `target.where(paid, 0)`, or look up the paid rows alone.",
    code=r"gather|take_along_dim",
)
def looked_up_first(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target[:, None])[:, 0].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="No guess costs more than 21 nats, however wrong it is. What is -ln of a billionth?",
    why="These are the numbers of 1e-9 added to a share before its log. That avoids log(0) by "
    "making up a cost. Subtract in logs, `logits - logsumexp`, and nothing has to be avoided.",
)
def a_billionth_added(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    shares = logits.softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0]
    return reduced(-(shares + 1e-9).log().where(paid, 0.0), paid.sum(), reduction)


@entropy.misconception(
    seen="The target -100 either fails or counts as a class. What is the hundredth column from the "
    "end?",
    why="These are the numbers of indexing with -100 itself: Python counts it from the end, and with "
    "more than 100 columns that is a class like any other. Rows with that target are not paid for.",
)
def ignore_as_class(logits, target, ignore_index=-100, reduction="mean"):
    log_probs = logits.log_softmax(dim=1)
    nll = -log_probs[torch.arange(len(target)), target]
    return reduced(nll, len(nll), reduction)


@entropy.misconception(
    seen="With N rows, N by N numbers were averaged. Which column belongs to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`.",
)
def wrong_gather(logits, target, ignore_index=-100, reduction="mean"):
    paid = target[target != ignore_index]
    nll = -logits.log_softmax(dim=1)[target != ignore_index][:, paid]
    return reduced(nll, nll.numel(), reduction)


@entropy.misconception(
    seen="N rows gave N by N numbers. Which column belongs to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`.",
)
def all_columns_then_hidden(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1)[:, target.where(paid, 0)].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="N rows gave N by N numbers. Which column belongs to which row?",
    why="These are the numbers of `log_probs[:, target]` times the mask, which takes the columns of "
    "*all* targets from every row. One column per row: `gather`, or "
    "`log_probs[torch.arange(N), target]`.",
)
def all_columns_times_the_mask(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1)[:, target.where(paid, 0)] * paid
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="Column -100 does not exist, and elsewhere N rows give N by N numbers. Which column belongs "
    "to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`; and none for an ignored target.",
)
def all_columns(logits, target, ignore_index=-100, reduction="mean"):
    nll = -logits.log_softmax(dim=1)[:, target]
    return reduced(nll, nll.numel(), reduction)


@entropy.misconception(
    seen="This is a squared distance. How much should a certain, wrong guess cost?",
    why="These are the numbers of a Brier score, a sum of squares of shares: never above 2. Here the "
    "cost is -log of the share of the target.",
)
def brier(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    shares = logits.softmax(dim=1)
    hot = torch.nn.functional.one_hot(target.where(paid, 0), logits.shape[1])
    nll = ((shares - hot) ** 2).sum(dim=1).where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="A target of -100 has no one-hot row. What may stand in for a target that is not paid for?",
    why="`one_hot` looks at every target, and only then are the ignored ones set to 0. Give those any "
    "valid column first, `target.where(paid, 0)`, or leave their rows out.",
    code="one_hot",
)
def one_hot_of_all(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    hot = torch.nn.functional.one_hot(target, logits.shape[1])
    nll = -(logits.log_softmax(dim=1) * hot).sum(dim=1).where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="Class -100 does not exist. What may stand in for a target that is not paid for?",
    why="These are the numbers of `log_probs[torch.arange(N), target]` for all rows, the ignored ones "
    "set to 0 afterwards. Give those any valid column first, `target.where(paid, 0)`.",
)
def indexed_first(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1)[torch.arange(len(target)), target].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="N rows gave N by N numbers. What shape does `gather` return, and what shape has the mask?",
    why="These are the numbers of a column of shape (N, 1) beside a row of shape (N,), which "
    "broadcast to N by N. Take the axis away that `gather` leaves, `[:, 0]`, before the mask.",
    code=r"gather|take_along_dim",
)
def column_beside_a_row(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None]).where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="N rows gave N by N numbers. What shape does `gather` return, and what shape has the mask?",
    why="These are the numbers of a column of shape (N, 1) times a row of shape (N,), which "
    "broadcast to N by N. Take the axis away that `gather` leaves, `[:, 0]`, before the mask.",
    code=r"gather|take_along_dim",
)
def column_times_a_row(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None]) * paid
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen='With "none", too few numbers come back, each in a row of its own. What stands for an '
    "ignored row, and what shape does `gather` return?",
    why="These are the losses of the paid rows alone, with the axis that `gather` keeps. With `none` "
    "every row has one number, and an ignored one 0.0; `[:, 0]` takes the axis away.",
    code=r"gather|take_along_dim",
)
def rows_dropped_axis_left(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[paid]
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen='Sum and mean are right. What is in place of an ignored row with "none"?',
    why="These are the numbers of code that leaves ignored rows out of the sum, and with `none` "
    "gives what their stand-in column costs. An ignored row has 0.0.",
)
def none_not_zeroed(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0]
    return nll if reduction == "none" else reduced(nll[paid], paid.sum(), reduction)


@entropy.misconception(
    seen="Where a logit is minus infinity NaN comes back. What is 0 times infinity?",
    why="These are the numbers of log-probabilities times a one-hot row. A class that is ruled out "
    "has the log-probability minus infinity, and 0 times that is NaN. Choose instead of "
    "multiplying: `gather`, or `where`.",
)
def one_hot_times_logs(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    hot = torch.nn.functional.one_hot(target.where(paid, 0), logits.shape[1]) * paid[:, None]
    return reduced(-(hot * logits.log_softmax(dim=1)).sum(dim=1), paid.sum(), reduction)


@entropy.misconception(
    seen="Where an ignored row rules a class out NaN comes back. What is 0 times infinity?",
    why="These are the numbers of ignored rows times 0. Its stand-in column may be one that is ruled "
    "out, which costs infinity, and 0 times that is NaN. `where` and `masked_fill` choose instead.",
)
def ignored_times_zero(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0] * paid
    return reduced(nll, paid.sum(), reduction)


CLAMPED = (
    "The stand-in column was made by `clamp(min=0)`, which lifts -100 to 0 and leaves a number "
    "above all columns as it is. Choose by the mask instead: `target.where(paid, 0)`."
)


@entropy.misconception(
    seen="With -100 it is right, with an `ignore_index` of 7 column 7 is looked up, and there is "
    "none. Which numbers may mark an ignored row?",
    why=CLAMPED,
    code=r"clamp|clip|maximum|relu",
)
def target_clamped(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.clamp(min=0)[:, None])[:, 0]
    return reduced(nll.where(paid, 0.0), paid.sum(), reduction)


@entropy.misconception(
    seen="An `ignore_index` of 7 makes it look up column 7, and there is none. And where an ignored "
    "row rules a class out, NaN comes back: what is 0 times infinity?",
    why=f"Two things. {CLAMPED} And set ignored rows to 0 by `where` or `masked_fill`: a stand-in "
    "column that is ruled out costs infinity, and 0 times that is NaN.",
    code=r"clamp|clip|maximum|relu",
)
def target_clamped_times_zero(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.clamp(min=0)[:, None])[:, 0] * paid
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="No guess costs more than 1, however wrong it is. How surprising is the impossible?",
    why="These are the numbers of 1 minus the share of the target. A surprise is -log of the share: 0 "
    "for a certainty, without bound for the impossible.",
)
def one_minus_the_share(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    shares = logits.softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0]
    return reduced((1 - shares).where(paid, 0.0), paid.sum(), reduction)


@entropy.misconception(
    seen='With "none" one number comes back. How many rows were there?',
    why="With `none` nothing is added up: one number per row.",
)
def none_ignored(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0]
    nll = nll.where(paid, 0.0)
    return reduced(nll, paid.sum(), "sum" if reduction == "sum" else "mean")
