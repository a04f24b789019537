"""Checks and misconceptions for `gpt2_block`."""

import torch
from torch.nn import functional as F

from autograder.checks.decoders import block_weights, silent
from autograder.exercise import Exercise, agree, differ


def sequences(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "there is one token and one head": (draw(1, 1, 3), block_weights(draw, 3, 5), 1),
        "two tokens meet in one head": (draw(1, 2, 5), block_weights(draw, 5, 7), 1),
        "there are two heads": (draw(1, 3, 6), block_weights(draw, 6, 8), 2),
        "there is a batch of two": (draw(2, 4, 6), block_weights(draw, 6, 10), 3),
        "there are as many heads as tokens": (draw(2, 5, 10), block_weights(draw, 10, 12), 5),
    }


block = Exercise(
    "decoders.gpt2_block", fast_track=True,
    title="A block of GPT-2", needs=("layer_norm", "gelu", "transformer_encoder_layer"),
    points=3, difficulty=3, minutes=30, examples=sequences,
    forbid=("GPT2Block", "GPT2Model", "MultiheadAttention", "multi_head_attention_forward"),
)  # fmt: skip
block.leave_out("one D", "the weights say how wide a vector is")


@block.oracle("transformers.GPT2Block")
def _(x, state_dict, H):
    from transformers import GPT2Config
    from transformers.models.gpt2.modeling_gpt2 import GPT2Block

    width, inner = state_dict["mlp.c_fc.weight"].shape
    config = GPT2Config(n_embd=width, n_inner=inner, n_head=H, n_positions=64, vocab_size=3,
                        resid_pdrop=0.0, attn_pdrop=0.0, embd_pdrop=0.0)  # fmt: skip
    config._attn_implementation = "sdpa"
    theirs = GPT2Block(config, layer_idx=0).to(x.dtype).eval()
    theirs.load_state_dict(state_dict)
    out = theirs(x)
    return out[0] if isinstance(out, tuple) else out


def drawn(width=6, inner=9):
    return block_weights(torch.randn, width, inner)


@block.claim("where both parts give zeros, what came in goes through unchanged")
def _(answer):
    given = drawn()
    one, other = torch.randn(2, 2, 3, 6)
    agree(answer(one, silent(given), 2), one)
    differ(answer(one, given, 2), one)
    differ(answer(one, given, 2), answer(other, given, 2))


@block.claim("a token sees itself and those before it, and nothing of what comes after")
def _(answer):
    x, given = torch.randn(1, 8, 6), drawn()
    before = answer(x, given, 2)
    x[0, 3] += torch.randn(6)
    after = answer(x, given, 2)
    agree(after[:, :3], before[:, :3])
    differ(after[:, 3], before[:, 3])
    differ(after[:, 4:], before[:, 4:])  # one alone may happen to look elsewhere


@block.claim("each row of a batch comes out as it would alone")
def _(answer):
    x, given = torch.randn(3, 4, 6), drawn()
    together = answer(x, given, 3)
    for row in range(3):
        agree(answer(x[row : row + 1], given, 3)[0], together[row])
    differ(together[0], together[1])
    differ(together[0], x[0])


