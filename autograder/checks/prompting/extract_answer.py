"""Checks and misconceptions for `extract_answer`."""

import re

import torch

from autograder.exercise import Exercise


def texts(g):
    def number(least, most):
        return int(torch.randint(least, most, (), generator=g))

    a, b, c = number(10, 40), number(41, 70), number(71, 99)
    thousand = f"{number(2, 9)},{number(100, 499)}"
    return {
        "there is one number": (f"It is {a} owls.",),
        "there are three": (f"{a} + {b} = {c + b}",),
        "the steps are there, too": (f"{a} + {b} + {c} = {a + b} + {c} = {a + b + c}.",),
        "there is none": ("Nobody knows.",),
        "there is nothing": ("",),
        "it has a comma": (f"So there are {thousand} frogs",),
        "it has two commas": (f"{a}, or rather {thousand},{number(501, 999)} of them",),
        "it is below zero": (f"It was -{b} that day",),
        "it is a difference": (f"the mill lost {b}-{a}",),
        "there are spaces around a minus": (f"{b} - {a}",),
        "a minus follows a letter": (f"We took room B-{b}",),
        "a minus follows a bracket": (f"It was cold (-{c})",),
        "a minus follows a letter with an accent": (f"They lived in room \u00e9-{a}",),
        "a minus follows a minus": (f"So the loss grew to {c}--{b}",),
        "a minus follows a full stop": (f"So be it.-{a}",),
        "it is nought with a minus": ("It was -0 in the end",),
        "a plus is right before it": (f"It rose by +{b}",),
        "a longer dash is right before it": (f"It fell by \u2212{b}",),
        "it has an exponent": (f"about {number(1, 9)}e{b} stars",),
        "it is a share": (f"so {c}%",),
        "the last sign = is followed by none": (f"{b} = the answer",),
        "a sentence ends with it, and another follows": (f"It was {c}. Then they left",),
        "it ends with a point and a zero": (f"It makes {a}.0 miles",),
        "a second point follows": (f"version {a}.{number(1, 9)}.{b}",),
        "a comma follows digits after a point": (f"he wrote {a}.{number(1, 9)},{number(1, 9)} there",),
        "the first group has four digits": (f"it was {number(1000, 9999)},{number(100, 999)}",),
        "it has a point": (f"{a} and then {b}.{number(1, 9)}5",),
        "it ends with a full stop": (f"The sum is {c}.",),
        "it ends with zeros": (f"He paid {a}.50",),
        "it has commas and a point": (f"-{thousand}.{number(1, 9)} in all",),
        "it has a currency": (f"She has ${b}",),
        "a list has commas": (f"{a}, {b}, {c}",),
        "a comma separates two digits": (f"it was {a},{number(10, 99)}",),
        "a comma separates four digits": (f"it was {number(1, 9)},{number(1000, 9999)}",),
        "there are many digits without a comma": (f"{number(10000, 99999)},{number(100, 999)}",),
        "a point has nothing before it": (f"only .{b}",),
        "a letter is next to it": (f"bus {a}b and {c}c",),
        "it has a digit of another script": ("12 is written \u0661\u0662",),
        "there are two lines": (f"{a}\nso {b}\nand no more",),
        "it begins with zeros": (f"agent 00{number(1, 9)}",),
    }  # fmt: skip


extract = Exercise(
    "prompting.extract_answer",
    title="The number in the answer",
    points=2, difficulty=2, minutes=18, examples=texts,
)  # fmt: skip
DIGITS = "0123456789"


@extract.alternative
def letter_by_letter(text):
    numbers, at = [], 0
    while at < len(text):
        if text[at] not in DIGITS:
            at += 1
            continue
        start = at
        while at < len(text) and text[at] in DIGITS:
            at += 1
        while at - start <= 3 or "," in text[start:at]:
            three = text[at + 1 : at + 4]
            more = text[at + 4 : at + 5]
            good = (
                len(three) == 3
                and all(d in DIGITS for d in three)
                and (not more or more not in DIGITS)
            )
            if text[at : at + 1] != "," or not good:
                break
            at += 4
        if text[at : at + 1] == "." and text[at + 1 : at + 2] and text[at + 1] in DIGITS:
            at += 1
            while at < len(text) and text[at] in DIGITS:
                at += 1
        sign = start > 0 and text[start - 1] == "-"
        bound = start > 1 and (text[start - 2].isalnum() or text[start - 2] == "_")
        numbers.append(("-" if sign and not bound else "") + text[start:at].replace(",", ""))
    return numbers[-1] if numbers else None


@extract.claim("what is said after the last number makes no difference, another number does")
def _(answer):
    for number in ("7", "-12", "3.25"):
        said = f"First 5, then {number}"
        ends = ("", ".", " frogs", ", so that is it!", "\n", "%")
        assert {answer(said + end) for end in ends} == {number}
        assert answer(said + " or 88") == "88"


