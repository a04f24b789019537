"""Sums for `town-gpt`: many of them are asked at once, and each is answered up to its full stop.

Owns: drawing the terms, padding in front of the questions, and writing with a cache. Ignores whether
an answer is right and what is done with it.
"""

import torch
from transformers import StaticCache

from byhand.town.drills import TERMS, split_of_sum


def drawn_sum(rng, size: int, split: str = "train") -> list[int]:
    """Terms of a sum that belongs to a split. Sums of 4 terms belong to none."""
    while True:
        terms = [rng.choice(TERMS) for _ in range(size)]
        if size == 4 or split_of_sum(*terms) == split:
            return terms


def asked(tokenizer, sums):
    """The questions as ids, with padding in front, and a mask of what is no padding."""
    rows = [tokenizer(f"Sums:\n{' + '.join(map(str, terms))} =")["input_ids"] for terms in sums]
    end, width = tokenizer.eos_token_id, max(map(len, rows)) + 1
    pads = [width - 1 - len(row) for row in rows]
    ids = [[end] * (pad + 1) + row for pad, row in zip(pads, rows, strict=True)]
    return torch.tensor(ids), torch.arange(width) >= torch.tensor(pads)[:, None]


def places(mask):
    """The position of each token, counted from the first that is no padding."""
    return (mask.cumsum(1) - 1).clamp(min=0)


@torch.no_grad()
def write(tokenizer, model, sums, greedy: bool = False, limit: int = 36):
    """An answer to each sum, up to its full stop: ids, and a mask of its tokens."""
    ids, mask = asked(tokenizer, sums)
    end, (stop,) = tokenizer.eos_token_id, tokenizer(".")["input_ids"]
    cache = StaticCache(config=model.config, max_cache_len=ids.shape[1] + limit)
    at, on = places(mask), torch.ones(len(ids), 1, dtype=torch.bool)
    written, taken = [], []
    for _ in range(limit):
        seen = {"attention_mask": mask.long(), "position_ids": at, "past_key_values": cache}
        logits = model(ids, **seen).logits[:, -1]
        best = logits.argmax(-1, keepdim=True)
        ids = (best if greedy else logits.softmax(-1).multinomial(1)).where(on, end)
        written.append(ids)
        taken.append(on)
        on = on & (ids != stop) & (ids != end)
        if not on.any():
            break
        at, mask = at[:, -1:] + 1, torch.cat([mask, torch.ones_like(on)], dim=1)
    return torch.cat(written, dim=1), torch.cat(taken, dim=1)


def texts(tokenizer, ids, on) -> list[str]:
    """The answers as texts, without what comes after them."""
    return [tokenizer.decode(row[keep]) for row, keep in zip(ids, on, strict=True)]
