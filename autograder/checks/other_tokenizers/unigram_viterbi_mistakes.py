"""More misconceptions about `unigram_viterbi`."""

import math

from autograder.checks.other_tokenizers.unigram_viterbi import (
    by_forward_steps,
    cuts_of,
    viterbi,
    with_score,
)
from autograder.checks.tokenization import greedy


def along_all(word, logp, unk_logp, better):
    """The cut that is best by another measure, out of all of them."""

    return max(cuts_of(word, logp, unk_logp), key=lambda cut: better(*cut))


@viterbi.misconception(
    seen="The longest piece was taken at each step. What did that leave for the rest?",
    why="These are the cuts of the longest match, as in WordPiece. A good beginning can force a bad "
    "end: compare whole cuts.",
)
def longest_first(word, logp, unk_logp):
    return with_score(greedy(word, logp, better=len), logp, unk_logp)


@viterbi.misconception(
    seen="The most probable piece was taken at each step. What did that leave for the rest?",
    why="Code that takes the most probable piece at each place gives these cuts. A good beginning "
    "can force a bad end: compare whole cuts.",
)
def likeliest_first(word, logp, unk_logp):
    return with_score(greedy(word, logp, better=logp.get), logp, unk_logp)


@viterbi.misconception(
    seen="The cut is right. Which character does `<unk>` stand for?",
    why="Unknown characters came back under one name. Here each stands for itself; a vocabulary "
    "turns it into `<unk>` when it looks for its id.",
)
def under_one_name(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, unk_logp)
    return [token if token in logp else "<unk>" for token in tokens], score


@viterbi.misconception(
    seen="Two unknown characters came back as one token. What may be a token?",
    why="These are the cuts in which unknown neighbours are put together, as SentencePiece shows them. "
    "Here each unknown character is a token by itself.",
    convention=True,
)
def unknown_neighbours_fused(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, unk_logp)
    fused, known = [], True
    for token in tokens:
        if token not in logp and not known:
            fused[-1] += token
        else:
            fused.append(token)
        known = token in logp
    return fused, score


@viterbi.misconception(
    seen="A word that is hardly probable has the score minus infinity. How small can a float be?",
    why="These are the cuts of probabilities multiplied. The product of many is smaller than any float "
    "and becomes 0, and its logarithm minus infinity: add the logarithms.",
)
def probabilities_multiplied(word, logp, unk_logp):
    best, back = [1.0] + [0.0] * len(word), [0] * (len(word) + 1)
    for end in range(1, len(word) + 1):
        for start in range(end):
            if word[start:end] in logp or end - start == 1:
                p = best[start] * math.exp(logp.get(word[start:end], unk_logp))
                if p > best[end]:
                    best[end], back[end] = p, start
    tokens, end = [], len(word)
    while end:
        start = back[end] if best[end] > 0 else end - 1
        tokens.insert(0, word[start:end])
        end = start
    return tokens, math.log(best[-1]) if best[-1] > 0 else -math.inf


@viterbi.misconception(
    seen="The cut is right. Was the score to be a sum, or a mean?",
    why="These are mean log-probabilities. The log-probability of the cut is the sum over its pieces.",
)
def mean_returned(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, unk_logp)
    return tokens, score / max(1, len(tokens))


@viterbi.misconception(
    seen="Both are there. Which was to come first, the cut or its score?",
    why="The score came first. The tokens are asked for first, then their score.",
)
def score_first(word, logp, unk_logp):
    return by_forward_steps(word, logp, unk_logp)[::-1]


@viterbi.misconception(
    seen="The cut has the fewest tokens. Is it the most probable one, too?",
    why="These are the cuts of fewest tokens. One rare piece can cost more than two frequent ones: "
    "compare the sums of their log-probabilities.",
)
def fewest_tokens(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: (-len(cut), score))


@viterbi.misconception(
    seen="The average piece is good. What is multiplied when a word is put together?",
    why="These are the cuts of the best *average* log-probability. The probability of a cut is the "
    "product over its pieces, so their log-probabilities are added and not averaged.",
)
def best_average(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: score / max(1, len(cut)))


@viterbi.misconception(
    seen="The least probable cut was found. Which is better, -3 or -7?",
    why="Log-probabilities are no costs: the best is the largest, the one closest to 0. The smallest "
    "would be right for `-logp`.",
)
def rarest_cut(word, logp, unk_logp):
    return along_all(word, logp, unk_logp, lambda cut, score: -score)


@viterbi.misconception(
    seen="More pieces always seem better. Are the probabilities of pieces added?",
    why="Code that adds up *probabilities* gives these cuts. The pieces of a cut must all occur: "
    "multiply probabilities, or add their logarithms.",
)
def probabilities_added(word, logp, unk_logp):
    best = [(0.0, 0)]
    for end in range(1, len(word) + 1):
        options = []
        for start in range(end):
            piece = word[start:end]
            if piece in logp or end - start == 1:
                options.append((best[start][0] + math.exp(logp.get(piece, unk_logp)), start))
        best.append(max(options))
    tokens, end = [], len(word)
    while end:
        tokens.insert(0, word[best[end][1] : end])
        end = best[end][1]
    return tokens, best[-1][0]


@viterbi.misconception(
    seen="It stops at a character that is no piece. What does that character cost?",
    why="A single character that is not in `logp` is a token all the same and costs `unk_logp`: "
    "look it up with `get`.",
)
def unknown_raises(word, logp, unk_logp):
    tokens, score = by_forward_steps(word, logp, -math.inf)
    if tokens is None:
        raise KeyError(word)
    return tokens, score


@viterbi.misconception(
    seen="A cut without unknown characters was taken, though one with them is better. Were both "
    "compared?",
    why="Code that takes the unknown character only where no piece ends gives these cuts. It is one "
    "of the ways to get there, like any piece: the best of all of them counts.",
)
def unknown_as_a_last_resort(word, logp, unk_logp):
    best, cut = [0.0], [[]]
    for end in range(1, len(word) + 1):
        ways = [(best[start] + logp[word[start:end]], start)
                for start in range(end) if word[start:end] in logp]  # fmt: skip
        score, start = max(ways, default=(best[-1] + unk_logp, end - 1))
        best.append(score)
        cut.append([*cut[start], word[start:end]])
    return cut[-1], best[-1]


@viterbi.misconception(
    seen="A whole word for nothing: its score is 0. With what was it compared?",
    why="Code whose table starts at 0 gives these cuts: log-probabilities are below 0, so no cut is "
    "ever better. Start at minus infinity; only the empty beginning has 0.",
)
def table_of_zeros(word, logp, unk_logp):
    return [word] if word else [], 0.0
