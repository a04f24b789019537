"""Checks and misconceptions for `gae`."""

import torch

from autograder.checks.preferences import normal, of_lengths
from autograder.exercise import Exercise, agree


def texts(g):
    def text(*lengths, T=None, gamma=1.0, lam=0.95):
        mask = of_lengths(*lengths, T=T)
        rewards, values = normal(g, *mask.shape, spread=0.5), normal(g, *mask.shape)
        return rewards, values, mask, gamma, lam

    last, odd = text(4), text(1, 3, T=4, lam=0.6)
    last[0][:, :-1] = 0.0
    return {
        "there is one token": text(1, gamma=0.9),
        "only the last of four tokens is rewarded": last,
        "gamma and lambda are below 1": text(3, gamma=0.9, lam=0.7),
        "texts of two and four tokens end in padding": text(2, 4, T=5, gamma=0.95, lam=0.8),
        "padding holds NaN": (*(torch.where(odd[2], x, torch.nan) for x in odd[:2]), *odd[2:]),
        "lambda is 0": text(2, 3, 1, gamma=0.8, lam=0.0),
        "lambda is 1": text(3, 4, gamma=0.9, lam=1.0),
    }


advantage = Exercise(
    "preferences.gae", optional=True,
    title="Better than expected, from here on",
    points=2, difficulty=3, minutes=20, examples=texts,
)  # fmt: skip


@advantage.alternative
def a_double_sum(rewards, values, mask, gamma, lam):
    adv = torch.zeros_like(rewards)
    for b, many in enumerate(mask.sum(1).tolist()):
        value = [*values[b, :many].tolist(), 0.0]
        for t in range(many):
            adv[b, t] = sum(
                (gamma * lam) ** (s - t) * (rewards[b, s].item() + gamma * value[s + 1] - value[s])
                for s in range(t, many)
            )
    return adv, (adv + values.detach()).masked_fill(~mask, 0.0)


@advantage.alternative
def by_a_matrix(rewards, values, mask, gamma, lam):
    rewards, values = rewards.detach().where(mask, 0.0), values.detach().where(mask, 0.0)
    after = torch.cat([values[:, 1:], torch.zeros_like(values[:, :1])], dim=1)
    away = torch.arange(rewards.shape[1]).to(rewards)
    away = away[:, None] - away  # later less earlier
    weights = torch.where(away >= 0, (gamma * lam) ** away.clamp(min=0), 0.0)
    adv = ((rewards + gamma * after - values) @ weights).where(mask, 0.0)
    return adv, adv + values


@advantage.claim(
    "a value that foresaw everything leaves no advantage, and a surprise at the end does"
)
def _(answer):
    rewards = torch.tensor([[0.5, -1.0, 2.0, 9.0], [1.0, 1.0, 1.0, 3.0]])
    mask = of_lengths(3, 4)
    values = torch.tensor([[1.5, 1.0, 2.0, -4.0], [6.0, 5.0, 4.0, 3.0]])
    more = rewards + torch.tensor([[0.0, 0, 0, 0], [0, 0, 0, 1]])
    (adv, _), (other, _) = answer.each(
        (rewards, values, mask, 1.0, 0.6), (more, values, mask, 1.0, 0.6)
    )
    agree(adv, torch.zeros(2, 4))
    agree(other[1, 3], torch.tensor(1.0))


@advantage.claim("value plus advantage is the return")
def _(answer):
    g = torch.Generator().manual_seed(8)
    rewards, values, mask = normal(g, 2, 4), normal(g, 2, 4), of_lengths(3, 4)
    adv, returns = answer(rewards, values, mask, 0.9, 0.7)
    agree(returns, (adv + values).masked_fill(~mask, 0.0))
    assert adv.abs().max() > 0.1
    assert answer.gradients(rewards, values, mask, 0.9, 0.7, wrt=(0, 1)) == [None, None]


@advantage.claim(
    "with lambda 1 the return is the sum of all rewards to come, whatever the values say"
)
def _(answer):
    rewards, mask = torch.tensor([[1.0, 2.0, 4.0], [0.0, 0.5, 7.0]]), of_lengths(3, 2)
    wanted = torch.tensor([[7.0, 6.0, 4.0], [0.5, 0.5, 0.0]])
    g = torch.Generator().manual_seed(3)
    for _ in range(2):
        adv, returns = answer(rewards, normal(g, 2, 3), mask, 1.0, 1.0)
        agree(returns, wanted)
    still, _ = answer(rewards, torch.zeros(2, 3), mask, 1.0, 1.0)
    agree(still, wanted)
    assert (adv[:, 0] - still[:, 0]).abs().max() > 1e-3


