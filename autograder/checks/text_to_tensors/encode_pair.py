"""Checks and misconceptions for `encode_pair`."""

import torch

from autograder.exercise import Exercise

CLS, SEP, PAD = 2, 3, 0


def pairs(g):
    def text(length):
        return torch.randint(5, 1000, (length,), generator=g).tolist()

    marks = (CLS, SEP, PAD)
    spare, more = torch.randint(2, 6, (2,), generator=g).tolist()
    return {
        "one text has room to spare": (text(2), None, 6, *marks),
        "two texts have room to spare": (text(3), text(2), 10, *marks),
        "everything fits exactly": (text(2), text(3), 8, *marks),
        "one text is too long": (text(7 + spare), None, 8, *marks),
        "the second of two texts is too long": (text(2), text(9 + spare), 10, *marks),
        "the first of two texts is too long": (text(9 + spare), text(2), 10, *marks),
        "both texts are too long": (text(6 + spare), text(7 + spare + more), 11, *marks),
        "both are too long, the first is longer, and the room is odd": (
            text(6 + more), text(5), 10, *marks,
        ),
        "both are too long, the second is longer, and the room is odd": (
            text(5), text(6 + more), 10, *marks,
        ),
        "both are too long, equally so, and the room is odd": (
            text(6 + spare), text(6 + spare), 12, *marks,
        ),
        "the second text is empty": (text(3), [], 9, *marks),
        "there is room for the marks alone": (text(3), text(4), 3, *marks),
        "padding has the id of [SEP]": (text(2), text(4), 12, CLS, SEP, SEP),
        "the marks have other ids": (text(4), text(3), 11 + more, 101, 102, 99),
    }  # fmt: skip


pair = Exercise(
    "text_to_tensors.encode_pair",
    title="Two texts, with their marks",
    points=3, difficulty=2, minutes=25, examples=pairs,
)  # fmt: skip


@pair.oracle("tokenizers.processors.TemplateProcessing, with truncation longest_first and padding")
def _(a, b, max_len, cls, sep, pad):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = {str(number): number for number in range(1001)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="0"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=f"{cls} $A {sep} $B:1 {sep}:1",
        special_tokens=[(str(mark), mark) for mark in (cls, sep)],
    )
    tokenizer.enable_truncation(max_len, strategy="longest_first")
    tokenizer.enable_padding(length=max_len, pad_id=pad, pad_token=str(pad))
    texts = [" ".join(map(str, text)) for text in (a, b) if text is not None]
    made = tokenizer.encode(*texts)
    return made.ids, made.type_ids, made.attention_mask


@pair.claim("each text of some tokens ends with [SEP], and the last one is no exception")
def _(answer):
    assert answer([7, 8], None, 4, CLS, SEP, PAD)[0][-1] == SEP
    ids, _, mask = answer([7, 8], [9], 8, CLS, SEP, PAD)
    assert [i for i, token in enumerate(ids) if token == SEP] == [3, 5]
    assert ids[0] == CLS
    assert len(mask) == 8


@pair.claim("when tokens are cut, all marks stay and the three lists are as long as asked")
def _(answer):
    for max_len in (5, 6, 9):
        for b, marks in (([21, 22, 23, 24, 25, 26], 2), (None, 1)):
            made = answer([11, 12, 13, 14, 15, 16, 17, 18], b, max_len, CLS, SEP, PAD)
            assert [len(part) for part in made] == [max_len] * 3
            assert made[0][0] == CLS
            assert made[0][-1] == SEP
            assert made[0].count(SEP) == marks


@pair.claim("a short text stays whole as long as a long one has tokens to give")
def _(answer):
    for a, b in (([11, 12], [*range(21, 40)]), ([*range(21, 40)], [11, 12])):
        ids, *_ = answer(a, b, 12, CLS, SEP, PAD)
        assert [i for i in ids if i in (11, 12)] == [11, 12]
        assert [i for i in ids if i > 20] == [*range(21, 28)]


@pair.claim("the mask counts texts and marks, also where padding shares the id of a mark")
def _(answer):
    for pad in (PAD, SEP, CLS):
        for room in (6, 9):
            _, _, mask = answer([7, 8], [9], room, CLS, SEP, pad)
            assert mask == [1] * 6 + [0] * (room - 6)


@pair.claim("the second text is told from the first by its type, up to its [SEP] and no farther")
def _(answer):
    assert answer([7, 8], [9], 8, CLS, SEP, PAD)[1] == [0, 0, 0, 0, 1, 1, 0, 0]
    assert answer([7], [8, 9], 7, CLS, SEP, PAD)[1] == [0, 0, 0, 1, 1, 1, 0]


