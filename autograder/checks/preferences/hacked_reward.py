"""Checks for `hacked_reward`."""

from autograder.exercise import Exercise

hacked = Exercise(
    "preferences.hacked_reward",
    title="What was asked, and what was meant",
    points=3, difficulty=2, minutes=30, kind="write",
    rubric={
        "Quotes a text that the reward pays too well, with the number that it gets.": 0.5,
        "Says what the reward measures and what it was meant for, and shows where they part.": 1,
        "Gives the reward that rises and one number that warns, from a log or as it would hold.": 0.5,
        "Proposes one change, precise enough that somebody else could make it.": 0.5,
        "Says what this change could break.": 0.5,
    },
)  # fmt: skip
