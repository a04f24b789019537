"""Checks and misconceptions for `lr_warmup_cosine`."""

import math
from itertools import pairwise

import torch

from autograder.exercise import Exercise


def schedules(g):
    def number(low, high):
        return int(torch.randint(low, high, (), generator=g))

    def rates():
        high = round(0.4 + 0.5 * float(torch.rand((), generator=g)), 2)
        return high, round(high / number(4, 8), 3)

    warmup, half, way = number(6, 12), 2 * number(2, 6), 4 * number(5, 9)
    return {
        "warm-up is half over": (half // 2, *rates(), half, half + way),
        "it is step 0": (0, *rates(), warmup, 40),
        "warm-up has just ended": (warmup, *rates(), warmup, warmup + way),
        "a quarter of the way down is over": (warmup + way // 4, *rates(), warmup, warmup + way),
        "half of the way down is over": (warmup + way // 2, *rates(), warmup, warmup + way),
        "it is the last step": (warmup + way, *rates(), warmup, warmup + way),
        "the run goes on after its end": (
            2 * warmup + way + number(1, way // 3), *rates(), warmup, warmup + way,
        ),
        "there is no warm-up, at step 0": (0, *rates(), 0, way),
        "there is no warm-up, later": (way // 4, *rates(), 0, way),
        "it falls to 0": (warmup + 3 * way // 4, rates()[0], 0.0, warmup, warmup + way),
    }  # fmt: skip


def run(answer):
    """A run of 100 steps, 20 of them warm-up, with twenty steps more."""
    return [answer(step, 1.0, 0.1, 20, 100) for step in range(121)]


schedule = Exercise(
    "optimisation.lr_warmup_cosine", kind="read", fast_track=True,
    title="Up, and down along a cosine",
    points=2, difficulty=1, minutes=20, examples=schedules,
    question="Warm-up takes 20 steps, and the run has 100. Four people wrote the schedule with the rates "
    "1 and 0.1 and let it go on to step 120. Which curve is which?",
    curves=[
        ("", "as it should be",
         "It is largest at step 20, falls slowly, then faster, then slowly again, and is at 0.1 from "
         "step 100 on."),
        ("linear", "falls in a straight line",
         "Two straight lines and a flat end. It is below the right one in the first half of the way down "
         "and above it in the second."),
        ("progress_from_zero", "counts the way down from step 0",
         "It jumps where warm-up ends: by then it believes that a fifth of the way is over."),
        ("over_total", "takes 100 steps for the way down",
         "It is still falling at step 100 and reaches 0.1 at step 120: the way down is what is left "
         "after warm-up, 80 steps."),
    ],
    drawn=run, axes=("step", "learning rate"),
)  # fmt: skip


@schedule.oracle("transformers.get_cosine_schedule_with_warmup, as far as `total`")
def _(step, max_lr, min_lr, warmup, total):
    from transformers import get_cosine_schedule_with_warmup

    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    library = get_cosine_schedule_with_warmup(optimiser, warmup, total)
    share = library.lr_lambdas[0](min(step, total))  # beyond it, it rises again
    return max_lr * share if step < warmup else min_lr + (max_lr - min_lr) * share


@schedule.claim("warm-up begins at 0 and grows by the same amount in every step")
def _(answer):
    for warmup in (5, 8):
        rates = answer.each(*((step, 0.8, 0.2, warmup, 30) for step in range(warmup)))
        for step, rate in enumerate(rates):
            assert math.isclose(rate, 0.8 * step / warmup, abs_tol=1e-6)


@schedule.claim(
    "half of the way down it is in the middle between the largest and the smallest rate"
)
def _(answer):
    for high, low in ((0.8, 0.2), (0.5, 0.0)):
        (rate,) = answer.each((5 + 12, high, low, 5, 5 + 24))
        assert math.isclose(rate, (high + low) / 2, abs_tol=1e-6)


@schedule.claim("after the last step it stays at the smallest rate")
def _(answer):
    rates = answer.each(*((step, 0.8, 0.2, 5, 30) for step in (29, 30, 31, 42, 60)))
    assert rates[0] > 0.2 + 1e-4
    assert all(math.isclose(rate, 0.2, abs_tol=1e-6) for rate in rates[1:])


@schedule.claim("from its highest point it never rises again")
def _(answer):
    rates = answer.each(*((step, 0.8, 0.2, 5, 30) for step in range(5, 70)))
    assert all(after <= before + 1e-7 for before, after in pairwise(rates))
    assert math.isclose(rates[0], 0.8, abs_tol=1e-6)
    assert rates[10] < 0.8 - 0.05


schedule.slip(
    "min(1.0, (step - warmup) / (total - warmup))", "(step - warmup) / (total - warmup)",
    name="no_clamp",
    seen="Up to `total` it is right. What does a cosine do after half a wave?",
    why="The share of the way grows beyond 1 here, and the cosine comes up again. A run that goes on "
    "after its end gets large steps once more. (`transformers` does this, too.) Stop the share at 1.",
)  # fmt: skip
schedule.slip(
    "(step - warmup) / (total - warmup)", "step / total", name="progress_from_zero",
    seen="Warm-up is right and so is the end. How much of the way down is over when warm-up ends?",
    why="The way down is counted from step 0, so at the end of warm-up a part of it is already over: "
    "the rate jumps. The way begins at `warmup`.",
)  # fmt: skip
schedule.slip(
    "(total - warmup)", "total", name="over_total",
    seen="It begins to fall where it should. Where does it arrive?",
    why="The way down takes `total` steps here, and `warmup` steps were over before it began. What is "
    "left is total - warmup.",
)  # fmt: skip
schedule.slip(
    "max_lr * step / warmup", "max_lr * (step + 1) / (warmup + 1)", name="warmup_plus_one",
    seen="After warm-up it is right. What should step 0 have?",
    why="This is a warm-up in which no step has the rate 0, as in nanoGPT. The task says 0 at step 0, "
    "as in `transformers`.",
    convention=True,
)  # fmt: skip
schedule.slip(
    "max_lr * step / warmup", "max_lr * (step + 1) / warmup", name="one_step_ahead",
    seen="After warm-up it is right. Which step is the first to have `max_lr`?",
    why="Warm-up is one step ahead: it has `max_lr` at step warmup - 1 already, and once more at "
    "`warmup`.",
)  # fmt: skip
schedule.slip(
    "max_lr * step / warmup", "min_lr + (max_lr - min_lr) * step / warmup", name="warmup_from_min",
    seen="After warm-up it is right. Where does warm-up begin?",
    why="Warm-up begins at `min_lr` here. That is only where the way down ends. Warm-up begins at 0.",
    convention=True,
)  # fmt: skip
schedule.slip(
    "(1 + math.cos(math.pi * progress)) / 2", "(1 - progress)", name="linear",
    seen="Both ends and the middle are right. What is the shape in between?",
    why="This falls in a straight line. Half a cosine falls slowly, then faster, then slowly again.",
    convention=True,
)  # fmt: skip
schedule.slip(
    "min_lr + (max_lr - min_lr) *", "max_lr *", name="to_zero",
    seen="If `min_lr` is 0 it is right. Where should it arrive otherwise?",
    why="This falls from `max_lr` to 0 and does not know `min_lr`. What falls is the distance between "
    "the two.",
)  # fmt: skip
schedule.slip(
    "(max_lr - min_lr) *", "max_lr *", name="from_too_high",
    seen="It arrives where it should. Where does it begin to fall?",
    why="`min_lr` is added to a fall from all of `max_lr`, so it begins at their sum. What falls is "
    "max_lr - min_lr.",
)  # fmt: skip
schedule.slip(
    "math.pi * progress", "progress", name="no_pi",
    seen="It begins to fall where it should. How far does it get? What is cos(1)?",
    why="The share of the way goes into the cosine as it is. Half a wave is π long.",
)  # fmt: skip
schedule.slip(
    "math.pi * progress", "2 * math.pi * progress", name="whole_wave",
    seen="It begins where it should. Which value does it have at the end?",
    why="This is a whole wave: down in the middle and up again at the end. A fall is half a wave.",
)  # fmt: skip


schedule.slip(
    "step < warmup", "step <= warmup", name="divides_by_no_warmup",
    seen="With a warm-up it is right. What is `step / warmup` at step 0, if there is none?",
    why="At step 0 without warm-up this is 0 / 0. Warm-up is what comes *before* the step `warmup`.",
)  # fmt: skip
schedule.slip(
    "(1 + math.cos(math.pi * progress)) / 2", "math.cos(math.pi / 2 * progress)", name="quarter_wave",
    seen="Both ends are right. How much is left when half of the way down is over?",
    why="This is a quarter of a wave, which is steepest at its end. Half a wave, moved up and halved, "
    "is flat at both ends.",
    convention=True,
)  # fmt: skip
schedule.slip(
    "(total - warmup)", "(total - 1 - warmup)", name="one_step_early",
    seen="It begins to fall where it should. Which step is the first to have `min_lr`?",
    why="The way down is one step short here: the step `total` - 1 has `min_lr` already.",
)  # fmt: skip


@schedule.misconception(
    seen="As far as `total` it is right. What does a run get that goes on?",
    why="After `total` the rate is 0 here. It stays at `min_lr`.",
)
def zero_afterwards(step, max_lr, min_lr, warmup, total):
    if step > total:
        return 0.0
    if step < warmup:
        return max_lr * step / warmup
    progress = (step - warmup) / (total - warmup)
    return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


@schedule.misconception(
    seen="It begins to fall where it should. Does it fall to `min_lr`, or is it cut off there?",
    why="This falls to 0 and is cut off at `min_lr`. In the task it falls to `min_lr` itself, and is "
    "flat only at the end.",
)
def cut_off_at_the_floor(step, max_lr, min_lr, warmup, total):
    if step < warmup:
        return max_lr * step / warmup
    progress = min(1.0, (step - warmup) / (total - warmup))
    return max(min_lr, max_lr * (1 + math.cos(math.pi * progress)) / 2)


@schedule.alternative
def by_cases(step, max_lr, min_lr, warmup, total):
    if warmup and step <= warmup:
        return step / warmup * max_lr
    if step >= total:
        return min_lr
    angle = math.pi * (step - warmup) / (total - warmup)
    return 0.5 * (max_lr + min_lr) + 0.5 * (max_lr - min_lr) * math.cos(angle)


@schedule.alternative
def by_a_squared_sine(step, max_lr, min_lr, warmup, total):
    if step < warmup:
        return max_lr / warmup * step
    left = max(0.0, (total - step) / (total - warmup))
    return min_lr + (max_lr - min_lr) * math.sin(math.pi / 2 * left) ** 2
