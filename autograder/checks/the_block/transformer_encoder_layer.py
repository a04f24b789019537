"""Checks and misconceptions for `transformer_encoder_layer`."""

import torch
from torch.nn import functional as F

from autograder.checks import named_weights
from autograder.exercise import Exercise, agree, differ

SHAPES = {
    "self_attn.in_proj_weight": "3D D", "self_attn.in_proj_bias": "3D",
    "self_attn.out_proj.weight": "D D", "self_attn.out_proj.bias": "D",
    "linear1.weight": "F D", "linear1.bias": "F", "linear2.weight": "D F", "linear2.bias": "D",
    "norm1.weight": "D", "norm1.bias": "D", "norm2.weight": "D", "norm2.bias": "D",
}  # fmt: skip


def params(draw, width, inner):
    return named_weights(draw, SHAPES, {"D": width, "3D": 3 * width, "F": inner})


def sequences(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def there(*shape):
        return torch.ones(*shape, dtype=torch.bool)

    ends = torch.tensor([[True] * 4, [True, True, True, False]])
    begins = torch.tensor([[False, True, True], [True] * 3, [False, False, True]])
    return {
        "two tokens meet, norm first": (draw(1, 2, 3), params(draw, 3, 5), there(1, 2), True),
        "two tokens meet, norm last": (draw(1, 2, 3), params(draw, 3, 5), there(1, 2), False),
        "padding follows, norm first": (draw(2, 4, 6), params(draw, 6, 7), ends, True),
        "padding follows, norm last": (draw(2, 4, 6), params(draw, 6, 7), ends, False),
        "padding comes before": (draw(3, 3, 5), params(draw, 5, 8), begins, True),
        "the inner network is narrow": (draw(2, 5, 6), params(draw, 6, 4), there(2, 5), False),
    }


layer = Exercise(
    "the_block.transformer_encoder_layer", fast_track=True,
    title="An encoder layer", needs=("layer_norm", "gelu"),
    points=3, difficulty=3, minutes=30, examples=sequences,
    forbid=("TransformerEncoderLayer", "MultiheadAttention", "multi_head_attention_forward"),
)  # fmt: skip


layer.leave_out("one D", "the weights say how wide a vector is")


@layer.oracle("torch.nn.TransformerEncoderLayer")
def _(x, params, pad_mask, norm_first):
    width, inner = x.shape[-1], len(params["linear1.weight"])
    theirs = torch.nn.TransformerEncoderLayer(
        width, 1, inner, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm_first,
    ).to(x.dtype).train()  # fmt: skip
    return torch.func.functional_call(theirs, params, (x,), {"src_key_padding_mask": ~pad_mask})


def drawn(width=6, inner=9):
    return params(torch.randn, width, inner)


@layer.claim("where both parts give zeros, what came in goes through beside them")
def _(answer):
    silent, x = drawn(), torch.randn(2, 3, 6)
    for name in ("self_attn.out_proj", "linear2"):
        silent[f"{name}.weight"], silent[f"{name}.bias"] = torch.zeros(6, 6), torch.zeros(6)
    silent["linear2.weight"] = torch.zeros(6, 9)
    mask = torch.ones(2, 3, dtype=torch.bool)
    agree(answer(x, silent, mask, True), x)
    once = F.layer_norm(x, (6,), silent["norm1.weight"], silent["norm1.bias"])
    twice = F.layer_norm(once, (6,), silent["norm2.weight"], silent["norm2.bias"])
    agree(answer(x, silent, mask, False), twice)


@layer.claim("padding has no influence on the tokens, and every token has, before and after")
def _(answer):
    x, given = torch.randn(1, 5, 6) / 3, drawn()
    mask = torch.tensor([[True, True, True, True, False]])
    for first in (True, False):
        before = answer(x, given, mask, first)
        other = x.clone()
        other[0, 4] += 1
        agree(answer(other, given, mask, first)[:, :4], before[:, :4])
        other = x.clone()
        other[0, 3] += torch.randn(6)
        differ(answer(other, given, mask, first)[:, 0], before[:, 0])


@layer.claim("tokens may come in any order: the layer does not know where one stands")
def _(answer):
    x, given, order = torch.randn(2, 4, 6), drawn(), torch.tensor([2, 0, 3, 1])
    mask = torch.ones(2, 4, dtype=torch.bool)
    for first in (True, False):
        straight = answer(x, given, mask, first)
        agree(answer(x[:, order], given, mask, first), straight[:, order])
        differ(straight[:, 0], straight[:, 1])
        differ(straight, x)


@layer.alternative
def written_out(x, params, pad_mask, norm_first):
    p = params
    outputs = []
    for sequence, there in zip(x, pad_mask, strict=True):
        for part in (1, 2):
            gamma, beta = p[f"norm{part}.weight"], p[f"norm{part}.bias"]
            read = F.layer_norm(sequence, gamma.shape, gamma, beta) if norm_first else sequence
            if part == 1:
                three = read @ p["self_attn.in_proj_weight"].T + p["self_attn.in_proj_bias"]
                q, k, v = three.split(x.shape[-1], dim=-1)
                scores = (q @ k.T / x.shape[-1] ** 0.5).masked_fill(~there, float("-inf"))
                added = scores.softmax(-1) @ v @ p["self_attn.out_proj.weight"].T
                added = added + p["self_attn.out_proj.bias"]
            else:
                inner = F.gelu(read @ p["linear1.weight"].T + p["linear1.bias"])
                added = inner @ p["linear2.weight"].T + p["linear2.bias"]
            sequence = sequence + added
            if not norm_first:
                sequence = F.layer_norm(sequence, gamma.shape, gamma, beta)
        outputs.append(sequence)
    return torch.stack(outputs)
