"""What goes wrong in `transformer_decoder_layer`."""

from torch.nn import functional as F

from autograder.checks.encoder_decoders.transformer_decoder_layer import layer

SELF = """    said = attend("self_attn", y, y, tgt_mask)
    y = norm("norm1", y + said)
"""
CROSS = """    heard = attend("multihead_attn", y, mem, mem_mask[:, None, :])
    y = norm("norm2", y + heard)
"""
INNER = """    inner = F.relu(linear("linear1", y))
"""
SAID, NORM_1 = SELF.splitlines(keepends=True)
HEARD, NORM_2 = CROSS.splitlines(keepends=True)
TOO_EARLY = {
    "seen": "What does the network work on: a position that has heard from the source, or one that has "
    "not yet?",
    "why": "The network reads `y` here before all that the attentions gave has been added to it. Its "
    "line has the same names in any place, but `y` is another tensor after each norm.",
}

layer.slip(
    SELF + CROSS, CROSS + SELF, name="cross_before_self",
    seen="Every line is there. What does the decoder look at first: at what it has written, or at the "
    "source?",
    why="The source comes first here. In a decoder layer the positions first look at each other; then "
    "each looks at the source with what it has gathered.",
)  # fmt: skip
layer.slip(
    SELF + CROSS, SAID + HEARD + NORM_1 + NORM_2, name="asked_before_the_first_norm",
    seen="Every line is there. Does a position ask the source before or after it has taken up what the "
    "other positions say?",
    why="The source is asked here with the `y` that came in. A position first takes up what the others "
    "say, in the first norm; with that it asks the source.",
)  # fmt: skip
layer.slip(
    SELF + CROSS, SAID + HEARD + NORM_2 + NORM_1, name="norms_swapped",
    seen="Every line is there. Which `y` does the second attention read, and which norm comes first?",
    why="Both attentions read the `y` that came in, and what the source gave is added first here. In a "
    "decoder layer the first norm comes before the source is asked.",
)  # fmt: skip
layer.slip(
    CROSS + INNER, INNER + CROSS, name="network_reads_too_early", **TOO_EARLY,
)  # fmt: skip
layer.slip(
    SELF + CROSS + INNER, INNER + SELF + CROSS, name="network_reads_first", **TOO_EARLY,
)  # fmt: skip
layer.slip(
    HEARD, "    heard = attend(\"multihead_attn\", mem, y, tgt_mask)\n", name="source_asks",
    seen="Who asks in the second attention: the position that writes, or the source?",
    why="The source asks here, and looks at what is written: `mem` stands where the questions come from. "
    "What comes back is as long as the source. The question comes from `y`, keys and values from "
    "`mem`, and the mask is the one of the source.",
)  # fmt: skip
layer.slip(
    NORM_2, "    y = norm(\"norm2\", heard)\n" + NORM_2, name="heard_takes_its_place",
    seen="How often is the second norm taken? What has become of `y` when it is taken again?",
    why="What was heard from the source takes the place of `y` here, and is then added to itself. Only "
    "one line belongs here: it is added to `y` before the norm.",
)  # fmt: skip
layer.slip(
    CROSS, "    mem = norm(\"norm2\", mem)\n" + CROSS, name="memory_normed",
    seen="Is something done with `mem` before it is looked at?",
    why="The encoder's output is normalised once more here, with the weights of `norm2`. It is looked "
    "at as it comes: its encoder has already normalised it.",
)  # fmt: skip
layer.slip(
    "y = norm(\"norm2\", y + heard)", "y = norm(\"norm2\", heard)", name="second_residual_missing",
    seen="If the source had nothing to say, what would be left of what the decoder has read?",
    why="What was heard from the source takes the place of `y` here. It is *added* to it before the "
    "norm.",
)  # fmt: skip
layer.slip(
    "y = norm(\"norm1\", y + said)", "y = norm(\"norm1\", said)", name="first_residual_missing",
    seen="If the other positions had nothing to say, what would be left of a position?",
    why="What the positions say to each other takes the place of `y` here. It is *added* to it before "
    "the norm.",
)  # fmt: skip
layer.slip(
    "return norm(\"norm3\", y + linear(\"linear2\", inner))",
    "return norm(\"norm3\", linear(\"linear2\", inner))", name="third_residual_missing",
    seen="If the network gave zeros, what would be left of its input?",
    why="The network's output takes the place of its input here. It is *added* to it before the norm.",
)  # fmt: skip
layer.slip(
    "y, y, tgt_mask", "y, y, None", name="no_causal",
    seen="Where everything may be seen it is right. May the first position see the last one?",
    why="These are the numbers of code that never uses `tgt_mask`: each position sees those that are "
    "written after it. Give the mask to the first attention.",
)  # fmt: skip
layer.slip(
    "y, mem, mem_mask[:, None, :]", "y, y, tgt_mask", name="mem_is_tgt",
    seen="Whom does the second attention look at?",
    why="The second attention looks at `y` once more here, and nobody at the source. Its keys and "
    "values come from `mem`.",
)  # fmt: skip
layer.slip(
    "y, mem, mem_mask[:, None, :]", "y, mem, None", name="padding_seen",
    seen="Without padding it is right. Who looks at the padding of the source?",
    why="`mem_mask` is not used here, so that positions take a part of what is no token. Give it to "
    "the second attention, with an axis for the queries.",
)  # fmt: skip
layer.slip(
    "F.relu(linear(\"linear1\", y))", "F.gelu(linear(\"linear1\", y))", name="gelu",
    seen="What bends between the two matrices?",
    why="These are the numbers of a GELU, as in BERT. The decoder of 2017 and the first T5 have a "
    "ReLU.", convention=True,
)  # fmt: skip
layer.slip(
    "inner = F.relu(linear(\"linear1\", y))", "inner = F.relu(linear(\"linear1\", heard))",
    name="network_reads_heard",
    seen="What does the network read: what was heard, or the position that has heard it?",
    why="The network reads only what the second attention gave here. It reads `y`, to which that was "
    "added.",
)  # fmt: skip
layer.slip(
    CROSS, CROSS.replace("mem_mask[:, None, :]", "mem_mask[:, None, :] & torch.ones("
    "y.shape[1], mem.shape[1], dtype=torch.bool).tril()"), name="causal_on_cross",
    seen="How much of the source does the first position see?",
    why="The second attention is causal here: position t sees only the first t of the source. The "
    "source is there from the beginning, and each position sees all of it.",
)  # fmt: skip


@layer.misconception(
    seen="The parts are right. Where are the norms: before each part, or after each sum?",
    why="The norms come before each part here, as in GPT-2 and T5. In the layer of 2017 they come after "
    "the sums.",
    convention=True,
)
def norm_first(y, mem, params, tgt_mask, mem_mask):
    def linear(name, x):
        return F.linear(x, params[f"{name}.weight"], params[f"{name}.bias"])

    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], params[f"{name}.weight"], params[f"{name}.bias"])

    def attend(name, x, others, mask):
        wq, wk, wv = params[f"{name}.in_proj_weight"].chunk(3)
        bq, bk, bv = params[f"{name}.in_proj_bias"].chunk(3)
        q, k, v = F.linear(x, wq, bq), F.linear(others, wk, bk), F.linear(others, wv, bv)
        return linear(f"{name}.out_proj", F.scaled_dot_product_attention(q, k, v, mask))

    own = norm("norm1", y)
    y = y + attend("self_attn", own, own, tgt_mask)
    y = y + attend("multihead_attn", norm("norm2", y), mem, mem_mask[:, None, :])
    return y + linear("linear2", F.relu(linear("linear1", norm("norm3", y))))