@extract.claim("commas between groups of three make no difference")
def _(answer):
    for number in (1234, 98765, 1234567, 100000000):
        assert answer(f"So it is {number:,} now.") == answer(f"It is {number}") == str(number)


@extract.claim("the sign is kept where there is one, and a difference is no sign")
def _(answer):
    for number in (4, 31, 250):
        assert answer(f"It is -{number}.") == f"-{number}"
        assert answer(f"999-{number}") == answer(f"999 - {number}") == str(number)


extract.slip(
    "found[-1]", "found[0]", name="first_number",
    seen="The text has several numbers. Which one is the answer?",
    why="The first number is taken here. A worked answer begins with the terms and ends with the result, "
    "so the last one is taken.",
)  # fmt: skip
extract.slip(
    "[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|", "", name="comma_split",
    seen="How many numbers are in 1,234?",
    why="A comma ends a number here, so that 1,234 becomes 234. Where it separates groups of "
    "three digits it belongs to the number.",
)  # fmt: skip
extract.slip(
    "(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)", "[0-9]+(?:,[0-9]{3})*", name="groups_anywhere",
    seen="Which digits may be before a group of three, and which may come right after it?",
    why="A comma and three digits are always taken along here. But in 1234,567 the first group is too "
    "long, and in 1,2345 a fourth digit follows, so these are two numbers each.",
)  # fmt: skip
extract.slip(
    "(?![0-9])", "", name="no_look_ahead",
    seen="In 1,2345, how many digits come after the comma?",
    why="Three digits after a comma are taken for a group here, even where a fourth one follows. "
    "A look-ahead says that no further digit comes.",
)  # fmt: skip
extract.slip(
    "(?:(?<!\\w)-)?", "", name="minus_lost",
    seen="The digits are right. What is right before them?",
    why="The minus is lost here: -3 and 3 become the same answer.",
)  # fmt: skip
extract.slip(
    "(?<!\\w)-", "-", name="minus_of_a_difference",
    seen="In 8-3, what does the minus belong to?",
    why="Every minus right before a digit is taken for a sign here. After a digit or a letter "
    "it joins two things, and belongs to neither.",
)  # fmt: skip
extract.slip(
    "(?:\\.[0-9]+)?", "", name="point_splits",
    seen="How many numbers are in 2.5?",
    why="A point ends a number here, so that 2.5 becomes 5. With digits after it, it belongs to the "
    "number.",
)  # fmt: skip
extract.slip(
    "(?:\\.[0-9]+)?", "\\.?[0-9]*", name="full_stop_kept",
    seen="The number is there. What is its last character?",
    why="The full stop of the sentence is taken along here. A point belongs to a number only if a digit "
    "follows.",
)  # fmt: skip
extract.slip(
    '.replace(",", "")', "", name="commas_kept",
    seen="The right number is found. How is it written?",
    why="The commas stay in here. 1,234 and 1234 would then be two answers, and `float` reads "
    "only one of them.",
)  # fmt: skip
extract.slip(
    "if found else None", 'if found else ""', name="empty_for_none",
    seen="What comes where no number is?",
    why="An empty text is given here where there is no number. It is None: later steps have to see that "
    "nothing was answered.",
)  # fmt: skip


@extract.misconception(
    seen="In 1,23, is the comma part of a number?",
    why="All commas are taken out first here, so that two numbers of a list become one. A comma belongs "
    "to a number only between groups of three digits.",
)
def all_commas_out(text):
    found = re.findall(r"(?:(?<!\w)-)?[0-9]+(?:\.[0-9]+)?", text.replace(",", ""))
    return found[-1] if found else None


@extract.misconception(
    seen="The value is right. How was it written?",
    why="The number goes through `float` here and comes back in another form, 7 as 7.0. It stays as it "
    "is written.",
)
def through_float(text):
    number = r"(?:(?<!\w)-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    found = re.findall(number, text)
    return str(float(found[-1].replace(",", ""))) if found else None


@extract.misconception(
    seen="What if there is no number after the last sign =?",
    why="Only what follows the last sign = is looked at here. Not every answer is an equation that ends "
    "with a number.",
)
def after_equals(text):
    number = r"(?:(?<!\w)-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    found = re.findall(number, text.rpartition("=")[2])
    return found[-1].replace(",", "") if found else None


@extract.misconception(
    seen="What if the last line has no number?",
    why="Only the last line is looked at here. The last number can be in an earlier one.",
)
def last_line(text):
    number = r"(?:(?<!\w)-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    found = re.findall(number, text.strip().rpartition("\n")[2])
    return found[-1].replace(",", "") if found else None


@extract.misconception(
    seen="What if the last word is not the number?",
    why="Only the last word of the text is looked at here. After a number there may be more, as in "
    "*It is 12 owls*.",
)
def last_word(text):
    words = text.split()
    found = re.findall(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", words[-1]) if words else []
    return found[-1].replace(",", "") if found else None
