"""The steps of stock nbgrader commands that look at what a learner wrote, each done apart.

Owns: `nbgrader autograde` and `generate_feedback` with the same fates as our own grading: what
raises, hangs or dies in reading, judging or rendering ends as that submission's own result.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.course.examine import Examine, examine
from autograder.course.feedback import FeedbackExporter
from autograder.course.master import MasterExporter
from autograder.course.plainly import MOST_PLAIN, UNEXAMINED, plainer, refused
from autograder.room.apart import Apart, Failed, Gone
from autograder.room.sandbox import Limits

log = logging.getLogger(__name__)


def limits_of(config: Config) -> Limits:
    return Examine(config=Config(Examine=config.get("Examine", {}))).limits()


def once(what: Callable, limits: Limits):
    """What this gives, done in a process that ends with it. Raises Failed or Gone."""
    process = Apart({"once": what}, limits.judge_memory, limits.judge_seconds)
    try:
        return process.ask("once", seconds=limits.whole_seconds)
    finally:
        process.close()


def or_else(what: Callable, otherwise: Callable, limits: Limits, of: str):
    """What this gives; `otherwise` where it does not come to an end."""
    try:
        return once(what, limits)
    except (Failed, Gone) as error:
        log.error("%r: %s", of, error.told if isinstance(error, Failed) else error)
        return otherwise()


class ApartExporter(MasterExporter):
    """`nbgrader autograde` reads submissions through this."""

    def filled(self, master: NotebookNode, path: Path) -> NotebookNode:
        def refuse():
            refused(master, UNEXAMINED)
            return master

        limits = limits_of(self.config)
        read = super().filled
        return nbformat.from_dict(or_else(lambda: read(master, path), refuse, limits, str(path)))


class ExamineApart(Examine):
    """In nbgrader's list of autograding steps, this stands where Execute stood."""

    def preprocess(self, notebook: NotebookNode, resources):
        seed, starter = self.prepared(resources)
        given = notebook.copy()

        def examined():
            examine(notebook, seed, starter)
            return notebook

        def refuse():
            refused(given, UNEXAMINED)
            examine(given, seed, starter)  # of what cannot be read nothing is run
            return given

        of = str(resources.get("unique_key", ""))
        told = or_else(examined, refuse, starter.limits, of)
        return nbformat.from_dict(told), resources


class ApartFeedback(FeedbackExporter):
    """`nbgrader generate_feedback` writes pages through this.

    Each attempt shows less of what the learner wrote. Raises Failed or Gone after the last.
    """

    def from_filename(self, filename, resources=None, **options):
        limits = limits_of(self.config)
        for attempt in range(MOST_PLAIN + 1):
            try:
                page = once(lambda: self.page(filename, resources, attempt), limits)  # noqa: B023
                break
            except (Failed, Gone) as error:
                log.error("%r: %s", str(filename), error)
                if attempt == MOST_PLAIN:
                    raise
        return page, {**resources, "output_extension": self.file_extension, "outputs": {}}

    def page(self, filename: str, resources: dict, attempt: int) -> str:
        if not attempt:
            return super().from_filename(filename, resources=resources)[0]
        notebook = nbformat.read(filename, as_version=4)
        plainer(notebook, attempt)
        metadata = {"name": Path(filename).stem, "path": str(Path(filename).parent)}
        resources = {**resources, "metadata": metadata}
        return super().from_notebook_node(notebook, resources=resources)[0]
