"""What a document of the town is: its text and all that is true about it.

Positions are character offsets, end exclusive. Nats are natural units of information: -log p.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

WORD = re.compile(r"'s\b|\w+|[^\w\s]")


class Span(NamedTuple):
    """An entity: PER, LOC, ANI, OBJ or JOB."""

    start: int
    end: int
    label: str


class Event(NamedTuple):
    """What happens, in the order of the text; start and end are those of its sentence.

    kind is have, go, give, drop, take or eat; `to` receives; `why` is a clause of the text.
    """

    start: int
    end: int
    kind: str
    who: str
    what: str | None = None
    to: str | None = None
    where: str | None = None
    why: str | None = None


class Question(NamedTuple):
    """A question and its answer, which stands at text[start:end]."""

    text: str
    answer: str
    start: int
    end: int


class Part(NamedTuple):
    """A named piece of the text: prompt, reply, english, french, premise, ..."""

    name: str
    start: int
    end: int


class Sense(NamedTuple):
    """A word with two senses at text[start:end].

    sense is None where nothing tells. distance counts words from it to its cue, negative if
    the cue comes before (0: no cue).
    """

    start: int
    end: int
    word: str
    sense: str | None
    cue: str | None
    distance: int


class Choice(NamedTuple):
    """One choice of the grammar. What it wrote stands at text[start:end].

    start == end: nothing yet; the text from start on shows what was chosen. known and unknown
    are -log p in nats, for a reader who knows the facts of the town and for one who knows only
    how they are drawn; expected_known and expected_unknown are what the two pay there on average.
    A certain word (0 nats) has the wrong words that it stands against in `other`, and what makes
    it hard in `info`: for agreement (nouns in between, those of the other number).
    """

    start: int
    end: int
    name: str
    chosen: Any
    known: float
    unknown: float
    expected_known: float
    expected_unknown: float
    other: tuple[str, ...] = ()
    info: Any = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its truth.

    label: positive or negative; entail, neutral or contradict; the flaw of a rejected reply.
    slice: the pattern to which the document belongs. alignment: (word of the first part, word of
    the second part) that translate each other, as positions in each part's own words.
    """

    kind: str
    text: str
    split: str
    spans: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()
    questions: tuple[Question, ...] = ()
    parts: tuple[Part, ...] = ()
    senses: tuple[Sense, ...] = ()
    summary: str | None = None
    label: str | None = None
    slice: str | None = None
    alignment: tuple[tuple[int, int], ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def known(self) -> float:
        """-log p in nats, for a reader who knows the facts of the town."""
        return _added(choice.known for choice in self.choices)

    @property
    def unknown(self) -> float:
        """-log p in nats, for a reader who knows the grammar but no fact."""
        return _added(choice.unknown for choice in self.choices)

    def part(self, name: str) -> str:
        """The text of a part."""
        found = self._found(name)
        return self.text[found.start : found.end]

    def words_of(self, name: str) -> list[tuple[int, int]]:
        """(start, end) of the words of a part, counted from its start."""
        found = self._found(name)
        return [(a - found.start, b - found.start) for a, b in self.words
                if found.start <= a < found.end]  # fmt: skip

    def _found(self, name: str) -> Part:
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(
            f"a {self.kind} has no part {name!r}; it has "
            f"{', '.join(part.name for part in self.parts) or 'none'}."
        )

    @property
    def words(self) -> list[tuple[int, int]]:
        """(start, end) of every word and every mark of punctuation."""
        return [match.span() for match in WORD.finditer(self.text)]

    @property
    def tags(self) -> list[str]:
        """One of O, B-PER, I-PER, ... for each of `words`."""
        tags = []
        for start, end in self.words:
            tag = "O"
            for span in self.spans:
                if span.start <= start and end <= span.end:
                    tag = ("B-" if start == span.start else "I-") + span.label
            tags.append(tag)
        return tags

    @property
    def invented(self) -> dict[str, list[int]]:
        """The invented names of a story, from A to Z, and where each of their mentions begins."""
        runs: list[list[int]] = []
        for choice in self.choices:
            if choice.name == "syllable":
                if runs and runs[-1][1] == choice.start:
                    runs[-1][1] = choice.end
                else:
                    runs.append([choice.start, choice.end])
        return {name: [match.start() for match in re.finditer(name, self.text)]
                for name in sorted({self.text[start:end] for start, end in runs})}  # fmt: skip


def _added(numbers) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total
