"""The parts of a function's source: its docstring, its body."""

import ast
import inspect
import textwrap
from collections.abc import Callable


def without_docstring(source: str) -> str:
    """A function's source without what stands above it as prose."""
    node = ast.parse(source).body[0]
    lines = source.splitlines()
    if ast.get_docstring(node):
        del lines[node.body[0].lineno - 1 : node.body[0].end_lineno]
    return "\n".join(lines)


def with_docstring(source: str, signature: str) -> str:
    """A function's source down to the end of its docstring, where it has one."""
    node = ast.parse(source).body[0]
    if not ast.get_docstring(node):
        return signature + "\n"
    return "\n".join(source.splitlines()[: node.body[0].end_lineno]) + "\n"


def body_of(function: Callable, name: str, parameters: list[str]) -> str:
    """The statements of a function declared in `autograder/checks`, below its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    taken = list(inspect.signature(function).parameters)
    if taken != parameters:
        raise ValueError(
            f"{function.__name__} takes {taken}, {name} takes {parameters}: give both the same "
            "names, or the one cannot be released as the other."
        )
    lines = source.splitlines()
    body = lines[body_begins(node, lines) - 1 : node.end_lineno]
    return textwrap.indent(textwrap.dedent("\n".join(body)), "    ") + "\n"


def body_begins(function: ast.FunctionDef, lines: list[str]) -> int:
    """The number of the line below the docstring on which the body begins, comments included."""
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    begins = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    while lines[begins - 2].lstrip().startswith("#") or not lines[begins - 2].strip():
        begins -= 1
    return begins
