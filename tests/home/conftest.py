"""What a learner's side starts from."""

import os
import shutil

import nbformat
import pytest
from learners import STEM
from nbformat.v4 import new_code_cell
from terminal import Terminal

from autograder.__main__ import main
from autograder.course.marks import own as mark
from autograder.course.samples import write_samples
from autograder.exercise import chapters
from autograder.home import check as home
from autograder.home import own as taking
from autograder.home import saved


@pytest.fixture
def terminal(capsys):
    home.attempts.clear()
    home.verdicts.clear()
    return Terminal(capsys)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """A course with sample submissions: one asks for a class, one uses another's functions."""
    course = tmp_path_factory.mktemp("samples")
    for stem in (STEM, "low_rank", "the_block", "decoders"):
        assert main(["release", "--course", str(course), stem]) == 0
        write_samples(chapters()[stem], course)
    return course / "submitted"


@pytest.fixture
def desk(tmp_path, monkeypatch, samples):
    """A learner's folder: `desk(sample, name, **answers)` puts a notebook there, newest last."""
    monkeypatch.setattr(saved, "COLAB", ())
    monkeypatch.chdir(tmp_path)
    taking.judged.clear()
    made = []

    def put(sample="right", name=f"{STEM}.ipynb", stem=STEM, more=(), **answers):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / sample / stem / f"{stem}.ipynb", path)
        if answers or more:
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                cell.source = answers.get(mark(cell).get("grade_id"), cell.source)
            notebook.cells[3:3] = map(new_code_cell, more)
            nbformat.write(notebook, path)
        made.append(path)
        os.utime(path, (1e9 + len(made), 1e9 + len(made)))
        return path

    return put
