"""From pairs of texts of which people prefer one, to a model that writes what they prefer.

Owns: losses and estimates of preference tuning. Ignores models, tokenizers and loops.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def bradley_terry_loss(
    r_chosen: Float[Tensor, "B"], r_rejected: Float[Tensor, "B"], margin: Float[Tensor, "B"]
) -> Float[Tensor, ""]:
    """The loss of a reward model on pairs of which people chose one: a mean over the pairs.

    The probability that a pair is ordered as people ordered it is the sigmoid of how far the chosen
    reward is above the rejected one, less the `margin` of the pair. The loss of a pair is minus the
    logarithm of that. It stays finite, and so does its gradient, for differences of hundreds. A margin
    is at least 0.

    Source: Ouyang et al. 2022, equation 1; the margin is that of Llama 2 (Touvron et al. 2023).
    """
    return -torch.nn.functional.logsigmoid(r_chosen - r_rejected - margin).mean()


def sequence_logps(
    logits: Float[Tensor, "B T V"],
    ids: Int[Tensor, "B T"],
    completion_mask: Bool[Tensor, "B T"],
) -> Float[Tensor, "B"]:
    """The log-probability of each completion, given its prompt, in nats.

    `logits` are what a causal model gave for `ids`: those at a position are about the token after it.
    `completion_mask` has the positions of `ids`: True where a token of the completion is, False at
    the prompt and at padding, and at a tool's answer in the middle. All ids are of the vocabulary and
    all logits are finite, at padding too. The result sums over the tokens of the completion. The token
    at the first position has nobody before it to predict it, so it never counts.

    Source: Rafailov et al. 2023, section 3.
    """
    logps = logits[:, :-1].log_softmax(dim=-1)
    said = logps.gather(-1, ids[:, 1:, None])[..., 0]  # B T-1 V -> B T-1
    return said.masked_fill(~completion_mask[:, 1:], 0.0).sum(dim=-1)


def dpo_loss(
    pi_chosen: Float[Tensor, "B"],
    pi_rejected: Float[Tensor, "B"],
    ref_chosen: Float[Tensor, "B"],
    ref_rejected: Float[Tensor, "B"],
    beta: float,
) -> tuple[Float[Tensor, ""], Float[Tensor, "B"], Float[Tensor, "B"]]:
    """The loss of direct preference optimisation, and the implicit rewards of chosen and rejected.

    The four tensors are log-probabilities of completions, of the model that is trained (pi) and of
    the frozen reference (ref). The implicit reward of a completion is beta times the log of how much
    likelier pi finds it than the reference does. The loss of a pair is minus the log of the sigmoid
    of chosen less rejected reward, and the result is the mean. It stays finite for differences of
    hundreds. The rewards are for looking at: no gradient flows through them. The loss trains pi. Whether
    a gradient reaches the reference is not asked.

    Source: Rafailov et al. 2023, equation 7.
    """
    ref_chosen, ref_rejected = ref_chosen.detach(), ref_rejected.detach()
    chosen = beta * (pi_chosen - ref_chosen)
    rejected = beta * (pi_rejected - ref_rejected)
    loss = -torch.nn.functional.logsigmoid(chosen - rejected).mean()
    return loss, chosen.detach(), rejected.detach()


def kl_estimators(
    logp: Float[Tensor, "B T"], ref_logp: Float[Tensor, "B T"]
) -> tuple[Float[Tensor, "B T"], Float[Tensor, "B T"], Float[Tensor, "B T"]]:
    """Three estimates of the KL divergence of a policy from its reference: k1, k2, k3, in this order.

    The tokens were drawn from the policy, which gave them the log-probabilities `logp`. The reference
    gives the same tokens `ref_logp`. Each estimate is one number for each token, in nats; averaged
    over many drawn tokens, k1 and k3 are KL(policy || reference).

    k1 is the log of policy over reference. k2 is half of its square. k3 is x - 1 - log x, where x is
    reference over policy. Whether a gradient reaches the frozen reference is not asked.

    Source: Schulman 2020, Approximating KL Divergence.
    """
    k1 = logp - ref_logp.detach()
    return k1, k1**2 / 2, (-k1).exp() - 1 + k1


def gae(
    rewards: Float[Tensor, "B T"],
    values: Float[Tensor, "B T"],
    mask: Bool[Tensor, "B T"],
    gamma: float,
    lam: float,
) -> tuple[Float[Tensor, "B T"], Float[Tensor, "B T"]]:
    """Generalised advantage estimation: the advantage of each token, and the return that its value
    should have been.

    A row is one completion: `mask` is True for its tokens, which come first, and False for padding,
    where anything may stand, NaN too. Each row has at least one token; gamma and lam are from 0 to 1.
    The surprise at a token is its reward, plus gamma times the value of the
    next token, less its own value; after the last token the value is 0. The advantage is the sum of
    this surprise and all later ones, each weighted by gamma times lam for every step of distance. The
    return is advantage plus value. Both are 0 at padding. They are targets: no gradient flows
    through them.

    Source: Schulman et al. 2016, equation 16.
    """
    rewards, values = (x.detach().masked_fill(~mask, 0.0) for x in (rewards, values))
    adv = torch.zeros_like(rewards)
    later, value = rewards.new_zeros(len(rewards)), rewards.new_zeros(len(rewards))
    for t in reversed(range(rewards.shape[1])):
        surprise = rewards[:, t] + gamma * value - values[:, t]
        later = surprise + gamma * lam * later
        value = values[:, t]
        adv[:, t] = later
    return adv, adv + values


def ppo_clip_loss(
    logp: Float[Tensor, "B T"],
    old_logp: Float[Tensor, "B T"],
    adv: Float[Tensor, "B T"],
    mask: Bool[Tensor, "B T"],
    eps: float,
) -> Float[Tensor, ""]:
    """The clipped loss of proximal policy optimisation, a mean over the tokens of the mask.

    The ratio of a token is how much likelier it is now (`logp`) than when it was written
    (`old_logp`). What is to grow is the ratio times the advantage `adv`, or the ratio clipped to
    1 - eps and 1 + eps, times the advantage, whichever is smaller. The loss is minus the mean of that
    over all tokens of the batch whose mask is True; there is at least one. Advantages are
    constants, and so are the old log-probabilities. At padding anything may stand, infinity and NaN
    too: it reaches neither the loss nor its gradient.

    Source: Schulman et al. 2017, equation 7.
    """
    ratio = (logp - old_logp.detach())[mask].exp()  # B T -> tokens
    adv = adv[mask].detach()
    clipped = ratio.clamp(1 - eps, 1 + eps)
    return -torch.minimum(ratio * adv, clipped * adv).mean()


def hacked_reward() -> str:
    """A hacked reward, diagnosed in 80 to 150 words.

    Take a run of this page, or a reward of your own that a model could be trained on. Show a text
    that it pays too well. Say what the reward measures and what it was meant to stand for, and where
    the two come apart. Give two numbers from its log, or that a log of it would hold: the reward,
    which rises, and one that warns a careful reader. Then say what you would change: the reward, the
    weight of the KL term, when the run stops, or who looks at the texts. Say also what your change
    could break.

    Source: Gao, Schulman and Hilton 2023, Scaling Laws for Reward Model Overoptimization.
    """
    return """
    *Then everybody with the jugs was in lovets beside the sandade with the vases was veryde* is paid
    8.3 at step 45 of the run with beta = 0, and *In the end there was soup for everybody.* only 5.3.
    The reward measures how positive a classifier of reviews finds a text. It was meant to stand for
    an ending that pleases a reader. They do not part at the broken words: *Then everybody with the
    jugs was up to no good.* has only words of the town and gets 8.2. So the judge pays for the
    shape of a sentence. In the log the mean reward rises from -1.7 to 5.7. The share of stories with
    an end warns: it falls from 66 % to 3 %. I would pay -6
    for every text that has not ended after 30 tokens. This could make all endings very short.
    """
