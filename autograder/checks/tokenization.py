"""Checks and misconceptions for chapters/1_nlp/03_tokenization.md."""

import math
import re
import unicodedata
from collections import Counter
from itertools import pairwise

import torch

from autograder.exercise import Exercise


def pick(g, options, count=1):
    """Some of the options, drawn with replacement."""
    return [options[i] for i in torch.randint(len(options), (count,), generator=g).tolist()]


def spelled(g, letters, shortest, longest):
    """A random word of these letters."""
    (length,) = torch.randint(shortest, longest + 1, (1,), generator=g).tolist()
    return "".join(pick(g, letters, length))


def greedy(word, known, better):
    """At each place the known piece that is best by some measure, or one unknown character."""
    tokens, rest = [], word
    while rest:
        fitting = [rest[:end] for end in range(1, len(rest) + 1) if rest[:end] in known]
        tokens.append(max(fitting, key=better, default=rest[0]))
        rest = rest[len(tokens[-1]) :]
    return tokens


# --------------------------------------------------------------------------- normalize_text

SPELLINGS = ("Rose", "café", "Zu\u0308rich", "ﬁn", "№", "ÉCOLE", "Łódź", "ß", "中文", "２")


def spellings(g):
    drawn = pick(g, SPELLINGS, 6)
    gaps = pick(g, (" ", "  ", "\t", "\n", " \u00a0"), 6)
    text = "".join(word + gap for word, gap in zip(drawn, gaps, strict=True))
    return {
        "capitals are made small": ("Rose WALKS home", True, False, False, False),
        "accents are dropped": ("café, déjà", False, True, False, False),
        "runs of spaces are squeezed": ("  one   step ", False, False, False, True),
        "tabs and newlines are squeezed": ("one\t\tstep\n\nmore", False, False, False, True),
        "a ligature and other forms are unified": ("ﬁn № ２", False, False, True, False),
        "nothing is switched on": (" Ｃafé\n", False, False, False, False),
        "capitals carry accents": ("ÉCOLE ΣΟΦΊΑ", True, False, False, False),
        "letters beyond ASCII have no accent": ("Straße 中文 Łuk", False, True, False, False),
        "an accent is a character of its own": ("cafe\u0301", False, True, False, False),
        "that accent is to stay": ("cafe\u0301", False, False, True, False),
        "accents go and ligatures stay": ("ﬁancé x²", False, True, False, False),
        "syllables are made of letters": ("각 é", False, True, False, False),
        "marks are not Latin": ("कुत्ता", False, True, False, False),
        "a sign holds a capital": ("№ 5", True, False, True, False),
        "there is a sharp s": ("Die Straße", True, False, False, False),
        "all four are switched on": (text, True, True, True, True),
    }


