"""Checks and misconceptions for `relative_bucket`."""

import math

import torch

from autograder.exercise import Exercise


def distances(g):
    def rel(queries, keys, start=0):
        return torch.arange(keys)[None, :] - torch.arange(start, start + queries)[:, None]

    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    return {
        "all are near": (rel(2, 3), True, 16, 32),
        "keys are before and after": (rel(5, some(30, 60), 20), True, 16, 40),
        "only keys before count": (rel(3, some(40, 70), 45), False, 12, 50),
        "some are very far": (rel(2, some(150, 250), 120), True, 32, 128),
        "both sides go beyond the farthest": (rel(1, some(60, 80), 30), True, 8, 20),
        "a direction has an odd number": (rel(1, 30, some(25, 30)), False, 7, 20),
        "some are farther than the farthest": (rel(2, 90, some(60, 80)), False, 8, 20),
        "the sizes are those of T5": (rel(4, some(100, 140), 60), True, 32, 128),
    }


bucket = Exercise(
    "positions.relative_bucket", optional=True,
    title="Buckets of distances",
    points=2, difficulty=3, minutes=25, examples=distances,
)  # fmt: skip


@bucket.oracle("transformers T5Attention._relative_position_bucket")
def _(rel, bidirectional, n_buckets, max_distance):
    from transformers.models.t5.modeling_t5 import T5Attention

    return T5Attention._relative_position_bucket(rel, bidirectional, n_buckets, max_distance)


bucket.excuse("clamp(min=1)", "what is near takes its own distance, whatever comes of this")
bucket.excuse("distance < exact", "at this distance both rules give the same bucket")


def row(*numbers):
    return torch.tensor([numbers])


@bucket.claim("near distances have a bucket each, and before and after are told apart")
def _(answer):
    assert answer(row(0, -1, -2, -3), True, 16, 40).tolist() == [[0, 1, 2, 3]]
    assert answer(row(1, 2, 3), True, 16, 40).tolist() == [[9, 10, 11]]


@bucket.claim("far distances share buckets, up to the last one")
def _(answer):
    far = answer(-torch.arange(0, 400, 5)[None], False, 20, 100)[0]
    assert (far.diff() >= 0).all()
    assert far[-1] == far[-40] == 19
    assert len(set(far.tolist())) < 15


@bucket.claim("in one direction all buckets are for what came before")
def _(answer):
    assert answer(row(5, 1, 0), False, 12, 50).tolist() == [[0, 0, 0]]
    assert answer(row(-5), False, 12, 50).tolist() == [[5]]


bucket.slip(
    "n_buckets //= 2\n        offset", "offset", name="not_halved",
    seen="How many buckets are there for each of the two directions?",
    why="Each direction has all of the buckets here, so that there are twice as many as `n_buckets`. "
    "Halve the number first: all that follows is about one direction.",
)  # fmt: skip
bucket.slip(
    "(-rel).clamp(min=0)", "rel.clamp(min=0)", name="other_side",
    seen="In one direction: which sign has a key before its query?",
    why="Keys after the query are counted here, and those before it are all at distance 0. `rel` is "
    "the key's position minus the query's, so before is negative.",
)  # fmt: skip
bucket.slip(
    "(distance.clamp(min=1) / exact).log() / math.log(max_distance / exact)",
    "distance.clamp(min=1).log() / math.log(max_distance)", name="factors_from_one",
    seen="Near distances are right. At which distance do the factors begin?",
    why="The logarithm counts factors from distance 1 here. The buckets of one distance each end at "
    "n // 2, and the factors begin there: both logarithms are of a distance divided by it.",
)  # fmt: skip
bucket.slip(
    "(rel > 0) * n_buckets", "(rel < 0) * n_buckets", name="sign",
    seen="Is a key before its query in the first half of the buckets or in the second?",
    why="The halves are exchanged. `rel` is the key's position minus the query's, so a key after the "
    "query has rel > 0, and these have the second half.",
)  # fmt: skip
bucket.slip(
    "        n_buckets //= 2\n        offset = (rel > 0) * n_buckets\n",
    "        offset = (rel > 0) * (n_buckets // 2)\n", name="no_half",
    seen="How many buckets does one direction have?",
    why="All buckets are used for each direction here, so that they overlap. In both directions, each "
    "has half of them.",
)  # fmt: skip
bucket.slip(
    "exact = n_buckets // 2", "exact = n_buckets // 4", name="quarter_exact",
    seen="How many distances have a bucket of their own?",
    why="A quarter of the buckets hold one distance each here. It is half of those of a direction.",
)  # fmt: skip
bucket.slip(
    "math.log(max_distance / exact)", "math.log(max_distance)", name="log_base",
    seen="Near distances are right. Which bucket does `max_distance` itself reach?",
    why="The logarithms are divided by ln(max_distance). Both are taken of what is divided by "
    "n // 2, so that the last bucket begins at max_distance.",
)  # fmt: skip
bucket.slip(
    ".long().clamp(max=n_buckets - 1)", ".long()", name="no_clamp",
    seen="Which bucket has a distance beyond `max_distance`?",
    why="Distances beyond the largest one get numbers that no bucket has. They share the last one.",
)  # fmt: skip
bucket.slip(
    "(exact + far * (n_buckets - exact)).long()", "(exact + far * (n_buckets - exact)).round().long()",
    name="round_not_floor",
    seen="Some distances are one bucket too far. Rounded or cut?",
    why="The numbers are rounded here. A bucket's number is cut down to the whole number below.",
)  # fmt: skip
bucket.slip(
    "(-rel).clamp(min=0)", "rel.abs()", name="future_counts",
    seen="In one direction: where does a key after its query belong?",
    why="Keys after the query are counted by their distance here. In one direction they count as being "
    "at the query: bucket 0.",
)  # fmt: skip


@bucket.alternative
def one_by_one(rel, bidirectional, n_buckets, max_distance):
    n = n_buckets // 2 if bidirectional else n_buckets

    def number(d):
        first = n if bidirectional and d > 0 else 0
        d = abs(d) if bidirectional else max(0, -d)
        if d < n // 2:
            return first + d
        share = torch.tensor(d / (n // 2)).log().item() / math.log(max_distance / (n // 2))
        return first + min(n - 1, n // 2 + int(share * (n - n // 2)))

    return torch.tensor([[number(d) for d in line] for line in rel.tolist()], dtype=torch.long)
