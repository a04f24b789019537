"""From the vectors of an encoder to an answer: about a text, about its words, out of it.

Owns how tokens stand for texts and words: which vector speaks for a whole text, which piece
carries the label of a word, which tags make an entity, which tokens may be an answer.
Ignores the trunk that makes the vectors and how heads are trained.
"""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def sequence_head(
    hidden: Float[Tensor, "B T D"],
    mask: Int[Tensor, "B T"],
    mode: Literal["first", "last", "mean"],
) -> Float[Tensor, "B D"]:
    """One vector for each text of a batch: its first token's, its last token's, or their mean.

    `mask` is the tokenizer's `attention_mask`, 1 for a real token and 0 for padding. Padding
    may come before one text and after the next, and never counts: "first" is the first *real*
    token (`[CLS]` for BERT), "last" the last real one, "mean" the average of the real ones.
    Every text has at least one real token, and all vectors are finite.

    Source: Devlin et al. 2019, section 3 (first); Radford et al. 2018, section 3.2 (last).
    """
    if mode == "mean":
        real = mask[:, :, None].to(hidden.dtype)  # B T -> B T 1
        return (hidden * real).sum(dim=1) / real.sum(dim=1)
    if mode == "first":
        place = mask.argmax(dim=1)  # of equal numbers, argmax gives the first
    else:
        place = (mask * torch.arange(hidden.shape[1])).argmax(dim=1)
    return hidden[torch.arange(len(hidden)), place]


def mean_pool(
    hidden: Float[Tensor, "B T D"],
    mask: Int[Tensor, "B T"],
) -> Float[Tensor, "B D"]:
    """A direction for each text: the mean of its real tokens, scaled to length 1.

    `mask` is 1 for a real token, 0 for padding, which may come before a text or after it; what
    is there is finite. The length of a vector is the root of its summed squares; where it is
    1, the dot product of two rows is the cosine of their texts. A text without any real token
    gets zeros, and so does one whose mean is zero.

    Source: Reimers and Gurevych 2019, section 3.
    """
    real = mask[:, :, None].to(hidden.dtype)  # B T -> B T 1
    total = (hidden * real).sum(dim=1)  # the mean points the same way
    return total / total.norm(dim=1, keepdim=True).clamp_min(1e-12)


def align_ner_labels(
    word_labels: list[int],
    word_ids: list[int | None],
) -> list[int]:
    """A label for every token, given one for every word: on a word's first piece only.

    `word_ids` says for each token of one text to which word it belongs, counted from 0; None
    is a special token. The pieces of a word are side by side. A word may have no piece at
    all, if the tokenizer removed it or the text was cut; its label is then not used.
    Special tokens and further pieces get -100, which `F.cross_entropy` leaves out.

    Source: Devlin et al. 2019, section 5.3; `word_ids()` of Hugging Face tokenizers.
    """
    labels = []
    previous = None
    for word in word_ids:
        begins = word is not None and word != previous
        labels.append(word_labels[word] if begins else -100)
        previous = word
    return labels


def decode_bio(tags: list[str]) -> list[tuple[str, int, int]]:
    """The entities that a row of tags spells: (type, start, end), in order.

    A tag is "O", or "B-" or "I-" and a type. A type may contain hyphens itself (`B-work-of-art`).
    "B-" begins an entity. "I-" goes on with the entity of the word before it, if that entity has
    the same type; otherwise it begins one, as it does after "O" and as the first tag.
    `words[start:end]` are the words of the entity: `end` is the place after the last.

    Source: Tjong Kim Sang and Veenstra 1999, section 2.1 (IOB2); an entity that begins with
    "I-" as in `conlleval`, the script of the CoNLL shared tasks.
    """
    entities = []
    before = "O"
    for place, tag in enumerate(tags):
        kind = tag[2:]  # "" for O
        if tag.startswith("I-") and kind == before[2:]:
            entities[-1] = (kind, entities[-1][1], place + 1)
        elif tag != "O":
            entities.append((kind, place, place + 1))
        before = tag
    return entities


def examine_tagger(
    decode: Callable[[list[str]], list[tuple[str, int, int]]],
) -> None:
    """A test of any function that promises what `decode_bio` promises.

    `decode` takes a list of tags and returns a list of tuples (type, start, end). Raise an
    AssertionError where it breaks the promise, and return quietly where it keeps it; an error
    that `decode` itself raises may come through. A type may contain hyphens itself
    (`B-work-of-art`). Several broken functions will be handed to your test, and some right ones.
    Half the work is to choose the tags.

    Source: Ribeiro et al. 2020, section 2: a model is tested by its behaviour.
    """
    assert decode(["B-PER", "I-PER", "O"]) == [("PER", 0, 2)]
    assert decode(["O", "B-LOC"]) == [("LOC", 1, 2)]
    assert decode(["B-PER", "B-PER"]) == [("PER", 0, 1), ("PER", 1, 2)]
    assert decode(["O", "I-PER"]) == [("PER", 1, 2)]
    assert decode(["B-PER", "I-LOC"]) == [("PER", 0, 1), ("LOC", 1, 2)]
    assert decode(["B-PER", "O", "I-PER"]) == [("PER", 0, 1), ("PER", 2, 3)]
    assert decode(["B-ANI", "I-ANI", "I-ANI", "O"]) == [("ANI", 0, 3)]
    assert decode(["B-work-of-art", "I-work-of-art"]) == [("work-of-art", 0, 2)]
    assert decode(["O", "O"]) == []


def best_answer_span(
    start: Float[Tensor, "T"],
    end: Float[Tensor, "T"],
    context_mask: Bool[Tensor, "T"],
    max_len: int,
) -> tuple[int, int, float]:
    """The likeliest answer that a text holds: (its first token, its last token, how likely).

    `start` and `end` hold a score (logit) for every token. `context_mask` is True where an
    answer may lie; a softmax over those tokens alone turns the starts into probabilities, and
    another the ends. A span is as likely as its start times its end. It does not end before it
    starts, has at most `max_len` tokens, and all of its tokens are allowed, those in the middle
    too. At least one span fits, and no two are equally likely. Where the mask also allows
    token 0, `[CLS]`, the span (0, 0), found like any other, stands for "no answer here".

    Source: Devlin et al. 2019, sections 4.2 and 4.3.
    """
    start = start.masked_fill(~context_mask, float("-inf")).softmax(dim=0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(dim=0)
    places = torch.arange(len(start))
    length = places - places[:, None] + 1  # row: where a span starts, column: where it ends
    hidden = (~context_mask).cumsum(dim=0)  # equal at both ends: nothing hidden in between
    fits = (length >= 1) & (length <= max_len) & (hidden == hidden[:, None])
    likely = (start[:, None] * end).masked_fill(~fits, 0.0)
    first, last = divmod(likely.argmax().item(), len(likely))
    return first, last, likely[first, last].item()
