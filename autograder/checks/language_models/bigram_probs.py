"""Checks and misconceptions for `bigram_probs`."""

from itertools import pairwise, permutations

import torch

from autograder.exercise import Exercise, agree, differ


def documents(g):
    def drawn(count, V, longest):
        lengths = torch.randint(2, longest, (count,), generator=g).tolist()
        return [torch.randint(0, V, (length,), generator=g).tolist() for length in lengths]

    def renamed(tokens, V, k):
        """The same documents with other numbers for their words."""
        names = torch.randperm(V, generator=g).tolist()
        return [[names[word] for word in words] for words in tokens], V, k

    return {
        "one document of five words is counted, unsmoothed": ([[0, 1, 0, 2, 1]], 3, 0.0),
        "k is 1": renamed([[0, 1, 0, 2]], 3, 1.0),
        "k is 0.1 and the rows have different counts": renamed([[0, 1, 1, 1, 2, 1]], 4, 0.1),
        "a pair comes twice": renamed([[3, 1, 0, 3, 1, 2]], 4, 0.5),
        "a pair comes in two documents": renamed([[0, 1, 2], [0, 1]], 3, 0.5),
        "a pair comes twice, and in the next document again": renamed(
            [[0, 1, 0, 1], [0, 1]], 2, 0.5
        ),
        "a word has nothing after it, unsmoothed": renamed([[2, 0, 2, 1]], 4, 0.0),
        "two documents stand side by side": renamed([[0, 1], [2, 3, 2]], 4, 0.5),
        "a document has one word, and another none": renamed([[1], [], [0, 2, 1]], 3, 0.25),
        "many documents are counted": (drawn(12, 7, 15), 7, 0.3),
    }


bigram = Exercise(
    "language_models.bigram_probs",
    title="Count what follows what",
    points=2, difficulty=1, minutes=15, examples=documents,
)  # fmt: skip


@bigram.oracle("nltk.lm.Lidstone and nltk.lm.MLE")
def _(tokens, V, k):
    from nltk.lm import MLE, Lidstone, Vocabulary
    from nltk.util import bigrams

    # its vocabulary always has a word for the unknown: here that is the last of the V
    words = Vocabulary([str(i) for i in range(V - 1)], unk_label=str(V - 1))
    model = Lidstone(k, 2, vocabulary=words) if k else MLE(2, vocabulary=words)
    model.fit([list(bigrams(map(str, document))) for document in tokens])
    rows = [[model.score(str(j), [str(i)]) for j in range(V)] for i in range(V)]
    return torch.tensor(rows)


@bigram.claim("every row of a smoothed table sums to 1, and what was seen is likelier")
def _(answer):
    table = answer([[0, 1, 2, 0, 1], [2, 1]], 4, 0.5)
    agree(table.sum(dim=1), torch.ones(4))
    assert table[0, 1] > table[0, 2] > 0


@bigram.claim("without smoothing, a pair that was never seen is impossible")
def _(answer):
    table = answer([[0, 1, 0, 2, 0, 1]], 3, 0.0)
    assert table[0, 0] == table[1, 1] == table[1, 2] == 0
    assert table[1, 0] == table[2, 0] == 1


@bigram.claim("the row is the word before: 0 1 makes 1 likely after 0, and not 0 after 1")
def _(answer):
    for before, after in permutations(range(4), 2):
        table = answer([[before, after], [before, after]], 4, 0.1)
        assert table[before, after] > 0.8
        assert table[after, before] < 0.5


@bigram.claim("a large k drowns the counts: every word becomes about as likely as any other")
def _(answer):
    table = answer([[0, 1, 2, 3, 0, 1]], 5, 10000.0)
    assert (table - 1 / 5).abs().max() < 1e-3
    differ(answer([[0, 1, 2, 3, 0, 1]], 5, 0.1), table)


