"""Checks and misconceptions for `t5_span_corruption`."""

from autograder.checks.encoder_decoders import some_ids
from autograder.exercise import Exercise

SENTINELS = [199, 198, 197, 196, 195]


def hidden(g):
    def ids(length):
        return some_ids(g, length)

    return {
        "one id is hidden": (ids(4), [(1, 1)], SENTINELS, 1),
        "a span has three ids": (ids(7), [(2, 3)], SENTINELS, 1),
        "two spans are hidden": (ids(8), [(1, 2), (5, 1)], SENTINELS, 1),
        "the first ids are hidden": (ids(5), [(0, 2)], SENTINELS, 2),
        "the last ids are hidden": (ids(5), [(3, 2)], SENTINELS, 1),
        "two spans touch": (ids(8), [(2, 2), (4, 3)], SENTINELS, 1),
        "all ids are hidden": (ids(3), [(0, 3)], SENTINELS, 3),
        "nothing is hidden": (ids(4), [], SENTINELS, 1),
        "sentinels come in another order": (ids(6), [(1, 1), (3, 2)], [120, 150, 101, 130], 1),
        "just enough sentinels are there": (ids(7), [(0, 1), (4, 2)], [99, 98, 97], 1),
        "too few sentinels are there": (ids(7), [(0, 1), (4, 2)], [99, 98], 1),
        "one sentinel is there for three spans": (ids(9), [(0, 1), (3, 2), (7, 1)], [99], 1),
        "nothing is hidden and no sentinel is there": (ids(3), [], [], 1),
        "there are four spans": (
            ids(15), [(0, 1), (3, 2), (6, 4), (12, 2)], SENTINELS, 1,
        ),
    }  # fmt: skip


corruption = Exercise(
    "encoder_decoders.t5_span_corruption",
    title="What T5 reads and writes", needs=("text_infilling",),
    points=2, difficulty=2, minutes=15, examples=hidden,
)  # fmt: skip
corruption.excuse("strict=False", "there are more sentinels than spans by then")
corruption.leave_out("equal", "sentinels that are equal do not tell spans apart")


@corruption.alternative
def from_the_end(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets = [*ids, eos], [sentinel_ids[len(spans)], eos]
    for number in reversed(range(len(spans))):
        start, length = spans[number]
        targets = [sentinel_ids[number], *inputs[start : start + length], *targets]
        inputs[start : start + length] = [sentinel_ids[number]]
    return inputs, targets


@corruption.claim("what is read and what is written make the whole text again")
def _(answer):
    ids = list(range(20, 34))
    spans = [(1, 2), (5, 4), (12, 1)]
    read, written = answer(ids, spans, [90, 80, 70, 60], 1)
    assert read[-1] == written[-1] == 1
    parts, own = {}, None
    for token in written[:-1]:
        if token in (90, 80, 70, 60):
            own = parts.setdefault(token, [])
        else:
            own.append(token)
    assert parts.pop(60) == []
    assert len(parts) == 3
    whole = [piece for token in read[:-1] for piece in parts.get(token, [token])]
    assert whole == ids


@corruption.claim("the fewer ids are hidden, the less there is to write")
def _(answer):
    ids = list(range(20, 32))
    for length in range(1, 8):
        read, written = answer(ids, [(3, length)], [90, 80], 2)
        assert len(read) == 12 - length + 2
        assert len(written) == length + 3
        assert written == [90, *ids[3 : 3 + length], 80, 2]


@corruption.claim(
    "the first sentinel of the list belongs to the first span, whatever their numbers are"
)
def _(answer):
    read, written = answer([50, 51, 52, 53, 54], [(0, 1), (2, 1), (4, 1)], [7, 9, 8, 6], 1)
    assert read == [7, 51, 9, 53, 8, 1]
    assert written == [7, 50, 9, 52, 8, 54, 6, 1]
