"""More misconceptions about `mean_pool`."""

import torch

from autograder.checks.reading_tasks.mean_pool import length_kept, pool


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
    seen="Long vectors come back short, short ones long. What is the length of (3, 4)?",
    why="These are the numbers of a mean divided by the sum of its squares. The length is the root "
    "of that.",
)
def guarded_mean_without_the_root(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / mean.pow(2).sum(dim=-1, keepdim=True).clamp_min(1e-12)


@pool.misconception(
    seen="With padding before a text its direction is another. Does the number of real tokens say "
    "where they stand?",
    why="These are the numbers of the first n places, with n the number of real tokens. They hold "
    "the text only where padding follows it; the mask says which places are real.",
)
def the_first_places(hidden, mask):
    first = torch.arange(mask.shape[1]) < mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(length_kept(hidden, first), dim=-1)


@pool.misconception(
    seen="The direction is that of the padding. Where is the mask 1, and where 0?",
    why="These are the numbers of the pads' mean, scaled to length 1. The mask is 1 at real tokens; "
    "`masked_fill` hides where its mask is True.",
)
def padding_in_place_of_text(hidden, mask):
    return torch.nn.functional.normalize((hidden * (1 - mask)[:, :, None]).sum(1), dim=-1)


@pool.misconception(
    seen="The direction changes with the padding, except in an empty text. What does `hidden.mean(1)` "
    "average?",
    why="These are the numbers of a sum over all places, pads included, and zeros for an empty text. "
    "Multiplied by the mask, a pad adds 0.",
)
def pads_included_but_in_empty_texts(hidden, mask):
    found = torch.nn.functional.normalize(hidden.mean(1), dim=-1)
    return found * (mask.sum(1, keepdim=True) > 0)


@pool.misconception(
    seen="With one text, or one number a token, an axis is gone. Which axes have size 1 then?",
    why="These are the numbers of `.squeeze()`, which takes away every axis of size 1, the batch "
    "among them. Name the axis that is to go: `.squeeze(1)`.",
    code="squeeze",
)
def squeezed(hidden, mask):
    return torch.nn.functional.normalize(length_kept(hidden, mask), dim=-1).squeeze()


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


@pool.misconception(
    seen="Mask and vectors do not fit together. Which axis of the mask lies over the D numbers of a "
    "token?",
    why="Axes are matched from the right. So `mask`, and `mask[:, None]` too, lay their T places "
    "over the D numbers of a token. `mask[:, :, None]` holds a token's 1 or 0 for all D of them.",
)
def mask_without_its_axis(hidden, mask):
    total = (hidden * mask.to(hidden.dtype)).sum(dim=1)
    return total / total.norm(dim=1, keepdim=True).clamp_min(1e-12)
