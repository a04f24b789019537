"""More misconceptions about `apply_temperature`."""

import torch

from autograder.checks.sampling import GONE
from autograder.checks.sampling.apply_temperature import heat


@heat.misconception(
    seen="At T = 0 the largest logit stays. How likely is a token with the logit 0?",
    why="At T = 0 the other logits become 0 here. A softmax gives exp(0) = 1 a share like any other, "
    "and where all logits are negative it is the largest. A token without any chance has minus "
    "infinity.",
)
def others_are_zero(logits, T):
    if T:
        return logits / T
    best = logits.argmax(-1, keepdim=True)
    return torch.zeros_like(logits).scatter(-1, best, logits.gather(-1, best))


@heat.misconception(
    seen="At T = 0 one token of each row is gone. Which one should go, and which should stay?",
    why="At T = 0 the largest logit becomes minus infinity here and the others stay: the mask is the "
    "right one, the wrong way round.",
)
def cuts_the_largest(logits, T):
    if T:
        return logits / T
    return logits.scatter(-1, logits.argmax(-1, keepdim=True), GONE)


@heat.misconception(
    seen="Without ties it is right. Which of several largest logits stays?",
    why="Of several that are equally large, the last stays here. Greedy decoding writes one of them, "
    "and the task takes the first, which is the one that `argmax` finds.",
)
def last_of_a_tie(logits, T):
    if T:
        return logits / T
    last = logits.shape[-1] - 1 - logits.flip(-1).argmax(-1, keepdim=True)
    return torch.full_like(logits, GONE).scatter(-1, last, logits.gather(-1, last))


@heat.misconception(
    seen="At T = 0 it is right. What comes after the division, and is it part of the task?",
    why="Where T is not 0 these are probabilities: a softmax was taken after the division. The function "
    "gives logits, because filters come next. The softmax is taken once, at the end.",
)
def softmax_where_divided(logits, T):
    if T:
        return (logits / T).softmax(-1)
    best = logits.argmax(-1, keepdim=True)
    return torch.full_like(logits, GONE).scatter(-1, best, logits.gather(-1, best))


@heat.misconception(
    seen="At T = 0 a single token is left in the whole batch. How many rows want one?",
    why="At T = 0 one largest logit is looked for in the whole batch, by `argmax()` without an axis. "
    "Each row is a text of its own and keeps its own: `argmax(dim=-1)`.",
)
def first_of_the_batch(logits, T):
    if T:
        return logits / T
    best = logits.argmax()
    return torch.full_like(logits, GONE).flatten().scatter(0, best, logits.max()).view_as(logits)


@heat.misconception(
    seen="At T = 0 and at larger T it is right. Is a small temperature already greedy decoding?",
    why="A small T counts as 0 here. Only 0 itself does: at T = 0.05 a token nearly as likely as the "
    "first still has its share.",
    code=r"T\s*<",
)
def small_is_zero(logits, T):
    if T >= 0.1:
        return logits / T
    best = logits.argmax(-1, keepdim=True)
    return torch.full_like(logits, GONE).scatter(-1, best, logits.gather(-1, best))
