"""More misconceptions about `train_bpe`."""

from collections import Counter
from itertools import pairwise

from autograder.checks.tokenization import (
    joined,
    joined_as_text,
    joined_from_the_end,
    joined_with_overlap,
)
from autograder.checks.tokenization.train_bpe import train


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
    "after a join, go on with what follows it.",
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
    code=r"replace|sub\(",
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
    seen="One letter with an accent became several. What does a word start as here?",
    why="These are the merges of words that start as their UTF-8 bytes. GPT-2 turns text into bytes "
    "before this step; here a word starts as its characters.",
    convention=True,
)
def started_from_bytes(word_freqs, num_merges):
    return trained(word_freqs, num_merges, start=lambda word: [chr(b) for b in word.encode()])


@train.misconception(
    seen="A rare pair of rare symbols came first. What counts here besides how often a pair occurs?",
    why="These are the merges by WordPiece's score, the frequency of a pair divided by those of its "
    "halves. BPE takes the most frequent pair.",
    convention=True,
)
def by_the_score_of_wordpiece(word_freqs, num_merges):
    def count(splits, freqs):
        single = Counter()
        for word, symbols in splits.items():
            for symbol in symbols:
                single[symbol] += freqs[word]
        pairs = counted(splits, freqs)
        return Counter({(a, b): n / single[a] / single[b] for (a, b), n in pairs.items()})

    return trained(word_freqs, num_merges, count=count)


@train.misconception(
    seen="A pair was learned that is in no word. Where does one word end?",
    why="These are the merges of one long text. Pairs are counted inside words: the last letter of "
    "one and the first of the next never meet.",
)
def across_words(word_freqs, num_merges):
    text = "".join(word * count for word, count in word_freqs.items())
    return trained({text: 1}, num_merges)
