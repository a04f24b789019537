"""Checks and misconceptions for `reciprocal_rank_fusion`."""

import torch

from autograder.exercise import Exercise

NAMES = ["mill", "inn", "barn", "pier", "kite", "lamp", "owl", "hen", "été", "фонтан"]


def lists(g):
    """Rankings of names or numbers, and values of k."""

    def names(*places):
        return [shuffled[i] for i in places]

    def k():
        return int(torch.randint(3, 90, (), generator=g))

    shuffled = [NAMES[i] for i in torch.randperm(len(NAMES), generator=g)]
    while True:  # the same ranks in another order: whether they tie would be left to roundings
        drawn = [torch.randperm(12, generator=g).tolist()[:n] for n in (12, 9, 7, 3)]
        ranks = [tuple(sorted(row.index(i) for row in drawn if i in row)) for i in range(12)]
        if len(set(ranks)) == 12:
            break
    return {
        "there is one ranking": ([names(4, 2, 7)], k()),
        "two rankings disagree": ([names(0, 1, 2), names(1, 2, 0)], k()),
        "three rankings disagree": ([names(0, 1, 2, 3), names(2, 0, 3, 1), names(2, 3, 1, 0)], k()),
        "one ranking does not know an id": ([names(5, 3, 6), names(3, 6)], k()),
        "rankings have no id in common": ([names(0, 1), names(2, 3, 4)], k()),
        "an id is last in two rankings and another is first in one": (
            [names(0, 1, 2), names(3, 4, 5, 2)],
            3,
        ),
        "a ranking has an id twice": ([names(0, 1, 0, 2), names(2, 1)], k()),
        "a ranking has its second id again and again": ([names(3, 0, 0, 0, 1), names(1, 2)], k()),
        "ids tie": ([names(6, 1), names(1, 6)], k()),
        "the id that is met first has the same score as a later one": (
            [names(3, 0), names(2, 0), names(1, 4)],
            k(),
        ),
        "an id is met first in a later place, and ties": (
            [names(3, 0), names(1), names(0, 1)],
            k(),
        ),
        "an id ties by two middle ranks with one that is first": (
            [names(4, 0), names(5, 0), names(1)],
            0,
        ),
        "k is 0": ([names(0, 1, 2), names(2, 1)], 0),
        "k is not given": ([names(0, 1, 2, 3), names(3, 1)],),
        "one ranking is empty": ([names(1, 0), [], names(0, 2)], k()),
        "there is no ranking": ([], k()),
        "ids are numbers": (drawn, k()),
    }


fusion = Exercise(
    "retrieval_and_tools.reciprocal_rank_fusion", fast_track=True,
    title="One ranking of several",
    points=2, difficulty=1, minutes=15, examples=lists,
)  # fmt: skip


@fusion.oracle("the formula with fractions, an id at a time")
def _(rankings, k=60):
    from fractions import Fraction
    from itertools import chain

    met = list(dict.fromkeys(chain.from_iterable(rankings)))
    score = {
        name: sum(
            Fraction(1, k + 1 + ranking.index(name)) for ranking in rankings if name in ranking
        )
        for name in met
    }
    order = sorted(range(len(met)), key=lambda i: (-score[met[i]], i))
    return [(met[i], float(score[met[i]])) for i in order]


@fusion.alternative
def one_id_after_another(rankings, k=60):
    result = []
    for ranking in rankings:
        for name in ranking:
            if name not in [known for known, _ in result]:
                ranks = [other.index(name) + 1 for other in rankings if name in other]
                result.append((name, sum(1 / (k + rank) for rank in ranks)))
    return sorted(result, key=lambda pair: -pair[1])


@fusion.claim("the first of a ranking gets 1 / (k + 1) from it, and the second 1 / (k + 2)")
def _(answer):
    found = answer([["pear", "plum"]], 4)
    assert [name for name, _ in found] == ["pear", "plum"]
    assert abs(found[0][1] - 1 / 5) < 1e-6
    assert abs(found[1][1] - 1 / 6) < 1e-6


@fusion.claim(
    "who is second everywhere beats who is first in one ranking and missing in the others"
)
def _(answer):
    found = answer([["a", "x"], ["b", "x"], ["c", "x"]], 60)
    assert found[0][0] == "x"
    assert {name for name, _ in found[1:]} == {"a", "b", "c"}
    assert abs(found[0][1] - 3 / 62) < 1e-6


@fusion.claim(
    "with k = 0 the first of one ranking beats who is third in two; a large k turns it round"
)
def _(answer):
    rankings = [["a", "b", "x"], ["c", "d", "x"]]
    small, large = answer.each((rankings, 0), (rankings, 60))
    place = {name: i for i, (name, _) in enumerate(small)}
    assert place["a"] < place["x"]
    assert place["c"] < place["x"]
    assert large[0][0] == "x"


