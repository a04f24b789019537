"""Checks of chapters/2_transformers/03_decoders.md, one module an exercise.

Owns: weights of a block under the names of GPT-2.
"""

import torch

from autograder.checks import named_weights

SHAPES = {
    "ln_1.weight": "D", "ln_1.bias": "D",
    "attn.c_attn.weight": "D 3D", "attn.c_attn.bias": "3D",
    "attn.c_proj.weight": "D D", "attn.c_proj.bias": "D",
    "ln_2.weight": "D", "ln_2.bias": "D",
    "mlp.c_fc.weight": "D F", "mlp.c_fc.bias": "F",
    "mlp.c_proj.weight": "F D", "mlp.c_proj.bias": "D",
}  # fmt: skip


def block_weights(draw, width, inner):
    return named_weights(draw, SHAPES, {"D": width, "3D": 3 * width, "F": inner})


def silent(weights):
    """The same block, both parts of which give zeros."""
    changed = dict(weights)
    for name in ("attn.c_proj", "mlp.c_proj"):
        for kind in ("weight", "bias"):
            changed[f"{name}.{kind}"] = torch.zeros_like(weights[f"{name}.{kind}"])
    return changed
