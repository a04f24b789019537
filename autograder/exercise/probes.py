"""Standing probes: variants of an exercise's examples that every right answer survives.

Owns: deriving them from the signature and the examples. Authors think of what an exercise is
about; these are what they, and learners, do not think of. A variant that the reference itself
refuses asks nothing. An exercise leaves one out by name and reason: `exercise.leave_out`.
"""

import ast
import inspect
import re
import types
import typing
from collections.abc import Callable
from functools import partial

import torch

from autograder.room.values import mapped
from autograder.room.worker import relaid, tensors_of

AXES = ("dim", "axis")
LETTERS = str.maketrans({"e": "é", "a": "ä", "n": "ñ", "o": "中", "t": "т", "u": "😀"})
NAMES = {  # what each does, for whoever leaves one out
    "one": "an axis has one entry",
    "two": "all axes have two entries",
    "unbatched": "there are no leading axes",
    "negative_axis": "the axis is counted from the end",
    "empty": "a list, text or mapping is empty",
    "equal": "all items are equal",
    "letters": "letters are outside ASCII",
    "views": "tensors are views with another layout in memory",
    "float64": "floating numbers have twice the precision",
}


def variants(exercise, examples: dict[str, tuple]) -> dict[str, list[tuple]]:
    """Further cases, by aspect: candidates, of which the first that the reference takes is asked."""
    if not exercise.plain or not exercise.parameters:
        return {}
    shapes = [dimensions(exercise, name) for name in exercise.parameters]
    cases = sorted(examples.values(), key=lambda args: (not ordinary(args), extent_of(args)))
    made: dict[str, list[tuple]] = {}

    def add(probe, aspect, change, axis=""):
        if not exercise.left_out.keys() & {probe, f"{probe} {axis}"}:
            made[aspect] = [new for args in cases if (new := change(args)) is not None]

    for axis in axes_of(shapes):
        add("one", f"{axis} is 1", partial(cut, shapes=shapes, axes={axis}, size=1), axis)
    for which, name in ((0, "first"), (-1, "last")):
        change = partial(cut_leading, shapes=shapes, which=which)
        add("one", f"the {name} of its leading axes is 1", change, "*")
    everything = {a for a in axes_of(shapes) if f"one {a}" not in exercise.left_out}
    if everything:
        change = partial(cut, shapes=shapes, axes=everything, size=2)
        add("two", "every axis has two entries", change)
    add("unbatched", "there are no leading axes", partial(unbatched, shapes=shapes))
    for axis, change in counted_otherwise(exercise, cases):
        add("negative_axis", f"the axis is number {axis}", change)
    options = options_of(exercise)
    for index, parameter in enumerate(exercise.parameters):
        change = partial(emptied, index=index, options=options)
        add("empty", f"`{parameter}` is empty", change, parameter)
    add("equal", "all items are equal", lambda args: equalled(args, options))
    add("letters", "letters are outside ASCII", lambda args: translated(args, options))
    return {aspect: candidates for aspect, candidates in made.items() if candidates}


def forms(exercise, args: tuple) -> dict[str, tuple]:
    """The same numbers in another form, by probe: as views, in twice the precision."""
    made = {"views": tuple(map(as_view, args)), "float64": tuple(map(doubled, args))}
    return {
        probe: new for probe, new in made.items()
        if probe not in exercise.left_out and any(a is not b for a, b in zip(new, args, strict=True))
    }  # fmt: skip


def ordinary(args) -> bool:
    """Are all numbers finite? An infinity asks something of its own."""
    floats = [a for a in args if isinstance(a, torch.Tensor) and a.is_floating_point()]
    return all(a.isfinite().all() for a in floats)


def extent_of(args) -> int:
    return sum(a.numel() if isinstance(a, torch.Tensor) else len(repr(a)) for a in args)


# ---- axes, by their names in the signature


def dimensions(exercise, parameter: str) -> list[str] | None:
    """Names of a tensor parameter's axes, such as ["*B", "T", "D"]."""
    annotation = inspect.signature(exercise.reference).parameters[parameter].annotation
    for kind in (annotation, *typing.get_args(annotation)):
        if hasattr(kind, "dim_str"):
            return kind.dim_str.split()
    return None


def axes_of(shapes) -> list[str]:
    """Named axes of tensors, apart from numbers and leading ones."""
    names = [name for shape in shapes if shape for name in shape]
    return list(dict.fromkeys(name for name in names if name.isidentifier()))


