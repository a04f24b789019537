"""Written answers: what stands beside them for who grades them, and for who gets them back.

Owns: the cells that a filled notebook gets around a written answer, which of them a feedback page
leaves out, and what waits for a person. Points and comments are nbgrader's own.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import determine_grade

from autograder.course.marks import OWN, WAITS, own
from autograder.course.shown import words_of
from autograder.exercise import Write, exercises
from autograder.exercise.kinds.write import length_of

WAITING = "*Not graded yet: a person will read this.*"


def written_exercise(cell: NotebookNode) -> Write | None:
    """The exercise that a cell answers in prose."""
    exercise = exercises().get(own(cell).get("grade_id"))
    return exercise if isinstance(exercise, Write) and own(cell).get("solution") else None


def add_notes(notebook: NotebookNode):
    """Below each written answer: how long it is, and an exemplar to compare it with."""
    cells, found = [], notebook.metadata.get(OWN, {}).get("found", {})
    for cell in notebook.cells:
        exercise = written_exercise(cell)
        if exercise and (told := found.get(exercise.name)):
            cells.append(note(cell, "found", f"*{told}*"))
        cells.append(cell)
        if exercise:
            if waits(cell):
                cells.append(note(cell, "length", f"*{length_of(words_of(cell.source))}*"))
            told = f"**An exemplar**\n\n{exercise.solution.strip()}"
            quoted = "\n".join(f"> {line}".rstrip() for line in told.splitlines())
            cells.append(note(cell, "exemplar", quoted))
    notebook.cells = cells


def note(answer: NotebookNode, kind: str, source: str) -> NotebookNode:
    cell = new_markdown_cell(source, metadata={OWN: {kind: own(answer)["grade_id"]}})
    cell.id = f"{answer.id}-{kind}"  # the same whoever grades
    return cell


def score_of(cell: NotebookNode) -> float | None:
    """What a graded cell has earned; None where a person has to say."""
    return None if cell.metadata.get(OWN) == WAITS else determine_grade(cell)[0]


def waits(cell: NotebookNode) -> bool:
    """Has it been written, so that a person must read it?"""
    return score_of(cell) is None


def hide_exemplars(notebook: NotebookNode, waiting: set[str]):
    """On a feedback page an exemplar is shown once its answer is graded."""
    for cell in notebook.cells:
        data = cell.metadata.get(OWN)
        if isinstance(data, dict) and data.get("exemplar") in waiting:
            cell.source = WAITING


def waiting_for(submitted) -> set[str]:
    """Cells of a submitted notebook in the gradebook that nobody has graded yet."""
    grades = [g for g in submitted.grades if g.auto_score is None and g.manual_score is None]
    return {grade.name for grade in grades}


class HideExemplars(NbGraderPreprocessor):
    """In nbgrader's list of feedback steps, this follows GetGrades."""

    def preprocess(self, notebook: NotebookNode, resources):
        data = resources["nbgrader"]
        with Gradebook(data["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(
                data["notebook"], data["assignment"], data["student"]
            )
            hide_exemplars(notebook, waiting_for(submitted))
        return notebook, resources


class SaveScores(SaveAutoGrades):
    """In nbgrader's list of autograding steps, this stands where SaveAutoGrades stood.

    To nbgrader a cell of code has a score, always; here some of them wait for a person.
    """

    def _add_score(self, cell: NotebookNode, resources):
        super()._add_score(cell, resources)
        if waits(cell):
            data = own(cell)["grade_id"], self.notebook_id, self.assignment_id, self.student_id
            grade = self.gradebook.find_grade(*data)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
