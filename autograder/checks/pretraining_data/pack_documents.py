"""Checks and misconceptions for `pack_documents`; more of these are in pack_documents_mistakes."""

import torch

from autograder.exercise import Exercise


def packs(g):
    def doc(length):
        return torch.randint(5, 1000, (length,), generator=g).tolist()

    def docs(*lengths):
        return [doc(length) for length in lengths]

    twin = doc(1)
    return {
        "two short documents share a row": (docs(1, 1), 4, 0),
        "a document and its `eos` fill a row": (docs(4), 5, 2),
        "two documents share a row": (docs(2, 3), 7, 0),
        "the last row is exactly full": (docs(3, 1), 3, 0),
        "an empty document is between two others": ([doc(2), [], doc(2)], 6, 0),
        "documents begin with the `eos`": ([[3, *doc(1)], [3, *doc(1)]], 6, 3),
        "a document ends with the `eos`": ([[*doc(1), 1], doc(1)], 5, 1),
        "documents are equal": ([twin, twin, doc(1)], 6, 0),
        "a document goes on in the next row": (docs(3, 5, 2), 4, 1),
        "a document is longer than two rows": (docs(2, 11, 3), 5, 3),
        "a row begins with a new document": (docs(3, 2, 2), 4, 2),
        "a row begins with an `eos`": (docs(3, 4, 3), 3, 4),
        "tokens are left at the end": (docs(5, 3, 5), 6, 0),
        "all of them do not fill a row": (docs(1, 2), 8, 0),
        "a document is empty": ([*docs(2), [], *docs(3)], 3, 1),
        "a document holds the `eos`": ([[7, 2, 8], *docs(4)], 3, 2),
        "there are no documents": ([], 3, 0),
        "T is 1": (docs(4, 3, 5), 1, 0),
        "T is 2": (docs(1, 4, 2), 2, 3),
        "there are many documents": (docs(3, 1, 6, 2, 9, 4, 1, 5), 7, 1),
    }


pack = Exercise(
    "pretraining_data.pack_documents", fast_track=True,
    title="Rows without padding",
    points=2.5, difficulty=2, minutes=30, examples=packs,
)  # fmt: skip


@pack.oracle("transformers.DataCollatorWithFlattening, a row at a time")
def _(docs, T, eos):
    from transformers import DataCollatorWithFlattening

    whole = [[*doc, eos] for doc in docs]
    owner = torch.repeat_interleave(torch.tensor([len(doc) for doc in whole], dtype=torch.long))
    flat = torch.tensor([token for doc in whole for token in doc], dtype=torch.long)
    N = len(flat) // T
    if not N:
        return tuple(torch.empty(0, T, dtype=torch.long) for _ in range(4))
    collate = DataCollatorWithFlattening()
    rows = []
    for ids, owners in zip(flat[: N * T].view(N, T), owner[: N * T].view(N, T), strict=True):
        pieces = ids.split(owners.unique_consecutive(return_counts=True)[1].tolist())
        made = collate([{"input_ids": piece.tolist()} for piece in pieces], return_tensors="pt")
        rows.append([made["input_ids"], made["labels"], made["position_ids"], owners[None]])
    return tuple(torch.cat(column) for column in zip(*rows, strict=True))


DOCS = [[11, 12, 13], [21, 22], [31, 32, 33, 34, 35, 36], [41], [51, 52]]


