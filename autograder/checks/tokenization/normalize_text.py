"""Checks and misconceptions for `normalize_text`."""

import re
import unicodedata

from autograder.checks.tokenization import pick
from autograder.exercise import Exercise

SPELLINGS = ("Rose", "café", "Zu\u0308rich", "ﬁn", "№", "ÉCOLE", "Łódź", "ß", "中文", "２")
CAPITALS = ("Rose", "WALKS", "Home", "Tiny", "TOWN", "MÚSICA", "Östlich", "Δέλτα")
ACCENTS = ("café", "déjà", "Zu\u0308rich", "Łódź", "naïve", "señor", "cafe\u0301", "čas")
FORMS = ("ﬁn", "№", "２", "x²", "㎏", "Ⅳ", "ﬂat", "Ｃafé", "½")


def spellings(g):
    def words(options, gaps=(" ",), count=3):
        pairs = zip(pick(g, options, count), pick(g, gaps, count), strict=True)
        return "".join(word + gap for word, gap in pairs).rstrip(" ")

    blanks = words(("one", "Step", "more"), ("\t\t", "\n\n", " \n", "\t "), 4) + " "
    rarer = words(("one", "Step", "more"), ("\u00a0\u00a0", "\r\n", "\u3000", "\x0b", "\u2003 "), 4)
    text = words(SPELLINGS, (" ", "  ", "\t", "\n", " \u00a0"), 6) + "\n"
    return {
        "capitals are made small": ("Rose " + words(CAPITALS), True, False, False, False),
        "accents are dropped": ("café " + words(ACCENTS), False, True, False, False),
        "runs of spaces are squeezed": (
            "    ".join(["", *pick(g, ("one", "step", "more"), 2), ""]), False, False, False, True),
        "tabs and newlines are squeezed": (blanks, False, False, False, True),
        "there are blanks of other kinds": (rarer, False, False, False, True),
        "a ligature and other forms are unified": ("ﬁ " + words(FORMS), False, False, True, False),
        "nothing is switched on": (" Ｃafé  " + words(SPELLINGS) + "\n", False, False, False, False),
        "capitals carry accents": ("ÉCOLE ΣΟΦΊΑ", True, False, False, False),
        "letters beyond ASCII have no accent": ("Straße 中文 Łuk", False, True, False, False),
        "an accent is a character of its own": ("cafe\u0301", False, True, False, False),
        "that accent is to stay": ("cafe\u0301", False, False, True, False),
        "accents go and ligatures stay": ("ﬁancé x²", False, True, False, False),
        "syllables are made of letters": ("각 é", False, True, False, False),
        "marks are not Latin": ("कुत्ता", False, True, False, False),
        "a sign holds a capital": ("№ 5", True, False, True, False),
        "a sign holds an accent": ("ǆ", False, True, True, False),
        "a sign holds a space": ("a ¨b", False, False, True, True),
        "there is a sharp s": ("Die Straße", True, False, False, False),
        "all four are switched on": (text, True, True, True, True),
    }  # fmt: skip


normalize = Exercise(
    "tokenization.normalize_text",
    title="One spelling for what is the same",
    points=1, difficulty=1, minutes=10, optional=True, examples=spellings,
)  # fmt: skip


@normalize.oracle("tokenizers.normalizers")
def _(s, lower, strip_accents, nfkc, squeeze):
    from tokenizers import Regex, normalizers

    steps = [
        (nfkc, normalizers.NFKC()),
        (strip_accents, normalizers.BertNormalizer(False, False, True, False)),
        (lower, normalizers.Lowercase()),
        (squeeze, normalizers.Replace(Regex(r"\s+"), " ")),
        (squeeze, normalizers.Strip()),
    ]
    return normalizers.Sequence([step for switch, step in steps if switch]).normalize_str(s)


@normalize.claim("two spellings of one word become one: café with one character or with two")
def _(answer):
    switches = False, True, False, False
    once = answer("caf\u00e9", *switches)
    assert once == answer("cafe\u0301", *switches)
    assert once != answer("step", *switches)


