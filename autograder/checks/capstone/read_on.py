"""Checks and misconceptions for `read_on`."""

import torch

from autograder.checks.capstone import gpt2_logits, gpt2_weights, library
from autograder.exercise import Exercise, agree, differ


def texts(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def case(B, new, old, H, Dh, layers, V=7, places=12):
        weights = gpt2_weights(draw, V, places, H * Dh, layers, inner=5)
        cache = [(draw(B, H, old, Dh), draw(B, H, old, Dh)) for _ in range(layers)]
        ids = torch.randint(V, (B, new), generator=g)
        return weights, ids, cache if old else None, H

    return {
        "nothing was read before": case(1, 3, 0, 1, 4, 1),
        "one token comes after one": case(1, 1, 1, 1, 3, 1),
        "one token comes after four": case(1, 1, 4, 1, 4, 1, V=6),
        "there are two heads": case(1, 2, 0, 2, 3, 1),
        "three tokens come after two": case(1, 3, 2, 1, 5, 1, V=8),
        "there are three blocks": case(1, 2, 3, 2, 2, 3),
        "there are twelve blocks": case(1, 2, 1, 1, 3, 12, V=5),
        "there is a batch of two": case(2, 3, 4, 2, 3, 2, V=9, places=15),
    }


reader = Exercise(
    "capstone.read_on", fast_track=True,
    title="A whole GPT that reads on",
    needs=("gpt2_block", "lm_logits", "attend_with_cache", "causal_mask"),
    points=3, difficulty=3, minutes=25, examples=texts,
    forbid=("GPT2Model", "GPT2LMHeadModel", "GPT2Block", "DynamicCache", "StaticCache"),
)  # fmt: skip
reader.leave_out("one H", "the weights say how wide a head is")

reader.excuse("device=ids.device", "the judge has one device")


@reader.oracle("transformers.GPT2LMHeadModel with a DynamicCache")
def _(weights, ids, cache, H):
    from transformers import DynamicCache

    model = library(weights, H)
    past = DynamicCache(config=model.config)
    for layer, pair in enumerate(cache or []):
        past.update(*(each.clone() for each in pair), layer)
    out = model(ids, past_key_values=past)
    kept = [(layer.keys, layer.values) for layer in out.past_key_values.layers]
    return out.logits, kept


def drawn(layers=2, D=6):
    return gpt2_weights(torch.randn, 8, 11, D, layers, inner=7)


@reader.claim("in pieces it says what it says of the whole text, wherever the text is cut")
def _(answer):
    weights, ids = drawn(), torch.randint(8, (2, 9))
    whole, _ = answer(weights, ids, None, 2)
    assert whole.shape == (2, 9, 8)
    for cuts in ([4, 5], [1] * 9, [6, 1, 2]):
        cache, said = None, []
        for piece in ids.split(cuts, dim=1):
            logits, cache = answer(weights, piece, cache, 2)
            said.append(logits)
        agree(torch.cat(said, dim=1), whole)
    differ(whole[:, 1:], whole[:, :-1])


@reader.claim("without a cache it says what the GPT-2 of `transformers` says")
def _(answer):
    weights, ids = drawn(3), torch.randint(8, (2, 5))
    logits, _ = answer(weights, ids, None, 3)
    agree(logits, gpt2_logits(weights, ids, 3))


@reader.claim("a new token changes nothing that was said before it, and the cache only grows")
def _(answer):
    weights, ids = drawn(), torch.tensor([[3, 1, 4, 1, 5]])
    other = torch.tensor([[3, 1, 4, 2, 5]])
    (before, cache), (after, _) = answer.each((weights, ids, None, 2), (weights, other, None, 2))
    agree(after[:, :3], before[:, :3])
    differ(after[:, 3:], before[:, 3:])
    _, grown = answer(weights, torch.tensor([[6, 7]]), cache, 2)
    for new, old in zip(grown, cache, strict=True):
        for longer, shorter in zip(new, old, strict=True):
            assert longer.shape == (1, 2, 7, 3)
            agree(longer[:, :, :5], shorter)
