"""Checks and misconceptions for `top_k_filter`."""

import torch

from autograder.checks.sampling import GONE, filtered, left
from autograder.exercise import Exercise, agree, differ


def rows(g):
    def draw(*shape):
        return 2 * torch.randn(*shape, generator=g)

    def mixed(*row):
        return torch.tensor(row)[torch.randperm(len(row), generator=g)]

    cut = draw(2, 5)
    cut[0, 1] = cut[0, 3] = cut[0, 4] = GONE
    apart = draw(3, 5) + torch.tensor([[20.0], [0.0], [-20.0]])
    return {
        "k is 1": (draw(1, 4), 1),
        "k is 2": (draw(2, 5), 2),
        "k is 3 and there are more rows than tokens": (draw(6, 4), 3),
        "one row lies far above another": (apart, 2),
        "all logits are negative": (-9 - draw(2, 6).abs(), 4),
        "k is as large as the vocabulary": (draw(2, 3), 3),
        "k is larger than the vocabulary": (draw(3, 4), 7),
        "k is 55 and there are 60 tokens": (draw(1, 60), 55),
        "two tie for the second of two places": (
            torch.stack([mixed(3.0, 1.0, 1.0, 0.0, -2.0), mixed(2.0, 2.0, 1.0, 0.5, 0.0)]), 2,
        ),
        "fewer than k tokens were left before": (cut, 3),
    }  # fmt: skip


best = Exercise(
    "sampling.top_k_filter",
    title="The k likeliest",
    points=2, difficulty=1, minutes=10, examples=rows,
)  # fmt: skip


@best.oracle("transformers.TopKLogitsWarper")
def _(logits, k):
    return filtered("TopKLogitsWarper", logits, k)


best.excuse("detach", "gradients are not asked for where the reference has none")
best.excuse("shape[-1]", "there are two axes: the last one is number 1 as well")


@best.claim("in each row k tokens are left, and none that is gone was likelier than one of them")
def _(answer):
    logits = torch.randn(4, 9)
    for k in (2, 5):
        stay = left(answer(logits, k))
        assert (stay.sum(-1) == k).all()
        lowest = logits.masked_fill(~stay, float("inf")).amin(-1)
        assert (lowest > logits.masked_fill(stay, GONE).amax(-1)).all()


@best.claim("what is left keeps its logit, and the likeliest token is always among it")
def _(answer):
    logits = 3 * torch.randn(3, 8) + torch.tensor([[20.0], [0.0], [-20.0]])
    for k in (1, 3):
        done = answer(logits, k)
        differ(done, logits)
        agree(done[left(done)], logits[left(done)])
        agree(done.amax(-1), logits.amax(-1))


@best.claim("what cannot be drawn has the probability 0, and the others share what it had")
def _(answer):
    logits = torch.randn(3, 7)
    shares = answer(logits, 4).softmax(-1)
    largest = logits.softmax(-1).topk(4).values
    agree(shares.sort(-1, descending=True).values[:, :4], largest / largest.sum(-1, keepdim=True))
    assert ((shares == 0).sum(-1) == 3).all()


@best.claim("a row does not know what stands beside it")
def _(answer):
    logits = torch.randn(4, 6)
    alone = answer(logits[1:2], 2)
    logits[2:] += 30
    logits[0] -= 30
    among = answer(logits, 2)
    agree(among[1:2], alone)
    differ(among[1:2], logits[1:2])
    differ(among[2], among[3])


best.slip(
    'float("-inf")', "0.0", name="zero_fill",
    seen="The right tokens are cut. What is exp(0)?",
    why="Logits that are cut become 0 here, and a softmax gives exp(0) = 1 a share like any other. "
    "Where logits are negative, it is even the largest. Cut means minus infinity.",
)  # fmt: skip
best.slip(
    'float("-inf")', "-1e9", name="very_negative",
    seen="The right tokens are cut. Which number is below every number?",
    why="Cut logits get a very negative number here, as in much code for 16 bits. A softmax makes 0 of "
    "it, too. The task says minus infinity, which no logit can come near.", convention=True,
)  # fmt: skip
best.slip(
    "logits < kth", "logits <= kth", name="drops_the_last",
    seen="One token too few is left. Does the k-th likeliest belong to the k likeliest?",
    why="The k-th likeliest token is cut as well. With k = 1 nothing is left. Cut what lies *below* "
    "it.",
)  # fmt: skip
best.slip(
    "min(k, logits.shape[-1])", "k", name="k_beyond_the_vocabulary",
    seen="Up to k = V it is right. How many tokens can `topk` give?",
    why="`topk` raises an error if it is asked for more numbers than there are. Ask for the smaller of "
    "k and V: then everything stays.",
)  # fmt: skip


