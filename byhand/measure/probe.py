"""A linear probe: can a straight line tell the two senses of a word apart, layer by layer?

Owns the vectors of ambiguous words and a logistic regression on them, one per word.
"""

from collections import defaultdict

import torch
from torch import nn
from torch.nn import functional as F

from byhand.town import Document, Sense

STEPS = 150


def occurrences(documents: list[Document], cue: str) -> list[tuple[str, Sense]]:
    """(text, sense) of every ambiguous word whose cue came before it, after it, or is missing."""
    signs = {"before": lambda s: s.distance < 0, "after": lambda s: s.distance > 0}
    return [
        (d.text, sense) for d in documents for sense in d.senses
        if sense.sense is not None and signs[cue](sense)
    ]  # fmt: skip


@torch.no_grad()
def vectors(model, tokenizer, cued) -> torch.Tensor:
    """(layers + 1, occurrences, D): the vector at the last token of each word."""
    found = []
    for text, sense in cued:
        read = tokenizer.backend_tokenizer.encode(text)
        ids, offsets = read.ids, read.offsets
        if tokenizer.cls_token_id is None:  # a decoder starts with an end mark
            ids, offsets = [tokenizer.bos_token_id, *ids], [(0, 0), *offsets]
        last = max(i for i, (a, b) in enumerate(offsets) if a < sense.end and b > sense.start)
        hidden = model(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
        found.append(torch.stack([layer[0, last] for layer in hidden]))
    return torch.stack(found, 1).float()


def by_layer(model, tokenizer, cued) -> dict[str, float]:
    """Accuracy of the probes on the half of the occurrences they were not fitted to."""
    states = vectors(model, tokenizer, cued)
    result = {}
    for layer, here in enumerate(states):
        right = total = 0
        groups = defaultdict(list)
        for i, (_, sense) in enumerate(cued):
            groups[sense.word].append(i)
        for rows in groups.values():
            kinds = sorted({cued[i][1].sense for i in rows})
            if len(kinds) < 2 or len(rows) < 40:
                continue
            y = torch.tensor([kinds.index(cued[i][1].sense) for i in rows])
            x = here[rows]
            half = len(rows) // 2
            right += fitted(x[:half], y[:half], x[half:]).eq(y[half:]).sum().item()
            total += len(rows) - half
        result[f"sense told apart after layer {layer}"] = right / total
    return result


def fitted(x, y, new):
    """Classes of `new` by a logistic regression on (x, y), both standardised by x."""
    middle, spread = x.mean(0), x.std(0) + 1e-4
    x, new = (x - middle) / spread, (new - middle) / spread
    line = nn.Linear(x.shape[1], 2)
    nn.init.zeros_(line.weight)
    nn.init.zeros_(line.bias)
    optimizer = torch.optim.AdamW(line.parameters(), lr=0.02, weight_decay=0.5)
    for _ in range(STEPS):
        loss = F.cross_entropy(line(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return line(new).argmax(1)
