"""Checks of chapters/1_nlp/07_reading_tasks.md, one module an exercise.

Owns: random tensors, and masks of padding on either side.
"""

import torch


def drawn(g, *shape):
    return torch.randn(*shape, generator=g)


def after(T, *lengths):
    """A mask of texts that start at once and end in padding."""
    return (torch.arange(T) < torch.tensor(lengths)[:, None]).long()


def before(T, *lengths):
    """A mask of texts with the padding in front."""
    return after(T, *lengths).flip(1)


def either(*rows):
    """One mask of the rows of several."""
    return torch.cat(rows)
