"""Checks and misconceptions for `mean_pool`."""

import torch

from autograder.checks.reading_tasks import after, before, drawn
from autograder.exercise import Exercise, agree, differ


def batches(g):
    some = torch.randint(2, 6, (1,), generator=g).item()
    return {
        "nothing is padded": (drawn(g, 2, 3, 5), after(3, 3, 3)),
        "short texts end in padding": (drawn(g, 4, 6, 5), after(6, 2, some, 6, 3)),
        "padding stands before the texts": (drawn(g, 3, 5, 8), before(5, 2, 5, 3)),
        "a text is one token": (drawn(g, 2, 4, 7), after(4, 1, 3)),
        "a text is empty": (drawn(g, 3, 4, 5), after(4, 2, 0, 4)),
        "the vectors are long": (drawn(g, 2, 5, 6) * 1000, after(5, 4, 3)),
        "the vectors are short": (drawn(g, 3, 4, 5) / 20, after(4, 2, 4, 3)),
    }


pool = Exercise(
    "reading_tasks.mean_pool",
    title="A direction for each text", needs=("pad_batch",),
    points=1.5, difficulty=1, minutes=10, examples=batches,
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


@pool.claim("what stands in the padding changes nothing")
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
    seen="The direction changes with what stands in the padding. Which vectors should be added up?",
    why="These are the numbers of a sum over all places, pads included. Multiplied by the mask, a "
    "pad adds 0.",
)  # fmt: skip
pool.slip(
    "mask[:, :, None].to(hidden.dtype)", "mask.to(hidden.dtype)", name="mask_without_its_axis",
    seen="Mask and vectors do not fit together. How many axes has each?",
    why="This multiplies `(B, T, D)` by `(B, T)`, and axes are matched from the right. "
    "`mask[:, :, None]` holds a token's 1 or 0 for all of its D numbers.",
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


@pool.misconception(
    seen="These are the means. How long is a mean?",
    why="This is mean pooling without the last step, as some embedding models have it. Here each "
    "row is divided by its length, so that a dot product of two rows is a cosine.",
    convention=True,
)
def length_kept(hidden, mask):
    real = mask[:, :, None].to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1).clamp_min(1)


@pool.misconception(
    seen="The differences are in late digits, and only where vectors are short. What is added to "
    "their lengths?",
    why="These are the numbers of 1e-6 added to every divisor. A floor such as `clamp_min(1e-12)` "
    "changes the divisor of empty texts alone; an addend does no harm from 1e-8 down.",
)
def addend_too_large(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / (mean.norm(dim=1, keepdim=True) + 1e-6)


@pool.misconception(
    seen="The whole batch together has length 1. How long is each text?",
    why="These are the numbers of `mean / mean.norm()`, one norm for all texts. Each row has its "
    "own: `dim=-1` with `keepdim=True`.",
)
def one_norm_for_all_means(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / mean.norm()


@pool.misconception(
    seen="Columns have length 1, rows have not. What has length 1: a text, or a feature?",
    why="These are the numbers of means with a norm along the batch, `dim=0`. The length of a "
    "text's vector sums over its features, the last axis.",
)
def means_normalised_over_texts(hidden, mask):
    return torch.nn.functional.normalize(length_kept(hidden, mask), dim=0)


@pool.misconception(
    seen="One token decides the direction. Where are the others?",
    why="These are the numbers of the first real token, scaled to length 1. The mean takes in all.",
)
def first_token(hidden, mask):
    first = hidden[torch.arange(len(hidden)), mask.argmax(dim=1)] * mask.amax(1, keepdim=True)
    return first / first.norm(dim=-1, keepdim=True).clamp_min(1e-12)


@pool.misconception(
    seen="Every feature is the largest that a token has. Is that an average?",
    why="These are the numbers of max pooling: of each feature the largest value among the real "
    "tokens. Add the tokens up instead.",
)
def max_pool(hidden, mask):
    real = mask.bool()[:, :, None]
    largest = hidden.masked_fill(~real, float("-inf")).amax(dim=1)
    largest = largest.masked_fill(largest.isinf(), 0.0)
    return largest / largest.norm(dim=-1, keepdim=True).clamp_min(1e-12)


@pool.misconception(
    seen="Long tokens count no more than short ones. What is scaled to length 1: the tokens, or "
    "their mean?",
    why="These are the numbers of tokens that are normalised before they are added up. Add first; "
    "only the sum is scaled.",
)
def tokens_normalised(hidden, mask):
    one_long = hidden / hidden.norm(dim=-1, keepdim=True)
    total = (one_long * mask[:, :, None]).sum(dim=1)
    return total / total.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def mean_of_real(hidden, mask):
    """NaN for an empty text: who writes the mean first often divides by its 0 tokens."""
    real = mask[:, :, None].to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


@pool.misconception(
    seen="All texts together have length 1, and beside an empty text all are NaN. How long is each "
    "text?",
    why="These are the numbers of `mean / mean.norm()`, one norm for all texts. Each row has its "
    "own: `dim=-1` with `keepdim=True`. And a text of no tokens has the mean 0 / 0.",
)
def means_with_one_norm(hidden, mask):
    mean = mean_of_real(hidden, mask)
    return mean / mean.norm()


@pool.misconception(
    seen="Long vectors come back short, short ones long. What is the length of (3, 4)? And what is "
    "the mean of no tokens?",
    why="These are the numbers of a mean divided by the sum of its squares. The length is the root "
    "of that. And a text of no tokens has the mean 0 / 0: keep that divisor above 0.",
)
def mean_without_the_root(hidden, mask):
    mean = mean_of_real(hidden, mask)
    return mean / mean.pow(2).sum(dim=-1, keepdim=True)


@pool.misconception(
    seen="The directions are nearly right and the lengths are below 1. How long is the mean of "
    "vectors that have length 1?",
    why="These are the numbers of a mean of tokens that were scaled to length 1. Take the mean of "
    "the tokens as they are; what is scaled is the mean.",
)
def mean_of_directions(hidden, mask):
    one_long = hidden / hidden.norm(dim=-1, keepdim=True)
    return (one_long * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp_min(1)


@pool.misconception(
    seen="The lengths are right and the directions change with the padding. What does "
    "`hidden.mean(1)` average?",
    why="The same as a sum over all places: once the length is 1, a divisor no longer matters.",
    alias="pads_included",
)
def mean_of_all_places_(hidden, mask):
    return torch.nn.functional.normalize(hidden.mean(1), dim=-1)


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
