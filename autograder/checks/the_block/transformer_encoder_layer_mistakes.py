"""What goes wrong in `transformer_encoder_layer`."""

import torch
from torch.nn import functional as F

from autograder.checks.the_block.transformer_encoder_layer import layer

layer.slip(
    "    if norm_first:\n", "    if not norm_first:\n", name="orders_swapped",
    seen="Both orders are there. Which one belongs to `norm_first`?",
    why="The two orders have changed places. With `norm_first` a part reads the normalised input, and "
    "what is added to stays as it is.",
)  # fmt: skip
layer.slip(
    "    if norm_first:\n", "    if True:\n", name="always_pre",
    seen="With `norm_first=True` it is right. Where is the norm without it?",
    why="The norm comes before each part here, whatever `norm_first` says. Without it, as in 2017, it "
    "comes after the sum.",
)  # fmt: skip
layer.slip(
    "    if norm_first:\n", "    if False:\n", name="always_post",
    seen="With `norm_first=False` it is right. Where is the norm with it?",
    why="The norm comes after each sum here, whatever `norm_first` says. With it, each part reads a "
    "normalised input and nothing is normalised after the sum.",
)  # fmt: skip
layer.slip(
    "x = x + attend(norm(x, \"norm1\"))", "x = attend(norm(x, \"norm1\"))", name="no_first_residual",
    seen="If attention gave zeros, what would be left of the input?",
    why="The output of attention takes the place of its input here. It is *added* to it: that sum is "
    "the residual connection, and it is how gradients reach the first layer.",
)  # fmt: skip
layer.slip(
    "return x + think(norm(x, \"norm2\"))", "return think(norm(x, \"norm2\"))",
    name="no_second_residual",
    seen="If the network gave zeros, what would be left of its input?",
    why="The output of the network takes the place of its input here. It is added to it, like that "
    "of attention.",
)  # fmt: skip
layer.slip(
    "x = x + attend(norm(x, \"norm1\"))",
    "x = norm(x, \"norm1\")\n        x = x + attend(x)", name="residual_of_the_normed",
    seen="What is the output of attention added to, with norm first?",
    why="It is added to the *normalised* input here. With norm first, the input itself stays on the "
    "road, and only what attention reads is normalised.",
)  # fmt: skip
layer.slip(
    "F.gelu(F.linear(x, params[\"linear1.weight\"]", "F.relu(F.linear(x, params[\"linear1.weight\"]",
    name="relu",
    seen="What bends between the two matrices?",
    why="These are the numbers of ReLU, which the Transformer of 2017 had. Asked is a GELU, as in "
    "BERT and GPT-2.", convention=True,
)  # fmt: skip
layer.slip(
    "norm(x, \"norm2\"))\n    x = norm", "norm(x, \"norm1\"))\n    x = norm", name="norm1_twice",
    seen="How many norms does a layer have?",
    why="The first norm is used at both places with norm first. Each part has its own gamma and "
    "beta: `norm1` and `norm2`.",
)  # fmt: skip
layer.slip(
    "q, k, v = projected", "k, q, v = projected", name="keys_first",
    seen="With two tokens the weights are those of keys that look at queries. In which order do the "
    "three parts lie in `in_proj_weight`?",
    why="The first third was taken for keys. The order is queries, keys, values.",
)  # fmt: skip
layer.slip(
    "pad_mask[:, None, :])", "None)", name="no_mask",
    seen="Without padding it is right. Who looks at padding?",
    why="These are the numbers of code that never uses `pad_mask`: tokens take a part of what is no "
    "token. Give the mask to attention, with an axis for the queries.",
)  # fmt: skip
layer.slip(
    "pad_mask[:, None, :])", "~pad_mask[:, None, :] | pad_mask.all(-1)[:, None, None])",
    name="mask_inverted",
    seen="Who is seen, and who is hidden? What does True say in this course?",
    why="This takes True for *padding*, as torch's `src_key_padding_mask` does. In this course True "
    "means may be seen: tokens are True here.", convention=True,
)  # fmt: skip


layer.slip(
    "x = norm(x + attend(x), \"norm1\")\n    return norm(x + think(x), \"norm2\")",
    "x = x + norm(attend(x), \"norm1\")\n    return x + norm(think(x), \"norm2\")",
    name="norm_of_the_part",
    seen="With `norm_first=True` it is right. Without it, what does the norm take: the output of a "
    "part, or the sum?",
    why="Only the output of each part is normalised here, before it is added. Without `norm_first` "
    "the norm takes the whole sum: norm(x + part(x)).",
)  # fmt: skip
layer.slip(
    "x = x + attend(norm(x, \"norm1\"))\n        return x + think(norm(x, \"norm2\"))",
    "return x + attend(norm(x, \"norm1\")) + think(norm(x, \"norm2\"))", name="side_by_side",
    seen="What does the network read with norm first: what came into the layer, or what attention "
    "left on the road?",
    why="Both parts read what came into the layer here. Some models do that, PaLM among them. In "
    "this layer the network comes after attention and reads the sum.", convention=True,
)  # fmt: skip
layer.slip(
    "q, k, v, pad_mask[:, None, :])", "q, k, v, pad_mask[:, None, :], scale=1.0)", name="no_scale",
    seen="Shapes and sums hold, but tokens choose too sharply. What are scores divided by before "
    "their softmax?",
    why="These scores are not divided by the root of D. `F.scaled_dot_product_attention` does it "
    "unless it is told another scale.",
)  # fmt: skip


