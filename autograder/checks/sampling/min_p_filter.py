"""Checks and misconceptions for `min_p_filter`."""

import torch

from autograder.checks.sampling import GONE, filtered, left, of_shares
from autograder.exercise import Exercise, agree, differ


def rows(g):
    def shuffled(*rows):
        order = [torch.randperm(len(row), generator=g) for row in rows]
        logits = of_shares(*rows) + 3 * torch.randn(len(rows), 1, generator=g)
        return logits.gather(-1, torch.stack(order))

    cut = shuffled([0.5, 0.2, 0.15, 0.1, 0.05])
    cut[0, cut[0].argsort()[1]] = GONE
    return {
        "the model is sure": (shuffled([0.9, 0.06, 0.03, 0.01]), 0.05),
        "the model is not sure": (shuffled([0.22, 0.2, 0.18, 0.15, 0.14, 0.11]), 0.2),
        "all are less likely than min_p": (shuffled([0.16, 0.1, *[0.074] * 10]), 0.5),
        "one row is sure and one is not": (
            shuffled([0.8, 0.1, 0.06, 0.04], [0.4, 0.3, 0.2, 0.1], [0.26, 0.25, 0.25, 0.24]), 0.3,
        ),
        "min_p is 0": (shuffled([0.7, 0.2, 0.1], [0.5, 0.3, 0.2]), 0.0),
        "min_p is 1 and two are largest": (torch.tensor([[1.0, 2.0, 2.0, -1.0]]), 1.0),
        "all logits are negative": (-20 + torch.randn(3, 5, generator=g), 0.4),
        "a token was filtered out before": (cut, 0.12),
    }  # fmt: skip


relative = Exercise(
    "sampling.min_p_filter", optional=True,
    title="Not too far below the likeliest", needs=("softmax",),
    points=2, difficulty=1, minutes=8, examples=rows,
)  # fmt: skip


@relative.oracle("transformers.MinPLogitsWarper")
def _(logits, min_p):
    return filtered("MinPLogitsWarper", logits, float(min_p))


relative.excuse("detach", "gradients are not asked for where the reference has none")
relative.excuse("dim=-1", "there are two axes: the last one is number 1 as well")


@relative.claim("a token stays if it is at least min_p times as likely as the likeliest")
def _(answer):
    for row, min_p, many in (([0.5, 0.2, 0.3], 0.5, 2), ([0.1, 0.2, 0.3, 0.4], 0.4, 3)):
        logits = of_shares(row)[:, torch.randperm(len(row))]
        stay = left(answer(logits, min_p))
        assert stay.sum() == many
        agree(logits[stay].sort().values, logits[0].sort().values[-many:])


@relative.claim("the likeliest token always stays, with its logit")
def _(answer):
    logits = torch.linspace(-3, 1, 40)[torch.randperm(40)] * torch.tensor([[0.5], [1.0], [2.0]])
    for min_p in (0.3, 0.99):
        done = answer(logits, min_p)
        agree(done.amax(-1), logits.amax(-1))
        differ(done, logits)


@relative.claim("each row has a limit of its own, which moves along with all of its logits")
def _(answer):
    logits = torch.randn(3, 8) * torch.tensor([[0.2], [1.0], [4.0]])
    logits[1] = of_shares([0.04, 0.2, 0.1, 0.06, 0.4, 0.1, 0.05, 0.05])[0]
    high, low = torch.tensor([[15.0], [0.0], [-15.0]]), torch.tensor([[-5.0], [9.0], [2.0]])
    stay = left(answer(logits + high, 0.35))
    assert (stay == left(answer(logits + low, 0.35))).all()
    assert (stay.sum(-1) < 8).any()
    assert (stay == (logits > logits.amax(-1, keepdim=True) + torch.tensor(0.35).log())).all()


relative.slip(
    "min_p * probs.amax(dim=-1, keepdim=True)", "min_p", name="absolute",
    seen="How likely is the likeliest token, and what is min_p a part of?",
    why="Every token is compared with min_p itself here. Where the model is not sure, no token may be "
    "that likely, and nothing is left. The limit is min_p times the largest probability.",
)  # fmt: skip
relative.slip(
    "probs < min_p", "probs <= min_p", name="limit_excluded",
    seen="Where no token lies on the limit it is right. With min_p = 1, who stays?",
    why="A token on the limit is cut here. With min_p = 1 that is the likeliest one itself, and nothing "
    "is left. At least min_p times as likely: the limit belongs to it.",
)  # fmt: skip
relative.slip(
    "probs.amax(dim=-1, keepdim=True)", "probs.amax()", name="largest_of_the_batch",
    seen="With one row it is right. Whose largest probability is the measure?",
    why="The largest probability of the whole batch is the measure here, so that a row suffers because "
    "another one is sure. Every row has a largest of its own.",
)  # fmt: skip
relative.slip(
    'float("-inf")', "0.0", name="zero_fill",
    seen="The right tokens are cut. What is exp(0)?",
    why="Logits that are cut become 0 here, and a softmax gives exp(0) = 1 a share like any other. Cut "
    "means minus infinity.",
)  # fmt: skip


@relative.misconception(
    seen="Is it logits or probabilities that are compared?",
    why="A logit is compared with min_p times the largest logit. Logits have no zero that means "
    "anything: move them all by 5 and others would stay. Take the softmax first.",
)
def ratio_of_logits(logits, min_p):
    return logits.masked_fill(logits < min_p * logits.amax(-1, keepdim=True), GONE)


@relative.misconception(
    seen="Is min_p asked of each token, or of several together?",
    why="This is top-p: tokens stay until they have min_p together. min_p looks at one token at a time, "
    "next to the likeliest.",
)
def top_p(logits, min_p):
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    probs = ordered.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= min_p
    dropped[:, 0] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)


@relative.misconception(
    seen="How far below the likeliest may a token be: is that a difference or a ratio?",
    why="A token stays here if its probability is at most min_p *less* than the largest. It is a ratio: "
    "at least min_p *times* the largest.",
)
def difference(logits, min_p):
    probs = logits.softmax(-1)
    return logits.masked_fill(probs < probs.amax(-1, keepdim=True) - min_p, GONE)


@relative.misconception(
    seen="Is a softmax part of the task?",
    why="These are probabilities, and zeros or infinities among them. What stays keeps its logit.",
)
def gives_probabilities(logits, min_p):
    probs = logits.softmax(-1)
    low = probs < min_p * probs.amax(-1, keepdim=True)
    return logits.masked_fill(low, GONE).softmax(-1)


@relative.alternative
def by_ratio(logits, min_p):
    ratio = (logits - logits.amax(dim=1, keepdim=True)).exp()  # the sums cancel
    return torch.where(ratio >= min_p, logits, logits.new_tensor(GONE))
