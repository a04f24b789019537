"""Checks and misconceptions for chapters/1_nlp/06_reading_tasks.md."""

import math

import torch

from autograder.exercise import Exercise
from autograder.judge import agree, differ

# ------------------------------------------------------------------------------ sequence_head


def drawn(g, *shape):
    return torch.randn(*shape, generator=g)


def after(T, *lengths):
    """A mask of texts that start at once and end in padding."""
    return (torch.arange(T) < torch.tensor(lengths)[:, None]).long()


def before(T, *lengths):
    """A mask of texts with the padding in front."""
    return after(T, *lengths).flip(1)


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
        "the first token speaks and padding stands before it": (
            drawn(g, 4, 6, 5), before(6, some, 6, 1, 5), "first",
        ),
        "the last token speaks and padding stands before the text": (
            drawn(g, 3, 5, 8), before(5, 2, 5, 3), "last",
        ),
        "the mean speaks and padding stands before the text": (
            drawn(g, 3, 5, 8), before(5, 4, 1, 2), "mean",
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
    return last_by_library(hidden.flip(1), mask.flip(1))  # the first is the last from behind


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


@head.claim("what stands in the padding changes nothing")
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
    seen="Texts with padding behind them get the vector of a pad. What stands in the last place of "
    "a short text?",
    why="These are the numbers of `hidden[:, -1]`. That is the last *place*; the last real token of "
    "a text stands where its mask has its last 1.",
)  # fmt: skip
head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)", "mask.sum(dim=1) - 1",
    name="counted_from_the_left",
    seen="With padding in front of the text another token speaks. Does the number of real tokens "
    "say where the last of them stands?",
    why="These are the numbers of `mask.sum(1) - 1`. The count gives the place only if the text "
    "starts at 0. Multiply the mask by the places 0 to T - 1: the largest product stands at the "
    "last real token.",
)  # fmt: skip
head.slip(
    "(mask * torch.arange(hidden.shape[1])).argmax(dim=1)", "mask.sum(dim=1) % mask.shape[1]",
    name="one_too_far",
    seen="The vector of a pad comes back. If five tokens are real, and the first stands in place 0, "
    "where does the last one stand?",
    why="These are the numbers of `mask.sum(1)`: one place behind the last token. Places count "
    "from 0.",
)  # fmt: skip
head.slip(
    "place = mask.argmax(dim=1)", "place = 0 * mask.argmax(dim=1)", name="first_index",
    seen="With padding in front, a pad speaks for the text. What stands in place 0 there?",
    why="These are the numbers of `hidden[:, 0]`. The first *real* token stands where the mask has "
    "its first 1.",
)  # fmt: skip
head.slip(
    "(hidden * real)", "hidden", name="pads_included",
    seen="The mean changes with what stands in the padding. Which vectors should it add up?",
    why="These are the numbers of a sum over all places, pads included. Multiplied by the mask, a "
    "pad adds 0.",
)  # fmt: skip
head.slip(
    "mask[:, :, None].to(hidden.dtype)", "mask.to(hidden.dtype)", name="mask_without_its_axis",
    seen="Mask and vectors do not fit together. How many axes has each?",
    why="This multiplies `(B, T, D)` by `(B, T)`, and axes are matched from the right. "
    "`mask[:, :, None]` holds a token's 1 or 0 for all of its D numbers.",
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
    seen="The mean changes with what stands in the padding. Which vectors should it average?",
    why="These are the numbers of `hidden.mean(dim=1)`: pads are added up, and counted.",
)
def mean_of_all_places(hidden, mask, mode):
    if mode == "mean":
        return hidden.mean(dim=1)
    place = mask.argmax(1) if mode == "first" else (mask * torch.arange(mask.shape[1])).argmax(1)
    return hidden[torch.arange(len(hidden)), place]


@head.misconception(
    seen="Padding in front of a text is taken for its beginning, and padding behind it for its "
    "end and for its words. What is the mask for?",
    why="These are the numbers of `hidden[:, 0]`, `hidden[:, -1]` and `hidden.mean(1)`. They are "
    "right as long as nothing is padded; the mask says where a text begins and ends.",
)
def mask_unused(hidden, mask, mode):
    return {"first": hidden[:, 0], "last": hidden[:, -1], "mean": hidden.mean(1)}[mode]


@head.misconception(
    seen="The mean and the last token are right. With padding in front, what stands in place 0?",
    why="The same as `hidden[:, 0]` for the first token.",
    alias="first_index",
)
def first_by_index(hidden, mask, mode):
    if mode == "first":
        return hidden[:, 0]
    rows = [row[kept] for row, kept in zip(hidden, mask.bool(), strict=True)]
    return torch.stack([row.mean(0) if mode == "mean" else row[-1] for row in rows])


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


# ---------------------------------------------------------------------------------- mean_pool


def batches(g):
    some = torch.randint(2, 6, (1,), generator=g).item()
    return {
        "nothing is padded": (drawn(g, 2, 3, 5), after(3, 3, 3)),
        "short texts end in padding": (drawn(g, 4, 6, 5), after(6, 2, some, 6, 3)),
        "padding stands before the texts": (drawn(g, 3, 5, 8), before(5, 2, 5, 3)),
        "a text is one token": (drawn(g, 2, 4, 7), after(4, 1, 3)),
        "a text is empty": (drawn(g, 3, 4, 5), after(4, 2, 0, 4)),
        "the vectors are long": (drawn(g, 2, 5, 6) * 1000, after(5, 4, 3)),
        "the vectors are short": (drawn(g, 3, 4, 5) / 20, after(4, 2, 4, 3)),
    }


pool = Exercise(
    "reading_tasks.mean_pool",
    title="A direction for each text", needs=("pad_batch",),
    points=1.5, difficulty=1, minutes=10, examples=batches,
)  # fmt: skip


@pool.oracle("torch.masked.mean and sklearn.preprocessing.normalize")
def _(hidden, mask):
    from sklearn.preprocessing import normalize

    mean = torch.masked.mean(hidden, 1, mask=mask.bool()[:, :, None]).nan_to_num(0.0)
    return torch.from_numpy(normalize(mean.numpy()))


@pool.claim("every text with a token gets a vector of length 1")
def _(answer):
    found = answer(torch.randn(4, 5, 6), after(5, 3, 5, 2, 4))
    agree(found.norm(dim=-1), torch.ones(4))
    differ(found[0], found[1])


@pool.claim("what stands in the padding changes nothing")
def _(answer):
    hidden, mask = torch.randn(3, 5, 4), after(5, 2, 4, 3)
    real = mask.bool()[:, :, None]
    agree(answer(hidden.masked_fill(~real, 3.0), mask), answer(hidden, mask))
    differ(answer(hidden.masked_fill(real, 3.0), mask), answer(hidden, mask))


