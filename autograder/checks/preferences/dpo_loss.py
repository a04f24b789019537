"""Checks and misconceptions for `dpo_loss`."""

import math

import torch
from torch.nn.functional import logsigmoid

from autograder.checks.preferences import normal
from autograder.exercise import Exercise, agree, differ


def pairs(g):
    def four(many, mean=-12.0, moved=1.5):
        ref = normal(g, 2, many, mean=mean, spread=4.0)
        pi = ref + normal(g, 2, many, spread=moved)
        return (*pi, *ref)

    alike = four(3)
    far = four(2)
    return {
        "there is one pair": (*four(1), 0.5),
        "there are four pairs and beta is 0.1": (*four(4), 0.1),
        "beta is 2": (*four(3), 2.0),
        "nothing is trained yet": (*alike[2:], *alike[2:], 0.3),
        "the reference prefers the rejected ones": (
            alike[0], alike[1], alike[2] - 6, alike[3] + 4, 0.25,
        ),
        "the rejected one is likelier by far": (far[0] - 400, far[1] + 300, *far[2:], 0.5),
    }  # fmt: skip


dpo = Exercise(
    "preferences.dpo_loss", fast_track=True,
    title="Preferences without a judge", needs=("bradley_terry_loss", "sequence_logps"),
    points=2, difficulty=2, minutes=12, examples=pairs,
)  # fmt: skip


dpo.excuse("ref_chosen.detach()", "gradients are not asked for where the reference has none")
dpo.excuse("ref_rejected.detach()", "gradients are not asked for where the reference has none")


