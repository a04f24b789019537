"""Checks and misconceptions for `minhash_dedup`; more of these are in minhash_dedup_mistakes."""

from itertools import combinations
from unittest import mock
from zlib import crc32

import torch

from autograder.checks.pretraining_data import WORDS, pick, whole
from autograder.exercise import Exercise, agree

PRIME = 2**31 - 1


def functions(g, count):
    """a and b of so many hash functions; a is never 0."""
    return torch.randint(1, PRIME, (2, count), generator=g)


def crossed(g):
    """Two words, and functions with which one's first number is the other's second."""
    one, other = pick(g, 2)
    step = (crc32(one.encode()) - crc32(other.encode())) % PRIME
    return [one, other, " ".join(pick(g, 12))], 1, 2, 2, torch.tensor([[1, 1], [0, step]])


def mirrored(g):
    """Two words, and functions with which they have the same two numbers in another order."""
    one, other = pick(g, 2)
    both = (crc32(one.encode()) + crc32(other.encode())) % PRIME
    return [one, other, " ".join(pick(g, 12))], 1, 2, 1, torch.tensor([[1, PRIME - 1], [0, both]])


def late(g):
    """Two texts, and functions with which only their last band is equal."""
    one, other, shared = pick(g, 3)
    b = [-crc32(word.encode()) % PRIME for word in (one, shared)]  # these words get 0
    return [f"{one} {shared}", f"{other} {shared}"], 1, 2, 2, torch.tensor([[1, 1], b])


def texts(g):
    def words(count):
        return [WORDS[whole(g, 0, len(WORDS))] for _ in range(count)]

    def edited(words, *places):
        return [f"new{i}" if i in places else word for i, word in enumerate(words)]

    def text(words, blank=" "):
        return blank.join(words)

    told, other = pick(g, 20), words(15)
    near = text(edited(told, 9)), text(edited(told, 3, 15)), text(told[:17])
    few = pick(g, 3)
    return {
        "two texts have two shingles each": ([text(few), text(few[1:])], 1, 2, 1, functions(g, 2)),
        "a text has one shingle": ([text(told[:13])], 13, 4, 2, functions(g, 4)),
        "three short texts share a word": (
            [text(few[:2]), text([few[2], few[0]]), few[0]], 1, 3, 3, functions(g, 3),
        ),
        "only the last band is equal": late(g),
        "a band has the numbers of another band": crossed(g),
        "a band has the same numbers in another order": mirrored(g),
        "texts differ in capitals, commas and spaces": (
            ["The hen, old", "the hen, old", "the hen old", "a  hen", "a hen", "", " "],
            3, 4, 2, functions(g, 4),
        ),
        "two texts are equal": (
            [text(told[:7]), text(told[:7]), text(other)], 2, 6, 2, functions(g, 6),
        ),
        "one band in many is enough": (
            [text(told), *near, text(other), text(words(11))], 2, 24, 12, functions(g, 24),
        ),
        "there is one band": ([*near, near[1]], 3, 5, 1, functions(g, 5)),
        "each function is a band": (
            [near[0], text(other), near[2], text(words(9))], 1, 8, 8, functions(g, 8),
        ),
        "words are the same in another order": (
            [text(told[:9]), text(sorted(told[:9])), text(told[8::-1])], 3, 6, 3, functions(g, 6),
        ),
        "there are line breaks and several spaces": (
            [text(told[:6]), text(told[:6], "  "), text(told[:5], "\n")], 2, 9, 3, functions(g, 9),
        ),
        "a text is shorter than n": (
            [text(told[:2]), text(told[:8]), text(told[:2])], 4, 6, 3, functions(g, 6),
        ),
        "a text is empty": ([text(told[:15]), "", text(told[1:15])], 2, 4, 2, functions(g, 4)),
        "letters are outside ASCII": (
            ["été à la gare", "ete a la gare", "été à la gare du nord"], 2, 8, 4, functions(g, 8),
        ),
        "many texts are copies with a mistake": (
            [text(edited(told, whole(g, 0, 20))) for _ in range(9)] + [text(words(18))] * 2,
            4, 30, 10, functions(g, 30),
        ),
    }  # fmt: skip


