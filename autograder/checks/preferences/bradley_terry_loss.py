"""Checks and misconceptions for `bradley_terry_loss`."""

import math

import torch
from torch.nn.functional import logsigmoid

from autograder.checks.preferences import normal
from autograder.exercise import Exercise, agree


def pairs(g):
    def rewards(many, spread=1.5):
        return normal(g, many, spread=spread), normal(g, many, spread=spread)

    above, below = normal(g, 3, mean=2.0), normal(g, 3, mean=-1.0)
    return {
        "one pair comes without a margin": (*rewards(1), torch.zeros(1)),
        "four pairs come without margins": (*rewards(4), torch.zeros(4)),
        "three pairs have margins": (*rewards(3), torch.rand(3, generator=g) + 0.3),
        "only one of five pairs has a margin": (*rewards(5), torch.tensor([0.0, 0, 0, 0.8, 0])),
        "the order is right by far": (2 * above, 2 * below, torch.full((3,), 0.5)),
        "the chosen one is 200 below": (
            normal(g, 2, mean=-150.0), normal(g, 2, mean=50.0), torch.zeros(2),
        ),
        "all rewards are moved by 100": (
            normal(g, 2, mean=100.0), normal(g, 2, mean=100.0), torch.zeros(2),
        ),
    }  # fmt: skip


terry = Exercise(
    "preferences.bradley_terry_loss", fast_track=True,
    title="A pair is a bet",
    points=1, difficulty=1, minutes=8, examples=pairs,
)  # fmt: skip


@terry.oracle("torch.nn.functional.binary_cross_entropy_with_logits")
def _(r_chosen, r_rejected, margin):
    from torch.nn.functional import binary_cross_entropy_with_logits

    ahead = r_chosen - r_rejected - margin
    return binary_cross_entropy_with_logits(ahead, torch.ones_like(ahead))


@terry.alternative
def by_softplus(r_chosen, r_rejected, margin):
    return torch.nn.functional.softplus(r_rejected + margin - r_chosen).mean()


@terry.alternative
def two_classes(r_chosen, r_rejected, margin):
    both = torch.stack([r_chosen - margin, r_rejected], dim=-1)
    return -both.log_softmax(-1)[:, 0].mean()


@terry.claim("equal rewards cost ln 2: a coin would do as well")
def _(answer):
    for r in (torch.tensor([0.3, -2.0, 7.0]), torch.full((5,), -1.0)):
        agree(answer(r, r.clone(), torch.zeros(len(r))), torch.tensor(math.log(2)))


@terry.claim("a pair that is in order by 3 costs 3 less than the same pair the other way round")
def _(answer):
    high, low = torch.tensor([2.5, 4.0]), torch.tensor([-0.5, 1.0])
    right, wrong = answer.each((high, low, torch.zeros(2)), (low, high, torch.zeros(2)))
    agree(wrong - right, torch.tensor(3.0))


@terry.claim("a margin costs what a chosen reward costs that is lower by as much")
def _(answer):
    chosen, rejected = torch.tensor([1.0, 0.2, -0.4]), torch.tensor([0.5, 0.9, -2.0])
    margin = torch.tensor([0.5, 1.5, 1.0])
    with_it, lower, without = answer.each(
        (chosen, rejected, margin),
        (chosen - margin, rejected, torch.zeros(3)),
        (chosen, rejected, torch.zeros(3)),
    )
    agree(with_it, lower)
    assert float(with_it) > float(without) > 0


@terry.claim(
    "it trains: the less sure the bet on a pair, the more its two rewards are pulled apart"
)
def _(answer):
    chosen, rejected = torch.tensor([1.0, 0.2, -2.4]), torch.tensor([0.5, 2.9, -2.0])
    up, down = answer.gradients(chosen, rejected, torch.zeros(3), wrt=(0, 1))
    unsure = torch.sigmoid(rejected - chosen)
    agree(up / up[0], unsure / unsure[0])
    agree(down, -up)


terry.slip(
    "r_chosen - r_rejected - margin", "r_rejected - r_chosen - margin", name="swapped",
    seen="Which of the two should have the higher reward when the loss is small?",
    why="The pair is turned round here: the loss falls when the *rejected* text gets the higher reward. "
    "Its model would learn to like what people refused.",
)  # fmt: skip
terry.slip(
    "r_rejected - margin", "r_rejected + margin", name="margin_helps",
    seen="Without margins it is right. Should a margin make a pair harder or easier?",
    why="The margin is added here, so that a clear pair counts as in order even if its rewards are not. "
    "It is a distance that has to be exceeded: take it away from the difference.",
)  # fmt: skip
terry.slip(
    " - margin", "", name="no_margin",
    seen="Without margins it is right. Where is `margin` used?",
    why="These are the numbers without any margin. The chosen reward has to be ahead by more than the "
    "margin of its pair: take it away from the difference.",
)  # fmt: skip
terry.slip(
    ".mean()", ".sum()", name="summed",
    seen="One pair is right. What becomes of a batch that is twice as large?",
    why="The losses are summed here, so that a larger batch makes larger steps. The loss is their mean.",
)  # fmt: skip
terry.slip(
    "-torch.nn.functional.logsigmoid", "torch.nn.functional.logsigmoid", name="no_minus",
    seen="The size is right. Is a loss negative?",
    why="This is the log-probability itself, which is at most 0. A loss is to be made small: it takes "
    "minus the log-probability.",
)  # fmt: skip


@terry.misconception(
    seen="Small differences are right. What is the sigmoid of -200, in float32, and what is its "
    "logarithm?",
    why="This is the logarithm of a sigmoid. At -200 the sigmoid is 0 in float32 and its logarithm is "
    "minus infinity. `logsigmoid` does both in one step and gives -200.",
)
def log_sigmoid_naive(r_chosen, r_rejected, margin):
    return -torch.sigmoid(r_chosen - r_rejected - margin).log().mean()


@terry.misconception(
    seen="What is the loss where both rewards are equal: a half, or ln 2?",
    why="This is one minus the probability of the right order, without a logarithm. It never exceeds 1, "
    "so a pair that is wrong by far has hardly a gradient, and is never mended.",
)
def sigmoid_not_log(r_chosen, r_rejected, margin):
    return (1 - torch.sigmoid(r_chosen - r_rejected - margin)).mean()


@terry.misconception(
    seen="One pair is right. Is the mean taken of losses, or of rewards?",
    why="The differences are averaged before the loss is taken. A pair that is right by far then pays "
    "for one that is wrong. Each pair has a loss of its own.",
)
def loss_of_the_mean(r_chosen, r_rejected, margin):
    return -logsigmoid((r_chosen - r_rejected - margin).mean())


@terry.misconception(
    seen="What does it cost when the chosen reward is ahead by far?",
    why="This is a hinge: it costs nothing beyond the margin, and a straight line before it. The "
    "sigmoid of Bradley and Terry costs a little everywhere.",
    convention=True,
)
def hinge(r_chosen, r_rejected, margin):
    return (margin - (r_chosen - r_rejected)).clamp(min=0).mean()
