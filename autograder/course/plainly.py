"""A notebook with less of what its learner wrote in it, where that stops a step.

Owns: what is left out, in which order, and what is said instead.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course.marks import OWN, is_guess, own
from autograder.course.shown import literal

MOST_PLAIN = 2
NOT_SHOWN = "# What was written here cannot be shown. It is in the submitted notebook."
UNEXAMINED = (
    "Something in it kept the grader from coming to an end. Tell your instructor, who can read it."
)
FENCE = "`" * 3


def refused(notebook: NotebookNode, problem: str):
    """Say on top of a released notebook that nothing of a submission could be graded."""
    notebook.metadata[OWN] = {"unreadable": problem}
    note = f"**This submission could not be graded.** {literal(problem)}"
    marks = {OWN: {"unreadable": True}}
    notebook.cells.insert(0, new_markdown_cell(note, id="the-file", metadata=marks))


def plainer(notebook: NotebookNode, attempt: int):
    """What a learner wrote shown as plain text, letter by letter; from the second attempt not at
    all. What the book wrote and the scores stay, and at first the verdicts."""
    for cell in notebook.cells:
        if theirs(cell) or cell.get("attachments"):
            cell.pop("attachments", None)
            show(cell, NOT_SHOWN if attempt > 1 else cell.source)
        if cell.cell_type == "code" and attempt > 1:
            for output in cell.outputs:
                output.get("data", {}).pop("text/html", None)


def theirs(cell: NotebookNode) -> bool:
    """Could its learner have written what is in it?"""
    return bool(own(cell).get("solution") or is_guess(cell) or cell.metadata.get(OWN) == "added")


def show(cell: NotebookNode, text: str):
    if cell.cell_type != "markdown":
        cell.source = text if len(text) < 1000 else NOT_SHOWN
        return
    fence = FENCE
    while fence in text:
        fence += "`"
    cell.source = f"{fence}text\n{text}\n{fence}"
