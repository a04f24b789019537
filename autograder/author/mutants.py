"""Small edits of a reference, one at a time.

Owns: making them. Which of them the judge lets pass is `nursery`'s to find out.
"""

import ast
from dataclasses import dataclass

from autograder.repair.scope import called_name, is_text

OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
# calls that mean the same with their arguments in another order
SYMMETRIC = (
    "transpose", "swapaxes", "maximum", "minimum", "logical_and", "logical_or", "logical_xor",
    "min", "max", "gcd", "lcm", "hypot", "isclose", "allclose", "equal",
)  # fmt: skip
TWINS = {"sum": "mean", "min": "max", "amin": "amax", "argmin": "argmax", "any": "all"}
TWINS |= {twin: name for name, twin in TWINS.items()}
BUILTIN = ("min", "max", "any", "all")  # the twins that Python knows by their bare names
ONE_OF = ("min", "max", "minimum", "maximum")  # of whose arguments one alone is a natural slip
NOT_CODE = ("annotation", "returns", "decorator_list")


@dataclass(frozen=True)
class Mutant:
    line: int  # in the reference's source
    original: str  # that line
    edit: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every edit of the source, in the order of its lines, none of them twice."""
    tree = ast.parse(source)
    lines = source.splitlines()
    found, seen = [], {ast.unparse(tree)}
    for place, (_, _, _, node) in enumerate(places(tree)):
        for number in range(len(edits(node))):
            copy = ast.parse(source)
            parent, name, index, node = places(copy)[place]
            edit, new = edits(node)[number]
            before = ast.unparse(node).splitlines()[0]
            replace(parent, name, index, new)
            text = ast.unparse(ast.fix_missing_locations(copy))
            if text not in seen:
                seen.add(text)
                original = lines[node.lineno - 1].strip()
                found.append(Mutant(node.lineno, original, f"{edit}: {before}", text))
    return sorted(found, key=lambda mutant: mutant.line)


def places(tree) -> list[tuple]:
    """Every node that is code, with where it hangs: (parent, field, index, node)."""
    found, waiting = [], [tree]
    while waiting:
        parent = waiting.pop(0)
        for name, value in ast.iter_fields(parent):
            for index, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST) or name in NOT_CODE or is_text(node):
                    continue
                if isinstance(node, ast.expr | ast.stmt):
                    found.append((parent, name, index if isinstance(value, list) else None, node))
                if not is_negative(node):  # -1 is edited as one number
                    waiting.append(node)
    return found


def replace(parent, name, index, new):
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new


def is_negative(node) -> bool:
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    )


def edits(node) -> list[tuple[str, ast.AST]]:
    """What may be put in the place of a node, each with its name."""
    made = []
    kind, copied = type(node), vars(node)
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OPERATORS:
        made.append(("operator", kind(**copied | {"op": OPERATORS[type(node.op)]()})))
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        made.append(("operator", kind(**copied | {"op": OPERATORS[type(node.op)]()})))
    if isinstance(node, ast.Compare):
        for table in (OPERATORS, MIRRORED):
            if other := table.get(type(node.ops[0])):
                made.append(("comparison", kind(**copied | {"ops": [other(), *node.ops[1:]]})))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        made.append(("negation dropped", node.operand))
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        test = ast.UnaryOp(ast.Not(), node.test)
        made.append(("test negated", kind(**copied | {"test": test})))
    if (number := constant(node)) is not None:
        others = [not number] if isinstance(number, bool) else [number + 1, number - 1, 0]
        made += [(f"{other} for", ast.Constant(other)) for other in others if other != number]
    if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
        made.append(("dropped", ast.Pass()))
    return made + (call_edits(node) if isinstance(node, ast.Call) else [])


def call_edits(node: ast.Call) -> list[tuple[str, ast.AST]]:
    """Arguments in another order, one keyword less, another function of the same family."""
    made, copied = [], vars(node)
    name = called_name(node)
    for i in range(0 if name in SYMMETRIC else len(node.args) - 1):
        args = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        made.append(("arguments swapped", ast.Call(**copied | {"args": args})))
    for i, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:i], *node.keywords[i + 1 :]]
        made.append((f"without {keyword.arg}", ast.Call(**copied | {"keywords": rest})))
    if isinstance(node.func, ast.Attribute) and name in TWINS:
        func = ast.Attribute(**vars(node.func) | {"attr": TWINS[name]})
        made.append((f"{TWINS[name]} for {name}", ast.Call(**copied | {"func": func})))
    if isinstance(node.func, ast.Name) and name in BUILTIN:
        func = ast.Name(**vars(node.func) | {"id": TWINS[name]})
        made.append((f"{TWINS[name]} for {name}", ast.Call(**copied | {"func": func})))
    if name in ONE_OF and len(node.args) > 1 and not node.keywords:
        made += [(f"argument {i} alone", arg) for i, arg in enumerate(node.args, 1)]
    return made


def constant(node):
    if is_negative(node) and isinstance(node.operand.value, int | float):
        return -node.operand.value
    is_number = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return node.value if is_number else None
