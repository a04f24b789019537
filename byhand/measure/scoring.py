"""How surprised a decoder is by every token of a text, and where that token stands.

Owns the way from a place in a text (a choice of the grammar, an answer) to the tokens there.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from byhand.town import Document, documents

SEED = 77


class Scored(NamedTuple):
    """A text, its tokens as (start, end), and for each: nats, and whether greedy decoding has it.

    The last token is the end mark; it stands at the end of the text.
    """

    text: str
    places: list[tuple[int, int]]
    nats: Tensor
    greedy: Tensor

    def at(self, start: int, end: int) -> list[int]:
        """Numbers of the tokens that reach into text[start:end]."""
        return [i for i, (a, b) in enumerate(self.places) if a < end and b > start]

    def nats_at(self, start: int, end: int) -> float:
        return self.nats[self.at(start, end)].sum().item()

    def right_at(self, start: int, end: int) -> bool:
        """Would greedy decoding write text[start:end] there?"""
        return bool(self.greedy[self.at(start, end)].all())


@torch.no_grad()
def scored(model, tokenizer, texts: Sequence[str], tokens: int = 16384) -> list[Scored]:
    """Every text read once, from an end mark to an end mark. Texts must fit the context."""
    end = tokenizer.eos_token_id
    read = [tokenizer.backend_tokenizer.encode(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: len(read[i].ids))
    found: list[Scored | None] = [None] * len(texts)
    while order:
        longest = len(read[order[-1]].ids) + 2
        if longest - 1 > model.config.n_positions:
            raise ValueError(
                f"a text has {longest} tokens with its end marks; the model reads "
                f"{model.config.n_positions}. Leave out what is longer (see `fitting`)."
            )
        batch = [order.pop() for _ in range(min(len(order), max(1, tokens // longest)))]
        rows = [[end, *read[i].ids, end] for i in batch]
        ids = torch.tensor([row + [end] * (longest - len(row)) for row in rows])
        logp = model(input_ids=ids[:, :-1], use_cache=False).logits.float().log_softmax(-1)
        nats = -logp.gather(2, ids[:, 1:, None]).squeeze(2)
        greedy = logp.argmax(-1) == ids[:, 1:]
        for row, i in enumerate(batch):
            n = len(read[i].ids) + 1
            places = [*read[i].offsets, (len(texts[i]), len(texts[i]) + 1)]
            found[i] = Scored(texts[i], places, nats[row, :n], greedy[row, :n])
    return found


def fitting(tokenizer, documents: Iterable[Document], longest: int = 255) -> list[Document]:
    """Those that a model reads whole; of the mixture's documents about one in a hundred is not."""
    documents = list(documents)
    return [d for d in documents if len(tokenizer.backend_tokenizer.encode(d.text).ids) < longest]


def sample(kinds=None, n: int = 500, split: str = "validation", seed: int = SEED) -> list[Document]:
    return list(islice(documents(seed, kinds, split=split), n))


@torch.no_grad()
def choices(model, tokenizer, prompts: Sequence[str], options: Sequence[str]) -> Tensor:
    """(prompts, options): the probability that each option comes next, each being one token."""
    numbers = []
    for option in options:
        (number,) = tokenizer.backend_tokenizer.encode(option).ids
        numbers.append(number)
    rows = []
    for prompt in prompts:
        ids = [tokenizer.bos_token_id, *tokenizer.backend_tokenizer.encode(prompt).ids]
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
        rows.append(F.softmax(logits.float(), -1)[numbers])
    return torch.stack(rows)


def mean(values) -> float:
    values = [float(value) for value in values]
    if not values:
        raise ValueError("nothing to average: no document has what is measured here.")
    return sum(values) / len(values)
