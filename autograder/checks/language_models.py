"""Checks and misconceptions for chapters/1_nlp/02_language_models.md."""

import math
from itertools import pairwise

import torch

from autograder.exercise import Exercise
from autograder.judge import agree, differ

INF = float("inf")

# ----------------------------------------------------------------------------- bigram_probs


def documents(g):
    def drawn(count, V, longest):
        lengths = torch.randint(2, longest, (count,), generator=g).tolist()
        return [torch.randint(0, V, (length,), generator=g).tolist() for length in lengths]

    return {
        "one document of five words is counted, unsmoothed": ([[0, 1, 0, 2, 1]], 3, 0.0),
        "k is 1": ([[0, 1, 0, 2]], 3, 1.0),
        "k is 0.1 and the rows have different counts": ([[0, 1, 1, 1, 2, 1]], 4, 0.1),
        "a pair comes twice": ([[3, 1, 0, 3, 1, 2]], 4, 0.5),
        "a word has nothing after it, unsmoothed": ([[2, 0, 2, 1]], 4, 0.0),
        "two documents stand side by side": ([[0, 1], [2, 3, 2]], 4, 0.5),
        "a document has one word, and another none": ([[1], [], [0, 2, 1]], 3, 0.25),
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
    table = answer([[0, 1], [0, 1]], 3, 0.1)
    assert table[0, 1] > 0.8
    assert table[1, 0] < 0.5


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
    seen="NaN stands where a word was never followed by anything. What is 0 divided by 0?",
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
    seen="A pair that came twice counts like one that came once. What does `= 1` do the second time?",
    why="These are the numbers of a table that only notes *whether* a pair was seen. Add to what "
    "stands there: `+= 1`.",
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
    seen="A row with few counts sums to less than 1. How small may the sum below the line be?",
    why="These are the numbers of sums raised to 1. With a small k and no counts, k · V may lie "
    "below 1 and is right all the same: only a sum of 0 needs a stand-in.",
)  # fmt: skip
bigram.slip(
    "pairwise(document)", "pairwise(sorted(document))", name="order_lost",
    seen="The order of the words makes no difference. What is a pair of neighbours?",
    why="These are the numbers of documents that were sorted first. Take neighbours as they stand.",
)  # fmt: skip
bigram.slip(
    "pairwise(document)", "pairwise(document[1:])", name="first_pair_lost",
    seen="Each document lacks its first pair. Where do the neighbours begin?",
    why="These are the counts without the first word of each document. A document of n words has "
    "n - 1 pairs, and the first begins at word 0.",
)  # fmt: skip


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
    seen="A pair that comes twice in a document counts once. What does `+= 1` do where an index is "
    "listed twice?",
    why="These are the numbers of `table[before, after] += 1` with all neighbours at once: each "
    "place is read once and written once, however often it is listed. Count in a loop, or with "
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
    seen="`k` changes nothing, and NaN stands where nothing follows a word. Where is the argument "
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


# ---------------------------------------------------------------------------------- softmax


def scores(g):
    return {
        "there are three scores": (torch.tensor([2.0, 1.0, 0.0]), 0),
        "the rows differ in height": (torch.tensor([[0.0, 1.0], [5.0, 6.5], [-3.0, -3.5]]), 1),
        "the axis is counted from the end": (torch.randn(4, 5, generator=g), -1),
        "the shares run down the columns": (torch.randn(3, 4, generator=g), 0),
        "the axis is in the middle": (torch.randn(2, 4, 3, generator=g), 1),
        "a score is minus infinity": (torch.tensor([[1.0, -INF, 0.5, 0.2]]), 1),
        "scores are in the thousands": (1e3 + 100.0 * torch.randperm(30, generator=g)[:6], 0),
        "one row is far below the others": (
            torch.tensor([[0.0, 1.5, -1.0], [-1000.0, -1200.0, -1100.0]]),
            1,
        ),
    }


soft = Exercise(
    "language_models.softmax",
    fast_track=True,
    title="Scores into shares",
    points=2, difficulty=1, minutes=10, examples=scores,
    forbid=("softmax", "log_softmax", "softmin"),
)  # fmt: skip


@soft.oracle("torch.softmax")
def _(x, dim):
    return torch.softmax(x, dim)


@soft.claim("the shares are positive, sum to 1 and keep the order of the scores")
def _(answer):
    x = torch.tensor([[0.3, 2.0], [-0.4, 1.5], [1.1, 2.5]])
    shares = answer(x, 0)
    agree(shares.sum(dim=0), torch.ones(2))
    assert (shares > 0).all()
    assert shares.argsort(dim=0).tolist() == x.argsort(dim=0).tolist()


@soft.claim("adding the same number to all scores changes nothing, adding it to one does")
def _(answer):
    x = torch.tensor([[0.5, -1.0, 0.25], [1.0, 0.0, 2.0]])
    agree(answer(x + 3.0, 1), answer(x, 1))
    assert answer(x, 1).shape == x.shape
    differ(answer(x + torch.tensor([1.0, 0.0, 0.0]), 1), answer(x, 1))


@soft.claim("a score higher by ln 3 gets three times the share")
def _(answer):
    a, b, c = answer(torch.tensor([math.log(3.0), 0.0, 1.0]), 0)
    assert abs(a / b - 3) < 1e-4
    assert c > b


