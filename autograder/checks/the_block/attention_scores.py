"""Checks and misconceptions for `attention_scores`."""

import torch

from autograder.exercise import Exercise, agree, differ

JOURNEY = [
    [0.43, 0.15, 0.89], [0.55, 0.87, 0.66], [0.57, 0.85, 0.64],
    [0.22, 0.58, 0.33], [0.77, 0.25, 0.10], [0.05, 0.80, 0.55],
]  # fmt: skip


def rows(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "two rows meet": (draw(2, 3), 0),
        "the second of three words looks": (draw(3, 5), 1),
        "a sentence of six words looks at itself": (torch.tensor(JOURNEY), 1),
        "there are as many words as numbers": (draw(4, 4), 3),
        "the last word is asked for from the end": (draw(5, 2), -1),
        "the vectors are long": (4 * draw(4, 6), 2),
    }


scores = Exercise(
    "the_block.attention_scores",
    title="What one word takes", needs=("softmax",), fast_track=True,
    points=2, difficulty=1, minutes=10, examples=rows,
)  # fmt: skip


@scores.oracle("torch.nn.functional.scaled_dot_product_attention with scale=1")
def _(X, i):
    plain = torch.einsum("td,d->t", X, X[i])
    asked = X[[i]]
    context = torch.nn.functional.scaled_dot_product_attention(asked, X, X, scale=1.0)[0]
    weights = torch.nn.functional.scaled_dot_product_attention(
        asked, X, torch.eye(len(X), dtype=X.dtype), scale=1.0
    )[0]
    return plain, weights, context


scores.excuse("softmax(dim=0)", "there is one axis")


@scores.claim("weights are shares, and rows that are all alike come back unchanged")
def _(answer):
    X = torch.randn(1, 4).expand(5, 4)
    _, weights, context = answer(X, 2)
    agree(weights, torch.full((5,), 0.2))
    agree(context, X[0])


@scores.claim("a row takes from itself, too, and how much depends on how long it is")
def _(answer):
    X = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    _, weights, _ = answer(X, 1)
    agree(weights[1], torch.tensor(4.0).sigmoid())
    _, more, _ = answer(2 * X, 1)
    differ(more[1], weights[1])


@scores.claim("rows may come in any order: nothing says where one stands")
def _(answer):
    X, order = torch.randn(4, 3), torch.tensor([2, 0, 3, 1])
    found, weights, context = answer(X, 0)
    again, turned, same = answer(X[order], 1)
    agree(again, found[order])
    agree(turned, weights[order])
    agree(same, context)
    differ(weights[0], weights[1])


scores.slip(
    "scores = X @ X[i]", "scores = X @ X[i] / X.shape[-1] ** 0.5", name="scaled",
    seen="The scores are all smaller than they should be, by the same factor. Which one?",
    why="These are scores divided by √D. That belongs to attention in a model; here the scores are "
    "the dot products as they come.", convention=True,
)  # fmt: skip
scores.slip(
    "scores = X @ X[i]", "scores = torch.cosine_similarity(X, X[i], dim=-1)", name="cosine",
    seen="What is the score of a row with itself?",
    why="These are cosines: the dot products divided by both lengths. Then every row has the score 1 "
    "with itself. Take the dot products as they are.",
)  # fmt: skip
scores.slip(
    "scores.softmax(dim=0)", "scores / scores.sum()", name="sum_norm",
    seen="Can a weight be negative?",
    why="These are scores divided by their sum. They sum to 1, but a negative score gives a negative "
    "weight, and a sum near zero gives huge ones. A softmax makes every weight positive.",
)  # fmt: skip
scores.slip(
    "weights @ X", "weights[i] * X[i]", name="own_part_only",
    seen="Whose vectors are mixed?",
    why="This is only what the row takes from itself. The context is the sum over all rows, each "
    "times its weight: `weights @ X`.",
)  # fmt: skip
scores.slip(
    "weights @ X", "scores @ X", name="mixes_by_scores",
    seen="The first two are right. Which of them says how much to take?",
    why="This context is a sum weighed by the scores. The weights are what sums to 1.",
)  # fmt: skip


@scores.misconception(
    seen="Whose score is missing?",
    why="The row's own score is hidden here, so it takes nothing from itself. A row looks at all "
    "rows, and it is one of them.",
)
def excludes_self(X, i):
    found = X @ X[i]
    hidden = found.clone()
    hidden[i] = float("-inf")
    weights = hidden.softmax(0)
    return found, weights, weights @ X


@scores.misconception(
    seen="How many scores are there: one for each row, or one for each column?",
    why="These are the numbers of columns that meet a column. A word is a row of X: compare row i "
    "with all rows.",
)
def columns(X, i):
    found = X.T @ X[:, i]
    weights = found.softmax(0)
    return found, weights, X @ weights


@scores.alternative
def by_loop(X, i):
    found = torch.stack([(row * X[i]).sum() for row in X])
    grown = (found - found.max()).exp()
    weights = grown / grown.sum()
    return found, weights, sum(w * row for w, row in zip(weights, X, strict=True))
