"""Checks and misconceptions for `jaccard`."""

from collections import Counter

from autograder.checks.pretraining_data import pick
from autograder.exercise import Exercise


def texts(g):
    w = pick(g, 18)
    shared = w[:6]
    return {
        "one word of six is another": (" ".join(shared), " ".join([*w[:5], w[6]]), 2),
        "the second text is a part of the first": (" ".join(w[:9]), " ".join(w[2:6]), 2),
        "the first text is a part of the second": (" ".join(w[3:6]), " ".join(w[:8]), 1),
        "a part is repeated in one of them": (
            " ".join([*w[:4], *w[:4], w[5]]), " ".join([*w[:4], w[5], w[7]]), 2,
        ),
        "the words are the same in another order": (
            " ".join(w[:5]), " ".join([*w[3:5], *w[:3]]), 3,
        ),
        "nothing is the same": (" ".join(w[:4]), " ".join(w[6:11]), 1),
        "both texts are equal": (" ".join(w[:7]), " ".join(w[:7]), 3),
        "there are line breaks and several spaces between words": (
            "  ".join(w[:5]) + "\n" + w[5], " ".join(w[:6]) + " " + w[8], 2,
        ),
        "a word has a capital in one of them": (
            " ".join([w[0].capitalize(), *w[1:6]]), " ".join(w[:5]), 2,
        ),
        "words have a part in common": (
            f"{w[0]}s {w[1]} {w[2]}ed {w[3]}", f"{w[0]} {w[1]} {w[2]} {w[3]} {w[4]}", 1,
        ),
        "both are shorter than n and equal": (" ".join(w[:2]), " ".join(w[:2]), 4),
        "both are shorter than n and end alike": (
            " ".join([w[0], *w[2:4]]), " ".join([w[1], *w[2:4]]), 4,
        ),
        "one is shorter than n": (" ".join(w[:3]), " ".join(w[:7]), 5),
        "both have n words": (" ".join(w[:3]), " ".join(w[:3]), 3),
        "the words of a shingle change places": (
            " ".join(w[:4]), " ".join([w[0], w[2], w[1], w[3]]), 2,
        ),
        "two words together have the same letters": (
            f"{w[0]}s {w[1]} {w[2]}", f"{w[0]} s{w[1]} {w[2]}", 2,
        ),
        "a word has a full stop in one of them": (
            f"{w[0]} {w[1]}. {w[2]}", f"{w[0]} {w[1]} {w[2]}", 1,
        ),
        "both have n + 1 words": (" ".join(w[:4]), " ".join([*w[:3], w[4]]), 3),
        "a text shorter than n has several spaces": ("  ".join(w[:2]), " ".join(w[:2]), 3),
        "one is empty": (" ".join(w[:4]), "", 2),
    }  # fmt: skip


alike = Exercise(
    "pretraining_data.jaccard",
    title="How alike two texts are",
    points=1.5, difficulty=1, minutes=10, examples=texts,
)  # fmt: skip


@alike.oracle("scipy.spatial.distance.jaccard")
def _(a, b, n):
    from scipy.spatial.distance import jaccard as distance

    pair = [a.split(), b.split()]
    if not any(pair):
        return 1.0  # it has no word for nothing
    rows = [
        [words[i:][:n] for i in range(len(words)) if i + n <= len(words)] or [words]
        for words in pair
    ]
    known = [*rows[0], *rows[1]]
    return 1 - float(distance(*([shingle in row for shingle in first_of(known)] for row in rows)))


def first_of(items):
    return [item for place, item in enumerate(items) if item not in items[:place]]


def near(got, wanted):
    assert isinstance(got, float)
    assert abs(got - wanted) < 1e-9


@alike.claim("of four and three shingles with two in common, five are different: 2 / 5")
def _(answer):
    near(answer("the hen sat on it", "the hen sat down", 2), 2 / 5)
    near(answer("a b c d", "x b c d e", 1), 3 / 6)


@alike.claim("a text is wholly like itself, and it makes no difference which of two comes first")
def _(answer):
    one, other = "the mill is old and cold", "the mill is old"
    near(answer(one, one, 2), 1.0)
    near(answer("", "", 2), 1.0)
    near(answer(one, other, 2), answer(other, one, 2))
    assert 0 < answer(one, other, 2) < 1


@alike.claim(
    "a longer shingle is harder to share: one word in the middle breaks n shingles of a text"
)
def _(answer):
    words = [f"w{i}" for i in range(20)]
    one, other = " ".join(words), " ".join([*words[:10], "new", *words[11:]])
    for n in (1, 2, 4):
        both = 20 - n + 1 - n
        near(answer(one, other, n), both / (both + 2 * n))


@alike.claim("to say something twice adds nothing")
def _(answer):
    one, other = "an old hen an old hen an old hen", "an old hen an old"
    near(answer(one, other, 2), 1.0)
    near(answer(one + " sang", other, 2), 3 / 4)


