"""Misconceptions about `bm25`: weights, counts and lengths."""

import torch

from autograder.checks.retrieval_and_tools.bm25 import search

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
    seen="Counts and lengths are right. What stands in the logarithm beside the fraction?",
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
search.slip(
    "torch.log(1", "torch.log2(1", name="log2",
    seen="The order of the documents is right. To which base is the logarithm?",
    why="The logarithm is to the base 2 here. That changes no order, but asked for is the natural one: "
    "`math.log` or `torch.log`.",
)  # fmt: skip
search.slip(
    "torch.log(1", "torch.log10(1", name="log10",
    seen="The order of the documents is right. To which base is the logarithm?",
    why="The logarithm is to the base 10 here. That changes no order, but asked for is the natural "
    "one: `math.log` or `torch.log`.",
)  # fmt: skip
search.slip(
    "torch.log(1 + (len(docs) - holding + 0.5) / (holding + 0.5))",
    "torch.log(len(docs) / holding.clamp(min=1))", name="weight_of_tf_idf",
    convention=True,
    seen="Counts and lengths are right. Of what is a weight the logarithm?",
    why="The weight is the logarithm of N / n here, as in TF-IDF. With it a word that all documents "
    "have weighs nothing. The one asked for has N - n and two halves.",
)  # fmt: skip
search.slip(
    "norm = k1 * (", "norm = (", name="k1_missing_below",
    seen="Weights of words are right. Where does k1 stand?",
    why="k1 stands only above the line here. Below, it is multiplied by the part with the length.",
)  # fmt: skip
search.slip(
    "float(len(doc))", 'float(len(" ".join(doc)))', name="length_in_letters",
    seen="Where b is 0 it is right. In which unit is a length?",
    why="Letters are counted here, for each document and for the mean. A length is a number of words.",
)  # fmt: skip
search.slip(
    "lengths / lengths.mean()", "lengths / lengths.max()", name="longest_for_mean",
    seen="Where b is 0 it is right. Which length does a document have beside the others?",
    why="Lengths are divided by the longest one here. A document of the *mean* length is the one that "
    "neither gains nor loses.",
)  # fmt: skip
search.slip(
    "float(doc.count(word))", "float(word in doc)", name="had_or_not",
    seen="Words that no document has twice are right. What does a second mention add?",
    why="A document has the word or has it not here. How often it has it counts as well.",
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
