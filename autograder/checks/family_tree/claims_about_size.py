"""Claims, evidence and misconceptions for `claims_about_size`."""

import torch

from autograder.exercise import Exercise


def drawn(g, low, high):
    return int(torch.randint(low, high, (), generator=g))


def models(g, count):
    """Scores without examples and with some: all gain, the larger ones more."""
    without = (10 + 40 * torch.rand(count, generator=g, dtype=torch.float64)).sort().values
    gains = (1 + 9 * torch.rand(count, generator=g, dtype=torch.float64)).cumsum(0)
    return without.tolist(), (without + gains).tolist()


def parts(g, blocks):
    vit = ["ViTPatchEmbeddings", "Conv2d"] + ["ViTAttention", "Linear", "LayerNorm"] * blocks
    convnext = ["Conv2d", "ConvNextLayer", "LayerNorm"] * drawn(g, 2, 20)
    return {"ViT": vit, "ConvNeXT": convnext}


def draw(g):
    return {
        "two models are compared": (2, 5, 7, *models(g, 2), parts(g, 3)),
        "five models are compared": (3, 8, 11, *models(g, 5), parts(g, 6)),
        "all sizes are drawn": (
            drawn(g, 4, 33), drawn(g, 16, 129), drawn(g, 100, 5000), *models(g, 4),
            parts(g, drawn(g, 2, 40)),
        ),
        "somebody has put an attention into the ConvNeXT": (
            2, 3, 5, *models(g, 3), {"ViT": ["ViTAttention"] * drawn(g, 3, 9) + ["Conv2d"],
                                     "ConvNeXT": ["Conv2d", "AddedAttention", "Linear"]},
        ),
    }  # fmt: skip


# ---- evidence: what runs once a letter is committed


def the_cache_doubles():
    bytes_of = {T: 2 * 32 * 32 * 128 * T * 2 for T in (2048, 4096)}  # a Llama 2 of 7B, in 16 bits
    return [
        *(f"{T} tokens: a cache of {size / 2**30:g} GiB" for T, size in bytes_of.items()),
        f"twice the text, {bytes_of[4096] / bytes_of[2048]:g} times the cache",
    ]


def each_token_adds_the_same():
    held = [2 * 32 * 32 * 128 * T * 2 for T in (1, 2, 1000, 1001)]
    return [
        f"token 2 adds {(held[1] - held[0]) / 2**20:g} MiB",
        f"token 1001 adds {(held[3] - held[2]) / 2**20:g} MiB",
    ]


def the_large_gain_more():
    gpt_3 = {"TriviaQA": (64.3, 71.2), "LAMBADA": (76.2, 86.4)}  # of 175B, in per cent
    return [
        f"the largest GPT-3, {task}: {zero} without examples, {few} with some, "
        f"{few - zero:+.1f} points"
        for task, (zero, few) in gpt_3.items()
    ]


def a_convnext_convolves():
    from transformers import ConvNextConfig, ConvNextModel, ViTConfig, ViTModel

    vit = ViTModel(ViTConfig(hidden_size=24, num_hidden_layers=12, num_attention_heads=2,
                             intermediate_size=48))  # fmt: skip
    convnext = ConvNextModel(ConvNextConfig(hidden_sizes=[8, 8, 16, 16]))
    names = {
        name: [type(part).__name__ for part in model.modules()]
        for name, model in (("ViT", vit), ("ConvNeXT", convnext))
    }
    return [
        f"{name}: attentions {sum(part.endswith('Attention') for part in found)}, "
        f"convolutions {found.count('Conv2d')}"
        for name, found in names.items()
    ]


