"""Checks and misconceptions for `bpe_decode`."""

import torch

from autograder.checks.tokenization import pick
from autograder.checks.tokenization.bytes_to_unicode import by_filter, turned_round
from autograder.exercise import Exercise


def shown(text):
    """Text or bytes in the visible characters of byte-level vocabularies."""
    faces = by_filter()
    return "".join(faces[b] for b in (text if isinstance(text, bytes) else text.encode()))


def tokens_of(ids, vocab):
    tokens = {number: token for token, number in vocab.items()}
    return [tokens[number] for number in ids]


def bytes_of(tokens):
    back = turned_round()
    return bytes(back[c] for token in tokens for c in token)


def tokens_as_ids(g):
    tokens = [*map(shown, ("One", " step", ".", " ", "\n", "à", " déjà", "Ġ", "ü")),
              shown(b"\xf0\x9f"), shown(b"\x99\x82"),
              shown("!~\x7f\xa0\xa1\xac\xad\xae"), shown(b"a\xff"), shown("\ufeff"),
              shown("\r\n"), "<|stop|>"]  # fmt: skip
    numbers = torch.randperm(40, generator=g)[: len(tokens)].tolist()
    vocab = dict(zip(tokens, numbers, strict=True))
    one, step, stop, space, newline, a, deja, g_dot, u, front, back, rare, never, *odd = numbers
    order_mark, line_end, sign = odd
    drawn = pick(g, numbers[:-3], 12)
    words = pick(g, (one, step, stop, u, deja, g_dot), 3)
    return {
        "two words are decoded": ([one, step], vocab),
        "a token comes twice in a row": ([one, step, step], vocab),
        "more tokens are drawn": (words, vocab),
        "the text begins with a byte order mark": ([order_mark, *words], vocab),
        "a line ends in two bytes": ([one, line_end, *words], vocab),
        "a token looks like a special one": ([one, sign, *words], vocab),
        "the text begins with a space": ([step, stop], vocab),
        "the text ends in a newline": ([one, stop, newline], vocab),
        "letters take two bytes": ([u, deja], vocab),
        "a letter has a byte that was moved": ([a, space, a], vocab),
        "an emoji is spread over two tokens": ([one, space, front, back], vocab),
        "half an emoji is missing at the end": ([one, front], vocab),
        "half an emoji is missing at the start": ([back, stop], vocab),
        "the text itself holds a Ġ": ([one, g_dot, step], vocab),
        "bytes lie where the visible ones begin and end": ([one, rare], vocab),
        "a byte is there that UTF-8 never has": ([never, stop], vocab),
        "there is no token": ([], vocab),
        "ids are drawn at random": (drawn, vocab),
    }


decode = Exercise(
    "tokenization.bpe_decode",
    title="Back to text", needs=("bytes_to_unicode", "bpe_encode"),
    points=2, difficulty=2, minutes=15, examples=tokens_as_ids,
)  # fmt: skip


@decode.oracle("tokenizers.decoders.ByteLevel")
def _(ids, vocab):
    from tokenizers.decoders import ByteLevel

    return ByteLevel().decode(tokens_of(ids, vocab))


SMALL = {"a": 5, "Ġtown": 3, "Ã": 8, "©": 1, shown(b"\x99"): 0}


@decode.claim("a Ġ is read as a space, even at the beginning")
def _(answer):
    assert answer([3, 5, 3], SMALL) == " towna town"


@decode.claim("bytes are put together before they are read: é may come in two tokens")
def _(answer):
    assert answer([5, 8, 1], SMALL) == "aé"


@decode.claim("whatever the ids, text comes back")
def _(answer):
    assert answer([8], SMALL) == "\ufffd"
    assert answer([5, 0, 5], SMALL) == "a\ufffda"


decode.slip(
    ', errors="replace"', "", name="strict",
    seen="Half a character is no text. What should a user see while the other half is on its way?",
    why='Without `errors="replace"` Python raises on bytes that are no UTF-8. A model may stop in the '
    "middle of a character; � stands for what cannot be read.",
    code=r"decode|str\(",
)  # fmt: skip
decode.slip(
    'errors="replace"', 'errors="ignore"', name="ignored",
    seen="Something was there and left no trace. How does a reader learn of it?",
    why='These are the texts of code that drops what it cannot read, as `errors="ignore"` does. '
    '`errors="replace"` puts � in its place.',
)  # fmt: skip
decode.slip(
    "for number in ids)", "for number in dict.fromkeys(ids))", name="each_id_once",
    seen="A token that came twice was read once. What is a text in which a word repeats?",
    why="These are the texts of ids read once each, as a set or the keys of a dict hold them. Every id "
    "of the list counts, in its place.",
)  # fmt: skip
decode.slip(
    "for number in ids)", "for i, number in enumerate(ids) if [number] != ids[i - 1 : i])",
    name="equal_neighbours_once",
    seen="The same token twice in a row was read once. May a text repeat itself?",
    why="These are the texts of equal neighbours read once, which is right for speech, where one sound "
    "lasts. In a text every id stands for its own token.",
    convention=True,
)  # fmt: skip
decode.slip(
    '.decode("utf-8", errors="replace")', '.decode("utf-8-sig", errors="replace")',
    name="order_mark_eaten",
    seen="The first character is gone, and nobody can see it. What does the encoding `utf-8-sig` do?",
    why="These are the texts of `utf-8-sig`, which takes a byte order mark off the beginning of a file. "
    "Here it is a character like others: UTF-8.",
    code=r"sig",
)  # fmt: skip
decode.slip(
    '"utf-8"', '"latin-1"', name="read_as_latin_1",
    seen="é became two characters. How many bytes has it, and who joins them?",
    why="These are the texts of bytes read one by one, as Latin-1. In UTF-8 several bytes make one "
    "character.",
)  # fmt: skip
decode.slip(
    '.decode("utf-8", errors="replace")', '.decode("utf-8", errors="replace").strip()',
    name="stripped",
    seen="A space is missing at the beginning or the end. Was it part of the text?",
    why="These are the texts without the blanks at both ends, as `strip` leaves them. A token that "
    "begins with Ġ begins with a space, even where it comes first.",
)  # fmt: skip


