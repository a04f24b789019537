"""Checks and misconceptions for `limits_section`."""

from autograder.exercise import Exercise

limits = Exercise(
    "language_and_tasks.limits_section",
    title="The limits section of a model card",
    points=3, difficulty=2, minutes=30, kind="write",
    rubric={
        "Says what the model was trained on, and that its test came from the same small world.": 0.5,
        "Names two failures, each with a number and how to get that number again.": 1,
        "Says that texts from outside its world get a label all the same, some a high score.": 0.5,
        "Names a use that the model is not fit for, and why.": 0.5,
        "Claims no more than was measured, in 80 to 150 words, without praise.": 0.5,
    },
)  # fmt: skip
