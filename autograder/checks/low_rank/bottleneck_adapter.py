"""Checks and misconceptions for `bottleneck_adapter`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def weights(D, R):
        return draw(R, D), draw(R), draw(D, R), draw(D)

    return {
        "there is one vector": (draw(3), *weights(3, 2)),
        "there are two vectors": (draw(2, 4), *weights(4, 3)),
        "there is a batch of sequences": (draw(2, 3, 5), *weights(5, 2)),
        "the middle is one number": (draw(4, 3), *weights(3, 1)),
        "the middle is as wide as the model": (draw(2, 4), *weights(4, 4)),
        "the vectors are large": (40 * draw(2, 6), *weights(6, 3)),
    }


adapter = Exercise(
    "low_rank.bottleneck_adapter", optional=True,
    title="A small network in between",
    points=1, difficulty=1, minutes=10, examples=vectors,
)  # fmt: skip
adapter.leave_out("one D", "the weights say how wide a vector is")


def drawn(D=6, R=3):
    return torch.randn(R, D), torch.randn(R), torch.randn(D, R), torch.randn(D)


@adapter.claim("where the way back up is zero, h comes out as it came in")
def _(answer):
    h, (Wd, bd, Wu, bu) = torch.randn(5, 6), drawn()
    agree(answer(h, Wd, bd, torch.zeros_like(Wu), torch.zeros_like(bu)), h)
    differ(answer(h, Wd, bd, Wu, bu), h)


@adapter.claim("where all numbers in the middle are below 0, only the last bias is added")
def _(answer):
    h, (Wd, _, Wu, bu) = torch.randn(5, 6), drawn()
    agree(answer(h, Wd, torch.full((3,), -90.0), Wu, bu), h + bu)


@adapter.claim("where all numbers in the middle are above 0, they go on as they are")
def _(answer):
    h, (Wd, _, Wu, bu) = torch.randn(5, 6), drawn()
    agree(answer(h, Wd, torch.full((3,), 90.0), Wu, bu), h + (h @ Wd.T + 90) @ Wu.T + bu)


adapter.slip(
    "h + F.relu", "F.relu", name="no_residual",
    seen="If Wu and bu were zero, what should come out?",
    why="What comes out is what the small network gives, and h has gone. It is added to h, so that an "
    "adapter of zeros changes nothing.",
)  # fmt: skip
adapter.slip(
    "F.relu(h @ Wd.T + bd)", "(h @ Wd.T + bd)", name="no_nonlinearity",
    seen="What happens in the middle to a number below 0?",
    why="There is no bend in the middle here. Two matrices in a row are one matrix, of low rank: this "
    "is nearly LoRA. An adapter bends in between.",
)  # fmt: skip
adapter.slip(
    "F.relu(h @ Wd.T + bd)", "F.gelu(h @ Wd.T + bd)", name="gelu",
    seen="Nearly right. Which bend makes negative numbers exactly 0?",
    why="These are the numbers of a GELU. The task has ReLU, which makes negative ones 0.",
    convention=True,
)  # fmt: skip
adapter.slip(
    "h + F.relu(h @ Wd.T + bd)", "h + F.relu(F.layer_norm(h, h.shape[-1:]) @ Wd.T + bd)",
    name="before_norm",
    seen="What does the small network read: h, or h after a norm?",
    why="The small network reads h after a layer norm here. It reads h as it is.",
)  # fmt: skip
adapter.slip(
    "return h + F.relu(h @ Wd.T + bd) @ Wu.T + bu",
    "return h + F.relu(F.relu(h @ Wd.T + bd) @ Wu.T + bu)", name="bend_at_the_end",
    seen="May an adapter take something away from h?",
    why="There is a second bend after the way up, so that nothing can be taken away from h. The bend "
    "is in the middle only.",
)  # fmt: skip
adapter.slip(
    "return h + F.relu(h @ Wd.T + bd) @ Wu.T + bu",
    "return h + F.relu((h @ Wd.T + bd) @ Wu.T + bu)", name="bend_after_the_way_up",
    seen="Where is the bend: among the R numbers in the middle, or among the D that come out?",
    why="The bend comes after the way up here. It is in the middle, between the two matrices: without "
    "it there they are one matrix.",
)  # fmt: skip
adapter.slip(
    "@ Wu.T + bu", "@ Wu.T", name="no_last_bias",
    seen="All vectors are off by the same numbers. What else does the way up add?",
    why="The bias bu is missing here. It is added after the way up.",
)  # fmt: skip
adapter.slip(
    "h @ Wd.T + bd", "h @ Wd.T", name="no_first_bias",
    seen="Where bd is small it is nearly right. When is bd added?",
    why="The bias bd is missing here. It is added before the bend.",
)  # fmt: skip


@adapter.alternative
def with_linear(h, Wd, bd, Wu, bu):
    middle = F.linear(h, Wd, bd).clamp(min=0)
    return F.linear(middle, Wu, bu) + h