decode.slip(
    '.decode("utf-8", errors="replace")', '.decode("utf-8", errors="replace").lstrip()',
    name="stripped_in_front",
    seen="A space is missing at the beginning. Was it part of the text?",
    why="These are the texts without the blanks in front. A token that begins with Ġ begins with a "
    "space, even where it comes first.",
)  # fmt: skip


@decode.misconception(
    seen="A byte lies at the edge of the visible ones, and its character is not found. What is 173?",
    why="A table in which the soft hyphen, byte 173, keeps its own character knows 67 moved bytes in "
    "place of 68, and the last face, Ń, is in no token of it.",
)
def soft_hyphen_unmoved(ids, vocab):
    back = {c: b for c, b in turned_round().items() if c != "Ń"} | {"\xad": 173}
    return bytes(back[c] for c in tokens_joined(ids, vocab)).decode(errors="replace")


@decode.misconception(
    seen="One byte that cannot be read, and all is gone. What of the text around it?",
    why="Code that returns one � as soon as the bytes are no UTF-8 gives these texts. "
    '`errors="replace"` puts it where something is missing and keeps the rest.',
)
def all_or_nothing(ids, vocab):
    try:
        return bytes_of(tokens_of(ids, vocab)).decode()
    except UnicodeDecodeError:
        return "\ufffd"


@decode.misconception(
    seen="A character is right within a token, and broken between two. When are bytes read?",
    why="These are the texts of tokens decoded one by one. A character may begin in one token and "
    "end in the next: put all bytes together, then read them.",
)
def token_by_token(ids, vocab):
    each = [bytes_of([token]) for token in tokens_of(ids, vocab)]
    return "".join(raw.decode("utf-8", errors="replace") for raw in each)


@decode.misconception(
    seen="Words read well, and signs of the vocabulary are left. What does each of them stand for?",
    why="These are the tokens with Ġ replaced by a space and nothing else. The other characters stand "
    "for bytes too: turn all of them into bytes and read those as UTF-8.",
)
def spaces_replaced(ids, vocab):
    return tokens_joined(ids, vocab).replace("Ġ", " ")


@decode.misconception(
    seen="Words read well, and signs of the vocabulary are left. What does each of them stand for?",
    why="These are the tokens with Ġ and Ċ replaced and nothing else. All characters of a token stand "
    "for bytes: turn each into its byte and read the bytes as UTF-8.",
)
def spaces_and_newlines_replaced(ids, vocab):
    return spaces_replaced(ids, vocab).replace("Ċ", "\n")


@decode.misconception(
    seen="What is a Ġ to somebody who reads the text?",
    why="These are the tokens as the vocabulary writes them. Each character stands for a byte, and "
    "the bytes are the text.",
)
def tokens_joined(ids, vocab):
    return "".join(tokens_of(ids, vocab))


@decode.misconception(
    seen="There are spaces that no token holds. Where are the spaces of the text?",
    why="These are the texts of tokens joined with blanks. The spaces are in the tokens already, as Ġ.",
)
def joined_with_blanks(ids, vocab):
    return b" ".join(bytes_of([t]) for t in tokens_of(ids, vocab)).decode(errors="replace")


@decode.misconception(
    seen="Ġ and most letters are right. Which byte does the character after Ġ, ġ, stand for?",
    why="These are the texts of code that takes 256 off each moved character, as `% 256` does. "
    "That is right for bytes up to 32, but the bytes from 127 on were "
    "numbered among themselves: ġ is 256 + 33 and stands for byte 127.",
)
def modulo_256(ids, vocab):
    return bytes(ord(c) % 256 for c in tokens_joined(ids, vocab)).decode("utf-8", errors="replace")


@decode.misconception(
    seen="Which token has the id 3: the one at place 3?",
    why="These are the tokens at those places of the dict. It is in the order of the file, not of the "
    "ids. Turn it round: id to token.",
)
def ids_as_places(ids, vocab):
    tokens = list(vocab)
    return bytes_of(tokens[number] for number in ids).decode(errors="replace")


@decode.alternative
def by_inverse(ids, vocab):
    return bytes_of(tokens_of(ids, vocab)).decode(errors="replace")


@decode.alternative
def by_arithmetic(ids, vocab):
    tokens = dict(map(reversed, vocab.items()))
    raw = bytearray()
    for c in "".join(map(tokens.get, ids)):
        n = ord(c) - 256
        raw.append(ord(c) if n < 0 else n if n < 33 else n + 94 if n < 67 else 173)
    return str(raw, "utf-8", "replace")
