"""Checks and misconceptions for `sequence_log_prob`."""

import math

import torch

from autograder.checks.language_models import (
    FIRST_AFTER_PADS,
    ONE_PAST_THE_END,
    batches,
    steps,
)
from autograder.exercise import Exercise, agree, differ

sequence = Exercise(
    "language_models.sequence_log_prob",
    title="The chain rule, in logs", needs=("cross_entropy",),
    points=3, difficulty=2, minutes=20, examples=batches,
)  # fmt: skip


@sequence.oracle("torch.distributions.Categorical.log_prob, row by row without its padding")
def _(logits, ids, mask):
    from torch.distributions import Categorical

    sums = []
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real], tokens[real]
        known = (
            Categorical(logits=row[:-1]).log_prob(tokens[1:]) if len(row) > 1 else row.new_zeros(1)
        )
        sums.append(known.sum())
    return torch.stack(sums)


def ones(*shape):
    return torch.ones(*shape, dtype=torch.long)


@sequence.claim("a model that knows nothing gives each of the T - 1 scored tokens 1/V")
def _(answer):
    ids = torch.tensor([[0, 3, 1, 2], [2, 2, 0, 1]])
    agree(answer(torch.zeros(2, 4, 5), ids, ones(2, 4)), torch.full((2,), -3 * math.log(5)))
    agree(answer(torch.zeros(2, 3, 5), ids[:, :3], ones(2, 3)), torch.full((2,), -2 * math.log(5)))


@sequence.claim("logits are about the token after their own place, the last are about none")
def _(answer):
    ids = torch.tensor([[0, 1, 2]])
    sure = torch.zeros(1, 3, 4)
    sure[0, 0, 1] = sure[0, 1, 2] = 3.0  # at each place, the token to come
    assert answer(sure, ids, ones(1, 3))[0] > -1
    changed = sure.clone()
    changed[0, 2] = torch.tensor([1.0, -2.0, 0.5, 0.0])
    agree(answer(changed, ids, ones(1, 3)), answer(sure, ids, ones(1, 3)))
    assert answer(torch.zeros(1, 3, 4), ids, ones(1, 3))[0] < -2


@sequence.claim("padding changes nothing, on whichever side it is")
def _(answer):
    logits = torch.tensor([[[0.2, -0.5, 0.1], [0.7, 0.3, -0.2], [-0.4, 0.6, 0.0]]])
    ids = torch.tensor([[2, 0, 1]])
    plain = answer(logits, ids, ones(1, 3))
    assert plain.shape == (1,)
    assert plain[0] < -1
    differ(answer(logits, ids.flip(1), ones(1, 3)), plain)
    pad = torch.tensor([[[1.0, -1.0, 0.5]] * 2])
    zero = torch.zeros(1, 2, dtype=torch.long)
    for side in (1, -1):
        parts = [(logits, ids, ones(1, 3)), (pad, zero, zero)][::side]
        agree(answer(*(torch.cat(three, dim=1) for three in zip(*parts, strict=True))), plain)


sequence.slip(
    "logits[:, :-1].log_softmax(dim=-1)", "logits[:, 1:].log_softmax(dim=-1)", name="shift_wrong",
    seen="Each token is scored by the logits at its own place. Which logits were computed before it "
    "was read?",
    why="These are the numbers of logits at t for the token at t. When those were computed, the token "
    "had been read already; it is predicted from the place before it, `logits[:, :-1]`.",
)  # fmt: skip
sequence.slip(
    "log_softmax(dim=-1)", "log_softmax(dim=1)", name="softmax_over_time",
    seen="A token's probability depends on later logits. Over which axis do the shares sum to 1?",
    why="These are the numbers of a softmax over the positions. At each position the V tokens share "
    "1 among them: the last axis.",
)  # fmt: skip
sequence.slip(
    ".log_softmax(dim=-1)", "", name="raw_logits",
    seen="Sums of logits came back. Are logits logarithms of probabilities?",
    why="These are sums of the tokens' logits. A log-softmax makes log-probabilities of them.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1) / scored.sum(dim=1).clamp(min=1)", name="mean_not_sum",
    seen="A long text is as likely as a short one. What does the chain rule multiply?",
    why="These are means per token. The probability of the text is the product of all its steps, its "
    "logarithm their sum.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1) / scored.sum(dim=1)", name="mean_of_none",
    seen="A long text is as likely as a short one, and a single token gives NaN. What does the chain "
    "rule multiply?",
    why="These are means per token, and the mean of no tokens is NaN. The probability of the text is "
    "the product of all its steps, its logarithm their sum.",
)  # fmt: skip
sequence.slip(
    "mask[:, 1:] * mask[:, :-1]", "mask[:, 1:] | True", name="pads_included",
    seen="Padding makes a text less likely. Which positions are part of the text?",
    why="These are sums over all positions, padding included. Where `mask` is 0 nothing is scored.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1).exp()", name="not_in_logs",
    seen="A long text comes back as 0. Of what is the logarithm wanted?",
    why="These are probabilities. Of any long text they are too small for a float: stay in logs.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1).neg()", name="sign",
    seen="The numbers are positive. Can the logarithm of a probability be?",
    why="These are surprises, -log p. Here log p is asked for, which is 0 or below.",
    convention=True,
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1) / math.log(2)", name="bits",
    seen="The numbers are right but for a factor of 1.44. In which unit are they?",
    why="These are bits, logarithms to the base 2. 1 bit is 0.69 nats; this course counts in nats.",
    convention=True,
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum()", name="rows_mixed",
    seen="One number came back for several texts. Which axis is the batch?",
    why="This is the sum over all rows. Each text has its own: sum over the positions, `dim=1`.",
)  # fmt: skip


