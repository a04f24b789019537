"""Checks for `hacked_reward`."""

from autograder.exercise import Exercise

hacked = Exercise(
    "preferences.hacked_reward",
    title="What was asked, and what was meant",
    points=3, difficulty=2, minutes=20, kind="write",
    rubric={
        "Quotes a text that the reward pays too well, with the number that it gets.": 0.5,
        "Says what the reward measures, what it was meant to stand for, and where they part.": 1,
        "Gives one number of the log that rises and one that warns, and says what each shows.": 0.5,
        "Proposes one change, precise enough that somebody else could make it.": 0.5,
        "Says what this change could break, in 80 to 150 words.": 0.5,
    },
)  # fmt: skip
