"""Written answers are found wherever front ends and people have put them, and kept whole."""

import json
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder.course.by_hand import waits
from autograder.course.marks import own
from autograder.course.master import filled_submission

STEM, ESSAY = "language_and_tasks", "limits_section"
FIRST = "Only *one* of 20 citizens is met often: 5 < 20, and nobody asks why."
SECOND = 'So the model leans.\n\n- `for a in b:` is no code here\n- "quoted", it\'s true'
BOTH = f"{FIRST}\n\n{SECOND}"
CASES = {}


def case(told="", text=BOTH):
    def register(function):
        CASES[function.__name__] = (function, text, told)
        return function

    return register


def place(notebook) -> int:
    return next(i for i, c in enumerate(notebook.cells) if own(c).get("grade_id") == ESSAY)


def answer(notebook):
    return notebook.cells[place(notebook)]


def insert(notebook, *cells):
    """Below the answer's cell."""
    at = place(notebook) + 1
    notebook.cells[at:at] = cells


def as_kind(notebook, make, keep_marks=True):
    at = place(notebook)
    old = notebook.cells[at]
    notebook.cells[at] = make(BOTH, metadata=old.metadata if keep_marks else {})


@case()
def as_it_should_be(notebook):
    answer(notebook).source = BOTH


@case("This text stood in 2 cells; they are put together here.")
def split(notebook):
    lower = deepcopy(answer(notebook))
    answer(notebook).source, lower.source, lower.id = FIRST, SECOND, "lower"
    insert(notebook, lower)


@case("This text stood in 2 cells; they are put together here.")
def split_and_its_lower_half_unmarked(notebook):
    answer(notebook).source = FIRST
    insert(notebook, new_markdown_cell(SECOND))


@case("The cell of this text had become one of type code.")
def turned_to_code(notebook):
    as_kind(notebook, new_code_cell)


@case("The cell of this text had become one of type raw.")
def turned_to_raw(notebook):
    as_kind(notebook, new_raw_cell)


@case("This text stood in another cell than the given one.")
def typed_into_a_new_cell_below(notebook):
    insert(notebook, new_markdown_cell(BOTH))


@case("This text stood in 2 cells; they are put together here.")
def typed_into_two_new_cells_below(notebook):
    insert(notebook, new_markdown_cell(FIRST), new_markdown_cell(SECOND))


@case("This text stood in another cell than the given one.")
def typed_into_the_chapters_next_prose(notebook):
    below = next(c for c in notebook.cells[place(notebook) + 1 :] if c.cell_type == "markdown")
    below.source = f"{BOTH}\n\n{below.source}"


@case("This text stood in the cell of the task.")
def typed_below_the_task(notebook):
    notebook.cells[place(notebook) - 1].source += f"\n\n{BOTH}"


@case("The cell of this answer has lost its mark; the text was found under its heading.")
def marks_are_lost(notebook):
    answer(notebook).source = BOTH
    for cell in notebook.cells:
        cell.metadata = {}


@case("The cell of this answer has lost its mark; the text was found under its heading.")
def marks_are_lost_and_it_is_code(notebook):
    as_kind(notebook, new_code_cell, keep_marks=False)


@case("The cell of this answer has lost its mark; the text was found under its heading.")
def the_given_cell_is_deleted(notebook):
    notebook.cells[place(notebook)] = new_markdown_cell(BOTH)


@case("The cell of this answer has lost its mark; the text was found under its heading.")
def marks_are_lost_and_the_task_was_changed(notebook):
    marks_are_lost(notebook)
    at = next(i for i, c in enumerate(notebook.cells) if c.source == BOTH)
    task = notebook.cells[at - 1]
    task.source = task.source.replace("words", "WORDS")


@case()
def moved_to_the_end(notebook):
    answer(notebook).source = BOTH
    notebook.cells.append(notebook.cells.pop(place(notebook)))


@case("This text stood in 2 cells; they are put together here.")
def notes_of_ones_own_are_kept_as_well(notebook):
    answer(notebook).source = FIRST
    insert(notebook, new_markdown_cell(SECOND), new_code_cell("mine = 1"))


@pytest.fixture(scope="module")
def released(course):
    path = course / "release" / STEM / f"{STEM}.ipynb"
    return lambda: nbformat.read(path, as_version=4)


def handed_in(notebook, released, folder):
    path = folder / f"{STEM}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf8")
    return filled_submission(released(), path)


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_found_and_waits_for_a_person(name, released, tmp_path):
    """Is every word there, in order, and told in one line where it was?"""
    change, text, told = CASES[name]
    notebook = released()
    change(notebook)
    filled = handed_in(notebook, released, tmp_path)
    (found,) = [c for c in filled.cells if own(c).get("grade_id") == ESSAY]
    assert words(found.source) == words(text)
    assert found.cell_type == "markdown"
    assert waits(found)
    assert filled.metadata["llms_by_hand"]["found"].get(ESSAY, "") == told


def untouched(notebook):
    pass


def only_spaces(notebook):
    answer(notebook).source = "\n  \n"


def deleted(notebook):
    del notebook.cells[place(notebook)]


def code_of_ones_own_below(notebook):
    insert(notebook, new_code_cell("total = 1 + 1\n!ls"))


def marks_lost_and_nothing_written(notebook):
    for cell in notebook.cells:
        cell.metadata = {}


@pytest.mark.parametrize(
    "change", [untouched, only_spaces, deleted, code_of_ones_own_below,
               marks_lost_and_nothing_written],
)  # fmt: skip
def test_what_nobody_wrote_waits_for_nobody(change, released, tmp_path):
    """Is a placeholder 0 at once, whatever else was done to the notebook?"""
    notebook = released()
    change(notebook)
    filled = handed_in(notebook, released, tmp_path)
    (found,) = [c for c in filled.cells if own(c).get("grade_id") == ESSAY]
    (given,) = [c for c in released().cells if own(c).get("grade_id") == ESSAY]
    assert found.source == given.source
    assert not waits(found)
