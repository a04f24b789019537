"""Outputs that are older than the code they come from.

The execution cache compares the cells of a page only. Here each page's cache also depends on
the course's own modules that the page imports, directly or through each other, so that a
mended solution shows in every chapter that uses it, and in no other. A page that counts chapters
and exercises, in a cell or by a directive, depends on all of them.
"""

import re
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from sphinx.application import Sphinx

from autograder.exercise import chapters, exercises

OWN_IMPORT = re.compile(r"^\s*(?:from|import)\s+((?:solutions|byhand|autograder)[\w.]*)", re.M)
CHECK = re.compile(r"^check\([\"'](\w+)", re.M)
COUNTS = re.compile(r"\b(?:chapters|exercises)\(\)|\{(?:course-\w+|exercise-\w+)\}")


def own_files(source: str) -> set[Path]:
    """The course's files that a source text depends on.

    A package inside a package counts with all its files: data lies beside its loader.
    """
    found, texts = counted_in(source), [source, judged_by(source)]
    while texts:
        for module in OWN_IMPORT.findall(texts.pop()):
            spec = find_spec(module)
            if spec is None or spec.origin is None:  # the cell itself will say so
                continue
            path = Path(spec.origin)
            if path in found:
                continue
            found.add(path)
            texts.append(path.read_text("utf8"))
            if path.name == "__init__.py" and "." in module:
                found.update(data_files(path.parent))
    return found


def counted_in(source: str) -> set[Path]:
    """All chapters and checks, where a source text counts them."""
    if not COUNTS.search(source):
        return set()
    checks = Path(find_spec("autograder.checks").origin).parent
    return {chapter.path for chapter in chapters().values()} | set(checks.rglob("*.py"))


def judged_by(source: str) -> str:
    """What a source text's checks look up by the name of an exercise, as imports."""
    asked = {exercises()[name] for name in CHECK.findall(source) if name in exercises()}
    modules = [module for e in asked for module in (f"{e.package}.{e.module}", *e.declared_in)]
    return "".join(f"import {module}\n" for module in modules)


def data_files(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}


def choose_cache(app: Sphinx, docname: str, source: list[str]):
    """Gives a page the cache that fits the present state of what it imports."""
    digest = sha256()
    for path in sorted(own_files(source[0])):
        app.env.note_dependency(str(path))
        digest.update(path.read_bytes())
    # beside the sources, so that a build into another folder finds it too
    cache = Path(app.srcdir, "_build", ".jupyter_cache", digest.hexdigest()[:16])
    app.env.mystnb_config = app.env.mystnb_config.copy(execution_cache_path=str(cache))


def setup(app: Sphinx):
    app.connect("source-read", choose_cache)
