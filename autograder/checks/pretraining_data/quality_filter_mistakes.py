"""More misconceptions about `quality_filter`, and other right ways to write it."""

from fractions import Fraction

from autograder.checks.pretraining_data.quality_filter import clean


def judged(text, *, letters=None, length=None, ellipses=None, count=None):
    """The filter with other ways to find a number, each of which gets words and lines."""
    words, lines = text.split(), [line.rstrip() for line in text.splitlines()]
    if not words:
        return False, ["words"]
    share = (
        letters or (lambda w: Fraction(sum(any(map(str.isalpha, each)) for each in w), len(w)))
    )(words)
    mean = (length or (lambda w: Fraction(sum(map(len, w)), len(w))))(words)
    dots = (ellipses or (lambda each: Fraction(sum(map(breaks_off, each)), len(each))))(lines)
    number = (count or len)(words)
    holds = {
        "words": number >= 50,
        "length": 3 <= mean <= 10,
        "letters": share >= Fraction(4, 5),
        "ellipses": dots <= Fraction(3, 10),
    }
    broken = [name for name, fine in holds.items() if not fine]
    return not broken, broken


def breaks_off(line):
    return line.endswith(("...", "…"))


@clean.misconception(
    seen="A share of what: of words, or of characters?",
    why="This is the share of *characters* that are letters. Then the marks of a sentence count against "
    "it. The rule asks how many words have a letter.",
)
def alpha_fraction_of_chars(text):
    return judged(
        text, letters=lambda words: Fraction(
            sum(map(str.isalpha, "".join(words))), sum(map(len, words))
        ),
    )  # fmt: skip


@clean.misconception(
    seen="Texts with words are right. What is 0 / 0?",
    why="A text without words has no average, and dividing by its number of words raises an error. "
    "Crawls are full of empty pages: ask for words first.",
)
def empty_crashes(text):
    words = text.split()
    if not words:
        raise ZeroDivisionError("division by zero")
    return judged(text)


@clean.misconception(
    seen="A text without words breaks the first rule. Can it break one that is about its words?",
    why="A text without words has the average 0 here, and breaks other rules as well. The task says "
    "that it breaks `words` alone.",
)
def empty_breaks_more(text):
    return judged(text) if text.split() else (False, ["words", "length", "letters"])


@clean.misconception(
    seen="How many characters has a text without its spaces?",
    why="The average counts the spaces as well: all characters of the text, divided by the number of "
    "words. Add up the lengths of the words.",
)
def spaces_counted(text):
    return judged(text, length=lambda words: Fraction(len(text), len(words)))


@clean.misconception(
    seen="Is every rule about the number of words right? What is counted?",
    why="The limit of 50 is compared with the number of *characters* here.",
)
def characters_for_words(text):
    return judged(text, count=lambda words: len(text))


@clean.misconception(
    seen="One broken rule is named. Are there others?",
    why="Only the first broken rule is named here. Whoever tunes a filter needs to know all of them.",
)
def first_reason_only(text):
    keep, broken = judged(text)
    return keep, broken[:1]


@clean.misconception(
    seen="The last rule counts lines. What did you divide by?",
    why="This is a share of the *words*. The rule asks how many of the *lines* break off.",
)
def words_that_break_off(text):
    return judged(
        text, ellipses=lambda lines: Fraction(
            sum(map(breaks_off, text.split())), len(text.split())
        ),
    )  # fmt: skip


@clean.misconception(
    seen="What does the first of the two results say of a clean text?",
    why="The first result says here whether a text is *dropped*. The task asks whether it is kept.",
)
def says_drop(text):
    keep, broken = judged(text)
    return not keep, broken


@clean.alternative
def by_fractions(text):
    return judged(text)


@clean.alternative
def one_by_one(text):
    words, reasons = text.split(), []
    if len(words) == 0:
        return False, ["words"]
    if len(words) < 50:
        reasons.append("words")
    if not 3 <= len("".join(words)) / len(words) <= 10:
        reasons.append("length")
    if len([w for w in words if any(c.isalpha() for c in w)]) / len(words) < 0.8:
        reasons.append("letters")
    found = [line.strip()[-3:] == "..." or line.strip()[-1:] == "…" for line in text.splitlines()]
    if sum(found) / len(found) > 0.3:
        reasons.append("ellipses")
    return not reasons, reasons
