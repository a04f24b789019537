"""The two entropy floors: how much a perfect reader pays per document and per character.

Owns the sum over choices: exactly, where a kind has few enough paths, and by sampling otherwise.
"""

from math import exp, fsum, sqrt
from random import Random
from typing import NamedTuple

from byhand.town.options import accumulated
from byhand.town.pen import Pen
from byhand.town.stream import MIXTURE, Mixture, chosen_kinds, number, write

SAMPLED = {"story", "summary"}  # too many paths to walk
MOST = 100_000  # paths


class Floor(NamedTuple):
    """Nats per document, for a reader who knows the facts of the town and for one who does not.

    error_known and error_unknown are standard errors (0: exact). characters is the mean length
    of `sample` documents, error_characters its standard error.
    """

    known: float
    unknown: float
    error_known: float
    error_unknown: float
    characters: float
    error_characters: float

    @property
    def known_per_character(self) -> float:
        return self.known / self.characters

    @property
    def unknown_per_character(self) -> float:
        return self.unknown / self.characters


class Walker(Pen):
    """A pen that walks every path on which later choices depend, and only those."""

    def __init__(self, script, split, mixture):
        super().__init__(None, split, {}, mixture)
        self.script, self.step, self.others, self.nats = script, 0, [], 0.0

    def pick(self, options, used, texts, chosen, matters) -> int:
        ways = (i for i, w in enumerate(options.weights) if w and options.values[i] not in used)
        if not matters:
            return next(ways)
        if self.step < len(self.script):
            i = self.script[self.step]
        else:
            i, *others = ways
            self.others += [(*self.script, j) for j in others]
            self.script = (*self.script, i)
        self.step += 1
        self.nats += options.nats(i, len([thing for thing in used if thing in options.index]))
        return i


def exact(kind: str, *, split: str = "train", mixture: Mixture = MIXTURE) -> tuple[float, float]:
    """Nats per document of a kind for the two readers, over all its paths.

    What each choice costs on average is known when it is made; only choices that change what
    can come later (`matters`) have to be walked one by one.
    """
    if kind in SAMPLED:
        raise ValueError(f"a {kind} has too many paths to walk: use sampled({kind!r}).")
    grammar = write(kind, mixture)
    open_scripts, leaves = [()], []
    while open_scripts:
        if len(leaves) > MOST:
            raise ValueError(f"more than {MOST} paths in {kind}: use sampled({kind!r}).")
        walker = Walker(open_scripts.pop(), split, mixture)
        grammar(walker)
        open_scripts += walker.others
        leaves.append((
            exp(-walker.nats),
            accumulated(choice.expected_known for choice in walker.choices),
            accumulated(choice.expected_unknown for choice in walker.choices),
        ))  # fmt: skip
    return fsum(p * known for p, known, _ in leaves), fsum(p * nats for p, _, nats in leaves)


def sampled(
    kinds=None, n: int = 1000, seed: int = 0, *, mixture: Mixture = MIXTURE, plain: bool = False
) -> Floor:
    """The floor from n documents. plain: the mean of -log p; otherwise, with less scatter, the
    mean of what every choice on the way costs on average."""
    if n < 2:
        raise ValueError(f"sampled got n={n}; a standard error needs 2 documents or more.")
    grammar = write(kinds, mixture)
    rows = []
    for index in range(n):
        pen = Pen(Random(number(seed, "train", index)).random, "train", {}, mixture)
        grammar(pen)
        if plain:
            known, unknown = (accumulated(c[i] for c in pen.choices) for i in (4, 5))
        else:
            known, unknown = (accumulated(c[i] for c in pen.choices) for i in (6, 7))
        rows.append((known, unknown, pen.at))
    means = [fsum(column) / n for column in zip(*rows, strict=True)]
    errors = [
        sqrt(fsum((x - mean) ** 2 for x in column) / (n - 1) / n)
        for column, mean in zip(zip(*rows, strict=True), means, strict=True)
    ]
    return Floor(*means[:2], *errors[:2], means[2], errors[2])


def floor(kinds=None, n: int = 1000, seed: int = 0, *, mixture: Mixture = MIXTURE) -> Floor:
    """The floor of a stream: exact but for stories, of which n are sampled, and for lengths."""
    options = chosen_kinds(kinds, mixture)
    total = [0.0] * 6
    if len(options.values) > 1:
        total[0] = total[1] = options.entropy
    for kind, weight in zip(options.values, options.weights, strict=True):
        share, part = weight / options.total, sampled(kind, n, seed, mixture=mixture)
        nats = part[:2] if kind in SAMPLED else exact(kind, mixture=mixture)
        errors = part[2:4] if kind in SAMPLED else (0.0, 0.0)
        for i, value in enumerate((*nats, *errors, *part[4:])):
            total[i] += (share * value) ** 2 if i in (2, 3, 5) else share * value
    return Floor(*(sqrt(x) if i in (2, 3, 5) else x for i, x in enumerate(total)))
