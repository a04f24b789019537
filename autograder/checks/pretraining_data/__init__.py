"""Checks of chapters/5_fine_tuning/01_pretraining_data.md, one module an exercise.

Owns: texts made of the town's words, and drawings from a seeded generator.
"""

import torch

WORDS = [
    "mill", "inn", "pier", "kite", "lamp", "owl", "hen", "pear", "moved", "gave", "old", "blue", "one",
    "two", "never", "always", "cold", "the", "a", "an", "and", "baker", "smith", "sang", "under",
]  # fmt: skip


def pick(g, count, of=WORDS):
    """Some different items, in any order."""
    return [of[int(i)] for i in torch.randperm(len(of), generator=g)[:count]]


def whole(g, low, high):
    return int(torch.randint(low, high, (), generator=g))
