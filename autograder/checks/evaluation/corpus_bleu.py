"""Checks and misconceptions for `corpus_bleu`."""

import itertools
import math

from autograder.checks.evaluation import drawn, mixed, text
from autograder.exercise import Exercise


def corpora(g):
    a = drawn(g, 24)
    u, v, w = a[21:]
    long = a[:11]
    near = [*a[:5], u, *a[6:9]]
    return {
        "the translation is right": ([text(a[:6])], [[text(a[:6])]]),
        "one word in nine is wrong": ([text(near)], [[text(a[:9])]]),
        "the words are right and in another order": ([text(mixed(g, a[:7]))], [[text(a[:7])]]),
        "the translation says more than the reference": ([text(a[:9], u, v)], [[text(a[:9])]]),
        "the translation stops early": ([text(a[:5])], [[text(a[:8])]]),
        "the translation has three words": ([text(a[:3])], [[text(a[:3])]]),
        "no run of three is right": (
            [text(a[0], a[1], u, a[2], a[3], v)], [[text(a[:2], a[4], a[2:4], a[5])]],
        ),
        "a word is said again and again": (
            [text(a[0], a[0], a[0], a[0], a[0], a[0], a[1:5])], [[text(a[0], a[0], a[:8])]],
        ),
        "there are two references": ([text(a[:4], a[5:10])], [[text(a[:6]), text(a[5:12])]]),
        "words have the letters of two others": (
            [text(a[:2], "no where", a[2:8])], [[text(a[:2], "now here", a[2:8])]],
        ),
        "there is more white space": ([f"{a[0]}  {a[1]}\n{text(a[2:6])} "], [[text(a[:6], u)]]),
        "two references have a word once each": (
            [text(a[0], a[0], a[1:7])], [[text(a[0], a[1:5], u), text(v, a[0], a[3:7])]],
        ),
        "one reference has a word twice, and that is enough": (
            [text(a[0], a[0], a[0], a[1:7])],
            [[text(a[0], a[0], a[1:7]), text(a[0], a[2:8], u)]],
        ),
        "the closest reference is the longer one": (
            [text(a[:8])], [[text(a[:3]), text(a[:10]), text(a[2:8], a[9:19])]],
        ),
        "the second reference is closer": ([text(a[:5])], [[text(a[:8]), text(a[:5])]]),
        "the first of two that are equally close is shorter": (
            [text(a[:7])], [[text(a[:4]), text(a[:10])]],
        ),
        "a closer reference has fewer of the words": (
            [text(a[:6])], [[text(a[:9], u, v), text(a[2:6], w)]],
        ),
        "the third reference has what is needed": (
            [text(a[:7])], [[text(a[8:12]), text(u, v, a[1:4]), text(a[2:7], w, a[13:15])]],
        ),
        "now the first reference is closest, now the second": (
            [text(a[:5], u), text(a[6:12])],
            [[text(a[:5], v), text(a[:8])], [text(a[6:14]), text(a[6:12])]],
        ),
        "two references are equally close": ([text(a[:7])], [[text(a[:9]), text(a[2:7])]]),
        "the longest reference is far away": ([text(a[:8])], [[text(a[:8], a[9:16]), text(a[:7])]]),
        "two sentences are put together": (
            [text(a[:5]), text(a[6:9], u, v, w, a[9:13])], [[text(a[:5])], [text(a[6:13], u)]],
        ),
        "one sentence is too short and the other too long": (
            [text(a[:4]), text(a[6:16])], [[text(a[:9])], [text(a[6:14])]],
        ),
        "sentences have two, one and three references": (
            [text(long), text(a[3:8]), text(a[12:19], u)],
            [[text(a[:9], v), text(a[2:11])], [text(a[3:7], w)],
             [text(a[12:20]), text(a[13:19], u, v), text(a[14:18])]],
        ),
        "words are in the wrong sentence": (
            [text(a[:5], u), text(v, a[6:11])], [[text(v, a[:5])], [text(a[6:11], u)]],
        ),
        "one sentence has nothing right": (
            [text(a[:6]), text(u, v, w)], [[text(a[:6])], [text(a[8:13])]],
        ),
        "one sentence is empty": ([text(a[:9]), ""], [[text(a[:9])], [text(a[9:14])]]),
        "one sentence has two words": (
            [text(a[:7], u), text(a[9:11])], [[text(a[:9])], [text(a[9:11], v)]],
        ),
        "the only sentence is empty": ([""], [[text(a[:4])]]),
        "capitals and points differ": (
            [text(a[:5], "The", a[5:8], "end.")], [[text(a[:5], "the", a[5:8], "end", ".")]],
        ),
    }  # fmt: skip


bleu = Exercise(
    "evaluation.corpus_bleu",
    title="BLEU", points=3, difficulty=3, minutes=26, examples=corpora,
)  # fmt: skip