block.slip(
    'part(norm(x, "ln_1"), "attn.c_attn")', 'part(x, "attn.c_attn")', name="no_first_norm",
    seen="What does attention read: x, or x after a norm?",
    why="Attention reads x as it is here. GPT-2 norms before each part: `ln_1` before attention, "
    "`ln_2` before the network.",
)  # fmt: skip
block.slip(
    'part(norm(x, "ln_2"), "mlp.c_fc")', 'part(norm(x, "ln_1"), "mlp.c_fc")', name="ln1_twice",
    seen="How many norms does a block have?",
    why="The first norm is used twice here. The network has its own: `ln_2`.",
)  # fmt: skip
block.slip(
    "x = x + part(mixed", "x = part(mixed", name="no_first_residual",
    seen="If attention gave zeros, what would be left of the input?",
    why="The output of attention takes the place of its input here. It is added to it.",
)  # fmt: skip
block.slip(
    'return x + part(inner, "mlp.c_proj")', 'return part(inner, "mlp.c_proj")',
    name="no_second_residual",
    seen="If the network gave zeros, what would be left of its input?",
    why="The output of the network takes the place of its input here. It is added to it.",
)  # fmt: skip
block.slip(
    "x = x + part(mixed", 'x = norm(x, "ln_1") + part(mixed', name="added_to_normed",
    seen="If attention gave zeros, what would come out: x, or x after a norm?",
    why="Attention's output is added to what came out of `ln_1`. It is added to x itself, which no "
    "norm touches on its way through: keep both.",
)  # fmt: skip
block.slip(
    "return x + part(inner", 'return norm(x, "ln_2") + part(inner', name="added_to_normed_again",
    seen="If the network gave zeros, what would come out: x, or x after a norm?",
    why="The network's output is added to what came out of `ln_2`. It is added to x itself, which no "
    "norm touches on its way through: keep both.",
)  # fmt: skip
block.slip(
    'return x @ state_dict[f"{name}.weight"] +', 'return x @ state_dict[f"{name}.weight"].T +',
    name="all_transposed",
    seen="`F.linear` wants (out, in) and turns its matrix round. Which shape does "
    "`attn.c_attn.weight` have?",
    why="The matrices are turned round here, as `F.linear` and `.T` do. Those of a `Conv1D` are "
    "stored as (in, out): x @ weight + bias.",
    convention=True,
)  # fmt: skip
block.slip(
    "each.view(B, T, H, D // H)", "each.view(B, T, 1, D)", name="one_head",
    seen="With one head it is right. Where does H come in?",
    why="All D numbers look around together here, as one head. Each of H heads has D / H of them and "
    "weights of its own.",
)  # fmt: skip
block.slip(
    "q, k, v, is_causal=True", "q, k, v", name="sees_the_future",
    seen="What may the first token know of the last?",
    why="Every token sees every other one here. A decoder may not look ahead, or it would be asked "
    "for what it has just read: `is_causal=True`.",
)  # fmt: skip
block.slip(
    'approximate="tanh"', 'approximate="none"', name="exact_gelu",
    seen="Nearly right. Which form of GELU does GPT-2 have?",
    why="These are the numbers of the exact GELU. GPT-2 has the tanh form. They differ in the fourth "
    "decimal, which is enough for another story.",
)  # fmt: skip
block.slip(
    'return x @ state_dict[f"{name}.weight"] + state_dict[f"{name}.bias"]',
    'weight = state_dict[f"{name}.weight"]\n'
    "        square = weight.shape[0] == weight.shape[1]\n"
    '        return x @ (weight.T if square else weight) + state_dict[f"{name}.bias"]',
    name="square_transposed", reread="The square matrix",
    seen="All shapes fit. Three of four matrices say by their shape which way round they are. The "
    "fourth is square.",
    why="These are the numbers of code that multiplies by the transpose of `attn.c_proj`. It is "
    "square, so no shape complains. All four are stored as (in, out): x @ weight, without `.T`.",
)  # fmt: skip
block.slip(
    "each.view(B, T, H, D // H).transpose(1, 2)", "each.reshape(B, H, T, D // H)",
    name="reshaped_heads",
    seen="With one head it is right. Which numbers of a token belong to its second head?",
    why="The numbers are cut in the order in which they lie in memory, so that a head gets pieces of "
    "several tokens. First `(B, T, H, Dh)`, where each token keeps its own, then exchange T and H.",
)  # fmt: skip
block.slip(
    "mixed.transpose(1, 2).reshape(B, T, D)", "mixed.reshape(B, T, D)", name="merged_wrong",
    seen="With one head it is right. In which order do the axes lie when heads are put together?",
    why="The heads are put together without exchanging H and T back first. A token then gets numbers "
    "of other tokens.",
)  # fmt: skip


