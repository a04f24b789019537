"""Checks and misconceptions for `majority_vote`."""

from collections import Counter
from decimal import Decimal

import torch

from autograder.exercise import Exercise


def votes(g):
    a, b, c, d = (10 * i + int(torch.randint(1, 9, (), generator=g)) for i in (1, 3, 5, 7))
    a, b, c, d = (str(number) for number in (a, b, c, d))
    return {
        "one answer comes most often": ([b, a, b],),
        "there is one answer": ([c],),
        "all are different": ([d, a, c, b],),
        "two come equally often, the larger first": ([d, b, b, d],),
        "two come equally often, the smaller first": ([a, c, a, c, b],),
        "nothing was answered most often": ([None, a, None, None, b, a],),
        "nothing was answered as often": ([None, d, None, a, d],),
        "nothing was answered at all": ([None, None],),
        "nobody was asked": ([],),
        "the same number is written in two ways": ([c, a, f"{a}.0", c, f"{a}.00", d],),
        "the first way of writing is the longer one": ([f"{b}.0", a, b],),
        "the winner's short form comes later and more often": ([d, f"{c}.50", f"{c}.5", f"{c}.5"],),
        "it begins with zeros": ([b, f"0{a}", a],),
        "it is below zero": ([f"-{b}", b, f"-{b}"],),
        "its opposite is there, too": ([b, f"-{b}", f"-{b}"],),
        "nought comes most often": (["0", d, "0"],),
        "nought is written with a minus and without": ([c, "-0", a, "0.0"],),
        "nothing comes first, and two come equally often": ([None, c, a, c, a],),
        "numbers are close": (["0.1", "0.10", "0.11", "0.11", "0.110"],),
        "numbers are very close": ([f"{a}.501", f"{a}.502", f"{a}.5020"],),
        "the fewest digits come most often": ([f"{d}{a}", "5", f"{d}{a}1", "5"],),
        "two large numbers differ in the last digit": (
            [f"{10**17}", f"{10**17 + 1}", f"{10**17 + 1}"],
        ),
    }  # fmt: skip


vote = Exercise(
    "prompting.majority_vote", fast_track=True,
    title="The answer of the majority", needs=("extract_answer",),
    points=1.5, difficulty=1, minutes=10, examples=votes,
)  # fmt: skip


@vote.oracle("collections.Counter on fractions.Fraction")
def _(answers):
    from fractions import Fraction

    given = [answer for answer in answers if answer]
    numbers = Counter(map(Fraction, given))
    if not numbers:
        return None
    most = max(numbers.values())
    return next(answer for answer in given if numbers[Fraction(answer)] == most)


@vote.alternative
def by_sorting(answers):
    given = [answer for answer in answers if answer is not None]
    numbers = [Decimal(answer) for answer in given]
    places = sorted(range(len(given)), key=lambda i: (-numbers.count(numbers[i]), i))
    return given[places[0]] if places else None


@vote.claim("whoever has more than half wins, in whatever order the votes come")
def _(answer):
    for wins, loses in (("8", "31"), ("31", "8"), ("-2", "2")):
        for turn in range(5):
            given = [wins, loses, wins, loses, wins]
            assert answer(given[turn:] + given[:turn]) == wins


@vote.claim("those who have not answered decide nothing")
def _(answer):
    for given in (["6", "9", "9"], ["9", "6"], ["4", "6", "4", "6"]):
        more = [None, *given, None, None, None, None]
        assert answer(more) == answer(given) == max(given, key=given.count)
    assert answer([None] * 3) is None


@vote.claim("equal numbers stand together, however they are written")
def _(answer):
    for ways in (("5", "5.0"), ("5.0", "5"), ("0.5", "0.50"), ("7.00", "7.0")):
        assert answer(["1", "2", "1", ways[0], ways[1], ways[1]]) == ways[0]


