"""Checks and misconceptions for `wordpiece_encode`."""

from autograder.checks.tokenization import respelled, spelled
from autograder.exercise import Exercise

PIECES = "[UNK] h hu hug ##g ##gs ##s ##u ##n un ##aff ##able ##a p ##ug b bu g ##é é"
VOCAB = {piece: number for number, piece in enumerate(PIECES.split())}


def words_for_pieces(g):
    letters = ["a", "b", "c"]
    singles = [*letters, *("##" + c for c in letters)]
    longer = ["##" + spelled(g, letters, 2, 3) for _ in range(6)]
    drawn = [*singles, *longer, *(spelled(g, letters, 2, 4) for _ in range(5))]
    vocab = {piece: number for number, piece in enumerate(["[UNK]", *dict.fromkeys(drawn)])}
    cases = {
        "the word is in the vocabulary": ("hug", VOCAB, "[UNK]", 100),
        "the word has two pieces": ("hugs", VOCAB, "[UNK]", 100),
        "the word has three pieces": ("unaffable", VOCAB, "[UNK]", 100),
        "the longest beginning leads nowhere": (
            "hugs",
            {"hu": 0, "hug": 1, "##gs": 2, "<unk>": 3},
            "<unk>",
            100,
        ),
        "the last piece is missing": ("hugo", VOCAB, "[UNK]", 100),
        "the first piece is missing": ("yhu", VOCAB, "[UNK]", 100),
        "a letter in the middle is unknown": ("hxg", {"?": 0, "h": 1, "##g": 2}, "?", 100),
        "a piece is there only as a continuation": ("nu", VOCAB, "[UNK]", 100),
        "a piece is there only as a beginning": ("hub", VOCAB, "[UNK]", 100),
        "the word is longer than allowed": ("hugs", VOCAB, "[UNK]", 3),
        "the word is just as long as allowed": ("hugs", VOCAB, "[UNK]", 4),
        "a known word is longer than allowed": ("hug", VOCAB, "[UNK]", 2),
        "a letter is a capital": ("Hug", {**VOCAB, "[unk]": 99}, "[unk]", 100),
        "fewer pieces would do": (
            "abcd",
            {"ab": 0, "a": 1, "##bcd": 2, "##c": 3, "##d": 4},
            "?",
            100,
        ),
        "a long piece ends the word, too": (
            "abcd",
            {"abc": 0, "##d": 1, "##cd": 2, "a": 3, "##b": 4},
            "?",
            100,
        ),
        "the first piece is longer than all others": ("hugsx", {"hugs": 0, "##x": 1}, "?", 100),
        "letters of two bytes are counted": ("hué", VOCAB, "[UNK]", 3),
        "# itself is a piece": ("hug", {"[UNK]": 0, "h": 1, "#": 2, "###ug": 3}, "[UNK]", 100),
        "the word is empty": ("", VOCAB, "[UNK]", 100),
        "word and vocabulary are drawn at random": (
            spelled(g, letters, 14, 14),
            vocab,
            "[UNK]",
            20,
        ),
    }
    return respelled(g, cases)


pieces = Exercise(
    "other_tokenizers.wordpiece_encode",
    title="The longest piece that fits",
    points=2, difficulty=2, minutes=15, examples=words_for_pieces,
)  # fmt: skip


@pieces.oracle("tokenizers.models.WordPiece")
def _(word, vocab, unk, max_chars=100):
    from tokenizers import models

    model = models.WordPiece(vocab, unk_token=unk, max_input_chars_per_word=max_chars)
    return [token.value for token in model.tokenize(word)]


@pieces.claim("without its ##, the pieces of a known word are the word")
def _(answer):
    cut = answer("hugs", {"hu": 0, "##g": 1, "##s": 2}, "[UNK]", 100)
    assert cut == ["hu", "##g", "##s"]
    assert "".join(cut).replace("##", "") == "hugs"


@pieces.claim("one missing piece makes the whole word unknown")
def _(answer):
    assert answer("hugs", {"hu": 0, "##g": 1}, "[UNK]", 100) == ["[UNK]"]
    assert answer("hug", {"hu": 0, "##g": 1}, "[UNK]", 100) == ["hu", "##g"]


@pieces.claim("a longer piece is preferred to two short ones")
def _(answer):
    vocab = {"a": 0, "##b": 1, "ab": 2, "##c": 3, "##bc": 4}
    assert answer("abc", vocab, "?", 100) == ["ab", "##c"]


