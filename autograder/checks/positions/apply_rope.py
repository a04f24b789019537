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
        "two rows stand elsewhere": (
            draw(2, 1, 1, 4),
            places(2, 1, up_to=9) + rows[:, :1],
            10_000.0,
        ),
        "positions leave a gap": (draw(1, 1, 2, 4), torch.tensor([[2, 9]]), 10_000.0),
        "positions begin elsewhere, and rows differ": (draw(2, 3, 5, 8), rows, 10_000.0),
        "positions are far": (draw(1, 2, 3, 6), places(1, 3, up_to=900) + 50, 10_000.0),
        "theta is another": (draw(1, 2, 4, 10), places(1, 4, up_to=30), 500.0),
        "no theta is given": (draw(1, 2, 3, 4), places(1, 3, up_to=40)),
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
rope.slip(
    "pos[:, None, :, None]", "pos[:1, None, :, None]", name="first_row",
    seen="With one row it is right. Whose positions does the second row have?",
    why="The positions of the first row serve all rows here. Rows of a batch may begin elsewhere, or "
    "be padded: each has its own in `pos`.",
)  # fmt: skip
rope.slip(
    "pos[:, None, :, None] * speeds", "(pos - pos[:, :1])[:, None, :, None] * speeds",
    name="from_first",
    seen="Where positions begin at 0 it is right. Is the first token of a row always at 0?",
    why="The row's first position is taken away here. Distances in the row stay, and those to stored "
    "keys do not: a single new token would not be turned at all.",
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
    seen="Which speed does number 1 have, and which the number that it is paired with?",
    why="Numbers are paired across the halves here, and the speeds are dealt to neighbours. Two "
    "conventions are mixed: where halves are paired, the speeds come once for each half, one after "
    "the other.",
)
def mixed_conventions(x, pos, theta=10_000.0):
    half = x.shape[-1] // 2
    speeds = theta ** (-torch.arange(half) / half)
    angles = (pos[:, None, :, None] * speeds.repeat_interleave(2)).to(x.dtype)
    turned = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
    return x * angles.cos() + turned * angles.sin()


@rope.misconception(
    seen="The turn is right. Which places do the two coordinates go back to?",
    why="Neighbours are read as pairs here, and written as halves. A pair goes back to the two places "
    "that it came from, which in this exercise are i and i + Dh / 2.",
)
def read_as_neighbours(x, pos, theta=10_000.0):
    half = x.shape[-1] // 2
    angles = (pos[:, None, :, None] * theta ** (-torch.arange(half) / half)).to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


@rope.misconception(
    seen="The first half is right. What does the second line read, the old numbers or the new ones?",
    why="The first half has been written over before the second is computed from it. Both coordinates "
    "of a turned point come from the old ones.",
)
def overwritten(x, pos, theta=10_000.0):
    x, half = x.clone(), x.shape[-1] // 2
    angles = (pos[:, None, :, None] * theta ** (-torch.arange(half) / half)).to(x.dtype)
    cos, sin = angles.cos(), angles.sin()
    x[..., :half] = x[..., :half] * cos - x[..., half:] * sin
    x[..., half:] = x[..., :half] * sin + x[..., half:] * cos
    return x


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
