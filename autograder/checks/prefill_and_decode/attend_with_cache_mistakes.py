"""Misconceptions about `attend_with_cache`."""

import torch

from autograder.checks.prefill_and_decode.attend_with_cache import attend

TURNED = 'q, k = apply_rope(heads("Wq", H), pos), apply_rope(heads("Wk", K), pos)'
KEPT = 'return found.transpose(1, 2).flatten(2) @ weights["Wo"].T, (k, v)'
CAUSAL = "causal_mask(q.shape[2], k.shape[2])"

attend.slip(
    TURNED, "pos = torch.arange(x_new.shape[1]).expand(len(x_new), -1)\n    " + TURNED,
    name="positions_restart",
    seen="Right where nothing was read before. At which place is the first new token after that?",
    why="Positions are counted from 0 in every call here. The fifth token of a text is at place 4, "
    "however it is handed over: `pos` says so.",
)  # fmt: skip
attend.slip(
    TURNED,
    "past = 0 if cache is None else cache[0].shape[2]\n"
    "    pos = (past + torch.arange(x_new.shape[1])).expand(len(x_new), -1)\n    " + TURNED,
    name="positions_from_the_cache",
    seen="Right where a text begins at place 0. What is `pos` for?",
    why="Places are worked out from the length of the cache here. A text that is padded at the left "
    "has fewer tokens than its cache has places. So the places are given, in `pos`.",
)  # fmt: skip
attend.slip(
    TURNED, "pos = pos[:1].expand(len(x_new), -1)\n    " + TURNED, name="places_of_the_first_row",
    seen="With one row it is right. Whose places does the second row have?",
    why="The places of the first row serve all rows here. Each row has its own in `pos`.",
)  # fmt: skip
attend.slip(
    CAUSAL, "causal_mask(q.shape[2], q.shape[2]).new_ones(q.shape[2], k.shape[2])",
    name="sees_ahead",
    seen="Right for a single new token. What may the first of three new tokens know of the third?",
    why="The new tokens see each other in both directions here. A single one has nobody ahead of it, "
    "so nothing shows. In a chunk each sees the cache, itself and those before it.",
)  # fmt: skip
attend.slip(
    CAUSAL, "torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril()",
    name="top_left",
    seen="Right where nothing was read before. What does the first new token see of what was?",
    why="These are the numbers of `tril()` without a shift, as `is_causal=True` has it: the first new "
    "token sees only the first token of the cache. New tokens are the *last* of all: shift the "
    "triangle by the length of the cache, as `causal_mask` does.",
)  # fmt: skip
attend.slip(
    "zip(cache, (k, v), strict=True)", "zip((k, v), cache, strict=True)", name="new_ones_first",
    seen="Each token has its key. In which order are they?",
    why="The new keys and values are put before the old ones here. Then the mask hides the wrong ones, "
    "and the cache is no longer in the order of the text.",
)  # fmt: skip
attend.slip(
    "each.repeat_interleave(H // K, dim=1)", "each.repeat(1, H // K, 1, 1)", name="in_turns",
    seen="Right where all heads share one. Which query heads share head 0 of the keys?",
    why="The heads of keys take turns here, 0, 1, 0, 1. Neighbours share one: `repeat_interleave`.",
)  # fmt: skip
attend.slip(
    KEPT,
    "k, v = (each.repeat_interleave(H // K, dim=1) for each in (k, v))\n    " + KEPT,
    name="repeated_in_the_cache",
    seen="What the tokens find is right. How many heads does the cache have?",
    why="The cache holds the keys and values as they were repeated for all query heads, and is H / K "
    "times as large. Sharing is there to save just this: keep K heads, repeat when you read.",
)  # fmt: skip
attend.slip(
    'apply_rope(heads("Wk", K), pos)', 'heads("Wk", K)', name="keys_not_turned",
    seen="How does a score know how far a key is from the query?",
    why="The new keys are not turned here. Only where both are turned does a score know the distance.",
)  # fmt: skip
attend.slip(
    'v = heads("Wv", K)', 'v = apply_rope(heads("Wv", K), pos)', name="values_turned",
    seen="What are positions for: to decide who is looked at, or what is taken?",
    why="The values are turned, too. Only queries and keys meet in a score, and only they are turned.",
)  # fmt: skip
attend.slip(
    '.flatten(2) @ weights["Wo"].T', ".flatten(2)", name="no_output_map",
    seen="The heads have found the right things. What is Wo for?",
    why="These are the heads' own results side by side. They still go through Wo.",
)  # fmt: skip
attend.slip(
    '.flatten(2) @ weights["Wo"].T', '.flatten(2) @ weights["Wo"]', name="Wo_untransposed",
    seen="Which way round does a map go?",
    why="Wo multiplies without its transpose here. It is square, so no shape complains. A map is "
    "x @ W.T.",
)  # fmt: skip
attend.slip(
    KEPT, KEPT.replace("(k, v)", "(k, v) if cache is None else cache"), name="old_cache_back",
    seen="What the tokens find is right. What will the *next* call see of them?",
    why="The old cache comes back as it was. The new tokens' keys and values are used once and lost, "
    "and the next call does not see them.",
)  # fmt: skip
attend.slip(
    KEPT, KEPT.replace("(k, v)", "(k[:, :, -q.shape[2]:], v[:, :, -q.shape[2]:])"),
    name="only_the_new",
    seen="What the tokens find is right. What will the next call see of what was read before?",
    why="Only the keys and values of the new tokens come back. The next call needs those of *all* "
    "tokens so far.",
)  # fmt: skip


