"""Checks and misconceptions for `bm25`."""

import math

import torch

from autograder.exercise import Exercise, agree

WORDS = [
    "mill",
    "inn",
    "pier",
    "kite",
    "lamp",
    "owl",
    "hen",
    "has",
    "moved",
    "the",
    "a",
    "now",
    "likes",
]


def collections(g):
    def number(low, high):
        return low + (high - low) * float(torch.rand((), generator=g))

    def ks():
        return round(number(0.9, 2.1), 2), round(number(0.35, 0.85), 2)

    def text(*words, more=0):
        """These words and some others, shuffled."""
        others = [f"w{int(i)}" for i in torch.randint(40, (more,), generator=g)]
        words = [*words, *others]
        return [words[i] for i in torch.randperm(len(words), generator=g)]

    def drawn(sizes):
        return [[WORDS[int(i)] for i in torch.randint(len(WORDS), (n,), generator=g)]
                for n in sizes]  # fmt: skip

    return {
        "one of three documents has the word, and all are as long": (
            [text("mill", more=1), text(more=2), text(more=2)], ["mill"], *ks(),
        ),
        "a document has the word twice, and all are as long": (
            [text("inn", more=2), text("inn", "inn", more=1), text(more=3), text(more=3)],
            ["inn"], *ks(),
        ),
        "a short and a long document have the word": (
            [text("owl", more=1), text("owl", more=6), text(more=3), text(more=5)], ["owl"], *ks(),
        ),
        "all documents have the word": (
            [text("the", more=2), text("the", more=4), text("the", more=9)], ["the"], *ks(),
        ),
        "two documents are equal": (
            [["mill", "w1", "w2", "w3"], ["mill", "w1", "w2", "w3"], text(more=7),
             text("mill", more=4)], ["mill"], *ks(),
        ),
        "words differ in one letter": (
            [text("Mill", more=3), text("mills", more=4), text("mill", more=7), text(more=2),
             text("mill2", more=5)], ["mill"], *ks(),
        ),
        "one of three documents has the word": (
            [text("mill", more=3), text(more=4), text(more=4)], ["mill"], *ks(),
        ),
        "a rare word and a common word are asked for": (
            [text("kite", more=4), text("inn", more=4), text("inn", more=4), text("inn", more=4),
             text(more=5)], ["inn", "kite"], *ks(),
        ),
        "three of four documents have the word": (
            [text("the", more=2), text("the", more=3), text("the", more=4), text(more=5)],
            ["the"], *ks(),
        ),
        "a document has the word many times": (
            [text("owl", more=8), text("owl", "owl", more=7), text(*["owl"] * 6, more=3),
             text(more=9), text(more=9)], ["owl"], *ks(),
        ),
        "documents are short and long": (
            [text("pier", more=1), text("pier", more=20), text("pier", more=6), text(more=5),
             text(more=3), text(more=8)], ["pier"], *ks(),
        ),
        "length does not count": (
            [text("pier", more=2), text("pier", "pier", more=15), text(more=4)], ["pier"],
            ks()[0], 0.0,
        ),
        "length counts in full": (
            [text("pier", more=2), text("pier", "pier", more=15), text(more=4)], ["pier"],
            ks()[0], 1.0,
        ),
        "the query has a word twice": (
            [text("hen", more=3), text("lamp", more=4), text("hen", "lamp", more=1),
             text(more=6)], ["hen", "lamp", "hen"], *ks(),
        ),
        "the query has a word three times": (
            [text("hen", more=5), text("lamp", more=3), text(more=4)],
            ["hen", "lamp", "hen", "hen"], *ks(),
        ),
        "a word of the query is in no document": (
            [text("mill", more=9), text(more=13)], ["dragon", "mill"], *ks(),
        ),
        "one word is the beginning of another": (
            [text("miller", more=3), text("mill", more=4), text(more=6), text("windmill", more=2)],
            ["mill"], *ks(),
        ),
        "a document is empty": (
            [text("mill", "lamp", more=7), [], text("lamp", more=12)], ["mill", "lamp"], *ks(),
        ),
        "the query is empty": ([text(more=2), text(more=4)], [], *ks()),
        "there are many documents": (drawn((4, 9, 7, 12, 3, 8, 15, 5, 6, 2, 11)),
                                     ["mill", "hen", "now", "a", "likes"], *ks()),
    }  # fmt: skip


