"""Checks and misconceptions for `sequence_logps`."""

import math

import torch

from autograder.checks.preferences import normal
from autograder.exercise import Exercise, agree

FULL = ((2, 5), (3, 7), (1, 4))  # where completions begin and end


def masked(spans, T):
    at = torch.arange(T)
    begins, ends = torch.tensor(spans).T[..., None]
    return (at >= begins) & (at < ends)


def batches(g):
    def batch(V, *spans, T=None):
        T = T or max(end for _, end in spans)
        ids = torch.randint(V, (len(spans), T), generator=g)
        return normal(g, len(spans), T, V, spread=1.5), ids, masked(spans, T)

    apart = batch(5, (1, 6))
    apart[2][0, 3] = False
    big = batch(4, (2, 5))
    return {
        "a completion of two tokens ends the text": batch(4, (3, 5)),
        "padding follows": batch(6, (2, 4), T=7),
        "completions begin and end at different places": batch(5, *FULL),
        "the completion is one token": batch(3, (2, 3), T=4),
        "there is no prompt": batch(4, (0, 3), (0, 5)),
        "a tool's answer in the middle does not count": apart,
        "logits are large": (60 * big[0] - 40, *big[1:]),
    }


logps = Exercise(
    "preferences.sequence_logps", fast_track=True,
    title="How likely is this reply?", needs=("causal_lm_loss",),
    points=2, difficulty=2, minutes=15, examples=batches,
    kind="debug", start="mask_not_shifted",
)  # fmt: skip


@logps.oracle("torch.distributions.Categorical")
def _(logits, ids, completion_mask):
    from torch.distributions import Categorical

    found = Categorical(logits=logits[:, :-1]).log_prob(ids[:, 1:])
    return torch.stack(
        [row[on].sum() for row, on in zip(found, completion_mask[:, 1:], strict=True)]
    )


@logps.alternative
def by_cross_entropy(logits, ids, completion_mask):
    labels = ids.masked_fill(~completion_mask, -100)[:, 1:]
    lost = torch.nn.functional.cross_entropy(
        logits[:, :-1].transpose(1, 2), labels, reduction="none", ignore_index=-100
    )
    return -lost.sum(dim=1)


@logps.alternative
def in_a_loop(logits, ids, completion_mask):
    sums = []
    for rows, row, on in zip(logits, ids, completion_mask, strict=True):
        total = rows.sum() * 0.0
        for t in range(1, len(row)):
            if on[t]:
                total = total + rows[t - 1, row[t]] - rows[t - 1].logsumexp(-1)
        sums.append(total)
    return torch.stack(sums)


logps.leave_out("one V", "the ids say how many tokens there are")
logps.leave_out("two", "the ids say how many tokens there are")
logps.excuse("[..., 0]", "the last axis has one entry: the first is the last")
logps.excuse(".sum(dim=-1)", "there are two axes: the last one is number 1 as well")


def written(ids, V, sure=40.0):
    """Logits of a model that is sure of each next token of `ids`."""
    rows = torch.zeros(*ids.shape, V)
    rows[:, :-1].scatter_(-1, ids[:, 1:, None], sure)
    return rows


@logps.claim(
    "a model without an idea gives -ln V for each token of a completion, and longer ones less"
)
def _(answer):
    mask = masked(((2, 5), (3, 4), (1, 6)), 7)
    found = answer(torch.zeros(3, 7, 8), torch.randint(8, (3, 7)), mask)
    agree(found, -math.log(8) * torch.tensor([3.0, 1.0, 5.0]))


@logps.claim("what the model says at the last token of the prompt counts")
def _(answer):
    ids = torch.tensor([[1, 4, 2, 3, 0], [3, 3, 0, 1, 4]])
    mask = masked(((2, 4), (3, 5)), 5)
    sure = written(ids, 6)
    doubt = sure.clone()
    doubt[0, 1] = 0.0  # about the first token of each completion
    doubt[1, 2] = 0.0
    before, after = answer.each((sure, ids, mask), (doubt, ids, mask))
    agree(before, torch.zeros(2))
    agree(after, torch.full((2,), -math.log(6)))


@logps.claim("what the model says at other places does not count")
def _(answer):
    g = torch.Generator().manual_seed(2)
    ids, mask = torch.randint(5, (2, 6), generator=g), masked(((2, 4), (3, 5)), 6)
    logits = normal(g, 2, 6, 5)
    other = logits.clone()
    for row, outside in ((0, [0, 3, 4, 5]), (1, [0, 1, 4, 5])):
        other[row, outside] = normal(g, 4, 5, spread=4)
    inside = logits.clone()
    inside[0, 2], inside[1, 3] = normal(g, 2, 5, spread=4)
    before, after, moved = answer.each(*((x, ids, mask) for x in (logits, other, inside)))
    agree(after, before)
    assert (before < -0.5).all()
    assert ((moved - before).abs() > 0.01).all()


