"""Checks and misconceptions for `wordpiece_pair_scores`."""

import math
from collections import Counter
from itertools import pairwise

import torch

from autograder.checks.tokenization import HUGS, respelled, spelled
from autograder.exercise import Exercise

HUG_SPLITS = {word: [word[0], *("##" + c for c in word[1:])] for word in HUGS}


def splits_with_counts(g):
    words = sorted({spelled(g, "abc", 2, 6) for _ in range(7)})
    freqs = torch.randint(1, 9, (len(words),), generator=g).tolist()
    cases = {
        "two words are there": ({"ab": ["a", "##b"], "ac": ["a", "##c"]}, {"ab": 3, "ac": 1}),
        "five words are cut into letters": (HUG_SPLITS, HUGS),
        "a piece comes twice in a word": (
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
    return respelled(g, cases)


scores = Exercise(
    "other_tokenizers.wordpiece_pair_scores",
    title="What WordPiece joins first", needs=("train_bpe",),
    points=1, difficulty=2, minutes=10, optional=True, examples=splits_with_counts,
)  # fmt: skip


scores.leave_out("empty", "both mappings have the same words, and each word has a piece")


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
    why="These are the scores of a line without brackets: the count is divided by the first "
    "frequency and *multiplied* by the second. Both belong below the line.",
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
    seen="Every score is a whole number. What does `//` do?",
    why="These are the scores of a division without remainder. A score is nearly always below 1: it is "
    "the plain quotient, `/`.",
    code=r"//",
)
def whole_numbers(splits, freqs):
    units, pairs = tallied(splits, freqs)
    return {(a, b): count // (units[a] * units[b]) for (a, b), count in pairs.items()}


@scores.misconception(
    seen="Words of a single piece play no part. How often does their piece occur?",
    why="These are the scores of code that leaves words of one piece out. They hold no pair, and their "
    "piece counts all the same below the line.",
)
def single_pieces_left_out(splits, freqs):
    return by_tally({word: split for word, split in splits.items() if len(split) > 1}, freqs)


@scores.misconception(
    seen="A piece counts below the line only where it has a neighbour on one side. How often does it "
    "occur?",
    why="These are the scores in which the first half counts where it begins a pair and the second where "
    "it ends one. Below the line are the frequencies of the pieces, in every place.",
    convention=True,
)
def in_their_places_only(splits, freqs):
    (_, pairs), first, second = tallied(splits, freqs), Counter(), Counter()
    for (a, b), count in pairs.items():
        first[a] += count
        second[b] += count
    return {(a, b): count / (first[a] * second[b]) for (a, b), count in pairs.items()}


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
