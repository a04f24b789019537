"""What a report is given, as data that can be drawn; what does not fit is told."""

import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

SHIPPED = ("solutions.", "autograder.", "byhand.")  # modules whose functions are the book's
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # no letters of a page


def file(path) -> Path:
    if not isinstance(path, str | os.PathLike) or Path(path).suffix not in (".html", ".htm"):
        raise ValueError(
            f'report() got the path {path!r}; give it the name of a page, such as "my_model.html".'
        )
    if Path(path).is_dir():
        raise ValueError(f"report() got {str(path)!r}, which is a folder. Name a file in it.")
    return Path(path)


def words(given, where: str, may_be_empty: bool = False) -> str:
    if not isinstance(given, str) or not (given.strip() or may_be_empty):
        raise ValueError(f"report() got {given!r} in {where}, where a text belongs.")
    return text(given)


def text(given: str) -> str:
    """A text without what no page can hold, such as half of a letter."""
    return UNFIT.sub("\ufffd", given)


def pairs(given, where: str) -> list[tuple]:
    listed = list(given.items()) if isinstance(given, Mapping) else given
    if not isinstance(listed, Iterable) or isinstance(listed, str | bytes):
        raise ValueError(f"report() got {given!r} as {where}; it takes a list of pairs.")
    listed = list(listed)
    for each in listed:
        if isinstance(each, str | bytes) or length(each) != 2:
            raise ValueError(
                f"report() got {each!r} in {where}, which is a list of pairs. Give each as two "
                "values in parentheses."
            )
    return [tuple(each) for each in listed]


def length(each) -> int | None:
    try:
        return len(each)
    except TypeError:  # a tensor without axes has the method and no length
        return None


def whose_words(whose) -> tuple[str, bool]:
    """Whose a part is, in words, and whether all of it is the reader's own."""
    if isinstance(whose, str):
        said = words(whose, "parts")
        return said, said.lower() in ("mine", "my own", "yours", "own")
    functions = list(whose) if isinstance(whose, list | tuple) else [whose]
    if not functions or not all(callable(function) for function in functions):
        raise ValueError(
            f"report() got {whose!r} in parts, where it takes a word, a function, or functions."
        )
    books = [name_of(f) for f in functions if (f.__module__ or "").startswith(SHIPPED)]
    mine = [name_of(f) for f in functions if name_of(f) not in books]
    if not books:
        return "my own", True
    if not mine:
        return "the book's", False
    return f"my own: {', '.join(mine)}; the book's: {', '.join(books)}", False


def name_of(function) -> str:
    return getattr(function, "__name__", type(function).__name__)


def split(curves, floor) -> list[tuple[str, dict, dict]]:
    """Pictures: the title of each, its curves as numbers, and the floors below them."""
    curves, floor = mapping(curves, "curves"), mapping(floor, "floor")
    floor = {label: number(nats, f"floor {label!r}") for label, nats in floor.items()}
    together = {name: points(name, c) for name, c in curves.items() if not isinstance(c, Mapping)}
    if floor and not together:
        raise ValueError("report() got a floor and no curve above it. Give the losses as curves.")
    found = [("How it learned", together, floor)] if together else []
    for title, inside in curves.items():
        if isinstance(inside, Mapping):
            inside = mapping(inside, f"curves[{title!r}]")
            if not inside:
                raise ValueError(f"report() got no curve in {title!r}. Give one, or leave it out.")
            found.append((title, {name: points(name, c) for name, c in inside.items()}, {}))
    return found


def mapping(given, where: str) -> dict:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ValueError(f"report() got {given!r} as {where}; it takes a dict, by name.")
    return {words(name, where): each for name, each in given.items()}


def points(name: str, given) -> list[tuple[float, float]]:
    """Steps in order, with finite losses or None."""
    where = f"the curve {name!r}"
    found = [
        (number(step, where), number(loss, where, False)) for step, loss in pairs(given, where)
    ]
    if not any(math.isfinite(loss) for _, loss in found):
        raise ValueError(f"report() got {where} without a finite loss. Leave it out, or say so.")
    return sorted(found, key=lambda pair: pair[0])


def number(given, where: str, finite: bool = True) -> float:
    try:
        found = float(given)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        found = None
    if found is None or isinstance(given, str) or (finite and not math.isfinite(found)):
        raise ValueError(f"report() got {given!r} in {where}, where a number belongs.")
    return found
