"""Checks and misconceptions for `chinchilla_optimum`."""

import math

import torch

from autograder.exercise import Exercise

PAPER = (406.4, 410.7, 0.34, 0.28)  # A, B, alpha, beta of Hoffmann et al.


def budgets(g):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=g).item()

    return {
        "size and tokens count alike": (10 ** draw(9, 12), 50.0, 50.0, 0.3, 0.3),
        "only A and B differ": (10 ** draw(9, 12), draw(20, 60), draw(200, 600), 0.4, 0.4),
        "only the exponents differ": (10 ** draw(9, 12), 70.0, 70.0, draw(0.2, 0.3), draw(0.4, 0.5)),
        "all numbers differ": (10 ** draw(10, 13), draw(20, 90), draw(200, 900), draw(0.45, 0.6),
                               draw(0.25, 0.4)),
        "it is the budget of Gopher": (5.76e23, *PAPER),
        "the budget is six operations": (6.0, 2.0, 3.0, 0.5, 0.25),
    }  # fmt: skip


optimum = Exercise(
    "scaling_laws.chinchilla_optimum",
    title="How large, how long", needs=("training_flops",),
    points=2, difficulty=3, minutes=25, examples=budgets,
)  # fmt: skip


@optimum.oracle("scipy.optimize.minimize_scalar")
def _(C, A, B, alpha, beta):
    from scipy.optimize import minimize_scalar

    # over the logarithm of the ratio of the two terms, whose lowest sum is where it is flat
    def loss(log_N):
        small, short = math.log(A) - alpha * log_N, math.log(B) - beta * (math.log(C / 6) - log_N)
        return math.log(math.exp(small) + math.exp(short))

    found = minimize_scalar(loss, bracket=(0.0, math.log(C / 6) / 2 + 1), tol=1e-12)

    def slope(log_N):  # a golden section sees eight digits: the derivative sees the others
        small = A * math.exp(-alpha * log_N)
        short = B * math.exp(-beta * (math.log(C / 6) - log_N))
        return beta * short - alpha * small

    from scipy.optimize import brentq

    log_N = brentq(slope, found.x - 1, found.x + 1, xtol=1e-14)
    return math.exp(log_N), C / 6 / math.exp(log_N)


@optimum.alternative
def where_the_slopes_meet(C, A, B, alpha, beta):
    low, high = -50.0, 200.0  # log N, between which the difference of the slopes changes its sign
    for _ in range(200):
        log_N = (low + high) / 2
        smaller = alpha * A * math.exp(-alpha * log_N)
        if smaller > beta * B * math.exp(-beta * (math.log(C / 6) - log_N)):
            low = log_N
        else:
            high = log_N
    return math.exp(log_N), C / 6 * math.exp(-log_N)


def near(got, wanted):
    assert abs(got - wanted) <= 1e-6 * abs(wanted)


@optimum.claim("size and tokens cost the whole budget, and no more")
def _(answer):
    for C, (N, D) in zip((6e9, 5e14), answer.each((6e9, *PAPER), (5e14, *PAPER)), strict=True):
        near(6 * N * D, C)


@optimum.claim("a little larger or a little smaller, at the same cost, and the loss is higher")
def _(answer):
    A, B, alpha, beta = 30.0, 500.0, 0.5, 0.3
    N, D = answer(6e12, A, B, alpha, beta)
    losses = [A / (N * by) ** alpha + B / (D / by) ** beta for by in (0.9, 1.0, 1.1)]
    assert N * D > 1
    assert losses[1] < min(losses[0], losses[2])


@optimum.claim("with equal exponents ten times the budget makes both larger by the root of ten")
def _(answer):
    (N, D), (more, longer) = answer.each((1e15, 70.0, 90.0, 0.4, 0.4), (1e16, 70.0, 90.0, 0.4, 0.4))
    near(more / N, 10**0.5)
    near(longer / D, 10**0.5)


optimum.slip(
    "(C / 6) **", "C **", name="without_six",
    seen="How many operations do N parameters and D tokens take?",
    why="Here the size is that of a budget C = N D. A training takes 6 N D.",
)  # fmt: skip
optimum.slip(
    "C / (6 * N)", "C / N", name="tokens_without_six",
    seen="The size is right. What do these two cost together?",
    why="D is six times too large: C = 6 N D, so D = C / (6 N).",
)  # fmt: skip


