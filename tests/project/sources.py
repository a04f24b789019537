"""The project's own Python files, and what they import."""

import ast
import sys
import tomllib

import pytest
from pages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
OURS = {"autograder", "byhand", "solutions", "chapters", "book"}
STANDARD = set(sys.stdlib_module_names)


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


CODE = python_files("autograder", "solutions", "byhand", "book", "benchmarks")
every_file = pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))


def imports(path, everywhere=True) -> set[str]:
    """Dotted names that a file imports: at its top level, or inside functions as well."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    found = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say where from"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def packages(path, everywhere=True) -> set[str]:
    return {name.partition(".")[0] for name in imports(path, everywhere)} - STANDARD


def ours(path, everywhere=True) -> set[str]:
    """Modules of `autograder` that a file imports."""
    return {n.split(".")[1] for n in imports(path, everywhere) if n.startswith("autograder.")}
