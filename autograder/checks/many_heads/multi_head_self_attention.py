"""Checks and misconceptions for `multi_head_self_attention`."""

import torch

from autograder.checks.many_heads import merge, shares, split
from autograder.exercise import Exercise, agree, differ


def layers(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def weights(D):
        return draw(3 * D, D) / D**0.5, draw(3 * D) / 2, draw(D, D) / D**0.5, draw(D) / 2

    def causal(T):
        return torch.ones(T, T, dtype=torch.bool).tril()

    def everyone(T):
        return torch.ones(T, T, dtype=torch.bool)

    real = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 0, 0]]).bool()
    by_head = torch.stack([causal(4), everyone(4).triu(), everyone(4)])
    return {
        "a single position looks at itself": (draw(1, 1, 4), *weights(4), 2, everyone(1)),
        "there is a single head": (draw(1, 3, 4), *weights(4), 1, everyone(3)),
        "two heads look everywhere": (draw(1, 3, 6), *weights(6), 2, everyone(3)),
        "two heads see no future": (draw(2, 3, 10), *weights(10), 2, causal(3)),
        "there are as many heads as positions": (draw(2, 3, 12), *weights(12), 3, causal(3)),
        "every head has a mask of its own": (draw(2, 4, 6), *weights(6), 3, by_head),
        "some of the batch are padded": (
            draw(3, 5, 8), *weights(8), 4, causal(5) & real[:, None, None]
        ),
    }  # fmt: skip


heads = Exercise(
    "many_heads.multi_head_self_attention",
    title="Multi-head self-attention",
    needs=("split_heads", "merge_heads", "scaled_dot_product_attention"), fast_track=True,
    points=3, difficulty=2, minutes=25, examples=layers,
    forbid=("MultiheadAttention", "multi_head_attention_forward", "native_multi_head_attention"),
)  # fmt: skip

heads.leave_out("two", "the number of heads is no axis of the input")


