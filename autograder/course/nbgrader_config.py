"""What makes stock nbgrader commands read submissions as data and examine them.

Loaded by the `nbgrader_config.py` of a course folder, so that `nbgrader autograde` and the
formgrader use it without further options.
"""

import warnings

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    DeduplicateIds,
    GetGrades,
    OverwriteCells,
    OverwriteKernelspec,
)
from sqlalchemy.exc import SAWarning

from autograder.course.by_hand import HideExemplars, SaveScores
from autograder.course.master import set_aside
from autograder.course.release import PutStarts
from autograder.course.stock import ApartExporter, ApartFeedback, ExamineApart
from autograder.course.timestamp import RightTime
from autograder.exercise.kinds.write import PLACEHOLDER

# nbgrader's own queries flush halfway through; SQLAlchemy says so at every submission
warnings.filterwarnings("ignore", category=SAWarning, message="Object of type")

c = get_config()

c.CourseDirectory.course_id = "llms_by_hand"
c.ClearSolutions.text_stub = PLACEHOLDER
steps = GenerateAssignment.preprocessors.default()
after = steps.index(ClearSolutions) + 1
c.GenerateAssignment.preprocessors = [*steps[:after], PutStarts, *steps[after:]]
c.GenerateFeedback.preprocessors = [GetGrades, HideExemplars]
c.HTMLExporter.filters = {  # what the formgrader renders cells with
    "highlight_code": "autograder.course.highlight.in_formgrader",
    "markdown2html": "autograder.course.page.in_formgrader",
}
c.Autograde.pre_convert_hook = set_aside
c.Autograde.exporter_class = ApartExporter
c.GenerateFeedback.exporter_class = ApartFeedback
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    ExamineApart,
    SaveScores,
    RightTime,
    AssignLatePenalties,
    CheckCellMetadata,
]
