"""Misconceptions about `grpo_loss`: what a token costs, and how the costs become one number."""

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
    "ratio.clamp(1 - eps, 1 + eps)", "ratio.clamp(max=1 + eps)", name="bad_tokens_unclipped",
    seen="For good answers it is right. What happens to a bad token that is already far less likely?",
    why="The ratio is clipped above only. That stops good tokens, but bad ones are pushed down without "
    "an end. A bad token below 1 - eps is to be left alone as well.",
)  # fmt: skip
policy.slip(
    "ratio.clamp(1 - eps, 1 + eps)", "ratio.clamp(min=1 - eps)", name="good_tokens_unclipped",
    seen="For bad answers it is right. What happens to a good token that is already far likelier?",
    why="The ratio is clipped below only. That stops bad tokens, but good ones are pushed up without an "
    "end. A good token above 1 + eps is to be left alone as well.",
)  # fmt: skip
policy.slip(
    "(logp - old_logp.detach())", "(logp - ref_logp.detach())", name="reference_in_the_ratio",
    seen="Which of the models wrote the answers?",
    why="The ratio is taken to the reference here. It is taken to the model that *wrote* the answers, "
    "`old_logp`. The reference has its place in the second cost.",
)  # fmt: skip
policy.slip(
    "d = ref_logp.detach()", "d = old_logp.detach()", name="old_model_as_reference",
    seen="For beta = 0 it is right. From which model may this one not move away?",
    why="The second cost compares with the model that wrote the answers here. The reference is "
    "`ref_logp`, which stays the same for the whole training.",
)  # fmt: skip
policy.slip(
    "beta * (d.exp() - d - 1) - gain", "0.0 * logp - gain", name="no_second_cost",
    seen="For beta = 0 it is right. What does `beta` multiply?",
    why="Nothing holds the model near its reference here. To each token's cost comes beta times "
    "exp(d) - d - 1.",
)  # fmt: skip
policy.slip(
    "d.exp() - d - 1", "d * d / 2", name="k2",
    seen="Close to the reference it is nearly right. Which of the three estimators is asked for?",
    why="Half the square of d is taken here, the second estimator of the three. The task takes the "
    "third one, exp(d) - d - 1.",
    convention=True,
)  # fmt: skip
policy.slip(
    " - gain) * mask", " - gain)", name="pads_counted",
    seen="Where all answers are equally long it is right. What does the padding cost?",
    why="The padding costs something here, as if the model had written it. Multiply by the mask before "
    "anything is added up.",
)  # fmt: skip
policy.slip(
    "cost.sum(dim=1) / mask.sum(dim=1)", "cost.mean(dim=1)", name="length_of_pads",
    seen='Where all answers are equally long it is right, and for "dapo" and "dr_grpo". How many '
    "tokens has a short answer?",
    why="The sum of an answer is divided by T here, with its padding. An answer that is shorter than "
    "the longest one then counts less, as in Dr. GRPO. Divide by its own tokens: `mask.sum(dim=1)`.",
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
policy.slip(
    "(cost.sum(dim=1) / mask.sum(dim=1)).mean()", "cost.sum() / mask.sum()", name="grpo_as_dapo",
    seen='For "dapo" and "dr_grpo" it is right. Does a long answer count more in "grpo"?',
    why='For "grpo" the mean over all tokens is taken here. That is "dapo", in which long answers count '
    'more. "grpo" takes the mean of each answer first, and then the mean of these.',
)  # fmt: skip
policy.slip(
    "cost.sum() / mask.sum()", "(cost.sum(dim=1) / mask.sum(dim=1)).mean()", name="dapo_as_grpo",
    seen='For "grpo" and "dr_grpo" it is right. Does a long answer count more in "dapo"?',
    why='For "dapo" the mean of each answer is taken first here. That is "grpo". "dapo" takes one mean '
    "over all tokens, so that long answers count more.",
)  # fmt: skip
policy.slip(
    'loss_type == "dapo"', 'loss_type == "dr_grpo"', name="dapo_and_dr_grpo_swapped",
    seen='For "grpo" it is right. Which of the other two counts the padding?',
    why='"dapo" and "dr_grpo" are swapped here. "dapo" divides by the number of tokens, and "dr_grpo" by '
    "N times T.",
)  # fmt: skip
policy.slip(
    "cost.sum() / mask.numel()", "cost.sum() / mask.sum()", name="dr_grpo_as_dapo",
    seen='For "grpo" and "dapo" it is right. What is N times T?',
    why='For "dr_grpo" the sum is divided by the number of tokens here. That is "dapo". "dr_grpo" '
    "divides by N times T, however many tokens there are.",
)  # fmt: skip
policy.slip(
    "cost.sum() / mask.numel()", "cost.sum() / (len(mask) * mask.sum(dim=1).max())",
    name="dr_grpo_longest",
    seen='For "grpo" and "dapo" it is right. Is T the length of the longest answer?',
    why='For "dr_grpo" the sum is divided by N times the longest answer here. T is the width of the '
    "table, which may be more, and does not depend on what was written.",
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
    seen="With one token it would be right. Does each token have a ratio of its own?",
    why="All tokens of an answer have one ratio here, the geometric mean of theirs. That is GSPO. In "
    "GRPO each token has a ratio of its own.",
    convention=True,
)
def mean_ratio_of_the_answer(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    logs = ((logp - old_logp) * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True)
    return joined(costs(logs.exp(), logp, ref_logp, adv[:, None], mask, eps, beta), mask, loss_type)


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


@policy.misconception(
    seen='For "dr_grpo" it is right, or where all answers are equally long. How many tokens has a short '
    "answer?",
    why="The padding costs nothing here, but it is counted among the tokens: all three divide by N times "
    "T. "
    'For "grpo" divide by the tokens of each answer, and for "dapo" by the tokens of all.',
)
def always_dr_grpo(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - old_logp).exp()
    return costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta).mean()


@policy.misconception(
    seen="Where all answers are equally long it is right. What is the mask for?",
    why="The mask is not used here. The padding costs something, and is counted among the tokens, as if "
    "the model had written it.",
)
def no_mask(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio = (logp - old_logp).exp()
    return costs(ratio, logp, ref_logp, adv[:, None], torch.ones_like(logp), eps, beta).mean()


@policy.misconception(
    seen='For "grpo" it is right. Does `beta` count for the other two as well?',
    why='For "dapo" and "dr_grpo" there is no second cost here, as in their papers. In the task `beta` '
    "counts whatever `loss_type` says.",
    convention=True,
)
def second_cost_for_grpo_only(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    ratio, beta = (logp - old_logp).exp(), beta if loss_type == "grpo" else 0.0
    return joined(costs(ratio, logp, ref_logp, adv[:, None], mask, eps, beta), mask, loss_type)


@policy.misconception(
    seen="What is the ratio of two equal probabilities?",
    why="The logarithm of the ratio is taken here, 0 where nothing has changed. The ratio is its `exp`.",
)
def log_of_the_ratio(logp, old_logp, ref_logp, adv, mask, eps, beta, loss_type):
    cost = costs(logp - old_logp, logp, ref_logp, adv[:, None], mask, eps, beta)
    return joined(cost, mask, loss_type)


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
