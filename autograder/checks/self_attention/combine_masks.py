"""Checks and misconceptions for `combine_masks`."""

import torch

from autograder.checks.self_attention import library_mask
from autograder.exercise import Exercise


def padded_batches(g):
    def causal(Tq, Tk=None):
        Tk = Tk or Tq
        return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)

    lengths = torch.randperm(6, generator=g)[:4, None] + 1
    size, wide = (torch.randint(3, 6, (2,), generator=g)).tolist()
    return {
        "the first row has one pad on the right": (torch.tensor([[1, 1, 0], [1, 1, 1]]), causal(3)),
        "the first row has two pads on the left": (
            torch.tensor([[0, 0] + [1] * wide, [1] * (2 + wide)]),
            causal(2 + wide),
        ),
        "nothing is padded": (torch.ones(2, size, dtype=torch.long), causal(size)),
        "`causal` shows the latest two keys alone": (
            (torch.arange(6) < lengths).long(),
            causal(6).triu(-1),
        ),
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
    points=2, difficulty=2, minutes=15, examples=padded_batches,
)  # fmt: skip


combine.leave_out("one Tk", "there are at least as many keys as queries")
combine.leave_out("two", "there are at least as many keys as queries")


@combine.oracle("transformers.masking_utils.create_causal_mask")
def _(attention_mask, causal):
    visible = library_mask(attention_mask, len(causal))
    return visible.expand(len(attention_mask), -1, -1, -1) & causal  # a window lies in the triangle


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
    batches = [torch.tensor([[1, 1, 1, 1], other]) for other in ([1, 0, 0, 0], [0, 0, 0, 1])]
    for visible in answer.each(*((batch, causal) for batch in batches)):
        assert torch.equal(visible[0, 0].bool(), causal)


@combine.claim("after padding on the left, the first real token sees one key: itself")
def _(answer):
    sizes = (5, 2), (9, 3)
    calls = [
        (
            torch.tensor([[0] * pads + [1] * (size - pads)]),
            torch.ones(size, size, dtype=torch.bool).tril(),
        )
        for size, pads in sizes
    ]
    for (size, pads), visible in zip(sizes, answer.each(*calls), strict=True):
        assert visible.shape[-2:] == (size, size)
        assert visible[0, 0, pads].bool().tolist() == [key == pads for key in range(size)]


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
    "& causal", "& torch.ones_like(causal).tril(causal.shape[1] - len(causal))",
    name="own_triangle",
    seen="Right where `causal` is a triangle. Who says which keys a query may see?",
    why="These are the numbers of a triangle made here. `causal` is handed in because it may have "
    "another pattern, such as a window over the latest keys: use it as it comes.",
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
    seen="Padding is hidden as a key. Whose row is empty besides?",
    why="These are the numbers of padding hidden as key *and* as query. What a query of padding "
    "takes is never read, so its row can stay as it is.",
)
def hides_last_queries_too(attention_mask, causal):
    real = attention_mask.bool()
    return real[:, None, None, :] & real[:, None, -len(causal) :, None] & causal


@combine.misconception(
    seen="Text is right, and some padding is visible: on the diagonal. May a row be empty?",
    why="These are the numbers of a mask in which every query sees its own key, padding or not, so "
    "that no row is empty. An empty row is right here: the attention function knows what to do "
    "with it, and padding stays hidden as a key.",
)
def own_key_kept(attention_mask, causal):
    offset = causal.shape[1] - len(causal)
    diagonal = torch.ones_like(causal).tril(offset).triu(offset)
    return attention_mask.bool()[:, None, None, :] & causal | diagonal


@combine.misconception(
    seen="Rows with a visible key are right. What do the other rows see?",
    why="These are the numbers of a mask whose empty rows were opened to every key, against NaN. They "
    "then see padding and the future. An empty row is right here: the attention function knows "
    "what to do with it.",
)
def empty_rows_opened(attention_mask, causal):
    visible = attention_mask.bool()[:, None, None, :] & causal
    return visible | ~visible.any(-1, keepdim=True)


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