normalize = Exercise(
    "tokenization.normalize_text",
    title="One spelling for what is the same",
    points=1, difficulty=1, minutes=10, examples=spellings,
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
    '" ".join(s.split())', 'regex.sub(" +", " ", s).strip(" ")', name="spaces_only",
    seen="Runs of spaces became one. What else is whitespace?",
    why="Code that squeezes spaces alone gives these strings. Tabs, newlines and the no-break "
    "space are whitespace too; `split()` without an argument knows them.",
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
    seen="Between words all is well. What stands at the two ends?",
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


@normalize.misconception(
    seen="The text comes back as it went in. What becomes of a result that is given no name?",
    why="No step changes the text. Strings do not change in place: `s = s.lower()`.",
)
def nothing_changes(s, lower, strip_accents, nfkc, squeeze):
    return s


@normalize.misconception(
    seen="Each switch alone is right. What if two are on?",
    why="Code that stops after the first step that is switched on gives these strings, as `elif` "
    "does, or a `return` in each branch. Each step has an `if` of its own.",
)
def first_step_only(s, lower, strip_accents, nfkc, squeeze):
    if nfkc:
        return by_pattern(s, False, False, True, False)
    if strip_accents:
        return by_pattern(s, False, True, False, False)
    return by_pattern(s, lower, False, False, squeeze and not lower)


@normalize.misconception(
    seen="One sign brought a capital along. Which step should come last of the two?",
    why="These are the strings of lower case *before* NFKC. № has no small form; NFKC writes it as "
    "No, and only then is there a capital to make small.",
)
def lowered_first(s, lower, strip_accents, nfkc, squeeze):
    s = s.lower() if lower else s
    s = unicodedata.normalize("NFKC", s) if nfkc else s
    if strip_accents:
        s = "".join(c for c in unicodedata.normalize("NFD", s) if unicodedata.category(c) != "Mn")
    return " ".join(s.split()) if squeeze else s


@normalize.misconception(
    seen="Got and wanted look alike on the screen. How many characters has each?",
    why="Code that puts what is left together again (NFC) gives these strings. That is a sensible "
    "habit; BERT leaves it apart, and a Korean syllable becomes its two or three letters.",
    convention=True,
)
def put_together_again(s, lower, strip_accents, nfkc, squeeze):
    s = by_pattern(s, False, strip_accents, nfkc, False)
    s = unicodedata.normalize("NFC", s) if strip_accents else s
    return by_pattern(s, lower, False, False, squeeze)


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


# ------------------------------------------------------------------------ gpt2_pretokenize

FRAGMENTS = ("one", "Été", "2026", "we'll", "IT'S", "x²", "?!", "_a1", "🙂", "日本", "7.5", "don't")


def lines_of_text(g):
    drawn = pick(g, FRAGMENTS, 7)
    gaps = pick(g, (" ", " ", "  ", "\n", " \t", ""), 7)
    return {
        "there are three words": ("One step more",),
        "a full stop follows": ("One step. More.",),
        "a contraction is in small letters": ("we'll say it's",),
        "a contraction is in capitals": ("WE'LL SAY",),
        "apostrophes stand before letters and after digits": ("'tis the 90's",),
        "two spaces stand between words": ("one  step",),
        "lines end": ("one\n step\n\nmore",),
        "the text ends in two spaces": ("one  ",),
        "letters are not in ASCII": ("à Łódź 日本",),
        "there are numbers": ("in 2026, 31415 days",),
        "letters and digits touch": ("room 12b, x1_y2",),
        "numerals are no digits": ("x5² is ½?",),
        "there is an emoji": ("yes 🙂🙂 no",),
        "the text is empty": ("",),
        "much comes together": ("".join(a + b for a, b in zip(drawn, gaps, strict=True)),),
    }


pretokenize = Exercise(
    "tokenization.gpt2_pretokenize",
    title="GPT-2's scissors",
    points=2, difficulty=2, minutes=15, examples=lines_of_text,
)  # fmt: skip


@pretokenize.oracle("tokenizers.pre_tokenizers.ByteLevel")
def _(s):
    from tokenizers.pre_tokenizers import ByteLevel

    pieces = ByteLevel(add_prefix_space=False).pre_tokenize_str(s)
    return [s[start:end] for _, (start, end) in pieces]


@pretokenize.claim("joined, the pieces are the text again, every space of it")
def _(answer):
    for text in ("  Rose's 2 cats,\tx² \n\n日本 🙂 ", "one  step"):
        pieces = answer(text)
        assert "".join(pieces) == text
        assert 1 < len(pieces) < len(text)


@pretokenize.claim("a word takes the one space before it along, and no other")
def _(answer):
    assert answer("a b") == ["a", " b"]
    assert answer("a   b") == ["a", "  ", " b"]


@pretokenize.claim(
    "but for tails of contractions, letters, numerals and signs are never in one piece"
)
def _(answer):
    for text in ("b2b?ok", "_é9", "x²?", "½b?"):
        pieces = answer(text)
        assert isinstance(pieces, list)
        assert all(pieces)
        kinds = [{unicodedata.category(c)[0] for c in piece} for piece in pieces]
        assert all(len(kind) == 1 or not kind & {"L", "N"} for kind in kinds)
        assert len(pieces) > 1


pretokenize.slip(
    r'''r"'(?:s|t|re|ve|m|ll|d)",''', "", name="contractions_whole",
    seen="What becomes of the apostrophe in *we'll*?",
    why="These are the pieces without the first rule, or with another tried before it: the apostrophe "
    "becomes a sign of its own. The tails 's 't 're 've 'm 'll 'd come before everything else.",
)  # fmt: skip
pretokenize.slip(
    "'(?:", "'(?i:", name="contractions_any_case",
    seen="A consistent choice, made by a later model. What does GPT-2 do with WE'LL?",
    why="These are the pieces of a pattern that takes contractions in any case, as the tokenizer of "
    "GPT-4 does. GPT-2's knows small letters only, so WE'LL falls into WE, ' and LL.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    "'(?:s", r"(?<=\p{L})'(?:s", name="tails_after_letters",
    seen="Two tails lost their apostrophe, in *'tis* and *90's*. What stands before it?",
    why="Code that looks for a letter before the apostrophe gives these pieces. GPT-2's first rule "
    "does not ask what stands there.",
)  # fmt: skip
pretokenize.slip(
    "|d)", r"|d)\b", name="tails_at_the_end_of_a_word",
    seen="The 't of *'tis* lost its apostrophe. What follows it?",
    why="Code that lets a tail end only where the word ends (`\\b`) gives these pieces. GPT-2's first "
    "rule does not ask what follows.",
)  # fmt: skip
pretokenize.slip(
    "(?:s", "(s", name="capturing_group",
    seen="Most pieces are empty. What does `findall` return when a pattern has a group in round "
    "brackets?",
    why="With a group that captures, `findall` returns what the group took, and not the piece. "
    "`(?:...)` groups without capturing.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{L}+"', r'r"\p{L}+"', name="space_alone",
    seen="Who takes the space between two words?",
    why="These are the pieces of a pattern in which letters take no space along. The one space "
    "before a word belongs to it: ` ?` in front.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{L}+"', r'r"\p{L}+ ?"', name="space_behind",
    seen="Each word has a space. On which side?",
    why="These are the pieces of words that take the space *behind* them. In GPT-2 a word takes "
    "the one before it, so that the end of a line and the middle of it give the same piece.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{L}+"', r'r" *\p{L}+"', name="all_spaces_taken",
    seen="How many spaces may a word take along?",
    why="These are the pieces of words that take every space before them. One is enough: ` ?` in "
    "place of ` *`. The others are a piece of their own.",
)  # fmt: skip
pretokenize.slip(
    r"\p{L}+" + '"', r"\w+" + '"', name="word_characters",
    seen="Digits and underscores ended up among the letters. What does `\\w` match?",
    why="These are the pieces of `\\w`, which takes letters, digits and the underscore. Letters of "
    "any script are `\\p{L}`.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\p{N}"', name="single_digits",
    seen="A choice that many later models make. How long is a number in GPT-2?",
    why="These are the pieces of a pattern that takes digits one by one, as Llama's does (and "
    "town-gpt's). GPT-2 takes all digits that stand together.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\p{N}{1,3}"', name="three_digits",
    seen="A choice that a later model makes. How long is a number in GPT-2?",
    why="These are the pieces of a pattern that takes at most three digits, as the tokenizer of "
    "GPT-4 does. GPT-2 takes all digits that stand together.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\d+"', name="numerals_lost",
    seen="Joined, the pieces are shorter than the text. Which rule should have taken the ²?",
    why="`\\d` takes the digits 0 to 9 of any script. The ² and the ½ are numerals without being "
    "digits: `\\p{N}` takes them, and no other rule does.",
)  # fmt: skip
pretokenize.slip(
    r'''r"\s+(?!\S)",''', "", name="runs_of_space",
    seen="After two spaces, which of them belongs to the word?",
    why="These are the pieces without the fifth rule: a run of whitespace takes all, and nothing is "
    "left for the word. A look-ahead, *not* before something visible, gives the last one back.",
)  # fmt: skip
pretokenize.slip(
    r"(?!\S)", r"(?=\s)", name="before_whitespace",
    seen="At the end of the text two spaces come apart. What follows the last one?",
    why="These are the pieces of a look-ahead that asks for *more whitespace*. At the end there is "
    "none, and the run gives up its last space to nobody. Ask that *nothing visible* follows.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?[^\s\p{L}\p{N}]+"', r'r" ?\W+"', name="signs_and_spaces",
    seen="Spaces went along with signs, and an underscore was lost. What does `\\W` match?",
    why="Code with `\\W` in the fourth rule gives these pieces. It matches whitespace, and not the "
    "underscore: the rule asks for what is no whitespace, letter or numeral, `[^\\s\\p{L}\\p{N}]`.",
)  # fmt: skip
pretokenize.slip(
    'regex.findall("|".join(pieces), s)', '[p.strip() for p in regex.findall("|".join(pieces), s)]',
    name="pieces_stripped",
    seen="The cuts are right, and the spaces are gone. Who can put them back?",
    why="Whitespace was taken off the pieces. Joined, they are to be the text again: return them as "
    "they were found.",
)  # fmt: skip


def found(s, *rules):
    """The pieces of a pattern that begins and ends as GPT-2's does."""
    import regex

    return regex.findall("|".join([r"'(?:s|t|re|ve|m|ll|d)", *rules, r"\s+(?!\S)", r"\s+"]), s)


@pretokenize.misconception(
    seen="Joined, the pieces are not the text. Where are its spaces?",
    why="These are the pieces of `split()`, which throws whitespace away. A tokenizer has to give "
    "back the very text it was given.",
)
def split_at_whitespace(s):
    return s.split()


@pretokenize.misconception(
    seen="Which letters are not between a and z?",
    why="These are the pieces of `[A-Za-z]`. An é counts as a sign there, and falls out of its word. "
    "`\\p{L}` is a letter of any script.",
)
def ascii_letters(s):
    return found(s, r" ?[A-Za-z]+", r" ?[0-9]+", r" ?[^\sA-Za-z0-9]+")


@pretokenize.misconception(
    seen="Is ½ a number? Unicode thinks so.",
    why="These are the pieces of `\\d` in place of `\\p{N}`. Superscripts and fractions are numerals "
    "(category No) without being digits (Nd); GPT-2 puts them with the numbers.",
)
def digits_for_numerals(s):
    return found(s, r" ?\p{L}+", r" ?\d+", r" ?[^\s\p{L}\d]+")


@pretokenize.misconception(
    seen="A word took a line break along. What may stand in front of it?",
    why="These are the pieces of `\\s?`, which takes any whitespace along. A word takes one *space*, "
    "` ?`; tabs and line breaks stay by themselves.",
)
def any_whitespace_taken(s):
    return found(s, r"\s?\p{L}+", r"\s?\p{N}+", r"\s?[^\s\p{L}\p{N}]+")


@pretokenize.misconception(
    seen="Digits and underscores ended up among the letters. What does `\\w` match?",
    why="These are the pieces of `\\w`, which takes letters, digits and the underscore together. Use "
    "`\\p{L}` and `\\p{N}`, each with a rule of its own.",
)
def words_of_any_sign(s):
    return found(s, r" ?\w+", r" ?[^\s\w]+")


@pretokenize.misconception(
    seen="What does `\\w` match besides letters? And after two spaces, which belongs to the word?",
    why="These are the pieces of `\\w`, which takes letters, digits and the underscore together: use "
    "`\\p{L}` and `\\p{N}`, each with a rule of its own. And a run of spaces has to leave its last one "
    "to the word: a look-ahead, *not* before something visible.",
)
def words_and_the_rest(s):
    return re.findall(r"'(?:s|t|re|ve|m|ll|d)| ?\w+| ?[^\s\w]+|\s+", s)


@pretokenize.alternative
def by_finditer(s):
    import regex

    pattern = regex.compile(
        r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
    )
    return [match.group() for match in pattern.finditer(s)]


@pretokenize.alternative
def by_scanning(s):
    """No pattern: one character after the other."""

    def sort(c):
        return "space" if c.isspace() else {"L": "letter", "N": "number"}.get(
            unicodedata.category(c)[0], "sign"
        )  # fmt: skip

    pieces, i = [], 0
    while i < len(s):
        tails = [t for t in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if s.startswith(t, i)]
        if tails:
            end = i + len(tails[0])
        else:
            j = i + (s[i] == " " and i + 1 < len(s) and not s[i + 1].isspace())
            end = j
            while end < len(s) and sort(s[end]) == sort(s[j]):
                end += 1
            if sort(s[j]) == "space" and end < len(s) and end - i > 1:
                end -= 1
        pieces.append(s[i:end])
        i = end
    return pieces


# ------------------------------------------------------------------------ bytes_to_unicode


def nothing_to_draw(g):
    return {"it is called": ()}


table = Exercise(
    "tokenization.bytes_to_unicode",
    title="A face for every byte",
    points=1, difficulty=1, minutes=10, examples=nothing_to_draw,
)  # fmt: skip


@table.oracle("transformers.convert_slow_tokenizer.bytes_to_unicode")
def _():
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers.convert_slow_tokenizer import bytes_to_unicode as theirs

    assert set(theirs().values()) == set(ByteLevel.alphabet())
    return theirs()


@table.claim("each of the 256 bytes has a character of its own, none of them a blank")
def _(answer):
    faces = answer()
    assert sorted(faces) == list(range(256))
    assert len(set(faces.values())) == 256
    assert all(len(face) == 1 and face.isprintable() for face in faces.values())
    assert not any(face.isspace() for face in faces.values())


@table.claim("the space is Ġ, the newline is Ċ, and letters are themselves")
def _(answer):
    faces = answer()
    assert [faces[byte] for byte in b" \nAz~"] == ["Ġ", "Ċ", "A", "z", "~"]


table.slip(
    "*range(161, 173), *range(174, 256)", "", name="ascii_only_kept",
    seen="ASCII is right. Which bytes above 126 print as they are?",
    why="These are the characters of a table that keeps ASCII only. 161 to 172 and 174 to 255 are "
    "printable in Unicode too (¡ to ÿ), and stay.",
)  # fmt: skip
table.slip(
    "*range(161, 173), *range(174, 256)", "*range(161, 256)", name="soft_hyphen_kept",
    seen="One byte keeps a character that nobody can see. What is number 173?",
    why="173 is the soft hyphen, which shows only where a line breaks. It is moved like the control "
    "codes, and with it all that come after.",
)  # fmt: skip
table.slip(
    "range(33, 127)", "range(32, 127)", name="space_kept",
    seen="What does a space look like in a list of tokens?",
    why="These are the characters of a table in which the space stays a space. It is the first "
    "byte one would want to see; it is moved to Ġ.",
)  # fmt: skip
table.slip(
    "range(33, 127)", "range(33, 128)", name="delete_kept",
    seen="127 has a name, and no face. Which?",
    why="Byte 127 is the control code DEL. The visible part of ASCII ends at 126, the tilde; a "
    "`range` ends before its second number.",
)  # fmt: skip
table.slip(
    "chr(256 + len(table) - len(visible))", "chr(256 + byte)", name="moved_by_256",
    seen="The space is Ġ, so the beginning is right. What comes after 256 + 32, for byte 127?",
    why="These are the characters 256 + byte. The bytes that move are numbered among themselves: 33 "
    "of them come before 127, which so gets 256 + 33.",
)  # fmt: skip


@table.misconception(
    seen="The tilde, byte 126, has moved. Where does `range(33, 126)` end?",
    why="A `range` ends before its second number, so the bytes 126, 172 and 255 were left out. Write "
    "127, 173 and 256.",
)
def last_ones_left_out():
    kept = [*range(33, 126), *range(161, 172), *range(174, 255)]
    moved = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(256 + n) for n, b in enumerate(moved)}


@table.misconception(
    seen="256 characters, and some of them cannot be seen. What does `print(chr(10))` show?",
    why="This is the table of Latin-1, every byte as the character of its number. Control codes and "
    "the space cannot be seen; they need other characters.",
)
def latin_1():
    return {byte: chr(byte) for byte in range(256)}


@table.misconception(
    seen="It is right, read from right to left. What does one look up while encoding?",
    why="This table goes from characters to bytes, which is what decoding needs. Here the keys are "
    "bytes.",
    convention=True,
)
def turned_round():
    return {face: byte for byte, face in by_filter().items()}


@table.misconception(
    seen="What are the keys, and what are the values?",
    why="The values are numbers of characters. `chr` gives the character itself.",
)
def numbers_for_characters():
    return {byte: ord(face) for byte, face in by_filter().items()}


@table.alternative
def by_filter():
    kept = [b for b in range(256) if chr(b).isprintable() and not chr(b).isspace()]
    moved = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(256 + n) for n, b in enumerate(moved)}


@table.alternative
def by_counting():
    faces, n = {}, 0
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174:
            faces[byte] = chr(byte)
        else:
            faces[byte], n = chr(256 + n), n + 1
    return faces


# ------------------------------------------------------------------------------- train_bpe

HUGS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}


