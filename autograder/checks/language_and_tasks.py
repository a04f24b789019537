"""Checks and misconceptions for chapters/1_nlp/01_language_and_tasks.md."""

import torch

from autograder.exercise import Exercise
from autograder.judge import agree, differ

# ----------------------------------------------------------------- cosine_similarity_matrix


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
        "a row of X is all zeros": (blank_first, draw(4, 6)),
        "a row of Y is all zeros": (draw(4, 6), blank_second),
    }


cosine = Exercise(
    "language_and_tasks.cosine_similarity_matrix",
    fast_track=True,
    title="Every cosine at once",
    points=2, difficulty=1, minutes=10, examples=vectors,
    forbid=("cosine_similarity", "CosineSimilarity", "cdist", "pairwise_distance"),
)  # fmt: skip


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
    "why": "`X @ Y` sums over the columns of X and the *rows* of Y. Both texts lie in rows, so the "
    "second is turned: `X @ Y.T`.",
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
    why="`X.norm(dim=1)` has the shape `(N,)` and that of Y `(M,)`: they meet entry by entry, or "
    "not at all. With `[:, None]` on the first, `(N, 1)` times `(M,)` is a table `(N, M)`.",
)
def lengths_side_by_side(X, Y):
    return X @ Y.T / (X.norm(dim=1) * Y.norm(dim=1))


@cosine.misconception(
    seen="`X.norm(dim=1)` has the shape `(N,)`. Does it meet the rows of X, or the columns?",
    why="Shapes are lined up from the right, so N lengths meet N columns, or nothing that fits. "
    "With `keepdim=True` they have the shape `(N, 1)`, and each meets its own row.",
)
def lengths_over_columns(X, Y):
    return (X / X.norm(dim=1).clamp_min(1e-12)) @ (Y / Y.norm(dim=1).clamp_min(1e-12)).T


@cosine.misconception(
    seen="Lengths of the shapes `(N, 1)` and `(M, 1)` were multiplied. Which shape makes a table of "
    "them?",
    why="Two columns meet entry by entry, or not at all. One of them has to lie down: `(N, 1)` times "
    "`(1, M)` is `(N, M)`, as with `.T` behind the second.",
)
def columns_times_columns(X, Y):
    lengths = X.norm(dim=1, keepdim=True) * Y.norm(dim=1, keepdim=True)
    return X @ Y.T / lengths.clamp_min(1e-12)


@cosine.misconception(
    seen="Long rows of Y come out too large. In `a / b * c`, is `c` below the line?",
    why="`a / b * c` is `(a / b) * c`: divided by the one length, multiplied by the other. Put the "
    "product in brackets, or divide twice.",
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
    why="These are the angles themselves, in radians. Their cosine is what stands there before "
    "`acos`.",
    convention=True,
)
def angle(X, Y):
    lengths = X.norm(dim=-1)[:, None] * Y.norm(dim=-1)
    return (X @ Y.T / lengths.clamp_min(1e-12)).acos()


@cosine.misconception(
    seen="Short rows come out too small. From which length on is a divisor left as it is?",
    why="These are the numbers of a floor at 1, on which short rows stand as well. It is there for "
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


@cosine.alternative
def normalised_first(X, Y):
    from torch.nn import functional as F

    return F.normalize(X, dim=-1) @ F.normalize(Y, dim=-1).T


@cosine.alternative
def by_einsum(X, Y):
    dots = torch.einsum("nd,md->nm", X, Y)
    lengths = torch.outer((X * X).sum(1).sqrt(), (Y * Y).sum(1).sqrt())
    return torch.where(lengths > 0, dots / lengths.clamp_min(1e-8), torch.zeros_like(dots))


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


# ------------------------------------------------------------------------ training_emissions


def runs(g):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=g).item()

    return {
        "one GPU runs for an hour": (1.0, 500.0, 1.2, 0.5),
        "nothing is spent on cooling": (draw(100, 200), draw(200, 350), 1.0, draw(0.2, 0.7)),
        "the electricity is free of carbon": (draw(100, 200), draw(200, 350), 1.3, 0.0),
        "a thousand GPUs run for days": (draw(4e4, 9e4), 400.0, draw(1.1, 1.6), draw(0.05, 0.9)),
        "the numbers are those of any small run": (
            draw(5, 50), draw(50, 300), draw(1.1, 1.9), draw(0.05, 0.9)
        ),
        "nothing runs": (0.0, 400.0, 1.1, 0.385),
    }  # fmt: skip


