"""A chapter with a cell tagged `own`: in a kernel beside the learner's notebooks, and when graded."""

import shutil

import nbformat
import pytest
from kernels import Kernels, words_of
from pages import ROOT
from warm import Commands

from autograder.course.marks import own

USING = """def spread(numbers):
    return [abs(number - middle(numbers)) for number in numbers]
"""
MIDDLE = """def middle(numbers):
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(numbers) % 2 else (ordered[half - 1] + ordered[half]) / 2
"""


@pytest.fixture(scope="module")
def course(project, tmp_path_factory):
    """A released course of two chapters, and its commands."""
    folder = tmp_path_factory.mktemp("two") / "project"
    folder.mkdir()
    for part in ("autograder", "chapters", "solutions"):
        shutil.copytree(project / part, folder / part)
    shutil.copy(project / "_config.yml", folder)
    for name, path in {
        "chapter.md": "chapters/9_small/02_later.md",
        "checks.py": "autograder/checks/later.py",
        "solutions.py": "solutions/later.py",
    }.items():
        shutil.copy(ROOT / "tests" / "frame_course" / "later" / name, folder / path)
    with Commands(folder, tmp_path_factory.mktemp("commands")) as commands:
        commands(folder, "autograder", "release")
        yield folder / "course", commands


def answered(course, stem, **answers):
    notebook = nbformat.read(course / "release" / stem / f"{stem}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(own(cell).get("grade_id"), cell.source)
    return notebook


def the_own_cell(notebook):
    (cell,) = [c for c in notebook.cells if "own(" in c.source]
    return cell


@pytest.fixture(scope="module")
def kernels(course, tmp_path_factory):
    with Kernels(course[0].parent, tmp_path_factory.mktemp("kernels"), more="") as made:
        yield made


@pytest.mark.parametrize("beside", [True, False])
def test_a_notebook_takes_what_lies_beside_it(course, kernels, tmp_path, beside):
    """Does the released cell give the learner's function, or the book's, and no stderr?"""
    if beside:
        (tmp_path / "small").mkdir()
        nbformat.write(answered(course[0], "small", middle=MIDDLE), tmp_path / "small/small.ipynb")
    (tmp_path / "later").mkdir()
    notebook = answered(course[0], "later", spread=USING)
    with kernels.kernel() as run:
        run(f"%cd -q {tmp_path / 'later'}")
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = run(cell.source)
                wrong = [o for o in cell.outputs
                         if o.output_type == "error" or o.get("name") == "stderr"]  # fmt: skip
                assert wrong == [], cell.source
    said = words_of(the_own_cell(notebook))
    assert ("accepted, from small.ipynb" in said) == beside
    assert ("no notebook of “A small chapter” found" in said) == (not beside)
    (check,) = [c for c in notebook.cells if c.source == 'check("spread")']
    assert check.outputs[0].data["text/plain"] == "2", "it may use what the cell took"


@pytest.fixture(scope="module")
def submitted(course):
    """Learners who left the cell alone, gave it a folder, deleted it, and wrote below it."""
    folder, _ = course
    kept, named, without, mine = (answered(folder, "later", spread=USING) for _ in range(4))
    cell = the_own_cell(named)
    cell.source = cell.source.replace('middle")', 'middle", folder="~/notebooks")')
    without.cells.remove(the_own_cell(without))
    the_own_cell(mine).source += f"\n\n{MIDDLE}"
    for learner, notebook in {
        "kept": kept, "named": named, "without": without, "mine": mine,
    }.items():  # fmt: skip
        path = folder / "submitted" / learner / "later" / "later.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return folder


def graded_cell(folder, learner):
    path = folder / "autograded" / learner / "later" / "later.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (check,) = [c for c in notebook.cells if own(c).get("grade")]
    return check.outputs[0].data


@pytest.mark.parametrize("way", ["grade", "stock"])
def test_a_grader_gives_the_books_functions(course, submitted, tmp_path, way):
    """Is an answer that uses them worth all its points, whatever became of the cell?"""
    folder, commands = course
    if way == "grade":
        commands(folder.parent, "autograder", "grade", "later")
    else:
        folder = tmp_path / "course"
        shutil.copytree(submitted, folder)
        commands(folder, "nbgrader", "autograde", "later", "--log-level=ERROR")
    for learner in ("kept", "named", "without", "mine"):
        data = graded_cell(folder, learner)
        assert data["text/plain"] == "2", learner
        assert "not graded" not in data["text/html"]
