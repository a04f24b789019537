"""Checks and misconceptions for `training_flops`."""

import torch

from autograder.exercise import Exercise

GPT_3 = (174.6e9, 300e9)  # parameters, tokens


def trainings(g):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=g).item()

    return {
        "one parameter reads one token": (1.0, 1.0, 8.0, 1.0),
        "nothing of the peak is lost": (draw(2e6, 9e6), draw(2e8, 9e8), draw(1e13, 9e13), 1.0),
        "the peak is a petaFLOP per second": (draw(2e9, 9e9), draw(2e10, 9e10), 1e15, 0.4),
        "half of the peak is reached": (draw(2e6, 9e6), draw(2e8, 9e8), 3e14, 0.5),
        "the numbers are those of any training": (
            draw(2e8, 9e10), draw(2e10, 9e11), draw(1e14, 9e14), draw(0.2, 0.6)
        ),
        "it is GPT-3 on A100s": (*GPT_3, 312e12, 0.45),
    }  # fmt: skip


work = Exercise(
    "scaling_laws.training_flops", kind="predict",
    title="What a training takes", fast_track=True,
    points=1, difficulty=1, minutes=10, examples=trainings,
    question="GPT-3 has 175 billion parameters and was trained on 300 billion tokens. Suppose one "
    "A100 did it alone. Its peak is 312 × 10¹² operations a second, of which 45 % go into the model. "
    "How many years would it take?",
    unit="years", counted=lambda reference: reference(*GPT_3, 312e12, 0.45)[2] / 365.25,
)  # fmt: skip


def near(got, wanted):
    assert abs(got - wanted) <= 1e-6 * abs(wanted)


@work.alternative
def forward_and_backward(N, D, peak, mfu):
    forward, backward = 2.0 * N * D, 4.0 * N * D
    seconds = (forward + backward) / mfu / peak
    return forward + backward, (forward + backward) / 8.64e19, seconds / 86400


work.excuse("1e15", "a unit in the last of sixteen digits")


@work.claim("a linear layer takes the operations that torch counts, forward and back")
def _(answer):
    from torch.utils.flop_counter import FlopCounterMode

    layer, x = torch.nn.Linear(5, 7, bias=False), torch.randn(11, 5, requires_grad=True)
    with FlopCounterMode(display=False) as counted:
        layer(x).sum().backward()
    near(answer(35.0, 11.0, 1e9, 0.5)[0], counted.get_total_flops())


@work.claim("the published numbers of GPT-3 come out: 3.14e23 operations, 3,640 petaFLOP/s-days")
def _(answer):
    flops, days, _ = answer(*GPT_3, 312e12, 0.45)
    assert abs(flops / 3.14e23 - 1) < 0.005
    assert abs(days / 3640 - 1) < 0.005


@work.claim("a machine of a petaFLOP per second takes the same days, if it loses nothing")
def _(answer):
    flops, work_days, gpu_days = answer(3e9, 5e10, 1e15, 1.0)
    near(gpu_days, work_days)
    assert 1e20 < flops < 1e21 < flops * work_days


@work.claim("a GPU used half as well takes twice as long, and the work stays the same")
def _(answer):
    (flops, work_days, days), (same, equal, longer) = answer.each(
        (3e9, 5e10, 2e14, 0.6), (3e9, 5e10, 2e14, 0.3)
    )
    assert flops > 1e20
    assert days > 1
    near(same, flops)
    near(equal, work_days)
    near(longer, 2 * days)


