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
            [text("mill", more=3), text(more=6)], ["dragon", "mill"], *ks(),
        ),
        "one word is the beginning of another": (
            [text("miller", more=3), text("mill", more=4), text(more=6), text("windmill", more=2)],
            ["mill"], *ks(),
        ),
        "a document is empty": ([text("mill", more=2), [], text(more=7)], ["mill"], *ks()),
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
    docs = [["kite", "u"], ["inn", "v"], ["inn", "w"], ["inn", "z"], ["y", "y"]]
    scores = answer(docs, ["kite", "inn"], 1.5, 0.75)
    assert scores[0] > scores[1] + 0.3
    agree(scores[1:4], scores[1].expand(3))
    assert scores[4] == 0


@search.claim("even a word that most documents have never lowers a score")
def _(answer):
    docs = [["the", "a"], ["the", "b"], ["the", "c"], ["d", "e"]]
    scores = answer(docs, ["the"], 1.2, 0.6)
    assert (scores[:3] > 0.05).all()
    assert scores[3] == 0


@search.claim(
    "the second mention of a word counts less than the first, and no number reaches k1 + 1"
)
def _(answer):
    docs = [["owl"] * n + filler(40 - n, f"d{n}-") for n in (0, 1, 2, 30)]
    scores = answer(docs, ["owl"], 1.5, 0.5)
    none, once, twice, often = scores.tolist()
    assert none == 0
    assert once + 0.05 < twice < 2 * once - 0.1
    assert twice < often < once * 2.5


@search.claim(
    "of two documents with the same mentions the shorter one scores higher, unless b is 0"
)
def _(answer):
    docs = [["pier", *filler(2, "a")], ["pier", *filler(16, "b")], filler(5, "c")]
    with_b, without = answer.each((docs, ["pier"], 1.5, 0.75), (docs, ["pier"], 1.5, 0.0))
    assert with_b[0] > with_b[1] + 0.1
    agree(without[0], without[1])
    assert without[0] > 0.1


search.slip(
    "weight * counts * (k1 + 1)", "counts * (k1 + 1)", name="no_idf",
    seen="Counts and lengths are right. Do all words of the query say equally much?",
    why="Each word counts the same here, whether all documents have it or one. A word's weight, the "
    "logarithm, belongs into the product.",
)  # fmt: skip
search.slip(
    "torch.log(1 + (len(docs) - holding + 0.5) / (holding + 0.5))",
    "torch.log((len(docs) - holding + 0.5) / (holding + 0.5))", name="idf_negative",
    convention=True,
    seen="Rare words are weighed as one expects. What is the weight of a word that most documents "
    "have?",
    why="The weight has no 1 in its logarithm here. That is the older formula, and in it a word that "
    "more than half of the documents have gets a negative weight. Lucene adds the 1.",
)  # fmt: skip
search.slip(
    "lengths / lengths.mean()", "lengths.mean() / lengths", name="length_norm_inverted",
    seen="Documents of the mean length are right. Which should gain, short ones or long ones?",
    why="The mean is divided by the length here, so that long documents gain. A long document has each "
    "word more easily: it is length / mean, below the line.",
)  # fmt: skip
search.slip(
    "counts * (k1 + 1) / (counts + norm)", "counts", name="tf_not_saturated",
    seen="Weights of words are right. Is the sixth mention worth as much as the first?",
    why="The count itself is added here, so that ten mentions count ten times. It is divided by itself "
    "plus something, which lets it grow up to k1 + 1 and no further.",
)  # fmt: skip
search.slip(
    "weight * counts * (k1 + 1)", "weight * counts", name="without_k1_plus_1", convention=True,
    seen="The order of the documents is right. By which factor do the scores differ?",
    why="The factor k1 + 1 is not there. Lucene leaves it out, too, since it changes no order. Here it "
    "is part of the formula: it makes a single mention in a document of mean length worth 1.",
)  # fmt: skip
search.slip(
    "for word in query:", "for word in set(query):", name="query_words_once", convention=True,
    seen="Queries whose words all differ are right. What is a word that is asked for twice worth?",
    why="Each word of the query counts once here, however often it is there. Here it is added each "
    "time.",
)  # fmt: skip
search.slip(
    "scores = scores + weight", "scores = scores + query.count(word) * weight",
    name="query_tf_squared",
    seen="Queries whose words all differ are right. How often is a word added that is there twice?",
    why="The loop meets a word of the query as often as it is there, and each time the product is "
    "multiplied by its count as well: twice becomes four times.",
)  # fmt: skip
search.slip(
    "lengths / lengths.mean()",
    "lengths / (sum(len(word) for doc in docs for word in doc) / len(docs))",
    name="avgdl_in_chars",
    seen="Where b is 0 it is right. In which unit is the mean length?",
    why="The length of a document is counted in words here, and the mean length in letters. Both "
    "are in words.",
)  # fmt: skip
search.slip(
    "holding = (counts > 0).sum()", "holding = counts.sum()", name="mentions_counted",
    seen="Words that no document has twice are right. What does n count: mentions, or documents?",
    why="All mentions of the word are counted for its weight here. n is the number of *documents* that "
    "have it.",
)  # fmt: skip
search.slip(
    "(1 - b + b * lengths / lengths.mean())", "(b + (1 - b) * lengths / lengths.mean())",
    name="b_turned_round",
    seen="What does b = 0 mean for long documents, and b = 1?",
    why="b and 1 - b have changed places here. With b = 0 the length does not count.",
)  # fmt: skip


@search.misconception(
    seen="Documents that have the whole word are right. Has `miller` the word `mill`?",
    why="The words are joined to one text here, in which `mill` is found inside `miller` as well. "
    "Count in the list: a word is found only if it is the same word.",
)
def found_inside_words(docs, query, k1, b):
    lengths = torch.tensor([float(len(doc)) for doc in docs])
    norm = k1 * (1 - b + b * lengths / lengths.mean())
    scores = torch.zeros(len(docs))
    for word in query:
        counts = torch.tensor([float(" ".join(doc).count(word)) for doc in docs])
        holding = (counts > 0).sum()
        weight = torch.log(1 + (len(docs) - holding + 0.5) / (holding + 0.5))
        scores = scores + weight * counts * (k1 + 1) / (counts + norm)
    return scores
