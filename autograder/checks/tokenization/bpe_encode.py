"""Checks and misconceptions for `bpe_encode`."""

from itertools import pairwise

from autograder.checks.tokenization import (
    greedy,
    joined,
    joined_as_text,
    joined_from_the_end,
    joined_with_overlap,
    pick,
    spelled,
)
from autograder.exercise import Exercise

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
