"""Checks and misconceptions for `paged_gather`."""

import torch

from autograder.exercise import Exercise


def pools(g):
    def pool(*sizes):
        return torch.randn(sizes, generator=g)

    def some(n, size):
        return torch.randperm(size, generator=g)[:n].tolist()

    return {
        "a text fills one block": (pool(5, 3, 2, 4), some(1, 5), 3),
        "its second block is only begun": (pool(6, 4, 2, 3), some(2, 6), 5),
        "there is a single token": (pool(3, 2, 1, 5), some(1, 3), 1),
        "three blocks are full, and the first lies last": (pool(7, 2, 3, 4), [5, 0, 3], 6),
        "the blocks lie in a row, backwards": (pool(6, 3, 2, 5), [4, 3, 2], 8),
        "the text begins at the front of the pool": (pool(5, 4, 2, 3), [0, 1, 2], 10),
        "more blocks are kept free for it": (pool(8, 3, 1, 2), some(5, 8), 7),
        "two parts of the text share a block": (pool(4, 3, 2, 6), [2, 1, 2], 9),
    }


gather = Exercise(
    "serving.paged_gather", optional=True,
    title="Out of many blocks, one text", needs=("kv_cache_bytes",),
    points=1, difficulty=1, minutes=10, examples=pools,
)  # fmt: skip
gather.leave_out("empty", "a text has one token at least, and a block for it")
gather.leave_out("one bs", "the table then has too few blocks for the text")


@gather.oracle("torch.nn.functional.embedding")
def _(pool, table, length):
    rows = pool.reshape(pool.shape[0], -1)
    found = torch.nn.functional.embedding(torch.tensor(table), rows)
    return found.reshape(-1, *pool.shape[2:]).narrow(0, 0, length)


@gather.alternative
def token_by_token(pool, table, length):
    bs = pool.shape[1]
    return torch.stack([pool[table[t // bs], t % bs] for t in range(length)])


@gather.alternative
def by_two_indices(pool, table, length):
    t = torch.arange(length)
    blocks = torch.tensor(table)[t // pool.shape[1]]
    return pool[blocks, t % pool.shape[1]]


def numbered(blocks, size):
    """A pool in which each token's numbers say its block and its slot."""
    block = torch.arange(blocks * 1.0)[:, None].expand(-1, size)
    slot = torch.arange(size * 1.0).expand(blocks, -1)
    return torch.stack([block, slot], dim=-1)[:, :, None, :]


@gather.claim("a token is in the block that the table names, as many slots in as are left over")
def _(answer):
    for table, size, length in (([3, 0, 4], 4, 11), ([1, 5], 3, 4), ([2, 0, 1, 3], 2, 7)):
        got = answer(numbered(6, size), table, length)
        assert len(got) == length
        for t, (block, slot) in enumerate(got[:, 0].tolist()):
            assert block == table[t // size]
            assert slot == t % size


@gather.claim("where the other blocks lie, and what is in them, makes no difference")
def _(answer):
    g = torch.Generator().manual_seed(1)
    pool = torch.randn(6, 3, 2, 4, generator=g)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    moved = pool[order] * 1.0
    table = [3, 0, 4]
    there = [order.tolist().index(block) for block in table]
    rest = [i for i in range(6) if i not in there]
    moved[rest] += 5.0
    before, after = answer.each((pool, table, 8), (moved, there, 8))
    assert before.shape == after.shape == (8, 2, 4)
    assert torch.equal(before, after)
    assert before.std() > 0.1


REF = "pool[table].flatten(0, 1)[:length]"

gather.slip(
    "[:length]", "", name="last_block_full",
    seen="It begins right. How many tokens does the text have?",
    why="All of the last block comes along here, with the blocks that are kept free. What is "
    "after the text's last token is not the text's: cut it off at `length`.",
)  # fmt: skip
gather.slip(
    "pool[table]", "pool[sorted(table)]", name="table_order_sorted",
    seen="Right if the blocks lie in the pool in order. What does the order of the table say?",
    why="The blocks are taken in the order of the pool here. The order of the table is the order "
    "of the text.",
)  # fmt: skip
gather.slip(
    REF, "pool.flatten(0, 1)[table[0] * pool.shape[1] :][:length]", name="contiguous",
    seen="The first block is right. Where is the second one?",
    why="All tokens are taken from where the first block begins, as if the text lay there in one "
    "piece. Each block is where the table says.",
)  # fmt: skip
gather.slip(
    REF, "pool[table].transpose(0, 1).flatten(0, 1)[:length]", name="slots_first",
    seen="The first token is right. Is the next one in the same block?",
    why="The first slots of all blocks come first here, then the second ones. A block is read to "
    "its end before the next one begins.",
)  # fmt: skip
gather.slip(
    REF, "pool[table[: length // pool.shape[1]]].flatten(0, 1)", name="full_blocks_only",
    seen="Right if the last block is full. Where are the tokens of the block that is only begun?",
    why="Only full blocks are taken here. The tokens in the last one belong to the text as well.",
)  # fmt: skip
gather.slip(
    REF, "pool[table].flatten(0, 1)[-length:]", name="from_the_end",
    seen="Right if all blocks are full. Where are the empty slots, in front or at the end?",
    why="The last `length` tokens are taken. The slots that are not filled are at the end.",
)  # fmt: skip


@gather.misconception(
    seen="A token's number is divided by the size of a block. What does the quotient say, and what "
    "the remainder?",
    why="The two have changed places: the remainder names the block here, and the quotient the "
    "slot. Tokens fill one block after the other, so the quotient is the block.",
)
def slot_mod_div_swapped(pool, table, length):
    size = pool.shape[1]
    tokens = [pool[table[t % size % len(table)], t // size % size] for t in range(length)]
    return torch.stack(tokens)