@normalize.claim("all four together leave small letters without accents, and single spaces")
def _(answer):
    assert answer(" № 5:\tﬁne  Café ", True, True, True, True) == "no 5: fine cafe"


@normalize.claim("without a switch the text comes back as it was", universal=True)
def _(answer):
    text = " Ｃafé  de\u0301jà\n"
    assert answer(text, False, False, False, False) == text


@normalize.claim("what has been normalised is not changed by normalising again", universal=True)
def _(answer):
    once = answer(" № 5:\tﬁne  Café ", True, True, True, True)
    assert answer(once, True, True, True, True) == once


normalize.slip(
    '"NFKC"', '"NFC"', name="canonical_only",
    seen="The ligature is still one character. Which of Unicode's forms takes ﬁ for fi?",
    why="These are the strings of NFC, which only joins letters with their accents. The K in NFKC "
    "stands for compatibility: it also writes ﬁ as fi and № as No.",
)  # fmt: skip
normalize.slip(
    '"NFKC"', '"NFKD"', name="compatible_and_apart",
    seen="ﬁ and № are right. Of how many characters is é made now?",
    why="These are the strings of NFKD, which leaves letters and their accents apart. The C in NFKC "
    "stands for composed: é is one character afterwards.",
)  # fmt: skip
normalize.slip(
    '"NFD"', '"NFKD"', name="compatible_decomposition",
    seen="Accents were to go. What became of the ligature?",
    why="These are the strings of NFKD, which takes ligatures apart as well. Only letters and "
    "accents are to be separated: NFD.",
)  # fmt: skip
normalize.slip(
    'unicodedata.normalize("NFD", s)', "s", name="not_taken_apart",
    seen="The accent goes where it is a character of its own. How many characters is é?",
    why="Code that drops marks without taking characters apart first gives these strings. é is "
    "usually one character; `unicodedata.normalize('NFD', ...)` makes it two.",
)  # fmt: skip
normalize.slip(
    'unicodedata.category(c) != "Mn"', "ord(c) < 128", name="ascii_only",
    seen="The accents are gone, and so is more. What are ß and 中 without their accents?",
    why="Code that keeps ASCII only gives these strings. ß, Ł and 中 carry no accent, so they "
    "stay: drop the characters of category Mn and no others.",
)  # fmt: skip
normalize.slip(
    "s.lower()", "s.casefold()", name="case_folded",
    seen="What is a small ß?",
    why="These are the strings of `casefold`, which is for comparing and writes ß as ss. Lower case "
    "leaves it as it is.",
)  # fmt: skip
normalize.slip(
    "s.lower()", 'regex.sub("[A-Z]", lambda m: m[0].lower(), s)', name="lower_ascii",
    seen="A to Z were made small. Which other capitals are there?",
    why="Code that knows 26 capitals gives these strings. É and Σ are capitals as well; "
    "`str.lower` knows them all.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', "s.strip()", name="ends_only",
    seen="The ends are clean. What happens between the words?",
    why="These are the strings of `strip`, which works at the two ends. Each run of whitespace in "
    "between becomes one space as well.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', '"".join(s.split())', name="spaces_removed",
    seen="Where does one word end and the next begin?",
    why="Code that removes whitespace gives these strings. A run of it becomes *one* space.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', 'regex.sub(" +", " ", s).strip()', name="spaces_only",
    seen="Runs of spaces became one. What else is whitespace?",
    why="Code that squeezes spaces alone gives these strings. Tabs, newlines and the no-break "
    "space are whitespace too; `split()` without an argument knows them.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', 'regex.sub(" +", " ", s)', name="spaces_only_and_ends_kept",
    seen="Runs of spaces became one. What else is whitespace, and what is left at the two ends?",
    why="These are the strings of code that squeezes spaces alone and leaves one at either end, as "
    "`sub(' +', ' ', s)` does. `split()` without an argument knows all whitespace and leaves no ends.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', 'regex.sub("[ \\t\\n]+", " ", s).strip(" \\t\\n")', name="three_blanks_only",
    seen="Spaces, tabs and newlines are squeezed. Which other blanks does Unicode have?",
    why="These are the strings of code that knows three kinds of whitespace. The carriage return, the "
    "no-break space and others are whitespace too; `split()` without an argument knows them all.",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', '" ".join(s.split(" "))', name="gaps_as_they_were",
    seen="The gaps are as they were. What does `split(' ')` make of two spaces, and who keeps what "
    "`join` returns?",
    why="The last step leaves the text as it was. `split(' ')` cuts at every single space, and `join` "
    "puts each one back: `split()` takes a whole run. And strings do not change in place: `s = ...`",
)  # fmt: skip
normalize.slip(
    '" ".join(s.split())', r'regex.sub(r"\s+", " ", s)', name="ends_kept",
    seen="Between words all is well. What is left at the two ends?",
    why="Code that leaves one space at either end gives these strings. None should stay there.",
)  # fmt: skip
normalize.slip(
    'unicodedata.category(c) != "Mn"', "not unicodedata.combining(c)", name="marks_that_combine",
    seen="One mark of कुत्ता is left. Which category has it?",
    why="Code that asks `unicodedata.combining` gives these strings. That number says in which order "
    "marks are written, and is 0 for some of them. Drop the characters of category Mn.",
)  # fmt: skip
normalize.slip(
    'unicodedata.category(c) != "Mn"', 'unicodedata.category(c)[0] != "M"', name="marks_of_all_kinds",
    seen="One mark of कुत्ता was to stay. Which category has it?",
    why="Code that drops all categories of marks gives these strings. The last sign of कुत्ता has a "
    "width of its own (Mc); only the nonspacing ones, Mn, are dropped.",
)  # fmt: skip
normalize.slip(
    'unicodedata.category(c) != "Mn"', 'not "\u0300" <= c <= "\u036f"', name="marks_of_one_block",
    seen="The accents of é and Ó go. Which marks do other scripts have?",
    why="Code that drops U+0300 to U+036F gives these strings. Other scripts have marks of their own, "
    "elsewhere: drop the characters of category Mn.",
)  # fmt: skip
for step, old, new in (
    ("nfkc", 's = unicodedata.normalize("NFKC", s)', 'unicodedata.normalize("NFKC", s)'),
    ("strip_accents", 's = "".join(c for', '"".join(c for'),
    ("lower", "s = s.lower()", "s.lower()"),
):
    normalize.slip(
        old, new, name=f"{step}_changes_nothing",
        seen=f"`{step}` changes nothing. What becomes of a result that is given no name?",
        why="This step leaves the text as it was. Strings do not change in place: `s = s.lower()`.",
    )  # fmt: skip
normalize.slip(
    's = "".join(c for c in apart if unicodedata.category(c) != "Mn")', "s = apart",
    name="marks_kept",
    seen="é looks as before. Of how many characters is it made now?",
    why="Characters were taken apart, and all of them were kept. Drop those of category Mn, and keep "
    "the result: strings do not change in place, `s = ...`",
)  # fmt: skip


@normalize.alternative
def by_filter_of_categories(s, lower, strip_accents, nfkc, squeeze):
    s = unicodedata.normalize("NFKC", s) if nfkc else s
    if strip_accents:
        apart = unicodedata.normalize("NFD", s)
        s = "".join(filter(lambda c: unicodedata.category(c) != "Mn", apart))
    s = s.lower() if lower else s
    return re.sub(r"\s+", " ", s).strip() if squeeze else s


@normalize.alternative
def by_pattern(s, lower, strip_accents, nfkc, squeeze):
    import regex

    if nfkc:
        s = unicodedata.normalize("NFKC", s)
    if strip_accents:
        s = regex.sub(r"\p{Mn}", "", unicodedata.normalize("NFD", s))
    if lower:
        s = s.lower()
    if squeeze:
        s = regex.sub(r"^\s+|\s+$", "", regex.sub(r"\s+", " ", s))
    return s
