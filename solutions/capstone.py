"""A whole GPT-2, put together: how it reads on with a cache, and how it is finished.

Owns: the order in which the parts are used. The parts themselves are those of earlier chapters.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from solutions.decoders import causal_lm_loss, gpt2_block, lm_logits
from solutions.optimisation import adamw_step, clip_grad_norm, lr_warmup_cosine
from solutions.the_block import gelu, layer_norm


def read_on(
    weights: dict[str, Tensor],
    ids: Int[Tensor, "B T"],
    cache: list[tuple[Float[Tensor, "B H Tk Dh"], Float[Tensor, "B H Tk Dh"]]] | None,
    H: int,
) -> tuple[
    Float[Tensor, "B T V"], list[tuple[Float[Tensor, "B H N Dh"], Float[Tensor, "B H N Dh"]]]
]:
    """A whole GPT-2 that reads T new tokens after those in its cache: the logits, and the new cache.

    `weights` has the names of `GPT2LMHeadModel`: `transformer.wte.weight` (V, D) and
    `transformer.wpe.weight`, the tables of tokens and of places; for the blocks
    `transformer.h.0.`, `transformer.h.1.` and so on, each followed by the names that you know from
    `gpt2_block`; and `transformer.ln_f` with a `.weight` and a `.bias`. The names say how many
    blocks there are. The table of tokens also gives the logits.

    The cache is a list with a pair for each block, keys and values of all Tk tokens so far, with
    Dh = D / H. It is None where nothing has been read. Places count on from there: the first new
    token has the place Tk. A new token sees the whole cache, itself, and the new tokens before it.
    The new cache is a list of pairs of the same kind, for all N = Tk + T tokens in their order. The
    old one stays as it is. All this is for writing, so no gradient is asked for.

    Source: Radford et al. 2019, section 2.3; the layout of the cache is that of `DynamicCache`.
    """
    read = 0 if cache is None else cache[0][0].shape[2]
    T = ids.shape[1]
    x = weights["transformer.wte.weight"][ids]
    x = x + weights["transformer.wpe.weight"][read : read + T]
    sees = torch.ones(T, read + T, dtype=torch.bool, device=ids.device).tril(read)

    def part(x, name):
        return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def norm(x, name):
        return layer_norm(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    grown = []
    while (block := f"transformer.h.{len(grown)}.") + "ln_1.weight" in weights:
        three = part(norm(x, block + "ln_1"), block + "attn.c_attn").chunk(3, dim=-1)
        q, k, v = (each.unflatten(-1, (H, -1)).transpose(1, 2) for each in three)
        if cache is not None:
            before = cache[len(grown)]
            k, v = torch.cat([before[0], k], dim=2), torch.cat([before[1], v], dim=2)
        grown.append((k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, sees)
        x = x + part(mixed.transpose(1, 2).flatten(2), block + "attn.c_proj")
        inner = gelu(part(norm(x, block + "ln_2"), block + "mlp.c_fc"), approximate="tanh")
        x = x + part(inner, block + "mlp.c_proj")
    gamma, beta = weights["transformer.ln_f.weight"], weights["transformer.ln_f.bias"]
    return lm_logits(x, gamma, beta, weights["transformer.wte.weight"]), grown


def finish(
    weights: dict[str, Tensor],
    H: int,
    reading: list[Tensor],
    answering: list[tuple[Tensor, Tensor]],
    max_lr: float,
) -> dict[str, Tensor | tuple[Tensor, Tensor]]:
    """A GPT from random weights to what is handed over: it reads, learns to answer, and is made small.

    `weights` has the names of `GPT2LMHeadModel`, as in `read_on`, and stays as it is. H is the
    number of heads.

    *Reading.* One step for each batch of ids (B, T) in `reading`, in order. Batches may differ in
    size. The loss is how surprised the model is by each next token, on average over all of them:
    nothing is filled up here.

    *Answering.* Then one step for each pair of ids and labels in `answering`, in order. Labels are
    those of `sft_labels`: not shifted, -100 where nothing is asked. Where something is answered,
    something was read. So that the model does not forget it, a batch of `reading` is read again in
    each step, in the same order as before, and from the first one again when they are used up. The
    loss is the sum of the two means.

    Each of the two has an AdamW of its own, which begins with zeros, with betas (0.9, 0.95),
    eps = 1e-5 and no decay. (The biases of keys have no gradient but for roundings. With a smaller
    eps, AdamW would turn those into steps.) The gradients of all weights together are clipped to
    length 1. With n steps, step number i, from 1 on, has the rate
    `lr_warmup_cosine(i, top, 0.0, n // 10, n + 1)`. The top is `max_lr` in reading and half of it in
    answering.

    *Small.* Each tensor with two axes becomes a pair of int8 and scales, in whole numbers from -127
    to 127, as `quantize_symmetric` with 8 bits. A scale belongs to one output: a column of each
    matrix in the blocks, which are stored as (in, out), and a row of the tables `wte` and `wpe`. A
    scale is the largest absolute value there, divided by 127, or 1 where all are 0. Scales keep the
    axis: (1, out) or (rows, 1). The whole numbers are made with the exact scales. Only then do the
    scales go to float16, and so do the tensors with one axis. The result has the names of `weights`,
    and needs no gradient.
    """
    weights = {name: each.detach().clone().requires_grad_() for name, each in weights.items()}
    layers = sum(name.endswith("ln_1.weight") for name in weights)

    def surprise(ids, labels):
        x = weights["transformer.wte.weight"][ids]
        x = x + weights["transformer.wpe.weight"][: ids.shape[1]]
        for layer in range(layers):
            begin = f"transformer.h.{layer}."
            own = {k.removeprefix(begin): v for k, v in weights.items() if k.startswith(begin)}
            x = gpt2_block(x, own, H)
        gamma, beta = weights["transformer.ln_f.weight"], weights["transformer.ln_f.bias"]
        logits = lm_logits(x, gamma, beta, weights["transformer.wte.weight"])
        return causal_lm_loss(logits, labels)

    def train(batches, top):
        states = {
            name: {"t": 0, "m": torch.zeros_like(p), "v": torch.zeros_like(p)}
            for name, p in weights.items()
        }
        for step, parts in enumerate(batches, 1):
            loss = sum(surprise(ids, labels) for ids, labels in parts)
            grads = list(torch.autograd.grad(loss, list(weights.values())))
            clip_grad_norm(grads, 1.0)
            lr = lr_warmup_cosine(step, top, 0.0, len(batches) // 10, len(batches) + 1)
            for (name, p), g in zip(list(weights.items()), grads, strict=True):
                moved = adamw_step(p.detach(), g, states[name], lr, (0.9, 0.95), 1e-5, 0.0)
                weights[name] = moved.requires_grad_()

    train([[(ids, ids)] for ids in reading], max_lr)
    again = [reading[i % len(reading)] for i in range(len(answering))]
    train([[pair, (ids, ids)] for pair, ids in zip(answering, again, strict=True)], max_lr / 2)

    small = {}
    for name, each in weights.items():
        each = each.detach()
        if each.ndim == 2:
            across = 0 if ".h." in name else 1
            largest = each.abs().amax(across, keepdim=True)
            scale = torch.where(largest > 0, largest / 127, 1.0)
            small[name] = torch.round(each / scale).to(torch.int8), scale.half()
        else:
            small[name] = each.half()
    return small
