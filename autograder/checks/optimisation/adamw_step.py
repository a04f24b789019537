"""Checks for `adamw_step`. Its misconceptions are beside it."""

from itertools import pairwise

import torch

from autograder.exercise import Exercise, agree


def begun(p, t=0, m=None, v=None):
    """What is remembered of weights p after t steps."""
    zero = torch.zeros_like(p)
    return {"t": t, "m": zero.clone() if m is None else m, "v": zero.clone() if v is None else v}


def steps(g):
    def draw(*shape):
        return torch.randn(shape, generator=g)

    def size(*shape):  # of gradients: none is close to 0
        return (0.5 + torch.rand(shape, generator=g)) * draw(*shape).sign()

    def later(t, *shape):
        p = draw(*shape)
        return p, size(*shape), begun(p, t, size(*shape) / 2, size(*shape) ** 2)

    def turned(p, g, state):
        return p.T, g.T, begun(p.T, state["t"], state["m"].T, state["v"].T)

    def double(p, g, state):
        return (
            p.double(),
            g.double(),
            begun(p, state["t"], state["m"].double(), state["v"].double()),
        )

    one, first, tiny, idle = draw(), draw(3), draw(4), draw(7)
    return {
        "it is the first step, of a single number": (one, size(), begun(one), 0.2, (0.7, 0.9), 1e-8, 0.0),
        "it is the third step": (*later(2, 2), 0.2, (0.8, 0.97), 1e-8, 0.0),
        "it is the first step": (first, size(3), begun(first), 0.1, (0.8, 0.95), 1e-8, 0.0),
        "it is the fifth step": (*later(4, 4), 0.2, (0.9, 0.98), 1e-8, 0.0),
        "gradients are as small as epsilon": (
            tiny, 1e-8 * size(4), begun(tiny), 0.3, (0.9, 0.99), 1e-8, 0.0,
        ),
        "epsilon is large": (*later(2, 5), 0.1, (0.7, 0.9), 0.25, 0.0),
        "weights decay": (*later(2, 6), 0.2, (0.9, 0.96), 1e-8, 0.6),
        "weights decay and have no gradient": (
            idle, torch.zeros(7), begun(idle), 0.1, (0.9, 0.95), 1e-6, 0.5,
        ),
        "the weights are a table, after many steps": (*later(40, 2, 4), 0.05, (0.9, 0.999), 1e-7, 0.1),
        "the weights are a transposed table": (*turned(*later(3, 5, 2)), 0.1, (0.9, 0.97), 1e-8, 0.2),
        "numbers are in float64": (*double(*later(3, 11)), 0.1, (0.8, 0.98), 1e-8, 0.1),
    }  # fmt: skip


adamw = Exercise(
    "optimisation.adamw_step", fast_track=True,
    title="One step of AdamW",
    points=3, difficulty=2, minutes=25, examples=steps, forbid=("AdamW", "Adam", "adamw", "adam"),
)  # fmt: skip


@adamw.probe
def _(answer, *args):
    """The new weights, and what the optimiser remembers after the call."""
    return {"p": answer(*args), "state": answer.after(*args)[2]}


@adamw.oracle("torch.optim.AdamW")
def _(p, g, state, lr, betas, eps, wd):
    weights = torch.nn.Parameter(p.clone())
    library = torch.optim.AdamW([weights], lr=lr, betas=betas, eps=eps, weight_decay=wd)
    library.state[weights] = {
        "step": torch.tensor(float(state["t"])),
        "exp_avg": state["m"].clone(), "exp_avg_sq": state["v"].clone(),
    }  # fmt: skip
    weights.grad = g.clone()
    library.step()
    after = library.state[weights]
    state |= {"t": int(after["step"]), "m": after["exp_avg"], "v": after["exp_avg_sq"]}
    return weights.detach()


def walked(answer, p, gs, *settings):
    """The weights after a step for each gradient."""
    state = begun(p)
    for g in gs:
        p, state = answer(p, g, state, *settings), answer.after(p, g, state, *settings)[2]
    return p


@adamw.claim("in the first step every number moves by lr, however large its gradient")
def _(answer):
    p, g = torch.randn(4), torch.tensor([1e-3, -0.2, 3.0, -500.0])
    for lr in (0.1, 0.02):
        agree(p - answer(p, g, begun(p), lr, (0.9, 0.95), 1e-12, 0.0), lr * g.sign())


@adamw.claim("ten times the gradients lead to the same weights, in each of four steps")
def _(answer):
    p, sign = torch.tensor([-5.0, 4.0, -3.0]), torch.tensor([1.0, -1.0, 1.0])
    gs, settings = sign * (0.5 + torch.rand(4, 3)), (0.1, (0.8, 0.9), 1e-12, 0.0)
    for many in (1, 4):
        there = walked(answer, p, gs[:many], *settings)
        assert ((p - there) * sign > 1e-3).all()
        agree(there, walked(answer, p, 10 * gs[:many], *settings))


@adamw.claim("without a gradient a weight loses the share lr · wd of itself, in each step")
def _(answer):
    p = torch.tensor([2.0, -3.0, 0.5])
    for lr, wd in ((0.1, 0.5), (0.2, 2.0)):
        agree(
            walked(answer, p, torch.zeros(3, 3), lr, (0.9, 0.95), 1e-8, wd), p * (1 - lr * wd) ** 3
        )


@adamw.claim("a weight moves on for a while after its gradients have become 0")
def _(answer):
    p, g = torch.zeros(2), torch.tensor([1.0, -2.0])
    at = [walked(answer, p, [g, *[0 * g] * n], 0.1, (0.9, 0.95), 1e-8, 0.0) for n in (0, 1, 2)]
    for before, after in pairwise(at):
        assert ((after - before) * g < -1e-3).all()


@adamw.claim("the weights and the gradient that came in stay as they were", universal=True)
def _(answer):
    p, g = torch.randn(3), torch.randn(3)
    after = answer.after(p, g, begun(p), 0.1, (0.9, 0.95), 1e-8, 0.1)
    agree(after[0], p)
    agree(after[1], g)


@adamw.alternative
def in_place_like_the_library(p, g, state, lr, betas, eps, wd):
    state["t"] += 1
    state["m"].mul_(betas[0]).add_(g, alpha=1 - betas[0])
    state["v"].mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
    root = (state["v"] / (1 - betas[1] ** state["t"])) ** 0.5
    new = p * (1 - lr * wd)
    return new - lr / (1 - betas[0] ** state["t"]) * state["m"] / (root + eps)


@adamw.alternative
def with_an_update(p, g, state, lr, betas, eps, wd):
    (b1, b2), t = betas, state["t"] + 1
    m, v = state["m"] + (1 - b1) * (g - state["m"]), state["v"] + (1 - b2) * (g * g - state["v"])
    state.update(t=t, m=m, v=v)
    size = torch.sqrt(v / (1 - b2**t)) + eps
    return p - lr * (m / (1 - b1**t) / size + wd * p)
