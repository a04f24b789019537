"""Checks and misconceptions for chapters/3_attention/02_self_attention.md."""

import torch

from autograder.exercise import Exercise
from autograder.judge import agree, differ

# ------------------------------------------------------------------------------ causal_mask


def sizes(g):
    older, queries = torch.randint(2, 6, (2,), generator=g).tolist()
    return {
        "the queries are all of the keys": (4, 4),
        "three queries follow two older keys": (3, 5),
        "one new query follows five older keys": (1, 6),
        "there is one token": (1, 1),
        f"{queries} queries follow {older} older keys": (queries, queries + older),
    }


mask = Exercise(
    "self_attention.causal_mask",
    fast_track=True,
    title="The causal mask",
    points=2, difficulty=1, minutes=10, examples=sizes,
)  # fmt: skip


@mask.oracle("transformers.masking_utils.create_causal_mask")
def _(Tq, Tk):
    return library_mask(torch.ones(1, Tk, dtype=torch.long), Tq)[0, 0]


def library_mask(attention_mask, queries):
    """The mask that transformers gives its eager attention, as True = attend."""
    from transformers import LlamaConfig
    from transformers.cache_utils import DynamicCache
    from transformers.masking_utils import create_causal_mask

    config = LlamaConfig(num_hidden_layers=1, hidden_size=8, num_attention_heads=1)
    config._attn_implementation = "eager"
    batch, keys = attention_mask.shape
    cache = DynamicCache(config=config)
    if older := keys - queries:
        cache.update(torch.zeros(batch, 1, older, 8), torch.zeros(batch, 1, older, 8), 0)
    hidden = torch.zeros(batch, queries, 8)
    added = create_causal_mask(config, hidden, attention_mask, past_key_values=cache)
    return added == 0


@mask.claim("the last query sees every key, and the first of a square mask sees only itself")
def _(answer):
    assert answer(3, 5)[-1].bool().tolist() == [True] * 5
    assert answer(4, 4)[0].bool().tolist() == [True, False, False, False]


@mask.claim("everyone sees themselves, nobody sees the next token")
def _(answer):
    visible = answer(3, 5).bool()
    for query in range(3):
        itself = query + 2
        assert visible[query, itself]
        assert not visible[query, itself + 1 :].any()


@mask.claim("each query sees one key more than the query before it")
def _(answer):
    visible = answer(4, 6).bool()
    assert visible.shape == (4, 6)
    assert visible.sum(dim=-1).diff().tolist() == [1, 1, 1]


mask.slip(
    "tril", "triu", name="transposed",
    seen="The triangle lies on the other side. Who is the row, who is the column?",
    why="These are the numbers of a mask in which a query sees itself and the *future*. A row is "
    "a query: row i keeps the columns up to i, which is the lower triangle, `tril`.",
)  # fmt: skip
mask.slip(
    "diagonal=Tk - Tq", "diagonal=0", name="top_left",
    seen="With more keys than queries, which positions are the queries?",
    why="These are the numbers of a mask aligned at the top left: it takes the queries for the "
    "*first* positions. They are the last ones, so the diagonal moves right by Tk - Tq.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tq - Tk)", name="offset_sign",
    seen="With two older keys, may the first query see more, or fewer?",
    why="These are the numbers of a diagonal moved left by Tk - Tq. Every older key is one more "
    "that all queries may see, so the diagonal moves to the right: Tk - Tq.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tk - Tq - 1)", name="strict",
    seen="May a token look at itself?",
    why="These are the numbers of a mask that hides the diagonal. A token may see itself; without "
    "it the first one would see nothing at all, and its softmax would be 0 divided by 0.",
)  # fmt: skip
mask.slip(
    "Tk - Tq)", "Tk - Tq + 1)", name="one_ahead",
    seen="Each query sees one key more than it should. Which one?",
    why="These are the numbers of a mask that leaves the *next* token visible: the very token a "
    "language model is to predict. The diagonal itself is the last one to keep.",
)  # fmt: skip
mask.slip(
    "torch.ones(Tq, Tk,", "torch.ones(Tk, Tq,", name="swapped_axes",
    seen="How many rows should three queries have?",
    why="These are the numbers of a mask with keys as rows. Rows are queries, columns are keys: "
    "Tq by Tk, like the scores `q @ kᵀ` it is laid over.",
)  # fmt: skip
mask.slip(
    ", dtype=torch.bool", "", name="zero_one_floats",
    seen="What would `~mask`, or adding it to scores, do with numbers like 0.0 and 1.0?",
    why="These are 0.0 and 1.0, not False and True. Added to scores they would raise the visible "
    "ones by 1 and hide nothing. In this course a mask is bool.",
)  # fmt: skip


