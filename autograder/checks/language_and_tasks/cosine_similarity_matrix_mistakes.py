"""More misconceptions about `cosine_similarity_matrix`."""

from autograder.checks.language_and_tasks.cosine_similarity_matrix import cosine


@cosine.misconception(
    seen="What is similar comes out small and what differs comes out large. Which of the two has "
    "1 for a vector and itself?",
    why="This is the cosine *distance*, 1 - cos, as SciPy's `cosine` and many vector databases give "
    "it. Here the similarity itself is asked for.",
    convention=True,
)
def distance(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return 1 - X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="The columns were made equally long, and the rows were not. Along which axis does one "
    "text lie?",
    why="These are the numbers of norms taken over `dim=0`, down the batch. A text is a row: its "
    "length is the norm over `dim=1`.",
)
def wrong_axis(X, Y):
    X = X / X.norm(dim=0, keepdim=True).clamp_min(1e-12)
    Y = Y / Y.norm(dim=0, keepdim=True).clamp_min(1e-12)
    return X @ Y.T


@cosine.misconception(
    seen="With one row each it is right, with more the values shrink. How many lengths has a table "
    "of three rows?",
    why="These are the numbers of a norm over the whole table: `X.norm()` without `dim` is a single "
    "number. Each row has a length of its own.",
)
def one_norm_for_all(X, Y):
    return X @ Y.T / (X.norm() * Y.norm())


@cosine.misconception(
    seen="Long vectors come out too small and short ones too large. By what power of its length was "
    "each divided?",
    why="These are the numbers of dot products divided by the *squared* lengths. A length is the "
    "root of the sum of squares.",
)
def squared_lengths(X, Y):
    lengths = (X**2).sum(-1)[:, None] * (Y**2).sum(-1)
    return X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="The table lies on its side. Who are the rows: texts of X, or texts of Y?",
    why="These are the right numbers with rows and columns exchanged. Entry (i, j) belongs to row i "
    "of X and row j of Y: `X @ Y.T`.",
)
def transposed(X, Y):
    lengths = Y.norm(dim=-1)[:, None] * X.norm(dim=-1)
    return Y @ X.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="Two rows without a common word come out negative. What was taken away before the angle "
    "was measured?",
    why="This is the *correlation* of Pearson: the cosine after each row's own mean was subtracted. "
    "The cosine takes the rows as they come.",
    convention=True,
)
def centred(X, Y):
    X = X - X.mean(dim=-1, keepdim=True)
    Y = Y - Y.mean(dim=-1, keepdim=True)
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="Right where X and Y have several rows each. What does `squeeze` do with an axis of size 1?",
    why="These are the right numbers without the axes of size 1: `squeeze()` takes every one of them "
    "away. One row against four is still a table, 1 by 4.",
    code=r"squeeze\(",
)
def squeezed(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return (X @ Y.T / lengths.clamp_min(1e-12)).squeeze()


@cosine.misconception(
    seen="The sizes are right, the signs are gone. What should a vector and its opposite get?",
    why="These are the absolute values. A cosine of -1 says *opposite*, which is not the same as "
    "alike.",
)
def sign_lost(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return (X @ Y.T).abs() / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="A vector of three equal numbers gets 0.33 with itself. How long is the diagonal of a "
    "square?",
    why="These are the numbers of lengths taken as sums of absolute values. The length in a cosine "
    "is the Euclidean one, the root of the sum of squares.",
)
def city_block(X, Y):
    lengths = X.abs().sum(-1)[:, None] * Y.abs().sum(-1)
    return X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="Each row was compared with one row only. How many pairs do three rows and four rows make?",
    why="These are the cosines of row i with row i. Every row of X meets every row of Y: a table, N "
    "by M, which `X @ Y.T` gives at once.",
)
def row_by_row(X, Y):
    return (X * Y).sum(-1) / (X.norm(dim=-1) * Y.norm(dim=-1)).clamp_min(1e-12)


UNTURNED = {
    "seen": "It multiplies, and for the sizes to fit, one of the two has to be turned. Which axes "
    "should be summed over?",
    "why": "These are sums over the columns of X and the *rows* of Y, as in `X @ Y`. Both texts lie "
    "in rows, so the second is turned: `X @ Y.T`.",
}