soft.slip(
    " - x.amax(dim=dim, keepdim=True)", "", name="no_max",
    seen="With scores in the thousands NaN comes back. How large is exp(1000)?",
    why="These are the numbers of exp of the scores as they are: exp(1000) is infinity, and infinity "
    "over infinity is NaN. Take the largest score of each row away first; the shares do not change.",
)  # fmt: skip
soft.slip(
    "x.amax(dim=dim, keepdim=True)", "x.amax()", name="max_of_all",
    seen="A row far below the others comes back as NaN. Whose largest score was taken away?",
    why="These are the numbers of the largest score of the whole tensor taken away. A row a thousand "
    "below it vanishes altogether, and 0 / 0 is NaN. Each row has its own largest: "
    "`amax(dim=dim, keepdim=True)`.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim, keepdim=True)", "grown.sum()", name="sum_of_all",
    seen="Everything together sums to 1, and not each row. Over which axis are shares shared out?",
    why="These are the numbers of a sum over all axes. Each row along `dim` is shared out on its own: "
    "`sum(dim=dim, keepdim=True)`.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim,", "grown.sum(dim=0,", name="sum_over_first",
    seen="The shares sum to 1 down the first axis, whatever `dim` is. Where should they?",
    why="These are the numbers of a sum over axis 0. `dim` says along which axis the shares sum to 1.",
)  # fmt: skip
soft.slip(
    "grown.sum(dim=dim,", "grown.sum(dim=-1,", name="sum_over_last",
    seen="The largest is found along `dim`, the sum is taken along the last axis. Do they agree?",
    why="These are the numbers of a sum over the last axis. It must be the one that `dim` names.",
)  # fmt: skip
soft.slip(
    ").exp()", ")", name="after_sub_no_exp",
    seen="Some shares are not positive. What makes a number of either sign positive?",
    why="These are differences divided by their sum. exp comes between: it makes every score "
    "positive and keeps their order.",
)  # fmt: skip
soft.slip(
    "grown / grown", "grown.log() / grown", name="log_again",
    seen="The numbers are 0 and below. What was exp for?",
    why="These are logarithms over a sum of exponentials. Above the line stands exp(x) as well.",
)  # fmt: skip
soft.slip(
    ".exp()", ".exp2()", name="two_to_the_power",
    seen="A score higher by ln 3 gets a little over twice the share. Which number is raised to a power?",
    why="These are powers of 2. exp is a power of e, and its scores are in nats.",
    convention=True,
)  # fmt: skip


@soft.misconception(
    seen="Along the last axis it is right, and `dim` may name another. Where is it used?",
    why="These are the numbers of a softmax over the last axis, whatever `dim` says.",
)
def last_dim(x, dim):
    grown = (x - x.amax(-1, keepdim=True)).exp()
    return grown / grown.sum(-1, keepdim=True)


@soft.misconception(
    seen="These are numbers of 0 and below. What do shares sum to?",
    why="These are the logarithms of the right shares, a log-softmax. Here the shares themselves are "
    "asked for.",
    convention=True,
)
def logarithms(x, dim):
    return x - x.logsumexp(dim, keepdim=True)


@soft.misconception(
    seen="Everything together sums to 1, and a row far below the others is all zeros. Over which "
    "axis are shares shared out?",
    why="These are the numbers of one softmax over all axes. Each row along `dim` has its own "
    "largest score and its own sum: `dim=dim, keepdim=True` for both.",
)
def all_axes_at_once(x, dim):
    grown = (x - x.max()).exp()
    return grown / grown.sum()


@soft.misconception(
    seen="Exactly one entry of each row is 1. Does a softmax choose?",
    why="These are the numbers of an argmax. A softmax gives every score its share; who draws from "
    "the shares, or takes the largest, comes later.",
)
def chooses(x, dim):
    return (x == x.amax(dim, keepdim=True)).to(x.dtype)


@soft.misconception(
    seen="The shares are right for one row; with more axes, an axis is missing. What shape has a sum?",
    why="A sum over an axis removes it, and what remains lines up from the right with other axes. "
    "`keepdim=True` leaves an axis of size 1 in its place.",
)
def axis_dropped(x, dim):
    grown = (x - x.amax(dim, keepdim=True)).exp()
    return grown / grown.sum(dim)


@soft.misconception(
    seen="With scores in the thousands NaN comes back, and with more axes one of them is missing. "
    "How large is exp(1000), and what shape has a sum?",
    why="exp(1000) is infinity: take the largest score of each row away first. And a sum over an axis "
    "removes it; `keepdim=True` leaves an axis of size 1 in its place.",
)
def axis_dropped_no_max(x, dim):
    return x.exp() / x.exp().sum(dim)


@soft.misconception(
    seen="Scores in the thousands get equal shares. Which of 1000 and 2000 is larger?",
    why="These are the numbers of scores clamped before exp: beyond the bound they are all alike. "
    "Only differences count, so take the largest score of each row away instead.",
)
def clamped(x, dim):
    grown = x.clamp(-80, 80).exp()
    return grown / grown.sum(dim, keepdim=True)


@soft.misconception(
    seen="The shares do not sum to 1, and the highest score does not get the most. Is each score "
    "independent of the others?",
    why="These are the numbers of a sigmoid, which looks at one score at a time. A softmax divides "
    "one whole among all of them.",
)
def sigmoid(x, dim):
    return x.sigmoid()


@soft.alternative
def by_logsumexp(x, dim):
    return torch.exp(x - torch.logsumexp(x, dim, keepdim=True))


@soft.alternative
def by_slices(x, dim):
    """One slice of the axis at a time, compared with each of the others."""
    slices = x.unbind(dim)
    out = [1 / sum((other - one).exp() for other in slices) for one in slices]
    return torch.stack(out, dim).where(~x.isneginf(), 0.0)


# ---------------------------------------------------------------------------- cross_entropy