@mask.misconception(
    seen="The pattern is a consistent one, turned round. What does True say in this course?",
    why="This is the convention of `torch.nn.MultiheadAttention`, where True means *blocked*. Here "
    "True means may attend, as in `scaled_dot_product_attention`: turn it round with `~`.",
    convention=True,
)
def inverted(Tq, Tk):
    return ~torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)


@mask.misconception(
    seen="This works when it is added to scores. What is asked for here is not added.",
    why="This is the additive convention: 0 where a query may look, minus infinity where not. Here "
    "the mask is bool, True = may attend; the attention function turns it into infinities.",
    convention=True,
)
def additive(Tq, Tk):
    visible = torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
    return torch.zeros(Tq, Tk).masked_fill(~visible, float("-inf"))


@mask.misconception(
    seen="Two rows of numbers were compared, and not each query with each key. What shape should "
    "the queries have?",
    why="Queries run down the rows and keys along the columns: give the queries a second axis, "
    "`torch.arange(Tq)[:, None]`, and the comparison becomes a table.",
)
def compared_flat(Tq, Tk):
    return torch.arange(Tk) <= torch.arange(Tq)


@mask.misconception(
    seen="What does True say in this course? And with more keys than queries, which positions are "
    "the queries?",
    why="True means *blocked* here, as in `torch.nn.MultiheadAttention`; in this course it means may "
    "attend. And the triangle starts at the top left; as the queries are the *last* positions, the "
    "diagonal moves right by Tk - Tq.",
)
def inverted_top_left(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool).triu(1)


@mask.misconception(
    seen="This works when it is added to the scores of a square. What is asked for here is not "
    "added. And which positions are the queries?",
    why="This is the additive convention, 0 where a query may look and minus infinity where not. "
    "Here the mask is bool, True = may attend, and its diagonal moves right by Tk - Tq.",
)
def additive_top_left(Tq, Tk):
    return torch.full((Tq, Tk), float("-inf")).triu(1)


@mask.misconception(
    seen="Every entry is True. What does the first word know of the second?",
    why="These are the numbers of a mask that hides nothing. A query may see its own position and "
    "those before it.",
)
def nothing_hidden(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool)


@mask.alternative
def by_comparison(Tq, Tk):
    return torch.arange(Tk)[None, :] <= torch.arange(Tq)[:, None] + (Tk - Tq)


@mask.alternative
def by_loop(Tq, Tk):
    return torch.tensor([[key <= query + Tk - Tq for key in range(Tk)] for query in range(Tq)])


# ---------------------------------------------------------------------------- combine_masks


def padded_batches(g):
    def causal(Tq, Tk=None):
        Tk = Tk or Tq
        return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)

    lengths = torch.randint(1, 7, (4, 1), generator=g)
    return {
        "the first row has one pad on the right": (torch.tensor([[1, 1, 0], [1, 1, 1]]), causal(3)),
        "the first row has two pads on the left": (
            torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1]]),
            causal(4),
        ),
        "nothing is padded": (torch.ones(2, 3, dtype=torch.long), causal(3)),
        "rows differ in length": ((torch.arange(6) < lengths).long(), causal(6)),
        "rows start at different places": ((torch.arange(6) >= 6 - lengths).long(), causal(6)),
        "two queries follow four older keys": (
            (torch.arange(6) >= 6 - lengths).long(),
            causal(2, 6),
        ),
    }


combine = Exercise(
    "self_attention.combine_masks",
    title="Padding and future, in one mask", needs=("causal_mask",),
    points=2, difficulty=2, minutes=10, examples=padded_batches,
)  # fmt: skip


@combine.oracle("transformers.masking_utils.create_causal_mask")
def _(attention_mask, causal):
    visible = library_mask(attention_mask, len(causal))
    return visible.expand(len(attention_mask), -1, -1, -1)


@combine.claim("padding is hidden from every query, real tokens of the past are not")
def _(answer):
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    visible = answer(torch.tensor([[1, 1, 1, 0], [0, 1, 1, 1]]), causal).bool()
    assert not visible[0, :, :, 3].any()
    assert not visible[1, :, :, 0].any()
    assert visible[:, 0, 3, 1:3].all()


