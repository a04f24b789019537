"""What prose says without digits: numbers in words, and quotations.

Owns how they are found and what bears them out. A number in words needs its digits in what a cell
holds or prints, a link in its sentence, or a line that only authors see, with the reason:

    % counted: half a million documents: an epoch of the town's mixture

A quotation of four words or more stands in a cell or in what it prints, or has a link in its
paragraph, or such a line: `% quoted: its beginning: where it stands`.
"""

import re
from itertools import count

from autograder.exercise.chapter import CELL

CITED = "](@)"  # what is left of a link
NOT_SAID = (
    CELL,
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),  # front matter
    re.compile(r"^%.*$", re.MULTILINE),  # for authors
    re.compile(r"^:text: .*$", re.MULTILINE),  # typed into a playground
    re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL),
    re.compile(r"`[^`\n]+`"),
)

# ---- numbers in words

BELOW_TWENTY = "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
WORDS = dict(zip(f"{BELOW_TWENTY} sixteen seventeen eighteen nineteen".split(), count(3)))
DIGITS = {"one": 1, "two": 2} | {word: value for word, value in WORDS.items() if value < 10}
WORDS |= dict(zip(TENS.split(), count(20, 10)))
WORDS |= {f"{ten}-{digit}": WORDS[ten] + DIGITS[digit] for ten in TENS.split() for digit in DIGITS}
SHARES = {"half": 1 / 2, "a third": 1 / 3, "two thirds": 2 / 3, "a quarter": 1 / 4,
          "three quarters": 3 / 4}  # fmt: skip

UNIT = "|".join(sorted(WORDS, key=len, reverse=True))
SCALE = "|".join(SCALES)
NUMBER = re.compile(
    rf"\b(?P<share>{'|'.join(SHARES)})(?= (?:of|an?|the|as)\b)(?! an? (?:{SCALE}))"
    rf"|(?<!\d )\b(?:(?P<first>half an?|an?|one|two|{UNIT}) )?"
    rf"(?P<scales>(?:{SCALE})(?: (?:{SCALE}))*)(?![-\w])"
    rf"|\b(?P<many>{SCALE})s\b"
    rf"|\b(?P<unit>{UNIT})(?![-\w])",
    re.IGNORECASE,
)
NEAR = 0.1  # a number in words may be rounded
GIVEN = re.compile(r"(?:Take|Suppose|Say|Imagine)\b")  # such a sentence makes its own numbers
SECONDS = re.compile(r" seconds\b")  # what a cell takes, which is another number each time


def spelt_out(text: str) -> list[tuple[str, str]]:
    """(sentence, number) for each number in words, from three on, that a text claims."""
    return [
        (sentence, number[0])
        for sentence in sentences(text)
        if not GIVEN.match(sentence)
        for number in NUMBER.finditer(sentence)
        if not SECONDS.match(sentence, number.end())
    ]


def sentences(text: str) -> list[str]:
    return [
        each for paragraph in paragraphs(text) for each in re.split(r"(?<=[.?!:])\s", paragraph)
    ]


def paragraphs(text: str) -> list[str]:
    """Prose without code, formulas and addresses."""
    for pattern in NOT_SAID:
        text = pattern.sub(" ", text)
    text = re.sub(r"\]\([^)]*\)", CITED, text)
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]


def is_shown(number: str, shown: str) -> bool:
    """Are a number's digits in this text, or, from twenty on, digits close to it?"""
    found = NUMBER.fullmatch(number) or NUMBER.match(f"{number} of")
    numbers = digits(shown)
    if found["share"]:
        value = SHARES[found["share"].lower()]
        return any(close(n, value) or close(n, 100 * value) for n in numbers)
    if found["many"]:
        least = SCALES[found["many"].lower()]
        return any(least <= n < 1000 * least for n in numbers)
    value = worth(found)
    return value in numbers or (value >= 20 and any(close(n, value) for n in numbers))


def worth(found: re.Match) -> float:
    if found["unit"]:
        return WORDS[found["unit"].lower()]
    first = (found["first"] or "a").lower()
    value = 0.5 if first.startswith("half") else (WORDS | DIGITS | {"a": 1, "an": 1})[first]
    for scale in found["scales"].lower().split():
        value *= SCALES[scale]
    return value


def close(number: float, value: float) -> bool:
    return abs(number - value) <= NEAR * value


def digits(shown: str) -> set[float]:
    """All numbers of a text, powers and fractions of whole numbers worked out."""
    found = {float(n.replace(",", "")) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", shown)}
    found |= {float(n) for n in re.findall(r"\d(?:\.\d+)?e[+-]?\d\d?\b", shown)}
    found |= {float(int(a) ** int(b)) for a, b in re.findall(r"\b(\d\d?) ?\*\* ?(\d\d?)\b", shown)}
    return found | {int(a) / int(b) for a, b in re.findall(r"\b(\d+) ?/ ?([1-9]\d*)\b", shown)}


# ---- quotations

QUOTED = re.compile(r"“([^“”]+)”|(?<![\w=])\"([^\"]+)\"(?!\w)")


def quotations(text: str) -> list[tuple[str, str]]:
    """(paragraph, quotation) for each one of four words or more."""
    return [
        (paragraph, words)
        for paragraph in paragraphs(text)
        for quoted in QUOTED.finditer(paragraph)
        if len(bare(words := quoted[1] or quoted[2]).split()) >= 4
    ]


def bare(text: str) -> str:
    """Only letters and digits, so that marks and broken lines do not matter."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


# ---- lines for authors


def reasons(text: str, kind: str) -> list[str]:
    """What the lines `% counted: ...` or `% quoted: ...` of a chapter begin with."""
    lines = re.findall(rf"^% {kind}: (.+)$", text, re.MULTILINE)
    assert all(": " in line for line in lines), f"say why: {lines}"
    return [line.partition(": ")[0].lower() for line in lines]
