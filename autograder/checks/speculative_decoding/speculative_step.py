"""Checks and misconceptions for `speculative_step`."""

from fractions import Fraction
from itertools import product

import torch

from autograder.exercise import Exercise

BEFORE = 1 - 2**-24  # the largest float32 below 1


def rows(*each):
    return torch.tensor(each)


def steps(g):
    def draw(low=0.0, high=1.0):
        return low + (high - low) * torch.rand((), generator=g).item()

    def some(G, V):
        """Random rows of a draft and of a target that has more ideas, and tokens of the draft."""
        q = (1.2 * torch.randn(G, V, generator=g)).softmax(-1)
        p = (1.2 * torch.randn(G + 1, V, generator=g)).softmax(-1)
        return q.multinomial(1, generator=g)[:, 0], q, p

    def coins(draft, q, p, kept):
        """Coins with which the first `kept` tokens are accepted, and the next one is not if it can be."""
        ratio = (p[:-1] / q).gather(1, draft[:, None])[:, 0].clamp(max=1)
        return torch.stack([
            r * draw(0.1, 0.9) if place != kept else r + (1 - r) * draw(0.1, 0.9)
            for place, r in enumerate(ratio)
        ])  # fmt: skip

    def refused(G, V, kept):
        """A draft of which `kept` tokens are accepted, and the next one can well be refused."""
        draft, q, p = some(G, V)
        draft[kept] = (q - p[:-1])[kept].argmax()
        return draft, q, p, coins(draft, q, p, kept), draw()

    def accepted(G, V):
        draft, q, p = some(G, V)
        return draft, q, p, coins(draft, q, p, G), draw()

    # the target has more of tokens 1 and 2, and 0.1 and 0.3 more at that
    q0, p0 = [0.7, 0.1, 0.2], [0.3, 0.2, 0.5]
    q1, p1 = [0.2, 0.5, 0.3], [0.6, 0.3, 0.1]
    after = [0.1, 0.3, 0.6]
    both = (rows(q0, q1), rows(p0, p1, after))
    early, late = [0.5, 0.3, 0.2], [0.2, 0.2, 0.6]
    half = rows([0.5, 0.25, 0.25]), rows([0.25, 0.25, 0.5], [0.2, 0.3, 0.5])
    return {
        "both are accepted": (torch.tensor([1, 0]), *both, rows(draw(), draw()), draw(0.12, 0.38)),
        "the first is refused": (
            torch.tensor([0, 0]), *both, rows(draw(0.5, 0.95), draw()), draw(0.05, 0.19),
        ),
        "the second is refused": (
            torch.tensor([2, 2]), *both, rows(draw(), draw(0.4, 0.95)), draw(0.2, 0.95),
        ),
        "one token is drafted and refused": (
            torch.tensor([0]), both[0][:1], both[1][:2], rows(draw(0.5, 0.95)), draw(0.27, 0.45),
        ),
        "a drafted token is less likely to the target, and its coin is low": (
            torch.tensor([0, 1]), *both, rows(draw(0.32, 0.41), draw(0.32, 0.57)), draw(0.42, 0.95),
        ),
        "the first is refused, and the second would be accepted": (
            torch.tensor([0, 0]), *both, rows(draw(0.5, 0.95), draw(0.0, 0.9)), draw(0.72, 0.79),
        ),
        "the target never writes the drafted token, and its coin is 0": (
            torch.tensor([1]), rows([0.3, 0.3, 0.4]), rows([0.6, 0.0, 0.4], [0.4, 0.3, 0.3]),
            torch.zeros(1), draw(0.05, 0.95),
        ),
        "v is 0, and the first token has nothing left": (
            torch.tensor([0, 2]), *both, rows(draw(0.5, 0.95), draw()), 0.0,
        ),
        "v is nearly 1": (
            torch.tensor([0]), rows([0.6, 0.1, 0.3]), rows([0.2, 0.6, 0.2], after),
            rows(draw(0.4, 0.95)), BEFORE,
        ),
        "draft and target have the same probabilities": (
            torch.tensor([0, 2]), rows(early, late), rows(early, late, after),
            rows(BEFORE, draw()), draw(0.42, 0.95),
        ),
        "nothing is drafted": (
            torch.zeros(0, dtype=torch.int64), torch.zeros(0, 4), rows([0.1, 0.2, 0.3, 0.4]),
            torch.zeros(0), draw(0.32, 0.55),
        ),
        "a coin is equal to p / q": (torch.tensor([0]), *half, rows(0.5), draw(0.05, 0.95)),
        "a coin is 0 and p / q is not": (torch.tensor([0]), *half, torch.zeros(1), draw(0.22, 0.48)),
        "one token has all of q and another all of p": (
            torch.tensor([1]), rows([0.0, 1.0, 0.0, 0.0]),
            rows([0.0, 0.0, 1.0, 0.0], [0.2, 0.3, 0.5, 0.0]), rows(draw()), 0.0,
        ),
        "nothing is drafted, and a sum is equal to v": (
            torch.zeros(0, dtype=torch.int64), torch.zeros(0, 3), half[1][:1], torch.zeros(0), 0.25,
        ),
        "what is missing has a sum equal to v times the last": (
            torch.tensor([0]), rows([0.5, 0.375, 0.125]), rows([0.25, 0.5, 0.25], after),
            rows(draw(0.55, 0.95)), 0.5,
        ),
        "next to nothing is missing": (
            torch.tensor([0]), rows([0.5, 0.2498, 0.2502]), rows([0.4998, 0.25, 0.2502], after),
            rows(0.9998), draw(0.0, 0.4),
        ),
        "the first of many is refused": refused(3, 8, 0),
        "the second of many is refused": refused(4, 7, 1),
        "the third of many is refused": refused(5, 9, 2),
        "the last of many is refused": refused(4, 11, 3),
        "many are accepted": accepted(5, 10),
        "many are accepted, and few tokens are there": accepted(6, 4),
    }  # fmt: skip


