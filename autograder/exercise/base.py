"""An exercise: what is asked, what is right, what goes wrong and how it is said.

Owns: the declaration. Ignores notebooks, nbgrader and the book.
How an answer is judged is the business of the room `judge`.
"""

import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import ClassVar

import torch

from autograder.exercise.parts import Claim, Misconception, Slip
from autograder.exercise.probes import NAMES
from autograder.exercise.registry import register
from autograder.exercise.words import counted


class Exercise:
    """One function or class of `solutions/` to be written by the learner.

    reference: "module.name" in `package`. examples: called with a seeded torch.Generator,
    gives {aspect: arguments}, each aspect a phrase that reads well after "when".
    forbid: names of torch functions, builtins or methods that the answer must not call.
    kind: "build", or one of those in `kinds`, each with arguments of its own.
    fast_track: whether those who have little time should still do it. needs: names of earlier
    exercises whose idea this one builds on. dear: whether a call takes so long that two slips at
    once are not looked for, and that tests draw few seeds.
    """

    instruction = (
        "Replace the last two lines of the next cell by your code, run it, then run the check."
    )
    in_prose = False  # answered in Markdown and graded by hand
    compares = True  # answers are compared with the reference on examples
    gives_code = False  # the learner begins with code, `released`, and not with a stub
    question = guess = ""  # what is asked before it is written, and the cell that asks
    kinds: ClassVar[dict[str, type]] = {}

    def __init_subclass__(cls, kind: str, **given):
        """A class below this one is a kind of exercise, and its own entry in the list of them."""
        super().__init_subclass__(**given)
        Exercise.kinds[kind] = cls

    def __new__(cls, *_, kind="build", **__):
        if kind not in cls.kinds:
            raise ValueError(f"No exercise is of kind {kind!r}. There is: {', '.join(cls.kinds)}.")
        return super().__new__(cls.kinds[kind])

    def __init__(
        self, reference: str, *, title: str, points: float, difficulty: int, minutes: int,
        examples: Callable[[torch.Generator], dict[str, tuple]], forbid=(), kind="build",
        optional=False, fast_track=False, needs=(), dear=False, package="solutions",
    ):  # fmt: skip
        self.module, self.name = reference.split(".")
        self.package, self.title, self.kind = package, title, kind
        self.points, self.difficulty, self.minutes = float(points), difficulty, minutes
        self.examples, self.forbid, self.optional = examples, tuple(forbid), optional
        self.fast_track, self.needs, self.dear = fast_track, tuple(needs), dear
        self.claims: list[Claim] = []
        self.misconceptions: list[Misconception] = []
        self.slips: list[Slip] = []
        self.alternatives: list[Callable] = []
        self.excused: dict[str, str] = {}  # source fragments whose mutants may live, and why
        self.left_out: dict[str, str] = {}  # standing probes that do not fit it, and why
        self.oracle_function: Callable | None = None
        self.oracle_name = ""
        self.use = lambda answer, *args: answer(*args)
        self.plain = True  # examples are plain calls: many can be asked for at once
        if points <= 0 or points * 4 % 1:
            raise ValueError(f"{reference}: {points} points; give a positive multiple of 0.25.")
        register(self)

    def __repr__(self):
        return f"{self.module}.{self.name}"

    @property
    def declared_in(self) -> list[str]:
        """Modules of `autograder.checks` that declare it, by their names."""
        package = f"autograder.checks.{self.module}"
        modules = [f"{package}.{self.name}", f"{package}.{self.name}_mistakes"]
        return [package, *(module for module in modules if module in sys.modules)]

    # ---- what is right

    @cached_property
    def reference(self) -> Callable:
        return getattr(import_module(f"{self.package}.{self.module}"), self.name)

    def taken(self, value):
        """What an answer gave, as it is compared."""
        return value

    @cached_property
    def solution(self) -> str:
        """The reference's source."""
        return textwrap.dedent(inspect.getsource(self.reference)).rstrip() + "\n"

    @property
    def statement(self) -> str:
        """The reference's docstring: what is asked for."""
        return inspect.getdoc(self.reference) or ""

    @property
    def signature(self) -> str:
        """The source of the reference's first line or lines, up to its docstring."""
        node = ast.parse(self.solution).body[0]
        return "\n".join(self.solution.splitlines()[node.lineno - 1 : node.body[0].lineno - 1])

    @property
    def worth(self) -> str:
        """Its points, in words."""
        return counted(self.points, "point")

    @property
    def parameters(self) -> list[str]:
        return list(inspect.signature(self.reference).parameters)

    @property
    def called_with(self) -> list[str]:
        """Names of an example's arguments; none where a probe does more than hand them on."""
        taken = inspect.signature(self.use).parameters.values()
        handed_on = any(each.kind is each.VAR_POSITIONAL for each in taken)
        return self.parameters if handed_on else []

    @property
    def asked(self) -> str:
        """The question before the writing, as Markdown."""
        return f"**{self.question}**"

    @property
    def on_card(self) -> list[tuple[str, str]]:
        """What the book's card shows in order: ("code", Python) or ("text", Markdown).

        Any other first word is the heading of Markdown that stays folded.
        """
        return [("code", self.signature), ("text", self.statement)]

    def draw(self, seed: int) -> dict[str, tuple]:
        """Examples by aspect, the same for the same seed."""
        return self.examples(torch.Generator().manual_seed(seed))

    # ---- declared in autograder/checks

    def oracle(self, name: str):
        """An implementation nobody here wrote; `name` says whose. Runs in tests only."""

        def register(function):
            self.oracle_function, self.oracle_name = function, name
            return function

        return register

    def claim(self, sentence: str, universal: bool = False):
        def register(function):
            self.claims.append(Claim(sentence, function, universal))
            return function

        return register

    def misconception(self, *, seen: str, why: str, **more):
        """`more`: convention, alias, reread, code, broken, as in Misconception."""

        def register(function):
            self.misconceptions.append(
                Misconception(function.__name__, seen, why, lambda: function, **more)
            )
            return function

        return register

    def slip(self, old: str, new: str, *, name: str, seen: str, why: str, **more):
        """A misconception that is an edit of one place in the reference."""
        slip = Slip(name, old, new)
        self.slips.append(slip)
        self.misconceptions.append(
            Misconception(name, seen, why, lambda: self.edited(slip), **more)
        )

    def alternative(self, function):
        """Another right way to write it; it must earn full points."""
        self.alternatives.append(function)
        return function

    def probe(self, function):
        """How an example uses the answer, where that is more than one plain call."""
        self.use, self.plain = function, False
        return function

    def excuse(self, fragment: str, reason: str):
        """Mutants of a source line that holds `fragment` may live, for this reason."""
        self.excused[fragment] = reason

    def leave_out(self, probe: str, reason: str):
        """This standing probe asks for something that the statement leaves open.

        probe: one of `probes.NAMES`; "one" and "empty" may name an axis or a parameter besides,
        as in "one T".
        """
        if probe.partition(" ")[0] not in NAMES or not reason:
            raise ValueError(
                f"{self!r}: {probe!r} cannot be left out. Give one of {', '.join(NAMES)}, and why."
            )
        self.left_out[probe] = reason

    # ---- wrong code, made

    def slipped(self, *slips: Slip) -> str:
        """The reference's source with slips in it. Raises ValueError where one does not fit."""
        source = self.solution
        for slip in slips:
            if self.solution.count(slip.old) != 1 or source.count(slip.old) != 1:
                raise ValueError(
                    f"{self!r}: slip {slip.name!r} matches {source.count(slip.old)} times; "
                    "give a fragment that the reference holds exactly once."
                )
            source = source.replace(slip.old, slip.new)
        return source

    def fit(self, *slips: Slip) -> bool:
        """Can these slips be made together?"""
        try:
            compile(self.slipped(*slips), "slips", "exec")
        except (ValueError, SyntaxError):
            return False
        return True

    def edited(self, *slips: Slip) -> Callable:
        """The reference with slips in it, as a function or class."""
        return self.compiled(self.slipped(*slips), "+".join(slip.name for slip in slips))

    def compiled(self, source: str, label: str) -> Callable:
        """A variant of the reference, among the names that its module knows."""
        filename = f"<{self!r}: {label}>"
        namespace = dict(vars(import_module(f"{self.package}.{self.module}")))
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        exec(compile(source, filename, "exec"), namespace)
        return namespace[self.name]


Exercise.kinds["build"] = Exercise
