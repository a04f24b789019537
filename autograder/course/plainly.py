"""A notebook with less of what its learner wrote in it, where that stops a step.

Owns: what is left out, in which order, and what is said instead.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course.master import OWN

MOST_PLAIN = 2
NOT_SHOWN = "(What was written here cannot be shown. It is in the submitted notebook.)"
FENCE = "`" * 3


def refused(notebook: NotebookNode, problem: str):
    """Say on top of a released notebook that nothing of a submission could be graded."""
    notebook.metadata[OWN] = {"unreadable": problem}
    note = f"**This submission could not be graded.** {problem}"
    notebook.cells.insert(0, new_markdown_cell(note))


def plainer(notebook: NotebookNode, master: NotebookNode, attempt: int):
    """What a learner wrote shown as plain text, letter by letter; from the second attempt not at
    all. What the book wrote, the verdicts and the scores stay."""
    known = {cell.source for cell in master.cells}
    for cell in notebook.cells:
        theirs = cell.source not in known and not ours(cell)
        if theirs or cell.get("attachments"):
            cell.pop("attachments", None)
            show(cell, NOT_SHOWN if attempt > 1 else cell.source)
        if cell.cell_type == "code" and attempt > 1:
            for output in cell.outputs:
                output.get("data", {}).pop("text/html", None)


def ours(cell: NotebookNode) -> bool:
    """Notes that grading adds beside what a learner wrote."""
    data = cell.metadata.get(OWN)
    return isinstance(data, dict) and ("length" in data or "exemplar" in data)


def show(cell: NotebookNode, text: str):
    if cell.cell_type != "markdown":
        cell.source = text if len(text) < 1000 else NOT_SHOWN
        return
    fence = FENCE
    while fence in text:
        fence += "`"
    cell.source = f"{fence}text\n{text}\n{fence}"
