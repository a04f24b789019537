"""Checks and misconceptions for `sliding_window_mask`."""

import torch

from autograder.exercise import Exercise


def windows(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    whole, short, almost, wide = some(3, 20), some(2, 9), some(5, 20), some(2, 6)
    return {
        "each token sees two": (some(5, 20), 2),
        "each sees only itself": (some(4, 20), 1),
        "the window is as long as the text": (whole, whole),
        "the window is longer than the text": (short, short + some(1, 9)),
        "the window is one shorter than the text": (almost, almost - 1),
        "the sizes are drawn": (some(12, 20), some(3, 9)),
        "the window goes three times into the text": (3 * wide, wide),
        "there is one token": (1, some(1, 5)),
    }


window = Exercise(
    "cheaper_attention.sliding_window_mask",
    title="A window that moves along", needs=("causal_mask",), fast_track=True,
    points=1, difficulty=1, minutes=10, examples=windows,
)  # fmt: skip


@window.oracle("transformers.masking_utils.sliding_window_overlay and causal_mask_function")
def _(T, w):
    from transformers.masking_utils import causal_mask_function, sliding_window_overlay

    inside = sliding_window_overlay(w)
    return torch.tensor(
        [[causal_mask_function(0, 0, i, j) and inside(0, 0, i, j) for j in range(T)]
         for i in range(T)]
    )  # fmt: skip


@window.claim("a token sees as many tokens as the window is wide, and fewer at the start")
def _(answer):
    asked = (7, 3), (9, 5), (4, 6)
    for (T, w), mask in zip(asked, answer.each(*asked), strict=True):
        assert mask.shape == (T, T)
        assert mask.bool().sum(-1).tolist() == [min(i + 1, w) for i in range(T)]


@window.claim("the last token sees itself and those right before it, and no others")
def _(answer):
    asked = (7, 3), (9, 2), (12, 5)
    for (T, w), mask in zip(asked, answer.each(*asked), strict=True):
        assert mask.bool()[-1].tolist() == [False] * (T - w) + [True] * w


@window.claim("a key is seen by itself and the next few queries, as many as the window is wide")
def _(answer):
    asked = (8, 3), (10, 4)
    for (T, w), mask in zip(asked, answer.each(*asked), strict=True):
        assert mask.shape == (T, T)
        assert mask.bool().sum(0).tolist() == [min(T - j, w) for j in range(T)]
        assert mask.bool()[:, 0].tolist() == [True] * w + [False] * (T - w)


window.slip(
    "back < w", "back <= w", name="off_by_one",
    seen="Nobody sees the future. Of a window of 2, how many tokens does a late token see?",
    why="A token sees w tokens *before* itself here, which makes w + 1. It counts as one of the w.",
)  # fmt: skip
window.slip(
    "back >= 0", "back > 0", name="window_excludes_self",
    seen="Nobody sees the future. What does the first token see?",
    why="A token does not see itself here. The first one then sees nothing at all. It is one of the w.",
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "(back > 0) & (back <= w)", name="window_before_itself",
    seen="A late token sees as many tokens as it should. Which ones, and is it one of them?",
    why="The window is moved back by one place here: the w tokens before, without the token itself. The "
    "first token then sees nothing. A token is one of its own w.",
)  # fmt: skip
window.slip(
    "back < w", "back < w - 1", name="one_too_narrow",
    seen="Nobody sees the future. Of a window of 2, how many tokens does a late token see?",
    why="A token sees w - 1 tokens here, itself among them. It is w with itself.",
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "back.abs() < w", name="symmetric",
    seen="No token looks farther back than it may. Does a token see what comes after it?",
    why="The window reaches to both sides here, as in an encoder such as Longformer. A model that "
    "writes must not look ahead.", convention=True,
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "back < w", name="non_causal",
    seen="No token looks farther back than it may. Does a token see what comes after it?",
    why="All of the future is visible here. The window ends at the token itself.",
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "(back >= 0) & (back >= w)", name="outside",
    seen="What is farther back is visible, and what is near is not. Which of them is in the window?",
    why="These are the keys *outside* of the window. True means that a token may attend.",
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "back >= 0", name="no_window",
    seen="Nobody sees the future. What does `w` do?",
    why="This is the whole causal mask. A token sees no more than w tokens.",
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "~((back >= 0) & (back < w))", name="inverted",
    seen="The pattern is a consistent one, turned round. What does True say in this course?",
    why="True means *blocked* here, as in `torch.nn.MultiheadAttention`. In this course it means may "
    "attend: turn it round with `~`.", convention=True,
)  # fmt: skip
window.slip(
    "(back >= 0) & (back < w)", "(back <= 0) & (back > -w)", name="transposed",
    seen="The band has the right width. Which way does it reach, and who is the row?",
    why="A row sees the tokens *after* it here. Rows are queries, and a query looks back.",
)  # fmt: skip
window.slip(
    "return (back >= 0) & (back < w)", "return ((back >= 0) & (back < w)).float()",
    name="zero_one_floats",
    seen="The pattern is right. What would `~mask` do with 0.0 and 1.0?",
    why="These are the numbers 0.0 and 1.0. Added to scores they would hide nothing. In this course a "
    "mask is bool.",
)  # fmt: skip


@window.misconception(
    seen="The first few rows are right. Does the window move on by one with each token?",
    why="The text is cut into pieces of w here, and each token sees its own piece. Llama 4 does that in "
    "some layers, and calls it chunked attention. A sliding window moves on with each token.",
    convention=True,
)
def block_diagonal(T, w):
    places = torch.arange(T)
    same = places[:, None] // w == places // w
    return same & (places[:, None] >= places)


@window.misconception(
    seen="The first few rows are right, and what a token should see is visible to it. How many tokens "
    "does a late token see?",
    why="A token sees what is before it in its own piece of w tokens here, and all of the piece before. "
    "That is all that any token of the piece may need. Each needs only the last w of it, up to itself.",
)
def two_blocks(T, w):
    places = torch.arange(T)
    piece = places // w
    return (places[:, None] >= places) & (piece[:, None] - piece <= 1)


@window.misconception(
    seen="The late rows are right. What does Python do with a slice that begins below 0?",
    why="A row is filled from place i - w + 1 here. For the first rows that is below 0, and Python "
    "counts such a place from the end. The window begins at 0 there.",
)
def begins_below_zero(T, w):
    seen = torch.zeros(T, T, dtype=torch.bool)
    for i in range(T):
        seen[i, i - w + 1 : i + 1] = True
    return seen


@window.misconception(
    seen="This works when it is added to scores. What is asked for here is not added.",
    why="This is the additive convention: 0 where a query may look, minus infinity where not. Here the "
    "mask is bool, and True means may attend.",
    convention=True,
)
def additive(T, w):
    seen = torch.ones(T, T, dtype=torch.bool).tril().triu(1 - w)
    return torch.zeros(T, T).masked_fill(~seen, float("-inf"))


@window.misconception(
    seen="The band is right. What else does a token see here?",
    why="The first token is visible to everybody here, as an attention sink. That often helps, and it is "
    "not part of a plain window.",
    convention=True,
)
def with_sink(T, w):
    seen = torch.ones(T, T, dtype=torch.bool).tril().triu(1 - w)
    return seen | (torch.arange(T) == 0)


@window.alternative
def two_triangles(T, w):
    return torch.ones(T, T, dtype=torch.bool).tril().triu(1 - w)


@window.alternative
def row_by_row(T, w):
    return torch.tensor([[max(0, i - w + 1) <= j <= i for j in range(T)] for i in range(T)])
