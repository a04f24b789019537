"""Few numbers that change a model: low-rank updates, soft prompts and adapters.

Owns: what is added to a frozen model, and what it costs. Ignores how it is trained.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F


class LoRALinear(nn.Module):
    """A linear layer that stays as it is, with a narrow trained path beside it.

    W (O, I) and b (O,) are the layer. They are kept as buffers of these names: not trained, and saved
    with the module. The only parameters are A (r, I) and B (O, r), in the dtype of W. A begins with
    random numbers between -10 and 10 that are not 0, B with zeros. The output is x W^T + b plus
    (alpha / r) times what x becomes after A and then B. While the module is in training mode, each
    number of x on its way into the path is dropped independently of the others, with probability
    `dropout`, as torch's dropout does it. Nothing else is dropped.

    Source: Hu et al. 2022, section 4.1.
    """

    def __init__(
        self, W: Float[Tensor, "O I"], b: Float[Tensor, "O"], r: int, alpha: float, dropout: float
    ):
        super().__init__()
        self.register_buffer("W", W.detach())
        self.register_buffer("b", b.detach())
        self.A = nn.Parameter(torch.randn(r, W.shape[1], dtype=W.dtype) / W.shape[1] ** 0.5)
        self.B = nn.Parameter(torch.zeros(W.shape[0], r, dtype=W.dtype))
        self.scale, self.dropout = alpha / r, dropout

    def forward(self, x: Float[Tensor, "*B I"]) -> Float[Tensor, "*B O"]:
        read = F.dropout(x, self.dropout, self.training)
        return x @ self.W.T + self.b + self.scale * (read @ self.A.T @ self.B.T)


def merge_lora(
    W: Float[Tensor, "O I"], A: Float[Tensor, "R I"], B: Float[Tensor, "O R"], alpha: float
) -> Float[Tensor, "O I"]:
    """The one matrix that does what W and its low-rank update do together.

    The update is (alpha / R) times the product of B and A.

    Source: Hu et al. 2022, section 4.1.
    """
    return W + alpha / A.shape[0] * (B @ A)


def lora_parameters(shapes: list, r: int) -> int:
    """How many numbers are trained if each of these matrices gets a low-rank update of rank r.

    `shapes` has a pair (O, I) for each matrix: the numbers that come out of it and that go in. Each
    matrix gets an A and a B of its own, and nothing else is trained. An empty list has 0.

    Source: Hu et al. 2022, section 4.1.
    """
    return sum(r * I + O * r for O, I in shapes)


def prepend_soft_prompt(
    emb: Float[Tensor, "B T D"],
    P: Float[Tensor, "N D"],
    mask: Int[Tensor, "B T"],
    labels: Int[Tensor, "B T"],
) -> tuple[Float[Tensor, "B N+T D"], Int[Tensor, "B N+T"], Int[Tensor, "B N+T"]]:
    """Embeddings, mask and labels of a batch, with the same N trained vectors before each text.

    `emb` are the vectors of the texts' tokens, and P the trained vectors. `mask` is 1 at a token and 0
    at padding. Every trained vector may be attended to. `labels` are -100 where nothing is to be
    predicted, and nothing is to be predicted at the trained vectors. They come before the padding if a
    text has padding on its left. What the mask and the labels say of the text stays as it is, at
    padding, too, and both keep their dtype.

    Source: Lester, Al-Rfou and Constant 2021, section 2.
    """
    size = (emb.shape[0], P.shape[0])
    return (
        torch.cat([P.expand(*size, -1), emb], dim=1),
        torch.cat([mask.new_ones(size), mask], dim=1),
        torch.cat([labels.new_full(size, -100), labels], dim=1),
    )


def bottleneck_adapter(
    h: Float[Tensor, "*B D"],
    Wd: Float[Tensor, "R D"],
    bd: Float[Tensor, "R"],
    Wu: Float[Tensor, "D R"],
    bu: Float[Tensor, "D"],
) -> Float[Tensor, "*B D"]:
    """Vectors h, and what a small network with R numbers inside adds to them.

    The network takes h down to R numbers with the matrix Wd and the bias bd, makes negative ones 0, and
    goes back up to D numbers with Wu and bu. Matrices are stored as (out, in).

    Source: Houlsby et al. 2019, section 2.1, with the bend of ReLU.
    """
    return h + F.relu(h @ Wd.T + bd) @ Wu.T + bu