@best.misconception(
    seen="Without ties it is right. Which of two equally likely tokens should go?",
    why="Exactly k tokens stay here, and of several that tie for the last place some go, although they "
    "are as likely as one that stays. The library keeps all of them, and so does the task.",
    convention=True,
)
def exactly_k(logits, k):
    ids = logits.topk(min(k, logits.shape[-1])).indices
    return torch.full_like(logits, GONE).scatter(-1, ids, logits.gather(-1, ids))


@best.misconception(
    seen="What is left has the smallest logits. Which end of the sorted row is wanted?",
    why="The k *least* likely tokens stay here: `sort` begins with the smallest unless it is told "
    "`descending=True`.",
)
def bottom_k(logits, k):
    kth = logits.sort(-1).values[:, min(k, logits.shape[-1]) - 1, None]
    return logits.masked_fill(logits > kth, GONE)


@best.misconception(
    seen="With one row it is right. Whose k-th largest is the limit of the second row?",
    why="One limit serves the whole batch here. Then a row of small logits loses everything. Every row "
    "has a k-th largest of its own.",
)
def batch_shared(logits, k):
    kth = logits.flatten().topk(min(k, logits.numel())).values[-1]
    return logits.masked_fill(logits < kth, GONE)


@best.misconception(
    seen="With one row it is right. Which row does the limit come from?",
    why="The limit is that of the first row, for all rows. Leave the axis of the batch in it: "
    "`[:, -1:]`.",
)
def first_row_for_all(logits, k):
    kth = logits.topk(min(k, logits.shape[-1])).values[0, -1]
    return logits.masked_fill(logits < kth, GONE)


@best.misconception(
    seen="Along which axis are the k largest looked for?",
    why="The k largest of each *column* stay here: for every token the rows compete. Tokens of one row "
    "compete: the last axis.",
)
def across_the_batch(logits, k):
    kth = logits.topk(min(k, logits.shape[0]), dim=0).values[-1:]
    return logits.masked_fill(logits < kth, GONE)


@best.misconception(
    seen="Is a softmax part of the task?",
    why="These are probabilities, and zeros. Other filters come after this one, and they take logits. "
    "Leave the softmax to the end.",
)
def gives_probabilities(logits, k):
    kth = logits.topk(min(k, logits.shape[-1])).values[:, -1:]
    return logits.masked_fill(logits < kth, GONE).softmax(-1)


@best.misconception(
    seen="What is left is right, but where? Which token has which logit?",
    why="These are the k largest logits in order of size. A token is known by its place in the row: "
    "what stays has to stay where it was.",
)
def in_order_of_size(logits, k):
    ordered = logits.sort(-1, descending=True).values
    ordered[:, k:] = GONE
    return ordered


@best.misconception(
    seen="The values are right. How many numbers does each row have to have?",
    why="These are only the k largest logits. A token is known by its place in the row, so all V places "
    "stay, and minus infinity is in those that are cut.",
)
def only_the_k(logits, k):
    return logits.topk(min(k, logits.shape[-1])).values


@best.misconception(
    seen="The right tokens are left. Which numbers do they keep?",
    why="What is left has the logarithms of its probabilities here: a log-softmax came first. It moves "
    "all logits of a row by the same number. The task keeps the logits as they are.",
)
def keeps_log_probabilities(logits, k):
    logits = logits.log_softmax(-1)
    kth = logits.topk(min(k, logits.shape[-1])).values[:, -1:]
    return logits.masked_fill(logits < kth, GONE)


@best.alternative
def by_sorting(logits, k):
    ordered = logits.sort(-1, descending=True).values
    kth = ordered[:, min(k, logits.shape[-1]) - 1].unsqueeze(-1)
    return torch.where(logits >= kth, logits, logits.new_tensor(GONE))


@best.alternative
def by_rank(logits, k):
    above = (logits[:, None, :] > logits[:, :, None]).sum(-1)
    return logits.masked_fill(above >= k, GONE)
