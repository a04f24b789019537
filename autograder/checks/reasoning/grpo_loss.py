"""Checks and misconceptions for `grpo_loss`."""

import math

import torch

from autograder.exercise import Exercise, agree, differ

TYPES = ("grpo", "dapo", "dr_grpo")


def ragged(*lengths, T):
    """A mask: so many tokens of each answer, and padding after them."""
    return torch.arange(T) < torch.tensor(lengths)[:, None]


def steps(g):
    def near(logp, by):
        return logp + by * torch.randn(logp.shape, generator=g)

    def drawn(*lengths, T, by=0.4):
        logp = -torch.rand(len(lengths), T, generator=g) - 0.2
        adv = torch.randn(len(lengths), generator=g)
        adv = adv.sign() * (0.3 + adv.abs())
        return logp, near(logp, by), near(logp, 0.5), adv, ragged(*lengths, T=T)

    logp = -torch.rand(1, 3, generator=g) - 0.2
    one = (logp, logp.clone(), near(logp, 0.3), torch.tensor([1.3]), ragged(3, T=3))
    up = logp - torch.tensor([[0.5, 0.02, -0.5]])  # ratios far above 1, near it, far below
    full = drawn(4, 4, T=4)
    return {
        '`loss_type` is "grpo", and the model has not changed since it wrote its one answer': (
            *one, 0.2, 0.0, "grpo",
        ),
        '`loss_type` is "dapo", and the answer was good, and the ratios are above and below': (
            logp, up, logp.clone(), torch.tensor([1.7]), ragged(3, T=3), 0.2, 0.0, "dapo",
        ),
        '`loss_type` is "dapo", and the answer was bad, and the ratios are above and below': (
            logp, up, logp.clone(), torch.tensor([-0.8]), ragged(3, T=3), 0.2, 0.0, "dapo",
        ),
        '`loss_type` is "grpo", and only the reference costs something': (
            *one[:3], torch.zeros(1), one[4], 0.2, 0.3, "grpo",
        ),
        '`loss_type` is "grpo", and all answers are equally long': (*full, 0.1, 0.05, "grpo"),
        '`loss_type` is "grpo", for answers of 2, 6 and 3 tokens': (
            *drawn(2, 6, 3, T=7), 0.15, 0.1, "grpo",
        ),
        '`loss_type` is "dapo", for answers of 2, 6 and 3 tokens': (
            *drawn(2, 6, 3, T=7), 0.15, 0.1, "dapo",
        ),
        '`loss_type` is "dr_grpo", for answers of 2, 6 and 3 tokens': (
            *drawn(2, 6, 3, T=8), 0.15, 0.1, "dr_grpo",
        ),
        '`loss_type` is "dapo", and two answers were written long ago': (
            *drawn(5, 3, T=5, by=1.5), 0.3, 0.02, "dapo",
        ),
    }  # fmt: skip


def sum_of_slopes(reference):
    """Of the loss at the first step, for 8 answers of 5 tokens, 2 of them right."""
    logp = torch.full((8, 5), -0.5, requires_grad=True)
    rewards = torch.tensor([1.0] * 2 + [0.0] * 6)
    adv = (rewards - rewards.mean()) / rewards.std()
    mask = torch.ones(8, 5, dtype=torch.bool)
    with torch.enable_grad():
        loss = reference(logp, logp.detach(), logp.detach(), adv, mask, 0.2, 0.0, "grpo")
        (slopes,) = torch.autograd.grad(loss, logp)
    return slopes.abs().sum().item()


policy = Exercise(
    "reasoning.grpo_loss", kind="predict", fast_track=True,
    title="The loss of GRPO", needs=("group_advantages",),
    points=3, difficulty=2, minutes=25, examples=steps,
    question="One question has 8 answers of 5 tokens each, and 2 of them are right, so their advantages "
    "are 1.62 and those of the others -0.54. The model has not changed since it wrote them, beta is "
    "0, and `loss_type` is \"grpo\". The loss is then 0. Its gradient has a number for each "
    "of the 40 log-probabilities. What is the "
    "sum of their absolute values?",
    unit="", counted=sum_of_slopes,
)  # fmt: skip


