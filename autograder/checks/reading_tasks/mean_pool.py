"""Checks and misconceptions for `mean_pool`."""

import torch

from autograder.checks.reading_tasks import after, before, drawn, either
from autograder.exercise import Exercise, agree, differ


def batches(g):
    some = torch.randint(2, 6, (1,), generator=g).item()
    return {
        "nothing is padded": (drawn(g, 2, 3, 5), after(3, 3, 3)),
        "short texts end in padding": (drawn(g, 4, 6, 5), after(6, 2, some, 6, 3)),
        "padding comes before the texts": (drawn(g, 3, 5, 8), before(5, 2, 5, 3)),
        "some texts are padded in front and some at the end": (
            drawn(g, 3, 6, 4),
            either(after(6, some), before(6, 4), after(6, 5)),
        ),
        "a text is one token": (drawn(g, 2, 4, 7), after(4, 1, 3)),
        "a text is empty": (drawn(g, 3, 4, 5), after(4, 2, 0, 4)),
        "the vectors are long": (drawn(g, 2, 5, 6) * 1000, after(5, 4, 3)),
        "the vectors are short": (drawn(g, 3, 4, 5) / 20, after(4, 2, 4, 3)),
    }


pool = Exercise(
    "reading_tasks.mean_pool",
    title="A direction for each text", needs=("pad_batch",),
    points=1.5, difficulty=1, minutes=15, optional=True, examples=batches,
)  # fmt: skip


@pool.oracle("torch.masked.mean and sklearn.preprocessing.normalize")
def _(hidden, mask):
    from sklearn.preprocessing import normalize

    mean = torch.masked.mean(hidden, 1, mask=mask.bool()[:, :, None]).nan_to_num(0.0)
    return torch.from_numpy(normalize(mean.numpy()))


@pool.claim("every text with a token gets a vector of length 1")
def _(answer):
    found = answer(torch.randn(4, 5, 6), after(5, 3, 5, 2, 4))
    agree(found.norm(dim=-1), torch.ones(4))
    differ(found[0], found[1])


@pool.claim("what is in the padding changes nothing")
def _(answer):
    hidden, mask = torch.randn(3, 5, 4), after(5, 2, 4, 3)
    real = mask.bool()[:, :, None]
    agree(answer(hidden.masked_fill(~real, 3.0), mask), answer(hidden, mask))
    differ(answer(hidden.masked_fill(real, 3.0), mask), answer(hidden, mask))


@pool.claim("two texts of the same words in another order point the same way")
def _(answer):
    hidden = torch.randn(1, 4, 5)
    found = answer(torch.cat([hidden, hidden.flip(1), -hidden]), after(4, 4, 4, 4))
    agree(found[1], found[0])
    agree(found[2], -found[0])
    differ(found[2], found[0])


@pool.claim("words ten times as long point the same way")
def _(answer):
    hidden, mask = torch.randn(2, 4, 5), after(4, 4, 3)
    agree(answer(hidden * 10, mask), answer(hidden, mask))
    differ(answer(hidden.flip(0), mask.flip(0)), answer(hidden, mask))


pool.slip(
    "(hidden * real)", "hidden", name="pads_included",
    seen="The direction changes with what is in the padding. Which vectors should be added up?",
    why="These are the numbers of a sum over all places, pads included. Multiplied by the mask, a "
    "pad adds 0.",
)  # fmt: skip
pool.slip(
    ".clamp_min(1e-12)", "", name="zero_div",
    seen="A text without a token gives NaN. Which divisor can be 0?",
    why="Somewhere 0 is divided by 0: a text without a token has 0 tokens and a mean of length 0. "
    "Keep *both* divisors above 0, as with `clamp_min`.",
)  # fmt: skip
pool.slip(
    "dim=1, keepdim=True", "dim=1", name="divisor_over_columns",
    seen="A number for each text does not fit the rows. With which axis is it lined up?",
    why="This divides `(B, D)` by `(B,)`. `keepdim=True` leaves an axis of size 1.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1,", "total.norm(dim=0,", name="norm_over_texts",
    seen="Columns have length 1, rows have not. What has length 1: a text, or a feature?",
    why="These are the numbers of a norm along the batch. The length of a text's vector sums over "
    "its features, the last axis.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1,", "total.norm(p=1, dim=1,", name="sum_of_amounts",
    seen="The amounts of a row sum to 1. Is that its length?",
    why="These are the numbers of a division by the sum of absolute values, the L1 norm. A dot "
    "product becomes a cosine by the root of the summed squares, the L2 norm.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1, keepdim=True)", "total.pow(2).sum(dim=1, keepdim=True)",
    name="no_root",
    seen="Long vectors come back short, short ones long. What is the length of (3, 4)?",
    why="These are the numbers of a division by the sum of squares. The length is its root.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1, keepdim=True)", "total.norm()", name="norm_of_the_batch",
    seen="The whole batch together has length 1. How long is each text?",
    why="These are the numbers of one norm for all texts. Each row has its own: `dim=-1` with "
    "`keepdim=True`.",
)  # fmt: skip


pool.excuse("total = (hidden", "the mean points the same way")


@pool.misconception(
    seen="These are the means. How long is a mean?",
    why="This is mean pooling without the last step, as some embedding models have it. Here each "
    "row is divided by its length, so that a dot product of two rows is a cosine.",
    convention=True,
)
def length_kept(hidden, mask):
    real = mask[:, :, None].to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1).clamp_min(1)


@pool.alternative
def divided_by_the_places(hidden, mask):
    """By T, by the count or by nothing: scaled to length 1, it is the same vector."""
    mean = (hidden * mask[:, :, None]).mean(dim=1)
    return torch.nn.functional.normalize(mean, dim=-1)


@pool.alternative
def with_a_small_addend(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / (mean.norm(dim=1, keepdim=True) + 1e-8)


@pool.alternative
def as_a_product(hidden, mask):
    total = (mask[:, None, :].to(hidden.dtype) @ hidden)[:, 0]
    return total * total.square().sum(-1, keepdim=True).clamp_min(1e-20).rsqrt()
