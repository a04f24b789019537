"""What happens between a gradient and new weights: the step, its size over time, and its gradient.

Owns: one step of training, piece by piece. Ignores models and where their gradients come from.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def adamw_step(
    p: Float[Tensor, "*A"],
    g: Float[Tensor, "*A"],
    state: dict,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    wd: float,
) -> Float[Tensor, "*A"]:
    """The weights p after one step of AdamW with the gradient g.

    `state` is what the optimiser remembers of these weights: `t`, how many steps were made, an int,
    and `m` and `v`, the running means of the gradients and of their squares. Before the first step t
    is 0, and m and v are zeros of the shape of p. The step brings all three up to date, so that
    `state` is ready for the next call: t grows by 1, and each mean keeps the share of its beta,
    `betas[0]` for m and `betas[1]` for v. They are kept uncorrected. For the step itself each is
    divided by 1 - beta^t, with the new t, which corrects for the zeros at the start. `eps` is added
    after the root is taken, not inside it. The weight decay `wd` does not go through the means: the
    step also takes away lr · wd · p, with the p that came in. p and g stay as they are, and all
    numbers keep their precision. Write it without the optimisers of torch.

    Source: Loshchilov and Hutter 2019, algorithm 2, with the decay times lr as in `torch.optim`.
    """
    beta1, beta2 = betas
    state["t"] += 1
    state["m"] = beta1 * state["m"] + (1 - beta1) * g
    state["v"] = beta2 * state["v"] + (1 - beta2) * g**2
    m = state["m"] / (1 - beta1 ** state["t"])
    v = state["v"] / (1 - beta2 ** state["t"])
    return p - lr * m / (v.sqrt() + eps) - lr * wd * p


def lr_warmup_cosine(step: int, max_lr: float, min_lr: float, warmup: int, total: int) -> float:
    """The learning rate at a step: up in a straight line, then down along half a cosine.

    It is 0 at step 0 and grows evenly to `max_lr`, which it has at the step `warmup`. From there it
    falls along half a wave of the cosine and has `min_lr` at the step `total`. After that it stays
    at `min_lr`. `warmup` may be 0: then it begins at `max_lr`. `total` is larger than `warmup`.

    Source: Loshchilov and Hutter 2017, equation 5, for a single fall, after a linear warm-up.
    """
    if step < warmup:
        return max_lr * step / warmup
    progress = min(1.0, (step - warmup) / (total - warmup))
    return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


def clip_grad_norm(grads: list[Tensor | None], max_norm: float) -> Float[Tensor, ""]:
    """The length of all gradients together; if it is above max_norm, they are made shorter, in place.

    The tensors, of any shapes, count as one long vector, and its length is the root of the sum of
    all squares. If it is more than `max_norm`, each tensor is multiplied in place by the same factor,
    so that the length becomes `max_norm`, which may be 0. Otherwise the tensors stay as they are.
    What is returned is the length *before* that. In place means: the tensors themselves are changed,
    however they lie in memory; the list goes on holding the same ones. An entry is None where a
    weight got no gradient: it is left alone. At least one entry is a tensor.

    Source: Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum() for g in found]).sum().sqrt()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return norm


def accumulate_gradients(
    model: Callable, micro_batches: list[tuple[Tensor, Tensor]]
) -> list[Tensor]:
    """The gradients of one large batch, from its micro-batches, one after the other.

    A micro-batch is a pair of ids and labels, both (B, T), and B and T may differ from one to the
    next. `model(ids, labels)` gives two things: the mean loss of a micro-batch over the labels that
    count, and a list with the gradients of this mean, a tensor for each weight. As in
    `causal_lm_loss`, labels are not shifted yet: the first label of each row does not count, since
    nobody predicts it, and neither does any label of -100. In each micro-batch at least one counts.
    The gradients that are returned are those of the mean over all labels of all micro-batches that
    count. They keep their precision, and the tensors that `model` gave stay as they were.

    Source: the formula in the blog post of Hugging Face on gradient accumulation, October 2024.
    """
    sums, count = None, 0
    for ids, labels in micro_batches:
        _, grads = model(ids, labels)
        here = (labels[:, 1:] != -100).sum()
        weighted = [here * g for g in grads]
        sums = weighted if sums is None else [a + b for a, b in zip(sums, weighted, strict=True)]
        count += here
    return [g / count for g in sums]
