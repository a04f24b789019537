"""Checks and misconceptions for `pad_batch`."""

import torch

from autograder.exercise import Exercise


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
        "texts begin and end with the id of padding, which is on the right": (told, 0, "right"),
        "texts begin and end with the id of padding, which is on the left": (told, 0, "left"),
        "four rows of other lengths have padding on the right": (rows, 4, "right"),
        "four rows of other lengths have padding on the left": (rows, 4, "left"),
    }


batch = Exercise(
    "text_to_tensors.pad_batch", fast_track=True,
    title="A rectangle of tokens",
    points=2, difficulty=1, minutes=15, examples=ragged,
)  # fmt: skip


batch.leave_out("empty side", "it is left or right")


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
    "text goes on from its last column, and a token has to be there.",
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
    "[pad] * (T - len(seq))", "[0] * (T - len(seq))", name="filled_with_zero",
    seen="Right while padding has the id 0. Where does the function hear which id padding has?",
    why="These are the ids of padding that is 0 in any case. Tokenizers differ in the id of their "
    "padding; `pad` says it.",
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
    why="These are the numbers of a rectangle as wide as a model can read. A model computes all of "
    "that padding. A rectangle as wide as the longest text of the batch is enough.",
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
    seen="The pattern is right, turned round. What does a 1 mean in this mask?",
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
