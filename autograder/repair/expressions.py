"""Small edits of expressions: what learners mistake for one another.

Owns: which expressions are tried in the place of one, and how likely each is.
"""

import ast
from collections.abc import Iterator
from functools import singledispatch

from autograder.repair.scope import Scope
from autograder.repair.tables import COMPARED, FAMILIES, MADE, OPERATORS, RARE, SLICED
from autograder.repair.text import Edit, Source


def expression_edits(source: Source, node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """All that is tried in the place of one expression."""
    yield from of_kind(node, source, scope)
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or is_part(source, node):
        return
    yield from grafts(source, node, scope)


def is_part(source: Source, node) -> bool:
    """Is it no value of its own: the function of a call, a module, a type?"""
    parent = source.parents.get(node)
    return (isinstance(parent, ast.Call) and parent.func is node) or (
        isinstance(node, ast.Name) and node.id in ("torch", "F", "math", "np", "re", "self")
    )


def grafts(source: Source, node, scope: Scope) -> Iterator[Edit]:
    """Fragments of the reference in the place of something as small."""
    if isinstance(node, ast.Slice | ast.Tuple | ast.Starred | ast.JoinedStr | ast.Lambda):
        return
    if isinstance(source.parents.get(node), ast.Return) or sum(1 for _ in ast.walk(node)) > 14:
        return
    mine = ast.unparse(node)
    for fragment in scope.fragments:
        if ast.unparse(fragment) != mine:
            yield source.put(node, fragment, "value", 5.0)


@singledispatch
def of_kind(node, source: Source, scope: Scope) -> Iterator[Edit]:
    yield from ()


@of_kind.register
def _(node: ast.Constant, source, scope):
    value = node.value
    if isinstance(source.parents.get(node), ast.JoinedStr | ast.FormattedValue | ast.UnaryOp):
        return
    if isinstance(value, bool):
        yield source.put(node, str(not value), "option", 1.0)
    elif isinstance(value, int):
        for other in dict.fromkeys((value + 1, value - 1, 0, 1, -1, 2, -value)):
            if other != value:
                yield source.put(node, str(other), "number", 1.0 if abs(other - value) < 2 else 2.0)
    elif isinstance(value, float):
        for other in (0.0, 1.0, -value, float("inf"), float("-inf")):
            if other != value:
                text = f"float('{other}')" if other in (float("inf"), float("-inf")) else str(other)
                yield source.put(node, text, "number", 2.0)
    if value is None or isinstance(value, bool):
        return
    kind = "option" if isinstance(value, str) else "number"
    for other in scope.constants:
        if type(other) is type(value) and other != value:
            yield source.put(node, ast.Constant(other), kind, 1.8)
    for name in scope.names:
        yield source.put(node, name, "literal", 1.8 if name in scope.params else 4.5)


@of_kind.register
def _(node: ast.UnaryOp, source, scope):
    yield source.put(node, node.operand, "sign", 1.5)
    if isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, int):
        value = -node.operand.value if isinstance(node.op, ast.USub) else node.operand.value
        for other in dict.fromkeys((value + 1, value - 1, 0, 1)):
            if other != value:
                yield source.put(node, str(other), "number", 1.0)
    elif isinstance(node.operand, ast.Constant):
        for other in scope.constants:
            yield source.put(node, ast.Constant(other), "number", 2.5)


@of_kind.register
def _(node: ast.Compare, source, scope):
    for operator in COMPARED.get(type(node.ops[0]), ()):
        other = ast.Compare(node.left, [operator(), *node.ops[1:]], node.comparators)
        yield source.put(node, other, "bound", 1.0)
    if len(node.ops) == 1:
        (right,) = node.comparators
        yield source.put(node, ast.Compare(right, node.ops, [node.left]), "order", 2.5)
        for operator in (ast.BitAnd(), ast.BitOr()):
            yield source.put(node, ast.BinOp(node.left, operator, right), "operator", 3.0)


@of_kind.register
def _(node: ast.BinOp, source, scope):
    for operator in OPERATORS.get(type(node.op), ()):
        yield source.put(node, ast.BinOp(node.left, operator(), node.right), "operator", 1.2)
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield source.put(node, ast.BinOp(node.right, node.op, node.left), "order", 1.5)
    if isinstance(node.op, ast.Add) and not isinstance(node.left, ast.Constant):
        yield source.put(node, ast.BinOp(node.right, node.op, node.left), "order", 2.5)
    yield source.put(node, node.left, "part", 2.0)
    yield source.put(node, node.right, "part", 2.0)
    if isinstance(node.op, ast.Add):
        yield source.put(node, ast.Tuple([node.left, node.right], ast.Load()), "form", 3.0)
    # a / b * c for a / (b * c)
    if isinstance(node.left, ast.BinOp):
        inner = ast.BinOp(node.left.right, node.op, node.right)
        yield source.put(node, ast.BinOp(node.left.left, node.left.op, inner), "operator", 2.5)


