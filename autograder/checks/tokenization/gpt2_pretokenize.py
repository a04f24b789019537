"""Checks and misconceptions for `gpt2_pretokenize`."""

import unicodedata

import torch

from autograder.checks.tokenization import pick, respelled
from autograder.exercise import Exercise

FRAGMENTS = ("one", "Été", "2026", "we'll", "IT'S", "x²", "?!", "_a1", "🙂", "日本", "7.5", "don't")


WORDS = ("One", "step", "more", "Rose", "walks", "home", "pond")
SHORT = ("we'll", "it's", "she'd", "can't", "you're", "I've", "I'm")


def lines_of_text(g):
    def shuffled(options):
        return [options[i] for i in torch.randperm(len(options), generator=g).tolist()]

    drawn = pick(g, FRAGMENTS, 7)
    gaps = pick(g, (" ", " ", "  ", "\n", " \t", ""), 7)
    numbers = torch.randint(1000, 99999, (2,), generator=g).tolist()
    cases = {
        "there are three words": (" ".join(pick(g, WORDS, 3)),),
        "a full stop follows": (" ".join(shuffled(WORDS)[:2]) + ". More.",),
        "all seven tails are there": (" ".join(shuffled(SHORT)),),
        "an apostrophe is curved": ("we’ll say it’s",),
        "a space comes before a tail": ("the 's",),
        "a word is quoted": ("say 'this' to me",),
        "a sign comes before an apostrophe": ("wow!'s",),
        "a contraction is in small letters": ("we'll say it's",),
        "a contraction is in capitals": ("WE'LL SAY",),
        "apostrophes come before letters and after digits": ("'tis the 90's",),
        "letters follow a tail": ("oh o'dear",),
        "two spaces are between words": ("one  step",),
        "three spaces are between words": ("one   step",),
        "a sign follows two spaces": ("b2  ?",),
        "lines end": ("one\n step\n\nmore",),
        "the text ends in two spaces": ("one  ",),
        "letters are not in ASCII": ("à Łódź 日本",),
        "letters carry marks": ("cafe\u0301 कुत्ता",),
        "there are numbers": ("in {}, {} days".format(*numbers),),
        "letters and digits touch": ("room 12b, x1_y2",),
        "numerals are no digits": ("x5² is ½?",),
        "there is an emoji": ("yes 🙂🙂 no",),
        "much comes together": ("".join(a + b for a, b in zip(drawn, gaps, strict=True)),),
    }
    return respelled(g, cases, keep="strevmld")


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
    "'(?:", "['’](?:", name="curved_apostrophes",
    seen="A careful choice, for texts that are typeset. Which apostrophe does GPT-2's first rule name?",
    why="These are the pieces of a pattern that takes ’ for an apostrophe as well. GPT-2 knows the "
    "straight one only; to it ’ is a sign like others.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    "'(?:", " ?'(?:", name="space_before_tail",
    seen="A space went along with an apostrophe and its tail. Which rules take the space before them?",
    why="These are the pieces of a first rule that takes a space along. Rules 2 to 4 do; a tail begins "
    "with its apostrophe.",
)  # fmt: skip
pretokenize.slip(
    "'(?:s", r"(?<=\p{L})'(?:s", name="tails_after_letters",
    seen="Two tails lost their apostrophe, in *'tis* and *90's*. What comes before it?",
    why="Code that looks for a letter before the apostrophe gives these pieces. GPT-2's first rule "
    "does not ask what comes before.",
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
    code=r"findall",
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
    why="These are the pieces of words that take the space *after* them. In GPT-2 a word takes "
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
    seen="Digits and underscores ended up among the letters. What is a letter?",
    why="These are the pieces of code that takes letters, digits and the underscore for letters, as "
    "`\\w` does. Letters of any script are `\\p{L}`.",
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\p{N}"', name="single_digits",
    seen="A choice that many later models make. How long is a number in GPT-2?",
    why="These are the pieces of a pattern that takes digits one by one, as Llama's does (and "
    "town-gpt's). GPT-2 takes all digits that are side by side.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\p{N}{1,3}"', name="three_digits",
    seen="A choice that a later model makes. How long is a number in GPT-2?",
    why="These are the pieces of a pattern that takes at most three digits, as the tokenizer of "
    "GPT-4 does. GPT-2 takes all digits that are side by side.",
    convention=True,
)  # fmt: skip
pretokenize.slip(
    r'r" ?\p{N}+"', r'r" ?\d+"', name="numerals_lost",
    seen="Joined, the pieces are shorter than the text. Which rule should have taken the ²?",
    why="`\\d` takes the digits 0 to 9 of any script. The ² and the ½ are numerals without being "
    "digits: `\\p{N}` takes them, and no other rule does.",
    code=r"\\d|0-9",
)  # fmt: skip
pretokenize.slip(
    r'''r"\s+(?!\S)",''', "", name="runs_of_space",
    seen="A run of whitespace stayed whole. Which part of it belongs to what follows?",
    why="These are the pieces of code that always takes a run of whitespace as a whole. The fifth rule "
    "is tried before the sixth, and it leaves the last character to what follows.",
)  # fmt: skip
pretokenize.slip(
    r"(?!\S)", r"(?=\s)", name="before_whitespace",
    seen="At the end of the text two spaces come apart. What follows the last one?",
    why="These are the pieces of code that always leaves the last one of a run by itself, as a "
    "look-ahead for *more whitespace* does. At the end nobody takes it: the run stays whole there.",
)  # fmt: skip
pretokenize.slip(
    r"\s+(?!\S)", r"\s", name="blanks_one_by_one",
    seen="A run of whitespace fell into single ones. How much of it does the fifth rule take?",
    why="These are the pieces of code that takes whitespace one character at a time. The fifth rule "
    "takes the run, and leaves one character if something else follows.",
)  # fmt: skip
pretokenize.slip(
    r'''r"\s+",''', "", name="last_rule_left_out",
    seen="Joined, the pieces are shorter than the text. Which rule takes the last of the whitespace "
    "before a word, if it is no space?",
    why="These are the pieces of code without the sixth rule. The fifth leaves one character of each "
    "run. A space then goes with the word, but a line break or a tab does not: only `\\s+` takes it.",
)  # fmt: skip
pretokenize.slip(
    r"[^\s\p{L}\p{N}]", r"[^\p{L}\p{N}]", name="whitespace_among_signs",
    seen="Whitespace was taken together with signs, or in their place. Which characters does the "
    "fourth rule still let in?",
    why="These are the pieces of code whose fourth rule takes all that is no letter and no numeral, "
    "`[^\\p{L}\\p{N}]`. Whitespace is neither, so it has to be ruled out as well: "
    "`[^\\s\\p{L}\\p{N}]`.",
)  # fmt: skip
pretokenize.slip(
    r"[^\s\p{L}\p{N}]", r"[^\s\w]", name="underscore_lost",
    seen="Joined, the pieces are shorter than the text. Which signs does `\\w` count among the letters?",
    why="These are the pieces without underscores and marks. `[^\\s\\w]` leaves them out, for `\\w` "
    "counts them among the letters; no other rule takes them.",
    code=r"\\w",
)  # fmt: skip
pretokenize.slip(
    r'r" ?[^\s\p{L}\p{N}]+"', r'r" ?\W+"', name="signs_and_spaces",
    seen="Spaces went along with signs, and an underscore was lost. What does `\\W` match?",
    why="Code with `\\W` in the fourth rule gives these pieces. It matches whitespace, and not the "
    "underscore: the rule asks for what is no whitespace, letter or numeral, `[^\\s\\p{L}\\p{N}]`.",
    code=r"\\W",
)  # fmt: skip
pretokenize.slip(
    'regex.findall("|".join(pieces), s)', '[p.strip() for p in regex.findall("|".join(pieces), s)]',
    name="pieces_stripped",
    seen="The cuts are right, and the spaces are gone. Who can put them back?",
    why="Whitespace was taken off the pieces. Joined, they are to be the text again: return them as "
    "they were found.",
)  # fmt: skip


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
