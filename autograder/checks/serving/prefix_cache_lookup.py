"""Checks and misconceptions for `prefix_cache_lookup`.

Owns: tables that are filled with texts. A key is made of whole numbers alone, so it is the same in
every process.
"""

import itertools

import torch

from autograder.exercise import Exercise


def cut(ids, size):
    return [ids[at : at + size] for at in range(0, len(ids), size)]


def keys_of(blocks, adapter):
    """The key of each block, with all that is before it."""
    key, keys = 0, []
    for block in blocks:
        key = hash((key, tuple(block), adapter))
        keys.append(key)
    return keys


def filled(g, size, *texts):
    """Where the full blocks of (ids, adapter) lie in a pool."""
    keys = dict.fromkeys(
        key
        for ids, adapter in texts
        for key in keys_of(cut(ids, size), adapter)[: len(ids) // size]
    )
    places = (torch.randperm(len(keys) + 5, generator=g) + 1).tolist()  # 0 has a case of its own
    return dict(zip(keys, places, strict=False))


def without(table, *keys):
    return {key: place for key, place in table.items() if key not in keys}


def prompts(g):
    def ids(n):
        return torch.randint(1, 1000, (n,), generator=g).tolist()

    adapter = int(torch.randint(1, 9, (), generator=g))
    long, other, short = ids(17), ids(13), ids(9)
    same = ids(3)
    blocks = cut(long, 3)
    table = filled(g, 3, (long, 0), (other, 0))
    keys = keys_of(blocks, 0)
    twice = same + same
    return {
        "nothing is in the table": (cut(ids(7), 3), {}, 0),
        "the first two blocks are there": (cut(long[:6] + ids(5), 3), table, 0),
        "another text is there": (cut(ids(10), 3), table, 0),
        "the texts part within a block": (cut(long[:7] + ids(6), 3), table, 0),
        "a block is there, but with another one before it": (
            cut(ids(3) + long[3:12] + ids(2), 3), table, 0,
        ),
        "a new block is put in between": (
            cut(long[:3] + ids(3) + long[3:9] + ids(1), 3), table, 0,
        ),
        "a block comes twice, and only the first time it is there": (
            cut(twice + ids(4), 3), filled(g, 3, (same, 0)), 0,
        ),
        "all but the last, unfinished block is there": (blocks, table, 0),
        "the whole prompt is there, to its last token": (cut(long[:12], 3), table, 0),
        "the prompt is a single block, which is there": (cut(other[:3], 3), table, 0),
        "the second block has been thrown away": (blocks, without(table, keys[1]), 0),
        "only the first block has been thrown away": (blocks, without(table, keys[0]), 0),
        "the first block of the pool is used": (
            cut(other[:9] + ids(2), 3), table | {keys_of(cut(other, 3), 0)[0]: 0}, 0,
        ),
        "blocks have four tokens, and all are there but the end": (
            cut(long, 4), filled(g, 4, (long, 0)), 0,
        ),
        "it is there for another adapter": (cut(long + ids(2), 3), table, adapter),
        "it is there for this adapter": (
            cut(short + ids(4), 3), filled(g, 3, (short, adapter), (long, 0)), adapter,
        ),
        "the adapter's text is there, and none is asked for": (
            cut(short + ids(5), 3), filled(g, 3, (short, adapter)), 0,
        ),
        "the prompt is a single token": ([ids(1)], table, 0),
    }  # fmt: skip


lookup = Exercise(
    "serving.prefix_cache_lookup", fast_track=True,
    title="What need not be read again", needs=("attend_with_cache",),
    points=2, difficulty=2, minutes=20, examples=prompts,
)  # fmt: skip
lookup.leave_out("empty blocks", "a prompt has one token at least")


@lookup.oracle("itertools.accumulate and takewhile")
def _(blocks, table, adapter):
    def key(parent, block):
        return hash((parent, tuple(block), adapter))

    keys = itertools.islice(itertools.accumulate(blocks[:-1], key, initial=0), 1, None)
    there = itertools.takewhile(lambda pair: pair[0] in table, zip(keys, blocks, strict=False))
    return sum(len(block) for _, block in there)


@lookup.alternative
def the_longest_that_is_there(blocks, table, adapter):
    def key(n):
        return hash((key(n - 1), tuple(blocks[n - 1]), adapter)) if n else 0

    for n in range(len(blocks) - 1, 0, -1):
        if all(key(i) in table for i in range(1, n + 1)):
            return n * len(blocks[0])
    return 0


@lookup.alternative
def block_by_block(blocks, table, adapter):
    parent, n = 0, 0
    while n < len(blocks) - 1:
        parent = hash((parent, tuple(blocks[n]), adapter))
        if parent not in table:
            return n * len(blocks[0])
        n += 1
    return n * len(blocks[0]) if n else 0


def drawn(seed):
    """Texts of few different ids that often begin alike, and prompts."""
    g = torch.Generator().manual_seed(seed)
    texts = torch.randint(1, 3, (6, 14), generator=g)
    texts[:, :4] = 1
    return g, texts.tolist()


@lookup.claim(
    "what is found is the longest beginning that a text in the cache shares, in whole blocks"
)
def _(answer):
    calls, wanted = [], []
    for seed in range(8):
        g, (prompt, *texts) = drawn(seed)
        table = filled(g, 2, *((text, 0) for text in texts))
        calls.append((cut(prompt, 2), table, 0))
        shared = max(
            sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(prompt, text)))  # noqa: B905
            for text in texts
        )
        wanted.append(min(shared, len(prompt) - 1) // 2 * 2)
    got = answer.each(*calls)
    assert len(set(wanted)) > 2
    assert all(a == b for a, b in zip(got, wanted, strict=True))


@lookup.claim("a text that was read a moment ago is found, and one token of it is still computed")
def _(answer):
    text = list(range(5, 26))
    calls = []
    for n in (8, 9, 12, 20):
        g = torch.Generator().manual_seed(n)
        calls.append((cut(text[:n], 4), filled(g, 4, (text, 7)), 7))
    assert answer.each(*calls) == [4, 8, 8, 16]


@lookup.claim("what was read with one adapter is not found with another")
def _(answer):
    text = list(range(30, 51))
    table = filled(torch.Generator().manual_seed(0), 5, (text, 3))
    own, *others = answer.each(*((cut(text, 5), table, adapter) for adapter in (3, 0, 1, 2, 4)))
    assert own > 0
    assert not any(others)


KEY = "hash((key, tuple(block), adapter))"
STOP = "        if key not in table:\n            break\n        hit += len(block)\n"

lookup.slip(
    KEY, "hash((0, tuple(block), adapter))", name="content_only_hash",
    seen="Right for the first block. Has the same block after another beginning the same keys and "
    "values?",
    why="Each block is looked up as if it were the first one of a text. A token's keys and values "
    "depend on all tokens before it, so the key of the block before is a part of a block's "
    "key.",
)  # fmt: skip
lookup.slip(
    KEY, "hash((key, tuple(block), 0))", name="hash_without_adapter_id",
    seen="Right without an adapter. Does a model give the same keys and values with other weights?",
    why="The blocks are looked up without the adapter. It changes the weights, so what was read "
    "without it is of no use with it: its number is a part of each key.",
)  # fmt: skip
lookup.slip(
    "blocks[:-1]", "blocks", name="full_hit_nothing_to_compute",
    seen="Right while the end of the prompt is new. If all of it is there, where do the scores of "
    "its last token come from?",
    why="A prompt that is there as a whole leaves nothing to compute here. The cache has keys and "
    "values, and no scores: at least the last token goes through the model.",
)  # fmt: skip


@lookup.misconception(
    convention=True,
    seen="Right while the end of the prompt is new. How much of a block is used if its last token "
    "has to be computed?",
    why="If the whole prompt is there, all but one token are taken here. Some servers do that. "
    "Here blocks are used as a whole or not at all, so the last block is computed.",
)
def all_but_one_token(blocks, table, adapter):
    key, hit = 0, 0
    for block in blocks:
        key = hash((key, tuple(block), adapter))
        if key not in table:
            return hit
        hit += len(block)
    return max(hit - 1, 0)


lookup.slip(
    STOP, "        if key in table:\n            hit += len(block)\n", name="goes_on_after_a_gap",
    seen="One block in the middle is gone. Can the blocks after it be used without it?",
    why="Blocks after a gap are counted here. The tokens of the gap have to be read again, and "
    "what comes after them is read along: the beginning that is there ends at the first block "
    "that is missing.",
)  # fmt: skip
lookup.slip(
    "hit += len(block)", "hit += 1", name="blocks_counted",
    seen="What is counted, blocks or tokens?",
    why="This is the number of blocks. Tokens are asked for.",
)  # fmt: skip
lookup.slip(
    "        if key not in table:\n            break\n        hit += len(block)\n",
    "        hit += len(block)\n        if key not in table:\n            break\n",
    name="the_missing_one_too",
    seen="One block too much. Is the block that is not there counted?",
    why="The first block that is not in the table is counted, too. Ask first, then count.",
)  # fmt: skip
lookup.slip(
    "return hit", "return sum(map(len, blocks)) - hit", name="what_is_left",
    seen="Which part of the prompt is asked for, the one that is there or the rest?",
    why="These are the tokens that still have to be computed. Those that need *not* be are asked "
    "for.",
)  # fmt: skip