def rows(g):
    def drawn(N, V, scale=1.0):
        logits = scale * torch.randn(N, V, generator=g)
        return logits, torch.randint(0, V, (N,), generator=g)

    ignored, target = drawn(6, 5)
    wide, far = drawn(4, 130)
    special, near = drawn(5, 4)
    sure = torch.tensor([[1000.0, 0.0, -1000.0], [0.0, -1000.0, 500.0]])
    plain = torch.tensor([[0.0, 1.0, -1.0], [0.5, 0.25, 0.0]])
    return {
        "two rows are paid": (plain, torch.tensor([1, 2])),
        "the sum is asked for": (*drawn(3, 4), -100, "sum"),
        "each row is asked for": (*drawn(5, 3), -100, "none"),
        "two targets are ignored": (
            ignored,
            target.where(torch.tensor([True, False, True, True, False, True]), -100),
        ),
        "a target is ignored and each row is asked for": (
            ignored,
            target.where(torch.tensor([True, True, False, True, True, True]), -100),
            -100,
            "none",
        ),
        "a target is ignored and there are more than 100 columns": (
            wide,
            far.where(torch.tensor([True, False, True, True]), -100),
            -100,
            "sum",
        ),
        "the ignored number is 2": (
            special, near.where(torch.tensor([True, True, False, True, False]), 2), 2, "mean"
        ),
        "rows are sure, rightly or wrongly, by 1000": (sure, torch.tensor([1, 2]), -100, "none"),
        "logits are in the thousands": (*drawn(4, 6, 1e3), -100, "mean"),
    }  # fmt: skip


entropy = Exercise(
    "language_models.cross_entropy",
    fast_track=True,
    title="What a guess costs", needs=("softmax",),
    points=3, difficulty=2, minutes=20, examples=rows,
    forbid=("cross_entropy", "nll_loss", "cross_entropy_loss"),
)  # fmt: skip


@entropy.oracle("torch.nn.functional.cross_entropy")
def _(logits, target, ignore_index=-100, reduction="mean"):
    return torch.nn.functional.cross_entropy(
        logits, target, ignore_index=ignore_index, reduction=reduction
    )


@entropy.claim("who knows nothing pays ln V, and less on what they lean towards")
def _(answer):
    target = torch.tensor([0, 3, 2])
    even = answer(torch.full((3, 5), 0.7), target, -100, "none")
    agree(even, torch.full((3,), math.log(5)))
    leaning = torch.zeros(3, 5)
    leaning[0, 0] = leaning[1, 1] = 1.0
    agree(answer(leaning, target, -100, "none")[2], even[2])
    assert answer(leaning, target, -100, "none")[0] < even[0] < answer(
        leaning, target, -100, "none"
    )[1]  # fmt: skip


@entropy.claim("a row that is ignored changes nothing, whatever stands in it")
def _(answer):
    logits = torch.tensor([[0.2, -0.3, 0.9], [0.4, 0.1, -0.6], [0.3, 0.8, 0.1]])
    target = torch.tensor([2, -100, 1])
    other = logits.clone()
    other[1] = torch.tensor([3.0, -2.0, 1.0])
    agree(answer(other, target, -100, "mean"), answer(logits, target, -100, "mean"))
    agree(
        answer(logits, target, -100, "mean"), answer(logits[[0, 2]], target[[0, 2]], -100, "mean")
    )
    differ(
        answer(other, torch.tensor([2, 0, 1]), -100, "mean"),
        answer(logits, torch.tensor([2, 0, 1]), -100, "mean"),
    )


@entropy.claim("being sure and wrong by 1000 logits costs 1000 nats")
def _(answer):
    sure = torch.tensor([[0.0, 1000.0, 0.0], [0.0, 1000.0, 0.0]])
    agree(answer(sure, torch.tensor([0, 1]), -100, "none"), torch.tensor([1000.0, 0.0]))


entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1).log()",
    name="log_of_softmax",
    seen="Where a row is sure and wrong, infinity comes back. What is left of exp(-1000) in float32?",
    why="These are the numbers of a log taken after the softmax: a share too small for float32 is 0, "
    "and log(0) is minus infinity. Subtract in logs: `logits - logsumexp`, or `log_softmax`.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1).log_softmax(dim=1)",
    name="double_softmax",
    seen="However sure a row is, it pays nearly ln V. How far apart can two shares be?",
    why="These are the numbers of two softmaxes, one after the other. Shares lie between 0 and 1, and "
    "taken as logits they are nearly even. Logits go in as they are.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits.softmax(dim=1)",
    name="no_log",
    seen="The loss is negative, between -1 and 0. What is the surprise of a share of 1?",
    why="These are the shares themselves with a minus. A surprise is -log of a share: 0 for a "
    "certainty, without bound for the impossible.",
)  # fmt: skip
entropy.slip(
    "logits - logits.logsumexp(dim=1, keepdim=True)", "logits", name="no_normalising",
    seen="Adding 1 to all logits of a row changes the loss. Are logits logarithms of probabilities?",
    why="These are the target's logits with a minus. A logit says nothing on its own; take the "
    "row's logsumexp away, and it becomes a log-probability.",
)  # fmt: skip
entropy.slip(
    "logits.logsumexp(dim=1, keepdim=True)", "logits.exp().sum(dim=1, keepdim=True).log()",
    name="exp_overflows",
    seen="With logits of 1000 the loss is infinite or NaN. How large is exp(1000)?",
    why="These are the numbers of exp, sum and log one after the other. exp(1000) is infinity in "
    "float32; `logsumexp` takes the largest away first.",
)  # fmt: skip
entropy.slip(
    "logsumexp(dim=1,", "logsumexp(dim=0,", name="softmax_over_rows",
    seen="One row's loss changes with the logits of another. Which axis are the classes?",
    why="These are the numbers of a softmax over the rows. Each row is one guess about V classes: "
    "`dim=1`.",
)  # fmt: skip
entropy.slip(
    "-log_probs", "log_probs", name="sign",
    seen="The loss is negative. Which should be smaller: the loss of a good guess, or of a bad one?",
    why="These are log-probabilities, which are 0 at best. The surprise is their negative.",
)  # fmt: skip
entropy.slip(
    "/ paid.sum()", "/ len(target)", name="mean_all",
    seen="The mean is too small where targets are ignored. By how many rows should it be divided?",
    why="These are the numbers of a division by all N rows. Ignored rows add nothing to the sum and "
    "must not count below the line either.",
)  # fmt: skip
entropy.slip(
    "target != ignore_index", "target != -100", name="always_minus_100",
    seen="With another `ignore_index` the ignored rows are paid for. Where is the argument used?",
    why="These are the numbers of -100 written into the code. It is only the default: compare with "
    "`ignore_index`.",
)  # fmt: skip
entropy.slip(
    "where(paid, 0.0)", "mul(1.0)", name="ignored_paid",
    seen="Rows with an ignored target have a loss. What should they add to the sum?",
    why="These are the numbers of ignored rows paid for as if column 0 were their target. A stand-in "
    "column keeps `gather` from failing; what it gives must be set to 0.",
)  # fmt: skip
entropy.slip(
    "squeeze(1).where(paid, 0.0)", "squeeze(1)[paid]", name="rows_dropped",
    seen='With "none", fewer numbers than rows come back. What should stand for an ignored row?',
    why="These are the losses of the paid rows alone. With `none` every row keeps its place, and an "
    "ignored one has 0.0.",
)  # fmt: skip
entropy.slip(
    ".squeeze(1).where(paid, 0.0)", ".where(paid[:, None], 0.0)", name="axis_left",
    seen='With "none" each number comes in a row of its own. What shape does `gather` return?',
    why="`gather` keeps the axis it looks along, here with size 1. Take it away: `[:, 0]`.",
)  # fmt: skip
entropy.slip(
    'reduction == "sum"', "False", name="sum_ignored",
    seen='With "sum" a mean comes back. Where is "sum" asked about?',
    why="These are means throughout. `reduction` chooses between three results.",
)  # fmt: skip
entropy.slip(
    'reduction == "none"', "False", name="none_ignored",
    seen='With "none" one number comes back. How many rows were there?',
    why="With `none` nothing is added up: one number per row.",
)  # fmt: skip


