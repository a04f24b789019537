"""Checks and misconceptions for `unigram_viterbi`."""

import math

import torch

from autograder.checks.tokenization import respelled, spelled
from autograder.exercise import Exercise


def with_score(tokens, logp, unk_logp):
    return tokens, float(sum(logp.get(token, unk_logp) for token in tokens))


def cuts_of(word, logp, unk_logp):
    """Every way to cut a word, with its score."""
    if not word:
        return [([], 0.0)]
    return [([word[:i], *rest], logp.get(word[:i], unk_logp) + score)
            for i in range(1, len(word) + 1) if i == 1 or word[:i] in logp
            for rest, score in cuts_of(word[i:], logp, unk_logp)]  # fmt: skip


def without_ties(g, letters):
    """A random word with random pieces, of which one cut is clearly the best."""
    while True:
        names = dict.fromkeys(["a", "b", "c", *(spelled(g, "abc", 2, 4) for _ in range(9))])
        drawn = (-7 * torch.rand(len(names), generator=g) - 1).tolist()
        word, low = spelled(g, letters, 10, 10), min(drawn) - 10  # the library's for unknown ones
        logp = dict(zip(names, drawn, strict=True))
        first, *others = sorted((score for _, score in cuts_of(word, logp, low)), reverse=True)
        if others and first - others[0] > 0.01:
            return word, logp, low


def words_with_probabilities(g):
    hug = {"h": -3.1, "u": -2.9, "g": -2.7, "hu": -4.3, "ug": -3.3, "s": -3.7}
    cases = {
        "one cut is the best": ("hug", hug, -14.3),
        "the longest beginning is a bad choice": (
            "abc",
            {"a": -2.1, "bc": -2.6, "ab": -1.9, "c": -6.2},
            -16.2,
        ),
        "two tokens are better than one": ("ab", {"a": -1.2, "b": -1.3, "ab": -4.9}, -14.9),
        "one token is better than two": ("ab", {"a": -2.2, "b": -2.3, "ab": -2.9}, -12.9),
        "an unlikely piece spoils a cut": (
            "abcd",
            {"abc": -1.1, "d": -9.4, "ab": -3.2, "cd": -3.3},
            -19.4,
        ),
        "a character is unknown": ("hxg", hug, -14.3),
        "two unknown characters are neighbours": ("hxyug", hug, -14.3),
        "an unknown character is part of a known piece": ("abz", {"a": -2.5, "bz": -3.5}, -13.5),
        "an unknown character is better than a known piece": (
            "abx",
            {"ab": -1.1, "a": -13.2, "bx": -13.4},
            -23.4,
        ),
        "a known character is dearer than an unknown one": (
            "ab",
            {"a": -1.3, "b": -9.2, "ab": -8.1},
            -4.4,
        ),
        "the word is so improbable that no float is as small": (
            "abac",
            {"a": -310.2, "b": -305.1, "ab": -420.4, "ac": -630.7, "c": -290.9},
            -640.7,
        ),
        "a piece has six letters": (
            "pullover",
            {"pullov": -2.3, **dict.fromkeys("pulover", -6.1)},
            -16.1,
        ),
        "there is one character": ("u", hug, -14.3),
        "the word is empty": ("", hug, -14.3),
        "word and pieces are drawn at random": without_ties(g, "abc"),
        "another word is drawn": without_ties(g, "abcx"),
    }
    return respelled(g, cases)


viterbi = Exercise(
    "other_tokenizers.unigram_viterbi",
    title="The most probable cut", needs=("sequence_log_prob",),
    points=3, difficulty=3, minutes=25, examples=words_with_probabilities,
)  # fmt: skip


@viterbi.oracle("tokenizers.models.Unigram")
def _(word, logp, unk_logp):
    from tokenizers import models

    model = models.Unigram([("<unk>", 0.0), *logp.items()], 0)
    fixed = unk_logp == min(logp.values()) - 10  # the penalty is fixed there
    assert fixed or set(word) <= set(logp)  # and not used where every character is a piece
    tokens = []
    for token in model.tokenize(word):  # neighbours that are unknown come out as one
        tokens += [token.value] if token.value in logp else list(token.value)
    return with_score(tokens, logp, unk_logp)


@viterbi.claim("the tokens of a known word, joined, are the word; the score is what they cost")
def _(answer):
    logp = {"a": -1.5, "b": -2.5, "ba": -3.0, "ab": -5.5}
    tokens, score = answer("abab", logp, -15.5)
    assert "".join(tokens) == "abab"
    assert len(tokens) > 1
    assert math.isclose(score, sum(logp[token] for token in tokens), rel_tol=1e-6)


