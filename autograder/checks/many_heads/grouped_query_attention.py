"""Checks and misconceptions for `grouped_query_attention`."""

import torch

from autograder.checks.many_heads import shares
from autograder.exercise import Exercise, agree, differ


def grouped(g):
    def draw(B, H, K, T, Dh):
        return [torch.randn(B, heads, T, Dh, generator=g) for heads in (H, K, K)]

    return {
        "two heads share one": tuple(draw(1, 2, 1, 3, 4)),
        "four heads share two": tuple(draw(1, 4, 2, 3, 5)),
        "every head has keys of its own": tuple(draw(1, 3, 3, 2, 4)),
        "there is a single position": tuple(draw(2, 4, 2, 1, 3)),
        "six heads share two in a batch of two": tuple(draw(2, 6, 2, 5, 3)),
        "six heads share three": tuple(draw(2, 6, 3, 4, 5)),
    }


shared = Exercise(
    "many_heads.grouped_query_attention",
    title="Grouped queries", needs=("scaled_dot_product_attention", "causal_mask"),
    points=2, difficulty=2, minutes=15, examples=grouped,
    forbid=("flash_attention_forward", "scaled_dot_product_flash_attention_for_cpu"),
)  # fmt: skip

shared.excuse("causal_mask(q.shape[2], k.shape[2])", "there are as many keys as queries")
shared.leave_out("one H", "there are as many key heads as query heads, or fewer")


@shared.oracle("torch.nn.functional.scaled_dot_product_attention(enable_gqa=True)")
def _(q, k, v):
    return torch.nn.functional.scaled_dot_product_attention(
        q, k, v, is_causal=True, enable_gqa=True
    )


def drawn(H, K, T=5, Dh=4):
    return torch.randn(1, H, T, Dh), torch.randn(1, K, T, Dh), torch.randn(1, K, T, Dh)


@shared.claim("each key head is heard by its own neighbouring query heads, and by no others")
def _(answer):
    for H, K in ((6, 2), (6, 3), (8, 2)):
        q, k, v = drawn(H, K)
        before, size = answer(q, k, v), H // K
        for group in range(K):
            changed = v.clone()
            changed[:, group] += 1
            moved = answer(q, k, changed) - before
            assert moved.shape == q.shape
            own = slice(group * size, (group + 1) * size)
            agree(moved[:, own], torch.ones(1, size, 5, 4))
            moved[:, own] = 0
            agree(moved, torch.zeros(1, H, 5, 4))


@shared.claim("the first position takes the first value and nothing of what comes after it")
def _(answer):
    q, k, v = drawn(4, 2)
    before = answer(q, k, v)
    agree(before[:, :2, 0], v[:, :1, 0].expand(1, 2, 4))
    agree(before[:, 2:, 0], v[:, 1:, 0].expand(1, 2, 4))
    k, v = k.clone(), v.clone()
    k[:, :, 1:] += 1
    v[:, :, 1:] += 1
    agree(answer(q, k, v)[:, :, 0], before[:, :, 0])
    differ(answer(q, k, v)[:, :, 1], before[:, :, 1])


@shared.claim("heads that share keys still ask for different things")
def _(answer):
    q, k, v = drawn(6, 2)
    found = answer(q, k, v)
    agree(found[:, 0, 0], found[:, 1, 0])  # what there is to see decides, and it is one value
    differ(found[:, 0, 1:], found[:, 1, 1:])
    q[:, 1] = q[:, 0]
    same = answer(q, k, v)
    agree(same[:, 1], same[:, 0])
    differ(same[:, 2, 1:], same[:, 0, 1:])


shared.slip(
    "each.repeat_interleave(q.shape[1] // k.shape[1], dim=1)",
    "each.repeat(1, q.shape[1] // k.shape[1], 1, 1)", name="in_turns",
    seen="Right where all heads share one, and where none do. Which query heads share key head 0: "
    "neighbours, or every other one?",
    why="These are the numbers of key heads taken in turns: 0, 1, 0, 1. `repeat` lays whole copies "
    "one after the other. Neighbouring query heads share one, 0, 0, 1, 1: `repeat_interleave`.",
)  # fmt: skip
shared.slip(
    "causal_mask(q.shape[2], k.shape[2])", "None", name="not_causal",
    seen="What does the first position know of those after it?",
    why="These are the numbers of attention without a mask. Here a position attends to itself and to "
    "those before it.",
)  # fmt: skip
shared.slip(
    "for each in (k, v)", "for each in (v, k)", name="keys_and_values_swapped",
    seen="Which of the two do queries meet, and which is taken?",
    why="Here keys and values have changed places.",
)  # fmt: skip


