"""A cell as a notebook runs it, turned into plain Python, line for line.

Owns: what IPython makes of a cell, and the names that it binds. Runs nothing.
"""

import ast
import re
from functools import lru_cache

from IPython.core import inputtransformer2 as ipython

TROUBLE = (SyntaxError, ValueError, RecursionError, MemoryError)
# cell magics whose body is Python that runs in the notebook's own namespace
KEEPING = {"time", "capture", "prun", "debug"}
LEFT_OUT = "pass"
MOST_COMMANDS = 200  # lines of IPython's own in one cell
DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=", re.MULTILINE)


@lru_cache(maxsize=512)
def tree_of(source: str) -> ast.Module:
    """Python, parsed once; whoever asks must leave it as it is. Raises one of `TROUBLE`."""
    return ast.parse(source)


@lru_cache(maxsize=512)
def as_python(source: str) -> str:
    """What of a cell is Python, every statement on the line where it stood.

    Commands, questions (`x?`) and shell lines are left out one by one; `%time` and the like keep
    the statement that they time. What cannot be read at all comes back as it is.
    """
    if parses(source):
        return source
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    try:
        return "".join(transformed(lines))
    except TROUBLE:
        return source


def transformed(lines: list[str]) -> list[str]:
    """As IPython's `transform_cell`, but no line goes or comes."""
    manager = ipython.TransformerManager()
    kept = lines
    for cleanup in manager.cleanup_transforms:
        kept = cleanup(kept)
    before = ["\n"] * (len(lines) - len(kept))  # empty ones at the top
    if kept and (magic := re.match(r"%%(\w+)(?!\w*\?)", kept[0])):
        if magic[1] not in KEEPING:
            return ["\n"] * len(lines)
        return [*before, "\n", *transformed(kept[1:])]
    for _ in range(MOST_COMMANDS):
        step = one_step(manager, kept)
        if step is None:
            break
        kept = step
    return before + kept


def one_step(manager, lines: list[str]) -> list[str] | None:
    """The first command of IPython's made plain; None where there is none."""
    tokens = ipython.make_tokens_by_line(lines)
    found = [kind.find(tokens) for kind in manager.token_transformers]
    for command in sorted(filter(None, found), key=lambda command: command.sortby()):
        try:
            after = command.transform(lines)
        except SyntaxError:
            continue
        start, gone = command.start_line, len(lines) - len(after)
        plain = without_command(after[start])
        return [*lines[:start], plain, *["\n"] * gone, *after[start + 1 :]]
    return None


def without_command(line: str) -> str:
    """A line of Python in which IPython's own call is left out."""
    indent = line[: len(line) - len(line.lstrip())]
    if "get_ipython()" not in line:  # `/f x` and `,f x` are calls of the learner's functions
        return line
    timed = re.search(r"get_ipython\(\)\.run_line_magic\('(?:time|prun)', (.+)\)\s*$", line)
    if timed:
        said = line[len(indent) : timed.start()] + str(ast.literal_eval(timed[1]))
        if parses(said):
            return f"{indent}{said}\n"
    return f"{indent}{LEFT_OUT}\n"


def parses(source: str) -> bool:
    try:
        tree_of(source)
    except TROUBLE:
        return False
    return True


@lru_cache(maxsize=512)
def defined(source: str) -> frozenset[str]:
    """Names that a cell binds outside functions and classes, as far as can be read."""
    plain = as_python(source)
    try:
        tree = tree_of(plain)
    except TROUBLE:
        return frozenset(name for pair in DEFINED.findall(plain) for name in pair if name)
    names, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        waiting += ast.iter_child_nodes(node)
    return frozenset(names)


@lru_cache(maxsize=512)
def meaning(source: str) -> str:
    """What two cells have in common that differ in spaces, quotes and comments alone."""
    try:
        return ast.dump(tree_of(as_python(source)))
    except TROUBLE:
        return source.strip()


@lru_cache(maxsize=512)
def imports_of(source: str) -> dict[str, str]:
    """Names that a cell imports, each with its module; "*" for all of one."""
    try:
        nodes = list(ast.walk(tree_of(as_python(source))))
    except TROUBLE:
        return {}
    found = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: node.module or "" for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [(alias.asname or alias.name.partition(".")[0], alias) for alias in node.names]
            found |= {name: alias.name for name, alias in names}
    return found


def used(source: str) -> set[str]:
    """Names that a piece of code mentions."""
    try:
        return {n.id for n in ast.walk(tree_of(source)) if isinstance(n, ast.Name)}
    except TROUBLE:
        return set()
