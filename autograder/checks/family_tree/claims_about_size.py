"""Claims, evidence and misconceptions for `claims_about_size`."""

import torch

from autograder.exercise import Exercise


def drawn(g, low, high):
    return int(torch.randint(low, high, (), generator=g))


def models(g, *gains):
    """Scores without examples and with some, of models that gain about so many points."""
    without = [drawn(g, 100, 500) / 10 for _ in gains]
    more = [gain + drawn(g, -9, 10) / 10 for gain in gains]
    return without, [round(zero + gain, 1) for zero, gain in zip(without, more, strict=True)]


def parts(g, blocks):
    vit = ["ViTPatchEmbeddings", "Conv2d"] + ["ViTAttention", "Linear", "LayerNorm"] * blocks
    convnext = ["Conv2d", "ConvNextLayer", "LayerNorm"] * drawn(g, 2, 20)
    return {"ViT": vit, "ConvNeXt": convnext}


def mended(g):
    """Some ConvNeXt with more attentions than a ViT has, told of first."""
    convnext = [*["AddedAttention", "AttentionPool"] * drawn(g, 1, 3), "attention_mask"]
    return {"ConvNeXt": convnext, "ViT": ["ViTAttention", "Conv2d"]}


def draw(g):
    return {
        "two models are compared": (2, 5, 7, *models(g, 2, 6), {
            "ViT": ["Conv2d", "ViTAttention", "ViTAttention"], "ConvNeXt": ["Conv2d", "Conv2d"]}),
        "the one in the middle gains most": (3, 8, 11, *models(g, 3, 14, 7), parts(g, 3)),
        "the second of four models gains most": (
            drawn(g, 4, 33), drawn(g, 16, 129), drawn(g, 100, 5000), *models(g, 5, 12, 2, 8),
            parts(g, drawn(g, 4, 40)),
        ),
        "somebody has put attentions into the ConvNeXt": (2, 3, 5, *models(g, 2, 9, 5), mended(g)),
        "the ViT is told of first and has fewer attentions": (
            2, 3, 5, *models(g, 2, 9, 5), dict(reversed(mended(g).items())),
        ),
    }  # fmt: skip


# ---- evidence: what runs once a letter is committed


def the_cache_doubles():
    # Llama 2 of 7B: keys and values, 32 layers, 32 heads of 128, T tokens, 2 bytes a number
    bytes_of = {T: 2 * 32 * 32 * 128 * T * 2 for T in (2048, 4096)}
    return [
        *(f"{T} tokens: a cache of {size / 2**30:g} GiB" for T, size in bytes_of.items()),
        f"twice the text, {bytes_of[4096] / bytes_of[2048]:g} times the cache",
    ]


def each_token_adds_the_same():
    # Llama 2 of 7B: keys and values, 32 layers, 32 heads of 128, T tokens, 2 bytes a number
    held = [2 * 32 * 32 * 128 * T * 2 for T in (1, 2, 1000, 1001)]
    return [
        f"token 2 adds {(held[1] - held[0]) / 2**20:g} MiB",
        f"token 1001 adds {(held[3] - held[2]) / 2**20:g} MiB",
    ]


def the_large_gain_more():
    trivia_qa = {  # GPT-3, Brown et al. 2020, table H.1: in per cent
        "the smallest GPT-3, 125M": (4.15, 6.96),
        "one in the middle, 13B": (41.8, 57.5),
        "the largest, 175B": (64.3, 71.2),
    }
    return [
        f"{name}: {zero} without examples, {few} with some, {few - zero:+.1f} points"
        for name, (zero, few) in trivia_qa.items()
    ]