entropy.excuse("target.where(paid, 0)", "any valid column will do where nothing is paid")


def reduced(nll, n, reduction):
    return {"none": nll, "sum": nll.sum(), "mean": nll.sum() / n}[reduction]


@entropy.misconception(
    seen="The numbers are all right but for a factor of 1.44. In which unit are they?",
    why="These are bits: log2 instead of ln. 1 bit is 0.69 nats. Losses in this course, and in "
    "PyTorch, are in nats.",
    convention=True,
)
def base2(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    log_probs = logits.log_softmax(dim=1) / math.log(2)
    nll = -log_probs.gather(1, target.where(paid, 0)[:, None])[:, 0].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="Column -100 does not exist. What may stand in for a target that is not paid for?",
    why="`gather` looks up every row, and only then are the ignored ones set to 0. Give those any "
    "valid column first, `target.where(paid, 0)`, or look up the paid rows alone.",
)
def looked_up_first(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1).gather(1, target[:, None])[:, 0].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="No guess costs more than 21 nats, however wrong it is. What is -ln of a billionth?",
    why="These are the numbers of 1e-9 added to a share before its log. That avoids log(0) by "
    "making up a cost. Subtract in logs, `logits - logsumexp`, and nothing has to be avoided.",
)
def a_billionth_added(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    shares = logits.softmax(dim=1).gather(1, target.where(paid, 0)[:, None])[:, 0]
    return reduced(-(shares + 1e-9).log().where(paid, 0.0), paid.sum(), reduction)


@entropy.misconception(
    seen="The target -100 either fails or counts as a class. What is the hundredth column from the "
    "end?",
    why="These are the numbers of indexing with -100 itself: Python counts it from the end, and with "
    "more than 100 columns that is a class like any other. Rows with that target are not paid for.",
)
def ignore_as_class(logits, target, ignore_index=-100, reduction="mean"):
    log_probs = logits.log_softmax(dim=1)
    nll = -log_probs[torch.arange(len(target)), target]
    return reduced(nll, len(nll), reduction)


@entropy.misconception(
    seen="With N rows, N by N numbers were averaged. Which column belongs to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`.",
)
def wrong_gather(logits, target, ignore_index=-100, reduction="mean"):
    paid = target[target != ignore_index]
    nll = -logits.log_softmax(dim=1)[target != ignore_index][:, paid]
    return reduced(nll, nll.numel(), reduction)


@entropy.misconception(
    seen="N rows gave N by N numbers. Which column belongs to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`.",
)
def all_columns_then_hidden(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    nll = -logits.log_softmax(dim=1)[:, target.where(paid, 0)].where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.misconception(
    seen="Column -100 does not exist, and elsewhere N rows give N by N numbers. Which column belongs "
    "to which row?",
    why="`log_probs[:, target]` takes the columns of *all* targets from every row. One column per "
    "row: `gather`, or `log_probs[torch.arange(N), target]`; and none for an ignored target.",
)
def all_columns(logits, target, ignore_index=-100, reduction="mean"):
    nll = -logits.log_softmax(dim=1)[:, target]
    return reduced(nll, nll.numel(), reduction)


@entropy.misconception(
    seen="This is a squared distance. How much should a certain, wrong guess cost?",
    why="These are the numbers of a Brier score, a sum of squares of shares: never above 2. Here the "
    "cost is -log of the share of the target.",
)
def brier(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    shares = logits.softmax(dim=1)
    hot = torch.nn.functional.one_hot(target.where(paid, 0), logits.shape[1])
    nll = ((shares - hot) ** 2).sum(dim=1).where(paid, 0.0)
    return reduced(nll, paid.sum(), reduction)


@entropy.alternative
def by_log_softmax(logits, target, ignore_index=-100, reduction="mean"):
    kept = (target != ignore_index).nonzero()[:, 0]
    out = torch.zeros(len(target), dtype=logits.dtype)
    nll = -logits.log_softmax(dim=-1)[kept, target[kept]]
    if reduction == "none":
        return out.index_put((kept,), nll)
    return nll.sum() if reduction == "sum" else nll.mean()


@entropy.alternative
def by_one_hot(logits, target, ignore_index=-100, reduction="mean"):
    paid = target != ignore_index
    hot = torch.nn.functional.one_hot(target.where(paid, 0), logits.shape[1]).bool()
    top = logits.amax(dim=1)
    far = (logits - top[:, None]).exp().sum(dim=1).log() + top
    each = (far - logits.where(hot, 0.0).sum(dim=1)) * paid
    return reduced(each, paid.sum(), reduction)


# ------------------------------------------------------------------------ sequence_log_prob


def batches(g):
    def drawn(B, T, V, scale=1.0):
        logits = scale * torch.randn(B, T, V, generator=g)
        return logits, torch.randint(0, V, (B, T), generator=g)

    small = torch.tensor([[[0.0, 1.0, 0.5], [0.5, 0.0, -0.5], [2.0, 1.0, 0.0]]])
    return {
        "one row of three tokens is scored": (
            small, torch.tensor([[0, 2, 1]]), torch.ones(1, 3, dtype=torch.long)
        ),
        "there are two rows": (*drawn(2, 4, 5), torch.ones(2, 4, dtype=torch.long)),
        "there is one token": (*drawn(2, 1, 4), torch.ones(2, 1, dtype=torch.long)),
        "padding stands after the text": (
            *drawn(3, 5, 4),
            torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]),
        ),
        "padding stands before the text": (
            *drawn(3, 6, 4),
            torch.tensor([[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]]),
        ),
        "a text is long": (*drawn(2, 70, 11), torch.ones(2, 70, dtype=torch.long)),
        "logits are in the hundreds": (
            *drawn(2, 4, 6, 300.0), torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
        ),
    }  # fmt: skip


sequence = Exercise(
    "language_models.sequence_log_prob",
    title="The chain rule, in logs", needs=("cross_entropy",),
    points=3, difficulty=2, minutes=20, examples=batches,
)  # fmt: skip


@sequence.oracle("torch.distributions.Categorical.log_prob, row by row without its padding")
def _(logits, ids, mask):
    from torch.distributions import Categorical

    sums = []
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real], tokens[real]
        known = (
            Categorical(logits=row[:-1]).log_prob(tokens[1:]) if len(row) > 1 else row.new_zeros(1)
        )
        sums.append(known.sum())
    return torch.stack(sums)


