"""Small edits of statements: one that stands in the wrong loop, is missing, is one too many.

Owns: moving lines of the learner's text, and what is tried around a whole statement.
"""

import ast
import textwrap
from collections.abc import Iterator

from autograder.repair.scope import Scope, is_text
from autograder.repair.tables import OPERATORS, RETURNED
from autograder.repair.text import Edit, Source

BLOCKS = ("body", "orelse", "finalbody")
COPIES = ("{0} = {0}.clone()", "{0} = list({0})", "{0} = {0}.float()", "{0} = dict({0})")


def statement_edits(source: Source, function, scope: Scope) -> Iterator[Edit]:
    """All that is tried with the statements of one function."""
    yield from beginnings(source, function, scope)
    for block in blocks(function):
        for index, statement in enumerate(block):
            if is_text(statement):
                continue
            yield from around(source, block, index)
            yield from within(source, statement)
            yield from cases(source, block, index, scope, is_looped(source, statement))
            if isinstance(statement, ast.Return) and statement.value is not None:
                yield from beside(source, statement.value, scope)
            if isinstance(statement, ast.Expr):
                yield from unreturned(source, statement)


def blocks(function) -> Iterator[list]:
    for node in ast.walk(function):
        for name in BLOCKS:
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def lines_of(source: Source, first, last=None) -> tuple[int, int]:
    """The offsets of whole lines, from the one a statement begins on to the one another ends on."""
    begin = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    return source.begins[begin - 1], source.begins[(last or first).end_lineno]


def indented_as(source: Source, text: str, statement) -> str:
    """Lines at the depth of a statement."""
    text = text if text.endswith("\n") else text + "\n"
    return textwrap.indent(textwrap.dedent(text), " " * statement.col_offset)


def own_lines(source: Source, statement) -> bool:
    """Does a statement share no line with another one?"""
    start, end = lines_of(source, statement)
    tree = source.text[start:end].strip()
    return (
        tree.startswith(source.of(statement)[:20]) and ";" not in source.lines[statement.lineno - 1]
    )


def beginnings(source: Source, function, scope: Scope) -> Iterator[Edit]:
    """What may be missing before the first statement: a copy, a case for itself."""
    body = [s for s in function.body if not is_text(s)]
    if not body or not own_lines(source, body[0]):
        return
    start, _ = lines_of(source, body[0])
    for name in scope.params:
        for copy in COPIES:
            yield Edit(start, start, indented_as(source, copy.format(name), body[0]), "copy", 3.0)
    copies = "".join(
        f"{name} = {name}.clone() if hasattr({name}, 'clone') else copy.deepcopy({name})\n"
        for name in scope.params
    )
    whole = indented_as(source, "import copy\n" + copies, body[0])
    yield Edit(start, start, whole, "copy", 2.4)


def cases(source: Source, block: list, index: int, scope: Scope, looped: bool) -> Iterator[Edit]:
    """A case for itself before a statement: one of the reference's, or the end of a loop."""
    statement = block[index]
    if not own_lines(source, statement):
        return
    start, _ = lines_of(source, statement)
    guards = scope.guards
    if looped:
        guards = guards + [
            f"if not {name}:\n    {end}" for name in scope.names for end in ("break", "continue")
        ]
    for guard in guards:
        yield Edit(start, start, indented_as(source, guard, statement), "case", 3.5)


def around(source: Source, block: list, index: int) -> Iterator[Edit]:
    """A statement dropped, exchanged with the next, moved out of its block or into one."""
    statement = block[index]
    if not own_lines(source, statement):
        return
    start, end = lines_of(source, statement)
    text = source.text[start:end]
    if len(block) > 1 and not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Return):
        yield Edit(start, end, "", "needless", 2.0)
    following = block[index + 1] if index + 1 < len(block) else None
    if following is not None and own_lines(source, following):
        after, until = lines_of(source, following)
        if source.text[end:after].strip() == "":
            swapped = source.text[after:until].rstrip("\n") + "\n" + text
            yield Edit(start, until, swapped, "sequence", 3.0)
        if getattr(following, "body", None) and not isinstance(following, ast.FunctionDef):
            moved = indented_as(source, text, following.body[0])  # into the block below
            inside = lines_of(source, following.body[0])[0]
            yield Edit(start, inside, source.text[end:inside] + moved, "repeats", 2.5)
    parent = source.parents.get(statement)
    if not isinstance(parent, ast.For | ast.While | ast.If | ast.With):
        return
    if block is getattr(parent, "body", None) and len(block) > 1:
        if following is None and not getattr(parent, "orelse", None):
            yield Edit(start, end, indented_as(source, text, parent), "repeats", 1.2)
        if index == 0:
            above, _ = lines_of(source, parent)
            head = source.text[above:start]
            yield Edit(above, end, indented_as(source, text, parent) + head, "repeats", 2.0)


