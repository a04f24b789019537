"""To learn from what can be checked: a reward by rules, answers against their group, and GRPO's loss.

Owns: what stands between a drawn answer and a gradient. Ignores how answers are drawn and what is
done with the gradient.
"""

import re
from fractions import Fraction

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def verifiable_reward(completion: str, answer: str) -> dict[str, float]:
    """What two rules say of a completion: {"format": 0.0 or 1.0, "accuracy": 0.0 or 1.0}.

    The format is right if the completion is `<think>`, a text, `</think>`, `<answer>`, a text and
    `</answer>`. White space may come before, between and after these two pairs of tags, and nothing
    else may. The texts may be empty and may have several lines, and none of the 4 tags is in them.
    The accuracy is 1.0 if the format is right, and the text between the answer tags is `answer`. Both
    are compared as numbers if `Fraction` reads both of them, so that 0.5 is 1/2. If not, they are
    compared letter by letter, without the white space around them. Nothing else is taken away.

    Source: Guo et al. 2025 (DeepSeek-R1), section 2.2.2; the reading is that of Liu et al. 2025.
    """

    def number(text: str) -> Fraction | None:
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError):
            return None

    text = r"((?:(?!</?(?:think|answer)>).)*)"  # without a tag
    form = rf"\s*<think>{text}</think>\s*<answer>{text}</answer>\s*"
    found = re.fullmatch(form, completion, re.DOTALL)
    if found is None:
        return {"format": 0.0, "accuracy": 0.0}
    told, wanted = found[2].strip(), answer.strip()
    if number(told) is not None and number(wanted) is not None:
        told, wanted = number(told), number(wanted)
    return {"format": 1.0, "accuracy": float(told == wanted)}


def group_advantages(rewards: Float[Tensor, "N"], G: int, scale: bool) -> Float[Tensor, "N"]:
    """How much better each answer is than the answers to the same question, on average.

    rewards: of N / G questions with G answers each. The G answers of a question follow each other.
    From each reward the mean of its group is taken away. If `scale` is true, the result is then
    divided by the standard deviation of the group plus 1e-4. The standard deviation has G - 1 in its
    denominator. G is 2 or more. Rewards that are equal, or nearly
    so, are no special case.

    Source: Shao et al. 2024 (GRPO), section 4.1.2; without `scale`, Liu et al. 2025 (Dr. GRPO).
    """
    groups = rewards.detach().view(-1, G)  # N -> N/G G
    centred = groups - groups.mean(dim=1, keepdim=True)
    if scale:
        centred = centred / (groups.std(dim=1, keepdim=True) + 1e-4)
    return centred.flatten()


def grpo_loss(
    logp: Float[Tensor, "N T"],
    old_logp: Float[Tensor, "N T"],
    ref_logp: Float[Tensor, "N T"],
    adv: Float[Tensor, "N"],
    mask: Bool[Tensor, "N T"],
    eps: float,
    beta: float,
    loss_type: str,
) -> Float[Tensor, ""]:
    """The loss of GRPO for N answers of up to T tokens. Gradients reach `logp` alone.

    The three log-probabilities of each token come from the model that is trained, from the model that
    wrote the answers, and from a reference. `mask` is true for the tokens of an answer, of which there
    is at least one, and false for the padding after it, where any finite numbers may be.

    With r = exp(logp - old_logp), a token costs minus the smaller of r A and clip(r, 1 - eps, 1 + eps)
    A, where A is the advantage of its answer. Added to this is beta * (exp(d) - d - 1), where
    d = ref_logp - logp. `loss_type` says how the costs become one number: "grpo" takes the mean over
    the tokens of each answer, and of these the mean over answers. "dapo" takes the mean over all
    tokens of all answers. "dr_grpo" divides the sum of all costs by N times T.

    Source: Shao et al. 2024, equations 3 and 4; Yu et al. 2025 (DAPO); Liu et al. 2025 (Dr. GRPO).
    """
    ratio = (logp - old_logp.detach()).exp()
    A = adv.detach()[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - eps, 1 + eps) * A)
    d = ref_logp.detach() - logp
    cost = (beta * (d.exp() - d - 1) - gain) * mask
    if loss_type == "grpo":
        return (cost.sum(dim=1) / mask.sum(dim=1)).mean()
    if loss_type == "dapo":
        return cost.sum() / mask.sum()
    return cost.sum() / mask.numel()
