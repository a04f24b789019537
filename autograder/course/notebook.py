"""A chapter as an nbgrader source notebook.

Owns: turning `exercise` cells into a solution cell and a graded cell, the set-up cells, and
MyST markup into Markdown that any notebook front end shows.
"""

import ast
import re
from pathlib import Path

import jupytext
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.marks import OWN
from autograder.exercise import Chapter, Exercise, Write, chapters, exercises
from autograder.exercise.chapter import ROOT, imported
from autograder.exercise.source import body_begins
from autograder.exercise.taking import TAG, as_taken, taken_in

# code that draws, folded in JupyterLab and in Colab
HIDDEN = {"jupyter": {"source_hidden": True}, "cellView": "form"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def source_notebook(chapter: Chapter) -> NotebookNode:
    """The instructor's notebook: answers between nbgrader's markers, prose as in the book."""
    cells = [setup_cell(), imports_cell(chapter), progress_cell(chapter, "begins")]
    for cell in jupytext.read(chapter.path, fmt="md:myst").cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            cells.append(new_markdown_cell(plain_markdown(cell.source)))
        elif "exercise" in tags:
            for name in imported(cell.source):
                cells += exercise_cells(found(name, chapter))
        else:
            source = taking(cell.source, chapter) if TAG in tags else cell.source
            cells.append(new_code_cell(source, metadata=HIDDEN if "hide-input" in tags else {}))
    cells.append(progress_cell(chapter, "ends"))
    cells = [cells[3], *cells[:3], *cells[4:]]  # the title comes first
    for number, cell in enumerate(cells):
        cell.id = f"{chapter.stem.replace('_', '-')}-{number}"  # the same at every build
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def found(name: str, chapter: Chapter) -> Exercise:
    exercise = exercises().get(name)
    if exercise is None or exercise.module != chapter.stem:
        known = [e.name for e in exercises().values() if e.module == chapter.stem]
        raise LookupError(
            f"{chapter.path.name}: an exercise cell imports {name!r}, which "
            f"autograder/checks/{chapter.stem}/ does not declare. It declares: {known}."
        )
    return exercise


def taking(source: str, chapter: Chapter) -> str:
    """The cell that takes the learner's own functions, in place of one that imports the book's."""
    order = list(chapters())
    earlier = order[: order.index(chapter.stem)] if chapter.stem in order else order
    for module, name, _ in taken_in(source):
        exercise = exercises().get(name)
        if exercise is None or exercise.in_prose or module not in earlier:
            problem = "comes later" if exercise else "is no exercise"
            raise LookupError(
                f"{chapter.path.name}: a cell tagged `{TAG}` takes {module}.{name}, which {problem}. "
                "It takes functions that learners have written in earlier chapters; import "
                "anything else in a cell without this tag."
            )
    return as_taken(source)


# ---- cells that the chapter does not hold


def setup_cell() -> NotebookNode:
    source = f"""# On Colab this installs the course; where it is installed, nothing happens.
import importlib.util

if importlib.util.find_spec("autograder") is None:
    %pip install -q --no-deps jaxtyping wadler-lindig \\
        "llms-by-hand @ git+{repository()}"

# check(name) says what holds and what does not; hint(name) tells the cause;
# solution(name) shows the book's version; predict(name, number) compares a guess with the count;
# read_plot(name, A=1, ...) shows curves to be told apart; choose(name, letter) runs the evidence
# on a claim; progress(chapter) shows where your model stands. None of them costs points.
import autograder
from autograder import check, choose, hint, predict, progress, read_plot, solution
from autograder.home.floors import tell_what_is_too_old

tell_what_is_too_old()"""
    return new_code_cell(source, metadata=nbgrader(grade_id="setup", locked=True))


def imports_cell(chapter: Chapter) -> NotebookNode:
    return new_code_cell(chapter.imports, metadata=nbgrader(grade_id="imports", locked=True))


def progress_cell(chapter: Chapter, when: str) -> NotebookNode:
    """Where the learner's model stands as the chapter begins, and as it ends.

    By its full name, for a chapter may have another `progress`: the bar of a long loop.
    """
    said = {"begins": "where your model stands", "ends": "and now: run it again after each check"}
    source = f'autograder.progress("{chapter.stem}")  # {said[when]}'
    return new_code_cell(source, metadata=nbgrader(grade_id=f"progress-{when}", locked=True))


def exercise_cells(exercise: Exercise) -> list[NotebookNode]:
    optional = ", optional" if exercise.optional else ""
    heading = (
        f"**Exercise: {exercise.title}** ({exercise.worth}, difficulty "
        f"{exercise.difficulty} of 3, about {exercise.minutes} minutes{optional})."
    )
    if isinstance(exercise, Write):
        return written_cells(exercise, heading)
    ruled_out = ", ".join(f"`{name}`" for name in exercise.forbid)
    not_with = f" Not with {ruled_out}." if ruled_out else ""
    cells = [new_markdown_cell(f"{heading} {exercise.instruction}{not_with}")]
    if exercise.guess:
        cells[0].source += f"\n\n{exercise.asked}"
        cells.append(new_code_cell(exercise.guess, metadata={OWN: {"guess": exercise.name}}))
    answer = new_code_cell(
        with_solution_markers(exercise.solution),
        metadata=nbgrader(grade_id=exercise.name, solution=True),
    )
    verdict = new_code_cell(
        f'check("{exercise.name}")',
        metadata=nbgrader(
            grade_id=f"{exercise.name}-check", grade=True, locked=True, points=exercise.points
        ),
    )
    return [*cells, answer, verdict]


def written_cells(exercise: Write, heading: str) -> list[NotebookNode]:
    """The task with its rubric, and the cell that nbgrader gives to a person to grade."""
    task = [heading, plain_markdown(exercise.statement), exercise.instruction, exercise.rubric_list]
    data = nbgrader(exercise.name, grade=True, solution=True, points=exercise.points)
    answer = new_markdown_cell(exercise.solution.strip(), metadata=data)
    return [new_markdown_cell("\n\n".join(task)), answer]


def nbgrader(grade_id: str, **given) -> dict:
    defaults = {"schema_version": 3, "grade": False, "locked": False, "solution": False}
    return {"nbgrader": defaults | {"task": False, "grade_id": grade_id} | given}


def with_solution_markers(source: str) -> str:
    """Source in which every body, after its docstring, stands between nbgrader's markers."""
    (definition,) = ast.parse(source).body
    members = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    lines = source.rstrip().splitlines()
    for function in reversed([m for m in members if isinstance(m, ast.FunctionDef)]):
        indent = " " * function.body[0].col_offset
        start, end = body_begins(function, lines), function.end_lineno
        lines[start - 1 : end] = [
            f"{indent}### BEGIN SOLUTION", *lines[start - 1 : end], f"{indent}### END SOLUTION"
        ]  # fmt: skip
    return "\n".join(lines)


def repository() -> str:
    """The course's own address, as `_config.yml` has it."""
    config = yaml.safe_load((ROOT.parent / "_config.yml").read_text(encoding="utf8"))
    return config["repository"]["url"]


# ---- MyST to Markdown


def plain_markdown(text: str) -> str:
    """MyST markup as plain Markdown: admonitions as quotations, references as their text."""
    text = re.sub(r"^(?:\([\w-]+\)=|%.*)(?:\n|\Z)", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{(?:ref|doc|term)\}`([^`<]+?)\s*<[^>`]+>`", r"\1", text)
    text = re.sub(r"\{(?:ref|doc|term|numref)\}`([^`]+)`", lambda m: f"“{titled(m[1])}”", text)
    fence = r"^(`{3,}|:{3,})\{([\w-]+)\}[ \t]*([^\n]*)\n((?::[\w-]+:[^\n]*\n)*)(.*?)^\1[ \t]*$"
    return re.sub(fence, quotation, text, flags=re.MULTILINE | re.DOTALL).strip()


def titled(target: str) -> str:
    """The title of a chapter that a reference names by its path; any other target as it is."""
    for chapter in chapters().values():
        if target == f"/{chapter.path.relative_to(ROOT.parent).with_suffix('').as_posix()}":
            return chapter.title
    return target


def quotation(match: re.Match) -> str:
    kind, title, body = match[2], match[3].strip(), match[5].strip()
    title = title or kind.capitalize()
    if kind == "playground":
        title = f"{title.capitalize()} playground (live in the book)"
    lines = [f"**{title}**", "", *plain_markdown(body).splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def write_source(chapter: Chapter, course: Path) -> Path:
    """Write the chapter's source notebook into the course folder; gives its path."""
    path = course / "source" / chapter.stem / f"{chapter.stem}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(source_notebook(chapter), path, fmt="ipynb")
    return path
