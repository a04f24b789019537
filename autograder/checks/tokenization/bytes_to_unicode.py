"""Checks and misconceptions for `bytes_to_unicode`."""

from autograder.exercise import Exercise


def nothing_to_draw(g):
    return {"it is called": ()}


table = Exercise(
    "tokenization.bytes_to_unicode",
    title="A face for every byte",
    points=1, difficulty=1, minutes=10, examples=nothing_to_draw,
)  # fmt: skip


@table.oracle("transformers.convert_slow_tokenizer.bytes_to_unicode")
def _():
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers.convert_slow_tokenizer import bytes_to_unicode as theirs

    assert set(theirs().values()) == set(ByteLevel.alphabet())
    return theirs()


@table.claim("each of the 256 bytes has a character of its own, none of them a blank")
def _(answer):
    faces = answer()
    assert sorted(faces) == list(range(256))
    assert len(set(faces.values())) == 256
    assert all(len(face) == 1 and face.isprintable() for face in faces.values())
    assert not any(face.isspace() for face in faces.values())


@table.claim("the space is Ġ, the newline is Ċ, and letters are themselves")
def _(answer):
    faces = answer()
    assert [faces[byte] for byte in b" \nAz~"] == ["Ġ", "Ċ", "A", "z", "~"]


table.slip(
    "*range(161, 173), *range(174, 256)", "", name="ascii_only_kept",
    seen="ASCII is right. Which bytes above 126 print as they are?",
    why="These are the characters of a table that keeps ASCII only. 161 to 172 and 174 to 255 are "
    "printable in Unicode too (¡ to ÿ), and stay.",
)  # fmt: skip
table.slip(
    "*range(161, 173), *range(174, 256)", "*range(161, 256)", name="soft_hyphen_kept",
    seen="One byte keeps a character that nobody can see. What is number 173?",
    why="173 is the soft hyphen, which shows only where a line breaks. It is moved like the control "
    "codes, and with it all that come after.",
)  # fmt: skip
table.slip(
    "range(33, 127)", "range(32, 127)", name="space_kept",
    seen="What does a space look like in a list of tokens?",
    why="These are the characters of a table in which the space stays a space. It is the first "
    "byte one would want to see; it is moved to Ġ.",
)  # fmt: skip
table.slip(
    "range(33, 127)", "range(33, 128)", name="delete_kept",
    seen="127 has a name, and no face. Which?",
    why="These are the characters of a table in which byte 127 stays as it is. It is the control code "
    "DEL: the visible part of ASCII ends at 126, the tilde.",
)  # fmt: skip
table.slip(
    "chr(256 + len(table) - len(visible))", "chr(256 + byte)", name="moved_by_256",
    seen="The space is Ġ, so the beginning is right. What comes after 256 + 32, for byte 127?",
    why="These are the characters 256 + byte. The bytes that move are numbered among themselves: 33 "
    "of them come before 127, which so gets 256 + 33.",
)  # fmt: skip


@table.misconception(
    seen="The tilde, byte 126, has moved, and so have 172 and 255. Which is the last number of "
    "`range(33, 126)`?",
    why="A `range` ends before its second number, so the bytes 126, 172 and 255 were left out. Write "
    "127, 173 and 256.",
    code=r"range\(",
)
def last_ones_left_out():
    kept = [*range(33, 126), *range(161, 172), *range(174, 255)]
    moved = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(256 + n) for n, b in enumerate(moved)}


@table.misconception(
    seen="ASCII is right. What do the bytes from 127 to 160 print?",
    why="These are the characters of a table that moves the codes up to 32, and 173, and no others. "
    "There is a second block of control codes, 127 to 159, and 160 is a space that does not break.",
)
def second_block_kept():
    moved = [*range(33), 173]
    return {b: chr(256 + moved.index(b)) if b in moved else chr(b) for b in range(256)}


@table.misconception(
    seen="What is there is right. How many of the 256 bytes have a character?",
    why="These are the visible bytes alone. The other 68 are bytes of texts as well, the space first "
    "of all, and get the characters from 256 on.",
)
def visible_ones_only():
    return {byte: face for byte, face in by_filter().items() if ord(face) < 256}


@table.misconception(
    seen="256 characters, and some of them cannot be seen. What does `print(chr(10))` show?",
    why="This is the table of Latin-1, every byte as the character of its number. Control codes and "
    "the space cannot be seen; they need other characters.",
)
def latin_1():
    return {byte: chr(byte) for byte in range(256)}


@table.misconception(
    seen="It is right, read from right to left. What does one look up while encoding?",
    why="This table goes from characters to bytes, which is what decoding needs. Here the keys are "
    "bytes.",
    convention=True,
)
def turned_round():
    return {face: byte for byte, face in by_filter().items()}


@table.misconception(
    seen="What are the keys, and what are the values?",
    why="The values are numbers of characters. `chr` gives the character itself.",
)
def numbers_for_characters():
    return {byte: ord(face) for byte, face in by_filter().items()}


@table.alternative
def by_filter():
    kept = [b for b in range(256) if chr(b).isprintable() and not chr(b).isspace()]
    moved = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(256 + n) for n, b in enumerate(moved)}


@table.alternative
def by_counting():
    faces, n = {}, 0
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174:
            faces[byte] = chr(byte)
        else:
            faces[byte], n = chr(256 + n), n + 1
    return faces