def corpora(g):
    words = [spelled(g, "abn", 2, 7) for _ in range(9)]
    freqs = torch.randint(1, 9, (9,), generator=g).tolist()
    return {
        "three merges are learned from five words": (HUGS, 3),
        "one word is frequent": ({"ab": 9, "cd": 2, "cde": 2, "dcd": 1}, 1),
        "a merge changes the counts": ({"abc": 5, "abd": 3, "bce": 2, "ce": 4}, 4),
        "a word holds a pair twice": ({"banana": 3, "nab": 2}, 4),
        "a pair stands twice in one word only": ({"nana": 2, "bat": 3}, 2),
        "two neighbours are alike": ({"aaa": 3, "bc": 5}, 2),
        "three of a kind are joined": ({"aaab": 4, "aab": 1}, 3),
        "a symbol ends as the pair begins": ({"ca": 9, "cab": 2, "ab": 5}, 3),
        "two pairs are equally frequent": ({"xy": 2, "ab": 2, "ad": 3, "ac": 3}, 3),
        "a symbol is younger than all characters": ({"ab": 5, "abz": 2, "zy": 2}, 2),
        "a letter comes before a joined symbol": ({"by": 4, "bya": 2, "ya": 2, "yb": 1}, 3),
        "all pairs occur once": ({"low": 1, "new": 1}, 3),
        "nothing is left to join": ({"ab": 2, "c": 3}, 5),
        "no merge is asked for": ({"ab": 2}, 0),
        "words are drawn at random": (dict(zip(words, freqs, strict=True)), 8),
    }


train = Exercise(
    "tokenization.train_bpe",
    fast_track=True,
    title="Learning the merges",
    points=4, difficulty=3, minutes=35, examples=corpora,
)  # fmt: skip


@train.oracle("tokenizers.trainers.BpeTrainer")
def _(word_freqs, num_merges):
    import json

    from tokenizers import Tokenizer, models, trainers

    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=10_000, show_progress=False)
    words = [word for word, count in word_freqs.items() for _ in range(count)]
    tokenizer.train_from_iterator(words, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(pair) for pair in merges[:num_merges]]


@train.claim("a word counts as often as it occurs, and three times everything changes nothing")
def _(answer):
    assert answer({"ab": 7, "cd": 3, "dcd": 2}, 1) == [("a", "b")]
    thrice = {word: 3 * count for word, count in HUGS.items()}
    assert answer(thrice, 3) == answer(HUGS, 3) == [("u", "g"), ("u", "n"), ("h", "ug")]


@train.claim("both halves of a merge are characters, or were made by an earlier merge")
def _(answer):
    made = set("hugspnb")
    merges = answer(HUGS, 5)
    assert len(set(merges)) == 5
    for first, second in merges:
        assert first in made
        assert second in made
        made.add(first + second)
    assert "hug" in made


@train.claim("fewer merges are the beginning of more merges")
def _(answer):
    corpus = {"tata": 4, "tab": 6, "bat": 1}
    four = answer(corpus, 4)
    assert four[:2] == answer(corpus, 2) == [("t", "a"), ("ta", "b")]
    assert len(four) == 4


train.slip(
    "+= word_freqs[word]", "+= 1", name="unweighted",
    seen="A word that occurs once weighs as much as one that occurs nine times. What is in "
    "`word_freqs`?",
    why="These are the merges of counts in which each distinct word counts once. A pair counts as "
    "often as its word occurs.",
)  # fmt: skip
train.slip(
    "-counts[p]", "counts[p]", name="least_frequent",
    seen="Which pair should be joined first?",
    why="These are the merges of the *rarest* pair. With `min`, the count needs a minus; or use `max`.",
)  # fmt: skip
train.slip(
    "min(counts, key=lambda p: (-counts[p], number[p[0]], number[p[1]]))",
    "max(counts, key=counts.get)", name="ties_to_the_first_seen",
    seen="Only where counts are equal is there a difference. Who wins a tie?",
    why="Code in which a tie goes to the pair seen first, as in minbpe, gives these merges. There "
    "the order of the words matters; here the tie goes to the older symbols, whatever the order.",
    convention=True,
)  # fmt: skip
train.slip(
    "min(counts, key=lambda p: (-counts[p], number[p[0]], number[p[1]]))",
    "max(counts, key=lambda p: (counts[p], p))", name="ties_to_the_greatest",
    seen="Only where counts are equal is there a difference. Who wins a tie?",
    why="Code in which a tie goes to the pair that is last in the alphabet, the rule of "
    "Stanford's CS336, gives these merges. Here it goes to the older symbols.",
    convention=True,
)  # fmt: skip
train.slip(
    "min(counts, key=lambda p: (-counts[p], number[p[0]], number[p[1]]))",
    "min(counts, key=lambda p: (-counts[p], p))", name="ties_by_alphabet",
    seen="Ties among characters are right. How old is a symbol that was joined?",
    why="Code in which a tie goes to the pair that is first in the alphabet gives these merges. A "
    "joined symbol is younger than every character, whatever its letters are.",
    convention=True,
)  # fmt: skip
train.slip(
    ", number[p[0]], number[p[1]])", ", -number[p[0]], -number[p[1]])", name="ties_to_the_younger",
    seen="Only where counts are equal is there a difference. Who wins a tie?",
    why="Code in which a tie goes to the *younger* symbol gives these merges. The smaller number wins: "
    "with `max`, the numbers need a minus.",
)  # fmt: skip
train.slip(
    ", number[p[0]], number[p[1]])", ", number[p[0]])", name="ties_by_first_symbol",
    seen="Two pairs have the same count and the same first symbol. Who wins?",
    why="These are the merges of a tie rule that asks for the first symbol only. If that is the "
    "same, the second decides.",
)  # fmt: skip
train.slip(
    'sorted(set("".join(word_freqs)))', 'dict.fromkeys("".join(word_freqs))', name="numbered_as_met",
    seen="Only where counts are equal is there a difference. Which of two characters is the older?",
    why="These are the merges of characters numbered in the order in which they were met. Here they "
    "are numbered by code point, so that the order of the words does not matter.",
    convention=True,
)  # fmt: skip
train.slip(
    "in pairwise(symbols)", "in set(pairwise(symbols))", name="pairs_once_per_word",
    seen="A word may hold a pair twice. How often does it count?",
    why="These are the merges of pairs counted once per word. Every place counts: *banana* holds "
    "(a, n) twice.",
)  # fmt: skip
train.slip(
    'symbols[i : i + 2] = ["".join(best)]',
    'symbols[i : i + 2] = ["".join(best)]\n                    break', name="first_place_only",
    seen="The same pair is learned twice. In how many places of a word is it joined?",
    why="Code that joins a pair once in each word gives these merges. *banana* holds (a, n) "
    "twice; join it wherever it stands.",
)  # fmt: skip
train.slip(
    "if not counts:", "if False:", name="no_end",
    seen="There was nothing left to join. What is the most frequent of no pairs?",
    why="When every word is one symbol there are no pairs, and `min` or `max` of nothing raises. "
    "Stop there.",
)  # fmt: skip
train.slip(
    "if not counts:", "if not counts or max(counts.values()) < 2:", name="once_is_not_enough",
    seen="A consistent choice: pairs that occur once are left. Who asked for that?",
    why="Code that stops at pairs seen once, as the program of the BPE paper does, gives these "
    "merges. Here training goes on while there is any pair.",
    convention=True,
)  # fmt: skip
train.slip(
    "len(merges) < num_merges", "len(number) < num_merges", name="vocabulary_size",
    seen="How many merges came back, and how many were asked for?",
    why="These are the merges until the *vocabulary* has `num_merges` entries, characters included, "
    "which is how libraries count. Here the number of merges is given.",
    convention=True,
)  # fmt: skip
train.slip(
    "merges.append(best)", 'merges.append("".join(best))', name="joined_strings",
    seen="From *hug* alone, can one tell whether h met ug, or hu met g?",
    why="These are the joined symbols. A merge is the pair of its two halves, since the same string "
    "can be joined in two ways.",
)  # fmt: skip


train.slip(
    "merges.append(best)", "merges.append(list(best))", name="pairs_as_lists",
    seen="The merges are right. Can a list be looked up in a dict?",
    why="The pairs came back as lists. Tuples are asked for: they can be keys, as they will have to "
    "be when merges get ranks.",
)  # fmt: skip


def counted(splits, freqs):
    """Pairs of neighbours, weighted, in a Counter."""
    counts = Counter()
    for word, symbols in splits.items():
        for pair in pairwise(symbols):
            counts[pair] += freqs[word]
    return counts


def by_age(counts, number):
    """The exercise's order of pairs: the most frequent first, ties to the older symbol."""
    return lambda pair: (-counts[pair], number[pair[0]], number[pair[1]])


def joined(symbols, best):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == best:
            out.append("".join(best))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def joined_with_overlap(symbols, best):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == best:
            out.append("".join(best))
            i += 1 if tuple(symbols[i + 1 : i + 3]) == best else 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def joined_from_the_end(symbols, best):
    turned = [symbol[::-1] for symbol in symbols[::-1]]
    return [symbol[::-1] for symbol in joined(turned, (best[1][::-1], best[0][::-1]))[::-1]]


def joined_as_text(symbols, best):
    return " ".join(symbols).replace(" ".join(best), "".join(best)).split()


def trained(word_freqs, num_merges, join=joined, count=counted, start=list):
    """BPE with some of its steps exchanged."""
    splits = {word: start(word) for word in word_freqs}
    characters = sorted({symbol for symbols in splits.values() for symbol in symbols})
    number = {symbol: i for i, symbol in enumerate(characters)}
    merges = []
    while len(merges) < num_merges and (counts := count(splits, word_freqs)):
        best = min(counts, key=by_age(counts, number))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        splits = {word: join(symbols, best) for word, symbols in splits.items()}
    return merges


@train.misconception(
    seen="The first merge is right. What has changed once it is done?",
    why="These are the most frequent pairs of *characters*, counted once at the start. Each merge "
    "makes new neighbours: count again after it.",
)
def counted_once(word_freqs, num_merges):
    splits = {word: list(word) for word in word_freqs}
    number = {symbol: i for i, symbol in enumerate(sorted(set("".join(word_freqs))))}
    counts = counted(splits, word_freqs)
    return sorted(counts, key=by_age(counts, number))[:num_merges]


@train.misconception(
    seen="The same pair is learned again and again. What do the words look like after a merge?",
    why="Code in which every word stays as it was gives these merges. Keep the joined word: it is the "
    "one to count in next.",
)
def words_as_they_were(word_freqs, num_merges):
    return trained(word_freqs, num_merges, join=lambda symbols, best: symbols)


@train.misconception(
    seen="The first merge is right. With what does the second count begin?",
    why="Code that goes on counting in the same Counter gives these merges. The pairs of one round "
    "are gone in the next: begin each with an empty one.",
)
def counts_added_up(word_freqs, num_merges):
    kept = Counter()

    def count(splits, freqs):
        kept.update(counted(splits, freqs))
        return kept

    return trained(word_freqs, num_merges, count=count)