@pool.claim("two texts of the same words in another order point the same way")
def _(answer):
    hidden = torch.randn(1, 4, 5)
    found = answer(torch.cat([hidden, hidden.flip(1), -hidden]), after(4, 4, 4, 4))
    agree(found[1], found[0])
    agree(found[2], -found[0])
    differ(found[2], found[0])


@pool.claim("words ten times as long point the same way")
def _(answer):
    hidden, mask = torch.randn(2, 4, 5), after(4, 4, 3)
    agree(answer(hidden * 10, mask), answer(hidden, mask))
    differ(answer(hidden.flip(0), mask.flip(0)), answer(hidden, mask))


pool.slip(
    "(hidden * real)", "hidden", name="pads_included",
    seen="The direction changes with what stands in the padding. Which vectors should be added up?",
    why="These are the numbers of a sum over all places, pads included. Multiplied by the mask, a "
    "pad adds 0.",
)  # fmt: skip
pool.slip(
    "mask[:, :, None].to(hidden.dtype)", "mask.to(hidden.dtype)", name="mask_without_its_axis",
    seen="Mask and vectors do not fit together. How many axes has each?",
    why="This multiplies `(B, T, D)` by `(B, T)`, and axes are matched from the right. "
    "`mask[:, :, None]` holds a token's 1 or 0 for all of its D numbers.",
)  # fmt: skip
pool.slip(
    ".clamp_min(1e-12)", "", name="zero_div",
    seen="A text without a token gives NaN. Which divisor can be 0?",
    why="Somewhere 0 is divided by 0: a text without a token has 0 tokens and a mean of length 0. "
    "Keep *both* divisors above 0, as with `clamp_min`.",
)  # fmt: skip
pool.slip(
    "dim=1, keepdim=True", "dim=1", name="divisor_over_columns",
    seen="A number for each text does not fit the rows. With which axis is it lined up?",
    why="This divides `(B, D)` by `(B,)`. `keepdim=True` leaves an axis of size 1.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1,", "total.norm(dim=0,", name="norm_over_texts",
    seen="Columns have length 1, rows have not. What has length 1: a text, or a feature?",
    why="These are the numbers of a norm along the batch. The length of a text's vector sums over "
    "its features, the last axis.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1,", "total.norm(p=1, dim=1,", name="sum_of_amounts",
    seen="The amounts of a row sum to 1. Is that its length?",
    why="These are the numbers of a division by the sum of absolute values, the L1 norm. A dot "
    "product becomes a cosine by the root of the summed squares, the L2 norm.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1, keepdim=True)", "total.pow(2).sum(dim=1, keepdim=True)",
    name="no_root",
    seen="Long vectors come back short, short ones long. What is the length of (3, 4)?",
    why="These are the numbers of a division by the sum of squares. The length is its root.",
)  # fmt: skip
pool.slip(
    "total.norm(dim=1, keepdim=True)", "total.norm()", name="norm_of_the_batch",
    seen="The whole batch together has length 1. How long is each text?",
    why="These are the numbers of one norm for all texts. Each row has its own: `dim=-1` with "
    "`keepdim=True`.",
)  # fmt: skip


@pool.misconception(
    seen="These are the means. How long is a mean?",
    why="This is mean pooling without the last step, as some embedding models have it. Here each "
    "row is divided by its length, so that a dot product of two rows is a cosine.",
    convention=True,
)
def length_kept(hidden, mask):
    real = mask[:, :, None].to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1).clamp_min(1)