def ones(*shape):
    return torch.ones(*shape, dtype=torch.long)


@sequence.claim("a model that knows nothing gives each of the T - 1 scored tokens 1/V")
def _(answer):
    ids = torch.tensor([[0, 3, 1, 2], [2, 2, 0, 1]])
    agree(answer(torch.zeros(2, 4, 5), ids, ones(2, 4)), torch.full((2,), -3 * math.log(5)))
    agree(answer(torch.zeros(2, 3, 5), ids[:, :3], ones(2, 3)), torch.full((2,), -2 * math.log(5)))


@sequence.claim("logits are about the token after their own place, the last are about none")
def _(answer):
    ids = torch.tensor([[0, 1, 2]])
    sure = torch.zeros(1, 3, 4)
    sure[0, 0, 1] = sure[0, 1, 2] = 3.0  # at each place, the token to come
    assert answer(sure, ids, ones(1, 3))[0] > -1
    changed = sure.clone()
    changed[0, 2] = torch.tensor([1.0, -2.0, 0.5, 0.0])
    agree(answer(changed, ids, ones(1, 3)), answer(sure, ids, ones(1, 3)))
    assert answer(torch.zeros(1, 3, 4), ids, ones(1, 3))[0] < -2


@sequence.claim("padding changes nothing, on whichever side it stands")
def _(answer):
    logits = torch.tensor([[[0.2, -0.5, 0.1], [0.7, 0.3, -0.2], [-0.4, 0.6, 0.0]]])
    ids = torch.tensor([[2, 0, 1]])
    plain = answer(logits, ids, ones(1, 3))
    assert plain.shape == (1,)
    assert plain[0] < -1
    differ(answer(logits, ids.flip(1), ones(1, 3)), plain)
    pad = torch.tensor([[[1.0, -1.0, 0.5]] * 2])
    zero = torch.zeros(1, 2, dtype=torch.long)
    for side in (1, -1):
        parts = [(logits, ids, ones(1, 3)), (pad, zero, zero)][::side]
        agree(answer(*(torch.cat(three, dim=1) for three in zip(*parts, strict=True))), plain)


