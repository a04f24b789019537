"""Trees of values, as they travel between rooms.

Owns: what counts as data, walking such trees, copying and measuring them.
"""

import math

import torch

from autograder.room.worker import Count, Record, dense, relaid

ATOMS = (bool, int, float, str, bytes, torch.dtype, type(None))
EXACT = frozenset(ATOMS)  # a look at the type is what most leaves need
MANY = (list, tuple, set, frozenset)


def is_data(value) -> bool:
    return isinstance(value, (torch.Tensor, *ATOMS))


def mapped(tree, other, tensor=lambda tensor: tensor):
    """A tree of the same shape: `tensor` of every tensor, `other` of all that is not data.

    Grading walks through thousands of small trees for each submission, so that what is most
    common comes first, and a plain leaf costs a look at its type.
    """

    def walk(value):
        kind = type(value)
        if kind in EXACT:
            return value
        if kind is torch.Tensor:
            return tensor(value)
        if kind is list:
            return [item if type(item) in EXACT else walk(item) for item in value]
        if kind is tuple:
            return tuple([item if type(item) in EXACT else walk(item) for item in value])
        if kind is dict:
            return {
                key if type(key) in EXACT else walk(key): (
                    item if type(item) in EXACT else walk(item)
                )
                for key, item in value.items()
            }
        return rare(value)

    def rare(value):
        if isinstance(value, torch.Tensor):
            return tensor(value)
        if isinstance(value, dict):
            pairs = {walk(k): walk(v) for k, v in value.items()}
            return Record(pairs) if isinstance(value, Record) else pairs
        for kind in MANY:
            if isinstance(value, kind):
                return kind([walk(item) for item in value])
        return value if isinstance(value, ATOMS) else other(value)

    return walk(tree)


def check_sendable(tree) -> None:
    """Raises `Unsendable` where the wire would not carry this tree: at home it is no value either."""
    left, count = [(tree, 0)], Count()
    while left:
        value, depth = left.pop()
        count.value(depth)
        if isinstance(value, torch.Tensor):
            count.tensor(dense(value).shape)
        elif isinstance(value, dict | list | tuple | set | frozenset):
            pairs = value.items() if isinstance(value, dict) else [value]
            left += [
                (leaf, depth + 1) for pair in pairs for leaf in pair if type(leaf) not in EXACT
            ]


def copied(tree):
    return mapped(tree, lambda leaf: leaf, fresh)


def fresh(tensor):
    """A copy that shares nothing; of a view, a view of memory of its own."""
    tensor = tensor.detach()
    return tensor.clone() if tensor.is_contiguous() else relaid(tensor)


def extent(value) -> int:
    """How many numbers, letters and other single things a tree holds."""
    if isinstance(value, torch.Tensor):  # without elements, it still has its other axes
        return math.prod(max(1, size) for size in value.shape)
    if isinstance(value, str | bytes):
        return len(value) + 1
    if isinstance(value, dict):
        return sum(extent(item) for pair in value.items() for item in pair)
    many = isinstance(value, list | tuple | set | frozenset)
    return sum(map(extent, value)) if many else 1