@combine.claim("a row without padding gets exactly the causal mask, whatever its neighbours have")
def _(answer):
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    for neighbour in ([1, 0, 0, 0], [0, 0, 0, 1]):
        visible = answer(torch.tensor([[1, 1, 1, 1], neighbour]), causal)
        assert torch.equal(visible[0, 0].bool(), causal)


@combine.claim("after padding on the left, the first real token sees one key: itself")
def _(answer):
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    visible = answer(torch.tensor([[0, 0, 1, 1, 1]]), causal)
    assert visible[0, 0, 2].bool().tolist() == [False, False, True, False, False]


combine.slip(
    "visible & causal", "visible | causal", name="or_not_and",
    seen="A key counts as visible if *either* mask allows it. Is one permission enough?",
    why="These are the numbers of `|`. A key must pass both tests, real and not in the future: `&`.",
)  # fmt: skip
combine.slip(
    "[:, None, None, :]", "[:, None, :, None]", name="masks_queries",
    seen="Whole rows are empty, and padding can still be looked at. Which axis are the keys?",
    why="These are the numbers of padding laid along the queries (B 1 Tk 1). What must not be looked "
    "*at* is a key, so the padding goes along the last axis: B 1 1 Tk.",
)  # fmt: skip
combine.slip(
    "[:, None, None, :]", "[:, None, :]", name="no_head_axis",
    seen="One axis is missing. Where will the heads go?",
    why="The result has the shape (B, Tq, Tk). Scores have the shape (B, heads, Tq, Tk): an axis of "
    "size 1 after the batch lets one mask serve all heads.",
)  # fmt: skip
combine.slip(
    "attention_mask.bool()", "attention_mask", name="ints_kept",
    seen="0 and 1 came back as integers. What is `~1` for an integer?",
    why="For integers `~` flips all bits (`~1` is -2), so the mask "
    "would fail where it is inverted. Turn it into bool first.",
)  # fmt: skip
combine.slip(
    "attention_mask.bool()", "~attention_mask.bool()", name="padding_polarity",
    seen="Padding is visible, words are hidden. What does a 1 in `attention_mask` stand for?",
    why="These are the numbers of a mask read as `key_padding_mask` of `torch.nn` is, True = ignore. "
    "Tokenizers give the opposite: 1 is a real token.",
    convention=True,
)  # fmt: skip
combine.slip(
    "& causal", "& causal.mT", name="causal_transposed",
    seen="Which side of the diagonal should stay?",
    why="These are the numbers of the causal mask transposed: the past hidden, the future visible. "
    "It comes with queries as rows; use it as it is.",
)  # fmt: skip
combine.slip(
    " & causal", ".expand(-1, -1, len(causal), -1)", name="causal_ignored",
    seen="Padding is hidden. What may the first word see?",
    why="These are the numbers of the padding mask alone. The future has to be hidden as well.",
)  # fmt: skip


@combine.misconception(
    seen="Padding is hidden. What may the first word see? And how many queries are there?",
    why="These are the numbers of the padding mask alone, repeated for as many queries as there are "
    "keys. The future has to be hidden as well: `&` with the causal mask, which has a row for each "
    "query.",
)
def causal_ignored_square(attention_mask, causal):
    T = attention_mask.shape[1]
    return attention_mask.bool()[:, None, None, :].expand(-1, 1, T, T).clone()


@combine.misconception(
    seen="One tensor has the axes B Tk, the other Tq Tk. Which axes have to be added to the first?",
    why="Broadcasting lines axes up from the right, so the batch met the queries. With two axes of "
    "size 1, B 1 1 Tk, the padding says the same for all heads and all queries: "
    "`attention_mask[:, None, None, :]`.",
)
def axes_not_added(attention_mask, causal):
    return attention_mask & causal


@combine.misconception(
    seen="The future is hidden. What do the zeros in `attention_mask` hide?",
    why="These are the numbers of the causal mask alone, the same for every row of the batch. Where "
    "`attention_mask` is 0, the key must be hidden too.",
)
def padding_ignored(attention_mask, causal):
    return causal.expand(len(attention_mask), 1, -1, -1).clone()


@combine.misconception(
    seen="The same as the causal mask alone.",
    why="`~` on integers flips all bits: `~1` is -2 and `~0` is -1, both of which count as True.",
    alias="padding_ignored",
)
def bits_flipped(attention_mask, causal):
    return (~attention_mask).bool()[:, None, None, :] & causal