fusion.slip(
    "enumerate(ranking, start=1)", "enumerate(ranking)", name="rank_from_zero",
    seen="A later rank gives less, as it should. What is the rank of the first?",
    why="The first has rank 0 here, so it gets 1 / k. Its rank is 1.",
)  # fmt: skip
fusion.slip(
    "1 / (k + rank)", "1 / (k * rank)", name="k_multiplied",
    seen="With one ranking the order is right. How much less does the second get than the first?",
    why="k is multiplied by the rank here, which gives the second half of what the first has, "
    "whatever k is. k is added: the larger it is, the less the first ranks differ.",
)  # fmt: skip
fusion.slip(
    "reverse=True", "reverse=False", name="ascending",
    seen="All scores are right. Which comes first?",
    why="The lowest score comes first here. `sorted` begins with the smallest: the highest score "
    "is to be first.",
)  # fmt: skip
fusion.slip(
    "return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)",
    "return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))", name="ties_by_name",
    seen="All scores are right. In which order do ids come that tie?",
    why="Ids that tie are in the order of their names here. They come as they are first met, because "
    "a name says nothing about how well something fits. `sorted` leaves equal items as they were.",
)  # fmt: skip
fusion.slip(
    "return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)",
    "return sorted(scores.items(), key=lambda pair: pair[1])[::-1]", name="ties_turned_round",
    seen="All scores are right. In which order do ids come that tie?",
    why="The list is sorted upwards and turned round here, which turns ties round, too. With "
    "`reverse=True` equal items keep their order.",
)  # fmt: skip
fusion.slip(
    "1 / (k + rank)", "1 / (60 + rank)", name="k_ignored",
    seen="Where k is not given it is right. What if it is given?",
    why="k is 60 here whatever is asked for. 60 is only what it is if nobody says otherwise.",
)  # fmt: skip
fusion.slip(
    "1 / (k + rank)", "1 / ((k or 60) + rank)", name="zero_as_not_given",
    seen="Where k is not 0 it is right. Is a k of 0 a k that is not given?",
    why="To `or` and to `if not k` a 0 is nothing, so that k becomes 60 here. A k of 0 is a k.",
)  # fmt: skip
fusion.slip(
    "scores[name] = scores.get(name, 0.0) + 1 / (k + rank)",
    "scores[name] = max(scores.get(name, 0.0), 1 / (k + rank))", name="best_rank_only",
    seen="Ids that one ranking alone knows are right. What does a second ranking add?",
    why="The best of an id's ranks in all rankings decides here. To be found by many is what counts: "
    "its score is the sum of what each ranking gives.",
)  # fmt: skip
fusion.slip(
    "return sorted(scores.items(), key",
    "return sorted([(name, score / len(rankings)) for name, score in scores.items()], key",
    name="mean_over_rankings",
    seen="The order is right. Is a score the sum or the mean of what the rankings give?",
    why="The sum is divided by the number of rankings here. That changes no order, but asked for is "
    "the sum.",
)  # fmt: skip
fusion.slip(
    "            if name not in seen:\n", "            if True:\n", name="duplicates_added_twice",
    seen="Rankings without repetitions are right. What does an id get from a ranking that has it "
    "twice?",
    why="An id gets something for each time that a ranking has it here. A source would gain by "
    "repeating itself: only the best rank counts.",
)  # fmt: skip


@fusion.misconception(
    seen="Ids that all rankings have are in the right order. What is the score of one that is in "
    "two of them?",
    why="The sum is divided by the number of rankings that have the id here, so that an id that one "
    "source alone knows is as good as one that all of them find. It is a sum: to be found by many is "
    "what counts.",
)
def score_average(rankings, k=60):
    scores = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            if name not in ranking[: rank - 1]:
                scores.setdefault(name, []).append(1 / (k + rank))
    means = {name: sum(each) / len(each) for name, each in scores.items()}
    return sorted(means.items(), key=lambda pair: pair[1], reverse=True)


@fusion.misconception(
    seen="Ids that all rankings have are right. What does an id get from a ranking without it?",
    why="An id that a ranking does not have gets rank 0 from it here, and with that more than its "
    "first. It gets nothing.",
)
def missing_as_zero_rank(rankings, k=60):
    met = list(dict.fromkeys(name for ranking in rankings for name in ranking))
    scores = dict.fromkeys(met, 0.0)
    for ranking in rankings:
        for name in met:
            rank = ranking.index(name) + 1 if name in ranking else 0
            scores[name] += 1 / (k + rank) if k + rank else 0.0
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)


@fusion.misconception(
    seen="Ids that all rankings have are right. What does an id get from a ranking without it?",
    why="An id that a ranking does not have counts as if it were one place after the last here. It "
    "gets nothing from that ranking.",
)
def missing_as_last(rankings, k=60):
    met = list(dict.fromkeys(name for ranking in rankings for name in ranking))
    scores = dict.fromkeys(met, 0.0)
    for ranking in rankings:
        for name in met:
            rank = ranking.index(name) + 1 if name in ranking else len(ranking) + 1
            scores[name] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)


@fusion.misconception(
    seen="Rankings without repetitions are right. Which rank has what follows a repetition?",
    why="Repetitions are taken out before ranks are counted here, so that what follows moves up. "
    "Each id keeps the rank that the ranking gave it.",
)
def repetitions_close_up(rankings, k=60):
    scores = {}
    for ranking in rankings:
        for rank, name in enumerate(dict.fromkeys(ranking), start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)


@fusion.misconception(
    seen="Rankings without repetitions are right. Which of its ranks does an id keep that is there "
    "twice?",
    why="The last rank of an id counts here: a later one overwrites an earlier one in a "
    "dictionary. The best one counts, which comes first.",
)
def last_rank_counts(rankings, k=60):
    scores = {}
    for ranking in rankings:
        for name, rank in {name: rank for rank, name in enumerate(ranking, start=1)}.items():
            scores[name] = scores.get(name, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)
