"""Training that knows of the rounding.

Owns: the rounding that a weight goes through while it is trained, and its pretended slope. Ignores
how scales are chosen, and where whole numbers are stored.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def fake_quantize(
    W: Float[Tensor, "O I"], scale: Float[Tensor, "O 1"], qmin: int, qmax: int
) -> Float[Tensor, "O I"]:
    """Weights as they will be after quantization, with a gradient that leads past the rounding.

    Each row of W has a scale above 0, in the dtype of W. A weight divided by its scale is rounded to
    the nearest whole number, halves to the even one, as in `torch.round`. A whole number below `qmin`
    becomes `qmin`, and one above `qmax` becomes `qmax`. The result is the whole number times the scale,
    in the dtype of W.

    The gradient passes the rounding as if it were not there: what arrives at the result arrives
    unchanged at the weight, if the number that the weight was rounded to lies from `qmin` to `qmax`,
    these two included. A weight whose whole number had to be moved into the range gets the gradient 0.
    The scales are given; what gradient they get is left open. Write it without torch's own functions
    for fake quantization.

    Source: Jacob et al. 2018, section 3, with the straight-through estimator of Bengio et al. 2013.
    """
    steps = torch.round(W / scale)
    inside = (steps >= qmin) & (steps <= qmax)
    stored = (steps.clamp(qmin, qmax) * scale).detach()
    passed = W * inside
    return stored + (passed - passed.detach())