@optimum.misconception(
    seen="Both numbers are too large. How many operations do N parameters and D tokens take?",
    why="This is the best split of a budget C = N D. A training takes 6 N D: put C / 6 in place of C, "
    "for the size as for the tokens.",
)
def no_six_at_all(C, A, B, alpha, beta):
    N = (alpha * A / (beta * B)) ** (1 / (alpha + beta)) * C ** (beta / (alpha + beta))
    return N, C / N


optimum.slip(
    "(beta / (alpha + beta))", "(alpha / (alpha + beta))", name="other_exponent",
    seen="With equal exponents it is right. If more tokens help little, what should the budget buy?",
    why="The exponents have changed places. N grows as C^(beta / (alpha + beta)): the more the loss "
    "falls with tokens (beta large), the sooner they are enough, and the rest goes into size.",
)  # fmt: skip
optimum.slip(
    "(alpha * A / (beta * B))", "(A / B)", name="without_the_slopes",
    seen="With equal exponents it is right. What has to be equal at the best point, the two terms "
    "or their slopes?",
    why="This is where the two terms are equal. The lowest sum is where their *slopes* are: the "
    "derivatives bring alpha and beta with them.",
)  # fmt: skip
optimum.slip(
    "(alpha * A / (beta * B))", "(beta * B / (alpha * A))", name="ratio_upside_down",
    seen="If A is large, small models are bad. Should the best one be larger or smaller then?",
    why="The ratio is upside down. A belongs to the size: the larger it is, the more one gains from "
    "a larger model.",
)  # fmt: skip
optimum.slip(
    "(1 / (alpha + beta))", "1", name="no_root",
    seen="The budget enters with the right power. And the ratio of A and B?",
    why="The root of the ratio is missing. From alpha A / N^alpha = beta B / D^beta comes "
    "N^(alpha + beta), so both factors get the power 1 / (alpha + beta).",
)  # fmt: skip
optimum.slip(
    "return N, C / (6 * N)", "return C / (6 * N), N", name="swapped",
    seen="Both numbers are right. Which one is the size?",
    why="These are (D, N). The size comes first.",
)  # fmt: skip


@optimum.misconception(
    seen="Does it use A, B and the exponents?",
    why="This is the rule of thumb of twenty tokens for each parameter. It comes from the numbers of one "
    "paper; with others the best ratio is another, and it changes with the budget.",
    convention=True,
)
def twenty_tokens(C, A, B, alpha, beta):
    N = (C / 120) ** 0.5
    return N, 20 * N


@optimum.misconception(
    seen="What do twenty tokens for each parameter cost, with six operations for each pair?",
    why="This is D = 20 N with C = N D. A training takes 6 N D, and the 20 is a rule of thumb of one "
    "paper, not the minimum of this loss.",
)
def twenty_without_six(C, A, B, alpha, beta):
    N = (C / 20) ** 0.5
    return N, 20 * N


@optimum.misconception(
    seen="Are a parameter more and a token more equally dear?",
    why="Here one parameter more gains as much as one token more: the slopes in N and in D are equal. "
    "But N and D are not paid for one by one. Their product is, so a hundredth more of N costs a "
    "hundredth of D. Compare what a *hundredth* of each gains.",
)
def one_more_of_each(C, A, B, alpha, beta):
    N = (alpha * A / (beta * B) * (C / 6) ** (beta + 1)) ** (1 / (alpha + beta + 2))
    return N, C / (6 * N)


@optimum.misconception(
    seen="Does it use A, B and the exponents?",
    why="Here size and tokens get half of the budget each, as the root of C / 6. That is right only "
    "where both terms are alike.",
)
def the_root_for_both(C, A, B, alpha, beta):
    N = (C / 6) ** 0.5
    return N, N


@optimum.misconception(
    seen="If the budget is ten times as large, how do size and tokens share it?",
    why="Here the size grows with the whole budget and the tokens do not grow. At the best point "
    "both grow.",
)
def linear_in_C(C, A, B, alpha, beta):
    N = (alpha * A / (beta * B)) ** (1 / (alpha + beta)) * (C / 6)
    return N, C / (6 * N)


@optimum.misconception(
    seen="The power of the budget is always the same here. On what should it depend?",
    why="Here N grows as C^0.73, as Kaplan et al. had found in 2020. With the loss given here the power "
    "is beta / (alpha + beta).",
    convention=True,
)
def kaplan(C, A, B, alpha, beta):
    N = (alpha * A / (beta * B)) ** (1 / (alpha + beta)) * (C / 6) ** 0.73
    return N, C / (6 * N)
