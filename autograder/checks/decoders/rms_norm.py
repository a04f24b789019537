"""Checks and misconceptions for `rms_norm`."""

import torch

from autograder.exercise import Exercise, agree, differ


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    loud = (300 + 100 * draw(2, 8)).half()  # their squares have no place in 16 bits
    coarse = (5 * draw(3, 6)).bfloat16()
    return {
        "there is one vector of three numbers": (draw(3), 1 + draw(3) / 2, 1e-6),
        "there are two vectors": (3 * draw(2, 5) + 4, 1 + draw(5) / 2, 1e-6),
        "vectors stand in a batch": (draw(2, 3, 6) - 2, draw(6), 1e-5),
        "there are as many vectors as numbers": (draw(4, 4), draw(4), 1e-6),
        "the numbers are tiny": (1e-3 * draw(3, 5), 1 + draw(5) / 2, 1e-6),
        "eps is large": (draw(2, 7), draw(7), 0.5),
        "no eps is given": (1e-3 * draw(2, 4), draw(4)),
        "the numbers are large and have 16 bits": (loud, (1 + draw(8) / 2).half(), 1e-6),
        "x has 16 bits and w has 32": (coarse, 1 + draw(6) / 2, 1e-6),
    }


norm = Exercise(
    "decoders.rms_norm",
    title="Llama's norm", needs=("layer_norm",),
    points=2, difficulty=1, minutes=10, examples=vectors,
    forbid=("rms_norm", "RMSNorm"),
)  # fmt: skip


@norm.oracle("transformers.LlamaRMSNorm, in float64 torch.nn.functional.rms_norm")
def _(x, w, eps=1e-6):
    from transformers.models.llama.modeling_llama import LlamaRMSNorm

    if x.dtype == torch.float64:  # Llama's would round it
        return torch.nn.functional.rms_norm(x, w.shape, w, eps)
    theirs = LlamaRMSNorm(x.shape[-1], eps)
    return torch.func.functional_call(theirs, {"weight": w}, (x,))


norm.excuse("promote_types", "which of two dtypes comes first makes no difference")


@norm.claim("each vector has the mean square 1 before w")
def _(answer):
    done = answer(5 * torch.randn(4, 12) + 3, torch.ones(12), 1e-8)
    agree(done.square().mean(-1), torch.ones(4))
    differ(done.mean(-1), torch.zeros(4))
    differ(done[0], done[1])


@norm.claim("to stretch a vector changes nothing, to move it does")
def _(answer):
    x, w = torch.randn(2, 9), torch.rand(9) + 1
    plain = answer(x, w, 0.0)
    agree(answer(4 * x, w, 0.0), plain)
    differ(answer(x + 1, w, 0.0), plain)


@norm.claim("a vector does not know what stands beside it")
def _(answer):
    x, w = torch.randn(3, 4, 5), torch.rand(5) + 1
    alone = answer(x[1, 2], w, 1e-6)
    agree(answer(x, w, 1e-6)[1, 2], alone)
    differ(answer(x, w, 1e-6)[0, 2], alone)
    differ(alone, x[1, 2])


norm.slip(
    "wide.square().mean(", "(wide - wide.mean(dim=-1, keepdim=True)).square().mean(",
    name="mean_subtracted_inside",
    seen="Move all numbers of a vector by 3. Should the result change?",
    why="The root is that of the variance here, which takes the mean away first. RMS is the root of "
    "the mean of the squares as they are.",
)  # fmt: skip
norm.slip(
    ".square().mean(", ".square().sum(", name="sum_not_mean",
    seen="The wider the vector, the smaller the result. A mean or a sum?",
    why="The squares are added and not averaged: these are vectors of length 1. RMS divides by D "
    "first.",
)  # fmt: skip
norm.slip(
    "(wide.square().mean(dim=-1, keepdim=True) + eps).sqrt()",
    "wide.square().mean(dim=-1, keepdim=True).sqrt() + eps", name="eps_outside",
    seen="With larger numbers it is right. Is eps added before the root or after it?",
    why="Here eps is added to the root. The formula adds it to the mean of the squares.",
)  # fmt: skip
norm.slip(
    "w * (wide", "(1 + w) * (wide", name="one_plus_w",
    seen="All is too large by the normalised vector itself. What is multiplied?",
    why="This multiplies by 1 + w, as Gemma does, whose w starts at 0. Llama's w starts at 1 and is "
    "the factor itself.", convention=True,
)  # fmt: skip
norm.slip(
    "wide = x.to(torch.promote_types(x.dtype, torch.float32))", "wide = x", name="no_fp32",
    seen="In float32 it is right. What is the square of 300 in float16, which ends at 65,504?",
    why="The squares are taken in 16 bits here. In float16 they soon have no place, in bfloat16 they "
    "keep eight bits. Take x to float32 first, and back at the end.",
)  # fmt: skip
norm.slip(
    "w * (wide / size).to(x.dtype)", "(w * (wide / size)).to(x.dtype)", name="rounded_last",
    seen="In float32 it is right. In which dtype does w meet the vector?",
    why="The product with w is rounded to 16 bits here, as in T5 and Gemma. Llama's vector goes back "
    "to its own dtype first, and w multiplies what was rounded.", convention=True,
)  # fmt: skip
norm.slip(
    "w * (wide / size).to(x.dtype)", "(wide / size).to(x.dtype)", name="no_w",
    seen="What is w for?",
    why="The vectors are normalised and no more. Each number is then multiplied by its w.",
)  # fmt: skip


@norm.misconception(
    seen="Is the mean taken away?",
    why="These are the numbers of a layer norm without its beta: the mean is taken away. RMSNorm "
    "leaves it, which saves a pass and works as well.",
)
def mean_subtracted(x, w, eps=1e-6):
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    away = wide - wide.mean(-1, keepdim=True)
    return w * (away / (away.square().mean(-1, keepdim=True) + eps).sqrt()).to(x.dtype)


@norm.alternative
def by_rsqrt(x, w, eps=1e-6):
    half = x.dtype in (torch.float16, torch.bfloat16)
    wide = x.float() if half else x
    power = torch.linalg.vector_norm(wide, dim=-1, keepdim=True) ** 2 / x.shape[-1]
    return (wide * torch.rsqrt(power + eps)).to(x.dtype) * w
