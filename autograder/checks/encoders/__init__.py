"""Checks of chapters/2_transformers/02_encoders.md, one module an exercise.

Owns: a small model that fills in blanks, which is lent to answers.
"""

from functools import partial

import torch
from torch.nn import functional as F

from autograder.exercise import Exposed
from autograder.exercise.tiny_bert import WIDTH, Model, weights

MASK = 1  # the tokenizer of tiny_bert has no [MASK]: its [UNK] serves
PARTS = ("transform.dense.weight", "transform.dense.bias", "transform.LayerNorm.weight",
         "transform.LayerNorm.bias", "decoder.weight", "decoder.bias")  # fmt: skip


def head(name: str) -> dict[str, torch.Tensor]:
    """The numbers of a head for blanks, under the names that transformers gives them.

    One whose name begins with "sharp" makes each logit 50 times as large.
    """
    g = torch.Generator().manual_seed(100 + int(name.rpartition("-")[2]))
    table = weights(name, 2)["bert.embeddings.word_embeddings.weight"]
    drawn = [torch.randn(WIDTH, WIDTH, generator=g) / WIDTH**0.5,
             torch.randn(WIDTH, generator=g) / 3, 1 + torch.randn(WIDTH, generator=g) / 5,
             torch.randn(WIDTH, generator=g) / 5, table,
             torch.randn(len(table), generator=g)]  # fmt: skip
    loud = 50 if name.startswith("sharp") else 1
    drawn[-2:] = (loud * each for each in drawn[-2:])
    return {f"cls.predictions.{part}": each for part, each in zip(PARTS, drawn, strict=True)}


class Blanks:
    """BertForMaskedLM, written out. It hides by itself what it is told to hide."""

    def __init__(self, name: str):
        self.name, self.head = name, head(name)
        self.trunk = Model(name, {0: "no", 1: "yes"}, training=False, shift=0.0)

    def __call__(self, ids, hidden):
        if ids.dim() != 2 or ids.shape != hidden.shape or hidden.dtype != torch.bool:
            raise ValueError(
                f"mlm(ids, hidden) got shapes {tuple(ids.shape)} and {tuple(hidden.shape)} and "
                f"{hidden.dtype}; both have the shape (B, T), and `hidden` holds bools"
            )
        if not len(ids):  # nothing is asked
            return torch.zeros(*ids.shape, len(self.head["cls.predictions.decoder.bias"]))
        seen = ids.masked_fill(hidden, MASK)
        x = self.trunk.forward(seen, output_hidden_states=True).hidden_states[-1]
        matrix, bias, scale, shift, table, over = self.head.values()
        x = F.layer_norm(F.gelu(x @ matrix.T + bias), (WIDTH,), scale, shift, 1e-12)
        return x @ table.T + over


def blanks(seed: int, kind: str = "tiny") -> Exposed:
    return Exposed(partial(Blanks, f"{kind}-{seed}"), attributes=("name",))
