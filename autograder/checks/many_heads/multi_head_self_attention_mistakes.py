"""More misconceptions about `multi_head_self_attention`."""

import torch

from autograder.checks.many_heads import merge, shares
from autograder.checks.many_heads.multi_head_self_attention import heads, parts


@heads.misconception(
    seen="Is one head of D numbers the same as H heads of D / H numbers?",
    why="These are the numbers of a single head. It has one set of weights for each position, and so "
    "one place to look at. Split queries, keys and values into H heads before they meet.",
)
def one_head(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = (x @ Wqkv.T + bqkv).chunk(3, -1)
    mask = mask if mask.dim() < 4 else mask[:, 0]
    return shares(q, k, mask) @ v @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. To which head does row 0 of `Wqkv` belong, and to which row Dh?",
    why="Here each head's query, key and value lie together, head after head, as the weights of "
    "GPT-NeoX and BLOOM have it. `Wqkv` is laid out as in GPT-2: all queries, all keys, all values. "
    "Cut into three first, then into heads.",
    convention=True,
)
def head_after_head(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    q, k, v = (x @ Wqkv.T + bqkv).reshape(B, T, H, 3 * D // H).transpose(1, 2).chunk(3, -1)
    return merge(shares(q, k, mask) @ v) @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. Do positions and heads change places when heads are split?",
    why="These are the numbers of a `view` or `reshape` straight to B, H, T, Dh, when the heads are "
    "split and when they are merged. Then a head holds several positions of everything in place of "
    "its part of every position. Your `split_heads` does it rightly.",
)
def viewed_without_transpose(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    q, k, v = ((x @ Wqkv.T + bqkv)[..., i * D : (i + 1) * D].reshape(B, H, T, -1) for i in range(3))
    return (shares(q, k, mask) @ v).reshape(B, T, D) @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. Where should the axis of the heads be, when queries meet keys?",
    why="These are the numbers of code that leaves the axes at B T H Dh. Then the heads of one "
    "position attend to each other, and positions never meet. Move the heads in front of the "
    "positions first.",
)
def heads_attend_to_each_other(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    q, k, v = ((x @ Wqkv.T + bqkv)[..., i * D : (i + 1) * D].reshape(B, T, H, -1) for i in range(3))
    return (shares(q, k) @ v).reshape(B, T, D) @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. After attention the axes are B H T Dh. Which should come second "
    "before the last two become one?",
    why="These are the numbers of a `reshape` from B, H, T, Dh to B, T, D, without letting heads and "
    "positions change places. Then a position gets what a head has found at *other* positions.",
)
def merged_without_transpose(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    return (shares(q, k, mask) @ v).reshape(x.shape) @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. Are the heads' results added, or laid side by side?",
    why="Here all heads share the first Dh columns of `Wo`, which adds their results up. Each head "
    "has columns of its own: lay the results side by side, then multiply.",
)
def heads_added(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    return (shares(q, k, mask) @ v).sum(1) @ Wo[:, : x.shape[-1] // H].T + bo


@heads.misconception(
    seen="Right with a single head. How much of each position does a head read, before it makes its "
    "query?",
    why="Here the *vector* is cut into H parts, and each head makes its query, key and value from its "
    "own part alone. A head reads the whole vector: multiply first, then split.",
)
def each_head_reads_a_part(x, Wqkv, bqkv, Wo, bo, H, mask):
    D = x.shape[-1]
    own = torch.block_diag(*[torch.ones(D // H, D // H)] * H).to(x.dtype).repeat(3, 1)
    q, k, v = parts(x, Wqkv * own, bqkv, H)
    return merge(shares(q, k, mask) @ v) @ Wo.T + bo


@heads.misconception(
    seen="All is right, and something else was added to it. What?",
    why="Here `x` itself is added at the end. A Transformer layer does that, *around* attention: it "
    "is the residual connection, and not a part of attention.",
    convention=True,
)
def residual_added(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    return x + merge(shares(q, k, mask) @ v) @ Wo.T + bo


@heads.misconception(
    seen="Right where the mask hides the future. Who says what a query may see?",
    why="These are the numbers of a causal mask made here. `mask` is handed in because it may have "
    "another pattern, such as padding, or a mask for each head: use it as it comes.",
)
def always_causal(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    return merge(shares(q, k, mask) @ v) @ Wo.T + bo


@heads.misconception(
    seen="The weights of each query sum to 1 over the wrong things. Which axis holds the keys?",
    why="These are the numbers of a softmax over the queries. Each query shares out its attention "
    "among the keys, which are the last axis of the scores.",
)
def softmax_over_queries(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~mask, float("-inf"))
    return merge(scores.softmax(-2) @ v) @ Wo.T + bo


@heads.misconception(
    seen="Right with a single head. Are the rows of one head neighbours in `Wqkv`?",
    why="Here a head gets every H-th number, as cards are dealt. A head's rows are neighbours: cut "
    "the last axis into H, then Dh.",
    convention=True,
)
def dealt_like_cards(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    q, k, v = (part.reshape(B, T, D // H, H).permute(0, 3, 1, 2)
               for part in (x @ Wqkv.T + bqkv).chunk(3, -1))  # fmt: skip
    return merge(shares(q, k, mask) @ v) @ Wo.T + bo