vote.slip(
    " if answer is not None]", "]", name="none_wins_crash",
    seen="What is done with None?",
    why="None is read as a number here. It stands for no answer, and is not counted.",
)  # fmt: skip
vote.slip(
    "in given if Decimal", "in reversed(given) if Decimal", name="last_form",
    seen="The winner was written in several ways. Which of them was first?",
    why="The winner is written as it was written last here. It is written as the first of the answers "
    "that are equal to it.",
)  # fmt: skip
vote.slip(
    "next(answer for answer in given if Decimal(answer) == winner)", "str(winner)", name="another_way",
    seen="The number is right in most cases. How is it written?",
    why="The number is written anew here. The result is one of the answers as it was given: the first of "
    "those that are equal to it.",
)  # fmt: skip


def most_common(items):
    counts = Counter(items)
    return max(counts, key=counts.get) if counts else None


@vote.misconception(
    seen="Which answers are the same number?",
    why="Texts are counted here, so 3 and 3.0 are two answers that share their votes. Equal numbers are "
    "one answer.",
)
def string_vote(answers):
    return most_common(answer for answer in answers if answer is not None)


@vote.misconception(
    seen="Who has won where most gave no answer?",
    why="None is counted like an answer here, and can win. Who has not answered has not voted.",
)
def none_wins(answers):
    number = most_common(None if a is None else Decimal(a) for a in answers)
    if number is None:
        return None
    return next(a for a in answers if a is not None and Decimal(a) == number)


@vote.misconception(
    seen="Is the result always one of the answers?",
    why="The mean is taken here. The mean of 12 and 21 is 16.5, which nobody has said. A vote takes the "
    "answer that came most often.",
)
def mean(answers):
    given = [float(answer) for answer in answers if answer is not None]
    return f"{sum(given) / len(given):g}" if given else None


@vote.misconception(
    seen="Two answers came equally often. Which of them was first?",
    why="Of answers that came equally often, the one that came last is taken here. It is the first.",
)
def last_of_a_tie(answers):
    given = [answer for answer in answers if answer is not None]
    number = most_common(map(Decimal, reversed(given)))
    return next((answer for answer in given if Decimal(answer) == number), None)


@vote.misconception(
    seen="Several answers came equally often. Which of them came first?",
    why="Of answers that came equally often, the one that came up last is taken here, as with >= in "
    "place of >. It is the first.",
)
def at_least_as_many(answers):
    given = [answer for answer in answers if answer is not None]
    counts = Counter(map(Decimal, given))
    number = max(reversed(counts), key=counts.get, default=None)
    return next((answer for answer in given if Decimal(answer) == number), None)


@vote.misconception(
    seen="Is 0 an answer?",
    why="The number 0 is taken for no answer here, because Python counts it as false. Only "
    "None is no answer.",
)
def nought_skipped(answers):
    given = [answer for answer in answers if answer is not None]
    number = most_common(filter(None, map(Decimal, given)))
    return next((answer for answer in given if Decimal(answer) == number), None)


@vote.misconception(
    seen="Are a number and its opposite the same answer?",
    why="The minus is lost in the counting here: -3 and 3 share their votes. They are two answers.",
)
def without_sign(answers):
    given = [answer for answer in answers if answer is not None]
    number = most_common(abs(Decimal(answer)) for answer in given)
    return next((answer for answer in given if abs(Decimal(answer)) == number), None)


@vote.misconception(
    seen="Two answers came equally often. Does it matter how large they are?",
    why="Of answers that came equally often, the largest is taken here. It is the one that came first.",
)
def largest_of_a_tie(answers):
    given = [answer for answer in answers if answer is not None]
    counts = Counter(map(Decimal, given))
    number = max(counts, key=lambda each: (counts[each], each), default=None)
    return next((answer for answer in given if Decimal(answer) == number), None)


@vote.misconception(
    seen="The winner was written in several ways. Which of them was first?",
    why="The winner is written as it was written most often here. It is written as the first of the "
    "answers that are equal to it.",
)
def most_common_form(answers):
    given = [answer for answer in answers if answer is not None]
    number = most_common(map(Decimal, given))
    return most_common(answer for answer in given if Decimal(answer) == number)
