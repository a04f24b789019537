"""Where two values differ.

Owns: tolerances, and the comparison of trees of values. How they are printed is in `shown`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import torch

from autograder.judge.shown import dtypes, floats, kinds, pair, rows, shapes
from autograder.room.values import is_data

FEW = 8  # of a list's pairs, that are shown whole
FLOAT_TOLERANCE = 1e-6  # Python floats: a right answer may have passed through float32


@dataclass(frozen=True)
class Difference:
    """The first place where one value is not the other. `kind` says in which way.

    What a reader is shown is made when it is asked for: most differences are only counted.
    """

    kind: str  # nothing, type, length, keys, shape, dtype, nan, value, raised
    path: tuple = ()  # of indices and keys
    values: tuple = (None, None)
    show: Callable = pair

    @property
    def where(self) -> str:
        """ "" or a path such as ["loss"][0]"""
        return "".join(f"[{step!r}]" for step in self.path)

    @cached_property
    def shown(self) -> tuple[str, str]:
        return self.show(*self.values)

    @property
    def got(self) -> str:
        return self.shown[0]

    @property
    def wanted(self) -> str:
        return self.shown[1]


def tolerance(working, exact) -> float:
    """How far a right answer may be from `working`, the reference's own value.

    `exact` is the same value computed in float64 (in float32 where float64 is what is worked
    in). Eight times the distance between them leaves room for another order of summation; the
    floor is for a reference that is exact by luck, as it is on one small example in a thousand.
    """
    if not working.is_floating_point() or not working.numel():
        return 0.0
    other = exact if isinstance(exact, torch.Tensor) and exact.shape == working.shape else working
    pair = torch.stack([working.double(), other.double()])
    finite = pair.isfinite().all(0)
    if not finite.any():
        return 0.0
    distance = (pair[0] - pair[1])[finite].abs().max().item()
    scale = pair[0][finite].abs().max().item()
    epsilon = torch.finfo(working.dtype).eps
    if working.dtype == torch.float64 and other.dtype == torch.float32:
        distance *= epsilon / torch.finfo(torch.float32).eps
    floor = 16 if epsilon < 1e-4 else 4  # of few digits, sixteen units would be most
    return 8 * distance + floor * epsilon * scale


def tolerances(working, exact):
    """A tree like `working` with the tolerance of every tensor in it."""
    if isinstance(working, torch.Tensor):
        return tolerance(working, exact)
    if isinstance(working, dict):
        other = exact if isinstance(exact, dict) else {}
        return {key: tolerances(value, other.get(key)) for key, value in working.items()}
    if isinstance(working, list | tuple):
        other = exact if isinstance(exact, list | tuple) and len(exact) == len(working) else ()
        padded = [*other, *[None] * (len(working) - len(other))]
        return [tolerances(a, b) for a, b in zip(working, padded, strict=True)]
    return None


def difference(got, wanted, allowed=None, path=()) -> Difference | None:
    """The first difference between two trees, or None. `allowed` comes from `tolerances`."""
    values = got, wanted
    if got is wanted:
        return None
    if isinstance(wanted, torch.Tensor):
        return tensor_difference(got, wanted, allowed if isinstance(allowed, float) else 0.0, path)
    if got is None and wanted is not None:
        return Difference("nothing", path, values, kinds)
    if not same_kind(got, wanted):
        return Difference("type", path, values, kinds)
    if isinstance(wanted, dict):
        if set(got) != set(wanted):
            return Difference("keys", path, (list(got), list(wanted)))
        limits = allowed if isinstance(allowed, dict) else {}
        return first(
            difference(got[key], value, limits.get(key), (*path, key))
            for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        if len(got) != len(wanted):
            return Difference("length", path, values)
        fits = isinstance(allowed, list) and len(allowed) == len(wanted)
        limits = allowed if fits else [None] * len(wanted)
        found = first(
            difference(a, b, limit, (*path, index))
            for index, (a, b, limit) in enumerate(zip(got, wanted, limits, strict=True))
        )
        if found and found.kind == "value":  # the whole list says more than one item
            plain = all(is_data(x) and not isinstance(x, torch.Tensor) for x in [*got, *wanted])
            return Difference("value", path, values) if plain or few_pairs(values) else found
        return found
    if isinstance(wanted, float):
        got = as_float(got)
        own = isinstance(allowed, float)  # not the list of a tuple that it is compared with
        bound = allowed if own else FLOAT_TOLERANCE * max(1.0, abs(wanted))
        near = abs(wanted) < float("inf") and abs(got - wanted) <= bound  # nothing is near infinity
        alike = got == wanted or (got != got and wanted != wanted) or near
        return None if alike else Difference("value", path, (got, wanted), floats)
    return None if got == wanted else Difference("value", path, values)


def few_pairs(values) -> bool:
    """Two short lists of pairs or triples of whole numbers and words: in which order, is seen whole."""
    items = [item for value in values for item in value]
    return len(items) <= 2 * FEW and all(
        isinstance(item, tuple) and all(isinstance(x, int | str) for x in item) for item in items
    )


def tensor_difference(got, wanted, allowed, path):
    values = got, wanted
    if got is None:
        return Difference("nothing", path, values, kinds)
    if not isinstance(got, torch.Tensor):
        return Difference("type", path, values, kinds)
    if got.shape != wanted.shape:
        return Difference("shape", path, values, shapes)
    if identical(got, wanted):
        return None
    wide = torch.complex128 if got.is_complex() or wanted.is_complex() else torch.float64
    try:
        a, b = got.to(wide), wanted.to(wide)
    except RuntimeError:  # a dtype to store numbers in, such as float4: it cannot be compared
        return Difference("dtype", path, values, dtypes)
    alike = (a == b) | ((a - b).abs() <= allowed) | (a.isnan() & b.isnan())
    if (a.isnan() & ~b.isnan()).any():
        return Difference("nan", path, values, rows)
    if not alike.all():
        return Difference("value", path, values, partial(rows, alike=alike))
    if got.dtype != wanted.dtype:
        return Difference("dtype", path, values, dtypes)
    return None


def identical(got, wanted) -> bool:
    """Every bit of it, as most right answers are: soon told."""
    try:
        return got.dtype == wanted.dtype and torch.equal(got, wanted)
    except RuntimeError:  # a dtype that few functions take
        return False


def first(items):
    return next((item for item in items if item is not None), None)


def same_kind(got, wanted) -> bool:
    if isinstance(wanted, bool) or isinstance(got, bool):
        return isinstance(got, bool) and isinstance(wanted, bool)
    if isinstance(wanted, float):  # an int where a float is wanted is a number all the same
        return isinstance(got, int | float)
    kinds = (int, str, bytes, list, tuple, dict, set | frozenset, torch.dtype, type(None))
    return any(isinstance(got, kind) and isinstance(wanted, kind) for kind in kinds)


def as_float(number) -> float:
    try:
        return float(number)
    except OverflowError:  # an int of hundreds of digits
        return float("inf") if number > 0 else float("-inf")
