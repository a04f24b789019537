"""What is built in another way than `corpus_bleu`: wrong ones with a cause, and right ones."""

import math
from collections import Counter

from autograder.checks.evaluation.corpus_bleu import bleu


def runs(words, n):
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def counted(hyp, those):
    """Right runs and all runs for n = 1 to 4, the length, and the length it should have."""
    words, refs = hyp.split(), [ref.split() for ref in those]
    right, made = [], []
    for n in range(1, 5):
        mine = runs(words, n)
        right.append(sum(min(many, max(runs(ref, n)[run] for ref in refs))
                         for run, many in mine.items()))  # fmt: skip
        made.append(sum(mine.values()))
    return right, made, len(words), min((abs(len(r) - len(words)), len(r)) for r in refs)[1]


def together(right, made, c, r):
    if min(right) == 0:
        return 0.0
    product = math.prod(hit / all_ for hit, all_ in zip(right, made, strict=True))
    return 100 * product**0.25 * (1.0 if c >= r else math.exp(1 - r / c))


def added(parts):
    right = [sum(part[0][i] for part in parts) for i in range(4)]
    made = [sum(part[1][i] for part in parts) for i in range(4)]
    return right, made, sum(part[2] for part in parts), sum(part[3] for part in parts)


@bleu.misconception(
    seen="One sentence alone is right. Is BLEU a mean over sentences?",
    why="This is the mean of the BLEU of each sentence. Short sentences without a right run of four "
    "have 0 then. BLEU adds up the counts of the whole corpus, and divides last.",
)
def mean_of_sentences(hyps, refs):
    each = [together(*counted(hyp, those)) for hyp, those in zip(hyps, refs, strict=True)]
    return sum(each) / len(each)


@bleu.misconception(
    seen="One sentence alone is right. Are the precisions a mean over sentences?",
    why="The precision of each sentence is taken here, and then their mean. Add up the right runs and "
    "all runs over the corpus first, and divide last.",
)
def mean_of_precisions(hyps, refs):
    parts = [counted(hyp, those) for hyp, those in zip(hyps, refs, strict=True)]
    _, _, c, r = added(parts)
    shares = [sum(part[0][i] / max(part[1][i], 1) for part in parts) / len(parts) for i in range(4)]
    return together(shares, [1] * 4, c, r)


@bleu.misconception(
    seen="One sentence alone is right. Can a sentence that is too long make up for one that is too "
    "short?",
    why="Each sentence has a brevity penalty of its own here. There is one for the corpus: the lengths "
    "are added up first.",
)
def brevity_by_sentence(hyps, refs):
    parts = [counted(hyp, those) for hyp, those in zip(hyps, refs, strict=True)]
    right, made, c, _ = added(parts)
    each = [min(1.0, math.exp(1 - part[3] / part[2])) if part[2] else 0.0 for part in parts]
    return together(right, made, c, c) * sum(each) / len(each)


@bleu.misconception(
    seen="Where a right translation has four words or more it is right. And a shorter one?",
    why="Lengths of runs that the text is too short for are left out of the mean here, which is called "
    "effective order. Here all four count, so without a right run of four words it is 0.",
    convention=True,
)
def effective_order(hyps, refs):
    parts = [counted(hyp, those) for hyp, those in zip(hyps, refs, strict=True)]
    right, made, c, r = added(parts)
    order = sum(all_ > 0 for all_ in made)
    if not order or min(right[:order]) == 0:
        return 0.0
    product = math.prod(right[i] / made[i] for i in range(order))
    return 100 * product ** (1 / order) * (1.0 if c >= r else math.exp(1 - r / c))


@bleu.misconception(
    seen="With one reference it is right. Which words may a translation take from which reference?",
    why="Each sentence takes its best reference here and leaves the others. A translation may take "
    "one run from one reference and the next from another.",
)
def best_reference(hyps, refs):
    parts = []
    for hyp, those in zip(hyps, refs, strict=True):
        *_, r = counted(hyp, those)
        right, made, c, _ = max((counted(hyp, [ref]) for ref in those), key=lambda part: part[0])
        parts.append((right, made, c, r))
    return together(*added(parts))


@bleu.misconception(
    seen="One sentence alone is right. May a sentence take words from the reference of another one?",
    why="All runs of the corpus are put into one bag here, and so are all references. A word in the "
    "wrong sentence then counts as right. Compare each sentence with its own references, and add up "
    "the right runs.",
)
def clipped_over_the_corpus(hyps, refs):
    *_, c, r = added([counted(hyp, those) for hyp, those in zip(hyps, refs, strict=True)])
    right, made = [], []
    for n in range(1, 5):
        ours, theirs = Counter(), Counter()
        for hyp, those in zip(hyps, refs, strict=True):
            ours += runs(hyp.split(), n)
            most = Counter()
            for ref in those:
                most |= runs(ref.split(), n)
            theirs += most
        right.append((ours & theirs).total())
        made.append(ours.total())
    return together(right, made, c, r)


@bleu.misconception(
    seen="One sentence with one reference is right. To which sentence do the texts in `refs[1]` belong?",
    why="`refs` is read as sacrebleu wants it here, first all first references, then all second ones. "
    "In this exercise `refs[i]` holds all references of `hyps[i]`.",
    convention=True,
)
def streams(hyps, refs):
    turned = [list(those) for those in zip(*refs, strict=False)]
    return together(*added([counted(hyp, those) for hyp, those in zip(hyps, turned, strict=False)]))


@bleu.alternative
def by_minimum_and_maximum(hyps, refs):
    return together(*added([counted(h, those) for h, those in zip(hyps, refs, strict=True)]))