@of_kind.register
def _(node: ast.BoolOp, source, scope):
    other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield source.put(node, ast.BoolOp(other, node.values), "condition", 1.5)
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        less = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield source.put(node, less, "condition", 2.0)


@of_kind.register
def _(node: ast.IfExp, source, scope):
    yield source.put(node, node.body, "condition", 2.0)
    yield source.put(node, node.orelse, "condition", 2.0)
    yield source.put(node, ast.IfExp(node.test, node.orelse, node.body), "condition", 1.5)


@of_kind.register
def _(node: ast.Name, source, scope):
    if isinstance(node.ctx, ast.Store) or is_part(source, node):
        return
    for name in scope.names:
        if name != node.id:
            yield source.put(node, name, "name", 2.5)
    if node.id in scope.names:
        for more in (" - 1", " + 1"):
            yield source.put(node, node.id + more, "number", 2.2)
        for more in (*SLICED, *MADE):
            yield source.behind(node, more, "form", RARE)
        for wrap in ("len({})", "list({})", "-{}", "1 - {}", "~{}", "set({})", "sorted({})"):
            yield source.put(node, wrap.format(node.id), "form", RARE)


@of_kind.register
def _(node: ast.Attribute, source, scope):
    if isinstance(node.ctx, ast.Store):
        return
    for other in relatives(node.attr, FAMILIES):
        yield source.put(node, ast.Attribute(node.value, other, node.ctx), "function", 1.2)
    for other in scope.methods:
        if other != node.attr and other not in relatives(node.attr, FAMILIES):
            yield source.put(node, ast.Attribute(node.value, other, node.ctx), "function", 3.0)
    if not is_part(source, node) and not is_part(source, node.value):
        yield source.put(node, node.value, "part", 2.0)


def relatives(name: str, families) -> list[str]:
    found = [other for family in families if name in family for other in family if other != name]
    return list(dict.fromkeys(found))


@of_kind.register
def _(node: ast.Subscript, source, scope):
    yield source.put(node, node.value, "slice", 2.0)
    index = ast.unparse(node.slice)
    value = source.of(node.value)
    if isinstance(node.slice, ast.Slice | ast.Tuple):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if len(parts) == 2:
            yield source.put(node, f"{value}[{ast.unparse(parts[1])}, {ast.unparse(parts[0])}]",
                             "slice", 2.0)  # fmt: skip
    if isinstance(node.ctx, ast.Store):
        return
    for other in (f"[:, {index}]", f"[..., {index}]", f"[{index}, :]", f"[{index}, None]"):
        if not isinstance(node.slice, ast.Tuple):
            yield source.put(node, value + other, "slice", 3.0)
    yield source.put(node, f"{value}.get({index}, 0)", "slice", 4.0)


@of_kind.register
def _(node: ast.Slice, source, scope):
    parts = [source.of(p) if p else "" for p in (node.lower, node.upper, node.step)]
    lower, upper, step = parts
    tail = f":{step}" if step else ""
    others = []
    if not lower:
        others.append(("1", upper))
    else:
        others += [("", upper), (f"{lower} + 1", upper), (f"{lower} - 1", upper)]
    if not upper:
        others.append((lower, "-1"))
    else:
        others += [(lower, ""), (lower, f"{upper} + 1"), (lower, f"{upper} - 1")]
    if bool(lower) != bool(upper):
        others.append((upper, lower))
    for begin, end in others:
        yield Edit(*source.span(node), f"{begin}:{end}{tail}", "slice", 1.1)


@of_kind.register
def _(node: ast.Tuple, source, scope):
    if len(node.elts) == 2 and not isinstance(node.ctx, ast.Store):
        a, b = (source.of(item) for item in node.elts)
        start, end = source.span(node.elts[0])[0], source.span(node.elts[1])[1]
        yield Edit(start, end, f"{b}, {a}", "order", 1.5)


@of_kind.register
def _(node: ast.List, source, scope):
    if not isinstance(node.ctx, ast.Store):
        yield source.put(node, ast.Tuple(node.elts, node.ctx), "form", 2.0)


def comprehension_edits(source: Source, node) -> Iterator[Edit]:
    """Without a condition, with the opposite one."""
    for generator in node.generators:
        for test in generator.ifs:
            yield source.put(test, "True", "condition", 2.0)
            yield source.put(test, ast.UnaryOp(ast.Not(), test), "condition", 1.8)


@of_kind.register(ast.ListComp)
@of_kind.register(ast.SetComp)
@of_kind.register(ast.GeneratorExp)
@of_kind.register(ast.DictComp)
def _(node, source, scope):
    yield from comprehension_edits(source, node)
