"""The cells of a submission that run, and what can be told of them without running them.

Owns: a running cell, the book's earlier modules that cells ask for, what an answer leans on.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource

from autograder.course.as_python import defined, imports_of
from autograder.exercise import Exercise, chapters
from autograder.home.leaning import OURS, advice
from autograder.judge import Verdict


@dataclass(frozen=True)
class Cell:
    """A piece of a submission that runs: the imports, an answer, or a cell the learner added."""

    name: str
    source: str

    @property
    def defines(self) -> frozenset[str]:
        return defined(self.source)


def earlier_modules(imports: list[Cell], others: list[Cell], chapter: str) -> list[list[str]]:
    """Sources of the `solutions` modules that cells ask for, needed ones first.

    A learner's own cells may ask for those of earlier chapters.
    """
    sources: dict[str, str] = {}
    stems = list(chapters())
    earlier = stems[: stems.index(chapter)] if chapter in stems else []

    def need(text):
        for name in re.findall(r"^(?:from|import) (solutions\.\w+)", text, re.MULTILINE):
            if name not in sources:
                source = getsource(import_module(name))
                need(source)
                sources[name] = source

    for cell in imports:
        need(cell.source)
    for cell in others:
        for module in imports_of(cell.source).values():
            if module.removeprefix("solutions.") in earlier:
                need(f"import {module}")
    return [[name, source] for name, source in sources.items()]


def is_imported(exercise: Exercise, cells: list[Cell]) -> bool:
    """Does a cell import the book's own function in place of the learner's?"""
    module = f"{exercise.package}.{exercise.module}"
    names = {name for cell in cells for name, m in imports_of(cell.source).items() if m == module}
    return bool(names & {exercise.name, "*"})


def advice_on(
    verdict: Verdict, cells: list[Cell], failures: dict[str, dict], shown: frozenset[str]
) -> str:
    """What is said, as at home, of an answer that leans on what is not run when it is graded.

    shown: names that the chapter's demonstrations bind.
    """
    mine, ours, lost = set(), set(), {}
    for cell in cells:
        mine |= cell.defines
        ours |= {n for n, m in imports_of(cell.source).items() if m.partition(".")[0] in OURS}
        if cell.name in failures:
            lost |= dict.fromkeys(cell.defines, failures[cell.name])
    return advice(verdict.error, shown - mine, lost, ours)
