"""What is built in another way than `squad_em_f1`: wrong ones with a cause, and right ones."""

import re
import string
from collections import Counter

from autograder.checks.evaluation.squad_em_f1 import span


def scored(pred, refs, plain):
    found = []
    for ref in refs:
        said, right = plain(pred), plain(ref)
        common = sum((Counter(said) & Counter(right)).values())
        both = len(said) + len(right)
        found.append((float(said == right), 2 * common / both if both else 1.0))
    return max(em for em, _ in found), max(f1 for _, f1 in found)


def no_marks(told):
    return "".join(letter for letter in told.lower() if letter not in string.punctuation)


def plain_words(told):
    return re.sub(r"\b(a|an|the)\b", " ", no_marks(told)).split()


@span.misconception(
    seen="Nearly all is right. In *5 a.m.*, is there an article?",
    why="Articles are taken away before the marks here, so the *a* of *a.m.* goes. The marks go first, "
    "and then it is *am*.",
)
def articles_first(pred, refs):
    def plain(told):
        told = re.sub(r"\b(a|an|the)\b", " ", told.lower())
        return "".join(letter for letter in told if letter not in string.punctuation).split()

    return scored(pred, refs, plain)


@span.misconception(
    seen="Marks at the end of a word are right. What becomes of a mark inside a word?",
    why="A mark becomes a blank here, so *red-hot* is two words. The official script takes marks away "
    "without a blank, and it is one.",
    convention=True,
)
def marks_to_blanks(pred, refs):
    def plain(told):
        told = "".join(" " if letter in string.punctuation else letter for letter in told.lower())
        return re.sub(r"\b(a|an|the)\b", " ", told).split()

    return scored(pred, refs, plain)


@span.misconception(
    seen="What is counted here, words or letters?",
    why="Letters are counted here. Unlike words, most letters are shared by any two answers. Cut the "
    "text into words first.",
)
def char_f1(pred, refs):
    return scored(pred, refs, lambda told: list("".join(plain_words(told))))


@span.misconception(
    seen="Is *The mill.* another answer than *mill*?",
    why="The texts are compared as they are here. They have to be made plain first: small letters, no "
    "marks, no articles.",
)
def no_normalise(pred, refs):
    return scored(pred, refs, str.split)


@span.misconception(
    seen="With one article it is right. And where *the* is there twice?",
    why="`remove` takes away the first place of a word only, so of two *the* one stays. Keep the words "
    "that are no article instead: `[word for word in words if word not in ...]`.",
)
def first_of_each_article(pred, refs):
    def plain(told):
        words = no_marks(told).split()
        for article in ("a", "an", "the"):
            if article in words:
                words.remove(article)
        return words

    return scored(pred, refs, plain)


@span.misconception(
    seen="Articles with a word in between are right. And two beside each other?",
    why="Words are taken out of a list here while a loop goes through it. All later ones move up by one, "
    "and the loop skips the next word. Make a new list.",
)
def removed_while_reading(pred, refs):
    def plain(told):
        words = no_marks(told).split()
        for word in words:
            if word in ("a", "an", "the"):
                words.remove(word)
        return words

    return scored(pred, refs, plain)


@span.misconception(
    seen="Articles between two blanks are right. And one after a line break, or after another one?",
    why="`replace` looks for an article between two blanks here. A line break is no blank, and two "
    r"articles in a row share one. `\b` asks for the end of a word only.",
)
def article_between_blanks(pred, refs):
    def plain(told):
        told = f" {no_marks(told)} "
        for article in ("a", "an", "the"):
            told = told.replace(f" {article} ", " ")
        return told.split()

    return scored(pred, refs, plain)


@span.misconception(
    seen="In English words it is right. What is left of *café*?",
    why="All that is no letter from a to z and no digit is taken away here, so *café* and *caf* are the "
    "same. Only the characters of `string.punctuation` go.",
)
def only_ascii(pred, refs):
    def plain(told):
        told = re.sub(r"[^a-z0-9\s]", "", told.lower())
        return re.sub(r"\b(a|an|the)\b", " ", told).split()

    return scored(pred, refs, plain)


@span.misconception(
    seen="Where every word is there once it is right. How long is an answer that says a word twice?",
    why="All is counted in sets here, so a word that is said three times is said once. Count words, with "
    "`Counter`, and take all of them for the lengths.",
)
def sets(pred, refs):
    said, em, f1 = plain_words(pred), [], []
    for ref in refs:
        right = plain_words(ref)
        both = len(set(said)) + len(set(right))
        em.append(float(said == right))
        f1.append(2 * len(set(said) & set(right)) / both if both else 1.0)
    return max(em), max(f1)


@span.alternative
def by_precision_and_recall(pred, refs):
    def plain(told):
        told = told.lower().translate(str.maketrans("", "", string.punctuation))
        return [word for word in re.sub(r"\b(?:an?|the)\b", " ", told).split() if word]

    best = [0.0, 0.0]
    for ref in refs:
        said, right = plain(pred), plain(ref)
        left, common = list(right), 0
        for word in said:
            if word in left:
                left.remove(word)
                common += 1
        f1 = 0.0
        if not said and not right:
            f1 = 1.0
        elif common:
            precision, recall = common / len(said), common / len(right)
            f1 = 2 * precision * recall / (precision + recall)
        best = [max(best[0], float(" ".join(said) == " ".join(right))), max(best[1], f1)]
    return tuple(best)
