"""Checks and misconceptions for `apply_temperature`."""

import torch

from autograder.checks.sampling import GONE, filtered, nucleus
from autograder.exercise import Exercise, agree, differ


def knobs(g):
    def draw(*shape):
        return 2 * torch.randn(*shape, generator=g)

    tied = draw(2, 5)
    tied[0, 1] = tied[0, 3] = 6.0
    tied[1, 2] = tied[1, 4] = tied[1, 0] = 5.0
    cut = draw(2, 6)
    cut[0, 1] = cut[1, 4] = cut[1, 5] = GONE
    return {
        "T is 2": (draw(1, 4), 2.0),
        "T is a half": (draw(2, 3), 0.5),
        "T is 1 and a half": (draw(3, 5), 1.5),
        "T is 1": (draw(2, 4), 1.0),
        "T is 0": (draw(2, 5), 0.0),
        "T is small, but not 0": (draw(2, 3), 0.05),
        "T is very small, but not 0": (draw(2, 3), 1e-4),
        "T is 0 and all logits are negative": (-9 - draw(3, 4).abs(), 0.0),
        "T is 0 and there are several largest": (tied, 0.0),
        "T is 3": (draw(3, 4), 3.0),
        "T is 0.7 and some tokens were filtered out": (cut, 0.7),
        "T is 0 and some tokens were filtered out": (cut, 0.0),
    }


heat = Exercise(
    "sampling.apply_temperature",
    title="Temperature",
    points=2, difficulty=1, minutes=10, examples=knobs,
)  # fmt: skip


@heat.oracle("transformers.TemperatureLogitsWarper, at 0 transformers.TopPLogitsWarper with p = 0")
def _(logits, T):
    return filtered("TemperatureLogitsWarper", logits, float(T)) if T else nucleus(logits, 0.0)


heat.excuse("detach", "gradients are not asked for where the reference has none")
heat.excuse("dim=-1", "there are two axes: the last one is number 1 as well")
heat.excuse("scatter(-1", "there are two axes: the last one is number 1 as well")


@heat.claim("at T = 0 the likeliest token gets all of the probability")
def _(answer):
    for _ in range(3):
        logits = torch.randn(4, 7)
        best = torch.nn.functional.one_hot(logits.argmax(-1), 7).float()
        agree(answer(logits, 0.0).softmax(-1), best)


@heat.claim("each probability is raised to the power 1/T, and then all are shared out anew")
def _(answer):
    logits = torch.randn(3, 6)
    for T in (0.5, 2.0, 5.0):
        powers = logits.softmax(-1) ** (1 / T)
        agree(answer(logits, T).softmax(-1), powers / powers.sum(-1, keepdim=True))


@heat.claim("below 1 the likeliest token gains, above 1 it loses, and it stays the likeliest")
def _(answer):
    logits = 2 * torch.randn(5, 6)
    favourite = logits.argmax(-1, keepdim=True)
    cool, plain, warm = (
        answer(logits, T).softmax(-1).gather(-1, favourite) for T in (0.5, 1.0, 2.0)
    )
    assert (cool > plain).all()
    assert (plain > warm).all()
    assert (warm > 1 / 6).all()


@heat.claim("two temperatures one after the other are one, their product")
def _(answer):
    logits = torch.randn(2, 5)
    both = answer(answer(logits, 0.5), 3.0)
    agree(both, answer(logits, 1.5))
    differ(both, logits)
    differ(both[0], both[1])


