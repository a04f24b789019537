"""What many readers wait for at one model, and what they can share.

Owns: times of requests, who sits in which slot and when, and the tables of a paged cache. No model
is run here.
"""

from jaxtyping import Float
from torch import Tensor


def serving_metrics(
    arrival: list[float], token_times: list[list[float]]
) -> tuple[list[float], list[float], list[float], float]:
    """What each reader waited for, and how fast the server wrote: (ttft, tpot, e2e, throughput).

    Request i came at `arrival[i]`, and `token_times[i]` says when each of its tokens was written, in
    order. Each request has one token at least. All times are seconds on one clock, whose zero means
    nothing, so times may be negative. The latest token comes after the earliest arrival. The requests
    are in no special order.

    The result is a tuple of four. The first three are lists with a number for each request. `ttft`
    is the time from its arrival to its first token, and `e2e` that to its last token. `tpot` is the
    time from one token to the next, averaged over the tokens after the first; where there is only
    one token it is 0. `throughput` is a single number: all tokens of all requests, divided by the
    time from the earliest arrival to the latest token.

    Source: the serving benchmark of vLLM, `calculate_metrics`.
    """
    ttft, tpot, e2e = [], [], []
    for came, times in zip(arrival, token_times, strict=True):
        ttft.append(times[0] - came)
        e2e.append(times[-1] - came)
        tpot.append((times[-1] - times[0]) / max(len(times) - 1, 1))
    took = max(times[-1] for times in token_times) - min(arrival)
    return ttft, tpot, e2e, sum(len(times) for times in token_times) / took


def continuous_batching(requests: list[tuple[int, int, int]], slots: int) -> list[int]:
    """When each request is finished if a free slot takes the next one at once.

    A request is (arrival, read, write), all whole numbers of steps: it comes at the time `arrival`,
    its prompt takes `read` steps, and it writes `write` tokens. Its first token is written in the
    last step of reading, and each later one takes a step. So it is in its slot for
    read + write - 1 steps. `read` and `write` are 1 at least.

    There are `slots` slots, each for one request at a time, all free at time 0. Whoever comes first
    goes first, and of two that come together the one further up in the list. A request goes into a
    slot as soon as three things are true: it has come, it is its turn, and a slot is free. It stays
    there without a break until it is finished. At that very time the next one can go in. The result
    has the time at which each request is finished, in the order of the list. Without requests it is
    empty.

    Source: Yu et al. 2022, section 3, where it is called iteration-level scheduling.
    """
    finish, free = [0] * len(requests), [0] * slots
    for i in sorted(range(len(requests)), key=lambda i: requests[i][0]):
        arrival, read, write = requests[i]
        slot = free.index(min(free))
        finish[i] = free[slot] = max(arrival, free[slot]) + read + write - 1
    return finish


def paged_gather(
    pool: Float[Tensor, "N bs K Dh"], table: list[int], length: int
) -> Float[Tensor, "T K Dh"]:
    """The keys (or values) of one text in order, out of blocks that lie anywhere in a pool.

    The pool has N blocks of `bs` tokens each. The text's tokens are in the blocks that `table`
    names, in this order, and fill one block after the other. T is `length`, the number of the text's
    tokens, 1 at least. The last of its blocks may be partly filled, and the table may have blocks
    after it that are kept free for the text. No block is in the table twice. Whatever else is in the
    pool is not the text's, and may be nan. The result has the pool's dtype.

    Source: Kwon et al. 2023, section 4.
    """
    return pool[table].flatten(0, 1)[:length]


def prefix_cache_lookup(blocks: list[list[int]], table: dict[int, int], adapter: int) -> int:
    """How many tokens of a prompt need not be computed, because their keys and values are there.

    `blocks` are the ids of the prompt, of which there is one at least, cut into blocks. All blocks
    have the same number of ids, but the last may have fewer. The `table` says where the pool has a
    block, by the block's key. The key of a block is hash((parent, tuple(block), adapter)). Here
    `parent` is the key of the block before it, and 0 for the first block. `adapter` is the number of
    the weights that the model adds for this request, and 0 if it adds none.

    A block can be used if it and all blocks before it are in the table. One may be missing while
    later ones of the same text are there, because blocks are thrown away one by one. At least the
    last token of the prompt has to be computed, because its scores are needed, and blocks are used
    as a whole or not at all. So the last block is computed in any case.

    Source: the design of vLLM, automatic prefix caching; `find_longest_cache_hit`.
    """
    key, hit = 0, 0
    for block in blocks[:-1]:
        key = hash((key, tuple(block), adapter))
        if key not in table:
            break
        hit += len(block)
    return hit
