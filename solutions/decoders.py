"""A decoder from its block up: GPT-2's, and what Llama changed in it.

Owns: forward passes with given weights, what they hold, and the loss. Ignores caches and dropout.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from solutions.the_block import gelu, layer_norm


def gpt2_block(
    x: Float[Tensor, "B T D"], state_dict: dict[str, Tensor], H: int
) -> Float[Tensor, "B T D"]:
    """One block of GPT-2: causal attention with H heads, then a network, each added to its input.

    `state_dict` holds the weights under the names of `transformers`: `ln_1`, `attn.c_attn`,
    `attn.c_proj`, `ln_2`, `mlp.c_fc`, `mlp.c_proj`, each with a `.weight` and a `.bias`. The four
    matrices are those of a `Conv1D`, stored as (in, out), so that they multiply from the right:
    x @ weight + bias. `attn.c_attn` gives queries, keys and values side by side, each D wide. A
    head works with D / H neighbouring numbers of each; what the heads give is put side by side
    again. A norm comes before each part, with eps = 1e-5, and the network has a GELU in its tanh
    form.

    Source: Radford et al. 2019, section 2.3; the names are those of `GPT2Block`.
    """

    def part(x, name):
        return x @ state_dict[f"{name}.weight"] + state_dict[f"{name}.bias"]

    def norm(x, name):
        return layer_norm(x, state_dict[f"{name}.weight"], state_dict[f"{name}.bias"])

    B, T, D = x.shape
    qkv = part(norm(x, "ln_1"), "attn.c_attn").split(D, dim=-1)
    q, k, v = (each.view(B, T, H, D // H).transpose(1, 2) for each in qkv)  # B T D -> B H T Dh
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + part(mixed.transpose(1, 2).reshape(B, T, D), "attn.c_proj")
    inner = gelu(part(norm(x, "ln_2"), "mlp.c_fc"), approximate="tanh")
    return x + part(inner, "mlp.c_proj")


def lm_logits(
    h: Float[Tensor, "B T D"],
    gamma: Float[Tensor, "D"],
    beta: Float[Tensor, "D"],
    W_emb: Float[Tensor, "V D"],
) -> Float[Tensor, "B T V"]:
    """A score for every token at every position, from what the last block gives.

    A last layer norm with eps = 1e-5, then the dot product with every row of the embedding table:
    the table that turned ids into vectors turns vectors into scores.

    Source: Radford et al. 2018, equation 2; the last norm: Radford et al. 2019, section 2.3.
    """
    return layer_norm(h, gamma, beta) @ W_emb.T


def causal_lm_loss(logits: Float[Tensor, "B T V"], labels: Int[Tensor, "B T"]) -> Float[Tensor, ""]:
    """How surprised a decoder is by the next token, in nats, on average.

    The logits at position t are about the token at t + 1: the first label is nobody's answer, and
    the last logits are about nothing. A label of -100 is left out of the mean. `labels` are the ids
    themselves, not shifted yet. There is at least one label that counts.

    Source: Radford et al. 2018, equation 1; -100 is the convention of torch.
    """
    guessed = logits[:, :-1].flatten(0, 1)  # B T V -> N V
    return F.cross_entropy(guessed, labels[:, 1:].flatten(), ignore_index=-100)


def count_parameters(config: dict[str, int]) -> dict[str, int]:
    """How many numbers a GPT-2 holds, by what they are for.

    `config` has `vocab_size`, `n_positions`, `n_embd` (D), `n_layer` and `n_inner`, the width inside
    a block's network. Every matrix of a block has a bias, and a norm has two numbers for each of its
    D. The result has the keys `tokens` (the table of embeddings, which serves as the output layer,
    too), `positions`, `attention` (of all layers: queries, keys, values and the projection back),
    `network` (of all layers), `norms` (two in each layer and one at the end), and `total`.

    Source: Radford et al. 2019, table 2, and the shapes of `GPT2LMHeadModel`.
    """
    D, layers, inner = config["n_embd"], config["n_layer"], config["n_inner"]
    counts = {
        "tokens": config["vocab_size"] * D,
        "positions": config["n_positions"] * D,
        "attention": layers * (D * 3 * D + 3 * D + D * D + D),
        "network": layers * (D * inner + inner + inner * D + D),
        "norms": (2 * layers + 1) * 2 * D,
    }
    return counts | {"total": sum(counts.values())}


def rms_norm(
    x: Float[Tensor, "*B D"], w: Float[Tensor, "D"], eps: float = 1e-6
) -> Float[Tensor, "*B D"]:
    """Each vector of x divided by the root of the mean of its squares, times w.

    `eps` is added to the mean of the squares. The squares, the root and the division are done in
    float32 where x has 16 bits. The quotient is taken back to the dtype of x, and only then
    multiplied by w, which may have another dtype.

    Source: Zhang and Sennrich 2019, equation 4; the order of roundings is that of `LlamaRMSNorm`.
    """
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    size = (wide.square().mean(dim=-1, keepdim=True) + eps).sqrt()
    return w * (wide / size).to(x.dtype)


def swiglu_ffn(
    x: Float[Tensor, "*B D"],
    Wg: Float[Tensor, "F D"],
    Wu: Float[Tensor, "F D"],
    Wd: Float[Tensor, "D F"],
) -> Float[Tensor, "*B D"]:
    """Llama's network for each position: Wd (silu(Wg x) · Wu x), number by number in the middle.

    silu(a) is a times sigmoid(a). There are no biases. The matrices are written as in the formula,
    which takes a vector as a column.

    Source: Shazeer 2020, equation 6.
    """
    return (F.silu(x @ Wg.T) * (x @ Wu.T)) @ Wd.T
