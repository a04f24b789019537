"""One training run: a progress bar, a state that a stopped run goes on from, a fixed schedule.

Owns optimizers, schedule and state. What is trained, and on what, is a `Recipe`.
"""

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from byhand.loading import preparation

EVERY = 120  # seconds between two states
INSIDE = re.compile(r"\.(?:h|layers?)\.\d(?!.*_bias)")  # parameters of the layers; no biases
# without the instructions for it, products in bfloat16 take three times as long as in float32
HALVED = bool(torch.cpu.get_capabilities().get("avx512_bf16"))


@dataclass(frozen=True)
class Recipe:
    """What a checkpoint is made of.

    tokenizer and model build both; `batches` goes on from a place, () being the start, and gives the
    place after each batch: a tuple of numbers. `loss` is the mean over the targets of a batch.
    tokens: in a batch, at most. restarts: steps at which the learning rate starts anew (warm
    restarts: Loshchilov and Hutter 2017, arXiv 1608.03983), and what part of it. renewals: steps
    before which a model's queries and keys start anew.
    """

    name: str
    tokenizer: Callable[[], object]
    model: Callable[[object], nn.Module]
    batches: Callable[[object, tuple], Iterator[tuple[dict, tuple]]]
    loss: Callable[[nn.Module, dict], Tensor]
    steps: int
    learning_rate: float = 6e-3
    warmup: int = 100
    tokens: int = 8192
    restarts: dict[int, float] = field(default_factory=dict)
    renewals: tuple[int, ...] = ()


def attention_in_float32(module, query, key, value, attention_mask, **kwargs):
    """On a CPU, the backward pass of fused attention takes three times as long in bfloat16."""
    with torch.autocast(query.device.type, enabled=False):
        mask = attention_mask
        if mask is not None and mask.dtype != torch.bool:
            mask = mask.float()
        query, key, value = query.float(), key.float(), value.float()
        return sdpa_attention_forward(module, query, key, value, mask, **kwargs)


AttentionInterface.register("float32", attention_in_float32)
AttentionMaskInterface.register("float32", sdpa_mask)


def optimizers(model: nn.Module, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for embeddings, heads, norms and biases."""
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        inside = parameter.ndim == 2 and INSIDE.search(name)
        (matrices if inside else others).append(parameter)
    return [
        torch.optim.Muon(
            matrices, lr=learning_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


@torch.no_grad()
def renew(model: nn.Module, opts: list[torch.optim.Optimizer]) -> None:
    """Queries and keys start anew: small, so that every position is looked at alike.

    What a trained attention is sure of it hardly unlearns, and something else to look for is not
    found. From the start, it is found within 800 steps.
    """
    for name, parameter in model.named_parameters():
        if ".query." in name or ".key." in name:
            parameter.normal_(0, 0.02) if parameter.ndim == 2 else parameter.zero_()
            for optimizer in opts:
                optimizer.state.pop(parameter, None)


def share(step: int, recipe: Recipe) -> float:
    """The part of the full learning rate: up over `warmup` steps, then straight down to 0."""
    legs = {0: 1.0} | recipe.restarts
    edges = [*legs, recipe.steps]
    start, end = edges[bisect(edges, step) - 1 :][:2]
    up, down = (step - start + 1) / recipe.warmup, (end - step) / (end - start - recipe.warmup)
    return legs[start] * min(up, down)


def train(recipe: Recipe, state: Path, *, quiet: bool = False) -> tuple:
    """Trains a recipe to its end: (model in float32, its tokenizer, what the run took).

    state: a file that is written every two minutes and at Ctrl-C; if it is there, the run goes on
    from it, with the same batches that it would have had. Beside it lies a folder with the vocabulary.
    """
    torch.manual_seed(0)
    vocabulary = state.with_suffix("")  # kept: where counts tie, WordPiece's trainer throws dice
    if state.exists() and vocabulary.is_dir():
        tokenizer = preparation(str(vocabulary))
        for local in ("is_local", "local_files_only"):  # how it was loaded, not what it is
            getattr(tokenizer, "init_kwargs", {}).pop(local, None)
    else:
        tokenizer = recipe.tokenizer()
        tokenizer.save_pretrained(vocabulary)
    model = recipe.model(tokenizer).train()
    model.config._attn_implementation = "float32"
    opts = optimizers(model, recipe.learning_rate)
    step, place, losses, spent = 0, (), [], 0.0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        for optimizer, kept in zip(opts, saved["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        step, place, losses = saved["step"], tuple(saved["place"]), saved["losses"]
        spent = saved["seconds"]
        torch.set_rng_state(saved["random"])
    spent -= monotonic()

    def save():
        state.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "model": model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in opts],
            "step": step, "place": tuple(place), "losses": losses,
            "random": torch.get_rng_state(), "seconds": spent + monotonic(),
        }  # fmt: skip
        torch.save(kept, state.with_suffix(".part"))
        state.with_suffix(".part").replace(state)

    bar = tqdm(total=recipe.steps, initial=step, desc=recipe.name, unit="step", disable=quiet,
               mininterval=1, smoothing=0.02)  # fmt: skip
    written, source = monotonic(), recipe.batches(tokenizer, place)
    try:
        while step < recipe.steps:
            batch, after = next(source)
            if step in recipe.renewals:
                renew(model, opts)
            for optimizer in opts:
                for group in optimizer.param_groups:
                    group.setdefault("full", group["lr"])
                    group["lr"] = group["full"] * share(step, recipe)
            with torch.autocast("cpu", torch.bfloat16, enabled=HALVED):
                loss = recipe.loss(model, batch)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in opts:
                optimizer.step()
                optimizer.zero_grad()
            step, place = step + 1, after
            losses.append(loss.item())
            bar.update()
            recent = losses[-50:]
            bar.set_postfix(loss=f"{sum(recent) / len(recent):.4f}", refresh=False)
            if monotonic() - written > EVERY:
                save()
                written = monotonic()
    finally:
        save()
        bar.close()
    training = {
        "steps": recipe.steps,
        "tokens": recipe.tokens,
        "minutes": round((spent + monotonic()) / 60),
    }
    return model.float().eval(), tokenizer, training


def next_token_loss(model: nn.Module, batch: dict) -> Tensor:
    """Mean cross-entropy of every token after the first, in nats; -100 is not counted."""
    logits = model(input_ids=batch["input_ids"], use_cache=False).logits
    return F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), batch["labels"][:, 1:].flatten())
