"""Misconceptions about `grpo_loss`."""

import torch

from autograder.checks.reasoning.grpo_loss import policy

policy.slip(
    "torch.minimum(ratio * A, ratio.clamp(1 - eps, 1 + eps) * A)", "ratio * A", name="no_clip",
    seen="Where the ratio is near 1 it is right. What is `eps` for?",
    why="Nothing is clipped here. Then a token that is already far likelier than it was is pushed on and "
    "on, by answers that the model of now would not write any more.",
)  # fmt: skip
policy.slip(
    "torch.minimum(ratio * A, ratio.clamp(1 - eps, 1 + eps) * A)", "ratio.clamp(1 - eps, 1 + eps) * A",
    name="always_clipped",
    seen="Where the ratio is near 1 it is right. What should happen to a good token that has become "
    "*less* likely?",
    why="The ratio is clipped on both sides here, whatever the advantage. A good token that has become "
    "less likely then gets no gradient, and never comes back. The smaller of both products keeps its "
    "gradient.",
)  # fmt: skip
policy.slip(
    "torch.minimum", "torch.maximum", name="max",
    seen="Where the ratio is near 1 it is right. Which of the two products promises less?",
    why="The larger of the two products is taken here, so that the clip never holds where it should. "
    "The smaller one is careful: it never promises more than the clipped ratio.",
)  # fmt: skip
policy.slip(
    "(logp - old_logp.detach())", "(old_logp.detach() - logp)", name="ratio_inverted",
    seen="Where nothing has changed it is right. Is the ratio above 1 if the token has become likelier?",
    why="The ratio is old / new here. It is new / old: above 1 where a token has become likelier.",
)  # fmt: skip
policy.slip(
    "ratio.clamp(1 - eps, 1 + eps)", "(logp - old_logp.detach()).clamp(-eps, eps).exp()",
    name="clip_log_ratio",
    seen="Where the ratio is near 1 it is right. What lies between 1 - eps and 1 + eps?",
    why="The *logarithm* of the ratio is clipped here, so the ratio lies between exp(-eps) and "
    "exp(eps). The ratio itself is to lie between 1 - eps and 1 + eps.",
)  # fmt: skip
policy.slip(
    " - gain) * mask", " + gain) * mask", name="sign",
    seen="Without advantages it is right. Does an optimiser make a loss larger or smaller?",
    why="The gain is added to the loss here. An optimiser makes the loss small, and so it would make "
    "good answers unlikely.",
)  # fmt: skip
policy.slip(
    "(beta * (d.exp() - d - 1) - gain)", "-(beta * (d.exp() - d - 1) + gain)", name="kl_rewarded",
    seen="For beta = 0 it is right. Is distance from the reference a cost or a gain?",
    why="The distance from the reference is taken away from the loss here, so the model is paid for "
    "running away. It is a cost: beta times it is added.",
)  # fmt: skip
policy.slip(
    "d = ref_logp.detach() - logp", "d = logp - ref_logp.detach()", name="kl_swapped",
    seen="For beta = 0 it is right. What is taken from what in d?",
    why="d is logp - ref_logp here. The answers are drawn from the model, and exp(d) has the mean 1 "
    "over them only if d is ref_logp - logp.",
)  # fmt: skip
policy.slip(
    "d.exp() - d - 1", "-d", name="k1",
    seen="For beta = 0 it is right. Can a distance be negative?",
    why="The distance is logp - ref_logp here. Its mean is right, but for a single token it may be "
    "negative. The task takes exp(d) - d - 1, which is never negative.",
    convention=True,
)  # fmt: skip
policy.slip(
    "cost.sum(dim=1) / mask.sum(dim=1)", "cost.mean(dim=1)", name="length_of_pads",
    seen='Where all answers are equally long it is right, and for "dapo" and "dr_grpo". How many '
    "tokens has a short answer?",
    why="The sum of an answer is divided by T here, with its padding. An answer that is shorter than "
    "the longest one then counts less, as in Dr. GRPO. Divide by its own tokens: `mask.sum(dim=1)`.",
)  # fmt: skip
policy.slip(
    " - gain) * mask", " - gain)", name="pads_counted",
    seen="Where all answers are equally long it is right. What does the padding cost?",
    why="The padding costs something here, as if the model had written it. Multiply by the mask before "
    "anything is added up.",
)  # fmt: skip
policy.slip(
    "cost.sum() / mask.sum()", "cost.mean()", name="dapo_over_pads",
    seen='For "grpo" and "dr_grpo" it is right. How many tokens are in all answers together?',
    why='For "dapo" the sum is divided by all places of the table here, with the padding. That is '
    '"dr_grpo". The mean over tokens divides by `mask.sum()`.',
)  # fmt: skip
policy.slip(
    "cost.sum() / mask.numel()", "cost.sum() / mask.shape[0]", name="dr_grpo_per_answer",
    seen='For "grpo" and "dapo" it is right. By what is the sum divided for "dr_grpo"?',
    why='For "dr_grpo" the sum is divided by N alone here. The task divides by N times T.',
)  # fmt: skip


