"""Checks and misconceptions for `causal_mask`."""

import torch

from autograder.checks.self_attention import library_mask
from autograder.exercise import Exercise


def sizes(g):
    square, older, few, queries = torch.randint(3, 7, (4,), generator=g).tolist()
    return {
        "the queries are all of the keys": (square, square),
        "three queries follow two older keys": (3, 5),
        "one new query follows all others": (1, 2 + older),
        "there is one token": (1, 1),
        "most keys are older than the queries": (few, 2 * few + older),
        "most keys are as new as the queries": (queries + 2, queries + 4),
    }


mask = Exercise(
    "self_attention.causal_mask",
    fast_track=True,
    title="The causal mask",
    points=2, difficulty=1, minutes=15, examples=sizes,
)  # fmt: skip


@mask.oracle("transformers.masking_utils.create_causal_mask")
def _(Tq, Tk):
    return library_mask(torch.ones(1, Tk, dtype=torch.long), Tq)[0, 0]


@mask.claim("the last query sees every key, and the first of a square mask sees only itself")
def _(answer):
    few, many, *squares = answer.each((3, 5), (7, 12), (4, 4), (9, 9))
    assert few[-1].bool().tolist() == [True] * 5
    assert many[-1].bool().tolist() == [True] * 12
    for size, square in zip((4, 9), squares, strict=True):
        assert square[0].bool().tolist() == [True] + [False] * (size - 1)


@mask.claim("everyone sees themselves, nobody sees the next token")
def _(answer):
    asked = (3, 5), (6, 8)
    for (queries, keys), visible in zip(asked, answer.each(*asked), strict=True):
        visible = visible.bool()
        for query in range(queries):
            itself = query + keys - queries
            assert visible[query, itself]
            assert not visible[query, itself + 1 :].any()


@mask.claim("each query sees one key more than the query before it")
def _(answer):
    asked = (4, 6), (9, 11)
    for (queries, keys), visible in zip(asked, answer.each(*asked), strict=True):
        visible = visible.bool()
        assert visible.shape == (queries, keys)
        assert visible.sum(dim=-1).diff().tolist() == [1] * (queries - 1)


mask.slip(
    "tril", "triu", name="transposed",
    seen="The triangle lies on the other side. Who is the row, who is the column?",
    why="These are the numbers of a mask in which a query sees itself and the *future*. A row is "
    "a query: row i keeps the columns up to i, which is the lower triangle, `tril`.",
)  # fmt: skip
mask.slip(
    "diagonal=Tk - Tq", "diagonal=0", name="top_left",
    seen="With more keys than queries, which positions are the queries?",
    why="These are the numbers of a mask aligned at the top left: it takes the queries for the "
    "*first* positions. They are the last ones, so the diagonal moves right by Tk - Tq.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tq - Tk)", name="offset_sign",
    seen="With two older keys, may the first query see more, or fewer?",
    why="These are the numbers of a diagonal moved left by Tk - Tq. Every older key is one more "
    "that all queries may see, so the diagonal moves to the right: Tk - Tq.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tk - Tq - 1)", name="strict",
    seen="May a token look at itself?",
    why="These are the numbers of a mask that hides the diagonal. A token may see itself; without "
    "it the first one would see nothing at all, and its softmax would be 0 divided by 0.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tk - Tq + 1)", name="one_ahead",
    seen="Each query sees one key more than it should. Which one?",
    why="These are the numbers of a mask that leaves the *next* token visible: the very token a "
    "language model is to predict. The diagonal itself is the last one to keep.",
)  # fmt: skip
mask.slip(
    "torch.ones(Tq, Tk,", "torch.ones(Tk, Tq,", name="swapped_axes",
    seen="How many rows should three queries have?",
    why="These are the numbers of a mask with keys as rows. Rows are queries, columns are keys: "
    "Tq by Tk, like the scores `q @ kᵀ` it is laid over.",
)  # fmt: skip
mask.slip(
    ", dtype=torch.bool", "", name="zero_one_floats",
    seen="What would `~mask`, or adding it to scores, do with numbers like 0.0 and 1.0?",
    why="These are 0.0 and 1.0, not False and True. Added to scores they would raise the visible "
    "ones by 1 and hide nothing. In this course a mask is bool.",
)  # fmt: skip


mask.slip(
    "dtype=torch.bool", "dtype=torch.long", name="zero_one_ints",
    seen="The pattern is right. What is `~1` for a whole number?",
    why="These are the whole numbers 0 and 1. `~` flips all their bits, so `~1` is -2, which counts "
    "as True: a mask of them cannot be turned round. In this course a mask is bool.",
)  # fmt: skip


@mask.misconception(
    seen="The pattern is a consistent one, turned round. What does True say in this course?",
    why="This is the convention of `torch.nn.MultiheadAttention`, where True means *blocked*. Here "
    "True means may attend, as in `scaled_dot_product_attention`: turn it round with `~`.",
    convention=True,
)
def inverted(Tq, Tk):
    return ~torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)


@mask.misconception(
    seen="This works when it is added to scores. What is asked for here is not added.",
    why="This is the additive convention: 0 where a query may look, minus infinity where not. Here "
    "the mask is bool, True = may attend; the attention function turns it into infinities.",
    convention=True,
)
def additive(Tq, Tk):
    visible = torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
    return torch.zeros(Tq, Tk).masked_fill(~visible, float("-inf"))


@mask.misconception(
    seen="Two rows of numbers were compared, and not each query with each key. What shape should "
    "the queries have?",
    why="Queries run down the rows and keys along the columns: give the queries a second axis, "
    "`torch.arange(Tq)[:, None]`, and the comparison becomes a table.",
)
def compared_flat(Tq, Tk):
    return torch.arange(Tk) <= torch.arange(Tq)


@mask.misconception(
    seen="What does True say in this course? And with more keys than queries, which positions are "
    "the queries?",
    why="True means *blocked* here, as in `torch.nn.MultiheadAttention`; in this course it means may "
    "attend. And the triangle starts at the top left; as the queries are the *last* positions, the "
    "diagonal moves right by Tk - Tq.",
)
def inverted_top_left(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool).triu(1)


@mask.misconception(
    seen="This works when it is added to the scores of a square. What is asked for here is not "
    "added. And which positions are the queries?",
    why="This is the additive convention, 0 where a query may look and minus infinity where not. "
    "Here the mask is bool, True = may attend, and its diagonal moves right by Tk - Tq.",
)
def additive_top_left(Tq, Tk):
    return torch.full((Tq, Tk), float("-inf")).triu(1)


@mask.misconception(
    seen="Every entry is True. What does the first word know of the second?",
    why="These are the numbers of a mask that hides nothing. A query may see its own position and "
    "those before it.",
)
def nothing_hidden(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool)


@mask.alternative
def by_comparison(Tq, Tk):
    return torch.arange(Tk)[None, :] <= torch.arange(Tq)[:, None] + (Tk - Tq)


@mask.alternative
def by_loop(Tq, Tk):
    return torch.tensor([[key <= query + Tk - Tq for key in range(Tk)] for query in range(Tq)])
