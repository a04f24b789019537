"""Checks and misconceptions for `group_advantages`."""

import statistics

import torch

from autograder.exercise import Exercise, agree, differ


def judged(g):
    def drawn(n):
        return torch.randn(n, generator=g) + 1

    def right(*rows):
        """Rewards 0 and 1, each group in another order."""
        return torch.cat([torch.tensor(row)[torch.randperm(len(row), generator=g)] for row in rows])

    one = right([1.0, 0.0, 0.0, 0.0])
    return {
        "one question has four answers, and one of them is right": (one, 4, True),
        "the same, without a scale": (one.clone(), 4, False),
        "there are three questions with four answers": (drawn(12), 4, True),
        "the groups have two answers": (drawn(10), 2, True),
        "nothing is scaled": (drawn(15), 5, False),
        "one question is hard and one is easy": (
            right([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]), 6, True,
        ),
        "all answers of one question are right": (
            torch.cat([torch.ones(4), right([1.0, 0.0, 0.0, 0.0])]), 4, True,
        ),
        "one question has four answers, and all are right": (torch.ones(4), 4, True),
        "all answers of all questions are wrong": (torch.zeros(16), 8, True),
        "the rewards of a group hardly differ": (
            2 + 1e-3 * torch.randn(4, generator=g), 4, True,
        ),
    }  # fmt: skip


group = Exercise(
    "reasoning.group_advantages", fast_track=True,
    title="Better than its group", points=2, difficulty=1, minutes=12, examples=judged,
)  # fmt: skip


@group.oracle("statistics.mean and statistics.stdev, group by group")
def _(rewards, G, scale):
    result = []
    values = rewards.double().tolist()
    for start in range(0, len(values), G):
        of_one = values[start : start + G]
        middle = statistics.fmean(of_one)
        width = statistics.stdev(of_one) + 1e-4 if scale else 1.0
        result += [(value - middle) / width for value in of_one]
    return torch.tensor(result, dtype=rewards.dtype)


@group.claim("where all answers of a group are equally good, nobody is better: exactly 0")
def _(answer):
    rewards = torch.tensor([1.0] * 4 + [0.0] * 4 + [1.0, 0.0, 0.0, 1.0])
    for scale in (True, False):
        alone, got = answer.each((torch.ones(8), 4, scale), (rewards, 4, scale))
        assert alone.tolist() == [0.0] * 8
        assert got[:8].tolist() == [0.0] * 8
        assert (got[8:] * (rewards[8:] - 0.5) > 0.2).all()


@group.claim("the advantages of a group sum to 0, and the better answer has the larger one")
def _(answer):
    rewards = torch.randn(5, 7)
    got = answer(rewards.flatten(), 7, True).view(5, 7)
    agree(got.sum(1), torch.zeros(5))
    agree(got.argsort(1), rewards.argsort(1))
    assert got.abs().amax() > 0.5


@group.claim("what another question's answers earn makes no difference")
def _(answer):
    mine, easy, hard = torch.randn(4), 3 + torch.randn(4), torch.randn(4) - 3
    one, other, apart = answer.each(
        (torch.cat([mine, easy]), 4, True), (torch.cat([mine, hard]), 4, True),
        (torch.cat([easy, mine]), 4, True),
    )  # fmt: skip
    agree(one[:4], other[:4])
    agree(one[:4], apart[4:])
    agree(one[:4].sum(), torch.tensor(0.0))
    differ(one[4:], other[4:])


@group.claim(
    "with a scale, rewards of 10 instead of 1 change nothing; without one they count tenfold"
)
def _(answer):
    rewards = torch.randn(6)
    small, large = answer.each((rewards, 3, True), (10 * rewards, 3, True))
    assert (small - large).abs().max() < 5e-3 * small.abs().max()
    assert small.abs().max() > 0.5
    small, large = answer.each((rewards, 3, False), (10 * rewards, 3, False))
    agree(large, 10 * small)


group.slip(
    "groups.mean(dim=1, keepdim=True)", "groups.mean()", name="mean_of_all",
    seen="With one question it is right. Whose mean is taken away?",
    why="The mean of *all* rewards is taken away here. Then every answer to an easy question looks "
    "good, and every answer to a hard one bad. An answer is compared with the others to its own "
    "question.",
)  # fmt: skip
group.slip(
    "groups.std(dim=1, keepdim=True)", "groups.std()", name="scale_of_all",
    seen="With one question it is right, and without a scale. Of which rewards is the standard "
    "deviation?",
    why="All groups are divided by one standard deviation here, that of all rewards. The task takes the "
    "one of each group. (TRL can do both: `scale_rewards` is \"group\" or \"batch\".)",
    convention=True,
)  # fmt: skip
group.slip(
    " + 1e-4", "", name="no_eps",
    seen="Where the rewards of a group differ it is right. What is 0 / 0?",
    why="If all answers of a group earn the same, their standard deviation is 0, and 0 / 0 is NaN. One "
    "NaN in the loss makes all weights NaN. The 1e-4 keeps the quotient at 0.",
)  # fmt: skip
group.slip(
    "groups.std(dim=1, keepdim=True)", "groups.std(dim=1, keepdim=True, correction=0)",
    name="biased_std",
    seen="Without a scale it is right. How large is the standard deviation of 0 and 1?",
    why="The standard deviation has G in its denominator here, as in `numpy.std`. The task, as torch's "
    "`std` and TRL, takes G - 1.",
    convention=True,
)  # fmt: skip
group.slip(
    "if scale", "if not scale", name="scale_upside_down",
    seen="When is the standard deviation asked for?",
    why="It is scaled where `scale` is false, and not where it is true.",
)  # fmt: skip
group.slip(
    "    if scale:\n        centred = centred / (groups.std(dim=1, keepdim=True) + 1e-4)\n", "",
    name="dr_grpo",
    seen="Without a scale it is right. What does `scale` ask for?",
    why="Nothing is divided by the standard deviation here. That is Dr. GRPO, which leaves it out for a "
    "good reason. In the task it is left out only where `scale` is false.",
    convention=True,
)  # fmt: skip
group.slip(
    "    if scale:\n        centred = ", "    centred = ", name="always_scaled",
    seen="With a scale it is right. What if `scale` is false?",
    why="It is divided by the standard deviation whatever `scale` says.",
)  # fmt: skip
group.slip(
    "(groups.std(dim=1, keepdim=True) + 1e-4)", "groups.std(dim=1, keepdim=True).clamp(min=1e-4)",
    name="clamped",
    seen="It is right to about three digits. What is added to the standard deviation?",
    why="Where the rewards of a group differ, nothing or next to nothing is added to their standard "
    "deviation here. That is enough against 0 / 0, but the task, as TRL, adds 1e-4 to all of them.",
    convention=True,
)  # fmt: skip


