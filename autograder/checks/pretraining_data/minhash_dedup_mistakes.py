"""More misconceptions about `minhash_dedup`, and another right way to write it."""

from itertools import combinations
from zlib import crc32

import torch

from autograder.checks.pretraining_data.minhash_dedup import PRIME, dedup


def numbers(text, n):
    """A number for each of a text's shingles."""
    words = text.split()
    rows = {" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}
    return [crc32(row.encode()) for row in rows]


def signed(docs, n, num_perm, ab):
    a, b = ab[0][:, None], ab[1][:, None]
    return torch.stack([((a * torch.tensor(numbers(t, n)) + b) % PRIME).amin(1) for t in docs])


def pairs_where(signatures, alike):
    pairs = combinations(range(len(signatures)), 2)
    return signatures, [(i, j) for i, j in pairs if alike(signatures[i], signatures[j])]


dedup.slip(
    "((a * x[:, None] + b) % (2**31 - 1))", "(a * x[:, None] % (2**31 - 1) + b)", name="b_after",
    seen="Nearly the right number. Of what is the remainder taken?",
    why="b is added after the remainder is taken here. Then it moves all numbers of a function by the "
    "same step and shuffles nothing. The remainder is that of a·x + b.",
)  # fmt: skip
dedup.slip(
    "a, b = seed_ab", "b, a = seed_ab", name="a_and_b_exchanged",
    seen="Which row of `seed_ab` multiplies?",
    why="The rows of `seed_ab` have changed places here: the first is a, which multiplies, and the "
    "second is b, which is added.",
)  # fmt: skip
dedup.slip(
    "tuple(values)", "tuple(sorted(values))", name="places_of_a_band_ignored",
    seen="The signatures are right. Is a band the same if its numbers are in another order?",
    why="The numbers of a band are compared without their places here. A place says which function a "
    "number comes from, so numbers have to agree place by place.",
)  # fmt: skip
dedup.slip(
    """    for band in signatures.chunk(bands, dim=1):
        buckets = {}
        for number, values in enumerate(band.tolist()):
            buckets.setdefault(tuple(values), []).append(number)
""","""    buckets = {}
    for band in signatures.chunk(bands, dim=1):
        for number, values in enumerate(band.tolist()):
            same = buckets.setdefault(tuple(values), [])
            same += [number] * (number not in same)
            same.sort()
""",
    name="one_dict_for_all_bands",
    seen="The signatures are right. May the first band of one text meet the second band of another?",
    why="All bands share one `dict` here, so a band also meets other bands of other texts. Their "
    "numbers come from other functions. Each band needs buckets of its own.",
)  # fmt: skip


@dedup.misconception(
    seen="The signatures are right. In how many bands does a pair have to agree?",
    why="A pair is found here only if *all* bands are equal, which is the whole signature. Then nearly "
    "nothing but exact copies is found. One band is enough: that is what bands are for.",
)
def all_bands_must_match(docs, n, num_perm, bands, seed_ab):
    return pairs_where(signed(docs, n, num_perm, seed_ab), torch.equal)


@dedup.misconception(
    seen="The signatures are right. How many places has a band?",
    why="One equal *place* makes a pair here, as if every function were a band. Texts with little in "
    "common are found, too. All places of a band have to agree.",
)
def any_place(docs, n, num_perm, bands, seed_ab):
    return pairs_where(signed(docs, n, num_perm, seed_ab), lambda x, y: bool((x == y).any()))


@dedup.misconception(
    seen="The signatures are right. Are two texts compared by what is in a signature, or by what is "
    "where?",
    why="Signatures are compared as *sets* here, by their overlap. The place says which function a "
    "number comes from, and results of two functions have nothing to say to each other. Compare place "
    "by place.",
)
def estimate_by_set_overlap(docs, n, num_perm, bands, seed_ab):
    def overlap(x, y):
        x, y = set(x.tolist()), set(y.tolist())
        return len(x & y) / len(x | y) >= (1 / bands) ** (bands / num_perm)

    return pairs_where(signed(docs, n, num_perm, seed_ab), overlap)


@dedup.misconception(
    seen="The signatures are right. Is a threshold asked for?",
    why="Pairs are found here whose signatures agree in enough places, with a threshold between the "
    "bands. That compares every text with every other one. The task asks for a band that is equal.",
)
def by_estimate(docs, n, num_perm, bands, seed_ab):
    limit = (1 / bands) ** (bands / num_perm)
    return pairs_where(
        signed(docs, n, num_perm, seed_ab), lambda x, y: (x == y).float().mean().item() >= limit
    )


@dedup.misconception(
    seen="The signatures are right. Which places belong to the first band?",
    why="A band has every so-manieth place here. The task cuts a signature from left to right: the first "
    "band has its first places.",
)
def strided_bands(docs, n, num_perm, bands, seed_ab):
    def share(x, y):
        return any(torch.equal(x[k::bands], y[k::bands]) for k in range(bands))

    return pairs_where(signed(docs, n, num_perm, seed_ab), share)


@dedup.misconception(
    seen="The signatures are right. Is `bands` the number of bands, or the length of one?",
    why="Bands have `bands` *places* here. It is their number: each has num_perm / bands places.",
)
def bands_as_length(docs, n, num_perm, bands, seed_ab):
    def share(x, y):
        rows = zip(x.split(bands), y.split(bands), strict=True)
        return any(torch.equal(*row) for row in rows)

    return pairs_where(signed(docs, n, num_perm, seed_ab), share)


@dedup.misconception(
    seen="The pairs are right. What is the first result to be?",
    why="The signatures stand in columns, a row for each function. The task has a row for each text.",
)
def transposed(docs, n, num_perm, bands, seed_ab):
    signatures, pairs = dedup.reference(docs, n, num_perm, bands, seed_ab)
    return signatures.T.contiguous(), pairs


@dedup.misconception(
    seen="The right pairs are found. In which order do they come?",
    why="Pairs come in the order here in which bands find them. The task wants them sorted.",
)
def in_the_order_found(docs, n, num_perm, bands, seed_ab):
    signatures, found = signed(docs, n, num_perm, seed_ab), {}
    for band in signatures.split(num_perm // bands, dim=1):
        found |= dict.fromkeys(pairs_where(band, torch.equal)[1])
    return signatures, list(found)


@dedup.misconception(
    seen="Most pairs are right. Which places belong to the last band?",
    why="The last band is left out here. `bands` bands cover the whole signature.",
)
def last_band_missing(docs, n, num_perm, bands, seed_ab):
    def share(x, y):
        return any(map(torch.equal, *(row.chunk(bands)[: max(1, bands - 1)] for row in (x, y))))

    return pairs_where(signed(docs, n, num_perm, seed_ab), share)


@dedup.misconception(
    seen="The signatures are right. Are equal texts the only pairs?",
    why="A pair is found here if both texts are equal, letter by letter. One new word hides a copy.",
)
def exact_copies(docs, n, num_perm, bands, seed_ab):
    pairs = combinations(range(len(docs)), 2)
    return signed(docs, n, num_perm, seed_ab), [(i, j) for i, j in pairs if docs[i] == docs[j]]


@dedup.alternative
def band_by_band(docs, n, num_perm, bands, seed_ab):
    signatures = torch.zeros(len(docs), num_perm, dtype=torch.long)
    a, b = seed_ab.tolist()
    for number, text in enumerate(docs):
        for place in range(num_perm):
            results = [(a[place] * x + b[place]) % PRIME for x in numbers(text, n)]
            signatures[number, place] = min(results)
    length = num_perm // bands
    pairs = []
    for i in range(len(docs)):
        for j in range(i + 1, len(docs)):
            same = signatures[i] == signatures[j]
            if any(same[at : at + length].all() for at in range(0, num_perm, length)):
                pairs.append((i, j))
    return signatures, pairs
