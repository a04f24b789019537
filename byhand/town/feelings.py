"""Sentences with a feeling, of which a bag of words cannot tell the sign.

Except for `plain` and `oh great`, every sentence is as likely as one of the opposite sign with the
same words in another order. So no function of the word counts is right more often than chance.
"""

from byhand.town.asides import loose_ends
from byhand.town.options import Options, Patterns
from byhand.town.pen import Pen
from byhand.town.stream import kind
from byhand.town.words import listed

GOOD = listed("good lovely great fine charming wonderful perfect pleasant")
BAD = listed("bad awful poor dull horrible dreadful nasty terrible")
WORDS = {"positive": Options(GOOD), "negative": Options(BAD)}
OTHER = {"positive": "negative", "negative": "positive"}
SIGN = Options(("positive", "negative"))
NOUN = Options(listed("soup bread bed view band room tea music play cake walk weather"))
SLICE = Options(("plain", "contrast", "but", "not", "oh great"), (2, 2, 2, 2, 1))
FRAMES = Patterns("A guest at the {place} wrote: ", "The {job} said: ", "On {day} I heard this: ",
                  "In the newspaper it said: ")  # fmt: skip
OH = Options(("Oh great", "How lovely", "Just what we needed"))
HAPPENED = {
    "positive": Options(("the sun came out", "my aunt brought a cake", "the band played for us",
                         "they found my cat", "school was closed", "the soup was free")),
    "negative": Options(("the roof fell in", "my aunt broke her leg", "the band lost its drum",
                         "they lost my cat", "the train was late again", "the soup was gone")),
}  # fmt: skip


@kind
def sentiment(pen: Pen) -> None:
    """One sentence, positive or negative. Sarcasm is a marked pattern: "Oh great" and what came."""
    pen.tell("frame", FRAMES, loose_ends())
    pen.slice = pen.branch("slice", SLICE)
    feel(pen, pen.slice)


def feel(pen: Pen, sort: str) -> None:
    """Writes a sentence of a slice, without what stands before it, and sets the label."""
    label = pen.label = pen.branch("label", SIGN, matters=False)
    start = pen.at
    if sort == "oh great":
        pen.choose("oh", OH)
        pen.write(", ")
        pen.choose("happened", HAPPENED[label])
    elif sort == "plain":
        _is(pen, label, [])
    elif sort == "contrast":
        _is(pen, label, [])
        pen.write(", not ")
        pen.choose("feeling", WORDS[OTHER[label]])
    elif sort == "but":
        nouns: list = []
        _is(pen, OTHER[label], nouns)
        pen.write(" but ")
        _is(pen, label, nouns)
    else:  # the last clause decides, and "not" turns it round
        nouns, last = [], pen.branch("where is not", Options((True, False)), matters=False)
        sign = OTHER[label] if last else label
        _is(pen, sign, nouns, "" if last else "not ")
        pen.write(" but ")
        _is(pen, sign, nouns, "not " if last else "")
    pen.questions.append(("Is that positive or negative?", (start, pen.at)))
    pen.write(".")


def _is(pen: Pen, sign: str, nouns: list, negation: str = "") -> None:
    pen.write("the ")
    nouns.append(pen.choose("noun", NOUN, nouns))
    pen.write(" was " + negation)
    pen.choose("feeling", WORDS[sign])
