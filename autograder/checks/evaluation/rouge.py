"""Checks and misconceptions for `rouge`."""

from autograder.checks.evaluation import drawn, mixed, text
from autograder.exercise import Exercise


def summaries(g):
    a = drawn(g, 20)
    u, v, w = a[17:]
    five = [*a[:2], u, a[3], v]
    return {
        "words are counted, and two of five differ": (text(five), text(a[:7]), 1),
        "pairs are counted": (text(a[:3], u, a[4:8]), text(a[:9]), 2),
        "runs of three are counted": (text(a[:5], u, a[5:8]), text(a[:10]), 3),
        "the summary is one word": (a[2], text(a[:3], u), 1),
        "the reference is one word": (text(a[:3], u), a[1], 1),
        "nothing is shared": (text(u, v), text(a[:3]), 1),
        "no pair is shared": (text(a[1], a[0], u), text(a[:4]), 2),
        "the summary is shorter than a pair": (a[0], text(a[:4]), 2),
        "the reference is empty": (text(a[:3]), "...", 1),
        "both are empty": ("", "", "L"),
        "a word is said three times": (text(a[0], a[0], a[0], u), text(a[:5], a[0]), 1),
        "a pair is in both twice": (
            text(a[:2], u, a[:2], v, a[:2]), text(a[:2], a[4], a[:2], a[5:9]), 2,
        ),
        "capitals differ": (text(a[0].upper(), a[1].capitalize(), u), text(a[:4]), 1),
        "a point or a comma is at a word": (f"{a[0]}, {a[1]} {u}.", f"{a[0]} {a[1]}.", 1),
        "an apostrophe and a hyphen are inside words": (
            f"{a[0]}'s well-{a[1]} {u}", f"{a[0]} s well {a[1]} {a[0]}s {v} {w}", 1,
        ),
        "there are digits": (f"{a[0]} 12 {u} 3x", f"{a[0]} 12 3x {v} {w} 4", 1),
        "there are letters outside a to z": (
            f"{a[0]} café_{a[1]} 3é {u}", f"{a[0]} caf {a[1]} naïf {v} {w}", 1,
        ),
        "there are articles": (f"the {a[0]} and a {u}", f"the {a[0]} of {v}, an {a[1]} and {w}", 1),
        "two words have the letters of two others": (
            text(a[:7], "no where", u), text(a[:7], "now here", v, w), 2,
        ),
        "the order is another one, and words are counted": (text(mixed(g, a[:6])), text(a[:6]), 1),
        "everything is shared in order": (text(a[:4]), text(a[:4]), "L"),
        "words are in between": (text(a[0], u, a[1], v, a[2]), text(a[:2], w, a[2:6]), "L"),
        "words between others are left out": (text(a[0], a[3], a[5]), text(a[:6]), "L"),
        "a long piece comes first in one text and last in the other": (
            text(a[0], u, a[1], v, a[2], a[3:5]), text(a[3:5], a[:2], w, a[2]), "L",
        ),
        "what fits first is not part of the longest sequence": (
            text(a[0], a[1], u, a[2], v, u), text(a[0], v, w, a[1:3], a[1], a[1], u), "L",
        ),
        "the first half comes last": (text(a[4:7], a[:4]), text(a[:7]), "L"),
        "the first word of the summary comes last": (text(a[5], a[:4], u), text(a[:6]), "L"),
        "a word is in one text once and in the other twice": (
            text(a[0], a[1], a[0], a[2]), text(a[1], a[0], a[2], u, v), "L",
        ),
        "the reference has words twice": (text(a[0], a[1], u), text(a[0], a[0], a[1], a[1], v), "L"),
        "one word is said again and again": (text([a[0]] * 4), text(a[0], u, a[0], a[1:4]), "L"),
        "two long texts are alike here and there": (
            text(a[:3], u, a[5:8], a[3], a[9:12]), text(mixed(g, a[:4]), a[4:10], v, a[10:12]), "L",
        ),
    }  # fmt: skip


shared = Exercise(
    "evaluation.rouge", fast_track=True,
    title="ROUGE", points=3, difficulty=2, minutes=20, examples=summaries,
)  # fmt: skip


@shared.oracle("rouge_score.rouge_scorer.RougeScorer")
def _(pred, ref, n):
    from rouge_score.rouge_scorer import RougeScorer

    kind = f"rouge{n}"
    return tuple(map(float, RougeScorer([kind]).score(ref, pred)[kind]))


TOLD = "Molly found the red kite of Theo at the old mill."


@shared.claim("exchanging the texts exchanges precision and recall, and leaves F1")
def _(answer):
    short = "The kite of Theo was at the mill"
    for n in (1, 2, "L"):
        (p, r, f), (q, s, g) = answer.each((short, TOLD, n), (TOLD, short, n))
        assert max(abs(p - s), abs(r - q), abs(f - g)) < 1e-6
        assert 0 < min(p, r) < f < max(p, r) < 1


@shared.claim("two names exchanged cost nothing in words, something in pairs, something in order")
def _(answer):
    wrong = "Theo found the red kite of Molly at the old mill."
    words, pairs, order = answer.each((wrong, TOLD, 1), (wrong, TOLD, 2), (wrong, TOLD, "L"))
    assert max(abs(x - 1) for x in words) < 1e-6
    assert max(abs(x - 0.7) for x in pairs) < 1e-6
    assert max(abs(x - 9 / 11) for x in order) < 1e-6