sequence.slip(
    "logits[:, :-1].log_softmax(dim=-1)", "logits[:, 1:].log_softmax(dim=-1)", name="shift_wrong",
    seen="Each token is scored by the logits at its own place. Which logits were computed before it "
    "was read?",
    why="These are the numbers of logits at t for the token at t. When those were computed, the token "
    "had been read already; it is predicted from the place before it, `logits[:, :-1]`.",
)  # fmt: skip
sequence.slip(
    "log_softmax(dim=-1)", "log_softmax(dim=1)", name="softmax_over_time",
    seen="A token's probability depends on later logits. Over which axis do the shares sum to 1?",
    why="These are the numbers of a softmax over the positions. At each position the V tokens share "
    "1 among them: the last axis.",
)  # fmt: skip
sequence.slip(
    ".log_softmax(dim=-1)", "", name="raw_logits",
    seen="Sums of logits came back. Are logits logarithms of probabilities?",
    why="These are sums of the tokens' logits. A log-softmax makes log-probabilities of them.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1) / scored.sum(dim=1).clamp(min=1)", name="mean_not_sum",
    seen="A long text is as likely as a short one. What does the chain rule multiply?",
    why="These are means per token. The probability of the text is the product of all its steps, its "
    "logarithm their sum.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1) / scored.sum(dim=1)", name="mean_of_none",
    seen="A long text is as likely as a short one, and a single token gives NaN. What does the chain "
    "rule multiply?",
    why="These are means per token, and the mean of no tokens is NaN. The probability of the text is "
    "the product of all its steps, its logarithm their sum.",
)  # fmt: skip
sequence.slip(
    "mask[:, 1:] * mask[:, :-1]", "mask[:, 1:] | True", name="pads_included",
    seen="Padding makes a text less likely. Which positions are part of the text?",
    why="These are sums over all positions, padding included. Where `mask` is 0 nothing is scored.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1).exp()", name="not_in_logs",
    seen="A long text comes back as 0. Of what is the logarithm wanted?",
    why="These are probabilities. Of any long text they are too small for a float: stay in logs.",
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum(dim=1).neg()", name="sign",
    seen="The numbers are positive. Can the logarithm of a probability be?",
    why="These are surprises, -log p. Here log p is asked for, which is 0 or below.",
    convention=True,
)  # fmt: skip
sequence.slip(
    ".sum(dim=1)", ".sum()", name="rows_mixed",
    seen="One number came back for several texts. Which axis is the batch?",
    why="This is the sum over all rows. Each text has its own: sum over the positions, `dim=1`.",
)  # fmt: skip


def steps(logits, ids, mask):
    log_probs = logits[:, :-1].log_softmax(-1)
    scored = (mask[:, 1:] * mask[:, :-1]).bool()
    return log_probs.gather(-1, ids[:, 1:, None])[..., 0], scored


@sequence.misconception(
    seen="A long text comes back as minus infinity. What is a product of seventy small numbers, in "
    "float32?",
    why="These are the numbers of probabilities multiplied first: the product drops below what "
    "float32 can hold, becomes 0, and its log minus infinity. Add the logarithms.",
)
def product_underflow(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return each.exp().where(scored, 1.0).prod(dim=1).log()


@sequence.misconception(
    seen="One token too many is scored: the first. From what was it predicted?",
    why="These are the numbers of logits at t for the token at t, the first included. Logits at t "
    "are about the token at t + 1: shift one against the other.",
)
def no_shift(logits, ids, mask):
    each = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    return each.where(mask.bool(), 0.0).sum(dim=1)


@sequence.misconception(
    seen="Each token is scored by the logits *after* it. In which direction is a text read?",
    why="These are the numbers of a shift the wrong way: logits at t + 1 for the token at t. Those at "
    "t - 1 predict it.",
)
def shifted_back(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    each = logits[:, 1:].log_softmax(-1).gather(-1, ids[:, :-1, None])[..., 0]
    return each.where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="With padding before the text other tokens are scored. Does the number of real tokens say "
    "where they stand?",
    why="These are the numbers of the first L places, with L the number of real tokens. Those hold "
    "the text only where padding comes after it: `mask[b].bool()` picks the real ones.",
)
def the_first_places(logits, ids, mask):
    first = torch.arange(mask.shape[1]) < mask.sum(dim=1, keepdim=True)
    each, scored = steps(logits, ids, first.long())
    return each.where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="The likeliest token is scored, whatever stands in the text. Where are `ids` used?",
    why="These are the numbers of the model's favourite at every step. The text is given: take the "
    "log-probability of its own tokens.",
)
def favourites(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    return logits[:, :-1].log_softmax(-1).amax(-1).where(scored, 0.0).sum(dim=1)


@sequence.misconception(
    seen="Where logits lie far apart, minus infinity comes back. What is log(0)?",
    why="These are the numbers of log(softmax(...)): a share too small for float32 is 0. Take "
    "`log_softmax`, which subtracts in logs.",
)
def log_of_softmax(logits, ids, mask):
    _, scored = steps(logits, ids, mask)
    shares = logits[:, :-1].softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    return shares.log().where(scored, 0.0).sum(dim=1)


@sequence.alternative
def by_cross_entropy(logits, ids, mask):
    out = []
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real][:-1], tokens[real][1:]
        out.append(-torch.nn.functional.cross_entropy(row, tokens, reduction="sum"))
    return torch.stack(out)


@sequence.alternative
def by_loops(logits, ids, mask):
    totals = []
    for b in range(len(ids)):
        total = logits.new_zeros(())
        for t in range(1, ids.shape[1]):
            if mask[b, t] and mask[b, t - 1]:
                total = total + logits[b, t - 1, ids[b, t]] - logits[b, t - 1].logsumexp(0)
        totals.append(total)
    return torch.stack(totals)


# -------------------------------------------------------------------------------- token_nll

nats = Exercise(
    "language_models.token_nll",
    title="The bill of a batch", needs=("cross_entropy", "sequence_log_prob"),
    points=2, difficulty=2, minutes=15, examples=batches,
)  # fmt: skip


@nats.oracle("transformers.loss.loss_utils.ForCausalLMLoss")
def _(logits, ids, mask):
    from transformers.loss.loss_utils import ForCausalLMLoss

    real = mask.bool()
    before = torch.nn.functional.pad(real[:, :-1], (1, 0), value=False)
    labels = ids.masked_fill(~(real & before), -100)
    total = ForCausalLMLoss(logits, labels, logits.shape[-1], num_items_in_batch=1)
    return total, int((labels != -100).sum())


