"""Trees of values, as they travel between rooms.

Owns: what counts as data, walking such trees, copying and measuring them.
"""

import torch

from autograder.room.worker import Record


def is_data(value) -> bool:
    plain = (bool, int, float, str, bytes, torch.dtype, torch.Tensor)
    return value is None or isinstance(value, plain)


def mapped(tree, other, tensor=lambda tensor: tensor):
    """A tree of the same shape: `tensor` of every tensor, `other` of all that is not data."""

    def walk(value):
        if isinstance(value, torch.Tensor):
            return tensor(value)
        if is_data(value):
            return value
        if isinstance(value, dict):
            pairs = {walk(k): walk(v) for k, v in value.items()}
            return Record(pairs) if isinstance(value, Record) else pairs
        for kind in (list, tuple, set, frozenset):
            if isinstance(value, kind):
                return kind(walk(item) for item in value)
        return other(value)

    return walk(tree)


def copied(tree):
    return mapped(tree, lambda leaf: leaf, lambda tensor: tensor.detach().clone())


def extent(value) -> int:
    """How many numbers, letters and other single things a tree holds."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, str | bytes):
        return len(value) + 1
    if isinstance(value, dict):
        return sum(extent(item) for pair in value.items() for item in pair)
    many = isinstance(value, list | tuple | set | frozenset)
    return sum(map(extent, value)) if many else 1
