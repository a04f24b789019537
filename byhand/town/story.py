"""Stories that hang together: a trouble, a thing that ends it, and the hands in between.

Owns who holds the thing and where, sentence by sentence, in the order of the text.
"""

from byhand.town.asides import agreement, gossip, loose_ends, pronoun
from byhand.town.options import Clause, Draw, Options, Patterns, Thing, is_she
from byhand.town.pen import Pen
from byhand.town.plots import PLOTS
from byhand.town.senses import sense
from byhand.town.stream import kind
from byhand.town.turns import (
    ARRIVE,
    BECAUSE,
    CLOSINGS,
    FIND,
    GIVE,
    GO,
    HAVE,
    LEAVE,
    OPENINGS,
    OTHER,
    WANTED,
    WHY,
    WHY_OTHER,
)
from byhand.town.words import ANIMAL, FIRST, OBJECT, PLACE, THEME, invented

MOST = 14  # sentences
LETTERS = 790  # about 256 tokens of a vocabulary of 1024
TO_END = 4  # sentences that a story needs at most, once the thing is on its way to the last hands
TROUBLE = Options(PLOTS)
NAMES = Options(("town", "invented"), (4, 1))
ONE_IN_THREE, ONE_IN_FOUR = Options((True, False), (1, 2)), Options((True, False), (1, 3))
HANDS = Options(("give", "leave"), (3, 1))
ASIDE = Options(("gossip", "agreement", "sense", "pronoun", "wanted", "other"), (5, 3, 3, 2, 1, 2))
BEFORE = Options(ASIDE.values[:4], ASIDE.weights[:4])  # while there is no thing yet