def packed(answer, T):
    """The rows of the first four documents, which fill them: what is left over is another matter."""
    return [result[: 16 // T] for result in answer(DOCS, T, 9)]


@pack.claim("read row by row, the ids are the documents with an `eos` after each")
def _(answer):
    ids = packed(answer, 4)[0]
    assert ids.flatten().tolist() == [11, 12, 13, 9, 21, 22, 9, 31, 32, 33, 34, 35, 36, 9, 41, 9]
    assert answer(DOCS, 5, 9)[0].shape == (3, 5)


@pack.claim("nobody has to guess the first token of a document from the end of another one")
def _(answer):
    ids, labels, _, doc_ids = packed(answer, 8)
    new = doc_ids[:, 1:] != doc_ids[:, :-1]
    assert new.sum() == 3
    assert (labels[:, 1:][new] == -100).all()
    assert (labels[:, 1:][~new] == ids[:, 1:][~new]).all()


@pack.claim("the end of a document is learned like any other token")
def _(answer):
    ids, labels, *_ = packed(answer, 8)
    assert (labels[ids == 9] == 9).sum() == 4


@pack.claim("nothing in a row comes before its first token, which is no label")
def _(answer):
    ids, labels, *_ = packed(answer, 4)
    assert (labels[:, 0] == -100).all()
    assert (labels[:, 3] == ids[:, 3]).sum() == 3


@pack.claim("a piece in a row has the positions that it would have alone")
def _(answer):
    assert packed(answer, 8)[2].tolist() == [[0, 1, 2, 3, 0, 1, 2, 0], [0, 1, 2, 3, 4, 5, 0, 1]]
    assert answer(DOCS, 3, 9)[2].tolist()[:2] == [[0, 1, 2], [0, 0, 1]]


@pack.claim("two tokens are of one document if the last result has the same number for them")
def _(answer):
    doc_ids = packed(answer, 8)[3]
    assert doc_ids.tolist() == [[0] * 4 + [1] * 3 + [2], [2] * 6 + [3] * 2]
    assert answer([[], [5, 6], [7]], 2, 9)[3].tolist()[:2] == [[0, 1], [1, 1]]


pack.slip(
    "for token in [*doc, eos]]", "for token in doc]", name="no_eos",
    seen="The tokens come in the right order. How does a model learn that a text is over?",
    why="The documents follow each other without an `eos`. Nothing then marks where one ends, and a "
    "model that learns from these rows never stops.",
)  # fmt: skip
pack.slip(
    "for token in [*doc, eos]]", "for token in [eos, *doc]]", name="eos_before",
    seen="Each document has its `eos`. Is it the first thing that is said, or the last?",
    why="The `eos` comes before each document here. As a mark between documents that would do, but "
    "then the first document begins with an end, and the last one has none.",
    convention=True,
)  # fmt: skip
pack.slip(
    "[*doc, eos]]", "[*doc, *[eos] * (number < len(docs) - 1)]]", name="eos_between",
    seen="Right where the last row is dropped. How many tokens are there, with the last `eos`?",
    why="A last row that is exactly full is missing here. Either the last document has no `eos`, or rows "
    "are counted with one token too few. The last document ends, too, and N is the number of all tokens "
    "divided by T, rounded down.",
)  # fmt: skip
pack.slip(
    "ids.masked_fill(begins, -100)", "ids.clone()", name="label_crosses_doc",
    seen="Ids are right. From what should the first token of a document be guessed?",
    why="The first token of a document is a label here, to be guessed from the end of another "
    "document. Many training programs do it so. It teaches nothing about the text, and the task leaves "
    "it out: -100.",
    convention=True,
)  # fmt: skip
pack.slip(
    "ids.masked_fill(begins, -100)", "ids.masked_fill(begins | (ids == eos), -100)",
    name="eos_not_learned",
    seen="The first token of each piece is left out. Which label is missing besides?",
    why="The `eos` has the label -100 here, as padding has. Then no text teaches the model to stop. It "
    "is a token to be guessed like any other.",
)  # fmt: skip
pack.slip(
    "ids.masked_fill(begins, -100)", "ids.masked_fill(ids == eos, -100)", name="eos_for_the_first",
    seen="Which token of a piece cannot be guessed from what is before it: its first, or its `eos`?",
    why="The `eos` has the label -100 here, and first tokens keep theirs. It is the other way round: "
    "nothing in a row says how a document begins, and everything before its `eos` says that it is over.",
)  # fmt: skip
pack.slip(
    "places - since", "places - since + 1", name="positions_from_1",
    seen="Positions go up by one in each piece. Which is the first?",
    why="Positions count from 1 here. The first vector of positions is number 0.",
)  # fmt: skip
pack.slip(
    "for number, doc in enumerate(docs)", "for number, doc in zip(map(docs.index, docs), docs)",
    name="number_of_the_first_equal",
    seen="Right where no two documents are equal. Whose place does `index` find?",
    why="`index` finds the first document that is equal. A copy then gets the number of the first one, "
    "and two copies in a row become one piece. `enumerate` counts places.",
)  # fmt: skip
pack.slip(
    "[*doc, eos]]", "[*doc, *[eos] * (doc[-1:] != [eos])]]", name="eos_if_there_is_none",
    seen="Right where no document ends with the id of `eos`. Is one of its own tokens its end?",
    why="A document that ends with the id of `eos` gets no other one here. Each document is followed by "
    "one `eos`, whatever it holds.",
)  # fmt: skip
pack.slip(
    "    begins[:, 1:] = doc_ids[:, 1:] != doc_ids[:, :-1]\n",
    "    begins[:, 1:] = (doc_ids[:, 1:] != doc_ids[:, :-1]) & (ids[:, 1:] != eos)\n",
    name="no_beginning_with_eos",
    seen="Right where documents begin with another token. Can the first token of a document be `eos`?",
    why="A document that is empty, or begins with the id of `eos`, does not begin a new piece here. "
    "Where the number changes, a piece begins.",
)  # fmt: skip
pack.slip(
    "places - since", "places + 0 * since", name="positions_not_reset",
    seen="The first piece of a row is right. Where does the second one begin to count?",
    why="Positions count through the row here, whatever begins in it. Alone, a document would begin at "
    "0.",
    convention=True,
)  # fmt: skip
pack.slip(
    "    begins[:, 1:] = doc_ids[:, 1:] != doc_ids[:, :-1]\n",
    "    begins[:, 1:] = ids[:, :-1] == eos\n", name="begins_after_each_eos_id",
    seen="Right where an id of `eos` ends a document. What if a document holds one?",
    why="A new piece begins here after every token with the id of `eos`. A document may hold that id, "
    "and does not end there. Its number says where it ends.",
)  # fmt: skip
pack.slip(
    "    begins = torch.ones_like(ids, dtype=torch.bool)\n",
    "    begins = torch.zeros_like(ids, dtype=torch.bool)\n    begins[:1, :1] = True\n",
    name="row_is_no_beginning",
    seen="Pieces that begin inside a row are right. Who sees what was in the row before?",
    why="A document that goes on in a new row has no beginning there. But nothing in its row says what "
    "its first token will be: the label of that one is -100.",
)  # fmt: skip
