"""Checks of `online_softmax_attention`; its misconceptions are in online_softmax_attention_mistakes."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def texts(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def rising(scores, Dv=3):
        """One query of width 1 whose scores are these, and values."""
        return torch.ones(1, 1), torch.tensor(scores)[:, None], draw(len(scores), Dv)

    return {
        "all keys are in one block": (draw(3, 5), draw(4, 5), draw(4, 2), 4, False),
        "a later block has the larger score": (*rising([0.5, 1.0, 3.0, 2.0]), 2, False),
        "each score is larger than the one before it": (*rising([-1.0, 0.5, 2.0, 4.0]), 1, False),
        "the first block has the larger scores": (*rising([3.0, 2.5, 1.0, 0.0]), 2, False),
        "all scores are far below zero": (
            torch.full((1, 1), 8.0), torch.tensor([[-15.0], [-14.875], [-15.125]]), draw(3, 3),
            2, False,
        ),
        "queries have scores of unlike sizes": (
            torch.tensor([[1.0], [200.0]]), torch.tensor([[0.5], [1.0], [0.8]]), draw(3, 2), 2, False,
        ),
        "scores are beyond what exp can take": (*rising([90.0, 250.0, 249.0]), 2, False),
        "vectors are wide and scores are large": (
            torch.ones(1, 16), torch.tensor([[60.0], [59.0], [58.0]]).repeat(1, 16), draw(3, 3),
            2, False,
        ),
        "a later block has a far larger score": (*rising([1.0, 2.0, 250.0]), 2, False),
        "each score is far smaller than the one before it": (*rising([200.0, 100.0, 0.0]), 1, False),
        "a hidden score is far larger": (
            torch.ones(3, 1), torch.tensor([[1.0], [2.0], [250.0]]), draw(3, 3), 2, True,
        ),
        "causal scores are far below zero": (
            torch.full((3, 1), 128.0), torch.tensor([[-160.0], [-158], [-156]]), draw(3, 3), 2, True,
        ),
        "the last block is shorter": (draw(2, 3), draw(7, 3), draw(7, 4), 3, False),
        "the block is longer than the text": (draw(2, 3), draw(3, 3), draw(3, 5), 8, False),
        "each key is a block": (draw(2, 3), draw(4, 3), draw(4, 5), 1, False),
        "no token sees the future": (draw(6, 5), draw(6, 5), draw(6, 3), 2, True),
        "a causal block ends in the middle of the text": (
            draw(5, 3), draw(5, 3), draw(5, 4), 3, True,
        ),
        "three causal queries follow four older keys": (
            draw(3, 5), draw(7, 5), draw(7, 2), 2, True,
        ),
        "one new query follows all others": (draw(1, 5), draw(6, 5), draw(6, 3), 4, True),
        "there are texts and heads": (
            draw(2, 3, 5, 7), draw(2, 3, 5, 7), draw(2, 3, 5, 4), 2, True,
        ),
        "there are more queries than keys": (draw(6, 3), draw(4, 3), draw(4, 2), 3, False),
    }  # fmt: skip


online = Exercise(
    "cheaper_attention.online_softmax_attention", fast_track=True,
    title="Attention in tiles", needs=("scaled_dot_product_attention",),
    points=3, difficulty=3, minutes=35, examples=texts,
    forbid=("softmax", "log_softmax", "scaled_dot_product_attention"),
)  # fmt: skip

online.leave_out("one Tk", "in causal attention there are as many keys as queries, or more")


@online.oracle("torch.nn.functional.scaled_dot_product_attention")
def _(q, k, v, block, causal):
    seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool)
    return F.scaled_dot_product_attention(
        q, k, v, attn_mask=seen.tril(k.shape[-2] - q.shape[-2]) if causal else None
    )


@online.claim("the length of a block makes no difference to what comes out")
def _(answer):
    q, k, v = torch.randn(4, 5), 3 * torch.randn(9, 5), torch.randn(9, 3)
    whole, *parts = answer.each(*((q, k, v, block, False) for block in (9, 1, 2, 4, 8)))
    for part in parts:
        agree(part, whole)
    differ(whole[:1], whole[1:2])
    agree(answer(q, k, torch.ones(9, 3), 4, False), torch.ones(4, 3))


@online.claim("keys that come in another order change nothing, if nobody is hidden")
def _(answer):
    q, k, v = torch.randn(3, 4), 3 * torch.randn(8, 4), torch.randn(8, 5)
    here, there = answer.each((q, k, v, 3, False), (q, k.flip(0), v.flip(0), 3, False))
    agree(here, there)
    differ(here, v[:3].flip(0))
    differ(here[:1], here[1:2])


@online.claim("what comes after a query changes nothing for it, and what is at it does")
def _(answer):
    q, k, v = torch.randn(3, 6, 4)
    other = v.clone()
    other[3:] += 5.0
    before, after = answer.each((q, k, v, 2, True), (q, k, other, 2, True))
    assert before.shape == (6, 4)
    agree(before[:3], after[:3])
    differ(before[3], after[3])
    agree(before[0], v[0])


@online.claim("a number that is added to all scores of a query changes nothing")
def _(answer):
    q, k, v = torch.randn(3, 4), torch.randn(7, 4), torch.randn(7, 2)
    q[:, 0], k[:, 0] = 1.0, 0.0
    moved = [k.clone().index_fill(1, torch.tensor(0), by) for by in (0.0, 400.0, -400.0)]
    plain, up, down = answer.each(*((q, each, v, 3, False) for each in moved))
    for other in (up, down):
        assert other.shape == plain.shape
        assert (other - plain).abs().max() < 2e-3  # scores of hundreds have fewer digits
    differ(plain[:1], plain[1:2])
    agree(answer(q, moved[1], torch.ones(7, 2), 3, False), torch.ones(3, 2))


@online.alternative
def in_slices_of_a_list(q, k, v, block, causal):
    seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool)
    seen = seen.tril(k.shape[-2] - q.shape[-2]) if causal else seen
    m = total = found = None
    for keys, values, visible in zip(
        k.split(block, -2), v.split(block, -2), seen.split(block, -1), strict=True
    ):
        scores = torch.einsum("...qd,...kd->...qk", q * q.shape[-1] ** -0.5, keys)
        scores = torch.where(visible, scores, -torch.inf)
        here = scores.max(-1, keepdim=True).values
        new = here if m is None else torch.maximum(m, here)
        weights = torch.exp(scores - new)
        if m is None:
            total, found = weights.sum(-1, keepdim=True), weights @ values
        else:
            total = total * torch.exp(m - new) + weights.sum(-1, keepdim=True)
            found = found * torch.exp(m - new) + weights @ values
        m = new
    return found / total


@online.alternative
def normalised_at_each_step(q, k, v, block, causal):
    """Keeps a finished mixture and the logarithm of its sum, as FlashAttention's later versions."""
    Tq, Tk = q.shape[-2], k.shape[-2]
    mixed, log_sum = None, None
    for start in range(0, Tk, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.mT / q.shape[-1] ** 0.5
        if causal:
            ahead = torch.arange(start, start + keys.shape[-2]) > torch.arange(Tk - Tq, Tk)[:, None]
            scores = scores.masked_fill(ahead, -torch.inf)
        m = scores.amax(-1, keepdim=True).clamp(min=-1e30)
        weights = (scores - m).exp()
        total = weights.sum(-1, keepdim=True)
        here = weights @ values / total.clamp(min=1e-30)
        log_total = total.clamp(min=1e-30).log() + m
        if mixed is None:
            mixed, log_sum = here, log_total
        else:
            share = torch.sigmoid(log_total - log_sum)
            mixed = mixed + share * (here - mixed)
            log_sum = torch.logaddexp(log_sum, log_total)
    return mixed