def a_convnext_convolves():
    from transformers import ConvNextConfig, ConvNextModel, ViTConfig, ViTModel

    vit = ViTModel(ViTConfig(hidden_size=24, num_hidden_layers=12, num_attention_heads=2,
                             intermediate_size=48))  # fmt: skip
    convnext = ConvNextModel(ConvNextConfig(hidden_sizes=[8, 8, 16, 16]))
    names = {
        name: [type(part).__name__ for part in model.modules()]
        for name, model in (("ViT", vit), ("ConvNeXt", convnext))
    }
    return [
        f"{name}: attentions {sum('Attention' in part for part in found)}, "
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
         "The largest GPT-3 gains more points on TriviaQA than the smallest does. In between the "
         "gain is larger still, so it does not grow with size all the way.",
         the_large_gain_more),
        ("ViT and ConvNeXt are both Transformers for images.",
         "no more attentions in the one than in the other",
         lambda n, *args: n == 0,
         "A ConvNeXt has no attention at all. It is made of convolutions.",
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
    fewer = [name for name in parts["ConvNeXt"] if "Attention" in name]
    return "B", {
        "A": float(cache * (length + length)),
        "B": float(cache),
        "C": (shots[-1] - without[-1]) - (shots[0] - without[0]),
        "D": float(len(more) - len(fewer)),
    }


NAMES = {"ViT": ["ViTAttention", "Linear"], "ConvNeXt": ["Conv2d"]}


@size.claim("two heads of width 3 keep 12 numbers of each token, and 120 of ten")
def _(answer):
    got = dict(answer(2, 3, 5, [1.0, 2.0], [2.0, 4.0], NAMES)[1])
    assert (got["A"], got["B"]) == (120, 12)


@size.claim("gains of 1 and 3 points differ by 2, and one attention is one more than none")
def _(answer):
    got = dict(answer(2, 3, 5, [1.0, 2.0], [2.0, 5.0], NAMES)[1])
    assert abs(got["C"] - 2) < 1e-6
    assert got["D"] == 1


@size.claim("where the small model gains 3 points more, and the ViT has 2 attentions fewer, "
            "the numbers are -3 and -2")  # fmt: skip
def _(answer):
    names = {"ViT": ["Conv2d"], "ConvNeXt": ["Attention", "Conv2d", "Attention"]}
    got = dict(answer(2, 3, 5, [1.0, 2.0], [6.0, 4.0], names)[1])
    assert abs(got["C"] + 3) < 1e-6
    assert got["D"] == -2


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
size.slip(
    "float(each * 2 * length)", "float(each * length)", name="single_text",
    seen="What one token adds is right. How long is the text that claim A speaks of?",
    why="This is the cache of a text of `length` tokens. Claim A is about a text of twice as many.",
)  # fmt: skip
size.slip(
    "each * 2 * length", "4 * each * length", name="as_claimed",
    seen="What one token adds is right. Is this what the cache holds, or what claim A says of it?",
    why="This is four times the cache of `length` tokens, as if claim A were right. A is to be what the "
    "cache really holds: what one token adds, as many times as there are tokens.",
)  # fmt: skip
size.slip(
    '"B": float(each)', '"B": float(each / 2)', name="one_of_two",
    seen="The whole cache is right. What does one more token add beside its key?",
    why="B counts the keys alone here, or the values alone. A token adds both to the cache.",
)  # fmt: skip
size.slip(
    '"B": float(each)', '"B": float(each * length)', name="whole_cache",
    seen="Is B what one token adds, or what all of them hold?",
    why="This is all that the tokens before it have put into the cache. One more token adds a key and "
    "a value for every head, and nothing else.",
)  # fmt: skip
size.slip(
    "gains[-1] - gains[0]", "shots[-1] - shots[0]", name="scores_not_gains",
    seen="Is this a difference between gains, or between scores?",
    why="This is how much better the largest model is once it has examples. What it gained from them "
    "is its score with examples less its score without.",
)  # fmt: skip
size.slip(
    "gains[-1] - gains[0]", "gains[0] - gains[-1]", name="smallest_first",
    seen="The size of C is right. What does its sign say about the largest model?",
    why="The sign of C is turned round. Either the gains are scores without examples less scores with "
    "some, or the largest model's gain is taken from the smallest's. C is above 0 where the largest "
    "gains more.",
)  # fmt: skip
size.slip(
    "gains[-1] - gains[0]", "max(gains) - min(gains)", name="extreme_gains",
    seen="Whose gains are these? Is the first model always the one that gains least?",
    why="These are the largest and the smallest gain, whoever has them. The claim compares the largest "
    "model with the smallest one, and a model in the middle may gain more than both.",
)  # fmt: skip
size.slip(
    'attentions["ViT"] - attentions["ConvNeXt"]',
    "list(attentions.values())[0] - list(attentions.values())[1]", name="first_of_the_dict",
    seen="Right where the ViT is told of first. Does it have to be?",
    why="The first model in the dict is taken for the ViT here. Either may come first, so they have to "
    "be taken by name.",
)  # fmt: skip
size.slip(
    'attentions["ViT"] - attentions["ConvNeXt"]',
    'abs(attentions["ViT"] - attentions["ConvNeXt"])', name="without_sign",
    seen="Right where the ViT has more attentions. What is D to be where it has fewer?",
    why="The sign of D is taken away here. It tells which of the two has more: below 0 it is the "
    "ConvNeXt.",
)  # fmt: skip
size.slip(
    'attentions["ViT"] - attentions["ConvNeXt"]', 'attentions["ViT"]', name="vit_alone",
    seen="With a ConvNeXt that has no attention it is right. And where it has some?",
    why="This counts the attentions of the ViT alone. How many more it has shows only once those of "
    "the ConvNeXt are taken away.",
)  # fmt: skip