def within(source: Source, statement) -> Iterator[Edit]:
    """Edits of what a statement is, its expressions apart."""
    if isinstance(statement, ast.AugAssign):
        target, value = source.of(statement.target), source.of(statement.value)
        span = source.span(statement)
        yield Edit(*span, f"{target} = {value}", "assignment", 2.0)
        for operator in OPERATORS.get(type(statement.op), ()):
            other = ast.AugAssign(statement.target, operator(), statement.value)
            yield Edit(*span, ast.unparse(other), "operator", 1.2)
        added = ast.BinOp(statement.target, statement.op, statement.value)
        yield Edit(*span, f"{target} = {ast.unparse(added)}", "copy", 2.0)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name | ast.Subscript):
            text = f"{source.of(target)} += {source.of(statement.value)}"
            yield Edit(*source.span(statement), text, "assignment", 2.0)
        yield source.behind(statement.value, ".clone()", "copy", 2.5)
    if isinstance(statement, ast.If | ast.While):
        negated = ast.UnaryOp(ast.Not(), statement.test)
        yield source.put(statement.test, negated, "condition", 1.5)
        yield from other_word(source, statement)
    if isinstance(statement, ast.Return) and statement.value is not None:
        yield from returned(source, statement.value)
    if isinstance(statement, ast.Break | ast.Continue):
        other = "continue" if isinstance(statement, ast.Break) else "break"
        yield Edit(*source.span(statement), other, "ending", 1.5)
    if isinstance(statement, ast.With | ast.If) and not getattr(statement, "orelse", None):
        start, end = lines_of(source, statement)
        inside = lines_of(source, statement.body[0])[0]
        if own_lines(source, statement) and statement.body[0].lineno > statement.lineno:
            kept = indented_as(source, source.text[inside:end], statement)
            yield Edit(start, end, kept, "condition", 1.2)


def other_word(source: Source, statement) -> Iterator[Edit]:
    """`while` for `if`, `if` for `while`, `if` for `elif`."""
    start, _ = source.span(statement)
    word = "while" if isinstance(statement, ast.While) else "if"
    if source.text[start:].startswith("elif"):
        yield Edit(start, start + 4, "if", "condition", 2.0)
    elif source.text[start:].startswith(word) and not getattr(statement, "orelse", None):
        other = "if" if word == "while" else "while"
        yield Edit(start, start + len(word), other, "repeats", 3.0)


def is_looped(source: Source, statement) -> bool:
    while not isinstance(statement, ast.FunctionDef | ast.Module):
        statement = source.parents[statement]
        if isinstance(statement, ast.For | ast.While):
            return True
    return False


def beside(source: Source, value, scope: Scope) -> Iterator[Edit]:
    """Another value given back beside this one."""
    if isinstance(value, ast.Tuple):
        return
    text = source.of(value)
    for name in scope.names:
        yield source.put(value, f"{name}, {text}", "return", 3.0)
        yield source.put(value, f"{text}, {name}", "return", 3.0)


def unreturned(source: Source, statement: ast.Expr) -> Iterator[Edit]:
    """What is computed, or printed, and not given back."""
    value = statement.value
    yield Edit(*source.span(statement), f"return {source.of(value)}", "return", 1.5)
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "print":
        args = ", ".join(source.of(arg) for arg in value.args)
        yield Edit(*source.span(statement), f"return {args}", "return", 1.5)


def returned(source: Source, value) -> Iterator[Edit]:
    for more in RETURNED:
        yield source.behind(value, more, "return", 2.5)
    for wrap in ("list({})", "tuple({})", "[{}]", "float({})", "int({})", "-({})", "bool({})",
                 "''.join({})", "set({})", "torch.tensor({})", "torch.stack({})"):  # fmt: skip
        yield source.put(value, wrap.format(source.of(value)), "return", 2.8)
