"""Misconceptions about `distillation_loss`."""

from torch.nn import functional as F

from autograder.checks.distillation.distillation_loss import lesson

LOG_P = "(teacher.detach() / T).log_softmax(dim=-1)"
LOG_Q = "(student / T).log_softmax(dim=-1)"
SOFT = "(log_p.exp() * (log_p - log_q))"
for old, new, name, seen, why in (
    (" * T**2", "", "no_T_squared",
     "At T = 1 it is right. How strong is the pull of the soft part, if T grows?",
     "The soft part is not multiplied by T squared. Its gradient gets smaller by about that much when "
     "T grows, so at T = 8 the soft part would hardly count beside the hard one."),
    ("T**2", "T", "T_once",
     "At T = 1 it is right. What happens to the soft part twice, if T doubles?",
     "The soft part is multiplied by T once. A temperature makes both differ less, p and ln p - ln q, "
     "and each of the two by a factor of about T. So T squared makes up for it."),
    (" * T**2", " / T**2", "divided_by_T_squared",
     "At T = 1 it is right. At T = 8, should the soft part count for more than before, or for less?",
     "The soft part is divided by T squared. A high temperature weakens its gradient by itself. T "
     "squared makes up for that, so it multiplies."),
    ("alpha * soft + (1 - alpha) * hard", "alpha * soft + (1 - alpha) * hard * T**2",
     "T_squared_on_both",
     "At T = 1, and where only the soft part counts, it is right. Which part is weakened by T?",
     "T squared multiplies the hard part, too. That part has no temperature, so there is nothing to "
     "make up for."),
    ("F.cross_entropy(student, labels)", "F.cross_entropy(student, labels, reduction='sum')",
     "hard_part_summed",
     "With one example it is right. By how many is the hard part of several divided?",
     "The hard part is the sum over the examples, while the soft part is a mean. A larger batch would "
     "shift the weight between the two."),
    ("F.cross_entropy(student, labels)", "F.cross_entropy(student.softmax(dim=-1), labels)",
     "softmax_twice",
     "Where only the soft part counts it is right. What does `cross_entropy` take: logits or "
     "probabilities?",
     "The student's probabilities go into `cross_entropy`, which expects logits and takes a softmax "
     "of its own. So there are two of them, and the second one sees only numbers from 0 to 1."),
    (SOFT, "(log_p.exp() * (log_q - log_p))", "sign_turned",
     "The soft part is negative. In which order are the two logarithms subtracted?",
     "It says ln q - ln p here, so the whole divergence has the wrong sign: the student would be "
     "rewarded for being unlike its teacher."),
    (LOG_Q, "student.log_softmax(dim=-1)", "only_the_teacher_is_softened",
     "At T = 1 it is right. At T = 2, does a student pay nothing whose logits are the teacher's?",
     "Only the teacher's logits are divided by T. Then a student that copies it would have to be softer "
     "than the teacher itself. Both are compared at the same temperature."),
    (LOG_P, "teacher.detach().log_softmax(dim=-1)", "only_the_student_is_softened",
     "At T = 1 it is right. At T = 2, does a student pay nothing whose logits are the teacher's?",
     "Only the student's logits are divided by T. The teacher's wrong answers then stay as small as "
     "they are, and they are what is to be learned. Both are compared at the same temperature."),
    ("F.cross_entropy(student, labels)", "F.cross_entropy(student / T, labels)",
     "temperature_on_hard_loss",
     "At T = 1, and where only the soft part counts, it is right. At which temperature will the "
     "student be used?",
     "The hard part is taken at the temperature T, too. The labels are about the student as it will be "
     "used, at T = 1."),
    ("alpha * soft + (1 - alpha) * hard", "(1 - alpha) * soft + alpha * hard", "alpha_swapped",
     "With `alpha` = 1 only the hard part counts. Which part is it the share of?",
     "`alpha` is the share of the hard part here, as in some libraries. In this task it is the share "
     "of the soft part."),
    ("+ (1 - alpha) * hard", "+ hard", "hard_in_full",
     "Where `alpha` is 0 it is right. How much of the hard part is left, if `alpha` is 1?",
     "The hard part counts in full, whatever `alpha` says. The two shares, `alpha` and `1 - alpha`, "
     "make 1 together."),
    (".sum(dim=-1).mean() * T**2", ".mean() * T**2", "mean_reduction",
     "The soft part is too small by a factor. By which number is its sum divided?",
     "The soft part is divided by N and by V, which is what `kl_div` does with its default `mean`. A "
     "divergence is a sum over the classes. Only the examples are averaged: `batchmean`."),
    (".sum(dim=-1).mean() * T**2", ".sum() * T**2", "sum_over_examples",
     "With one example it is right. By how many are several divided?",
     "The soft part is the sum over the examples, while the hard part is a mean. A larger batch would "
     "shift the weight between the two."),
    (SOFT, "(-log_p.exp() * log_q)", "cross_entropy_for_kl",
     "The soft part is never 0. What should a student pay that says just what the teacher says?",
     "This is the cross-entropy of the two, -p ln q. It has the same gradients, and PyTorch's tutorial "
     "had it for a while. But it also counts the teacher's own doubt, so a perfect student pays, too."),
    ("alpha * soft + (1 - alpha) * hard", "soft + hard", "alpha_unused",
     "Does `alpha` make a difference?",
     "The two parts are added as they are. `alpha` says how much each counts."),
):  # fmt: skip
    lesson.slip(
        old, new, name=name, seen=seen, why=why,
        convention=name in ("alpha_swapped", "cross_entropy_for_kl"),
    )  # fmt: skip


