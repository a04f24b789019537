"""What else happens in Tiny Town: sentences that stand between those of a story.

Owns agreement at a distance, words with two senses, planted pronouns, names that mislead, and
gossip. None of them moves what a story is about. Each is also a kind of its own.
"""

from byhand.town.options import Draw, Options, Patterns, Thing
from byhand.town.pen import Pen
from byhand.town.senses import sense
from byhand.town.stream import kind
from byhand.town.words import (
    ANIMAL,
    ANIMALS,
    COLOUR,
    DAY,
    JOB,
    LEANING,
    NUMBER,
    OBJECTS,
    PLACE,
    plural,
)

# ---- agreement

HEADS = {
    "one": ANIMAL,
    "many": Options(Thing(plural(animal), "ANI") for animal in ANIMALS),
}
NEAR = Options(("near", "behind", "beside", "below", "with"))
BESIDE = Options(
    Thing(word, "OBJ")
    for noun in OBJECTS[-20:] + OBJECTS[:10]
    if not noun.endswith(("x", "s", "sh"))
    for word in (noun, plural(noun))
)
ATTRACTORS = Options(range(5), (4, 3, 2, 1, 1))
COUNT = Options(("one", "many"))
PAST = (("was", "were"),)
PRESENT = (("is", "are"), ("has", "have"), ("likes", "like"))
VERBS = {pairs: Options(range(len(pairs))) for pairs in (PAST, PRESENT)}
THEN = {
    "was": Options(("asleep", "in no hurry", "late for tea", "full of ideas", "up to no good",
                    "very quiet", "in love", "ready for supper", "cross with the mayor")),
    "has": Options(("a plan", "no manners", "fleas", "a good view", "enough of the rain")),
    "likes": Options(("music", "warm milk", "old hats", "a long sleep", "the smell of paint")),
}  # fmt: skip
THEN["is"] = THEN["was"]


def agreement(pen: Pen, verbs=PAST) -> None:
    """A subject, up to four nouns in between, and a verb that agrees with the first."""
    pen.gap()
    count = pen.branch("count", COUNT, matters=False)
    pen.write("The ")
    pen.choose("head", HEADS[count])
    nouns = pen.branch("attractors", ATTRACTORS)
    opposing = 0
    for _ in range(nouns):
        pen.write(" ")
        pen.choose("near", NEAR)
        pen.write(" the ")
        noun = pen.choose("attractor", BESIDE)
        opposing += noun.text.endswith("s") == (count == "one")
    one, many = verbs[pen.branch("verb", VERBS[verbs]) if len(verbs) > 1 else 0]
    pen.write(" ")
    right, wrong = (one, many) if count == "one" else (many, one)
    pen.mark("agreement", right, (wrong,), (nouns, opposing))
    pen.write(" ")
    pen.choose("then", THEN[one])
    pen.write(".")


@kind
def agreeing(pen: Pen) -> None:
    """A sentence in the present whose verb is far from its subject."""
    agreement(pen, PRESENT)


# ---- planted pronouns

SAYS = {
    job: Options(("she", "he"), (4, 1))
    if job in LEANING["she"]
    else Options(("she", "he"), (1, 4))
    if job in LEANING["he"]
    else Options(("she", "he"))
    for job in JOB.texts
}
DID = Options(
    ("sat down", "sang in the street", "went home early", "bought three pies",
     "laughed out loud", "missed the train", "danced on a table", "closed the shop")
)  # fmt: skip
WAS = Options(("tired", "happy", "hungry", "late", "in love", "bored", "right", "old enough"))


@kind
def pronoun(pen: Pen) -> None:
    """Somebody with a job does something, because she or he is something: planted 80/20."""
    pen.gap()
    pen.write("The ")
    job = pen.choose("job", JOB, matters=True)
    pen.write(" ")
    pen.choose("did", DID)
    pen.write(" because ")
    pen.choose("pronoun", SAYS[job.text])
    pen.write(" was ")
    pen.choose("was", WAS)
    pen.write(".")


# ---- gossip, and names that mislead

PARIS, PARIS_DOG = Thing("Paris", "LOC"), Thing("Paris", "ANI")
BAKER, FOX, ROSE = Thing("Baker", "PER"), Thing("Fox", "PER"), Thing("Rose", "PER")
APRIL = Thing("April", "PER")
JORDAN, JORDAN_RIVER = Thing("Jordan", "PER"), Thing("Jordan", "LOC")
BAKER_JOB, FOX_ANIMAL = Thing("baker", "JOB"), Thing("fox", "ANI")

GOSSIP = Patterns(
    "A cloud in the shape of {animal|a} went by.",
    "The church bell rang {number} times, and it was noon.",
    "Meanwhile the {job} looked for a pencil behind the wrong ear.",
    "Somewhere {animal|a} sneezed.",
    "The {job} said that it would snow, and it did not.",
    "The {animal} at the {place} had opinions about it.",
    "Nobody noticed that the {animal} was wearing a hat.",
    "At the {place}, the soup of the day was {colour} again.",
    "Paint was cheap that week, so the {animal} was {colour}.",
    "{paris_dog}, the dog of the {job}, barked at the moon.",
    "A train from {paris} came in with nobody on it but {animal|a}.",
    "The roses at the {place} were {colour} that year.",
    "April was cold, and the {job} wore two coats.",
    "Boats went down the {jordan_river} as slowly as cows.",
    "Mrs {baker} met a {baker_job} and sold him her own bread.",
    "Mr {fox} chased a {fox_animal} out of the {place}.",
    "The {job} played chess with the {animal} and lost on {day}.",
    "On the way to the {place}, somebody had dropped {number} buttons.",
    "The {job} counted the hens and got {number}, which was one too many.",
    "It began to rain, but only over the {place}.",
    "The school had been closed since {day}, because of {animal|a}.",
    "The {job} at the {place} had hiccups and was very brave about it.",
)


def gossip(pen: Pen, used: list) -> None:
    used.append(pen.tell("gossip", GOSSIP, loose_ends(), used))


TROUBLEMAKERS = {
    "paris": PARIS, "paris_dog": PARIS_DOG, "baker": BAKER, "fox": FOX, "rose": ROSE,
    "april": APRIL, "jordan": JORDAN, "jordan_river": JORDAN_RIVER, "baker_job": BAKER_JOB,
    "fox_animal": FOX_ANIMAL,
}  # fmt: skip
MOOD = Options(("quiet", "windy", "sunny", "foggy", "sleepy", "busy", "rainy", "golden"))
SMELL = Options(("fresh bread", "fish", "wet dog", "paint", "apples", "smoke", "soup", "new shoes"))


def loose_ends() -> dict:
    """Slots that any sentence may fill, each chosen when it is reached."""
    return {
        "animal": Draw("animal", ANIMAL, []),
        "job": Draw("job", JOB, []),
        "place": Draw("place", PLACE, []),
        "colour": Draw("colour", COLOUR, []),
        "day": Draw("day", DAY, []),
        "number": Draw("number", NUMBER, []),
        "mood": Draw("mood", MOOD, []),
        "smell": Draw("smell", SMELL, []),
        **TROUBLEMAKERS,
    }


@kind
def ambiguous(pen: Pen) -> None:
    """A word with two senses and, nine times in ten, a cue before it or after it."""
    pen.gap()
    sense(pen)
