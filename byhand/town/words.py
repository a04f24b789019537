"""The words of Tiny Town: who lives there, what they own, and what the weather does.

Owns word lists and the options made of them. Every list is without repetition, and names that
mean two things (Rose, April, Jordan, Baker, Fox, Paris) are meant to.
"""

import re

from byhand.town.options import SHE, Options, Thing


def listed(words: str) -> list[str]:
    """Words that commas or, where there are none, blanks separate."""
    return words.split("," if "," in words else None)


SHE_NAMES = listed(
    "Rose April Ivy Daisy Lily Grace Hope Ruby Anna Clara Ella Emma Flora Greta Hazel Ida "
    "June Kate Laura Lucy Maya Mia Molly Nina Nora Olive Pearl Sally Tess Vera Wanda Zoe"
)
HE_NAMES = listed(
    "Jordan Robin Will Jack Tom Ben Adam Alan Bruno Carl Dan Emil Felix Finn Fred George "
    "Henry Hugo Ivan Jonas Kurt Leo Luke Max Milo Ned Noah Oscar Paul Sam Theo Victor"
)
SURNAMES = listed(
    "Baker Miller Cook Fisher Carter Taylor Potter Shepherd Smith Weaver Fox Wolf Lamb Swan "
    "Finch Hill Wood Brook Field Stone Marsh Rivers Lake Moss Reed Thorn Berry Rice Bean Pepper "
    "Green Brown Black White Grey Gold Winter Summers Frost Snow Bell Button Penny Price Cross "
    "Knight Bishop King Young Little Short Long Sharp Quick Noble Bright Merry Hardy Moody "
    "Darling Tinker Pickle Crumb Quill"
)
SHE.update(SHE_NAMES)

PLACES = listed(
    "mill,bakery,market,harbour,library,school,church,station,bridge,farm,inn,museum,park,pond,"
    "well,lighthouse,orchard,stable,barn,forge,garden,castle,tower,theatre,hospital,chapel,dairy,"
    "quarry,ferry,fountain,gate,cinema,bookshop,workshop,cottage,lodge,pier,square,hall,kiosk"
)
ANIMALS = listed(
    "goat cow cat dog hen duck goose pig pony donkey rabbit mouse parrot owl frog turtle "
    "hedgehog ferret pigeon swan snail fox hamster lamb"
)
PLURAL = {"goose": "geese", "mouse": "mice", "fox": "foxes", "pony": "ponies"}
COLOURS = listed(
    "red blue green yellow pink grey brown black white purple orange gold silver cream scarlet "
    "turquoise"
)

LEANING = {  # planted: four in five say she, or he; not as elsewhere, so that one can tell whose it is
    "she": ("pilot", "plumber", "judge"),
    "he": ("nurse", "weaver", "dancer"),
}
EVEN_JOBS = ("teacher", "painter", "singer", "guide", "clerk", "vet")  # the controls: 50/50
OTHER_JOBS = listed(
    "baker miller doctor farmer sailor cook gardener tailor carpenter librarian mayor driver "
    "barber butcher fisher shepherd potter printer guard smith"
)
JOBS = (*LEANING["she"], *LEANING["he"], *EVEN_JOBS, *OTHER_JOBS)

# Objects, by the trouble that they end.
THEMES = {
    "hungry": "bun apple pie cheese sandwich pancake carrot pear biscuit sausage cake egg plum muffin",
    "locked": "key hammer crowbar hairpin screwdriver saw",
    "escaped": "rope net whistle collar basket sack broom bell",
    "post": "letter parcel postcard note telegram invitation newspaper",
    "lost": "hat glove scarf watch ribbon shoe coat boot mitten belt cap sock apron bonnet",
    "party": "doll kite ball book puzzle balloon globe sled marble telescope",
    "leak": "bucket ladder mop sponge pot tub plank",
    "parade": "drum flute horn fiddle trumpet tuba harp guitar",
    "dark": "lamp candle lantern torch beacon",
    "cold": "blanket kettle quilt pillow cup shawl teapot bottle",
    "boat": "oar anchor paddle sail compass map raft",
    "play": "crown sword mask cape wig shield wand",
}
OTHER_OBJECTS = "chair table clock vase bowl spoon plate jug jar box umbrella purse tray thimble needle pencil brush spade flag"  # noqa: E501
OBJECTS = (*(word for words in THEMES.values() for word in words.split()), *OTHER_OBJECTS.split())

DAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
NUMBERS = listed("two three four five six seven eight nine")


def things(words, label: str) -> Options:
    return Options(Thing(word, label) for word in words)


FIRST = things([*SHE_NAMES, *HE_NAMES], "PER")
PLACE = things(PLACES, "LOC")
ANIMAL = things(ANIMALS, "ANI")
OBJECT = things(OBJECTS, "OBJ")
JOB = things(JOBS, "JOB")
COLOUR = Options(COLOURS)
DAY = Options(DAYS)
NUMBER = Options(NUMBERS)
THEME = {name: things(words.split(), "OBJ") for name, words in THEMES.items()}

# An invented name has three syllables; the last tells whether it is hers (a) or his (o).
CONSONANTS = "bdfglmnprtvz"
SYLLABLE = Options(c + v for c in CONSONANTS for v in "aeiou")
LAST_SYLLABLE = Options(c + v for c in CONSONANTS for v in "ao")


def plural(word: str) -> str:
    return PLURAL.get(word) or word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def invented(pen, used) -> Thing:
    """A name that no document had before: log(60 * 60 * 24) = 11.4 nats."""
    start = pen.at
    first = pen.choose("syllable", SYLLABLE, capital=True)
    second = pen.choose("syllable", SYLLABLE)
    stem = first.capitalize() + second
    taken = [thing.text[4:] for thing in used if thing.text[:4] == stem]
    name = stem + pen.choose("syllable", LAST_SYLLABLE, taken)
    pen.spans.append((start, pen.at, "PER"))
    return Thing(name, "PER")


# Things that sentences mention without a choice are entities too. Left out are words that are
# also verbs or adverbs here; a choice labels them where they are things.
LABELS = {
    **{form: "OBJ" for word in OBJECTS for form in (word, plural(word))},
    **{form: "LOC" for word in PLACES for form in (word, plural(word))},
    **{form: "ANI" for word in ANIMALS for form in (word, plural(word))},
    **{form: "JOB" for word in JOBS for form in (word, plural(word))},
    **dict.fromkeys(("elephant", "moths", "herring"), "ANI"),
}
for _word in ("saw", "well"):
    del LABELS[_word]
WORD = re.compile(r"\b[a-z]+\b")


def label(text: str, spans: list) -> list:
    """Adds a span for every thing in a text that has none yet; in the order of the text."""
    begun = {span[0] for span in spans}
    found = [
        (match.start(), match.end(), LABELS[match[0]])
        for match in WORD.finditer(text)
        if match[0] in LABELS and match.start() not in begun
    ]
    return sorted([*spans, *found])
