"""What is built in another way than `judge_statistics`: wrong ones with a cause, and right ones."""

import math

import torch

from autograder.checks.evaluation.judge_statistics import AB, BA, stats


def found(pairs, judged, human, kappa=None):
    size = len(pairs)
    wins = (judged.count("A") + judged.count("tie") / 2) / size
    consistent = sum(one == two for one, two in pairs) / size
    return wins, consistent, cohen(judged, human) if kappa is None else kappa


def cohen(judged, human):
    size = len(judged)
    if not size:
        return 0.0
    po = sum(one == two for one, two in zip(judged, human, strict=True)) / size
    pe = sum(judged.count(label) * human.count(label) for label in AB) / size**2
    return (po - pe) / (1 - pe) if pe < 1 else math.nan


def by_name(ab, ba):
    back = {word: who for who, word in AB.items()}, {word: who for who, word in BA.items()}
    return [(back[0][one], back[1][two]) for one, two in zip(ab, ba, strict=True)]


def settled(pairs):
    return [one if one == two else "tie" for one, two in pairs]


@stats.misconception(
    seen="Whom does *first* name, when B's answer is read first?",
    why="*first* is taken for A in both orders here. In the order BA the first answer is B's, so "
    "*first* twice is one vote for each.",
)
def not_turned(ab, ba, human):
    back = {word: who for who, word in AB.items()}
    pairs = [(back[one], back[two]) for one, two in zip(ab, ba, strict=True)]
    return found(pairs, settled(pairs), human)


@stats.misconception(
    seen="Consistency is right. What becomes of a pair on which the two orders disagree?",
    why="Pairs that are not consistent are left out here. Then a judge who is fooled by the order half "
    "of the time looks as good as one who never is. Such a pair is a tie, and counts.",
)
def inconsistent_dropped(ab, ba, human):
    pairs = by_name(ab, ba)
    kept = [i for i, (one, two) in enumerate(pairs) if one == two]
    judged, people = [pairs[i][0] for i in kept], [human[i] for i in kept]
    size = max(1, len(kept))
    wins = (judged.count("A") + judged.count("tie") / 2) / size
    return wins, len(kept) / len(pairs), cohen(judged, people)


@stats.misconception(
    seen="Win rate and consistency are right. Which pairs does kappa compare?",
    why="Kappa is taken over the consistent pairs only here. The others are judged a tie, and that is "
    "compared with what people said.",
)
def kappa_of_consistent(ab, ba, human):
    pairs = by_name(ab, ba)
    kept = [i for i, (one, two) in enumerate(pairs) if one == two]
    kappa = cohen([pairs[i][0] for i in kept], [human[i] for i in kept])
    return found(pairs, settled(pairs), human, kappa)


@stats.misconception(
    seen="Win rate and consistency are right. Has each of the two its own shares?",
    why="The shares of both are thrown together before chance is worked out here, which is Scott's pi. "
    "Cohen's kappa leaves each its own shares.",
    convention=True,
)
def scotts_pi(ab, ba, human):
    pairs = by_name(ab, ba)
    judged = settled(pairs)
    both, size = judged + human, len(pairs)
    po = sum(one == two for one, two in zip(judged, human, strict=True)) / size
    pe = sum((both.count(label) / (2 * size)) ** 2 for label in AB)
    return found(pairs, judged, human, (po - pe) / (1 - pe) if pe < 1 else math.nan)


@stats.misconception(
    seen="Win rate is right. Is a tie in both orders the same verdict twice?",
    why="A pair counts as consistent here only if a model wins it twice. A tie said twice is the same "
    "verdict, too.",
)
def ties_not_consistent(ab, ba, human):
    pairs = by_name(ab, ba)
    wins, _, kappa = found(pairs, settled(pairs), human)
    return wins, sum(one == two != "tie" for one, two in pairs) / len(pairs), kappa


@stats.misconception(
    seen="Consistent pairs are right. Is a tie and a win for A a win for A?",
    why="Each order counts for itself in the win rate here. The rule takes a pair: where the two orders "
    "disagree, even if one is a tie, the pair is a tie.",
)
def both_orders_averaged(ab, ba, human):
    pairs = by_name(ab, ba)
    every = [who for pair in pairs for who in pair]
    wins = (every.count("A") + every.count("tie") / 2) / len(every)
    return wins, *found(pairs, settled(pairs), human)[1:]


@stats.misconception(
    seen="Win rate and consistency are right. Which judgement is compared with the people's?",
    why="Kappa compares the verdicts of the order AB alone here. A pair has one judgement, made of both "
    "orders, and that is compared.",
)
def kappa_of_one_order(ab, ba, human):
    pairs = by_name(ab, ba)
    return found(pairs, settled(pairs), human, cohen([one for one, _ in pairs], human))


@stats.misconception(
    seen="Consistency and kappa are right. Of which pairs is the win rate a share?",
    why="The win rate is taken over the consistent pairs only here. The others are judged a tie, which "
    "counts half.",
)
def wins_of_consistent(ab, ba, human):
    pairs = by_name(ab, ba)
    kept = [one for one, two in pairs if one == two]
    wins = (kept.count("A") + kept.count("tie") / 2) / len(kept) if kept else 0.5
    return wins, *found(pairs, settled(pairs), human)[1:]


@stats.alternative
def by_tables(ab, ba, human):
    names = ["A", "B", "tie"]
    pairs = by_name(ab, ba)
    table = torch.zeros(3, 3, dtype=torch.float64)
    for (one, two), person in zip(pairs, human, strict=True):
        table[names.index(one if one == two else "tie"), names.index(person)] += 1
    shares = table / table.sum()
    rows, columns = shares.sum(1), shares.sum(0)
    po, pe = shares.trace().item(), (rows @ columns).item()
    kappa = (po - pe) / (1 - pe) if 1 - pe > 1e-12 else math.nan
    same = sum(one == two for one, two in pairs) / len(pairs)
    return (rows[0] + rows[2] / 2).item(), same, kappa