size = Exercise(
    "family_tree.claims_about_size",
    title="What grows, and what is which",
    points=2, difficulty=2, minutes=15, examples=draw, kind="choose",
    question="Four claims about sizes and kinds of models. Which one holds?",
    options=[
        ("The memory of a decoder's cache grows with the square of the text.",
         "four times the numbers for twice the text",
         lambda n, heads, width, length, *rest: n == 4 * 2 * heads * width * length,
         "Each token adds one key and one value for every head, so twice the text is twice the "
         "cache.",
         the_cache_doubles),
        ("Each new token adds as much to a decoder's cache as the one before it did.",
         "a key and a value for every head, however long the text",
         lambda n, heads, width, length, *rest: n == 2 * heads * width,
         "How long a key and a value are does not depend on how many came before.",
         each_token_adds_the_same),
        ("Large models do without examples in the prompt, small ones gain most from them.",
         "fewer points for the largest model than for the smallest",
         lambda n, *args: n < 0,
         "The largest models gain, too: in the GPT-3 paper, scores with examples rise faster with "
         "size than scores without.",
         the_large_gain_more),
        ("ViT and ConvNeXT are both Transformers for images.",
         "no more attentions in the one than in the other",
         lambda n, *args: n == 0,
         "A ConvNeXT has no attention at all. It is made of convolutions.",
         a_convnext_convolves),
    ],
    holds="B",
    needs=("claims_about_seeing",),
)  # fmt: skip
size.excuse("strict=True", "the statement gives each model two scores")


@size.alternative
def counted_out(heads, width, length, without, shots, parts):
    cache = sum(width + width for _ in range(heads))
    more = [name for name in parts["ViT"] if "Attention" in name]
    fewer = [name for name in parts["ConvNeXT"] if "Attention" in name]
    return "B", {
        "A": float(cache * (length + length)),
        "B": float(cache),
        "C": (shots[-1] - without[-1]) - (shots[0] - without[0]),
        "D": float(len(more) - len(fewer)),
    }


NAMES = {"ViT": ["ViTAttention", "Linear"], "ConvNeXT": ["Conv2d"]}


@size.claim("two heads of width 3 keep 12 numbers of each token, and 120 of ten")
def _(answer):
    got = dict(answer(2, 3, 5, [1.0, 2.0], [2.0, 4.0], NAMES)[1])
    assert (got["A"], got["B"]) == (120, 12)


@size.claim("gains of 1 and 3 points differ by 2, and one attention is one more than none")
def _(answer):
    got = dict(answer(2, 3, 5, [1.0, 2.0], [2.0, 5.0], NAMES)[1])
    assert abs(got["C"] - 2) < 1e-6
    assert got["D"] == 1


size.slip(
    "each * 2 * length", "each * (2 * length) ** 2", name="squared",
    seen="What one token adds is right. Do all tokens of a text add that, or does each pair?",
    why="These are the numbers of a cache with an entry for each pair of tokens. Only a table of "
    "scores has that, and it is not kept. The cache has one key and one value for each token.",
)  # fmt: skip
size.slip(
    "2 * heads * width", "heads * width", name="keys_only",
    seen="Half of the cache is there. What is kept of a token beside its keys?",
    why="These are the keys alone. A later query needs the values as well, and both are kept.",
)  # fmt: skip
size.slip(
    "gains[-1] - gains[0]", "max(gains)", name="largest_gain",
    seen="Is this the gain of one model, or a comparison of two?",
    why="This is one gain. Whether small models gain more shows in the difference between the "
    "largest model's and the smallest's.",
)  # fmt: skip
size.slip(
    "after - before for", "after / before for", name="ratios",
    seen="Points were asked for. Which unit does a ratio have?",
    why="These are ratios. A model that climbs from 1 to 2 per cent has doubled and still answers "
    "nearly nothing. Points are differences.",
)  # fmt: skip
size.slip(
    '"Attention" in part', '"Conv" in part', name="counts_convolutions",
    seen="The first three are right. What makes a Transformer one, of the parts in these lists?",
    why="These count convolutions. A ViT has one as well, to cut the picture into patches. What tells "
    "a Transformer is attention.",
)  # fmt: skip
