"""Checks of chapters/4_inference/07_evaluation.md, one module an exercise.

Owns: sentences to compare, drawn from a few words.
"""

import torch

WORDS = [
    "bun", "kite", "lamp", "rope", "harp", "mill", "barn", "pier", "inn", "Rose", "Jack", "Molly",
    "Theo", "goat", "owl", "hen", "red", "blue", "old", "small", "took", "found", "sold", "hid", "saw",
    "wet", "near", "under", "behind", "quickly",
]  # fmt: skip


def drawn(g, n, words=WORDS):
    """So many different words, in a random order."""
    return [words[i] for i in torch.randperm(len(words), generator=g)[:n].tolist()]


def one_of(g, *options):
    return options[int(torch.randint(len(options), (), generator=g))]


def mixed(g, words):
    """The same words in another order, the first of them not in front."""
    while True:
        new = [words[i] for i in torch.randperm(len(words), generator=g).tolist()]
        if new[0] != words[0] and new[-1] != words[-1]:
            return new


def text(*parts):
    """Words and lists of words as a text."""
    flat = [word for part in parts for word in ([part] if isinstance(part, str) else part)]
    return " ".join(flat)