@block.misconception(
    seen="Does the norm come before the parts or after the sums?",
    why="The norms come after the sums here, as in the Transformer of 2017 and in GPT-1. GPT-2 moved "
    "them in front of the parts.",
    convention=True,
)
def post_norm(x, state_dict, H):
    s = state_dict
    B, T, D = x.shape
    qkv = (x @ s["attn.c_attn.weight"] + s["attn.c_attn.bias"]).split(D, -1)
    q, k, v = (each.view(B, T, H, D // H).transpose(1, 2) for each in qkv)
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
    mixed = mixed.reshape(B, T, D) @ s["attn.c_proj.weight"] + s["attn.c_proj.bias"]
    x = F.layer_norm(x + mixed, (D,), s["ln_1.weight"], s["ln_1.bias"])
    inner = F.gelu(x @ s["mlp.c_fc.weight"] + s["mlp.c_fc.bias"], approximate="tanh")
    added = inner @ s["mlp.c_proj.weight"] + s["mlp.c_proj.bias"]
    return F.layer_norm(x + added, (D,), s["ln_2.weight"], s["ln_2.bias"])


@block.misconception(
    seen="With one head it is right. By what are the scores of a head divided?",
    why="These are scores divided by the root of the model's width. A score sums as many terms as a "
    "*head* is wide: √(D / H).",
)
def scale_dmodel(x, state_dict, H):
    s = state_dict
    B, T, D = x.shape
    read = F.layer_norm(x, (D,), s["ln_1.weight"], s["ln_1.bias"])
    qkv = (read @ s["attn.c_attn.weight"] + s["attn.c_attn.bias"]).split(D, -1)
    q, k, v = (each.view(B, T, H, D // H).transpose(1, 2) for each in qkv)
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=D**-0.5)
    mixed = mixed.transpose(1, 2).reshape(B, T, D)
    x = x + mixed @ s["attn.c_proj.weight"] + s["attn.c_proj.bias"]
    read = F.layer_norm(x, (D,), s["ln_2.weight"], s["ln_2.bias"])
    inner = F.gelu(read @ s["mlp.c_fc.weight"] + s["mlp.c_fc.bias"], approximate="tanh")
    return x + inner @ s["mlp.c_proj.weight"] + s["mlp.c_proj.bias"]


@block.misconception(
    seen="Which axis is the one before the last when attention is called, tokens or heads?",
    why="Attention looks along the axis before the last. Here that is H, so the heads of one token "
    "look at each other and no token sees another. Exchange T and H before, and back after.",
)
def heads_of_one_token(x, state_dict, H):
    s = state_dict
    B, T, D = x.shape
    read = F.layer_norm(x, (D,), s["ln_1.weight"], s["ln_1.bias"])
    qkv = (read @ s["attn.c_attn.weight"] + s["attn.c_attn.bias"]).split(D, -1)
    q, k, v = (each.view(B, T, H, D // H) for each in qkv)
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).reshape(B, T, D)
    x = x + mixed @ s["attn.c_proj.weight"] + s["attn.c_proj.bias"]
    read = F.layer_norm(x, (D,), s["ln_2.weight"], s["ln_2.bias"])
    inner = F.gelu(read @ s["mlp.c_fc.weight"] + s["mlp.c_fc.bias"], approximate="tanh")
    return x + inner @ s["mlp.c_proj.weight"] + s["mlp.c_proj.bias"]


@block.alternative
def head_by_head(x, state_dict, H):
    s, (T, D) = state_dict, x.shape[1:]
    width = D // H
    read = F.layer_norm(x, (D,), s["ln_1.weight"], s["ln_1.bias"])
    q, k, v = (read @ s["attn.c_attn.weight"] + s["attn.c_attn.bias"]).chunk(3, -1)
    seen = torch.ones(T, T, dtype=torch.bool).tril()
    heads = []
    for head in range(H):
        mine = slice(head * width, (head + 1) * width)
        scores = q[..., mine] @ k[..., mine].transpose(1, 2) / width**0.5
        weights = scores.masked_fill(~seen, float("-inf")).softmax(-1)
        heads.append(weights @ v[..., mine])
    mixed = torch.cat(heads, -1)
    x = x + torch.einsum("btd,de->bte", mixed, s["attn.c_proj.weight"]) + s["attn.c_proj.bias"]
    read = F.layer_norm(x, (D,), s["ln_2.weight"], s["ln_2.bias"])
    inner = F.gelu(read @ s["mlp.c_fc.weight"] + s["mlp.c_fc.bias"], approximate="tanh")
    return x + inner @ s["mlp.c_proj.weight"] + s["mlp.c_proj.bias"]
