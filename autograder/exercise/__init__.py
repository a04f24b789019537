"""What an exercise is: what is asked, what is right, what goes wrong and how it is said.

Owns: exercises with their kinds, claims, misconceptions and slips, the list of them, and the
chapters that ask for them. Judges nothing. All that `autograder/checks` needs is imported here.
"""

from autograder.exercise.base import Exercise
from autograder.exercise.chapter import Chapter, chapters, pages
from autograder.exercise.claims import agree, differ, seeded
from autograder.exercise.kinds import Choose, Debug, Examine, Order, Predict, Read, Write
from autograder.exercise.lending import Exposed
from autograder.exercise.parts import Claim, Misconception, Slip
from autograder.exercise.registry import exercises
from autograder.room.worker import Record

__all__ = [
    "Chapter", "Choose", "Claim", "Debug", "Examine", "Exercise", "Exposed", "Misconception",
    "Order", "Predict", "Read", "Record", "Slip", "Write", "agree", "chapters", "differ",
    "exercises", "pages", "seeded",
]  # fmt: skip
