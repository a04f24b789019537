"""Questions and answers: from memory, from the archive of this year, from a story, in steps.

Owns the short stories in which a thing moves and somebody asks where it is.
"""

from byhand.town.archive import ASKS, CITIZEN, FORM, PERSON, WHICH, fact, reverse
from byhand.town.options import Draw, Options, Patterns, Thing
from byhand.town.pen import Pen
from byhand.town.stream import kind
from byhand.town.words import FIRST, OBJECT, PLACE
from byhand.town.world import FACTS, WORLD

SORT = Options(("memory", "this year", "story", "steps"), (3, 2, 3, 2))
NOBODY = "nobody knows"

# ---- from memory

ABOUT = Options((*FACTS, "who"))
ASKED = {  # nobody is asked the way round that the archive does not tell
    which: Options(
        PERSON[c.name]
        for c in WORLD.citizens
        if c.asked and not (which in ("lives", "job") and c.way == "reverse")
    )
    for which in FACTS
}
ASKED_WHO = tuple(int(c.asked and c.way != "forward" and c.exposure > 0) for c in WORLD.citizens)
WHO = Patterns("Who is the {job} at the {place}?\nAnswer: {n}.")
BEFORE = {"lives": "at the ", "job": "", "pet": "", "colour": ""}


def memory(pen: Pen) -> None:
    """Nothing to read: the answer is in the archive, or nobody knows it."""
    about = pen.branch("about", ABOUT)
    if about == "who":
        pen.loose = True
        reverse(pen, ASKED_WHO, WHO)
        answered(pen, pen.last_fact)
        return
    before, after = ASKS[about].split("{}")
    pen.write(before)
    citizen = CITIZEN[pen.choose("citizen", ASKED[about], matters=True)]
    pen.write(after + "\nAnswer: ")
    start = pen.at
    if citizen.exposure == 0:
        pen.mark("answer", NOBODY, ())
    else:
        pen.write(BEFORE[about])
        start = pen.at
        fact(pen, citizen, about)
    answered(pen, (start, pen.at))
    pen.write(".")


# ---- from the archive of this year

NEWS = {
    "lives": Patterns("{n} has moved to the {v}.", "{n} now lives at the {v}."),
    "job": Patterns("{n} has become {v|a}.", "{n} now works as {v|a}."),
    "pet": Patterns("{n} now has {v|a}.", "{n} has been given {v|a}."),
    "colour": Patterns("{n} now likes {v} best.", "{n} has painted everything {v}."),
}
NEWS_ABOUT = Options(FACTS)


def this_year(pen: Pen) -> None:
    """An archive line that contradicts what the older archive says."""
    about = pen.branch("about", NEWS_ABOUT)
    slots = {"n": Draw("citizen", ASKED[about], []), "v": Draw("news", WHICH[about], [])}
    pen.write("From the archive of this year:")
    pen.tell(f"news {about}", NEWS[about], slots)
    pen.write(f" {ASKS[about].format(slots['n'].text)[:-1]} this year?\nAnswer: {BEFORE[about]}")
    start = pen.at
    value = slots["v"]
    pen.choose("answer", WHICH[about].only(value), form=FORM[about])
    answered(pen, (start, pen.at))
    pen.write(".")


# ---- from a story

START = Patterns("{x} had {o|a} at the {p}.", "{x} was at the {p} with {o|a}.")
GIVES = Patterns("{x} gave the {o} to {y}.", "{y} got the {o} from {x}.",
                 "{x} met {y} there and gave {y|him} the {o}.")  # fmt: skip
GOES = Patterns("{x} took the {o} to the {p}.", "{x} went to the {p} with the {o}.")
LEAVES = Patterns("{w} went to the {p}.", "{w} walked off to the {p}.")
STEPS = Options(range(1, 6))
STEP = Options(("give", "go", "leave"), (3, 2, 2))
FIRST_STEP = Options(("give", "go"), (3, 2))
WHAT = Options(("who has", "where is thing", "where is person"))