def turned(x, pos):
    half = x.shape[-1] // 2
    angles = pos[:, None, :, None] * 10_000.0 ** (-torch.arange(half) / half)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x.split(half, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def maps(x, weights):
    """Queries, keys and values, not turned yet."""
    counts = {"Wq": weights["H"], "Wk": weights["K"], "Wv": weights["K"]}
    return [(x @ weights[name].T).unflatten(-1, (count, -1)).transpose(1, 2)
            for name, count in counts.items()]  # fmt: skip


def after(cache, k, v):
    if cache is None:
        return k, v
    return torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)


def looked(q, k, v, weights):
    new, all_ = q.shape[2], k.shape[2]
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], 1) for each in (k, v))
    seen = torch.ones(new, all_, dtype=torch.bool).tril(all_ - new)
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    found = scores.masked_fill(~seen, float("-inf")).softmax(-1) @ v
    return found.transpose(1, 2).flatten(2) @ weights["Wo"].T


@attend.misconception(
    seen="Right where nothing was read before. The keys in the cache have been turned once. And now?",
    why="Here the old keys are turned a second time, together with the new ones. They were turned "
    "when they were new, and a token does not move: turn only the new keys, and put them at the end.",
)
def turned_again(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    k, v = after(cache, k, v)
    old = k.shape[2] - q.shape[2]
    places = torch.cat([pos[:, :1] - old + torch.arange(old), pos], 1)
    k = turned(k, places)
    return looked(turned(q, pos), k, v, weights), (k, v)


@attend.misconception(
    seen="What the first tokens find is right. Are the keys in the cache as they were when they were "
    "used?",
    why="Keys are kept before they are turned here. Some programs do that, and turn all of them anew "
    "in each step. This cache holds keys that were turned once and need no place any more.",
    convention=True,
)
def kept_unturned(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    kept = after(cache, k, v)
    k, v = after(cache, turned(k, pos), v)
    return looked(turned(q, pos), k, v, weights), kept


@attend.misconception(
    seen="The cache is right. How does a score know how far a query is from a key?",
    why="The queries are not turned here. A score knows the distance only if both its query and its key "
    "are turned, each by its own place.",
)
def queries_not_turned(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    k, v = after(cache, turned(k, pos), v)
    return looked(q, k, v, weights), (k, v)


@attend.misconception(
    seen="Right where nothing was read before. From where does `pos` count?",
    why="The length of the cache is added to `pos` here. But `pos` already holds the places in the whole "
    "text, so new tokens come to lie too far to the right.",
)
def counted_twice(x_new, cache, weights, pos):
    past = 0 if cache is None else cache[0].shape[2]
    q, k, v = maps(x_new, weights)
    k, v = after(cache, turned(k, pos + past), v)
    return looked(turned(q, pos + past), k, v, weights), (k, v)


@attend.misconception(
    seen="Right for one token and for one head. Which numbers of x @ W.T belong to one token?",
    why="`reshape` to `(B, heads, Tq, Dh)` mixes the tokens here: it cuts the row of numbers anew, in "
    "order. The numbers of a token are neighbours. So split them into heads first, (B, Tq, heads, Dh), "
    "and then exchange the two axes with `transpose(1, 2)`.",
)
def heads_reshaped(x_new, cache, weights, pos):
    B, new, _ = x_new.shape
    q, k, v = (each.transpose(1, 2).reshape(B, each.shape[1], new, -1)
               for each in maps(x_new, weights))  # fmt: skip
    k, v = after(cache, turned(k, pos), v)
    return looked(turned(q, pos), k, v, weights), (k, v)


@attend.misconception(
    seen="The cache is right. How large do scores become when a head is wide?",
    why="The scores are not divided by the root of Dh here, as `scaled_dot_product_attention` does it.",
)
def not_scaled(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    k, v = after(cache, turned(k, pos), v)
    return looked(turned(q, pos) * q.shape[-1] ** 0.5, k, v, weights), (k, v)


@attend.misconception(
    seen="The cache is right. Which way round does a map go?",
    why="Wq multiplies without its transpose here. It is square, so no shape complains. A map is "
    "x @ W.T.",
)
def Wq_untransposed(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights | {"Wq": weights["Wq"].T})
    k, v = after(cache, turned(k, pos), v)
    return looked(turned(q, pos), k, v, weights), (k, v)


@attend.misconception(
    seen="Keys that are kept unturned are a good cache as well. Which ones does the statement ask for?",
    why="All keys are kept unturned here and turned anew in each call, by places counted from 0. This "
    "cache holds keys after turning, so that they need no place any more.",
    convention=True,
)
def turned_when_read(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    kept = after(cache, k, v)
    old = torch.arange(kept[0].shape[2] - x_new.shape[1]).expand(len(x_new), -1)
    k = turned(kept[0], torch.cat([old, pos], 1))
    return looked(turned(q, pos), k, kept[1], weights), kept


@attend.misconception(
    seen="Right where nothing was read before. Do the new tokens look at what was?",
    why="The new tokens only see each other here, and the cache is filled but never read.",
)
def cache_not_read(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    k = turned(k, pos)
    return looked(turned(q, pos), k, v, weights), after(cache, k, v)


@attend.misconception(
    seen="Right where nothing was read before. Which axis of `B K T Dh` holds the tokens?",
    why="The new keys and values are put beside the old ones as further *heads* here. The tokens are "
    "the third axis, `dim=2`.",
)
def joined_along_the_heads(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    k = turned(k, pos)
    if cache is not None:
        k, v = torch.cat([cache[0], k], 1), torch.cat([cache[1], v], 1)
    return looked(turned(q, pos), k, v, weights), (k, v)


@attend.misconception(
    seen="Where each head has its own keys, the shapes are right. What will a later query be compared "
    "with?",
    why="The cache holds *queries* in place of keys here. A query is used once, by its own token, and "
    "nobody needs it again. Later tokens need the keys and values.",
)
def queries_kept(x_new, cache, weights, pos):
    q, k, v = maps(x_new, weights)
    q, k = turned(q, pos), turned(k, pos)
    y = looked(q, *after(cache, k, v), weights)
    return y, after(cache, q, v)


@attend.misconception(
    seen="Queries and keys are turned, and only half right. Which two numbers of a head make a point?",
    why="Neighbours are turned as pairs here, as in the paper. In this course, and in `LlamaAttention`, "
    "a number of the first half goes with one of the second.",
    convention=True,
)
def neighbours_turned(x_new, cache, weights, pos):
    def pairs(x):
        half = x.shape[-1] // 2
        order = torch.arange(2 * half).view(half, 2).T.flatten()
        back = order.argsort()
        return turned(x[..., order], pos)[..., back]

    q, k, v = maps(x_new, weights)
    k, v = after(cache, pairs(k), v)
    return looked(pairs(q), k, v, weights), (k, v)
