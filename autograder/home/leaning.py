"""Answers that lean on cells which are not graded.

Owns: which names only the chapter's demonstration cells bind, and which of them an answer uses.
"""

import dis
import inspect
from types import CodeType

from autograder.exercise import Exercise, chapters
from autograder.exercise.chapter import bound


def shown_only(exercise: Exercise, namespace: dict) -> set[str]:
    """Names that only the chapter's demonstration cells bind: a grader will not know them."""
    chapter = chapters().get(exercise.module)
    if chapter is None or "In" not in namespace:
        return set()
    shown = chapter.demonstrations
    names = set().union(*shown.values())
    written = [source for source in namespace["In"] if source.strip() not in shown]
    return names.difference(*map(bound, written)) if written else names


def leans_on(function, namespace: dict, names: set[str]) -> set[str]:
    """Which of `names` the answer uses, itself or through the learner's other functions."""
    found, waiting, done = set(), [function], set()
    while waiting:
        for code in codes(waiting.pop()):
            for name in globals_of(code) - done:
                done.add(name)
                if name in names and name in namespace:
                    found.add(name)
                elif (other := namespace.get(name)) is not None and codes(other):
                    if getattr(other, "__module__", "") == "__main__":
                        waiting.append(other)
    return found


def globals_of(code: CodeType) -> set[str]:
    """Names that a piece of code looks up outside itself; attributes are none of them."""
    wanted = ("LOAD_GLOBAL", "LOAD_NAME")
    return {step.argval for step in dis.get_instructions(code) if step.opname in wanted}


def codes(thing) -> list[CodeType]:
    """The code of a function, or of a class's methods, with all that is nested in it."""
    members = vars(thing).values() if inspect.isclass(thing) else [thing]
    waiting = [m.__code__ for m in members if inspect.isfunction(m)]
    found = []
    while waiting:
        code = waiting.pop()
        found.append(code)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return found
