"""From a draft to tokens: a small model proposes, and the large one accepts, refuses and goes on.

Owns: the choice in one step of speculative decoding. Ignores models, caches and where drafts come from.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def speculative_step(
    draft: Int[Tensor, "G"],
    q: Float[Tensor, "G V"],
    p: Float[Tensor, "G+1 V"],
    u: Float[Tensor, "G"],
    v: float,
) -> Int[Tensor, "N"]:
    """The ids, in int64, that one step writes: what is accepted of a draft, and one token more.

    Row i of `q` and of `p` holds the probabilities of the draft's i-th token, before it was drawn:
    those of the drafting model and those of the target. The last row of `p` follows the whole draft.
    A draft may be empty. `q` of a drafted token is above 0.

    From the first token on, a drafted token is accepted if its coin `u[i]` is below p / q of that
    token. The first that is refused ends the draft. In its place a token is drawn from what q
    lacks in this row: p - q where that is positive, divided by its sum. If none is refused,
    one more token is drawn from the last row of `p`.

    It is drawn with `v`, as in the chapter on sampling: in the order of ids, the first token whose
    summed probability exceeds `v` times the last sum. All coins, and `v`, are at least 0 and at most
    1 - 2**-24, the last float32 below 1.

    Source: Leviathan, Kalman and Matias 2023, algorithm 1.
    """
    places = torch.arange(len(draft))
    accepted = u * q[places, draft] < p[places, draft]
    n = int(accepted.long().cumprod(0).sum())  # those before the first refusal
    left = (p[n] - q[n]).clamp(min=0) if n < len(draft) else p[n]
    sums = left.cumsum(0)
    token = (sums <= v * sums[-1]).sum()
    return torch.cat([draft[:n], token[None]])
