"""Checks and misconceptions for `gelu`."""

import math

import torch

from autograder.exercise import Exercise, agree, differ


def numbers(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "numbers are positive": (draw(4).abs() + 0.1, "none"),
        "numbers are negative": (-draw(4).abs() - 0.1, "none"),
        "numbers are drawn": (2 * draw(3, 5), "none"),
        "the tanh form is asked for": (2 * draw(4), "tanh"),
        "the tanh form is asked for of a batch": (3 * draw(2, 3, 4), "tanh"),
        "another word comes": (draw(3), "erf"),
    }


curve = Exercise(
    "the_block.gelu",
    title="GELU", points=1, difficulty=1, minutes=10, examples=numbers,
    forbid=("gelu", "GELU"),
)  # fmt: skip


@curve.oracle("torch.nn.functional.gelu")
def _(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate={approximate!r}: give 'none' or 'tanh'")
    return torch.nn.functional.gelu(x, approximate=approximate)


@curve.claim("a 0 stays 0, a large number stays as it is, and a large negative one becomes 0")
def _(answer):
    for form in ("none", "tanh"):
        agree(answer(torch.tensor([0.0, 9.0, -9.0]), form), torch.tensor([0.0, 9.0, 0.0]))
        differ(answer(torch.tensor([1.0]), form), torch.tensor([1.0]))


@curve.claim("what is taken from x is taken from -x, too")
def _(answer):
    x = torch.randn(20) * 2
    for form in ("none", "tanh"):
        agree(answer(x, form) - answer(-x, form), x)
        assert (answer(x, form) < x.clamp(min=0) + 1e-6).all()
        differ(answer(x, form), x.clamp(min=0))


curve.slip(
    "torch.erf(x / math.sqrt(2))", "torch.erf(x)", name="no_root_of_two",
    seen="How much of a standard normal lies below 1: 84 % or 92 %?",
    why="These are the numbers of erf(x). erf measures a normal with half the variance; "
    "Φ(x) is (1 + erf(x / √2)) / 2.",
)  # fmt: skip
curve.slip(
    "0.044715 * x**3", "0.044715 * x", name="no_cube",
    seen="Near 0 the tanh form is nearly right. What grows when x does?",
    why="These are the numbers of 0.044715 x without the cube. The third power bends the curve for "
    "larger x.",
)  # fmt: skip
curve.slip(
    "math.sqrt(2 / math.pi)", "(2 / math.pi)", name="no_root_of_pi",
    seen="Is it 2 / π or its root?",
    why="These are the numbers with 2 / π. The slope of Φ at 0 is 1 / √(2π), and that asks for the "
    "root √(2 / π).",
)  # fmt: skip


@curve.misconception(
    seen="Is the form that was asked for the one that came?",
    why="These are the numbers of the exact form whatever `approximate` says. The two differ by a "
    "few ten-thousandths, which is enough for another token somewhere.",
)
def always_exact(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x * (1 + torch.erf(x / 2**0.5)) / 2


@curve.misconception(
    seen="Is the form that was asked for the one that came?",
    why='These are the numbers of the tanh form whatever `approximate` says. "none" asks for erf.',
)
def always_tanh(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


@curve.misconception(
    seen="What becomes of a small negative number?",
    why="These are the numbers of ReLU, which is 0 for everything negative. GELU lets a little of "
    "them through: x times the share of a normal below x.",
)
def relu(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x.clamp(min=0)


@curve.misconception(
    seen="This is a smooth gate. Which one is asked for?",
    why="These are the numbers of x · sigmoid(1.702 x), a cheaper form from the same paper that some "
    "models use, CLIP among them. Asked is the share of a normal.",
    convention=True,
)
def sigmoid_1702(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x * torch.sigmoid(1.702 * x)


@curve.misconception(
    seen="This is a smooth gate. Which one is asked for?",
    why="These are the numbers of x · sigmoid(x), which is called SiLU or Swish and is the gate of "
    "Llama. Asked is the share of a normal below x.",
    convention=True,
)
def silu(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x * torch.sigmoid(x)


@curve.misconception(
    seen="Should a large number stay or vanish?",
    why="These are the numbers of the share *above* x. GELU takes the share below x, which is nearly "
    "all for a large x.",
)
def cdf_of_minus_x(x, approximate):
    if approximate not in ("none", "tanh"):
        raise ValueError("which form?")
    return x * (1 - torch.erf(x / 2**0.5)) / 2


@curve.misconception(
    seen="What becomes of a word that is neither of the two?",
    why="Any other word gets the tanh form here. The statement asks for a ValueError, so that a "
    "misspelt word does not go unnoticed.",
)
def any_other_word(x, approximate):
    if approximate == "none":
        return x * (1 + torch.erf(x / 2**0.5)) / 2
    return x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


@curve.alternative
def by_the_normal(x, approximate):
    if approximate == "none":
        return x * torch.special.ndtr(x)
    if approximate == "tanh":
        return x * torch.sigmoid(2 * math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x * x))
    raise ValueError(approximate)