def parts(soft):
    """An answer with another idea of the soft part."""

    def answer(student, teacher, labels, T, alpha):
        return alpha * soft(student, teacher.detach(), T) + (1 - alpha) * F.cross_entropy(
            student, labels
        )

    return answer


def reversed_kl(student, teacher, T):
    log_q, log_p = ((z / T).log_softmax(-1) for z in (student, teacher))
    return (log_q.exp() * (log_q - log_p)).sum(-1).mean() * T**2


def no_log(student, teacher, T):
    return F.kl_div((student / T).softmax(-1), (teacher / T).softmax(-1),
                    reduction="batchmean") * T**2  # fmt: skip


def probabilities_as_logs(student, teacher, T):
    return F.kl_div((student / T).log_softmax(-1), (teacher / T).softmax(-1),
                    reduction="batchmean", log_target=True) * T**2  # fmt: skip


def over_the_examples(student, teacher, T):
    log_q, log_p = ((z / T).log_softmax(0) for z in (student, teacher))
    return (log_p.exp() * (log_p - log_q)).sum(0).mean() * T**2


def clamped(student, teacher, T):
    q, p = ((z / T).softmax(-1).clamp(min=1e-9) for z in (student, teacher))
    return (p * (p.log() - q.log())).sum(-1).mean() * T**2


def shifted_together(student, teacher, T):
    zs = (z / T - (z / T).max() for z in (student, teacher))
    log_q, log_p = (z - z.exp().sum(-1, keepdim=True).log() for z in zs)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean() * T**2


def not_shifted(student, teacher, T):
    exps = [(z / T).exp() for z in (student, teacher)]
    q, p = (each / each.sum(-1, keepdim=True) for each in exps)
    return (p * (p.log() - q.log())).sum(-1).mean() * T**2


def logs_of_softmax(student, teacher, T):
    q, p = ((z / T).softmax(-1) for z in (student, teacher))
    return (p * (p.log() - q.log())).sum(-1).mean() * T**2


def divided_shares(student, teacher, T):
    log_q, log_p = (z.log_softmax(-1) / T for z in (student, teacher))
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean() * T**2


def multiplied(student, teacher, T):
    log_q, log_p = ((z * T).log_softmax(-1) for z in (student, teacher))
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean() * T**2


def distance_of_logits(student, teacher, T):
    return ((student - teacher) / T).square().sum(-1).mean() * T**2


def distance_of_shares(student, teacher, T):
    q, p = ((z / T).softmax(-1) for z in (student, teacher))
    return (q - p).square().sum(-1).mean() * T**2