@sequence.misconception(
    seen="A long text comes back as minus infinity. What is a product of seventy small numbers, in "
    "float32?",
    why="These are the numbers of probabilities multiplied first: the product drops below what "
    "float32 can hold, becomes 0, and its log minus infinity. Add the logarithms.",
)
def product_underflow(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return each.exp().where(scored, 1.0).prod(dim=1).log()


@sequence.misconception(
    seen="Each token is scored by the logits at its own place, the first of all included. At which "
    "place was a token not read yet?",
    why="These are the numbers of logits at t for the token at t, the first included. Logits at t "
    "are about the token at t + 1: shift one against the other.",
)
def no_shift(logits, ids, mask):
    each = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    return each.where(mask.bool(), 0.0).sum(dim=1)


@sequence.misconception(
    seen="Each token is scored by the logits *after* it. In which direction is a text read?",
    why="These are the numbers of a shift the wrong way: logits at t + 1 for the token at t. Those at "
    "t - 1 predict it.",
)
def shifted_back(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    each = logits[:, 1:].log_softmax(-1).gather(-1, ids[:, :-1, None])[..., 0]
    return each.where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="With padding before the text other tokens are scored. Does the number of real tokens say "
    "where they stand?",
    why="These are the numbers of the first L places, with L the number of real tokens. Those hold "
    "the text only where padding comes after it: `mask[b].bool()` picks the real ones.",
)
def the_first_places(logits, ids, mask):
    first = torch.arange(mask.shape[1]) < mask.sum(dim=1, keepdim=True)
    each, scored = steps(logits, ids, first.long())
    return each.where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="The likeliest token is scored, whatever the text says. Where are `ids` used?",
    why="These are the numbers of the model's favourite at every step. The text is given: take the "
    "log-probability of its own tokens.",
)
def favourites(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    return logits[:, :-1].log_softmax(-1).amax(-1).where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="Where logits lie far apart, minus infinity comes back. What is log(0)?",
    why="These are the numbers of log(softmax(...)): a share too small for float32 is 0. Take "
    "`log_softmax`, which subtracts in logs.",
)
def log_of_softmax(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    shares = logits[:, :-1].softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    return shares.log().where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="There is an axis too many. Which ids belong to which row?",
    why="These are the numbers of `log_probs[:, :, ids[:, 1:]]`, which looks up the ids of *all* rows at "
    "every place of every row. One id for each place: `gather` along the last axis.",
)
def every_place_with_all_ids(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    each = logits[:, :-1].log_softmax(-1)[:, :, ids[:, 1:]]
    return each.where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="With one text, or with two tokens, an axis too many is gone. Which ones have size 1 then?",
    why="These are the numbers of `.squeeze()`, which takes away every axis of size 1, the batch "
    "among them. Name the one that `gather` leaves: `.squeeze(-1)`, or `[..., 0]`.",
    code="squeeze",
)
def squeezed(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    each = logits[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze()
    return each.where(scored, 0.0).sum(dim=-1)


sequence.slip(**FIRST_AFTER_PADS)
sequence.slip(**ONE_PAST_THE_END)


@sequence.alternative
def by_cross_entropy(logits, ids, mask):
    out = []
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real][:-1], tokens[real][1:]
        out.append(-torch.nn.functional.cross_entropy(row, tokens, reduction="sum"))
    return torch.stack(out)


@sequence.alternative
def by_loops(logits, ids, mask):
    totals = []
    for b in range(len(ids)):
        total = logits.new_zeros(())
        for t in range(1, ids.shape[1]):
            if mask[b, t] and mask[b, t - 1]:
                total = total + logits[b, t - 1, ids[b, t]] - logits[b, t - 1].logsumexp(0)
        totals.append(total)
    return torch.stack(totals)
