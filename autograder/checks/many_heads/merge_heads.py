"""Checks and misconceptions for `merge_heads`."""

import torch

from autograder.exercise import Exercise, agree


def found_by_heads(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "two heads have found something at two positions": (draw(1, 2, 2, 3),),
        "there is one position": (draw(1, 3, 1, 2),),
        "there is a single head": (draw(2, 1, 3, 4),),
        "every head has a single number": (draw(1, 5, 2, 1),),
        "there are as many heads as positions": (draw(2, 3, 3, 4),),
        "three sentences have four heads and five positions": (draw(3, 4, 5, 2),),
    }


merge = Exercise(
    "many_heads.merge_heads",
    title="Many heads in one vector", needs=("split_heads",), fast_track=True,
    points=1, difficulty=1, minutes=6, examples=found_by_heads,
)  # fmt: skip


@merge.oracle("transformers.GPTNeoSelfAttention._merge_heads")
def _(x):
    from transformers.models.gpt_neo.modeling_gpt_neo import GPTNeoSelfAttention

    return GPTNeoSelfAttention._merge_heads(None, x, x.shape[1], x.shape[3])


@merge.claim("what head h has found at a position are its numbers h * Dh to (h + 1) * Dh - 1")
def _(answer):
    for H, T, Dh in ((3, 4, 2), (2, 3, 5)):
        x = torch.randn(2, H, T, Dh)
        found = answer(x)
        assert found.shape == (2, T, H * Dh)
        for h in range(H):
            agree(found[..., h * Dh : (h + 1) * Dh], x[:, h])


@merge.claim("where one head finds something new at one position, only that position changes")
def _(answer):
    x = torch.randn(1, 3, 4, 2)
    before, changed = answer(x), x.clone()
    changed[0, 0, 2] += 1
    moved = answer(changed) - before
    assert moved.shape == (1, 4, 6)
    agree(moved[0, 2].sum(), torch.tensor(2.0))
    agree(moved[0, [0, 1, 3]], torch.zeros(3, 6))


merge.slip(
    ".transpose(1, 2)", "", name="positions_merged",
    seen="How many numbers has one head now, and what has become of the positions?",
    why="This lays a head's *positions* side by side. `flatten(2)` merges the last two axes, and "
    "those should be the heads and their numbers: first let heads and positions change places.",
)  # fmt: skip
merge.slip(
    ".flatten(2)", "", name="not_flattened",
    seen="Heads and positions have changed places. How many axes should be left?",
    why="This has the axes B T H Dh. The last two become one: `.flatten(2)`, H * Dh numbers.",
)  # fmt: skip


@merge.misconception(
    seen="The shape is right. Whose numbers are in the second half of the first position?",
    why="These are the numbers of a `view` or `reshape` straight to B, T, H * Dh. In memory a "
    "head's positions follow one another, so the first position gets several positions of the "
    "first head. Let the axes for heads and positions change places first.",
)
def reshape_without_transpose(x):
    B, H, T, Dh = x.shape
    return x.reshape(B, T, H * Dh)


@merge.misconception(
    seen="The axes are in the right order. Can `view` still see them as one?",
    why="`transpose` moves no numbers. It only changes the order in which they are read, and `view` "
    "refuses axes that do not follow one another in memory. `reshape` and `flatten` copy where they "
    "have to; `.contiguous()` before `.view` does the same.",
    code=r"\.view\(",
)
def view_after_transpose(x):
    B, H, T, Dh = x.shape
    return x.transpose(1, 2).view(B, T, H * Dh)


@merge.misconception(
    seen="What is left of each single head in a sum?",
    why="Here the heads are added up. Then nobody could tell any more who found what. They are laid "
    "side by side, and the matrix after them decides what to do with each.",
)
def added_up(x):
    return x.sum(dim=1)


@merge.misconception(
    seen="What is left of each single head in a mean?",
    why="Here the heads are averaged. They are laid side by side: H times Dh numbers.",
)
def averaged(x):
    return x.mean(dim=1)


@merge.misconception(
    seen="The shape is right. Are the numbers of the first head neighbours?",
    why="Here the first number of every head comes first, then the second of every head. Each head's "
    "numbers stay together: the axes before the last step are B T H Dh and not B T Dh H.",
)
def shuffled_together(x):
    return x.permute(0, 2, 3, 1).flatten(2)


@merge.misconception(
    seen="All positions are there, one head below the other. Where should a head be laid?",
    why="This lays the heads one below the other, as if they were further positions. They go side by "
    "side: the last axis grows, and T stays.",
)
def one_below_the_other(x):
    return x.flatten(1, 2)


@merge.alternative
def by_cat(x):
    return torch.cat(list(x.unbind(dim=1)), dim=-1)


@merge.alternative
def by_contiguous_view(x):
    B, H, T, Dh = x.shape
    return x.permute(0, 2, 1, 3).contiguous().view(B, T, H * Dh)


@merge.alternative
def by_loops(x):
    return torch.stack([torch.cat(list(x[:, :, t].unbind(1)), -1) for t in range(x.shape[2])], 1)
