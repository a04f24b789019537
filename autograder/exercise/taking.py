"""A cell tagged `own`: it imports functions of earlier chapters that a learner may have written.

Owns: what such a cell may hold, and the cell that stands in its place in the learner's notebook.
"""

import ast
import textwrap
from collections.abc import Iterable
from itertools import chain

TAG = "own"
WIDTH, INDENT = 88, "    "
SAID = """\
# Your own functions, from your saved notebooks of earlier chapters; the book's where the check
# does not accept yours yet. If your notebooks are not found, add folder="..." at the end.
from autograder import own

"""


def taken_in(source: str) -> list[tuple[str, str, str]]:
    """(module, function, its name here) for all that such a cell imports.

    Raises ValueError for a cell that holds anything else.
    """
    found = []
    for node in ast.parse(source).body:
        module = (getattr(node, "module", None) or "").removeprefix("solutions.")
        if (
            not isinstance(node, ast.ImportFrom)
            or node.module != f"solutions.{module}"
            or any(alias.name == "*" for alias in node.names)
        ):
            raise ValueError(
                f"A cell tagged `{TAG}` holds {ast.unparse(node)!r}. It holds imports of the form "
                "`from solutions.tokenization import train_bpe` and nothing else."
            )
        found += [(module, alias.name, alias.asname or alias.name) for alias in node.names]
    if not found:
        raise ValueError(f"A cell tagged `{TAG}` imports nothing.")
    return found


def as_taken(source: str) -> str:
    """The learner's cell for one that imports the book's functions; a line for each chapter."""
    here, there = {}, {}
    for module, name, own_name in taken_in(source):
        here.setdefault(module, []).append(own_name)
        there.setdefault(module, []).append(f'"{module}.{name}"')
    left, right = (", ".join(chain(*side.values())) for side in (here, there))
    line = f"{left} = own({right})"
    if len(line) > WIDTH:
        line = f"(\n{lines(here.values())}\n) = own(\n{lines(there.values())}\n)"
    return SAID + line


def lines(rows: Iterable[list[str]]) -> str:
    width = WIDTH - len(INDENT)
    wrapped = [textwrap.wrap(", ".join(row) + ",", width, break_long_words=False) for row in rows]
    return textwrap.indent("\n".join(chain(*wrapped)), INDENT)


def as_imports(source: str) -> list[str]:
    """The same functions of the book, a line for each import."""
    return [ast.unparse(node) for node in ast.parse(source).body]
