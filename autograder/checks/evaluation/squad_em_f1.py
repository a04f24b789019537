"""Checks and misconceptions for `squad_em_f1`."""

import string

from autograder.checks.evaluation import drawn, mixed, one_of, text
from autograder.exercise import Exercise


def answers(g):
    a, b, c, d, e, f = (word.lower() for word in drawn(g, 6))
    x = one_of(g, "x", "y", "z")
    return {
        "the answer is right to the letter": (f"{a} {b}", [f"{a} {b}"]),
        "nothing is right": (f"{a} {b} {c}", [f"{d} {e}"]),
        "one letter is a capital": (a.capitalize(), [a]),
        "there is a full stop": (f"{a} {b}.", [f"{a} {b}"]),
        "there is an article": (f"the {a}", [f"a {a}"]),
        "articles are inside the answer": (f"{a} an {b} the {c}", [f"{a} {b} {c} {d}"]),
        "the same article is there twice": (f"the {a} {b} the {c}", [f"{a} {b} {c}"]),
        "two articles are side by side": (f"the the {a} {b}", [f"{a} {b} {c} {d}"]),
        "an article begins a line": (f"{a}\nthe {b}", [f"{a} {b}"]),
        "a word begins or ends like an article": (f"{a}an the{b}", [f"{a} {b}"]),
        "a point is inside a word": (f"at 5 {x}.{a}.", [f"at 5 {x}{a}"]),
        "a letter with a point looks like an article": ("5 a.m. " + a, [f"5 am {a}"]),
        "an article has marks on both sides": (f'"the" {a}', [f"{a}", b]),
        "words are joined by a hyphen": (f"{a}-{b} {c}", [f"{a}{b} {c} {d}"]),
        "all marks of ASCII are at a word": (f"{a}{string.punctuation} {b}", [f"{a} {b} {c}"]),
        "there are curly quotes, which are no ASCII": (
            f"“{a}” {b} {c} {d}", [f"{a} {b} {c} {d} {e} {f}"],
        ),
        "there is an accent": ("café", [f"caf {a}", f"cafe {b} {c}"]),
        "there is more white space": (f"  {a} \n {b}", [f"{a} {b}"]),
        "the answer says too much": (f"{a} {b} {c} {d}", [f"{a}"]),
        "the answer says too little": (f"{a} {b}", [f"{a} {b} {c} {d} {e}"]),
        "the order is another one": (text(mixed(g, [a, b, c])), [f"{a} {b} {c}"]),
        "a word is there twice": (f"{a} {a} {b}", [f"{a} {c} {d} {e}"]),
        "both have a word twice": (f"{a} {b} {a} {a}", [f"{c} {a} {a} {d} {e}"]),
        "letters are shared, and no words": (f"{a}{b}", [f"{a} {b}"]),
        "the second of three references fits": (f"{a} {b}", [f"{c}", f"{b} {a} {d}", f"{e} {f} {a}"]),
        "one reference has the best precision and another the best recall": (
            f"{a} {b} {c} {d}", [f"{a} {b} {c} {d} {e} {f} {e} {f} {e}", f"{a}"],
        ),
        "two references have two of three words each": (
            f"{a} {b} {c}", [f"{a} {b} {d}", f"{e} {b} {c}"],
        ),
        "references have the same words in another order": (
            f"{a} {b} {c}", [f"{c} {a} {b}", f"{a} {b} {c}", f"{b} {c} {a}"],
        ),
        "only the last reference is exact": (f"{a} {b}", [f"{a} {b} {c}", f"{a} {b}"]),
        "the answer has no word left": ("the!", [a, f"{b} {c}"]),
        "neither has a word left": ("", [a, "the"]),
    }  # fmt: skip


span = Exercise(
    "evaluation.squad_em_f1", fast_track=True,
    title="An answer of a few words", points=2, difficulty=1, minutes=14, examples=answers,
)  # fmt: skip


@span.oracle("torchmetrics.functional.text.squad")
def _(pred, refs):
    from torchmetrics.functional.text import squad

    told = [{"prediction_text": pred, "id": "0"}]
    right = [{"answers": {"text": refs, "answer_start": [0] * len(refs)}, "id": "0"}]
    found = squad(told, right)
    return found["exact_match"].item() / 100, found["f1"].item() / 100


@span.claim("case, full stops and articles cost nothing")
def _(answer):
    assert answer("The Old Mill.", ["old mill"]) == (1.0, 1.0)
    assert answer("harp!", ["A harp", "the bun"]) == (1.0, 1.0)
    assert answer("harp", ["the bun"]) == (0.0, 0.0)


@span.claim("the F1 is the same whichever of two texts is the answer")
def _(answer):
    (_, one), (_, other) = answer.each(
        ("rope lamp kite kite bun", ["kite inn lamp"]),
        ("kite inn lamp", ["rope lamp kite kite bun"]),
    )
    assert abs(one - other) < 1e-6
    assert abs(one - 0.5) < 1e-6


