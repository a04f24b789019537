"""Feedback pages, as `nbgrader generate_feedback` makes them, many in one process.

Owns: the page of one graded notebook. What the page makes of a cell's source is kept, as
most cells are the same in every submission.
"""

from functools import lru_cache

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback

from autograder.course.by_hand import hide_exemplars
from autograder.course.folder import Course, Place
from autograder.course.marks import own

KEPT = 2000  # rendered cells


class FeedbackExporter(HTMLExporter):
    """HTMLExporter that renders a source once.

    It leaves out the last pass of its parent, which parses the finished page to give images
    their alt text and Lab's cells a tab stop; feedback pages have neither.
    """

    def __init__(self, **options):
        super().__init__(**options)
        self.rendered: dict[str, str] = {}
        highlight = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        self.highlight = lru_cache(KEPT)(lambda source: highlight(source))
        self.register_filter("highlight_code", lambda source, **_: self.highlight(source))

    @pass_context
    def markdown2html(self, context, source):
        cell = context.get("cell", {})
        if cell.get("attachments"):
            return super().markdown2html(context, source)
        if source not in self.rendered:
            if len(self.rendered) == KEPT:
                self.rendered.clear()
            self.rendered[source] = super().markdown2html(context, source)
        return self.rendered[source]

    def from_notebook_node(self, notebook, resources=None, **options):
        resources = self._init_resources(resources)
        return TemplateExporter.from_notebook_node(self, notebook, resources, **options)


def feedback_exporter(course: Course) -> FeedbackExporter:
    """With the configuration that `nbgrader generate_feedback` would use."""
    converter = GenerateFeedback(coursedir=course.directory, config=course.config)
    exporter = FeedbackExporter(parent=converter, config=converter.config)
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor)
    return exporter


def feedback_page(exporter, notebook: NotebookNode, place: Place, shown: dict) -> str:
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
    resources = {
        "nbgrader": told | names | {"student": place.learner},
        "metadata": {"name": place.assignment},
        "unique_key": place.assignment,
    }
    return exporter.from_notebook_node(notebook, resources=resources)[0]


def cells(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    """Cells that nbgrader marks as `grade` or `solution`."""
    return [cell for cell in notebook.cells if own(cell).get(kind)]
