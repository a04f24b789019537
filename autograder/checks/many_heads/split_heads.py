"""Checks and misconceptions for `split_heads`."""

import torch

from autograder.exercise import Exercise, agree


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "two positions are dealt out to two heads": (draw(1, 2, 6), 2),
        "one position has three heads": (draw(1, 1, 6), 3),
        "there is a single head": (draw(2, 3, 4), 1),
        "every head gets a single number": (draw(1, 2, 5), 5),
        "there are as many positions as heads": (draw(2, 3, 12), 3),
        "three sentences have five positions and four heads": (draw(3, 5, 8), 4),
    }


split = Exercise(
    "many_heads.split_heads",
    title="Cutting into heads", fast_track=True,
    points=1, difficulty=1, minutes=8, examples=vectors,
)  # fmt: skip


@split.oracle("transformers.GPTNeoSelfAttention._split_heads")
def _(x, H):
    from transformers.models.gpt_neo.modeling_gpt_neo import GPTNeoSelfAttention

    return GPTNeoSelfAttention._split_heads(None, x, H, x.shape[-1] // H)


split.leave_out("two", "the number of heads is no axis of the input")


@split.claim("a head's numbers lie side by side in the position's own vector")
def _(answer):
    for T, H, Dh in ((4, 3, 2), (3, 2, 5)):
        x = torch.randn(2, T, H * Dh)
        found = answer(x, H)
        assert found.shape == (2, H, T, Dh)
        for h in range(H):
            for t in range(T):
                agree(found[:, h, t], x[:, t, h * Dh : (h + 1) * Dh])


@split.claim("where one position changes, all heads change there and nowhere else")
def _(answer):
    x = torch.randn(1, 4, 6)
    before, changed = answer(x, 3), x.clone()
    changed[0, 2] += 1
    moved = answer(changed, 3) - before
    assert moved.shape == (1, 3, 4, 2)
    agree(moved[0, :, 2], torch.ones(3, 2))
    agree(moved[0, :, [0, 1, 3]], torch.zeros(3, 3, 2))


split.slip(
    ".transpose(1, 2)", "", name="no_transpose",
    seen="The numbers are dealt out rightly. Which axis should come second, positions or heads?",
    why="This has the axes B T H Dh. Attention multiplies the last two axes, positions by width, "
    "and lets all axes before them run along. So the heads have to move in front of the positions: "
    "`.transpose(1, 2)`.",
)  # fmt: skip
split.slip(
    "(H, -1)", "(-1, H)", name="H_is_the_width",
    seen="How many heads came out, and how wide is each of them?",
    why="This makes D / H heads of H numbers each. `H` counts the heads, so it is the first of the "
    "two new axes: H, then Dh.",
)  # fmt: skip
split.slip(
    "transpose(1, 2)", "movedim(2, 0)", name="heads_before_batch",
    seen="The heads are in front of the positions. What should be in front of the heads?",
    why="This has the axes H B T Dh. The batch stays first, so that masks of shape B 1 T T fit, and "
    "the heads come second.",
)  # fmt: skip


@split.misconception(
    seen="The shape is right. Whose numbers lie in the second position of the first head?",
    why="These are the numbers of a `view` or `reshape` straight to B, H, T, Dh. It reads the "
    "numbers in the order in which they lie, so a head gets neighbouring *positions* in place of "
    "its part of every position. First cut the last axis into H and Dh, then let the axes for "
    "positions and heads change places.",
)
def view_without_transpose(x, H):
    B, T, D = x.shape
    return x.reshape(B, H, T, D // H)


@split.misconception(
    seen="The shape is right. Are a head's numbers neighbours in the position's vector?",
    why="Here a head gets every H-th number, like a player when cards are dealt. Any fixed way of "
    "dealing would do as well in a model that is trained with it, but the weights of GPT-2, BERT "
    "and Llama give a head Dh *neighbouring* numbers: cut the last axis into H, then Dh.",
    convention=True,
)
def dealt_like_cards(x, H):
    B, T, D = x.shape
    return x.reshape(B, T, D // H, H).permute(0, 3, 1, 2)


@split.misconception(
    seen="Each head has D numbers at every position. How many is it to have?",
    why="Here every head gets the whole vector. All features are there already when a head's "
    "queries, keys and values are made, since the matrices that make them read the whole vector. "
    "What they give is then dealt out: Dh = D / H numbers for each head.",
)
def everything_to_everyone(x, H):
    return x[:, None].expand(-1, H, -1, -1).clone()


@split.misconception(
    seen="Which axis was cut into H pieces: the one of the positions, or the one of the numbers?",
    why="Here each head gets some of the *positions*. Every head reads the whole sentence, and has "
    "its own part of each position's vector.",
)
def positions_dealt_out(x, H):
    return torch.stack(x.chunk(H, dim=1), dim=1)


@split.misconception(
    seen="The numbers are right. Has the batch still an axis of its own?",
    why="This puts batch and heads into one axis, as `torch.bmm` wants it. It works, but then a "
    "mask has to be repeated for each head. Here the axes are B H T Dh.",
    convention=True,
)
def batch_and_heads_in_one(x, H):
    B, T, D = x.shape
    return x.reshape(B, T, H, D // H).transpose(1, 2).reshape(B * H, T, D // H)


@split.misconception(
    seen="The numbers of a head are right. Which of the last two axes holds the positions?",
    why="This has the axes B H Dh T, which is how keys are laid for a product. `split_heads` serves "
    "queries and values, too: positions come before the numbers of each.",
)
def positions_last(x, H):
    B, T, D = x.shape
    return x.reshape(B, T, H, D // H).permute(0, 2, 3, 1)


@split.alternative
def by_pieces(x, H):
    width = x.shape[-1] // H
    return torch.stack([x[..., h * width : (h + 1) * width] for h in range(H)], dim=1)


@split.alternative
def by_chunks(x, H):
    return torch.stack(x.chunk(H, dim=-1), 1)


@split.alternative
def by_reshape(x, H):
    B, T, D = x.shape
    return x.reshape(B, T, H, D // H).permute(0, 2, 1, 3)
