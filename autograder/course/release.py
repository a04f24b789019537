"""The nbgrader step that gives learners wrong code to mend, where an exercise starts from it."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.exercise import Debug, exercises
from autograder.course.master import own


class PutStarts(NbGraderPreprocessor):
    """In nbgrader's list of releasing steps, this follows ClearSolutions, which leaves a stub."""

    def preprocess_cell(self, cell: NotebookNode, resources, index: int):
        exercise = exercises().get(own(cell).get("grade_id"))
        if isinstance(exercise, Debug) and own(cell).get("solution"):
            cell.source = exercise.released.rstrip()
        return cell, resources
