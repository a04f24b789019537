"""Checks and misconceptions for `best_of_n`."""

import torch

from autograder.exercise import Exercise


def scores(g):
    def drawn(*shape):
        return torch.randn(*shape, generator=g)

    low = drawn(3, 4) - 9
    low[0, 2] = -1.5
    late = torch.tensor([[-2.0, 0.5, -1.0, 3.0], [0.1, 1.0, 7.0, 2.0]]) + drawn(1)
    first = torch.tensor([[4.0, 1.0, -5.0, 2.0, 0.0], [6.0, 3.0, 2.0, 1.0, -7.0]])
    return {
        "there are two questions": (late,),
        "there is one question": (drawn(1, 3),),
        "there is one answer": (drawn(3, 1),),
        "all scores are negative": (low,),
        "the first one is the best": (first,),
        "two are nearly equal": (torch.tensor([[-7.0, -2.00001, -2.0, -5.0], [1.0, 3.0, 3.00001, 2.0]]),),
        "two are nearly equal in double precision": (
            1e-12 * torch.tensor([[0, -9, 2, 1, 0], [5, 7, 6, 4, -2]]).double() + 3,
        ),
        "all are far below zero": (torch.tensor([[-400.0, -150.0, -300.0, -200.0]]),),
        "two are the best": (torch.tensor([[0.5, 2.0, 2.0, 1.0], [3.0, 1.0, 0.0, 3.0]]),),
        "all are equal": (torch.zeros(2, 5),),
        "a score is infinite": (torch.tensor([[1.0, float("inf"), 2.0], [-float("inf"), -3.0, -4.0]]),),
        "there are many": (drawn(7, 6),),
    }  # fmt: skip


best = Exercise(
    "prompting.best_of_n", optional=True,
    title="The best of several",
    points=1, difficulty=1, minutes=5, examples=scores,
)  # fmt: skip


@best.oracle("numpy.argmax")
def _(scores):
    import numpy

    return torch.from_numpy(numpy.argmax(scores.detach().numpy(), axis=1))


@best.alternative
def by_lists(scores):
    return torch.tensor([row.index(max(row)) for row in scores.tolist()])


best.excuse("dim=-1", "the last axis is number 1 as well")


@best.claim("among more answers, the best one is never worse")
def _(answer):
    g = torch.Generator().manual_seed(2)
    rows = torch.randn(5, 12, generator=g)
    for many in (1, 3, 6, 12):
        found = answer(rows[:, :many])
        assert torch.equal(rows.gather(1, found[:, None])[:, 0], rows[:, :many].amax(1))


@best.claim("adding the same to all scores of a question changes nothing")
def _(answer):
    rows = torch.tensor([[3.0, -1.0, 2.0], [-8.0, -6.0, -7.0], [0.0, 1.0, 5.0]])
    for added in (-20.0, 20.0):
        assert answer(rows + added).tolist() == [0, 1, 2]


best.slip(
    "argmax", "argmin", name="the_worst",
    seen="Is a high score good or bad?",
    why="The lowest score wins here. The highest one is the best.",
)  # fmt: skip
best.slip(
    "argmax(dim=-1)", "argmax(dim=0)", name="over_questions",
    seen="What are the rows, and what is compared with what?",
    why="The questions are compared with each other here. For each question its own answers are.",
)  # fmt: skip
best.slip(
    "argmax(dim=-1)", "argmax()", name="one_for_all",
    seen="How many answers are to be picked?",
    why="One place in the whole table is picked here. Each question gets an answer of its own.",
)  # fmt: skip
best.slip(
    "argmax(dim=-1)", "amax(dim=-1)", name="the_score",
    seen="Is it a number of points or a place that is asked for?",
    why="This is the highest score itself. It is asked *which* answer has it.",
)  # fmt: skip
best.slip(
    "scores.argmax(dim=-1)", "scores.shape[-1] - 1 - scores.flip(-1).argmax(dim=-1)", name="ties_last",
    seen="One question is right. Several answers are equally good: which of them comes first?",
    why="Of equally good answers the last one is taken here. It is the first, as with `argmax`.",
)  # fmt: skip


@best.misconception(
    seen="From which number on are the answers counted?",
    why="The answers are counted from 1 here. They are counted from 0, so that the number finds the "
    "answer in a list.",
)
def from_one(scores):
    return scores.argmax(dim=-1) + 1


best.slip(
    "scores.argmax", "scores.exp().argmax", name="exp_first",
    seen="How large is exp(-150) as a float?",
    why="The scores are turned into probabilities here. Those of long answers are too small for a float "
    "and become 0, so all are equal. Compare the logarithms as they are.",
)  # fmt: skip


@best.misconception(
    seen="What if no score is above 0?",
    why="A best score is looked for from 0 up here, so where all are negative nothing beats it. Log-"
    "probabilities are negative.",
)
def from_zero_up(scores):
    found = []
    for row in scores.tolist():
        most, place = 0.0, 0
        for i, score in enumerate(row):
            if score > most:
                most, place = score, i
        found.append(place)
    return torch.tensor(found)


@best.misconception(
    seen="Two scores are close and not equal. Which one is higher?",
    why="Scores that are nearly equal count as equal here, as after rounding, so the first of two close "
    "ones wins. Only scores that are equal count as equal.",
)
def rounded(scores):
    return scores.round(decimals=2).argmax(dim=-1)
