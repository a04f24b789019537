"""Outputs that are older than the code they come from.

The execution cache compares the cells of a page only. Here each page's cache also depends on
the course's own modules that the page imports, directly or through each other, so that a
mended solution shows in every chapter that uses it, and in no other. A page that counts chapters
and exercises, in a cell or by a directive, depends on all of them.

Pages whose outputs are stale are run side by side before the book is read.
"""

import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from jupyter_cache import get_cache
from myst_nb.core.config import NbParserConfig
from myst_nb.core.execute import ExecutionError, create_client
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.display import status_iterator
from warm_kernels import kernels

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


def with_cache(app: Sphinx, files: Iterable[Path]) -> NbParserConfig:
    """How notebooks are run, with the cache that fits the present state of these files."""
    digest = sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    # beside the sources, so that a build into another folder finds it too
    cache = Path(app.srcdir, "_build", ".jupyter_cache", digest.hexdigest()[:16])
    return app.env.mystnb_config.copy(execution_cache_path=str(cache))


def choose_cache(app: Sphinx, docname: str, source: list[str]):
    """Gives a page the cache of what it imports, and says on which files the page depends."""
    files = own_files(source[0])
    for path in files:
        app.env.note_dependency(str(path))
    app.env.mystnb_config = with_cache(app, files)


# ---- pages are run side by side, before they are read one by one


class Silent:
    """A log for what runs ahead: a page that fails runs again when it is read, and is heard then."""

    def info(self, *_, **__): ...

    debug = warning = error = info


@dataclass(frozen=True)
class Page:
    """A page with cells, as it is read, and how it is run: with the cache that fits what it imports."""

    path: Path
    config: NbParserConfig
    notebook: NotebookNode
    read_fmt: dict | None


def page_at(app: Sphinx, path: Path, markdown) -> Page | None:
    """None for a page without cells. markdown: how myst reads pages."""
    text = path.read_text("utf8")
    config = with_cache(app, own_files(text))
    reader = create_nb_reader(str(path), markdown, config, text)
    return reader and Page(path, config, reader.read(text), reader.read_fmt)


def executed(page: Page) -> NotebookNode | None:
    """Its notebook with its outputs, if they are in its cache."""
    with suppress(KeyError):
        return get_cache(page.config.execution_cache_path).merge_match_into_notebook(page.notebook)[
            1
        ]


def run_ahead(app: Sphinx, env, docnames: list[str]):
    """Fills the caches of the pages that will be read: as many at a time as there are cores."""
    if env.mystnb_config.execution_mode != "cache":
        return
    pages = [page_at(app, Path(env.doc2path(name)), env.myst_config) for name in docnames]
    # caches are asked, and so made, one after the other: pages that import the same share one
    stale = [page for page in pages if page and executed(page) is None]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # side by side, more only get in each other's way
    warm = kernels(app.srcdir) if len(stale) > 2 else nullcontext()  # of few, nothing is gained
    with warm, ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(run_page, stale)
        for _ in status_iterator(runs, "running cells... ", "darkgreen", len(stale)):
            pass  # what is iterated over is what is shown


def run_page(page: Page) -> str:
    """Runs its cells into its cache; gives its name."""
    with (
        suppress(ExecutionError),
        create_client(page.notebook, str(page.path), page.config, Silent(), page.read_fmt),
    ):
        pass
    return page.path.stem


def setup(app: Sphinx):
    app.connect("env-before-read-docs", run_ahead)
    app.connect("source-read", choose_cache)
