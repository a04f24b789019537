"""A learner's source as text and as a tree, and edits of it.

Owns: where a node stands in the text, what an edit puts there, and the text that comes of it.
"""

import ast
import contextlib
from dataclasses import dataclass
from functools import cached_property

# what another expression may not take in without brackets
LOOSE = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr,
    ast.Await, ast.Yield, ast.YieldFrom, ast.Tuple, ast.GeneratorExp,
)  # fmt: skip
TIGHT = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Attribute, ast.Starred,
    ast.Await,
)  # fmt: skip

PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Edit:
    """Some text in the place of another. start, end: offsets in the source."""

    start: int
    end: int
    new: str
    kind: str  # which question it raises: a key of `place.QUESTIONS`
    cost: float  # what learners do often costs little, and is tried first

    def applied(self, source: str) -> str:
        return source[: self.start] + self.new + source[self.end :]


class Source:
    """Source that Python can read. Raises SyntaxError, ValueError, RecursionError or MemoryError."""

    def __init__(self, text: str):
        self.text = text
        self.tree = ast.parse(text)
        self.lines = text.splitlines(keepends=True)
        self.begins = [0]
        for line in self.lines:
            self.begins.append(self.begins[-1] + len(line))
        self.parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def offset(self, line: int, column: int) -> int:
        """Where a place of the tree is in the text. line: from 1; column: in bytes of UTF-8."""
        return self.begins[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node) -> tuple[int, int]:
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def of(self, node) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def line_of(self, offset: int) -> int:
        """The number of the line, from 1, on which an offset lies."""
        line = 1
        while line < len(self.lines) and self.begins[line] <= offset:
            line += 1
        return line

    def put(self, node: ast.expr, new: "str | ast.expr", kind: str, cost: float) -> Edit:
        """Another expression in the place of this one, in brackets where it needs them."""
        text = new if isinstance(new, str) else ast.unparse(new)
        parent = self.parents.get(node)
        taken_in = isinstance(parent, TIGHT)
        taken_in |= isinstance(parent, ast.Subscript) and parent.value is node
        taken_in |= isinstance(parent, ast.Call) and parent.func is node
        if taken_in and is_loose(new) and not self.bracketed(node):
            text = f"({text})"
        return Edit(*self.span(node), text, kind, cost)

    def bracketed(self, node) -> bool:
        start, end = self.span(node)
        before, after = self.text[:start].rstrip(), self.text[end:].lstrip()
        return before.endswith("(") and after.startswith(")")

    def behind(self, node: ast.expr, more: str, kind: str, cost: float) -> Edit:
        """Something after an expression: a method, an index."""
        text = self.of(node)
        if isinstance(node, LOOSE) and not text.startswith("("):
            text = f"({text})"
        return Edit(*self.span(node), text + more, kind, cost)


def is_loose(expression: "str | ast.expr") -> bool:
    if isinstance(expression, str):
        with contextlib.suppress(SyntaxError):  # such an edit is not tried
            expression = ast.parse(expression, mode="eval").body
    return isinstance(expression, LOOSE)


def common(one: str, other: str) -> int:
    """With how many letters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