@policy.oracle("equations 3 and 4 of Shao et al. 2024, token by token with math.exp")
def _(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    # https://arxiv.org/abs/2402.03300, section 4.1.1; the three means as in TRL's GRPOTrainer
    rows = []
    for i, length in enumerate(mask.sum(1).tolist()):
        costs, A = [], adv[i].item()
        for t in range(length):
            new, old, ref = (x[i, t].item() for x in (logp, old_logp, ref_logp))
            r = math.exp(new - old)
            gain = min(r, 1 + eps) * A if A >= 0 else max(r, 1 - eps) * A
            costs.append(beta * (math.exp(ref - new) - (ref - new) - 1) - gain)
        rows.append(costs)
    N, T = mask.shape
    many = sum(len(row) for row in rows)
    total = math.fsum(cost for row in rows for cost in row)
    number = {
        "grpo": math.fsum(math.fsum(row) / len(row) for row in rows) / N,
        "dapo": total / many,
        "dr_grpo": total / (N * T),
    }[loss_type]
    return torch.tensor(number, dtype=logp.dtype)


def first_step(N=4, T=5):
    """A step in which nothing has changed yet, of answers with different lengths."""
    logp = -torch.rand(N, T) - 0.1
    adv = torch.randn(N).sign() * (0.4 + torch.rand(N))
    mask = ragged(*(T - i % (T - 1) for i in range(N)), T=T)
    return logp, adv, mask


def share(slopes):
    return slopes / slopes.abs().sum()


def shares(answer, *args):
    """The gradient for `logp`, up to a positive factor."""
    (slopes,) = answer.gradients(*args, wrt=(0,))
    assert slopes is not None
    return share(slopes)


@policy.claim(
    "at the first step the loss is minus a mean of advantages, and its gradient pushes by them"
)
def _(answer):
    logp, adv, mask = first_step()
    args = (logp, logp.clone(), logp.clone(), adv, mask, 0.2, 0.1, "grpo")
    agree(answer(*args), -adv.mean())
    agree(shares(answer, *args), share(-(adv / mask.sum(1))[:, None] * mask))


@policy.claim(
    "a good token whose ratio is above 1 + eps is not pushed on, nor a bad one below 1 - eps"
)
def _(answer):
    logp = -torch.rand(2, 4) - 0.1
    moved = torch.tensor([[0.5, 0.1, -0.5, 0.3], [0.5, 0.1, -0.5, -0.3]])  # log ratios
    mask = torch.ones(2, 4, dtype=torch.bool)
    args = (logp, logp - moved, logp.clone(), torch.tensor([1.0, -1.0]), mask, 0.2, 0.0, "dapo")
    still = torch.tensor([[1, 0, 0, 1], [0, 0, 1, 1]]).bool()
    agree(shares(answer, *args), share(torch.tensor([[-1.0], [1.0]]) * moved.exp() * ~still))


@policy.claim("whatever the padding holds, the loss is the same")
def _(answer):
    logp, _, mask = first_step()
    adv = torch.tensor([0.3, 0.5, 1.0, 2.0])  # the shorter, the better
    old, ref = logp + 0.1 * torch.randn(4, 5), logp + 0.1 * torch.randn(4, 5)
    noise = torch.randn(4, 5) * ~mask
    less = (0.5 + torch.rand(4, 5)) * mask  # likely than before, as far as there are tokens
    for kind in TYPES:
        plain, padding, tokens = answer.each(
            (logp, old, ref, adv, mask, 0.2, 0.1, kind),
            (logp + noise, old, ref - noise, adv, mask, 0.2, 0.1, kind),
            (logp - less, old, ref - less, adv, mask, 0.2, 0.1, kind),
        )
        agree(padding, plain)
        differ(tokens, plain)


@policy.claim(
    "at the first step `logp` gets the slopes of gain and second cost, and no other tensor gets any"
)
def _(answer):
    logp, adv, mask = first_step()
    d = 0.2 + torch.rand(4, 5)
    push = 0.3 * (1 - d.exp()) - adv[:, None]
    for kind in TYPES:
        args = (logp, logp.clone(), logp + d, adv, mask, 0.2, 0.3, kind)
        mine, *others = answer.gradients(*args, wrt=(0, 1, 2, 3))
        assert mine is not None
        lengths = mask.sum(1, keepdim=True) if kind == "grpo" else 1
        agree(share(mine), share(push * mask / lengths))
        assert all(slopes is None or slopes.abs().sum() == 0 for slopes in others)


@policy.claim("with no advantage the gradient pulls each token towards the reference")
def _(answer):
    logp, _, mask = first_step()
    d = 0.2 + torch.rand(4, 5)
    args = (logp, logp.clone(), logp + d, torch.zeros(4), mask, 0.2, 0.5, "dapo")
    agree(shares(answer, *args), share((1 - d.exp()) * mask))


@policy.claim(
    "with no advantage what is left is beta times how far the model is from the reference"
)
def _(answer):
    logp, _, mask = first_step()
    far = logp + 0.3 + torch.rand(4, 5)
    zero = torch.zeros(4)
    same, one, two = answer.each(
        (logp, logp.clone(), logp.clone(), zero, mask, 0.2, 0.5, "dapo"),
        (logp, logp.clone(), far, zero, mask, 0.2, 0.5, "dapo"),
        (logp, logp.clone(), far, zero, mask, 0.2, 1.0, "dapo"),
    )
    agree(same, torch.tensor(0.0))
    assert one > 0
    agree(two, 2 * one)
