"""Sentences full of names, some of which are something else.

Owns pairs that differ in their last word only, which decides what the first word is.
"""

from byhand.town.archive import PERSON
from byhand.town.asides import GOSSIP, loose_ends
from byhand.town.options import Draw, Options, Patterns, Thing
from byhand.town.pen import Pen
from byhand.town.stream import kind
from byhand.town.words import OBJECT

SORT = Options(("names", "gossip", "last word"), (2, 1, 2))
CITIZEN = Options(PERSON.values())
PATTERNS = Patterns(
    "{n} met {m} at the {place}.",
    "{n} sold {o|a} to the {job} at the {place}.",
    "At the {place}, {n} gave {animal|a} to {m}.",
    "The {animal} of {n} ate the {o} of the {job}.",
    "The {job} and {n} took {o|a} to {paris}.",
    "Mrs {baker} and the {baker_job} looked at {m}.",
    "{paris_dog} barked until {n} came.",
    "{m} went from {paris} to the {place} with {animal|a}.",
    "{n} wore a rose, and {m} wore {o|a}.",
    "In April, {n} and the {fox_animal} came to the {place}.",
)
# What stands first, the sentence, and what each last word makes of it ("" is no entity).
TWINS = (
    ("Paris", "was noisy and full of",
     {"fleas": "ANI", "tricks": "ANI", "bridges": "LOC", "trains": "LOC"}),
    ("Jordan", "was slow and full of",
     {"questions": "PER", "excuses": "PER", "fish": "LOC", "boats": "LOC"}),
    ("April", "was warm and full of", {"ideas": "PER", "songs": "PER", "rain": "", "flowers": ""}),
    ("Rose", "is a pretty", {"girl": "PER", "child": "PER", "colour": "", "shade": ""}),
    ("Baker", "is an honest",
     {"man": "PER", "neighbour": "PER", "trade": "JOB", "business": "JOB"}),
    ("Fox", "makes a poor", {"uncle": "PER", "friend": "PER", "pet": "ANI", "soup": "ANI"}),
)  # fmt: skip
TWIN = Options(range(len(TWINS)))
LAST = tuple(Options(twin[2]) for twin in TWINS)


@kind
def entity(pen: Pen) -> None:
    """A sentence with entities. In `last word`, only the last word tells what the first one is."""
    sort = pen.slice = pen.branch("sort", SORT)
    if sort == "gossip":
        pen.tell("gossip", GOSSIP, loose_ends())
    elif sort == "names":
        people: list[Thing] = []
        slots = {"n": Draw("citizen", CITIZEN, people), "m": Draw("citizen", CITIZEN, people),
                 "o": Draw("object", OBJECT, [])}  # fmt: skip
        pen.tell("names", PATTERNS, {**loose_ends(), **slots})
    else:
        number = pen.branch("twin", TWIN, matters=False)
        first, middle, _ = TWINS[number]
        pen.write(f"{first} {middle} ")
        last = pen.choose("last word", LAST[number])
        label = TWINS[number][2][last]
        if label:
            pen.spans.append((0, len(first), label))
        pen.write(".")
