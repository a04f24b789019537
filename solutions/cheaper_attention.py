"""What attention costs, and three ways to pay less: a window, buckets, and tiles.

Owns: counting operations and bytes, who may look where in a window, which bucket a vector is in, and
attention that never holds all scores at once. Ignores learned projections and caches.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def attention_cost(B: int, H: int, T: int, Dh: int, bytes: int) -> tuple[int, int, int]:
    """What attention of T queries over T keys costs: operations, bytes of scores, bytes of a cache.

    There are B texts and H heads, each with queries, keys and values of Dh numbers, and a number takes
    `bytes` bytes. All scores are computed, those of hidden keys as well. The three whole numbers are

    - the operations of the two matrix products: queries with keys, and weights with values. A
      multiplication is one operation and an addition is another, and a sum of n products counts as n
      additions. Division by the root, mask and softmax are left out;
    - the bytes of all scores, if they are held at once;
    - the bytes of all keys and values.

    Source: Dao et al. 2022, section 2.2; `torch.utils.flop_counter` counts operations in this way.
    """
    scores = B * H * T * T
    return 2 * 2 * scores * Dh, scores * bytes, 2 * B * H * T * Dh * bytes


def sliding_window_mask(T: int, w: int) -> Bool[Tensor, "T T"]:
    """Who may look at whom in a window: each token sees itself and the w - 1 tokens before it.

    True = may attend; a row is a query and a column a key. T and w are at least 1, and w may be larger
    than T.

    Source: Beltagy et al. 2020, section 3.1, looking back only; Jiang et al. 2023, section 2.
    """
    back = torch.arange(T)[:, None] - torch.arange(T)  # how far a key is before its query
    return (back >= 0) & (back < w)


def lsh_buckets(x: Float[Tensor, "B T Dh"], R: Float[Tensor, "Dh M"]) -> Int[Tensor, "B T"]:
    """The number of the bucket of each vector, such that vectors of like direction tend to share one.

    The M columns of R are directions, and together with their opposites they are n = 2 M directions:
    bucket i is that of column i, and bucket M + i that of its opposite. A vector is in the bucket of
    the direction with which its dot product is largest, and of several largest the first counts. The
    length of a vector makes no difference, but that of a direction does: they are taken as they are.
    The numbers are int64, as `argmax` gives them.

    Source: Kitaev et al. 2020, section 2, "locality sensitive hashing".
    """
    along = x @ R  # B T M
    return torch.cat([along, -along], dim=-1).argmax(dim=-1)


def online_softmax_attention(
    q: Float[Tensor, "*B Tq Dk"],
    k: Float[Tensor, "*B Tk Dk"],
    v: Float[Tensor, "*B Tk Dv"],
    block: int,
    causal: bool,
) -> Float[Tensor, "*B Tq Dv"]:
    """softmax(q kᵀ / √Dk) v, from a few keys at a time: all scores are never there at once.

    Keys and values are read once, in blocks of `block` neighbours from the start; the last block may be
    shorter. For each query three things are kept from block to block: the largest score so far, the sum
    of exp(score - largest), and the values weighted with these. When a block brings a larger score,
    the sum and the weighted values are scaled down to it. The values are divided by the sum once, after
    the last block.

    If `causal`, the queries are the *last* Tq of Tk positions, and each sees itself and what is before
    it; Tq is then at most Tk. There is at least one key.

    Source: Milakov and Gimelshein 2018, section 3; Dao et al. 2022, section 3.1.
    """
    Tq, Tk = q.shape[-2], k.shape[-2]
    places = torch.arange(Tk - Tq, Tk)[:, None]  # of the queries
    largest = torch.full_like(q[..., :1], float("-inf"))
    total, found = torch.zeros_like(largest), q.new_zeros(*q.shape[:-1], v.shape[-1])
    for start in range(0, Tk, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.mT / q.shape[-1] ** 0.5  # *B Tq block
        if causal:
            ahead = torch.arange(start, start + keys.shape[-2]) > places
            scores = scores.masked_fill(ahead, float("-inf"))
        new = torch.maximum(largest, scores.amax(dim=-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (largest - new).exp()
        total = total * shrink + weights.sum(dim=-1, keepdim=True)
        found = found * shrink + weights @ values
        largest = new
    return found / total
