"""Reads a text back: every way in which a grammar could have written it, and how likely each is.

A grammar is a function of a pen. Here the pen only says yes to what stands in the text, and every
choice that the text leaves open is tried in turn. So a text can be scored that no grammar wrote
(a model did), and that a text has one derivation is something to count, not to believe.

The sum over all ways to write a beginning is that beginning's exact probability. Its logarithm,
letter by letter, is the true floor under a model's surprise, wherever its tokens end.
"""

from collections.abc import Callable
from itertools import pairwise
from math import exp, fsum, log
from typing import NamedTuple

from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.stream import MIXTURE, write

MOST = 200_000  # choices to try before giving up


class Derivation(NamedTuple):
    """One way to write the whole text: nats is -log p, choices are (name, chosen)."""

    nats: float
    choices: tuple[tuple[str, object], ...]


class Reading(NamedTuple):
    """All that a grammar says about a text.

    surprisal[i] is -log p(letter i | the letters before) in nats, one for each character and one
    more for the end. derivations are the ways to write the whole text: one, or none if the text
    is not of this grammar. total is the probability of all that was looked at: 1.
    """

    derivations: tuple[Derivation, ...]
    surprisal: tuple[float, ...]
    total: float

    @property
    def nats(self) -> float:
        """-log p of the text; infinite if the grammar cannot write it."""
        p = fsum(exp(-derivation.nats) for derivation in self.derivations)
        return -log(p) if p > 0 else float("inf")


class _Stop(Exception):
    """The pen would write what does not stand there."""


class Reader(Pen):
    """A pen that follows `target` and the choices of `script`, and collects the others."""

    def __init__(self, target, script, informed, leaves, split, mixture):
        super().__init__(None, split, {}, mixture)
        self.target, self.script, self.informed, self.leaves = target, script, informed, leaves
        self.nats, self.step, self.others = 0.0, 0, []

    def live(self, options, unknown):
        return options if self.informed or unknown is None else unknown

    def pick(self, options: Options, used, texts: Callable | None, chosen, matters) -> int:
        without = 0
        for thing in used:
            without += thing in options.index
        if self.step < len(self.script):
            i = self.script[self.step]
        else:
            possible = self.possible(options, used, texts, without)
            if not possible:
                raise _Stop
            i = possible[0]
            self.others += [(*self.script, j) for j in possible[1:]]
            self.script = (*self.script, i)
        self.step += 1
        self.nats += options.nats(i, without)
        return i

    def possible(self, options, used, texts, without) -> list[int]:
        """The options that the text allows; where the others leave it is written down."""
        alive = []
        for i, value in enumerate(options.values):
            if not options.weights[i] or value in used:
                continue
            text = texts(i) if texts else ""
            if self.target.startswith(text, self.at):
                alive.append(i)
            else:
                self.leave(text, options.nats(i, without))
        return alive

    def leave(self, text: str, nats: float = 0.0) -> None:
        """This way ends here, as far into the text as `text` still agrees with it."""
        at = self.at
        for letter in text:
            if self.target[at : at + 1] != letter:
                break
            at += 1
        self.leaves.append((at, exp(-self.nats - nats)))

    def write(self, text: str) -> None:
        if not self.target.startswith(text, self.at):
            self.leave(text)
            raise _Stop
        super().write(text)


def read(
    text: str,
    grammar: str | Callable[[Pen], None] | None = None,
    *,
    known: bool = True,
    split: str = "train",
    mixture=MIXTURE,
) -> Reading:
    """Every derivation of a text, and its exact surprisal letter by letter (nats).

    grammar: the name of a kind ("story"), a function of a pen, or None for the whole mixture.
    known: whether the reader knows the facts of the town. Takes some tens of milliseconds.
    """
    grammar = grammar if callable(grammar) else write(grammar, mixture)
    leaves, found, open_scripts, tried = [], [], [()], 0
    while open_scripts:
        reader = Reader(text, open_scripts.pop(), known, leaves, split, mixture)
        tried += 1
        if tried > MOST:
            raise ValueError(
                f"more than {MOST} ways to begin {text[:40]!r}: say which kind it is, "
                'as in read(text, "story").'
            )
        try:
            grammar(reader)
        except _Stop:
            pass
        else:
            ended = reader.at == len(text)
            leaves.append((len(text) + 1 if ended else reader.at, exp(-reader.nats)))
            if ended:
                choices = tuple((c.name, c.chosen) for c in reader.choices)
                found.append(Derivation(reader.nats, choices))
        open_scripts += reader.others
    return Reading(tuple(found), _surprisal(len(text) + 1, leaves), fsum(p for _, p in leaves))


def _surprisal(size: int, leaves: list[tuple[int, float]]) -> tuple[float, ...]:
    reached = [[] for _ in range(size + 1)]
    for at, p in leaves:
        reached[at].append(p)
    beyond = [0.0] * (size + 1)  # p(the first i letters)
    total = 0.0
    for i in range(size, -1, -1):
        total += fsum(reached[i])
        beyond[i] = total
    # from the end on: small numbers first, so that none is lost
    return tuple(
        log(before / after) + 0.0 if after > 0 else float("inf")
        for before, after in pairwise(beyond)
    )
