"""More misconceptions about `scaled_dot_product_attention`."""

import torch

from autograder.checks.self_attention.scaled_dot_product_attention import attention


@attention.misconception(
    seen="With three heads side by side the scores are divided by too much. How wide is the vector "
    "that a head works with?",
    why="These are the numbers of scores divided by √(H·Dk), the width of the whole model. A head's "
    "dot product has Dk terms; divide by √Dk.",
    reread="Why the root",
)
def scale_dmodel(q, k, v, mask):
    width = q.shape[-1] * (q.shape[1] if q.dim() == 4 else 1)
    scores = q @ k.transpose(-2, -1) / width**0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(
    seen="Hidden keys get nothing, and the others no more than before. What do the weights of a "
    "query sum to?",
    why="These are the numbers of weights set to 0 *after* the softmax: what they held is lost. Hide "
    "the scores before it, and the softmax shares everything out among the visible keys.",
    reread="A hidden score is not zero",
)
def hidden_after_softmax(q, k, v, mask):
    weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
    return (weights if mask is None else weights.masked_fill(~mask, 0.0)) @ v


@attention.misconception(
    seen="NaN where scores are large. What is left to share out when a hidden key had all the weight?",
    why="These are the numbers of a softmax over all keys, cut and divided by what remains. If a "
    "hidden score is far above the others, what remains is 0, and 0 / 0 is NaN. Hide first.",
    reread="A hidden score is not zero",
)
def renormalised_after(q, k, v, mask):
    weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
    if mask is not None:
        weights = weights * mask
        weights = weights / weights.sum(-1, keepdim=True)
    return weights @ v


@attention.misconception(
    seen="The weights of a query sum to 1, but some of them are negative. What turns a score into "
    "something that can be shared out?",
    why="These are the numbers of scores divided by their sum. Scores have signs; a softmax makes "
    "them positive first, with exp.",
    reread="Ask, compare, take",
)
def divided_by_sum(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, 0.0)
    return scores / scores.sum(-1, keepdim=True) @ v


@attention.misconception(
    seen="The weights of a query sum to less than 1, the less the wider the vectors. What is scaled: "
    "scores or weights?",
    why="These are the numbers of weights divided by √Dk after the softmax. The scale belongs to the "
    "scores, before it.",
    reread="Why the root",
)
def scaled_after_softmax(q, k, v, mask):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).nan_to_num() / q.shape[-1] ** 0.5 @ v