@group.misconception(
    seen="With one question it is right. With which answers is each answer compared?",
    why="Mean and standard deviation are those of the whole batch here, whichever question an answer "
    "belongs to. Then the answers to an easy question all look good. Make a row of each group first: "
    "`view(-1, G)`.",
)
def whole_batch(rewards, G, scale):
    centred = rewards - rewards.mean()
    return centred / (rewards.std() + 1e-4) if scale else centred


@group.misconception(
    seen="With one question it is right. Which answers belong to the same question?",
    why="Every (N / G)-th answer is put into one group here. The answers of a question follow each "
    "other, so a group is a *row* of `view(-1, G)`.",
)
def strided_groups(rewards, G, scale):
    groups = rewards.view(G, -1)
    centred = groups - groups.mean(0)
    return (centred / (groups.std(0) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="Without a scale it is right. What is divided, the reward or its distance from the mean?",
    why="The reward is divided by the standard deviation before the mean is taken away. Then the "
    "result is moved by a mean that was not divided. First take the mean away, then divide.",
)
def divide_before_centre(rewards, G, scale):
    groups = rewards.view(-1, G)
    scaled = groups / (groups.std(1, keepdim=True) + 1e-4) if scale else groups
    return (scaled - groups.mean(1, keepdim=True)).flatten()


@group.misconception(
    seen="The signs are right. Is an answer one of the group that it is compared with?",
    why="Each answer is compared with the mean of the *others* here. That is another method, RLOO. In "
    "GRPO the mean is that of the whole group.",
    convention=True,
)
def leave_one_out(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - (groups.sum(1, keepdim=True) - groups) / (G - 1)
    return (centred / (groups.std(1, keepdim=True) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="Without a scale it is right. What is the square root of the variance?",
    why="It is divided by the variance here. The standard deviation is its root.",
)
def variance(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - groups.mean(1, keepdim=True)
    return (centred / (groups.var(1, keepdim=True) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="Where the rewards differ a lot it is right. Where does the 1e-4 go?",
    why="The 1e-4 is added inside the root here. Then a standard deviation of 0 becomes 1e-2 and not "
    "1e-4. The task adds it to the standard deviation.",
)
def eps_in_the_root(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - groups.mean(1, keepdim=True)
    width = (groups.var(1, keepdim=True) + 1e-4).sqrt()
    return (centred / width if scale else centred).flatten()


@group.misconception(
    seen="In size it is right. Does a good answer have a positive advantage?",
    why="The reward is taken from the mean here, so that good answers have negative advantages. The mean "
    "is taken from the reward.",
)
def turned_round(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups.mean(1, keepdim=True) - groups
    return (centred / (groups.std(1, keepdim=True) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="Where all are right or all are wrong it is right. What is taken from the rewards?",
    why="The median of the group is taken away here. Where one of four is right, it is 0, and the wrong "
    "ones are not pushed at all. The task takes the mean.",
)
def median(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - groups.median(1, keepdim=True).values
    return (centred / (groups.std(1, keepdim=True) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="The order within a group is right. Against what is an answer compared?",
    why="The best reward of the group is taken away here, so nobody is ever above 0, and nothing is made "
    "likelier. The task takes the mean.",
)
def below_the_best(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - groups.amax(1, keepdim=True)
    return (centred / (groups.std(1, keepdim=True) + 1e-4) if scale else centred).flatten()


@group.misconception(
    seen="The values are right. What is the shape of the rewards?",
    why="This gives a row for each group. The advantages have the shape of the rewards, one for each of "
    "the N answers.",
)
def in_rows(rewards, G, scale):
    groups = rewards.view(-1, G)
    centred = groups - groups.mean(1, keepdim=True)
    return centred / (groups.std(1, keepdim=True) + 1e-4) if scale else centred


@group.alternative
def by_moments(rewards, G, scale):
    N = len(rewards)
    owner = torch.arange(N) // G
    sums = torch.zeros(N // G, dtype=rewards.dtype).index_add(0, owner, rewards)
    centred = rewards - sums[owner] / G
    if not scale:
        return centred
    squares = torch.zeros(N // G, dtype=rewards.dtype).index_add(0, owner, centred**2)
    return centred / ((squares / (G - 1)).sqrt()[owner] + 1e-4)