@bleu.oracle("sacrebleu.corpus_bleu, with tokenize and smooth_method none")
def _(hyps, refs):
    import sacrebleu

    streams = [list(stream) for stream in itertools.zip_longest(*refs)]
    return sacrebleu.corpus_bleu(
        hyps, streams, tokenize="none", smooth_method="none", force=True
    ).score


TOLD = "the cow of Molly slept under the bridge"


@bleu.claim("saying a right word twice does not count twice")
def _(answer):
    once, twice = answer.each(
        ([f"{TOLD} again"], [[f"{TOLD} today"]]), ([f"{TOLD} cow"], [[f"{TOLD} today"]])
    )
    assert abs(once - twice) < 1e-6
    assert 50 < once < 100


bleu.excuse("strict", "one row starts later, on purpose; the others have one length")


@bleu.claim("a right translation has 100, and one whose end is cut off pays exp(1 - r / c)")
def _(answer):
    whole, cut = answer.each(([TOLD], [[TOLD]]), ([TOLD[:-11]], [[TOLD]]))
    assert abs(whole - 100) < 1e-6
    words, left = len(TOLD.split()), len(TOLD[:-11].split())
    assert abs(cut - 100 * math.exp(1 - words / left)) < 1e-6


@bleu.claim("counts are added up first: a right sentence of three words spoils no right corpus")
def _(answer):
    alone, both, three = answer.each(
        ([TOLD], [[TOLD]]), ([TOLD, "so did Leo"], [[TOLD], ["so did Leo"]]),
        ([TOLD, "so did Leo today"], [[TOLD], ["so did Leo"]]),
    )  # fmt: skip
    assert abs(alone - both) < 1e-6
    assert 70 < three < both


@bleu.claim("without any run of four words that is right, BLEU is 0")
def _(answer):
    none, some = answer.each(
        (["the cow slept under the old bridge"], [["the cow slept near the old bridge"]]),
        (["the cow slept under the bridge"], [["the cow slept under a bridge"]]),
    )
    assert none == 0
    assert some > 0


