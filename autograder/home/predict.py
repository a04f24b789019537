"""`predict`: a number is guessed before it is counted.

Owns: reading the guess, how far off it is, and the card that says so. No guess is graded.
"""

from functools import partial

from autograder.exercise import Predict
from autograder.exercise.words import figure
from autograder.home.said import Said, asked
from autograder.judge.shown import short

NEAR = 0.1  # of what is counted: closer than that needs no factor
UNITS = {"e3": "thousands", "e6": "millions", "e9": "billions", "e12": "trillions"}
guesses: dict[str, float] = {}  # the first of each exercise; those after it know the answer


Prediction = partial(Said, "Your prediction", "predict")


def predict(name: str, number: float | None = None) -> Said:
    """Compare your guess with what counting gives. It earns nothing and costs nothing."""
    return said_to(str(getattr(name, "__name__", name)), number).told()


def said_to(name: str, number) -> Said:
    others = "Exercises that ask for a number"
    exercise = asked(name, Predict, Prediction, "predict", "asks for no number", others)
    if isinstance(exercise, Said):
        return exercise
    title = f"{exercise.title}: {exercise.question}"
    example = f'such as `predict("{name}", 500)`'
    if number is None:
        return Prediction(
            title, (f"Put your number in place of `None`, {example}, and run the cell.",)
        )
    value = as_number(number)
    if value is None:
        came = short(number, 60).replace("`", "'")
        return Prediction(title, (f"`{came}` came; a number is wanted, {example}.",))
    if not 0 <= value < float("inf"):
        wanted = "give a number that is not below 0 and not infinite"
        return Prediction(title, (f"{value:g} came; {wanted}.",))
    first = guesses.setdefault(name, value)
    return Prediction(title, comparison(exercise, value, first))


def as_number(value) -> float | None:
    """A number of any library's, as a float; None for what is no number."""
    if isinstance(value, str | bytes | bool):
        return None
    try:
        return float(value)
    except OverflowError:  # an int of hundreds of digits
        return float("inf") if value > 0 else float("-inf")
    except Exception:  # whatever an object of theirs may raise
        return None


def comparison(exercise: Predict, guess: float, first: float) -> tuple[str, ...]:
    """By what factor it is off, and a sentence for that size of factor."""
    count = exercise.count
    factor = max(guess / count, count / guess) if guess else float("inf")
    if not guess:
        off, comment = "not nothing", "No ratio can be formed with 0. What is left that counts?"
    elif guess == count:
        off, comment = "exactly that", "Now let the function count it."
    elif abs(guess - count) <= NEAR * count:
        off, comment = "within 10 %", "Good enough to plan with. Now let the function count it."
    else:
        off = f"{figure(float(f'{factor:.2g}'))} times too {'much' if guess > count else 'little'}"
        if unit := next(
            (u for u in UNITS if abs(guess * float(f"1{u}") - count) <= NEAR * count), ""
        ):
            comment = f"With {UNITS[unit]} it is near: `{guess:g}{unit}`. Was that what you meant?"
        elif factor < 3:
            comment = "The right order of magnitude, which is most of what a guess can give."
        elif factor < 30:
            comment = "About one order of magnitude away. Which of the factors surprised you?"
        else:
            comment = "Sizes like these are hard to feel. That is the reason to count them."
    said = f"You said {exercise.amount(guess)}, counting gives {exercise.amount(count)}: {off}."
    if guess == first:
        return said, comment
    return said, comment, f"Your first guess was {exercise.amount(first)}."