def costs(ratio, logp, ref_logp, adv, mask, eps, beta):
    gain = torch.minimum(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv)
    d = ref_logp.detach() - logp
    return (beta * (d.exp() - d - 1) - gain) * mask


def joined(cost, mask, loss_type):
    if loss_type == "grpo":
        return (cost.sum(1) / mask.sum(1)).mean()
    return cost.sum() / (mask.sum() if loss_type == "dapo" else mask.numel())


@policy.misconception(
    seen="Where nothing has changed it is right. With what is `logp` compared?",
    why="The ratio is exp(logp - logp.detach()) here, which is always 1. The clip never bites. The ratio "
    "compares with `old_logp`, of the model that wrote the answers.",
)
def old_logp_with_grad(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - logp.detach()).exp()
    return joined(costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta), mask, loss_type)


@policy.misconception(
    seen="Is the advantage of the second token another one than that of the first?",
    why="The advantages are added up along the tokens here, so that later tokens count more. All tokens "
    "of an answer have its one advantage.",
)
def advantage_per_token_cumsum(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - old_logp).exp()
    growing = (adv[:, None] * mask).cumsum(1)
    return joined(costs(ratio, logp, ref_logp, growing, mask, eps, beta), mask, loss_type)


@policy.misconception(
    seen="With one token it would be right. Of what is the ratio taken?",
    why="One ratio is made for a whole answer here, from the sum of its log-probabilities. In GRPO each "
    "token has a ratio of its own, and is clipped on its own.",
    convention=True,
)
def ratio_of_the_answer(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = ((logp - old_logp) * mask).sum(1, keepdim=True).exp()
    return joined(costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta), mask, loss_type)


@policy.misconception(
    seen="Where nothing has changed the number is right, or nearly. What is a ratio of probabilities?",
    why="The advantage is multiplied by logp here, and not by a ratio. That is the older REINFORCE, "
    "which has no clip.",
    convention=True,
)
def reinforce(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    d = ref_logp - logp
    cost = (beta * (d.exp() - d - 1) - logp * adv[:, None]) * mask
    return joined(cost, mask, loss_type)


@policy.misconception(
    seen='For "grpo" it is right. What do the other two divide by?',
    why="Each answer counts the same here, whatever `loss_type` says.",
)
def always_grpo(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - old_logp).exp()
    return joined(costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta), mask, "grpo")


@policy.misconception(
    seen='For "dapo" it is right. What do the other two divide by?',
    why="Each token counts the same here, whatever `loss_type` says.",
)
def always_dapo(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - old_logp).exp()
    return joined(costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta), mask, "dapo")


@policy.alternative
def by_signs(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    old_logp, ref_logp, A = old_logp.detach(), ref_logp.detach(), adv.detach().unsqueeze(-1)
    r = torch.exp(logp - old_logp)
    gain = A * torch.where(A >= 0, r.clamp(max=1 + eps), r.clamp(min=1 - eps))
    gap = ref_logp - logp
    cost = torch.where(mask, beta * (torch.expm1(gap) - gap) - gain, torch.zeros_like(gain))
    weights = {
        "grpo": mask / mask.sum(-1, keepdim=True) / len(mask),
        "dapo": mask / mask.sum(),
        "dr_grpo": mask / mask.numel(),
    }[loss_type]
    return (cost * weights.to(cost.dtype)).sum()
