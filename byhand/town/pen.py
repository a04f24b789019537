"""The pen that writes a document and keeps its books.

Owns choices and their probabilities, the places in the text that they decide, and the spans that
the truth points to. Knows no words and no world. What is written by `Pen` can be read back by
`byhand.town.reading.Reader`, which is why a grammar asks the pen for every choice and never a
random number generator, and why it writes from left to right.
"""

from bisect import bisect
from collections.abc import Callable, Sequence

from byhand.town.document import Choice, Document, Event, Part, Question, Sense, Span
from byhand.town.options import (
    LOG,
    PRONOUNS,
    Clause,
    Draw,
    Options,
    Patterns,
    Thing,
    expected,
    is_she,
    rendered,
)


class Pen:
    """Writes one document. `random()` gives numbers in [0, 1); `given` fixes scheduled choices."""

    def __init__(self, random, split: str = "train", given: dict | None = None, mixture=None):
        self.random, self.split, self.given, self.mixture = random, split, given or {}, mixture
        self.pieces, self.at, self.loose = [], 0, True
        self.choices, self.spans, self.events, self.questions = [], [], [], []
        self.parts, self.senses, self.told, self.bracket = [], [], {}, (0, 0)
        self.alignment = ()
        self.label = self.slice = self.summary = None

    # ---- text

    def write(self, text: str) -> None:
        self.pieces.append(text)
        self.at += len(text)
        self.loose = False

    def gap(self) -> None:
        """A blank before the next sentence, unless a line or the document begins."""
        if not self.loose:
            self.write(" ")

    def line(self, text: str = "") -> None:
        """Ends the line; `text` begins the next one."""
        self.write("\n" + text)
        self.loose = not text

    def mention(self, thing: "Thing | str", form: str = "", capital: bool = False) -> None:
        """Writes a thing and marks its span; articles and pronouns are outside of it."""
        if form in PRONOUNS:
            word = PRONOUNS[form][is_she(thing.text)]
            self.write(word.capitalize() if capital else word)
            return
        before, text = rendered(
            thing.text if isinstance(thing, Thing) else str(thing), form, capital
        )
        if isinstance(thing, Thing) and thing.label:
            start = self.at + len(before)
            self.spans.append(Span(start, start + len(text), thing.label))
        self.write(before + text)

    def begin(self, name: str) -> None:
        """A part begins here; it ends where the next one begins, or at `end`."""
        self.parts.append([name, self.at, None])

    def end(self) -> None:
        self.parts[-1][2] = self.at

    # ---- choices

    def pick(
        self, options: Options, used: Sequence, texts: Callable | None, chosen, matters
    ) -> int:
        """The number of the chosen option. `texts(i)` is what choosing i would write at once."""
        if chosen is not None:
            return options.index[chosen]
        if options.even:
            size = len(options.values)
            i = int(self.random() * size)
            while used and options.values[i] in used:
                i = int(self.random() * size)
            return i
        return bisect(options.cumulative, int(self.random() * options.total))

    def choose(
        self,
        name: str,
        options: Options,
        used: Sequence = (),
        *,
        form: str = "",
        capital: bool = False,
        unknown: Options | None = None,
        given=None,
        matters: bool = False,
    ):
        """Chooses and writes. `unknown` is the choice for a reader who has not seen the world.

        `matters` says that the entropy of what follows depends on the value (see `floors`).
        """
        live = self.live(options, unknown)
        i = self.pick(
            live, used, lambda i: "".join(rendered(live.texts[i], form, capital)), given, matters
        )
        value, start = live.values[i], self.at
        self.mention(value, form, capital)
        self.log(start, name, value, options, unknown, used)
        return value

    def branch(self, name: str, options: Options, used: Sequence = (), *, given=None, matters=True):
        """Chooses and writes nothing: what follows shows what was chosen."""
        i = self.pick(options, used, None, given, matters)
        self.log(self.at, name, options.values[i], options, None, used)
        return options.values[i]

    def live(self, options: Options, unknown: Options | None) -> Options:
        """Whose probabilities lead the pen: those of somebody who knows the world."""
        return options

    def log(self, start, name, value, options, unknown, used) -> None:
        if used and not options.even:
            raise ValueError(f"{name}: only equally likely options can be ruled out.")
        without = 0
        for thing in used:
            without += thing in options.index
        i = options.index.get(value)  # None: a reader without the world may read something false
        nats = options.nats(i, without) if i is not None else float("inf")
        entropy = LOG[len(options.values) - without] if options.even else options.entropy
        choice = (start, self.at, name, value, nats, nats, entropy, entropy)
        if unknown is not None:
            choice = (
                *choice[:5],
                unknown.nats(unknown.index[value]),
                entropy,
                expected(options, unknown),
            )
        self.choices.append(Choice(*choice))

    def mark(self, name: str, text: str, other: Sequence[str] = (), info=None) -> None:
        """Writes a word that is certain, and remembers which wrong word it stands against."""
        start = self.at
        self.write(text)
        self.choices.append(
            Choice(start, self.at, name, text, 0.0, 0.0, 0.0, 0.0, tuple(other), info)
        )

    # ---- sentences

    def tell(
        self, name: str, patterns: Patterns, slots: dict, used=(), sentence: bool = True
    ) -> int:
        """Chooses a pattern that is not in `used` and writes it; returns its number.

        What its slots leave open is chosen on the way, and `slots` remembers it.
        """
        if sentence:
            self.gap()
        chosen = self.branch(name, patterns.options, used, matters=patterns.differ)
        for literal, slot, form, capital in patterns.compiled[chosen]:
            if slot is None:
                if literal == "[":
                    self.bracket = (self.at, self.at)
                elif literal == "]":
                    self.bracket = (self.bracket[0], self.at)
                else:
                    self.write(literal)
                continue
            value = slots[slot]
            if isinstance(value, Draw):
                value = slots[slot] = self.draw(value, form, capital)
            elif isinstance(value, Clause):
                value.used.append(
                    self.tell(slot, value.patterns, slots, value.used, sentence=False)
                )
            elif callable(value):
                value(self)
            else:
                self.mention(value, form, capital)
        return chosen

    def draw(self, draw: Draw, form: str = "", capital: bool = False):
        if isinstance(draw.options, Options):
            value = self.choose(
                draw.name, draw.options, draw.used, form=form, capital=capital, matters=draw.matters
            )
        else:
            value = draw.options(self, draw.used)
        draw.used.append(value)
        return value

    # ---- the end

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def ask(self, question: str, span: tuple[int, int]) -> None:
        """A question whose answer stands in the text."""
        self.questions.append((question, span))

    def event(self, start, kind, who, what=None, to=None, where=None, why=None) -> None:
        names = (x.text if isinstance(x, Thing) else x for x in (who, what, to, where, why))
        self.events.append(Event(start, self.at, kind, *names))

    def document(self, kind: str) -> Document:
        text = self.text
        return Document(
            kind=kind,
            text=text,
            split=self.split,
            spans=tuple(Span(*span) for span in self.spans),
            events=tuple(self.events),
            questions=tuple(Question(q, text[a:b], a, b) for q, (a, b) in self.questions),
            parts=tuple(Part(name, a, len(text) if b is None else b) for name, a, b in self.parts),
            senses=tuple(Sense(*sense) for sense in self.senses),
            summary=self.summary,
            label=self.label,
            slice=self.slice,
            alignment=self.alignment,
            choices=tuple(self.choices),
        )
