"""Checks of chapters/2_transformers/03_decoders.md, one module an exercise.

Owns: weights of a block under the names of GPT-2.
"""

import torch

SHAPES = {
    "ln_1.weight": "D", "ln_1.bias": "D",
    "attn.c_attn.weight": "D 3D", "attn.c_attn.bias": "3D",
    "attn.c_proj.weight": "D D", "attn.c_proj.bias": "D",
    "ln_2.weight": "D", "ln_2.bias": "D",
    "mlp.c_fc.weight": "D F", "mlp.c_fc.bias": "F",
    "mlp.c_proj.weight": "F D", "mlp.c_proj.bias": "D",
}  # fmt: skip


def block_weights(draw, width, inner):
    """draw: gives numbers of a shape, such as torch.randn."""
    sizes = {"D": width, "3D": 3 * width, "F": inner}
    made = {}
    for name, shape in SHAPES.items():
        made[name] = draw(*(sizes[axis] for axis in shape.split())) / 2
        if name.startswith("ln") and name.endswith("weight"):
            made[name] += 1
    return made


def silent(weights):
    """The same block, both parts of which give zeros."""
    changed = dict(weights)
    for name in ("attn.c_proj", "mlp.c_proj"):
        for kind in ("weight", "bias"):
            changed[f"{name}.{kind}"] = torch.zeros_like(weights[f"{name}.{kind}"])
    return changed
