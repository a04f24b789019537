"""Misconceptions about `read_on`."""

from autograder.checks.capstone.read_on import reader

KEPT = "grown.append((k, v))"
AS_WORDS = (
    """f"transformer.h.{sorted([k.split('.')[2] for k in weights if 'ln_1.w' in k] + ['x'])"""
    """[len(grown)]}.\""""
)
SWAPPED = """k, v = torch.cat([before[0], k], dim=2), torch.cat([before[1], v], dim=2)
        grown.append((k, v))"""

reader.slip(
    "[read : read + T]", "[:T]", name="places_restart",
    seen="Right where nothing was read before. Which place does the first new token have after that?",
    why="Places begin at 0 in each call here. A model that writes one token at a time then has every "
    "token at the place 0. The cache says how many came before.",
)  # fmt: skip
reader.slip(
    ".tril(read)", "", name="sees_ahead",
    seen="Right for a single new token. What may the first of several know of the others?",
    why="New tokens see each other in both directions here. In training such a model is told what it "
    "should guess, and its loss falls below the entropy of its text.",
)  # fmt: skip
reader.slip(
    ".tril(read)", ".tril()", name="top_left",
    seen="Right where nothing was read before. What does the first new token see of the cache?",
    why="The triangle begins at the top left here, as with `is_causal=True`: the first new token sees "
    "only the first of the cache. The new tokens are the last ones of all.",
)  # fmt: skip
reader.slip(
    "torch.cat([before[0], k], dim=2), torch.cat([before[1], v], dim=2)",
    "torch.cat([k, before[0]], dim=2), torch.cat([v, before[1]], dim=2)", name="new_ones_first",
    seen="All keys and values are there. In which order are they?",
    why="The new keys and values are put before the old ones here. The mask then hides the wrong ones.",
)  # fmt: skip
reader.slip(
    "before = cache[len(grown)]", "before = cache[0]", name="first_cache_for_all",
    seen="With one block it is right. Whose keys does the second block go on with?",
    why="Every block goes on with the cache of the first one here. Each has its own keys and values.",
)  # fmt: skip
reader.slip(
    "mixed = F.scaled_dot_product_attention(q, k, v, sees)",
    'mixed = F.scaled_dot_product_attention(q, k, v, sees, scale=q.shape[-1] ** -1)',
    name="no_root",
    seen="With which number are the scores divided?",
    why="The scores are divided by the width of a head here, and not by its root.",
)  # fmt: skip
reader.slip(
    "q, k, v = (each.unflatten", "k, q, v = (each.unflatten", name="keys_first",
    seen="In which order does `c_attn` give the three?",
    why="The first third of what `c_attn` gives is taken for keys here. In GPT-2 the order is queries, "
    "keys, values.",
)  # fmt: skip
reader.slip(
    "(each.unflatten(-1, (H, -1))", "(each.unflatten(-1, (-1, H)).transpose(-1, -2)",
    name="heads_interleaved",
    seen="With one head it is right. Which numbers belong to a head?",
    why="Every head takes each H-th number here. In GPT-2 a head takes D / H neighbours.",
)  # fmt: skip
reader.slip(
    ", approximate=\"tanh\"", "", name="exact_gelu",
    seen="Close, but not the same. Which form of the GELU does GPT-2 have?",
    why="These are the numbers of the exact GELU. GPT-2 has its tanh form.", convention=True,
)  # fmt: skip
reader.slip(
    KEPT, "grown.append((k[:, :, -T:], v[:, :, -T:]))", name="keeps_only_the_new",
    seen="The logits are right. What does the next call need?",
    why="The new cache holds only the new tokens here, and what came before them is lost in the next "
    "call. It has to hold all of them.",
)  # fmt: skip
reader.slip(
    "F.scaled_dot_product_attention(q, k, v, sees)",
    "F.scaled_dot_product_attention(q, k, v, is_causal=cache is None)",
    name="unmasked_after_a_cache",
    seen="Right for one new token at a time. What does the first of two new tokens see?",
    why="There is no mask here where something was read before. Then the first of several new tokens "
    "sees those that come after it.",
)  # fmt: skip
reader.slip(
    "mixed = F.scaled_dot_product_attention(q, k, v, sees)",
    "mixed = F.scaled_dot_product_attention(q, k, v, sees, scale=x.shape[-1] ** -0.5)",
    name="root_of_all_heads",
    seen="With one head it is right. How wide is one of several?",
    why="The scores are divided by the root of D here. A head is D / H wide, and that is what counts.",
)  # fmt: skip
reader.slip(
    'lm_logits(x, gamma, beta, weights["transformer.wte.weight"])',
    'x @ weights["transformer.wte.weight"].mT', name="no_last_norm",
    seen="The cache is right. What comes between the last block and the table of tokens?",
    why="The logits come straight from the last block here. First comes `ln_f`, the last norm.",
)  # fmt: skip
reader.slip(
    SWAPPED, SWAPPED.replace("before[0]", "before[2]").replace("before[1]", "before[0]")
    .replace("before[2]", "before[1]").replace("(k, v))", "(v, k))"), name="values_first",
    seen="The logits of your own chain are right. Which comes first in a pair of the cache?",
    why="Each pair of the cache has values first and then keys here. It is keys, then values.",
)  # fmt: skip
reader.slip(
    'f"transformer.h.{len(grown)}."',
    AS_WORDS,
    name="blocks_as_words",
    seen="Right for ten blocks. What comes after block 1, if numbers are sorted as words?",
    why="The numbers of blocks are sorted as words here, so that 10 comes before 2.",
)  # fmt: skip
