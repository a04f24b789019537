"""More misconceptions about `gpt2_pretokenize`."""

import re

import regex

from autograder.checks.tokenization.gpt2_pretokenize import pretokenize

TAILS = r"'(?:s|t|re|ve|m|ll|d)"


def found(s, *rules):
    """The pieces of a pattern that begins and ends as GPT-2's does."""
    return regex.findall("|".join([TAILS, *rules, r"\s+(?!\S)", r"\s+"]), s)


def whole(s):
    return found(s, r" ?\p{L}+", r" ?\p{N}+", r" ?[^\s\p{L}\p{N}]+")


@pretokenize.misconception(
    seen="Joined, the pieces are not the text. Where are its spaces?",
    why="These are the words between the whitespace, as `split()` and `\\S+` give them. A tokenizer has "
    "to give back the very text it was given.",
)
def split_at_whitespace(s):
    return s.split()


@pretokenize.misconception(
    seen="Which letters are not between a and z?",
    why="These are the pieces of code that knows the letters a to z alone. An é counts as a sign there, "
    "and falls out of its word. `\\p{L}` is a letter of any script.",
)
def ascii_letters(s):
    return found(s, r" ?[A-Za-z]+", r" ?[0-9]+", r" ?[^\sA-Za-z0-9]+")


@pretokenize.misconception(
    seen="Is ½ a number? Unicode thinks so.",
    why="These are the pieces of code that takes digits for the only numerals, as `\\d` does. "
    "Superscripts and fractions are numerals (category No) without being digits (Nd): `\\p{N}`.",
)
def digits_for_numerals(s):
    return found(s, r" ?\p{L}+", r" ?\d+", r" ?[^\s\p{L}\d]+")


@pretokenize.misconception(
    seen="A word took a line break along. What may a word take along?",
    why="These are the pieces of code that takes any whitespace along, as `\\s?` does. A word takes one "
    "*space*, ` ?`; tabs and line breaks stay by themselves.",
)
def any_whitespace_taken(s):
    return found(s, r"\s?\p{L}+", r"\s?\p{N}+", r"\s?[^\s\p{L}\p{N}]+")


@pretokenize.misconception(
    seen="Digits and underscores ended up among the letters. What is a letter?",
    why="These are the pieces of code that takes letters, digits and the underscore together, as `\\w` "
    "does. Use `\\p{L}` and `\\p{N}`, each with a rule of its own.",
)
def words_of_any_sign(s):
    return found(s, r" ?\w+", r" ?[^\s\w]+")


@pretokenize.misconception(
    seen="What does `\\w` match besides letters? And of two spaces, which belongs to what follows?",
    why="These are the pieces of `\\w`, which takes letters, digits and the underscore together: use "
    "`\\p{L}` and `\\p{N}`, each with a rule of its own. And a run of spaces has to leave its last one "
    "to the word.",
    code=r"\\w",
)
def words_and_the_rest(s):
    return re.findall(TAILS + r"| ?\w+| ?[^\s\w]+|\s+", s)


@pretokenize.misconception(
    seen="Words take their space along, and all of it comes back. What else is to be cut apart?",
    why="These are the pieces of code that cuts at whitespace and nowhere else. Letters, numerals and "
    "signs that touch are pieces of their own, and so are the tails of contractions.",
)
def cut_at_whitespace_only(s):
    return regex.findall(r" ?\S+|\s+(?!\S)|\s+", s)


@pretokenize.misconception(
    seen="Joined, the pieces are shorter than the text. Which pieces hold nothing but whitespace?",
    why="These are the pieces without those that are whitespace only. They are part of the text: joined, "
    "the pieces are to be the text again.",
)
def blanks_thrown_away(s):
    return [piece for piece in whole(s) if piece.strip()]


@pretokenize.misconception(
    seen="An accent that is a character of its own stayed with its letter. Is a mark a letter?",
    why="These are the pieces of code that counts marks (category M) among letters, which keeps a word "
    "together that is written with them. GPT-2 asks for letters, category L: marks fall under rule 4.",
    convention=True,
)
def marks_with_letters(s):
    return found(s, r" ?[\p{L}\p{M}]+", r" ?\p{N}+", r" ?[^\s\p{L}\p{M}\p{N}]+")


@pretokenize.misconception(
    seen="The tails are cut everywhere, even after another sign. What has been taken when one gets "
    "there from the left?",
    why="These are the pieces of a text whose tails were cut out first. From left to right, a sign or "
    "a space before an apostrophe takes it along before a tail can begin.",
)
def tails_cut_out_first(s):
    parts = regex.split(f"({TAILS})", s)
    return [piece for i, part in enumerate(parts) for piece in ([part] if i % 2 else whole(part))]


@pretokenize.misconception(
    seen="² and ½ ended up among the letters. What are they to Unicode?",
    why="These are the pieces of code that takes for a letter whatever is in `\\w` and no digit or "
    "underscore. ² and ½ are numerals without being digits: `\\p{L}` and `\\p{N}` of `regex` tell.",
)
def letters_without_regex(s):
    return re.findall(TAILS + r"| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+", s)


@pretokenize.misconception(
    seen="The underscore is in no piece, and ² is among the letters. What does `\\w` match?",
    why="These are the pieces of `[^\\W\\d_]` for letters and `[^\\s\\w]` for signs. Numerals that are "
    "no digits fall among the letters, and no rule takes the underscore: use `\\p{L}` and `\\p{N}`.",
    code=r"\\[wW]",
)
def letters_without_regex_or_underscore(s):
    return re.findall(TAILS + r"| ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+(?!\S)|\s+", s)