@cosine.misconception(**UNTURNED)
def not_turned(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return X @ Y / lengths.clamp_min(1e-12)


@cosine.misconception(**UNTURNED)
def normalised_and_not_turned(X, Y):
    X = X / X.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    return X @ (Y / Y.norm(dim=-1, keepdim=True).clamp_min(1e-12))


@cosine.misconception(
    seen="The lengths of X were multiplied by those of Y, first by first. How many products are "
    "needed for three rows and four rows?",
    why="The lengths of X have the shape `(N,)` and those of Y `(M,)`: they meet entry by entry, or "
    "not at all. With `[:, None]` on the first, `(N, 1)` times `(M,)` is a table `(N, M)`.",
)
def lengths_side_by_side(X, Y):
    return X @ Y.T / (X.norm(dim=1) * Y.norm(dim=1))


@cosine.misconception(
    seen="The lengths of X have the shape `(N,)`. Do they meet the rows of X, or the columns?",
    why="Shapes are lined up from the right, so N lengths meet N columns, or nothing that fits. "
    "With `keepdim=True` they have the shape `(N, 1)`, and each meets its own row.",
)
def lengths_over_columns(X, Y):
    return (X / X.norm(dim=1).clamp_min(1e-12)) @ (Y / Y.norm(dim=1).clamp_min(1e-12)).T


@cosine.misconception(
    seen="Lengths of the shapes `(N, 1)` and `(M, 1)` were multiplied. Which shape makes a table of "
    "them?",
    why="Two columns meet entry by entry, or not at all. One of them has to lie down: `(N, 1)` times "
    "`(1, M)` is `(N, M)`, as with `.T` after the second.",
)
def columns_times_columns(X, Y):
    lengths = X.norm(dim=1, keepdim=True) * Y.norm(dim=1, keepdim=True)
    return X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="Long rows of Y come out too large. In `a / b * c`, is `c` part of the divisor?",
    why="These are dot products divided by the one length and multiplied by the other: `a / b * c` is "
    "`(a / b) * c`. Put the product in brackets, or divide twice.",
)
def divided_and_multiplied(X, Y):
    return X @ Y.T / X.norm(dim=1, keepdim=True).clamp_min(1e-12) * Y.norm(dim=1)


@cosine.misconception(
    seen="A length was taken for each column. Along which axis does one text lie?",
    why="These are the numbers of `norm(dim=0)`, which uses the rows up and leaves a length for "
    "every word. A text is a row: its length is the norm over `dim=1`.",
)
def lengths_of_columns(X, Y):
    return X @ Y.T / (X.norm(dim=0) * Y.norm(dim=0))


@cosine.misconception(
    seen="Each row was divided by the sum of its numbers. Is that how long it is?",
    why="These are the numbers of sums in place of lengths. A vector's length is the root of the "
    "sum of its squares: `X.norm(dim=1)`.",
)
def sums_for_lengths(X, Y):
    return X @ Y.T / (X.sum(dim=1)[:, None] * Y.sum(dim=1))


@cosine.misconception(
    seen="A right angle comes out as 1.57. Is that the cosine, or the angle?",
    why="These are the angles themselves, in radians. Their cosine is what you have before `acos`.",
    convention=True,
)
def angle(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return (X @ Y.T / lengths.clamp_min(1e-12)).acos()


@cosine.misconception(
    seen="Short rows come out too small. From which length on is a divisor left as it is?",
    why="These are the numbers of a floor at 1, which lifts short rows, too. It is there for "
    "rows of zeros alone, so it has to be tiny, such as 1e-12.",
)
def floor_at_one(X, Y):
    return X @ Y.T / (X.norm(dim=1)[:, None] * Y.norm(dim=1)).clamp_min(1.0)


@cosine.misconception(
    seen="The differences are in the sixth digit, and only where rows are short. What is added to "
    "their lengths?",
    why="These are the numbers of 1e-6 added to every divisor. A floor such as `clamp_min(1e-12)` "
    "changes the divisor of empty rows alone; an addend does no harm from 1e-8 down.",
)
def addend_too_large(X, Y):
    return X @ Y.T / (X.norm(dim=1)[:, None] * Y.norm(dim=1) + 1e-6)


@cosine.misconception(
    seen="Nothing comes out below 0. What should opposites get?",
    why="These are the cosines with everything negative cut to 0. With counts of words a cosine "
    "cannot be negative; with other vectors it can, and that says *opposite*.",
)
def cut_at_zero(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return (X @ Y.T / lengths.clamp_min(1e-12)).clamp_min(0.0)


@cosine.misconception(
    seen="What is alike comes out as 0 and what differs has no upper end. What is measured here?",
    why="These are Euclidean distances, from tip to tip. They grow with the lengths; the cosine looks "
    "at the angle alone.",
)
def tip_to_tip(X, Y):
    return (X[:, None] - Y[None]).norm(dim=-1)
