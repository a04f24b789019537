"""Checks and misconceptions for `scaled_dot_product_attention`."""

import torch

from autograder.exercise import Exercise, agree, differ


def queries_keys_values(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def some(*shape):  # in every row something is visible and something hidden
        seen = torch.rand(*shape, generator=g) > 0.4
        seen[..., 0], seen[..., -1] = True, False
        return seen

    heads = draw(2, 3, 5, 10), draw(2, 3, 7, 10), draw(2, 3, 7, 6)
    row = draw(5, 10), draw(7, 10), draw(7, 6)
    blind = some(5, 7)
    blind[2] = False
    # whole numbers and a root of 4: large scores come out the same in whatever order one sums
    loud = (40 * draw(5, 16)).round(), (40 * draw(7, 16)).round(), row[2]
    scores = loud[0] @ loud[1].T
    outshone = scores < scores.amax(-1, keepdim=True)  # hidden is what had all the weight
    low = [x.bfloat16() for x in (draw(2, 4, 12), draw(2, 6, 12), draw(2, 6, 3))]
    return {
        "one query meets two keys": (draw(1, 3), draw(2, 3), draw(2, 4), None),
        "there is a batch of two": (draw(2, 1, 3), draw(2, 4, 3), draw(2, 4, 2), None),
        "nothing is hidden": (*heads, None),
        "some keys are hidden": (*row, some(5, 7)),
        "each row of the batch has its own mask": (*heads, some(2, 1, 5, 7)),
        "one query may see nothing": (*row, blind),
        "the scores are in the thousands": (*loud, None),
        "the scores are in the thousands and the largest hidden": (*loud, outshone),
        "a batch of two is in bfloat16": (*low, some(4, 6)),
        "the numbers are float64": (*(x.double() for x in row), some(5, 7)),
    }


attention = Exercise(
    "self_attention.scaled_dot_product_attention",
    fast_track=True,
    title="Scaled dot-product attention", needs=("softmax", "combine_masks"),
    points=3, difficulty=2, minutes=25, examples=queries_keys_values,
    forbid=(
        "scaled_dot_product_attention",
        "scaled_dot_product_attention_math",
        "scaled_dot_product_flash_attention_for_cpu",
        "multi_head_attention_forward",
        "native_multi_head_attention",
    ),
)  # fmt: skip


@attention.oracle("torch.nn.functional.scaled_dot_product_attention")
def _(q, k, v, mask):
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, mask)


def quiet(*shape):
    """Queries and keys with which no key has nearly all the weight, scaled or not.

    A claim would else hold or fail by chance, and the same mistake cost one learner more.
    """
    return torch.randn(*shape).clamp(-2, 2) / 3


@attention.claim("where all values are alike they come back unchanged: a query's weights sum to 1")
def _(answer):
    q, k = quiet(2, 4, 10), quiet(2, 6, 10)
    v = torch.randn(3).expand(2, 6, 3)
    agree(answer(q, k, v, None), v[:, :4])


@attention.claim("what is hidden has no influence, what is visible has")
def _(answer):
    q, k, v = quiet(4, 10), quiet(6, 10), torch.randn(6, 3)
    mask = torch.ones(4, 6, dtype=torch.bool)
    mask[1, 2] = False
    other_k, other_v = k.clone(), v.clone()
    other_k[2], other_v[2] = k[2] + q[0], v[2] + 1
    before, after = answer.each((q, k, v, mask), (q, other_k, other_v, mask))
    agree(after[1], before[1])
    differ(after[0], before[0])


@attention.claim("keys may come in any order, as long as their values come along")
def _(answer):
    q, k, v = quiet(4, 10), quiet(6, 10), torch.randn(6, 3)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    straight, both, values = answer.each(
        (q, k, v, None), (q, k[order], v[order], None), (q, k, v[order], None)
    )
    agree(both, straight)
    differ(values, straight)


@attention.claim("with every feature written twice, the scores grow by √2 and not by 2")
def _(answer):
    q, k, v = quiet(4, 10), quiet(6, 10), torch.randn(6, 3)
    twice, grown, once = answer.each(
        (torch.cat([q, q], -1), torch.cat([k, k], -1), v, None),
        (q * 2**0.5, k, v, None),
        (q, k, v, None),
    )
    agree(twice, grown)
    differ(twice, once)