@train.misconception(
    seen="Differences come with letters that repeat. How often does *aaa* hold the pair (a, a)?",
    why="These are the merges of counts without overlap, in which aaa holds (a, a) once. That is "
    "what can be joined there; but programs count every place, two, and so does the rule here.",
    convention=True,
)
def counted_apart(word_freqs, num_merges):
    def count(splits, freqs):
        counts = Counter()
        for word, symbols in splits.items():
            last = None
            for pair in pairwise(symbols):
                if pair == last and pair[0] == pair[1]:
                    last = None
                else:
                    counts[pair] += freqs[word]
                    last = pair
        return counts

    return trained(word_freqs, num_merges, count=count)


@train.misconception(
    seen="Letters that repeat come out longer than they went in. What happens to the second half "
    "of a pair once it is joined?",
    why="Code that turns aaa into aa aa gives these merges. The middle letter was used twice: "
    "after a join, go on behind it.",
)
def used_twice(word_freqs, num_merges):
    return trained(word_freqs, num_merges, join=joined_with_overlap)


@train.misconception(
    seen="Where three letters are alike, which two of them are joined?",
    why="Code that joins from the right (aaa becomes a aa) gives these merges. Go from left to "
    "right: aa a.",
)
def joined_from_the_right(word_freqs, num_merges):
    return trained(word_freqs, num_merges, join=joined_from_the_end)


@train.misconception(
    seen="Two symbols were joined that are no pair. Does 'ca b' hold the text 'a b'?",
    why="These are the merges of `replace` on words written with blanks: in 'ca b' it finds 'a b', "
    "although the symbol there is ca. Compare symbols, not text.",
)
def replaced_in_text(word_freqs, num_merges):
    return trained(word_freqs, num_merges, join=joined_as_text)


@train.misconception(
    seen="A sign </w> ends each word. Whose BPE is that?",
    why="These are the merges of the original program, which marks the end of a word with </w>. "
    "GPT-2 marks the beginning instead, by the space; here a word is its characters and no more.",
    convention=True,
)
def end_of_word(word_freqs, num_merges):
    return trained(word_freqs, num_merges, start=lambda word: [*word, "</w>"])


@train.misconception(
    seen="A pair was learned that stands in no word. Where does one word end?",
    why="These are the merges of one long text. Pairs are counted inside words: the last letter of "
    "one and the first of the next never meet.",
)
def across_words(word_freqs, num_merges):
    text = "".join(word * count for word, count in word_freqs.items())
    return trained({text: 1}, num_merges)


@train.alternative
def by_counter_and_sort(word_freqs, num_merges):
    symbols = sorted(set("".join(word_freqs)))
    splits, merges = {word: tuple(word) for word in word_freqs}, []
    for _ in range(num_merges):
        counts = Counter()
        for word, parts in splits.items():
            for i in range(len(parts) - 1):
                counts[parts[i], parts[i + 1]] += word_freqs[word]
        if not counts:
            return merges
        ages = {symbol: i for i, symbol in reversed(list(enumerate(symbols)))}
        a, b = sorted(counts, key=lambda p: (-counts[p], ages[p[0]], ages[p[1]]))[0]
        merges.append((a, b))
        symbols.append(a + b)
        splits = {word: tuple(joined(list(parts), (a, b))) for word, parts in splits.items()}
    return merges


@train.alternative
def by_ids(word_freqs, num_merges):
    """Numbers in place of symbols, as minbpe does it."""
    symbols = sorted({c for word in word_freqs for c in word})
    words = [([symbols.index(c) for c in word], count) for word, count in word_freqs.items()]
    merges = []
    while len(merges) < num_merges:
        counts = {}
        for ids, count in words:
            for pair in pairwise(ids):
                counts[pair] = counts.get(pair, 0) + count
        if not counts:
            break
        top = max(counts.values())
        a, b = min(pair for pair, count in counts.items() if count == top)
        made = symbols[a] + symbols[b]
        merges.append((symbols[a], symbols[b]))
        new = symbols.index(made) if made in symbols else len(symbols)
        symbols += [made] * (new == len(symbols))
        for ids, _ in words:
            i = 0
            while i + 1 < len(ids):
                if (ids[i], ids[i + 1]) == (a, b):
                    ids[i : i + 2] = [new]
                i += 1
    return merges


# ------------------------------------------------------------------------------ bpe_encode

HUG_RANKS = {("u", "g"): 0, ("u", "n"): 1, ("h", "ug"): 2}


def words_with_ranks(g):
    symbols, ranks = ["a", "b", "c"], {}
    while len(ranks) < 9:  # as in training: both halves are there before the pair
        a, b = pick(g, symbols, 2)
        if a + b not in symbols and len(a + b) < 6:
            ranks[a, b] = len(ranks)
            symbols.append(a + b)
    other_order = dict(sorted(ranks.items(), key=lambda item: -item[1]))
    return {
        "two merges apply in turn": ("hug", HUG_RANKS),
        "a letter is left over": ("bug", HUG_RANKS),
        "the first pair of the word was learned last": ("abc", {("b", "c"): 0, ("a", "b"): 1}),
        "the first pair of the word was learned first": ("abc", {("a", "b"): 0, ("b", "c"): 1}),
        "two merges stand side by side": ("abcd", {("a", "b"): 0, ("c", "d"): 1}),
        "the end of the word is joined first": (
            "abc",
            {("b", "c"): 0, ("a", "bc"): 1, ("a", "b"): 2},
        ),
        "a longer piece exists but cannot be reached": (
            "abc",
            {("b", "c"): 0, ("a", "b"): 1, ("ab", "c"): 2},
        ),
        "a pair stands in two places": ("abxab", {("a", "b"): 0}),
        "joined pairs are joined": ("abab", {("a", "b"): 0, ("ab", "ab"): 1}),
        "three letters are alike": ("aaa", {("a", "a"): 0}),
        "a symbol ends as the pair begins": ("cab", {("c", "a"): 0, ("a", "b"): 1}),
        "a symbol ends as a pair begins that also stands elsewhere": (
            "abcab",
            {("c", "a"): 0, ("a", "b"): 1},
        ),
        "a pair was learned before a longer one": (
            "abcbc",
            {("b", "c"): 0, ("a", "bc"): 1, ("bc", "bc"): 2},
        ),
        "the ranks are not listed in order": ("abc", {("a", "b"): 1, ("b", "c"): 0}),
        "no merge applies": ("xyz", HUG_RANKS),
        "there is one letter": ("u", HUG_RANKS),
        "the word is empty": ("", HUG_RANKS),
        "word and merges are drawn at random": (spelled(g, "abc", 12, 12), other_order),
        "another word is drawn": (spelled(g, "abcd", 15, 15), ranks),
    }


encode = Exercise(
    "tokenization.bpe_encode",
    fast_track=True,
    title="Replaying the merges", needs=("train_bpe",),
    points=2, difficulty=2, minutes=15, examples=words_with_ranks,
)  # fmt: skip


@encode.oracle("tokenizers.models.BPE")
def _(word, ranks):
    from tokenizers import models

    merges = in_order(ranks)
    symbols = [*word, *(half for pair in merges for half in pair), *map("".join, merges)]
    vocab = {symbol: i for i, symbol in enumerate(dict.fromkeys(symbols))}
    return [token.value for token in models.BPE(vocab, merges).tokenize(word)]


@encode.claim("joined, the pieces are the word again, and no two neighbours are left to join")
def _(answer):
    ranks = {("l", "o"): 0, ("lo", "w"): 1, ("e", "r"): 2}
    pieces = answer("slower", ranks)
    assert "".join(pieces) == "slower"
    assert len(pieces) == 3
    assert not set(pairwise(pieces)) & set(ranks)


@encode.claim("the pair that was learned first is joined first, wherever it stands")
def _(answer):
    assert answer("bcd", {("c", "d"): 0, ("b", "c"): 1}) == ["b", "cd"]
    assert answer("bcd", {("c", "d"): 1, ("b", "c"): 0}) == ["bc", "d"]


@encode.claim("without merges a word is its letters")
def _(answer):
    assert answer("pun", {}) == ["p", "u", "n"]
    assert answer("pun", {("u", "n"): 0}) == ["p", "un"]


encode.slip(
    "min(pairs", "max(pairs", name="highest_rank",
    seen="Two pairs overlap. Which of them was learned first?",
    why="Code that joins the pair of *highest* rank gives these pieces. The merges are replayed "
    "in the order they were learned: the lowest rank comes first.",
)  # fmt: skip
encode.slip(
    "min(pairs, key=ranks.get)", "pairs[0]", name="left_to_right",
    seen="The first pair of the word was joined. Was it also learned first?",
    why="Code that joins whatever pair comes first in the word gives these pieces. The ranks "
    "decide, not the place.",
)  # fmt: skip
encode.slip(
    "min(pairs, key=ranks.get)", 'max(pairs, key=lambda p: len("".join(p)))', name="longest_pair",
    seen="The pair that makes the longest symbol was joined. Was it also learned first?",
    why="Code that joins the longest pair gives these pieces. The ranks decide, not the length.",
)  # fmt: skip
encode.slip(
    "min(pairs, key=ranks.get)", "min(pairs)", name="alphabetical",
    seen="Two pairs overlap. What decides between them?",
    why="Code that takes the first pair of the alphabet gives these pieces. `min` compares the "
    "pairs themselves: give it their ranks, `key=ranks.get`.",
)  # fmt: skip
encode.slip(
    'symbols[i : i + 2] = ["".join(best)]\n            i += 1',
    'symbols[i : i + 2] = ["".join(best)]\n            i += 1\n        return symbols',
    name="one_merge_only",
    seen="One pair was joined, everywhere. What may its join be a half of?",
    why="These are the pieces after a single merge. Go on as long as some pair of neighbours has a "
    "rank.",
)  # fmt: skip


def in_order(ranks):
    return sorted(ranks, key=ranks.get)


def replayed(word, pairs, join=joined):
    """Each of these pairs joined once."""
    symbols = list(word)
    for pair in pairs:
        symbols = join(symbols, pair)
    return symbols


@encode.misconception(
    seen="The longest piece was taken. Does BPE ever look for long pieces?",
    why="These are the pieces of the longest match from the left, which is how WordPiece encodes. "
    "BPE replays its merges: a pair that was learned early can cut a longer piece in two.",
)
def longest_match(word, ranks):
    return greedy(word, set(map("".join, ranks)), better=len)


@encode.misconception(
    seen="The pairs of letters are joined. Which new neighbours has that made?",
    why="Code that looks up the pairs of the *letters* and no others gives these pieces. After "
    "each join there are new neighbours, and some of them have a rank.",
)
def pairs_of_letters_only(word, ranks):
    there = set(pairwise(word))
    return replayed(word, [pair for pair in in_order(ranks) if pair in there])


