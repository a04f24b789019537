"""Checks of chapters/2_transformers/04_encoder_decoders.md, one module an exercise.

Owns: texts from which spans are hidden.
"""

import torch


def some_ids(g, length: int, *, low: int = 10, high: int = 90) -> list[int]:
    return torch.randint(low, high, (length,), generator=g).tolist()