@combine.misconception(
    seen="Padding is hidden as a key. What happens to a row of the softmax in which all is hidden?",
    why="These are the numbers of padding hidden as key *and* as query. An empty row gives NaN in a "
    "plain softmax. What a pad takes is never read, so its row can stay.",
)
def hides_queries_too(attention_mask, causal):
    real = attention_mask.bool()
    return real[:, None, None, :] & real[:, None, :, None] & causal


@combine.misconception(
    seen="The pattern is a consistent one, turned round. What does True say in this course?",
    why="This is a mask in which True means *blocked*, as in `torch.nn.MultiheadAttention`. Here "
    "True means may attend.",
    convention=True,
)
def combined_inverted(attention_mask, causal):
    return ~(attention_mask.bool()[:, None, None, :] & causal)


@combine.misconception(
    seen="This works when it is added to scores. What is asked for here is not added.",
    why="This is the additive convention: 0 where a query may look, minus infinity where not. Here "
    "masks stay bool until the attention function uses them.",
    convention=True,
)
def combined_additive(attention_mask, causal):
    visible = attention_mask.bool()[:, None, None, :] & causal
    return torch.zeros(visible.shape).masked_fill(~visible, float("-inf"))


@combine.alternative
def by_where(attention_mask, causal):
    return torch.where(attention_mask[:, None, None, :] == 1, causal, False)


@combine.alternative
def by_stack(attention_mask, causal):
    rows = [causal & row.to(torch.bool) for row in attention_mask]
    return torch.stack(rows).unsqueeze(1)


# --------------------------------------------------------------- scaled_dot_product_attention


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
    points=3, difficulty=2, minutes=20, examples=queries_keys_values,
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
    before = answer(q, k, v, mask)
    k[2], v[2] = k[2] + q[0], v[2] + 1
    after = answer(q, k, v, mask)
    agree(after[1], before[1])
    differ(after[0], before[0])


@attention.claim("keys may come in any order, as long as their values come along")
def _(answer):
    q, k, v = quiet(4, 10), quiet(6, 10), torch.randn(6, 3)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    straight = answer(q, k, v, None)
    agree(answer(q, k[order], v[order], None), straight)
    differ(answer(q, k, v[order], None), straight)


@attention.claim("with every feature written twice, the scores grow by √2 and not by 2")
def _(answer):
    q, k, v = quiet(4, 10), quiet(6, 10), torch.randn(6, 3)
    twice = answer(torch.cat([q, q], -1), torch.cat([k, k], -1), v, None)
    agree(twice, answer(q * 2**0.5, k, v, None))
    differ(twice, answer(q, k, v, None))


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
    seen="A query that may see nothing takes an even mixture. What is the softmax of a row of equal "
    "numbers?",
    why="These are the numbers of code that hides with -1e9: a row with everything hidden becomes an "
    "even mixture of all it must not see. With minus infinity hidden stays hidden.",
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
    seen="Where a query may see nothing, NaN comes back. What is the softmax of a row of minus "
    "infinities?",
    why="These are the numbers of a plain softmax: with everything hidden it divides 0 by 0, which "
    "is NaN. Such rows occur (padding on the left); give them weights of 0.",
)  # fmt: skip
attention.slip(
    "dim=-1", "dim=-2", name="softmax_queries", reread="Ask, compare, take",
    seen="For one query the weights do not sum to 1; for one key they do. Which axis should sum to 1?",
    why="These are the numbers of a softmax over the queries (`dim=-2`). Each query shares out its "
    "attention among the keys, and keys are the last axis of the scores.",
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
    "seen": "With a batch in front it fails. Which axes of the keys does `.T` turn round?",
    "why": "`.T` reverses all axes, the batch with them. Only the last two change places: "
    "`k.transpose(-2, -1)`.",
    "reread": "Ask, compare, take",
}
MASK_INDEXED = {
    "seen": "With a mask for several sentences or heads at once it fails. Does indexing broadcast?",
    "why": "`scores[~mask] = ...` wants a mask with the very axes of the scores. `masked_fill` and "
    "`where` broadcast, and leave the scores as they were for autograd.",
    "reread": "A hidden score is not zero",
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
    "Keys are the last axis of the scores, whatever stands before: `dim=-1`.",
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