@encode.misconception(
    seen="Right as long as `ranks` is listed in order. What are its values for?",
    why="Code that goes through `ranks` as it is listed gives these pieces. A dict may be in any "
    "order: the numbers say what was learned first.",
)
def in_the_order_of_the_dict(word, ranks):
    return replayed(word, ranks)


@encode.misconception(
    seen="Where three letters are alike, which two of them are joined?",
    why="Code that joins from the right (aaa becomes a aa) gives these pieces. Go from left to "
    "right: aa a.",
)
def from_the_right(word, ranks):
    return replayed(word, in_order(ranks), joined_from_the_end)


@encode.misconception(
    seen="Letters came out that did not go in. What happens to the second half of a pair once it is "
    "joined?",
    why="Code that turns aaa into aa aa gives these pieces. The middle letter was used twice: "
    "after a join, go on behind it.",
)
def letters_used_twice(word, ranks):
    return replayed(word, in_order(ranks), joined_with_overlap)


@encode.misconception(
    seen="Two symbols were joined that are no pair. Does 'ca b' hold the text 'a b'?",
    why="These are the pieces of `replace` on a word written with blanks: in 'ca b' it finds 'a b', "
    "although the symbol there is ca. Compare symbols, not text.",
)
def replaced_in_word(word, ranks):
    return replayed(word, in_order(ranks), joined_as_text)


@encode.misconception(
    seen="Two symbols were joined that are no pair. Does 'ca b' hold the text 'a b'?",
    why="Code that looks for the pair of lowest rank, and then joins it by `replace` on a word "
    "written with blanks, gives these pieces. Compare symbols, not text.",
)
def replaced_where_found(word, ranks):
    symbols = list(word)
    while pairs := [pair for pair in pairwise(symbols) if pair in ranks]:
        symbols = joined_as_text(symbols, min(pairs, key=ranks.get))
    return symbols


@encode.misconception(
    seen="Each pair is joined in one place. Where else does it stand?",
    why="Code that tries each merge once and joins one place gives these pieces. Join the pair "
    "wherever it stands, or go on until no pair is left.",
)
def one_place_per_merge(word, ranks):
    def join(symbols, pair):
        places = [i for i, two in enumerate(pairwise(symbols)) if two == pair]
        if places:
            symbols[places[0] : places[0] + 2] = ["".join(pair)]
        return symbols

    return replayed(word, in_order(ranks), join)


@encode.misconception(
    seen="Pairs were joined that were never learned. What if no neighbours are in `ranks`?",
    why="Code that always joins the pair of lowest rank, also where `ranks.get(pair, inf)` is "
    "infinite for all of them, gives these pieces. Stop as soon as no pair is in `ranks`.",
)
def joined_to_the_end(word, ranks):
    return [word] if word else []


@encode.misconception(
    seen="Where one symbol is left there are no pairs. What is the lowest rank of nothing?",
    why="`min` of nothing raises, and a word that became one symbol, or began as one, has no pairs. "
    "Stop before you ask for the lowest rank.",
)
def no_pairs_left(word, ranks):
    symbols = list(word)
    while True:
        best = min(pairwise(symbols), key=lambda pair: ranks.get(pair, float("inf")))
        if best not in ranks:
            return symbols
        symbols = joined(symbols, best)


@encode.alternative
def in_training_order(word, ranks):
    """Each merge once, in the order they were learned: enough, as halves are older than pairs."""
    return replayed(word, in_order(ranks))


@encode.alternative
def one_place_at_a_time(word, ranks):
    symbols = list(word)
    while True:
        known = [(ranks[pair], i) for i, pair in enumerate(pairwise(symbols)) if pair in ranks]
        if not known:
            return symbols
        _, i = min(known)
        symbols = [*symbols[:i], symbols[i] + symbols[i + 1], *symbols[i + 2 :]]


# ------------------------------------------------------------------------------ bpe_decode


def shown(text):
    """Text or bytes in the visible characters of byte-level vocabularies."""
    faces = by_filter()
    return "".join(faces[b] for b in (text if isinstance(text, bytes) else text.encode()))


def tokens_of(ids, vocab):
    tokens = {number: token for token, number in vocab.items()}
    return [tokens[number] for number in ids]


def bytes_of(tokens):
    back = turned_round()
    return bytes(back[c] for token in tokens for c in token)


def tokens_as_ids(g):
    tokens = [*map(shown, ("One", " step", ".", " ", "\n", "à", " déjà", "Ġ", "ü")),
              shown(b"\xf0\x9f"), shown(b"\x99\x82"),
              shown("!~\x7f\xa0\xa1\xac\xad\xae"), shown(b"a\xff")]  # fmt: skip
    numbers = torch.randperm(40, generator=g)[: len(tokens)].tolist()
    vocab = dict(zip(tokens, numbers, strict=True))
    one, step, stop, space, newline, a, deja, g_dot, u, front, back, rare, never = numbers
    drawn = pick(g, numbers, 12)
    return {
        "two words are decoded": ([one, step], vocab),
        "the text begins with a space": ([step, stop], vocab),
        "the text ends in a newline": ([one, stop, newline], vocab),
        "letters take two bytes": ([u, deja], vocab),
        "a letter has a byte that was moved": ([a, space, a], vocab),
        "an emoji is spread over two tokens": ([one, space, front, back], vocab),
        "half an emoji is missing at the end": ([one, front], vocab),
        "half an emoji is missing at the start": ([back, stop], vocab),
        "the text itself holds a Ġ": ([one, g_dot, step], vocab),
        "bytes lie where the visible ones begin and end": ([one, rare], vocab),
        "a byte is there that UTF-8 never has": ([never, stop], vocab),
        "there is no token": ([], vocab),
        "ids are drawn at random": (drawn, vocab),
    }


decode = Exercise(
    "tokenization.bpe_decode",
    title="Back to text", needs=("bytes_to_unicode", "bpe_encode"),
    points=2, difficulty=2, minutes=15, examples=tokens_as_ids,
)  # fmt: skip


@decode.oracle("tokenizers.decoders.ByteLevel")
def _(ids, vocab):
    from tokenizers.decoders import ByteLevel

    return ByteLevel().decode(tokens_of(ids, vocab))


SMALL = {"a": 5, "Ġtown": 3, "Ã": 8, "©": 1, shown(b"\x99"): 0}


@decode.claim("a Ġ is read as a space, also at the beginning")
def _(answer):
    assert answer([3, 5, 3], SMALL) == " towna town"


@decode.claim("bytes are put together before they are read: é may come in two tokens")
def _(answer):
    assert answer([5, 8, 1], SMALL) == "aé"


@decode.claim("whatever the ids, text comes back")
def _(answer):
    assert answer([8], SMALL) == "\ufffd"
    assert answer([5, 0, 5], SMALL) == "a\ufffda"


decode.slip(
    ', errors="replace"', "", name="strict",
    seen="Half a character is no text. What should a user see while the other half is on its way?",
    why='Without `errors="replace"` Python raises on bytes that are no UTF-8. A model may stop in the '
    "middle of a character; � stands for what cannot be read.",
)  # fmt: skip
decode.slip(
    'errors="replace"', 'errors="ignore"', name="ignored",
    seen="Something was there and left no trace. How does a reader learn of it?",
    why="These are the texts of `errors=\"ignore\"`, which drops what it cannot read. "
    '`errors="replace"` puts � in its place.',
)  # fmt: skip
decode.slip(
    '"utf-8"', '"latin-1"', name="read_as_latin_1",
    seen="é became two characters. How many bytes has it, and who joins them?",
    why="These are the texts of bytes read one by one, as Latin-1. In UTF-8 several bytes make one "
    "character.",
)  # fmt: skip
decode.slip(
    '.decode("utf-8", errors="replace")', '.decode("utf-8", errors="replace").strip()',
    name="stripped",
    seen="A space is missing at the beginning or the end. Was it part of the text?",
    why="These are the texts after `strip`. A token that begins with Ġ begins with a space, also "
    "where it comes first; otherwise a text written token by token would have none.",
)  # fmt: skip


decode.slip(
    '.decode("utf-8", errors="replace")', '.decode("utf-8", errors="replace").lstrip()',
    name="stripped_in_front",
    seen="A space is missing at the beginning. Was it part of the text?",
    why="These are the texts after `lstrip`. A token that begins with Ġ begins with a space, also "
    "where it comes first.",
)  # fmt: skip


@decode.misconception(
    seen="One byte that cannot be read, and all is gone. What of the text around it?",
    why="Code that returns one � as soon as the bytes are no UTF-8 gives these texts. "
    '`errors="replace"` puts it where something is missing and keeps the rest.',
)
def all_or_nothing(ids, vocab):
    try:
        return bytes_of(tokens_of(ids, vocab)).decode()
    except UnicodeDecodeError:
        return "\ufffd"


@decode.misconception(
    seen="Letters of two bytes are right within a token, and broken between two. When are bytes read?",
    why="These are the texts of tokens decoded one by one. A character may begin in one token and "
    "end in the next: put all bytes together, then read them.",
)
def token_by_token(ids, vocab):
    each = [bytes_of([token]) for token in tokens_of(ids, vocab)]
    return "".join(raw.decode("utf-8", errors="replace") for raw in each)


@decode.misconception(
    seen="English reads well. What does Ã© stand for?",
    why="These are the tokens with Ġ replaced by a space and nothing else. The other characters stand "
    "for bytes too: turn all of them into bytes and read those as UTF-8.",
)
def spaces_replaced(ids, vocab):
    return tokens_joined(ids, vocab).replace("Ġ", " ")


@decode.misconception(
    seen="English reads well. What does Ã© stand for?",
    why="These are the tokens with Ġ and Ċ replaced and nothing else. All characters of a token stand "
    "for bytes: turn each into its byte and read the bytes as UTF-8.",
)
def spaces_and_newlines_replaced(ids, vocab):
    return spaces_replaced(ids, vocab).replace("Ċ", "\n")


@decode.misconception(
    seen="What is a Ġ to somebody who reads the text?",
    why="These are the tokens as the vocabulary writes them. Each character stands for a byte, and "
    "the bytes are the text.",
)
def tokens_joined(ids, vocab):
    return "".join(tokens_of(ids, vocab))


@decode.misconception(
    seen="There are spaces that no token holds. Where are the spaces of the text?",
    why="These are the texts of tokens joined with blanks. The spaces are in the tokens already, as Ġ.",
)
def joined_with_blanks(ids, vocab):
    return b" ".join(bytes_of([t]) for t in tokens_of(ids, vocab)).decode(errors="replace")


@decode.misconception(
    seen="Ġ and most letters are right. Which byte does the character after Ġ, ġ, stand for?",
    why="These are the texts of `ord(c) % 256`. That is right for bytes up to 32, but the bytes from "
    "127 on were numbered among themselves: ġ is 256 + 33 and stands for byte 127.",
)
def modulo_256(ids, vocab):
    return bytes(ord(c) % 256 for c in tokens_joined(ids, vocab)).decode("utf-8", errors="replace")


