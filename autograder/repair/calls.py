"""Small edits of calls: axes, arguments, bounds of a range, the function itself."""

import ast
from collections.abc import Iterator

from autograder.repair.expressions import is_part, of_kind, relatives
from autograder.repair.scope import Scope, called_name
from autograder.repair.tables import (
    AXES,
    AXIS,
    BARE,
    KEEPS,
    OFTEN_FORGOTTEN,
    RARE,
    REDUCES,
    WITH_AXIS,
)
from autograder.repair.text import Edit, Source


@of_kind.register
def _(node: ast.Call, source: Source, scope: Scope) -> Iterator[Edit]:
    name = called_name(node)
    yield from axes(node, source, scope, name)
    yield from arguments(node, source, scope, name)
    if isinstance(node.func, ast.Name):
        for other in relatives(node.func.id, BARE):
            yield source.put(node.func, other, "function", 1.5)
    yield from exchanged(node, source)
    if name == "range":
        yield from ranges(node, source)
    if isinstance(node.func, ast.Attribute) and not is_part(source, node.func.value):
        yield source.put(node, node.func.value, "part", 2.0)  # without this method
    elif len(node.args) >= 1 and not isinstance(node.args[0], ast.Starred):
        yield source.put(node, node.args[0], "part", 2.5)  # without this function
    for more in ("[..., None]", "[0]", ".values", ".float()", " + 1", " - 1", ".mT", "[1:]"):
        kind = "number" if more[1] in "+-" else "form"
        if kind == "number":
            yield source.put(node, source.of(node) + more, kind, 3.0)
        else:
            yield source.behind(node, more, kind, RARE)


def exchanged(node: ast.Call, source: Source) -> Iterator[Edit]:
    """Two functions of one value in the other order: `x.exp().sum()` for `x.sum().exp()`."""
    inner, around = receiver(node, source)
    if not isinstance(inner, ast.Call):
        return
    value, within = receiver(inner, source)
    if value is not None:
        yield source.put(node, within(around(value)), "sequence", 1.8)


def receiver(node: ast.Call, source: Source):
    """What a call is made on, and how the same call is made on something else."""
    func, args = node.func, node.args
    if isinstance(func, ast.Attribute) and not is_part(source, func.value):
        return func.value, lambda new: ast.Call(
            ast.Attribute(new, func.attr, ast.Load()), args, node.keywords
        )
    if args:
        return args[0], lambda new: ast.Call(func, [new, *args[1:]], node.keywords)
    return None, None


def axes(node: ast.Call, source, scope, name: str) -> Iterator[Edit]:
    """Another axis, one that is missing, one too many; `keepdim`."""
    given = [k for k in node.keywords if k.arg in AXIS]
    for keyword in given:
        for other in (*AXES, *[p for p in scope.params if p in AXIS]):
            if str(other) != source.of(keyword.value):
                yield source.put(keyword.value, str(other), "axis", 0.8)
        if name in REDUCES:
            yield called_again(node, source, without=keyword.arg, cost=2.5)
    if name in WITH_AXIS:
        for arg in node.args:
            if isinstance(arg, ast.UnaryOp | ast.Constant) and source.of(arg).lstrip("-").isdigit():
                for other in (*AXES, *[p for p in scope.params if p in AXIS]):
                    if str(other) != source.of(arg):
                        yield source.put(arg, str(other), "axis", 0.9)
    if name in REDUCES and isinstance(node.func, ast.Attribute) and not given:
        of_module = source.of(node.func.value) in ("torch", "F")
        if len(node.args) == (1 if of_module else 0):
            for other in (-1, 0, 1, *[p for p in scope.params if p in AXIS]):
                yield called_again(node, source, more=f"dim={other}", cost=1.2)
                yield called_again(node, source, more=f"dim={other}, keepdim=True", cost=1.6)
        elif len(node.args) == (2 if of_module else 1):
            yield called_again(node, source, drop=len(node.args) - 1, cost=2.5)
    if name in KEEPS and (node.args or node.keywords):
        if any(k.arg == "keepdim" for k in node.keywords):
            yield called_again(node, source, without="keepdim", cost=1.0)
        else:
            yield called_again(node, source, more="keepdim=True", cost=1.0)


def called_again(node: ast.Call, source, more="", without="", drop=None, cost=1.0) -> Edit:
    """The same call with an argument more or less."""
    args = [source.of(arg) for i, arg in enumerate(node.args) if i != drop]
    args += [source.of(k) for k in node.keywords if k.arg != without]
    args += [more] if more else []
    kind = "axis" if drop is not None or without in AXIS or "dim=" in more[:4] else "shape"
    kind = "shape" if called_name(node) == "squeeze" else kind
    if kind == "shape" and "keepdim" not in (without, more.partition("=")[0]):
        kind = "argument"
    new = f"{source.of(node.func)}({', '.join(args)})"
    return source.put(node, new, kind, cost)


def arguments(node: ast.Call, source, scope, name: str) -> Iterator[Edit]:
    """Two exchanged, one dropped, one added that the reference gives to the same function."""
    texts = [source.of(arg) for arg in node.args]
    for i in range(len(node.args) - 1):
        other = [*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]]
        start = source.span(node.args[i])[0]
        end = source.span(node.args[i + 1])[1]
        if ast.Starred not in map(type, node.args[i : i + 2]):
            yield Edit(start, end, ", ".join(other[i : i + 2]), "order", 1.5)
    for keyword in node.keywords:
        if keyword.arg and keyword.arg not in (*AXIS, "keepdim"):
            yield called_again(node, source, without=keyword.arg, cost=1.8)
    for i in range(1, len(node.args)):
        yield called_again(node, source, drop=i, cost=3.0)
    has = {k.arg for k in node.keywords}
    for arg, value in scope.keywords.get(name, {}).items():
        if arg not in has:
            yield called_again(node, source, more=f"{arg}={value}", cost=1.5)
    for more in OFTEN_FORGOTTEN.get(name, ()):
        yield called_again(node, source, more=more, cost=2.5)
    if name in ("sum", "max", "min", "get", "next") and isinstance(node.func, ast.Name):
        yield called_again(node, source, more="default=0", cost=3.0)


def ranges(node: ast.Call, source) -> Iterator[Edit]:
    texts = [source.of(arg) for arg in node.args]
    if len(texts) == 1:
        (end,) = texts
        for new in (f"range(1, {end})", f"range({end} + 1)", f"range({end} - 1)",
                    f"range(1, {end} + 1)", f"reversed(range({end}))"):  # fmt: skip
            yield source.put(node, new, "bound", 1.3)
    elif len(texts) == 2:
        begin, end = texts
        for new in (f"range({begin}, {end} + 1)", f"range({begin}, {end} - 1)",
                    f"range({begin} + 1, {end})", f"range({end})"):  # fmt: skip
            yield source.put(node, new, "bound", 1.3)