@advantage.claim("what comes after the end of a text changes nothing")
def _(answer):
    g = torch.Generator().manual_seed(6)
    rewards, values, mask = normal(g, 2, 5), normal(g, 2, 5), of_lengths(2, 4, T=5)
    other_rewards = torch.where(mask, rewards, 50 + rewards)
    other_values = torch.where(mask, values, values - 80)
    praised = rewards + torch.tensor([0.0, 1.0, 0.0, 0.0, 0.0])
    before, after, more = answer.each(
        (rewards, values, mask, 0.9, 0.8),
        (other_rewards, other_values, mask, 0.9, 0.8),
        (praised, values, mask, 0.9, 0.8),
    )
    for got, wanted in zip(after, before, strict=True):
        agree(got, wanted)
    agree((more[0] - before[0])[:, :2], torch.tensor([[0.72, 1.0], [0.72, 1.0]]))


advantage.slip(
    "gamma * lam * later", "lam * later", name="lambda_only",
    seen="With gamma = 1 it is right. By what is a later surprise weighted for every step of distance?",
    why="Later surprises are weighted by lambda alone here. Gamma belongs to it as well, since what "
    "comes later counts less for its own sake too.",
)  # fmt: skip
advantage.slip(
    "gamma * lam * later", "gamma * later", name="gamma_only",
    seen="With lambda = 1 it is right. By what is a later surprise weighted for every step of distance?",
    why="Later surprises are weighted by gamma alone here, as if lambda were 1. It trusts only rewards "
    "then, and the values hardly help.",
)  # fmt: skip
advantage.slip(
    "rewards[:, t] + gamma * value - values[:, t]", "rewards[:, t] - values[:, t]", name="no_next_value",
    seen="The last token is right. At the others, what is still to come after the reward?",
    why="The value of the next token is missing from the surprise. A token that leads to a good place "
    "would look like a bad one, because its own reward is 0.",
)  # fmt: skip
advantage.slip(
    "rewards[:, t] + gamma * value - values[:, t]", "rewards[:, t] + value - values[:, t]",
    name="next_value_whole",
    seen="With gamma = 1 it is right. How much does the value of the next token count?",
    why="The value of the next token counts in full here. It lies one step ahead, so gamma "
    "multiplies it.",
)  # fmt: skip
advantage.slip(
    "return adv, adv + values", "return adv, adv", name="returns_without_values",
    seen="The advantages are right. What is the return, if the advantage is how far it is above the "
    "value?",
    why="The returns are the advantages here. A value that is trained on them would always be wanted "
    "at 0. The return is advantage plus value.",
)  # fmt: skip


@advantage.misconception(
    seen="Texts of full length are right. What is the value after the last token of a short one?",
    why="The padding is only cleared at the end here. So the value that stands at the first padding "
    "counts as that of the next token, and its surprises run back into the text. After the end nothing "
    "is to be expected: clear it first.",
)
def no_bootstrap_cut(rewards, values, mask, gamma, lam):
    adv, later, value = torch.zeros_like(rewards), 0.0, 0.0
    for t in reversed(range(rewards.shape[1])):
        later = rewards[:, t] + gamma * value - values[:, t] + gamma * lam * later
        value = values[:, t]
        adv[:, t] = later
    return adv.detach().where(mask, 0.0), (adv + values).detach().where(mask, 0.0)


@advantage.misconception(
    seen="Does an advantage sum what came before a token, or what comes after it?",
    why="The loop runs forward here, so each token is praised for what happened before it. A choice can "
    "only be judged by what follows: run from the end.",
)
def forward_loop(rewards, values, mask, gamma, lam):
    rewards, values = (x.detach().where(mask, 0.0) for x in (rewards, values))
    adv, earlier = torch.zeros_like(rewards), 0.0
    after = torch.cat([values[:, 1:], torch.zeros_like(values[:, :1])], dim=1)
    for t in range(rewards.shape[1]):
        earlier = rewards[:, t] + gamma * after[:, t] - values[:, t] + gamma * lam * earlier
        adv[:, t] = earlier
    adv = adv.where(mask, 0.0)
    return adv, adv + values


@advantage.misconception(
    seen="The last token is right. Which value is added and which is taken away?",
    why="The value of the same token is added and taken away again, so that only rewards are left. "
    "What is added is the value of the *next* token.",
)
def values_t(rewards, values, mask, gamma, lam):
    rewards, values = (x.detach().where(mask, 0.0) for x in (rewards, values))
    adv, later = torch.zeros_like(rewards), 0.0
    for t in reversed(range(rewards.shape[1])):
        later = rewards[:, t] - values[:, t] + gamma * values[:, t] + gamma * lam * later
        adv[:, t] = later
    return adv, adv + values