pair.slip(
    "[*b, sep]", "[*b]", name="no_final_sep",
    seen="Where does the second text end? Count the [SEP]s of a pair.",
    why="These are the numbers of a [SEP] that comes only *between* two texts. BERT has one after "
    "each text, so the second has one, too.",
)  # fmt: skip
for name, kind in (
    ("padding_in_second", "1"),
    ("padding_after_a_second", "int(b is not None)"),
    ("padding_after_more_words", "int(bool(b))"),
):
    pair.slip(
        "[1] * len(second) + [0] * fill", f"[1] * len(second) + [{kind}] * fill", name=name,
        seen="To which text does padding belong?",
        why="These are the numbers of type ids that go on as 1 to the end of the list. Padding is of "
        "neither text, and tokenizers give it type 0.",
    )  # fmt: skip
pair.slip(
    "[1] * len(text) + [0] * fill", "[1] * max_len", name="mask_all_ones",
    seen="The mask says that everything is text. What tells the model of the padding?",
    why="These are the numbers of a mask without a 0. To a model padding is a token like any other, "
    "unless the mask says 0 there.",
)  # fmt: skip
pair.slip(
    "[1] * len(text) + [0] * fill", "[int(i != pad) for i in ids]", name="mask_from_pad_id",
    seen="Right while no token has the id of padding. What if a mark serves as padding?",
    why="These are the numbers of a mask read off the ids, `ids != pad`. Where the tokenizer uses "
    "an end mark as its padding, the real end marks vanish with it. Count lengths instead.",
)  # fmt: skip
pair.slip(
    "[: max_len - 2]", "[: max_len - 1]", name="room_for_one_mark",
    seen="A single text that is too long: how many marks need a place beside it?",
    why="These are the numbers of room for one mark. A single text has two, [CLS] and [SEP]: "
    "`max_len - 2` tokens are left for it.",
)  # fmt: skip
pair.slip(
    "room = max_len - 3", "room = max_len - 2", name="room_for_two_marks",
    seen="Two texts that are too long: how many marks need a place beside them?",
    why="These are the numbers of room for two marks. A pair has three, [CLS] and a [SEP] for each "
    "text: `max_len - 3` tokens are left.",
)  # fmt: skip
pair.slip(
    "min(len(a), len(b), room // 2)", "room // 2", name="half_each",
    seen="A short text beside a long one: who needs the half that it does not use?",
    why="These are the numbers of room that is halved first. Half is the *most* that the shorter "
    "text keeps; what it does not need goes to the longer one.",
)  # fmt: skip
pair.slip(
    "min(len(a), len(b), room // 2)", "min(len(a), len(b), (room + (len(a) <= len(b))) // 2)",
    name="loop_of_bert",
    seen="Where both texts are cut and the room is odd, somebody gets the odd token. Who?",
    why="These are the numbers of BERT's own code: a loop takes a token at a time off the longer "
    "text, and off the second when both are equally long. The tokenizers of today let the text "
    "that was longer at first (`b`, if they were equal) have the odd token. Half of the room, "
    "rounded down, is what the shorter one keeps.",
    convention=True,
)  # fmt: skip
pair.slip(
    "min(len(a), len(b), room // 2)", "min(len(a), len(b), (room + (len(a) > len(b))) // 2)",
    name="loop_first_at_ties",
    seen="Where both texts are cut, the first one is the longer, and the room is odd, somebody gets "
    "the odd token. Who?",
    why="These are the numbers of a loop that takes a token at a time off the longer text, and off "
    "the first when both are equally long. The text that was longer at first has the odd token "
    "here: the shorter one keeps half of the room, rounded down.",
    convention=True,
)  # fmt: skip
pair.slip(
    "else (a[:longer], b[:shorter])", "else (a[: room // 2], b[: room - room // 2])",
    name="half_for_the_first",
    seen="A long first text beside a short second one: who uses the room that the second leaves?",
    why="These are the numbers of a first text that is cut to half of the room in any case. The "
    "*shorter* text keeps at most half, whichever it is, and the longer gets the rest.",
)  # fmt: skip


@pair.alternative
def by_loop(a, b, max_len, cls, sep, pad):
    a, b = list(a), None if b is None else list(b)
    if b is None:
        while len(a) > max_len - 2:
            a.pop()
    else:
        tie = a if len(a) <= len(b) else b
        while len(a) + len(b) > max_len - 3:
            longer = tie if len(a) == len(b) else max(a, b, key=len)
            longer.pop()
    ids, types = [cls, *a, sep], [0] * (len(a) + 2)
    if b is not None:
        ids, types = ids + b + [sep], types + [1] * (len(b) + 1)
    mask = [1] * len(ids)
    while len(ids) < max_len:
        ids.append(pad)
        types.append(0)
        mask.append(0)
    return ids, types, mask
