"""Checks and misconceptions for `bpe_encode`."""

from itertools import pairwise

import torch

from autograder.checks.tokenization import joined, pick, spelled
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
    letters = "abcdefghiklmnoprstuvwyzéñø"

    def renamed(word, *pairs):
        """The same word and merges in drawn letters; the pairs in the order of their ranks."""
        order = torch.randperm(len(letters), generator=g).tolist()
        table = {ord(c): letters[i] for c, i in zip("abcdx", order, strict=False)}
        named = [(one.translate(table), two.translate(table)) for one, two in pairs]
        return word.translate(table), {pair: rank for rank, pair in enumerate(named)}

    return {
        "two merges apply in turn": ("hug", HUG_RANKS),
        "a letter is left over": ("bug", HUG_RANKS),
        "the first pair of the word was learned last": ("abc", {("b", "c"): 0, ("a", "b"): 1}),
        "the first pair of the word was learned first": ("abc", {("a", "b"): 0, ("b", "c"): 1}),
        "letters run backwards": ("cba", {("c", "b"): 0, ("b", "a"): 1}),
        "two merges are side by side": renamed("abcd", ("a", "b"), ("c", "d")),
        "the end of the word is joined first": (
            "abc",
            {("b", "c"): 0, ("a", "bc"): 1, ("a", "b"): 2},
        ),
        "a longer piece exists but cannot be reached": renamed(
            "abc", ("b", "c"), ("a", "b"), ("ab", "c")
        ),
        "a join makes a pair whose number has passed": renamed("xabc", ("ab", "c"), ("a", "b")),
        "two merges are wanted by one letter": renamed("abcd", ("a", "b"), ("c", "d"), ("ab", "c")),
        "a new symbol has a neighbour on either side": renamed(
            "xabc", ("a", "b"), ("ab", "c"), ("x", "ab")
        ),
        "a letter takes two bytes": ("éà", {("é", "à"): 0}),
        "a pair comes twice": renamed("abxab", ("a", "b")),
        "joined pairs are joined": renamed("abab", ("a", "b"), ("ab", "ab")),
        "three letters are alike": renamed("aaa", ("a", "a")),
        "a symbol ends as the pair begins": renamed("cab", ("c", "a"), ("a", "b")),
        "a symbol ends as a pair begins that comes once more": renamed(
            "abcab", ("c", "a"), ("a", "b")
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


def in_order(ranks):
    return sorted(ranks, key=ranks.get)


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


@encode.claim("the pair that was learned first is joined first, wherever it is")
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
    why="These are the pieces of code that joins the pair that comes first in the alphabet, as `min` of "
    "the pairs does. Their ranks decide: `key=ranks.get`.",
)  # fmt: skip
encode.slip(
    'symbols[i : i + 2] = ["".join(best)]\n            i += 1',
    'symbols[i : i + 2] = ["".join(best)]\n            i += 1\n        return symbols',
    name="one_merge_only",
    seen="One pair was joined, everywhere. Which neighbours are left that have a rank?",
    why="These are the pieces after a single merge. Go on as long as some pair of neighbours has a "
    "rank.",
)  # fmt: skip


@encode.alternative
def one_place_at_a_time(word, ranks):
    symbols = list(word)
    while True:
        known = [(ranks[pair], i) for i, pair in enumerate(pairwise(symbols)) if pair in ranks]
        if not known:
            return symbols
        _, i = min(known)
        symbols = [*symbols[:i], symbols[i] + symbols[i + 1], *symbols[i + 2 :]]


@encode.alternative
def by_a_new_list(word, ranks):
    symbols = list(word)
    while len(symbols) > 1:
        best = min(pairwise(symbols), key=lambda pair: ranks.get(pair, len(ranks) + 1))
        if best not in ranks:
            break
        symbols = joined(symbols, best)
    return symbols
