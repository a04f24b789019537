"""Checks and misconceptions for `kv_cache_bytes`."""

import torch

from autograder.exercise import Exercise

LLAMA_2 = {"L": 32, "K": 32, "Dh": 128, "T": 4096, "B": 1, "bytes": 2}


def caches(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    drawn = (some(2, 9), some(2, 6), 2 * some(3, 9), some(11, 40), some(2, 5), 2)
    return {
        "one token of one text is kept in one layer": (1, 1, some(3, 20), 1, 1, 1),
        "there are several texts": (1, 2, some(5, 20), 4, some(3, 9), 1),
        "several tokens are kept": (1, 1, some(3, 20), some(5, 30), 1, 2),
        "a number takes four bytes": (some(2, 9), 1, some(3, 20), 1, 1, 4),
        "the sizes are drawn": drawn,
        "it is a town-gpt": (4, 4, 32, some(100, 257), 1, 4),
        "Llama 2 keeps a text of 4,096 tokens": tuple(LLAMA_2.values()),
        # four times an odd number beyond 2**24, which float32 does not hold
        "a text has hundreds of thousands of tokens": (3, 5, 7, 200_001 + 2 * some(0, 9999), 1, 2),
    }


count = Exercise(
    "prefill_and_decode.kv_cache_bytes", kind="predict",
    title="What a cache weighs", needs=("attend_with_cache",), fast_track=True,
    points=1, difficulty=1, minutes=8, examples=caches,
    question="Llama 2 with 7 billion parameters has 32 layers and 32 heads of 128 numbers, and each "
    "head has keys and values of its own. In 16 bits its weights take 12.6 GiB. How many GiB does the "
    "cache of one text of 4,096 tokens take?",
    unit="GiB", counted=lambda reference: reference(**LLAMA_2) / 2**30, forbid=("nbytes", "DynamicCache"),
)  # fmt: skip


@count.oracle("transformers.DynamicCache, filled on the meta device")
def _(L, K, Dh, T, B, bytes):
    from transformers import DynamicCache

    dtype = {1: torch.int8, 2: torch.bfloat16, 4: torch.float32}[bytes]
    cache = DynamicCache()
    for layer in range(L):
        made = torch.empty(B, K, T, Dh, dtype=dtype, device="meta")
        cache.update(made, made, layer)
    return sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)


@count.claim("twice the text takes twice the bytes, and a second text as much as the first")
def _(answer):
    one = answer(3, 2, 8, 50, 1, 2)
    long, two = answer(3, 2, 8, 100, 1, 2), answer(3, 2, 8, 50, 2, 2)
    assert long == two == 2 * one > 0


@count.claim("one token of one head in one layer keeps a key and a value")
def _(answer):
    assert answer(1, 1, 7, 1, 1, 1) == 14
    assert answer(1, 1, 9, 1, 1, 1) == 18


count.slip(
    "T * B", "T * T * B", name="quadratic",
    seen="Right for one token. Does the second token add more than the first?",
    why="The bytes grow with the *square* of the length here. That is the table of scores, which "
    "nobody keeps. Each token has one key and one value in each head, so the cache grows by the same "
    "with each.",
)  # fmt: skip
count.slip(
    "2 * L * K", "L * K", name="keys_only",
    seen="Always half of it. What is kept of a token?",
    why="Only the keys are counted, or only the values. Both are kept: twice as much.",
)  # fmt: skip
count.slip(
    "T * B", "T", name="no_batch",
    seen="Right for one text. Can two texts share a cache?",
    why="Here all texts of a batch share one cache. Each has keys and values of its own.",
)  # fmt: skip
count.slip(
    "2 * L * K", "2 * K", name="one_layer",
    seen="Right for one layer. Which layers look back?",
    why="One layer is counted. Each layer makes keys and values of its own, from its own input.",
)  # fmt: skip
count.slip(
    "2 * L * K", "2 * L", name="one_head",
    seen="Right for one head. How many heads keep a key?",
    why="One head is counted. Each of the K heads keeps a key and a value of its own.",
)  # fmt: skip
count.slip(
    "K * Dh", "K * K * Dh", name="heads_squared",
    seen="Right for one head. How many numbers has a key of one head?",
    why="The heads are counted twice: K times K times Dh. A token keeps K keys with Dh numbers each.",
)  # fmt: skip
count.slip(
    "T * B * bytes", "T * B", name="numbers",
    seen="Right where a number takes one byte. What is asked for, numbers or bytes?",
    why="These are numbers, not bytes. Each takes `bytes` of them.",
)  # fmt: skip
count.slip(
    "T * B * bytes", "T * B * bytes * 8", name="bits",
    seen="Eight times too much. What is asked for?",
    why="These are bits: a byte has eight.",
)  # fmt: skip
count.slip(
    "2 * L * K * Dh * T * B * bytes", "2 * L * K * Dh * T * B * bytes / 2**30", name="gib",
    seen="A large number is to come back, and a very small one does. In which unit?",
    why="These are GiB. The function counts bytes; divide where you print.",
)  # fmt: skip
count.slip(
    "2 * L * K * Dh * T * B * bytes", "2 * L * K * Dh * T * B * bytes / 2**20", name="mib",
    seen="A small number comes back, about a millionth of what is asked for. In which unit?",
    why="These are MiB. The function counts bytes; divide where you print.",
)  # fmt: skip
count.slip(
    "2 * L * K * Dh * T * B * bytes", "2 * L * K * Dh * T * B * bytes / 1024", name="kib",
    seen="About a thousandth of what is asked for. In which unit is this?",
    why="These are KiB, of 1024 bytes each. The function counts bytes; divide where you print.",
)  # fmt: skip
count.slip(
    "T * B * bytes", "T * B * 2", name="always_16_bits",
    seen="Right where a number takes two bytes. What is `bytes` for?",
    why="Each number takes two bytes here, as in 16 bits. In float32 it takes four: multiply by `bytes`.",
)  # fmt: skip
count.slip(
    "T * B", "(T + 1) * B", name="one_token_more",
    seen="A little too much, by the same for each length. For how many tokens are keys and values kept?",
    why="One token more than T is counted, such as the one that is written next. It goes into the "
    "cache only when the model reads it. The cache of T tokens holds T keys and values in each head.",
)  # fmt: skip
count.slip(
    "return 2 * L * K * Dh * T * B * bytes",
    "return int(torch.tensor([2, L, K, Dh, T, B, bytes], dtype=torch.float32).prod())",
    name="in_float32",
    seen="Right where the number is not too large. How many digits does a float32 hold?",
    why="The product is taken in float32 here, which holds about seven digits. A cache has more bytes "
    "than that. Python's whole numbers lose none.",
)  # fmt: skip
count.slip(
    "2 * L * K * Dh * T * B * bytes", "L * (2 * K + K) * Dh * T * B * bytes",
    name="queries_too",
    seen="Half as much again. Who needs an old query?",
    why="Queries are counted, too. A query is used once, by its own token, and is not kept.",
)  # fmt: skip


@count.alternative
def token_by_token(L, K, Dh, T, B, bytes):
    of_a_token = sum(K * (Dh + Dh) for _ in range(L))
    return bytes * sum(of_a_token for _ in range(T)) * B
