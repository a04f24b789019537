"""Checks for `attend_with_cache`. Its misconceptions are beside it."""

import torch

from autograder.exercise import Exercise, agree, differ

CUTS = ([3, 1, 2, 4], [1] * 10, [9, 1], [2, 8])


def made_weights(draw, H, K, Dh):
    D = H * Dh
    shapes = {"Wq": (D, D), "Wk": (K * Dh, D), "Wv": (K * Dh, D), "Wo": (D, D)}
    maps = {name: 1.5 * draw(*shape) / D**0.5 for name, shape in shapes.items()}
    return maps | {"H": H, "K": K}


def steps(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def case(B, new, old, H, K, Dh, *starts):
        """New tokens after old ones; starts: the place of each row's first new token."""
        cache = (draw(B, K, old, Dh), draw(B, K, old, Dh)) if old else None
        pos = torch.stack([torch.arange(new) + start for start in starts])
        return draw(B, new, H * Dh), cache, made_weights(draw, H, K, Dh), pos

    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    return {
        "nothing was read before": case(1, 3, 0, 1, 1, 4, 0),
        "one token comes after one": case(1, 1, 1, 1, 1, 4, 1),
        "one token comes after several": case(1, 1, 4, 2, 2, 6, 4),
        "three tokens come after two": case(1, 3, 2, 2, 2, 4, 2),
        "two query heads share one of keys": case(1, 1, 2, 2, 1, 4, 2),
        "four query heads share two of keys": case(1, 2, 3, 4, 2, 6, 3),
        "the cache began with padding": case(1, 2, 9, 1, 1, 4, some(3, 6)),
        "rows are at different places": case(2, 2, 3, 2, 2, 4, 3, some(5, 40)),
        "six query heads share three in a batch": case(3, 2, 5, 6, 3, 4, 5, some(6, 90), 40),
    }


attend = Exercise(
    "prefill_and_decode.attend_with_cache", fast_track=True,
    title="Attention with a cache", needs=("apply_rope", "grouped_query_attention", "causal_mask"),
    points=3, difficulty=3, minutes=25, examples=steps,
    forbid=("DynamicCache", "LlamaAttention", "StaticCache"),
)  # fmt: skip
attend.leave_out("one D", "the weights say how wide a vector is")
attend.leave_out("one K", "the weights say how many heads there are")
attend.leave_out("one Dh", "the weights say how wide a head is")
attend.leave_out("two", "the weights say how wide a vector is")


@attend.oracle("transformers.LlamaAttention with a DynamicCache")
def _(x_new, cache, weights, pos):
    from transformers import DynamicCache, LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding

    H, K, D = weights["H"], weights["K"], x_new.shape[-1]
    config = LlamaConfig(
        hidden_size=D, num_attention_heads=H, num_key_value_heads=K, num_hidden_layers=1
    )
    config._attn_implementation = "eager"
    layer = LlamaAttention(config, 0).to(x_new.dtype).eval()
    kept = DynamicCache()
    if cache is not None:
        kept.update(*(each.clone() for each in cache), 0)
    past, new = 0 if cache is None else cache[0].shape[2], x_new.shape[1]
    hidden = torch.ones(new, past + new, dtype=torch.bool).triu(past + 1)
    mask = torch.zeros(hidden.shape, dtype=x_new.dtype).masked_fill(hidden, float("-inf"))
    turns = tuple(each.to(x_new.dtype) for each in LlamaRotaryEmbedding(config)(x_new, pos))
    given = {f"{name}_proj.weight": weights[f"W{name}"] for name in "qkvo"}
    told = {"position_embeddings": turns, "attention_mask": mask, "past_key_values": kept}
    y = torch.func.functional_call(layer, given, (x_new,), told)[0]
    return y, (kept.layers[0].keys, kept.layers[0].values)


def text(H=4, K=2, Dh=4, B=2, T=10):
    weights = made_weights(torch.randn, H, K, Dh)
    return torch.randn(B, T, H * Dh), weights, torch.arange(T).expand(B, T).contiguous()


def in_chunks(answer, x, weights, pos, cut):
    """A whole text, handed over piece by piece."""
    cache, told = None, []
    for part, places in zip(x.split(cut, 1), pos.split(cut, 1), strict=True):
        y, cache = answer(part, cache, weights, places)
        assert y.shape == part.shape
        told.append(y)
    return torch.cat(told, 1), cache


@attend.claim("a text cut into any chunks gives what it gives in one pass")
def _(answer):
    x, weights, pos = text()
    whole, kept = answer(x, None, weights, pos)
    differ(whole[:, 1:], whole[:, :-1])
    for cut in CUTS:
        y, cache = in_chunks(answer, x, weights, pos, cut)
        agree(y, whole)
        for got, wanted in zip(cache, kept, strict=True):
            agree(got, wanted)


@attend.claim("what is in the cache stays as it is, and new tokens are added at its end")
def _(answer):
    x, weights, pos = text()
    _, old = answer(x[:, :6], None, weights, pos[:, :6])
    _, new = answer(x[:, 6:], old, weights, pos[:, 6:])
    for before, after in zip(old, new, strict=True):
        assert before.shape == (2, 2, 6, 4)
        assert after.shape == (2, 2, 10, 4)
        differ(before[:, :, 1:], before[:, :, :-1])
        agree(after[:, :, :6], before)


@attend.claim("what comes later changes nothing for the tokens before it, in one chunk either")
def _(answer):
    x, weights, pos = text()
    _, cache = answer(x[:, :4], None, weights, pos[:, :4])
    before, _ = answer(x[:, 4:], cache, weights, pos[:, 4:])
    changed = x.clone()
    changed[:, 7] += 1
    after, _ = answer(changed[:, 4:], cache, weights, pos[:, 4:])
    agree(after[:, :3], before[:, :3])
    differ(after[:, 4:], before[:, 4:])


@attend.claim("a text that begins at another place is the same text: only distances count")
def _(answer):
    x, weights, pos = text()
    here, _ = in_chunks(answer, x, weights, pos, [4, 6])
    there, _ = in_chunks(answer, x, weights, pos + 50, [4, 6])
    assert torch.allclose(there, here, rtol=1e-3, atol=1e-4)  # angles lose a few digits
    pos = pos.clone()
    pos[:, 4:] += 7
    gap, _ = in_chunks(answer, x, weights, pos, [4, 6])
    differ(gap[:, 4:], here[:, 4:])


@attend.alternative
def with_the_library_of_torch(x_new, cache, weights, pos):
    H, K = weights["H"], weights["K"]
    B, Tq, D = x_new.shape
    half = D // H // 2
    angles = pos[..., None] * 10_000.0 ** (-torch.arange(half) / half)  # B Tq half
    cos, sin = (each[:, None].to(x_new.dtype) for each in (angles.cos(), angles.sin()))

    def turned(x):
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

    q = turned((x_new @ weights["Wq"].T).view(B, Tq, H, -1).transpose(1, 2))
    k = turned((x_new @ weights["Wk"].T).view(B, Tq, K, -1).transpose(1, 2))
    v = (x_new @ weights["Wv"].T).view(B, Tq, K, -1).transpose(1, 2)
    if cache is not None:
        k, v = torch.cat((cache[0], k), -2), torch.cat((cache[1], v), -2)
    rows = torch.arange(k.shape[2] - Tq, k.shape[2])[:, None]
    mask = torch.arange(k.shape[2])[None] <= rows
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, enable_gqa=True)
    return out.transpose(1, 2).reshape(B, Tq, D) @ weights["Wo"].T, (k, v)


