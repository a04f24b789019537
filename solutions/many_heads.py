"""Several attentions side by side: heads, another sequence to read from, and shared keys.

Owns: linear maps written as in `torch.nn.Linear`, x @ W.T + b. Ignores dropout and caches.
"""

from jaxtyping import Bool, Float
from torch import Tensor

from solutions.self_attention import causal_mask, scaled_dot_product_attention


def split_heads(x: Float[Tensor, "B T D"], H: int) -> Float[Tensor, "B H T Dh"]:
    """The vector of every position, dealt out to H heads: Dh = D / H numbers for each.

    The first head gets the first Dh numbers, the second head the next Dh, and so on. The heads
    become the second axis, so that all of them can be attended to at once. H divides D.

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    return x.unflatten(-1, (H, -1)).transpose(1, 2)  # B T D -> B T H Dh -> B H T Dh


def merge_heads(x: Float[Tensor, "B H T Dh"]) -> Float[Tensor, "B T D"]:
    """What H heads found at every position, laid side by side: D = H * Dh numbers.

    The numbers of the first head come first. It undoes `split_heads`.

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    return x.transpose(1, 2).flatten(2)  # B H T Dh -> B T H Dh -> B T D


def multi_head_self_attention(
    x: Float[Tensor, "B T D"],
    Wqkv: Float[Tensor, "3*D D"],
    bqkv: Float[Tensor, "3*D"],
    Wo: Float[Tensor, "D D"],
    bo: Float[Tensor, "D"],
    H: int,
    mask: Bool[Tensor, "*M T T"],
) -> Float[Tensor, "B T D"]:
    """H attentions at once, each in its own Dh = D / H numbers, and a last map that mixes them.

    x @ Wqkv.T + bqkv gives 3 D numbers for each position: D for its query, then D for its key,
    then D for its value. Head number h gets the h-th Dh of each. What the heads find is laid side
    by side and goes through Wo and bo in the same way. `mask` is True where a query (row) may
    attend to a key (column); its leading axes, if it has any, are of size 1, or those of the batch
    and of the heads. Each query may attend to some key. H divides D.

    Source: Vaswani et al. 2017, section 3.2.2; the order of the 3 D numbers is that of GPT-2.
    """
    q, k, v = (
        part.unflatten(-1, (H, -1)).transpose(1, 2)  # B T D -> B H T Dh
        for part in (x @ Wqkv.T + bqkv).chunk(3, dim=-1)
    )
    found = scaled_dot_product_attention(q, k, v, mask)
    return found.transpose(1, 2).flatten(2) @ Wo.T + bo  # B H T Dh -> B T D


def cross_attention(
    x: Float[Tensor, "B T D"],
    mem: Float[Tensor, "B S D"],
    weights: dict[str, Tensor | int],
    mem_mask: Bool[Tensor, "B S"],
) -> Float[Tensor, "B T D"]:
    """What each of T positions takes from S positions of another sequence, its memory.

    Queries are made of `x`, keys and values of `mem`. `weights` holds the matrices Wq, Wk, Wv
    and Wo, D by D, their biases bq, bk, bv and bo, and under "H" the number of heads, which divides
    D; a map is written x @ W.T + b. Heads are split, and what they find is merged and sent
    through Wo and bo, as in self-attention. `mem_mask` is True at real positions of the memory and
    False at padding, which nobody may look at. Each memory has at least one real position.

    Source: Vaswani et al. 2017, section 3.2.3.
    """

    def made(of, name):
        y = of @ weights["W" + name].T + weights["b" + name]
        return y.unflatten(-1, (weights["H"], -1)).transpose(1, 2)  # B T D -> B H T Dh

    q, k, v = made(x, "q"), made(mem, "k"), made(mem, "v")
    mask = mem_mask[:, None, None].expand(-1, -1, x.shape[1], -1)  # B S -> B 1 T S
    found = scaled_dot_product_attention(q, k, v, mask)
    merged = found.transpose(1, 2).flatten(2)  # B H T Dh -> B T D
    return merged @ weights["Wo"].T + weights["bo"]


def grouped_query_attention(
    q: Float[Tensor, "B H T Dh"], k: Float[Tensor, "B K T Dh"], v: Float[Tensor, "B K T Dh"]
) -> Float[Tensor, "B H T Dh"]:
    """Causal attention in which H heads with queries share K heads with keys and values.

    H / K neighbouring query heads share one: with H = 6 and K = 2, the query heads 0, 1 and 2 use
    keys and values 0, and the query heads 3, 4 and 5 use keys and values 1. K divides H. A position
    may attend to itself and to those before it.

    Source: Ainslie et al. 2023, section 2.2; Shazeer 2019 for K = 1.
    """
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for each in (k, v))
    return scaled_dot_product_attention(q, k, v, causal_mask(q.shape[2], k.shape[2]))
