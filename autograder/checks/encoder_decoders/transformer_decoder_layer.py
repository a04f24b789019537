"""Checks and misconceptions for `transformer_decoder_layer`."""

import torch
from torch.nn import functional as F

from autograder.checks import named_weights
from autograder.checks.the_block.transformer_encoder_layer import SHAPES as ENCODER_LAYER
from autograder.exercise import Exercise, agree, differ

SHAPES = ENCODER_LAYER | {
    "multihead_attn.in_proj_weight": "3D D", "multihead_attn.in_proj_bias": "3D",
    "multihead_attn.out_proj.weight": "D D", "multihead_attn.out_proj.bias": "D",
    "norm3.weight": "D", "norm3.bias": "D",
}  # fmt: skip


def params(draw, width, inner):
    return named_weights(draw, SHAPES, {"D": width, "3D": 3 * width, "F": inner})


def causal(T):
    return torch.ones(T, T, dtype=torch.bool).tril()


def there(*shape):
    return torch.ones(*shape, dtype=torch.bool)


def pairs(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    ends = torch.tensor([[True] * 5, [True, True, False, False, False]])
    begins = torch.tensor([[False, True, True], [True] * 3, [False, False, True]])
    window = causal(4) & ~causal(4).tril(-2)
    return {
        "one position looks at two": (
            draw(1, 1, 3), draw(1, 2, 3), params(draw, 3, 5), there(1, 1), there(1, 2),
        ),
        "three positions look at one": (
            draw(1, 3, 4), draw(1, 1, 4), params(draw, 4, 6), causal(3), there(1, 1),
        ),
        "the source is padded at the end": (
            draw(2, 3, 6), draw(2, 5, 6), params(draw, 6, 7), causal(3), ends,
        ),
        "the source is padded at the beginning": (
            draw(3, 2, 5), draw(3, 3, 5), params(draw, 5, 8), causal(2), begins,
        ),
        "positions see themselves and the one before": (
            draw(1, 4, 6), draw(1, 3, 6), params(draw, 6, 4), window, there(1, 3),
        ),
        "source and text are equally long": (
            draw(1, 3, 5), draw(1, 3, 5), params(draw, 5, 7), causal(3), there(1, 3),
        ),
        "the future may be seen": (
            draw(1, 3, 6), draw(1, 2, 6), params(draw, 6, 5), there(3, 3), there(1, 2),
        ),
    }  # fmt: skip


layer = Exercise(
    "encoder_decoders.transformer_decoder_layer", fast_track=True,
    title="A decoder layer that looks at a source", needs=("transformer_encoder_layer",),
    points=2, difficulty=2, minutes=15, examples=pairs, kind="order",
    extra=(
        "mem = norm(\"norm2\", mem)",
        "y = norm(\"norm2\", heard)",
        "heard = attend(\"multihead_attn\", mem, y, tgt_mask)",
    ),
    forbid=("TransformerDecoderLayer", "MultiheadAttention", "multi_head_attention_forward"),
)  # fmt: skip
layer.leave_out("one D", "the weights say how wide a vector is")


@layer.oracle("torch.nn.TransformerDecoderLayer")
def _(y, mem, params, tgt_mask, mem_mask):
    width, inner = y.shape[-1], len(params["linear1.weight"])
    theirs = torch.nn.TransformerDecoderLayer(
        width, 1, inner, dropout=0.0, activation="relu", batch_first=True
    ).to(y.dtype)  # fmt: skip
    hidden = {"tgt_mask": ~tgt_mask, "memory_key_padding_mask": ~mem_mask}
    return torch.func.functional_call(theirs, params, (y, mem), hidden)


def drawn(width=6, inner=9):
    return params(torch.randn, width, inner)


@layer.claim("no position learns anything from what is written after it")
def _(answer):
    y, mem, given = torch.randn(1, 4, 6) / 3, torch.randn(1, 3, 6), drawn()
    before = answer(y, mem, given, causal(4), there(1, 3))
    other = y.clone()
    other[0, 2] += torch.randn(6)
    after = answer(other, mem, given, causal(4), there(1, 3))
    agree(after[:, :2], before[:, :2])
    differ(after[:, 3], before[:, 3])


@layer.claim("even the first position sees the whole source, but for its padding")
def _(answer):
    y, mem, given = torch.randn(1, 3, 6) / 3, torch.randn(1, 4, 6) / 3, drawn()
    seen = torch.tensor([[True, True, True, False]])
    before = answer(y, mem, given, causal(3), seen)
    push = 2 * torch.randn(6)

    def pushed(place, by):
        other = mem.clone()
        other[0, place] += by
        return answer(y, other, given, causal(3), seen)

    agree(pushed(3, push), before)
    differ(torch.cat([pushed(2, push)[:, 0], pushed(2, -push)[:, 0]]),
           torch.cat([before[:, 0], before[:, 0]]))  # fmt: skip


@layer.claim("where all three parts give zeros, three norms are left of the input")
def _(answer):
    given, y = drawn(), torch.randn(2, 3, 6)
    for name in ("self_attn.out_proj", "multihead_attn.out_proj", "linear2"):
        for kind in ("weight", "bias"):
            given[f"{name}.{kind}"] = torch.zeros_like(given[f"{name}.{kind}"])
    left = y
    for n in (1, 2, 3):
        left = F.layer_norm(left, (6,), given[f"norm{n}.weight"], given[f"norm{n}.bias"])
    agree(answer(y, torch.randn(2, 4, 6), given, causal(3), there(2, 4)), left)


@layer.alternative
def written_out(y, mem, params, tgt_mask, mem_mask):
    p, D = params, y.shape[-1]
    outputs = []
    for row, source, seen in zip(y, mem, mem_mask, strict=True):
        for number, (name, others, mask) in enumerate(
            (("self_attn", None, tgt_mask), ("multihead_attn", source, seen[None])), 1
        ):
            others = row if others is None else others
            weight, bias = p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"]
            q = row @ weight[:D].T + bias[:D]
            k = others @ weight[D : 2 * D].T + bias[D : 2 * D]
            v = others @ weight[2 * D :].T + bias[2 * D :]
            scores = (q @ k.T / D**0.5).masked_fill(~mask, float("-inf"))
            mixed = scores.softmax(-1) @ v
            row = row + mixed @ p[f"{name}.out_proj.weight"].T + p[f"{name}.out_proj.bias"]
            row = F.layer_norm(row, (D,), p[f"norm{number}.weight"], p[f"norm{number}.bias"])
        inner = (row @ p["linear1.weight"].T + p["linear1.bias"]).clamp(min=0)
        row = row + inner @ p["linear2.weight"].T + p["linear2.bias"]
        outputs.append(F.layer_norm(row, (D,), p["norm3.weight"], p["norm3.bias"]))
    return torch.stack(outputs)