@pool.misconception(
    seen="The differences are in late digits, and only where vectors are short. What is added to "
    "their lengths?",
    why="These are the numbers of 1e-6 added to every divisor. A floor such as `clamp_min(1e-12)` "
    "changes the divisor of empty texts alone; an addend does no harm from 1e-8 down.",
)
def addend_too_large(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / (mean.norm(dim=1, keepdim=True) + 1e-6)


@pool.misconception(
    seen="The whole batch together has length 1. How long is each text?",
    why="These are the numbers of `mean / mean.norm()`, one norm for all texts. Each row has its "
    "own: `dim=-1` with `keepdim=True`.",
)
def one_norm_for_all_means(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / mean.norm()


@pool.misconception(
    seen="Columns have length 1, rows have not. What has length 1: a text, or a feature?",
    why="These are the numbers of means with a norm along the batch, `dim=0`. The length of a "
    "text's vector sums over its features, the last axis.",
)
def means_normalised_over_texts(hidden, mask):
    return torch.nn.functional.normalize(length_kept(hidden, mask), dim=0)


@pool.misconception(
    seen="One token decides the direction. Where are the others?",
    why="These are the numbers of the first real token, scaled to length 1. The mean takes in all.",
)
def first_token(hidden, mask):
    first = hidden[torch.arange(len(hidden)), mask.argmax(dim=1)] * mask.amax(1, keepdim=True)
    return first / first.norm(dim=-1, keepdim=True).clamp_min(1e-12)


@pool.misconception(
    seen="Every feature is the largest that a token has. Is that an average?",
    why="These are the numbers of max pooling: of each feature the largest value among the real "
    "tokens. Add the tokens up instead.",
)
def max_pool(hidden, mask):
    real = mask.bool()[:, :, None]
    largest = hidden.masked_fill(~real, float("-inf")).amax(dim=1)
    largest = largest.masked_fill(largest.isinf(), 0.0)
    return largest / largest.norm(dim=-1, keepdim=True).clamp_min(1e-12)


@pool.misconception(
    seen="Long tokens count no more than short ones. What is scaled to length 1: the tokens, or "
    "their mean?",
    why="These are the numbers of tokens that are normalised before they are added up. Add first; "
    "only the sum is scaled.",
)
def tokens_normalised(hidden, mask):
    one_long = hidden / hidden.norm(dim=-1, keepdim=True)
    total = (one_long * mask[:, :, None]).sum(dim=1)
    return total / total.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def mean_of_real(hidden, mask):
    """NaN for an empty text: who writes the mean first often divides by its 0 tokens."""
    real = mask[:, :, None].to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


@pool.misconception(
    seen="All texts together have length 1, and beside an empty text all are NaN. How long is each "
    "text?",
    why="These are the numbers of `mean / mean.norm()`, one norm for all texts. Each row has its "
    "own: `dim=-1` with `keepdim=True`. And a text of no tokens has the mean 0 / 0.",
)
def means_with_one_norm(hidden, mask):
    mean = mean_of_real(hidden, mask)
    return mean / mean.norm()


@pool.misconception(
    seen="Long vectors come back short, short ones long. What is the length of (3, 4)? And what is "
    "the mean of no tokens?",
    why="These are the numbers of a mean divided by the sum of its squares. The length is the root "
    "of that. And a text of no tokens has the mean 0 / 0: keep that divisor above 0.",
)
def mean_without_the_root(hidden, mask):
    mean = mean_of_real(hidden, mask)
    return mean / mean.pow(2).sum(dim=-1, keepdim=True)


@pool.misconception(
    seen="The directions are nearly right and the lengths are below 1. How long is the mean of "
    "vectors that have length 1?",
    why="These are the numbers of a mean of tokens that were scaled to length 1. Take the mean of "
    "the tokens as they are; what is scaled is the mean.",
)
def mean_of_directions(hidden, mask):
    one_long = hidden / hidden.norm(dim=-1, keepdim=True)
    return (one_long * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp_min(1)


@pool.misconception(
    seen="The lengths are right and the directions change with the padding. What does "
    "`hidden.mean(1)` average?",
    why="The same as a sum over all places: once the length is 1, a divisor no longer matters.",
    alias="pads_included",
)
def mean_of_all_places_(hidden, mask):
    return torch.nn.functional.normalize(hidden.mean(1), dim=-1)


@pool.alternative
def divided_by_the_places(hidden, mask):
    """By T, by the count or by nothing: scaled to length 1, it is the same vector."""
    mean = (hidden * mask[:, :, None]).mean(dim=1)
    return torch.nn.functional.normalize(mean, dim=-1)


@pool.alternative
def with_a_small_addend(hidden, mask):
    mean = length_kept(hidden, mask)
    return mean / (mean.norm(dim=1, keepdim=True) + 1e-8)


@pool.alternative
def as_a_product(hidden, mask):
    total = (mask[:, None, :].to(hidden.dtype) @ hidden)[:, 0]
    return total * total.square().sum(-1, keepdim=True).clamp_min(1e-20).rsqrt()


# --------------------------------------------------------------------------- align_ner_labels


def sentences(g):
    def labels(count):
        """Of `count` words, as the town has them: 0 is O, 1 B-PER, 2 I-PER, 3 B-LOC, ..."""
        return torch.randint(1, 11, (count,), generator=g).tolist()

    a, b, c = torch.randint(2, 5, (3,), generator=g).tolist()
    pieces = [i for i, n in enumerate([1, a, b, 1, c, 2]) for _ in range(n)]
    begin = 2 * torch.randint(0, 5, (1,), generator=g).item() + 1
    return {
        "every word is one token": ([begin, begin + 1, 0], [None, 0, 1, 2, None]),
        "the first word is in three pieces": ([begin, 0], [None, 0, 0, 0, 1, None]),
        "two words side by side have the same label": (
            [0, begin, begin, 0, 0], [None, 0, 1, 1, 2, 3, 4, None],
        ),
        "a word has left no token": ([*labels(1), 0, begin, *labels(1)], [None, 0, 0, 2, 3, 3, None]),
        "the text was cut": (labels(5), [None, 0, 1, 1, None]),
        "padding follows": ([begin, 0, *labels(1)], [None, 0, 1, 1, 2, None, None, None]),
        "there are no special tokens": ([begin, *labels(1)], [0, 0, 1]),
        "the only word is in two pieces": ([begin], [0, 0]),
        "many words are in pieces": (labels(6), [None, *pieces, None]),
    }  # fmt: skip


align = Exercise(
    "reading_tasks.align_ner_labels",
    title="From the labels of words to those of tokens",
    points=2, difficulty=1, minutes=10, examples=sentences,
)  # fmt: skip


@align.oracle("transformers.LayoutLMv2Tokenizer, which takes word_labels")
def _(word_labels, word_ids):
    from transformers import LayoutLMv2TokenizerFast

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a"]
    tokenizer = LayoutLMv2TokenizerFast(vocab={piece: i for i, piece in enumerate(vocabulary)})
    pieces = [word_ids.count(word) for word in range(len(word_labels))]
    words = ["a" * count or "\x01" for count in pieces]  # a control character leaves no token
    padding = len(word_ids) - sum(pieces) - 2
    special = padding >= 0
    labels = tokenizer(
        words, boxes=[[0, 0, 1, 1]] * len(words), word_labels=word_labels,
        padding="max_length", max_length=sum(pieces) + 2 + max(padding, 0),
    )["labels"]  # fmt: skip
    return labels if special else labels[1:-1]


@align.claim("a word in pieces has one label, on its first piece")
def _(answer):
    found = answer([3, 4, 0], [None, 0, 0, 0, 1, 1, 2, None])
    assert [found[i] for i in (1, 4, 6)] == [3, 4, 0]
    assert [found[i] for i in (2, 3, 5)] == [-100] * 3


@align.claim("special tokens and padding are left out of the loss")
def _(answer):
    found = answer([1, 2, 5], [None, 0, 1, 2, None, None])
    assert len(found) == 6
    assert [found[i] for i in (0, 4, 5)] == [-100] * 3
    assert [found[i] for i in (1, 2, 3)] != [-100] * 3


@align.claim("read without -100, the labels are those of the words")
def _(answer):
    words = [1, 2, 0, 0, 3]
    found = answer(words, [None, 0, 0, 1, 2, 2, 2, 3, 4, 4, None])
    assert len(found) == 11
    assert [label for label in found if label != -100] == words


align.slip(
    " and word != previous", "", name="b_repeated",
    seen="A name in three pieces has three labels. How many people would the tags spell?",
    why="These are the numbers of a label repeated on every piece. `B-PER` three times reads as "
    "three people, and a long word counts three times in the loss: label its first piece only.",
)  # fmt: skip
align.slip(
    "word is not None", "word", name="word_zero_lost",
    seen="The first word has no label. Which numbers does Python take for False?",
    why="These are the numbers of `if word`: the first word has the number 0, and 0 is false. "
    "Ask `word is not None`.",
)  # fmt: skip
align.slip(
    "else -100", "else 0", name="zero_for_ignored",
    seen="There is a label everywhere. What does 0 say, and who learns from it?",
    why="0 is a label, the one of `O`. The loss would teach that special tokens and the rest of a "
    "name are no entity. -100 is what `F.cross_entropy` leaves out.",
)  # fmt: skip
align.slip(
    "word_labels[word] if", "word_labels[word - 1] if", name="one_word_back",
    seen="Each word has the label of its neighbour. What is the number of the first word?",
    why="These are the numbers of `word_labels[word - 1]`. `word_ids` counts words from 0, and "
    "special tokens are not words.",
)  # fmt: skip
align.slip(
    "word != previous", "word != word_ids[len(labels) - 1]", name="wraps_around",
    seen="The word at place 0 has no label. Which token is `word_ids[0 - 1]`?",
    why="At place 0, `word_ids[i - 1]` is the *last* token. Start with `before = None`.",
)  # fmt: skip
align.slip(
    "previous = None", "previous = 0", name="begins_with_word_0",
    seen="Without `[CLS]` the first word has no label. Which word stands before it?",
    why="These are the numbers of code that begins with 0 as the word before, which is the number "
    "of the first word. Start with `before = None`.",
)  # fmt: skip


@align.misconception(
    seen="Special tokens have None. What number leaves a token out of the loss?",
    why="Special tokens get the number -100, not None.",
)
def none_for_special(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(None if word is None else word_labels[word] if word != previous else -100)
        previous = word
    return labels


@align.misconception(
    seen="All pieces have a label, and only the first begins. Some do it like this. How many "
    "labels does a word have here?",
    why="This is the other convention: further pieces get the label of a word that goes on, B- "
    "turned into I-. It is right where every piece is scored. Here a word counts once: the "
    "further pieces get -100.",
    convention=True,
)
def b_to_i(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        label = -100 if word is None else word_labels[word]
        if word is not None and word == previous and label % 2:
            label += 1
        labels.append(label)
        previous = word
    return labels


@align.misconception(
    seen="The label stands on the last piece of a word. Which piece is to carry it?",
    why="This is a convention, too: the last piece has read the whole word. With an encoder every "
    "piece has, and BERT's first piece carries the label.",
    convention=True,
)
def last_piece(word_labels, word_ids):
    following = [*word_ids[1:], None]
    return [
        -100 if word is None or word == after else word_labels[word]
        for word, after in zip(word_ids, following, strict=True)
    ]


@align.misconception(
    seen="Words are right. What should a model learn about `[CLS]` and padding?",
    why="These are the numbers of code that gives special tokens the label 0, which is `O`. They "
    "are no words; -100 leaves them out of the loss.",
)
def special_label_0(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(0 if word is None else word_labels[word] if word != previous else -100)
        previous = word
    return labels


@align.misconception(
    seen="The labels stand one place too early. Which token comes before the first word?",
    why="These are the numbers of labels laid from the first token on. `[CLS]` comes before the "
    "first word: it is `word_ids` that says where a word is.",
)
def shifted_by_cls(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(-100 if word is None or word == previous else word_labels[word])
        previous = word
    return [*labels[1:], -100]


@align.misconception(
    seen="Right until a word is missing. Whose label does the word after it get?",
    why="These are the numbers of labels dealt out in their order. If a word has left no token, "
    "all that follow get their neighbour's. Use the word's number: `word_labels[word]`.",
)
def in_their_order(word_labels, word_ids):
    waiting, labels, previous = iter(word_labels), [], None
    for word in word_ids:
        begins = word is not None and word != previous
        labels.append(next(waiting) if begins else -100)
        previous = word
    return labels


@align.misconception(
    seen="There are fewer labels than tokens. What belongs to a special token?",
    why="These are the numbers of code that skips special tokens. The loss wants a label for every "
    "token, in its place: -100 for those.",
)
def specials_skipped(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        if word is not None:
            labels.append(word_labels[word] if word != previous else -100)
            previous = word
    return labels


@align.misconception(
    seen="Of two words with the same label, one has none. What tells a new word from the rest of "
    "an old one?",
    why="These are the numbers of labels compared with the label before. A piece goes on if it has "
    "the same *word* as the token before it.",
)
def labels_compared(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        label = None if word is None else word_labels[word]
        labels.append(-100 if label is None or label == previous else label)
        previous = label
    return labels


@align.alternative
def by_first_place(word_labels, word_ids):
    labels = [-100] * len(word_ids)
    for word, label in enumerate(word_labels):
        if word in word_ids:
            labels[word_ids.index(word)] = label
    return labels


@align.alternative
def by_those_seen(word_labels, word_ids):
    seen = {None}
    return [
        -100 if word in seen or seen.add(word) else word_labels[word]  # add() gives None
        for word in word_ids
    ]


# --------------------------------------------------------------------------------- decode_bio


def rows_of_tags(g):
    kinds = ["PER", "LOC", "ANI", "OBJ", "JOB"]
    order = torch.randperm(5, generator=g).tolist()
    P, Q, *_ = [kinds[i] for i in order]
    tags = ["O", *(f"{way}-{kind}" for way in "BI" for kind in (P, Q))]
    weights = torch.tensor([3.0, 1, 1, 2, 2])

    def any_row(length):
        drawn = torch.multinomial(weights, length, replacement=True, generator=g)
        return [tags[i] for i in drawn]

    return {
        "a name has two words": ([f"B-{P}", f"I-{P}", "O"],),
        "there is no entity": (["O", "O"],),
        "the last word is an entity": (["O", "O", f"B-{Q}"],),
        "an entity has three words": (["O", f"B-{Q}", f"I-{Q}", f"I-{Q}", "O"],),
        "two of a kind stand side by side": (["O", f"B-{P}", f"B-{P}", f"I-{P}", "O"],),
        "an entity begins with I": (["O", f"I-{Q}", f"I-{Q}", "O"],),
        "the first tag of all is I": ([f"I-{P}", "O", f"B-{Q}", "O"],),
        "the type changes in the middle": ([f"B-{P}", f"I-{P}", f"I-{Q}", f"I-{Q}", "O"],),
        "an O stands between": ([f"B-{P}", "O", f"I-{P}", "O"],),
        "three of a kind stand in a sentence": (
            [f"B-{Q}", "O", f"B-{P}", "O", f"B-{Q}", f"I-{Q}", "O"],
        ),
        "a type has a hyphen": (["O", "B-work-of-art", "I-work-of-art", "O"],),
        "there are no words": ([],),
        "tags come as a careless tagger gives them": (any_row(20),),
    }


bio = Exercise(
    "reading_tasks.decode_bio",
    fast_track=True,
    title="From tags to entities", needs=("align_ner_labels",),
    points=3, difficulty=2, minutes=20, examples=rows_of_tags,
)  # fmt: skip


@bio.oracle("seqeval.metrics.sequence_labeling.get_entities, whose ends are inclusive")
def _(tags):
    from seqeval.metrics.sequence_labeling import get_entities

    return [(kind, start, end + 1) for kind, start, end in get_entities(tags)]


@bio.claim("two people side by side are two")
def _(answer):
    found = answer(["O", "B-PER", "I-PER", "B-PER", "O"])
    assert [kind for kind, _, _ in found] == ["PER", "PER"]


@bio.claim("words[start:end] are the words of the entity")
def _(answer):
    words = ["Then", "Rose", "Baker", "saw", "Paris", "again"]
    found = answer(["O", "B-PER", "I-PER", "O", "B-LOC", "O"])
    assert [words[start:end] for _, start, end in found] == [["Rose", "Baker"], ["Paris"]]


@bio.claim("every word with a tag but O belongs to one entity, and no other word does")
def _(answer):
    tags = ["I-PER", "O", "B-LOC", "I-LOC", "O", "O", "B-JOB", "I-ANI", "O"]
    covered = [place for _, start, end in answer(tags) for place in range(start, end)]
    assert covered == [0, 2, 3, 6, 7]


@bio.claim("an O in front moves every entity by one word, and changes nothing else")
def _(answer):
    tags = ["B-ANI", "I-ANI", "O", "B-OBJ", "O"]
    found = answer(tags)
    assert [kind for kind, _, _ in found] == ["ANI", "OBJ"]
    assert answer(["O", *tags]) == [(kind, start + 1, end + 1) for kind, start, end in found]


bio.slip(
    'tag.startswith("I-") and kind', "kind and kind", name="merge_adjacent",
    broken="merges two people who stand side by side",
    seen="Two of a kind side by side come back as one. Which tag says that the second one begins?",
    why="This is code that joins neighbours of one type. `B-` always begins an entity, also right "
    "after another of its kind: `B-PER B-PER` are two.",
)  # fmt: skip
bio.slip(
    "kind == before[2:]", 'before != "O"', name="type_of_the_last",
    broken="gives an entity whose tags change their type the type of the last tag",
    seen="Where the type changes, one entity comes back, of the second type. Can an entity change "
    "its type?",
    why="These are the entities of code that goes on with whatever stood before. `I-` goes on only "
    "with an entity of its own type; with another type it begins one.",
)  # fmt: skip
bio.slip(
    "        before = tag", '        before = before if tag == "O" else tag', name="gap_bridged",
    broken="joins two entities across a word that is tagged O",
    seen="An entity runs on over a word that is tagged O. What ends an entity?",
    why="This is code that remembers the last type and not the last tag. After an `O` nothing goes "
    "on: `B-PER O I-PER` are two.",
)  # fmt: skip
bio.slip(
    "== before[2:]", "== before", name="every_word_alone",
    broken="gives every word of a name an entity of its own",
    seen="Every tagged word is an entity of its own. Which two things are compared to see that a "
    "name goes on?",
    why="These are the entities of code for which `I-` never goes on, as if a type were compared "
    "with a whole tag. Compare type with type: the tag before, without its first two letters.",
)  # fmt: skip
bio.slip(
    "enumerate(tags)", "enumerate(tags, 1)", name="counts_from_one",
    broken="counts words from 1",
    seen="All entities stand one word too far to the right. What is the number of the first word?",
    why="These are the entities of code that counts words from 1. Python counts from 0, and so does "
    "a slice.",
)  # fmt: skip
bio.slip(
    "entities[-1][1]", "place", name="start_of_the_last_word",
    broken="keeps only the last word of a name",
    seen="Of a name of two words one is left. Where does an entity start once it has grown?",
    why="These are the entities of code that moves the start along with the end. The start stays "
    "where the entity began.",
)  # fmt: skip


@bio.misconception(
    broken="gives the place of an entity's last word as its end, not the place after it",
    seen="Every end is one less than asked for. What does `words[2:2]` hold?",
    why="This is the convention of seqeval, where `end` is the last word of the entity. Here it is "
    'the place after it, as in a slice: `B-PER` alone is `("PER", 0, 1)`.',
    convention=True,
)
def end_inclusive(tags):
    return [(kind, start, end - 1) for kind, start, end in by_places(tags)]


@bio.misconception(
    broken="drops an entity that begins with I-",
    seen="An entity that begins with `I-` is missing. What does the statement say about it?",
    why="This is the strict mode that seqeval has as well: without a `B-` there is no entity. Here "
    "an `I-` that cannot go on begins one, as in conlleval: `O I-PER` holds one.",
    convention=True,
)
def i_without_b_dropped(tags):
    entities, kind = [], None  # of the entity that is open
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            kind = tag[2:]
            entities.append((kind, place, place + 1))
        elif tag != "O" and tag[2:] == kind:
            entities[-1] = (kind, entities[-1][1], place + 1)
        else:
            kind = None
    return entities


@bio.misconception(
    broken="goes on with an entity although the type of the tag changes",
    seen="Where the type changes, the first entity runs on. Does `I-LOC` go on with a person?",
    why="This is code that takes every `I-` for more of the same. It goes on only with an entity of "
    "its own type: `B-PER I-LOC` are two.",
)
def type_change_ignored(tags):
    entities, inside = [], False
    for place, tag in enumerate(tags):
        if tag.startswith("I-") and inside:
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
        elif tag != "O":
            entities.append((tag[2:], place, place + 1))
        inside = tag != "O"
    return entities


@bio.misconception(
    broken="lets I- go on with whatever is open, and drops it where nothing is",
    seen="An entity that begins with `I-` is missing, and where the type changes the first entity "
    "runs on. What are the two things that an `I-` can do?",
    why="These are the entities of code in which only `B-` begins and every `I-` goes on. An `I-` "
    "goes on with an entity of its own type that the word before belongs to; otherwise it begins "
    "one.",
)
def only_b_begins(tags):
    entities, inside = [], False
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            entities.append((tag[2:], place, place + 1))
            inside = True
        elif tag.startswith("I-") and inside:
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
        else:
            inside = False
    return entities


@bio.misconception(
    seen="An entity in the last place is missing, and so is one that begins with `I-`. Which tag "
    "would have closed the one, and what would have opened the other?",
    why="These are the entities of code in which only `B-` begins, every `I-` goes on, and an "
    "entity is written down when the next tag closes it. Close what is open after the loop, and "
    "let an `I-` that cannot go on begin one.",
)
def only_b_begins_and_the_last_is_lost(tags):
    return [entity for entity in only_b_begins(tags) if entity[2] < len(tags)]


@bio.misconception(
    seen="Where the type changes, the first of two entities is gone. What is to be written down "
    "before an `I-` begins another?",
    why="These are the entities of code that starts anew at an `I-` of another type and has not "
    "written down what was open. The change of type closes the first entity, as a `B-` would.",
)
def lost_at_a_change_of_type(tags):
    entities, kind, start = [], "", 0
    for place, tag in enumerate([*tags, "O"]):
        if tag == "O" or tag.startswith("B-"):
            if kind:
                entities.append((kind, start, place))
            kind, start = tag[2:], place
        elif tag[2:] != kind:
            kind, start = tag[2:], place
    return entities


@bio.misconception(
    broken="adds every word tagged I- to the last entity that it has",
    seen="It looks for an entity to go on with where there is none. What may stand before an `I-`?",
    why="This is code that adds every `I-` to the last entity of its list. The list may be empty, "
    "and its last entity may lie far back or have another type. Then `I-` begins an entity.",
)
def last_of_the_list(tags):
    entities = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            entities.append((tag[2:], place, place + 1))
        elif tag != "O":
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
    return entities


def opened_and_closed(tags, at_the_end):
    entities, kind, start = [], "", 0
    for place, tag in enumerate([*tags, "O"] if at_the_end else tags):
        if kind and (tag[2:] != kind or tag.startswith("B-")):
            entities.append((kind, start, place))
            kind = ""
        if tag != "O" and not kind:
            kind, start = tag[2:], place
    return entities


@bio.misconception(
    broken="loses an entity that ends with the last word",
    seen="An entity in the last place is missing. Which tag would have closed it?",
    why="This is code that writes an entity down when the next tag closes it. After the last word "
    "nothing follows: close what is open after the loop. `O B-PER` holds one.",
)
def last_entity_lost(tags):
    return opened_and_closed(tags, at_the_end=False)


@bio.misconception(
    broken="keeps only what follows the last hyphen of a type",
    seen="Of a type with hyphens the last part is left. How many hyphens belong to the tag?",
    why='This is `tag.split("-")[-1]`. Only the first hyphen stands between letter and type: '
    '`tag[2:]`, or `split("-", 1)`. `B-work-of-art` is of the type `work-of-art`.',
)
def hyphen_cut(tags):
    return [(kind.split("-")[-1], start, end) for kind, start, end in by_places(tags)]


@bio.misconception(
    seen="One tag falls into four parts. Which of its hyphens stands between letter and type?",
    why="`B-work-of-art` has three hyphens, and the type may have as many as it likes. Cut at the "
    'first: `tag[2:]`, or `split("-", 1)`.',
)
def cut_in_two(tags):
    for tag in tags:
        if tag != "O":
            _letter, _kind = tag.split("-")
    return by_places(tags)


@bio.misconception(
    seen="Every word of a type with hyphens is an entity of its own, and of the type its last part "
    "is left. Which hyphen stands between letter and type?",
    why='These are the entities of `rsplit("-", 1)`: what stands before the last hyphen is no longer '
    '"I". Cut at the first: `tag[2:]`, or `split("-", 1)`.',
)
def cut_at_the_last_hyphen(tags):
    return by_places(["B-" + tag.split("-")[-1] if tag.count("-") > 1 else tag for tag in tags])


@bio.misconception(
    broken="gives the first tag of an entity in place of its type",
    seen="The types still carry a letter. What is the type of `B-PER`?",
    why="These are the entities of code that keeps the whole tag. B and I say where an entity "
    "begins; its type comes after the hyphen.",
)
def tag_for_type(tags):
    return [(tags[start], start, end) for _, start, end in by_places(tags)]


@bio.misconception(
    broken="keeps one entity of each type",
    seen="Of two places only the last is left. What does a dictionary do with a key that it has?",
    why="This is code that keeps entities under their type: a second person overwrites the first. "
    "A list keeps all: `B-PER O B-PER` are two.",
)
def one_of_each_type(tags):
    last = {kind: (kind, start, end) for kind, start, end in by_places(tags)}
    return sorted(last.values(), key=lambda entity: entity[1])


@bio.misconception(
    seen="The same as joining neighbours of one type.",
    why="Runs of one type cannot tell where a second entity of that type begins.",
    alias="merge_adjacent",
)
def by_runs(tags):
    from itertools import groupby

    places = groupby(range(len(tags)), key=lambda i: tags[i][2:])
    runs = [(kind, list(run)) for kind, run in places if kind]
    return [(kind, run[0], run[-1] + 1) for kind, run in runs]


@bio.alternative
def by_places(tags):
    """First the places where an entity begins, then how far each goes."""
    before = ["O", *tags]
    begins = [
        i for i, tag in enumerate(tags)
        if tag != "O" and not (tag.startswith("I-") and before[i][2:] == tag[2:])
    ]  # fmt: skip
    entities = []
    for start in begins:
        end = start + 1
        while end < len(tags) and tags[end] == "I-" + tags[start][2:]:
            end += 1
        entities.append((tags[start][2:], start, end))
    return entities


@bio.alternative
def with_a_last_o(tags):
    return opened_and_closed(tags, at_the_end=True)


# ----------------------------------------------------------------------------- examine_tagger

examine = Exercise(
    "reading_tasks.examine_tagger",
    title="Catch the broken taggers", needs=("decode_bio",),
    kind="examine", of="decode_bio", points=2, difficulty=2, minutes=15,
    broken=("merge_adjacent", "type_change_ignored", "gap_bridged", "last_entity_lost",
            "end_inclusive", "i_without_b_dropped", "hyphen_cut", "one_of_each_type"),
)  # fmt: skip


# --------------------------------------------------------------------------- best_answer_span


def scored(g):
    def logits(*values):
        noise = torch.rand(len(values), generator=g) * 0.2
        return torch.tensor(values, dtype=torch.float32) + noise

    def allowed(text):
        return torch.tensor([letter == "1" for letter in text])

    length = torch.randint(11, 15, (1,), generator=g).item()
    question = torch.arange(length) > 4
    return {
        "every token may be the answer": (
            logits(0, 3, 1, 0), logits(0, 1, 3, 0), allowed("1111"), 4,
        ),
        "the answer is one token": (
            logits(1, 0, 4, 2, 0), logits(0, 1, 4, 2, 1), allowed("11111"), 1,
        ),
        "the question scores high": (
            logits(0, 6, 5, 0, 1, 3, 0), logits(0, 5, 6, 1, 0, 2, 3), allowed("0000111"), 3,
        ),
        "the best end stands before the best start": (
            logits(0, 1, 2, 0, 4, 2), logits(0, 4, 1, 3, 0, 2), allowed("011111"), 6,
        ),
        "the best two places are too far apart": (
            logits(0, 4, 0, 1, 3, 0, 0), logits(0, 1, 2, 0, 4, 0, 0), allowed("1111111"), 3,
        ),
        "a certain start has no good end": (
            logits(0, 5, 0, 4, 0, 0), logits(0, 0, 0, 0, 5, 0), allowed("111111"), 2,
        ),
        "the likeliest start is too far from every likely end": (
            logits(4, 1, 0, 0, 0), logits(-3, -3, 2, 1, 1), allowed("11111"), 2,
        ),
        "a span of just the longest length is best": (
            logits(0, 4, 0, 2, 0, 0), logits(0, 1, 0, 4, 2, 0), allowed("011111"), 3,
        ),
        "no answer is likeliest": (
            logits(5, 1, 0, 0, 3, 0), logits(5, 0, 1, 0, 3, 1), allowed("100111"), 4,
        ),
        "no answer is possible and not likeliest": (
            logits(1, 4, 0, 0, 5, 0), logits(1, 0, 4, 0, 1, 5), allowed("100111"), 4,
        ),
        "the likeliest start is [CLS] and the likeliest end is a word": (
            logits(5, 4, 0, 3, 0, 1), logits(0, 4, 0, 2, 5, 0), allowed("100111"), 6,
        ),
        "a long text is read": (
            drawn(g, length) * 2, drawn(g, length) * 2, question, 4,
        ),
    }  # fmt: skip


span = Exercise(
    "reading_tasks.best_answer_span",
    title="The likeliest answer in a text",
    points=3, difficulty=3, minutes=25, examples=scored,
)  # fmt: skip


@span.oracle("transformers.pipelines.document_question_answering.select_starts_ends")
def _(start, end, context_mask, max_len):
    from transformers.pipelines.document_question_answering import select_starts_ends

    null = bool(context_mask[0] and not context_mask[1])
    padded = [torch.cat([x.new_zeros(1), x]) if not null else x for x in (start, end)]
    blocked = ~context_mask if null else torch.cat([torch.tensor([True]), ~context_mask])
    starts, ends, scores, none = select_starts_ends(
        *(x.numpy().astype("float64")[None] for x in padded), blocked.long().numpy()[None], None,
        handle_impossible_answer=null, max_answer_len=max_len,
    )  # fmt: skip
    if null and none > scores[0]:
        return 0, 0, none
    return int(starts[0]) - (not null), int(ends[0]) - (not null), float(scores[0])


def story():
    """Scores in which no rule bites: three tokens of question, then a story."""
    start = torch.tensor([0.0, 0, 0, 0, 2, 0, 0, 0])
    end = torch.tensor([0.0, 0, 0, 0, 0, 2, 0, 0])
    return start, end, torch.arange(8) > 2


@span.claim("an answer begins and ends in the context, however high the question scores")
def _(answer):
    start, end, context = story()
    high = torch.tensor([9.0, 9, 9, 0, 0, 0, 0, 0])
    assert answer(start + high, end + high, context, 4)[:2] == (4, 5)


@span.claim("an answer ends where it starts or later")
def _(answer):
    start, end, context = story()
    end = end + torch.tensor([0.0, 0, 0, 3, 0, 0, 0, 0])  # the likeliest end, before the start
    first, last, _ = answer(start, end, context, 8)
    assert 3 <= first <= last


@span.claim("an answer has at most max_len tokens, and may have as many")
def _(answer):
    start, end, context = story()
    assert answer(start, end, context, 2)[:2] == (4, 5)
    first, last, _ = answer(start, end + start / 2, context, 1)  # (4, 5) would be likelier
    assert first == last == 4


@span.claim("with nothing to tell tokens apart, each of n one-token answers has a chance of 1/n²")
def _(answer):
    for n in (2, 5):
        chance = answer(torch.zeros(n + 3), torch.zeros(n + 3), torch.arange(n + 3) > 2, 1)[2]
        assert abs(chance - 1 / n**2) < 1e-5


@span.claim("adding the same number to all scores changes nothing")
def _(answer):
    start, end, context = story()
    low, high = answer(start, end, context, 4), answer(start + 3, end - 2, context, 4)
    assert low[:2] == high[:2] == (4, 5)
    assert abs(low[2] - high[2]) < 1e-5


span.excuse("dim=0)", "what has one axis has the same axis first and last")
span.excuse("masked_fill(~fits", "any number that no probability is below hides a span")

span.slip(
    "(length >= 1) & ", "", name="backwards",
    seen="The answer ends before it starts. Which pairs of places are spans?",
    why="These are the numbers of code that takes any start with any end. Of a start and an end "
    "before it no text can be cut: such pairs are left out.",
)  # fmt: skip
span.slip(
    " & (length <= max_len)", "", name="max_len_ignored",
    seen="The answer is longer than allowed. Where is `max_len` used?",
    why="These are the numbers of code without a limit on the length of a span.",
)  # fmt: skip
span.slip(
    "length <= max_len", "length < max_len + 2", name="one_token_too_long",
    seen="The answer has one token more than allowed. How many tokens lie from place 4 to place 6?",
    why="These are the numbers of `last - first <= max_len`. Both ends belong to the answer, so it "
    "has `last - first + 1` tokens.",
)  # fmt: skip
span.slip(
    "length <= max_len", "length < max_len", name="one_token_too_short",
    seen="The longest answer that is allowed is not found. Is `max_len` itself allowed?",
    why="These are the numbers of `<` in place of `<=`: a span may have exactly `max_len` tokens.",
)  # fmt: skip
span.slip(
    " & (hidden == hidden[:, None])", "", name="jumps_the_question",
    seen="The answer begins at `[CLS]` and ends in the story. What lies in between?",
    why="These are the numbers of code that asks only whether both ends are allowed. Between "
    "`[CLS]` and the story stands the question: all tokens of a span must be allowed.",
)  # fmt: skip
span.slip(
    "start[:, None] * end)", "start[:, None] + end)", name="sum_of_probabilities",
    seen="One sure end is enough to win, however bad the other. How likely is it that both of two "
    "things happen?",
    why="These are the numbers of probabilities added up. That start *and* end are right is as "
    "likely as their product. (Scores before the softmax may be added.)",
)  # fmt: skip
span.slip(
    "likely[first, last].item()", "likely[first, last]", name="chance_as_tensor",
    seen="The span is right. Of what type is its chance?",
    why="This chance is a tensor with one number in it; `.item()` makes a float of it.",
)  # fmt: skip
span.slip(
    "return first, last, likely[first, last].item()",
    "return torch.tensor(first), torch.tensor(last), likely[first, last]", name="three_tensors",
    seen="Three tensors come back. What does the signature promise?",
    why="Places and chance are tensors with one number in them. `.item()` makes two ints and a "
    "float of them.",
)  # fmt: skip
span.slip(
    "return first, last, likely", "return first, last + 1, likely", name="end_exclusive",
    seen="Every end is one too far. Is it the last token of the answer, or the one after it?",
    why="This is the convention of a slice, and of `decode_bio`. The end that a model is trained "
    "on is the answer's last token, and that is asked for here.",
    convention=True,
)  # fmt: skip


@span.misconception(
    seen="Start and end are the best places, each on its own. Do they belong together?",
    why="These are the numbers of two argmaxes. They may name an end before the start, or a span "
    "that is too long: compare pairs, not places.",
)
def two_argmaxes(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first, last = start.argmax().item(), end.argmax().item()
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="The best start is taken, then the best end for it. Could a second-best start have a "
    "better end?",
    why="These are the numbers of a greedy choice. The likeliest pair need not contain the "
    "likeliest start: compare all pairs.",
)
def best_start_first(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first = start.argmax().item()
    reach = first
    while reach + 1 < min(first + max_len, len(end)) and context_mask[reach + 1]:
        reach += 1
    last = first + end[first : reach + 1].argmax().item()
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="The best start is taken, then the best end for it, and with `[CLS]` allowed a span begins "
    "there and ends in the story. Could a second-best start have a better end, and what lies "
    "inside a span?",
    why="These are the numbers of a greedy choice among the ends of `max_len` tokens. The likeliest "
    "pair need not contain the likeliest start: compare all pairs. And all tokens of a span must "
    "be allowed, not only its ends.",
)
def best_start_first_jumping(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first = start.argmax().item()
    last = first + end[first : first + max_len].argmax().item()
    return first, last, (start[first] * end[last]).item()


def looped(start, end, fits, max_len):
    """The likeliest span that `fits`, given probabilities."""
    spans = [(start[s] * end[e], s, e) for s in range(len(start))
             for e in range(s, min(s + max_len, len(end))) if fits(s, e)]  # fmt: skip
    chance, first, last = max(spans, key=lambda span: span[0].item())
    return first, last, chance.item()


@span.misconception(
    seen="The answer lies in the question. Which tokens may be an answer?",
    why="These are the numbers of code that does not look at `context_mask`. The words of a "
    "question often fit best what it asks for; they are no answer.",
)
def mask_ignored(start, end, context_mask, max_len):
    return looped(start.softmax(0), end.softmax(0), lambda s, e: True, max_len)


@span.misconception(
    seen="The span is right, its chance is too small. Among which tokens are 100 % shared out?",
    why="These are the numbers of a softmax over all tokens, the question included, and masked "
    "afterwards. What the question took is lost: hide the scores before the softmax.",
)
def softmax_over_everything(start, end, context_mask, max_len):
    return looped(
        start.softmax(0), end.softmax(0), lambda s, e: bool(context_mask[s : e + 1].all()), max_len
    )


@span.misconception(
    seen="The span is right, its chance is a score. What makes a probability of scores?",
    why="This is the score of the BERT paper, the sum of start and end. It ranks spans as their "
    "probability does; how likely one is, a softmax over the starts and one over the ends tell.",
    convention=True,
)
def sum_of_scores(start, end, context_mask, max_len):
    blocked = [x.masked_fill(~context_mask, -1e4) for x in (start, end)]
    first, last, _ = looped(
        *(x.double().exp() for x in blocked),
        lambda s, e: bool(context_mask[s : e + 1].all()), max_len,
    )  # fmt: skip
    return first, last, (start[first] + end[last]).item()


def ends_allowed(context_mask):
    """Whether both ends of a span are allowed, whatever lies between."""
    return lambda s, e: bool(context_mask[s] and context_mask[e])


@span.misconception(
    seen="The chance is too small, and with `[CLS]` allowed an answer begins there and ends in the "
    "story. Among which tokens are 100 % shared out, and what lies inside a span?",
    why="These are the numbers of a softmax over all tokens, masked afterwards: hide the scores "
    "before it. And only the ends of a span are looked at; all its tokens must be allowed.",
)
def softmax_over_everything_jumping(start, end, context_mask, max_len):
    return looped(start.softmax(0), end.softmax(0), ends_allowed(context_mask), max_len)


@span.misconception(
    seen="What comes with the span is a score, and with `[CLS]` allowed a span begins there and ends "
    "in the story. What makes a probability of scores, and what lies inside a span?",
    why="This is the score of the BERT paper, the sum of start and end. How likely a span is, a "
    "softmax over the starts and one over the ends tell. And all tokens of a span must be allowed, "
    "not only its ends: between `[CLS]` and the story stands the question.",
)
def sum_of_scores_jumping(start, end, context_mask, max_len):
    first, last, _ = looped(
        start.double().exp(), end.double().exp(), ends_allowed(context_mask), max_len
    )
    return first, last, (start[first] + end[last]).item()


@span.misconception(
    seen="The chance is too small: 100 % are shared out among more tokens than may answer. What is "
    "exp(0)?",
    why="These are the numbers of scores times the mask. A hidden score of 0 is no small one, and "
    "takes its share of the softmax; before it, hidden means minus infinity.",
)
def scores_times_mask(start, end, context_mask, max_len):
    return looped(
        (start * context_mask).softmax(0), (end * context_mask).softmax(0),
        lambda s, e: bool(context_mask[s : e + 1].all()), max_len,
    )  # fmt: skip


@span.misconception(
    seen="The chance is too small, and with `[CLS]` allowed an answer begins there and ends in the "
    "story. What is exp(0), and what lies inside a span?",
    why="These are the numbers of scores times the mask. A hidden score of 0 takes its share of "
    "the softmax; before it, hidden means minus infinity. And only the ends of a span are looked "
    "at; all its tokens must be allowed.",
)
def scores_times_mask_jumping(start, end, context_mask, max_len):
    return looped(
        (start * context_mask).softmax(0), (end * context_mask).softmax(0),
        ends_allowed(context_mask), max_len,
    )  # fmt: skip


@span.misconception(
    seen="Where the text holds no answer, a span of the story comes back all the same. What does "
    "the mask say about token 0?",
    why="These are the numbers of code that never lets token 0 answer. Where the mask allows it, "
    "`[CLS]` is how the model says that there is no answer: (0, 0).",
)
def no_null_answer(start, end, context_mask, max_len):
    story = context_mask.clone()
    story[0] = False
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    return looped(start, end, lambda s, e: bool(story[s : e + 1].all()), max_len)


@span.misconception(
    seen="The span is right, and the chance is below 0. Which number below 0 belongs to a chance?",
    why="This is log p, the sum of two log-probabilities. It finds the same span; its exp is the "
    "chance.",
    convention=True,
)
def log_of_the_chance(start, end, context_mask, max_len):
    first, last, chance = by_loops(start, end, context_mask, max_len)
    return first, last, math.log(chance)


@span.misconception(
    seen="The chance is right, the places are too small. From which token on are they counted?",
    why="These are places among the allowed tokens, `start[context_mask]`, where `[CLS]` even stands "
    "beside the story. Hide scores with minus infinity instead, and every token keeps its place.",
)
def places_among_the_allowed(start, end, context_mask, max_len):
    start, end = start[context_mask].softmax(0), end[context_mask].softmax(0)
    return looped(start, end, lambda s, e: True, max_len)


@span.misconception(
    seen="The span is right, its chance is too high. What about the pairs that are no span?",
    why="These are the numbers of one softmax over all spans that fit. The model was trained with "
    "two, one over the starts and one over the ends, and asked for is their product.",
)
def shared_among_spans(start, end, context_mask, max_len):
    places = torch.arange(len(start))
    length = places - places[:, None] + 1
    hidden = (~context_mask).cumsum(0)
    fits = (length >= 1) & (length <= max_len) & (hidden == hidden[:, None])
    fits = fits & context_mask & context_mask[:, None]
    chances = (start[:, None] + end).masked_fill(~fits, float("-inf")).flatten().softmax(0)
    first, last = divmod(chances.argmax().item(), len(start))
    return first, last, chances.max().item()


@span.alternative
def by_loops(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    return looped(start, end, lambda s, e: bool(context_mask[s : e + 1].all()), max_len)


@span.alternative
def by_log_probabilities(start, end, context_mask, max_len):
    """A band above the diagonal, and sums of logarithms."""
    blocked = ~context_mask
    start = start.masked_fill(blocked, float("-inf")).log_softmax(0)
    end = end.masked_fill(blocked, float("-inf")).log_softmax(0)
    fits = torch.ones(len(start), len(end)).triu().tril(max_len - 1).bool()
    for place in blocked.nonzero().flatten().tolist():
        fits[: place + 1, place:] = False  # it would lie inside
    spans = (start[:, None] + end).masked_fill(~fits, float("-inf"))
    best = spans.argmax().item()
    return best // len(end), best % len(end), spans.max().exp().item()
