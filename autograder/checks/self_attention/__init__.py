"""Checks of chapters/3_attention/02_self_attention.md, one module an exercise.

Owns: the mask that the oracle of both masks gives.
"""

import torch


def library_mask(attention_mask, queries):
    """The mask that transformers gives its eager attention, as True = attend."""
    from transformers import LlamaConfig
    from transformers.cache_utils import DynamicCache
    from transformers.masking_utils import create_causal_mask

    config = LlamaConfig(num_hidden_layers=1, hidden_size=8, num_attention_heads=1)
    config._attn_implementation = "eager"
    batch, keys = attention_mask.shape
    cache = DynamicCache(config=config)
    if older := keys - queries:
        cache.update(torch.zeros(batch, 1, older, 8), torch.zeros(batch, 1, older, 8), 0)
    hidden = torch.zeros(batch, queries, 8)
    added = create_causal_mask(config, hidden, attention_mask, past_key_values=cache)
    return added == 0