step = Exercise(
    "speculative_decoding.speculative_step", fast_track=True,
    title="What is kept of a draft",
    needs=("sample_token",),
    points=3, difficulty=3, minutes=30, examples=steps, forbid=("multinomial",),
)  # fmt: skip
step.leave_out("one G", "the target has a row more than the draft")


@step.oracle("transformers' _speculative_sampling, with these coins")
def _(draft, q, p, u, v):
    from unittest import mock

    from transformers.generation.utils import _speculative_sampling

    if not len(draft):
        q = p.new_zeros(0, p.shape[-1])

    def by_v(probs, num_samples):
        sums = probs[0].double().cumsum(0)
        sums = (sums / sums[-1]).round(decimals=6)  # it has rounded p and q by log and softmax
        return torch.searchsorted(sums, v, right=True)[None, None]

    # the library accepts a coin that is *equal* to the ratio
    above = (u * (1 + 2**-20)).clamp(min=1e-30, max=1)
    with (
        mock.patch("torch.rand_like", return_value=above),
        mock.patch("torch.multinomial", by_v),
    ):
        ids, _ = _speculative_sampling(draft[None], q.log()[None], len(draft), p.log()[None])
    return ids[0]


for fragment in ("cumprod(0)", "cumsum(0)"):
    step.excuse(fragment, "there is one axis: the last one is number 0 as well")


def first_tokens(answer, q, p):
    """How often each token comes first, over all drafts of one token and evenly spaced numbers."""
    even = [0.125, 0.375, 0.625, 0.875]
    following = [0.2, 0.5, 0.3]
    numbers = list(product(range(3), even, even))
    calls = [(torch.tensor([x]), rows(q), rows(p, following), rows(u), v) for x, u, v in numbers]
    shares = [Fraction(0)] * 3
    for (x, _, _), ids in zip(numbers, answer.each(*calls), strict=True):
        assert 0 <= int(ids[0]) < 3
        shares[int(ids[0])] += Fraction(str(q[x])) / len(even) ** 2
    return shares


@step.claim("over all drafts and evenly spaced coins, the first token is as frequent as p says")
def _(answer):
    for q, p in (([0.2, 0.6, 0.2], [0.275, 0.3, 0.425]), ([0.4, 0.2, 0.4], [0.1, 0.6, 0.3])):
        assert first_tokens(answer, q, p) == [Fraction(str(share)) for share in p]


@step.claim(
    "if both models agree, all of a draft is kept, and one token of the last row of p follows"
)
def _(answer):
    q = rows([0.1, 0.1, 0.2, 0.4, 0.2], [0.5, 0.1, 0.1, 0.2, 0.1], [0.2, 0.1, 0.2, 0.1, 0.4],
             [0.1, 0.6, 0.1, 0.1, 0.1])  # fmt: skip
    draft, p = torch.tensor([3, 0, 4, 1]), torch.cat([q, rows([0.1, 0.2, 0.3, 0.2, 0.2])])
    numbers = ((0.05, 0), (0.2, 1), (0.45, 2), (0.75, 3), (0.95, 4))
    calls = [(draft, q, p, torch.full((4,), coin), v) for coin in (0.1, 0.99) for v, _ in numbers]
    for ids, (_, token) in zip(answer.each(*calls), numbers * 2, strict=True):
        assert ids.tolist() == [3, 0, 4, 1, token]


