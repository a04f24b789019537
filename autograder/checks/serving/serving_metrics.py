"""Checks and misconceptions for `serving_metrics`."""

import itertools

import torch

from autograder.exercise import Exercise


def days(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    def written(first, *gaps):
        times = [first]
        for gap in gaps:
            times.append(times[-1] + gap)
        return times

    def gap():
        return some(2, 9) / 10

    a, b, c, d = (some(10, 60) / 10 for _ in range(4))
    begin = some(20, 90) + 0.5
    return {
        "a request has a single token": ([b], [[b + 1.5]]),
        "one request writes evenly": ([a], [written(a + 2, 0.5, 0.5, 0.5, 0.5)]),
        "its later tokens come unevenly": ([a], [written(a + gap(), gap(), 3 * gap(), gap())]),
        "two come together, and one waits for the other": (
            [c, c], [written(c + 1, 0.4, 0.4), written(c + 6 + gap(), 0.4, 0.4, 0.4)],
        ),
        "the second of the list came first and the first ends last": (
            [begin + 3, begin], [written(begin + 9, gap(), 4), written(begin + 2, gap(), 1, gap())],
        ),
        "the one that comes last is short": (
            [begin, begin + 1.25], [written(begin + 0.8, *[gap() for _ in range(9)]), [begin + 2]],
        ),
        "several come and go": (
            [d + 4, d, d + 1, d + 5],
            [written(d + 7, gap(), gap()), written(d + 1, gap()), [d + 3.5],
             written(d + 6, gap(), gap(), gap(), gap())],
        ),
        "all of it happens before the clock's zero": (
            [a - 20, b - 20], [written(a - 13, gap(), gap()), written(b - 13, gap(), 2, gap())],
        ),
        "the clock is far from zero": ([1000 * a], [written(1000 * a + gap(), gap(), gap())]),
    }  # fmt: skip


metrics = Exercise(
    "serving.serving_metrics", fast_track=True,
    title="What a reader waits for",
    points=2, difficulty=2, minutes=15, examples=days,
)  # fmt: skip


@metrics.oracle("numpy.diff, mean and ptp")
def _(arrival, token_times):
    import numpy as np

    first = np.array([times[0] for times in token_times])
    last = np.array([times[-1] for times in token_times])
    gaps = [np.diff(times).mean() if len(times) > 1 else 0.0 for times in token_times]
    all_times = np.concatenate([np.array(arrival), *map(np.array, token_times)])
    tokens = np.size(np.concatenate(token_times))
    came = np.array(arrival)
    ttft, e2e = (first - came).tolist(), (last - came).tolist()
    return ttft, [float(gap) for gap in gaps], e2e, float(tokens / np.ptp(all_times))


@metrics.alternative
def from_the_gaps(arrival, token_times):
    ttft = [times[0] - came for came, times in zip(arrival, token_times, strict=True)]
    tpot = []
    for times in token_times:
        gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
        tpot.append(sum(gaps) / len(gaps) if gaps else 0.0)
    e2e = [
        t + (len(times) - 1) * gap for t, gap, times in zip(ttft, tpot, token_times, strict=True)
    ]
    every = sorted(time for times in token_times for time in times)
    return ttft, tpot, e2e, len(every) / (every[-1] - min(arrival))


DAY = [2.0, 0.0, 3.5], [[4.0, 4.5, 6.0], [1.0, 3.0, 3.5, 4.0, 5.0], [7.0, 7.25]]


def near(got, wanted):
    return abs(got - wanted) <= 1e-6 * max(1, abs(wanted))


@metrics.claim(
    "who came earlier, and was served at the same times, waited longer for the first token"
)
def _(answer):
    arrival, times = DAY
    late, early = answer.each((arrival, times), ([1.5, 0.0, 3.5], times))
    assert near(early[0][0] - late[0][0], 0.5)
    assert near(early[0][2], late[0][2])
    assert near(late[0][1], 1.0)


@metrics.claim("the time from token to token does not depend on how late the first one was")
def _(answer):
    arrival, times = DAY
    late, early = answer.each((arrival, times), ([1.5, -2.0, 3.0], times))
    assert all(map(near, late[1], early[1]))
    assert near(late[1][1], 1.0)


@metrics.claim(
    "to the first token, and then so many times from token to token, takes until the end"
)
def _(answer):
    ttft, tpot, e2e, _ = answer(*DAY)
    for i, times in enumerate(DAY[1]):
        assert e2e[i] > 0
        assert near(ttft[i] + (len(times) - 1) * tpot[i], e2e[i])


@metrics.claim("twice as many readers, served at the same times, make the throughput twice as high")
def _(answer):
    arrival, times = DAY
    one, two = answer.each((arrival, times), (arrival * 2, times * 2))
    assert one[3] > 0
    assert near(two[3], 2 * one[3])


@metrics.claim("a clock that is set otherwise changes nothing")
def _(answer):
    arrival, times = DAY
    moved = [time + 32 for time in arrival], [[time + 32 for time in row] for row in times]
    before, after = answer.each((arrival, times), moved)
    for wanted, got in zip(before[:3], after[:3], strict=True):
        assert all(map(near, got, wanted))
        assert any(wanted)
    assert near(before[3], after[3])


TPOT = "(times[-1] - times[0]) / max(len(times) - 1, 1)"
RATE = "sum(len(times) for times in token_times) / took"
TOOK = "max(times[-1] for times in token_times) - min(arrival)"

metrics.slip(
    TPOT, "(times[-1] - came) / len(times)", name="tpot_includes_first",
    seen="The other numbers are right. Does the wait for the first token count among the times "
    "from one token to the next?",
    why="These are all seconds since the arrival, divided by all tokens. So a long wait in the "
    "queue looks like slow writing. `tpot` begins at the first token: that time belongs to "
    "`ttft`.",
)  # fmt: skip
metrics.slip(
    TPOT, "(times[-1] - times[0]) / len(times)", name="divide_by_n",
    seen="The time is right. Between three tokens, how many gaps are there?",
    why="The time from the first token to the last is divided by the number of tokens here. "
    "Between n tokens there are n - 1 gaps.",
)  # fmt: skip
metrics.slip(
    TPOT, "(len(times) - 1) / (times[-1] - times[0] or 1)", name="tokens_a_second",
    seen="Is a larger `tpot` better or worse?",
    why="These are tokens a second, the inverse of `tpot`. What is asked for is seconds a token.",
)  # fmt: skip
metrics.slip(
    TPOT, "(times[-1] - came) / (len(times) - 1) if len(times) > 1 else 0.0",
    name="tpot_from_arrival",
    seen="The number of gaps is right. Between which two moments do they lie?",
    why="The time since the arrival is divided here, so the wait for the first token is in it. "
    "The gaps begin at the first token.",
)  # fmt: skip
metrics.slip(
    "times[0] - came)\n        e2e.append(times[-1] - came)",
    "times[0] - min(arrival))\n        e2e.append(times[-1] - min(arrival))", name="all_from_one_start",
    seen="Right for the request that came first. Since when has another reader been waiting?",
    why="All requests are timed from the earliest arrival here. Nobody waits before having come: "
    "each is timed from its own arrival.",
)  # fmt: skip
metrics.slip(
    "times[0] - came", "times[0] - min(arrival)", name="ttft_from_batch_start",
    seen="Right for the request that came first. Since when has another reader been waiting?",
    why="The first token is timed from the earliest arrival here. Nobody waits before having "
    "come: it is timed from the request's own arrival.",
)  # fmt: skip
metrics.slip(
    "e2e.append(times[-1] - came)", "e2e.append(times[-1] - times[0])", name="e2e_from_first_token",
    seen="The first two lists are right. When does a reader's wait for the whole text begin?",
    why="`e2e` begins at the first token here. That is the time of writing alone. The reader has "
    "waited since the request came.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(times[-1] for times in token_times)", name="throughput_from_zero",
    seen="The lists are right. When did the first request come?",
    why="The server's time is counted from the zero of the clock, and that means nothing. It "
    "begins with the earliest arrival.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(times[-1] for times in token_times) - min(times[0] for times in token_times)",
    name="throughput_from_first_token",
    seen="The lists are right. From when on has the server been at work?",
    why="The server's time begins at the first token here. It had a request before that, and was "
    "reading it: begin with the earliest arrival.",
)  # fmt: skip
metrics.slip(
    RATE, "len(token_times) / took", name="requests_a_second", convention=True,
    seen="The lists are right. What is counted, requests or tokens?",
    why="These are *requests* a second, which servers report as well. Here the tokens are "
    "counted.",
)  # fmt: skip
metrics.slip(
    RATE, "sum(len(times) - 1 for times in token_times) / took", name="first_tokens_left_out",
    seen="The lists are right. Is the first token of a request written by the server?",
    why="The first token of each request is left out of the throughput. It is left out of `tpot`, "
    "but the server wrote it like all others.",
)  # fmt: skip
metrics.slip(
    "return ttft, tpot, e2e,", "return ttft, e2e, tpot,", name="other_order",
    seen="All numbers may be right. In which order are they to come?",
    why="`tpot` and `e2e` have changed places. The order is ttft, tpot, e2e, throughput.",
)  # fmt: skip
metrics.excuse(
    "for came, times in zip(arrival, token_times, strict=True)", "both lists have one length"
)
