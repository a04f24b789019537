"""Checks and misconceptions for `train_bpe`."""

from collections import Counter
from itertools import pairwise

import torch

from autograder.checks.tokenization import HUGS, joined, respelled, spelled
from autograder.exercise import Exercise


def corpora(g):
    words = [spelled(g, "abn", 2, 7) for _ in range(9)]
    freqs = torch.randint(1, 9, (9,), generator=g).tolist()
    cases = {
        "three merges are learned from five words": (HUGS, 3),
        "one word is frequent": ({"ab": 9, "cd": 2, "cde": 2, "dcd": 1}, 1),
        "a merge changes the counts": ({"abc": 5, "abd": 3, "bce": 2, "ce": 4}, 4),
        "a word holds a pair twice": ({"banana": 3, "nab": 2}, 4),
        "a pair comes twice in one word only": ({"nana": 2, "bat": 3}, 2),
        "two neighbours are alike": ({"aaa": 3, "bc": 5}, 2),
        "three of a kind are joined": ({"aaab": 4, "aab": 1}, 3),
        "a symbol ends as the pair begins": ({"ca": 9, "cab": 2, "ab": 5}, 3),
        "two pairs are equally frequent": ({"xy": 2, "ab": 2, "ad": 3, "ac": 3}, 3),
        "a symbol is younger than all characters": ({"ab": 5, "abz": 2, "zy": 2}, 6),
        "a letter comes before a joined symbol": ({"by": 4, "bya": 2, "ya": 2, "yb": 1}, 3),
        "all pairs occur once": ({"low": 1, "new": 1}, 3),
        "letters take two bytes": ({"été": 3, "tél": 2}, 3),
        "fewer pairs are there than merges": ({"xy": 2, "ab": 2}, 5),
        "two pairs begin alike": ({"ad": 2, "ac": 2}, 4),
        "a pair comes twice in the only word": ({"abab": 2}, 4),
        "the later letter is met first": ({"da": 1, "ac": 2, "ad": 2}, 1),
        "nothing is left to join": ({"ab": 2, "c": 3}, 5),
        "no merge is asked for": ({"ab": 2}, 0),
        "words are drawn at random": (dict(zip(words, freqs, strict=True)), 8),
    }
    return respelled(g, cases)


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
    "twice; join it in both places.",
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
