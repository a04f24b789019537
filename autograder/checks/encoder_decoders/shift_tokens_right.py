"""Checks and misconceptions for `shift_tokens_right`."""

import torch

from autograder.exercise import Exercise

OFF = -100


def labels_to_shift(g):
    def ids(*shape):
        return torch.randint(10, 90, shape, generator=g)

    def ended(labels, *rows):
        for row, length in rows:
            labels[row, length:] = OFF
        return labels

    first = ids(1, 4)
    first[0, 0] = OFF
    none = ids(2, 3)
    none[1] = OFF
    middle = ids(1, 6)
    middle[0, 2] = OFF
    return {
        "there is one label": (ids(1, 1), 0, 3),
        "there are three labels": (ids(1, 3), 0, 5),
        "there is a batch": (ids(3, 4), 1, 2),
        "a row ends early": (ended(ids(2, 5), (1, 3)), 1, 7),
        "rows end at different places": (ended(ids(3, 6), (0, 2), (2, 4)), 0, 2),
        "padding is the start, too": (ended(ids(2, 4), (0, 2)), 0, 0),
        "the start is the end mark, as in BART": (torch.tensor([[0, 41, 52, 2]]), 1, 2),
        "the end mark is the start, and a row ends early": (
            torch.tensor([[0, 5, 2, OFF, OFF], [0, 61, 47, 33, 2]]), 1, 2,
        ),
        "no label of a row counts": (none, 1, 5),
        "the first label does not count": (first, 1, 5),
        "one in the middle does not count": (middle, 1, 5),
        "only the last does not count": (ended(ids(1, 4), (0, 3)), 6, 5),
        "a label is the padding": (torch.tensor([[31, 1, 44, 1]]), 1, 5),
    }  # fmt: skip


shift = Exercise(
    "encoder_decoders.shift_tokens_right", fast_track=True,
    title="What the decoder reads in training", needs=("causal_lm_loss",),
    points=1, difficulty=1, minutes=8, examples=labels_to_shift,
)  # fmt: skip


@shift.oracle("transformers.models.bart.modeling_bart.shift_tokens_right")
def _(labels, pad, start):
    from transformers.models.bart.modeling_bart import shift_tokens_right

    return shift_tokens_right(labels, pad, start)


@shift.alternative
def put_before(labels, pad, start):
    column = torch.full((len(labels), 1), start, dtype=labels.dtype)
    return torch.cat([column, labels[:, :-1].where(labels[:, :-1] != OFF, pad)], dim=1)


@shift.claim("each row begins with the start, and at each later place the label before it is read")
def _(answer):
    labels = torch.randint(5, 99, (3, 7))
    read = answer(labels, 0, 4)
    assert torch.equal(read[:, 1:], labels[:, :-1])
    assert read[:, 0].tolist() == [4, 4, 4]


@shift.claim("a label that counts is read at the next place, and -100 is read nowhere")
def _(answer):
    labels = torch.randint(5, 99, (2, 6))
    labels[0, 3:] = labels[1, 1] = OFF
    read = answer(labels, 3, 4)
    assert (read >= 0).all()
    counts = labels[:, :-1] != OFF
    assert torch.equal(read[:, 1:][counts], labels[:, :-1][counts])


BATCH_AXIS = {
    "seen": "Along which axis do the labels move: from text to text, or along a text?",
    "why": "Each row has moved to the next text of the batch here. The labels move along their own "
    "row: the second axis.",
}
MOVED = "read = torch.full_like(labels, start)\n    read[:, 1:] = labels[:, :-1]"
PLACES = {
    "seen": "Without -100 it is right. Which places get `pad`: those whose own label is -100, or those "
    "that would read one?",
    "why": "The places are looked for in the labels before they have moved. A place whose own label "
    "does not count may still read one that does, and a -100 before a label that counts is still "
    "read. Look for it in what is read.",
}

shift.slip(
    "read[:, 1:] = labels[:, :-1]", "read[:, :-1] = labels[:, 1:]", name="shift_left",
    seen="In which direction do the labels move?",
    why="The labels move to the left here, so that the decoder reads what comes two places later. They "
    "move to the right: a place reads the label *before* it.",
)  # fmt: skip
shift.slip(
    "return read.masked_fill(read == -100, pad)", "return read", name="keeps_minus_100",
    seen="Rows of full length are right. Which row of the decoder's table has the number -100?",
    why="-100 stays in what the decoder reads. It only says that a label does not count; the decoder's "
    "table has no such row. `pad` takes its place.",
)  # fmt: skip
shift.slip(
    "torch.full_like(labels, start)", "torch.full_like(labels, pad)", name="pad_first",
    seen="What does the decoder read at the first place?",
    why="The first place has `pad` here. It reads `start`. In T5 the two are the same id, in BART "
    "they are not.", convention=True,
)  # fmt: skip
shift.slip(
    "read[:, 1:] = labels[:, :-1]", "read[1:] = labels[:-1]", name="batch_axis",
    **BATCH_AXIS,
)  # fmt: skip
shift.slip(
    MOVED, "read = labels.roll(1, dims=0)\n    read[:, 0] = start", name="rolls_the_batch",
    **BATCH_AXIS,
)  # fmt: skip
shift.slip(
    MOVED, "read = labels.roll(1)\n    read[0, 0] = start", name="rolls_through",
    seen="The first row is right. What does the second row begin with?",
    why="`roll` without an axis moves the whole batch as one long row: the last label of a row has come "
    "to the front of the next one. Each row begins with `start`.",
)  # fmt: skip
shift.slip(
    "read == -100, pad", "labels == -100, pad", name="masked_before_moving", **PLACES,
)  # fmt: skip
shift.slip(
    MOVED, "read = labels.clone()\n    read[:, 0] = start", name="first_replaced",
    seen="The first place is right. What does the second place read?",
    why="The start has taken the place of the first label, and the others have not moved. They all "
    "move one place to the right, and the last one falls off.",
)  # fmt: skip
shift.slip(
    MOVED, "read = labels.roll(1, dims=1)", name="wraps",
    seen="What does the decoder read at the first place?",
    why="The last label has come round to the front, as `roll` does. The first place reads `start`, "
    "and nobody reads the last label.",
)  # fmt: skip
shift.slip(
    "read.masked_fill(read == -100, pad)", "read.masked_fill(read == -100, start)",
    name="start_for_padding",
    seen="What is read where a label does not count?",
    why="Labels that do not count are read as `start` here. They are read as `pad`.",
)  # fmt: skip


@shift.misconception(
    seen="How long is what the decoder reads, compared with its labels?",
    why="The start has come before the labels, and none has gone: the decoder reads one place more "
    "than it has labels. The last label is read by nobody.",
)
def longer(labels, pad, start):
    column = torch.full((len(labels), 1), start, dtype=labels.dtype)
    return torch.cat([column, labels.masked_fill(labels == OFF, pad)], dim=1)


@shift.misconception(**PLACES)
def masked_before_the_start(labels, pad, start):
    read = labels.roll(1, dims=1).masked_fill(labels == OFF, pad)
    read[:, 0] = start
    return read
