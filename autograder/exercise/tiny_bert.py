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
    """A tokenizer that cuts at blanks and otherwise behaves like BERT's.

    What it is told by keyword it does as BERT's would: a length is taken as it is given, also
    where it is more than the model can read. typed: the type id of a text's own tokens, which
    some tokenizers of pairs set to 1; marks and padding have 0.
    """

    model_max_length, padding_side, truncation_side = PLACES, "right", "right"
    pad_token, unk_token, cls_token, sep_token = SPECIAL
    pad_token_id, unk_token_id, cls_token_id, sep_token_id = range(4)
    pad_token_type_id, all_special_tokens, all_special_ids = 0, SPECIAL, [0, 1, 2, 3]
    vocab_size, is_fast, name_or_path = len(SPECIAL + WORDS), True, "tiny"
    model_input_names = ("input_ids", "token_type_ids", "attention_mask")

    def __init__(self, typed: int = 0):
        self.typed = typed

    def __call__(
        self, text, *, add_special_tokens=True, padding=False, truncation=None, max_length=None,
        padding_side=None, return_tensors=None, return_token_type_ids=None,
        return_attention_mask=None, return_special_tokens_mask=False, return_length=False,
        verbose=True,
    ):  # fmt: skip
        if return_tensors not in (None, "pt"):
            raise ValueError(f'return_tensors={return_tensors!r}: there is "pt" here')
        texts = [text] if isinstance(text, str) else list(text)
        cuts = truncation not in (None, False, "do_not_truncate")
        cuts |= truncation is None and max_length is not None and padding is False
        limit = PLACES if max_length is None else max_length
        rows = [self.ids(one, limit if cuts else None, add_special_tokens) for one in texts]
        width = 0
        if padding not in (False, "do_not_pad"):
            width = limit if padding == "max_length" else max(map(len, rows), default=0)
        side = padding_side or self.padding_side

        def filled(row):
            fill = [0] * (width - len(row))
            return fill + row if side == "left" else row + fill

        made = {"input_ids": [filled(row) for row in rows]}
        if return_token_type_ids in (None, True):
            made["token_type_ids"] = [filled([self.typed * (i > 3 or i == 1) for i in row])
                                      for row in rows]  # fmt: skip
        if return_attention_mask in (None, True):
            made["attention_mask"] = [filled([1] * len(row)) for row in rows]
        if return_special_tokens_mask:
            made["special_tokens_mask"] = [[int(i in (0, 2, 3)) for i in row]
                                           for row in made["input_ids"]]  # fmt: skip
        if return_length:
            made["length"] = [len(row) for row in made["input_ids"]]
        if return_tensors == "pt":
            if len({len(row) for row in made["input_ids"]}) > 1:
                raise ValueError("Rows differ in length: activate truncation and/or padding.")
            return Record({name: torch.tensor(rows) for name, rows in made.items()})
        return Record({k: v[0] for k, v in made.items()} if isinstance(text, str) else made)

    def ids(self, text, most, special) -> list[int]:
        found = self.convert_tokens_to_ids(self.tokenize(text))
        room = None if most is None else max(0, most - 2 * bool(special))
        return [2, *found[:room], 3] if special else found[:room]

    def encode(self, text, **told):
        return self(text, **told)["input_ids"]

    def tokenize(self, text) -> list[str]:
        return text.split()

    def convert_tokens_to_ids(self, tokens):
        if isinstance(tokens, str):
            return self.get_vocab().get(tokens, 1)
        return [self.convert_tokens_to_ids(token) for token in tokens]

    def convert_ids_to_tokens(self, ids):
        return (SPECIAL + WORDS)[ids] if isinstance(ids, int) else [
            (SPECIAL + WORDS)[int(i)] for i in ids
        ]  # fmt: skip

    def decode(self, ids, skip_special_tokens=False) -> str:
        left = [i for i in map(int, ids) if not skip_special_tokens or i > 3]
        return " ".join(self.convert_ids_to_tokens(left))

    def get_vocab(self) -> dict[str, int]:
        return {token: i for i, token in enumerate(SPECIAL + WORDS)}


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
        self.config = Record(
            name_or_path=name, model_type="bert", id2label=names, num_labels=len(names),
            label2id={label: i for i, label in names.items()}, vocab_size=len(SPECIAL + WORDS),
            hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=HEADS, pad_token_id=0,
            intermediate_size=INNER, hidden_act="gelu", max_position_embeddings=PLACES,
            type_vocab_size=2, layer_norm_eps=1e-12, hidden_dropout_prob=0.3, return_dict=True,
        )  # fmt: skip
        self.device, self.dtype, self.num_labels = "cpu", torch.float32, len(names)
        self.training, self.shift, self.modes = training, shift, []
        self.weights = weights(name, len(id2label))
        self.drops = torch.Generator().manual_seed(0)  # the same dropout for the same mistake

    def train(self, mode=True):
        self.training = bool(mode)
        return self

    def eval(self):
        return self.train(False)

    def to(self, *_, **__):  # all is where it should be
        return self

    cpu = float = requires_grad_ = to

    def __call__(self, *args, **told):
        return self.forward(*args, **told)

    def forward(
        self, input_ids=None, attention_mask=None, token_type_ids=None, position_ids=None, *,
        return_dict=None, output_attentions=False, output_hidden_states=False,
    ):  # fmt: skip
        self.modes.append(self.training)
        rows, length = input_ids.shape
        layer = "bert.encoder.layer.0."
        places = torch.arange(length) if position_ids is None else position_ids
        types = torch.tensor(0) if token_type_ids is None else token_type_ids
        ids = {"word": input_ids, "position": places, "token_type": types}
        hidden = sum(self.weights[f"bert.embeddings.{part}_embeddings.weight"][ids[part]]
                     for part in ids)  # fmt: skip
        hidden = self.norm("bert.embeddings.LayerNorm", hidden)
        if self.training:
            kept = torch.rand(hidden.shape, generator=self.drops) < 0.7
            hidden = hidden * kept / 0.7
        states = [hidden]
        parts = [self.linear(f"{layer}attention.self.{part}", hidden) for part in PARTS]
        q, k, v = (x.view(rows, length, HEADS, -1).transpose(1, 2) for x in parts)
        scores = q @ k.transpose(-2, -1) / (WIDTH / HEADS) ** 0.5
        if attention_mask is not None:
            scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, float("-inf"))
        weights = scores.softmax(-1)
        mixed = (weights @ v).transpose(1, 2).reshape(rows, length, WIDTH)
        mixed = self.linear(f"{layer}attention.output.dense", mixed)
        hidden = self.norm(f"{layer}attention.output.LayerNorm", mixed + hidden)
        inner = F.gelu(self.linear(f"{layer}intermediate.dense", hidden))
        inner = self.linear(f"{layer}output.dense", inner)
        hidden = self.norm(f"{layer}output.LayerNorm", inner + hidden)
        pooled = self.linear("bert.pooler.dense", hidden[:, 0]).tanh()
        made = Record(logits=self.linear("classifier", pooled) + self.shift)
        if output_hidden_states:
            made["hidden_states"] = (*states, hidden)
        if output_attentions:
            made["attentions"] = (weights,)
        return tuple(made.values()) if return_dict is False else made

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        scale, shift = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(x, (WIDTH,), scale, shift, 1e-12)


def tokenizer(typed=0):
    data = [name for name in vars(Tokens) if not name.startswith("_")]
    data = [name for name in data if not callable(getattr(Tokens, name))]
    calls = ("encode", "tokenize", "convert_tokens_to_ids", "convert_ids_to_tokens", "decode",
             "get_vocab")  # fmt: skip
    return Exposed(partial(Tokens, typed), calls=calls, attributes=data)


def model(seed, names=("negative", "positive"), training=False, shift=0.0):
    """names: in the order of their numbers, or a mapping from numbers."""
    labels = names if isinstance(names, dict) else dict(enumerate(names))
    make = partial(Model, f"tiny-{seed}", labels, training, shift)
    calls = ("eval", "train", "to", "cpu", "float", "requires_grad_", "forward")
    data = ("config", "training", "device", "dtype", "num_labels")
    return Exposed(make, calls=calls, attributes=data)
