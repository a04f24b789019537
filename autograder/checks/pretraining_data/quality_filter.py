"""Checks and misconceptions for `quality_filter`; more of these are in quality_filter_mistakes.

Owns: texts that are at a limit of one rule and far from the others.
"""

from autograder.checks.pretraining_data import WORDS, pick, whole
from autograder.exercise import Exercise

LONG = ("orange", "kitchen", "harbour", "lantern", "theatre", "feather", "stable", "meadow")


def of(g, count, words=LONG):
    """So many words."""
    return [words[whole(g, 0, len(words))] for _ in range(count)]


def mixed(g, *groups):
    """All words of all groups, in any order, as a text."""
    words = [word for group in groups for word in group]
    return " ".join(pick(g, len(words), words))


def lines(g, count, trailing, end="..."):
    """So many lines, of which some end in an ellipsis; there are 50 words or more."""
    each = [" ".join(of(g, -(-56 // count))) for _ in range(count)]
    marks = [end] * trailing + ["."] * (count - trailing)
    marks = pick(g, count, marks)
    return "\n".join(line + mark for line, mark in zip(each, marks, strict=True))


def texts(g):
    return {
        "a text breaks no rule": (mixed(g, of(g, whole(g, 55, 80), (*LONG, *WORDS))),),
        "there are 50 words": (mixed(g, of(g, 50)),),
        "there are 49 words": (mixed(g, of(g, 49)),),
        "words have commas": (", ".join(of(g, whole(g, 55, 80))),),
        "commas bring words up to 3 characters": (", ".join(["at"] * 55) + ",",),
        "there are line ends and several spaces between words": (
            "  ".join(of(g, 30)) + "\n" + "\n".join(of(g, 20)),
        ),
        "the same words come again": (mixed(g, ["a"] * 24, of(g, 36)),),
        "words have 3 characters on average": (mixed(g, ["at"] * 26, ["town"] * 26),),
        "words have a little less than 3": (mixed(g, ["at"] * 27, ["town"] * 26),),
        "words have 10 characters on average": (
            mixed(g, ["adventure"] * 27, ["grandmother"] * 27),
        ),
        "words of 10 characters have an accent": (mixed(g, ["éclairages"] * 52),),
        "words have a little more than 10": (mixed(g, ["adventure"] * 27, ["grandmother"] * 28),),
        "80 % of the words have a letter": (mixed(g, of(g, 48), ["1234"] * 8, ["-----"] * 4),),
        "fewer than 80 % of the words have a letter": (
            mixed(g, of(g, 47), ["1234"] * 9, ["-----"] * 4),
        ),
        "words have a letter among digits": (mixed(g, of(g, 20), ["1234th", "x-55", "3'450"] * 12),),
        "words are of other scripts": (mixed(g, of(g, 30), ["été", "да", "東京都", "ñandú"] * 7),),
        "30 % of the lines end with dots": (lines(g, 10, 3),),
        "40 % of the lines end with dots": (lines(g, 10, 4),),
        "four of thirteen lines end with dots": (lines(g, 13, 4),),
        "lines end with the single character": (lines(g, 7, 3, "…"),),
        "dots are followed by spaces": (lines(g, 8, 4, "...  "),),
        "there are four dots": (lines(g, 7, 3, "...."),),
        "there are two dots": (lines(g, 9, 5, ".."),),
        "lines are empty between others": ("\n\n".join(lines(g, 5, 2).splitlines()),),
        "lines are empty at both ends": ("\n\n" + lines(g, 7, 3) + "\n\n\n",),
        "the text ends with a line end": (lines(g, 9, 3) + "\n",),
        "dots are inside lines": (" ... ".join(lines(g, 6, 0).splitlines()) + ".",),
        "there is no word": (" \n ",),
        "there is no text": ("",),
        "three rules are broken": ("\n".join(["5 5 ..."] * 6),),
        "all but the number of words is wrong, and lines are empty": (
            "\n\n".join(["1 2 3 4 5 6 7 8 9 ..."] * 12),
        ),
    }  # fmt: skip


clean = Exercise(
    "pretraining_data.quality_filter", optional=True,
    title="A filter of rules",
    points=2, difficulty=2, minutes=20, examples=texts,
)  # fmt: skip

# No package here has these rules; `by_fractions` is written from the paper another way.


def fine(pairs=30):
    """A text that breaks no rule but that of its length."""
    return " ".join(["the", "harbour"] * pairs)


@clean.claim(
    "a text that is kept has broken nothing, and one that has broken something is not kept"
)
def _(answer):
    kept = answer(fine())
    gone = answer(fine(pairs=12))
    assert tuple(kept) == (True, [])
    assert tuple(gone) == (False, ["words"])


@clean.claim("each rule is broken on its own, and its name is the only one")
def _(answer):
    broken = {
        "words": " ".join(["harbour"] * 30),
        "length": " ".join(["a"] * 60),
        "letters": " ".join(["harbour", "12345"] * 30),
        "ellipses": "\n".join(["the harbour was cold and the mill was old ..."] * 8),
    }
    for name, text in broken.items():
        assert answer(text)[1] == [name], f"{name} alone should be named"


@clean.claim("several rules are named in the order of the list")
def _(answer):
    assert answer("7 7 7\n8 8 ...")[1] == ["words", "length", "letters", "ellipses"]
    assert answer(" ".join(["7"] * 60))[1] == ["length", "letters"]


@clean.claim("a word counts as one with a letter if it has one, whatever else is in it")
def _(answer):
    assert answer(" ".join(["12345678th", "(x)"] * 40))[1] == []
    assert answer(" ".join(["12345678", "(-)"] * 40))[1] == ["letters"]


clean.slip(
    "return not broken, broken", "return len(broken) < len(holds), broken", name="any_not_all",
    seen="The rules are named. With how many of them broken may a text stay?",
    why="A text is kept here if it keeps *any* rule. One that is broken is enough to drop a text.",
)  # fmt: skip
clean.slip(
    "len(words) >= 50", "len(words) > 50", name="strict_bounds",
    seen="Right away from the limits. Is a text of 50 words too short?",
    why="A text of 50 words is dropped here. Limits belong to what is allowed: `>=`.",
)  # fmt: skip
clean.slip(
    "3 * len(words) <= sum(map(len, words)) <= 10 * len(words)",
    "not words or 3 * len(words) < sum(map(len, words)) < 10 * len(words)", name="strict_length",
    seen="Right away from the limits. Is an average of 3 characters too short?",
    why="An average of 3 or of 10 characters breaks the rule here. Limits belong to what is allowed: "
    "`<=`.",
)  # fmt: skip
clean.slip(
    "text.split()", 'text.split(" ")', name="split_at_each_space",
    seen="Right where words have one space between them. What is there between two spaces?",
    why="`split(\" \")` cuts at every single space and at nothing else. Between two spaces it finds an "
    "empty word, and a line end stays inside a word. `split()` takes any white space together.",
)  # fmt: skip
clean.slip(
    "text.split()", "list(set(text.split()))", name="different_words",
    seen="Right where no word comes twice. How many words has *the mill and the inn*?",
    why="A word that comes again is not counted again here. The rules count all words of a text.",
)  # fmt: skip
clean.slip(
    "in text.splitlines()", "in text.splitlines() if line.strip()", name="empty_lines_left_out",
    seen="Right where every line has text. Is an empty line a line?",
    why="Empty lines are not counted here, so those that break off are a larger share. "
    "`splitlines` gives the empty ones as well.",
)  # fmt: skip
clean.slip(
    "text.splitlines()", 'text.split("\\n")', name="a_line_after_the_last",
    seen="Right inside the text. How many lines are there in *a line* and a line end?",
    why="Cutting at each line end finds an empty line after the last one. `splitlines` does not.",
)  # fmt: skip
clean.slip(
    "sum(map(len, words)) <=", "len(\"\".join(words).encode()) <=", name="bytes",
    seen="Right in plain English. How long is *été*?",
    why="The length is counted in bytes here, and é has two. The rule asks for characters.",
)  # fmt: skip
clean.slip(
    "any(c.isalpha() for c in word)", "word.isalpha()", name="letters_only",
    seen="What does a comma do to a word? Does *inn,* have a letter?",
    why="A word counts here only if *all* its characters are letters. Then each comma takes a word away. "
    "One letter is enough.",
)  # fmt: skip
clean.slip(
    "any(c.isalpha() for c in word)", "any(c.isalnum() for c in word)", name="digits_are_letters",
    seen="Is 1234 a word with a letter?",
    why="`isalnum` is true of digits as well. `isalpha`, asked of each character, finds letters.",
)  # fmt: skip
clean.slip(
    "any(c.isalpha() for c in word)", "any(c.isascii() and c.isalpha() for c in word)",
    name="ascii_letters",
    seen="Right in English. Does *été* have a letter?",
    why="Only the letters a to z are letters here, so that a text in Russian has none at all. "
    "`isalpha` knows those of every script.",
)  # fmt: skip
clean.slip(
    'line.endswith(("...", "…"))', 'line.endswith("...")', name="three_dots_alone",
    seen="Three dots are found. How else can an ellipsis be written?",
    why="The single character `…` is not found here. Web pages have both.",
)  # fmt: skip
clean.slip(
    'line.endswith(("...", "…"))', '("..." in line or "…" in line)', name="dots_anywhere",
    seen="Where are the dots that the rule is about?",
    why="Lines count here that have dots *anywhere*. The rule is about lines that break off.",
)  # fmt: skip
clean.slip(
    "line.rstrip() for line", "line for line", name="spaces_at_the_end",
    seen="Right where a line ends with its last visible character. What if a space comes after it?",
    why="White space after the dots hides them here. `rstrip()` takes all of it from the end of a line.",
)  # fmt: skip