def favourite(student, teacher, T):
    return F.cross_entropy(student / T, teacher.argmax(-1)) * T**2


for name, soft, seen, why in (
    ("kl_reversed", reversed_kl,
     "Equal logits cost 0, as they should. Whose probabilities weigh the differences? (`kl_div` takes "
     "the student first.)",
     "The differences are weighed by the student's probabilities. This is the reverse divergence, with "
     "which MiniLLM and on-policy distillation work. Here the teacher's weigh, so that the student "
     "pays for whatever it leaves out."),
    ("softmax_into_kl_div", no_log,
     "Equal logits do not cost 0. What does the formula take of q: a probability, or its logarithm?",
     "q goes in as a probability where its logarithm belongs. `kl_div` expects that of its first "
     "argument, and says nothing if it gets probabilities."),
    ("probabilities_as_logs", probabilities_as_logs,
     "Equal logits do not cost 0. With `log_target=True`, what does `kl_div` take its second argument "
     "for?",
     "`kl_div` is told that its target is logarithms, and gets probabilities. Either the target is "
     "`log_softmax`, or `log_target` stays False."),
    ("over_the_examples", over_the_examples,
     "Which numbers have to sum to 1: those of one example, or those of one class?",
     "The softmax goes over the examples. Probabilities belong to one example and its V classes, which "
     "are the last axis."),
    ("clamped", clamped,
     "It is right for small logits. What does a student pay whose q is e^-1000?",
     "The probabilities are not allowed below a small number. So a student who is very sure of the "
     "wrong class pays at most the logarithm of that number. `log_softmax` needs no such floor."),
    ("shifted_together", shifted_together,
     "With one example it is right. From what is the largest logit subtracted before `exp`?",
     "All examples are shifted by the largest logit of the batch. If one example's logits are far above "
     "the others', every exp of the others is 0. `log_softmax` shifts each row by its own maximum."),
    ("not_shifted", not_shifted,
     "It is right for small logits. What is exp(1000) in float32?",
     "The softmax is written out, and exp of a large logit is infinite in float32. So NaN comes out. A "
     "softmax takes the largest logit off first, and `log_softmax` does that by itself."),
    ("log_of_softmax", logs_of_softmax,
     "It is right for small logits. What is the logarithm of a probability that is too small for "
     "float32?",
     "The softmax comes first and the logarithm after it. In float32 a very small probability is 0, "
     "and its logarithm is minus infinity. Then NaN or infinity comes out. `log_softmax` takes both "
     "steps at once."),
    ("shares_divided", divided_shares,
     "At T = 1 it is right. What is divided by T: logits or log-probabilities, and do they still sum "
     "to 1?",
     "T divides what comes out of the softmax, so the probabilities do not sum to 1 any more. T divides "
     "the logits, and the softmax comes after it."),
    ("multiplied", multiplied,
     "At T = 1 it is right. Does a large T flatten or sharpen?",
     "The logits are multiplied by T, which sharpens. A temperature divides: a large one brings the "
     "wrong answers closer to the right one."),
    ("distance_of_logits", distance_of_logits,
     "Equal logits cost 0. What does it cost to add 1 to all logits of the student?",
     "This is the squared distance of the logits. A softmax does not see it if all of them move "
     "together, so neither should the loss. Compare probabilities."),
    ("distance_of_shares", distance_of_shares,
     "Equal logits cost 0. How dear is it to give almost nothing to what the teacher finds likely?",
     "This is the squared distance of the probabilities, which is never above 2. A divergence takes the "
     "difference of their logarithms, and weighs it with p."),
    ("teachers_favourite", favourite,
     "Does it make a difference how sure the teacher is, or what it gives to the wrong classes?",
     "The student is trained on the teacher's likeliest class, as if that were a label. All that the "
     "teacher says about the other classes is lost, and that is what the soft part is for."),
):  # fmt: skip
    wrong = parts(soft)
    wrong.__name__ = name
    lesson.misconception(seen=seen, why=why, convention=name == "kl_reversed")(wrong)
