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
STEPS = {
    "nfkc": '    if nfkc:\n        s = unicodedata.normalize("NFKC", s)\n',
    "bare": "    if strip_accents:\n        s = bare(s)\n",
    "lower": "    if lower:\n        s = s.lower()\n",
    "squeeze": '    if squeeze:\n        s = " ".join(s.split())\n',
    "spaces": '    if squeeze:\n        s = regex.sub(" +", " ", s)\n',
}
TAILS, REST = "'(?:s|t|re|ve|m|ll|d)", RULES + r"|\s+(?!\S)|\s+"
JOINED = """
    symbols = {symbols}
    while True:
        pairs = [pair for pair in zip(symbols, symbols[1:]) if pair in ranks]
        if not pairs:
            return symbols
        best, i = {best}, 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == best:
                symbols[i : i + 2] = ["".join(best)]
            i += 1
"""
PLAIN = {"symbols": "list(word)", "best": "min(pairs, key=ranks.get)"}
PIECES = """
    out, i = [], 0
    while i < len(word):
        for end in range(len(word), i, -1):
            piece = ("##" if i else "") + word[i:end]
            if piece in vocab:
                break
        else:
            return [unk]
        out.append(piece)
        i = end
    return out
"""


def steps(*names: str) -> str:
    return WITHOUT_MARKS + "".join(STEPS[name] for name in names) + "    return s\n"


def all_of(rules: str) -> str:
    return f'\n    return regex.findall(r"""{rules}""", s)\n'


CALLED = [  # exercise, body, the cause that is true of it
    ("normalize_text", steps("bare", "nfkc", "lower", "squeeze"), "accents_first"),
    ("normalize_text", steps("squeeze", "nfkc", "bare", "lower"), "squeezed_first"),
    ("normalize_text", steps("nfkc", "bare", "lower", "spaces"), "spaces_only_and_ends_kept"),
    ("gpt2_pretokenize", all_of(r"\S+"), "split_at_whitespace"),
    ("gpt2_pretokenize", "    return s.split()\n", "split_at_whitespace"),
    ("gpt2_pretokenize", all_of(
        rf"{TAILS}| ?[\p{{L}}\p{{M}}]+| ?\p{{N}}+| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+|\s+(?!\S)|\s+"),
     "marks_with_letters"),
    ("gpt2_pretokenize", f"    kept = {TAILS!r}\n    parts = regex.split(f'({{kept}})', s)\n"
     f"    return [piece for part in parts for piece in ([part] if regex.fullmatch(kept, part) else\n"
     f"            regex.findall(r'{REST}', part))]\n", "tails_cut_out_first"),
    ("gpt2_pretokenize", "    import re\n" + all_of(
        rf"{TAILS}| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+").replace("regex", "re"),
     "letters_without_regex"),
    ("bpe_encode", JOINED.format(**PLAIN | {"best": "pairs[0]"}), "left_to_right"),
    ("bpe_encode", JOINED.format(**PLAIN | {"symbols": "[chr(b) for b in word.encode()]"}),
     "started_from_bytes"),
    ("bpe_encode", """
    symbols, known = list(word), {"".join(pair): rank for pair, rank in ranks.items()}
    while found := [x for x in map("".join, zip(symbols, symbols[1:])) if x in known]:
        best, i = min(found, key=known.get), 0
        while i < len(symbols) - 1:
            if symbols[i] + symbols[i + 1] == best:
                symbols[i : i + 2] = [best]
            i += 1
    return symbols
""", "looked_up_joined"),
    ("bpe_encode", """
    symbols = list(word)
    for best in sorted(ranks, key=ranks.get):
        i = 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == best:
                symbols[i : i + 2] = ["".join(best)]
            i += 1
    return symbols
""", "each_merge_once"),
    ("wordpiece_encode", "    if word in vocab:\n        return [word]\n"
     "    if len(word) > max_chars:\n        return [unk]\n" + PIECES, "known_words_of_any_length"),
    ("wordpiece_encode", "    if len(word) > max_chars:\n        return [unk]\n" + PIECES.replace(
        "range(len(word)", "range(min(len(word), i + max(map(len, vocab), default=2) - 2)"),
     ""),
    ("unigram_viterbi", """
    best = [([], 0.0)]
    for end in range(1, len(word) + 1):
        best.append(max(
            ((best[i][0] + [word[i:end] if word[i:end] in logp else "<unk>"],
              best[i][1] + logp.get(word[i:end], unk_logp))
             for i in range(end) if word[i:end] in logp or end - i == 1),
            key=lambda path: path[1],
        ))
    return best[-1]
""", "under_one_name"),
]  # fmt: skip


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


@pytest.mark.parametrize(("name", "body", "cause"), CALLED)
@pytest.mark.parametrize("seed", [0, 2024])
def test_it_is_called_what_it_is(name, body, cause, seed):
    """Is each of these told the cause that is true of it, or none where none is?"""
    source = source_of(name, body)
    found = judge(exercises()[name], written(exercises()[name], source), seed, source)
    assert found.earned < exercises()[name].points
    assert found.names == ([cause] if cause else [])


@pytest.mark.parametrize("seed", [0, 2024])
def test_words_that_start_as_bytes_are_called_so_in_training(seed):
    """Does a letter outside ASCII show that the words of a training are no bytes?"""
    exercise = exercises()["train_bpe"]
    source = exercise.solution.replace("list(word)", "[chr(b) for b in word.encode()]")
    source = source.replace(
        '"".join(word_freqs)', '"".join(map(chr, "".join(word_freqs).encode()))'
    )
    found = judge(exercise, written(exercise, source), seed, source)
    assert found.earned < exercise.points
    assert found.names == ["started_from_bytes"]
