"""Checks and misconceptions for `distillation_loss`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def lessons(g):
    def draw(N, V, scale=2.0):
        student, teacher = scale * torch.randn(2, N, V, generator=g)
        return student, teacher, torch.randint(0, V, (N,), generator=g)

    far = 400.0 * draw(2, 5)[1].argsort(-1)  # the teacher's smaller probabilities are 0 in float32
    student, _, labels = draw(2, 5)
    return {
        "there is one example, T is 1 and only the soft part counts": (*draw(1, 3), 1.0, 1.0),
        "only the hard part counts": (*draw(2, 4), 3.0, 0.0),
        "T is 2 and only the soft part counts": (*draw(1, 4), 2.0, 1.0),
        "there are several examples and only the soft part counts": (*draw(3, 5), 1.0, 1.0),
        "T is 3 and both parts count": (*draw(2, 6), 3.0, 0.7),
        "T is a half": (*draw(4, 3), 0.5, 0.8),
        "T is 8": (*draw(5, 7), 8.0, 0.35),
        "the teacher is very sure": (student, far, labels, 1.5, 0.6),
    }


lesson = Exercise(
    "distillation.distillation_loss",
    title="What a student pays", needs=("apply_temperature",), fast_track=True,
    points=3, difficulty=2, minutes=20, examples=lessons,
)  # fmt: skip


def hard(student, labels):
    return F.cross_entropy(student, labels)


@lesson.oracle("torch.nn.functional.kl_div and torch.nn.functional.cross_entropy")
def _(student, teacher, labels, T, alpha):
    q, p = (student / T).log_softmax(-1), (teacher.detach() / T).softmax(-1)
    soft = F.kl_div(q, p, reduction="batchmean")
    return alpha * soft * T**2 + (1 - alpha) * F.cross_entropy(student, labels)


def drawn(N=4, V=5):
    student, teacher = 2 * torch.randn(2, N, V)
    return student, teacher, torch.randint(0, V, (N,))


@lesson.claim("who says what the teacher says pays nothing for it, and who does not pays more")
def _(answer):
    student, teacher, labels = drawn()
    alike, moved, other = answer.each(
        (teacher, teacher, labels, 2.0, 1.0),
        (teacher + 1.5, teacher, labels, 3.0, 1.0),
        (student, teacher, labels, 2.0, 1.0),
    )
    agree(alike, torch.tensor(0.0))
    agree(moved, torch.tensor(0.0))
    assert other > 0.01


@lesson.claim("at a high temperature the soft part no longer depends on it: it is half the variance of "
              "the differences between student and teacher")  # fmt: skip
def _(answer):
    student, teacher, labels = (each.double() if each.is_floating_point() else each
                                for each in drawn())  # fmt: skip
    apart = (student - teacher).var(-1, correction=0).mean()
    first, second = answer.each(
        (student, teacher, labels, 2e3, 1.0), (student, teacher, labels, 8e3, 1.0)
    )
    for got in (first, second):
        assert abs(got - apart / 2) < 0.02 * apart


@lesson.claim("the temperature and the teacher have no say in the hard part")
def _(answer):
    student, teacher, labels = drawn()
    plain, hot, other, half = answer.each(
        (student, teacher, labels, 1.0, 0.0), (student, teacher, labels, 4.0, 0.0),
        (student, -teacher, labels, 1.0, 0.0), (student, student, labels, 4.0, 0.5),
    )  # fmt: skip
    agree(hot, plain)
    agree(other, plain)
    agree(2 * half, plain)
    differ(plain, torch.tensor(0.0))


lesson.excuse("dim=-1", "there are two axes: the last one is number 1 as well")


@lesson.claim("the gradient raises some of the student's logits and lowers others by as much, and "
              "leaves the teacher alone")  # fmt: skip
def _(answer):
    student, teacher, labels = drawn()
    moves, rests = answer.gradients(student, teacher, labels, 2.0, 0.9, wrt=(0, 1))
    assert moves is not None
    assert moves.abs().max() > 1e-3
    agree(moves.sum(-1), torch.zeros(len(moves)))
    assert rests is None or not rests.any()


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
        return alpha * soft(student, teacher.detach(), T) + (1 - alpha) * hard(student, labels)

    return answer


def reversed_kl(student, teacher, T):
    log_q, log_p = ((z / T).log_softmax(-1) for z in (student, teacher))
    return (log_q.exp() * (log_q - log_p)).sum(-1).mean() * T**2


def no_log(student, teacher, T):
    return F.kl_div((student / T).softmax(-1), (teacher / T).softmax(-1),
                    reduction="batchmean") * T**2  # fmt: skip


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
     "Equal logits cost 0, as they should. Whose probabilities weigh the differences?",
     "The differences are weighed by the student's probabilities. This is the reverse divergence, with "
     "which MiniLLM and on-policy distillation work. Here the teacher's weigh, so that the student "
     "pays for whatever it leaves out."),
    ("softmax_into_kl_div", no_log,
     "Equal logits do not cost 0. What does the formula take of q: a probability, or its logarithm?",
     "q goes in as a probability where its logarithm belongs. `kl_div` expects that of its first "
     "argument, and says nothing if it gets probabilities."),
    ("log_of_softmax", logs_of_softmax,
     "It is right until the teacher is very sure. What is the logarithm of a probability that is 0 in "
     "float32?",
     "The softmax comes first and the logarithm after it. A probability that is too small for float32 is "
     "0, its logarithm is minus infinity, and 0 times that is NaN. `log_softmax` does both at once."),
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


@lesson.alternative
def example_by_example(student, teacher, labels, T, alpha):
    teacher, paid = teacher.detach(), []
    for one, other, label in zip(student, teacher, labels, strict=True):
        p, log_p = torch.softmax(other / T, 0), torch.log_softmax(other / T, 0)
        log_q = torch.log_softmax(one / T, 0)
        soft = sum(p[i] * (log_p[i] - log_q[i]) for i in range(len(p)))
        paid.append(alpha * T * T * soft - (1 - alpha) * torch.log_softmax(one, 0)[label])
    return torch.stack(paid).mean()


@lesson.alternative
def entropy_taken_away(student, teacher, labels, T, alpha):
    p = F.softmax(teacher.detach() / T, dim=1)
    crossed = F.cross_entropy(student / T, p)
    doubt = F.cross_entropy(teacher.detach() / T, p)
    return alpha * T * T * (crossed - doubt) + (1 - alpha) * F.cross_entropy(student, labels)
