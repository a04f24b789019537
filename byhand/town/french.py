"""English sentences and their French, with agreement, word order and senses that must be right.

Owns nouns with their gender, adjectives with their four forms, and which word translates which.
"""

from typing import NamedTuple

from byhand.town.document import WORD
from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.senses import FILLERS, MEANING, MEANINGS, VERBS, sense
from byhand.town.stream import kind
from byhand.town.words import FIRST, plural


class Noun(NamedTuple):
    """A French noun: both numbers, and whether it is feminine."""

    one: str
    many: str
    feminine: bool


FEMININE = (
    "ball balle, key clé, lamp lampe, table table, chair chaise, cup tasse, spoon cuillère, "
    "pie tarte, carrot carotte, pear poire, shoe chaussure, flute flûte, candle bougie, box boîte, "
    "doll poupée, letter lettre, clock pendule, cow vache, goat chèvre, hen poule, frog grenouille, "
    "plum prune, mouse souris, trumpet trompette, spade pelle, kettle bouilloire"
)
MASCULINE = (
    "book livre, hat chapeau, bowl bol, cake gâteau, cheese fromage, glove gant, coat manteau, "
    "flag drapeau, drum tambour, basket panier, bucket seau, parcel colis, cat chat, dog chien, "
    "pig cochon, duck canard, rabbit lapin, owl hibou, fox renard, pigeon pigeon, swan cygne, "
    "pencil crayon"
)


def _french_plural(word: str) -> str:
    if word.endswith(("s", "x")):
        return word
    return word + ("x" if word.endswith(("eau", "hibou")) else "s")


NOUNS = {
    english: Noun(french, _french_plural(french), feminine)
    for words, feminine in ((FEMININE, True), (MASCULINE, False))
    for english, french in (pair.split() for pair in words.split(", "))
}
ADJECTIVES = {  # masculine, feminine; all stand after the noun
    "red": ("rouge", "rouge"), "blue": ("bleu", "bleue"), "green": ("vert", "verte"),
    "white": ("blanc", "blanche"), "black": ("noir", "noire"), "yellow": ("jaune", "jaune"),
    "grey": ("gris", "grise"), "round": ("rond", "ronde"),
}  # fmt: skip
PREDICATES = {
    "lost": ("perdu", "perdue"), "wet": ("mouillé", "mouillée"), "heavy": ("lourd", "lourde"),
    "clean": ("propre", "propre"), "hidden": ("caché", "cachée"), "cold": ("froid", "froide"),
}  # fmt: skip
NUMBERS = {"two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six",
           "seven": "sept"}  # fmt: skip
GIVES = {"gives": "donne", "shows": "montre", "sells": "vend", "brings": "apporte"}

ONE, MANY = Options(NOUNS), Options([plural(noun) for noun in NOUNS])
MANY_OF = dict(zip(MANY.values, NOUNS, strict=True))
ADJECTIVE, PREDICATE, NUMBER = Options(ADJECTIVES), Options(PREDICATES), Options(NUMBERS)
GIVE = Options(GIVES)
COUNT = Options((False, True))
SORT = Options(("is", "gives", "has", "sense"), (3, 2, 2, 3))
HOW = {word: Options(MEANINGS[word, s].french for s in MEANING[word].values) for word in MEANING}
SPOKE = {"Everybody spoke of": "Tout le monde parlait", "All the talk was of": "On ne parlait que"}


class Pair:
    """Two sentences that grow side by side: pieces with the same name translate each other."""

    def __init__(self, pen: Pen):
        self.pen, self.english, self.french = pen, [], []

    def say(self, name: str, text: str) -> None:
        self._blank(text)
        self.english.append((name, text))
        self.pen.write(text)

    def choose(self, name: str, options: Options, used=(), capital: bool = False):
        self._blank("x")
        value = self.pen.choose(name, options, used, capital=capital)
        self.english.append((name, self.pen.text[self.pen.choices[-1].start :]))
        return value

    def _blank(self, text: str) -> None:
        if self.english and text not in ".,":
            self.pen.write(" ")

    def translate(self, pieces: list[tuple[str, str]], line: str = "") -> None:
        """Writes the French line and keeps which words belong together."""
        pen = self.pen
        pen.end()
        pen.line(line)
        pen.begin("french")
        for i, (_, text) in enumerate(pieces):
            pen.write(text if not i or text in ".," else " " + text)
        places = [self._places(self.english), self._places(pieces)]
        pen.alignment = tuple(
            (i, j) for name in places[0] for i in places[0][name] for j in places[1].get(name, ())
        )

    def _places(self, pieces) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        at = 0
        for name, text in pieces:
            size = len(WORD.findall(text))
            places.setdefault(name, []).extend(range(at, at + size))
            at += size
        return places


