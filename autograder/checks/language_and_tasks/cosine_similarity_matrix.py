"""Checks and misconceptions for `cosine_similarity_matrix`."""

import torch

from autograder.exercise import Exercise, agree, differ


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def counts(*shape):  # like words in sentences: whole numbers, no row empty
        drawn = torch.randint(0, 3, shape, generator=g).float()
        drawn[:, 0] = 1.0
        return drawn

    some, others = draw(3, 5), draw(4, 5)
    blank_first, blank_second = draw(3, 6), draw(2, 6)
    blank_first[1] = 0.0
    blank_second[0] = 0.0
    return {
        "two sentences of three words are compared": (
            torch.tensor([[1.0, 1.0, 1.0, 0.0]]),
            torch.tensor([[1.0, 1.0, 0.0, 1.0]]),
        ),
        "rows are counts of words": (counts(2, 7), counts(3, 7)),
        "three rows meet four": (some, others),
        "as many rows meet as there are columns": (draw(4, 4), draw(4, 4)),
        "some rows are long and some are short": (
            some * torch.tensor([[30.0], [0.5], [4.0]]),
            others * torch.tensor([[0.25], [2.0], [50.0], [8.0]]),
        ),
        "all rows are shorter than 1": (
            0.7 * torch.nn.functional.normalize(draw(3, 5), dim=-1),
            0.4 * torch.nn.functional.normalize(draw(2, 5), dim=-1),
        ),
        "a row of X is all zeros": (blank_first, 8 * draw(4, 6)),
        "a row of Y is all zeros": (8 * draw(4, 6), blank_second),
    }


cosine = Exercise(
    "language_and_tasks.cosine_similarity_matrix",
    fast_track=True,
    title="Every cosine at once",
    points=2, difficulty=1, minutes=15, examples=vectors,
    forbid=("cosine_similarity", "CosineSimilarity", "cdist", "pairwise_distance"),
)  # fmt: skip


cosine.leave_out("one D", "of single numbers the cosine is a sign, and its gradient rounding")


@cosine.oracle("torch.nn.functional.cosine_similarity")
def _(X, Y):
    return torch.nn.functional.cosine_similarity(X[:, None], Y[None], dim=-1)


@cosine.claim("a vector has a cosine of 1 with itself and of -1 with its opposite")
def _(answer):
    X = torch.tensor([[3.0, 4.0, 0.0], [1.0, -2.0, 2.0]])
    agree(answer(X, X).diagonal(), torch.ones(2))
    agree(answer(X, -X).diagonal(), -torch.ones(2))


@cosine.claim("stretching a vector changes nothing, turning it does")
def _(answer):
    X = torch.tensor([[1.0, 2.0, 2.0], [2.0, -1.0, 2.0]])
    Y = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 4.0], [1.0, 0.0, 1.0]])
    agree(answer(X * torch.tensor([[5.0], [0.5]]), Y), answer(X, Y))
    agree(answer(X, Y * torch.tensor([[0.1], [4.0], [3.0]])), answer(X, Y))
    differ(answer(X[:, [1, 0, 2]], Y), answer(X, Y))


@cosine.claim("vectors at a right angle have a cosine of 0")
def _(answer):
    got = answer(torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[2.0, -1.0], [1.0, 2.0]]))
    assert abs(got[0, 0].item()) < 1e-5
    differ(got[0], torch.zeros(2))


@cosine.claim("a row of zeros is like nothing, and leaves its neighbours as they are")
def _(answer):
    X = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    Y = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-5.0, 0.0]])
    agree(answer(X, Y), torch.tensor([[0.0, 0.0, 0.0], [0.6, 0.8, -0.6]]))
    agree(answer(X, X), torch.tensor([[0.0, 0.0], [0.0, 1.0]]))


cosine.slip(
    "[:, None] * Y", "[:, None] + Y", name="norm_product_missing",
    seen="Two vectors of length 1 that point the same way get 0.5. What is 1 + 1, and what is 1 x 1?",
    why="These are the numbers of dot products divided by the *sum* of the two lengths. Each length "
    "is a factor of the dot product, so divide by their product.",
)  # fmt: skip
cosine.slip(
    ".clamp_min(1e-12)", "", name="zero_by_zero",
    seen="NaN where a row is all zeros. What is 0 divided by 0?",
    why="These are the numbers of a plain division: a row of zeros has the length 0, and 0 / 0 is "
    "NaN. Keep the divisor above 0 with a tiny floor, and 0 divided by it stays 0.",
)  # fmt: skip
cosine.slip(
    " / lengths.clamp_min(1e-12)", "", name="dot_products",
    seen="Longer vectors score higher. What is left of a dot product when both lengths are taken "
    "out of it?",
    why="These are the dot products themselves. Divide each by the lengths of its two rows, and "
    "what remains is the cosine.",
)  # fmt: skip
cosine.slip(
    "[:, None] * Y.norm(dim=1)", "[:, None]", name="only_x_normalised",
    seen="Stretching a row of X changes nothing, stretching a row of Y does. Whose length is left?",
    why="These are the numbers of dot products divided by the lengths of X's rows alone. The rows "
    "of Y have lengths, too.",
)  # fmt: skip
cosine.slip(
    "X.norm(dim=1)[:, None] * ", "", name="only_y_normalised",
    seen="Stretching a row of Y changes nothing, stretching a row of X does. Whose length is left?",
    why="These are the numbers of dot products divided by the lengths of Y's rows alone. The rows "
    "of X have lengths, too.",
)  # fmt: skip


@cosine.alternative
def normalised_first(X, Y):
    from torch.nn import functional as F

    return F.normalize(X, dim=-1) @ F.normalize(Y, dim=-1).T


@cosine.alternative
def by_einsum(X, Y):
    dots = torch.einsum("nd,md->nm", X, Y)
    squares = torch.outer((X * X).sum(1), (Y * Y).sum(1))
    return dots / squares.clamp_min(1e-24).sqrt()


@cosine.alternative
def by_loops(X, Y):
    table = torch.zeros(len(X), len(Y), dtype=X.dtype)
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            length = x.norm() * y.norm()
            if length > 0:
                table[i, j] = x @ y / length
    return table


@cosine.alternative
def with_a_small_addend(X, Y):
    return X @ Y.T / (X.norm(dim=1, keepdim=True) * Y.norm(dim=1, keepdim=True).T + 1e-8)
