"""More misconceptions about `bpe_encode`."""

from itertools import pairwise

from autograder.checks.tokenization import (
    greedy,
    joined,
    joined_as_text,
    joined_from_the_end,
    joined_with_overlap,
)
from autograder.checks.tokenization.bpe_encode import encode, in_order


def replayed(word, pairs, join=joined):
    """Each of these pairs joined once."""
    symbols = list(word)
    for pair in pairs:
        symbols = join(symbols, pair)
    return symbols


def lowest_first(word, ranks, join, drop=()):
    """The pair of lowest rank joined, as long as there is one; pairs in `drop` count for none."""
    symbols = list(word)
    while pairs := [pair for pair in pairwise(symbols) if pair in ranks and pair not in drop]:
        symbols = join(symbols, min(pairs, key=ranks.get))
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
    return lowest_first(word, ranks, joined_from_the_end)


@encode.misconception(
    seen="Letters came out that did not go in. What happens to the second half of a pair once it is "
    "joined?",
    why="Code that turns aaa into aa aa gives these pieces. The middle letter was used twice: "
    "after a join, go on with what follows it.",
)
def letters_used_twice(word, ranks):
    return lowest_first(word, ranks, joined_with_overlap)


@encode.misconception(
    seen="Two symbols were joined that are no pair. Do 'ca b' and 'a bc' hold the text 'a b'?",
    why="These are the pieces of `replace` on a word written with blanks: in 'ca b' it finds 'a b', "
    "although the symbol there is ca. Compare symbols, not text.",
    code=r"replace|sub\(",
)
def replaced_in_word(word, ranks):
    return replayed(word, in_order(ranks), joined_as_text)


@encode.misconception(
    seen="Two symbols were joined that are no pair. Do 'ca b' and 'a bc' hold the text 'a b'?",
    why="Code that looks for the pair of lowest rank, and then joins it by `replace` on a word "
    "written with blanks, gives these pieces. Compare symbols, not text.",
    code=r"replace|sub\(",
)
def replaced_where_found(word, ranks):
    return lowest_first(word, ranks, joined_as_text)


@encode.misconception(
    seen="Each pair is joined in one place. Where else does it occur?",
    why="Code that tries each merge once and joins one place gives these pieces. Join the pair "
    "wherever it occurs, or go on until no pair is left.",
)
def one_place_per_merge(word, ranks):
    def join(symbols, pair):
        places = [i for i, two in enumerate(pairwise(symbols)) if two == pair]
        if places:
            symbols[places[0] : places[0] + 2] = ["".join(pair)]
        return symbols

    return replayed(word, in_order(ranks), join)


def joined_at(word, ranks, place):
    """One place joined after the other; `place` picks it among all that have a rank."""
    symbols = list(word)
    while known := [(ranks[pair], i) for i, pair in enumerate(pairwise(symbols)) if pair in ranks]:
        _, i = place(known)
        symbols[i : i + 2] = ["".join(symbols[i : i + 2])]
    return symbols


def walked(word, ranks, rounds, stays):
    """Walks from left to right that join what has a rank, as long as `rounds` are left.

    stays: whether a new symbol may be joined with the next one at once.
    """
    symbols = list(word)
    for _ in range(rounds):
        i = 0
        while i < len(symbols) - 1:
            known = (symbols[i], symbols[i + 1]) in ranks
            if known:
                symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
            i += not (known and stays)
    return symbols


FIRST_IN_THE_WORD = {
    "seen": "A pair was joined because it came first in the word. Was it also learned first?",
    "why": "These are the pieces of code that goes through the word from left to right and joins "
    "whatever has a rank. The ranks decide which pair comes first, and not the place.",
}


@encode.misconception(**FIRST_IN_THE_WORD)
def first_place_in_the_word(word, ranks):
    return joined_at(word, ranks, lambda known: min(known, key=lambda at: at[1]))


@encode.misconception(**FIRST_IN_THE_WORD)
def walks_that_stay(word, ranks):
    return walked(word, ranks, len(word), stays=True)


@encode.misconception(**FIRST_IN_THE_WORD)
def walks_that_go_on(word, ranks):
    return walked(word, ranks, len(word), stays=False)


@encode.misconception(
    seen="The word was gone through once, and neighbours are left that have a rank. And was the "
    "first pair of the word learned first?",
    why="These are the pieces of one walk from left to right that joins whatever has a rank. The "
    "ranks decide which pair comes first, and after each join all neighbours are looked at again.",
)
def one_walk(word, ranks):
    return walked(word, ranks, 1, stays=False)


