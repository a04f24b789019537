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


def modules_of_ours(path, everywhere=True) -> set[str]:
    """Modules of `autograder` that a file imports, by their dotted names."""
    found = set()
    for name in imports(path, everywhere):
        while name.startswith("autograder") and name not in MODULES:
            name = name.rpartition(".")[0]  # a name within a module
        if name in MODULES:
            found.add(name)
    return found


def dotted(path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(path): path for path in python_files("autograder")}


def room_of(module: str) -> str:
    """The room that a module of ours lies in: exercise, judge, ...; "" for the front door."""
    return module.split(".")[1] if "." in module else ""


def rooms_used(path, everywhere=True) -> set[str]:
    return {room_of(module) for module in modules_of_ours(path, everywhere)}
