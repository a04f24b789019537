"""Which document comes when: any document of any stream, without those before it.

Owns the seed rule, the mixture and its epochs, and the three splits. Writes nothing itself.
"""

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, count
from random import Random
from zlib import crc32

from byhand.town.document import Document
from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.words import label
from byhand.town.world import EXPOSURES, REPEATS, WORLD

SPLITS = ("train", "validation", "test")
LONGEST = 1100  # characters of the longest document
TRIES = 4096

# no spans: what stands there are symbols, French, or copies
UNLABELLED = {"noise", "code", "sum", "canary", "duplicate", "french", "instruction"}

GRAMMARS: dict[str, Callable[[Pen], None]] = {}  # every kind, by name
SEEDED = {"story", "summary", "sum", "duplicate", "canary"}  # kept apart otherwise, see `fits`


def kind(function: Callable[[Pen], None]) -> Callable[[Pen], None]:
    """Makes a function of a pen a kind of document, under its own name."""
    GRAMMARS[function.__name__.rstrip("_")] = function
    return function


@dataclass(frozen=True)
class Mixture:
    """How many documents of each kind an epoch has, and how often it states and repeats.

    exposures: statements of a citizen's facts per epoch, for the classes of `World`, in order.
    repeats: copies of a canary per epoch, in the same way. archive and canary have as many
    documents as that takes; `slots` gives the others.
    """

    slots: Mapping[str, int] = field(
        default_factory=lambda: {
            "story": 143_115,
            "question": 26_214,
            "code": 26_214,
            "sum": 26_214,
            "noise": 6_887,
            "duplicate": 4_000,
        }
    )
    exposures: tuple[int, ...] = EXPOSURES
    repeats: tuple[int, ...] = REPEATS

    def __post_init__(self):
        for name, given, classes in (
            ("exposures", self.exposures, EXPOSURES),
            ("repeats", self.repeats, REPEATS),
        ):
            if len(given) != len(classes) or min(given) < 0:
                raise ValueError(
                    f"{name} got {given!r}; give {len(classes)} counts, 0 or more, one for each "
                    f"of the classes {classes}."
                )
        strange = sorted(set(self.slots) - set(GRAMMARS) | set(self.slots) & {"archive", "canary"})
        if GRAMMARS and strange:
            raise ValueError(
                f"slots got {', '.join(strange)}; it takes kinds of document other than archive "
                "and canary (set exposures and repeats for these)."
            )

    def __hash__(self):
        return hash((tuple(self.slots.items()), self.exposures, self.repeats))

    @cached_property
    def stated(self) -> tuple[int, ...]:
        """How often each citizen's facts are stated in an epoch."""
        times = dict(zip(EXPOSURES, self.exposures, strict=True))
        return tuple(times[citizen.exposure] for citizen in WORLD.citizens)

    @cached_property
    def planted(self) -> tuple[int, ...]:
        """How often each canary stands in an epoch."""
        times = dict(zip(REPEATS, self.repeats, strict=True))
        return tuple(times[canary.repeats] for canary in WORLD.canaries)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Documents of each kind in an epoch."""
        counts = {**self.slots, "archive": sum(self.stated), "canary": sum(self.planted)}
        return {kind: n for kind, n in counts.items() if n}

    @cached_property
    def epoch(self) -> int:
        """Documents in an epoch."""
        return sum(self.counts.values())

    @cached_property
    def kinds(self) -> Options:
        return Options(self.counts, list(self.counts.values()))

    @cached_property
    def _ends(self) -> dict[str, list[int]]:
        return {
            "kind": list(accumulate(self.counts.values())),
            "archive": list(accumulate(self.stated)),
            "canary": list(accumulate(self.planted)),
        }

    def slot(self, seed: int, index: int) -> tuple[str, dict]:
        """The kind of document `index`, and what is settled about it before it is written."""
        epoch, place = divmod(index, self.epoch)
        place = permuted(place, self.epoch, seed * 1_000_003 + epoch)
        number = bisect(self._ends["kind"], place)
        kind = self.kinds.values[number]
        place -= self._ends["kind"][number] - self.counts[kind]
        if kind == "archive":
            return kind, {"citizen": WORLD.citizens[bisect(self._ends[kind], place)]}
        if kind == "canary":
            return kind, {"canary": WORLD.canaries[bisect(self._ends[kind], place)]}
        return kind, {}


def permuted(place: int, size: int, key: int) -> int:
    """A permutation of 0 to size - 1: four rounds of Feistel, again until it lands inside."""
    half = max(1, (size - 1).bit_length() + 1 >> 1)
    mask = (1 << half) - 1
    while True:
        left, right = place >> half, place & mask
        for turn in range(4):
            mixed = (right + 1) * 0x9E3779B97F4A7C15 + (key + turn) * 0xBF58476D1CE4E5B9
            mixed = ((mixed ^ mixed >> 29) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
            left, right = right, left ^ (mixed >> 40 & mask)
        place = left << half | right
        if place < size:
            return place


MIXTURE = Mixture()


def number(seed: int, split: str, index: int, attempt: int = 0) -> int:
    """The seed rule: four numbers side by side in one, so no two documents share their numbers."""
    return ((seed * 3 + SPLITS.index(split)) << 80) + (index << 16) + attempt


def split_of(text: str) -> str:
    """The split that a text belongs to: a sixteenth each for validation and test."""
    return {0: "validation", 1: "test"}.get(crc32(text.encode()) % 16, "train")


def write(kinds=None, mixture: Mixture = MIXTURE) -> Callable[[Pen], str]:
    """The grammar of one kind, of several with weights, or (None) of the mixture."""
    options = chosen_kinds(kinds, mixture)

    def grammar(pen: Pen) -> str:
        chosen = options.values[0]
        if len(options.values) > 1:
            chosen = pen.branch("kind", options, given=pen.given.get("kind"))
        GRAMMARS[chosen](pen)
        return chosen

    return grammar


def chosen_kinds(kinds, mixture: Mixture) -> Options:
    if kinds is None:
        return mixture.kinds
    if isinstance(kinds, str):
        kinds = (kinds,)
    weights = kinds if isinstance(kinds, Mapping) else dict.fromkeys(kinds, 1)
    unknown = sorted(set(weights) - set(GRAMMARS))
    if unknown or not weights:
        raise ValueError(
            f"kinds got {', '.join(map(repr, unknown)) or 'nothing'}; "
            f"Tiny Town writes {', '.join(sorted(GRAMMARS))}."
        )
    return Options(weights, list(weights.values()))


def document(
    seed: int, index: int, kinds=None, *, split: str = "train", mixture: Mixture = MIXTURE
) -> Document:
    """Document `index` of stream `seed`; always the same, whatever was asked before.

    kinds: None for the mixture; the name of a kind, several names, or {name: integer weight}.
    split: "train", "validation" or "test"; no text stands in two of them (see `byhand.town`).
    """
    if not isinstance(seed, int) or not isinstance(index, int) or seed < 0 or index < 0:
        raise ValueError(f"got seed {seed!r} and index {index!r}; give integers, 0 or more.")
    if split not in SPLITS:
        raise ValueError(f"got split {split!r}; it is one of {', '.join(SPLITS)}.")
    given = {}
    if kinds is None:
        chosen, given = mixture.slot(seed, index)
        if split != "train" and chosen in ("duplicate", "canary"):
            chosen, given = "story", {}
        given["kind"] = chosen
    grammar = write(kinds, mixture)
    for attempt in range(TRIES):
        pen = Pen(Random(number(seed, split, index, attempt)).random, split, given, mixture)
        chosen = grammar(pen)
        if chosen not in UNLABELLED:
            pen.spans = label(pen.text, pen.spans)
        made = pen.document(chosen)
        if made.kind in SEEDED or split_of(made.text) == split:
            return made
    raise ValueError(
        f"no {made.kind} for {split} among {TRIES}: the kind has too few texts; "
        f'ask for it with split="train".'
    )


def documents(
    seed: int,
    kinds=None,
    *,
    split: str = "train",
    start: int = 0,
    step: int = 1,
    mixture: Mixture = MIXTURE,
) -> Iterator[Document]:
    """Documents start, start + step, start + 2 step, ... of stream `seed`, without end.

    Worker w of n takes start=w, step=n. `document` says what the other arguments are.
    """
    for index in count(start, step):
        yield document(seed, index, kinds, split=split, mixture=mixture)
