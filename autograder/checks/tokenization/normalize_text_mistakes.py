"""More misconceptions about `normalize_text`."""

import unicodedata

from autograder.checks.tokenization.normalize_text import by_pattern, normalize


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
    seen="An accent came back after all had been dropped. Where was it before NFKC?",
    why="These are the strings of accents dropped *before* NFKC. ǆ has no accent that NFD could take "
    "off; NFKC writes it as d and ž, and only then is there one to drop.",
)
def accents_first(s, lower, strip_accents, nfkc, squeeze):
    return by_pattern(
        by_pattern(s, False, strip_accents, False, False), lower, False, nfkc, squeeze
    )


@normalize.misconception(
    seen="There are two spaces side by side after all. Which step has made one of them?",
    why="These are the strings of whitespace squeezed *before* NFKC. NFKC writes ¨ as a space and a "
    "mark: squeeze last, when no step can bring a space any more.",
)
def squeezed_first(s, lower, strip_accents, nfkc, squeeze):
    return by_pattern(" ".join(s.split()) if squeeze else s, lower, strip_accents, nfkc, False)


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
