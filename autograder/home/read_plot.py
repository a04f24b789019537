"""`read_plot`: curves are told apart by what one sees.

Owns: the plot in a notebook, and what is said to a reading. No reading is graded.
"""

from functools import partial

from autograder.exercise import Read
from autograder.home.said import Said, asked
from autograder.judge.shown import short

readings: dict[str, int] = {}  # how often a plot was read with something wrong


Reading = partial(Said, "Your reading", "read")


def read_plot(name: str, **answers: int | None) -> Said:
    """Show curves to be told apart, and say of each answer whether the curve shows it.

    answers: the number of a description by letter. They earn nothing and cost nothing.
    """
    return said_to(str(getattr(name, "__name__", name)), answers).told()


def said_to(name: str, answers: dict) -> Said:
    exercise = asked(name, Read, Reading, "read", "has no plot", "Exercises with a plot")
    if isinstance(exercise, Said):
        return exercise
    title = f"{exercise.title}: {exercise.question}"
    given = {letter: number for letter, number in answers.items() if number is not None}
    if problem := misread(exercise, given):
        return Reading(title, (problem,), exercise.picture)
    if not given:
        wanted = "Put the number of a description in place of each `None`, and run the cell again."
        return Reading(title, (*exercise.descriptions, wanted), exercise.picture)
    return Reading(title, tuple(comments(exercise, given)), exercise.picture)


def misread(exercise: Read, given: dict) -> str:
    """What came that no reading of this plot can be, and what fits; or ""."""
    for letter, number in given.items():
        if letter not in exercise.letters:
            return f"There is no curve `{letter}`: it is {', '.join(exercise.letters)}."
        if isinstance(number, bool) or number not in range(1, len(exercise.curves) + 1):
            came = short(number, 40).replace("`", "'")
            return f"`{letter}={came}` came; give a number from 1 to {len(exercise.curves)}."
    return ""


def comments(exercise: Read, given: dict[str, int]):
    """Of each curve: by what it is told, if it was; what to look at, if it was not."""
    wrong = [letter for letter, number in given.items() if exercise.letters[letter] != number]
    readings[exercise.name] = readings.get(exercise.name, 0) + bool(wrong)
    for letter in given:
        if letter not in wrong:
            yield exercise.told(letter)
        elif readings[exercise.name] > 1:
            yield f"Not {given[letter]}. {exercise.told(letter)}"
        else:
            phrase = exercise.curves[given[letter] - 1].phrase
            yield f"{letter} does not show “{phrase}”. What would that look like at the far end?"
    missing = [letter for letter in exercise.letters if letter not in given]
    if missing:
        yield f"Still to be read: {', '.join(missing)}."
    elif not wrong:
        yield "All of them. Now write the function that draws the right one."
