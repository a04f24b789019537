"""Writing with a model: one token after another, with a cache, and what it costs.

Owns: greedy writing of a padded batch, attention over a cache, and counting bytes and times.
Ignores sampling, stop strings and beams.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from solutions.positions import apply_rope
from solutions.self_attention import causal_mask, scaled_dot_product_attention


def greedy_generate(
    model, ids: Int[Tensor, "B T"], mask: Int[Tensor, "B T"], max_new: int, eos: int, pad: int
) -> Int[Tensor, "B To"]:
    """Prompts with what a model writes after them, always the likeliest token.

    `mask` is 1 at the tokens of a prompt and 0 at its padding, which lies at the left or at the
    right of its row. `model(ids, attention_mask=mask, position_ids=places).logits` gives scores of
    shape (B, T, V) for ids of shape (B, T). In each step the model reads all tokens so far, and the
    places count each row's own tokens from 0. (The places of padding do not matter, as long as they
    are not negative. What the model reads of a finished row does not matter either.)

    The scores for a row's first new token are those at the last token of its prompt. Each step adds
    one column at the right of `ids`, for all rows, wherever their padding is. A row that has written
    `eos` is finished, and gets `pad` from then on. `pad` and `eos` may be the same number. Both may
    occur in a prompt, and are tokens like others there. Writing ends as soon as all rows are
    finished, or after `max_new` columns; `max_new` is 1 or more.

    Source: `generate` of transformers, which wants its padding at the left.
    """
    finished = torch.zeros(len(ids), dtype=torch.bool)
    for _ in range(max_new):
        counted = mask.cumsum(dim=1)
        places = (counted - 1).clamp(min=0)
        logits = model(ids, attention_mask=mask, position_ids=places).logits
        last = counted.argmax(dim=1)  # the first of the largest
        new = logits[torch.arange(len(ids)), last].argmax(dim=-1)
        new = new.masked_fill(finished, pad)
        ids = torch.cat([ids, new[:, None]], dim=1)
        mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)
        finished = finished | (new == eos)
        if finished.all():
            break
    return ids


def attend_with_cache(
    x_new: Float[Tensor, "B Tq D"],
    cache: tuple[Float[Tensor, "B K Tk Dh"], Float[Tensor, "B K Tk Dh"]] | None,
    weights: dict[str, Tensor | int],
    pos: Int[Tensor, "B Tq"],
) -> tuple[Float[Tensor, "B Tq D"], tuple[Float[Tensor, "B K T Dh"], Float[Tensor, "B K T Dh"]]]:
    """Llama's attention of Tq new tokens, which also see the Tk tokens in a cache; and the new cache.

    `weights` holds the matrices Wq (D, D), Wk and Wv (K · Dh, D), and Wo (D, D), and under "H" and
    "K" how many heads have queries and how many have keys and values; Dh = D / H. A map is written
    x @ W.T and has no bias. Each run of H / K neighbouring query heads shares one head of keys
    and values. Queries and keys are turned by `pos`, the positions of the new tokens, as in `apply_rope`
    with theta = 10,000.

    The cache is a tuple of two: the keys of all tokens so far, after turning, and their values. It is
    None where nothing has been read. A new token sees all of the cache, itself
    and the new tokens before it in its row. The result is a tuple as well: what the new tokens
    find, after Wo, and the cache with all T = Tk + Tq tokens in order. The old cache stays as it is.

    Source: Shazeer 2019; Su et al. 2021, section 3.2.2; the layout is that of `DynamicCache`.
    """
    H, K = weights["H"], weights["K"]

    def heads(name, count):
        return (x_new @ weights[name].T).unflatten(-1, (count, -1)).transpose(1, 2)

    q, k = apply_rope(heads("Wq", H), pos), apply_rope(heads("Wk", K), pos)
    v = heads("Wv", K)
    if cache is not None:
        k, v = (torch.cat(pair, dim=2) for pair in zip(cache, (k, v), strict=True))
    shared = (each.repeat_interleave(H // K, dim=1) for each in (k, v))
    found = scaled_dot_product_attention(q, *shared, causal_mask(q.shape[2], k.shape[2]))
    return found.transpose(1, 2).flatten(2) @ weights["Wo"].T, (k, v)  # B H Tq Dh -> B Tq D


def kv_cache_bytes(L: int, K: int, Dh: int, T: int, B: int, bytes: int) -> int:
    """How many bytes the keys and values of T tokens take, in each of B texts.

    The model has L layers. In each of them K heads keep a key and a value of Dh numbers for every
    token, and a number takes `bytes` bytes.

    Source: Pope et al. 2023, section 2.
    """
    return 2 * L * K * Dh * T * B * bytes


def decode_roofline(
    params: int, bytes: int, bw: float, peak: float, B: int, T: int, kv_token_bytes: int
) -> tuple[float, float]:
    """The shortest time in seconds for reading B prompts of T tokens, and then for one step of writing.

    The chip moves `bw` bytes a second between its memory and where it computes, and does `peak`
    floating-point operations (additions and multiplications) a second, both at the same time. So
    whichever takes longer is the time of a phase. The model has `params` weights of `bytes` bytes
    each, and a token needs one multiplication and one addition for each weight; what attention
    does beyond that is left out. The cache has `kv_token_bytes` bytes for each token of each text.

    In each phase all weights are moved once, for all texts together. Prefill goes through T tokens
    of each text and writes their cache. A step of decoding goes through one token of each text and
    reads the cache of the T tokens before it. What this one token adds to the cache is left out. The
    two times come back as a tuple, prefill first.

    Source: Williams et al. 2009; Pope et al. 2023, section 2.
    """
    moving = (params * bytes + B * T * kv_token_bytes) / bw
    return max(moving, 2 * params * B * T / peak), max(moving, 2 * params * B / peak)
