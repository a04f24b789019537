"""What a chapter's cells print: from the book, where it is built, else by running them here."""

import contextlib
import io
from copy import deepcopy
from pathlib import Path

import nbformat
import torch
from kernels import words_of
from torch.nn import functional as F

from autograder.exercise import chapters
from autograder.exercise.chapter import ROOT


def printed(chapter) -> str:
    """What its cells print, with the words of figures, run here."""
    names = {"__name__": "chapter"}
    said = io.StringIO()
    with torch.enable_grad(), contextlib.redirect_stdout(said):  # a chapter may turn it off
        for _, source, _ in chapter.cells:
            exec(compile(source, str(chapter.path), "exec"), names)
    return said.getvalue()


def printed_in_the_book(chapter, book: Path) -> str | None:
    """The same from a book's executed notebook; None where it was not built to its end."""
    inside = chapter.path.relative_to(ROOT.parent).with_suffix(".ipynb")
    path = book / "_build" / "jupyter_execute" / inside
    if not path.exists():
        return None
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert len(cells) == len(chapter.cells), f"{path} has other cells than its chapter"
    return "".join(words_of(told_once(cell)) for cell in cells)


def told_once(cell):
    """The cell without what it printed after a figure: the book's builder has that twice.

    Where it merges the streams of a cell, it adds the later ones to the first, in place.
    """
    cell, whole = deepcopy(cell), {}
    for output in list(cell.outputs):
        if output.output_type == "stream":
            if output.text.rstrip() in whole.get(output.name, ""):
                cell.outputs.remove(output)
            whole.setdefault(output.name, output.text)
    return cell


def run_cells(stem: str, *parts: str, **names) -> dict:
    """The names that the cells of a chapter give which have one of these parts."""
    namespace = {"__name__": "chapter", "torch": torch, "F": F} | names
    sources = [source for _, source, _ in chapters()[stem].cells]
    chosen = [source for source in sources if any(part in source for part in parts)]
    assert len(chosen) == len(parts)
    for source in chosen:
        exec(compile(source, stem, "exec"), namespace)
    return namespace
