"""More misconceptions about `prefix_cache_lookup`: what a gap means, and what a key is made of."""

from autograder.checks.serving.prefix_cache_lookup import lookup

lookup.slip(
    "if key not in table:", "if not table.get(key):", name="block_0_is_nothing",
    seen="Right while block 0 of the pool is not used. Is 0 the same as nothing?",
    why="`table.get(key)` is 0 for block 0 of the pool, and 0 counts as false. Whether a key is in "
    "a dictionary is asked with `in`.",
)  # fmt: skip
lookup.slip(
    "hit += len(block)", "hit += len(blocks[-1])", name="as_long_as_the_last",
    seen="Right if the last block is full. How many tokens has a block that is found?",
    why="The length of the *last* block is counted for each that is found, and the last one may be "
    "short. All others are full.",
)  # fmt: skip
lookup.slip(
    "hit += len(block)", "hit += 16", name="blocks_of_16",
    seen="The number of blocks is right. How many tokens does one of them have here?",
    why="Each block is counted as 16 tokens, as on the page. How long a block is can be seen from "
    "the blocks themselves.",
)  # fmt: skip


@lookup.misconception(
    seen="A new block is put in before some that are there. Do those still have the same keys and "
    "values?",
    why="A block that is missing is passed over here, and the next one is looked up as if nothing "
    "came between. But its keys and values depend on what came between. The beginning that is "
    "there ends at the first block that is missing.",
)
def missing_one_passed_over(blocks, table, adapter):
    parent, hit = 0, 0
    for block in blocks[:-1]:
        key = hash((parent, tuple(block), adapter))
        if key in table:
            parent = key
            hit += len(block)
    return hit


@lookup.misconception(
    seen="One block is gone. Are all blocks before the last one that is there in the table?",
    why="The last block that is there decides here, and all before it are counted, whether they are "
    "there or not. One of them may have been thrown away: stop at the first that is missing.",
)
def up_to_the_last_found(blocks, table, adapter):
    key, read, hit = 0, 0, 0
    for block in blocks[:-1]:
        key = hash((key, tuple(block), adapter))
        read += len(block)
        if key in table:
            hit = read
    return hit


@lookup.misconception(
    seen="Right where the beginning is there. Which end of the prompt was read first?",
    why="The blocks are counted from the end of the prompt here, as long as they are there. What "
    "can be used is a beginning: a block helps only if all before it are there.",
)
def suffix_match(blocks, table, adapter):
    keys, key = [], 0
    for block in blocks[:-1]:
        key = hash((key, tuple(block), adapter))
        keys.append(key)
    hit = 0
    for block, key in zip(blocks[-2::-1], reversed(keys), strict=True):
        if key not in table:
            break
        hit += len(block)
    return hit


@lookup.misconception(
    seen="Right for the first block. What exactly is the parent of the second one?",
    why="The first block is found, and the second one never. Its parent is the *key* of the first "
    "block, the whole number that you have just looked up: neither the ids of that block nor its "
    "number in the pool.",
)
def second_never_found(blocks, table, adapter):
    hit, before = 0, 0
    for block in blocks[:-1]:
        if hash((before, tuple(block), adapter)) not in table:
            break
        hit, before = hit + len(block), hash(tuple(block))
    return hit


@lookup.misconception(
    seen="Nothing is ever found. What exactly are the three parts of the first block's key, and in "
    "which order?",
    why="Not even the first block is found. Its key is hash((0, tuple(block), adapter)), made of "
    "a tuple in this order. It is looked for among the keys of the table; the values only say "
    "where a block lies.",
)
def never_found(blocks, table, adapter):
    key, hit = 0, 0
    for block in blocks[:-1]:
        key = hash((tuple(block), key, adapter))
        if key not in table:
            break
        hit += len(block)
    return hit
