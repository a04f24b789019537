"""Checks and misconceptions for `kl_estimators`."""

import torch

from autograder.checks.preferences import normal
from autograder.exercise import Exercise, agree


def tokens(g):
    def drawn(B, T, spread=0.6):
        logp = -3 * torch.rand(B, T, generator=g) - 0.2
        return logp, logp + normal(g, B, T, spread=spread)

    one = drawn(1, 1)
    near = drawn(2, 4)
    return {
        "there is one token": (one[0], one[0] - 0.7),
        "the policy finds all tokens likelier": (near[0], near[0] - 0.2 - near[1].abs() / 4),
        "the reference finds all tokens likelier": (near[1] - 1.5, near[1]),
        "two texts have three tokens each": drawn(2, 3),
        "the models agree at most places": (
            near[0], near[0] + torch.tensor([0.0, 0.8, 0.0, 0.0]),
        ),
        "the models are far apart": drawn(3, 2, spread=2.5),
    }  # fmt: skip


kl = Exercise(
    "preferences.kl_estimators",
    title="How far from home", needs=("sequence_logps",),
    points=1, difficulty=1, minutes=8, examples=tokens,
)  # fmt: skip


@kl.oracle("torch.special.expm1 and torch.nn.functional.kl_div")
def _(logp, ref_logp):
    from torch.nn.functional import kl_div
    from torch.special import expm1

    weighted = kl_div(ref_logp, logp, reduction="none", log_target=True)  # p (log p - log q)
    k1 = weighted / logp.exp()
    return k1, (ref_logp - logp) ** 2 / 2, expm1(ref_logp - logp) - (ref_logp - logp)


@kl.alternative
def by_the_ratio(logp, ref_logp):
    x = ref_logp.exp() / logp.exp()
    return -x.log(), x.log().square() * 0.5, x - 1 - x.log()


def of_all(V, seed):
    """Every token of a small vocabulary, with its log-probability in two models."""
    g = torch.Generator().manual_seed(seed)
    return normal(g, 2, 1, V).log_softmax(-1)


@kl.claim("weighted by how often each token is drawn, k1 and k3 give the exact KL divergence")
def _(answer):
    for V, seed in ((5, 1), (9, 2)):
        policy, ref = of_all(V, seed)
        exact = (policy.exp() * (policy - ref)).sum()
        k1, _, k3 = answer(policy, ref)
        agree((policy.exp() * k1).sum(), exact)
        agree((policy.exp() * k3).sum(), exact)
        assert (k1 < 0).any()


@kl.claim("k2 and k3 are never negative, whichever model finds the token likelier")
def _(answer):
    policy, ref = of_all(40, 3)
    k1, k2, k3 = answer(policy, ref)
    assert (k1 < -0.05).any()
    assert (k1 > 0.05).any()
    assert (torch.stack([k2, k3]) >= 0).all()
    assert min(k2.max(), k3.max()) > 0.5


@kl.claim("where the models nearly agree, k2 and k3 are the same")
def _(answer):
    away = torch.tensor([[0.04, -0.03, 0.02]])
    policy = torch.tensor([[-1.0, -2.0, -0.5]])
    _, k2, k3 = answer(policy, policy - away)
    assert ((k2 - k3).abs() < 0.03 * k2).all()
    agree(k2, away**2 / 2)


kl.slip(
    "k1 = logp - ref_logp.detach()", "k1 = ref_logp.detach() - logp", name="reverse_sign",
    seen="Where the policy finds a token likelier than the reference, is k1 above 0?",
    why="The difference is turned round here. k1 then falls as the policy moves away, and a penalty "
    "becomes a prize. (k2 does not mind, and k3 gets another value.)",
)  # fmt: skip
kl.slip(
    "(-k1).exp() - 1 + k1", "k1.exp() - 1 - k1", name="k3_swapped",
    seen="k1 and k2 are right. In x - 1 - log x, is x the policy over the reference, or the other way "
    "round?",
    why="x is policy over reference here. That number is never negative either, but its mean over "
    "tokens of the policy is not this divergence. x is reference over policy.",
)  # fmt: skip
kl.slip(
    "- 1 + k1", "- 1", name="no_log",
    seen="k1 and k2 are right. Can k3 be negative?",
    why="This is x - 1, whose mean over tokens of the policy is 0: it says nothing alone. k3 is x - 1 - "
    "log x.",
)  # fmt: skip
kl.slip(
    "- 1 + k1", "+ k1", name="k3_no_minus_one",
    seen="k1 and k2 are right. What is k3 where the two models agree?",
    why="The 1 is not taken away here, so that k3 is 1 where the models agree. It is x - 1 - log x.",
)  # fmt: skip
kl.slip(
    "- 1 + k1", "- 1 - k1", name="k3_log_sign",
    seen="k1 and k2 are right. In k3, what is log x, if k1 is the log of policy over reference?",
    why="The logarithm has the wrong sign here: x is reference over policy, so log x is minus k1, and "
    "x - 1 - log x adds k1.",
)  # fmt: skip
kl.slip(
    "k1**2 / 2", "k1**2", name="no_half",
    seen="k1 and k3 are right. Close to 0, how large is k2 beside k3?",
    why="The half is missing, so k2 is twice as large as the divergence where the models are close.",
)  # fmt: skip


@kl.misconception(
    seen="Which model were these tokens drawn from?",
    why="These are estimates of KL(reference || policy), the other direction: each is weighted by how "
    "much likelier the reference draws the token. The tokens come from the policy, and so does the "
    "divergence.",
)
def forward_kl(logp, ref_logp):
    x = (ref_logp - logp).exp()
    k1 = x * (ref_logp - logp)
    return k1, x * (ref_logp - logp) ** 2 / 2, 1 - x + k1


@kl.misconception(
    seen="A token was drawn already. Does it need to be weighted by its probability once more?",
    why="Each token is weighted by its probability here, as in a sum over the whole vocabulary. But "
    "these are drawn tokens: likely ones come more often already.",
)
def sum_over_vocab_of_sample(logp, ref_logp):
    k1, p = logp - ref_logp, logp.exp()
    return p * k1, p * k1**2 / 2, p * ((-k1).exp() - 1 + k1)


@kl.misconception(
    seen="The numbers of one token are right. Is one number asked for each token, or for each text?",
    why="The tokens of a text are summed here. That is how far a whole text is from the reference. Asked "
    "is one number for each token.",
    convention=True,
)
def for_each_text(logp, ref_logp):
    k1 = logp - ref_logp
    return k1.sum(-1), (k1**2 / 2).sum(-1), ((-k1).exp() - 1 + k1).sum(-1)
