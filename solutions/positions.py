"""Where a token is, in five ways, and a block of Llama that uses the last of them.

Owns: what is added to vectors or to scores, and what queries and keys are turned by.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from solutions.decoders import rms_norm, swiglu_ffn


def sinusoidal_positions(T: int, D: int) -> Float[Tensor, "T D"]:
    """A vector for each of T positions, made of waves: sines and cosines of D / 2 speeds.

    Columns 2i and 2i + 1 hold the sine and the cosine of position / 10000 ** (2i / D), for i from 0.
    Positions count from 0. D is even. The numbers are float32.

    Source: Vaswani et al. 2017, section 3.5.
    """
    speeds = 10_000 ** (-torch.arange(0, D, 2) / D)  # D / 2
    angles = torch.arange(T)[:, None] * speeds  # T D / 2
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def relative_bucket(
    rel: Int[Tensor, "Tq Tk"], bidirectional: bool, n_buckets: int, max_distance: int
) -> Int[Tensor, "Tq Tk"]:
    """The number of the bucket of each distance, near ones one by one and far ones together.

    `rel` is the position of the key minus that of the query. If `bidirectional`, half of the buckets
    are for keys before the query or at it, and the other half, whose numbers come after them, for
    keys after it. Otherwise all are for keys before or at it, and a key after the query counts as
    being at it. Of the buckets of one direction, say n, the first n // 2 hold one distance each,
    from 0. A larger distance d goes into n // 2 + floor(ln(d / (n // 2)) / ln(max_distance /
    (n // 2)) * (n - n // 2)), at most n - 1.

    Source: Raffel et al. 2020, section 2.1; `T5Attention._relative_position_bucket`.
    """
    offset = torch.zeros_like(rel)
    if bidirectional:
        n_buckets //= 2
        offset = (rel > 0) * n_buckets
        distance = rel.abs()
    else:
        distance = (-rel).clamp(min=0)
    exact = n_buckets // 2
    far = (distance.clamp(min=1) / exact).log() / math.log(max_distance / exact)
    far = (exact + far * (n_buckets - exact)).long().clamp(max=n_buckets - 1)
    return offset + torch.where(distance < exact, distance, far)


def apply_rope(
    x: Float[Tensor, "B H T Dh"], pos: Int[Tensor, "B T"], theta: float = 10_000.0
) -> Float[Tensor, "B H T Dh"]:
    """Queries or keys, turned by where their tokens are.

    Number i of the first half of a vector and number i of the second half are the two coordinates
    of a point, for i from 0 to Dh / 2 - 1. At position p the point is turned by the angle
    p * theta ** (-2i / Dh), counter-clockwise: (a, b) becomes (a cos - b sin, a sin + b cos). `pos`
    holds the position of each token of each row, which need not begin at 0; all heads share it.

    Source: Su et al. 2021, section 3.2.2, with the pairs of `LlamaAttention`.
    """
    half = x.shape[-1] // 2
    speeds = theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = (pos[:, None, :, None] * speeds).to(x.dtype)  # B 1 T Dh / 2
    a, b = x.split(half, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def axial_positions(E1: Float[Tensor, "N A"], E2: Float[Tensor, "M B"]) -> Float[Tensor, "T D"]:
    """Vectors for T = N · M positions from two small tables: a row of each, side by side.

    Positions are written line by line into a grid of N lines with M places each. A position's
    vector is the row of E1 for its line, followed by the row of E2 for its place in the line, so
    that D = A + B.

    Source: Kitaev et al. 2020, the axial positions of the released Reformer.
    """
    lines = E1.repeat_interleave(len(E2), dim=0)
    places = E2.repeat(len(E1), 1)
    return torch.cat([lines, places], dim=1)


def llama_block(
    x: Float[Tensor, "B T D"],
    state_dict: dict[str, Tensor],
    H: int,
    K: int,
    pos: Int[Tensor, "B T"],
) -> Float[Tensor, "B T D"]:
    """One block of Llama: causal attention with turned queries and keys, then a gated network.

    `state_dict` holds the weights under the names of `transformers`: `input_layernorm.weight`,
    `self_attn.q_proj.weight` (D, D), `self_attn.k_proj.weight` and `self_attn.v_proj.weight`
    (K · Dh, D), `self_attn.o_proj.weight` (D, D), `post_attention_layernorm.weight`,
    `mlp.gate_proj.weight` and `mlp.up_proj.weight` (F, D), `mlp.down_proj.weight` (D, F). They are
    stored as (out, in) and have no biases. Of the H query heads, Dh = D / H numbers wide, each run
    of H / K neighbours shares one head of keys and values. Queries and keys are turned by `pos`
    with theta = 10,000. A norm comes before each of the two parts, with eps = 1e-6, and each part
    is added to what it was before that norm. A token sees itself and those before it in its row,
    whatever `pos` says.

    Source: Touvron et al. 2023, section 2.2; grouped heads: Ainslie et al. 2023, section 2.2.
    """
    B, T, D = x.shape

    def heads(x, name, count):
        flat = x @ state_dict[f"self_attn.{name}.weight"].T
        return flat.view(B, T, count, D // H).transpose(1, 2)  # B count T Dh

    half = D // H // 2
    angles = pos[:, None, :, None] * 10_000 ** (-torch.arange(half) / half)  # B 1 T Dh / 2
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)

    def turn(x):  # what apply_rope does
        a, b = x.split(half, dim=-1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)

    read = rms_norm(x, state_dict["input_layernorm.weight"])
    q, k = turn(heads(read, "q_proj", H)), turn(heads(read, "k_proj", K))
    k, v = (each.repeat_interleave(H // K, dim=1) for each in (k, heads(read, "v_proj", K)))
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + mixed.transpose(1, 2).reshape(B, T, D) @ state_dict["self_attn.o_proj.weight"].T
    read = rms_norm(x, state_dict["post_attention_layernorm.weight"])
    gate, up, down = (state_dict[f"mlp.{name}_proj.weight"] for name in ("gate", "up", "down"))
    return x + swiglu_ffn(read, gate, up, down)