class Short:
    """A thing that moves between people and places. `at` says where everybody is."""

    def __init__(self, pen: Pen, thing: Thing | None = None):
        self.pen, self.cast, self.places = pen, [], []
        slots = {"x": Draw("person", FIRST, self.cast), "o": thing or Draw("object", OBJECT, []),
                 "p": Draw("place", PLACE, self.places)}  # fmt: skip
        start = self.start()
        pen.tell("start", START, slots)
        self.holder, self.thing, self.here = slots["x"], slots["o"], slots["p"]
        self.at = {self.holder: self.here}
        pen.event(start, "have", self.holder, self.thing, where=self.here)
        for _ in range(pen.branch("steps", STEPS)):
            self.step()

    def start(self) -> int:
        return self.pen.at + (not self.pen.loose)

    def step(self) -> None:
        pen, start = self.pen, self.start()
        others = [x for x in self.at if x != self.holder]
        which = pen.branch("step", STEP if others else FIRST_STEP)
        if which == "give":
            slots = {"x": self.holder, "y": Draw("person", FIRST, self.cast), "o": self.thing}
            pen.tell("give", GIVES, slots)
            pen.event(start, "give", self.holder, self.thing, slots["y"], self.here)
            self.holder = slots["y"]
            self.at[self.holder] = self.here
            return
        place = Draw("place", PLACE, self.places)
        if which == "go":
            slots = {"x": self.holder, "o": self.thing, "p": place}
            pen.tell("go", GOES, slots)
            self.here = self.at[self.holder] = slots["p"]
            pen.event(start, "go", self.holder, self.thing, where=self.here)
        else:
            slots = {"w": Draw("person", Options(others), []), "p": place}
            pen.tell("leave", LEAVES, slots)
            self.at[slots["w"]] = slots["p"]
            pen.event(start, "go", slots["w"], where=slots["p"])

    def question(self, asked: list) -> tuple[str, str, Thing]:
        """Asks something that is not in `asked`, and adds it.

        Returns the question, what stands before the answer, and the answer.
        """
        pen, start = self.pen, self.pen.at
        what = pen.branch("what", WHAT, asked)
        asked.append(what)
        if what == "who has":
            pen.write(f"Who has the {self.thing.text}?")
            before, answer = "", self.holder
        elif what == "where is thing":
            pen.write(f"Where is the {self.thing.text}?")
            before, answer = "at the ", self.here
        else:
            pen.write("Where is ")
            answer = self.at[pen.choose("person", Options(self.at))]
            pen.write("?")
            before = "at the "
        return pen.text[start:], before, answer


def from_story(pen: Pen) -> None:
    short = Short(pen)
    pen.write(" ")
    question, before, answer = short.question([])
    pen.write(f"\nAnswer: {before}")
    start = pen.at
    pen.mention(answer)
    answered(pen, (start, pen.at), question)
    pen.write(".")


# ---- in steps

LINK = Options(range(4))
HOPS = Options((1, 2, 3, 4))
SEATS = {1: "one seat", 2: "two seats", 3: "three seats", 4: "four seats"}


def in_steps(pen: Pen) -> None:
    """Five people in a row, told in any order: who sits so many seats further on?"""
    row: list = [None] * 5
    taken: list = []
    links: list[int] = []

    def sitter(i):
        def name(pen):
            if row[i] is None:
                row[i] = pen.draw(Draw("person", FIRST, taken))
            else:
                pen.mention(row[i])

        return name

    for _ in range(4):
        link = pen.branch("link", LINK, links, matters=False)
        links.append(link)
        pen.gap()
        sitter(link)(pen)
        pen.write(" sits behind ")
        sitter(link + 1)(pen)
        pen.write(".")
    hops = pen.branch("hops", HOPS)
    pen.write(" Who sits ")
    pen.write(f"{SEATS[hops]} in front of ")
    begin = pen.choose("person", Options(row[: 5 - hops]))
    pen.write("?\nAnswer: ")
    start = pen.at
    pen.mention(row[row.index(begin) + hops])
    answered(pen, (start, pen.at))
    pen.write(".")
    pen.slice = f"{hops} steps"


def answered(pen: Pen, span: tuple[int, int], question: str | None = None) -> None:
    """The answer of the document stands at `span`."""
    line = pen.text[: span[0]].rsplit("\n", 1)[0]
    pen.ask(question or line[max(line.rfind(". "), line.rfind(": ")) + 1 :].strip(), span)


TELL = {"memory": memory, "this year": this_year, "story": from_story, "steps": in_steps}


@kind
def question(pen: Pen) -> None:
    """A question and its answer, in two lines, with or without something to read."""
    sort = pen.branch("sort", SORT)
    if sort == "memory":
        pen.write("Question: ")
    TELL[sort](pen)
    pen.slice = pen.slice or sort
