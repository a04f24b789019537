"""Checks and misconceptions for `llama_block`."""

import torch

from autograder.checks import named_weights
from autograder.exercise import Exercise, agree, differ

SHAPES = {
    "input_layernorm.weight": "D", "post_attention_layernorm.weight": "D",
    "self_attn.q_proj.weight": "D D", "self_attn.o_proj.weight": "D D",
    "self_attn.k_proj.weight": "K D", "self_attn.v_proj.weight": "K D",
    "mlp.gate_proj.weight": "F D", "mlp.up_proj.weight": "F D", "mlp.down_proj.weight": "D F",
}  # fmt: skip


def weights(draw, width, keys, inner):
    """keys: how many numbers all heads of keys have together."""
    return named_weights(draw, SHAPES, {"D": width, "K": keys, "F": inner})


def sequences(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def begin(row, *starts):
        return torch.stack([torch.arange(row) + start for start in starts])

    return {
        "one head has its own keys": (draw(1, 3, 4), weights(draw, 4, 4, 5), 1, 1, begin(3, 0)),
        "rows leave different gaps": (
            draw(2, 2, 4), weights(draw, 4, 4, 5), 1, 1, torch.tensor([[0, 1], [0, 5]]),
        ),
        "positions are not in order": (
            draw(1, 4, 4), weights(draw, 4, 4, 5), 1, 1, torch.tensor([[1, 1, 0, 1]]),
        ),
        "the vectors are nearly zero": (
            draw(1, 2, 6) / 1000, weights(draw, 6, 6, 4), 1, 1, begin(2, 0),
        ),
        "two heads share keys": (draw(1, 3, 8), weights(draw, 8, 4, 6), 2, 1, begin(3, 0)),
        "six heads share three": (draw(2, 4, 12), weights(draw, 12, 6, 10), 6, 3, begin(4, 0, 0)),
        "positions begin elsewhere": (
            draw(2, 5, 16), weights(draw, 16, 8, 7), 4, 2, begin(5, 3, 200),
        ),
        "each head has its own": (draw(2, 3, 12), weights(draw, 12, 12, 9), 3, 3, begin(3, 9, 40)),
    }  # fmt: skip


block = Exercise(
    "positions.llama_block", fast_track=True,
    title="A block of Llama", needs=("apply_rope", "rms_norm", "swiglu_ffn", "gpt2_block"),
    points=3, difficulty=3, minutes=30, examples=sequences,
    forbid=("LlamaDecoderLayer", "LlamaAttention", "LlamaModel"),
)  # fmt: skip
block.leave_out("one D", "the weights say how wide a vector is")


@block.oracle("transformers.LlamaDecoderLayer")
def _(x, state_dict, H, K, pos):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRotaryEmbedding

    width, inner = x.shape[-1], len(state_dict["mlp.gate_proj.weight"])
    config = LlamaConfig(
        hidden_size=width, intermediate_size=inner, num_attention_heads=H, num_key_value_heads=K,
        rms_norm_eps=1e-6,
    )  # fmt: skip
    config._attn_implementation = "eager"
    theirs = LlamaDecoderLayer(config, 0).to(x.dtype).eval()
    places = tuple(each.to(x.dtype) for each in LlamaRotaryEmbedding(config)(x, pos))
    hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
    mask = torch.zeros(hidden.shape, dtype=x.dtype).masked_fill(hidden, float("-inf"))[None, None]
    out = torch.func.functional_call(
        theirs, state_dict, (x,), {"attention_mask": mask, "position_embeddings": places}
    )
    return out[0] if isinstance(out, tuple) else out


def drawn():
    return weights(torch.randn, 8, 4, 6)


@block.claim("where both parts give zeros, what came in goes through unchanged")
def _(answer):
    x, given, pos = torch.randn(1, 3, 8), drawn(), torch.arange(3)[None]
    differ(answer(x, given, 4, 2, pos), x)
    for name in ("self_attn.o_proj.weight", "mlp.down_proj.weight"):
        given[name] = torch.zeros_like(given[name])
    agree(answer(x, given, 4, 2, pos), x)


@block.claim("all positions moved alike change nothing, and a gap between two tokens does")
def _(answer):
    x, given, pos = torch.randn(4, 4, 8), drawn(), torch.arange(4).expand(4, 4)
    plain = answer(x, given, 2, 1, pos)
    agree(answer(x, given, 2, 1, pos + 30), plain)
    gap = pos.clone()
    gap[:, 2:] += 4
    differ(answer(x, given, 2, 1, gap)[:, 3], plain[:, 3])


@block.claim("a token sees itself and those before it, and nothing of what comes after")
def _(answer):
    x, given, pos = torch.randn(1, 4, 8), drawn(), torch.arange(4)[None]
    before = answer(x, given, 4, 2, pos)
    x[0, 2] += torch.randn(8)
    after = answer(x, given, 4, 2, pos)
    agree(after[:, :2], before[:, :2])
    differ(after[:, 3], before[:, 3])


block.slip(
    "each.repeat_interleave(H // K, dim=1)", "each.repeat(1, H // K, 1, 1)", name="tile_kv",
    seen="With one head of keys it is right. Which query heads share the first one?",
    why="The heads of keys take turns here: query heads 0 and 2 would share one. Neighbours share: "
    "`repeat_interleave`.",
)  # fmt: skip
block.slip(
    'turn(heads(read, "k_proj", K))', 'heads(read, "k_proj", K)',
    name="keys_not_turned",
    seen="All positions moved by 30: does it stay? What is turned, queries or keys?",
    why="Only the queries are turned here, so that a score depends on where the query is. Both are "
    "turned, and only the distance is left.",
)  # fmt: skip
block.slip(
    'turn(heads(read, "q_proj", H)), turn(heads(read, "k_proj", K))',
    'heads(read, "q_proj", H), heads(read, "k_proj", K)', name="no_rope",
    seen="Does the block know where a token is?",
    why="Queries and keys are not turned at all. Nothing then says how far apart two tokens are.",
)  # fmt: skip
block.slip(
    'read = rms_norm(x, state_dict["post_attention_layernorm.weight"])',
    'read = x = rms_norm(x, state_dict["post_attention_layernorm.weight"])',
    name="post_attention_norm_before_residual",
    seen="What is the network's output added to?",
    why="It is added to the *normalised* vectors here. The name `post_attention_layernorm` misleads: "
    "it is the norm before the network, and what it reads stays on the road as it is.",
)  # fmt: skip
block.slip(
    "q, k, v, is_causal=True", "q, k, v", name="sees_the_future",
    seen="What may the first token know of the last?",
    why="Every token sees every other one here. In a decoder nobody looks ahead: `is_causal=True`.",
)  # fmt: skip
block.slip(
    'state_dict["self_attn.o_proj.weight"].T', 'state_dict["self_attn.o_proj.weight"]',
    name="output_untransposed",
    seen="All shapes fit. Which way round is a square matrix of Llama stored?",
    why="`o_proj` multiplies without its transpose here. Llama's matrices are stored as (out, in), "
    "other than GPT-2's: x @ weight.T.",
)  # fmt: skip


block.slip(
    "pos[:, None, :, None]", "torch.arange(T)[None, None, :, None]", name="counted_anew",
    seen="Where each position follows the one before it is right. What is `pos` for?",
    why="Positions are counted from 0 here, whatever `pos` says. While they follow each other only "
    "distances count, and these are right. Where they leave a gap they are not.",
)  # fmt: skip
block.slip(
    "pos[:, None, :, None]", "pos[:1, None, :, None]", name="first_row",
    seen="With one row it is right. Whose positions does the second row have?",
    why="The positions of the first row serve all rows here. Each row has its own in `pos`.",
)  # fmt: skip
block.slip(
    'turn(heads(read, "q_proj", H))',
    'turn((read @ state_dict["self_attn.q_proj.weight"]).view(B, T, H, D // H).transpose(1, 2))',
    name="queries_untransposed",
    seen="A square matrix fits both ways. Which way round are the keys' weights used?",
    why="`q_proj` multiplies without its transpose here. As all of Llama's it is stored as (out, in).",
)  # fmt: skip
block.slip(
    'heads(read, "v_proj", K)', 'turn(heads(read, "v_proj", K))', name="values_turned",
    seen="What are positions for: to decide who is looked at, or what is taken?",
    why="The values are turned, too. Then what a token takes depends on where it stands, and not on "
    "distances alone. Only queries and keys meet in a dot product, and only they are turned.",
)  # fmt: skip
block.slip(
    "x = x + mixed", "x = read + mixed", name="attention_on_the_normed",
    seen="If attention gives zeros, what should be left?",
    why="The result of attention is added to the *normalised* vectors here. The norm is only for what "
    "attention reads; x itself stays on the road as it is.",
)  # fmt: skip
block.slip(
    "gate, up, down = (", "up, gate, down = (", name="gate_and_up",
    seen="The network has all three matrices. Which of them does the bend belong to?",
    why="The silu is on `up_proj` here. It is on the gate: silu(gate) times up.",
)  # fmt: skip
block.slip(
    "a, b = x.split(half, dim=-1)\n"
    "        return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)",
    "a, b = x[..., 0::2], x[..., 1::2]\n"
    "        return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)",
    name="neighbours",
    seen="Queries and keys are turned. Which two numbers make a point?",
    why="Neighbours are turned as pairs here, as in the paper and in Meta's own code. Weights under "
    "the names of `transformers` are made for pairs of a number in the first half and one in the "
    "second.",
    convention=True,
)  # fmt: skip
ATTENTION = 'mixed.transpose(1, 2).reshape(B, T, D) @ state_dict["self_attn.o_proj.weight"].T'
NORM = 'read = rms_norm(x, state_dict["post_attention_layernorm.weight"])'
block.slip(
    f"x = x + {ATTENTION}\n    {NORM}",
    f"after = {ATTENTION}\n"
    '    x = read = x + rms_norm(after, state_dict["post_attention_layernorm.weight"])',
    name="norm_after_attention",
    seen="In Llama, is a norm for what a part reads or for what it writes?",
    why="The norm is taken of attention's output here, as the name `post_attention_layernorm` seems "
    "to say. It is the norm before the network: attention's output is added first, then the network "
    "reads the norm of the sum.",
)  # fmt: skip
block.slip(
    f"x = x + {ATTENTION}\n    {NORM}",
    f"x, begin = x + {ATTENTION}, x\n    {NORM.replace('(x,', '(begin,')}",
    name="side_by_side",
    seen="Both parts are added. What does the network read, x before attention or after it?",
    why="Attention and network both read what came into the block, as in GPT-J and PaLM. In Llama the "
    "network reads what attention has left.",
    convention=True,
)  # fmt: skip
block.slip(
    "q, k, v, is_causal=True", "q, k, v, is_causal=True, scale=D**-0.5", name="scaled_by_D",
    seen="With one head it is right. How many numbers has a query?",
    why="Scores are divided by the root of D here. A query has Dh = D / H numbers, so it is the root "
    "of Dh.",
)  # fmt: skip
block.slip(
    "flat.view(B, T, count, D // H).transpose(1, 2)", "flat.view(B, count, T, D // H)",
    name="heads_cut_across",
    seen="With one head it is right. Which numbers of `flat` belong to the first token?",
    why="The shape is right here, and the numbers of one token are dealt to several. Split the last "
    "axis first, then exchange the two axes.",
)  # fmt: skip
block.slip(
    "mixed.transpose(1, 2).reshape(B, T, D)", "mixed.reshape(B, T, D)", name="heads_not_back",
    seen="With one head it is right. What is the order of the axes before the heads are joined?",
    why="Heads are joined here while they come before the tokens, so that the numbers of several "
    "tokens are mixed. Exchange the two axes first.",
)  # fmt: skip
SIZES = "B, T, D = x.shape"
OTHER_NORM = SIZES + "\n    rms_norm = lambda x, w: "
for name, norm in (("layernorm", "w"), ("layernorm_with_its_eps", "w, eps=1e-6")):
    block.slip(
        SIZES, f"{OTHER_NORM}F.layer_norm(x, (D,), {norm})", name=name,
        seen="Which norm does Llama have?",
        why="These are the numbers of a layer norm without bias, which takes the mean away. Llama has "
        "RMSNorm.",
    )  # fmt: skip
block.slip(
    SIZES, f"{OTHER_NORM}F.rms_norm(x, (D,), w, 1e-5)", name="eps_of_llama_2",
    seen="Nearly everything is right. Which eps have the two norms?",
    why="The norms have eps = 1e-5 here, as in Llama 2 and 3. This block's is 1e-6.",
    convention=True,
)  # fmt: skip
block.slip(
    SIZES, f"{OTHER_NORM}F.rms_norm(x, (D,), 1 + w, 1e-6)", name="weight_plus_one",
    seen="If a norm's weight is 1, by what does it multiply?",
    why="The norms multiply by 1 + weight here, as in Gemma. In Llama it is the weight itself.",
    convention=True,
)  # fmt: skip
block.slip(
    "10_000 **", "500_000 **", name="theta_of_llama_3",
    seen="The first pair turns as it should. How slow is the last?",
    why="Theta is 500,000 here, as in Llama 3. This block's is 10,000.",
    convention=True,
)  # fmt: skip


@block.alternative
def head_by_head(x, state_dict, H, K, pos):
    s, (T, D) = state_dict, x.shape[1:]
    width = D // H

    def norm(x, w):
        return w * x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt()

    def turn(x):
        angles = pos[..., None] * 10_000.0 ** (-torch.arange(width // 2) / (width // 2))
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

    read = norm(x, s["input_layernorm.weight"])
    q, k, v = (read @ s[f"self_attn.{n}_proj.weight"].T for n in "qkv")
    ahead = torch.ones(T, T, dtype=torch.bool).triu(1)
    mixed = []
    for head in range(H):
        mine, shared = (slice(n * width, (n + 1) * width) for n in (head, head * K // H))
        scores = turn(q[..., mine]) @ turn(k[..., shared]).transpose(1, 2) / width**0.5
        mixed.append(scores.masked_fill(ahead, float("-inf")).softmax(-1) @ v[..., shared])
    x = x + torch.cat(mixed, -1) @ s["self_attn.o_proj.weight"].T
    read = norm(x, s["post_attention_layernorm.weight"])
    gate = read @ s["mlp.gate_proj.weight"].T
    inner = gate * gate.sigmoid() * (read @ s["mlp.up_proj.weight"].T)
    return x + inner @ s["mlp.down_proj.weight"].T