@attend.alternative
def token_by_token(x_new, cache, weights, pos):
    H, K = weights["H"], weights["K"]
    width = x_new.shape[-1] // H
    half = width // 2
    keys = [] if cache is None else list(cache[0].unbind(2))
    values = [] if cache is None else list(cache[1].unbind(2))
    told = []
    for x, place in zip(x_new.unbind(1), pos.unbind(1), strict=True):
        angles = place[:, None, None] * 10_000.0 ** (-torch.arange(half) / half)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)

        def heads(name, turn, x=x, cos=cos, sin=sin):
            made = (x @ weights[name].T).unflatten(-1, (-1, width))  # B heads Dh
            a, b = made.split(half, -1)
            return torch.cat([a * cos - b * sin, a * sin + b * cos], -1) if turn else made

        keys.append(heads("Wk", True))
        values.append(heads("Wv", False))
        q = heads("Wq", True).unflatten(1, (K, H // K))  # B K G Dh
        k, v = torch.stack(keys, 2), torch.stack(values, 2)  # B K T Dh
        shares = (q @ k.transpose(-2, -1) / width**0.5).softmax(-1)
        told.append((shares @ v).flatten(1) @ weights["Wo"].T)
    return torch.stack(told, 1), (torch.stack(keys, 2), torch.stack(values, 2))
