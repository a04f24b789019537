"""Checks and misconceptions for `swiglu_ffn`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def weights(width, inner):
        return draw(inner, width), draw(inner, width), draw(width, inner)

    return {
        "there is one vector": (draw(3), *weights(3, 5)),
        "there are two vectors": (draw(2, 5), *weights(5, 7)),
        "there is a batch": (draw(2, 3, 4), *weights(4, 6)),
        "the middle is narrower": (draw(3, 6), *weights(6, 2)),
        "the middle is as wide as the model": (draw(2, 4, 5), *weights(5, 5)),
    }


ffn = Exercise(
    "decoders.swiglu_ffn",
    title="Llama's network", needs=("gelu",),
    points=1, difficulty=1, minutes=8, examples=vectors,
)  # fmt: skip
ffn.leave_out("one D", "the weights say how wide a vector is")


@ffn.oracle("transformers.LlamaMLP")
def _(x, Wg, Wu, Wd):
    from types import SimpleNamespace

    from transformers.models.llama.modeling_llama import LlamaMLP

    inner, width = Wg.shape
    config = SimpleNamespace(
        hidden_size=width, intermediate_size=inner, mlp_bias=False, hidden_act="silu"
    )
    theirs = LlamaMLP(config)
    given = {"gate_proj.weight": Wg, "up_proj.weight": Wu, "down_proj.weight": Wd}
    return torch.func.functional_call(theirs.to(x.dtype), given, (x,))


def drawn(width=5, inner=7):
    return torch.randn(inner, width), torch.randn(inner, width), torch.randn(width, inner)


@ffn.claim("the part without a bend is linear: twice Wu gives twice the result")
def _(answer):
    x, (Wg, Wu, Wd) = torch.randn(3, 5), drawn()
    plain = answer(x, Wg, Wu, Wd)
    agree(answer(x, Wg, 2 * Wu, Wd), 2 * plain)
    differ(answer(x, 2 * Wg, Wu, Wd), 2 * plain)
    differ(plain[0], plain[1])


@ffn.claim("where the gate is far below zero nothing comes through")
def _(answer):
    x, (_, Wu, Wd) = torch.rand(2, 3, 5) + 1, drawn()
    agree(answer(x, torch.full((7, 5), -30.0), Wu, Wd), torch.zeros(2, 3, 5))
    differ(answer(x, torch.full((7, 5), 30.0), Wu, Wd), torch.zeros(2, 3, 5))


ffn.slip(
    "F.silu(x @ Wg.T) * (x @ Wu.T)", "(x @ Wg.T) * F.silu(x @ Wu.T)", name="activation_on_up",
    seen="Which of the two goes through the bend?",
    why="The bend is on Wu here. It is on Wg, the gate; Wu stays straight.",
)  # fmt: skip
ffn.slip(
    "F.silu(x @ Wg.T)", "torch.sigmoid(x @ Wg.T)", name="sigmoid_gate",
    seen="What is silu(3): nearly 1, or nearly 3?",
    why="These are the numbers of a sigmoid, which is GLU, the older form. silu(a) is a times "
    "sigmoid(a).", convention=True,
)  # fmt: skip
ffn.slip(
    "F.silu(x @ Wg.T)", "F.gelu(x @ Wg.T)", name="gelu",
    seen="The form is right, and the bend nearly. Which one?",
    why="These are the numbers of GEGLU, from the same paper, which Gemma uses. Llama has SiLU.",
    convention=True,
)  # fmt: skip
ffn.slip(
    "F.silu(x @ Wg.T) * (x @ Wu.T)", "F.silu(x @ Wg.T) + (x @ Wu.T)", name="add_gate",
    seen="Is the gate added or multiplied?",
    why="The two are added here. A gate multiplies: where it is 0, nothing comes through.",
)  # fmt: skip
ffn.slip(
    "F.silu(x @ Wg.T) * (x @ Wu.T)", "F.silu(x @ Wg.T)", name="no_up",
    seen="What is Wu for?",
    why="This is a network with one matrix inside. The gate is multiplied by a second one, Wu x.",
)  # fmt: skip


ffn.slip(
    "(F.silu(x @ Wg.T) * (x @ Wu.T)) @ Wd.T", "(F.silu(x @ Wg) * (x @ Wu)) @ Wd",
    name="conv1d",
    seen="Wg is F by D and makes F numbers of D. From which side does it meet a row of x?",
    why="These matrices are multiplied as GPT-2's are, which are stored as (in, out). Llama's are "
    "stored as (out, in): x @ W.T.", convention=True,
)  # fmt: skip
ffn.slip(
    "return (F", "return x + (F", name="input_added",
    seen="If Wd were zero, what should come out?",
    why="The input is added here. That is done by the block around this network, and only there.",
)  # fmt: skip


@ffn.alternative
def written_out(x, Wg, Wu, Wd):
    gate, up = F.linear(x, torch.cat([Wg, Wu])).chunk(2, -1)
    return F.linear(gate / (1 + torch.exp(-gate)) * up, Wd)
