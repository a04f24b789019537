"""A small decoder, which a check lends to an answer that writes with it.

Owns a GPT-2 of one layer, written out, under the names that transformers gives to its weights.
Numbers are drawn by seed; nothing is trained, and so it writes without rhyme or reason, but
never the same for another place or another past.
"""

from functools import cache, partial

import torch
from torch.nn import functional as F

from autograder.exercise.lending import Exposed
from autograder.room.worker import Record

VOCABULARY, PLACES, WIDTH, INNER, HEADS = 13, 48, 12, 20, 2
HIDDEN = -1e9  # a score that nothing is left of: not minus infinity, since padding sees nobody


@cache
def weights(seed: int) -> dict[str, torch.Tensor]:
    """Those of a GPT-2 with one layer and an output table of its own."""
    g = torch.Generator().manual_seed(seed)
    found, layer = {}, "transformer.h.0."

    def linear(name, rows, columns):
        found[f"{name}.weight"] = 2 * torch.randn(rows, columns, generator=g) / rows**0.5
        found[f"{name}.bias"] = torch.randn(columns, generator=g) / 3

    def norm(name):
        found[f"{name}.weight"] = 1 + torch.randn(WIDTH, generator=g) / 5
        found[f"{name}.bias"] = torch.randn(WIDTH, generator=g) / 5

    found["transformer.wte.weight"] = 2 * torch.randn(VOCABULARY, WIDTH, generator=g)
    found["transformer.wpe.weight"] = torch.randn(PLACES, WIDTH, generator=g)
    for name in ("ln_1", "ln_2"):
        norm(layer + name)
    linear(f"{layer}attn.c_attn", WIDTH, 3 * WIDTH)
    linear(f"{layer}attn.c_proj", WIDTH, WIDTH)
    linear(f"{layer}mlp.c_fc", WIDTH, INNER)
    linear(f"{layer}mlp.c_proj", INNER, WIDTH)
    norm("transformer.ln_f")
    found["lm_head.weight"] = torch.randn(VOCABULARY, WIDTH, generator=g)
    return found


class Model:
    """GPT2LMHeadModel, written out, without a cache.

    calls: the arguments of each call, for a claim to look at.
    """

    def __init__(self, seed: int):
        self.weights, self.calls = weights(seed), []
        self.config = Record(seed=seed, vocab_size=VOCABULARY, n_positions=PLACES, n_embd=WIDTH)
        self.device, self.dtype, self.training = "cpu", torch.float32, False

    def eval(self):
        return self

    def __call__(self, *args, **told):
        return self.forward(*args, **told)

    def forward(
        self,
        input_ids,
        attention_mask=None,
        position_ids=None,
        *,
        use_cache=False,
        return_dict=True,
    ):
        self.calls.append((input_ids, attention_mask, position_ids))
        length = input_ids.shape[1]
        places = torch.arange(length) if position_ids is None else position_ids
        if input_ids.dim() != 2 or not length:
            raise ValueError(f"ids of shape {tuple(input_ids.shape)} came; it reads (B, T)")
        if places.min() < 0 or places.max() >= PLACES:
            raise IndexError(f"a place is not among the {PLACES} that the model knows")
        tables = self.weights["transformer.wte.weight"], self.weights["transformer.wpe.weight"]
        x = tables[0][input_ids] + tables[1][places]
        x = x + self.attention(self.norm("transformer.h.0.ln_1", x), attention_mask)
        inner = self.linear("transformer.h.0.mlp.c_fc", self.norm("transformer.h.0.ln_2", x))
        x = x + self.linear("transformer.h.0.mlp.c_proj", F.gelu(inner, approximate="tanh"))
        logits = self.norm("transformer.ln_f", x) @ self.weights["lm_head.weight"].T
        return Record(logits=logits) if return_dict else (logits,)

    def attention(self, x, attention_mask):
        rows, length, _ = x.shape
        made = self.linear("transformer.h.0.attn.c_attn", x).split(WIDTH, dim=-1)
        q, k, v = (part.view(rows, length, HEADS, -1).transpose(1, 2) for part in made)
        scores = q @ k.transpose(-2, -1) / (WIDTH / HEADS) ** 0.5
        hidden = torch.ones(length, length, dtype=torch.bool).triu(1)
        if attention_mask is not None:
            if attention_mask.shape != (rows, length):
                raise ValueError(
                    f"a mask of shape {tuple(attention_mask.shape)} came with ids of shape "
                    f"{(rows, length)}"
                )
            hidden = hidden | (attention_mask == 0)[:, None, None, :]
        mixed = scores.masked_fill(hidden, HIDDEN).softmax(-1) @ v
        return self.linear(
            "transformer.h.0.attn.c_proj", mixed.transpose(1, 2).reshape(rows, length, WIDTH)
        )

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        scale, shift = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(x, (WIDTH,), scale, shift)


def model(seed: int) -> Exposed:
    return Exposed(
        partial(Model, seed), calls=("eval", "forward"),
        attributes=("config", "device", "dtype", "training"),
    )  # fmt: skip
