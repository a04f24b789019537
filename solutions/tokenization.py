"""References for chapters/1_nlp/03_tokenization.md: from text to tokens and back.

Owns normalising, cutting into words, and byte-pair encoding. A vocabulary maps tokens to ids.
Ignores special tokens, padding and tensors.
"""

import unicodedata
from collections import Counter
from itertools import pairwise

import regex


def normalize_text(s: str, lower: bool, strip_accents: bool, nfkc: bool, squeeze: bool) -> str:
    """The same text in one spelling: up to four steps, each with a switch, in this order.

    1. `nfkc`: Unicode's NFKC form, which writes the single sign ﬁ as f and i, № as No, ² as 2.
    2. `strip_accents`: take characters apart (NFD, so é becomes e and an accent) and drop
       every one of category Mn, "mark, nonspacing". The rest stays apart, as 각 in three letters.
    3. `lower`: lower case, as `str.lower` does it.
    4. `squeeze`: each run of whitespace becomes one space; none at either end.

    Source: Unicode Standard Annex 15; the cleaning steps of BERT's tokenizer.
    """
    if nfkc:
        s = unicodedata.normalize("NFKC", s)
    if strip_accents:
        apart = unicodedata.normalize("NFD", s)
        s = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    if lower:
        s = s.lower()
    if squeeze:
        s = " ".join(s.split())
    return s


def gpt2_pretokenize(s: str) -> list[str]:
    r"""The text cut as GPT-2 cuts it before BPE; joined, the pieces are the text again.

    From left to right, each piece is the first of these that fits at its place:

    1. the tail of a contraction: `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`, in lower case,
       whatever comes before or after it;
    2. letters, as many as there are, with one space (U+0020) before them if there is one;
    3. digits and other numerals, in the same way, with one space before them;
    4. anything that is no letter, no numeral and no whitespace, in the same way;
    5. a run of whitespace; if something else follows, all of the run but its last character;
    6. whitespace.

    The module `regex` knows what a letter is in any script: `\p{L}`, and `\p{N}` for numerals.

    Source: Radford et al. 2019, the pattern in `encoder.py`.
    """
    pieces = (
        r"'(?:s|t|re|ve|m|ll|d)",
        r" ?\p{L}+",
        r" ?\p{N}+",
        r" ?[^\s\p{L}\p{N}]+",
        r"\s+(?!\S)",  # not the last character before something else: a space may go with it
        r"\s+",
    )
    return regex.findall("|".join(pieces), s)


def bytes_to_unicode() -> dict[int, str]:
    """A visible character for each of the 256 bytes, so that a vocabulary file can be read.

    Bytes 33 to 126, 161 to 172 and 174 to 255 keep the character of their number.
    The other 68 (space, control codes, the unprintable soft hyphen 173) get the characters
    256, 257, 258, ... in the order of the bytes: the space, byte 32, becomes Ġ.

    Source: Radford et al. 2019, `bytes_to_unicode` in `encoder.py`.
    """
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in visible}
    for byte in range(256):
        if byte not in visible:
            table[byte] = chr(256 + len(table) - len(visible))
    return table


def train_bpe(word_freqs: dict[str, int], num_merges: int) -> list[tuple[str, str]]:
    """The merges that byte-pair encoding learns, first to last.

    `word_freqs` holds each distinct word with how often it occurs. Every word starts as its
    single characters. Then, `num_merges` times: count all pairs of neighbours inside words
    (every place counts, even if two overlap: aaa holds the pair (a, a) twice), take the most
    frequent, and join it in all words, from left to right (aaa becomes aa a). Stop early when
    no word has two symbols or more. Every word occurs at least once.

    Ties: symbols have numbers. Characters are numbered in the order of their code points, and
    each new symbol gets the next number. (A string that was made before keeps its number.) Of
    several most frequent pairs the one wins whose first symbol has the smallest number. If these
    are equal, too, the second symbols decide in the same way. So the merges do not depend on the
    order of the words.

    Source: Sennrich, Haddow and Birch 2016, algorithm 1; the tie rule of `BpeTrainer`.
    """
    splits = {word: list(word) for word in word_freqs}
    number = {symbol: i for i, symbol in enumerate(sorted(set("".join(word_freqs))))}
    merges = []
    while len(merges) < num_merges:
        counts = Counter()
        for word, symbols in splits.items():
            for pair in pairwise(symbols):
                counts[pair] += word_freqs[word]
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], number[p[0]], number[p[1]]))
        merges.append(best)
        number.setdefault("".join(best), len(number))
        for symbols in splits.values():
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i : i + 2] = ["".join(best)]
                i += 1
    return merges


def bpe_encode(word: str, ranks: dict[tuple[str, str], int]) -> list[str]:
    """One word cut by byte-pair encoding: the pair that was learned first is joined first.

    `ranks` numbers the merges: 0 is the pair that was learned first. The word starts as its
    characters. As long as some pair of neighbours is in `ranks`, take the pair of lowest rank
    and join it in all its places, from left to right (aaa becomes aa a). Then look at all ranks
    again: if `ranks` was made up by hand, a join may make a pair of lower rank than its own.

    Source: Sennrich, Haddow and Birch 2016, section 3.2.
    """
    symbols = list(word)
    while True:
        pairs = [pair for pair in pairwise(symbols) if pair in ranks]
        if not pairs:
            return symbols
        best = min(pairs, key=ranks.get)
        i = 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == best:
                symbols[i : i + 2] = ["".join(best)]
            i += 1


def bpe_decode(ids: list[int], vocab: dict[str, int]) -> str:
    """The text that token ids of a byte-level vocabulary stand for.

    `vocab` maps tokens, written in the visible characters of `bytes_to_unicode`, to ids. The bytes
    of all tokens together are read as UTF-8. Bytes that make no character become � (U+FFFD), as
    many as Python's error handler `replace` puts there. You may call your `bytes_to_unicode`.

    Source: Radford et al. 2019, `decode` in `encoder.py`.
    """
    hidden = [*range(33), *range(127, 161), 173]
    byte_of = {chr(256 + n): byte for n, byte in enumerate(hidden)}
    byte_of |= {chr(byte): byte for byte in range(256) if byte not in hidden}
    token_of = {number: token for token, number in vocab.items()}
    text = "".join(token_of[number] for number in ids)
    return bytes(byte_of[c] for c in text).decode("utf-8", errors="replace")
