"""Checks and misconceptions for chapters/1_nlp/04_text_to_tensors.md."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise
from autograder.judge import agree, differ

# ------------------------------------------------------------------------------ encode_pair

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
    points=3, difficulty=2, minutes=20, examples=pairs,
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
    why="These are the numbers of a [SEP] that only stands *between* two texts. BERT's marks stand "
    "after each text, so the second has one, too.",
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


def laid_out(first, second, max_len, pad):
    """The three lists, from two halves that carry their marks."""
    text = first + second
    fill = max_len - len(text)
    types = [0] * len(first) + [1] * len(second) + [0] * fill
    return text + [pad] * fill, types, [1] * len(text) + [0] * fill


@pair.misconception(
    seen="What was cut off last, when everything was too long?",
    why="These are the numbers of a list that is put together whole and then cut at `max_len`: "
    "the last [SEP] goes first, and the second text before the first. Cut the texts, then add the "
    "marks.",
)
def cut_when_whole(a, b, max_len, cls, sep, pad):
    first, second = [cls, *a, sep], [] if b is None else [*b, sep]
    ids, types, mask = laid_out(first, second, max(max_len, len(first + second)), pad)
    return ids[:max_len], types[:max_len], mask[:max_len]


pair.slip(
    "(a[:shorter], b[:longer]) if len(a) <= len(b) else (a[:longer], b[:shorter])",
    "(a[:room], b[: max(0, room - len(a))])", name="second_gives_first",
    seen="All the marks are there, and the first text is whole. Which of the two gave more than "
    "it had to?",
    why="These are the numbers of truncation `only_second`: it suits a question and a story, where "
    "the question must stay whole. Here the longer text gives first, whichever it is.",
    convention=True,
)  # fmt: skip
pair.slip(
    "(a[:shorter], b[:longer]) if len(a) <= len(b) else (a[:longer], b[:shorter])",
    "(a[: max(0, room - len(b))], b) if len(a) > len(b) else (a, b[: max(0, room - len(a))])",
    name="longer_gives_all",
    seen="One text was cut and the other stayed whole. Where both would take more than half of the "
    "room, who gives?",
    why="These are the numbers of the whole excess cut from the longer text. It gives until both "
    "are equally long; from there on both do, and the shorter keeps half of the room.",
    reread="When it does not fit",
)  # fmt: skip
pair.slip(
    "[cls, *a, sep]\n    second = [] if b is None else [*b, sep]",
    "[*a, sep, *[cls][b is not None :]]\n    second = [] if b is None else [*b, sep, cls]",
    name="cls_last",
    seen="[CLS] comes last. Which model wants it there?",
    why="This is the order of XLNet, which reads `a [SEP] b [SEP] [CLS]`. BERT's [CLS] comes first.",
    convention=True,
)  # fmt: skip
pair.slip(
    "[0] * len(first) + [1] * len(second)",
    "[0] * (len(first) - (b is not None)) + [1] * (len(second) + (b is not None))",
    name="sep_opens_second",
    seen="The marks are in place. Which mark ends the first text, and to whom does it belong?",
    why="These are the type ids of a [SEP] that opens the second text. It closes the first: type 0.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n", "    b = b or []\n    if b is None:\n", name="none_as_empty",
    seen="A single text came out with the marks of two. What does None say?",
    why="These are the numbers of None read as an empty second text. None says that there is no "
    "second text, so there is no second [SEP] either.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n", "    b = b or None\n    if b is None:\n", name="empty_as_none",
    seen="An empty second text came out with the marks of one. Is an empty text the same as none?",
    why="These are the numbers of `if b:`, which is false for None and for an empty list. An empty "
    "text is a text and keeps its [SEP]: ask `b is None`.",
)  # fmt: skip
pair.slip(
    "[] if b is None", "[] if not b", name="cut_to_nothing_as_none",
    seen="A second text came out with the marks of one where nothing is left of it. Is an empty text "
    "the same as none?",
    why="These are the numbers of `if b:` after the cut. An empty text is a text and keeps its "
    "[SEP], also where the cut has emptied it: ask `b is None`.",
)  # fmt: skip
pair.slip(
    "[1] * len(second) + [0] * fill", "[0] * (len(second) + fill)", name="types_all_zero",
    seen="All types are 0. What tells the two texts apart?",
    why="These are the type ids of a single text, and of models without segments, such as RoBERTa. "
    "For BERT the second text and its [SEP] are of type 1.",
    convention=True,
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask",
    "return tuple(x[len(text) :] + x[: len(text)] for x in (ids, type_ids, mask))",
    name="padding_left",
    seen="Padding comes first. On which side does BERT have it?",
    why="This is padding on the left, as a model that continues a text needs it. BERT has its "
    "padding on the right, and [CLS] in the first place.",
    convention=True,
)  # fmt: skip
pair.slip(
    "fill = max_len - len(text)", "fill = 0", name="not_filled_up",
    seen="The marks are right, and the lists end with the text. How long were they to be?",
    why="These are the lists without padding. All three are `max_len` long: what is left is filled "
    "with `pad` in the ids, and with 0 in the types and in the mask.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n        a = a[: max_len - 2]\n    else:\n", "    if False:\n", name="never_cut",
    seen="Right as long as there is room. What happens to a text that is longer than the room?",
    why="These are the numbers of code that never cuts: the lists grow beyond `max_len`. The texts "
    "lose tokens at their ends before the marks are added.",
    reread="When it does not fit",
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask", "return [ids, type_ids, mask]", name="list_of_three",
    seen="The three are right. In what does the signature hand them over?",
    why="This is a list of the three. The signature promises a tuple: `return ids, type_ids, mask`, "
    "without brackets around them.",
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask", "return tuple(map(torch.tensor, (ids, type_ids, mask)))",
    name="tensors_not_lists",
    seen="The numbers are right. Are they wanted as tensors already?",
    why="These are tensors. A tokenizer hands over lists, and a batch of them becomes a tensor "
    "later: return the lists as they are.",
    convention=True,
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


# -------------------------------------------------------------------------------- pad_batch


def ragged(g):
    def text(length):
        return torch.randint(5, 1000, (length,), generator=g).tolist()

    lengths = (torch.randperm(7, generator=g)[:4] + 1).tolist()
    rows = [text(length) for length in lengths]
    told = [[0, *text(2), 0], [0, *text(3), 0], [0, *text(1), 0]]
    return {
        "the second row has padding on the right": ([text(3), text(2)], 0, "right"),
        "the second row has padding on the left": ([text(3), text(2)], 0, "left"),
        "all rows are equally long": ([text(2), text(2), text(2)], 0, "right"),
        "there is one row": ([text(4)], 0, "left"),
        "the id of padding is 7": ([text(1), text(4), text(2)], 7, "right"),
        "a row is empty": ([text(3), [], text(1)], 1, "right"),
        "a row is empty, and padding is on the left": ([text(3), [], text(1)], 1, "left"),
        "texts begin and end with the id of padding": (told, 0, "right"),
        "they do, and padding is on the left": (told, 0, "left"),
        "four rows of other lengths have padding on the right": (rows, 4, "right"),
        "four rows of other lengths have padding on the left": (rows, 4, "left"),
    }


batch = Exercise(
    "text_to_tensors.pad_batch", fast_track=True,
    title="A rectangle of tokens",
    points=2, difficulty=1, minutes=15, examples=ragged,
)  # fmt: skip


@batch.oracle("tokenizer.pad and generate's _prepare_position_ids_for_generation of transformers")
def _(seqs, pad, side):
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    from transformers.generation import GenerationMixin

    words = {str(number): number for number in range(1000)}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="999")),
        pad_token=str(pad),
        padding_side=side,
    )
    made = tokenizer.pad({"input_ids": seqs}, return_tensors="pt", verbose=False)
    ids, mask = made["input_ids"], made["attention_mask"]
    positions = GenerationMixin._prepare_position_ids_for_generation(
        None, ids, {"input_ids": ids, "attention_mask": mask}
    )
    return ids, mask, positions


ROWS = [[11, 12], [21, 22, 23, 24], [31, 32, 33]]


@batch.claim("with padding on the left, every row ends with its own last token")
def _(answer):
    assert answer(ROWS, 0, "left")[0][:, -1].tolist() == [12, 24, 33]
    assert answer(ROWS[::2], 0, "left")[0][:, -1].tolist() == [12, 33]


@batch.claim("with padding on the right, every row begins with its own first token")
def _(answer):
    assert answer(ROWS, 0, "right")[0][:, 0].tolist() == [11, 21, 31]
    assert answer(ROWS[::2], 0, "right")[0].tolist() == [[11, 12, 0], [31, 32, 33]]


@batch.claim("the mask counts the tokens that were given, also those with the id of padding")
def _(answer):
    for side in ("left", "right"):
        for rows in (ROWS, [[0, 7, 0], [0, 7, 8, 9, 0], [0]]):
            mask = answer(rows, 0, side)[1]
            assert mask.shape == (3, max(map(len, rows)))
            assert mask.sum(dim=1).tolist() == [len(row) for row in rows]


@batch.claim("a text has the same positions, wherever its padding is")
def _(answer):
    for side in ("left", "right"):
        _, mask, positions = answer(ROWS, 0, side)
        for row, seen, counted in zip(ROWS, mask.bool(), positions, strict=True):
            assert counted[seen].tolist() == list(range(len(row)))


batch.slip(
    "fill + seq if side == \"left\" else seq + fill", "seq + fill", name="ids_always_right",
    seen="What do the ids say when `side` is left?",
    why="These are ids with padding on the right, whatever `side` says. A model that continues a "
    "text continues its last column: there must stand a token.",
)  # fmt: skip
batch.slip(
    "zeros + ones if side == \"left\" else ones + zeros", "ones + zeros", name="mask_always_right",
    seen="Compare mask and ids when `side` is left: do they speak of the same places?",
    why="These are the numbers of a mask with its zeros on the right, whatever `side` says. The "
    "mask has its zeros where the ids have their padding.",
)  # fmt: skip
batch.slip(
    "cumsum(dim=1) - 1", "cumsum(dim=1)", name="positions_from_1",
    seen="At which position does a text begin?",
    why="These are the numbers of a running count of the mask, which is 1 at the first token. "
    "Positions begin at 0: subtract 1.",
)  # fmt: skip
batch.slip(
    ".masked_fill(mask == 0, 0)", "", name="padding_not_zeroed",
    seen="The tokens have their positions. What positions did the padding get?",
    why="These are the numbers of `cumsum - 1` as it is. Padding on the left gets -1, for which a "
    "table of positions has no row, and padding on the right repeats the last position. Padding gets 0 "
    "here.",
)  # fmt: skip
batch.slip(
    "cumsum(dim=1)", "cumsum(dim=0)", name="counted_down",
    seen="Positions count along one axis. Is it that of the tokens?",
    why="These are the numbers of `cumsum` along the batch, from text to text. Tokens of one text "
    "are the columns of a row: `dim=1`.",
)  # fmt: skip


@batch.alternative
def by_library(seqs, pad, side):
    def rows(lists, value):
        return torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(row, dtype=torch.long) for row in lists],
            batch_first=True, padding_value=value, padding_side=side,
        )  # fmt: skip

    counts = [range(len(seq)) for seq in seqs]
    ones = [[1] * len(seq) for seq in seqs]
    return rows(seqs, pad), rows(ones, 0), rows([list(count) for count in counts], 0)


batch.slip(
    "in seqs:", "in seqs:\n        side = 'right'", name="right_for_generation",
    seen="Right for one side. What changes when `side` is left?",
    why="These are the numbers of padding on the right, whatever `side` says. That suits BERT; a "
    "model that continues a text would have to continue padding.",
)  # fmt: skip
batch.slip(
    "T = max(", "side = {'left': 'right'}.get(side, 'left')\n    T = max(", name="sides_swapped",
    seen="Both sides are served, the one for the other. What is on the left, when `side` is left?",
    why="These are the numbers of *texts* on the side that was asked for. `side` says where the "
    "padding goes.",
)  # fmt: skip
batch.slip(
    "torch.tensor(ids), torch.tensor(mask)",
    "torch.tensor(ids), (torch.tensor(ids) != pad).long()", name="mask_from_pad_id",
    seen="Right while no token has the id of padding. And if the end mark serves as padding?",
    why="These are the numbers of `ids != pad`. town-gpt and GPT-2 have no padding token and "
    "lend it the id of their end mark: this mask hides real end marks as well. Only the lengths "
    "know.",
)  # fmt: skip
batch.slip(
    "return ids, mask, position_ids", "return ids, (ids != pad).long(), position_ids",
    name="mask_from_pad_id_alone",
    seen="Positions are right, and the mask while no token has the id of padding. And if the end "
    "mark serves as padding?",
    why="This mask is `ids != pad`. town-gpt and GPT-2 lend padding the id of their end mark: this "
    "mask hides real end marks as well. Only the lengths know.",
)  # fmt: skip
batch.slip(
    "(mask.cumsum(dim=1) - 1).masked_fill(mask == 0, 0)", "torch.arange(T) * mask",
    name="columns_where_there_are_tokens",
    seen="Padding has position 0. At which position does a text begin that has padding before it?",
    why="These are the numbers of columns, with 0 for padding. With padding on the left a text "
    "would begin at position 2 or 5. Count its tokens: `mask.cumsum(1) - 1`.",
)  # fmt: skip
batch.slip(
    "mask == 0, 0)", "mask == 0, 1)", name="padding_at_1",
    seen="The tokens have their positions, padding has 1. Which position is asked for?",
    why="This is the filler of `generate` in earlier versions of transformers: padding is hidden, so "
    "any row of the table will do. Here, and in `generate` now, it is 0.",
    convention=True,
)  # fmt: skip
batch.slip(
    "(mask.cumsum(dim=1) - 1).masked_fill(mask == 0, 0)",
    "torch.arange(T).repeat(len(ids), 1)", name="columns_as_positions",
    seen="At which position does a text begin that has padding before it?",
    why="These are the numbers of columns, 0 to T - 1, in every row. With padding on the left a "
    "text would begin at position 2 or 5, and its vectors would depend on its neighbours in the "
    "batch. Count its tokens: `mask.cumsum(1) - 1`.",
)  # fmt: skip
batch.slip(
    "T = max(len(seq) for seq in seqs)", "T = 256", name="pads_to_max_int",
    seen="The texts are in place. How wide is the widest of them?",
    why="These are the numbers of a rectangle as wide as a model can read. It is right, and it is "
    "dear: a model pays for all padding. The longest text of the batch is wide enough.",
)  # fmt: skip
batch.slip(
    "torch.tensor(ids), torch.tensor(mask)",
    "torch.tensor(ids).float(), torch.tensor(mask).float()", name="dtype_float",
    seen="The numbers are right. Can one look up row 2.0 of a table?",
    why="These are floats, as `torch.zeros` and `torch.ones` make them. Ids and positions are row "
    "numbers of tables, and PyTorch wants whole numbers there: `dtype=torch.long`.",
)  # fmt: skip
batch.slip(
    "return ids, mask, position_ids", "return ids, mask.bool(), position_ids", name="mask_of_bools",
    seen="The pattern is right. What kind of numbers do tokenizers put into a mask?",
    why="This is a mask of bools, as attention functions take it. A tokenizer's is of whole "
    "numbers, 1 and 0.",
    convention=True,
)  # fmt: skip
batch.slip(
    "return ids, mask, position_ids", "return ids, 1 - mask, position_ids", name="mask_inverted",
    seen="The pattern is a consistent one, turned round. What does a 1 stand for?",
    why="This is the convention of `key_padding_mask` in `torch.nn`, where True means *ignore*. In "
    "the mask of a tokenizer 1 is a token and 0 is padding.",
    convention=True,
)  # fmt: skip
batch.slip(
    "return ids, mask, position_ids",
    "return ids, mask * 0 + 1, position_ids", name="mask_all_ones",
    seen="The mask says that everything is text. What tells the model of the padding?",
    why="These are the numbers of a mask without a 0. To a model padding is a token like any other, "
    "unless the mask says 0 there.",
)  # fmt: skip
batch.slip(
    ".masked_fill(mask == 0, 0)", ".clamp(min=0)", name="raised_to_zero",
    seen="Padding on the left has position 0. What about padding on the right?",
    why="These are the numbers of `cumsum - 1` with negative ones raised to 0. Padding on the right "
    "repeats the last position. The mask knows all padding: `masked_fill(mask == 0, 0)`.",
)  # fmt: skip
batch.slip(
    ", torch.tensor(mask)", ", torch.tensor(mask).float()", name="mask_of_floats",
    seen="The ids are right. What kind of numbers does `torch.zeros` make?",
    why="Mask and positions are floats here, as `torch.zeros` and `torch.ones` make them. Positions "
    "are row numbers of a table, and PyTorch wants whole numbers there: `dtype=torch.long`.",
)  # fmt: skip
batch.slip(
    "return ids, mask, position_ids",
    "return ids.tolist(), mask.tolist(), position_ids.tolist()", name="lists_not_tensors",
    seen="The numbers are right. What does a model take, lists or tensors?",
    why="These are lists. Now that all rows are equally long they fit into tensors: "
    "`torch.tensor(rows)`.",
)  # fmt: skip


@batch.misconception(
    seen="Right as long as each row has a token. Where does `row[-0:]` begin?",
    why="With an empty list `-len(seq)` is 0, and `row[-0:]` is the whole row, not none of it. "
    "`row[T - len(seq) :]` is right for every length.",
)
def minus_zero(seqs, pad, side):
    ids, mask, positions = by_library(seqs, pad, side)
    for row, seq in zip(ids, seqs, strict=True):
        if side == "left":
            row[-len(seq) :] = torch.tensor(seq)
    return ids, mask, positions


@batch.alternative
def by_filling(seqs, pad, side):
    width = max(map(len, seqs))
    ids = torch.full((len(seqs), width), pad)
    mask, positions = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, seq in enumerate(seqs):
        start = width - len(seq) if side == "left" else 0
        place = slice(start, start + len(seq))
        ids[row, place] = torch.tensor(seq, dtype=torch.long)
        mask[row, place] = 1
        positions[row, place] = torch.arange(len(seq))
    return ids, mask, positions


# ------------------------------------------------------------------------------- bert_embed


def tables(g, V=23, D=10, P=9, scale=0.05):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return scale * draw(V, D), scale * draw(2, D), scale * draw(P, D), 1 + draw(D) / 3, draw(D)


def embedded(g):
    def ids(*shape, V=23):
        return torch.randint(0, V, shape, generator=g)

    def halves(first, B, T):
        return (torch.arange(T) >= first).long().repeat(B, 1)

    some = torch.randint(0, 2, (3, 7), generator=g)
    some[:, 0], some[:, -1] = 0, 1
    return {
        "there is one text of two tokens": (
            1 + ids(1, 2, V=4), torch.zeros(1, 2, dtype=torch.long), *tables(g, 5, 4, 3),
        ),
        "there is padding": (
            torch.tensor([[1 + int(ids(1, V=4)), 0]]), torch.zeros(1, 2, dtype=torch.long),
            *tables(g, 5, 4, 3),
        ),
        "the second text begins halfway": (ids(2, 5), halves(3, 2, 5), *tables(g)),
        "all is one text": (ids(2, 4), torch.zeros(2, 4, dtype=torch.long), *tables(g)),
        "all is the second text": (ids(2, 6), torch.ones(2, 6, dtype=torch.long), *tables(g)),
        "each row has its own second text": (ids(3, 7), some, *tables(g)),
        "a token is repeated": (
            torch.full((2, 4), int(ids(1, V=9))), halves(2, 2, 4), *tables(g),
        ),
        "the table of positions is used up": (ids(2, 9), halves(4, 2, 9), *tables(g)),
        "the numbers in the tables are large": (
            ids(2, 5), halves(3, 2, 5), *tables(g, scale=1.0),
        ),
        "the three rows of a token are zero": (
            torch.cat([ids(2, 4) * 0, ids(2, 1)], 1), halves(4, 2, 5), *(
                table.index_fill(0, torch.tensor([0]), 0.0) if table.dim() == 2 else table
                for table in tables(g)
            ),
        ),
    }  # fmt: skip


embed = Exercise(
    "text_to_tensors.bert_embed",
    title="BERT's first layer",
    points=2, difficulty=2, minutes=15, examples=embedded,
)  # fmt: skip


@embed.oracle("transformers.models.bert.modeling_bert.BertEmbeddings")
def _(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertEmbeddings

    config = BertConfig(
        vocab_size=len(Wt), hidden_size=Wt.shape[1], max_position_embeddings=len(Wp),
        hidden_dropout_prob=0.0,
    )  # fmt: skip
    layer = BertEmbeddings(config).to(Wt.dtype)
    layer.load_state_dict({
        "word_embeddings.weight": Wt, "token_type_embeddings.weight": Ws,
        "position_embeddings.weight": Wp, "LayerNorm.weight": gamma, "LayerNorm.bias": beta,
    })  # fmt: skip
    return layer(input_ids=ids, token_type_ids=type_ids).detach()


def plain_tables(D=6):
    return torch.randn(9, D), torch.randn(2, D), torch.randn(8, D), torch.ones(D), torch.zeros(D)


A_PAIR = torch.tensor([[3, 4, 5, 3, 4]]), torch.tensor([[0, 0, 0, 1, 1]])


@embed.claim("the same token at another position, or in the other text, gets another vector")
def _(answer):
    drawn = plain_tables()
    ids = torch.tensor([[4, 4, 4]])
    zeros = torch.zeros(1, 3, dtype=torch.long)
    x = answer(ids, zeros, *drawn)
    differ(x[0, 0], x[0, 1])
    differ(x[0, 1], x[0, 2])
    differ(answer(ids, zeros + 1, *drawn), x)
    agree(answer(ids, zeros, *drawn), x)


@embed.claim("a token's neighbours do not touch its vector, the token itself decides")
def _(answer):
    drawn = plain_tables()
    ids, types = A_PAIR
    other = torch.tensor([[6, 4, 7, 8, 0]])
    x, y = answer(ids, types, *drawn), answer(other, types, *drawn)
    assert x.shape == (1, 5, 6)
    agree(x[0, 1], y[0, 1])
    differ(x[0, 2], y[0, 2])


@embed.claim("what one table gains and another loses leaves no trace: the three are summed")
def _(answer):
    Wt, Ws, Wp, gamma, beta = plain_tables()
    shift = torch.linspace(-1, 1, 6)
    x = answer(*A_PAIR, Wt, Ws, Wp, gamma, beta)
    agree(answer(*A_PAIR, Wt + shift, Ws, Wp - shift, gamma, beta), x)
    agree(answer(*A_PAIR, Wt, Ws - shift, Wp + shift, gamma, beta), x)
    differ(answer(*A_PAIR, Wt, Ws + shift, Wp + shift, gamma, beta), x)


@embed.claim("with gamma 1 and beta 0, each vector has mean 0 and variance 1")
def _(answer):
    x = answer(*A_PAIR, *plain_tables(24))
    assert x.shape == (1, 5, 24)
    agree(x.mean(-1), torch.zeros(1, 5))
    agree(x.var(-1, correction=0), torch.ones(1, 5))
    differ(x[0, 0], x[0, 2])


embed.slip(
    " + Ws[type_ids]", "", name="no_segment",
    seen="Right up to a difference that depends on the type ids. Which table was not asked?",
    why="These are the numbers of two tables, tokens and positions. The third has a row for each of "
    "the two texts: `Ws[type_ids]`.",
)  # fmt: skip
embed.slip(
    " + Wp[:T]", "", name="no_position",
    seen="The same token has the same vector everywhere. What tells the first place from the second?",
    why="These are the numbers of two tables, tokens and segments. Without positions *dog bites man* "
    "and *man bites dog* are the same three vectors.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[1 : T + 1]", name="position_from_1",
    seen="At which row of the table of positions does a text begin?",
    why="These are the numbers of positions counted from 1. RoBERTa begins later still, one after "
    "the id of its padding; BERT's first token has position 0.",
    convention=True,
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[torch.arange(T) * (ids != 0)]", name="padding_at_0",
    seen="Rows with id 0 differ. Which position do they have?",
    why="These are the numbers of position 0 for padding. `[PAD]` has a row and a position like any "
    "other token.",
)  # fmt: skip
embed.slip(
    "return F.layer_norm(x, ", "return F.layer_norm(x * (ids != 0)[..., None], ",
    name="padding_zeroed",
    seen="Rows with id 0 differ. Is padding another kind of token here?",
    why="These are the numbers of sums set to 0 for padding. `[PAD]` has a row and a position like "
    "any other token; the attention mask is what hides it.",
)  # fmt: skip
embed.slip(
    "beta, eps=1e-12", "beta, eps=1e-5", name="eps_of_torch",
    seen="Slightly off, except where the numbers in the tables are large. What is added to the "
    "variance?",
    why="These are the numbers of `eps=1e-5`, PyTorch's default and the value of GPT-2. BERT's is "
    "1e-12. Where the tables hold numbers like 0.05, one sees the difference.",
    convention=True,
)  # fmt: skip
embed.slip(
    "gamma, beta, eps", "beta, gamma, eps", name="gamma_beta_swapped",
    seen="Which of the two is multiplied, which is added?",
    why="These are the numbers of `gamma` and `beta` in each other's place. Weight comes first, "
    "bias second.",
)  # fmt: skip
embed.slip(
    "gamma, beta, eps", "None, None, eps", name="no_scale_no_shift",
    seen="Each vector has mean 0 and variance 1. Which learned numbers come after that?",
    why="These are the normalised sums before they are scaled by `gamma` and shifted by `beta`: "
    "`F.layer_norm` takes both.",
)  # fmt: skip


def summed(ids, type_ids, Wt, Ws, Wp):
    return Wt[ids] + Ws[type_ids] + Wp[: ids.shape[1]]


def normed(x, gamma, beta):
    return F.layer_norm(x, x.shape[-1:], gamma, beta, eps=1e-12)


embed.slip(
    "return F.layer_norm(x, x.shape[-1:], gamma, beta, eps=1e-12)", "return x", name="no_norm",
    seen="Sums are there. What do `gamma` and `beta` do?",
    why="These are the plain sums. BERT normalises them: `F.layer_norm` over the last axis, with "
    "`gamma` and `beta`.",
)  # fmt: skip


@embed.misconception(
    seen="Only one of three tables seems to be normalised. When does the norm come?",
    why="These are the numbers of a token's row that is normalised before the others are added. "
    "The norm comes last, over the sum.",
)
def norm_before_sum(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    return normed(Wt[ids], gamma, beta) + Ws[type_ids] + Wp[: ids.shape[1]]


@embed.misconception(
    seen="All is right but for a factor near 1. By what is the sum of squares divided?",
    why="These are the numbers of `x.std()`, which divides by D - 1. A layer norm divides by D: "
    "`correction=0`, or `F.layer_norm`.",
)
def divided_by_one_less(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    x = summed(ids, type_ids, Wt, Ws, Wp)
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-12) * gamma + beta


@embed.misconception(
    seen="A factor near 1 is missing, and a token whose rows are all zero gives NaN. By what is the "
    "sum of squares divided, and what is 0 / 0?",
    why="These are the numbers of `x.std()`, which divides by D - 1 and may be 0. A layer norm "
    "divides by D and adds `eps` to the variance: `F.layer_norm` does both.",
)
def divided_by_one_less_without_eps(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    x = summed(ids, type_ids, Wt, Ws, Wp)
    return (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True) * gamma + beta


embed.slip(
    "Wp[:T]", "Wp[torch.where(type_ids == 1, type_ids.cumsum(1), (1 - type_ids).cumsum(1)) - 1]",
    name="positions_start_again",
    seen="Does the second text begin at position 0 again?",
    why="These are the numbers of positions that start again with the second text. BERT counts "
    "through: where a text begins is for the segment table to say.",
)  # fmt: skip
embed.slip(
    "Ws[type_ids]", "Ws[type_ids] * type_ids[..., None]", name="first_text_gets_nothing",
    seen="Segment and type ids are given. Does a token of the first text get nothing?",
    why="These are the numbers of a segment table used for type 1 alone. Both texts have a row of "
    "their own, type 0 as well: `Ws[type_ids]`.",
)  # fmt: skip
embed.slip(
    "Wt[ids] +", "Wt[ids] * Wt.shape[1] ** 0.5 +", name="times_root_of_width",
    seen="Tokens weigh more than positions here. Who else multiplies them?",
    why="This is the √D of the 2017 Transformer, which multiplies the token's row by it before the "
    "position is added. BERT adds the rows as they are.",
    convention=True,
)  # fmt: skip
embed.slip(
    "Wt[ids] +", "F.one_hot(ids, len(Wt)).to(Wt.dtype) @ Wt.T +", name="one_hot_transposed",
    seen="A look-up as a product: which axis of the table has one entry per id?",
    why="This multiplies the one-hot rows by the table turned over, D by V. The table is V by D, one "
    "row for each id: `one_hot @ Wt` picks rows, and so does `Wt[ids]`.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[ids]", name="position_of_the_id",
    seen="Position and token ask for the same row number. What is the position of the first token?",
    why="This looks positions up by id, `Wp[ids]`: for most ids the table has no such row. A "
    "position is the number of a column, 0 to T - 1.",
)  # fmt: skip
embed.slip(
    "T = ids.shape[1]", "T = ids.shape[0]", name="texts_for_tokens",
    seen="How many positions are needed: one for each text, or one for each token of a text?",
    why="This is `len(ids)`, the number of texts. `ids` is `(B, T)`: positions are counted along "
    "the second axis, `ids.shape[1]`.",
)  # fmt: skip
embed.slip(
    "x.shape[-1:], gamma, beta, eps=1e-12)", "x.shape, eps=1e-12) * gamma + beta",
    name="normed_over_everything",
    seen="A token's neighbours change its vector. Over which axes are mean and variance taken?",
    why="This is one mean and one variance for the whole batch, `F.layer_norm(x, x.shape)`. Each "
    "vector has its own: the shape to normalise over is that of one vector, `(D,)`.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp", name="whole_table",
    seen="It works where a text is as long as the table of positions. Which rows does a shorter "
    "one need?",
    why="This adds the whole table of positions. A text of T tokens takes its first T rows: "
    "`Wp[:T]`.",
)  # fmt: skip


@embed.misconception(
    seen="`gamma` does not fit what it is to scale. Are three vectors laid side by side?",
    why="This lays the three side by side, 3 D wide. BERT adds them, and `gamma` and `beta` fit the "
    "sum.",
)
def concat(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    at = Wp[: ids.shape[1]].expand(*ids.shape, -1)
    return normed(torch.cat([Wt[ids], Ws[type_ids], at], dim=-1), gamma, beta)


@embed.alternative
def by_products(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    def rows(chosen, table):
        return F.one_hot(chosen, len(table)).to(table.dtype) @ table

    x = rows(ids, Wt) + rows(type_ids, Ws) + rows(torch.arange(ids.shape[1]), Wp)
    return normed(x, gamma, beta)


@embed.alternative
def by_embedding(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    at = torch.arange(ids.size(1)).expand_as(ids)
    x = F.embedding(ids, Wt) + F.embedding(type_ids, Ws) + F.embedding(at, Wp)
    spread = x.var(-1, keepdim=True, correction=0)
    return (x - x.mean(-1, keepdim=True)) / (spread + 1e-12).sqrt() * gamma + beta