FIRST = """        x = x + attend(norm(x, "norm1"))
        return x + think(norm(x, "norm2"))
"""
LAST = """    x = norm(x + attend(x), "norm1")
    return norm(x + think(x), "norm2")"""
layer.slip(
    FIRST + LAST, (FIRST + LAST).replace("x + attend", "attend"), name="attention_without_wire",
    seen="If attention gave zeros, what would be left of the input, in either order?",
    why="In both orders the output of attention takes the place of its input here. It is *added* to "
    "it: that sum is the residual connection, and it is how gradients reach the first layer.",
)  # fmt: skip
layer.slip(
    FIRST + LAST, (FIRST + LAST).replace("x + think", "think"), name="network_without_wire",
    seen="If the network gave zeros, what would be left of its input, in either order?",
    why="In both orders the output of the network takes the place of its input here. It is added to "
    "it, like that of attention.",
)  # fmt: skip
layer.slip(
    FIRST + LAST, (FIRST + LAST).replace("x + ", ""), name="no_wires",
    seen="If both parts gave zeros, what would be left of the input?",
    why="The output of each part takes the place of its input here. Both outputs are *added* to what "
    "the part read from: these sums are the residual connections.",
)  # fmt: skip
layer.slip(
    "x = norm(x + attend(x), \"norm1\")", "x = norm(attend(x), \"norm1\")",
    name="no_first_residual_last",
    seen="With `norm_first=True` it is right. Without it, what would be left of the input if "
    "attention gave zeros?",
    why="With the norm last, the output of attention takes the place of its input here. The norm "
    "takes the sum of the two: norm(x + attend(x)).",
)  # fmt: skip
layer.slip(
    "return norm(x + think(x), \"norm2\")", "return norm(think(x), \"norm2\")",
    name="no_second_residual_last",
    seen="With `norm_first=True` it is right. Without it, what would be left of the network's input "
    "if the network gave zeros?",
    why="With the norm last, the output of the network takes the place of its input here. The norm "
    "takes the sum of the two: norm(x + think(x)).",
)  # fmt: skip
layer.slip(
    FIRST, """        x = norm(x, "norm1")
        x = x + attend(x)
        x = norm(x, "norm2")
        return x + think(x)
""", name="residuals_of_the_normed",
    seen="What are the outputs of the two parts added to, with norm first?",
    why="Both are added to a *normalised* vector here. With norm first, the vector itself stays on "
    "the road, and only what a part reads is normalised.",
)  # fmt: skip
layer.slip(
    "pad_mask[:, None, :])", "pad_mask)", name="no_axis_for_queries",
    seen="Which axes does the mask of the closed box have, and which has `pad_mask`?",
    why="`pad_mask` goes into attention as it is here. Its first axis counts texts, and attention "
    "takes it for the queries. Put an axis for the queries in between: `pad_mask[:, None, :]`.",
)  # fmt: skip


@layer.misconception(
    seen="May the first token of an encoder see the last?",
    why="Each token sees only those before it here. That is a decoder. In an encoder every token sees "
    "every other one that is no padding.",
)
def causal(x, params, pad_mask, norm_first):
    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], params[f"{name}.weight"], params[f"{name}.bias"])

    def attend(x):
        projected = F.linear(
            x, params["self_attn.in_proj_weight"], params["self_attn.in_proj_bias"]
        )
        q, k, v = projected.chunk(3, dim=-1)
        seen = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril() & pad_mask[:, None]
        mixed = F.scaled_dot_product_attention(q, k, v, seen)
        return F.linear(
            mixed, params["self_attn.out_proj.weight"], params["self_attn.out_proj.bias"]
        )

    def think(x):
        inner = F.gelu(F.linear(x, params["linear1.weight"], params["linear1.bias"]))
        return F.linear(inner, params["linear2.weight"], params["linear2.bias"])

    if norm_first:
        x = x + attend(norm(x, "norm1"))
        return x + think(norm(x, "norm2"))
    x = norm(x + attend(x), "norm1")
    return norm(x + think(x), "norm2")