bleu.slip(
    "right[i] += (found & most).total()",
    "right[i] += sum(many for run, many in found.items() if run in most)", name="no_clipping",
    seen="Where every word is said once it is right. What is the tenth *the* worth?",
    why="A run counts as often as it is said here, if it is in a reference at all. *the the the the* "
    "then has a perfect precision. It counts at most as often as a reference has it.",
)  # fmt: skip
bleu.slip(
    "right[i] += (found & most).total()", "right[i] += len(found.keys() & most.keys())",
    name="set_ngrams",
    seen="Where every word is said once it is right. How often does a run count that both have twice?",
    why="Each different run counts once here, however often both texts have it. It counts as often as "
    "it is said, at most as often as a reference has it.",
)  # fmt: skip
bleu.slip(
    "100 * min(1.0, math.exp(1 - r / c)) * mean", "100 * mean", name="no_brevity",
    seen="Translations that are long enough are right. What does it cost to leave words out?",
    why="The brevity penalty is missing here. Precision alone does not ask what was left out, so three "
    "right words in place of twenty would be perfect.",
)  # fmt: skip
bleu.slip(
    "math.exp(1 - r / c)", "math.exp(1 - c / r)", name="bp_inverted",
    seen="Where both are equally long it is right. Which of the two is punished: too short, or too long?",
    why="r and c are exchanged in the brevity penalty here, so long translations pay. It is "
    "exp(1 - r / c), smaller than 1 where c is smaller than r.",
)  # fmt: skip
bleu.slip(
    "math.exp(1 - r / c)", "c / r", name="bp_without_exp",
    seen="Translations that are long enough are right. How large is the penalty of one that is not?",
    why="The penalty is c / r here. It is exp(1 - r / c), which falls faster.",
)  # fmt: skip
bleu.slip(
    "min(1.0, math.exp(1 - r / c))", "math.exp(1 - r / c)", name="bp_rewards",
    seen="Short translations are right. Can a translation gain by being long?",
    why="The brevity penalty is above 1 for long translations here, so saying more is rewarded. It is "
    "at most 1: what is too much is punished by the precision already.",
)  # fmt: skip
bleu.slip(
    "math.exp(sum(math.log(hit / all_) for hit, all_ in zip(right, made, strict=True)) / 4)",
    "sum(hit / all_ for hit, all_ in zip(right, made, strict=True)) / 4", name="arithmetic_mean",
    seen="A perfect translation is right. Which mean of the four precisions is it?",
    why="This is the arithmetic mean. BLEU takes the geometric one, the fourth root of the product, so "
    "that one small precision is enough to make it small.",
)  # fmt: skip
bleu.slip(
    "strict=True)) / 4)", "strict=True)))", name="no_root",
    seen="A perfect translation is right. Is a mean of four numbers their product?",
    why="The four precisions are multiplied here, and that is all. Four times a half is then 1/16. For a "
    "mean of them take the fourth root.",
)  # fmt: skip
bleu.slip(
    "min(lengths, key=lambda length: abs(length - size))", "lengths[0]",
    name="shortest_ref_length", convention=True,
    seen="With one reference it is right. With which reference's length is a sentence compared?",
    why="The shortest reference gives the length here, as in some scripts. In the paper it is the one "
    "closest in length to the hypothesis.",
)  # fmt: skip
bleu.slip(
    "min(lengths, key=lambda length: abs(length - size))", "len(those[0].split())",
    name="first_ref_length",
    seen="With one reference it is right. With which reference's length is a sentence compared?",
    why="The first reference gives the length here, whatever the others are. It is the one closest in "
    "length to the hypothesis.",
)  # fmt: skip
bleu.slip(
    "min(lengths, key=lambda length: abs(length - size))", "lengths[-1]", name="longest_ref_length",
    seen="With one reference it is right. With which reference's length is a sentence compared?",
    why="The longest reference gives the length here. It is the one closest in length to the "
    "hypothesis.",
)  # fmt: skip
bleu.slip(
    "min(lengths, key=lambda length: abs(length - size))", "sum(lengths) / len(lengths)",
    name="mean_ref_length", convention=True,
    seen="With one reference it is right. With which reference's length is a sentence compared?",
    why="The mean length of the references is taken here. It is the length of one of them, the one "
    "closest to the hypothesis.",
)  # fmt: skip
bleu.slip(
    "sorted(len(ref.split()) for ref in those)",
    "sorted((len(ref.split()) for ref in those), reverse=True)", name="longer_of_a_tie",
    seen="Nearly all is right. If a reference is one word longer and another one word shorter, which "
    "counts?",
    why="Of two references that are as close in length, the longer one is taken here. It is the "
    "shorter one, which punishes less.",
)  # fmt: skip
bleu.slip(
    "sorted(len(ref.split()) for ref in those)", "[len(ref.split()) for ref in those]",
    name="first_of_a_tie",
    seen="Nearly all is right. If two references are equally close, one longer and one shorter, which "
    "counts?",
    why="Of two references that are as close in length, the one that is named first is taken here. It is "
    "the shorter one, whatever their order.",
)  # fmt: skip
bleu.slip(
    "most |= runs", "most += runs", name="per_ref_max_sum",
    seen="With one reference it is right. If two references have *the* once each, how often is it right?",
    why="The counts of all references are added up here, so the more references there are, the more "
    "often a word may be repeated. It is the largest count that *one* of them has: `|` for Counters.",
)  # fmt: skip
bleu.slip(
    "    if 0 in right:\n        return 0.0\n",
    "    if not right[0]:\n        return 0.0\n    right = [max(hit, 0.5) for hit in right]\n"
    "    made = [max(all_, 1) for all_ in made]\n",
    name="smoothed", convention=True,
    seen="Where all four precisions are above 0 it is right. And if one of them is 0?",
    why="A precision of 0 is replaced by a small one here. That is called smoothing, and it helps with "
    "single sentences. Here one 0 makes the whole product 0.",
)  # fmt: skip
bleu.slip(
    "100 * min", "min", name="a_share", convention=True,
    seen="The order is right. What is the largest value?",
    why="This is BLEU from 0 to 1, as in the paper. sacrebleu, and nearly all tables, give it from 0 to "
    "100.",
)  # fmt: skip
bleu.slip(
    "zip(*(words[i:] for i in range(n)), strict=False)",
    "tuple(words[i : i + n]) for i in range(len(words))", name="cut_off_runs",
    seen="Single words are right. How many runs of four words does a text of five words have?",
    why="A run begins at every word here, at the last ones, too, where the text ends too early for n "
    "words. A text of five words has two runs of four.",
)  # fmt: skip
bleu.slip(
    "zip(*(words[i:] for i in range(n)), strict=False)",
    '"".join(words[i : i + n]) for i in range(len(words) - n + 1)', name="glued_runs",
    seen="Single words are right. Are *no where* and *now here* the same pair?",
    why="The words of a run are glued together here, so two runs with the same letters are the same. "
    "Keep the words apart, as a tuple.",
)  # fmt: skip
bleu.slip(
    "words = text.split()", "words = text.lower().split()", name="lower_case", convention=True,
    seen="Small letters are right. Is *The* the same word as *the* here?",
    why="Capitals are made small here, which some tables report as a BLEU of its own. Words are "
    "compared as they are.",
)  # fmt: skip
bleu.slip(
    "words = text.split()", "words = list(text)", name="letters",
    seen="What is a run made of, words or letters?",
    why="Runs of letters are counted here. BLEU counts runs of words: split the text first.",
)  # fmt: skip
