"""Checks and misconceptions for `judge_statistics`."""

import torch

from autograder.exercise import Exercise

AB = {"A": "first", "B": "second", "tie": "tie"}
BA = {"A": "second", "B": "first", "tie": "tie"}


def told(g, rows):
    """Lists of verdicts, from (in the order AB, in the order BA, by a person) as models, shuffled."""
    order = torch.randperm(len(rows), generator=g).tolist()
    ab, ba, human = zip(*(rows[i] for i in order), strict=True)
    return [AB[who] for who in ab], [BA[who] for who in ba], list(human)


def verdicts(g):
    def any_of(n):
        rows = torch.randint(3, (n, 3), generator=g).tolist()
        copied = torch.rand(n, 2, generator=g).tolist()  # people and judges agree now and then
        names = ("A", "B", "tie")
        return [
            (names[one], names[one if same < 0.6 else two], names[one if near < 0.5 else person])
            for (one, two, person), (same, near) in zip(rows, copied, strict=True)
        ]

    return {
        "the judge and the person agree on all four": told(
            g, [("A",) * 3, ("A",) * 3, ("B",) * 3, ("tie",) * 3]
        ),
        "the judge always takes the first": told(g, [("A", "B", "A")] * 2 + [("A", "B", "B")] * 3),
        "the judge always takes the second": told(g, [("B", "A", "A")] * 3 + [("B", "A", "tie")]),
        "the judge always takes A, and people do not": told(
            g, [("A", "A", "A")] * 3 + [("A", "A", "B")] * 2
        ),
        "everybody always takes A": told(g, [("A", "A", "A")] * 3),
        "a tie and a win are said of one pair": told(
            g, [("tie", "A", "A"), ("B", "tie", "B"), ("A", "A", "A"), ("B", "B", "tie"),
                ("A", "tie", "A")]
        ),
        "one pair of five is not consistent": told(
            g, [("A", "A", "A")] * 2 + [("B", "B", "B"), ("A", "A", "B"), ("A", "B", "A")]
        ),
        "the judge sees ties where people see none": told(
            g, [("tie", "tie", "A")] * 3 + [("A", "A", "A")] * 2 + [("B", "B", "B")]
        ),
        "people see ties where the judge sees none": told(
            g, [("A", "A", "tie")] * 2 + [("B", "B", "B")] * 3 + [("A", "A", "A"), ("A", "A", "B")]
        ),
        "the judge and the person always disagree": told(
            g, [("A", "A", "B")] * 3 + [("B", "B", "A")] * 2
        ),
        "nine of ten are for A": told(
            g, [("A", "A", "A")] * 8 + [("A", "A", "B"), ("B", "B", "A")]
        ),
        "twelve pairs are drawn": told(g, any_of(12)),
        "nineteen pairs are drawn": told(g, any_of(19)),
    }  # fmt: skip


stats = Exercise(
    "evaluation.judge_statistics", fast_track=True,
    title="A judge on trial", points=3, difficulty=2, minutes=20, examples=verdicts,
)  # fmt: skip


@stats.oracle("sklearn.metrics.cohen_kappa_score, with the rest counted one by one")
def _(ab, ba, human):
    import warnings

    from sklearn.metrics import cohen_kappa_score

    judged, consistent = [], []
    for one, two in zip(ab, ba, strict=True):
        same = (one, two) in {("first", "second"), ("second", "first"), ("tie", "tie")}
        consistent.append(same)
        judged.append({"first": "A", "second": "B", "tie": "tie"}[one] if same else "tie")
    points = [{"A": 1.0, "B": 0.0, "tie": 0.5}[who] for who in judged]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where pe is 1 it says so, and gives nan
        kappa = float(cohen_kappa_score(judged, human, labels=["A", "B", "tie"]))
    return sum(points) / len(points), sum(consistent) / len(consistent), kappa


@stats.claim("a judge that always takes the first answer prefers no model, and is never consistent")
def _(answer):
    for side in ("first", "second"):
        wins, consistent, kappa = answer([side] * 5, [side] * 5, ["A", "A", "B", "A", "tie"])
        assert (wins, consistent) == (0.5, 0.0)
        assert abs(kappa) < 1e-6


@stats.claim("exchanging the models turns the win rate round and leaves the other two")
def _(answer):
    people = ["A", "B", "tie", "A", "B", "A"]
    first = ["first", "second", "tie", "first", "first", "first"]
    second = ["second", "first", "tie", "second", "first", "tie"]
    turned = [{"A": "B", "B": "A"}.get(who, who) for who in people]
    (win, same, kappa), (lost, same_too, kappa_too) = answer.each(
        (first, second, people), (second, first, turned)
    )
    assert abs(win - 3.5 / 6) < 1e-6
    assert abs(win + lost - 1) < 1e-6
    assert abs(same - 4 / 6) < 1e-6
    assert abs(same - same_too) < 1e-6
    assert abs(kappa - kappa_too) < 1e-6


