"""The parts of a Transformer block, and a block made of them.

Owns: one head of attention, taken from torch as a closed box. Ignores dropout and training.
"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F


def attention_scores(
    X: Float[Tensor, "T D"], i: int
) -> tuple[Float[Tensor, "T"], Float[Tensor, "T"], Float[Tensor, "D"]]:
    """What row i of X takes from all rows, as a tuple: (scores, weights, context).

    The scores are the dot products of row i with every row, itself included, as they come. The
    weights are their softmax. The context is the sum of all rows, each times its weight.

    Source: Vaswani et al. 2017, section 3.2.1, without the scale and the projections.
    """
    scores = X @ X[i]
    weights = scores.softmax(dim=0)
    return scores, weights, weights @ X


def layer_norm(
    x: Float[Tensor, "*B D"],
    gamma: Float[Tensor, "D"],
    beta: Float[Tensor, "D"],
    eps: float = 1e-5,
) -> Float[Tensor, "*B D"]:
    """Each vector of x with mean 0 and variance 1, times gamma, plus beta.

    `*B` is any number of leading axes, or none. Mean and variance are those of the D numbers of
    one vector; the variance is the mean of the squared distances from the mean. `eps` is added to
    the variance before the root is taken.

    Source: Ba et al. 2016, equations 3 and 4.
    """
    away = x - x.mean(dim=-1, keepdim=True)
    variance = away.square().mean(dim=-1, keepdim=True)
    return gamma * away / (variance + eps).sqrt() + beta


def gelu(x: Float[Tensor, "*B"], approximate: str = "none") -> Float[Tensor, "*B"]:
    """Each number times the share of a standard normal that lies below it: x · Φ(x).

    Φ(x) is (1 + erf(x / √2)) / 2. With `approximate="tanh"`, as in GPT-2, Φ(x) is taken to be
    (1 + tanh(√(2 / π) · (x + 0.044715 x³))) / 2. Raises ValueError for any other word than
    "none" and "tanh".

    Source: Hendrycks and Gimpel 2016, section 2.
    """
    if approximate == "none":
        return x * (1 + torch.erf(x / math.sqrt(2))) / 2
    if approximate == "tanh":
        return x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2
    raise ValueError(f"approximate={approximate!r}: give 'none' or 'tanh'")


def transformer_encoder_layer(
    x: Float[Tensor, "B S D"],
    params: dict[str, Tensor],
    pad_mask: Bool[Tensor, "B S"],
    norm_first: bool,
) -> Float[Tensor, "B S D"]:
    """One layer of an encoder: attention, then a network for each position, each added to its input.

    `params` holds the weights under the names that `torch.nn.TransformerEncoderLayer` gives them:
    `self_attn.in_proj_weight` (3D, D) with queries, keys and values one below the other,
    `self_attn.out_proj.weight` (D, D), `linear1.weight` (M, D), `linear2.weight` (D, M), `norm1` and
    `norm2`; each matrix has a bias beside it, such as `self_attn.in_proj_bias`. There is one head,
    and every token sees every token that is no padding: `pad_mask` is True at tokens and False at
    padding. The network between linear1 and linear2 has a GELU; the norms have eps = 1e-5.

    With `norm_first` a norm comes before each of the two parts and the sum is left as it is; without
    it the norm comes after the sum. What comes out at padding is computed like everything else.

    Source: Vaswani et al. 2017, section 3.1; norm first: Xiong et al. 2020, figure 1.
    """

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], params[f"{name}.weight"], params[f"{name}.bias"])

    def attend(x):
        projected = F.linear(
            x, params["self_attn.in_proj_weight"], params["self_attn.in_proj_bias"]
        )
        q, k, v = projected.chunk(3, dim=-1)  # B S 3D -> three times B S D
        mixed = F.scaled_dot_product_attention(q, k, v, pad_mask[:, None, :])
        return F.linear(
            mixed, params["self_attn.out_proj.weight"], params["self_attn.out_proj.bias"]
        )

    def think(x):
        inner = F.gelu(F.linear(x, params["linear1.weight"], params["linear1.bias"]))
        return F.linear(inner, params["linear2.weight"], params["linear2.bias"])

    if norm_first:
        x = x + attend(norm(x, "norm1"))
        return x + think(norm(x, "norm2"))
    x = norm(x + attend(x), "norm1")
    return norm(x + think(x), "norm2")


def load_checkpoint(
    model: dict[str, Tensor], state: dict[str, Tensor]
) -> tuple[list[str], list[str], list[str]]:
    """Fills a model with a checkpoint's numbers: the names (missing, unexpected, mismatched).

    `model` holds the tensors of an architecture by name, as `model.state_dict()` gives them, and
    `state` those of a checkpoint. Where a name is in both and the shapes agree, the numbers are
    copied *into* the model's tensor, whose dtype stays. Missing are names that only the model has,
    unexpected those that only the checkpoint has, mismatched those of both with another shape,
    whose tensors stay as they were. Each list is in the order of the mapping that it comes from;
    that of the mismatched is the model's.

    Source: `torch.nn.Module.load_state_dict` with `strict=False`, which raises an error where a
    shape differs.
    """
    missing = [name for name in model if name not in state]
    unexpected = [name for name in state if name not in model]
    mismatched = []
    for name, tensor in model.items():
        if name not in state:
            continue
        if tensor.shape == state[name].shape:
            tensor.copy_(state[name])
        else:
            mismatched.append(name)
    return missing, unexpected, mismatched