class Tale:
    """A story being told: its people, its thing, and where that is."""

    def __init__(self, pen: Pen):
        self.pen, self.said, self.asides = pen, 0, 0
        self.cast, self.places, self.objects = [], [], []
        self.names = {"town": FIRST, "invented": invented}[pen.branch("names", NAMES)]
        self.thing = self.holder = self.here = None
        self.gossiped = []
        self.reasons = {"giver": Clause(WHY, []), "taker": Clause(WHY_OTHER, [])}
        self.told = {name: [] for name in ("go", "give", "leave", "find")}  # patterns
        self.ways = []  # who passed it on, to whom

    def tell(self, name: str, patterns: Patterns, **slots) -> tuple[dict, int]:
        """One sentence. Returns what its slots became, and where it starts."""
        slots = {**loose_ends(), **slots}
        self.said += 1
        start = self.pen.at + (not self.pen.loose)
        used = self.told.get(name, ())
        chosen = self.pen.tell(name, patterns, slots, used)
        if name in self.told:
            used.append(chosen)
        return slots, start

    def room(self, more: int) -> bool:
        """Whether so many more sentences fit."""
        return self.said + more <= MOST and self.pen.at + 62 * more <= LETTERS

    def person(self) -> Draw:
        return Draw("person", self.names, self.cast)

    def place(self) -> Draw:
        return Draw("place", PLACE, self.places)

    def ask(self, question: str, answer: str, start: int) -> None:
        at = self.pen.text.index(answer, start)
        self.pen.ask(question, (at, at + len(answer)))

    # ---- the sentences, in order

    def trouble(self) -> None:
        self.plot = PLOTS[self.pen.branch("trouble", TROUBLE, matters=False)]
        beast = Draw("animal", ANIMAL, [])
        self.slots, start = self.tell(
            "need", self.plot.need, h=self.person(), p=self.place(), beast=beast
        )
        self.hero, self.home = self.slots["h"], self.slots["p"]
        self.pen.event(start, "at", self.hero, where=self.home)
        self.ask(f"Where was {self.hero.text}?", self.home.text, start)
        self.pen.ask("What was the trouble?", self.pen.bracket)

    def have(self) -> None:
        thing = Draw("object", THEME[self.plot.theme], self.objects)
        slots, start = self.tell("have", HAVE, a=self.person(), o=thing, q=self.place())
        self.thing, self.here = slots["o"], slots["q"]
        self.first = self.holder = slots["a"]
        self.pen.event(start, "have", self.holder, self.thing, where=self.here)
        self.ask(f"Who had the {self.thing.text} first?", self.holder.text, start)

    def go(self, place: "Draw | Thing") -> None:
        slots, start = self.tell("go", GO, x=self.holder, o=self.thing, p=place)
        self.here = slots["p"]
        self.pen.event(start, "go", self.holder, self.thing, where=self.here)

    def hand_over(self) -> None:
        """The thing goes to somebody new, from hand to hand or left to be found."""
        slots = {**self.reasons, "h": self.hero, "x": self.holder,
                 "o": self.thing, "p": self.here, "y": self.person()}  # fmt: skip
        giver, thing = self.holder, self.thing.text
        if self.pen.branch("hands", HANDS) == "give":
            slots, start = self.tell("give", GIVE, **slots, why=Clause(BECAUSE, []))
            reason = self.bracket()
            taker = slots["y"]
            self.pen.event(start, "give", giver, self.thing, taker, self.here, reason)
            self.ask(f"Who gave the {thing} to {taker.text}?", giver.text, start)
            self.pen.ask(
                f"Why did {giver.text} give the {thing} to {taker.text}?", self.pen.bracket
            )
        else:
            slots, start = self.tell("leave", LEAVE, **slots, why=self.reasons["giver"])
            self.pen.event(start, "drop", giver, self.thing, where=self.here, why=self.bracket())
            self.ask(f"Where did {giver.text} leave the {thing}?", self.here.text, start)
            slots, start = self.tell("find", FIND, **slots)
            taker = slots["y"]
            self.pen.event(start, "take", taker, self.thing, where=self.here)
        self.holder = taker
        self.ways.append(taker.text)

    def bracket(self) -> str:
        start, end = self.pen.bracket
        return self.pen.text[start:end]

    def arrive(self) -> None:
        if self.here != self.home:
            self.go(self.home)
            self.aside(TO_END - 1)
        giver = self.holder
        _, start = self.tell("arrive", ARRIVE, x=giver, h=self.hero, o=self.thing)
        self.pen.event(start, "give", giver, self.thing, self.hero, self.home)
        self.holder = self.hero
        self.ask(f"Who got the {self.thing.text} in the end?", self.hero.text, start)

    def solve(self) -> None:
        slots = {**self.slots, "o": self.thing}
        slots["day"] = loose_ends()["day"]
        _, start = self.tell("solve", self.plot.solve, **slots)
        if self.plot.eats:
            self.pen.event(start, "eat", self.hero, self.thing)

    def close(self) -> None:
        self.tell("closing", CLOSINGS, h=self.hero, a=self.first)

    def aside(self, needed: int) -> None:
        """Perhaps a sentence that moves nothing; `needed` others must still fit."""
        while self.room(1 + needed) and self.asides < 8:
            if not self.pen.branch("aside", ONE_IN_FOUR):
                break
            self.said += 1
            self.asides += 1
            options = ASIDE if self.thing else BEFORE
            self.say(self.pen.branch("which", options))

    def say(self, which: str) -> None:
        if which == "sense":
            self.pen.gap()
            sense(self.pen, self.cast)
        elif which == "wanted":
            self.said -= 1
            self.tell("wanted", WANTED, w=self.person(), x=self.holder, o=self.thing)
        elif which == "other":
            self.said -= 1
            other = Draw("object", OBJECT, self.objects)
            slots, start = self.tell("other", OTHER, w=self.person(), o2=other)
            self.pen.event(start, "have", slots["w"], slots["o2"])
        elif which == "gossip":
            gossip(self.pen, self.gossiped)
        else:
            {"agreement": agreement, "pronoun": pronoun}[which](self.pen)

    def summary(self) -> str:
        him = "her" if is_she(self.hero.text) else "him"
        way = f" by way of {' and '.join(self.ways)}" if self.ways else ""
        return (
            f"{self.hero.text} {self.plot.short}, and the {self.thing.text} of "
            f"{self.first.text} reached {him}{way}."
        )


@kind
def story(pen: Pen) -> None:
    """6 to 14 sentences: a trouble, a thing, 1 to 4 transfers, 0 to 8 asides, an end."""
    tale = Tale(pen)
    tale.tell("opening", OPENINGS)
    tale.aside(2 + TO_END)
    tale.trouble()
    tale.aside(1 + TO_END)
    tale.have()
    while len(tale.ways) < 3 and tale.room(3 + TO_END):
        if pen.branch("straight", ONE_IN_THREE):
            break
        tale.aside(3 + TO_END)
        if pen.branch("go on", ONE_IN_THREE):
            tale.go(tale.place())
        tale.hand_over()
    tale.aside(TO_END)
    tale.arrive()
    tale.aside(2)
    tale.solve()
    tale.close()
    pen.summary = tale.summary()
