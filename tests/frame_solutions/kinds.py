"""One reference for each kind of answer that the judge has to carry over a wire."""

import math

import torch
from torch import nn


class Affine(nn.Module):
    """A linear map with a bias: x Wᵀ + b."""

    def __init__(self, width, out):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out, width))
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class Cache:
    """Keys of all steps so far."""

    def __init__(self, width):
        self.keys = torch.zeros(0, width)

    def append(self, keys):
        self.keys = torch.cat([self.keys, keys])
        return len(self.keys)


def greedy(next_scores, start, steps):
    """The start, continued `steps` times by the token with the highest score."""
    ids = list(start)
    for _ in range(steps):
        ids.append(int(next_scores(torch.tensor(ids)).argmax()))
    return ids


def pair_report(words):
    """Neighbours with their counts, the words in one line, and rates that may be infinite."""
    pairs = {}
    for left, right in zip(words, words[1:]):  # noqa: B905, RUF007
        pairs[left, right] = pairs.get((left, right), 0) + 1
    repeats = sum(count - 1 for count in pairs.values())
    rates = {"per repeat": len(words) / repeats if repeats else math.inf, "empty": math.nan}
    return {"pairs": pairs, "line": " ".join(words), "rates": rates}


def scale_(x, factor):
    """Multiply x by a factor, in place."""
    x.mul_(factor)


def windows(ids, size):
    """All runs of `size` neighbours, one after the other."""
    for start in range(len(ids) - size + 1):
        yield ids[start : start + size]


def squash(x):
    """x between -1 and 1, smoothly."""
    return x / (1 + x.abs())


def head_width(width, heads):
    """How wide each head is. Raises ValueError where heads do not share evenly."""
    if width % heads:
        raise ValueError(f"{heads} heads cannot share {width} features")
    return width // heads


def centred(values):
    """The values around their mean, as shares of the largest distance from it."""
    mean = sum(values) / len(values)
    away = [value - mean for value in values]
    # the largest becomes 1
    largest = max(abs(value) for value in away)
    return [value / largest for value in away]


def claims_of_heads(width, heads):
    """The claim that holds, and how a head's width changes with heads, and with both."""
    each = width // heads
    return "B", {"A": width // (2 * heads) / each, "B": 2 * width // (2 * heads) / each}


def kept(part):
    """What is left after each of ten steps, of which each leaves a part."""
    return [part**step for step in range(10)]


def examine_width(f):
    """A test of `head_width`: raises if it is broken."""
    assert f(12, 3) == 4
    try:
        f(10, 4)
    except ValueError:
        return
    raise AssertionError("it did not refuse")


def summary():
    """What do numbers say?"""
    return """
    Three *numbers*
    say more than one.
    """
