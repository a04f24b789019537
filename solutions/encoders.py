"""How an encoder learns to read, and how it is asked what it has learned.

Owns: what is hidden from it, and the score of a text. Random numbers are arguments.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def mlm_mask(
    ids: Int[Tensor, "B T"],
    special: Bool[Tensor, "B T"],
    u: Float[Tensor, "3 B T"],
    rand_ids: Int[Tensor, "B T"],
    p: float,
    mask_id: int,
    V: int,
) -> tuple[Int[Tensor, "B T"], Int[Tensor, "B T"]]:
    """A batch with gaps for BERT to fill, and the answers, as a tuple: (inputs, labels).

    Three dice in `u`, numbers from 0 up to 1, decide about each token. It is chosen if `u[0]` is
    below `p`, unless `special` is True there, as at marks and padding. A chosen token becomes
    `mask_id` if `u[1]` is below 0.8. Otherwise the token becomes a random one where `u[2]` is below
    0.5, and else it stays as it is. The random token is the remainder of `rand_ids` when it is
    divided by `V`, the size of the vocabulary; `rand_ids` holds large numbers.

    `inputs` is what the model reads. `labels` is the original token at every chosen place and -100 at
    all others.

    Source: Devlin et al. 2019, section 3.1 and appendix A.1.
    """
    chosen = (u[0] < p) & ~special
    masked = chosen & (u[1] < 0.8)
    swapped = chosen & ~masked & (u[2] < 0.5)
    inputs = ids.masked_fill(masked, mask_id)
    inputs = torch.where(swapped, rand_ids % V, inputs)
    return inputs, ids.masked_fill(~chosen, -100)


def nsp_pair(
    docs: list[list[str]], i: int, j: int, u: tuple[float, float, float]
) -> tuple[str, str, int]:
    """A pair of sentences, and whether the second is foreign, as a tuple: (a, b, label).

    `docs` holds documents, each a list of its sentences. `a` is sentence `j` of document `i`. Three
    numbers from 0 up to 1 decide about `b`. If `u[0]` is below 0.5, `b` is the sentence that follows
    `a`, and the label is 0. Else the label is 1, and `b` comes from one of the other documents:
    `u[1]` picks it among these, in their order, and `u[2]` picks the sentence in it. A number `x`
    from 0 up to 1 picks entry `int(x * n)` of `n`. A document that says the same as document `i` is
    another document, and a sentence of it is foreign, whatever it says. The label is an int.

    Raises ValueError where sentence `j` is the last of its document, whatever `u` is. There are at
    least two documents, and none is empty; `i` and `j` count from 0.

    Source: Devlin et al. 2019, section 3.1; the label is that of transformers.
    """
    if j == len(docs[i]) - 1:
        raise ValueError(f"sentence {j} of document {i} is the last: nothing follows it")
    a = docs[i][j]
    if u[0] < 0.5:
        return a, docs[i][j + 1], 0
    others = docs[:i] + docs[i + 1 :]
    other = others[int(u[1] * len(others))]
    return a, other[int(u[2] * len(other))], 1


def permutation_mask(order: Int[Tensor, "T"]) -> Float[Tensor, "T T"]:
    """Which positions are hidden from which, if they are predicted in this order.

    `order` holds every position once: the first to be predicted, the second, and so on. Entry
    (q, k) of the result, in float32, is 1 where position q may *not* look at position k, and 0 where
    it may. A position may look at those that were predicted before it, and not at itself.

    Source: Yang et al. 2019, section 2.2; `perm_mask` of transformers.
    """
    turn = order.argsort()  # turn[q]: when position q is predicted
    return (turn[:, None] <= turn[None, :]).float()


def pseudo_log_likelihood(
    mlm: Callable[[Tensor, Tensor], Tensor], ids: Int[Tensor, "T"], special: Bool[Tensor, "T"]
) -> float:
    """How well a masked language model can guess each token of a text from all others, in nats.

    For each token that is not `special`, that token alone is hidden, and the model gives it a
    probability. The result is the sum of the logarithms of these probabilities, 0.0 where all
    tokens are special. A probability may be too small for a float, but its logarithm is not.

    `mlm(ids, hidden)` reads a batch: `ids` and `hidden` have the shape (B, T), and where `hidden` is
    True the model sees [MASK]. It returns logits of the shape (B, T, V), which may be large. B may be 0.

    Source: Salazar et al. 2020, section 2.
    """
    hidden = torch.eye(len(ids), dtype=torch.bool)  # row t hides position t
    logits = mlm(ids.expand(len(ids), -1), hidden)  # T T V
    at_gap = logits.log_softmax(-1).diagonal().mT  # T V: row t at position t
    found = at_gap.gather(1, ids[:, None])[:, 0]
    return found[~special].sum().item()