@stats.claim(
    "who says A for nine pairs of ten may agree with people on 80 % and have kappa below 0"
)
def _(answer):
    judged, people = ["A"] * 9 + ["B"], ["B"] + ["A"] * 9
    found = answer([AB[who] for who in judged], [BA[who] for who in judged], people)
    assert abs(found[2] - (0.8 - 0.82) / 0.18) < 1e-6
    assert abs(found[0] - 0.9) < 1e-6


@stats.claim("full agreement has kappa 1, however the verdicts are shared out")
def _(answer):
    for people, wins in (
        (["A", "B"], 1 / 2),
        (["A"] * 6 + ["tie"], 13 / 14),
        (["B", "tie"], 1 / 4),
    ):
        found = answer([AB[who] for who in people], [BA[who] for who in people], people)
        assert abs(found[0] - wins) < 1e-6
        assert abs(found[2] - 1) < 1e-6
        assert found[1] == 1


stats.excuse("strict", "all lists have one length")
stats.excuse("zip(judged", "two labels are equal in either order")


stats.slip(
    'judged.count("tie") / 2', "0", name="ties_lost",
    seen="Consistency and kappa are right. What is a tie worth for A?",
    why="A tie counts as a defeat here, so two equal models would both have less than a half. It counts "
    "half.",
)  # fmt: skip
stats.slip(
    '(judged.count("A") + judged.count("tie") / 2) / size',
    '(judged.count("A") / max(1, size - judged.count("tie")))', name="ties_left_out",
    convention=True,
    seen="Consistency and kappa are right. Of how many pairs is the win rate a share?",
    why="Ties are left out of the win rate here. Then a judge that is hardly ever consistent decides "
    "by its few other verdicts. Here a tie counts half, and all pairs count.",
)  # fmt: skip
stats.slip(
    'one if one == two else "tie"', "one", name="inconsistent_counted",
    seen="Consistent pairs are right. What is the judgement where the two orders disagree?",
    why="The verdict of the order AB alone counts here. A judge that likes the first answer then favours "
    "A. Where the two orders disagree, it is a tie.",
)  # fmt: skip
stats.slip(
    "(po - pe) / (1 - pe) if pe < 1 else math.nan", "po", name="raw_agreement",
    seen="Win rate and consistency are right. How often would two agree who both say A nearly always?",
    why="This is the share of pairs on which both agree. Much of it may be chance. Kappa takes away what "
    "chance gives, and divides by what is left.",
)  # fmt: skip
stats.slip(
    "pe = by_chance / size**2", "pe = 1 / 3", name="kappa_expected_uniform",
    seen="Win rate and consistency are right. Does everybody say A, B and tie equally often?",
    why="Chance is taken to be one third here. Cohen's kappa asks how often each of the two says A, B "
    "and tie: who says A nearly always agrees by chance more often.",
)  # fmt: skip
stats.slip(
    "(po - pe) / (1 - pe) if pe < 1", "po - pe if pe < 1", name="not_divided",
    seen="Win rate and consistency are right. What is kappa where both agree on everything?",
    why="What is above chance is not divided by 1 - pe here. Full agreement would then be less than 1.",
)  # fmt: skip
stats.slip(
    "if pe < 1 else math.nan", "if pe < 1 else 1.0", name="one_for_nan",
    seen="Nearly all is right. Both always say A: do they agree more than by chance?",
    why="Where both always say the same thing kappa is 1 here. They agree, and chance would agree as "
    "often, so it is 0 / 0: nan.",
)  # fmt: skip
stats.slip(
    'judged.count("tie") / 2', 'judged.count("tie")', name="ties_whole",
    seen="Consistency and kappa are right. What is a tie worth for A, and what for B?",
    why="A tie counts as a win of A here. It counts half, so that the win rates of A and B add up to 1.",
)  # fmt: skip
stats.slip(
    "    return wins, consistent, (po - pe) / (1 - pe) if pe < 1 else math.nan",
    "    return wins, consistent, max(0.0, (po - pe) / (1 - pe)) if pe < 1 else math.nan",
    name="not_below_0",
    seen="Where people and the judge agree often it is right. And if they agree less than by chance?",
    why="Kappa ends at 0 here. Who agrees less often than chance would has a kappa below 0.",
)  # fmt: skip
stats.slip(
    'for label in ("A", "B", "tie")', 'for label in ("A", "B")', name="chance_without_ties",
    seen="Win rate and consistency are right. Can both say *tie* by chance?",
    why="Chance counts A and B only here. Both may also say *tie* by chance, and that is agreement, too.",
)  # fmt: skip
stats.slip(
    "(turned[one], named[two]) for", "(named[one], turned[two]) for", name="other_list_turned",
    seen="Consistency is right. In which of the two lists is *first* the answer of A?",
    why="The orders are exchanged here: *first* in `ab` is taken for B, and in `ba` for A. So A and B "
    "are exchanged in all judgements.",
)  # fmt: skip
