"""Wrong tokenizers that once earned full points, or were told a cause that is not theirs.

Owns: their sources.
"""

import pytest
from answers import written

from autograder.exercise import exercises
from autograder.judge import judge

WITHOUT_MARKS = """
    def bare(s):
        return "".join(c for c in unicodedata.normalize("NFD", s) if unicodedata.category(c) != "Mn")
"""
RULES = r" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"
WRONG = {
    "squeezed before accents are dropped": ("normalize_text", WITHOUT_MARKS + """
    if squeeze:
        s = " ".join(s.split())
    if nfkc:
        s = unicodedata.normalize("NFKC", s)
    if strip_accents:
        s = bare(s)
    return s.lower() if lower else s
"""),
    "three kinds of blanks are squeezed": ("normalize_text", WITHOUT_MARKS + """
    if nfkc:
        s = unicodedata.normalize("NFKC", s)
    if strip_accents:
        s = bare(s)
    if lower:
        s = s.lower()
    return regex.sub("[ \\\\t\\\\n]+", " ", s).strip() if squeeze else s
"""),
    "equal neighbours are read once": ("bpe_decode", """
    others = [*range(33), *range(127, 161), 173]
    table = {256 + n: x for n, x in enumerate(others)}
    tokens = {i: token for token, i in vocab.items()}
    ids = [n for i, n in enumerate(ids) if i == 0 or n != ids[i - 1]]
    text = "".join(tokens[i] for i in ids).translate(table)
    return text.encode("latin-1").decode("utf-8", "replace")
"""),
    "pieces have at most three letters": ("unigram_viterbi", """
    best = [([], 0.0)]
    for end in range(1, len(word) + 1):
        best.append(max(
            ((best[i][0] + [word[i:end]], best[i][1] + logp.get(word[i:end], unk_logp))
             for i in range(max(0, end - 3), end) if word[i:end] in logp or end - i == 1),
            key=lambda path: path[1],
        ))
    return best[-1]
"""),
    "it begins with bytes": ("bpe_encode", """
    symbols = [chr(b) for b in word.encode()]
    while True:
        pairs = [pair for pair in zip(symbols, symbols[1:]) if pair in ranks]
        if not pairs:
            return symbols
        best, i = min(pairs, key=ranks.get), 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == best:
                symbols[i : i + 2] = ["".join(best)]
            i += 1
"""),
    "the window is too narrow": ("wordpiece_encode", """
    if len(word) > max_chars:
        return [unk]
    widest, out, i = max(map(len, vocab), default=2) - 2, [], 0
    while i < len(word):
        for end in range(min(len(word), i + widest), i, -1):
            piece = ("##" if i else "") + word[i:end]
            if piece in vocab:
                break
        else:
            return [unk]
        out.append(piece)
        i = end
    return out
"""),
    "three tails only": (
        "gpt2_pretokenize", rf'''
    return regex.findall(r"""'s|'t|'ll|{RULES}|\s+(?!\S)|\s+""", s)
'''),
    "a blank before a tail": (
        "gpt2_pretokenize", rf'''
    return regex.findall(r""" ?'(?:s|t|re|ve|m|ll|d)|{RULES}|\s+(?!\S)|\s+""", s)
'''),
    "the last two rules exchanged": (
        "gpt2_pretokenize", rf'''
    return regex.findall(r"""'(?:s|t|re|ve|m|ll|d)|{RULES}|\s+|\s+(?!\S)""", s)
'''),
}  # fmt: skip


def source_of(name: str, body: str) -> str:
    imports = "    import unicodedata\n\n    import regex\n"
    return f"{exercises()[name].signature}\n{imports}{body}"


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("seed", [0, 2**40 + 7])
def test_a_wrong_tokenizer_does_not_pass(wrong, seed):
    """Does a mistake that was once overlooked lose points, whatever numbers are drawn?"""
    name, body = WRONG[wrong]
    source = source_of(name, body)
    found = judge(exercises()[name], written(exercises()[name], source), seed, source)
    assert found.status == "wrong", found
    assert found.earned < exercises()[name].points


def test_no_look_ahead_is_spoken_of_where_there_is_one():
    """Is somebody who wrote the look-ahead, one rule too late, told that and nothing else?"""
    name, body = WRONG["the last two rules exchanged"]
    source = source_of(name, body)
    found = judge(exercises()[name], written(exercises()[name], source), 0, source)
    assert "a look-ahead gives the last one back" not in " ".join(found.why)