emissions = Exercise(
    "language_and_tasks.training_emissions",
    title="What a training run leaves behind",
    points=1, difficulty=1, minutes=10, examples=runs,
    kind="predict",
    question="Training LLaMA-65B took about a million hours on GPUs of 400 watts. How many tonnes "
    "of CO2e did it leave behind?",
    unit="t CO2e",
    counted=lambda reference: reference(1_022_362.0, 400.0, 1.1, 0.385)[1] / 1000,
)  # fmt: skip


def near(got, wanted):
    assert len(got) == len(wanted)
    for one, other in zip(got, wanted, strict=True):
        assert abs(one - other) <= 0.006 * other


@emissions.claim("the published rows come out: LLaMA-7B and 65B, as Touvron et al. print them")
def _(answer):
    near(answer(1_022_362.0, 400.0, 1.1, 0.385), (449_839.0, 173_188.0))
    near(answer(82_432.0, 400.0, 1.1, 0.385), (36_270.0, 13_964.0))


@emissions.claim("a kilowatt for an hour is a kilowatt-hour")
def _(answer):
    kwh, _ = answer(1.0, 1000.0, 1.0, 0.25)
    assert abs(kwh - 1.0) < 1e-6


@emissions.claim("cleaner electricity changes the emissions and not the energy")
def _(answer):
    (kwh, kg), (same, less) = answer(100.0, 400.0, 1.5, 0.4), answer(100.0, 400.0, 1.5, 0.1)
    assert abs(kwh - same) < 1e-6 < kwh
    assert abs(kg / less - 4) < 1e-6


emissions.slip(
    " * pue", "", name="no_pue",
    seen="The machines are counted. Who pays for their cooling?",
    why="These are the numbers without the PUE: what the GPUs draw, not what the data centre takes "
    "from the grid. Multiply the energy by `pue`.",
)  # fmt: skip
emissions.slip(
    "gpu_hours * gpu_watts", "gpu_watts", name="no_hours",
    seen="However long they run, the energy is the same. What are kilowatts times hours?",
    why="These are the numbers of the power, in kilowatts. Energy is power times time: multiply by "
    "`gpu_hours`.",
)  # fmt: skip
emissions.slip(
    " / 1000", "", name="watts_as_kw",
    seen="Everything is a thousand times too large. How many watts make a kilowatt?",
    why="These are watt-hours. A kilowatt-hour is 1000 of them.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh * kg_per_kwh / 1000", name="gram_kg",
    seen="The energy is right, the emissions are a thousandth of what they should be. In which unit "
    "does the intensity come?",
    why="These are kilograms divided by 1000: tonnes, or what kilograms would be if the intensity "
    "came in grams. It comes in kilograms, and kilograms are asked for.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh * pue * kg_per_kwh", name="pue_twice",
    seen="The energy is right, the emissions are too high by the PUE. Which energy does the grid "
    "deliver?",
    why="These are the numbers of a PUE multiplied in twice. The energy has it already.",
)  # fmt: skip
emissions.slip(
    "1000 * pue", "1000 / pue", name="pue_divided",
    seen="The worse the cooling, the less energy is used. Is that likely?",
    why="These are the numbers of an energy *divided* by the PUE. What the machines draw is the "
    "smaller number; the data centre takes PUE times as much.",
)  # fmt: skip
emissions.slip(
    "1000 * pue", "1000 * (1 + pue)", name="pue_as_overhead",
    seen="With a PUE of 1 the energy doubles. What does a PUE of 1 stand for?",
    why="These are the numbers of a PUE taken for what comes on top. It is the whole, cooling "
    "included: 1.0 means nothing on top.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh / kg_per_kwh", name="intensity_divided",
    seen="Clean electricity gives high emissions. What is the unit of kWh times kg per kWh?",
    why="These are the numbers of a division by the intensity. Kilograms for each kWh, times kWh, "
    "are kilograms.",
)  # fmt: skip