attention.slip(
    " / q.shape[-1] ** 0.5", "", name="no_scale", reread="Why the root",
    seen="The weights are sharper than they should be, the more so the wider the vectors. What "
    "happens to a dot product when it has more terms?",
    why="These are the numbers of unscaled scores. Their spread grows with √Dk; dividing by √Dk "
    "keeps it at 1, whatever the width.",
)  # fmt: skip
attention.slip(
    "** 0.5", "** 1", name="scale_dk", reread="Why the root",
    seen="The weights are flatter than they should be, the more so the wider the vectors. By what "
    "are the scores divided?",
    why="These are the numbers of scores divided by Dk. The spread of a dot product grows with √Dk, "
    "so √Dk is what brings it back to 1.",
)  # fmt: skip
attention.slip(
    "/ q.shape", "* q.shape", name="scale_multiplied", reread="Why the root",
    seen="Nearly all weight goes to one key. Should wide vectors make attention surer?",
    why="These are the numbers of scores *multiplied* by √Dk. Divide: the scale undoes the growth "
    "that width brings.",
)  # fmt: skip
attention.slip(
    "** 0.5", "* 0.5", name="scale_half", reread="Why the root",
    seen="The weights are flatter than they should be. What is the square root of 10, in Python?",
    why="These are the numbers of scores divided by Dk / 2: `* 0.5` halves, `** 0.5` is the root.",
)  # fmt: skip
attention.slip(
    "q.shape[-1]", "v.shape[-1]", name="scale_by_values", reread="Why the root",
    seen="The scale changes with the width of the values. Which vectors are multiplied in a score?",
    why="These are the numbers of scores divided by √Dv. A score is a sum over the Dk features of "
    "query and key; the width of the values plays no part in it.",
)  # fmt: skip
attention.slip(
    "q.shape[-1]", "k.shape[-2]", name="scale_by_length", reread="Why the root",
    seen="The scale changes with the number of keys. Over which axis does a dot product sum?",
    why="These are the numbers of scores divided by √Tk, the number of keys. The sum in a score "
    "runs over features: divide by √Dk.",
)  # fmt: skip
attention.slip(
    'float("-inf")', "0.0", name="mask_zero", reread="A hidden score is not zero",
    seen="Row sums hold, yet hidden keys still get weight. What is exp(0)?",
    why="These are the numbers of code that writes 0 into hidden scores. exp(0) is 1, as much as a "
    "middling score gets; before a softmax, hidden means minus infinity.",
)  # fmt: skip
attention.slip(
    'float("-inf")', "-1e9", name="finite_minus", reread="A hidden score is not zero",
    seen="Hidden keys get nothing, as much code hides them. A query that may see nothing, though, "
    "takes an even mixture. What is the softmax of a row of equal numbers?",
    why="These are the numbers of a large negative number in place of minus infinity, such as -1e9, "
    "which many libraries use. Where everything is hidden, all scores are equal, and the softmax "
    "makes an even mixture of what must not be seen. Here such a query gets zeros.",
    convention=True,
)  # fmt: skip
attention.slip(
    "~mask", "mask", name="mask_inverted", reread="A hidden score is not zero",
    seen="What should be hidden is visible, and the other way round. What does True say here?",
    why="This is the convention of `torch.nn.MultiheadAttention`, where True means *blocked*. Here "
    "True means may attend: hide where the mask is False.",
    convention=True,
)  # fmt: skip
attention.slip(
    "weights.masked_fill(scores.isneginf(), 0.0)", "weights", name="nan_full_row", reread="Padding",
    seen="Right wherever a query sees something. Where it may see nothing, NaN comes back. What is "
    "the softmax of a row of minus infinities?",
    why="These are the numbers of a plain softmax, which is the formula as papers print it: with "
    "everything hidden it divides 0 by 0, which is NaN. Such rows occur (padding on the left); here "
    "they get weights of 0.",
    convention=True,
)  # fmt: skip
attention.slip(
    "dim=-1", "dim=-2", name="softmax_queries", reread="Ask, compare, take",
    seen="For one query the weights do not sum to 1; for one key they do. Which axis should sum to 1?",
    why="These are the numbers of a softmax over the queries (`dim=-2`). Each query shares out its "
    "attention among the keys, and keys are the last axis of the scores.",
)  # fmt: skip
attention.slip(
    "mask is not None", "mask", name="mask_as_truth", reread="A hidden score is not zero",
    seen="It fails wherever there is a mask of several entries. Is such a mask true, or false?",
    why="`if mask:` asks a tensor for one True or False, and it has many. `if mask is not None:` asks "
    "whether there is one.",
    code=r"\b(if|and|or|not|while) mask\b(?! is)|bool\(mask\)",
)  # fmt: skip
attention.slip(
    "mask is not None", "False", name="mask_ignored", reread="A hidden score is not zero",
    seen="With a mask or without, the same numbers come back. Where is it used?",
    why="These are the numbers of attention without its mask.",
)  # fmt: skip
attention.slip(
    "@ v", "@ k", name="keys_mixed", reread="Ask, compare, take",
    seen="What is mixed has the width of the keys. What does a query take from a key, once found?",
    why="These are mixtures of the keys. Keys decide *how much* is taken; what is taken are values.",
)  # fmt: skip


@attention.alternative
def by_einsum(q, k, v, mask):
    scores = torch.einsum("...qd,...kd->...qk", q, k) / q.size(-1) ** 0.5
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = torch.where(mask.any(-1, keepdim=True), weights, 0.0)
    return torch.einsum("...qk,...kd->...qd", weights, v)


@attention.alternative
def by_exponentials(q, k, v, mask):
    scores = (q * q.shape[-1] ** -0.5) @ k.mT
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    top = scores.amax(-1, keepdim=True).clamp_min(torch.finfo(scores.dtype).min)
    grown = (scores - top).exp()
    return grown @ v / grown.sum(-1, keepdim=True).clamp_min(1e-30)


@attention.alternative
def by_loops(q, k, v, mask):
    """One query at a time, over whatever leading axes there are."""
    if mask is not None:
        mask = mask.expand(*q.shape[:-1], k.shape[-2])
    if q.dim() > 2:
        rows = [by_loops(*(None if x is None else x[i] for x in (q, k, v, mask)))
                for i in range(len(q))]  # fmt: skip
        return torch.stack(rows)
    out = []
    for i, query in enumerate(q):
        seen = torch.ones(len(k), dtype=torch.bool) if mask is None else mask[i]
        weights = ((k[seen] @ query) / len(query) ** 0.5).softmax(0)
        out.append(weights @ v[seen])
    return torch.stack(out)
