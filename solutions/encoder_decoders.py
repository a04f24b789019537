"""An encoder and a decoder: the layer that joins them, what it is trained on, and how it writes.

Owns: one head, no cache. Ids are plain lists where a text is cut up, and tensors where a batch is.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F


def text_infilling(ids: list[int], spans: list[tuple[int, int]], mask_id: int) -> list[int]:
    """The ids with one mask in place of each span, however long the span is.

    A span is (start, length): it takes the ids from `start` on. A span of length 0 takes none, and
    its mask comes in before the id at `start`; `start` may be `len(ids)` then. The spans are in the
    order of the text and do not overlap. Starts count in `ids`, before anything is replaced. Each
    span gives a mask of its own, also where two touch or begin at the same place.

    Source: Lewis et al. 2020, section 2.2, "text infilling".
    """
    infilled, at = [], 0
    for start, length in spans:
        infilled += [*ids[at:start], mask_id]
        at = start + length
    return infilled + ids[at:]


def t5_span_corruption(
    ids: list[int], spans: list[tuple[int, int]], sentinel_ids: list[int], eos: int
) -> tuple[list[int], list[int]]:
    """What T5 reads and what it is to write when spans of a text are hidden: (inputs, targets).

    A span is (start, length): it hides the ids from `start` on, one at least. The spans are in the
    order of the text and do not overlap. Sentinels are used in the order of `sentinel_ids`, a new
    one for each span. In the inputs a sentinel takes the place of its span. The targets are, span
    by span, its sentinel and the ids that it hides, and at the end the next unused sentinel. Both
    lists end with `eos`. Raises ValueError if there are not enough sentinels: n spans need n + 1, so
    a text without any span still needs one.

    Source: Raffel et al. 2020, section 3.1.4 and figure 2; `eos` as in the library's examples.
    """
    if len(sentinel_ids) <= len(spans):
        raise ValueError("there is a sentinel for each span and one more")
    inputs, targets, at = [], [], 0
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
    inputs += [*ids[at:], eos]
    return inputs, [*targets, sentinel_ids[len(spans)], eos]


def shift_tokens_right(labels: Int[Tensor, "B T"], pad: int, start: int) -> Int[Tensor, "B T"]:
    """What a decoder reads while it is trained: at each place the label of the place before.

    The first place reads `start`, and the last label is read by nobody. Labels that do not count
    are -100; where one would be read, there is `pad` instead. The labels stay as they are.

    Source: Raffel et al. 2020, section 3.1.2 (teacher forcing); `shift_tokens_right` of BART.
    """
    read = torch.full_like(labels, start)
    read[:, 1:] = labels[:, :-1]
    return read.masked_fill(read == -100, pad)


def transformer_decoder_layer(
    y: Float[Tensor, "B T D"],
    mem: Float[Tensor, "B S D"],
    params: dict[str, Tensor],
    tgt_mask: Bool[Tensor, "T T"],
    mem_mask: Bool[Tensor, "B S"],
) -> Float[Tensor, "B T D"]:
    """One layer of a decoder that looks at an encoder's output: two attentions and a network.

    First the positions of `y` look at each other, where `tgt_mask` is True: row t says what position
    t may see. Then each of them looks at `mem`, the encoder's output, where `mem_mask` is True: it
    is False at padding. Then a network works on each position, with a ReLU inside. What each of the
    three gives is added to `y`, and a norm of the sum is the `y` that the next one reads.

    `params` holds the weights under the names that `torch.nn.TransformerDecoderLayer` gives them:
    `self_attn` and `multihead_attn`, each with `in_proj_weight` (3D, D), in which queries, keys and
    values lie one below the other, and `out_proj.weight` (D, D); `linear1.weight` (M, D) and
    `linear2.weight` (D, M); `norm1`, `norm2` and `norm3`. Each matrix has a bias beside it. There is
    one head, and the norms have eps = 1e-5.

    Source: Vaswani et al. 2017, section 3.1.
    """

    def linear(name, x):
        return F.linear(x, params[f"{name}.weight"], params[f"{name}.bias"])

    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], params[f"{name}.weight"], params[f"{name}.bias"])

    def attend(name, x, others, mask):
        wq, wk, wv = params[f"{name}.in_proj_weight"].chunk(3)
        bq, bk, bv = params[f"{name}.in_proj_bias"].chunk(3)
        q, k, v = F.linear(x, wq, bq), F.linear(others, wk, bk), F.linear(others, wv, bv)
        return linear(f"{name}.out_proj", F.scaled_dot_product_attention(q, k, v, mask))

    said = attend("self_attn", y, y, tgt_mask)
    y = norm("norm1", y + said)
    heard = attend("multihead_attn", y, mem, mem_mask[:, None, :])
    y = norm("norm2", y + heard)
    inner = F.relu(linear("linear1", y))
    return norm("norm3", y + linear("linear2", inner))


def greedy_seq2seq(
    encoder: Callable[[Int[Tensor, "S"]], Float[Tensor, "S D"]],
    decoder: Callable[[Float[Tensor, "S D"], Int[Tensor, "T"]], Float[Tensor, "T V"]],
    src: Int[Tensor, "S"],
    bos: int,
    eos: int,
    max: int,
) -> Int[Tensor, "N"]:
    """What a decoder writes about a source if it always takes the likeliest token.

    `encoder(src)` gives the memory, and is asked once. `decoder(memory, ids)` gives a row of scores
    for each of the ids; those for the next token are in the last row. Of tokens that are equally
    likely the first is taken. The ids are int64 and begin with `bos`. The writing ends after `eos`,
    or after `max` new tokens, which may be 0. The result has all ids, `bos` and, if it was written,
    `eos` among them. In some models `bos` and `eos` are the same id: the `bos` at the front does not
    end the writing.

    Source: Sutskever et al. 2014, section 3.2, with a beam of 1.
    """
    memory = encoder(src)
    ids = torch.tensor([bos])
    while len(ids) <= max and (len(ids) == 1 or ids[-1] != eos):
        scores = decoder(memory, ids)[-1]
        ids = torch.cat([ids, scores.argmax(keepdim=True)])
    return ids
