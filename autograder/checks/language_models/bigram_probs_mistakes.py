"""More misconceptions about `bigram_probs`."""

from itertools import pairwise

import torch

from autograder.checks.language_models.bigram_probs import bigram


def counted(tokens, V):
    table = torch.zeros(V, V)
    for words in tokens:
        for before, after in pairwise(words):
            table[before, after] += 1
    return table


def ratio(above, below):
    """Divided, and 0 where there is nothing to divide by."""
    return above / torch.as_tensor(below).where(torch.as_tensor(below) > 0, 1.0)


def rows_shared(table):
    """Each row divided by its own sum."""
    return ratio(table, table.sum(1, keepdim=True))


@bigram.misconception(
    seen="A pair that comes twice in one document counts once there. Where does the second time go?",
    why="These are the numbers of code that counts each pair of a document once. A set of its pairs "
    "does that, and so does `table[before, after] += 1` with all neighbours at once, which reads "
    "and writes each place once. Count every pair in a loop, or with "
    "`index_put_(..., accumulate=True)`.",
)
def once_per_document(tokens, V, k):
    table = torch.zeros(V, V)
    for words in tokens:
        words = torch.tensor(words, dtype=torch.long)
        table[words[:-1], words[1:]] += 1
    return ratio(table + k, table.sum(1, keepdim=True) + k * V)


@bigram.misconception(
    seen="`k` changes nothing. Where is the argument used?",
    why="These are the numbers of k = 0, whatever `k` says. Add k to every entry, then divide each "
    "row by its new sum.",
)
def k_unused(tokens, V, k):
    return rows_shared(counted(tokens, V))


@bigram.misconception(
    seen="`k` changes nothing, and NaN comes back where nothing follows a word. Where is the argument "
    "used, and what is 0 divided by 0?",
    why="These are the numbers of k = 0, whatever `k` says. Add k to every entry, then divide each "
    "row by its new sum. If that is 0, 0 / 0 is NaN: such a row stays all zeros.",
)
def k_unused_nan(tokens, V, k):
    table = counted(tokens, V)
    return table / table.sum(1, keepdim=True)


@bigram.misconception(
    seen="With k = 1 a pair that was seen once is as likely as one that was never seen. Who gets k?",
    why="These are the numbers of k put in the place of zeros. k goes to every entry, on top of what "
    "was counted.",
)
def unseen_pairs_only(tokens, V, k):
    table = counted(tokens, V)
    table = torch.where(table > 0, table, k)
    return rows_shared(table)


@bigram.misconception(
    seen="Where nothing was counted all words are equally likely. From what was that counted?",
    why="These are even shares for words that nothing followed. They are a reasonable choice; here, "
    "with k = 0, nothing is made up, and such a row stays all zeros.",
    convention=True,
)
def even_where_unknown(tokens, V, k):
    table = counted(tokens, V) + k
    return (table / table.sum(1, keepdim=True)).nan_to_num(1 / V)


@bigram.misconception(
    seen="There are pairs that stand in no document. What follows the last word of a document?",
    why="These are the numbers of all documents joined into one list: the last word of each counts "
    "as standing before the first of the next. Count within one document at a time.",
)
def across_documents(tokens, V, k):
    table = counted([[word for words in tokens for word in words]], V)
    return ratio(table + k, table.sum(1, keepdim=True) + k * V)


@bigram.misconception(
    seen="There are pairs that stand in no document, and NaN where nothing follows a word. What "
    "follows the last word of a document, and what is 0 divided by 0?",
    why="These are the numbers of all documents joined into one list: count within one document at a "
    "time. And with k = 0 a row without counts sums to 0, and 0 / 0 is NaN; it stays all zeros.",
)
def across_documents_nan(tokens, V, k):
    table = counted([[word for words in tokens for word in words]], V)
    return (table + k) / (table.sum(1, keepdim=True) + k * V)


@bigram.misconception(
    seen="The whole table sums to 1, and not each row. Given the word before, what is divided up?",
    why="These are the chances of *pairs*. The chance of a word given the one before is a share of "
    "one row: divide by the row's own sum.",
)
def joint(tokens, V, k):
    table = counted(tokens, V)
    return ratio(table + k, table.sum() + k * V * V)


@bigram.misconception(
    seen="These are numbers of 0 and below. What do probabilities sum to?",
    why="These are the logarithms of the right table. They will be wanted soon; here the table holds "
    "the probabilities themselves.",
    convention=True,
)
def log_vs_prob(tokens, V, k):
    table = counted(tokens, V)
    return ratio(table + k, table.sum(1, keepdim=True) + k * V).log()


@bigram.misconception(
    seen="Rows of words that end a document sum to less than 1. How often did anything come after?",
    why="These are counts divided by how often the word occurs. At the end of a document it occurs "
    "and nothing follows; divide by how often something did.",
)
def all_occurrences(tokens, V, k):
    table = counted(tokens, V)
    occurs = torch.zeros(V)
    for words in tokens:
        for word in words:
            occurs[word] += 1
    return ratio(table + k, occurs[:, None] + k * V)


@bigram.misconception(
    seen="The smoothed rows sum to 1, but what was never seen has no share in it. Who gets k?",
    why="These are the numbers of k added to the pairs that were seen. It is the others that need "
    "it: k goes to every entry.",
)
def seen_pairs_only(tokens, V, k):
    table = counted(tokens, V)
    table = torch.where(table > 0, table + k, table)
    return rows_shared(table)


@bigram.misconception(
    seen="Rows sum to 1 only where every word was met. Over which words is a row?",
    why="These are the numbers of a denominator with the number of *different words met*. A row has "
    "an entry for each of the V words of the vocabulary, met or not.",
)
def v_of_what_was_met(tokens, V, k):
    table = counted(tokens, V)
    met = len({word for words in tokens for word in words})
    return ratio(table + k, table.sum(1, keepdim=True) + k * met)


@bigram.misconception(
    seen="The rows no longer sum to 1. Was there something to divide by after k had come in?",
    why="These are the numbers of k added to the shares, after the division. k is a part of a count: "
    "add it to the counts, and divide afterwards.",
)
def k_after_the_division(tokens, V, k):
    return rows_shared(counted(tokens, V)) + k


@bigram.misconception(
    seen="The rows no longer sum to 1, and NaN comes back where nothing follows a word. Which comes "
    "first, k or the division?",
    why="These are the numbers of k added to the shares, after a division by sums that may be 0. k "
    "is a part of a count: add it to the counts, and divide afterwards. With k = 0 a sum may be 0 "
    "all the same: such a row stays all zeros.",
)
def k_after_the_division_nan(tokens, V, k):
    table = counted(tokens, V)
    return table / table.sum(1, keepdim=True) + k


@bigram.misconception(
    seen="After the last word of a document another is looked for. How many pairs have five words?",
    why="This is the error of a loop over all n places that looks one place further each time. n "
    "words have n - 1 pairs: stop one earlier, or use `pairwise`.",
    code=r"\+ 1\]|\+1\]",
)
def off_the_end(tokens, V, k):
    table = torch.zeros(V, V)
    for words in tokens:
        for i in range(len(words)):
            table[words[i], words[i + 1]] += 1
    return ratio(table + k, table.sum(1, keepdim=True) + k * V)