dedup = Exercise(
    "pretraining_data.minhash_dedup", needs=("jaccard",),
    title="Near-duplicates, found by their signatures",
    points=3, difficulty=3, minutes=35, examples=texts,
)  # fmt: skip

dedup.leave_out("empty docs", "there is at least one text")
dedup.leave_out("float64", "the hash functions are whole numbers")
dedup.leave_out("one M", "num_perm says how many there are")
dedup.leave_out("two", "num_perm says how many functions there are")
dedup.leave_out("negative_axis", "it takes no axis")


@dedup.oracle("datasketch.MinHash and MinHashLSH")
def _(docs, n, num_perm, bands, seed_ab):
    from datasketch import MinHash, MinHashLSH, minhash

    # it wants two bands or more, so each is there twice
    a, b = (torch.cat([row, row]).numpy().astype("uint64") for row in seed_ab)
    index = MinHashLSH(num_perm=2 * num_perm, params=(2 * bands, num_perm // bands))
    made, found = [], set()
    with mock.patch.object(minhash, "_mersenne_prime", a.dtype.type(PRIME)):
        for number, text in enumerate(docs):
            words = text.split()
            each = MinHash(2 * num_perm, hashfunc=crc32, permutations=(a, b), scheme="legacy")
            rows = [words[i:][:n] for i in range(len(words)) if i + n <= len(words)] or [words]
            each.update_batch([" ".join(row).encode() for row in rows])
            found |= {(other, number) for other in index.query(each)}
            index.insert(number, each)
            made.append(torch.from_numpy(each.hashvalues[:num_perm].astype("int64")))
    return torch.stack(made), sorted(found)


def drawn(count, seed=3):
    return torch.randint(1, PRIME, (2, count), generator=torch.Generator().manual_seed(seed))


TOLD = [f"w{i}" for i in range(60)]


def with_new(*places):
    return " ".join(f"new{i}" if i in places else word for i, word in enumerate(TOLD))


@dedup.claim("equal texts have equal signatures and are a pair, whatever comes between them")
def _(answer):
    signatures, pairs = answer(["a b c", "x y z", "a b c", "p q r s"], 2, 12, 3, drawn(12))
    agree(signatures[0], signatures[2])
    assert signatures.shape == (4, 12)
    assert (signatures[0] != signatures[1]).any()
    assert any(set(pair) == {0, 2} for pair in pairs)


@dedup.claim("a pair is listed once, as (i, j) with i < j, and no text is a pair with itself")
def _(answer):
    _, pairs = answer(["a b c", "x y z", "a b c", "p q r s"], 2, 12, 3, drawn(12))
    assert pairs == [(0, 2)]


@dedup.claim("the share of equal places in two signatures is near the Jaccard similarity")
def _(answer):
    signatures, _ = answer([with_new(), with_new(30), "x y z"], 3, 512, 8, drawn(512))
    same = (signatures[0] == signatures[1]).float().mean().item()
    assert abs(same - 55 / 61) < 0.07, f"{same:.2f} for a similarity of 0.90"
    assert (signatures[0] == signatures[2]).float().mean() < 0.05


@dedup.claim("a pair shares a band of its signatures, so more bands find more pairs")
def _(answer):
    docs = [with_new(), *(with_new(*range(0, count)) for count in (3, 9, 16, 24, 33))]
    counts, before = [], set()
    for bands in (1, 8, 64):
        signatures, pairs = answer(docs, 2, 64, bands, drawn(64, seed=5))
        cut = signatures.view(6, bands, -1)
        for i, j in combinations(range(6), 2):
            assert ((i, j) in pairs) == bool((cut[i] == cut[j]).all(dim=-1).any())
        assert before <= set(pairs)
        before = set(pairs)
        counts.append(len(pairs))
    assert counts[0] < counts[2]
    assert counts[2] >= 5


@dedup.claim("each hash function has a place of its own in the signature")
def _(answer):
    ab = drawn(6)
    docs = ["a b c d", "b c d e f"]
    signatures, _ = answer(docs, 2, 6, 2, ab)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    other, _ = answer(docs, 2, 6, 2, ab[:, order])
    agree(other, signatures[:, order])
    assert signatures.unique().numel() > 6


dedup.slip(
    ".amin(dim=0)", ".amax(dim=0)", name="max_for_min",
    seen="Each number belongs to a shingle. Which of a text's shingles should be the one?",
    why="These are the *largest* results. They would serve as well, but two programs that compare their "
    "signatures have to agree, and MinHash takes the smallest.",
    convention=True,
)  # fmt: skip
dedup.slip(
    "found.update(combinations(bucket, 2))", "found.update(zip(bucket, bucket[1:]))",
    name="neighbours_only",
    seen="Pairs are right. If three texts share a band, how many pairs are they?",
    why="Of several texts that share a band, only neighbours become pairs here. Three texts are three "
    "pairs.",
)  # fmt: skip
dedup.slip(
    "found.update(combinations(bucket, 2))", "found.update((bucket[0], other) for other in bucket[1:])",
    name="first_with_each",
    seen="Pairs are right. If three texts share a band, how many pairs are they?",
    why="Of several texts that share a band, only the first is paired with each other one here. The "
    "others are pairs, too: three texts are three pairs.",
)  # fmt: skip
dedup.slip(
    "found.update(combinations(bucket, 2))", "found.update((j, i) for i, j in combinations(bucket, 2))",
    name="larger_first",
    seen="The right texts are found. Which of the two numbers comes first?",
    why="The larger number comes first in these pairs. The task puts the smaller one first, so that each "
    "pair has a single name.",
)  # fmt: skip
dedup.slip(
    "None] + b) % (2**31 - 1))", "None] + b))", name="no_modulus",
    seen="Which shingle has the smallest a·x + b, if a is the same for all?",
    why="Without the remainder a·x + b is smallest where x is smallest, for every function. All M places "
    "then ask about the same shingle. The remainder shuffles.",
)  # fmt: skip
dedup.slip(
    "None] + b) % (2**31 - 1))", "None] + b) % 2**31)", name="power_of_two",
    seen="Nearly the right remainder. What is the divisor?",
    why="The divisor here is 2**31. The task has 2**31 - 1, which is a prime: with it, no a loses any "
    "of x.",
)  # fmt: skip
dedup.slip(
    '" ".join(words[i : i + n])', '"".join(words[i : i + n])', name="no_blank",
    seen="Which letters does a shingle consist of? What is between two words?",
    why="The words of a shingle are joined without a space. Then *a bat* and *ab at* are the same. The "
    "task joins them by one space.",
)  # fmt: skip
dedup.slip(
    "{\" \".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}",
    "{text[i : i + n] for i in range(max(1, len(text) - n + 1))}", name="char_ngrams",
    seen="n what in a row: words, or letters?",
    why="These are signatures of n *characters* in a row. English texts have most of these in common. "
    "Here a shingle is n words.",
    convention=True,
)  # fmt: skip
dedup.slip(
    "text.split()", "text.lower().split()", name="lower_case",
    seen="Right as long as nothing has a capital. Are *Hen* and *hen* one word here?",
    why="Capitals are made small before texts are compared, as many pipelines do. The task takes words "
    "as they are.",
    convention=True,
)  # fmt: skip
dedup.slip(
    "range(max(1, len(words) - n + 1))", "range(max(1, len(words) - n))", name="last_shingle_missing",
    seen="With one word in a row, how many shingles does a text of three words have?",
    why="The last shingle of each text is missing. There are m - n + 1 beginnings in a text of m words.",
)  # fmt: skip
dedup.slip(
    "text.split()", 'text.split(" ")', name="split_at_each_space",
    seen="Right where words have one space between them. What is there between two spaces?",
    why="`split(\" \")` cuts at every single space and at nothing else. `split()` takes any white space "
    "together.",
)  # fmt: skip
dedup.slip(
    "range(max(1, len(words) - n + 1))", "range(len(words))", name="ragged_shingles",
    seen="How many words does the last shingle have?",
    why="Shorter pieces at the end of a text count here, too. A text of m words has m - n + 1 shingles "
    "of n words.",
)  # fmt: skip
