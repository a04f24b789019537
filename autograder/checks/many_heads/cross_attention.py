"""Checks and misconceptions for `cross_attention`."""

import torch

from autograder.checks.many_heads import merge, shares, split
from autograder.exercise import Exercise, agree, differ


def drawn_weights(draw, D, H):
    maps = {f"W{name}": draw(D, D) / D**0.5 for name in "qkvo"}
    return maps | {f"b{name}": draw(D) / 2 for name in "qkvo"} | {"H": H}


def two_texts(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def real(*rows):
        return torch.tensor(rows).bool()

    return {
        "one position reads a memory of two": (
            draw(1, 1, 4), draw(1, 2, 4), drawn_weights(draw, 4, 1), real([1, 1])
        ),
        "three positions read a memory of five": (
            draw(1, 3, 6), draw(1, 5, 6), drawn_weights(draw, 6, 2), real([1, 1, 1, 1, 1])
        ),
        "five positions read a memory of three": (
            draw(1, 5, 6), draw(1, 3, 6), drawn_weights(draw, 6, 3), real([1, 1, 1])
        ),
        "both texts are equally long": (
            draw(2, 3, 10), draw(2, 3, 10), drawn_weights(draw, 10, 2), real([1, 1, 1], [1, 1, 1])
        ),
        "two of three memories are padded": (
            draw(3, 2, 8), draw(3, 4, 8), drawn_weights(draw, 8, 4),
            real([1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1]),
        ),
        "both texts are equally long and one memory is padded": (
            draw(2, 4, 6), draw(2, 4, 6), drawn_weights(draw, 6, 2), real([1, 1, 1, 0], [1, 1, 1, 1])
        ),
    }  # fmt: skip


cross = Exercise(
    "many_heads.cross_attention",
    title="Reading another text", needs=("multi_head_self_attention",),
    points=2, difficulty=2, minutes=15, examples=two_texts,
    kind="debug", start="causal_on_memory",
    forbid=("MultiheadAttention", "multi_head_attention_forward", "native_multi_head_attention"),
)  # fmt: skip

cross.excuse("expand(-1, -1", "the second axis has one entry")
cross.leave_out("one D", "the width of `weights` has to fit")
cross.leave_out("two", "the width of `weights` has to fit")


@cross.oracle("transformers.BartAttention")
def _(x, mem, weights, mem_mask):
    from transformers import BartConfig
    from transformers.models.bart.modeling_bart import BartAttention

    D, H = x.shape[-1], weights["H"]
    config = BartConfig(d_model=D, decoder_attention_heads=H, attn_implementation="eager")
    layer = BartAttention(D, H, is_decoder=True, config=config, layer_idx=0).to(x.dtype)
    names = {"q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "out_proj"}
    given = {f"{names[n]}.{whole}": weights[part + n]
             for n in names for part, whole in (("W", "weight"), ("b", "bias"))}  # fmt: skip
    added = torch.zeros(mem_mask.shape, dtype=x.dtype).masked_fill(~mem_mask, float("-inf"))
    options = {"key_value_states": mem, "attention_mask": added[:, None, None]}
    return torch.func.functional_call(layer, given, (x,), options)[0]


def some(D=6, H=2):
    return drawn_weights(lambda *shape: torch.randn(*shape), D, H)


def all_real(B, S):
    return torch.ones(B, S, dtype=torch.bool)


@cross.claim("a memory is a set: in another order it gives the same", universal=True)
def _(answer):
    weights, x, mem = some(), torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    real = torch.tensor([[True, True, True, False, True], [False, True, True, True, True]])
    order = torch.tensor([3, 0, 4, 1, 2])
    agree(answer(x, mem[:, order], weights, real[:, order]), answer(x, mem, weights, real))


@cross.claim("where all of the memory is alike, every position takes its value, whatever it asks")
def _(answer):
    weights, mem = some(), torch.randn(1, 1, 6).expand(1, 5, 6).clone()
    value = mem[:, :3] @ weights["Wv"].T + weights["bv"]
    wanted = value @ weights["Wo"].T + weights["bo"]
    agree(answer(torch.randn(1, 3, 6), mem, weights, all_real(1, 5)), wanted)


@cross.claim("positions do not meet here, and each of them may read all of the memory")
def _(answer):
    weights, x, mem = some(), torch.randn(1, 4, 6), torch.randn(1, 5, 6)
    before, changed = answer(x, mem, weights, all_real(1, 5)), x.clone()
    assert before.shape == x.shape
    changed[:, 1] += 1
    after = answer(changed, mem, weights, all_real(1, 5))
    agree(after[:, [0, 2, 3]], before[:, [0, 2, 3]])
    differ(after[:, 1], before[:, 1])
    mem = mem.clone()
    mem[:, 4] += 1
    after = answer(x, mem, weights, all_real(1, 5))
    for t in range(4):
        differ(after[:, t], before[:, t])


cross.slip(
    "mask = mem_mask[:, None, None].expand(-1, -1, x.shape[1], -1)",
    "mask = mem_mask[:, None, None] & causal_mask(x.shape[1], mem.shape[1])",
    name="causal_on_memory",
    seen="Something is hidden that is no padding. Which positions of the memory are the future of "
    "the first position?",
    why="These are the numbers of a causal mask over the memory. In self-attention it hides what "
    "has not been written yet. The memory is another text, which has been read as a whole before "
    "the first word is written: nothing in it is the future, and only its padding is hidden.",
)  # fmt: skip
cross.slip(
    "found = scaled_dot_product_attention(q, k, v, mask)",
    "found = scaled_dot_product_attention(q, k, v)", name="padding_read",
    seen="Right where no memory is padded. Who hides the padding?",
    why="These are the numbers of attention without a mask. Where a memory is padded, its padding "
    "takes a part of the weight. `mem_mask`, with axes for heads and queries, hides it.",
)  # fmt: skip
cross.slip(
    'made(mem, "v")', 'made(x, "v")', name="values_from_x",
    seen="What is to be taken along: something of the memory, or something of `x` itself?",
    why="Here the values are made of `x`. Then a position could only take what its own text has "
    "already. Keys and values are made of the memory: it is asked, and it hands over.",
)  # fmt: skip
cross.slip(
    'made(mem, "k"), made(mem, "v")', 'made(x, "k"), made(x, "v")', name="self_attention",
    seen="Where does the memory come in?",
    why="This is self-attention: queries, keys and values are all made of `x`. Keys and values are "
    "made of `mem` here.",
)  # fmt: skip
cross.slip(
    "mem_mask[:, None, None]", "~mem_mask[:, None, None]", name="mask_inverted",
    seen="What does True say in a mask of this course?",
    why="This is the convention of `key_padding_mask` in `torch.nn`, where True means *padding*. "
    "Here True marks a real position, which may be attended to.",
    convention=True,
)  # fmt: skip
cross.slip(
    'merged @ weights["Wo"].T + weights["bo"]', "merged",
    name="no_output_projection",
    seen="The heads have found the right things. What are Wo and bo for?",
    why="These are the heads' own results, side by side, without the last map: "
    '`@ weights["Wo"].T + weights["bo"]`.',
)  # fmt: skip
cross.slip(
    'weights["Wo"].T', 'weights["Wo"]', name="Wo_untransposed",
    seen="The heads have found the right things. Which way round does the last map go?",
    why="These are the numbers of `@ Wo`. A map is written x @ W.T + b. Since Wo is square, no shape "
    "complains.",
)  # fmt: skip
cross.slip(
    'of @ weights["W" + name].T', 'of @ weights["W" + name]', name="maps_untransposed",
    seen="Queries, keys and values have the right shape. Which way round is x @ W.T + b?",
    why="These are the numbers of `@ W`. A map is written x @ W.T + b, and since the matrices are "
    "square, no shape complains.",
)  # fmt: skip


def made(of, weights, name):
    return split(of @ weights["W" + name].T + weights["b" + name], weights["H"])


def sent(found, weights):
    return merge(found) @ weights["Wo"].T + weights["bo"]


@cross.misconception(
    seen="Who asks: the text that is being written, or the memory? How many rows should come out?",
    why="Here the memory asks, and `x` is read: the result has a row for each position of the "
    "*memory*. The text that is being written needs something from the memory, so the queries are "
    "made of `x`, keys and values of `mem`.",
)
def roles_swapped(x, mem, weights, mem_mask):
    q, k, v = made(mem, weights, "q"), made(x, weights, "k"), made(x, weights, "v")
    return sent(shares(q, k) @ v, weights)


@cross.misconception(
    seen="Which axis of the scores holds the memory?",
    why="Here the padding is laid along the queries, B 1 S 1. It fits only where both texts are "
    "equally long, and is wrong there, too. What must not be looked at is a key: B 1 1 S.",
)
def mask_on_queries(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    return sent(shares(q, k, mem_mask[:, None, :, None]).nan_to_num() @ v, weights)


@cross.misconception(
    seen="With several heads or sentences it fails. Which axes do scores have, and which the mask?",
    why="Scores have the axes B H T S, and `mem_mask` has B S. Broadcasting lines axes up from the "
    "right, so B meets the queries. Two axes of size 1 say that heads and queries share it: "
    "`mem_mask[:, None, None, :]`.",
)
def mask_without_new_axes(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    return sent(shares(q, k, mem_mask) @ v, weights)


@cross.misconception(
    seen="Right with a single text. Which axis of the scores does the B of the mask meet?",
    why="Here the mask has the axes B 1 S, and the scores have B H T S. Lined up from the right, the "
    "texts' masks meet the *heads*. Where both are equally many, each head gets the mask of a text; "
    "elsewhere it fails. Heads need an axis of size 1 as well: `mem_mask[:, None, None, :]`.",
)
def mask_without_a_head_axis(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    return sent(shares(q, k, mem_mask[:, None]) @ v, weights)


@cross.misconception(
    seen="Padding hands nothing over. Does it still get a share?",
    why="Here padded positions of the memory are set to zero. A key of zeros still has a score, "
    "and takes its share of the weight: exp(0) is 1. Hide the *scores* with the mask.",
)
def memory_zeroed(x, mem, weights, mem_mask):
    mem = mem * mem_mask[..., None]
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    return sent(shares(q, k) @ v, weights)


@cross.misconception(
    seen="Which weights sum to 1: those of one position over the memory, or those of one place in "
    "the memory over all positions?",
    why="These are the numbers of a softmax over the queries. Each position of `x` shares out its "
    "attention among the memory, the last axis of the scores.",
)
def softmax_over_queries(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~mem_mask[:, None, None], float("-inf"))
    return sent(scores.softmax(-2) @ v, weights)


@cross.misconception(
    seen="Right with a single head. How many products are added up in one score of one head?",
    why="These are the numbers of scores divided by √D, with the width of the *model*. A head's dot "
    "product has Dh = D / H terms: divide by √Dh.",
)
def scaled_by_the_models_width(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    return sent(shares(q, k, mem_mask[:, None, None], x.shape[-1]) @ v, weights)


@cross.misconception(
    seen='Right with a single head. What is `weights["H"]` for?',
    why="These are the numbers of one head of D numbers. Queries, keys and values are split into H "
    "heads, and what they find is merged.",
)
def one_head(x, mem, weights, mem_mask):
    q, k, v = (of @ weights["W" + n].T + weights["b" + n]
               for of, n in ((x, "q"), (mem, "k"), (mem, "v")))  # fmt: skip
    return shares(q, k, mem_mask[:, None]) @ v @ weights["Wo"].T + weights["bo"]


@cross.misconception(
    seen="Does a position find itself in the memory?",
    why="Here `x` is put in front of the memory, and both are read. Some models do that, and call "
    "what they read a prefix. In cross-attention a position reads the memory alone: its own text "
    "was read in the self-attention before.",
    convention=True,
)
def both_texts_read(x, mem, weights, mem_mask):
    everything = torch.cat([x, mem], 1)
    real = torch.cat([torch.ones_like(x[..., 0], dtype=torch.bool), mem_mask], 1)
    q, k, v = (made(of, weights, n) for of, n in ((x, "q"), (everything, "k"), (everything, "v")))
    return sent(shares(q, k, real[:, None, None]) @ v, weights)


@cross.alternative
def head_by_head(x, mem, weights, mem_mask):
    Dh = x.shape[-1] // weights["H"]
    out = weights["bo"].expand(x.shape)
    for h in range(weights["H"]):
        rows = slice(h * Dh, (h + 1) * Dh)
        q, k, v = (of @ weights["W" + n][rows].T + weights["b" + n][rows]
                   for of, n in ((x, "q"), (mem, "k"), (mem, "v")))  # fmt: skip
        out = out + shares(q, k, mem_mask[:, None]) @ v @ weights["Wo"][:, rows].T
    return out


@cross.alternative
def by_library_attention(x, mem, weights, mem_mask):
    q, k, v = made(x, weights, "q"), made(mem, weights, "k"), made(mem, weights, "v")
    mask = mem_mask[:, None, None, :].expand(-1, 1, x.shape[1], -1)
    return sent(torch.nn.functional.scaled_dot_product_attention(q, k, v, mask), weights)
