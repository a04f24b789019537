"""What is built in another way than `rouge`: wrong ones with a cause, and right ones."""

import re
from collections import Counter
from functools import cache

from autograder.checks.evaluation.rouge import by_length, shared


def words_of(text):
    return re.findall("[a-z0-9]+", text.lower())


def of_runs(said, right, n):
    """ROUGE-n of two lists of words."""
    first, second = ([tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
                     for words in (said, right))  # fmt: skip
    return by_length(sum((Counter(first) & Counter(second)).values()), first, second)


@cache
def longest(said, right):
    """The longest sequence that two tuples of words have in common, by its length."""
    if not said or not right:
        return 0
    if said[-1] == right[-1]:
        return 1 + longest(said[:-1], right[:-1])
    return max(longest(said[:-1], right), longest(said, right[:-1]))


@shared.misconception(
    seen="For numbers it is right. Does ROUGE-L look at the order?",
    why="The words that both have are counted here, whatever their order. For L they have to be in the "
    "same order in both texts.",
)
def order_ignored(pred, ref, n):
    return of_runs(words_of(pred), words_of(ref), 1 if n == "L" else n)


@shared.misconception(
    seen="For numbers it is right. For L, is the first word that fits always the best one to take?",
    why="Each word of `pred` takes the next place in `ref` where it is found here. If that place is far "
    "back, everything before it is lost. The longest sequence may leave the word out.",
)
def greedy_row(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n != "L":
        return of_runs(said, right, n)
    place, found = 0, 0
    for word in said:
        if word in right[place:]:
            place = right.index(word, place) + 1
            found += 1
    return by_length(found, said, right)


@shared.misconception(
    seen="For numbers it is right. For L, may the shared row have gaps?",
    why="This is the longest piece that both texts have without a gap. ROUGE-L allows for gaps: where "
    "two words differ, the longer of the two rows so far goes on.",
)
def in_one_piece(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n != "L":
        return of_runs(said, right, n)
    best = 0
    for i in range(len(said)):
        for j in range(len(right)):
            size = 0
            while said[i + size : i + size + 1] == right[j + size : j + size + 1] != []:
                size += 1
            best = max(best, size)
    return by_length(best, said, right)


@shared.misconception(
    seen="For numbers it is right. For L, is the longest piece always part of the longest sequence?",
    why="The longest piece is taken first here, and then what fits before and after it, as `difflib` "
    "does. A shorter piece may leave room for more. The table looks at all rows.",
)
def longest_piece_first(pred, ref, n):
    from difflib import SequenceMatcher

    said, right = words_of(pred), words_of(ref)
    if n != "L":
        return of_runs(said, right, n)
    blocks = SequenceMatcher(None, said, right, autojunk=False).get_matching_blocks()
    return by_length(sum(block.size for block in blocks), said, right)


@shared.misconception(
    seen="ROUGE-1 and ROUGE-L are right. Are *no where* and *now here* the same pair?",
    why="The words of a run are glued together here, so two runs with the same letters are the same. "
    "Keep the words apart, as a tuple.",
)
def glued_runs(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n == "L":
        return by_length(longest(tuple(said), tuple(right)), said, right)
    first, second = (["".join(words[i : i + n]) for i in range(len(words) - n + 1)]
                     for words in (said, right))  # fmt: skip
    return by_length(sum((Counter(first) & Counter(second)).values()), first, second)


@shared.misconception(
    seen="ROUGE-1 and ROUGE-L are right. How many runs of two words does a text of five words have?",
    why="Shares of runs are taken of the number of words here. A text of five words has four pairs, "
    "and precision and recall are shares of those.",
)
def shares_of_words(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n == "L":
        return by_length(longest(tuple(said), tuple(right)), said, right)
    first, second = (Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
                     for words in (said, right))  # fmt: skip
    return by_length(sum((first & second).values()), said, right)


@shared.misconception(
    seen="ROUGE-1 and ROUGE-L are right. Do neighbouring runs share words?",
    why="The text is cut into pieces of n words here, so every second pair is missed. A run begins at "
    "every word.",
)
def in_pieces(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n == "L":
        return by_length(longest(tuple(said), tuple(right)), said, right)
    first, second = ([tuple(words[i : i + n]) for i in range(0, len(words) - n + 1, n)]
                     for words in (said, right))  # fmt: skip
    return by_length(sum((Counter(first) & Counter(second)).values()), first, second)


@shared.alternative
def by_recursion(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n == "L":
        return by_length(longest(tuple(said), tuple(right)), said, right)
    return of_runs(said, right, n)


@shared.alternative
def by_a_table(pred, ref, n):
    said, right = words_of(pred), words_of(ref)
    if n != "L":
        return of_runs(said, right, n)
    table = [[0] * (len(right) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            table[i][j] = max(table[i + 1][j], table[i][j + 1],
                              table[i + 1][j + 1] + (said[i] == right[j]))  # fmt: skip
    return by_length(table[0][0], said, right)
