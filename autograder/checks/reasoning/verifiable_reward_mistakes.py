"""Misconceptions about `verifiable_reward`."""

import re
from fractions import Fraction

from autograder.checks.reasoning.verifiable_reward import TAGS, rules

rules.slip(
    ", re.DOTALL)", ")", name="no_dotall",
    seen="In one line it is right. Which letters does `.` stand for?",
    why="A `.` stands for any letter but the end of a line. So a thought of several lines has no right "
    "format here, and nearly all thoughts have several lines. With `re.DOTALL` it stands for all.",
)  # fmt: skip
rules.slip(
    "re.fullmatch(", "re.search(", name="anywhere",
    seen="Where nothing else is said it is right. What if somebody speaks before the thought or after "
    "the answer?",
    why="The tags are looked for anywhere in the completion here. The whole completion is to have the "
    "form: `re.fullmatch`.",
)  # fmt: skip
rules.slip(
    "re.fullmatch(", "re.match(", name="no_end",
    seen="Where nothing is said afterwards it is right. Where does the form end?",
    why="Anything may come after the answer here. `re.match` looks at the beginning only, and "
    "`re.fullmatch` at the whole.",
)  # fmt: skip
rules.slip(
    "((?:(?!</?(?:think|answer)>).)*)", "(.*)", name="tags_inside",
    seen="With each tag once it is right. May a text have a tag inside?",
    why="`.*` runs over tags as well, so that two answers pass as one here, or a thought in a thought. "
    "Each tag is there exactly once: count them, or let the pattern stop before a tag.",
)  # fmt: skip
rules.slip(
    r"</think>\s*<answer>", r"</think> <answer>", name="one_space",
    seen="With one space between the tags it is right. What else may be there?",
    why="Exactly one space is asked for between thought and answer here, as the grader of Dr. GRPO does. "
    r"The task allows any white space, or none: `\s*`.",
    convention=True,
)  # fmt: skip
rules.slip(
    r"</think>\s*<answer>", "</think><answer>", name="no_space_between",
    seen="Where one tag follows directly on the other it is right. What may be between them?",
    why="No white space is allowed between thought and answer here. Models like to begin a new line "
    r"there, and the task allows that: `\s*`.",
)  # fmt: skip
rules.slip(
    "((?:(?!</?(?:think|answer)>).)*)", "([^<]*)", name="no_less_than",
    seen="Where a text has no `<` it is right. May somebody write 3 < 4?",
    why="A text ends at the first `<` here. Only the four tags are not allowed inside. So stop before a "
    "tag, not before a mark.",
)  # fmt: skip
rules.slip(
    ").)*)", ").)+)", name="nothing_refused",
    seen="Where something is thought and answered it is right. May a text be empty?",
    why="An empty thought or answer is refused here. The task allows both: `*`, not `+`.",
)  # fmt: skip
rules.slip(
    "found[2].strip(), answer.strip()", "found[2].strip(), answer", name="wanted_not_stripped",
    seen="What is between the tags is read rightly. Is there white space around what is *wanted*?",
    why="White space around the text in the tags is taken away here, but not that around `answer`. The "
    "task compares both without it.",
)  # fmt: skip
rules.slip(
    "    if number(told) is not None and number(wanted) is not None:\n"
    "        told, wanted = number(told), number(wanted)\n", "",
    name="float_string",
    seen="Where both are written alike it is right. Is 0.5 another number than 1/2?",
    why="The answers are compared letter by letter here, so 0.5 is not 1/2, and 042 is not 42. Where "
    "both are numbers, compare numbers: `Fraction` reads both ways to write them.",
)  # fmt: skip
rules.slip(
    'return {"format": 1.0, "accuracy": float(told == wanted)}',
    'return {"format": float(told == wanted), "accuracy": float(told == wanted)}',
    name="one_reward",
    seen="Right answers earn what they should. What is wrong with the form of a wrong answer?",
    why="A wrong answer gets no reward for its format here. The two rules are asked one by one: the form "
    "can be right where the number is not.",
)  # fmt: skip
rules.slip(
    "except (ValueError, ZeroDivisionError)", "except ValueError", name="divides_by_zero",
    seen="Nearly always it is right. What is `Fraction(\"1/0\")`?",
    why="A model may write anything, 1/0 as well. `Fraction` raises a `ZeroDivisionError` for it, and "
    "the whole training stops. It is no number, so it is compared as a text.",
)  # fmt: skip

FORM = re.compile(r"\s*<think>.*</think>\s*<answer>(.*)</answer>\s*", re.DOTALL)


def found(completion):
    once = all(completion.count(tag) == 1 for tag in TAGS)
    return FORM.fullmatch(completion) if once else None


def number(text):
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def equal(told, answer):
    if number(told) is not None and number(answer) is not None:
        return number(told) == number(answer)
    return told.strip() == answer.strip()


@rules.misconception(
    seen="With the right form it is right. What does a right number earn without its tags?",
    why="The last number earns the accuracy here, whatever the form. Then nobody knows which text is the "
    "answer, and a model learns to write many numbers. Without the right form the accuracy is 0.",
)
def format_required_for_zero(completion, answer):
    match = found(completion)
    numbers = re.findall(r"-?\d+(?:[./]\d+)?", completion)
    told = match[1] if match else (numbers[-1] if numbers else "")
    return {"format": float(match is not None), "accuracy": float(equal(told, answer))}


