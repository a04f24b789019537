"""From an answer to a verdict.

Owns: answers and their comparison, evidence, diagnosis, points, and the words. Judging is a
function that takes an exercise: `judge(exercise, answer, seed, source)`. Ignores notebooks.
"""

from autograder.judge import catches, kinds  # they register with `judge`
from autograder.judge.judging import judge
from autograder.judge.verdict import Verdict

__all__ = ["Verdict", "catches", "judge", "kinds"]