search = Exercise(
    "retrieval_and_tools.bm25", fast_track=True,
    title="A search by words",
    points=3, difficulty=2, minutes=25, examples=collections,
    forbid=("BM25Okapi",),
)  # fmt: skip
search.leave_out("empty docs", "there is at least one document")
search.leave_out("equal", "documents that are all empty have no mean length to divide by")


@search.oracle("rank_bm25.BM25Okapi, with Lucene's weights of words")
def _(docs, query, k1, b):
    from rank_bm25 import BM25Okapi

    class Lucene(BM25Okapi):
        def _calc_idf(self, nd):
            for word, n in nd.items():
                self.idf[word] = math.log(1 + (self.corpus_size - n + 0.5) / (n + 0.5))

    return torch.tensor(Lucene(docs, k1=k1, b=b).get_scores(query).tolist(), dtype=torch.float32)


@search.alternative
def one_document_after_another(docs, query, k1, b):
    mean = sum(map(len, docs)) / len(docs)

    def weight(word):
        n = len([doc for doc in docs if word in doc])
        return math.log((len(docs) + 1) / (n + 0.5))

    scores = []
    for doc in docs:
        score = 0
        for word in query:
            if word in doc:
                count = doc.count(word)
                length = (1 - b) + b * (len(doc) / mean)
                score += weight(word) * count * (k1 + 1) / (count + k1 * length)
        scores.append(float(score))
    return torch.tensor(scores)


def filler(n, name="x"):
    return [f"{name}{i}" for i in range(n)]


@search.claim("a rare word weighs more than a common one")
def _(answer):
    others = [filler(2, name) for name in "yzst"]
    docs = [["kite", "u"], ["inn", "v"], ["inn", "w"], ["inn", "x"], *others]
    scores = answer(docs, ["kite", "inn"], 1.5, 0.75)
    assert scores[0] > 1.5 * scores[1] > 0
    agree(scores[1:4], scores[1].expand(3))
    assert scores[4] == 0


@search.claim("even a word that most documents have raises a score")
def _(answer):
    docs = [["the", "a"], ["the", "b"], ["the", "c"], ["d", "e"]]
    scores = answer(docs, ["the"], 1.2, 0.6)
    assert (scores[:3] > 0).all()
    assert scores[3] == 0


@search.claim(
    "a second mention of a word adds less than the first, but something, and no number of them is "
    "worth k1 + 1 times a single one"
)
def _(answer):
    docs = [["owl"] * n + filler(40 - n, f"d{n}-") for n in (0, 1, 2, 30)]
    docs += [filler(40, name) for name in "abcd"]
    scores = answer(docs, ["owl"], 1.5, 0.5)
    none, once, twice, often = scores[:4].tolist()
    assert none == 0
    assert 0 < 1.1 * once < twice < 1.8 * once
    assert twice < often < 2.5 * once


@search.claim(
    "of two documents with the same mentions the shorter one scores higher, unless b is 0"
)
def _(answer):
    docs = [["pier", *filler(2, "a")], ["pier", *filler(16, "b")], filler(5, "c")]
    docs += [filler(9, name) for name in "uvw"]
    with_b, without = answer.each((docs, ["pier"], 1.5, 0.75), (docs, ["pier"], 1.5, 0.0))
    assert with_b[0] > 1.1 * with_b[1] > 0
    agree(without[0], without[1])
    assert without[0] > 0