@logps.claim("a gradient reaches the logits that are about a completion, and no others")
def _(answer):
    g = torch.Generator().manual_seed(3)
    ids, mask = torch.randint(5, (2, 6), generator=g), masked(((2, 4), (3, 6)), 6)
    (slopes,) = answer.gradients(normal(g, 2, 6, 5), ids, mask, wrt=(0,))
    reached = slopes.abs().sum(-1) > 1e-6
    assert reached.tolist() == masked(((1, 3), (2, 5)), 6).tolist()


logps.slip(
    "completion_mask[:, 1:]", "completion_mask[:, :-1]", name="mask_not_shifted",
    seen="As many tokens are counted as should be, but which? The first number of `said` is about the "
    "*second* token. Whose mask does it meet?",
    why="The log-probabilities are shifted here, but the mask is not. So the first token of each "
    "completion is left out, and the token after its end is counted, be it padding. Both are about "
    "the next token: the mask has to be shifted with the ids.",
)  # fmt: skip
logps.slip(
    "~completion_mask", "completion_mask", name="mask_inverted",
    seen="Which tokens are counted: those where the mask is True?",
    why="The mask is turned round here: prompt and padding count, and the completion does not.",
)  # fmt: skip
logps.slip(
    "said.masked_fill(~completion_mask[:, 1:], 0.0).sum(dim=-1)", "said.sum(dim=-1)",
    name="prompt_included",
    seen="How many tokens are counted, and how many does the mask name?",
    why="All tokens count here, those of the prompt and of the padding too. A prompt is the same for "
    "chosen and rejected, but padding is not, and a sum over it says nothing about the reply.",
)  # fmt: skip
logps.slip(
    "logits[:, :-1].log_softmax(dim=-1)", "logits[:, :-1]", name="raw_logits",
    seen="Is a logit the logarithm of a probability? What do those of one position sum to after exp?",
    why="Logits are summed here, without a softmax. They are scores that may be moved by any number. "
    "`log_softmax` makes logarithms of probabilities of them.",
)  # fmt: skip
logps.slip(
    "log_softmax(dim=-1)", "softmax(dim=-1)", name="probabilities_summed",
    seen="What does one do with the probabilities of several tokens to get that of all: multiply or add?",
    why="Probabilities are added here. Those of several tokens multiply, so their logarithms add.",
)  # fmt: skip


@logps.misconception(
    seen="Where do the logits stand that are about the first token of the completion?",
    why="Nothing is shifted here: the logits at a token are asked about that token. They are about the "
    "next one. Logits without the last position go with ids without the first.",
)
def no_shift(logits, ids, completion_mask):
    said = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    return said.masked_fill(~completion_mask, 0.0).sum(-1)


@logps.misconception(
    seen="A completion of one token is right. Is the result to be a sum or a mean?",
    why="This is the mean over the tokens of a completion, as in IPO and SimPO, which do not want "
    "length to matter. DPO asks how likely the whole completion is: that is the sum.",
    convention=True,
)
def mean_not_sum(logits, ids, completion_mask):
    logps = logits[:, :-1].log_softmax(-1)
    said, on = logps.gather(-1, ids[:, 1:, None])[..., 0], completion_mask[:, 1:]
    return said.masked_fill(~on, 0.0).sum(-1) / on.sum(-1).clamp(min=1)


@logps.misconception(
    seen="The size is right. Can a log-probability be positive?",
    why="This is the cross-entropy of the completions, summed. Asked is their log-probability, which is "
    "minus that.",
)
def loss_for_logp(logits, ids, completion_mask):
    labels = ids.masked_fill(~completion_mask, -100)[:, 1:]
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].transpose(1, 2), labels, reduction="none"
    ).sum(1)


@logps.misconception(
    seen="The shape has lost an axis. How many completions are there?",
    why="All completions are summed into one number here. Each pair needs its own: sum along the "
    "tokens only.",
)
def one_for_all(logits, ids, completion_mask):
    logps = logits[:, :-1].log_softmax(-1)
    said = logps.gather(-1, ids[:, 1:, None])[..., 0]
    return said.masked_fill(~completion_mask[:, 1:], 0.0).sum()