alike.slip(
    "len(first | second)", "(len(first) + len(second))", name="sizes_added",
    seen="What both have is right. How many different shingles are there in all?",
    why="The sizes of the two sets are added here, so that what is in both counts twice below the line. "
    "Even equal texts get a half. Different shingles of both together are the union: `|`.",
)  # fmt: skip
alike.slip(
    "len(first & second) /", "2 * len(first & second) / (len(first) + len(second)) * len(first | "
    "second) /",
    name="dice",
    seen="Equal texts and texts with nothing in common are right. What is below the line?",
    why="This is the Dice coefficient, 2|A∩B| / (|A| + |B|), which other comparisons use. Jaccard "
    "divides by the size of the union.",
    convention=True,
)  # fmt: skip
alike.slip(
    "len(first | second)", "min(len(first), len(second))", name="containment_of_the_smaller",
    seen="What is compared with what, if one text is a part of the other?",
    why="This is the share of the *smaller* text that is in the other one: a quotation would be wholly "
    "like the book. Jaccard divides by all shingles that are in one or in both.",
    convention=True,
)  # fmt: skip
alike.slip(
    "len(first | second)", "len(first)", name="containment",
    seen="Is it the same if the two texts change places?",
    why="This is the share of the *first* text that is in the second. Jaccard divides by all shingles "
    "that are in one or in both.",
    convention=True,
)  # fmt: skip
alike.slip(
    "return len(first & second)", "return 1 - len(first & second)", name="distance",
    seen="How much should a text be like itself?",
    why="This is the Jaccard *distance*, 1 minus what is asked for. Equal texts should get 1.",
    convention=True,
)  # fmt: skip
alike.slip(
    "first, second = shingles(a), shingles(b)", "first, second = shingles(a.lower()), "
    "shingles(b.lower())",
    name="lower_case",
    seen="Right as long as nothing has a capital. Are *Hen* and *hen* one word here?",
    why="Capitals are made small before texts are compared, as many pipelines do. The task takes words "
    "as they are.",
    convention=True,
)  # fmt: skip
alike.slip(
    "text.split()", '"".join(c for c in text if c.isalnum() or c.isspace()).split()',
    name="punctuation_left_out",
    seen="Right as long as nothing has a comma. Are *hen,* and *hen* one word here?",
    why="Punctuation is taken away before texts are compared, as many pipelines do. The task takes "
    "words as they are.",
    convention=True,
)  # fmt: skip
alike.slip(
    "tuple(words[i : i + n])", '"".join(words[i : i + n])', name="no_blank",
    seen="Right for most words. Are *a bat* and *ab at* the same two words?",
    why="The words of a shingle are joined here with nothing between them, so it is not known any more "
    "where one ends. Keep them as a tuple, or join them by a space.",
)  # fmt: skip
alike.slip(
    "tuple(words[i : i + n])", "tuple(sorted(words[i : i + n]))", name="order_ignored",
    seen="Right with one word at a time. Are *the mill* and *mill the* one shingle?",
    why="The words of a shingle are compared without their order here. A shingle is words in a row: "
    "their order counts.",
)  # fmt: skip
alike.slip(
    "text.split()", 'text.split(" ")', name="split_at_each_space",
    seen="Right where words have one space between them. What is there between two spaces?",
    why="`split(\" \")` cuts at every single space and at nothing else. Between two spaces it finds an "
    "empty word, and a line break stays inside a word. `split()` takes any white space together.",
)  # fmt: skip
alike.slip(
    "range(max(1, len(words) - n + 1))", "range(len(words))", name="ragged_shingles",
    seen="How many words does the last shingle have?",
    why="Shorter pieces at the end of a text count here, too. A text of m words has m - n + 1 shingles "
    "of n words.",
)  # fmt: skip
alike.slip(
    "range(max(1, len(words) - n + 1))", "range(len(words) - n + 1)", name="nothing_for_short_texts",
    seen="Texts of n words or more are right. How many shingles has a shorter one?",
    why="A text with fewer than n words has no shingle at all here, and two of them are 0 / 0. In the "
    "task it has one: all its words.",
)  # fmt: skip
alike.slip(
    "range(max(1, len(words) - n + 1))", "range(max(1, len(words) - n))", name="last_shingle_missing",
    seen="With one word in a row, how many shingles does a text of three words have?",
    why="The last shingle of each text is missing. There are m - n + 1 beginnings in a text of m words.",
)  # fmt: skip
alike.slip(
    "len(words) - n + 1))}", "len(words) - n + 1), n)}", name="side_by_side",
    seen="Do shingles overlap?",
    why="The text is cut into pieces side by side here. Then one new word at the beginning moves all "
    "cuts, and nothing is alike any more. A shingle begins at every word.",
)  # fmt: skip


@alike.misconception(
    seen="Where no shingle comes twice it is right. What does a set do with what is there twice?",
    why="Repeated shingles count as often as they are there: this compares bags. The task asks which "
    "shingles are in a text, and not how often.",
    convention=True,
)
def multiset(a, b, n):
    def bag(text):
        words = text.split()
        return Counter(tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1)))

    first, second = bag(a), bag(b)
    return (first & second).total() / (first | second).total()


@alike.misconception(
    seen="n what in a row: words, or letters?",
    why="These are shingles of n *characters*. They find much in common in any two English texts. Here a "
    "shingle is n words: split first.",
    convention=True,
)
def char_ngrams(a, b, n):
    first, second = ({t[i : i + n] for i in range(max(1, len(t) - n + 1))} for t in (a, b))
    return len(first & second) / len(first | second)


@alike.misconception(
    seen="With n = 1 it is right. What does n say?",
    why="Single words are compared here, whatever n is. Then the same words in another order are the "
    "same text. n words in a row are one shingle.",
)
def single_words(a, b, n):
    first, second = (set(text.split()) or {""} for text in (a, b))
    return len(first & second) / len(first | second)


@alike.alternative
def by_counting(a, b, n):
    def shingles(text):
        words = text.split()
        if len(words) < n:
            return {" ".join(words)}
        return {" ".join(row) for row in zip(*(words[i:] for i in range(n)), strict=False)}

    first, second = shingles(a), shingles(b)
    both = sum(shingle in second for shingle in first)
    return both / (len(first) + len(second) - both)
