"""Where two values differ, and how a reader is shown it.

Owns: tolerances, comparison of trees of values, their short printed form. Ignores exercises.
"""

from dataclasses import dataclass

import torch

from autograder.exercise.words import article
from autograder.judge.answer import Answer
from autograder.room.values import is_data

FLOAT_TOLERANCE = 1e-6  # Python floats: a right answer may have passed through float32
MOST_CELLS = 64  # tensors up to this size are printed whole


@dataclass(frozen=True)
class Difference:
    """The first place where `got` is not `wanted`. `kind` says in which way."""

    kind: str  # nothing, type, length, keys, shape, dtype, nan, value
    where: str  # "" or a path such as ["loss"][0]
    got: str
    wanted: str


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


def difference(got, wanted, allowed=None, where="") -> Difference | None:
    """The first difference between two trees, or None. `allowed` comes from `tolerances`."""
    if got is wanted:
        return None
    if isinstance(wanted, torch.Tensor):
        return tensor_difference(got, wanted, allowed if isinstance(allowed, float) else 0.0, where)
    if got is None and wanted is not None:
        return Difference("nothing", where, "None", kind_of(wanted))
    if not same_kind(got, wanted):
        return Difference("type", where, kind_of(got), kind_of(wanted))
    if isinstance(wanted, dict):
        if set(got) != set(wanted):
            return Difference("keys", where, short(list(got)), short(list(wanted)))
        limits = allowed if isinstance(allowed, dict) else {}
        return first(
            difference(got[key], value, limits.get(key), f"{where}[{key!r}]")
            for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        if len(got) != len(wanted):
            return Difference("length", where, short(got), short(wanted))
        fits = isinstance(allowed, list) and len(allowed) == len(wanted)
        limits = allowed if fits else [None] * len(wanted)
        found = first(
            difference(a, b, limit, f"{where}[{index}]")
            for index, (a, b, limit) in enumerate(zip(got, wanted, limits, strict=True))
        )
        plain = all(is_data(x) and not isinstance(x, torch.Tensor) for x in [*got, *wanted])
        if found and plain and found.kind == "value":  # the whole list says more than one item
            return Difference("value", where, short(got), short(wanted))
        return found
    if isinstance(wanted, float):
        got = as_float(got)
        own = isinstance(allowed, float)  # not the list of a tuple that it is compared with
        bound = allowed if own else FLOAT_TOLERANCE * max(1.0, abs(wanted))
        near = abs(wanted) < float("inf") and abs(got - wanted) <= bound  # nothing is near infinity
        alike = got == wanted or (got != got and wanted != wanted) or near
        return None if alike else Difference("value", where, f"{got:.6g}", f"{wanted:.6g}")
    return None if got == wanted else Difference("value", where, short(got), short(wanted))


def tensor_difference(got, wanted, allowed, where):
    if got is None:
        return Difference("nothing", where, "None", kind_of(wanted))
    if not isinstance(got, torch.Tensor):
        return Difference("type", where, kind_of(got), kind_of(wanted))
    if got.shape != wanted.shape:
        return Difference("shape", where, shape(got), shape(wanted))
    wide = torch.complex128 if got.is_complex() or wanted.is_complex() else torch.float64
    try:
        a, b = got.to(wide), wanted.to(wide)
    except RuntimeError:  # a dtype to store numbers in, such as float4: it cannot be compared
        return Difference("dtype", where, name(got.dtype), name(wanted.dtype))
    alike = (a == b) | ((a - b).abs() <= allowed) | (a.isnan() & b.isnan())
    if (a.isnan() & ~b.isnan()).any():
        return Difference("nan", where, *rows(got, wanted, alike))
    if not alike.all():
        return Difference("value", where, *rows(got, wanted, alike))
    if got.dtype != wanted.dtype:
        return Difference("dtype", where, name(got.dtype), name(wanted.dtype))
    return None


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


# ---- printed forms


def kind_of(value) -> str:
    if isinstance(value, torch.Tensor):
        return f"a {name(value.dtype)} tensor of shape {shape(value)}"
    if isinstance(value, Answer):
        return f"an object of type {getattr(value._target, 'kind', type(value._target).__name__)}"
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{article(kind)} {kind} ({short(value)})"


def name(dtype) -> str:
    return str(dtype).removeprefix("torch.")


def shape(tensor) -> str:
    return short(tuple(tensor.shape))


def short(value, most=160) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def rows(got, wanted, alike) -> tuple[str, str]:
    """Both tensors printed whole where they are small, else the matrix or row that differs."""
    kept = 2 if wanted.dim() >= 2 and wanted[(0,) * (wanted.dim() - 2)].numel() <= MOST_CELLS else 1
    place = tuple((~alike).nonzero()[0].tolist())[: max(0, wanted.dim() - kept)]
    label = f"at [{', '.join(map(str, place))}]:\n" if place else ""
    return label + printed(got[place]), label + printed(wanted[place])


def printed(tensor) -> str:
    """Numbers in columns that a reader can compare, at most ten a row."""
    if tensor.dim() == 0:
        return number(tensor.item())
    if tensor.dim() == 1:
        cells = [number(x) for x in tensor[:10].tolist()]
        return "[" + " ".join(cells) + (" …]" if len(tensor) > 10 else "]")
    return "\n".join(printed(row) for row in tensor)


def number(value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, complex):
        return f"{value:.3g}"
    return f"{value:7.3f}" if abs(value) < 1000 else f"{value:.2e}"
