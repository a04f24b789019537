"""Feedback pages, as `nbgrader generate_feedback` makes them, many in one process.

Owns: where a page's numbers come from. What stands on it is `page.py`.
"""

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from autograder.course.by_hand import hide_exemplars
from autograder.course.folder import Place
from autograder.course.marks import own
from autograder.course.page import page


class FeedbackExporter(Exporter):
    """What turns a graded notebook into its page, in nbgrader's command as in ours."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self):
        return ".html"

    def from_notebook_node(self, notebook, resources=None, **options):
        notebook, resources = super().from_notebook_node(notebook, resources, **options)
        return page(notebook, resources), resources


def feedback_page(notebook: NotebookNode, place: Place, shown: dict) -> str:
    """The page. `shown` is what the gradebook says: scores by cell, comments, the total, and
    which cells nobody has graded yet."""
    for cell in cells(notebook, "grade"):
        data = own(cell)
        data["score"], data["points"] = shown["scores"][data["grade_id"]]
    for cell in cells(notebook, "solution"):
        own(cell)["comment"] = shown["comments"].get(own(cell)["grade_id"])
    hide_exemplars(notebook, shown["waiting"])
    told = {key: shown[key] for key in ("score", "max_score", "late_penalty")}
    names = {"notebook": place.assignment, "assignment": place.assignment}
    return page(notebook, {"nbgrader": told | names | {"student": place.learner}})


def cells(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    """Cells that nbgrader marks as `grade` or `solution`."""
    return [cell for cell in notebook.cells if own(cell).get(kind)]
