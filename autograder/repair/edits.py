"""All edits of a source, the likeliest first.

Owns: putting together those of statements, expressions and calls; which edits are the same one.
"""

import ast
from collections.abc import Iterator

from autograder.repair import calls as _calls  # noqa: F401 (registers the edits of calls)
from autograder.repair.expressions import expression_edits
from autograder.repair.scope import scope_of, with_reference
from autograder.repair.statements import statement_edits
from autograder.repair.text import Edit, Source, common

KEPT = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom


def edits_of(source: Source, name: str, solution: str, line: int = 0) -> list[Edit]:
    """Every edit of a source, the likeliest first, each once.

    name: of the exercise; solution: the book's own version. line: where an error was raised; it
    is looked at first.
    """
    found: dict[tuple, Edit] = {}
    for function in source.functions:
        scope = scope_of(function)
        if function.name == name or name[:1].isupper():
            scope = with_reference(scope, solution, function.name)
        for edit in every_edit(source, function, scope):
            place = (edit.start, edit.end, edit.new)
            if source.text[edit.start : edit.end] == edit.new:
                continue
            if place not in found or found[place].cost > edit.cost:
                found[place] = edit
    order = {edit: edit.cost - (source.line_of(edit.start) == line) for edit in found.values()}
    return sorted(order, key=order.get)


def groups_of(source: Source, edits: list[Edit], most: int) -> list[list[Edit]]:
    """Edits that are one change, made in several places that do not overlap, at most `most`."""
    alike: dict[tuple, list[Edit]] = {}
    for edit in edits:
        alike.setdefault(change(source.text, edit), []).append(edit)
    groups = [apart(group) for group in alike.values() if len(group) > 1]
    return sorted((g for g in groups if 1 < len(g) <= most), key=lambda group: group[0].cost)


def change(text: str, edit: Edit) -> tuple[str, str]:
    """What is taken away and what is put in, without what stays as it was."""
    old, new = text[edit.start : edit.end], edit.new
    begin = common(old, new)
    old, new = old[begin:], new[begin:]
    end = common(old[::-1], new[::-1])
    return old[: len(old) - end], new[: len(new) - end]


def apart(edits: list[Edit]) -> list[Edit]:
    """Those that do not overlap, in the order of the text, the smallest where some do."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda e: e.end - e.start):
        if all(edit.end <= other.start or other.end <= edit.start for other in kept):
            kept.append(edit)
    return sorted(kept, key=lambda e: e.start)


def every_edit(source: Source, function, scope) -> Iterator[Edit]:
    yield from statement_edits(source, function, scope)
    defaults = [d for d in (*function.args.defaults, *function.args.kw_defaults) if d]
    for part in (*defaults, *function.body):
        for node in ast.walk(part):
            if isinstance(node, ast.expr | ast.Slice) and not is_note(source, node):
                yield from expression_edits(source, node, scope)


def is_note(source: Source, node) -> bool:
    """Is it an annotation, a docstring, a part of an f-string, or within one?"""
    while node in source.parents:
        parent = source.parents[node]
        if isinstance(parent, ast.JoinedStr):
            return True
        if getattr(parent, "annotation", None) is node or getattr(parent, "returns", None) is node:
            return True
        if isinstance(parent, ast.Expr) and isinstance(node, ast.Constant):
            return True
        if isinstance(parent, ast.stmt):
            return False
        node = parent
    return False


def without_running(text: str) -> str:
    """A cell's text in which nothing but definitions is left, each where it stood."""
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    for statement in tree.body:
        simple = isinstance(statement, ast.Assign | ast.AnnAssign) and not any(
            isinstance(node, ast.Call) for node in ast.walk(statement)
        )
        if not (isinstance(statement, KEPT) or simple):
            for number in range(statement.lineno - 1, statement.end_lineno):
                ending = "\n" if lines[number].endswith("\n") else ""
                lines[number] = " " * (len(lines[number]) - len(ending)) + ending
    return "".join(lines)
