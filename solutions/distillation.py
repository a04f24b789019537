"""From a large model to a small one: what the student pays for not being like its teacher.

Owns: the loss of one batch. Ignores where the texts come from, and which model wrote them.
"""

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def distillation_loss(
    student: Float[Tensor, "N V"],
    teacher: Float[Tensor, "N V"],
    labels: Int[Tensor, "N"],
    T: float,
    alpha: float,
) -> Float[Tensor, ""]:
    """What a student pays, in nats: `alpha` times the soft part and `1 - alpha` times the hard part.

    `student` and `teacher` are logits of N examples, at least one, over the same V classes. The soft
    part compares the two at the temperature T, which is above 0 and divides both: the sum over the
    classes of p (ln p - ln q), where p are the teacher's probabilities and q the student's. This is
    the Kullback-Leibler divergence with p as the weight. It is averaged over the N examples and
    multiplied by T squared. The hard part is the mean cross-entropy of the labels under the student's
    logits as they are, without a temperature. `alpha` is from 0 to 1.

    The student learns from both parts, and no gradient flows to the teacher. Logits are finite, and
    may be in the thousands.

    Source: Hinton, Vinyals and Dean 2015, section 2.
    """
    log_p = (teacher.detach() / T).log_softmax(dim=-1)
    log_q = (student / T).log_softmax(dim=-1)
    soft = (log_p.exp() * (log_p - log_q)).sum(dim=-1).mean() * T**2
    hard = F.cross_entropy(student, labels)
    return alpha * soft + (1 - alpha) * hard
