"""Values in print, short, side by side.

Owns: how a reader is shown a value, and two that look alike.
"""

import unicodedata

import torch

from autograder.exercise.words import article, counted
from autograder.judge.answer import Answer

MOST_CELLS = 64  # tensors up to this size are printed whole
DIGITS = (3, 9)  # after the point, and where two numbers would print alike


def alike(one: str, other: str) -> bool:
    """Would a reader take these for the same?"""
    return unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def pair(got, wanted) -> tuple[str, str]:
    """Both, so that one sees where they differ: letters that look alike by their code points."""
    one, other = short(got), short(wanted)
    if one != other and alike(one, other):
        return short(got, form=ascii), short(wanted, form=ascii)
    if one == other and isinstance(got, list | tuple):
        return later(got, wanted)
    return one, other


def later(got, wanted) -> tuple[str, str]:
    """Two lists that print alike as far as they are printed: from the first item that differs."""
    same = [repr(a) == repr(b) for a, b in zip(got, wanted, strict=False)]
    at = [*same, False].index(False)
    return tuple(f"{counted(len(x), 'item')}, from [{at}]: {short(x[at:])}" for x in (got, wanted))


def kinds(got, wanted) -> tuple[str, str]:
    return kind_of(got), kind_of(wanted)


def floats(got: float, wanted: float) -> tuple[str, str]:
    one, other = f"{got:.6g}", f"{wanted:.6g}"
    return (one, other) if one != other else (f"{got:.17g}", f"{wanted:.17g}")


def dtypes(got, wanted) -> tuple[str, str]:
    return name(got.dtype), name(wanted.dtype)


def shapes(got, wanted) -> tuple[str, str]:
    return shape(got), shape(wanted)


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


def short(value, most=160, form=repr) -> str:
    text = form(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def rows(got, wanted, alike=None) -> tuple[str, str]:
    """Both tensors printed whole where they are small, else the matrix or row that differs.

    alike: where they are the same up to rounding, and printed as such.
    """
    if alike is not None:
        got = got.where(~alike, wanted.to(got.dtype))
    one, other = (x.double() if x.is_floating_point() else x for x in (got, wanted))
    differs = ~((one == other) | (one.isnan() & other.isnan()))  # eight bits are not compared
    kept = 2 if wanted.dim() >= 2 and wanted[(0,) * (wanted.dim() - 2)].numel() <= MOST_CELLS else 1
    place = tuple(differs.nonzero()[0].tolist())[: max(0, wanted.dim() - kept)]
    label = f"at [{', '.join(map(str, place))}]:\n" if place else ""
    for digits in DIGITS:
        texts = printed(got[place], digits), printed(wanted[place], digits)
        if texts[0] != texts[1]:
            break
    return label + texts[0], label + texts[1]


def printed(tensor, digits: int = DIGITS[0]) -> str:
    """Numbers in columns that a reader can compare, at most ten a row."""
    if tensor.dim() == 0:
        return number(tensor.item(), digits)
    if tensor.dim() == 1:
        cells = [number(x, digits) for x in tensor[:10].tolist()]
        return "[" + " ".join(cells) + (" …]" if len(tensor) > 10 else "]")
    return "\n".join(printed(row, digits) for row in tensor)


def number(value, digits: int) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, complex):
        return f"{value:.3g}"
    if abs(value) < 1000:
        return f"{value:{digits + 4}.{digits}f}"
    return f"{value:.{digits - 1}e}"
