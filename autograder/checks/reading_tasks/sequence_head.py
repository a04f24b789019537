"""Checks and misconceptions for `sequence_head`."""

import torch

from autograder.checks.reading_tasks import after, before, drawn, either
from autograder.exercise import Exercise, agree, differ


def modes(g):
    some = torch.randint(2, 5, (1,), generator=g).item()
    return {
        "the first token speaks, without padding": (drawn(g, 2, 3, 5), after(3, 3, 3), "first"),
        "the last token speaks, without padding": (drawn(g, 2, 3, 5), after(3, 3, 3), "last"),
        "the mean speaks, without padding": (drawn(g, 2, 3, 5), after(3, 3, 3), "mean"),
        "the last token speaks and padding follows": (
            drawn(g, 4, 6, 5), after(6, some, 6, 1, 5), "last",
        ),
        "the mean speaks and padding follows": (
            drawn(g, 4, 6, 5), after(6, 3, some, 6, 1), "mean",
        ),
        "the first token speaks and padding follows": (
            drawn(g, 3, 4, 7), after(4, 2, 4, 3), "first",
        ),
        "the first token speaks and padding comes before it": (
            drawn(g, 4, 6, 5), before(6, some, 6, 1, 5), "first",
        ),
        "the last token speaks and padding comes before the text": (
            drawn(g, 3, 5, 8), before(5, 2, 5, 3), "last",
        ),
        "the mean speaks and padding comes before the text": (
            drawn(g, 3, 5, 8), before(5, 4, 1, 2), "mean",
        ),
        "the first text is padded at the end, the second in front, and the first token speaks": (
            drawn(g, 3, 4, 2), either(after(4, 2), before(4, 3), after(4, 3)), "first",
        ),
        "the first text is padded in front, the second at the end, and the last token speaks": (
            drawn(g, 3, 4, 2), either(before(4, 2), after(4, 2), before(4, 3)), "last",
        ),
        "some texts are padded in front and some at the end, and the mean speaks": (
            drawn(g, 2, 5, 3), either(before(5, 3), after(5, 2)), "mean",
        ),
        "a text is alone and the mean speaks": (drawn(g, 1, 4, 5), after(4, 3), "mean"),
    }  # fmt: skip


head = Exercise(
    "reading_tasks.sequence_head",
    title="One vector for a whole text",
    points=2, difficulty=2, minutes=15, examples=modes,
)  # fmt: skip


@head.oracle("transformers.GPT2ForSequenceClassification and torch.masked")
def _(hidden, mask, mode):
    if mode == "mean":
        return torch.masked.mean(hidden, 1, mask=mask.bool()[:, :, None])
    if mode == "last":
        return last_by_library(hidden, mask)
    return last_by_library(hidden.flip(1), mask.flip(1))  # the first is the last in reverse


def last_by_library(hidden, mask):
    """The vector that GPT2ForSequenceClassification hands to its head, here the identity."""
    from transformers import GPT2Config, GPT2ForSequenceClassification
    from transformers.modeling_outputs import BaseModelOutputWithPast

    width = hidden.shape[-1]
    config = GPT2Config(vocab_size=2, n_embd=width, n_head=1, n_layer=1, n_positions=8,
                        num_labels=width, pad_token_id=0, bos_token_id=1, eos_token_id=1)  # fmt: skip
    model = GPT2ForSequenceClassification(config).eval()
    model.score.weight.data = torch.eye(width)
    model.transformer.forward = lambda *_, **__: BaseModelOutputWithPast(last_hidden_state=hidden)
    return model(input_ids=mask).logits.detach()


@head.claim("what is in the padding changes nothing")
def _(answer):
    hidden = torch.randn(3, 5, 4)
    for mode, mask in (("last", after(5, 2, 5, 3)), ("mean", after(5, 2, 5, 3)),
                       ("first", before(5, 2, 5, 3))):  # fmt: skip
        real = mask.bool()[:, :, None]
        agree(answer(hidden.masked_fill(~real, 7.0), mask, mode), answer(hidden, mask, mode))
        differ(answer(hidden.masked_fill(real, 7.0), mask, mode), answer(hidden, mask, mode))


