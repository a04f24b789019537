"""Pages whose outputs are stale run side by side, before the book is read."""

import os
import sys
from types import SimpleNamespace

import pytest
from extension import book_module
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig

stale = book_module("stale_outputs")
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---

# A page

```{code-cell}
from pathlib import Path

with Path("runs.txt").open("a") as runs:
    print("once", file=runs)
```
"""


@pytest.fixture
def app(tmp_path):
    """A book of two pages with cells, of which one fails, and one without."""
    return a_book(tmp_path, good=PAGE, bad=PAGE.replace('"once"', "1 / 0"), plain="# Plain\n")


def a_book(folder, **pages):
    """What Sphinx hands over of a book of these pages."""
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text)
    env = SimpleNamespace(
        mystnb_config=NbParserConfig(execution_mode="cache"), myst_config=MdParserConfig(),
        doc2path=lambda name: folder / f"{name}.md",
    )  # fmt: skip
    return SimpleNamespace(srcdir=folder, env=env)


def test_a_page_runs_once_and_is_then_taken_from_its_cache(app, tmp_path, monkeypatch):
    """Does a page that fails not keep the others from being run, and does nothing run twice?"""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for _ in range(2):
        stale.run_ahead(app, app.env, ["bad", "good", "plain"])
    assert (tmp_path / "runs.txt").read_text() == "once\n"
    assert (tmp_path / "_build" / ".jupyter_cache").is_dir()


def test_pages_of_a_whole_book_have_kernels_of_their_own_that_know_torch(tmp_path, monkeypatch):
    """Does each run in a process of its own, in its folder, and is none left when all have run?"""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    told = 'import os, sys\nprint(os.getpid(), "torch" in sys.modules, "asked" in globals(), file=runs)'
    told = PAGE.replace('print("once", file=runs)', told.replace("\n", "\n    "))
    pages = {
        n: told.replace("file=runs)", f"file=runs)\nasked = {n!r}") for n in ("one", "two", "three")
    }
    app = a_book(tmp_path, **pages)
    stale.run_ahead(app, app.env, list(pages))
    lines = [line.split() for line in (tmp_path / "runs.txt").read_text().splitlines()]
    assert len({pid for pid, *_ in lines}) == 3
    assert {tuple(found) for _, *found in lines} == {(str(sys.platform == "linux"), "False")}
    assert "JUPYTER_PATH" not in os.environ
    for pid, *_ in lines:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
