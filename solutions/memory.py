"""What a training keeps in memory, and how several chips share its work.

Owns: counting bytes, and one step or one layer on ranks that are played one after the other. Ignores
how ranks send each other numbers.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def training_memory(
    N: int, scheme: str, batch: int, T: int, D: int, L: int, H: int, recompute: bool
) -> dict[str, int]:
    """The bytes that a training step with AdamW keeps, by what they are for, and their total.

    The keys are "parameters", "gradients", "optimizer", "activations" and "total", and each value
    is an int: work with whole numbers and without a division. Any size may be 0. The model has N
    parameters. In the scheme "fp32" every number has 4 bytes, and AdamW keeps two for each
    parameter. In the scheme "mixed" parameters, gradients and the numbers among the activations
    have 2 bytes. The optimizer's two stay at 4 bytes, and beside them it keeps each parameter once
    more, in 4 bytes.

    `batch` texts of T tokens go through L layers of width D with H heads. Each layer keeps for the
    backward pass 16 vectors of D numbers for every token, and two tables of T by T numbers for every
    head of every text. Beside these it keeps masks of dropout, with one byte an entry in both
    schemes: two vectors of D entries for every token, and one table of T by T entries for every head
    of every text. With `recompute` a layer keeps nothing but its input, one vector for every token.
    What is made again from it is left out, as is all that is not in a layer.

    Source: Rajbhandari et al. 2020, section 3.1; Korthikanti et al. 2023, section 4.1.
    """
    number, optimizer = {"fp32": (4, 8), "mixed": (2, 12)}[scheme]
    numbers, masks = 16 * D + 2 * H * T, 2 * D + H * T  # of one token in one layer
    if recompute:
        numbers, masks = D, 0
    bytes = {
        "parameters": number * N,
        "gradients": number * N,
        "optimizer": optimizer * N,
        "activations": batch * T * L * (number * numbers + masks),
    }
    return bytes | {"total": sum(bytes.values())}


def data_parallel_step(model: Callable, shards: list[tuple[Tensor, Tensor]]) -> list[Tensor]:
    """The gradients that every rank has after one data parallel step: those of the whole batch.

    Each rank holds the same model, and a shard of the batch: a pair x (B, I) and y (B,) with B
    examples, and B may differ from rank to rank. `model(x, y)` gives two things: the mean loss over
    the examples it gets, and a list with the gradients of this mean, a tensor for each weight. Call
    it with the shards as they are, neither joined nor cut: ranks send each other what they have
    computed, and not examples. The list is a new one at each call. Its tensors are the rank's own,
    so make new ones, and do not change them in place. The gradients that are returned
    are those of the mean loss over all examples of all ranks. A shard may be empty, B = 0, where
    there are more ranks than examples. The mean over nothing is NaN, but its gradients are zeros.
    At least one shard has examples.

    Source: Li et al. 2020, section 2.2, with ranks weighed by their examples.
    """
    examples = sum(len(x) for x, _ in shards)
    sent = [[len(x) * g for g in model(x, y)[1]] for x, y in shards]
    return [sum(each) / examples for each in zip(*sent, strict=True)]


def tensor_parallel_linear(
    x: Float[Tensor, "*B I"],
    shards: list[Tensor],
    bias: Float[Tensor, "O"],
    split: str,
) -> Float[Tensor, "*B O"]:
    """x W^T + bias, where each rank holds a piece of W (O, I).

    `shards` has the piece of each rank, in order, and at least one. If `split` is "column", the
    outputs are divided: a piece is some rows of W and has I columns. (The name is from the paper,
    where a matrix has its outputs in columns.) Each rank reads all of x and gives its own outputs,
    with their biases. If `split` is "row", the inputs are divided: a piece is some columns of W and
    has O rows. Each rank reads the numbers of x that belong to its columns, and what the ranks give
    is added up. Pieces need not be equally large, but none is empty. x may have no rows.

    Source: Shoeybi et al. 2019, section 3.
    """
    if split == "column":
        biases = bias.split([len(W) for W in shards])
        return torch.cat([x @ W.T + b for W, b in zip(shards, biases, strict=True)], dim=-1)
    inputs = x.split([W.shape[1] for W in shards], dim=-1)
    return sum(part @ W.T for part, W in zip(inputs, shards, strict=True)) + bias


def zero_shard_bytes(N: int, stage: int, ranks: int) -> int:
    """The bytes of parameters, gradients and optimizer on one rank of data parallel training by ZeRO.

    The model has N parameters and trains with AdamW in mixed precision: 2 bytes for each parameter
    and 2 for its gradient, and 12 for what the optimizer keeps of it. In stage 0 each rank keeps
    all of that. Stage 1 divides what the optimizer keeps among the ranks, stage 2 also the
    gradients, and stage 3 also the parameters. Parameters are not cut: each has all the bytes that
    are divided of it on one rank. If N cannot be divided evenly, the last ranks have fewer
    parameters, and the first has N / ranks, rounded up. What is counted is the first rank.
    Activations are left out.

    Source: Rajbhandari et al. 2020, section 5.
    """
    share = -(-N // ranks)  # rounded up
    parameters, gradients, optimizer = (share if stage >= first else N for first in (3, 2, 1))
    return 2 * parameters + 2 * gradients + 12 * optimizer
