"""Checks and misconceptions for `gpt2_pretokenize`."""

import re
import unicodedata

from autograder.checks.tokenization import pick
from autograder.exercise import Exercise

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
