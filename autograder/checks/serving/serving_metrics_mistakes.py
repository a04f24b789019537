"""More misconceptions about `serving_metrics`: from when to when, and what one reader gets."""

from autograder.checks.serving.serving_metrics import RATE, TOOK, metrics

for old, name in (
    ("ttft.append(times[0]", "ttft_on_the_clock"),
    ("e2e.append(times[-1]", "e2e_on_the_clock"),
):
    metrics.slip(
        f"{old} - came)", f"{old})", name=name,
        seen="Since when has the reader been waiting?",
        why="This is a time on the clock, and its zero means nothing. How long somebody waited is "
        "counted from the arrival.",
    )  # fmt: skip
metrics.slip(
    TOOK, "max(times[-1] for times in token_times) - arrival[0]", name="first_of_the_list",
    seen="The lists are right. Did the first of the list come first?",
    why="The server's time begins with the first request of the list here. The list has no order: "
    "take the earliest arrival.",
)  # fmt: skip
metrics.slip(
    TOOK, "token_times[-1][-1] - min(arrival)", name="last_of_the_list",
    seen="The lists are right. Does the last of the list end last?",
    why="The server's time ends with the last request of the list here. One that is further up, or "
    "that came sooner, can end later: take the latest token of all.",
)  # fmt: skip
metrics.slip(
    TOOK, "token_times[-1][-1] - arrival[0]", name="first_and_last_of_the_list",
    seen="The lists are right. Did the first of the list come first, and does the last one end "
    "last?",
    why="The time runs from the first request of the list to the last one of the list here. A "
    "later request can end sooner, and the list has no order: take the earliest arrival and "
    "the latest token.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(times[-1] for times in token_times) - max(arrival)", name="from_the_latest_arrival",
    seen="The lists are right. Did the server do nothing before the last request came?",
    why="The server's time begins with the *latest* arrival here. It has been at work since the "
    "earliest one.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(e2e)", name="over_the_longest_wait",
    seen="The lists are right. Do all requests come at the same time?",
    why="All tokens are divided by the longest wait of one reader here. If they do not come "
    "together, the server is at work for longer: from the earliest arrival to the latest token.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(token_times, key=len)[-1] - min(arrival)", name="until_the_longest_ends",
    seen="The lists are right. Does the longest text end last?",
    why="The server's time ends with the longest text here. A short one that came later can end "
    "after it: take the latest token of all.",
)  # fmt: skip
metrics.slip(
    TOOK, "max(0, *(times[-1] for times in token_times)) - min(arrival)", name="latest_from_zero",
    seen="The lists are right. What is the latest of three times if all are below zero?",
    why="The latest token is looked for from 0 upwards here. The clock's zero means nothing, and all "
    "times may lie before it: begin with the first of the times themselves.",
)  # fmt: skip
metrics.slip(
    RATE, "sum(len(times) / e for times, e in zip(token_times, e2e, strict=True)) / len(e2e)",
    name="mean_of_rates",
    seen="The lists are right. Two readers get their tokens at the same time. How many does the "
    "server write in a second?",
    why="Each request has a rate here, and the mean of the rates is taken. That is what one "
    "reader gets. What the server writes is all tokens of all requests, over the time that "
    "all took together.",
)  # fmt: skip
metrics.slip(
    RATE, "sum(len(times) / e for times, e in zip(token_times, e2e, strict=True))",
    name="sum_of_rates",
    seen="The lists are right. Are all readers served during the whole time?",
    why="The rates of all readers are added here, as if all were served during the whole time. Of "
    "two that are served one after the other, each has a rate of its own, and together they "
    "get no more than one.",
)  # fmt: skip
metrics.slip(
    RATE, "sum(len(times) for times in token_times) / sum(e2e)", name="over_all_waits",
    seen="The lists are right. Is a second counted twice if two are served in it?",
    why="The waits of all readers are added here. While many are served at a time, each second is "
    "counted many times. It is one clock, from the earliest arrival to the latest token.",
)  # fmt: skip