work.slip(
    "6 * N * D", "2 * N * D", name="forward_only",
    seen="A third of it. What happens after the way forward?",
    why="These are the numbers of 2 N D: the way forward alone. Training also goes back, and there "
    "each weight takes part twice, in its own gradient and in that of its input. That makes 6 N D.",
)  # fmt: skip
work.slip(
    "6 * N * D", "4 * N * D", name="back_like_forward",
    seen="Two thirds of it. What does the way back have to find out?",
    why="These are the numbers of 4 N D: two operations on the way forward and two back. The way back "
    "takes twice as many, for the gradient of the weights and for that of the inputs: 6 N D.",
)  # fmt: skip
work.slip(
    "return flops, flops / (1e15 * day), flops / (peak * mfu * day)",
    "return flops, flops / (peak * mfu * day), flops / (1e15 * day)", name="swapped",
    seen="All three numbers are right. In which order are they asked for?",
    why="The last two have changed places. The petaFLOP/s-days come second.",
)  # fmt: skip
work.slip(
    "(1e15 * day)", "(1e12 * day)", name="pf_1e12",
    seen="The operations are right. How many zeros has peta?",
    why="These are teraFLOP/s-days. Tera is 10^12, peta is 10^15.",
)  # fmt: skip
work.slip(
    "24 * 60 * 60", "60 * 60", name="hours_for_days",
    seen="The operations are right, the days are 24 times too many. How many seconds has a day?",
    why="These are hours. A day has 24 × 60 × 60 = 86,400 seconds.",
)  # fmt: skip
work.slip(
    "(peak * mfu * day)", "(peak * day)", name="no_mfu",
    seen="The days on the GPU fit only where nothing of the peak is lost. What is `mfu`?",
    why="These are the days of a GPU that reaches its peak all the time. It reaches `mfu` of it, so "
    "divide by `peak * mfu`.",
)  # fmt: skip
work.slip(
    "flops / (peak * mfu * day)", "flops * mfu / (peak * day)", name="mfu_multiplied",
    seen="The worse the GPU is used, the sooner it is done. Is that likely?",
    why="Here the time is multiplied by `mfu`. The speed is `peak * mfu`, and time is work divided by "
    "speed.",
)  # fmt: skip
work.slip(
    "(1e15 * day)", "(1e15 * mfu * day)", name="mfu_in_the_unit",
    seen="The petaFLOP/s-days change with `mfu`. Does the work depend on who does it?",
    why="Here the petaFLOP/s-days are divided by `mfu` as well. They are a unit of work: 8.64 × 10^19 "
    "operations, whoever makes them.",
)  # fmt: skip
work.slip(
    "(peak * mfu * day)", "(2 * peak * mfu * day)", name="peak_sparse",
    seen="The GPU is done in half the time. Which peak may one count on?",
    why="These are the numbers of a peak that is doubled. Data sheets print a second number for "
    "matrices half of whose entries are zero. Training multiplies dense ones.",
)  # fmt: skip


@work.misconception(
    seen="The operations are a quarter too few. Are words asked for, or tokens?",
    why="Here tokens were turned into words, at three words for four tokens. Each token is an input "
    "of the model: count them all.",
)
def words_for_tokens(N, D, peak, mfu):
    flops = 6 * N * D * 0.75
    return flops, flops / 8.64e19, flops / (peak * mfu * 86400)


@work.misconception(
    seen="Right but for the last number. In which unit is it?",
    why="The last number is in seconds. Days are asked for, and a day has 86,400 seconds.",
)
def in_seconds(N, D, peak, mfu):
    flops = 6 * N * D
    return flops, flops / 8.64e19, flops / (peak * mfu)


@work.misconception(
    seen="Right but for the last number. In which unit is it?",
    why="The last number is in hours. Days are asked for, and a day has 24 hours.",
)
def in_hours(N, D, peak, mfu):
    flops = 6 * N * D
    return flops, flops / 8.64e19, flops / (peak * mfu * 3600)


@work.misconception(
    seen="The operations change with `mfu`. Does the work depend on who does it?",
    why="Here the operations are divided by `mfu`. A GPU that waits takes longer, but does no more "
    "operations: only its days are divided.",
)
def mfu_in_the_operations(N, D, peak, mfu):
    flops = 6 * N * D / mfu
    return flops, flops / 8.64e19, flops / (peak * 86400)


@work.misconception(
    seen="The operations are right. What does a machine do *in a day* that makes 10^15 in a second?",
    why="The operations were divided by 10^15 only. That is how many seconds such a machine takes. "
    "A day of it is 86,400 times as much work.",
)
def petaflops(N, D, peak, mfu):
    flops = 6 * N * D
    return flops, flops / 1e15, flops / (peak * mfu * 86400)
