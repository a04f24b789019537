"""Checks and misconceptions for `classification_report`."""

from collections import Counter

import torch

from autograder.checks.evaluation import drawn
from autograder.exercise import Exercise


def labels(g):
    def shuffled(pairs):
        order = torch.randperm(len(pairs), generator=g).tolist()
        return [pairs[i][0] for i in order], [pairs[i][1] for i in order]

    def table(counts):
        """Lists in which each pair (true, guessed) is so many times."""
        return shuffled([pair for pair, many in counts.items() for _ in range(many)])

    a, b, c, d = drawn(g, 4)
    small, large = a.lower(), a.title()
    many = torch.randint(1, 5, (9,), generator=g).tolist()
    pairs = [(one, other) for one in (a, b, c) for other in (a, b, c)]
    return {
        "all guesses are right": table({(a, a): 2, (b, b): 3}),
        "all guesses are wrong": table({(a, b): 2, (b, c): 3}),
        "one class has most of the examples": table({(a, a): 9, (a, b): 1, (b, a): 2, (b, b): 1}),
        "one class is always guessed": table({(a, a): 7, (b, a): 2}),
        "a class is guessed that is never true": table(
            {(a, a): 4, (a, b): 1, (c, c): 2, (c, b): 2}
        ),
        "a class is never guessed": table({(a, a): 5, (b, a): 1, (c, a): 1, (c, c): 3}),
        "one class is precise and another complete": table({(a, a): 2, (a, b): 6, (b, b): 3}),
        "four classes are mixed up": table(
            {(a, a): 6, (a, b): 2, (b, b): 3, (b, c): 1, (c, d): 2, (d, d): 1, (d, a): 3}
        ),
        "there is one example, and it is right": table({(a, a): 1}),
        "two classes differ by a capital": table(
            {(small, small): 6, (small, large): 2, (large, large): 5, (large, small): 1, (b, b): 4}
        ),
        "the name of one class is part of that of another": table(
            {(a, a): 3, (a, f"no {a}"): 1, (f"no {a}", f"no {a}"): 7, (f"no {a}", a): 2}
        ),
        "one class is O, which is no name": table(
            {
                ("O", "O"): 9,
                ("O", "PER"): 2,
                ("PER", "PER"): 3,
                ("DAY", "DAY"): 1,
                ("DAY", "PER"): 4,
            }
        ),
        "three classes are drawn": table(dict(zip(pairs, many, strict=True))),
    }


report = Exercise(
    "evaluation.classification_report", optional=True,
    title="F1 over classes", points=2, difficulty=1, minutes=12, examples=labels,
)  # fmt: skip


@report.oracle("sklearn.metrics.f1_score")
def _(truth, guessed):
    from sklearn.metrics import f1_score

    kinds = ("macro", "micro", "weighted")
    return {kind: float(f1_score(truth, guessed, average=kind, zero_division=0)) for kind in kinds}


@report.claim(
    "whoever always guesses the frequent class has a good weighted F1 and a bad macro one"
)
def _(answer):
    few = answer(["O"] * 18 + ["PER", "LOC"], ["O"] * 20)
    assert abs(few["macro"] - 2 * 18 / 38 / 3) < 1e-6
    assert abs(few["weighted"] - 0.9 * 2 * 18 / 38) < 1e-6


@report.claim("micro is the share of right guesses, as each example has one label and one guess")
def _(answer):
    found = answer(list("aabbbccd"), list("abbbacca"))
    assert abs(found["micro"] - 5 / 8) < 1e-6
    assert abs(found["macro"] - found["micro"]) > 0.01


@report.claim("the names of the classes do not count, nor does the order of the examples")
def _(answer):
    one, other = answer.each(
        (list("aaabbc"), list("aabbcc")), (list("fqqfqm"), list("mqqffm"))
    )  # fmt: skip
    assert all(abs(one[kind] - other[kind]) < 1e-6 for kind in one)
    assert abs(one["macro"] - (0.8 + 0.5 + 2 / 3) / 3) < 1e-6
    assert abs(one["weighted"] - (3 * 0.8 + 2 * 0.5 + 2 / 3) / 6) < 1e-6


