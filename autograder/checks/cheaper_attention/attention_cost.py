"""Checks and misconceptions for `attention_cost`."""

import torch

from autograder.exercise import Exercise

LONG = {"B": 1, "H": 32, "T": 131_072, "Dh": 128, "bytes": 2}


def layers(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    return {
        "one token looks at itself": (1, 1, 1, some(3, 20), 1),
        "several tokens look at each other": (1, 1, some(5, 30), 1, 1),
        "vectors have several numbers": (1, 1, 3, 2 * some(3, 9) + 1, 1),
        "there are several heads": (1, some(3, 9), 2, 5, 1),
        "there are several texts": (some(3, 9), 1, 2, 5, 1),
        "a number takes four bytes": (1, 1, some(3, 9), some(10, 20), 4),
        "the sizes are drawn": (some(2, 5), some(2, 7), some(11, 40), 2 * some(3, 9), 2),
        "it is a layer of town-gpt": (1, 4, some(100, 257), 32, 4),
        "the text has hundreds of thousands of tokens": (1, 3, 200_001 + 2 * some(0, 9999), 7, 2),
    }


cost = Exercise(
    "cheaper_attention.attention_cost", kind="predict", fast_track=True,
    title="What attention costs",
    points=1, difficulty=1, minutes=12, examples=layers,
    question="A layer has 32 heads of 128 numbers and reads a text of 131,072 tokens. A number takes "
    "2 bytes. If all scores of the layer were held at once, how many GiB would they take?",
    unit="GiB", counted=lambda reference: reference(**LONG)[1] / 2**30,
    forbid=("nbytes", "FlopCounterMode"),
)  # fmt: skip


@cost.oracle("torch.utils.flop_counter.FlopCounterMode and tensor.nbytes, on the meta device")
def _(B, H, T, Dh, bytes):
    from torch.utils.flop_counter import FlopCounterMode

    dtype = {1: torch.int8, 2: torch.bfloat16, 4: torch.float32}[bytes]
    k, v = (torch.empty(B, H, T, Dh, dtype=dtype, device="meta") for _ in range(2))
    with FlopCounterMode(display=False) as counter:
        scores = torch.empty_like(k, dtype=torch.float32) @ k.float().mT
        scores @ v.float()
    return counter.get_total_flops(), scores.to(dtype).nbytes, k.nbytes + v.nbytes


@cost.claim("twice the text makes four times the operations and the scores, and twice the cache")
def _(answer):
    short, long = answer.each((2, 3, 50, 8, 2), (2, 3, 100, 8, 2))
    assert [many / one for one, many in zip(short, long, strict=True)] == [4, 4, 2]


@cost.claim("more heads that are as much narrower leave operations and cache as they are")
def _(answer):
    few, many = answer.each((2, 3, 50, 16, 4), (2, 12, 50, 4, 4))
    assert few[0] == many[0] > 0
    assert few[2] == many[2] > 0
    assert 4 * few[1] == many[1] > 0


@cost.claim(
    "scores and cache take the same where a text has twice as many tokens as a head has numbers"
)
def _(answer):
    narrow, wide = answer.each((1, 5, 24, 12, 2), (3, 2, 90, 45, 4))
    assert narrow[1] == narrow[2] > 0
    assert wide[1] == wide[2] > 0


cost.slip(
    "2 * B * H * T * Dh * bytes", "2 * B * H * T * T * Dh * bytes", name="kv_quadratic",
    seen="The cache is right for one token. What does one token more bring along?",
    why="The keys and values grow with the *square* of the length here. Each token has one key and one "
    "value in a head, however many others there are. Only the scores are one for each *pair*.",
)  # fmt: skip
cost.slip(
    "2 * 2 * scores * Dh", "2 * scores * Dh", name="no_factor_2",
    seen="Half of the operations. How many matrix products are there? And how many operations has a sum "
    "of three products?",
    why="The operations are half of what is asked for. Either a multiplication with its addition counts "
    "as one here, as some papers count, or one of the two products is left out. Both count, and in "
    "each every product of two numbers is two operations.",
)  # fmt: skip
cost.slip(
    "2 * 2 * scores * Dh, scores", "2 * scores * Dh // 2, scores", name="no_factor_4",
    seen="A quarter of the operations. How many matrix products are there, and what is in one?",
    why="A multiplication with its addition counts as one here, and only one of the two products is "
    "counted. Queries meet keys, and weights meet values: two products with two operations each.",
)  # fmt: skip
cost.slip(
    "2 * 2 * scores * Dh, scores", "2 * B * H * T * (T + 1) * Dh, scores", name="causal_halved",
    seen="About half of the operations. Are hidden scores computed?",
    why="Only the keys that a causal mask shows are counted here: T (T + 1) / 2 pairs. That is what "
    "*has* to be done, and a good kernel skips most of the rest. Here all scores are "
    "computed, and then some are hidden.", convention=True,
)  # fmt: skip
cost.slip(
    "scores = B * H * T * T", "scores = B * H * T * (T + 1) // 2", name="half_a_table",
    seen="Right for one token. How many numbers has a table of T rows and T columns?",
    why="Only the visible half of the table is counted here. A matrix product makes all of it, and the "
    "mask hides a part afterwards.", convention=True,
)  # fmt: skip
cost.slip(
    "2 * B * H * T * Dh * bytes", "B * H * T * Dh * bytes", name="keys_only",
    seen="Operations and scores are right. What is in the cache of a token?",
    why="Only the keys are counted, or only the values. Both are kept, so it is twice as much.",
)  # fmt: skip
cost.slip(
    "scores * bytes, 2", "scores * Dh * bytes, 2", name="score_of_vectors",
    seen="Right where a vector has one number. What is a score, a number or a vector?",
    why="A score is counted with Dh numbers here. It is a dot product, which is a single number.",
)  # fmt: skip
cost.slip(
    "scores * bytes, 2", "scores, 2", name="numbers",
    seen="Right where a number takes one byte. Are the scores asked for in numbers or in bytes?",
    why="The scores are counted in numbers here, and not in bytes. Each takes `bytes` of them.",
)  # fmt: skip
cost.slip(
    "2 * B * H * T * Dh * bytes", "2 * B * H * T * Dh", name="cache_in_numbers",
    seen="Right where a number takes one byte. Is the cache asked for in numbers or in bytes?",
    why="The cache is counted in numbers here, and not in bytes. Each number takes `bytes` of them.",
)  # fmt: skip
cost.slip(
    "scores * bytes, 2", "2 * scores * bytes, 2", name="weights_too",
    seen="Operations and cache are right. What is to be weighed in second place, and is it there once?",
    why="The scores are counted twice here, or their weights after the softmax are counted with them. "
    "Only the scores are asked for.",
)  # fmt: skip
cost.slip(
    "scores = B * H * T * T", "scores = B * T * T", name="one_head",
    seen="Right for one head. How many tables of scores has a layer with four?",
    why="One table of scores serves all heads here. Each head compares in its own way and has a table "
    "of its own.",
)  # fmt: skip
cost.slip(
    "scores = B * H * T * T", "scores = H * T * T", name="one_text",
    seen="Right for one text. And for two?",
    why="The texts are left out here. Each has scores of its own, in every head.",
)  # fmt: skip


cost.slip(
    "scores * bytes, 2 * B * H * T * Dh * bytes", "scores, 2 * B * H * T * Dh", name="all_in_numbers",
    seen="Right where a number takes one byte. Are scores and cache asked for in numbers or in bytes?",
    why="Scores and cache are counted in numbers here, and not in bytes. Each number takes `bytes` of "
    "them.",
)  # fmt: skip
cost.slip(
    "2 * B * H * T * Dh * bytes", "3 * B * H * T * Dh * bytes", name="queries_too",
    seen="Operations and scores are right. What does a token leave behind for those that come later?",
    why="Queries are weighed here as well. A query is used once, by its own token. Only keys and values "
    "are asked for by later tokens.",
)  # fmt: skip
cost.slip(
    "scores * bytes, 2", "B * H * T * (T + 1) // 2 * bytes, 2", name="visible_bytes",
    seen="The operations are right. How many numbers has a table of T rows and T columns?",
    why="Only the scores that a causal mask shows are weighed here. All of them are computed, and the "
    "mask hides a part afterwards.", convention=True,
)  # fmt: skip


@cost.misconception(
    seen="Right for one head. How does the work grow when a layer has four?",
    why="The heads are left out here, in operations, scores and cache. Each head has queries, keys and "
    "values of its own.",
)
def no_heads(B, H, T, Dh, bytes):
    return 4 * B * T * T * Dh, B * T * T * bytes, 2 * B * T * Dh * bytes


@cost.misconception(
    seen="Right for one text. How does the work grow when there are two?",
    why="The texts are left out here, in operations, scores and cache. Each text has queries, keys and "
    "values of its own.",
)
def no_texts(B, H, T, Dh, bytes):
    return 4 * H * T * T * Dh, H * T * T * bytes, 2 * H * T * Dh * bytes


@cost.misconception(
    seen="The bytes are right. In the statement, as how many additions does a sum of n products count?",
    why="A sum of n products has n - 1 additions here. On paper that is so. Torch's counter and the "
    "statement count n, because the first product is added to zero.",
    convention=True,
)
def first_product_free(B, H, T, Dh, bytes):
    scores = B * H * T * T
    compare, mix = scores * (2 * Dh - 1), B * H * T * Dh * (2 * T - 1)
    return compare + mix, scores * bytes, 2 * B * H * T * Dh * bytes


@cost.misconception(
    seen="The bytes are right. Is softmax among what is to be counted?",
    why="Exponential, sum and division are counted here, too. They are operations, and the statement "
    "leaves them out, as torch's counter does.",
    convention=True,
)
def softmax_without_root(B, H, T, Dh, bytes):
    scores = B * H * T * T
    return 4 * scores * Dh + 3 * scores, scores * bytes, 2 * B * H * T * Dh * bytes


@cost.misconception(
    seen="The bytes are right. Is the division by the root among what is to be counted?",
    why="One more operation for each score is counted here, such as its division by the root. The "
    "statement leaves that out, as torch's counter does.",
    convention=True,
)
def root_too(B, H, T, Dh, bytes):
    scores = B * H * T * T
    return 4 * scores * Dh + scores, scores * bytes, 2 * B * H * T * Dh * bytes


@cost.misconception(
    seen="The bytes are right. Is softmax, and is the root, among what is to be counted?",
    why="Division, exponential, sum and division again are counted here, too. They are operations, and "
    "the statement leaves them out, as torch's counter does.",
    convention=True,
)
def softmax_too(B, H, T, Dh, bytes):
    scores = B * H * T * T
    return 4 * scores * Dh + 4 * scores, scores * bytes, 2 * B * H * T * Dh * bytes


@cost.misconception(
    seen="The operations are right. Which comes first, the bytes of the scores or those of the cache?",
    why="The cache is in second place here, and the scores in third. The scores come first.",
)
def swapped(B, H, T, Dh, bytes):
    scores = B * H * T * T
    return 4 * scores * Dh, 2 * B * H * T * Dh * bytes, scores * bytes


@cost.alternative
def product_by_product(B, H, T, Dh, bytes):
    pairs = sum(T for _ in range(T)) if T < 1000 else T**2
    compare = pairs * (Dh + Dh)
    mix = T * Dh * (T + T)
    keys = values = B * T * H * Dh
    return B * H * (compare + mix), bytes * B * H * pairs, (keys + values) * bytes
