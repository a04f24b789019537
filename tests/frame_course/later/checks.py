"""Checks of a second chapter: one exercise, whose answer may use a function of the first."""

import torch

from autograder.exercise import Exercise


def odd(g):
    return {
        "there are three": ([3.0, 1.0, 2.0],),
        "some are below zero": ([-3.0, 5.0, 0.0],),
        "five are drawn": (torch.randn(5, generator=g).tolist(),),
    }


spread = Exercise(
    "later.spread", title="A spread", points=2, difficulty=1, minutes=3, examples=odd,
)  # fmt: skip


@spread.claim("the one in the middle is no distance from itself")
def _(answer):
    assert sorted(answer([1.0, 2.0, 4.0])) == [0.0, 1.0, 2.0]
