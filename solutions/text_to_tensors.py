"""From ids to what a model is fed: marks around texts, padding between lengths, vectors for ids.

Owns the three lists and tensors that a tokenizer hands over (ids, type ids, attention mask),
position ids, and BERT's first layer. Ignores how text is cut into tokens.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def encode_pair(
    a: list[int], b: list[int] | None, max_len: int, cls: int, sep: int, pad: int
) -> tuple[list[int], list[int], list[int]]:
    """One text or two as BERT reads them: ids, type ids and mask, three lists of `max_len`.

    One text (`b` is None) becomes `[CLS] a [SEP]`, two become `[CLS] a [SEP] b [SEP]`; an empty
    list is a text and keeps its `[SEP]`. `cls`, `sep` and `pad` are the ids of the marks. What is
    left of `max_len` is filled with `pad` on the right.

    Type ids are 0 for `[CLS]`, `a` and its `[SEP]`, 1 for `b` and its `[SEP]`, 0 for padding. The
    mask is 1 for texts and marks and 0 for padding, even where `pad` is the id of another mark.

    What is too long loses tokens at the end of the texts, never a mark. If two texts do not fit
    together, the shorter one keeps at most half of the room that the marks leave, rounded down,
    and the longer one gets the rest. Shorter means before anything is cut; if both are equally
    long, `a` counts as the shorter.
    `max_len` always has room for the marks. The three lists come in a tuple.

    Source: Devlin et al. 2019, section 3; truncation `longest_first` of Hugging Face tokenizers.
    """
    if b is None:
        a = a[: max_len - 2]
    else:
        room = max_len - 3
        shorter = min(len(a), len(b), room // 2)
        longer = room - shorter
        a, b = (a[:shorter], b[:longer]) if len(a) <= len(b) else (a[:longer], b[:shorter])
    first = [cls, *a, sep]
    second = [] if b is None else [*b, sep]
    text = first + second
    fill = max_len - len(text)
    ids = text + [pad] * fill
    type_ids = [0] * len(first) + [1] * len(second) + [0] * fill
    mask = [1] * len(text) + [0] * fill
    return ids, type_ids, mask


def pad_batch(
    seqs: list[list[int]], pad: int, side: str
) -> tuple[Int[Tensor, "B T"], Int[Tensor, "B T"], Int[Tensor, "B T"]]:
    """Lists of unequal length as one rectangle: ids, attention mask, position ids.

    All three are int64, one row per list, as wide as the longest. Padding, the id `pad`, comes
    before the tokens where `side` is "left" and after them where it is "right". The mask is 1 for
    a token and 0 for padding; a token whose id happens to be `pad` is a token. Positions count the
    tokens of a row from 0, wherever they begin; padding gets position 0.
    A list may be empty, but not all of them.

    Source: `tokenizer.pad` and the position ids of `generate` in Hugging Face transformers.
    """
    T = max(len(seq) for seq in seqs)
    ids, mask = [], []
    for seq in seqs:
        fill, ones = [pad] * (T - len(seq)), [1] * len(seq)
        zeros = [0] * len(fill)
        ids.append(fill + seq if side == "left" else seq + fill)
        mask.append(zeros + ones if side == "left" else ones + zeros)
    ids, mask = torch.tensor(ids), torch.tensor(mask)
    position_ids = (mask.cumsum(dim=1) - 1).masked_fill(mask == 0, 0)
    return ids, mask, position_ids


def bert_embed(
    ids: Int[Tensor, "B T"],
    type_ids: Int[Tensor, "B T"],
    Wt: Float[Tensor, "V D"],
    Ws: Float[Tensor, "2 D"],
    Wp: Float[Tensor, "P D"],
    gamma: Float[Tensor, " D"],
    beta: Float[Tensor, " D"],
) -> Float[Tensor, "B T D"]:
    """BERT's first layer: for every token the sum of three learned vectors, normalised.

    The vectors are rows of three tables: `Wt` has one for each id of the vocabulary, `Ws` one for
    each of the two type ids, `Wp` one for each position, counted from 0 at the left edge. Padding
    is looked up like any other id. Each sum is then normalised over its D numbers, scaled by
    `gamma` and shifted by `beta`, which `F.layer_norm` does in one call, with BERT's `eps=1e-12`.
    Ids are int64; T is at least 1 and at most P.

    Source: Devlin et al. 2019, section 3 and Figure 2; `BertEmbeddings` of transformers.
    """
    T = ids.shape[1]
    x = Wt[ids] + Ws[type_ids] + Wp[:T]
    return F.layer_norm(x, x.shape[-1:], gamma, beta, eps=1e-12)
