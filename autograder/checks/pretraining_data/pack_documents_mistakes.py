"""More misconceptions about `pack_documents`, and other right ways to write it."""

import torch
from torch.nn.functional import pad

from autograder.checks.pretraining_data.pack_documents import pack


def again(docs, T, eos):
    return pack.reference(docs, T, eos)


def whole(pieces, T):
    return torch.tensor(pieces, dtype=torch.long).reshape(-1, T)


@pack.misconception(
    seen="Full rows are right. What happens to tokens that do not fill one?",
    why="A last row is filled up with `eos` here, so there is padding again, and it is learned. The task "
    "drops what does not fill a row.",
)
def keeps_ragged_tail(docs, T, eos):
    left = -sum(len(doc) + 1 for doc in docs) % T
    return again([*docs, *[[]] * left], T, eos)


@pack.misconception(
    seen="Full rows are right. What happens to tokens that do not fill one?",
    why="A last row is filled up with `eos` here, as part of the last document. That is padding again. "
    "The task drops what does not fill a row.",
)
def last_document_padded(docs, T, eos):
    left = -sum(len(doc) + 1 for doc in docs) % T
    return again([*docs[:-1], [*docs[-1], *[eos] * left]] if docs else docs, T, eos)


@pack.misconception(
    seen="Right inside a row. What comes before the first token of a row?",
    why="Where a document goes on in a new row, its first token there keeps its label here. But in that "
    "row nothing comes before it: the label is -100.",
)
def row_keeps_its_first_label(docs, T, eos):
    ids, labels, positions, doc_ids = again(docs, T, eos)
    goes_on = pad((doc_ids[1:, :1] == doc_ids[:-1, -1:]).long(), (0, T - 1, 1, 0)).bool()
    return ids, labels.where(~goes_on[: len(ids)], ids), positions, doc_ids


@pack.misconception(
    seen="Which token of a piece cannot be guessed from what is before it: its first, or its last?",
    why="The *last* token of each piece has the label -100 here, as if labels were shifted. They stay at "
    "the place of their token, so the first one of a piece is left out.",
)
def last_of_a_piece_left_out(docs, T, eos):
    ids, labels, positions, doc_ids = again(docs, T, eos)
    last = pad((labels[:, 1:] == -100).long(), (0, 1), value=1).bool()
    return ids, ids.masked_fill(last, -100), positions, doc_ids


@pack.misconception(
    seen="Labels are right. What has become of the ids?",
    why="The ids are changed in place, so that -100 is among them. `masked_fill` without an underscore "
    "makes a new tensor.",
)
def ids_changed_too(docs, T, eos):
    _, labels, positions, doc_ids = again(docs, T, eos)
    return labels.clone(), labels, positions, doc_ids


@pack.misconception(
    seen="Documents with tokens are right. Does an empty one end?",
    why="Empty documents have no `eos` here. The task writes one after each document.",
)
def no_eos_for_empty(docs, T, eos):
    full = [number for number, doc in enumerate(docs) if doc]
    *rest, doc_ids = again([docs[number] for number in full], T, eos)
    return *rest, torch.tensor([*full, 0])[doc_ids]


@pack.misconception(
    seen="What is asked for is more than the first row. Did every document get a row of its own?",
    why="Each document has a row of its own here, filled up or cut. That is padding, which packing is to "
    "save.",
)
def row_for_each(docs, T, eos):
    rows = [[*doc, eos][:T] for doc in docs]
    ids = whole([pad(torch.tensor(row), (0, T - len(row)), value=eos).tolist() for row in rows], T)
    first = torch.arange(T) == 0
    owners = torch.arange(len(docs))[:, None].expand(-1, T).contiguous()
    return ids, ids.masked_fill(first, -100), torch.arange(T).repeat(len(docs), 1), owners


@pack.misconception(
    seen="Ids and positions are right. To which token does a label belong: its own, or the next?",
    why="The labels are shifted here: at each place is the token that comes next. Some training loops "
    "want that. A model of `transformers` shifts by itself, so it would be done twice.",
    convention=True,
)
def labels_shifted(docs, T, eos):
    ids, labels, positions, doc_ids = again(docs, T, eos)
    return ids, pad(labels[:, 1:], (0, 1), value=-100), positions, doc_ids


