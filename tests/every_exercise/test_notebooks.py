"""The notebook that learners get. No exercise is named here."""

import ast
from contextlib import suppress
from pathlib import Path
from textwrap import indent

import nbformat
import pytest
from answers import stub
from every import EXERCISES, WITH_EXERCISES
from kernels import LIBRARY, Kernels, words_of
from real_models import REAL, put

import autograder
from autograder.course.marks import graded_exercise, own
from autograder.exercise import Write, chapters
from autograder.exercise.kinds.write import PLACEHOLDER


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    project = Path(autograder.__file__).parents[1]
    with Kernels(project, tmp_path_factory.mktemp("kernels"), more=LIBRARY) as made:
        yield made


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_the_released_notebook_runs_as_it_is_and_with_answers(
    stem, course, kernels, tmp_path, request
):
    """Does the notebook run to its end unanswered, earning 0, and is it worth all answered?

    One kernel: first the cells as released, then answers and checks once more, and cells on a real
    model with one of its name in the cache. That the text's own cells run is the book's build, so of
    them only imports and definitions run here, unless a real model needs more; `--all` runs each.
    """
    path = course / "release" / stem / f"{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    checks = {name: cell for cell in notebook.cells if (name := graded_exercise(cell))}
    asked = chapters()[stem].exercises
    assert list(checks) == [name for name in asked if not EXERCISES[name].in_prose]
    last = notebook.cells[-1]
    with kernels.kernel() as run:
        run(f"%cd -q {path.parent}")
        for cell in notebook.cells:
            if REAL.search(cell.source) and cell.cell_type == "code":
                execute_with_what_it_needs(run, notebook, cell)
            elif own(cell) or cell is last or request.config.getoption("--all"):
                execute(run, cell)
            else:
                execute(run, cell, defined(cell))
        assert "functions accepted" in words_of(last)
        assert {name: shown(cell) for name, cell in checks.items()} == dict.fromkeys(checks, "0")
        for cell in notebook.cells:
            name = own(cell).get("grade_id")
            if name in EXERCISES:
                cell.source = EXERCISES[name].solution
        for cell in notebook.cells:
            if own(cell).get("solution") or cell in checks.values():
                execute(run, cell)
        on_real_models(run, notebook, tmp_path)
    full = {name: f"{EXERCISES[name].points:g}" for name in checks}
    assert {name: shown(cell) for name, cell in checks.items()} == full


def on_real_models(run, notebook, cache: Path):
    """Does the cell do its work where the model is there, and say what it would do elsewhere?"""
    cells = [c for c in notebook.cells if c.cell_type == "code" and REAL.search(c.source)]
    for name in {name for cell in cells for name in REAL.findall(cell.source)}:
        put(name, cache)
    run(f"from huggingface_hub import constants\nconstants.HF_HUB_CACHE = {str(cache)!r}")
    for cell in cells[-1:]:
        without = words_of(cell)
        assert "Hub" in without, without
        execute_with_what_it_needs(run, notebook, cell)
        assert words_of(cell).strip(), "it prints nothing"
        assert words_of(cell) != without


def defined(cell) -> str:
    """What a cell imports and defines, and names that it gives to plain values."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:  # a command of the notebook's
        return cell.source
    tried = "try:\n{}\nexcept NameError: pass"  # it is made of what is not run
    found = map(ast.unparse, filter(is_definition, tree.body))
    return "\n".join(tried.format(indent(each, " ")) for each in found)


def is_definition(statement) -> bool:
    if isinstance(statement, ast.Assign):
        with suppress(ValueError):
            ast.literal_eval(statement.value)
            return True
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


def execute_with_what_it_needs(run, notebook, cell):
    """Where it lacks a name, after all cells of the text before it."""
    outputs = run(cell.source)
    if any(one.get("ename") == "NameError" for one in outputs):
        for before in notebook.cells[: notebook.cells.index(cell)]:
            execute(run, before)
        outputs = run(cell.source)
    take(cell, outputs)


def execute(run, cell, source=None):
    if cell.cell_type == "code":
        take(cell, run(cell.source if source is None else source))


def take(cell, outputs):
    cell.outputs = outputs
    errors = [one for one in outputs if one.output_type == "error"]
    assert not errors, "\n".join(errors[0].traceback)


def shown(cell) -> str:
    """The text of a cell's value, by which nbgrader knows the score."""
    (result,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    return result["data"]["text/plain"]


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_released_notebooks_hold_no_answer(stem, course):
    """Is any line of a reference's body left in what learners get?"""
    notebook = nbformat.read(course / "release" / stem / f"{stem}.ipynb", as_version=4)
    answers = {own(c)["grade_id"]: c.source for c in notebook.cells if own(c).get("solution")}
    for name in chapters()[stem].exercises:
        if isinstance(EXERCISES[name], Write):
            assert answers[name] == PLACEHOLDER
            continue
        if EXERCISES[name].gives_code:
            assert answers[name] == EXERCISES[name].released.rstrip()
            continue
        allowed = set(stub(EXERCISES[name]).splitlines())
        body = [line for line in EXERCISES[name].solution.splitlines() if line not in allowed]
        assert body
        assert not [line for line in body if line.strip() and line in answers[name]]
        assert "raise NotImplementedError()" in answers[name]
