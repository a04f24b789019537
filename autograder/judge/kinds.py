"""How kinds of exercises are judged that are not judged like all others.

Owns: what is said of a text, and of code that is as it was given. Tests are judged in `catches`.
"""

import re
from dataclasses import replace

from autograder.exercise import Choose, Debug, Exercise, Order, Write
from autograder.exercise.kinds.write import WORDS
from autograder.judge.answer import Answer, AnswerError
from autograder.judge.judging import judge
from autograder.judge.telling import Case
from autograder.judge.verdict import Verdict


@judge.register
def judge_mended(exercise: Debug, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """As any other, apart from code that still does what it did: that earns nothing."""
    verdict = judge.dispatch(Exercise)(exercise, answer, seed, source)
    if verdict.names == [exercise.begins.alias or exercise.start]:
        verdict.earned, verdict.unchanged = 0.0, True
        verdict.headline = "It does what it did when you got it."
    return verdict


@judge.register
def judge_chosen(exercise: Choose, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """As any other; what speaks against a wrong letter is said whatever the numbers beside it."""
    verdict = judge.dispatch(Exercise)(exercise, answer, seed, source)
    if verdict.case:
        verdict.case = without_letter(exercise, verdict.case)
    if verdict.status == "wrong" and not verdict.names:
        letter = letter_of(exercise, answer, seed)
        if letter in exercise.wrong:
            against = exercise.options[letter].because
            verdict.after.append(f"It gives the letter {letter}, and that cannot be. {against}")
    return verdict


def letter_of(exercise: Choose, answer: Answer, seed: int) -> str:
    """The letter that an answer gives each time, or "" where it gives none or several."""
    try:
        values = map(exercise.taken, answer.each(*exercise.draw(seed).values()))
        letters = {value[0] for value in values}
    except (AnswerError, TypeError, LookupError):
        return ""
    first, *more = letters
    return first if isinstance(first, str) and not more else ""


def without_letter(exercise: Choose, case: Case) -> Case:
    """A case that does not show which claim holds: that is to be found from what is measured."""
    if case.wanted == repr(exercise.holds):
        letters = ", ".join(exercise.options)
        known = case.got.strip("'") in exercise.options
        said = "and this claim does not hold" if known else f"and the claims are {letters}"
        problem = f"at `[0]` {case.got} came back, {said}."
        return replace(case, problem=problem, got="", wanted="")
    shown = rf"(?:(?<=\()|(?<=\[)(?<!\]\[))'{exercise.holds}'"  # and no key of a path
    problem, wanted = (re.sub(shown, "'?'", text) for text in (case.problem, case.wanted))
    return replace(case, problem=problem, wanted=wanted)


@judge.register
def judge_ordered(exercise: Order, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """As any other, apart from lines that nobody has moved."""
    verdict = judge.dispatch(Exercise)(exercise, answer, seed, source)
    if exercise.as_given(source):
        verdict.unchanged, verdict.headline = True, "The lines are as you got them."
    return verdict


@judge.register
def judge_text(exercise: Write, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """What `check` can say of a text: how it will be read."""
    notes = [f"{line} ({points:g})" for line, points in exercise.rubric.items()]
    asked = f"A person reads your {WORDS[0]} to {WORDS[1]} words and gives points for this:"
    return Verdict(
        exercise.name, exercise.title, exercise.points, status="by hand", notes=[asked, *notes]
    )
