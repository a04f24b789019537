"""Codes that are new in every document, and sums.

Both have a floor in closed form: the letters of a code and the terms of a sum are drawn evenly,
and what follows from them costs nothing.
"""

from functools import cache

from byhand.town.options import Options
from byhand.town.pen import Pen
from byhand.town.stream import SPLITS, kind
from byhand.town.words import listed

LETTERS = "ABCDEFGH"
LETTER = Options(LETTERS)
MEANING = Options(listed("cat dog hen pig cow owl bee ant"))
SHOTS = Options(range(9))
QUERIES = 2


@kind
def code(pen: Pen) -> None:
    """A code of 8 letters, 0 to 8 of them explained, then two questions.

    Whoever reads perfectly is right with probability (shots + 1) / 8 at the first question, and
    never below that at the second.
    """
    pen.write("Code:")
    means: dict[str, str] = {}
    shots = pen.branch("shots", SHOTS)
    for _ in range(shots):
        pen.write(" ")
        letter = pen.choose("letter", LETTER, tuple(means))
        pen.write(" is ")
        means[letter] = pen.choose("meaning", MEANING, tuple(means.values()))
        pen.write(".")
    asked: list[str] = []
    for _ in range(QUERIES):
        pen.write(" What is ")
        letter = pen.choose("asked", LETTER, asked, matters=True)
        asked.append(letter)
        pen.write("? ")
        start = pen.at
        if letter in means:
            pen.choose("answer", MEANING.only(means[letter]))
        else:
            means[letter] = pen.choose("answer", MEANING, tuple(means.values()))
        pen.ask(f"What is {letter}?", (start, pen.at))
        pen.write(".")
    pen.slice = f"{shots} shots"


TERMS = range(1, 97)  # 96 = 6 * 16: every remainder equally often
TERM = Options(TERMS)
LINES = Options((2, 3, 4, 5))
WEIGHTS = (1, 3, 7)  # a sum is held out by the remainder of a + 3 b + 7 c
FORM = Options(("two", "two worked", "three", "three worked"))


@cache
def last_term(split: str, before: int) -> Options:
    """The terms that may come last: 84 of 96 in training, 6 each in validation and test."""
    terms = len(SPLITS)  # the remainder so far, and which weight comes next, in one number
    remainder, weight = before // terms, WEIGHTS[before % terms]
    return Options(term for term in TERMS if sum_split((remainder + weight * term) % 16) == split)


def sum_split(remainder: int) -> str:
    return {0: "validation", 1: "test"}.get(remainder, "train")


def split_of_sum(*terms: int) -> str:
    """The split that a sum of two or three terms belongs to: no sum stands in two of them."""
    return sum_split(sum(w * term for w, term in zip(WEIGHTS, terms, strict=False)) % 16)


@kind
def sum_(pen: Pen) -> None:
    """Two to five sums of two or three terms from 1 to 96, direct or worked."""
    pen.write("Sums:")
    for _ in range(pen.branch("lines", LINES)):
        pen.line()
        form = pen.branch("form", FORM)
        one_sum(pen, 3 if "three" in form else 2, "worked" in form)


def one_sum(pen: Pen, size: int, worked: bool) -> int:
    """Writes one sum and its answer. Worked: each step has one sum of two simpler terms."""
    terms: list[int] = []
    remainder = 0
    for i in range(size):
        if i:
            pen.write(" + ")
        last = i == size - 1
        options = last_term(pen.split, remainder % 16 * len(SPLITS) + i) if last else TERM
        terms.append(pen.choose("term", options))
        remainder += WEIGHTS[i] * terms[-1]
    pen.write(" = ")
    if worked and size == 3:
        _certain(pen, "step", terms[0] + terms[1], f" + {terms[2]} = ")
    elif worked:
        a, b = terms
        _certain(pen, "step", f"{a // 10 * 10} + {b // 10 * 10} + {a % 10} + {b % 10}", " = ")
        _certain(pen, "step", f"{a // 10 * 10 + b // 10 * 10} + {a % 10 + b % 10}", " = ")
    total = 0
    for term in terms:
        total += term
    start = pen.at
    _certain(pen, "answer", total, ".")
    pen.ask(" + ".join(map(str, terms)), (start, pen.at - 1))
    return total


def _certain(pen: Pen, name: str, text, after: str) -> None:
    pen.mark(name, str(text), ())
    pen.write(after)
