"""Checks and misconceptions for `verifiable_reward`."""

from decimal import Decimal, InvalidOperation

import torch

from autograder.exercise import Exercise

TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def tagged(thought, answer, between=""):
    return f"<think>{thought}</think>{between}<answer>{answer}</answer>"


def completions(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    a, b = some(11, 49), some(11, 49)
    n = a + b
    thought = f"{a} + {b} = {n}"
    return {
        "all is right": (tagged(thought, n), str(n)),
        "the answer is wrong": (tagged(thought, n + 1), str(n)),
        "the thought is wrong and the answer is right": (tagged(f"{a} + {b} = {n + 3}", n), str(n)),
        "the thought has several lines": (tagged(f"{a} + {b}\n= {n}\n", n), str(n)),
        "there are no tags": (f"{thought}", str(n)),
        "nothing is thought": (tagged("", n), str(n)),
        "there is no thought, not even an empty one": (f"<answer>{n}</answer>", str(n)),
        "the answer comes first": (f"<answer>{n}</answer><think>{thought}</think>", str(n)),
        "the last tag is missing": (tagged(thought, n)[: -len("</answer>")], str(n)),
        "there is white space around the tags": (
            f"\n{tagged(thought, n, between=chr(10))} \n", str(n),
        ),
        "there is white space around a number": (tagged(thought, f"\n {n} "), str(n)),
        "there are spaces around a word": (tagged("who?", "  Rose "), "Rose"),
        "there is white space around a word": (tagged("who?", " Rose\n"), "Rose"),
        "there is white space around a word that is wanted": (tagged("who?", "Rose"), " Rose\n"),
        "a space is between the tags": (tagged(thought, n, between=" "), str(n)),
        "an empty line is between the tags": (tagged(thought, n, between="\n\n"), str(n)),
        "a line end and spaces are between the tags": (tagged(thought, n, between="\n  "), str(n)),
        "the thought is an empty line": (tagged("\n\n", n), str(n)),
        "somebody speaks after the answer": (tagged(thought, n) + " I am sure.", str(n)),
        "somebody speaks before the thought": ("Well: " + tagged(thought, n), str(n)),
        "somebody speaks between": (tagged(thought, n, between=" so "), str(n)),
        "two answers are given": (
            tagged(thought, n + 1) + f"<answer>{n}</answer>", str(n),
        ),
        "a tag is inside a thought": (tagged(f"{a}<think>{b}", n), str(n)),
        "answer tags are inside a thought": (tagged(f"so <answer>{n}</answer>", n), str(n)),
        "a thought's tag is inside an answer": (tagged(thought, f"<think>{n}"), str(n)),
        "a thought is closed twice": (tagged(thought + "</think>", n), str(n)),
        "an answer is closed twice": (tagged(thought, n) + "</answer>", str(n)),
        "there are two thoughts": (f"<think>{a}</think>" + tagged(thought, n), str(n)),
        "all is said twice": (tagged(thought, n) * 2, str(n)),
        "the tags are in capitals": (tagged(thought, n).replace("think", "THINK"), str(n)),
        "a thought has a mark of a tag's": (tagged(f"{a} < {n}", n), str(n)),
        "a thought has marks like a tag's": (tagged("3 < 4 and </b> > 2", n), str(n)),
        "the right answer is only in the thought": (tagged(thought, "so be it"), str(n)),
        "the answer is a part of what is said": (tagged(thought, f"it is {n}"), str(n)),
        "the right answer is a part of another number": (tagged(thought, f"1{n}"), str(n)),
        "a half is written in two ways": (tagged("1 : 2", "0.5"), "1/2"),
        "a quarter is not cancelled": (tagged("a part", "2/8"), "0.25"),
        "a third is rounded": (tagged("1 : 3", "0.333333333"), "1/3"),
        "a number begins with zeros": (tagged(thought, f"00{n}.0"), str(n)),
        "the number is negative": (tagged("less", f"-{n}"), str(n)),
        "somebody divides by 0": (tagged("1 : 0", "1/0"), "0"),
        "the large numbers differ by 1": (tagged("far", 2**53 + 1), str(2**53)),
        "the answer is a word": (tagged("who?", "Rose"), "Rose"),
        "the word has a small letter": (tagged("who?", "rose"), "Rose"),
        "the word has a full stop": (tagged("who?", "Rose."), "Rose"),
        "there is white space inside the answer": (tagged("where?", "new york"), "newyork"),
        "the answer is a part of what is wanted": (tagged("where?", "york"), "new york"),
        "the answer has a second line": (tagged("who?", "Rose\nor Tom"), "Rose"),
        "a thousand has a comma": (tagged(thought, "1,000"), "1000"),
        "the answer has a unit": (tagged(thought, f"${n}"), str(n)),
        "a half is written in percent": (tagged("1 : 2", "50%"), "1/2"),
        "nobody can divide by 0, and this is wanted": (tagged("1 : 0", "1/0"), "1/0"),
        "nothing but the number is said": (str(n), str(n)),
        "nothing is said": ("", str(n)),
        "no answer is given and none is wanted": (tagged("hm", ""), ""),
    }  # fmt: skip


rules = Exercise(
    "reasoning.verifiable_reward",
    title="A reward by rules", fast_track=True,
    points=2, difficulty=2, minutes=20, examples=completions,
)  # fmt: skip


@rules.oracle("decimal.Decimal, multiplied crosswise, between tags that str.partition finds")
def _(completion, answer):
    def number(text):
        """Numerator and denominator, or None."""
        over, slash, under = text.partition("/")
        if slash and not (over.lstrip("+-").isdigit() and under.isdigit()):
            return None
        try:
            pair = Decimal(over), Decimal(under or "1")
        except InvalidOperation:
            return None
        return pair if pair[0].is_finite() and pair[1] else None

    failed = {"format": 0.0, "accuracy": 0.0}
    if any(completion.count(tag) != 1 for tag in TAGS):
        return failed
    outside, rest = [], completion
    for tag in TAGS:
        text, _, rest = rest.partition(tag)
        outside.append(text)
    before, _, between, told = outside
    in_order = sorted(TAGS, key=completion.index) == list(TAGS)
    if not in_order or (before + between + rest).strip():
        return failed
    same = told.strip() == answer.strip()
    one, other = number(told.strip()), number(answer.strip())
    if one and other:
        same = one[0] * other[1] == other[0] * one[1]
    return {"format": 1.0, "accuracy": float(same)}


rules.excuse("return None", "a function that ends gives None")
rules.excuse("is not None and", "a text that is a number and one that is none differ as texts, too")


@rules.claim("a right number earns both in its tags, and nothing without them")
def _(answer):
    inside, other, *without = answer.each(
        (tagged("20 + 22", "42"), "42"), (tagged("20 + 22", "43"), "42"),
        ("20 + 22 = 42", "42"), ("42", "42"), ("<answer>42</answer>", "42"),
        ("<think>42</think>", "42"), ("20 + 22 <answer>42</answer>", "42"),
    )  # fmt: skip
    assert inside == {"format": 1.0, "accuracy": 1.0}
    assert without == [{"format": 0.0, "accuracy": 0.0}] * 5
    assert other == {"format": 1.0, "accuracy": 0.0}


@rules.claim("a half is one number, written as 0.5, 1/2 or 2/4, and 0.51 is another")
def _(answer):
    calls = [
        (tagged("a half", told), right)
        for told in ("0.5", "1/2", "2/4")
        for right in ("1/2", "0.50")
    ]
    assert [each["accuracy"] for each in answer.each(*calls)] == [1.0] * 6
    assert answer(tagged("a half", "0.51"), "1/2")["accuracy"] == 0.0


@rules.claim("each of the four tags is there once, and none of them inside a text")
def _(answer):
    good = tagged("20 + 22", "42")
    wrong = [good.replace(tag, tag + more) for tag in TAGS for more in TAGS]
    right, *others = answer.each((good, "42"), *((each, "42") for each in wrong))
    assert right == {"format": 1.0, "accuracy": 1.0}
    assert others == [{"format": 0.0, "accuracy": 0.0}] * 16


@rules.claim("what is thought is not judged, over however many lines")
def _(answer):
    thoughts = ("", "1 + 1 = 3", "first\nsecond\n\nthird", "7 < 9")
    calls = [(tagged(thought, right), "7") for thought in thoughts for right in ("7", "8")]
    got = answer.each(*calls)
    assert [each["format"] for each in got] == [1.0] * 8
    assert [each["accuracy"] for each in got] == [1.0, 0.0] * 4
