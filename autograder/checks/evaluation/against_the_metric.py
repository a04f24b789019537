"""Checks for `against_the_metric`."""

from autograder.exercise import Exercise

dissent = Exercise(
    "evaluation.against_the_metric",
    title="Where you disagree with the metric",
    points=3, difficulty=2, minutes=15, kind="write",
    rubric={
        "Quotes a case in which it disagrees with the metric, with all that is needed to see it.": 1,
        "Gives the metric's number for each text and says which it is.": 0.5,
        "Says what the metric looks at, and what it therefore cannot see.": 0.5,
        "Proposes something to measure in addition, precise enough that somebody else could do it.": 0.5,
        "Claims no more than its case shows, in 80 to 150 words.": 0.5,
    },
)  # fmt: skip