@decode.misconception(
    seen="Which token has the id 3: the one at place 3?",
    why="`list(vocab)` is in the order of the file, not of the ids. Turn the dict round: id to token.",
)
def ids_as_places(ids, vocab):
    tokens = list(vocab)
    return bytes_of(tokens[number] for number in ids).decode(errors="replace")


@decode.alternative
def by_inverse(ids, vocab):
    return bytes_of(tokens_of(ids, vocab)).decode(errors="replace")


@decode.alternative
def by_arithmetic(ids, vocab):
    tokens = dict(map(reversed, vocab.items()))
    raw = bytearray()
    for c in "".join(map(tokens.get, ids)):
        n = ord(c) - 256
        raw.append(ord(c) if n < 0 else n if n < 33 else n + 94 if n < 67 else 173)
    return str(raw, "utf-8", "replace")


# ------------------------------------------------------------------------ wordpiece_encode

PIECES = "[UNK] h hu hug ##g ##gs ##s ##u ##n un ##aff ##able ##a p ##ug b bu g ##é é"
VOCAB = {piece: number for number, piece in enumerate(PIECES.split())}


def words_for_pieces(g):
    letters = ["a", "b", "c"]
    singles = [*letters, *("##" + c for c in letters)]
    longer = ["##" + spelled(g, letters, 2, 3) for _ in range(6)]
    drawn = [*singles, *longer, *(spelled(g, letters, 2, 4) for _ in range(5))]
    vocab = {piece: number for number, piece in enumerate(["[UNK]", *dict.fromkeys(drawn)])}
    return {
        "the word is in the vocabulary": ("hug", VOCAB, "[UNK]", 100),
        "the word has two pieces": ("hugs", VOCAB, "[UNK]", 100),
        "the word has three pieces": ("unaffable", VOCAB, "[UNK]", 100),
        "the longest beginning leads nowhere": (
            "hugs",
            {"hu": 0, "hug": 1, "##gs": 2, "<unk>": 3},
            "<unk>",
            100,
        ),
        "the last piece is missing": ("hugo", VOCAB, "[UNK]", 100),
        "the first piece is missing": ("yhu", VOCAB, "[UNK]", 100),
        "a piece is there only as a continuation": ("nu", VOCAB, "[UNK]", 100),
        "a piece is there only as a beginning": ("hub", VOCAB, "[UNK]", 100),
        "the word is longer than allowed": ("hugs", VOCAB, "[UNK]", 3),
        "the word is just as long as allowed": ("hugs", VOCAB, "[UNK]", 4),
        "letters of two bytes are counted": ("hué", VOCAB, "[UNK]", 3),
        "# itself is a piece": ("hug", {"[UNK]": 0, "h": 1, "#": 2, "###ug": 3}, "[UNK]", 100),
        "the word is empty": ("", VOCAB, "[UNK]", 100),
        "word and vocabulary are drawn at random": (
            spelled(g, letters, 14, 14),
            vocab,
            "[UNK]",
            20,
        ),
    }


pieces = Exercise(
    "tokenization.wordpiece_encode",
    title="The longest piece that fits",
    points=2, difficulty=2, minutes=15, examples=words_for_pieces,
)  # fmt: skip


@pieces.oracle("tokenizers.models.WordPiece")
def _(word, vocab, unk, max_chars=100):
    from tokenizers import models

    model = models.WordPiece(vocab, unk_token=unk, max_input_chars_per_word=max_chars)
    return [token.value for token in model.tokenize(word)]


@pieces.claim("without its ##, the pieces of a known word are the word")
def _(answer):
    cut = answer("hugs", {"hu": 0, "##g": 1, "##s": 2}, "[UNK]", 100)
    assert cut == ["hu", "##g", "##s"]
    assert "".join(cut).replace("##", "") == "hugs"


@pieces.claim("one missing piece makes the whole word unknown")
def _(answer):
    assert answer("hugs", {"hu": 0, "##g": 1}, "[UNK]", 100) == ["[UNK]"]
    assert answer("hug", {"hu": 0, "##g": 1}, "[UNK]", 100) == ["hu", "##g"]


@pieces.claim("a longer piece is preferred to two short ones")
def _(answer):
    vocab = {"a": 0, "##b": 1, "ab": 2, "##c": 3, "##bc": 4}
    assert answer("abc", vocab, "?", 100) == ["ab", "##c"]


@pieces.claim("where no limit is given, words of up to 100 characters are cut")
def _(answer):
    vocab = {"a": 0, "##a": 1}
    assert answer("a" * 100, vocab, "[UNK]") == ["a", *["##a"] * 99]
    assert answer("a" * 101, vocab, "[UNK]") == ["[UNK]"]


pieces.slip(
    "if len(word) > max_chars:", "if False:", name="no_limit",
    seen="What is `max_chars` for?",
    why="Code that cuts words of any length gives these pieces. A word of more than `max_chars` "
    "characters is unknown: the search takes time that grows with the square of its length.",
)  # fmt: skip
pieces.slip(
    "len(word) > max_chars", "len(word) >= max_chars", name="limit_too_early",
    seen="A word of exactly `max_chars` characters: is it too long?",
    why="Code that turns away words *of* `max_chars` characters gives these pieces. Only longer "
    "ones are unknown: `>`.",
)  # fmt: skip
pieces.slip(
    "len(word) > max_chars", "len(word.encode()) > max_chars", name="limit_in_bytes",
    seen="How long is é?",
    why="Code that counts bytes gives these pieces. The limit is in characters, and é is one.",
)  # fmt: skip
pieces.slip(
    '("##" if start > 0 else "")', '""', name="no_hashes",
    seen="Where does a reader of the tokens see that *s* continues a word?",
    why="Code that looks up, and returns, continuations without ## gives these pieces. A piece "
    "that does not begin the word has ## in front, in the vocabulary as well.",
)  # fmt: skip
pieces.slip(
    "if piece in vocab:", "if word[start:end] in vocab:", name="looked_up_without_hashes",
    seen="A piece came back that the vocabulary does not have. Under which name was it looked up?",
    why="Code that looks pieces up without ##, and puts it in front afterwards, gives these pieces. "
    "The vocabulary itself says which pieces may continue a word: look up ##s, not s.",
)  # fmt: skip
pieces.slip(
    '("##" if start > 0 else "")', '"##"', name="hashes_everywhere",
    seen="Which piece of a word continues nothing?",
    why="Code that puts ## before every piece gives these pieces. The one that begins the word "
    "has none.",
)  # fmt: skip
pieces.slip(
    "pieces.append(piece)", "pieces.append(word[start:end])", name="hashes_dropped",
    seen="The cuts are right. How would you tell *hug s* from *hugs*, given the tokens?",
    why="These are the pieces without their ##. It belongs to the token: ##s and s have different "
    "ids.",
)  # fmt: skip
pieces.slip(
    "pieces.append(piece)", "pieces.append(vocab[piece])", name="ids_returned",
    seen="The cuts are right. Are these tokens?",
    why="These are the ids of the pieces. The pieces themselves are asked for.",
)  # fmt: skip
pieces.slip(
    "if len(word) > max_chars:", "if not word or len(word) > max_chars:", name="nothing_is_unknown",
    seen="What is missing from an empty word?",
    why="The empty word came back as unknown. No piece of it is missing: it has none.",
)  # fmt: skip
pieces.slip(
    "range(len(word), start, -1)", "range(start + 1, len(word) + 1)", name="shortest_match",
    seen="From which end should the search begin?",
    why="These are the shortest pieces that fit. Try the whole rest of the word first, then one "
    "character less, and so on.",
)  # fmt: skip


def longest(word, vocab, start, end=None):
    """Ends of the pieces that fit at a place, longest first."""
    mark = "##" if start else ""
    return [e for e in range(end or len(word), start, -1) if mark + word[start:e] in vocab]


def marked(word, cuts):
    return [("##" if a else "") + word[a:b] for a, b in pairwise([0, *cuts])]


