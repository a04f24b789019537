"""Checks for `distillation_loss`; what goes wrong is in distillation_loss_mistakes."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def lessons(g):
    def draw(N, V, scale=2.0):
        student, teacher = scale * torch.randn(2, N, V, generator=g)
        return student, teacher, torch.randint(0, V, (N,), generator=g)

    far = 400.0 * draw(2, 5)[1].argsort(-1)  # the teacher's smaller probabilities are 0 in float32
    student, _, labels = draw(2, 5)
    sure = 1500.0 * draw(1, 6)[0].argsort(-1)
    one, other, _ = draw(3, 4)
    high = torch.tensor([[200.0], [0.0], [0.0]])  # exp(-200) is 0 in float32
    return {
        "there is one example, T is 1 and only the soft part counts": (*draw(1, 3), 1.0, 1.0),
        "only the hard part counts": (*draw(2, 4), 3.0, 0.0),
        "T is 2 and only the soft part counts": (*draw(1, 4), 2.0, 1.0),
        "there are several examples and only the soft part counts": (*draw(3, 5), 1.0, 1.0),
        "T is 3 and both parts count": (*draw(2, 6), 3.0, 0.7),
        "T is a half": (*draw(4, 3), 0.5, 0.8),
        "T is 8": (*draw(5, 7), 8.0, 0.35),
        "the teacher is very sure": (student, far, labels, 1.5, 0.6),
        "the student is very sure, and neither the teacher nor the label agrees": (
            sure,
            sure.roll(1, -1),
            sure.argmin(-1),
            2.5,
            0.4,
        ),
        "the logits of one example are far above those of the others": (
            one + high,
            other + high,
            draw(3, 4)[2],
            1.0,
            0.9,
        ),
    }


lesson = Exercise(
    "distillation.distillation_loss",
    title="What a student pays", needs=("apply_temperature",), fast_track=True,
    points=3, difficulty=2, minutes=20, examples=lessons,
)  # fmt: skip


@lesson.oracle("torch.nn.functional.kl_div and torch.nn.functional.cross_entropy")
def _(student, teacher, labels, T, alpha):
    q, p = (student / T).log_softmax(-1), (teacher.detach() / T).softmax(-1)
    soft = F.kl_div(q, p, reduction="batchmean")
    return alpha * soft * T**2 + (1 - alpha) * F.cross_entropy(student, labels)


def drawn(N=4, V=5):
    student, teacher = 2 * torch.randn(2, N, V)
    return student, teacher, torch.randint(0, V, (N,))


@lesson.claim("a student with the teacher's own logits pays 0 for the soft part, and any other pays "
              "more")  # fmt: skip
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


@lesson.claim("between T = 64 and T = 128 the soft part hardly changes")
def _(answer):
    student, teacher, labels = (each.double() if each.is_floating_point() else each
                                for each in drawn())  # fmt: skip
    first, second, none = answer.each(
        (student, teacher, labels, 64.0, 1.0), (student, teacher, labels, 128.0, 1.0),
        (teacher, teacher, labels, 64.0, 1.0),
    )  # fmt: skip
    assert abs(first - second) < 0.1 * first
    assert none < 0.01 * first


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


@lesson.claim("each part moves the student: the soft one towards the teacher's probabilities, the hard "
              "one towards the labels")  # fmt: skip
def _(answer):
    student, teacher, labels = drawn()
    (soft,) = answer.gradients(student, teacher, labels, 2.0, 1.0)
    (firm,) = answer.gradients(student, teacher, labels, 16.0, 0.0)
    assert soft is not None
    assert firm is not None
    for got, pull in (
        (soft, (teacher / 2).softmax(-1) - (student / 2).softmax(-1)),
        (firm, F.one_hot(labels, 5) - student.softmax(-1)),
    ):
        assert F.cosine_similarity(-got.flatten(), pull.flatten(), dim=0) > 0.99


@lesson.claim("no gradient flows to the teacher, and what flows to the student's logits sums to 0 for "
              "each example")  # fmt: skip
def _(answer):
    moves, rests = answer.gradients(*drawn(), 2.0, 0.9, wrt=(0, 1))
    assert moves is not None
    assert moves.abs().max() > 1e-3
    agree(moves.sum(-1), torch.zeros(len(moves)))
    assert rests is None or not rests.any()


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
