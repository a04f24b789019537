"""A small model and its tokenizer, which a check lends to an answer that takes them.

Owns a BERT of one layer, written out, with the names that transformers gives to its weights, and
the words it knows. Numbers are drawn by seed; nothing is trained.
"""

from functools import cache, partial

import torch
from torch.nn import functional as F

from autograder.exercise.lending import Exposed
from autograder.room.worker import Record

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = ["the", "soup", "tea", "view", "was", "not", "but", "and", "very", "good", "dull", "cold"]
PLACES = 10  # tokens that the model can read
WIDTH, INNER, HEADS = 12, 20, 2
PARTS = ("query", "key", "value")


class Tokens:
    """A tokenizer that cuts at blanks and otherwise behaves like BERT's."""

    model_max_length, pad_token_id, padding_side = PLACES, 0, "right"

    def __call__(
        self, text, padding=False, truncation=False, max_length=None, return_tensors=None,
        add_special_tokens=True,
    ):  # fmt: skip
        texts = [text] if isinstance(text, str) else list(text)
        most = min(max_length or PLACES, PLACES) if truncation else None
        rows = [self.ids(one, most, add_special_tokens) for one in texts]
        longest = PLACES if padding == "max_length" else max(map(len, rows), default=0)
        width = longest if padding and padding != "do_not_pad" else 0
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
        rows = [row + [0] * (width - len(row)) for row in rows]
        made = {"input_ids": rows, "attention_mask": mask}
        if return_tensors == "pt":
            if len({len(row) for row in rows}) > 1:
                raise ValueError("Rows differ in length: activate truncation and/or padding.")
            return Record({name: torch.tensor(rows) for name, rows in made.items()})
        return Record({k: v[0] for k, v in made.items()} if isinstance(text, str) else made)

    def ids(self, text, most, special) -> list[int]:
        known = SPECIAL + WORDS
        found = [known.index(word) if word in known else 1 for word in text.split()]
        room = None if most is None else max(0, most - 2 * bool(special))
        return [2, *found[:room], 3] if special else found[:room]


@cache
def weights(name: str, labels: int) -> dict[str, torch.Tensor]:
    """Those of a BERT with one layer, under the names that transformers gives them."""
    g = torch.Generator().manual_seed(int(name.rpartition("-")[2]))
    layer, found = "bert.encoder.layer.0.", {}

    def linear(name, rows, columns):
        loud = 3 if "output" in name else 1  # what [CLS] takes in is to change its answer
        found[f"{name}.weight"] = loud * torch.randn(rows, columns, generator=g) / columns**0.5
        found[f"{name}.bias"] = torch.randn(rows, generator=g) / 3

    def norm(name):
        found[f"{name}.weight"] = 1 + torch.randn(WIDTH, generator=g) / 5
        found[f"{name}.bias"] = torch.randn(WIDTH, generator=g) / 5

    sizes = {"word": len(SPECIAL + WORDS), "position": PLACES, "token_type": 2}
    for part, size in sizes.items():
        table = torch.randn(size, WIDTH, generator=g)
        found[f"bert.embeddings.{part}_embeddings.weight"] = table
    norm("bert.embeddings.LayerNorm")
    for part in PARTS:
        linear(f"{layer}attention.self.{part}", WIDTH, WIDTH)
    linear(f"{layer}attention.output.dense", WIDTH, WIDTH)
    norm(f"{layer}attention.output.LayerNorm")
    linear(f"{layer}intermediate.dense", INNER, WIDTH)
    linear(f"{layer}output.dense", WIDTH, INNER)
    norm(f"{layer}output.LayerNorm")
    linear("bert.pooler.dense", WIDTH, WIDTH)
    linear("classifier", labels, WIDTH)
    return found


class Model:
    """BertForSequenceClassification, written out: attention over the mask, dropout, a head.

    shift: added to all logits. modes: for each call, whether it came in train mode.
    """

    def __init__(self, name: str, id2label: dict, training: bool, shift: float):
        names = dict(id2label)
        self.config = Record(name_or_path=name, id2label=names, num_labels=len(names))
        self.device, self.training, self.shift, self.modes = "cpu", training, shift, []
        self.weights = weights(name, len(id2label))
        self.drops = torch.Generator().manual_seed(0)  # the same dropout for the same mistake

    def train(self, mode=True):
        self.training = bool(mode)
        return self

    def eval(self):
        return self.train(False)

    def to(self, device):
        return self

    def __call__(self, input_ids, attention_mask=None):
        self.modes.append(self.training)
        rows, length = input_ids.shape
        layer = "bert.encoder.layer.0."
        ids = {"word": input_ids, "position": torch.arange(length), "token_type": torch.tensor(0)}
        hidden = sum(self.weights[f"bert.embeddings.{part}_embeddings.weight"][ids[part]]
                     for part in ids)  # fmt: skip
        hidden = self.norm("bert.embeddings.LayerNorm", hidden)
        if self.training:
            kept = torch.rand(hidden.shape, generator=self.drops) < 0.7
            hidden = hidden * kept / 0.7
        parts = [self.linear(f"{layer}attention.self.{part}", hidden) for part in PARTS]
        q, k, v = (x.view(rows, length, HEADS, -1).transpose(1, 2) for x in parts)
        scores = q @ k.transpose(-2, -1) / (WIDTH / HEADS) ** 0.5
        if attention_mask is not None:
            scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, float("-inf"))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, WIDTH)
        mixed = self.linear(f"{layer}attention.output.dense", mixed)
        hidden = self.norm(f"{layer}attention.output.LayerNorm", mixed + hidden)
        inner = F.gelu(self.linear(f"{layer}intermediate.dense", hidden))
        inner = self.linear(f"{layer}output.dense", inner)
        hidden = self.norm(f"{layer}output.LayerNorm", inner + hidden)
        pooled = self.linear("bert.pooler.dense", hidden[:, 0]).tanh()
        return Record(logits=self.linear("classifier", pooled) + self.shift)

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        scale, shift = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(x, (WIDTH,), scale, shift, 1e-12)


def tokenizer():
    return Exposed(Tokens, attributes=("model_max_length", "pad_token_id", "padding_side"))


def model(seed, names=("negative", "positive"), training=False, shift=0.0):
    make = partial(Model, f"tiny-{seed}", dict(enumerate(names)), training, shift)
    return Exposed(make, calls=("eval", "train", "to"), attributes=("config", "training", "device"))
