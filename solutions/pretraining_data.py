"""What a model reads before it knows anything: texts that are cleaned, compared and packed.

Owns: rules for the quality of a text, how alike two texts are, and rows of tokens without padding.
Ignores where texts come from and how a model is trained on them.
"""

from itertools import combinations
from zlib import crc32

import torch
from jaxtyping import Int
from torch import Tensor


def quality_filter(text: str) -> tuple[bool, list[str]]:
    """Whether a text is kept, and the names of the rules that it breaks, in this order:

    - `words`: it has 50 words or more. Words are what `str.split` gives.
    - `length`: its words have 3 to 10 characters on average.
    - `letters`: at least 80 % of its words have a letter (`str.isalpha`).
    - `ellipses`: at most 30 % of its lines end with `...` or `…`. Lines are what `str.splitlines` gives,
      empty ones too. White space at the end of a line does not count.

    All limits belong to what is allowed. A text is kept if it breaks no rule. A text without words
    breaks the rule `words` alone.

    Source: Rae et al. 2021, appendix A, four of its rules (without the limit of 100,000 words).
    """
    words = text.split()
    lines = [line.rstrip() for line in text.splitlines()]
    with_letter = sum(any(c.isalpha() for c in word) for word in words)
    trailing = sum(line.endswith(("...", "…")) for line in lines)
    holds = {  # products of whole numbers: no rounding, and nothing is divided by 0
        "words": len(words) >= 50,
        "length": 3 * len(words) <= sum(map(len, words)) <= 10 * len(words),
        "letters": 10 * with_letter >= 8 * len(words),
        "ellipses": 10 * trailing <= 3 * len(lines),
    }
    broken = [name for name, fine in holds.items() if not fine]
    return not broken, broken


def jaccard(a: str, b: str, n: int) -> float:
    """Of all shingles that are in one of two texts or in both, the share that is in both.

    A shingle is n words in a row, and words are what `str.split` gives. A text with fewer than n words
    has a single shingle, which is all its words; an empty text has the shingle of no words. How often a
    shingle is in a text does not count. Words are compared as they are. n is 1 or more.

    Source: Broder 1997, who calls it resemblance.
    """

    def shingles(text):
        words = text.split()
        return {tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}

    first, second = shingles(a), shingles(b)
    return len(first & second) / len(first | second)


def minhash_dedup(
    docs: list[str], n: int, num_perm: int, bands: int, seed_ab: Int[Tensor, "2 M"]
) -> tuple[Int[Tensor, "N M"], list[tuple[int, int]]]:
    """MinHash signatures of N texts, and the pairs of texts that share a band of them.

    A shingle is n words in a row (words are what `str.split` gives), and a text with fewer than n words
    has a single shingle, which is all its words. Its number x is `crc32` of its words, joined by one
    space and encoded as UTF-8. There are num_perm = M hash functions: number i makes
    (a[i] * x + b[i]) % (2**31 - 1) of it, where a and b are the rows of `seed_ab`. A signature holds, for
    each hash function, the smallest result that any shingle of the text gets. int64 is enough.

    A signature is cut into `bands` bands of equal length, from left to right; `bands` divides num_perm.
    A pair of texts is a candidate if at least one band is equal in both: the same band, with the same
    numbers in the same places. Each candidate is listed once, as (i, j) with i < j, in ascending order.
    There is at least one text, but texts may be empty: their only shingle is the empty text.

    Source: Broder 1997; bands as in Leskovec, Rajaraman and Ullman 2014, section 3.4.
    """
    a, b = seed_ab
    signatures = torch.empty(len(docs), num_perm, dtype=torch.long)
    for row, text in enumerate(docs):
        words = text.split()
        shingles = {" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}
        x = torch.tensor([crc32(shingle.encode()) for shingle in shingles])
        signatures[row] = ((a * x[:, None] + b) % (2**31 - 1)).amin(dim=0)

    found = set()
    for band in signatures.chunk(bands, dim=1):
        buckets = {}
        for number, values in enumerate(band.tolist()):
            buckets.setdefault(tuple(values), []).append(number)
        for bucket in buckets.values():
            found.update(combinations(bucket, 2))
    return signatures, sorted(found)


def pack_documents(
    docs: list[list[int]], T: int, eos: int
) -> tuple[Int[Tensor, "N T"], Int[Tensor, "N T"], Int[Tensor, "N T"], Int[Tensor, "N T"]]:
    """Rows of T tokens without padding: ids, labels, positions and the numbers of documents.

    Each document is followed by one `eos`, which belongs to it, whatever the document itself holds. All
    of them together are one long sequence, which is cut into N rows of T tokens. What does not fill a
    last row is dropped.

    In each row, a document or what the row has of it is a piece. Positions count from 0 in each piece.
    Labels are the ids, but -100 for the first token of a piece: nothing in its row says what it will be.
    They are not shifted yet. The last result has, for each token, the place of its document in `docs`.
    All four are int64. An empty document is its `eos` alone. There may be no documents, or too few tokens
    for a row: then N is 0. T is 1 or more.

    Source: Raffel et al. 2020, section 3.1.2 (packing); `DataCollatorWithFlattening` of `transformers`
    (labels and positions).
    """
    stream = [(token, number) for number, doc in enumerate(docs) for token in [*doc, eos]]
    N = len(stream) // T
    pairs = torch.tensor(stream[: N * T], dtype=torch.long).reshape(N, T, 2)
    ids, doc_ids = pairs.unbind(dim=-1)
    begins = torch.ones_like(ids, dtype=torch.bool)
    begins[:, 1:] = doc_ids[:, 1:] != doc_ids[:, :-1]
    places = torch.arange(T).expand(N, T)
    since = places.masked_fill(~begins, 0).cummax(dim=1).values  # where the piece began
    return ids, ids.masked_fill(begins, -100), places - since, doc_ids
