"""Checks and misconceptions for `apply_rope`."""

import torch

from autograder.exercise import Exercise, agree, differ


def turned(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def places(*shape, up_to):
        return torch.randint(up_to, shape, generator=g)

    rows = torch.stack([torch.arange(5) + 100, torch.arange(5) + 7])
    return {
        "there is one token": (draw(1, 1, 1, 4), torch.tensor([[1]]), 10_000.0),
        "positions begin at 0": (draw(1, 2, 3, 4), torch.arange(3)[None], 10_000.0),
        "vectors have six numbers": (draw(1, 2, 4, 6), torch.arange(4)[None], 10_000.0),
        "positions begin elsewhere, and rows differ": (draw(2, 3, 5, 8), rows, 10_000.0),
        "positions are far": (draw(1, 2, 3, 6), places(1, 3, up_to=900) + 50, 10_000.0),
        "theta is another": (draw(2, 1, 4, 10), places(2, 4, up_to=30), 500.0),
        "no theta is given": (draw(2, 2, 3, 4), places(2, 3, up_to=40)),
    }


rope = Exercise(
    "positions.apply_rope", fast_track=True,
    title="Rotary positions",
    points=3, difficulty=2, minutes=25, examples=turned,
)  # fmt: skip
rope.leave_out("one Dh", "numbers are turned in pairs")


@rope.oracle("transformers LlamaRotaryEmbedding and apply_rotary_pos_emb")
def _(x, pos, theta=10_000.0):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

    width = x.shape[-1]
    config = LlamaConfig(hidden_size=width * 2, num_attention_heads=2, head_dim=width,
                         rope_parameters={"rope_type": "default", "rope_theta": theta})  # fmt: skip
    cos, sin = LlamaRotaryEmbedding(config)(x, pos)
    return apply_rotary_pos_emb(x, x, cos.to(x.dtype), sin.to(x.dtype))[0]


@rope.claim("a turn changes no length, and at position 0 nothing is turned")
def _(answer):
    x, pos = torch.randn(2, 3, 5, 8), torch.arange(5).expand(2, 5)
    done = answer(x, pos, 10_000.0)
    agree(done.norm(dim=-1), x.norm(dim=-1))
    agree(done[:, :, 0], x[:, :, 0])
    differ(done[:, :, 1], x[:, :, 1])


@rope.claim("a score depends on the distance alone: all positions moved by 50, it stays")
def _(answer):
    q, k = torch.randn(2, 1, 2, 6, 8)
    pos = torch.arange(6)[None]

    def scores(of_queries, of_keys):
        return answer(q, of_queries, 10_000.0) @ answer(k, of_keys, 10_000.0).transpose(-2, -1)

    plain = scores(pos, pos)
    agree(scores(pos + 50, pos + 50), plain)
    differ(scores(pos + 3, pos), plain)


@rope.claim("the fastest pair turns by one radian a step, counter-clockwise")
def _(answer):
    x = torch.zeros(1, 1, 1, 8)
    x[..., 0] = 1.0
    done = answer(x, torch.tensor([[2]]), 10_000.0)[0, 0, 0]
    agree(done[0], torch.tensor(2.0).cos())
    agree(done[4], torch.tensor(2.0).sin())


rope.slip(
    "[a * cos - b * sin, a * sin + b * cos]", "[a * cos + b * sin, b * cos - a * sin]",
    name="inverse",
    seen="Lengths hold, and scores of a distance do, too. Which way round does it turn?",
    why="These are turns in the opposite direction. (1, 0) goes to (cos, sin).",
)  # fmt: skip
rope.slip(
    "torch.arange(half, dtype=torch.float64) / half",
    "torch.arange(half, dtype=torch.float64) / (2 * half)", name="exponent_i",
    seen="The first pair is right. How slow is the last?",
    why="These are speeds theta ** (-i / Dh) with i counting pairs. The exponent is -2i / Dh, which "
    "runs from 0 nearly to -1.",
)  # fmt: skip
rope.slip(
    "pos[:, None, :, None]", "torch.arange(x.shape[2])[None, None, :, None]",
    name="arange_positions",
    seen="Where positions begin at 0 it is right. What is `pos` for?",
    why="Positions are counted from 0 here, whatever `pos` says. Then a token that is read with a "
    "cache, or behind padding, is turned as if it were the first.",
)  # fmt: skip
rope.slip(
    "pos[:, None, :, None] * speeds", "(pos[:, None, :, None] + 1) * speeds", name="position_from_1",
    seen="Is the first token turned?",
    why="Everything is turned by one step too far. Scores do not notice, as only distances count; "
    "stored keys would.",
)  # fmt: skip


@rope.misconception(
    seen="Lengths and distances are right. Which two numbers make a point?",
    why="Neighbours 2i and 2i + 1 are pairs here, as in the paper and in Meta's own code. In "
    "`transformers` number i of the first half is paired with number i of the second. Weights made "
    "for one do not fit the other, unless their rows are sorted anew.",
    convention=True,
)
def interleaved(x, pos, theta=10_000.0):
    width = x.shape[-1]
    speeds = theta ** (-torch.arange(0, width, 2) / width)
    angles = pos[:, None, :, None] * speeds
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


@rope.misconception(
    seen="One head is right. Should the second be turned otherwise?",
    why="The speeds are shared out over all heads here, as if the turning came before the split into "
    "heads. Each head has all speeds.",
)
def rope_over_D(x, pos, theta=10_000.0):
    B, H, T, width = x.shape
    flat = x.transpose(1, 2).reshape(B, T, H * width)
    half = H * width // 2
    angles = (pos[:, :, None] * theta ** (-torch.arange(half) / half)).to(x.dtype)
    a, b = flat.split(half, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    done = torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
    return done.view(B, T, H, width).transpose(1, 2)


@rope.misconception(
    seen="Does a turn keep the length of a vector?",
    why="Waves were added here, as sinusoidal positions are. Rotary positions multiply: they turn.",
)
def added(x, pos, theta=10_000.0):
    half = x.shape[-1] // 2
    angles = (pos[:, None, :, None] * theta ** (-torch.arange(half) / half)).to(x.dtype)
    return x + torch.cat([angles.sin(), angles.cos()], dim=-1)


@rope.alternative
def as_complex(x, pos, theta=10_000.0):
    half = x.shape[-1] // 2
    speeds = theta ** (-torch.arange(half, dtype=x.dtype) / half)
    angles = pos[:, None, :, None].to(x.dtype) * speeds
    point = torch.complex(x[..., :half].contiguous(), x[..., half:].contiguous())
    point = point * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([point.real, point.imag], dim=-1)
