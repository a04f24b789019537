"""What a chapter's cells print: from the book, where it is built, else by running them here."""

import contextlib
import io
from types import SimpleNamespace

import torch
from extension import book_module
from kernels import words_of
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig
from torch.nn import functional as F

from autograder.exercise import chapters
from autograder.exercise.chapter import ROOT

outputs = book_module("stale_outputs")


def printed(chapter) -> str:
    """What its cells print, with the words of figures, run here."""
    names = {"__name__": "chapter"}
    said = io.StringIO()
    with torch.enable_grad(), contextlib.redirect_stdout(said):  # a chapter may turn it off
        for _, source, _ in chapter.cells:
            exec(compile(source, str(chapter.path), "exec"), names)
    return said.getvalue()


def printed_in_the_book(chapter) -> str | None:
    """The same from the outputs that a build of the book has kept; None if there are none of today."""
    config = NbParserConfig(execution_mode="cache")
    app = SimpleNamespace(srcdir=ROOT.parent, env=SimpleNamespace(mystnb_config=config))
    notebook = outputs.executed(outputs.page_at(app, chapter.path, MdParserConfig()))
    return notebook and "".join(words_of(c) for c in notebook.cells if c.cell_type == "code")


def run_cells(stem: str, *parts: str, **names) -> dict:
    """The names that the cells of a chapter give which have one of these parts."""
    namespace = {"__name__": "chapter", "torch": torch, "F": F} | names
    sources = [source for _, source, _ in chapters()[stem].cells]
    chosen = [source for source in sources if any(part in source for part in parts)]
    assert len(chosen) == len(parts)
    for source in chosen:
        exec(compile(source, stem, "exec"), namespace)
    return namespace