@pieces.claim("where no limit is given, words of up to 100 characters are cut")
def _(answer):
    vocab = {"a": 0, "##a": 1}
    assert answer("a" * 100, vocab, "[UNK]") == ["a", *["##a"] * 99]
    assert answer("a" * 101, vocab, "[UNK]") == ["[UNK]"]


pieces.slip(
    "if len(word) > max_chars:", "if False:", name="no_limit",
    seen="What is `max_chars` for?",
    why="Code that cuts words of any length gives these pieces. A word of more than `max_chars` "
    "characters is unknown: the search takes time that grows with the square of its length.",
)  # fmt: skip
pieces.slip(
    "if len(word) > max_chars:", "if len(word) > max_chars and word not in vocab:",
    name="known_words_of_any_length",
    seen="A known word that is too long came back whole. Which of the two rules is asked first?",
    why="These are the pieces of code that looks the whole word up before its length is tested. A word "
    "of more than `max_chars` characters is unknown, whatever the vocabulary holds.",
)  # fmt: skip
pieces.slip(
    "len(word) > max_chars", "len(word) >= max_chars", name="limit_too_early",
    seen="A word of exactly `max_chars` characters: is it too long?",
    why="Code that turns away words *of* `max_chars` characters gives these pieces. Only longer "
    "ones are unknown: `>`.",
)  # fmt: skip
pieces.slip(
    "len(word) > max_chars", "len(word.encode()) > max_chars", name="limit_in_bytes",
    seen="How long is é?",
    why="Code that counts bytes gives these pieces. The limit is in characters, and é is one.",
)  # fmt: skip
pieces.slip(
    '("##" if start > 0 else "")', '""', name="no_hashes",
    seen="Where does a reader of the tokens see that *s* continues a word?",
    why="Code that looks up, and returns, continuations without ## gives these pieces. A piece "
    "that does not begin the word has ## in front, in the vocabulary as well.",
)  # fmt: skip
pieces.slip(
    "if piece in vocab:", "if word[start:end] in vocab:", name="looked_up_without_hashes",
    seen="A piece came back that the vocabulary does not have. Under which name was it looked up?",
    why="Code that looks pieces up without ##, and puts it in front afterwards, gives these pieces. "
    "The vocabulary itself says which pieces may continue a word: look up ##s, not s.",
)  # fmt: skip
pieces.slip(
    '("##" if start > 0 else "")', '"##"', name="hashes_everywhere",
    seen="Which piece of a word continues nothing?",
    why="Code that puts ## before every piece gives these pieces. The one that begins the word "
    "has none.",
)  # fmt: skip
pieces.slip(
    "pieces.append(piece)", "pieces.append(word[start:end])", name="hashes_dropped",
    seen="The cuts are right. How would you tell *hug s* from *hugs*, given the tokens?",
    why="These are the pieces without their ##. It belongs to the token: ##s and s have different "
    "ids.",
)  # fmt: skip
pieces.slip(
    "pieces.append(piece)", "pieces.append(vocab[piece])", name="ids_returned",
    seen="The cuts are right. Are these tokens?",
    why="These are the ids of the pieces. The pieces themselves are asked for.",
)  # fmt: skip
pieces.slip(
    "if len(word) > max_chars:", "if not word or len(word) > max_chars:", name="nothing_is_unknown",
    seen="What is missing from an empty word?",
    why="The empty word came back as unknown. No piece of it is missing: it has none.",
)  # fmt: skip
pieces.slip(
    "range(len(word), start, -1)", "range(start + 1, len(word) + 1)", name="shortest_match",
    seen="From which end should the search begin?",
    why="These are the shortest pieces that fit. Try the whole rest of the word first, then one "
    "character less, and so on.",
)  # fmt: skip


@pieces.alternative
def by_ends(word, vocab, unk, max_chars=100):
    if len(word) > max_chars:
        return [unk]
    out, rest = [], word
    while rest:
        mark = "##" if out else ""
        fitting = [i for i in range(1, len(rest) + 1) if mark + rest[:i] in vocab]
        if not fitting:
            return [unk]
        out.append(mark + rest[: max(fitting)])
        rest = rest[max(fitting) :]
    return out


@pieces.alternative
def by_recursion(word, vocab, unk, max_chars=100):
    def cut(rest, mark):
        if not rest:
            return []
        for end in reversed(range(1, len(rest) + 1)):
            if mark + rest[:end] in vocab:
                return [mark + rest[:end], *cut(rest[end:], "##")]
        return [None]

    found = cut(word, "") if len(word) <= max_chars else [None]
    return [unk] if None in found else found