@pack.misconception(
    seen="Inside a row it is right. How many tokens of a document can be seen in its second row?",
    why="A document that goes on in a new row goes on counting here. In its row nothing comes before it, "
    "and a long document would reach positions that the model has no vector for. Each row begins at 0.",
    convention=True,
)
def positions_of_the_document(docs, T, eos):
    ids, labels, _, doc_ids = again(docs, T, eos)
    places = [place for doc in docs for place in range(len(doc) + 1)]
    return ids, labels, whole(places[: ids.numel()], T), doc_ids


@pack.misconception(
    seen="Within a row it is right. How are documents of other rows told apart?",
    why="Documents are numbered anew in each row here. To make a mask that is enough, but the task "
    "asks for the place in `docs`.",
    convention=True,
)
def numbered_in_each_row(docs, T, eos):
    ids, labels, positions, doc_ids = again(docs, T, eos)
    new = pad((doc_ids[:, 1:] != doc_ids[:, :-1]).long(), (1, 0))
    return ids, labels, positions, new.cumsum(dim=1)


@pack.misconception(
    seen="Which number has the first document?",
    why="Documents are counted from 1 here. Their place in `docs` counts from 0.",
)
def numbered_from_1(docs, T, eos):
    *rest, doc_ids = again(docs, T, eos)
    return *rest, doc_ids + 1


@pack.misconception(
    seen="Documents with tokens are right. Is an empty one left out?",
    why="Empty documents are left out, and all later ones get another number. The task keeps their "
    "`eos`.",
)
def skips_empty(docs, T, eos):
    return again([doc for doc in docs if doc], T, eos)


@pack.misconception(
    seen="Rows are full. Are tokens of a document missing?",
    why="A document that does not fit in the rest of a row is cut here, and what is left of it is "
    "thrown away. In the task it goes on in the next row.",
)
def cuts_at_the_row(docs, T, eos):
    kept, used = [], 0
    for doc in docs:
        room = T - used % T
        kept.append(doc if len(doc) < room else doc[: room - 1])
        used += len(kept[-1]) + 1
    return again(kept, T, eos)


@pack.misconception(
    seen="The tokens are right. Is the `eos` part of the document that it ends?",
    why="An `eos` counts as a piece of its own here. It belongs to the document that it ends, and has "
    "to be guessed from it.",
)
def eos_apart(docs, T, eos):
    ids, _, _, doc_ids = again(docs, T, eos)
    marks = whole(
        [int(i == len(doc)) for doc in docs for i in range(len(doc) + 1)][: ids.numel()], T
    )
    begins = torch.ones_like(ids, dtype=torch.bool)
    begins[:, 1:] = (doc_ids[:, 1:] != doc_ids[:, :-1]) | (marks[:, 1:] > 0)
    places = torch.arange(T).expand_as(ids)
    since = places.masked_fill(~begins, 0).cummax(dim=1).values
    return ids, ids.masked_fill(begins, -100), places - since, doc_ids


@pack.alternative
def token_by_token(docs, T, eos):
    ids, labels, positions, owners = [], [], [], []
    for number, doc in enumerate(docs):
        for place, token in enumerate([*doc, eos]):
            first = place == 0 or len(ids) % T == 0
            positions.append(0 if first else positions[-1] + 1)
            labels.append(-100 if first else token)
            ids.append(token)
            owners.append(number)
    full = len(ids) // T * T
    return tuple(whole(column[:full], T) for column in (ids, labels, positions, owners))


@pack.alternative
def row_by_row(docs, T, eos):
    stream = [(token, number) for number, doc in enumerate(docs) for token in (*doc, eos)]
    columns = [], [], [], []
    for at in range(0, len(stream) - T + 1, T):
        row, places = stream[at : at + T], []
        for i, (_, number) in enumerate(row):
            places.append(places[-1] + 1 if i and row[i - 1][1] == number else 0)
        columns[0].append([token for token, _ in row])
        columns[1].append([t if p else -100 for (t, _), p in zip(row, places, strict=True)])
        columns[2].append(places)
        columns[3].append([number for _, number in row])
    return tuple(whole(column, T) for column in columns)
