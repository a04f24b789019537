"""Finite sets to choose from, and sentences with slots to fill: what a grammar is made of.

Owns probabilities (integer weights, so that they are the same everywhere) and the small language
of patterns. Chooses nothing: a pen does.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import accumulate
from math import log
from typing import NamedTuple

LOG = [0.0, *(log(n) for n in range(1, 2000))]


class Thing(NamedTuple):
    """A word or phrase of the town and what it is: PER, LOC, ANI, OBJ, JOB, or "" for none."""

    text: str
    label: str = ""


class Options:
    """A finite set to choose from. Weights are integers: their sums are the same everywhere."""

    __slots__ = ("cumulative", "entropy", "even", "index", "single", "texts", "total", "values",
                 "weights")  # fmt: skip

    def __init__(self, values: Iterable, weights: Sequence[int] | None = None):
        self.values = tuple(values)
        self.texts = tuple(v.text if isinstance(v, Thing) else str(v) for v in self.values)
        self.weights = tuple(weights or [1] * len(self.values))
        if len(self.weights) != len(self.values) or min(self.weights) < 0:
            raise ValueError(
                f"{len(self.values)} options got weights {self.weights}: "
                "give one integer for each, none below 0."
            )
        self.cumulative = tuple(accumulate(self.weights))
        self.total = self.cumulative[-1]
        self.even = len(set(self.weights)) == 1
        self.index = {value: i for i, value in enumerate(self.values)}
        self.entropy = log(self.total) - accumulated(w * log(w) for w in self.weights if w) / (
            self.total
        )
        self.single = {}

    def only(self, value) -> "Options":
        """The same choice for somebody who knows the answer."""
        if value not in self.single:
            self.single[value] = Options([value])
        return self.single[value]

    def nats(self, i: int, without: int = 0) -> float:
        """-log p of option i, when `without` others of the same weight are ruled out."""
        if not self.weights[i]:
            return float("inf")
        return log((self.total - without * self.weights[0]) / self.weights[i])


def accumulated(numbers: Iterable[float]) -> float:
    """Plain left-to-right addition: `sum` rounds otherwise from Python 3.12 on."""
    total = 0.0
    for number in numbers:
        total += number
    return total


@cache
def expected(options: Options, reader: Options) -> float:
    """What a reader with other probabilities pays on average, in nats: a cross-entropy."""
    return accumulated(
        weight / options.total * reader.nats(reader.index[value])
        for value, weight in zip(options.values, options.weights, strict=True)
        if weight
    )


class Draw(NamedTuple):
    """A slot that is filled when the pen reaches it, with something not in `used`."""

    name: str
    options: "Options | Callable"
    used: list
    matters: bool = False


PRONOUNS = {"he": ("he", "she"), "him": ("him", "her"), "his": ("his", "her")}


class Patterns:
    """Sentences to choose from: `{x}`, `{x|a}` with article, `{x|he}`, and `[answer]`."""

    __slots__ = ("compiled", "differ", "options", "sources")

    def __init__(self, *sources: str, sentence: bool = True):
        self.sources = sources
        self.options = Options(range(len(sources)))
        self.compiled = tuple(compiled(source, sentence) for source in sources)
        # patterns that ask for different things cost different amounts
        self.differ = len({frozenset(piece[1] for piece in pieces) - {None}
                           for pieces in self.compiled}) > 1  # fmt: skip


class Clause(NamedTuple):
    """A slot that is filled with a pattern, none of those in `used`."""

    patterns: Patterns
    used: list


def compiled(source: str, sentence: bool) -> tuple:
    """(literal, None, None, False) or (None, slot, form, capital), in the order of the text."""
    pieces, start = [], sentence
    for token in re.findall(r"\{[^}]*\}|\[|\]|[^{}\[\]]+", source):
        if token in "[]":
            pieces.append((token, None, None, False))
        elif token[0] == "{":
            slot, _, form = token[1:-1].partition("|")
            pieces.append((None, slot, form, start))
            start = False
        else:
            pieces.append((token, None, None, False))
            start = bool(re.search(r'[.!?] "?$|^"$', token)) and sentence
    return tuple(pieces)


def rendered(text: str, form: str, capital: bool) -> tuple[str, str]:
    """What stands before a word, and the word."""
    before = ""
    if form == "a":
        before = "an " if text[0] in "aeiou" else "a "
    if capital:
        return (before.capitalize(), text) if before else ("", text[0].upper() + text[1:])
    return before, text


SHE: set[str] = set()


def is_she(name: str) -> bool:
    """Names of the town are listed; an invented name is hers if it ends in a."""
    return name.split()[0] in SHE or (name.endswith("a") and len(name) == 6)