@nats.claim("two batches cost what they cost together, tokens and nats")
def _(answer):
    g = torch.Generator().manual_seed(3)
    logits = torch.randn(3, 4, 5, generator=g)
    ids = torch.randint(0, 5, (3, 4), generator=g)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]])
    nll, n = answer(logits, ids, mask)
    parts = [answer(logits[i : i + 1], ids[i : i + 1], mask[i : i + 1]) for i in range(3)]
    agree(sum(part for part, _ in parts), nll)
    assert sum(count for _, count in parts) == n
    differ(parts[0][0], nll)


@nats.claim("three tokens in a row are two to predict, and padding is none")
def _(answer):
    logits, ids = torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long)
    assert answer(logits, ids, torch.tensor([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]]))[1] == 4
    assert answer(logits, ids, torch.tensor([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]))[1] == 4


@nats.claim("who knows nothing pays ln V for each of the tokens that are counted")
def _(answer):
    ids = torch.tensor([[0, 1, 2, 3], [3, 2, 1, 0]])
    nll, n = answer(torch.zeros(2, 4, 6), ids, torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]))
    assert n > 2
    agree(nll, torch.tensor(n * math.log(6)))


nats.slip(
    "logits[:, :-1]", "logits[:, 1:]", name="shift_wrong",
    seen="Each token is scored by the logits at its own place. Which logits were computed before it "
    "was read?",
    why="These are the numbers of logits at t for the token at t. They are about the token at t + 1: "
    "drop the *last* logits, not the first.",
)  # fmt: skip
nats.slip(
    'reduction="sum"', 'reduction="mean"', name="mean_not_sum",
    seen="The nats are a mean. What is to be added up over batches?",
    why="These are mean nats per token. Means of batches of different sizes cannot be averaged; the "
    "sum and the number can be added up, and divided once at the end.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "int(mask.sum())", name="counts_first",
    seen="The nats are right, the number is larger by one for each row. Which token of a row is not "
    "predicted?",
    why="These are all the real tokens. The first of each row has nothing before it: T tokens are "
    "T - 1 to predict.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "int(mask[:, 1:].sum())", name="counts_first_after_pads",
    seen="The nats are right, the number is too large where padding comes first. Which token is not "
    "predicted?",
    why="This number counts the first real token after padding. A token is scored only if the one "
    "before it is real, too.",
)  # fmt: skip
nats.slip(
    "nll = F", "nll = -F", name="log_prob_not_nll",
    seen="The nats are negative. Which way round is a surprise?",
    why="These are log p. A cost is -log p.",
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "scored.numel()", name="pads_counted",
    seen="The nats are right, the number counts padding. What was summed?",
    why="This is the number of places, padding included. Count where something was scored.",
)  # fmt: skip
nats.slip(
    "mask[:, 1:] * mask[:, :-1]", "mask[:, 1:] | True", name="pads_paid",
    seen="Padding has a cost, and is counted. Which positions are part of the text?",
    why="These are the numbers of all positions. Where `mask` is 0 nothing is paid: -100 as its label "
    "tells `cross_entropy` so.",
)  # fmt: skip
for exercise in (sequence, nats):
    exercise.slip(
        " * mask[:, :-1]", "", name="first_after_pads",
        seen="With padding before the text, one token too many is scored. What stands before the "
        "first real token?",
        why="These are the numbers of asking about the scored token alone. The first real token "
        "would be predicted from padding; it is scored only if the one before it is real, too.",
    )  # fmt: skip
    exercise.slip(
        "mask[:, 1:] * ", "", name="one_past_the_end",
        seen="With padding after the text, one token too many is scored. Which one?",
        why="These are the numbers of asking about the token *before* alone. The last real token "
        "would be followed by a pad that is scored; both must be real.",
    )  # fmt: skip
nats.slip(
    "return nll, int", "return nll / math.log(2), int", name="bits",
    seen="The number of tokens is right, the cost is larger by a factor of 1.44. In which unit is it?",
    why="These are bits. 1 bit is 0.69 nats; losses in this course are in nats.",
    convention=True,
)  # fmt: skip
nats.slip(
    "int(scored.sum())", "scored.sum()", name="number_is_a_tensor",
    seen="The number of tokens is right. What type is it?",
    why="The number came back as a tensor. It is counted, not learned from: `int(...)`.",
)  # fmt: skip
nats.slip(
    "return nll,", "return float(nll),", name="nll_is_a_float",
    seen="The values are right. Could a model learn from this loss?",
    why="A Python float has no gradient. Leave the sum a tensor; whoever only reports it can convert.",
)  # fmt: skip


@nats.misconception(
    seen="Each row's first token is scored as well. From what was it predicted?",
    why="These are the numbers of logits at t for the token at t. Logits at t are about the token at "
    "t + 1: shift one against the other, and there is one less to score.",
)
def no_shift_at_all(logits, ids, mask):
    labels = ids.masked_fill(mask == 0, -100)
    nll = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return nll, int(mask.sum())


@nats.misconception(
    seen="The order is the other way round. Which comes first?",
    why="First the nats, then the number of tokens.",
)
def order_swapped(logits, ids, mask):
    nll, n = from_log_probs(logits, ids, mask)
    return n, nll


