"""A small model with random weights, and its short training: for blocks that a reader has built.

Owns the names and sizes of its weights and the pace of its steps. Ignores what the model reads, what
it is asked and what its loss is.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

EVERY = 20  # steps, after which the loss is told


def fresh(seed: int, I: int, T: int, answers: int, D: int = 32) -> dict[str, Tensor]:
    """Random weights of two blocks for T words made of I numbers each, and so many answers."""
    g = torch.Generator().manual_seed(seed)
    sizes = {"W": (D, I), "head": (answers, D)}
    for n in (0, 1):
        sizes |= {
            f"{n}.self_attn.in_proj_weight": (3 * D, D),
            f"{n}.self_attn.out_proj.weight": (D, D),
            f"{n}.linear1.weight": (4 * D, D),
            f"{n}.linear2.weight": (D, 4 * D),
        }
    made = {name: torch.randn(size, generator=g) / size[1] ** 0.5 for name, size in sizes.items()}
    biases = {
        name.replace("weight", "bias"): torch.zeros(len(w))
        for name, w in made.items()
        if "weight" in name
    }
    for n in (0, 1):
        for norm in ("norm1", "norm2"):
            biases |= {f"{n}.{norm}.weight": torch.ones(D), f"{n}.{norm}.bias": torch.zeros(D)}
    biases |= {"b": torch.zeros(D), "cls": torch.zeros(D), "pos": torch.randn(T, D, generator=g)}
    return {name: w.requires_grad_() for name, w in (made | biases).items()}


def trained(
    weights: dict[str, Tensor], loss_at: Callable[[int], Tensor], steps: int
) -> Iterator[tuple[int, float]]:
    """Trains the weights in place, and gives the number and the loss of every twentieth step."""
    optimizer = torch.optim.AdamW(weights.values(), weight_decay=0.01)
    for step in range(steps):
        pace = min(1, (step + 1) / 40) * (1 - step / steps)
        optimizer.param_groups[0]["lr"] = 5e-3 * pace
        loss = loss_at(step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimizer.step()
        if (step + 1) % EVERY == 0:
            yield step, loss.item()