@pieces.misconception(
    seen="What may a reader conclude from two known pieces and one unknown?",
    why="Code that keeps the known beginning and appends the unknown token gives these pieces. "
    "One missing piece makes the whole word unknown.",
)
def known_beginning_kept(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [0]
    while cuts[-1] < len(word):
        if not (ends := longest(word, vocab, cuts[-1])):
            return [*marked(word, cuts[1:]), unk]
        cuts.append(ends[0])
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="One letter was unknown, and the rest was cut all the same. What becomes of the word?",
    why="Code that puts the unknown token in the place of one letter and goes on gives these "
    "pieces. One missing piece makes the *whole* word unknown.",
)
def unknown_letter_skipped(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out, start = [], 0
    while start < len(word):
        ends = longest(word, vocab, start)
        out.append(("##" if start else "") + word[start : ends[0]] if ends else unk)
        start = ends[0] if ends else start + 1
    return out


@pieces.misconception(
    seen="There is a way to cut it. Would a search that never looks back find it?",
    why="These are the pieces of a search that tries shorter beginnings when it is stuck. WordPiece "
    "is greedy: it takes the longest piece, and where it then cannot go on, the word is unknown.",
)
def looks_back(word, vocab, unk, max_chars=100):
    def cut(start):
        if start == len(word):
            return []
        for end in longest(word, vocab, start):
            rest = cut(end)
            if rest is not None:
                return [end, *rest]
        return None

    cuts = cut(0) if len(word) <= max_chars else None
    return [unk] if cuts is None else marked(word, cuts)


@pieces.misconception(
    seen="The long piece is at the wrong end. Where does the search begin?",
    why="These are the longest pieces from the *right*. The search begins at the first character.",
)
def from_the_end(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [len(word)] if word else []
    while cuts and cuts[0] > 0:
        starts = [s for s in range(cuts[0])
                  if ("##" if s else "") + word[s : cuts[0]] in vocab]  # fmt: skip
        if not starts:
            return [unk]
        cuts.insert(0, starts[0])
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="Letters were joined while their join was known. Which pieces are never reached that way?",
    why="Code that grows each piece letter by letter and stops where it is no longer known gives "
    "these pieces. A longer piece may be known although a part of it is not: try long ones first.",
)
def grown_while_known(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [0]
    while cuts[-1] < len(word):
        start, mark = cuts[-1], "##" if cuts[-1] else ""
        end = start
        while end < len(word) and mark + word[start : end + 1] in vocab:
            end += 1
        if end == start:
            return [unk]
        cuts.append(end)
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="The pieces are right where there are any. What is the type of one unknown token?",
    why="The unknown token came back as a string. Tokens come in a list, also if there is only one.",
)
def unknown_as_a_string(word, vocab, unk, max_chars=100):
    found = by_ends(word, vocab, unk, max_chars)
    return unk if found == [unk] else found


@pieces.misconception(
    seen="The unknown token has another name. Who says which?",
    why="What is unknown came back as [UNK], which is BERT's name for it. Other vocabularies have "
    "others: return `unk`.",
)
def named_as_in_bert(word, vocab, unk, max_chars=100):
    return by_ends(word, vocab, "[UNK]", max_chars)


@pieces.misconception(
    seen="A piece # was found in a word that has none. Where does it come from?",
    why="Code that writes ## in front of the *rest of the word*, and then cuts that, gives these "
    "pieces: the ## itself was cut. Put it in front of each piece that is looked up.",
)
def hashes_cut(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out = []
    while word:
        ends = [end for end in range(1, len(word) + 1) if word[:end] in vocab]
        if not ends:
            return [unk]
        out.append(word[: max(ends)])
        word = word[max(ends) :] and "##" + word[max(ends) :]
    return out


@pieces.alternative
def by_ends(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out, rest = [], word
    while rest:
        mark = "##" if out else ""
        fitting = [i for i in range(1, len(rest) + 1) if mark + rest[:i] in vocab]
        if not fitting:
            return [unk]
        out.append(mark + rest[: max(fitting)])
        rest = rest[max(fitting) :]
    return out


@pieces.alternative
def by_recursion(word, vocab, unk, max_chars=100):
    def cut(rest, mark):
        if not rest:
            return []
        for end in reversed(range(1, len(rest) + 1)):
            if mark + rest[:end] in vocab:
                return [mark + rest[:end], *cut(rest[end:], "##")]
        return [None]

    found = cut(word, "") if len(word) <= max_chars else [None]
    return [unk] if None in found else found


# ------------------------------------------------------------------- wordpiece_pair_scores

HUG_SPLITS = {word: [word[0], *("##" + c for c in word[1:])] for word in HUGS}


def splits_with_counts(g):
    words = sorted({spelled(g, "abc", 2, 6) for _ in range(7)})
    freqs = torch.randint(1, 9, (len(words),), generator=g).tolist()
    return {
        "two words are there": ({"ab": ["a", "##b"], "ac": ["a", "##c"]}, {"ab": 3, "ac": 1}),
        "five words are cut into letters": (HUG_SPLITS, HUGS),
        "a piece stands twice in a word": (
            {"tatata": ["t", "##a", "##t", "##a", "##t", "##a"]},
            {"tatata": 2},
        ),
        "a word is one piece": (
            {"hug": ["hug"], "hugs": ["hug", "##s"]},
            {"hug": 7, "hugs": 4},
        ),
        "all words are single pieces": ({"a": ["a"]}, {"a": 4}),
        "words are drawn at random": (
            {word: [word[0], *("##" + c for c in word[1:])] for word in words},
            dict(zip(words, freqs, strict=True)),
        ),
    }


scores = Exercise(
    "tokenization.wordpiece_pair_scores",
    title="What WordPiece joins first", needs=("train_bpe",),
    points=1, difficulty=2, minutes=10, optional=True, examples=splits_with_counts,
)  # fmt: skip


@scores.claim("a pair that is rare, of halves that are rarer still, beats a frequent one")
def _(answer):
    found = answer(HUG_SPLITS, HUGS)
    assert math.isclose(found["##g", "##s"], 5 / (20 * 5))
    assert max(found, key=found.get) == ("##g", "##s")


@scores.claim("occurrences count, not spellings: twice of everything halves each score")
def _(answer):
    once = answer(HUG_SPLITS, HUGS)
    twice = answer(HUG_SPLITS, {word: 2 * count for word, count in HUGS.items()})
    assert len(once) == 6
    assert all(math.isclose(once[pair], 2 * twice[pair]) for pair in once)
    assert all(once.values())


scores.slip(
    "(pieces[a] * pieces[b])", "1", name="frequency_only",
    seen="The most frequent pair is on top. Whose rule is that?",
    why="These are the frequencies of the pairs, the rule of BPE. WordPiece divides by the "
    "frequencies of both halves: how often would they meet if they only met by chance?",
    convention=True,
)  # fmt: skip
scores.slip(
    "pieces[a] * pieces[b]", "pieces[a] + pieces[b]", name="sum_below",
    seen="Below the line two frequencies meet. How?",
    why="These are the scores with the *sum* of the two frequencies below. It is their product.",
)  # fmt: skip
scores.slip(
    "(pieces[a] * pieces[b])", "pieces[a]", name="first_half_only",
    seen="The second half plays no part. What if it is everywhere?",
    why="These are the shares of the first half's places in which the second follows. Divide by the "
    "frequency of the second half as well.",
)  # fmt: skip
scores.slip(
    "(pieces[a] * pieces[b])", "pieces[a] * pieces[b]", name="no_brackets",
    seen="A pair scores more if its second half is frequent. What is 8 / 2 * 4 in Python?",
    why="Without brackets the count is divided by the first frequency and *multiplied* by the "
    "second. Both belong below the line.",
)  # fmt: skip
scores.slip(
    "pieces[piece] += freqs[word]", "pieces[piece] += 1", name="pieces_unweighted",
    seen="Above the line words count as often as they occur. And below it?",
    why="These are the scores of pieces that count once for each distinct word. They count as often "
    "as their word occurs, as the pairs do.",
)  # fmt: skip
scores.slip(
    "in pairwise(split)", "in set(pairwise(split))", name="pairs_once_per_word",
    seen="A word may hold a pair twice. How often does it count?",
    why="These are the scores of pairs counted once per word. Every place counts.",
)  # fmt: skip
scores.slip(
    "for piece in split", "for piece in set(split)", name="pieces_once_per_word",
    seen="A word may hold a piece twice. How often does it count?",
    why="These are the scores of pieces counted once per word. Every place counts.",
)  # fmt: skip


scores.excuse("pieces[piece] += freqs[word]", "two minus signs cancel in the product")


def tallied(splits, freqs):
    units, pairs = Counter(), Counter()
    for word, split in splits.items():
        units.update({u: n * freqs[word] for u, n in Counter(split).items()})
        pairs.update({p: n * freqs[word] for p, n in Counter(pairwise(split)).items()})
    return units, pairs


@scores.misconception(
    seen="A word that occurs once weighs as much as one that occurs twelve times. What is in `freqs`?",
    why="These are the scores of counts in which each distinct word counts once. Both kinds of "
    "frequencies are weighted with how often the word occurs.",
)
def unweighted_words(splits, freqs):
    return by_expansion(splits, dict.fromkeys(freqs, 1))


@scores.misconception(
    seen="A piece in the middle of a word counts twice below the line. How often does it occur?",
    why="These are the scores of pieces counted as halves of pairs: in the middle of a word a piece "
    "is half of two, and a word of one piece has none. Count the pieces themselves.",
)
def halves_of_pairs(splits, freqs):
    halves, (_, pairs) = Counter(), tallied(splits, freqs)
    for (a, b), count in pairs.items():
        halves[a] += count
        halves[b] += count
    return {(a, b): count / (halves[a] * halves[b]) for (a, b), count in pairs.items()}


@scores.misconception(
    seen="The order of the pairs is right. What was done to the scores?",
    why="These are logarithms of the scores. The order is the same, and the logarithm is how "
    "pointwise mutual information is usually written; here the plain ratio is asked for.",
    convention=True,
)
def logarithms(splits, freqs):
    return {pair: math.log(score) for pair, score in by_expansion(splits, freqs).items()}


@scores.misconception(
    seen="The order of the pairs is right. Are these frequencies, or shares?",
    why="These are ratios of probabilities: each frequency was divided by a total. The order is the "
    "same; here plain frequencies are asked for.",
    convention=True,
)
def shares(splits, freqs):
    units, pairs = tallied(splits, freqs)
    n, m = units.total(), pairs.total()
    return {(a, b): (c / m) / (units[a] / n * units[b] / n) for (a, b), c in pairs.items()}


@scores.alternative
def by_expansion(splits, freqs):
    """The corpus written out, word by word."""
    corpus = [splits[word] for word, count in freqs.items() for _ in range(count)]
    units = Counter(unit for split in corpus for unit in split)
    pairs = Counter(pair for split in corpus for pair in pairwise(split))
    return {pair: n / units[pair[0]] / units[pair[1]] for pair, n in pairs.items()}


@scores.alternative
def by_tally(splits, freqs):
    units, pairs = tallied(splits, freqs)
    return {(a, b): count / (units[a] * units[b]) for (a, b), count in pairs.items()}


# ------------------------------------------------------------------------- unigram_viterbi


def with_score(tokens, logp, unk_logp):
    return tokens, float(sum(logp.get(token, unk_logp) for token in tokens))


def cuts_of(word, logp, unk_logp):
    """Every way to cut a word, with its score."""
    if not word:
        return [([], 0.0)]
    return [([word[:i], *rest], logp.get(word[:i], unk_logp) + score)
            for i in range(1, len(word) + 1) if i == 1 or word[:i] in logp
            for rest, score in cuts_of(word[i:], logp, unk_logp)]  # fmt: skip


def without_ties(g, letters):
    """A random word with random pieces, of which one cut is clearly the best."""
    while True:
        names = dict.fromkeys(["a", "b", "c", *(spelled(g, "abc", 2, 4) for _ in range(9))])
        drawn = (-7 * torch.rand(len(names), generator=g) - 1).tolist()
        word, low = spelled(g, letters, 10, 10), min(drawn) - 10  # the library's for unknown ones
        logp = dict(zip(names, drawn, strict=True))
        first, *others = sorted((score for _, score in cuts_of(word, logp, low)), reverse=True)
        if others and first - others[0] > 0.01:
            return word, logp, low


def words_with_probabilities(g):
    hug = {"h": -3.1, "u": -2.9, "g": -2.7, "hu": -4.3, "ug": -3.3, "s": -3.7}
    return {
        "one cut is the best": ("hug", hug, -14.3),
        "the longest beginning is a bad choice": (
            "abc",
            {"a": -2.1, "bc": -2.6, "ab": -1.9, "c": -6.2},
            -16.2,
        ),
        "two tokens are better than one": ("ab", {"a": -1.2, "b": -1.3, "ab": -4.9}, -14.9),
        "one token is better than two": ("ab", {"a": -2.2, "b": -2.3, "ab": -2.9}, -12.9),
        "an unlikely piece spoils a cut": (
            "abcd",
            {"abc": -1.1, "d": -9.4, "ab": -3.2, "cd": -3.3},
            -19.4,
        ),
        "a character is unknown": ("hxg", hug, -14.3),
        "two unknown characters are neighbours": ("hxyug", hug, -14.3),
        "an unknown character is part of a known piece": ("abz", {"a": -2.5, "bz": -3.5}, -13.5),
        "an unknown character is better than a known piece": (
            "abx",
            {"ab": -1.1, "a": -13.2, "bx": -13.4},
            -23.4,
        ),
        "a known character is dearer than an unknown one": (
            "ab",
            {"a": -1.3, "b": -9.2, "ab": -8.1},
            -4.4,
        ),
        "there is one character": ("u", hug, -14.3),
        "the word is empty": ("", hug, -14.3),
        "word and pieces are drawn at random": without_ties(g, "abc"),
        "another word is drawn": without_ties(g, "abcx"),
    }


viterbi = Exercise(
    "tokenization.unigram_viterbi",
    title="The most probable cut", needs=("sequence_log_prob",),
    points=3, difficulty=3, minutes=25, examples=words_with_probabilities,
)  # fmt: skip


@viterbi.oracle("tokenizers.models.Unigram")
def _(word, logp, unk_logp):
    from tokenizers import models

    model = models.Unigram([("<unk>", 0.0), *logp.items()], 0)
    fixed = unk_logp == min(logp.values()) - 10  # the penalty is fixed there
    assert fixed or set(word) <= set(logp)  # and not used where every character is a piece
    tokens = []
    for token in model.tokenize(word):  # neighbours that are unknown come out as one
        tokens += [token.value] if token.value in logp else list(token.value)
    return with_score(tokens, logp, unk_logp)


@viterbi.claim("the tokens of a known word, joined, are the word; the score is what they cost")
def _(answer):
    logp = {"a": -1.5, "b": -2.5, "ba": -3.0, "ab": -5.5}
    tokens, score = answer("abab", logp, -15.5)
    assert "".join(tokens) == "abab"
    assert len(tokens) > 1
    assert math.isclose(score, sum(logp[token] for token in tokens), rel_tol=1e-6)


@viterbi.claim("no other cut is better: all of them were tried")
def _(answer):
    logp = {"a": -2.0, "b": -3.0, "c": -4.0, "ab": -4.5, "bc": -4.0, "abc": -7.0, "ca": -3.5}
    for word in ("abc", "bca", "abcab"):
        tokens, score = answer(word, logp, -17.0)
        assert "".join(tokens) == word
        assert math.isclose(score, max(every_score(word, logp)), rel_tol=1e-6)


@viterbi.claim("an unknown character alone is a token and costs `unk_logp`; a known one never does")
def _(answer):
    tokens, score = answer("xay", {"a": -1.0}, -11.0)
    assert list(tokens) == ["x", "a", "y"]
    assert math.isclose(score, -23.0, rel_tol=1e-6)
    assert math.isclose(answer("ab", {"a": -1.0, "b": -9.0}, -4.0)[1], -10.0, rel_tol=1e-6)


def every_score(word, logp):
    """Scores of all cuts into known pieces."""
    if not word:
        return [0.0]
    return [logp[word[:i]] + rest for i in range(1, len(word) + 1) if word[:i] in logp
            for rest in every_score(word[i:], logp)]  # fmt: skip


viterbi.slip(
    "max(options)", "min(options)", name="least_probable",
    seen="Among all cuts the worst was found. Which log-probability is the better, -3 or -7?",
    why="These are the cuts of lowest probability. Log-probabilities are negative: the best is the "
    "largest, the one closest to 0.",
)  # fmt: skip
viterbi.slip(
    "unk_logp if end - start == 1 else -math.inf", "unk_logp", name="unknown_strings",
    seen="Several unknown characters cost no more than one. What may be unknown?",
    why="Code in which any string that is no piece costs `unk_logp` gives these cuts. Only "
    "*single* characters may stand as unknown tokens.",
)  # fmt: skip
viterbi.slip(
    "unk_logp if end - start == 1 else -math.inf", "-math.inf", name="unknown_forbidden",
    seen="A character is unknown, and the score is minus infinity. What does it cost to keep it?",
    why="Code without unknown tokens gives these cuts. A single character that is no piece costs "
    "`unk_logp`.",
)  # fmt: skip
viterbi.slip(
    "logp.get(word[start:end], unk_logp if end - start == 1 else -math.inf)",
    "max(logp.get(word[start:end], -math.inf), unk_logp if end - start == 1 else -math.inf)",
    name="unknown_where_cheaper",
    seen="A known character cost less than `logp` says. For which characters is `unk_logp`?",
    why="Code in which a character costs `logp` or `unk_logp`, whichever is better, gives these cuts. "
    "`unk_logp` is for characters that are no pieces, and for no others.",
)  # fmt: skip
viterbi.slip(
    "best[start][0] + score", "score", name="last_piece_only",
    seen="The last piece was chosen well. What about those before it?",
    why="Code that compares the last pieces alone gives these cuts. The score of a cut is the "
    "best score up to where its last piece begins, plus that piece.",
)  # fmt: skip
viterbi.slip(
    "tokens.insert(0, word[start:end])", "tokens.append(word[start:end])", name="not_turned_round",
    seen="The tokens are right, read from right to left. In what order does one walk back?",
    why="The way back begins at the end of the word, so the tokens come last first. Turn the list "
    "round.",
)  # fmt: skip
viterbi.slip(
    "best[-1][0]", "math.exp(best[-1][0])", name="probability_returned",
    seen="The tokens are right. Is the score a probability, or its logarithm?",
    why="The score came back as a probability. The log-probability is asked for: of long words the "
    "probability itself soon becomes 0 in the computer.",
    convention=True,
)  # fmt: skip


def along_all(word, logp, unk_logp, better):
    """The cut that is best by another measure, out of all of them."""

    return max(cuts_of(word, logp, unk_logp), key=lambda cut: better(*cut))


@viterbi.misconception(
    seen="The longest piece was taken at each step. What did that leave for the rest?",
    why="These are the cuts of the longest match, as in WordPiece. A good beginning can force a bad "
    "end: compare whole cuts.",
)
def longest_first(word, logp, unk_logp):
    return with_score(greedy(word, logp, better=len), logp, unk_logp)


@viterbi.misconception(
    seen="The most probable piece was taken at each step. What did that leave for the rest?",
    why="Code that takes the most probable piece at each place gives these cuts. A good beginning "
    "can force a bad end: compare whole cuts.",
)
def likeliest_first(word, logp, unk_logp):
    return with_score(greedy(word, logp, better=logp.get), logp, unk_logp)


@viterbi.misconception(
    seen="The cut is right. Which character does `<unk>` stand for?",
    why="Unknown characters came back under one name. Here each stands for itself; a vocabulary "
    "turns it into `<unk>` when it looks for its id.",
)
def under_one_name(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, unk_logp)
    return [token if token in logp else "<unk>" for token in tokens], score


@viterbi.misconception(
    seen="Both are there. Which was to come first, the cut or its score?",
    why="The score came first. The tokens are asked for first, then their score.",
)
def score_first(word, logp, unk_logp):
    return by_forward_steps(word, logp, unk_logp)[::-1]


@viterbi.misconception(
    seen="The cut has the fewest tokens. Is it the most probable one, too?",
    why="These are the cuts of fewest tokens. One rare piece can cost more than two frequent ones: "
    "compare the sums of their log-probabilities.",
)
def fewest_tokens(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: (-len(cut), score))


@viterbi.misconception(
    seen="The average piece is good. What is multiplied when a word is put together?",
    why="These are the cuts of the best *average* log-probability. The probability of a cut is the "
    "product over its pieces, so their log-probabilities are added and not averaged.",
)
def best_average(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: score / max(1, len(cut)))


@viterbi.misconception(
    seen="The least probable cut was found. Which is better, -3 or -7?",
    why="Log-probabilities are no costs: the best is the largest, the one closest to 0. The smallest "
    "would be right for `-logp`.",
)
def rarest_cut(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: -score)


@viterbi.misconception(
    seen="More pieces always seem better. Are the probabilities of pieces added?",
    why="Code that adds up *probabilities* gives these cuts. The pieces of a cut must all occur: "
    "multiply probabilities, or add their logarithms.",
)
def probabilities_added(word, logp, unk_logp):
    best = [(0.0, 0)]
    for end in range(1, len(word) + 1):
        options = []
        for start in range(end):
            piece = word[start:end]
            if piece in logp or end - start == 1:
                options.append((best[start][0] + math.exp(logp.get(piece, unk_logp)), start))
        best.append(max(options))
    tokens, end = [], len(word)
    while end:
        tokens.insert(0, word[best[end][1] : end])
        end = best[end][1]
    return tokens, best[-1][0]


@viterbi.misconception(
    seen="It stops at a character that is no piece. What does that character cost?",
    why="A single character that is not in `logp` is a token all the same and costs `unk_logp`: "
    "look it up with `get`.",
)
def unknown_raises(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, -math.inf)
    if tokens is None:
        raise KeyError(word)
    return tokens, score


@viterbi.misconception(
    seen="A cut without unknown characters was taken, though one with them is better. Were both "
    "compared?",
    why="Code that takes the unknown character only where no piece ends gives these cuts. It is one "
    "of the ways to get there, like any piece: the best of all of them counts.",
)
def unknown_as_a_last_resort(word, logp, unk_logp):
    best, cut = [0.0], [[]]
    for end in range(1, len(word) + 1):
        ways = [(best[start] + logp[word[start:end]], start)
                for start in range(end) if word[start:end] in logp]  # fmt: skip
        score, start = max(ways, default=(best[-1] + unk_logp, end - 1))
        best.append(score)
        cut.append([*cut[start], word[start:end]])
    return cut[-1], best[-1]


@viterbi.misconception(
    seen="A whole word for nothing: its score is 0. With what was it compared?",
    why="Code whose table starts at 0 gives these cuts: log-probabilities are below 0, so no cut is "
    "ever better. Start at minus infinity; only the empty beginning has 0.",
)
def table_of_zeros(word, logp, unk_logp):
    return [word] if word else [], 0.0


@viterbi.alternative
def by_recursion_from_the_left(word, logp, unk_logp):
    known = {len(word): (0.0, [])}
    for start in reversed(range(len(word))):
        ways = []
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end]
            if piece in logp or len(piece) == 1:
                score, rest = known[end]
                ways.append((logp.get(piece, unk_logp) + score, [piece, *rest]))
        known[start] = max(ways)
    score, tokens = known[0]
    return tokens, score


@viterbi.alternative
def by_forward_steps(word, logp, unk_logp):
    best, cut = [0.0] + [-math.inf] * len(word), [[]] + [None] * len(word)
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end]
            cost = logp[piece] if piece in logp else unk_logp if len(piece) == 1 else None
            if cost is not None and best[start] + cost > best[end]:
                best[end], cut[end] = best[start] + cost, [*cut[start], piece]
    return cut[-1], best[-1]