@heads.oracle("torch.nn.MultiheadAttention")
def _(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    layer = torch.nn.MultiheadAttention(D, H, batch_first=True).to(x.dtype)
    given = {"in_proj_weight": Wqkv, "in_proj_bias": bqkv,
             "out_proj.weight": Wo, "out_proj.bias": bo}  # fmt: skip
    blocked = ~mask.expand(B, H, T, T).reshape(B * H, T, T)
    options = {"attn_mask": blocked, "need_weights": False}
    return torch.func.functional_call(layer, given, (x, x, x), options)[0]


def layer(D):
    return (torch.randn(3 * D, D) / D**0.5, torch.randn(3 * D) / 2,
            torch.randn(D, D) / D**0.5, torch.randn(D) / 2)  # fmt: skip


def everyone(T):
    return torch.ones(T, T, dtype=torch.bool)


@heads.claim("a position that sees only itself gets its own value, sent through the last map")
def _(answer):
    x, (Wqkv, bqkv, Wo, bo) = torch.randn(2, 4, 6), layer(6)
    value = x @ Wqkv[12:].T + bqkv[12:]
    agree(answer(x, Wqkv, bqkv, Wo, bo, 3, torch.eye(4, dtype=torch.bool)), value @ Wo.T + bo)


@heads.claim("what is hidden has no influence, what is visible has")
def _(answer):
    x, given = torch.randn(1, 5, 6), layer(6)
    mask = everyone(5).tril()
    before, changed = answer(x, *given, 2, mask), x.clone()
    changed[:, 3] += 1
    after = answer(changed, *given, 2, mask)
    agree(after[:, :3], before[:, :3])
    differ(after[:, 3], before[:, 3])
    differ(after[:, 4], before[:, 4])


@heads.claim("heads may change places, if their rows in every matrix go with them")
def _(answer):
    x, (Wqkv, bqkv, Wo, bo) = torch.randn(2, 4, 6), layer(6)
    order = torch.tensor([4, 5, 0, 1, 2, 3])  # three heads of two numbers
    rows = torch.cat([order, 6 + order, 12 + order])
    straight = answer(x, Wqkv, bqkv, Wo, bo, 3, everyone(4).tril())
    agree(answer(x, Wqkv[rows], bqkv[rows], Wo[:, order], bo, 3, everyone(4).tril()), straight)
    differ(answer(x, Wqkv[rows], bqkv[rows], Wo, bo, 3, everyone(4).tril()), straight)
    differ(straight[:, 1:], straight[:, :-1])


heads.slip(
    "flatten(2) @ Wo.T + bo", "flatten(2)", name="no_output_projection",
    seen="The heads have found the right things. What do Wo and bo do with them?",
    why="These are the heads' own results, side by side. `Wo` reads all of them and mixes them: "
    "without it no head could use what another one has found. Add `@ Wo.T + bo`.",
)  # fmt: skip
heads.slip(
    "@ Wo.T + bo", "@ Wo + bo", name="Wo_untransposed",
    seen="The heads have found the right things. Which way round does the last map go?",
    why="These are the numbers of `@ Wo`. A map is written x @ W.T + b here, as in `nn.Linear`. "
    "Since Wo is square, no shape complains.",
)  # fmt: skip
heads.slip(
    "@ Wo.T + bo", "@ Wo.T", name="no_bo",
    seen="All numbers are off by the same for every position. What is added at the end?",
    why="These are the numbers without `bo`.",
)  # fmt: skip
heads.slip(
    "(x @ Wqkv.T + bqkv)", "(x @ Wqkv.T)", name="no_bqkv",
    seen="Where biases are zero this would be right. What is added to queries, keys and values?",
    why="These are the numbers without `bqkv`.",
)  # fmt: skip
heads.slip(
    "q, k, v = (", "k, q, v = (", name="keys_before_queries",
    seen="Who asks, and who is asked? In which order do the D numbers of each come?",
    why="These are the numbers of keys taken for queries and queries taken for keys. In `Wqkv` the "
    "rows of the query come first, then those of the key, then those of the value.",
)  # fmt: skip
heads.slip(
    "q, k, v = (", "v, k, q = (", name="values_first",
    seen="In which order do query, key and value come?",
    why="These are the numbers of the order value, key, query. The rows of `Wqkv` make the query "
    "first, then the key, then the value.",
)  # fmt: skip
heads.slip(
    "q, k, v = (", "q, v, k = (", name="values_before_keys",
    seen="What is mixed, and what is compared? In which order do key and value come?",
    why="These are the numbers of the order query, value, key. The rows of `Wqkv` make the query "
    "first, then the key, then the value.",
)  # fmt: skip
heads.slip(
    "scaled_dot_product_attention(q, k, v, mask)", "scaled_dot_product_attention(q, k, v)",
    name="mask_ignored",
    seen="Right where everything may be seen. Where is the mask used?",
    why="These are the numbers without the mask.",
)  # fmt: skip
heads.slip(
    "scaled_dot_product_attention(q, k, v, mask)",
    "scaled_dot_product_attention(q, k, v, ~mask)", name="mask_inverted",
    seen="What does True say in a mask of this course?",
    why="This is the convention of `nn.MultiheadAttention`, where True means *blocked*. Here True "
    "means may attend, as your `scaled_dot_product_attention` wants it.",
    convention=True,
)  # fmt: skip


def parts(x, Wqkv, bqkv, H):
    return [split(part, H) for part in (x @ Wqkv.T + bqkv).chunk(3, -1)]


@heads.misconception(
    seen="Right with a single head. How many products are added up in one score of one head?",
    why="These are the numbers of scores divided by √D, with the width of the *model*. A head's dot "
    "product has Dh = D / H terms, so √Dh brings its spread back to 1. With √D the weights are too "
    "flat, the more so the more heads there are.",
)
def scaled_by_the_models_width(x, Wqkv, bqkv, Wo, bo, H, mask):
    q, k, v = parts(x, Wqkv, bqkv, H)
    return merge(shares(q, k, mask, x.shape[-1]) @ v) @ Wo.T + bo


@heads.alternative
def head_by_head(x, Wqkv, bqkv, Wo, bo, H, mask):
    B, T, D = x.shape
    Dh, mask = D // H, mask.expand(B, H, T, T)
    out = bo.expand(B, T, D)
    for h in range(H):
        q, k, v = (
            x @ Wqkv[i * D + h * Dh :][:Dh].T + bqkv[i * D + h * Dh :][:Dh] for i in range(3)
        )
        out = out + shares(q, k, mask[:, h]) @ v @ Wo[:, h * Dh : (h + 1) * Dh].T
    return out


@heads.alternative
def by_einsum(x, Wqkv, bqkv, Wo, bo, H, mask):
    W, b = Wqkv.unflatten(0, (3, H, -1)), bqkv.unflatten(0, (3, H, -1))
    q, k, v = torch.einsum("btd,nhed->nbhte", x, W) + b[:, None, :, None]
    return torch.einsum("bhte,dhe->btd", shares(q, k, mask) @ v, Wo.unflatten(1, (H, -1))) + bo
