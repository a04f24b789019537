"""Premise and hypothesis: does the one say the other, its opposite, or neither?

Each claim has premises that say it, that deny it, and that leave it open, and stands as it is or
negated. Which of the three, and whether it is negated, is drawn before anything else is said: so
the hypothesis alone tells nothing about the label.
"""

from byhand.town.asides import loose_ends
from byhand.town.options import Draw, Options, Patterns
from byhand.town.pen import Pen
from byhand.town.stream import kind
from byhand.town.words import ANIMALS, DAY, FIRST, NUMBER, OBJECT, PLACE, plural

MANY = Options(plural(animal) for animal in ANIMALS)
# what says it, what denies it, what leaves it open, the claim, the claim negated
CLAIMS = (
    (
        ("{x} handed the {o} to {y} at the {p}.", "On {d}, {y} got the {o} from {x}."),
        ("{x} kept the {o} and gave {y} nothing.", "{y} asked for the {o}, but {x} said no."),
        ("{x} showed {y} the {o} at the {p}.", "{x} met {y} and had the {o} in a bag."),
        "{x} gave the {o} to {y}.",
        "{x} did not give the {o} to {y}.",
    ),
    (
        ("{x} spent all {d} at the {p}.", "{x} sat at the {p} on {d} and drank tea."),
        ("{x} was in bed all {d}, far from the {p}.", "On {d} nobody saw {x} at the {p}, for {x|he} was in {paris}."),  # noqa: E501
        ("{x} wanted to be at the {p} on {d}.", "{x} likes the {p}, and likes it best on {d}."),
        "{x} was at the {p} on {d}.",
        "{x} was not at the {p} on {d}.",
    ),
    (
        ("{x} has {k} {many} and a boat.", "The {k} {many} are all that {x} has."),
        ("{x} has {l} {many} in all.", "There are {l} {many} at home with {x}, and no more."),
        ("{x} has {many}, but nobody has counted them.", "{x} was promised {k} {many}."),
        "{x} has {k} {many}.",
        "{x} does not have {k} {many}.",
    ),
    (
        ("All the {many} at the {p} are white.", "There are {k} white {many} at the {p}."),
        ("None of the {many} at the {p} are white.", "All the {many} at the {p} are black from head to foot."),  # noqa: E501
        ("Some of the {many} at the {p} are old.", "The walls and the {many} at the {p} are very clean."),
        "Some of the {many} at the {p} are white.",
        "No {many} at the {p} are white.",
    ),
    (
        ("{y} is younger than {x}.", "{x} was born the year before {y}."),
        ("{x} is younger than {y}.", "{y} was born the year before {x}."),
        ("{x} is taller than {y}.", "{x} went to school with {y}."),
        "{x} is older than {y}.",
        "{x} is not older than {y}.",
    ),
    (
        ("{x} read the letter twice.", "{x} read every word of the letter from {y}."),
        ("{x} burned the letter before opening it.", "{x} lost the letter before reading it."),
        ("{x} got the letter on {d}.", "{x} put the letter of {y} on the table."),
        "{x} has read the letter.",
        "{x} has not read the letter.",
    ),
    (
        ("{x} ate the {o} and left no crumb.", "The {o} was eaten by {x}, as everybody saw."),
        ("The {o} is still there, as {x} left it.", "{x} would not touch the {o}."),
        ("{x} looked at the {o} for a long time.", "{x} was left alone with the {o}."),
        "{x} has eaten the {o}.",
        "{x} has not eaten the {o}.",
    ),
)  # fmt: skip
COMPILED = tuple(
    (*(Patterns(*premises) for premises in claim[:3]), Patterns(claim[3]), Patterns(claim[4]))
    for claim in CLAIMS
)
CLAIM, STANCE, NEGATED = Options(range(len(CLAIMS))), Options(range(3)), Options((False, True))
LABELS = {
    (0, False): "entail", (1, False): "contradict", (2, False): "neutral",
    (0, True): "contradict", (1, True): "entail", (2, True): "neutral",
}  # fmt: skip
FOOD = Options(OBJECT.values[:14])
EATEN = len(CLAIMS) - 1


@kind
def entailment(pen: Pen) -> None:
    """Two lines; the label is entail, neutral or contradict, each a third of the time."""
    claim = pen.branch("claim", CLAIM)
    stance = pen.branch("stance", STANCE)
    negated = pen.branch("negated", NEGATED, matters=False)
    people: list = []
    numbers: list = []
    slots = {
        **loose_ends(),
        "x": Draw("person", FIRST, people),
        "y": Draw("person", FIRST, people),
        "o": Draw("object", FOOD if claim == EATEN else OBJECT, []),
        "p": Draw("place", PLACE, []),
        "d": Draw("day", DAY, []),
        "k": Draw("number", NUMBER, numbers),
        "l": Draw("number", NUMBER, numbers),
        "many": Draw("many", MANY, []),
    }
    pen.begin("premise")
    pen.tell("premise", COMPILED[claim][stance], slots)
    pen.end()
    pen.line()
    pen.begin("hypothesis")
    pen.tell("hypothesis", COMPILED[claim][4 if negated else 3], slots)
    pen.label = LABELS[stance, negated]
    pen.slice = "negated" if negated else "plain"
