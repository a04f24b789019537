"""More misconceptions about `wordpiece_encode`."""

from itertools import pairwise

from autograder.checks.other_tokenizers.wordpiece_encode import by_ends, pieces


def longest(word, vocab, start, end=None):
    """Ends of the pieces that fit at a place, longest first."""
    mark = "##" if start else ""
    return [e for e in range(end or len(word), start, -1) if mark + word[start:e] in vocab]


def marked(word, cuts):
    return [("##" if a else "") + word[a:b] for a, b in pairwise([0, *cuts])]


@pieces.misconception(
    seen="What may a reader conclude from two known pieces and one unknown?",
    why="Code that keeps the known beginning and appends the unknown token gives these pieces. "
    "One missing piece makes the whole word unknown.",
)
def known_beginning_kept(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [0]
    while cuts[-1] < len(word):
        if not (ends := longest(word, vocab, cuts[-1])):
            return [*marked(word, cuts[1:]), unk]
        cuts.append(ends[0])
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="One letter was unknown, and the rest was cut all the same. What becomes of the word?",
    why="Code that puts the unknown token in the place of one letter and goes on gives these "
    "pieces. One missing piece makes the *whole* word unknown.",
)
def unknown_letter_skipped(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out, start = [], 0
    while start < len(word):
        ends = longest(word, vocab, start)
        out.append(("##" if start else "") + word[start : ends[0]] if ends else unk)
        start = ends[0] if ends else start + 1
    return out


@pieces.misconception(
    seen="There is a way to cut it. Would a search that never looks back find it?",
    why="These are the pieces of code that takes a shorter piece where the longest leads nowhere. "
    "WordPiece is greedy: it takes the longest piece, and if it then cannot go on, the word is unknown.",
)
def looks_back(word, vocab, unk, max_chars=100):
    def cut(start):
        if start == len(word):
            return []
        for end in longest(word, vocab, start):
            rest = cut(end)
            if rest is not None:
                return [end, *rest]
        return None

    cuts = cut(0) if len(word) <= max_chars else None
    return [unk] if cuts is None else marked(word, cuts)


@pieces.misconception(
    seen="A capital was found among small letters. Who lowers a word here?",
    why="These are the pieces of the word in small letters. BERT's uncased models lower their text "
    "before it is cut; the cutting itself takes a word as it comes.",
    convention=True,
)
def lowered(word, vocab, unk, max_chars=100):
    return by_ends(word.lower(), vocab, unk, max_chars)


@pieces.misconception(
    seen="The word was cut into as few pieces as can be. Does a greedy search know how many will follow?",
    why="These are the pieces of the cut that has the fewest of them. WordPiece takes the longest piece "
    "at each place, whatever is left for the rest.",
)
def fewest_pieces(word, vocab, unk, max_chars=100):
    best = {0: []}
    for end in range(1, len(word) + 1 if len(word) <= max_chars else 1):
        ways = [[*best[start], end] for start in best if end in longest(word, vocab, start, end)]
        if ways:
            best[end] = min(ways, key=len)
    return marked(word, best[len(word)]) if len(word) in best else [unk]


@pieces.misconception(
    seen="A piece that is there only as a continuation began the word. Which names fit at its beginning?",
    why="These are the pieces of code that allows ## in front of the first piece, too. A piece with "
    "## continues a word and begins none.",
)
def continuation_at_the_beginning(word, vocab, unk, max_chars=100):
    out, start = [], 0
    while start < len(word) <= max_chars:
        marks = ("##",) if start else ("", "##")
        names = [
            (end, mark + word[start:end]) for end in range(len(word), start, -1) for mark in marks
        ]
        start, name = next(((end, n) for end, n in names if n in vocab), (None, None))
        if name is None:
            return [unk]
        out.append(name)
    return out if len(word) <= max_chars else [unk]


@pieces.misconception(
    seen="The long piece is at the wrong end. Where does the search begin?",
    why="These are the longest pieces from the *right*. The search begins at the first character.",
)
def from_the_end(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [len(word)] if word else []
    while cuts and cuts[0] > 0:
        starts = [s for s in range(cuts[0])
                  if ("##" if s else "") + word[s : cuts[0]] in vocab]  # fmt: skip
        if not starts:
            return [unk]
        cuts.insert(0, starts[0])
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="Letters were joined while their join was known. Which pieces are never reached that way?",
    why="Code that grows each piece letter by letter and stops where it is no longer known gives "
    "these pieces. A longer piece may be known although a part of it is not: try long ones first.",
)
def grown_while_known(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    cuts = [0]
    while cuts[-1] < len(word):
        start, mark = cuts[-1], "##" if cuts[-1] else ""
        end = start
        while end < len(word) and mark + word[start : end + 1] in vocab:
            end += 1
        if end == start:
            return [unk]
        cuts.append(end)
    return marked(word, cuts[1:])


@pieces.misconception(
    seen="The pieces are right where there are any. What is the type of one unknown token?",
    why="The unknown token came back as a string. Tokens come in a list, even if there is only one.",
)
def unknown_as_a_string(word, vocab, unk, max_chars=100):
    found = by_ends(word, vocab, unk, max_chars)
    return unk if found == [unk] else found


@pieces.misconception(
    seen="The unknown token has another name. Who says which?",
    why="What is unknown came back as [UNK], which is BERT's name for it. Other vocabularies have "
    "others: return `unk`.",
)
def named_as_in_bert(word, vocab, unk, max_chars=100):
    return by_ends(word, vocab, "[UNK]", max_chars)


@pieces.misconception(
    seen="A piece # was found in a word that has none. Where does it come from?",
    why="Code that writes ## in front of the *rest of the word*, and then cuts that, gives these "
    "pieces: the ## itself was cut. Put it in front of each piece that is looked up.",
)
def hashes_cut(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out = []
    while word and len(out) < 150:  # a # that is cut alone comes back for ever
        ends = [end for end in range(1, len(word) + 1) if word[:end] in vocab]
        if not ends:
            return [unk]
        out.append(word[: max(ends)])
        word = word[max(ends) :] and "##" + word[max(ends) :]
    return out