def agreed(forms: tuple[str, str], noun: Noun, many: bool) -> str:
    word = forms[noun.feminine]
    return word + "s" if many and not word.endswith("s") else word


def article(noun: Noun, many: bool) -> str:
    return "les" if many else "la" if noun.feminine else "le"


def _phrase(pair: Pair, many: bool) -> tuple[list, Noun]:
    """English adjective and noun; returns the French, in the other order."""
    adjective = pair.choose("adjective", ADJECTIVE)
    chosen = pair.choose("noun", MANY if many else ONE)
    noun = NOUNS[MANY_OF[chosen] if many else chosen]
    french = [("noun", noun.many if many else noun.one),
              ("adjective", agreed(ADJECTIVES[adjective], noun, many))]  # fmt: skip
    return french, noun


@kind
def french(pen: Pen) -> None:
    """An English line and its French line."""
    sort = pen.slice = pen.branch("sort", SORT)
    pen.begin("english")
    if sort == "sense":
        _sense(pen)
    else:
        {"is": simple, "gives": _gives, "has": _has}[sort](pen)


def simple(pen: Pen, line: str = "") -> None:
    """The red balls are lost. Les balles rouges sont perdues."""
    pair = Pair(pen)
    many = pen.branch("count", COUNT, matters=False)
    pair.say("the", "The")
    words, noun = _phrase(pair, many)
    pair.say("is", "are" if many else "is")
    predicate = pair.choose("predicate", PREDICATE)
    pair.say("end", ".")
    pair.translate(
        [("the", article(noun, many).capitalize()), *words, ("is", "sont" if many else "est"),
         ("predicate", agreed(PREDICATES[predicate], noun, many)), ("end", ".")],
        line,
    )  # fmt: skip


def _gives(pen: Pen) -> None:
    pair = Pair(pen)
    people: list = []
    people.append(pair.choose("person", FIRST, people))
    verb = pair.choose("verb", GIVE)
    many = pen.branch("count", COUNT, matters=False)
    pair.say("the", "the")
    words, noun = _phrase(pair, many)
    pair.say("to", "to")
    people.append(pair.choose("other", FIRST, people))
    pair.say("end", ".")
    giver, taker = people
    pair.translate([("person", giver.text), ("verb", GIVES[verb]), ("the", article(noun, many)),
                    *words, ("to", "à"), ("other", taker.text), ("end", ".")])  # fmt: skip


def _has(pen: Pen) -> None:
    pair = Pair(pen)
    person = pair.choose("person", FIRST)
    pair.say("has", "has")
    number = pair.choose("number", NUMBER)
    words, _ = _phrase(pair, True)
    pair.say("end", ".")
    pair.translate([("person", person.text), ("has", "a"), ("number", NUMBERS[number]), *words,
                    ("end", ".")])  # fmt: skip


def _sense(pen: Pen) -> None:
    """The French needs the sense of the word; without a cue, it tells it."""
    told = sense(pen)
    pen.end()
    pen.line()
    pen.begin("french")
    fillers = "".join(" " + FILLERS[filler] for filler in told.fillers)
    begin = f"{told.who} {VERBS[told.verb]} "
    if told.where == "before":
        begin = f"{SPOKE[told.spoke]} {told.cue.french}{fillers}, et {begin}"
        fillers = ""
    pen.write(begin)
    if told.sense:
        pen.mark("sense", MEANINGS[told.word, told.sense].french, _others(told))
    else:
        pen.choose("sense", HOW[told.word])
    pen.write(fillers)
    if told.cue and told.where != "before":
        pen.write({"after": " à cause ", "near": ", au milieu "}[told.where] + told.cue.french)
    pen.write(".")


def _others(told) -> tuple[str, ...]:
    return tuple(
        MEANINGS[told.word, s].french for s in MEANING[told.word].values if s != told.sense
    )