def cut(args: tuple, shapes, axes: set[str], size: int) -> tuple | None:
    """The first `size` entries along these axes; None where that changes nothing."""
    new, changed = [], False
    for arg, shape in zip(args, shapes, strict=False):  # defaults may be left out
        if shape and isinstance(arg, torch.Tensor):
            for place, name in enumerate(reversed(shape), start=1):
                if name in axes and place <= arg.dim() and arg.shape[-place] > size:
                    arg, changed = arg.narrow(-place, 0, size).clone(), True
        new.append(arg)
    return tuple(new) if changed else None


def cut_leading(args: tuple, shapes, which: int) -> tuple | None:
    """One entry along the first or the last of the axes that a star stands for; None without any."""
    new, changed = [], False
    for arg, shape in zip(args, shapes, strict=False):  # defaults may be left out
        if isinstance(arg, torch.Tensor) and shape and shape[0].startswith("*"):
            places = range(arg.dim() - len(shape) + 1)
            if places and arg.shape[places[which]] > 1:
                arg, changed = arg.narrow(places[which], 0, 1).clone(), True
        new.append(arg)
    return tuple(new) if changed else None


def unbatched(args: tuple, shapes) -> tuple | None:
    """Without the axes that a star in the signature stands for."""
    new, changed = [], False
    for arg, shape in zip(args, shapes, strict=False):  # defaults may be left out
        starred = shape and shape[0].startswith("*") and len(shape) > 1
        if starred and isinstance(arg, torch.Tensor):
            while arg.dim() >= len(shape) and arg.shape[0]:
                arg, changed = arg[0].clone(), True
        new.append(arg)
    return tuple(new) if changed else None


def counted_otherwise(exercise, cases: list[tuple]):
    """Every axis of the first tensor with several axes, from either end."""
    places = [i for i, name in enumerate(exercise.parameters) if name in AXES]
    for args in sorted(cases, key=axes_in) if places else ():
        dims = args[0].dim() if isinstance(args[0], torch.Tensor) else 0
        if dims > 1 and type(args[places[0]]) is int:
            for axis in range(-dims, dims):
                yield axis, partial(with_argument, index=places[0], value=axis)
            return


def axes_in(args: tuple) -> int:
    """For sorting: more axes first, as long as they are few enough to ask for each."""
    dims = args[0].dim() if isinstance(args[0], torch.Tensor) else 0
    return -dims if dims <= 3 else 0


def with_argument(args: tuple, index: int, value) -> tuple:
    return (*args[:index], value, *args[index + 1 :])


# ---- lists, texts and mappings


def options_of(exercise) -> set[str]:
    """Texts that the reference compares with, or its docstring quotes: options, and no data."""
    nodes = ast.walk(ast.parse(exercise.solution))
    written = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return written | set(re.findall(r"[\"`](\w+)[\"`]", exercise.statement))


def emptied(args: tuple, index: int, options: set[str]) -> tuple | None:
    arg = args[index] if index < len(args) else None
    if not isinstance(arg, str | list | dict) or not arg or (type(arg) is str and arg in options):
        return None
    return with_argument(args, index, type(arg)())


def equalled(args: tuple, options: set[str]) -> tuple | None:
    """Every list twice its first item, every text twice its first letter."""
    new = [
        arg[:1] * 2 if isinstance(arg, list) or (type(arg) is str and arg not in options) else arg
        for arg in args
    ]
    return None if alike(new, list(args)) else tuple(new)


def alike(one, other) -> bool:
    """Are two trees equal? Their tensors may have any shapes, which `==` does not take."""
    if one is other or type(one) is not type(other):
        return one is other
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other


def translated(args: tuple, options: set[str]) -> tuple | None:
    if not all(isinstance(arg, str | list | dict | types.NoneType | int | float) for arg in args):
        return None
    new = respelt(args, lambda text: text if text in options else text.translate(LETTERS))
    return new if new != args else None


def respelt(value, spell: Callable[[str], str]):
    """The same tree of values with every text in it spelt otherwise."""
    if type(value) is str:
        return spell(value)
    if type(value) is dict:
        return {respelt(key, spell): respelt(item, spell) for key, item in value.items()}
    many = type(value) in (list, tuple, set)
    return type(value)(respelt(item, spell) for item in value) if many else value


# ---- forms


def as_view(arg):
    return retensored(arg, relaid)


def doubled(arg):
    return retensored(
        arg, lambda tensor: tensor.double() if tensor.dtype == torch.float32 else tensor
    )


def retensored(arg, change: Callable):
    """The same with every tensor changed, those in lists and mappings, too; itself without any."""
    inside = isinstance(arg, torch.Tensor | list | tuple | dict) and tensors_of(arg)
    return mapped(arg, lambda leaf: leaf, change) if inside else arg