@shared.claim("a word that is said once more lowers precision and leaves recall")
def _(answer):
    once, again = answer.each(("the red kite", TOLD, 1), ("the red kite kite", TOLD, 1))
    assert abs(once[0] - 1) < 1e-6
    assert abs(again[0] - 0.75) < 1e-6
    assert abs(once[1] - 3 / 11) < 1e-6
    assert abs(again[1] - 3 / 11) < 1e-6


shared.excuse("strict", "one row starts later, on purpose")
shared.excuse("above = [0]", "one entry more is read by nobody")
shared.excuse("max(many + wanted", "where something is shared, both have a run")
shared.slip(
    "2 * shared / max(many + wanted, 1)\n", "shared / max(wanted, 1)\n", name="recall_as_f",
    seen="Precision and recall are right. Is the third number the same as the second?",
    why="The third number is recall once more here. ROUGE began with recall, but the third number is "
    "F1, the harmonic mean of both.",
)  # fmt: skip
shared.slip(
    "2 * shared / max(many + wanted, 1)\n", "(shared / max(many, 1) + shared / max(wanted, 1)) / 2\n",
    name="plain_mean",
    seen="Precision and recall are right. Which mean of the two is F1?",
    why="This is the arithmetic mean of precision and recall. F1 is the harmonic one, 2 p r / (p + r), "
    "closer to the smaller of the two.",
)  # fmt: skip
shared.slip(
    "return shared / max(many, 1), shared / max(wanted, 1)",
    "return shared / max(wanted, 1), shared / max(many, 1)", name="exchanged",
    seen="F1 is right. Which of the two texts has precision as its share?",
    why="Precision and recall are exchanged here. Precision is the share of what was *said* that is in "
    "the reference.",
)  # fmt: skip
shared.slip(
    "(first & second).total(), first.total(), second.total()",
    "len(first.keys() & second.keys()), len(first), len(second)", name="set_ngrams",
    seen="Where every word is there once it is right. How much is a run that both have twice?",
    why="Each different run counts once here. It counts as often as it is in both texts, and each of "
    "the two has as many runs as it has.",
)  # fmt: skip
shared.slip(
    "(first & second).total()", "sum(first[run] for run in first if run in second)",
    name="no_clipping",
    seen="Where every word is there once it is right. Does saying a right word three times help?",
    why="A run counts as often as it is said here, if the reference has it at all. It counts as often "
    "as it is in *both*.",
)  # fmt: skip
shared.slip(
    "text.lower()", "text", name="case_sensitive",
    seen="Small letters are right. What becomes of a capital?",
    why="Capitals are not made small before words are looked for here. Then they are no letters from a "
    "to z at all, and words lose them or are gone.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())', "text.lower().split()", name="punctuation_kept",
    seen="Without marks it is right. Is *mill.* another word than *mill*?",
    why="The text is cut at blanks only here, so a full stop stays at its word. Words are runs of "
    "letters and digits.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())', 're.sub("[^a-z0-9 ]", "", text.lower()).split()',
    name="marks_deleted", convention=True,
    seen="Marks between words are right. Where is *Theo's* cut?",
    why="Marks are deleted here, so *Theo's* is *theos*. For exact match it is done like that. Here a "
    "mark ends a word: *theo* and *s*.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())', 're.findall("[a-z]+", text.lower())', name="no_digits",
    seen="Without digits it is right. Is *12* a word?",
    why="Digits are left out here, so a summary with the wrong number loses nothing.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())', r're.findall(r"\w+", text.lower())', name="any_letter",
    convention=True,
    seen="Words of the letters a to z are right. What is *café* cut into?",
    why="All letters that Python knows are kept here, and the underscore. That is kinder to French, but "
    "`rouge_score` knows a to z and digits only, and numbers are compared with its numbers.",
)  # fmt: skip
shared.slip(
    "longer = above[place] + 1 if word == other", "longer = row[-1] + 1 if word == other",
    name="a_word_twice",
    seen="Where no word is repeated it is right. Can one word of `pred` be used twice?",
    why="The row grows from the entry to the left here, which may have used this word of `pred` "
    "already. It grows from the entry before *both* words.",
)  # fmt: skip
shared.slip(
    "above[place] + 1 if word == other else max(above[place + 1], row[-1])",
    "max(above[place + 1], row[-1]) + (word == other)", name="on_top_of_a_neighbour",
    seen="Where no word is repeated it is right. Where does a row grow from if two words are equal?",
    why="The row grows from the larger of the two neighbours here, and either of them may have used one "
    "of the two words already. It grows from the entry before *both* words.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())',
    '[word for word in re.findall("[a-z0-9]+", text.lower()) if word not in ("a", "an", "the")]',
    name="articles_left_out", convention=True,
    seen="Without articles it is right. What becomes of *the* here?",
    why="Articles are left out here, as for exact match. ROUGE keeps all words.",
)  # fmt: skip
shared.slip(
    're.findall("[a-z0-9]+", text.lower())', 're.findall("[a-z0-9]", text.lower())', name="chars",
    seen="Are words counted here, or letters?",
    why="Single letters are counted here, and most letters are in any two texts. A word is a *run* of "
    "letters: mind the +.",
)  # fmt: skip
shared.slip(
    "max(above[place + 1], row[-1])", "above[place + 1]", name="gaps_in_one_text",
    seen="Some rows are right. In which of the two texts may words be in between?",
    why="A word can be left out in one of the two texts only here. Where two words differ, take the "
    "longer row of two: without this word of `pred`, and without that word of `ref`.",
)  # fmt: skip


def by_length(shared_words, said, right):
    p, r = shared_words / max(len(said), 1), shared_words / max(len(right), 1)
    return p, r, 2 * p * r / (p + r) if shared_words else 0.0
