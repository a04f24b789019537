"""More misconceptions about `top_p_filter`."""

from autograder.checks.sampling import GONE
from autograder.checks.sampling.top_p_filter import nucleus_of


@nucleus_of.misconception(
    seen="With 50 %, 41 % and 9 % one token is left for p = 0.9. Together, do those that stay have p? "
    "And who is left if the first token alone has more than p?",
    why="These are the numbers of `cumsum >= p`: the token that crosses p is cut, because its own "
    "probability is counted before it is let in. Where the likeliest token crosses p, nothing is left. "
    "Count what comes *before* each token.",
)
def drops_crossing_even_the_first(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    dropped = ordered.softmax(-1).cumsum(-1) >= p
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)


@nucleus_of.misconception(
    seen="With 50 %, 41 % and 9 % one token is left for p = 0.9. Together, do those that stay have p?",
    why="These are the numbers of `cumsum > p`: a token that crosses p is cut, because its own "
    "probability is counted before it is let in. Where the likeliest token crosses p, nothing is left. "
    "Count what comes *before* each token.",
)
def drops_what_exceeds(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    dropped = ordered.softmax(-1).cumsum(-1) > p
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)


@nucleus_of.misconception(
    seen="As many tokens stay as should, but which? Does `gather` bring a sorted row back?",
    why="These are the numbers of a mask that went back with `gather`. `gather(-1, ids)` asks place i "
    "for the value at `ids[i]`, which sorts once more. `scatter(-1, ids, ...)` puts the value of "
    "place i *to* `ids[i]`, and so brings it back.",
)
def gathered_back(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    probs = ordered.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= p
    dropped[:, 0] = False
    return logits.masked_fill(dropped.gather(-1, ids), GONE)


@nucleus_of.misconception(
    seen="What is left is right, but where? Which token has which logit?",
    why="These are the logits in order of size. A token is known by its place in the row: what stays "
    "has to stay where it was.",
)
def in_order_of_size(logits, p):
    ordered = logits.sort(dim=-1, descending=True, stable=True).values
    probs = ordered.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= p
    dropped[:, 0] = False
    return ordered.masked_fill(dropped, GONE)


@nucleus_of.misconception(
    seen="Up to sixteen equal tokens it is right. Which of twenty equal tokens come first?",
    why="These are the numbers of a `sort` without `stable=True`. It may leave equal values in any "
    "order, and with more than sixteen it does. The task takes them in the order of their ids.",
    code=r"sort\((?![^\n]*stable)",
)
def not_stable(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True)
    probs = ordered.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= p
    dropped[:, 0] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)


@nucleus_of.misconception(
    seen="Without ties it is right. Of two equally likely tokens, which one comes first?",
    why="The sum is built from the least likely token up here, by a `sort` without `stable=True`, as in "
    "`transformers`. Which of equally likely tokens stay is then left to chance. The task takes them in "
    "the order of their ids.",
    convention=True,
    code=r"sort\((?![^\n]*stable)",
)
def from_below_not_stable(logits, p):
    ordered, ids = logits.sort(dim=-1)
    dropped = ordered.softmax(-1).cumsum(-1) <= 1 - p
    dropped[:, -1] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)
