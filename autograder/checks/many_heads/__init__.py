"""Checks of chapters/3_attention/03_many_heads.md, one module an exercise.

Owns: attention written out in small steps, of which misconceptions change one.
"""


def split(x, H):
    B, T, D = x.shape
    return x.reshape(B, T, H, D // H).transpose(1, 2)


def merge(x):
    B, H, T, Dh = x.shape
    return x.transpose(1, 2).reshape(B, T, H * Dh)


def shares(q, k, mask=None, width=None):
    """What each query takes from each key; scores are divided by the root of `width`."""
    scores = q @ k.transpose(-2, -1) / (width or q.shape[-1]) ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1)