@head.claim("a text gets the same vector alone as beside a longer one")
def _(answer):
    short, long = torch.randn(1, 3, 4), torch.randn(1, 5, 4)
    pad = torch.full((1, 2, 4), 5.0)
    for mode in ("first", "last", "mean"):
        alone = answer(short, after(3, 3), mode)
        right = answer(torch.cat([torch.cat([short, pad], 1), long]), after(5, 3, 5), mode)
        left = answer(torch.cat([torch.cat([pad, short], 1), long]), before(5, 3, 5), mode)
        agree(right[:1], alone)
        agree(left[:1], alone)
        differ(right[1:], alone)


@head.claim("three modes give three vectors; of one single token they give the same")
def _(answer):
    hidden, mask = torch.randn(2, 4, 3), after(4, 4, 3)
    first, last, mean = (answer(hidden, mask, mode) for mode in ("first", "last", "mean"))
    differ(first, last)
    differ(first, mean)
    differ(last, mean)
    for mode in ("first", "last", "mean"):
        agree(answer(hidden, after(4, 1, 1), mode), hidden[:, 0])


head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)",
    "mask.shape[1] - 1 + 0 * mask.argmax(dim=1)",
    name="last_index",
    seen="Texts with padding after them get the vector of a pad. What is in the last place of "
    "a short text?",
    why="These are the numbers of `hidden[:, -1]`. That is the last *place*; the last real token of "
    "a text is where its mask has its last 1.",
)  # fmt: skip
head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)", "mask.sum(dim=1) - 1",
    name="counted_from_the_left",
    seen="With padding in front of the text another token speaks. Does the number of real tokens "
    "say where the last of them is?",
    why="These are the numbers of `mask.sum(1) - 1`. The count gives the place only if the text "
    "starts at 0. Multiply the mask by the places 0 to T - 1: the largest product is at the "
    "last real token.",
)  # fmt: skip
head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)", "mask.sum(dim=1) % mask.shape[1]",
    name="one_too_far",
    seen="The vector of a pad comes back. If five tokens are real, and the first is in place 0, "
    "where is the last one?",
    why="These are the numbers of `mask.sum(1)`: one place after the last token. Places count "
    "from 0.",
)  # fmt: skip
head.slip(
    "place = mask.argmax(dim=1)", "place = 0 * mask.argmax(dim=1)", name="first_index",
    seen="With padding in front, a pad speaks for the text. What is in place 0 there?",
    why="These are the numbers of `hidden[:, 0]`. The first *real* token is where the mask has "
    "its first 1.",
)  # fmt: skip
head.slip(
    "(hidden * real)", "hidden", name="pads_included",
    seen="The mean changes with what is in the padding. Which vectors should it add up?",
    why="These are the numbers of a sum over all places, pads included. Multiplied by the mask, a "
    "pad adds 0.",
)  # fmt: skip
head.slip(
    "/ real.sum(dim=1)", "/ real.sum(dim=1)[:, 0]", name="counts_over_columns",
    seen="The mean fails unless a text is alone. Do the counts meet the rows, or the columns?",
    why="This divides `(B, D)` by `(B,)`. `keepdim=True` leaves an axis of size 1.",
)  # fmt: skip
head.slip(
    "/ real.sum(dim=1)", "/ real.shape[1]", name="divided_by_places",
    seen="The means of padded texts are too short. By how many tokens is the sum divided?",
    why="These are the numbers of a sum divided by T, the length of the longest text. Divide by the "
    "number of real tokens.",
)  # fmt: skip
head.slip(
    "/ real.sum(dim=1)", "/ real.sum()", name="divided_by_batch",
    seen="With more texts in the batch, the means shrink. Whose tokens are counted?",
    why="These are the numbers of a sum divided by all real tokens of the batch. Each text has a "
    "count of its own: sum along its places, `dim=1`.",
)  # fmt: skip
head.slip(
    'mode == "first"', 'mode != "first"', name="ends_exchanged",
    seen="First and last have changed places. Which end is asked for?",
    why='These are the numbers of code in which "first" gives the last real token and "last" '
    "the first.",
)  # fmt: skip
head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)", "mask.argmax(dim=1)",
    name="first_for_last",
    seen="Asked for the last token, the first one speaks. Among ones and zeros, which one does "
    "argmax find?",
    why="These are the numbers of an argmax over the mask itself: of equal numbers it gives the "
    "first. In a model that reads from left to right, that token has seen nothing but itself.",
)  # fmt: skip
head.slip(
    "hidden[torch.arange(len(hidden)), place]", "hidden[:, place]", name="every_row_with_every_place",
    seen="There is an axis too many. Which place belongs to which text?",
    why="`hidden[:, place]` takes all places from all texts. Indexed by two lists, "
    "`hidden[torch.arange(B), place]`, row and place are paired.",
)  # fmt: skip


