"""Checks and misconceptions for `pass_at_k`."""

import math
from itertools import combinations, pairwise

import torch

from autograder.exercise import Exercise


def counts(g):
    def between(least, most):
        return int(torch.randint(least, most + 1, (), generator=g))

    return {
        "one is taken": (between(7, 12), between(2, 6), 1),
        "two are taken": (5, 2, 2),
        "several are taken": (between(16, 20), between(3, 5), between(6, 8)),
        "none is right": (between(4, 9), 0, 3),
        "all are right": (6, 6, 2),
        "one is right, and all are taken": (between(5, 8), 1, 5),
        "fewer are wrong than are taken": (10, 7, between(5, 8)),
        "as many are wrong as are taken": (9, 5, 4),
        "there is a single answer, and it is wrong": (1, 0, 1),
        "there are hundreds": (between(300, 400), between(20, 30), 50),
        "there are thousands": (between(2000, 3000), between(5, 9), 900),
    }


passed = Exercise(
    "prompting.pass_at_k", fast_track=True,
    title="A right one among k",
    points=2, difficulty=2, minutes=12, examples=counts,
)  # fmt: skip


@passed.oracle("math.comb")
def _(n, c, k):
    return 1 - math.comb(n - c, k) / math.comb(n, k)


@passed.alternative
def by_logarithms(n, c, k):
    if n - c < k:
        return 1.0
    logs = sum(math.log(i - k) - math.log(i) for i in range(n - c + 1, n + 1)) if k < n else 0.0
    return 1.0 - math.exp(logs) if c else 0.0


@passed.claim("it is the share of all ways to take k that have a right one")
def _(answer):
    for n, c, k in ((4, 1, 2), (5, 2, 3), (6, 3, 2), (7, 1, 5), (6, 2, 1)):
        ways = list(combinations(range(n), k))
        share = sum(min(way) < c for way in ways) / len(ways)
        assert abs(answer(n, c, k) - share) < 1e-6


@passed.claim("it grows with each one that is taken, until too few wrong ones are left")
def _(answer):
    for n, c in ((9, 3), (14, 5)):
        found = [answer(n, c, k) for k in range(1, n + 1)]
        sure = n - c  # from the next one on
        assert all(a + 1e-9 < b for a, b in pairwise(found[: sure + 1]))
        assert all(abs(each - 1) < 1e-9 for each in found[sure:])


passed.slip(
    "(n - c - i) / (n - i)", "(n - c) / n", name="biased",
    seen="One taken at a time is right. What is left of the n when the second one is taken?",
    why="This is 1 - (1 - c/n)^k: each answer is put back before the next is taken, so the same "
    "wrong one can come twice. The value is too low. k *different* ones are taken.",
)  # fmt: skip
passed.slip(
    "(n - i)", "n", name="same_denominator",
    seen="How many are left to choose from when some have been taken?",
    why="Each wrong one that is taken is missing among the wrong ones here, and not among all. After i "
    "have been taken, n - i are left.",
)  # fmt: skip
passed.slip(
    "1 - all_wrong", "all_wrong", name="all_wrong",
    seen="Is this the chance of success or of failure?",
    why="This is the probability that none of the k is right. It is 1 minus that.",
)  # fmt: skip
passed.slip(
    "(n - c - i)", "(c - i)", name="all_right",
    seen="What has to happen so that there is *no* right one?",
    why="This multiplies the probabilities that each answer is right, so it is about all k being right. "
    "Ask first how likely it is that all of them are wrong.",
)  # fmt: skip


@passed.misconception(
    seen="What does it give for two, and for three?",
    why="This is c/n whatever k is. It holds for one answer. With more answers a right one is "
    "more likely.",
)
def c_over_n(n, c, k):
    return c / n


@passed.misconception(
    seen="Can a probability be larger than 1?",
    why="The probabilities of k answers are added here. Both can be right, and that is then counted "
    "twice.",
)
def added(n, c, k):
    return k * c / n


@passed.misconception(
    seen="Adding is not far off for rare ones. What about two that are both right?",
    why="The probabilities of k answers are added here and cut off at 1. Both can be right, and that is "
    "then counted twice.",
)
def added_up_to_one(n, c, k):
    return min(1.0, k * c / n)


@passed.misconception(
    seen="Small numbers are right. How large is the factorial of some hundreds?",
    why="Factorials as floats are too large here beyond 170. Divide as you multiply, one factor "
    "at a time, or stay with whole numbers as `math.comb` does.",
)
def factorial_overflow(n, c, k):
    if n - c < k:
        return 1.0
    wrong = math.gamma(n - c + 1) * math.gamma(n - k + 1)
    return 1 - wrong / (math.gamma(n - c - k + 1) * math.gamma(n + 1))


@passed.misconception(
    seen="What if fewer are wrong than are taken?",
    why="This gives 0 where fewer answers are wrong than are taken. Then a right one must be among those "
    "that are taken, so it is 1.",
)
def n_minus_c_lt_k(n, c, k):
    if n - c < k:
        return 0.0
    return 1 - math.comb(n - c, k) / math.comb(n, k)


@passed.misconception(
    seen="What if two of the k are right?",
    why="This is the probability that exactly one of the k is right. At least one has to be.",
)
def exactly_one(n, c, k):
    return c * math.comb(n - c, k - 1) / math.comb(n, k)


@passed.misconception(
    seen="Do all of the k have to be right?",
    why="This is the probability that all of the k are right. A single right one among them is enough.",
)
def all_of_them(n, c, k):
    return math.comb(c, k) / math.comb(n, k)


@passed.misconception(
    seen="What if exactly as many are wrong as are taken?",
    why="This gives 1 where as many answers are wrong as are taken. Then the k can be just the wrong "
    "ones, so it is below 1. It is 1 only where *fewer* are wrong.",
)
def sure_too_early(n, c, k):
    if n - c <= k:
        return 1.0
    return 1 - math.comb(n - c, k) / math.comb(n, k)
