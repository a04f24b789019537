"""References for chapters/1_nlp/04_other_tokenizers.md: WordPiece and Unigram.

Owns how both cut a word, and the score by which WordPiece is said to learn. A vocabulary maps
tokens to ids. Ignores how a vocabulary is trained beyond that score.
"""

import math
from collections import Counter
from itertools import pairwise


def wordpiece_encode(word: str, vocab: dict[str, int], unk: str, max_chars: int = 100) -> list[str]:
    """One word cut as BERT cuts it: always the longest piece that the vocabulary has.

    Pieces are taken from left to right, and capitals stay capitals. A piece that does not begin
    the word is looked up, and returned, with ## in front. If no piece fits at some place, the
    result is the list `[unk]` and nothing else. It is the same for a word of more than `max_chars`
    characters, even if the vocabulary has it. The empty word has no pieces.

    Source: `WordpieceTokenizer` in BERT's `tokenization.py`.
    """
    if len(word) > max_chars:
        return [unk]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start > 0 else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return [unk]
        pieces.append(piece)
        start = end
    return pieces


def wordpiece_pair_scores(
    splits: dict[str, list[str]], freqs: dict[str, int]
) -> dict[tuple[str, str], float]:
    """The score by which WordPiece chooses its next merge, for every pair of neighbours.

    `splits` has the pieces of each word, `freqs` how often it occurs; both have the same words,
    at least one piece and one occurrence each. The score of a pair is its frequency, divided by
    the product of the frequencies of its two pieces. Frequencies count every place in every
    occurrence of every word, and words of one piece count as well.

    Source: Hugging Face LLM Course, section 6.6, as its best guess at what Google did.
    """
    pieces, pairs = Counter(), Counter()
    for word, split in splits.items():
        for piece in split:
            pieces[piece] += freqs[word]
        for pair in pairwise(split):
            pairs[pair] += freqs[word]
    return {(a, b): count / (pieces[a] * pieces[b]) for (a, b), count in pairs.items()}


def unigram_viterbi(word: str, logp: dict[str, float], unk_logp: float) -> tuple[list[str], float]:
    """The most probable way to cut a word, and the log-probability of that cut.

    `logp` holds the log-probability of each piece; a cut is as probable as its pieces are
    together, so their log-probabilities add up. A single character that is no piece may be a
    token, as it is, with the log-probability `unk_logp`. A character that is a piece has the one
    in `logp`, even if that is lower. The empty word has no tokens and the score 0. (No tie is
    tested.)

    Source: Kudo 2018, section 3.2; the algorithm is Viterbi's.
    """
    best = [(0.0, 0)]  # for each end: score of the best cut up to here, where its last token begins
    for end in range(1, len(word) + 1):
        options = []
        for start in range(end):
            score = logp.get(word[start:end], unk_logp if end - start == 1 else -math.inf)
            options.append((best[start][0] + score, start))
        best.append(max(options))
    tokens, end = [], len(word)
    while end > 0:
        start = best[end][1]
        tokens.insert(0, word[start:end])
        end = start
    return tokens, best[-1][0]
