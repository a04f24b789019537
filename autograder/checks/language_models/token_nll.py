"""Checks and misconceptions for `token_nll`."""

import math

import torch

from autograder.checks.language_models import (
    FIRST_AFTER_PADS,
    ONE_PAST_THE_END,
    batches,
    steps,
)
from autograder.exercise import Exercise, agree, differ

nats = Exercise(
    "language_models.token_nll",
    title="The bill of a batch", needs=("cross_entropy", "sequence_log_prob"),
    points=2, difficulty=2, minutes=15, examples=batches,
)  # fmt: skip


@nats.oracle("transformers.loss.loss_utils.ForCausalLMLoss")
def _(logits, ids, mask):
    from transformers.loss.loss_utils import ForCausalLMLoss

    real = mask.bool()
    before = torch.nn.functional.pad(real[:, :-1], (1, 0), value=False)
    labels = ids.masked_fill(~(real & before), -100)
    total = ForCausalLMLoss(logits, labels, logits.shape[-1], num_items_in_batch=1)
    return total, int((labels != -100).sum())


@nats.claim("two batches cost what they cost together, tokens and nats")
def _(answer):
    g = torch.Generator().manual_seed(3)
    logits = torch.randn(3, 4, 5, generator=g)
    ids = torch.randint(0, 5, (3, 4), generator=g)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]])
    nll, n = answer(logits, ids, mask)
    parts = [answer(logits[i : i + 1], ids[i : i + 1], mask[i : i + 1]) for i in range(3)]
    agree(sum(part for part, _ in parts), nll)
    assert sum(count for _, count in parts) == n
    differ(parts[0][0], nll)


@nats.claim("three tokens in a row are two to predict, and padding is none")
def _(answer):
    logits, ids = torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long)
    assert answer(logits, ids, torch.tensor([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]]))[1] == 4
    assert answer(logits, ids, torch.tensor([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]))[1] == 4


@nats.claim("who knows nothing pays ln V for each of the tokens that are counted")
def _(answer):
    ids = torch.tensor([[0, 1, 2, 3], [3, 2, 1, 0]])
    nll, n = answer(torch.zeros(2, 4, 6), ids, torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]))
    assert n > 2
    agree(nll, torch.tensor(n * math.log(6)))


nats.slip(
    "logits[:, :-1]", "logits[:, 1:]", name="shift_wrong",
    seen="Each token is scored by the logits at its own place. Which logits were computed before it "
    "was read?",
    why="These are the numbers of logits at t for the token at t. They are about the token at t + 1: "
    "drop the *last* logits, not the first.",
)  # fmt: skip
nats.slip(
    'reduction="sum"', 'reduction="mean"', name="mean_not_sum",
    seen="The nats are a mean. What is to be added up over batches?",
    why="These are mean nats per token. Means of batches of different sizes cannot be averaged; the "
    "sum and the number can be added up, and divided once at the end.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "int(mask.sum())", name="counts_first",
    seen="The nats are right, the number is larger by one for each row. Which token of a row is not "
    "predicted?",
    why="These are all the real tokens. The first of each row has nothing before it: T tokens are "
    "T - 1 to predict.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "int(mask[:, 1:].sum())", name="counts_first_after_pads",
    seen="The nats are right, the number is too large where padding comes first. Which token is not "
    "predicted?",
    why="This number counts the first real token after padding. A token is scored only if the one "
    "before it is real, too.",
)  # fmt: skip
nats.slip(
    "nll = F", "nll = -F", name="log_prob_not_nll",
    seen="The nats are negative. Which way round is a surprise?",
    why="These are log p. A cost is -log p.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "scored.numel()", name="pads_counted",
    seen="The nats are right, the number counts padding. What was summed?",
    why="This is the number of places, padding included. Count where something was scored.",
)  # fmt: skip
nats.slip(
    "mask[:, 1:] * mask[:, :-1]", "mask[:, 1:] | True", name="pads_paid",
    seen="Padding has a cost, and is counted. Which positions are part of the text?",
    why="These are the numbers of all positions. Where `mask` is 0 nothing is paid: -100 as its label "
    "tells `cross_entropy` so.",
)  # fmt: skip
nats.slip(**FIRST_AFTER_PADS)
nats.slip(**ONE_PAST_THE_END)
nats.slip(
    "return nll, int", "return nll / math.log(2), int", name="bits",
    seen="The number of tokens is right, the cost is larger by a factor of 1.44. In which unit is it?",
    why="These are bits. 1 bit is 0.69 nats; losses in this course are in nats.",
    convention=True,
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "scored.sum()", name="number_is_a_tensor",
    seen="The number of tokens is right. What type is it?",
    why="The number came back as a tensor. It is counted, not learned from: `int(...)`.",
)  # fmt: skip
nats.slip(
    "return nll,", "return float(nll),", name="nll_is_a_float",
    seen="The values are right. Could a model learn from this loss?",
    why="A Python float has no gradient. Leave the sum a tensor; whoever only reports it can convert.",
)  # fmt: skip


@nats.misconception(
    seen="Each row's first token is scored as well. From what was it predicted?",
    why="These are the numbers of logits at t for the token at t. Logits at t are about the token at "
    "t + 1: shift one against the other, and there is one less to score.",
)
def no_shift_at_all(logits, ids, mask):
    labels = ids.masked_fill(mask == 0, -100)
    nll = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return nll, int(mask.sum())


@nats.misconception(
    seen="The order is the other way round. Which comes first?",
    why="First the nats, then the number of tokens.",
)
def order_swapped(logits, ids, mask):
    nll, n = from_log_probs(logits, ids, mask)
    return n, nll


@nats.misconception(
    seen="One sum came back for each row. How many bills has a batch?",
    why="These are the nats of each row. Add them up: one sum for the whole batch, beside the one "
    "number of its tokens.",
)
def a_bill_for_each_row(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return -each.where(scored, 0.0).sum(dim=1), int(scored.sum())


@nats.alternative
def from_log_probs(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return -(each * scored).sum(), scored.sum().item()


@nats.alternative
def row_by_row(logits, ids, mask):
    total, n = logits.sum() * 0, 0
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real][:-1], tokens[real][1:]
        total = total + (row.logsumexp(-1) - row[torch.arange(len(tokens)), tokens]).sum()
        n += len(tokens)
    return total, n
