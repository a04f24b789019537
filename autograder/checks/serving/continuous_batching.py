"""Checks and misconceptions for `continuous_batching`."""

import torch

from autograder.exercise import Exercise


def days(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    def drawn(n, last):
        return [(some(0, last), some(1, 5), some(1, 12)) for _ in range(n)]

    early = some(3, 9)
    return {
        "there is one request": ([(0, 1, some(4, 9))], 2),
        "its prompt takes several steps": ([(0, some(3, 6), some(4, 9))], 1),
        "it comes later": ([(some(5, 30), 2, some(3, 9))], 3),
        "two wait for one slot": ([(0, 1, some(4, 6)), (0, 2, some(6, 9))], 1),
        "one is long, and a short one ends beside it": (
            [(0, 1, 20), (1, 1, some(3, 6)), (2, 1, some(7, 9))], 2,
        ),
        "a short one comes after a long one": (
            [(0, 1, 6), (0, 1, 9), (1, 2, 14), (2, 1, some(2, 5)), (3, 1, some(2, 5))], 2,
        ),
        "the first of the list comes last": (
            [(early + 3, 1, 5), (early, 2, 4), (early + 1, 1, 7)], 1,
        ),
        "three come together": ([(early, 1, 9), (early, 6, 2), (early, 2, 5)], 1),
        "two ask for the same": ([(0, 1, some(2, 5))] * 2, 1),
        "a slot is empty for a while": ([(0, 1, 4), (some(10, 20), 2, 3), (30, 1, 5)], 2),
        "one comes at the very time at which a slot is free": (
            [(0, 2, 5), (6, 1, some(2, 6)), (7, 1, some(2, 6))], 1,
        ),
        "one wants very many tokens": ([(0, 1, some(300, 500)), (3, 2, 4), (4, 1, some(5, 9))], 2),
        "a single token is asked for": ([(0, 4, 1), (1, 1, 1), (1, 3, 1)], 1),
        "many come": (drawn(9, 12), 3),
        "very many come": (drawn(15, 20), 4),
    }  # fmt: skip


serve = Exercise(
    "serving.continuous_batching", optional=True,
    title="Who sits where, and when",
    points=2, difficulty=2, minutes=25, examples=days,
)  # fmt: skip


@serve.oracle("heapq.heapreplace")
def _(requests, slots):
    import heapq

    free, finish = [0] * slots, [0] * len(requests)
    queue = [(came, i) for i, (came, _, _) in enumerate(requests)]
    heapq.heapify(queue)
    while queue:
        came, i = heapq.heappop(queue)
        _, read, write = requests[i]
        finish[i] = max(came, free[0]) + read + write - 1
        heapq.heapreplace(free, finish[i])
    return finish


@serve.alternative
def step_by_step(requests, slots):
    finish = [0] * len(requests)
    waiting = sorted(range(len(requests)), key=lambda i: (requests[i][0], i))
    running, now = {}, 0
    while waiting or running:
        while waiting and len(running) < slots and requests[waiting[0]][0] <= now:
            i = waiting.pop(0)
            running[i] = requests[i][1] + requests[i][2] - 1
        now += 1
        for i in list(running):
            running[i] -= 1
            if running[i] == 0:
                finish[i] = now
                del running[i]
    return finish


def stay(request):
    return request[1] + request[2] - 1


DRAWN = [
    [(i // 2, 1 + i % 3, 2 + (7 * i + seed) % 11) for i in range(12)] for seed in range(3)
]  # fmt: skip


@serve.claim("with a slot for each, nobody waits")
def _(answer):
    for requests in DRAWN:
        assert answer(requests, 12) == [each[0] + stay(each) for each in requests]


@serve.claim("with one slot and no pause, the last one ends when the sum of all stays is over")
def _(answer):
    for requests in DRAWN:
        assert max(answer(requests, 1)) == sum(map(stay, requests))


@serve.claim("what comes later never makes an earlier request wait")
def _(answer):
    for requests in DRAWN:
        few, many = answer.each((requests[:8], 3), (requests, 3))
        assert len(many) == 12
        assert few == many[:8]
        assert all(end >= each[0] + stay(each) for end, each in zip(few, requests, strict=False))


ORDER = "sorted(range(len(requests)), key=lambda i: requests[i][0])"
STEPS = "max(arrival, free[slot]) + read + write - 1"

serve.slip(
    STEPS, "max(arrival, free[slot]) + write", name="prefill_counts_one_token",
    seen="Right if the prompt takes a single step. How long does a longer one take?",
    why="Reading counts as one step here, however long the prompt is. It takes `read` steps, and "
    "the first token comes with the last of them.",
)  # fmt: skip
serve.slip(
    STEPS, "max(arrival, free[slot]) + read + write", name="first_token_twice",
    seen="Each stays a little too long. In which step is the first token written?",
    why="The first token gets a step of its own here. It comes with the last step of reading, so "
    "`write - 1` steps are left.",
)  # fmt: skip
serve.slip(
    STEPS, "free[slot] + read + write - 1", name="before_it_came",
    seen="Right if there is always somebody waiting. Can a request begin before it has come?",
    why="A request begins here as soon as a slot is free, even before it has come. It begins at "
    "the later of the two times.",
)  # fmt: skip
serve.slip(
    STEPS, "arrival + read + write - 1", name="nobody_waits",
    seen="Right if a slot is free. What if none is?",
    why="Every request begins when it comes here, as if there were a slot for each.",
)  # fmt: skip
serve.slip(
    ORDER, "range(len(requests))", name="in_the_order_of_the_list",
    seen="Right if the list is in the order of arrival. Who came first?",
    why="The requests are served in the order of the list. Whoever comes first goes first, and "
    "the list only decides between two that come together.",
)  # fmt: skip
serve.slip(
    ORDER, "sorted(range(len(requests)), key=lambda i: requests[i][1] + requests[i][2])",
    name="short_ones_first",
    seen="Who came first?",
    why="The shortest request goes first here, even if it comes last. Whoever comes first goes "
    "first.",
)  # fmt: skip


def by_turns(requests, slots, choose):
    """The time goes from step to step; `choose` takes those who go in from those who wait."""
    finish, running, now = [0] * len(requests), {}, 0
    waiting = sorted(range(len(requests)), key=lambda i: requests[i][0])
    while waiting or running:
        for i in choose([i for i in waiting if requests[i][0] <= now], running, slots):
            waiting.remove(i)
            running[i] = now + requests[i][1] + requests[i][2] - 1
        now += 1
        for i in [i for i, end in running.items() if end <= now]:
            finish[i] = running.pop(i)
    return finish


@serve.misconception(
    seen="One is finished while another still writes. Does its slot have to wait for the other?",
    why="This is *static* batching: nobody goes in until all of a batch are finished. In "
    "continuous batching each slot takes the next request as soon as its own is finished.",
)
def static_batch(requests, slots):
    return by_turns(requests, slots, lambda here, running, n: [] if running else here[:n])


@serve.misconception(
    seen="Several wait for a slot. Who goes first, the one who came first or the one who needs "
    "least?",
    why="Of those who wait, the shortest goes first here. That shortens the mean wait, but a long "
    "request may wait for ever: it starves. Whoever comes first goes first.",
    convention=True,
)
def starvation(requests, slots):
    def shortest(here, running, n):
        return sorted(here, key=lambda i: stay(requests[i]))[: n - len(running)]

    return by_turns(requests, slots, shortest)


@serve.misconception(
    seen="The first ones are right. When can the next one go in?",
    why="A slot is free one step too late here. At the very time at which one request is finished "
    "the next one can go in.",
)
def slot_not_freed(requests, slots):
    free, finish = [0] * slots, [0] * len(requests)
    for i in sorted(range(len(requests)), key=lambda i: requests[i][0]):
        arrival, read, write = requests[i]
        slot = free.index(min(free))
        finish[i] = max(arrival, free[slot]) + read + write - 1
        free[slot] = finish[i] + 1
    return finish


@serve.misconception(
    seen="Several wait. Which of them came first?",
    why="The one who came *last* goes first here, as from a pile of plates. Whoever comes first "
    "goes first.",
)
def last_come_first(requests, slots):
    return by_turns(requests, slots, lambda here, running, n: here[::-1][: n - len(running)])


serve.excuse(
    "finish, free = [0] * len(requests), [0] * slots",
    "all finish times are written over, and nobody comes before time 0",
)