@rules.misconception(
    seen="Where both are small decimal numbers it is right. What does `float` make of 1/2, and of "
    "2**53 + 1?",
    why="`float` reads 0.5 but not 1/2, and it rounds: 2**53 and 2**53 + 1 become the same. `Fraction` "
    "reads both and is exact.",
)
def as_floats(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    try:
        same = float(match[1]) == float(answer)
    except ValueError:
        same = match[1].strip() == answer.strip()
    return {"format": 1.0, "accuracy": float(same)}


@rules.misconception(
    seen="Where the numbers are clearly different it is right. Is 0.333333333 a third?",
    why="Numbers that are close count as equal here. A third is not 0.333333333, and no tolerance is in "
    "the task: fractions are compared exactly.",
)
def nearly(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    same = equal(match[1], answer)
    if number(match[1]) is not None and number(answer) is not None:
        same = abs(number(match[1]) - number(answer)) < Fraction(1, 10**6)
    return {"format": 1.0, "accuracy": float(same)}


@rules.misconception(
    seen="Where nothing but the number is between the tags it is right. Is *142* the answer 42?",
    why="The answer may be anywhere between its tags here. Then a model that lists all numbers is always "
    "right. What is between the tags has to *be* the answer.",
)
def answer_inside(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    same = equal(match[1], answer) or answer.strip() in match[1]
    return {"format": 1.0, "accuracy": float(same)}


@rules.misconception(
    seen="With both tags it is right. Which tags does the form have?",
    why="Only the answer's tags are asked for here. The form has a thought first, which may be empty, in "
    "tags of its own.",
)
def no_thought_needed(completion, answer):
    form = re.fullmatch(
        r"\s*(?:<think>.*</think>)?\s*<answer>(.*)</answer>\s*", completion, re.DOTALL
    )
    if form is None or any(completion.count(tag) > 1 for tag in TAGS):
        return {"format": 0.0, "accuracy": 0.0}
    return {"format": 1.0, "accuracy": float(equal(form[1], answer))}


@rules.misconception(
    seen="For numbers it is right. Is *rose* the same text as *Rose*?",
    why="Capitals make no difference here. Texts are compared letter by letter in the task.",
    convention=True,
)
def case_ignored(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    return {"format": 1.0, "accuracy": float(equal(match[1].lower(), answer.lower()))}


@rules.misconception(
    seen="Without white space around a word it is right. What is around it?",
    why="White space around the text counts here. Numbers are read without it, and words are to be "
    "compared without it as well: `strip`.",
)
def not_stripped(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    same = match[1] == answer
    if number(match[1]) is not None and number(answer) is not None:
        same = number(match[1]) == number(answer)
    return {"format": 1.0, "accuracy": float(same)}


@rules.misconception(
    seen="With tags it is right. What does the bare answer earn, without any?",
    why="A completion that is nothing but the right answer earns the accuracy here. Where the format is "
    "wrong, the accuracy is 0 as well.",
)
def bare_answer_earns(completion, answer):
    match = found(completion)
    told = match[1] if match else completion
    return {"format": float(match is not None), "accuracy": float(equal(told, answer))}


@rules.misconception(
    seen="Where the form is right it is right. What is the accuracy where no thought has tags?",
    why="The accuracy asks for the answer's tags alone here. Where the format is wrong, the accuracy is "
    "0 as well, whatever is between the answer's tags.",
)
def answer_tags_suffice(completion, answer):
    inside = re.search("<answer>(.*?)</answer>", completion, re.DOTALL)
    right = inside is not None and equal(inside[1], answer)
    return {"format": float(found(completion) is not None), "accuracy": float(right)}


@rules.misconception(
    seen="Where each text has other tags at most once it is right. May a thought have an answer inside?",
    why="Each text is kept free of its *own* tags only here. Then a thought may hold answers, and an "
    "answer thoughts. None of the four tags may be inside a text.",
)
def own_tags_only(completion, answer):
    thought, told = (f"((?:(?!</?{tag}>).)*)" for tag in ("think", "answer"))
    form = rf"\s*<think>{thought}</think>\s*<answer>{told}</answer>\s*"
    match = re.fullmatch(form, completion, re.DOTALL)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    return {"format": 1.0, "accuracy": float(equal(match[2], answer))}


@rules.misconception(
    seen="For numbers it is right. What if the answer is a word?",
    why="What is no number is never right here. Texts that `Fraction` cannot read are compared letter by "
    "letter.",
)
def words_never_right(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    told, wanted = number(match[1]), number(answer)
    return {"format": 1.0, "accuracy": float(told is not None and told == wanted)}


@rules.misconception(
    seen="For numbers it is right. Is *new york* the answer, if *york* is?",
    why="A word counts as right here wherever it is between the tags. What is between the tags has to "
    "*be* the answer.",
)
def word_inside(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    numbers = number(match[1]) is not None and number(answer) is not None
    same = equal(match[1], answer) if numbers else answer.strip() in match[1]
    return {"format": 1.0, "accuracy": float(same)}


@rules.misconception(
    seen="For plain numbers it is right. Does `Fraction` read 1,000?",
    why="Commas, units and full stops are taken away here before the texts are compared. A grader of "
    "mathematics may do so. In the task a text is what it is: 1,000 is no number for `Fraction`.",
    convention=True,
)
def cleaned(completion, answer):
    match = found(completion)
    if match is None:
        return {"format": 0.0, "accuracy": 0.0}
    told, wanted = (re.sub(r"[,$]|\.$", "", text.strip()) for text in (match[1], answer))
    return {"format": 1.0, "accuracy": float(equal(told, wanted))}


@rules.alternative
def by_splitting(completion, answer):
    parts = re.split(r"(</?(?:think|answer)>)", completion)
    good = parts[1::2] == list(TAGS) and not "".join(parts[::4]).strip()
    return {"format": float(good), "accuracy": float(good and equal(parts[6], answer))}