report.excuse("strict", "both lists have one length")
report.excuse("zip(", "only equal pairs are counted, so either list may come first")
report.slip(
    "set(truth) | set(guessed)", "set(truth)", name="absent_class",
    seen="If every class is true somewhere it is right. And a class that is only guessed?",
    why="A class that is never true is left out of the mean here. It was guessed, and always wrongly, so "
    "its F1 is 0 and counts.",
)  # fmt: skip
report.slip(
    "sorted(set(truth) | set(guessed))", "sorted(set(guessed))", name="never_guessed",
    seen="If every class is guessed it is right. And a class that is never guessed?",
    why="A class that is never guessed is left out here. It was missed each time, so its F1 is 0 and "
    "counts.",
)  # fmt: skip
report.slip(
    "sum(f1.values()) / len(classes)",
    "sum(f1.values()) / max(1, sum(value > 0 for value in f1.values()))", name="zeros_left_out",
    seen="Where every class has a right guess it is right. What is the F1 of a class without any?",
    why="Classes with F1 0 are left out of the mean here. They are the ones that macro is there to see.",
)  # fmt: skip
report.slip(
    "sum(there[label] * f1[label] for label in classes) / there.total()",
    "sum(named[label] * f1[label] for label in classes) / named.total()", name="weighted_by_guesses",
    seen="macro and micro are right. What does a class weigh?",
    why="A class weighs as much as it was *guessed* here. It weighs as much as it was true.",
)  # fmt: skip
report.slip(
    '"weighted": sum(there[label] * f1[label] for label in classes) / there.total()',
    '"weighted": 2 * right.total() / (there.total() + named.total())', name="weighted_is_micro",
    seen="macro and micro are right. Are weighted and micro the same?",
    why="The third number is the second once more here. weighted is a mean of the F1 of each class, "
    "micro is one F1 of all counts together.",
)  # fmt: skip


def counts(truth, guessed):
    classes = sorted(set(truth) | set(guessed))
    right = Counter(t for t, g in zip(truth, guessed, strict=True) if t == g)
    there, named = Counter(truth), Counter(guessed)
    precision = {c: right[c] / named[c] if named[c] else 0.0 for c in classes}
    recall = {c: right[c] / there[c] if there[c] else 0.0 for c in classes}
    return classes, precision, recall, there


def harmonic(p, r):
    return 2 * p * r / (p + r) if p + r else 0.0


def put_together(truth, guessed, macro=None, weighted=None):
    classes, precision, recall, there = counts(truth, guessed)
    f1 = {c: harmonic(precision[c], recall[c]) for c in classes}
    micro = sum(t == g for t, g in zip(truth, guessed, strict=True)) / len(truth)
    if macro is None:
        macro = sum(f1.values()) / len(f1)
    if weighted is None:
        weighted = sum(f1[c] * there[c] for c in classes) / len(truth)
    return {"macro": macro, "micro": micro, "weighted": weighted}


@report.misconception(
    seen="micro is right. Is macro a mean of F1, or an F1 of means?",
    why="Precision and recall are averaged over the classes first here, and F1 is made of the two "
    "means. It is the other way round: an F1 for each class, and then the mean.",
    convention=True,
)
def macro_of_pr(truth, guessed):
    classes, precision, recall, _ = counts(truth, guessed)
    means = [sum(share[c] for c in classes) / len(classes) for share in (precision, recall)]
    return put_together(truth, guessed, macro=harmonic(*means))


@report.misconception(
    seen="micro is right. Which number is there for each class, F1 or recall?",
    why="The recall of each class is averaged here, its share of found examples. F1 also asks how many "
    "of its guesses were right.",
)
def recalls(truth, guessed):
    classes, _, recall, there = counts(truth, guessed)
    return put_together(
        truth, guessed, macro=sum(recall.values()) / len(recall),
        weighted=sum(recall[c] * there[c] for c in classes) / len(truth),
    )  # fmt: skip


def of_some(truth, guessed, classes):
    """All three numbers from the counts of these classes alone."""
    there, named = ({c: told.count(c) for c in classes} for told in (truth, guessed))
    right = {c: sum(t == g == c for t, g in zip(truth, guessed, strict=True)) for c in classes}
    f1 = {c: 2 * right[c] / (there[c] + named[c]) for c in classes}
    every = sum(there.values()) + sum(named.values())
    return {
        "macro": sum(f1.values()) / len(f1),
        "micro": 2 * sum(right.values()) / every,
        "weighted": sum(f1[c] * there[c] for c in classes) / len(truth),
    }


@report.misconception(
    seen="If every class is true somewhere it is right. And a class that is only guessed?",
    why="Only the classes that are true somewhere are counted here, for macro and for micro. One that is "
    "only guessed was always guessed wrongly: its F1 is 0, and its guesses count for micro.",
)
def true_classes(truth, guessed):
    return of_some(truth, guessed, sorted(set(truth)))


@report.misconception(
    seen="Without a class O it is right. Is O a class like the others?",
    why="O is left out here, as when entities are counted. There it is no entity. Here every label is a "
    "class.",
    convention=True,
)
def without_o(truth, guessed):
    return of_some(truth, guessed, sorted({*truth, *guessed} - {"O"}) or ["O"])


@report.misconception(
    seen="Where every class is true and guessed it is right. What is 0 / 0?",
    why="Precision is right / guessed, which is 0 / 0 for a class that is never guessed. 2 * right / "
    "(guessed + true) is F1 without that trap.",
)
def zero_division(truth, guessed):
    classes = sorted(set(truth) | set(guessed))
    f1 = {}
    for c in classes:
        right = sum(t == g == c for t, g in zip(truth, guessed, strict=True))
        precision, recall = right / guessed.count(c), right / truth.count(c)
        f1[c] = 2 * precision * recall / (precision + recall)
    return put_together(truth, guessed, macro=sum(f1.values()) / len(f1))


@report.alternative
def by_precision_and_recall(truth, guessed):
    return put_together(truth, guessed)