HIGHEST_FIRST = {
    "seen": "Two pairs overlap. Which of them was learned first?",
    "why": "Code that joins the pair of *highest* rank, one place at a time, gives these pieces. The "
    "merges are replayed in the order they were learned: the lowest rank comes first.",
}


@encode.misconception(**HIGHEST_FIRST)
def highest_rank_from_the_left(word, ranks):
    return joined_at(word, ranks, lambda known: max(known, key=lambda at: (at[0], -at[1])))


@encode.misconception(
    seen="Which of the pairs was learned first? And where a pair comes twice, which place is first?",
    why=HIGHEST_FIRST["why"],
)
def highest_rank_from_the_right(word, ranks):
    return joined_at(word, ranks, max)


@encode.misconception(
    seen="Pairs were joined that were never learned. What if no neighbours are in `ranks`?",
    why="These are the pieces of code that goes on joining until one symbol is left, whether a pair has "
    "a rank or not. Stop as soon as no pair is in `ranks`.",
)
def joined_to_the_end(word, ranks):
    return [word] if word else []


@encode.misconception(
    seen="Where one symbol is left there are no pairs. What is the lowest rank of nothing?",
    why="`min` of nothing raises, and a word that became one symbol, or began as one, has no pairs. "
    "Stop before you ask for the lowest rank.",
    code=r"min\(",
)
def no_pairs_left(word, ranks):
    symbols = list(word)
    while True:
        best = min(pairwise(symbols), key=lambda pair: ranks.get(pair, float("inf")))
        if best not in ranks:
            return symbols
        symbols = joined(symbols, best)


@encode.misconception(
    seen="A join made a pair, and its number had passed. What is looked up after each join?",
    why="These are the pieces of code that goes through the ranks once. With merges from one training "
    "that is enough, as halves are older than pairs; the rule looks at all ranks after each join.",
    convention=True,
)
def each_merge_once(word, ranks):
    return replayed(word, in_order(ranks))


@encode.misconception(
    seen="The merge that was learned first of all is missing. Is 0 a rank?",
    why="These are the pieces without the merge of rank 0. In Python 0 counts as false, so "
    "`if ranks.get(pair)` takes the first rank for none: ask `pair in ranks`.",
)
def rank_zero_is_none(word, ranks):
    return lowest_first(word, ranks, joined, drop={pair for pair in ranks if ranks[pair] == 0})


@encode.misconception(
    seen="The symbols are right. Of what type is the answer?",
    why="These are the pieces in one string, with blanks between them, as GPT-2's own program returns "
    "them. A list is asked for here.",
    convention=True,
)
def one_string(word, ranks):
    return " ".join(lowest_first(word, ranks, joined))


@encode.misconception(
    seen="One letter with an accent became several. What does a word start as here?",
    why="These are the pieces of a word that starts as its UTF-8 bytes. GPT-2 turns text into bytes "
    "before this step; here the word starts as its characters.",
    convention=True,
)
def started_from_bytes(word, ranks):
    return lowest_first([chr(byte) for byte in word.encode()], ranks, joined)


@encode.misconception(
    seen="These are the letters of the word. What do the keys of `ranks` look like?",
    why="No pair was joined. The keys of `ranks` are tuples of two strings: `(a, b) in ranks`, and not "
    "the joined string `a + b`.",
)
def nothing_joined(word, ranks):
    return list(word)


@encode.misconception(
    seen="Each symbol was joined with the next as soon as it could be. Which pair was learned first?",
    why="These are the pieces of one walk from left to right that joins the last symbol with the next "
    "whenever the two have a rank. The ranks decide which pair comes first, and not the place.",
)
def joined_onto_the_last(word, ranks):
    symbols = []
    for letter in word:
        if symbols and (symbols[-1], letter) in ranks:
            symbols[-1] += letter
        else:
            symbols.append(letter)
    return symbols


@encode.misconception(
    seen="Two symbols were joined that are no pair. Of which two symbols was that piece made when it "
    "was learned?",
    why="These are the pieces of code that looks up the *joined* string. A rank belongs to a pair: the "
    "same string may also fall into two other halves, and these were never learned as a pair.",
)
def looked_up_joined(word, ranks):
    known = {"".join(pair): rank for pair, rank in ranks.items()}
    symbols = list(word)
    while near := [piece for piece in map("".join, pairwise(symbols)) if piece in known]:
        best, i = min(near, key=known.get), 0
        while i < len(symbols) - 1:
            if symbols[i] + symbols[i + 1] == best:
                symbols[i : i + 2] = [best]
            i += 1
    return symbols
