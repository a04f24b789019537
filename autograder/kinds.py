"""Kinds of exercises beside building a function: where a learner starts, how points are earned.

Owns: what each kind declares, and what its cells and cards are made of. Ignores notebooks,
nbgrader and the book. How an examining answer is judged is in `catches`.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cached_property

from autograder.answer import Answer
from autograder.compare import counted
from autograder.exercise import Exercise, Misconception, exercises, without_docstring

WORDS = (80, 150)  # of a written answer
PLACEHOLDER = "*Your text goes here: double-click this cell and write in place of this line.*"


class Debug(Exercise):
    """Released with wrong code in place of a stub. What does the same earns nothing.

    start: the name of the misconception whose code it is, one that runs without an error.
    """

    instruction = (
        "The next cell runs, and is wrong. Run it and the check below it, find out why, and mend "
        "it. What it is to do is in its docstring."
    )

    def __init__(self, reference: str, *, start: str, **given):
        super().__init__(reference, **given)
        self.start = start

    @property
    def begins(self) -> Misconception:
        known = {m.name: m for m in self.misconceptions}
        if self.start not in known:
            raise ValueError(f"{self!r}: start={self.start!r} is none of {', '.join(known)}.")
        return known[self.start]

    @cached_property
    def released(self) -> str:
        """The wrong code: the reference's signature and docstring over another body."""
        slips = {slip.name: slip for slip in self.slips}
        if self.start in slips:
            return self.slipped(slips[self.start])
        return self.head + body_of(self.begins.build(), self.name, self.parameters)

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = "This code runs, and is wrong. What it is to do:"
        code = without_docstring(self.released)
        return [("code", code), ("text", told), ("text", self.statement)]

    @property
    def head(self) -> str:
        """The reference's signature and docstring."""
        node = ast.parse(self.solution).body[0]
        if not isinstance(node, ast.FunctionDef):
            raise ValueError(f"{self!r}: a class starts from a slip, and {self.start!r} is none.")
        if not ast.get_docstring(node):
            return self.signature + "\n"
        return "\n".join(self.solution.splitlines()[: node.body[0].end_lineno]) + "\n"

    def grade(self, answer: Answer, seed: int = 0, source: str = ""):
        verdict = super().grade(answer, seed, source)
        if verdict.names == [self.begins.alias or self.start]:
            verdict.earned, verdict.unchanged = 0.0, True
            verdict.headline = "It does what it did when you got it."
        return verdict


