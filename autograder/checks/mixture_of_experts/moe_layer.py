"""Checks and misconceptions for `moe_layer`; more of these are in moe_layer_mistakes."""

from functools import partial

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, Exposed, agree, differ


class Router:
    """Scores of `E` experts, the `k` best of each row, and their weights, whatever the dtype.

    favourites: experts that every token goes to, whatever it says. share: what weights add up to.
    It keeps what it was asked last.
    """

    def __init__(self, seed, D, E, k, size=1.0, favourites=(), share=1.0):
        g = torch.Generator().manual_seed(seed)
        self.Wg, self.k, self.asked = size * torch.randn(E, D, generator=g), k, 0
        self.favourites, self.share, self.rows = list(favourites), share, None
        self.shown = f"a router of {E} experts with k = {k}"

    def __call__(self, h):
        if h.dim() != 2 or h.shape[1] != self.Wg.shape[1]:
            raise ValueError(
                f"vectors of shape {tuple(h.shape)} came; the router takes rows of {self.Wg.shape[1]}"
            )
        self.asked, self.rows = self.asked + 1, h.detach().clone()
        logits = h @ self.Wg.T.to(h.dtype)
        wanted = logits.clone()
        wanted[:, self.favourites] += 30.0  # who is chosen changes, and no score
        idx = wanted.topk(self.k, dim=-1).indices
        return logits, self.share * logits.gather(-1, idx).softmax(-1), idx


class Expert:
    """A gated network, which keeps the rows that it is asked about."""

    def __init__(self, seed, D, inner):
        g = torch.Generator().manual_seed(seed)
        self.gate, self.up = (torch.randn(inner, D, generator=g) for _ in range(2))
        self.down, self.rows = torch.randn(D, inner, generator=g), []
        self.shown = "an expert"

    def __call__(self, rows):
        width = self.gate.shape[1]
        if rows.dim() != 2 or rows.shape[1] != width:
            raise ValueError(
                f"rows of shape {tuple(rows.shape)} came; an expert takes (M, {width})"
            )
        self.rows.append(rows.detach().clone())
        gate, up, down = (each.to(rows.dtype) for each in (self.gate, self.up, self.down))
        return F.silu(rows @ gate.T) * (rows @ up.T) @ down.T


def a_router(seed, *sizes, **more):
    return Exposed(partial(Router, seed, *sizes, **more), attributes=("Wg", "k"))


def some_experts(seed, D, E, inner=3):
    return [
        Exposed(partial(Expert, seed + 7 * i, D, inner), attributes=("gate", "up", "down"))
        for i in range(E)
    ]


def layers(g):
    def seed():
        return int(torch.randint(10**6, (), generator=g))

    def draw(B, T, D, E, k, **more):
        x = torch.randn(B, T, D, generator=g)
        return x, a_router(seed(), D, E, k, **more), some_experts(seed(), D, E)

    return {
        "there is one token, with one expert": draw(1, 1, 3, 2, 1),
        "there is one token, with two experts": draw(1, 1, 4, 3, 2),
        "every token has one expert": draw(2, 3, 4, 3, 1),
        "every token has two experts": draw(2, 5, 3, 4, 2),
        "every token has three experts": draw(3, 4, 2, 5, 3),
        "every token has all experts": draw(2, 3, 5, 2, 2),
        "most experts have no token": draw(1, 3, 5, 8, 2),
        "all tokens go to the same two experts": draw(2, 4, 3, 5, 2, favourites=(3, 1)),
        "the weights are far apart": draw(2, 3, 6, 4, 2, size=4.0),
        "the weights of a token add up to less than 1": draw(1, 4, 5, 6, 3, share=0.7),
        "the only weight of a token is less than 1": draw(2, 2, 3, 5, 1, share=0.4),
    }


layer = Exercise(
    "mixture_of_experts.moe_layer", fast_track=True, needs=("route_tokens", "swiglu_ffn"),
    title="A layer of experts",
    points=3, difficulty=3, minutes=25, examples=layers,
)  # fmt: skip
layer.leave_out("empty", "a layer has experts")
layer.leave_out("equal", "equal experts hide which one was asked")