bigram.slip(
    "counts.sum(dim=1,", "counts.sum(dim=0,", name="totals_of_columns",
    seen="The rows do not sum to 1. How often was the word *before* followed by anything?",
    why="These are counts divided by the sums of the columns. What may follow a word is one row: "
    "divide each row by its own sum, `dim=1`.",
)  # fmt: skip
bigram.slip(
    "+ k * V", "+ k", name="denominator_no_v",
    seen="Rows sum to more than 1. To how many entries of a row was k added?",
    why="These are the numbers of a denominator that grew by k. The row grew by k in each of its V "
    "entries, so its sum grew by k · V.",
)  # fmt: skip
bigram.slip(
    " + k * V", "", name="denominator_unsmoothed",
    seen="Rows sum to more than 1. What is the sum of a row after k was added to its entries?",
    why="These are smoothed counts divided by unsmoothed sums. The row grew by k in each of its V "
    "entries: its sum is larger by k · V.",
)  # fmt: skip
bigram.slip(
    "totals.where(totals > 0, 1.0)", "totals", name="unsmoothed_zero_div",
    seen="NaN comes back where a word was never followed by anything. What is 0 divided by 0?",
    why="These are the numbers of a plain division. With k = 0 a row without counts sums to 0, and "
    "0 / 0 is NaN. Such a row stays all zeros.",
)  # fmt: skip
bigram.slip(
    "counts[before, after]", "counts[after, before]", name="transposed",
    seen="The table lies on its side. Which of the two words is the row?",
    why="These are the chances of the word *before*. Rows are what came before and columns what came "
    "after: `counts[before, after]`.",
)  # fmt: skip
bigram.slip(
    "+= 1", "= 1", name="seen_or_not",
    seen="A pair that came twice counts like one that came once. Does the table know "
    "how often?",
    why="These are the numbers of a table that only notes *whether* a pair was seen, as `= 1` does, "
    "or a set of pairs. Every time counts: add 1 to what is there.",
)  # fmt: skip
bigram.slip(
    "(counts + k)", "counts", name="counts_unsmoothed",
    seen="What was never seen is still impossible, and rows sum to less than 1. Where does k go?",
    why="These are unsmoothed counts divided by smoothed sums. k goes to every entry as well as, V "
    "times, to the sum.",
)  # fmt: skip
bigram.slip(
    "dim=1, keepdim=True", "dim=1", name="axis_dropped",
    seen="The rows do not sum to 1. Along which axis do the sums line up with the table?",
    why="A sum over an axis removes it, and what remains lines up with the *columns*. "
    "`keepdim=True` leaves an axis of size 1 in its place, and each row meets its own sum.",
)  # fmt: skip
bigram.slip(
    "totals.where(totals > 0, 1.0)", "totals.clamp(min=1)", name="sums_below_one",
    seen="A row with few counts sums to less than 1. How small may the divisor be?",
    why="These are the numbers of sums raised to 1. With a small k and no counts, k · V may lie "
    "below 1 and is right all the same: only a sum of 0 needs a stand-in.",
)  # fmt: skip
bigram.slip(
    "pairwise(document)", "pairwise(sorted(document))", name="order_lost",
    seen="The order of the words makes no difference. What is a pair of neighbours?",
    why="These are the numbers of documents that were sorted first. Take neighbours as they stand.",
)  # fmt: skip
bigram.slip(
    "pairwise(document)", "pairwise(document[:-1])", name="last_pair_lost",
    seen="Each document lacks its last pair. Where do the neighbours end?",
    why="These are the counts without the last word of each document. A document of n words has "
    "n - 1 pairs, and the last ends at word n - 1.",
)  # fmt: skip
bigram.slip(
    "pairwise(document)", "pairwise(document[1:])", name="first_pair_lost",
    seen="Each document lacks its first pair. Where do the neighbours begin?",
    why="These are the counts without the first word of each document. A document of n words has "
    "n - 1 pairs, and the first begins at word 0.",
)  # fmt: skip


@bigram.alternative
def by_bincount(tokens, V, k):
    pairs = [a * V + b for words in tokens for a, b in pairwise(words)]
    counts = torch.bincount(torch.tensor(pairs, dtype=torch.long), minlength=V * V)
    smoothed = counts.view(V, V).float() + k
    return (smoothed / smoothed.sum(dim=-1, keepdim=True)).nan_to_num()


@bigram.alternative
def by_one_hots(tokens, V, k):
    table = torch.full((V, V), float(k))
    for words in tokens:
        if len(words) > 1:
            hot = torch.nn.functional.one_hot(torch.tensor(words), V).float()
            table = table + hot[:-1].T @ hot[1:]
    return torch.nn.functional.normalize(table, p=1.0, dim=1)
