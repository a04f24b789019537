"""Rubric for `choose_a_model`."""

from autograder.exercise import Exercise

choice = Exercise(
    "family_tree.choose_a_model",
    title="A model for a case",
    difficulty=2, minutes=25, kind="write",
    rubric={
        "Names a kind of model, and derives it from what the case asks for.": 0.75,
        "Names one model that fits, with its size and its terms from the table.": 0.5,
        "Rejects one alternative for a reason of this case.": 0.5,
        "Brings a number from the page that decides, and says how it decides.": 0.75,
        "Says what is to be measured, on which data, before anybody relies on it.": 0.5,
    },
)  # fmt: skip
