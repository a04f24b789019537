"""How good is what a model wrote: against references, against its own surprise, and against people.

Owns: numbers that compare texts, labels and verdicts. Ignores who wrote them.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Callable
from typing import Literal

from jaxtyping import Int
from torch import Tensor


def squad_em_f1(pred: str, refs: list[str]) -> tuple[float, float]:
    """How well a short answer fits any of several right ones: (exact match, F1), floats from 0 to 1.

    First all texts are made plain, in this order: lower case; without the characters of
    `string.punctuation`; without the words a, an and the; cut into words at white space. All other
    characters stay, such as é or “, and no article is directly beside one that is no letter. Exact
    match is 1.0 where `pred` has the same words as a reference in the same order, and otherwise 0.0.
    F1 is the harmonic mean of precision and recall over words. If one text has a word three times and
    the other twice, it counts twice. Two texts without any words have F1 1.0. Each of the two numbers
    is the best that any reference gives. There is at least one.

    Source: Rajpurkar et al. 2016, section 6.1; texts without words as in the script of SQuAD 2.0.
    """

    def plain(text):
        text = "".join(letter for letter in text.lower() if letter not in string.punctuation)
        return re.sub(r"\b(a|an|the)\b", " ", text).split()

    said, em, f1 = plain(pred), [], []
    for ref in refs:
        right = plain(ref)
        common = (Counter(said) & Counter(right)).total()
        both = len(said) + len(right)
        em.append(float(said == right))
        f1.append(2 * common / both if both else 1.0)
    return max(em), max(f1)


def corpus_bleu(hyps: list[str], refs: list[list[str]]) -> float:
    """BLEU of a whole corpus, from 0 to 100.

    `refs[i]` are the right translations of what `hyps[i]` translates, one or more. Texts are cut into
    words at white space. For n = 1, 2, 3, 4, the precision is the share of the hypotheses' runs of n
    words that are right. A run counts as right up to the largest number of times that any one
    reference of its sentence has it. Right runs and all runs are added up over the corpus before they
    are divided. BLEU is the geometric mean of the four precisions times the brevity penalty. That is
    exp(1 - r / c) where c, the number of words of all hypotheses, is smaller than r, and 1 otherwise.
    Each sentence adds the length of one reference to r: of the one closest in length to its
    hypothesis, and of the shorter one of two that are equally close. If no run of some length is
    right, BLEU is 0.0.

    Source: Papineni et al. 2002, section 2.3; times 100 as in sacrebleu.
    """

    def runs(text, n):
        words = text.split()
        return Counter(zip(*(words[i:] for i in range(n)), strict=False))

    right, made = [0] * 4, [0] * 4
    c = r = 0
    for hyp, those in zip(hyps, refs, strict=True):
        size = len(hyp.split())
        lengths = sorted(len(ref.split()) for ref in those)
        c += size
        r += min(lengths, key=lambda length: abs(length - size))  # of two as close, the shorter
        for i in range(4):
            found, most = runs(hyp, i + 1), Counter()
            for ref in those:
                most |= runs(ref, i + 1)
            right[i] += (found & most).total()
            made[i] += found.total()
    if 0 in right:
        return 0.0
    mean = math.exp(sum(math.log(hit / all_) for hit, all_ in zip(right, made, strict=True)) / 4)
    return 100 * min(1.0, math.exp(1 - r / c)) * mean


def rouge(pred: str, ref: str, n: int | Literal["L"]) -> tuple[float, float, float]:
    """What a summary shares with a reference: (precision, recall, F1), floats from 0 to 1.

    Words are the runs of letters a to z and digits in a text in lower case. For a number n, 1 or
    more, what is shared are runs of n words. If one text has a run three times and the other twice,
    it counts twice. Precision is the share of the runs in `pred` that are shared, and recall the
    share of those in `ref`. For n = "L" it is the longest sequence of words that both texts have in
    this order, whatever words are in between. Its length is divided by the number of words of `pred` for
    the precision, and by that of `ref` for the recall. F1 is the harmonic mean of the two. Where
    nothing is shared, all three are 0.0.

    Source: Lin 2004, sections 2 and 3; words as in `rouge_score`, without a stemmer.
    """
    said, right = (re.findall("[a-z0-9]+", text.lower()) for text in (pred, ref))
    if n == "L":
        above = [0] * (len(right) + 1)  # longest sequences of what was read of `pred` so far
        for word in said:
            row = [0]
            for place, other in enumerate(right):
                longer = above[place] + 1 if word == other else max(above[place + 1], row[-1])
                row.append(longer)
            above = row
        shared, many, wanted = above[-1], len(said), len(right)
    else:
        first, second = (
            Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (said, right)
        )
        shared, many, wanted = (first & second).total(), first.total(), second.total()
    return shared / max(many, 1), shared / max(wanted, 1), 2 * shared / max(many + wanted, 1)


def classification_report(truth: list[str], guessed: list[str]) -> dict[str, float]:
    """F1 over several classes, in three ways: {"macro": ..., "micro": ..., "weighted": ...}.

    The classes are all labels that occur in either list, as they are written. Count for each class
    how often it was guessed rightly, how often it was guessed, and how often it was true. Its F1 is
    twice the first number, divided by the sum of the other two. "macro" is the mean over classes. In
    the mean "weighted" a class weighs as much as it is frequent in the truth. "micro" is the F1 of
    the counts added up over all classes. Both lists have the same length, at least 1.

    Source: `f1_score` of scikit-learn.
    """
    classes = sorted(set(truth) | set(guessed))
    right = Counter(label for label, guess in zip(truth, guessed, strict=True) if label == guess)
    there, named = Counter(truth), Counter(guessed)
    f1 = {label: 2 * right[label] / (there[label] + named[label]) for label in classes}
    return {
        "macro": sum(f1.values()) / len(classes),
        "micro": 2 * right.total() / (there.total() + named.total()),
        "weighted": sum(there[label] * f1[label] for label in classes) / there.total(),
    }


def judge_statistics(ab: list[str], ba: list[str], human: list[str]) -> tuple[float, float, float]:
    """How a judge of pairs does: (win rate of A, position consistency, Cohen's kappa with people).

    Entry i of each list is about one pair of answers, from the models A and B. `ab[i]` is what the
    judge says when it reads A's answer first, and `ba[i]` when it reads B's first: "first", "second"
    or "tie". `human[i]` is what a person says: "A", "B" or "tie".

    A pair is consistent if both times the same model wins, or both times it is a tie. The judgement
    of a consistent pair is that model, or a tie. All other pairs are judged a tie. The win rate is
    the share of pairs judged for A, and a tie counts half. Kappa compares the judgements with the
    people's, over "A", "B" and "tie": (po - pe) / (1 - pe). Here po is the share of pairs on which
    they agree, and pe the share that is expected if each said "A", "B" and "tie" as often as it did,
    but at random. Where pe is 1, kappa is nan. There is at least one pair.

    Source: Zheng et al. 2023, section 3.4; Cohen 1960.
    """
    named = {"first": "B", "second": "A", "tie": "tie"}  # in the order BA
    turned = {"first": "A", "second": "B", "tie": "tie"}  # in the order AB
    pairs = [(turned[one], named[two]) for one, two in zip(ab, ba, strict=True)]
    judged = [one if one == two else "tie" for one, two in pairs]
    size = len(pairs)
    wins = (judged.count("A") + judged.count("tie") / 2) / size
    consistent = sum(one == two for one, two in pairs) / size
    po = sum(one == two for one, two in zip(judged, human, strict=True)) / size
    by_chance = sum(judged.count(label) * human.count(label) for label in ("A", "B", "tie"))
    pe = by_chance / size**2
    return wins, consistent, (po - pe) / (1 - pe) if pe < 1 else math.nan


def strided_perplexity(
    model: Callable[[Tensor], Tensor], ids: Int[Tensor, "T"], window: int, stride: int
) -> float:
    """Perplexity of a text that is longer than what the model can read at once.

    `model(ids)` takes up to `window` ids and gives logits of shape (number of ids, V): row t scores
    the id after ids[t]. The windows begin at 0, stride, 2 * stride, and so on. All have `window` ids,
    and fewer where the text ends before. Every id of the text but the first is scored once, in the
    first window that has it. (A window without a new id need not be read.) The ids before it in that
    window are what the model sees of the text. The result is exp of the mean surprise of the scored
    ids, and each of them counts the same. There are 2 ids or more, and stride is at least 1 and
    smaller than window.

    Source: "Perplexity of fixed-length models" in the documentation of transformers. Its code counts
    one id too few in every window but the first.
    """
    total, scored = 0.0, 1  # the first id has nothing before it
    for begin in range(0, len(ids), stride):
        part = ids[begin : begin + window]
        logps = model(part)[:-1].log_softmax(-1)
        each = logps.gather(-1, part[1:, None])[:, 0]
        new = begin + len(part) - scored
        total -= each[len(each) - new :].sum().item()
        scored += new
        if scored == len(ids):
            break
    return math.exp(total / (len(ids) - 1))


def against_the_metric() -> str:
    """A case in which you disagree with a metric, in 80 to 150 words. What you quote counts, too.

    Take a metric of this page. Find a text that it ranks high and you do not, or the other way round,
    or two texts that it ranks against your judgement. Quote what is needed to see it: the texts, and
    the reference if there is one. Give the number on which you build your case, for each text, and
    say which it is (of ROUGE, for instance, the n, and precision, recall or F1). Say what the metric
    looks at and what it therefore cannot see, and what you would measure in addition. Your case may
    come from a model of the town or be your own, but not from this page.

    Source: Reiter 2018, A Structured Review of the Validity of BLEU.
    """
    return """
    The reference is *Tess was hungry, and the pie of Leo reached her.* The candidate *Leo was
    hungry, and the pie of Tess reached her.* has a ROUGE-1 F1 of 1.00, since the words are the
    same, yet who was hungry and whose pie it was are exchanged. *Leo's pie got to Tess, who wanted
    food.* has only 0.32, and I find it right: the same people, the same pie, the same direction.
    ROUGE-1 counts shared words. It knows neither who does what nor that *wanted food* is hunger.
    Beside it I would ask three questions of each summary: who was in need, what came, and from
    whom? I would report the share of right answers, with ROUGE next to it.
    """
