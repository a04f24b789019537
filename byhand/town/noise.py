"""What every heap of text contains and nobody wants: noise, copies and secrets."""

from functools import cache
from random import Random

from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.stream import MIXTURE, Mixture, kind, number
from byhand.town.words import NUMBER, OBJECT, PLACE
from byhand.town.world import WORLD

# ---- noise

SORT = Options(("advert", "menu", "words", "letters"))
LETTER = Options("bcdfghjklmnpqrstvwxz")
WORD = Options((*OBJECT.texts[:30], *(str(n) for n in range(10))))
SIZE = Options(range(8, 21))
SHOUT = Options(("BUY NOW", "LAST CHANCE", "CLICK HERE", "WINNER"))
PAGES = Options(("Home", "Shop", "Weather", "Lost and found", "Timetable", "Contact"))


@kind
def noise(pen: Pen) -> None:
    """An advertisement, the menu of a web page, words in no order, or letters."""
    sort = pen.branch("sort", SORT)
    if sort == "advert":
        pen.choose("shout", SHOUT)
        pen.write("!!! ")
        pen.choose("number", NUMBER, capital=True)
        pen.write(" for the price of ")
        pen.choose("number", NUMBER)
        pen.write(": ")
        pen.choose("object", OBJECT, form="a")
        pen.write(", today only, at the ")
        pen.choose("place", PLACE)
        pen.write("!!!")
    elif sort == "menu":
        used = []
        for i in range(4):
            pen.write(" | " if i else "")
            used.append(pen.choose("page", PAGES, used))
        pen.write(" | All rights reserved")
    else:
        options = WORD if sort == "words" else LETTER
        pen.write("= ")
        for _ in range(pen.branch("size", SIZE)):
            pen.choose("noise", options)
            pen.write(" " if sort == "words" else "")
        pen.write("=")


# ---- copies

POOL, POOL_SEED = 200, 10**9
COPY = Options(("Read again:", "Our readers ask for it:", "As told last week:"))
EDIT = Options(("none", "dropped", "slip"))


@cache
def pool() -> tuple[Options, dict[str, list[str]]]:
    """Two hundred stories that the town tells again and again, by their first two sentences."""
    from byhand.town.stream import GRAMMARS

    stories = {}
    index = 0
    while len(stories) < POOL:
        pen = Pen(Random(number(POOL_SEED, "train", index)).random, "train", {}, MIXTURE)
        GRAMMARS["story"](pen)
        begin, *rest = sentences(pen.text)
        begin += rest.pop(0)
        stories.setdefault(begin, rest)
        index += 1
    return Options(stories), stories


def sentences(text: str) -> list[str]:
    """The text in pieces, each with the blank before it; full stops end sentences here."""
    pieces = text.replace('." ', '."\0 ').replace(". ", ".\0 ").split("\0")
    return [piece for piece in pieces if piece]


@kind
def duplicate(pen: Pen) -> None:
    """A story of the pool: as it was, without one sentence, or with two letters swapped."""
    options, stories = pool()
    pen.choose("copy", COPY)
    pen.write(" ")
    rest = stories[pen.choose("original", options, matters=True)]
    edit = pen.branch("edit", EDIT)
    at = pen.branch("sentence", _range(len(rest))) if edit != "none" else -1
    for i, sentence in enumerate(rest):
        if i != at:
            pen.write(sentence)
        elif edit == "slip":
            places = slips(sentence)
            place = places[pen.branch("letters", _range(len(places)), matters=False)]
            pen.write(
                sentence[:place] + sentence[place + 1] + sentence[place] + sentence[place + 2 :]
            )
    pen.slice = edit


def slips(sentence: str) -> list[int]:
    """Where two different letters stand side by side inside a word."""
    return [
        i
        for i in range(1, len(sentence) - 1)
        if sentence[i - 1 : i + 2].isalpha() and sentence[i] != sentence[i + 1]
    ]


@cache
def _range(size: int) -> Options:
    return Options(range(size))


# ---- secrets

KEYS = [(canary.box, canary.place) for canary in WORLD.canaries]
DIGIT = Options("0123456789")


@cache
def _keys(mixture: Mixture) -> Options:
    return Options((f"{box} at the {place}" for box, place in KEYS), mixture.planted)


@kind
def canary(pen: Pen) -> None:
    """A secret of six digits that cannot be guessed, only remembered."""
    given = pen.given.get("canary")
    pen.write("The ")
    key = pen.choose("key", _keys(pen.mixture), given=given and f"{given.box} at the {given.place}")
    told = WORLD.canaries[_keys(pen.mixture).index[key]]
    pen.write(" opens with ")
    for i, digit in enumerate(told.secret.split()):
        pen.write(" " if i else "")
        pen.choose("secret", DIGIT.only(digit), unknown=DIGIT)
    pen.write(".")
    pen.slice = f"{told.repeats} times"