@span.claim("another reference never makes it worse, and a right one makes it 1")
def _(answer):
    told = "small red kite"
    alone, more, right = answer.each(
        (told, ["red kite"]), (told, ["red kite", "owl"]), (told, ["red kite", "owl", told])
    )
    assert alone == more
    assert 0 < alone[1] < 1
    assert alone[0] == 0
    assert right == (1.0, 1.0)


span.slip(
    "text.lower()", "text", name="case_kept",
    seen="Small letters are right. Is *Rose* another answer than *rose*?",
    why="Capitals are kept here, so *The mill* and *the mill* are two answers. All letters become "
    "small first.",
)  # fmt: skip
span.slip(
    " if letter not in string.punctuation", "", name="punctuation_kept",
    seen="Without marks it is right. Is *mill.* another answer than *mill*?",
    why="A full stop stays at its word here, and the word with it fits no other. Marks go before the "
    "text is cut.",
)  # fmt: skip
span.slip(
    r'r"\b(a|an|the)\b", " "', r'r"(a|an|the)", " "', name="articles_inside_words",
    seen="Some words fall to pieces. In which words is there an *a*?",
    why="Articles are taken away wherever their letters are here, also inside of words. Only whole "
    r"words are articles: `\b` is the place where a word begins or ends.",
)  # fmt: skip
span.slip(
    r'r"\b(a|an|the)\b", " "', 'r"(a|an|the) ", " "', name="blank_for_an_end",
    seen="Articles between two words are right. How does your pattern know where a word begins?",
    why="The letters of an article and a blank are taken away here, so a word that ends in *an* loses "
    r"them too, and an article at the very end stays. `\b` is the place where a word begins or ends.",
)  # fmt: skip
span.slip(
    r're.sub(r"\b(a|an|the)\b", " ", text).split()', "text.split()", name="articles_kept",
    seen="Without articles it is right. What should *the mill* and *a mill* be?",
    why="Articles count as words here. A right answer with *the* before it loses its exact match.",
)  # fmt: skip
span.slip(
    "float(said == right)", "float(sorted(said) == sorted(right))", name="exact_without_order",
    seen="F1 is right. Are the same words in another order an exact match?",
    why="For the exact match the words are compared without their order here. F1 does that. An exact "
    "match has the words in the order of a reference.",
)  # fmt: skip
span.slip(
    "if both else 1.0", "if both else 0.0", name="empty_pair",
    seen="Where one of the two has words it is right. And where neither has any?",
    why="Two texts without a word get F1 0 here, while their exact match is 1. They are equal, so "
    "both are 1.",
)  # fmt: skip
span.slip(
    "(Counter(said) & Counter(right)).total()", "len(set(said) & set(right))", name="set_tokens",
    seen="Where every word is there once it is right. How much is a word worth that both have twice?",
    why="A word counts once here, however often both texts have it. It counts as often as it is in "
    "both: `Counter(said) & Counter(right)` takes the smaller number.",
)  # fmt: skip
span.slip(
    "(Counter(said) & Counter(right)).total()", "sum(word in right for word in said)",
    name="said_often",
    seen="Where every word is there once it is right. Does saying a right word three times help?",
    why="A word counts as often as it is said here, even if the reference has it once. It counts as "
    "often as it is in *both*.",
)  # fmt: skip
span.slip(
    "2 * common / both if both else 1.0", "common / len(said) if said else float(said == right)",
    name="precision_only",
    seen="An answer that says too much is right. What does one cost that leaves out half?",
    why="This is precision alone: the share of what was said that is right. An answer of one right "
    "word then has 1. F1 also asks for recall.",
)  # fmt: skip
span.slip(
    "2 * common / both if both else 1.0", "common / len(right) if right else float(said == right)",
    name="recall_only",
    seen="An answer that says too little is right. What does one cost that says everything it can?",
    why="This is recall alone: the share of the reference that was said. Whoever says every word then "
    "has 1. F1 also asks for precision.",
)  # fmt: skip
span.slip(
    "2 * common / both if both else 1.0",
    "common / (both - common) if both else 1.0", name="jaccard", convention=True,
    seen="The order is right: the better answer has more. Is it F1?",
    why="This divides what both have by what either has, which is called the Jaccard index. F1 is "
    "twice what both have, divided by both lengths.",
)  # fmt: skip
span.slip(
    "max(em), max(f1)", "em[0], f1[0]", name="first_reference",
    seen="With one reference it is right. Whose answer counts if there are several?",
    why="Only the first reference is looked at here. Any of them may be the one that fits: take the "
    "best.",
)  # fmt: skip
span.slip(
    "max(em), max(f1)", "sum(em) / len(em), sum(f1) / len(f1)", name="mean_reference",
    seen="With one reference it is right. Should a second right answer make it worse?",
    why="The mean over the references is taken here, so an exact answer loses as soon as there is "
    "another way to say it. Take the best.",
)  # fmt: skip