@nats.misconception(
    seen="One sum came back for each row. How many bills has a batch?",
    why="These are the nats of each row. Add them up: one sum for the whole batch, beside the one "
    "number of its tokens.",
)
def a_bill_for_each_row(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return -each.where(scored, 0.0).sum(dim=1), int(scored.sum())


@nats.alternative
def from_log_probs(logits, ids, mask):
    each, scored = steps(logits, ids, mask)
    return -(each * scored).sum(), scored.sum().item()


@nats.alternative
def row_by_row(logits, ids, mask):
    total, n = logits.sum() * 0, 0
    for row, tokens, real in zip(logits, ids, mask.bool(), strict=True):
        row, tokens = row[real][:-1], tokens[real][1:]
        total = total + (row.logsumexp(-1) - row[torch.arange(len(tokens)), tokens]).sum()
        n += len(tokens)
    return total, n


# ------------------------------------------------------------------------------- perplexity


def bills(g):
    n = torch.randint(5, 60, (6,), generator=g).tolist()
    means = (0.5 + 2.5 * torch.rand(6, generator=g, dtype=torch.float64)).tolist()
    return {
        "there is one document": ([6.0], [4]),
        "two documents have the same length": ([3.0, 12.0], [5, 5]),
        "a short document is dear and a long one cheap": ([12.0, 10.0], [4, 20]),
        "a document has no token": ([5.0, 0.0, 8.0], [4, 0, 3]),
        "a document is long": ([1500.0, 2.5], [1000, 7]),
        "nothing surprised": ([0.0, 0.0], [3, 9]),
        "six documents are given": ([m * k for m, k in zip(means, n, strict=True)], n),
    }


ppl = Exercise(
    "language_models.perplexity",
    fast_track=True,
    title="Perplexity", needs=("token_nll",),
    points=1, difficulty=1, minutes=5, examples=bills,
)  # fmt: skip


@ppl.oracle("numpy.average and numpy.exp")
def _(nll_sums, n_tokens):
    import numpy as np

    kept = [(nll, n) for nll, n in zip(nll_sums, n_tokens, strict=True) if n]
    means, weights = [nll / n for nll, n in kept], [n for _, n in kept]
    return float(np.exp(np.average(means, weights=weights)))


@ppl.claim("choosing among 8 equally likely tokens each time has perplexity 8")
def _(answer):
    assert abs(answer([5 * math.log(8), 3 * math.log(8)], [5, 3]) - 8) < 1e-6
    assert abs(answer([2 * math.log(3)], [2]) - 3) < 1e-6


@ppl.claim("cutting a document in two changes nothing")
def _(answer):
    whole = answer([9.0, 4.0], [6, 10])
    assert abs(answer([3.0, 6.0, 4.0], [4, 2, 10]) - whole) < 1e-6
    assert abs(answer([9.0, 8.0], [6, 10]) - whole) > 0.1


ppl.slip(
    "math.exp(", "2 ** (", name="base2",
    seen="The perplexity is too small. In which unit are the sums?",
    why="These are powers of 2, which go with bits. The sums are in nats: exp.",
    convention=True,
)  # fmt: skip
ppl.slip(
    "sum(n_tokens)", "len(n_tokens)", name="per_document",
    seen="Longer documents make the perplexity larger. By what is the sum divided?",
    why="This is exp of the nats per *document*. Perplexity is per token: divide by all tokens.",
)  # fmt: skip
ppl.slip(
    "math.exp(math.fsum(nll_sums)", "math.exp(-math.fsum(nll_sums)", name="inverse",
    seen="The perplexity is below 1. What would it be for a model that is always right?",
    why="This is the mean probability of a token (the geometric mean). The perplexity is 1 over it.",
)  # fmt: skip
ppl.slip(
    "math.exp(math", "(math", name="no_exp",
    seen="A model that is never surprised gets 0. Among how many tokens does it choose?",
    why="These are the mean nats per token. Perplexity is exp of that: 1 for certainty.",
)  # fmt: skip
ppl.slip(
    "math.exp(math.fsum(nll_sums) / sum(n_tokens))",
    "torch.tensor(nll_sums).sum().div(sum(n_tokens)).exp()", name="a_tensor",
    seen="The number is right. What type is it?",
    why="The perplexity came back as a tensor. Nothing learns from it: `float(...)` or `math.exp`.",
)  # fmt: skip


@ppl.misconception(
    seen="One dear, short document moves the result a lot. Does each *token* count the same?",
    why="This is a mean of each document's perplexity. Add up all nats and all tokens, divide once, "
    "and take exp last.",
)
def mean_of_ppl(nll_sums, n_tokens):
    each = [math.exp(nll / n) if n else 1.0 for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return sum(each) / len(each)


@ppl.misconception(
    seen="A document of 4 tokens weighs as much as one of 20. Does each *token* count the same?",
    why="This is exp of a mean of means. Divide the sum of all nats by the number of all tokens.",
)
def mean_of_means(nll_sums, n_tokens):
    each = [nll / n if n else 0.0 for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return math.exp(sum(each) / len(each))


@ppl.misconception(
    seen="A document without tokens fails. What should be divided, and how often?",
    why="This is exp of a mean of means: each document is divided on its own, and 0 / 0 fails. Divide "
    "once, the sum of all nats by the number of all tokens.",
)
def mean_of_means_unguarded(nll_sums, n_tokens):
    each = [nll / n for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return math.exp(sum(each) / len(each))


@ppl.misconception(
    seen="A document without tokens fails. And does each *token* count the same?",
    why="This is a mean of each document's perplexity, and 0 / 0 fails. Add up all nats and all "
    "tokens, divide once, and take exp last.",
)
def mean_of_ppl_unguarded(nll_sums, n_tokens):
    each = [math.exp(nll / n) for nll, n in zip(nll_sums, n_tokens, strict=True)]
    return sum(each) / len(each)


@ppl.misconception(
    seen="The result is astronomically large, or fails. Of what is exp taken?",
    why="This is 1 over the probability of all documents together. Divide by the number of tokens "
    "before exp.",
)
def not_divided(nll_sums, n_tokens):
    return math.exp(sum(nll_sums))


@ppl.alternative
def by_tensor(nll_sums, n_tokens):
    total = torch.tensor(nll_sums, dtype=torch.float64).sum()
    return float(torch.exp(total / torch.tensor(n_tokens).sum()))


@ppl.alternative
def as_a_root(nll_sums, n_tokens):
    n = sum(n_tokens)
    product = 1.0
    for nll in nll_sums:
        product *= math.exp(nll / n)
    return product
