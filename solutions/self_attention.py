"""Attention over one sequence: who may look where, and what each position takes.

Owns the mask conventions of the whole course: True means "may attend".
Ignores heads, learned projections and caches.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def causal_mask(Tq: int, Tk: int) -> Bool[Tensor, "Tq Tk"]:
    """Who may look at whom when nobody may see the future: True = may attend.

    The queries are the *last* `Tq` of `Tk` positions, so the last query sees every key.
    With `Tq == Tk` that is the lower triangle, the diagonal included. With `Tq < Tk` the
    first keys are older than the first query, as when a model writes on after what it has read.

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    return torch.ones(Tq, Tk, dtype=torch.bool).tril(diagonal=Tk - Tq)


def combine_masks(
    attention_mask: Int[Tensor, "B Tk"], causal: Bool[Tensor, "Tq Tk"]
) -> Bool[Tensor, "B 1 Tq Tk"]:
    """One mask for a padded batch: a key is visible if it is no padding and not in the future.

    `attention_mask` comes from a tokenizer: 1 for a real token, 0 for padding, which may stand
    before the text or after it. `causal` is True where a query (row) may attend to a key
    (column); it is used as it comes, whatever its pattern. Only keys are hidden: a query that is
    padding is treated like any other, and a row may be left without a visible key.
    The axis of size 1 is where heads will be: all of them share the mask.

    Source: the `attention_mask` of Hugging Face tokenizers.
    """
    visible = attention_mask.bool()[:, None, None, :]  # B Tk -> B 1 1 Tk: the same for all queries
    return visible & causal


def scaled_dot_product_attention(
    q: Float[Tensor, "*B Tq Dk"],
    k: Float[Tensor, "*B Tk Dk"],
    v: Float[Tensor, "*B Tk Dv"],
    mask: Bool[Tensor, "*M Tq Tk"] | None = None,
) -> Float[Tensor, "*B Tq Dv"]:
    """For every query a mixture of the values: softmax(q kᵀ / √Dk) v.

    `*B` is any number of leading axes, such as batch and heads, or none; Dk and Dv are the
    widths of keys and values. `mask` is True where a query may attend to a key; its
    leading axes (`*M`) may be fewer, or of size 1, and then serve all. None hides nothing. A query that
    may attend to no key at all gets zeros.

    Source: Vaswani et al. 2017, equation 1.
    """
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    # where everything is hidden, softmax divides 0 by 0
    return weights.masked_fill(scores.isneginf(), 0.0) @ v