@emissions.misconception(
    seen="The numbers are right and change places. Which comes first?",
    why="These are (kg, kWh). The energy comes first.",
)
def swapped(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh * kg_per_kwh, kwh


@emissions.misconception(
    seen="The energy is that of the GPUs, the emissions are those of the whole data centre. Which "
    "energy is asked for?",
    why="These are the numbers of a PUE that is put on the emissions alone. The energy, too, is what "
    "the data centre takes from the grid.",
)
def pue_on_emissions_only(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000
    return kwh, kwh * pue * kg_per_kwh


@emissions.misconception(
    seen="The energy has the cooling in it. From which energy were the emissions made?",
    why="These are emissions of the machines alone. The grid delivers the cooling's share as well: "
    "multiply the energy with the PUE in it.",
)
def emissions_without_pue(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000
    return kwh * pue, kwh * kg_per_kwh


@emissions.misconception(
    seen="The energy is right, the emissions are a thousand times too large. For each of what does "
    "the intensity count kilograms?",
    why="These are emissions made from watt-hours. The intensity is for each kWh: multiply the "
    "energy that is returned.",
)
def emissions_from_watt_hours(gpu_hours, gpu_watts, pue, kg_per_kwh):
    watt_hours = gpu_hours * gpu_watts * pue
    return watt_hours / 1000, watt_hours * kg_per_kwh


@emissions.misconception(
    seen="The emissions are right, the energy is a thousandth. How many kWh are in a MWh?",
    why="This energy is in megawatt-hours, as tables of large models print it. Here it is asked for "
    "in kWh.",
    convention=True,
)
def in_megawatt_hours(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh / 1000, kwh * kg_per_kwh


@emissions.misconception(
    seen="Megawatt-hours and tonnes: each is a thousandth of what is asked for. Which units does the "
    "first line of the docstring name?",
    why="These are the units in which papers print their tables, MWh and tonnes. Here kWh and "
    "kilograms are asked for.",
    convention=True,
)
def in_the_units_of_tables(gpu_hours, gpu_watts, pue, kg_per_kwh):
    mwh = gpu_hours * gpu_watts / 1e6 * pue
    return mwh, mwh * kg_per_kwh


@emissions.alternative
def joules_first(gpu_hours, gpu_watts, pue, kg_per_kwh):
    joules = gpu_hours * 3600 * gpu_watts * pue
    kwh = joules / 3.6e6
    return kwh, kg_per_kwh * kwh


@emissions.alternative
def kilowatts_first(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kilowatts = gpu_watts / 1e3 * pue
    energy = kilowatts * gpu_hours
    return (energy, energy * kg_per_kwh)


# ----------------------------------------------------------------------------- limits_section

limits = Exercise(
    "language_and_tasks.limits_section",
    title="The limits section of a model card",
    points=3, difficulty=2, minutes=25, kind="write",
    rubric={
        "Says what the model was trained on, and that its test came from the same small world.": 0.5,
        "Names two failures, each with a number and how to get that number again.": 1,
        "Says that texts from outside its world get a label all the same, some a high score.": 0.5,
        "Names a use that the model is not fit for, and why.": 0.5,
        "Claims no more than was measured, in 80 to 150 words, without praise.": 0.5,
    },
)  # fmt: skip
