"""`choose`: a claim is chosen, and then the evidence for it or against it runs.

Owns: reading the letter, and what is shown once it is committed. No choice is graded.
"""

from functools import partial

from autograder.exercise import Choose
from autograder.home.said import Said, asked
from autograder.judge.shown import short

choices: dict[str, list[str]] = {}  # of each exercise; those after the first have seen evidence
NONE_YET = ("", "?")

Choice = partial(Said, "Your choice", "choose")


def choose(name: str, letter: str | None = None) -> Said:
    """Commit one of several claims, and see the evidence that decides it run.

    It earns nothing and costs nothing.
    """
    return said_to(str(getattr(name, "__name__", name)), letter).told()


def said_to(name: str, letter) -> Said:
    others = "Exercises with claims to choose from"
    exercise = asked(name, Choose, Choice, "choose", "has no claims", others)
    if isinstance(exercise, Said):
        return exercise
    title = f"{exercise.title}: {exercise.question}"
    claims = tuple(line.replace("**", "") for line in exercise.descriptions)
    letters = list(exercise.options)
    chosen = letter.strip().upper() if isinstance(letter, str) else letter
    if chosen is None or (isinstance(chosen, str) and chosen in NONE_YET):
        wanted = f'Put the letter of a claim between the quotes, as in `choose("{name}", "A")`, '
        return Choice(title, (*claims, f"{wanted}and run the cell again."))
    if chosen not in letters:
        came = short(letter, 40).replace("`", "'")
        return Choice(title, (f"`{came}` came; give one letter of {', '.join(letters)}.",))
    before = choices.setdefault(name, [])
    before.append(chosen)
    return Choice(title, tuple(comments(exercise, before)))


def comments(exercise: Choose, choices: list[str]):
    """Of a claim that does not hold: its evidence. Of the one that does: that of all."""
    first, chosen = choices[0], choices[-1]
    yield f"You chose {chosen}: {exercise.options[chosen].claim}"
    if chosen != exercise.holds:
        yield from evidence(exercise, chosen)
        found = exercise.holds in choices
        yield "So it does not hold." if found else "So it cannot be this one. Choose again."
        return
    yield from evidence(exercise, chosen)
    for letter in exercise.wrong:
        yield f"Against {letter}: {exercise.options[letter].claim}"
        yield from evidence(exercise, letter)
    yield f"{chosen} holds. Now write the function that measures all of them."
    if first != chosen:
        yield f"Your first choice was {first}."


def evidence(exercise: Choose, letter: str):
    yield f"If it held, we would see: {exercise.options[letter].would}. This was run:"
    yield exercise.code(letter)
    yield "And we see:"
    yield from exercise.lines[letter]
    yield exercise.options[letter].because