@step.claim(
    "the higher a coin, the sooner a draft ends, and what comes after that makes no difference"
)
def _(answer):
    often, q, p = (
        [1, 2, 1],
        rows(*[[0.3, 0.5, 0.2], [0.3, 0.2, 0.5]] * 2),
        rows(*[[0.4, 0.3, 0.3]] * 4),
    )
    calls = []
    for high, v, others in product(range(4), (0.3, 0.8), ([0, 0, 0], [2, 1, 0])):
        draft = torch.tensor(often[: high + 1] + others)[:3]
        coins = torch.tensor([0.5 if place < high else 0.7 for place in range(3)])
        calls.append((draft, q[:3], p, coins, v))
    told = [ids.tolist() for ids in answer.each(*calls)]
    for place in range(0, 12, 2):
        assert told[place] == told[place + 1]
        assert len(told[place]) == place // 4 + 1
        assert told[place][:-1] == often[: place // 4]
    assert all(ids[:3] == often and len(ids) == 4 for ids in told[12:])


@step.claim("a token that the target never writes is refused at any coin, and does not come back")
def _(answer):
    q, p = rows([0.2, 0.5, 0.3]), rows([0.6, 0.0, 0.4], [0.3, 0.4, 0.3])
    calls = [
        (torch.tensor([1]), q, p, rows(u), v) for u in (0.0, 0.5, 0.9) for v in (0.1, 0.75, 0.95)
    ]
    for ids, (*_, v) in zip(answer.each(*calls), calls, strict=True):
        assert ids.tolist() == [0 if v < 0.8 else 2]


step.slip(
    "accepted = u * q[places, draft] < p[places, draft]", "accepted = torch.ones(len(draft))",
    name="always_accept",
    seen="All of the draft is kept. For what are the coins?",
    why="Every drafted token is accepted here, so the text is the drafting model's and not the target's. "
    "A token that the draft writes too often has to be refused as often as it is too much: it is kept "
    "if its coin is below p / q.",
)  # fmt: skip
step.slip(
    "u * q[places, draft] < p[places, draft]", "u * p[places, draft] < q[places, draft]",
    name="ratio_inverted",
    seen="Where the two models agree it is right. Which tokens should be refused, those that the draft "
    "writes too often or too seldom?",
    why="These are the numbers of q / p. Then what the target likes is refused and what it dislikes is "
    "kept. Of a token that q has twice as often as p, half may stay: p / q.",
)  # fmt: skip
step.slip(
    "(p[n] - q[n]).clamp(min=0) if n < len(draft) else p[n]", "p[n]", name="resample_from_target",
    seen="The right tokens are accepted and refused. What is the token that replaces one drawn from?",
    why="The replacement is drawn from p as it is. But what was accepted is already a part of p: of the "
    "refused token q had more than enough. Only what is still missing may be drawn, p - q where that "
    "is positive.",
)  # fmt: skip
step.slip(
    "(p[n] - q[n])", "(q[n] - p[n])", name="residual_on_the_wrong_side",
    seen="The right tokens are accepted and refused. Which model has too little of the token that is "
    "drawn then?",
    why="The replacement is drawn from q - p, from what the draft already has too much of. So the very "
    "tokens that were refused come back. What is missing is p - q.",
)  # fmt: skip
step.slip(
    "(p[n] - q[n]).clamp(min=0)", "(p[n] - q[n]).abs()", name="difference_of_any_sign",
    seen="The right tokens are accepted and refused. Can a token that q has too often be drawn then?",
    why="The size of p - q is taken, whatever its sign. So tokens that the draft has too often are drawn "
    "as well as those of which it has too little. Negative differences become 0.",
)  # fmt: skip
step.slip(
    "(p[n] - q[n]).clamp(min=0)", "q[n]", name="drafts_again",
    seen="The right tokens are accepted and refused. What has q written too seldom?",
    why="The replacement is drawn from q, as a second draft that nobody checks. It has to come from what "
    "the target has more of, p - q where that is positive.",
)  # fmt: skip
step.slip(
    "v * sums[-1]", "v", name="residual_not_normalised",
    seen="Where all is accepted it is right. What do the differences p - q sum to?",
    why="What p has more than q sums to less than 1, so v often exceeds all sums, and the token is the "
    "id V, which does not exist. Divide by the sum, or multiply v by it.",
)  # fmt: skip
step.slip(
    "u * q[places, draft] < p", "u * q[places, draft] <= p", name="coin_of_zero",
    seen="Nearly all is right. Is a coin that is *equal* to p / q below it?",
    why="A coin *equal* to p / q is enough here. If p is 0, that is a coin of 0, and then a token is "
    "kept that the target never writes. Coins are below 1 and can be 0, so *below* is the right word.",
    convention=True,
)  # fmt: skip
step.slip(
    "sums <= v", "sums < v", name="reached_is_enough",
    seen="Nearly all is right. Is a sum enough that only reaches v times the last?",
    why="The first token whose sum is v times the last *or more* is taken. At v = 0 that is the first of "
    "all, even if it has nothing. The sum has to exceed it.",
)  # fmt: skip
step.slip(
    "u * q[places, draft] <", "u <", name="coin_against_p",
    seen="Too few tokens are accepted. What is a coin compared with?",
    why="The coin is compared with p itself. Then a token that the draft has drawn is put to a second "
    "draw, and even where both models agree most of it is lost. Compare with p / q: that is 1 where they "
    "agree.",
)  # fmt: skip
step.slip(
    ".clamp(min=0)", "", name="negative_differences_stay",
    seen="The right tokens are accepted and refused. What do the differences p - q sum to, if none is "
    "left out?",
    why="Negative differences are added up with the others here. All together they sum to 0, so their "
    "running sum falls back again, and v times the last sum is next to nothing. Below 0 they become 0.",
)  # fmt: skip