@head.misconception(
    seen="The mean changes with what is in the padding. Which vectors should it average?",
    why="These are the numbers of `hidden.mean(dim=1)`: pads are added up, and counted.",
)
def mean_of_all_places(hidden, mask, mode):
    if mode == "mean":
        return hidden.mean(dim=1)
    place = mask.argmax(1) if mode == "first" else (mask * torch.arange(mask.shape[1])).argmax(1)
    return hidden[torch.arange(len(hidden)), place]


@head.misconception(
    seen="Padding before a text is taken for its beginning, and padding after it for its "
    "end and for its words. What is the mask for?",
    why="These are the numbers of `hidden[:, 0]`, `hidden[:, -1]` and `hidden.mean(1)`. They are "
    "right as long as nothing is padded; the mask says where a text begins and ends.",
)
def mask_unused(hidden, mask, mode):
    return {"first": hidden[:, 0], "last": hidden[:, -1], "mean": hidden.mean(1)}[mode]


@head.misconception(
    seen="With one text, or one number a token, an axis is gone. Which axes have size 1 then?",
    why="These are the numbers of `.squeeze()`, which takes away every axis of size 1, the batch "
    "among them. Name the axis that is to go: `.squeeze(1)`.",
    code="squeeze",
)
def squeezed(hidden, mask, mode):
    return one_text_at_a_time(hidden, mask, mode).squeeze()


@head.misconception(
    seen="The mean and the last token are right. With padding in front, what is in place 0?",
    why="The same as `hidden[:, 0]` for the first token.",
    alias="first_index",
)
def first_by_index(hidden, mask, mode):
    if mode == "first":
        return hidden[:, 0]
    rows = [row[kept] for row, kept in zip(hidden, mask.bool(), strict=True)]
    return torch.stack([row.mean(0) if mode == "mean" else row[-1] for row in rows])


@head.misconception(
    seen="Mask and vectors do not fit together. Which axis of the mask lies over the D numbers of a "
    "token?",
    why="Axes are matched from the right. So `mask`, and `mask[:, None]` too, lay their T places "
    "over the D numbers of a token. `mask[:, :, None]` holds a token's 1 or 0 for all D of them.",
)
def mask_without_its_axis(hidden, mask, mode):
    if mode != "mean":
        return one_text_at_a_time(hidden, mask, mode)
    real = mask.to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


@head.alternative
def one_text_at_a_time(hidden, mask, mode):
    rows = [row[kept] for row, kept in zip(hidden, mask.bool(), strict=True)]
    pick = {"first": lambda r: r[0], "last": lambda r: r[-1], "mean": lambda r: r.mean(0)}[mode]
    return torch.stack([pick(row) for row in rows])


@head.alternative
def as_weights(hidden, mask, mode):
    """Each mode is a row of weights, and the vector their mixture."""
    weights = mask
    if mode == "first":
        weights = mask * (mask.cumsum(1) == 1)
    elif mode == "last":
        weights = mask * (mask.flip(1).cumsum(1).flip(1) == 1)
    weights = weights / weights.sum(1, keepdim=True)
    return torch.einsum("bt,btd->bd", weights.to(hidden.dtype), hidden)