@attention.misconception(
    seen="Hidden keys still get weight. What does adding True to a number do?",
    why="These are the numbers of a bool mask added to the scores: visible ones grow by 1, hidden "
    "ones stay. Only an *additive* mask, 0 and minus infinity, may be added.",
    reread="A hidden score is not zero",
)
def mask_added(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return (scores if mask is None else scores + mask).softmax(-1) @ v


@attention.misconception(
    seen="It needs a mask, and None came. What should be hidden then?",
    why="`mask` may be None, which hides nothing: use it only if it is there.",
)
def none_not_handled(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(
    seen="It needs a mask, and None came. And what is the softmax of a row of minus infinities?",
    why="`mask` may be None, which hides nothing: use it only if it is there. And where everything "
    "is hidden, a plain softmax divides 0 by 0; give such rows weights of 0.",
    reread="Padding",
)
def none_not_handled_nan(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return scores.masked_fill(~mask, float("-inf")).softmax(-1) @ v


def with_axes_turned(q, k, v, mask):
    return q @ k.T / q.shape[-1] ** 0.5


def with_indexed_mask(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores[~mask] = float("-inf")
    return scores


AXES_TURNED = {
    "seen": "With two axes it works, with a batch in front it fails. Which axes of the keys should "
    "change places?",
    "why": "This works where keys have two axes: `.T`, for one, reverses all axes, the batch with "
    "them. Only the last two change places, whatever comes before: `k.transpose(-2, -1)`.",
    "reread": "Ask, compare, take",
}
MASK_INDEXED = {
    "seen": "With a mask for several sentences or heads at once it fails. Does indexing broadcast?",
    "why": "`scores[~mask] = ...` wants a mask with the very axes of the scores. `masked_fill` and "
    "`where` broadcast, and leave the scores as they were for autograd.",
    "reread": "A hidden score is not zero",
    "code": r"\[[^\[\]]*mask[^\[\]]*\]",
}


@attention.misconception(**AXES_TURNED)
def axes_turned(q, k, v, mask):
    scores = with_axes_turned(q, k, v, mask)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(**AXES_TURNED)
def axes_turned_nan(q, k, v, mask):
    scores = with_axes_turned(q, k, v, mask)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1) @ v


@attention.misconception(
    seen="With three axes it works, with two or four it does not. Which are the last two, counted "
    "from the end?",
    why="These are the numbers of axes 1 and 2 changing places, which are the last two of three. "
    "Counted from the end they are the last two of however many: `k.transpose(-2, -1)`.",
    reread="Ask, compare, take",
)
def axes_by_number(q, k, v, mask):
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(**MASK_INDEXED)
def mask_indexed(q, k, v, mask):
    scores = with_indexed_mask(q, k, v, mask)
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(**MASK_INDEXED)
def mask_indexed_nan(q, k, v, mask):
    return with_indexed_mask(q, k, v, mask).softmax(-1) @ v


@attention.misconception(
    seen="NaN where everything is hidden, and where scores are large. What is 0 divided by 0, and "
    "what is exp(1000)?",
    why="These are the numbers of a softmax written out, exp and a sum. Large scores overflow: take "
    "the largest of the row away first, as `softmax` does. And a row of zeros sums to 0.",
    reread="Padding",
)
def softmax_written_out(q, k, v, mask):
    grown = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).exp()
    if mask is not None:
        grown = grown * mask
    return grown / grown.sum(-1, keepdim=True) @ v


@attention.misconception(
    seen="NaN where scores are large. What is exp(1000), and infinity divided by infinity?",
    why="These are the numbers of a softmax written out, exp and a sum: large scores overflow. Take "
    "the largest of the row away first, as `softmax` does.",
    reread="Padding",
)
def largest_not_taken_away(q, k, v, mask):
    grown = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).exp()
    if mask is not None:
        grown = grown.masked_fill(~mask, 0.0)
    return grown / grown.sum(-1, keepdim=True).clamp_min(1e-30) @ v


@attention.misconception(
    seen="What comes back are shares, one for each key. What are they shares of?",
    why="These are the weights themselves. The last step mixes the values with them: `weights @ v`.",
    reread="Ask, compare, take",
)
def weights_returned(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).masked_fill(scores.isneginf(), 0.0)


@attention.misconception(
    seen="Weights sum to 1 along the wrong axis, and which one changes with the number of axes. "
    "Where are the keys, counted from the end?",
    why="These are the numbers of a softmax over axis 0: queries for two axes, the batch for more. "
    "Keys are the last axis of the scores, whatever comes before: `dim=-1`.",
    reread="Ask, compare, take",
)
def softmax_first_axis(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(0).masked_fill(scores.isneginf(), 0.0) @ v


@attention.misconception(
    seen="The same as scores of 0 where hidden.",
    why="A score times False is 0, and exp(0) is 1.",
    alias="mask_zero",
)
def mask_multiplied(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return (scores if mask is None else scores * mask).softmax(-1) @ v


@attention.misconception(
    seen="Without a mask, who said that the future is hidden?",
    why="These are the numbers of attention that hides the future when no mask is given. None hides "
    "nothing: an encoder, or a query from another sequence, may look everywhere.",
    reread="What a word must not see",
)
def causal_by_default(q, k, v, mask):
    if mask is None:
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    scores = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).masked_fill(~mask, float("-inf"))
    return scores.softmax(-1).nan_to_num() @ v
