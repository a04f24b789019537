"""Speculative decoding, proved by enumeration: whose texts come out, if two models write them?"""

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise, product
from math import prod

import pytest
import torch

from solutions.speculative_decoding import speculative_step

V, G = 3, 2
seeds = pytest.mark.parametrize("seed", range(5))


def model(dice):
    """For each text so far, the share of each next token."""
    texts = [text for length in range(G + 1) for text in product(range(V), repeat=length)]
    parts = {text: [dice.randint(1, 9) for _ in range(V)] for text in texts}
    return {text: [Fraction(n, sum(each)) for n in each] for text, each in parts.items()}


def models(seed):
    dice = random.Random(seed)
    return model(dice), model(dice)


def chance(p, text, since=0):
    """How likely a model goes on like this text from a place in it."""
    return prod((p[text[:i]][text[i]] for i in range(since, len(text))), start=Fraction(1))


def own_texts(p):
    return {text: chance(p, text) for text in product(range(V), repeat=G + 1)}


def completed(steps, p):
    """The chances of texts of G + 1 tokens, where the target adds what a step leaves unwritten."""
    chances = Counter()
    for ids, weight in steps:
        for rest in product(range(V), repeat=G + 1 - len(ids)):
            chances[ids + rest] += weight * chance(p, ids + rest, since=len(ids))
    return chances


# ---- the rule: a chance to keep a token, and what its replacement is drawn from


def kept(q, p, x):
    return min(Fraction(1), p[x] / q[x])


def missing(q, p):
    return [max(Fraction(0), b - a) for a, b in zip(q, p, strict=True)]


def by_rule(q, p, keep, left):
    """All that one step may write, each with its chance, for any rule."""
    for draft in product(range(V), repeat=G):
        weight = chance(q, draft)
        for i, x in enumerate(draft):
            before, kept_here = draft[:i], keep(q[draft[:i]], p[draft[:i]], x)
            weights = left(q[before], p[before])
            if kept_here < 1:
                for y in range(V):
                    yield (*before, y), weight * (1 - kept_here) * weights[y] / sum(weights)
            weight *= kept_here
        for y in range(V):
            yield (*draft, y), weight * p[draft][y]


@seeds
def test_the_texts_are_the_targets_own(seed):
    """Has each of the 27 texts the target's chance, to the last fraction?"""
    q, p = models(seed)
    assert completed(by_rule(q, p, kept, missing), p) == own_texts(p)


WRONG = {
    "everything is accepted": (lambda q, p, x: Fraction(1), missing),
    "the ratio is inverted": (lambda q, p, x: min(Fraction(1), q[x] / p[x]), missing),
    "a coin is compared with p": (lambda q, p, x: p[x], missing),
    "kept where p is not less": (lambda q, p, x: Fraction(p[x] >= q[x]), missing),
    "replaced from p": (kept, lambda q, p: p),
    "replaced from q": (kept, lambda q, p: q),
    "the residual is on the wrong side": (kept, lambda q, p: missing(p, q)),
    "the residual has no sign": (
        kept, lambda q, p: [abs(a - b) for a, b in zip(q, p, strict=True)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
@seeds
def test_wrong_rules_drift(rule, seed):
    """Do the texts of a wrong rule have other chances, which still sum to 1?"""
    q, p = models(seed)
    found = completed(by_rule(q, p, *rule), p)
    assert sum(found.values()) == 1
    assert found != own_texts(p)


@seeds
def test_a_draft_is_kept_as_often_as_both_models_overlap(seed):
    """Is the share of kept tokens the sum of the smaller ones?"""
    q, p = (each[()] for each in models(seed))
    assert sum(q[x] * kept(q, p, x) for x in range(V)) == sum(map(min, q, p))


# ---- the function


def cells(bounds):
    """(middle, length) of the parts into which these numbers cut the line from 0 to 1."""
    marks = sorted({Fraction(0), Fraction(1), *(bound for bound in bounds if 0 < bound < 1)})
    return [((low + high) / 2, high - low) for low, high in pairwise(marks)]


def tensor(rows):
    return torch.tensor([[float(x) for x in row] for row in rows], dtype=torch.float64)


def by_function(q, p):
    """All that `speculative_step` writes, over every draft and every number.

    It writes the same wherever its numbers lie between two bounds, so one case of each cell is asked
    for, and weighs what the cell measures.
    """
    for draft in product(range(V), repeat=G):
        before = [draft[:i] for i in range(G + 1)]
        rows_q, rows_p = [q[text] for text in before[:G]], [p[text] for text in before]
        left = [*map(missing, rows_q, rows_p), rows_p[G]]
        sums = [sum(row[: y + 1]) / sum(row) for row in left if any(row) for y in range(V)]
        coins = [cells([rows_p[i][x] / rows_q[i][x]]) for i, x in enumerate(draft)]
        given = torch.tensor(draft), tensor(rows_q), tensor(rows_p)
        for *u, (v, last) in product(*coins, cells(sums)):
            coin = torch.tensor([float(middle) for middle, _ in u], dtype=torch.float64)
            ids = speculative_step(*given, coin, float(v)).tolist()
            yield tuple(ids), chance(q, draft) * prod(size for _, size in u) * last


@seeds
def test_the_function_writes_the_targets_texts(seed):
    """Does the reference do what the rule says, over all that its numbers can be?"""
    q, p = models(seed)
    assert completed(by_function(q, p), p) == own_texts(p)


# ---- the bound


def test_tokens_a_step_are_a_geometric_sum():
    """If every token is kept with the same chance, does a step write (1 - a^(G+1)) / (1 - a)?"""
    q, p = model(random.Random(1)), model(random.Random(2))
    same_q, same_p = dict.fromkeys(q, q[()]), dict.fromkeys(p, p[()])
    a = sum(map(min, q[()], p[()]))
    steps = list(by_rule(same_q, same_p, kept, missing))
    assert sum(weight * len(ids) for ids, weight in steps) == (1 - a ** (G + 1)) / (1 - a)
    assert sum(weight for _, weight in steps) == 1