heat.slip(
    "logits / T", "logits * T", name="multiplied",
    seen="At T = 0 and T = 1 it is right. Does a large T flatten or sharpen?",
    why="The logits are multiplied here, as by the inverse temperature β of physics. A temperature "
    "divides: a large one brings the logits closer together.", convention=True,
)  # fmt: skip
heat.slip(
    "    if T == 0:\n        best = logits.argmax(dim=-1, keepdim=True)\n        kept = "
    "torch.zeros_like(logits, dtype=torch.bool).scatter(-1, best, True)\n        return "
    'logits.masked_fill(~kept, float("-inf"))\n',
    "", name="divides_by_zero",
    seen="Where T is not 0 it is right. What is a number divided by 0?",
    why="At T = 0 this divides by zero, which gives infinities of both signs, and a softmax makes NaN "
    "of them. T = 0 means greedy: only the largest logit stays.",
)  # fmt: skip


@heat.misconception(
    seen="Where T is not 0 it is right. Does T = 0 leave the logits alone?",
    why="T = 0 is read as *no temperature* here, and nothing changes. It is the other end: the smaller "
    "T, the more the likeliest token gets, and at 0 it gets everything.",
)
def zero_is_off(logits, T):
    return logits / T if T else logits.clone()


@heat.misconception(
    seen="Where T is not 0 it is right. At 0 there is a largest logit; who should keep a share?",
    why="T is replaced by a tiny number here. The logits grow into the millions; what is wanted at 0 "
    "is one logit that stays as it is, and minus infinity for the others.",
    code=r"1e-|max\(|clamp|eps|0\.0",
)
def tiny_stand_in(logits, T):
    return logits / max(T, 1e-6)


@heat.misconception(
    seen="Without ties it is right. How many tokens does greedy decoding leave, if two are largest?",
    why="All tokens that are as large as the largest stay here. It is a fair reading of T towards 0, "
    "but greedy decoding writes one token, and it should be the same each time: the first of them.",
    convention=True,
)
def all_largest(logits, T):
    if T:
        return logits / T
    return logits.masked_fill(logits < logits.amax(-1, keepdim=True), GONE)


@heat.misconception(
    seen="At T = 0 one row keeps a token and others keep none. Where is the largest looked for?",
    why="At T = 0 one largest logit is looked for in the whole batch. Each row is a text of its own "
    "and keeps its own.",
)
def largest_of_the_batch(logits, T):
    if T:
        return logits / T
    return logits.masked_fill(logits < logits.max(), GONE)


@heat.misconception(
    seen="At T = 0 the right token is left. Which logit does it have?",
    why="The largest logit becomes 0 here, as the logarithm of probability 1. After a softmax nobody "
    "could tell, but the task keeps the logit as it is, so that it fits in with the filters.",
    convention=True,
)
def best_is_zero(logits, T):
    if T:
        return logits / T
    best = torch.full_like(logits, GONE)
    return best.scatter(-1, logits.argmax(-1, keepdim=True), 0.0)


@heat.misconception(
    seen="At T = 0 there are ones and zeros. Are these logits?",
    why="At T = 0 this gives probabilities, 1 for the largest and 0 for the rest. They are read as "
    "logits, and a logit of 0 is not impossible: that takes minus infinity.",
)
def one_hot_as_logits(logits, T):
    if T:
        return logits / T
    return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)


@heat.misconception(
    seen="Is a softmax part of the task?",
    why="These are probabilities: a softmax was taken after the division. The function gives logits, "
    "because filters come next. The softmax is taken once, at the end.",
)
def softmax_taken(logits, T):
    if T:
        return (logits / T).softmax(-1)
    return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)


@heat.misconception(
    seen="What is divided by T, a logit or a probability?",
    why="Probabilities are divided by T here. Share them out anew and T has gone: every one was "
    "divided by the same number. T divides the logits.",
)
def on_probabilities(logits, T):
    if T:
        return logits.softmax(-1) / T
    return logits.masked_fill(logits < logits.amax(-1, keepdim=True), GONE)


@heat.alternative
def by_hand(logits, T):
    if T > 0:
        return logits * (1 / T)
    rows = []
    for row in logits:
        best = int(row.argmax())
        rows.append(
            torch.stack([x if i == best else x.new_tensor(GONE) for i, x in enumerate(row)])
        )
    return torch.stack(rows)
