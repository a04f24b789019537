"""From a row of logits to a token: what reshapes the logits, what cuts them, and how one is drawn.

Owns: one step of decoding. Ignores models, caches and when to stop.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def apply_temperature(logits: Float[Tensor, "B V"], T: float) -> Float[Tensor, "B V"]:
    """Logits divided by the temperature T, which is 0 or more.

    T = 0 means greedy decoding: in each row the largest logit stays as it is, and all others
    become minus infinity. Of several that are equally large, the one with the smallest id stays.

    Source: Hinton, Vinyals and Dean 2015, equation 1; T = 0 as in `llama.cpp`.
    """
    logits = logits.detach()  # nobody learns from a choice
    if T == 0:
        best = logits.argmax(dim=-1, keepdim=True)
        kept = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, best, True)
        return logits.masked_fill(~kept, float("-inf"))
    return logits / T


def top_k_filter(logits: Float[Tensor, "B V"], k: int) -> Float[Tensor, "B V"]:
    """Logits in which only the k likeliest tokens of each row are left.

    They keep their logits, and all others get minus infinity. Tokens with the same logit as the
    k-th likeliest stay as well, so a tie may leave more than k. k is 1 or more. If it is larger than
    V, everything stays.

    Source: Fan, Lewis and Dauphin 2018, section 5.4.
    """
    logits = logits.detach()  # nobody learns from a choice
    kth = logits.topk(min(k, logits.shape[-1])).values[:, -1:]
    return logits.masked_fill(logits < kth, float("-inf"))


def top_p_filter(logits: Float[Tensor, "B V"], p: float) -> Float[Tensor, "B V"]:
    """Logits in which only the smallest set of likeliest tokens with probability p or more is left.

    They keep their logits, and all others get minus infinity. The set is built from the likeliest
    token down, in each row. The token that brings its sum to p or beyond still belongs to it, so
    there is always at least one. Equally likely tokens are taken in the order of their ids. p lies
    between 0 and 1, and for p = 0 the likeliest token is left.

    Source: Holtzman et al. 2020, section 3.1.
    """
    logits = logits.detach()  # nobody learns from a choice
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    probs = ordered.softmax(dim=-1)
    before = probs.cumsum(dim=-1) - probs  # what the likelier ones have together
    dropped = before >= p
    dropped[:, 0] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), float("-inf"))


def min_p_filter(logits: Float[Tensor, "B V"], min_p: float) -> Float[Tensor, "B V"]:
    """Logits in which only tokens are left that are not too far below the likeliest one.

    A token stays if its probability is at least min_p times the largest probability of its row. It
    keeps its logit, and all others get minus infinity. min_p lies between 0 and 1.

    Source: Nguyen et al. 2025.
    """
    logits = logits.detach()  # nobody learns from a choice
    probs = logits.softmax(dim=-1)
    return logits.masked_fill(probs < min_p * probs.amax(dim=-1, keepdim=True), float("-inf"))


def apply_penalties(
    logits: Float[Tensor, "B V"],
    prompt_ids: Int[Tensor, "B Tp"],
    output_ids: Int[Tensor, "B To"],
    presence: float,
    frequency: float,
    repetition: float,
) -> Float[Tensor, "B V"]:
    """Logits in which tokens that were there before have become less likely.

    `repetition` comes first. It counts for each token of the prompt or the output, once, however often
    the token is there: a positive logit is divided by it, a negative one is multiplied by it. The other
    two look at the output alone: each of its tokens loses `presence` once and `frequency` as many times
    as it is there. The values 0, 0 and 1 change nothing. Either text may be empty, and neither has
    padding.

    Source: Keskar et al. 2019, section 4.1, with the case for negative logits that came later; the
    other two are those of OpenAI's interface.
    """
    logits = logits.detach()  # nobody learns from a choice
    counts = torch.zeros_like(logits).scatter_add(-1, output_ids, logits.new_ones(output_ids.shape))
    seen = (counts > 0).scatter(-1, prompt_ids, True)
    repeated = torch.where(logits > 0, logits / repetition, logits * repetition)
    logits = torch.where(seen, repeated, logits)
    return logits - frequency * counts - presence * counts.clamp(max=1)


def sample_token(
    logits: Float[Tensor, "B V"], cfg: dict, u: Float[Tensor, "B"]
) -> Int[Tensor, "B"]:
    """One token for each row, drawn with the uniform number u of that row, 0 <= u < 1.

    `cfg` says what happens to the logits first. The order is penalties, `temperature`, `top_k` (1 or
    more), `top_p`. A step that `cfg` does not name is left out. Penalties are named by any of
    `presence`, `frequency` and `repetition`; those of the three that are missing are 0, 0 and 1, and
    `cfg` then has `prompt_ids` and `output_ids`. What is left becomes probabilities that sum to 1. They
    are added up in the order of ids, and the token with which the sum first exceeds u is drawn. If no
    sum exceeds u, because of a rounding, it is the last token that was not filtered out. The tokens
    are ids in int64.

    Source: the order is that of `transformers`' `generate`; this way to draw is called inversion.
    """
    if cfg.keys() & {"presence", "frequency", "repetition"}:
        written, factor = cfg["output_ids"], cfg.get("repetition", 1.0)
        counts = torch.zeros_like(logits).scatter_add(-1, written, logits.new_ones(written.shape))
        seen = (counts > 0).scatter(-1, cfg["prompt_ids"], True)
        repeated = torch.where(logits > 0, logits / factor, logits * factor)
        logits = torch.where(seen, repeated, logits) - cfg.get("frequency", 0.0) * counts
        logits = logits - cfg.get("presence", 0.0) * counts.clamp(max=1)
    if cfg.get("temperature", 1.0) == 0:
        return logits.argmax(dim=-1)  # one token is left, whatever u is
    logits = logits / cfg.get("temperature", 1.0)
    if "top_k" in cfg:
        kth = logits.topk(min(cfg["top_k"], logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < kth, float("-inf"))
    if "top_p" in cfg:
        ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
        probs = ordered.softmax(dim=-1)
        dropped = probs.cumsum(dim=-1) - probs >= cfg["top_p"]
        dropped[:, 0] = False
        logits = logits.masked_fill(dropped.scatter(-1, ids, dropped), float("-inf"))
    sums = logits.softmax(dim=-1).cumsum(dim=-1)
    return (sums <= u[:, None] * sums[:, -1:]).sum(dim=-1)  # the last sum may miss 1 by a rounding