@layer.oracle("transformers.MixtralSparseMoeBlock")
def _(x, router, experts):
    from transformers import MixtralConfig
    from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock

    inner, width = experts[0].gate.shape
    config = MixtralConfig(
        hidden_size=width, intermediate_size=inner, num_local_experts=len(experts),
        num_experts_per_tok=router.k, experts_implementation="eager",
    )  # fmt: skip
    block = MixtralSparseMoeBlock(config).eval()
    block.gate = torch.nn.Identity()
    block.gate.forward = router  # some have favourites
    with torch.no_grad():
        both = torch.stack([torch.cat([each.gate, each.up]) for each in experts])
        block.experts.gate_up_proj.copy_(both)
        block.experts.down_proj.copy_(torch.stack([each.down for each in experts]))
        return block(x)


@layer.claim(
    "an expert is given the rows of its own tokens and no others, and what it returns comes out"
)
def _(answer):
    x = torch.randn(2, 6, 4)
    flat = x.flatten(0, 1)
    for k in (1, 2):
        router, experts = a_router(5, 4, 5, k), some_experts(6, 4, 5)
        out = answer(x, router, experts).flatten(0, 1)
        idx = Router(5, 4, 5, k)(flat)[2]
        for number, expert in enumerate(experts):
            rows, own = torch.cat([*expert.last.rows, flat[:0]]), (idx == number).any(1)
            assert len(rows) == own.sum()
            for row in flat[own]:  # in any order
                assert ((rows - row).abs() < 1e-5).all(1).sum() == 1
            if k == 1:
                agree(out[own], Expert(6 + 7 * number, 4, 3)(flat[own]))


@layer.claim("the router is asked once, with all tokens, text after text", universal=True)
def _(answer):
    x, router = torch.randn(3, 4, 5), a_router(15, 5, 4, 2)
    answer(x, router, some_experts(16, 5, 4))
    assert router.last.asked == 1
    agree(router.last.rows, x.flatten(0, 1))


@layer.claim("each expert is asked at most once, with all its tokens", universal=True)
def _(answer):
    experts = some_experts(26, 5, 4)
    answer(torch.randn(3, 4, 5), a_router(25, 5, 4, 2), experts)
    assert all(len(expert.last.rows) <= 1 for expert in experts)
    assert sum(len(rows) for expert in experts for rows in expert.last.rows) == 24


@layer.claim("with experts that are alike, the layer gives what one of them gives")
def _(answer):
    x, alike = torch.randn(3, 4, 5), [some_experts(16, 5, 1)[0] for _ in range(4)]
    agree(
        answer(x, a_router(15, 5, 4, 2), alike),
        Expert(16, 5, 3)(x.flatten(0, 1)).view(3, 4, 5),
    )


@layer.claim("gradients flow back to the weights, and to what every expert returns")
def _(answer):
    experts = some_experts(46, 4, 3)
    of_router, of_experts = answer.gradients(
        torch.randn(2, 7, 4), a_router(45, 4, 3, 2), experts, wrt=(1, 2)
    )
    reached = [slope for slope in of_router if slope is not None and slope.any()]
    assert sum(slope.numel() for slope in reached if slope.shape[-1] == 2) == 28
    asked = sum(len(rows) > 0 for expert in experts for rows in expert.last.rows)
    assert sum(slope is not None and bool(slope.any()) for slope in of_experts) == asked >= 2


@layer.claim(
    "a token gets the same in another text and at another place, but not of another router"
)
def _(answer):
    x = torch.randn(3, 2, 4)
    router, experts = a_router(35, 4, 5, 2), some_experts(36, 4, 5)
    moved = x.flatten(0, 1).flip(0).view(2, 3, 4)
    other = a_router(35, 4, 5, 2, favourites=(0, 4))
    before, after, now = answer.each(
        (x, router, experts), (moved, router, experts), (x, other, experts)
    )
    agree(after.flatten(0, 1).flip(0), before.flatten(0, 1))
    differ(now, before)


@layer.alternative
def one_token_after_another(x, router, experts):
    B, T, D = x.shape
    rows = x.reshape(-1, D)
    _, weights, idx = router(rows)
    asked = {}
    for number in sorted(set(idx.flatten().tolist())):
        own = (idx == number).any(1).nonzero()[:, 0].tolist()
        asked[number] = dict(zip(own, experts[number](rows[own]), strict=True))
    out = [
        sum(w * asked[int(i)][n] for w, i in zip(weights[n], idx[n], strict=True))
        for n in range(len(rows))
    ]
    return torch.stack(out).reshape(B, T, D)