def body_of(function: Callable, name: str, parameters: list[str]) -> str:
    """The statements of a function declared in `autograder/checks`, below its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    taken = list(inspect.signature(function).parameters)
    if taken != parameters:
        raise ValueError(
            f"{function.__name__} takes {taken}, {name} takes {parameters}: give both the same "
            "names, or the one cannot be released as the other."
        )
    lines = source.splitlines()
    body = lines[body_begins(node, lines) - 1 : node.end_lineno]
    return textwrap.indent(textwrap.dedent("\n".join(body)), "    ") + "\n"


def body_begins(function: ast.FunctionDef, lines: list[str]) -> int:
    """The number of the line below the docstring on which the body begins, comments included."""
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    begins = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    while lines[begins - 2].lstrip().startswith("#") or not lines[begins - 2].strip():
        begins -= 1
    return begins


class Predict(Exercise):
    """A number is guessed before the function is written. The guess earns and costs nothing.

    counted: gives the number that is true; called with the reference, or with nothing.
    """

    instruction = (
        "First a guess: put a number in place of `None` in the next cell and run it. A guess earns "
        "nothing and costs nothing. Then replace the last two lines of the cell after it by your "
        "code, run it, and run the check."
    )

    def __init__(self, reference: str, *, question: str, unit: str, counted: Callable, **given):
        super().__init__(reference, **given)
        self.question, self.unit, self.counted = question, unit, counted

    @property
    def guess(self) -> str:
        """The source of the cell that asks for the number."""
        return f'predict("{self.name}", None)'

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = f"Before you write it, guess: **{self.question}**"
        counted = f"Counting gives {self.amount(self.count)}."
        return [*super().on_card, ("text", asked), ("The number", counted)]

    @cached_property
    def count(self) -> float:
        takes_one = len(inspect.signature(self.counted).parameters)
        number = float(self.counted(self.reference) if takes_one else self.counted())
        if not 0 < number < float("inf"):
            raise ValueError(f"{self!r}: it counts {number:g}; a guess is compared by its factor.")
        return number

    def amount(self, number: float) -> str:
        return f"{figure(number)} {self.unit}".strip()


def figure(number: float) -> str:
    """A number as a reader says it: four figures, thousands apart."""
    if number >= 1e15 or number < 1e-3:
        return f"{number:.3g}"
    if number >= 1000 or number == int(number):
        return f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{number:.4g}"


class Write(Exercise):
    """A short text, read and graded by a person. The reference returns an exemplar.

    rubric: what a good text does, each sentence with its points.
    """

    in_prose, compares = True, False
    instruction = (
        f"Write {WORDS[0]} to {WORDS[1]} words into the next cell. A person reads them and gives "
        "points by this list:"
    )

    def __init__(
        self, reference: str, *, rubric: dict[str, float], points: float | None = None, **given
    ):
        total = sum(rubric.values())
        if points not in (None, total):
            raise ValueError(f"{reference}: {points} points, and {total:g} in its rubric.")
        super().__init__(reference, points=total, **{"examples": lambda g: {}} | given)
        self.rubric = rubric

    @cached_property
    def solution(self) -> str:
        """The exemplar."""
        return textwrap.dedent(self.reference()).strip() + "\n"

    signature = ""

    @property
    def on_card(self) -> list[tuple[str, str]]:
        asked = f"{WORDS[0]} to {WORDS[1]} words, read by a person who gives points by this list:"
        return [("text", self.statement), ("text", asked), ("text", self.rubric_list)]

    @property
    def rubric_list(self) -> str:
        """The rubric as Markdown."""
        return "\n".join(f"- {line} ({points:g})" for line, points in self.rubric.items())

    def grade(self, answer: Answer, seed: int = 0, source: str = ""):
        """What `check` can say of a text: how it will be read."""
        from autograder.judge import Verdict

        notes = [f"{line} ({points:g})" for line, points in self.rubric.items()]
        asked = f"A person reads your {WORDS[0]} to {WORDS[1]} words and gives points for this:"
        return Verdict(self.name, self.title, self.points, status="by hand", notes=[asked, *notes])


def length_of(text: str) -> str:
    """How long a text is, beside what was asked for."""
    count = sum(any(map(str.isalnum, word)) for word in text.split())
    return f"{counted(count, 'word')}; {WORDS[0]} to {WORDS[1]} were asked for."


class Examine(Exercise):
    """The answer is a test: a function of one implementation that raises where it is broken.

    of: the exercise whose answers it examines, a function of plain data. broken: names of its
    misconceptions, which a good test catches; each says in its `broken` what it does.
    """

    compares = False
    instruction = (
        "Your function gets an implementation, calls it, and raises an AssertionError if it is "
        "broken. " + Exercise.instruction
    )

    def __init__(self, reference: str, *, of, broken: tuple[str, ...], **given):
        super().__init__(reference, **{"examples": lambda g: {}} | given)
        self.of, self.broken = of, tuple(broken)
        if not broken:
            raise ValueError(f"{self!r}: broken=() leaves nothing to catch.")

    @property
    def on_card(self) -> list[tuple[str, str]]:
        told = (
            f"It will meet {len(self.right_ones)} right implementations of `{self.examined.name}`, "
            f"which it must let pass, and {len(self.broken)} broken ones: each that it catches "
            "earns a share of the points."
        )
        return [*super().on_card, ("text", told)]

    @property
    def examined(self) -> Exercise:
        known = exercises()
        if isinstance(self.of, Exercise):
            return self.of
        if self.of not in known:
            raise ValueError(f"{self!r}: of={self.of!r} is no exercise. There is: {list(known)}.")
        return known[self.of]

    @property
    def right_ones(self) -> list[Callable]:
        return [self.examined.reference, *self.examined.alternatives]

    @property
    def broken_ones(self) -> list[Misconception]:
        known = {m.name: m for m in self.examined.misconceptions}
        for name in self.broken:
            if name not in known:
                raise ValueError(f"{self!r}: {name!r} is no misconception of {self.examined!r}.")
            if not known[name].broken:
                raise ValueError(
                    f"{self!r}: say what {name!r} of {self.examined!r} does, as in "
                    'broken="merges two people who stand side by side".'
                )
        return [known[name] for name in self.broken]

    def grade(self, answer: Answer, seed: int = 0, source: str = ""):
        from autograder.catches import examined

        return examined(self, answer, seed, source)


KINDS = {
    "build": Exercise, "debug": Debug, "predict": Predict, "write": Write, "examine": Examine,
}  # fmt: skip