@dpo.oracle("torch.nn.functional.binary_cross_entropy_with_logits")
def _(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    from torch.nn.functional import binary_cross_entropy_with_logits

    ratio = (pi_chosen - pi_rejected) - (ref_chosen - ref_rejected)
    loss = binary_cross_entropy_with_logits(beta * ratio, torch.ones_like(ratio))
    rewards = torch.stack([pi_chosen - ref_chosen, pi_rejected - ref_rejected]).detach() * beta
    return loss, rewards[0], rewards[1]


@dpo.alternative
def by_softplus(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    with torch.no_grad():
        rewards = beta * (pi_chosen - ref_chosen), beta * (pi_rejected - ref_rejected)
    ahead = pi_chosen + ref_rejected - pi_rejected - ref_chosen
    return torch.nn.functional.softplus(-beta * ahead).mean(), *rewards


@dpo.claim("a model that is its own reference loses ln 2, and rewards nothing")
def _(answer):
    chosen, rejected = torch.tensor([-3.0, -20.0, -7.5]), torch.tensor([-9.0, -2.0, -7.0])
    for beta in (0.1, 3.0):
        loss, *rewards = answer(chosen, rejected, chosen.clone(), rejected.clone(), beta)
        agree(loss, torch.tensor(math.log(2)))
        for reward in rewards:
            agree(reward, torch.zeros(3))


@dpo.claim("only what changed against the reference counts: what both find likelier moves nothing")
def _(answer):
    g = torch.Generator().manual_seed(4)
    four = normal(g, 4, 5, mean=-10.0, spread=2.0)
    moved = four + torch.tensor([3.0, 1.0, 3.0, 1.0])[:, None]
    more = (four[0] + 1, *four[1:])
    before, after, other = answer.each((*four, 0.4), (*moved, 0.4), (*more, 0.4))
    for got, wanted in zip(after, before, strict=True):
        agree(got, wanted)
    differ(other[0], before[0])
    differ(other[1], before[1])


@dpo.claim("a chosen reply that has become likelier has a reward above 0, beta for each nat")
def _(answer):
    g = torch.Generator().manual_seed(9)
    four = normal(g, 4, 5, mean=-10.0, spread=2.0)
    _, chosen, rejected = answer(*four, 0.4)
    agree(chosen, 0.4 * (four[0] - four[2]))
    agree(rejected, 0.4 * (four[1] - four[3]))


@dpo.claim("the loss, and it alone, trains: chosen replies up, refused ones down by as much")
def _(answer):
    g = torch.Generator().manual_seed(6)
    four = normal(g, 4, 3, mean=-9.0, spread=2.0)
    up, down = answer.gradients(*four, 0.6, wrt=(0, 1))
    unsure = torch.sigmoid(-0.6 * (four[0] - four[2] - four[1] + four[3]))
    agree(up / up[0], unsure / unsure[0])
    agree(down, -up)


@dpo.claim("the loss is that of a bet whose odds are the two rewards")
def _(answer):
    g = torch.Generator().manual_seed(5)
    four = normal(g, 4, 6, mean=-8.0, spread=2.0)
    loss, chosen, rejected = answer(*four, 0.7)
    agree(loss, -logsigmoid(chosen - rejected).mean())
    agree(chosen - rejected, 0.7 * (four[0] - four[2] - four[1] + four[3]))


dpo.slip(
    "-torch.nn.functional.logsigmoid(chosen - rejected)",
    "-torch.nn.functional.logsigmoid(beta * (chosen - rejected))", name="beta_twice",
    seen="The rewards are right. How often is beta multiplied on the way to the loss?",
    why="The rewards hold beta already, and the loss multiplies by it again. So it has beta squared.",
)  # fmt: skip
dpo.slip(
    "(pi_rejected - ref_rejected)", "(pi_rejected - ref_chosen)", name="reference_crossed",
    seen="The chosen reward is right. Whose reference does the rejected one need?",
    why="The rejected completion is compared with what the reference thinks of the *chosen* one. Each "
    "completion is compared with itself under the reference.",
)  # fmt: skip
dpo.slip(
    "logsigmoid(chosen - rejected)", "logsigmoid(rejected - chosen)", name="swapped",
    seen="The rewards are right. Which of them should be the larger one when the loss is small?",
    why="The loss falls here when the rejected reward is the larger one. The model learns to write what "
    "people refused.",
)  # fmt: skip
dpo.slip(
    ".mean()", ".sum()", name="summed",
    seen="One pair is right. What becomes of a batch that is twice as large?",
    why="The losses are summed here, so that a larger batch makes larger steps. The loss is their mean.",
)  # fmt: skip


@dpo.misconception(
    seen="Nothing is trained yet, and rewards are not 0. What is a completion compared with?",
    why="The reference is left out here. A reply that is short or common is then rewarded before "
    "anything is learned, and nothing keeps the model where it was.",
)
def no_reference(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = beta * pi_chosen, beta * pi_rejected
    return -logsigmoid(chosen - rejected).mean(), chosen.detach(), rejected.detach()


@dpo.misconception(
    seen="The loss is right without the reference only. Is the reference added or taken away?",
    why="The reference is added here. A completion that the reference finds likely then counts twice. "
    "How much *likelier* it has become is a difference.",
)
def plus_reference(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = beta * (pi_chosen + ref_chosen), beta * (pi_rejected + ref_rejected)
    return -logsigmoid(chosen - rejected).mean(), chosen.detach(), rejected.detach()


@dpo.misconception(
    seen="The rewards are right. Does beta multiply the loss, or what goes into the sigmoid?",
    why="Beta multiplies the whole loss here, so it is only another learning rate. Inside of the sigmoid "
    "it says how far the model may go: with a small beta it takes a large change to be sure.",
)
def beta_outside(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = pi_chosen - ref_chosen, pi_rejected - ref_rejected
    loss = -beta * logsigmoid(chosen - rejected).mean()
    return loss, (beta * chosen).detach(), (beta * rejected).detach()


@dpo.misconception(
    seen="The loss is right. What is missing from the rewards?",
    why="The rewards are log-ratios without beta. The reward that DPO stands for is beta times that: "
    "only then can it be compared with another reward.",
)
def rewards_without_beta(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = pi_chosen - ref_chosen, pi_rejected - ref_rejected
    return -logsigmoid(beta * (chosen - rejected)).mean(), chosen.detach(), rejected.detach()


@dpo.misconception(
    seen="Small differences are right. What is the sigmoid of -350, in float32, and what is its "
    "logarithm?",
    why="This is the logarithm of a sigmoid. Far below 0 the sigmoid is 0 in float32 and its logarithm "
    "is minus infinity. `logsigmoid` does both in one step.",
)
def naive_log_sigmoid(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = beta * (pi_chosen - ref_chosen), beta * (pi_rejected - ref_rejected)
    loss = -torch.sigmoid(chosen - rejected).log().mean()
    return loss, chosen.detach(), rejected.detach()


@dpo.misconception(
    seen="The rewards are right. Is the loss a bet on an order, or a distance from a goal?",
    why="This is the loss of IPO, which wants the log-ratios to differ by 1 / (2 beta) and by no more. "
    "DPO takes minus the log of a sigmoid.",
    convention=True,
)
def ipo(pi_chosen, pi_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = pi_chosen - ref_chosen, pi_rejected - ref_rejected
    loss = ((chosen - rejected - 1 / (2 * beta)) ** 2).mean()
    return loss, (beta * chosen).detach(), (beta * rejected).detach()
