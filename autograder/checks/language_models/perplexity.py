"""Checks and misconceptions for `perplexity`."""

import math

import torch

from autograder.exercise import Exercise


def bills(g):
    n = torch.randint(5, 60, (6,), generator=g).tolist()
    means = (0.5 + 2.5 * torch.rand(6, generator=g, dtype=torch.float64)).tolist()
    few, some, many = n[0] // 5 + 2, n[1] // 10 + 3, n[2] + 15
    return {
        "there is one document": ([6.0], [4]),
        "two documents have the same length": (
            [some * means[0], 2.5 * some * means[0]],
            [some, some],
        ),
        "a short document is dear and a long one cheap": ([3.0 * few, 0.5 * many], [few, many]),
        "a document has no token": ([few * 1.25, 0.0, some * 2.5], [few, 0, some]),
        "a document is long": ([1500.0 * means[1], 2.5], [1000, n[3]]),
        "a corpus has more tokens than half precision counts": (
            [100_000 * means[2], 70.0 * means[3]],
            [70_000 + n[4], 2049],
        ),
        "nothing surprised": ([0.0, 0.0], [some, many]),
        "nothing in one of two documents surprised": ([0.0, 1.5 * many], [few, many]),
        "six documents are given": ([m * k for m, k in zip(means, n, strict=True)], n),
    }


ppl = Exercise(
    "language_models.perplexity",
    fast_track=True,
    title="Perplexity", needs=("token_nll",),
    points=1, difficulty=1, minutes=5, examples=bills,
)  # fmt: skip


ppl.leave_out("empty nll_sums", "both lists have one entry for each document")


@ppl.oracle("numpy.average and numpy.exp")
def _(nll_sums, n_tokens):
    import numpy as np

    kept = [(nll, n) for nll, n in zip(nll_sums, n_tokens, strict=True) if n]
    means, weights = [nll / n for nll, n in kept], [n for _, n in kept]
    return float(np.exp(np.average(means, weights=weights)))


@ppl.claim("choosing among 8 equally likely tokens each time has perplexity 8")
def _(answer):
    assert abs(answer([5 * math.log(8), 3 * math.log(8)], [5, 3]) - 8) < 1e-6
    assert abs(answer([2 * math.log(3)], [2]) - 3) < 1e-6


@ppl.claim("cutting a document in two changes nothing")
def _(answer):
    whole = answer([9.0, 4.0], [6, 10])
    assert abs(answer([3.0, 6.0, 4.0], [4, 2, 10]) - whole) < 1e-6
    assert abs(answer([9.0, 8.0], [6, 10]) - whole) > 0.1


ppl.slip(
    "math.exp(", "2 ** (", name="base2",
    seen="The perplexity is too small. In which unit are the sums?",
    why="These are powers of 2, which go with bits. The sums are in nats: exp.",
    convention=True,
)  # fmt: skip
ppl.slip(
    "sum(n_tokens)", "len(n_tokens)", name="per_document",
    seen="Longer documents make the perplexity larger. By what is the sum divided?",
    why="This is exp of the nats per *document*. Perplexity is per token: divide by all tokens.",
)  # fmt: skip
ppl.slip(
    "math.exp(math.fsum(nll_sums)", "math.exp(-math.fsum(nll_sums)", name="inverse",
    seen="The perplexity is below 1. What would it be for a model that is always right?",
    why="This is the mean probability of a token (the geometric mean). The perplexity is 1 over it.",
)  # fmt: skip
ppl.slip(
    "math.exp(math", "(math", name="no_exp",
    seen="A model that is never surprised gets 0. Among how many tokens does it choose?",
    why="These are the mean nats per token. Perplexity is exp of that: 1 for certainty.",
)  # fmt: skip
ppl.slip(
    "math.exp(math.fsum(nll_sums) / sum(n_tokens))",
    "torch.tensor(nll_sums).sum().div(sum(n_tokens)).exp()", name="a_tensor",
    seen="The number is right. What type is it?",
    why="The perplexity came back as a tensor. Nothing learns from it: `float(...)` or `math.exp`.",
)  # fmt: skip


@ppl.misconception(
    seen="One dear, short document moves the result a lot. Does each *token* count the same?",
    why="This is a mean of each document's perplexity. Add up all nats and all tokens, divide once, "
    "and take exp last.",
)
def mean_of_ppl(nll_sums, n_tokens):
    each = [math.exp(nll / n) if n else 1.0 for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return sum(each) / len(each)


@ppl.misconception(
    seen="A short document weighs as much as a long one. Does each *token* count the same?",
    why="This is exp of a mean of means. Divide the sum of all nats by the number of all tokens.",
)
def mean_of_means(nll_sums, n_tokens):
    each = [nll / n if n else 0.0 for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return math.exp(sum(each) / len(each))


@ppl.misconception(
    seen="A document without tokens fails. What should be divided, and how often?",
    why="This is exp of a mean of means: each document is divided on its own, and 0 / 0 fails. Divide "
    "once, the sum of all nats by the number of all tokens.",
)
def mean_of_means_unguarded(nll_sums, n_tokens):
    each = [nll / n for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return math.exp(sum(each) / len(each))


@ppl.misconception(
    seen="A document without tokens fails. And does each *token* count the same?",
    why="This is a mean of each document's perplexity, and 0 / 0 fails. Add up all nats and all "
    "tokens, divide once, and take exp last.",
)
def mean_of_ppl_unguarded(nll_sums, n_tokens):
    each = [math.exp(nll / n) for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return sum(each) / len(each)


@ppl.misconception(
    seen="The result is astronomically large, or fails. Of what is exp taken?",
    why="This is 1 over the probability of all documents together. Divide by the number of tokens "
    "before exp.",
)
def not_divided(nll_sums, n_tokens):
    return math.exp(sum(nll_sums))


@ppl.misconception(
    seen="A short document weighs as much as a long one. Does each *token* count the same?",
    why="This is exp of a mean of means, over the documents that have tokens. Divide the sum of all "
    "nats by the number of all tokens.",
)
def mean_of_the_means_that_are(nll_sums, n_tokens):
    each = [nll / n for nll, n in zip(nll_sums, n_tokens, strict=True) if n]
    return math.exp(sum(each) / len(each))


@ppl.misconception(
    seen="One dear, short document moves the result a lot. Does each *token* count the same?",
    why="This is a mean of the perplexities of all documents that have tokens. Add up all nats and "
    "all tokens, divide once, and take exp last.",
)
def mean_of_the_ppl_that_are(nll_sums, n_tokens):
    each = [math.exp(nll / n) for nll, n in zip(nll_sums, n_tokens, strict=True) if n]
    return sum(each) / len(each)


@ppl.misconception(
    seen="The perplexity is too large, and more so the higher it is. In which unit is a number that "
    "goes with exp?",
    why="This is exp of the mean in bits. exp goes with nats, 2 to the power with bits: the sums are "
    "in nats, so exp of their mean is all.",
)
def exp_of_bits(nll_sums, n_tokens):
    return math.exp(sum(nll_sums) / math.log(2) / sum(n_tokens))


@ppl.alternative
def by_tensor(nll_sums, n_tokens):
    total = torch.tensor(nll_sums, dtype=torch.float64).sum()
    return float(torch.exp(total / torch.tensor(n_tokens).sum()))


@ppl.alternative
def as_a_root(nll_sums, n_tokens):
    n = sum(n_tokens)
    product = 1.0
    for nll in nll_sums:
        product *= math.exp(nll / n)
    return product
