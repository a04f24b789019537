"""Checks of chapters/5_fine_tuning/06_preferences.md, one module an exercise.

Owns: masks of tokens that come before padding, and sums in another way than the references'.
"""

import torch


def of_lengths(*lengths, T=None):
    """A row for each length: True for so many tokens, False for the padding after them."""
    return torch.arange(T or max(lengths)) < torch.tensor(lengths)[:, None]


def normal(g, *shape, mean=0.0, spread=1.0):
    return mean + spread * torch.randn(*shape, generator=g)
