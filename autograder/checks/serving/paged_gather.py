"""Checks and misconceptions for `paged_gather`."""

import torch

from autograder.exercise import Exercise


def pools(g):
    def pool(*sizes):
        return torch.randn(sizes, generator=g)

    def some(n, size):
        return torch.randperm(size, generator=g)[:n].tolist()

    def left_over(pool, table, length):
        """The pool with nan wherever the text is not."""
        blocks, bs = torch.tensor(table), pool.shape[1]
        t = torch.arange(length)
        bare = torch.full_like(pool, float("nan"))
        bare[blocks[t // bs], t % bs] = pool[blocks[t // bs], t % bs]
        return bare, table, length

    return {
        "a text fills one block": (pool(5, 3, 2, 4), some(1, 5), 3),
        "its second block is only begun": (pool(6, 4, 2, 3), some(2, 6), 5),
        "there is a single token": (pool(3, 2, 1, 5), some(1, 3), 1),
        "three blocks are full, and a fourth is kept free": (pool(7, 2, 3, 4), [5, 0, 3, 6], 6),
        "the blocks lie in a row, backwards": (pool(6, 3, 2, 5), [4, 3, 2], 8),
        "the text begins at the front of the pool": (pool(5, 4, 2, 3), [0, 1, 2], 10),
        "more blocks are kept free for it": (pool(8, 3, 1, 2), some(5, 8), 7),
        "what others left in the pool is nan": left_over(pool(5, 2, 3, 2), some(2, 5), 3),
        "the numbers are in bfloat16": (pool(5, 4, 2, 3).bfloat16(), some(2, 5), 6),
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
    """A pool in which each token's numbers say its block and its place there."""
    block = torch.arange(blocks * 1.0)[:, None].expand(-1, size)
    place = torch.arange(size * 1.0).expand(blocks, -1)
    return torch.stack([block, place], dim=-1)[:, :, None, :]


@gather.claim("token t is in block `table[t // bs]`, at place `t % bs`")
def _(answer):
    for table, size, length in (([3, 0, 4], 4, 11), ([1, 5], 3, 4), ([2, 0, 1, 3], 2, 7)):
        got = answer(numbered(6, size), table, length).reshape(-1, 2).tolist()
        for t in range(length):
            assert got[t] == [table[t // size], t % size]


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
    REF, "pool[table].transpose(0, 1).flatten(0, 1)[:length]", name="places_first",
    seen="The first token is right. Is the next one in the same block?",
    why="The first places of all blocks come first here, then the second ones. A block is read to "
    "its end before the next one begins.",
)  # fmt: skip
gather.slip(
    REF, "pool[table[: length // pool.shape[1]]].flatten(0, 1)", name="full_blocks_only",
    seen="Right if the last block is full. Where are the tokens of the block that is only begun?",
    why="Only full blocks are taken here. The tokens in the last one belong to the text as well.",
)  # fmt: skip
gather.slip(
    REF, "pool[table].flatten(0, 1)[-length:]", name="from_the_end",
    seen="Right if all blocks are full. Where are the empty places, in front or at the end?",
    why="The last `length` tokens are taken. The places that are not filled are at the end.",
)  # fmt: skip
gather.slip(
    REF, "pool.flatten(0, 1)[:length]", name="table_not_read",
    seen="Right if the text begins at the front of the pool. Which blocks are this text's?",
    why="The pool is read from its front here. Other texts are there, too: the table says which "
    "blocks belong to this one.",
)  # fmt: skip
gather.slip(
    REF, "pool[table].transpose(1, 2).reshape(-1, *pool.shape[2:])[:length]", name="heads_mixed_in",
    seen="The shape and the first numbers are right. Which two axes are joined to make the text?",
    why="The axis of the heads comes before that of the places here, so the tokens and the heads "
    "are mixed. Block and place lie side by side already, and only these two are joined.",
)  # fmt: skip
ROUNDED = {
    "seen": "It begins right. How many tokens does the text have?",
    "why": "The text is rounded up to full blocks here. What is after its last token is not the "
    "text's: end at `length`.",
}
gather.slip(
    REF, "pool[table[: -(-length // pool.shape[1])]].flatten(0, 1)", name="rounded_up", **ROUNDED
)
gather.slip(
    REF,
    "pool[table[: length // pool.shape[1] + 1]].flatten(0, 1)",
    name="one_block_more",
    **ROUNDED,
)


@gather.misconception(**ROUNDED)
def zeros_after_the_text(pool, table, length):
    text = pool[table].flatten(0, 1)
    return text.masked_fill(torch.arange(len(text))[:, None, None] >= length, 0)


@gather.misconception(
    seen="Right while the last block is only begun. How many of its tokens belong to the text if it "
    "is full?",
    why="`length % bs` tokens of the last block are taken here. If the block is full, the remainder "
    "is 0, and a whole block is lost.",
)
def full_block_lost(pool, table, length):
    bs = pool.shape[1]
    *full, last = table[: -(-length // bs)]
    return torch.cat([*(pool[block] for block in full), pool[last][: length % bs]])


@gather.misconception(
    seen="Right while the whole pool has ordinary numbers. What is 0 times nan?",
    why="All of the pool is multiplied by 0 or 1 here and added up. What others left there may be "
    "nan or infinite, and 0 times that is nan: take the text's tokens by an index.",
)
def by_zeros_and_ones(pool, table, length):
    bs = pool.shape[1]
    rows = torch.tensor([table[t // bs] * bs + t % bs for t in range(length)])
    mask = torch.nn.functional.one_hot(rows, pool.shape[0] * bs).to(pool.dtype)
    return torch.einsum("tn,nkd->tkd", mask, pool.flatten(0, 1))


@gather.misconception(
    seen="A token's number is divided by the size of a block. What does the quotient say, and what "
    "the remainder?",
    why="The two are exchanged: the remainder names the block here, and the quotient the "
    "place. Tokens fill one block after the other, so the quotient is the block.",
)
def slot_mod_div_swapped(pool, table, length):
    size = pool.shape[1]
    tokens = [pool[table[t % size % len(table)], t // size % size] for t in range(length)]
    return torch.stack(tokens)
