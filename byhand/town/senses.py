"""Words with two senses, what gives them away, and what they are in French.

Owns the eight words and the sentence that holds one. A cue stands 1 to 30 words before or after
its word; one sentence in ten has none, and then nothing in the English tells the sense.
"""

from typing import NamedTuple

from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.words import FIRST


class Cue(NamedTuple):
    """A noun that goes with one sense of a word; `french` follows de."""

    english: str
    french: str
    word: str
    sense: str


class Meaning(NamedTuple):
    """A sense of a word: what the French call it, with the article."""

    word: str
    sense: str
    french: str


SENSES = """
bank   money    la banque          the coins/des pièces; the money/de l'argent; the cashier/du caissier; the savings/des économies
bank   river    la rive            the water/de l'eau; the reeds/des roseaux; the canoe/du canoë; the current/du courant
bat    animal   la chauve-souris   the wings/des ailes; the cave/de la grotte; the night/de la nuit; the moths/des papillons
bat    stick    la batte           the team/de l'équipe; the score/du score; the bowler/du lanceur; the helmet/du casque
spring season   le printemps       the tulips/des tulipes; the winter/de l'hiver; the calendar/du calendrier; the nests/des nids
spring source   la source          the rocks/des rochers; the stream/du ruisseau; the thirst/de la soif; the pebbles/des cailloux
seal   animal   le phoque          the zoo/du zoo; the herring/des harengs; the ice/de la glace; the beach/de la plage
seal   stamp    le sceau           the king/du roi; the wax/de la cire; the envelope/de l'enveloppe; the document/du document
nail   metal    le clou            the wall/du mur; the wood/du bois; the toolbox/de la boîte; the shelf/de la planche
nail   finger   l'ongle            the thumb/du pouce; the polish/du vernis; the hand/de la main; the scissors/des ciseaux
palm   tree     le palmier         the coconuts/des noix de coco; the desert/du désert; the island/de l'île; the sand/du sable
palm   hand     la paume           the fingers/des doigts; the wrist/du poignet; the fist/du poing; the bracelet/du bracelet
trunk  case     la malle           the journey/du voyage; the lock/de la serrure; the clothes/des vêtements; the train/du train
trunk  nose     la trompe          the elephant/de l'éléphant; the peanuts/des cacahuètes; the circus/du cirque; the tusks/des défenses
match  game     le match           the goal/du but; the referee/de l'arbitre; the players/des joueurs; the stadium/du stade
match  fire     l'allumette        the fire/du feu; the smoke/de la fumée; the stove/du poêle; the bonfire/du brasier
"""  # noqa: E501


def _read() -> tuple[dict, dict]:
    meanings, cues = {}, {}
    for line in SENSES.strip().splitlines():
        word, sense, rest = line.split(None, 2)
        french, pairs = (text.strip() for text in rest.split("  ", 1))
        meanings[word, sense] = Meaning(word, sense, french)
        for pair in pairs.split("; "):
            english, _, other = pair.partition("/")
            cues.setdefault(word, []).append(Cue(english, other, word, sense))
    return meanings, cues


MEANINGS, CUES = _read()
WORDS = Options(CUES)
ALL_CUES = [cue for cues in CUES.values() for cue in cues]
CUE = Options(cue.english for cue in ALL_CUES)
CUE_OF = {cue.english: cue for cue in ALL_CUES}
OWN = {word: Options(cue.english for cue in cues) for word, cues in CUES.items()}
BARE_OF = {word: {cue.english[4:]: cue for cue in cues} for word, cues in CUES.items()}
BARE = {word: Options(bare) for word, bare in BARE_OF.items()}
MEANING = {
    word: Options(meaning.sense for meaning in MEANINGS.values() if meaning.word == word)
    for word in WORDS.values
}

WHERE = Options(("before", "after", "near", "none"), (9, 7, 2, 2))
FILLERS = {  # what stands between, and in French
    "as usual": "comme toujours",
    "before lunch": "avant le repas",
    "with a smile": "avec un sourire",
    "on the way home": "en rentrant",
    "in spite of the doctor": "malgré le docteur",
    "to the great surprise of everybody": "à la grande surprise de tous",
    "without even a good morning": "sans même un bonjour",
    "for the third time that week": "pour la troisième fois de la semaine",
}
FILLER = Options(FILLERS)
HOW_MANY = Options(range(5), (6, 4, 3, 1, 1))
VERBS = {
    "looked at": "a regardé",
    "saw": "a vu",
    "drew": "a dessiné",
    "found": "a trouvé",
    "painted": "a peint",
    "forgot": "a oublié",
    "loved": "a aimé",
    "mentioned": "a mentionné",
}
VERB = Options(VERBS)
SPOKE = Options(("Everybody spoke of", "All the talk was of"))


class Told(NamedTuple):
    """What a sentence about a word said, for whoever translates it."""

    who: str
    word: str
    sense: str | None
    cue: Cue | None
    where: str
    fillers: tuple[str, ...]
    verb: str
    spoke: str | None


def sense(pen: Pen, used=()) -> Told:
    """One sentence about a word with two senses, by somebody who is not in `used`."""
    where, spoke, cue, fillers = pen.branch("cue", WHERE), None, None, ()
    if where == "before":
        spoke = pen.choose("spoke", SPOKE)
        pen.write(" ")
        cue = CUE_OF[pen.choose("cue", CUE)]
        ended = pen.at
        fillers = _fill(pen)
        pen.write(", and ")
    who = pen.choose("person", FIRST, used).text
    pen.write(" ")
    verb = pen.choose("verb", VERB)
    pen.write(" the ")
    start = pen.at
    if cue:
        word = cue.word
        pen.write(word)
        distance = -_words(pen.text[ended:])
    else:
        word = pen.choose("word", WORDS)
    end = pen.at
    if where == "near":
        pen.write(", ")
        cue = BARE_OF[word][pen.choose("cue", BARE[word])]
        distance = 1
        pen.write(" and all")
    elif where != "before":
        fillers = _fill(pen)
    if where == "after":
        pen.write(" because of ")
        cue = CUE_OF[pen.choose("cue", OWN[word])]
        distance = _words(pen.text[end:])
    pen.write(".")
    told = (cue.sense, cue.english, distance) if cue else (None, None, 0)
    pen.senses.append((start, end, word, *told))
    return Told(who, word, cue and cue.sense, cue, where, fillers, verb, spoke)


def _fill(pen: Pen) -> tuple[str, ...]:
    fillers = []
    for _ in range(pen.branch("fillers", HOW_MANY)):
        pen.write(" ")
        fillers.append(pen.choose("filler", FILLER, fillers))
    return tuple(fillers)


def _words(text: str) -> int:
    return len(text.replace(",", " ").split())
