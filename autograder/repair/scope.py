"""What an edit may put in: the learner's own names, and what the book's version is made of.

Owns: collecting them. That a fragment of the reference fits into the learner's code is nobody's
to know before it has been tried.
"""

import ast
from dataclasses import dataclass, field

MOST_NODES = 9  # of a fragment of the reference; more would be its answer


@dataclass
class Scope:
    """Names and fragments for edits of one function."""

    params: list[str]
    names: list[str]  # params, then what is assigned in it, in the order of the text
    # of the reference, with its parameters under the learner's names
    constants: list[object] = field(default_factory=list)
    keywords: dict[str, dict[str, str]] = field(default_factory=dict)  # by function: name -> value
    methods: list[str] = field(default_factory=list)
    fragments: list[ast.expr] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)  # statements that need nothing but arguments


def params_of(function) -> list[str]:
    every = function.args
    return [a.arg for a in (*every.posonlyargs, *every.args, *every.kwonlyargs)]


def scope_of(function) -> Scope:
    params = params_of(function)
    names = dict.fromkeys(params)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
    return Scope(params, list(names))


class Renamed(ast.NodeTransformer):
    """The reference's parameters under the learner's names."""

    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


def with_reference(scope: Scope, solution: str, name: str) -> Scope:
    """The scope, with what the reference is made of. The learner's function has the same places."""
    tree = ast.parse(solution)
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    found = [n for n in found if n.name == name] or found
    if not found:
        return scope
    function = found[0]
    theirs = params_of(function)
    if len(theirs) == len(scope.params):
        function = Renamed(dict(zip(theirs, scope.params, strict=True))).visit(function)
    body = [s for s in function.body if not is_text(s)]
    every = [s for s in ast.walk(function) if isinstance(s, ast.stmt)]
    known = {*scope.names, *dir(__builtins__), "torch", "F", "math", "re"}
    for node in (n for statement in body for n in ast.walk(statement)):
        if isinstance(node, ast.Constant) and node.value not in (None, ...):
            if not any(node.value is c or repr(node.value) == repr(c) for c in scope.constants):
                scope.constants.append(node.value)
        if isinstance(node, ast.Attribute) and node.attr not in scope.methods:
            scope.methods.append(node.attr)
        if isinstance(node, ast.Call):
            called = scope.keywords.setdefault(called_name(node), {})
            called |= {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
        if is_fragment(node) and uses(node) <= known:
            scope.fragments.append(node)
    for statement in every:
        small = sum(1 for _ in ast.walk(statement)) <= 3 * MOST_NODES
        if isinstance(statement, ast.If) and small:
            scope.guards += fitted(statement, known, scope.names)
    return scope


def fitted(guard: ast.If, known: set[str], names: list[str]) -> list[str]:
    """A case of the reference; where it needs one name of its own, with each of the learner's."""
    unknown = uses(guard) - known
    if not unknown:
        return [ast.unparse(guard)]
    if len(unknown) > 1:
        return []
    (name,) = unknown
    text = ast.unparse(guard)
    return [ast.unparse(Renamed({name: other}).visit(ast.parse(text))) for other in names]


def is_fragment(node) -> bool:
    kinds = ast.BinOp | ast.Compare | ast.Call | ast.Subscript | ast.UnaryOp | ast.Attribute
    return isinstance(node, kinds) and sum(
        not isinstance(n, ast.expr_context | ast.operator) for n in ast.walk(node)
    ) <= MOST_NODES and not isinstance(getattr(node, "ctx", None), ast.Store)  # fmt: skip


def uses(node) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def is_text(statement) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(
        getattr(statement.value, "value", None), str
    )


def called_name(node: ast.Call) -> str:
    """The bare name of what is called, or ""."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")
