"""Networks of which each token uses a few: who is chosen, what comes out, how even the work is.

Owns: the router, the layer, the loss that balances it, and what a whole model holds. Ignores how
experts are spread over several chips, and what is dropped where one of these is full.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def route_tokens(
    h: Float[Tensor, "N D"], Wg: Float[Tensor, "E D"], k: int
) -> tuple[Float[Tensor, "N E"], Float[Tensor, "N Ek"], Int[Tensor, "N Ek"]]:
    """For each of N tokens: the scores of all E experts, the k best experts, and their weights.

    A token's vector is a row of `h`. The score of an expert is the dot product of that vector with
    the expert's row of `Wg`. A softmax over all experts makes probabilities of the scores. The k
    largest are kept and divided by their sum, so that the weights of a token add up to 1. Returns
    `logits`, the scores before the softmax, then `weights`, and `idx`, the numbers of the experts
    from 0 (int64). Weights and numbers of a token are in the same order, the largest weight first.
    k is at least 1 and at most E. (`Ek` in the shapes is k.) All is computed in the dtype of `h`.

    Source: Jiang et al. 2024, section 2.1; the steps are those of `MixtralTopKRouter`.
    """
    logits = h @ Wg.T  # N D -> N E
    kept, idx = logits.softmax(dim=1).topk(k)
    return logits, kept / kept.sum(dim=1, keepdim=True), idx


def moe_layer(
    x: Float[Tensor, "B T D"],
    router: Callable[[Tensor], tuple[Tensor, Tensor, Tensor]],
    experts: list[Callable[[Tensor], Tensor]],
) -> Float[Tensor, "B T D"]:
    """A layer of experts: each token goes through those that the router chose for it.

    `router` takes vectors, a row each (N, D), and returns three tables as `route_tokens` does:
    `logits` (N, E), `weights` and `idx` (both (N, k)). It knows its own matrix and k. It is called
    once, with all tokens of the batch, text after text. Weights and numbers are used as they come:
    other routers choose in another way, and their weights need not add up to 1. `experts` has E
    functions, each of which takes rows (M, D) and returns as many of the same width. What comes out
    for a token is the sum of what its k experts return for it, each times its weight. An expert is
    given the rows of its own tokens and no others, in one call. One to which no token goes need not
    be called. Gradients flow to the weights, and to what the experts return.

    Source: Jiang et al. 2024, section 2.1; the loop over experts is that of `MixtralExperts`.
    """
    flat = x.flatten(0, 1)  # B T D -> N D
    _, weights, idx = router(flat)
    out = torch.zeros_like(flat)
    for number, expert in enumerate(experts):
        token, slot = torch.where(idx == number)
        if len(token):
            out = out.index_add(0, token, weights[token, slot, None] * expert(flat[token]))
    return out.view_as(x)


def load_balancing_loss(
    router_logits: Float[Tensor, "N E"], k: int, mask: Bool[Tensor, "N"]
) -> Float[Tensor, ""]:
    """How unevenly a router spreads its tokens: k if all experts get the same, and up to E.

    `router_logits` has the scores of all E experts for N tokens, as `route_tokens` returns them.
    Each token goes to the k experts with the highest scores, of equal ones to those that `topk`
    takes. Only tokens with True in `mask` are counted, and there is at least one. Let f be, for
    each expert, the tokens that go to it divided by the tokens that are counted: the f of all
    experts add up to k. Let p be, for each expert, the mean over the tokens of its probability,
    from a softmax over all experts. The result is E times the sum over the experts of f times p.
    Gradients flow through p. f is a count and has none.

    Source: Fedus et al. 2022, equations 4 to 6, with k experts as in `load_balancing_loss_func`.
    """
    probs = router_logits[mask].softmax(dim=1)
    chosen = torch.zeros_like(probs).scatter(1, probs.topk(k).indices, 1.0)
    return probs.shape[1] * (chosen.mean(dim=0) * probs.mean(dim=0)).sum()


def moe_parameters(config: dict[str, int]) -> tuple[int, int]:
    """How many numbers a Mixtral holds, and how many of these one token uses.

    `config` has `vocab_size`, `hidden_size` (D), `intermediate_size` (F), `num_hidden_layers`,
    `num_attention_heads`, `num_key_value_heads`, `num_local_experts` and `num_experts_per_tok`. D
    is a multiple of the heads, and the quotient is the width of a head. There are no biases. The
    tables of tokens at the input and at the output are two tables. A layer has attention (queries
    and the projection back are D wide, keys and values as wide as `num_key_value_heads` heads
    together), a router, the experts with three matrices each between D and F, and two norms with D
    numbers each. One more norm comes at the end. Returns (total, active). A token uses everything
    but the experts that were not chosen for it: both tables, too, and the whole router.

    Source: Jiang et al. 2024, table 1, and the shapes of `MixtralForCausalLM`.
    """
    D, experts = config["hidden_size"], config["num_local_experts"]
    narrow = D // config["num_attention_heads"] * config["num_key_value_heads"]
    expert = 3 * D * config["intermediate_size"]
    shared = D * (D + narrow + narrow + D) + experts * D + 2 * D
    outside = 2 * config["vocab_size"] * D + D

    def with_experts(count):
        return outside + config["num_hidden_layers"] * (shared + count * expert)

    return with_experts(experts), with_experts(config["num_experts_per_tok"])
