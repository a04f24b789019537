"""More misconceptions about `softmax`."""

from autograder.checks.language_models.softmax import soft


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
    seen="The shares are right for one row; with more axes, an axis is missing. What shape has the "
    "sum of each row?",
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
    seen="Scores far from 0 get equal shares. Does it count how high they are, or how far apart?",
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


@soft.misconception(
    seen="The shares are right for one row; with more axes, an axis is missing. What shape have the "
    "largest scores of all rows?",
    why="These are the numbers of code that takes the largest score along an axis and lets the axis "
    "go: what remains lines up from the right with other axes. `keepdim=True` leaves an axis of "
    "size 1 in its place.",
)
def axis_of_the_largest_dropped(x, dim):
    grown = (x - x.amax(dim)).exp()
    return grown / grown.sum(dim, keepdim=True)


@soft.misconception(
    seen="The shares are right for one row; with more axes, an axis is missing twice. What shape have "
    "the largest scores of all rows, and what shape their sums?",
    why="These are the numbers of code that lets an axis go where it takes the largest, and again "
    "where it adds up. `keepdim=True` leaves an axis of size 1 in its place, in both.",
)
def both_axes_dropped(x, dim):
    grown = (x - x.amax(dim)).exp()
    return grown / grown.sum(dim)


@soft.misconception(
    seen="A score is compared with two things at once. What does `x.max(dim)` return?",
    why="This is the error of code that takes the result of `x.max(dim, ...)` from x. It holds two "
    "tensors, the largest scores and their places: take its `.values`, or use `amax`.",
)
def largest_with_its_place(x, dim):
    grown = (x - x.max(dim, keepdim=True)).exp()
    return grown / grown.sum(dim, keepdim=True)


@soft.misconception(
    seen="Where scores lie close together the shares are right. With a score of minus infinity, or "
    "far apart, NaN comes back. Is what you take away ever far from the largest?",
    why="These are the numbers of the mean taken away. It changes no share, but it lets a score far "
    "above it overflow, and one minus infinity makes it minus infinity. The largest is safe: "
    "nothing is left above 0.",
)
def mean_away(x, dim):
    grown = (x - x.mean(dim, keepdim=True)).exp()
    return grown / grown.sum(dim, keepdim=True)


@soft.misconception(
    seen="The shares do not sum to 1. By what is it divided: the scores, or what exp made of them?",
    why="These are the numbers of exp(x) divided by the sum of the scores themselves. Shares sum to 1 "
    "if what is divided is what was added up: divide by the sum of exp(x).",
)
def divided_by_scores(x, dim):
    return x.exp() / x.sum(dim, keepdim=True)


@soft.misconception(
    seen="The shares do not sum to 1. By what is it divided, and over which axes was that added up?",
    why="These are the numbers of exp(x) divided by one sum of all scores. Divide by the sum of "
    "exp(x), along `dim`: `sum(dim=dim, keepdim=True)`.",
)
def divided_by_all_scores(x, dim):
    return x.exp() / x.sum()


@soft.misconception(
    seen="The largest share is always 1. What do shares sum to?",
    why="These are the numbers of exp(x) divided by the largest of them. That keeps the order; for "
    "shares of one whole, divide by the sum.",
)
def divided_by_the_largest(x, dim):
    grown = (x - x.amax(dim, keepdim=True)).exp()
    return grown / grown.amax(dim, keepdim=True)


@soft.misconception(
    seen="Rows of scores far below 0 come back as NaN. Which is larger, -1000 or -900?",
    why="These are the numbers of the largest *absolute* value taken away. In a row of -1000 that is "
    "another 1000 down, exp of which is 0, and 0 / 0 is NaN. Take the largest itself: `amax`.",
)
def largest_amount_away(x, dim):
    grown = (x - x.abs().amax(dim, keepdim=True)).exp()
    return grown / grown.sum(dim, keepdim=True)