@viterbi.claim("no other cut is better: all of them were tried")
def _(answer):
    logp = {"a": -2.0, "b": -3.0, "c": -4.0, "ab": -4.5, "bc": -4.0, "abc": -7.0, "ca": -3.5}
    for word in ("abc", "bca", "abcab"):
        tokens, score = answer(word, logp, -17.0)
        assert "".join(tokens) == word
        assert math.isclose(score, max(every_score(word, logp)), rel_tol=1e-6)


@viterbi.claim("an unknown character alone is a token and costs `unk_logp`; a known one never does")
def _(answer):
    tokens, score = answer("xay", {"a": -1.0}, -11.0)
    assert list(tokens) == ["x", "a", "y"]
    assert math.isclose(score, -23.0, rel_tol=1e-6)
    assert math.isclose(answer("ab", {"a": -1.0, "b": -9.0}, -4.0)[1], -10.0, rel_tol=1e-6)


def every_score(word, logp):
    """Scores of all cuts into known pieces."""
    if not word:
        return [0.0]
    return [logp[word[:i]] + rest for i in range(1, len(word) + 1) if word[:i] in logp
            for rest in every_score(word[i:], logp)]  # fmt: skip


viterbi.slip(
    "max(options)", "min(options)", name="least_probable",
    seen="Among all cuts the worst was found. Which log-probability is the better, -3 or -7?",
    why="These are the cuts of lowest probability. Log-probabilities are negative: the best is the "
    "largest, the one closest to 0.",
)  # fmt: skip
viterbi.slip(
    "unk_logp if end - start == 1 else -math.inf", "unk_logp", name="unknown_strings",
    seen="Several unknown characters cost no more than one. What may be unknown?",
    why="Code in which any string that is no piece costs `unk_logp` gives these cuts. Only "
    "*single* characters may be unknown tokens.",
)  # fmt: skip
viterbi.slip(
    "unk_logp if end - start == 1 else -math.inf", "-math.inf", name="unknown_forbidden",
    seen="A character is unknown, and the score is minus infinity. What does it cost to keep it?",
    why="Code without unknown tokens gives these cuts. A single character that is no piece costs "
    "`unk_logp`.",
)  # fmt: skip
viterbi.slip(
    "logp.get(word[start:end], unk_logp if end - start == 1 else -math.inf)",
    "max(logp.get(word[start:end], -math.inf), unk_logp if end - start == 1 else -math.inf)",
    name="unknown_where_cheaper",
    seen="A known character cost less than `logp` says. For which characters is `unk_logp`?",
    why="Code in which a character costs `logp` or `unk_logp`, whichever is better, gives these cuts. "
    "`unk_logp` is for characters that are no pieces, and for no others.",
)  # fmt: skip
viterbi.slip(
    "best[start][0] + score", "score", name="last_piece_only",
    seen="The last piece was chosen well. What about those before it?",
    why="Code that compares the last pieces alone gives these cuts. The score of a cut is the "
    "best score up to where its last piece begins, plus that piece.",
)  # fmt: skip
viterbi.slip(
    "tokens.insert(0, word[start:end])", "tokens.append(word[start:end])", name="not_turned_round",
    seen="The tokens are right, read from right to left. In what order does one walk back?",
    why="The way back begins at the end of the word, so the tokens come last first. Turn the list "
    "round.",
)  # fmt: skip
viterbi.slip(
    "best[-1][0]", "math.exp(best[-1][0])", name="probability_returned",
    seen="The tokens are right. Is the score a probability, or its logarithm?",
    why="The score came back as a probability. The log-probability is asked for: of long words the "
    "probability itself soon becomes 0 in the computer.",
    convention=True,
)  # fmt: skip


@viterbi.alternative
def by_recursion_from_the_left(word, logp, unk_logp):
    known = {len(word): (0.0, [])}
    for start in reversed(range(len(word))):
        ways = []
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end]
            if piece in logp or len(piece) == 1:
                score, rest = known[end]
                ways.append((logp.get(piece, unk_logp) + score, [piece, *rest]))
        known[start] = max(ways)
    score, tokens = known[0]
    return tokens, score


@viterbi.alternative
def by_forward_steps(word, logp, unk_logp):
    best, cut = [0.0] + [-math.inf] * len(word), [[]] + [None] * len(word)
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end]
            cost = logp[piece] if piece in logp else unk_logp if len(piece) == 1 else None
            if cost is not None and best[start] + cost > best[end]:
                best[end], cut[end] = best[start] + cost, [*cut[start], piece]
    return cut[-1], best[-1]