def causal(T):
    return torch.ones(T, T, dtype=torch.bool).tril()


@shared.misconception(
    seen="Right where all heads share one. What is the second key head for?",
    why="Here all query heads use key head 0. That is multi-query attention, with K = 1. With K = 2 "
    "the second half of the query heads has keys and values of its own.",
    convention=True,
)
def first_for_all(q, k, v):
    return shares(q, k[:, :1], causal(q.shape[2])) @ v[:, :1]


@shared.misconception(
    seen="Right where all heads share one. Should the heads of a group use their own keys, or a mean "
    "of all?",
    why="Here the K key heads are averaged into one. That is a way to begin, when a trained model is "
    "turned into one with fewer key heads. Once there are K of them, each group uses its own.",
)
def averaged(q, k, v):
    k, v = k.mean(1, keepdim=True), v.mean(1, keepdim=True)
    return shares(q, k, causal(q.shape[2])) @ v


@shared.misconception(
    seen="Right where every head has keys of its own. How many heads should come out?",
    why="Here the query heads of a group are averaged until there are only K of them. All H heads "
    "keep their own queries and their own results; only keys and values are shared.",
)
def queries_averaged(q, k, v):
    q = q.unflatten(1, (k.shape[1], -1)).mean(2)
    return shares(q, k, causal(q.shape[2])) @ v


@shared.misconception(
    seen="Right where every head has keys of its own. How many heads should come out?",
    why="Here only the first K query heads are used. All H of them ask, in groups that share keys.",
)
def first_queries_only(q, k, v):
    return shares(q[:, : k.shape[1]], k, causal(q.shape[2])) @ v


@shared.misconception(
    seen="Right where every head has keys of its own. Over how many numbers does one score run?",
    why="These are the numbers of scores divided by the root of H / K times Dh. Sharing keys does "
    "not change the length of a dot product: divide by √Dh.",
)
def scaled_by_the_group(q, k, v):
    size = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(size, 1), v.repeat_interleave(size, 1)
    return shares(q, k, causal(q.shape[2]), q.shape[-1] * size) @ v


@shared.misconception(
    seen="Do the shapes meet? Broadcasting stretches an axis of size 1. What does it do with one of "
    "size 2 that meets 4?",
    why="This works for K = 1 alone, where broadcasting stretches the one key head over all query "
    "heads. From two on each has to be repeated for its group, or the queries get an axis for the "
    "groups.",
)
def left_to_broadcasting(q, k, v):
    return shares(q, k, causal(q.shape[2])) @ v


@shared.misconception(
    seen="What shape have the keys after they are repeated? Along which axis should each be?",
    why="Without `dim`, `repeat_interleave` repeats every single number and lays all of them in one "
    "row, so the axes are lost. Name the axis of the heads: `repeat_interleave(H // K, dim=1)`.",
)
def repeated_without_an_axis(q, k, v):
    size = q.shape[1] // k.shape[1]
    return shares(q, k.repeat_interleave(size), causal(q.shape[2])) @ v.repeat_interleave(size)


@shared.misconception(
    seen="Keys fit the queries, and which values go with them?",
    why="Here the keys are shared by neighbours, and the values are taken in turns. Both are shared "
    "in the same way.",
)
def values_in_turns(q, k, v):
    size = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(size, 1), v.repeat(1, size, 1, 1)
    return shares(q, k, causal(q.shape[2])) @ v


@shared.misconception(
    seen="With every head alone it is right. When the groups have an axis of their own, does it come "
    "before or after that of their members?",
    why="Here the query heads are cut into H / K by K, so that head 1 goes with key head 1. "
    "Neighbours share: cut them into K by H / K.",
    alias="in_turns",
)
def groups_last(q, k, v):
    B, H, T, Dh = q.shape
    q = q.reshape(B, H // k.shape[1], k.shape[1], T, Dh)
    return (shares(q, k[:, None], causal(T)) @ v[:, None]).reshape(B, H, T, Dh)


@shared.alternative
def with_an_axis_for_groups(q, k, v):
    B, H, T, Dh = q.shape
    q = q.reshape(B, k.shape[1], -1, T, Dh)
    return (shares(q, k[:, :, None], causal(T)) @ v[:, :, None]).reshape(B, H, T, Dh)


@shared.alternative
def head_by_head(q, k, v):
    size, mask = q.shape[1] // k.shape[1], causal(q.shape[2])
    found = [shares(q[:, h], k[:, h // size], mask) @ v[:, h // size] for h in range(q.shape[1])]
    return torch.stack(found, 1)
