"""More misconceptions about `continuous_batching`: which slot, which of two, and whose time."""

from autograder.checks.serving.continuous_batching import ORDER, serve

FIRST_FREE = "slot = free.index(min(free))"
IN_TURN = {
    "seen": "A slot is free. Which one does the next request take?",
    "why": "The requests are dealt out to the slots in turn, like cards. Then one waits for a long "
    "text while another slot is free. Whoever is next takes the slot that is free first.",
}
serve.slip(FIRST_FREE, f"slot = {ORDER}.index(i) % slots", name="slots_in_turn", **IN_TURN)
serve.slip(FIRST_FREE, "slot = i % slots", name="slots_by_number", **IN_TURN)
serve.slip(
    FIRST_FREE, "slot = free.index(max(free))", name="slot_free_last",
    seen="Two slots are taken. Which of them does the next request wait for?",
    why="The slot that is free *last* is taken here. Whoever is next takes the slot that is free "
    "first.",
)  # fmt: skip

TIE = {
    "seen": "Several come together. Which of them goes first?",
    "why": "Of those that come together, the one with the smaller numbers goes first here, because "
    "`read` or `write` takes part in the sorting. The one further up in the list goes first: sort "
    "by the arrival alone.",
}
for name, key in {
    "tuples_sorted": "requests[i]",
    "tie_by_stay": "(requests[i][0], requests[i][1] + requests[i][2])",
    "tie_by_write": "(requests[i][0], requests[i][2])",
}.items():
    serve.slip(ORDER, f"sorted(range(len(requests)), key=lambda i: {key})", name=name, **TIE)

serve.slip(
    "    return finish", "    return sorted(finish)", name="sorted_ends",
    seen="The times are right. Whose are they?",
    why="The times are sorted here, and nobody can tell whose they are. They come in the order of "
    "the list.",
)  # fmt: skip
serve.slip(
    "    return finish", f"    return [finish[i] for i in {ORDER}]", name="ends_by_arrival",
    seen="The times are right. Whose are they?",
    why="The times come in the order of arrival here. They are asked for in the order of the list.",
)  # fmt: skip
serve.slip(
    "    return finish", "    return [end - requests[i][0] for i, end in enumerate(finish)]",
    name="how_long_it_took",
    seen="Right for whoever comes at time 0. Is it asked how long a request takes, or when it is "
    "finished?",
    why="The arrival is taken off here, so this is how long each was there. What is asked for is "
    "the time at which it is finished.",
)  # fmt: skip

SAME = {
    "seen": "Two ask for the same. Are they one request?",
    "why": "Equal requests are taken for one here, because the times are kept by the request "
    "itself. Two readers may ask for the same, and each has a time: keep them by their number in "
    "the list.",
}


def served(requests, slots):
    """Each request with its end, in the order of arrival."""
    free = [0] * slots
    for request in sorted(requests, key=lambda request: request[0]):
        slot = free.index(min(free))
        free[slot] = max(request[0], free[slot]) + request[1] + request[2] - 1
        yield request, free[slot]


@serve.misconception(**SAME)
def ends_by_request(requests, slots):
    ends = dict(served(requests, slots))
    return [ends[request] for request in requests]


@serve.misconception(**SAME)
def first_equal_found(requests, slots):
    finish = [0] * len(requests)
    for request, end in served(requests, slots):
        finish[requests.index(request)] = end
    return finish
