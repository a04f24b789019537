"""Misconceptions about `read_on`."""

from autograder.checks.capstone.read_on import reader

KEPT = "grown.append((k, v))"

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
