"""Checks and misconceptions for `count_parameters`."""

import torch

from autograder.exercise import Exercise

NAMES = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_inner")
SMALL = dict(zip(NAMES, (50_257, 1_024, 768, 12, 3_072), strict=True))


def configs(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    def config(*numbers):
        return (dict(zip(NAMES, numbers, strict=True)),)

    return {
        "there is one layer": config(some(6, 99), 5, 4, 1, 6),
        "there are three layers": config(11, some(6, 99), 8, 3, 32),
        "the network is narrower than the model": config(13, 4, 12, 2, some(3, 11)),
        "the sizes are drawn": config(
            some(100, 999), some(20, 99), 6 * some(3, 9), some(4, 9), some(30, 99)
        ),
        "it is town-gpt": config(1_024, 256, 128, 4, 512),
    }


count = Exercise(
    "decoders.count_parameters", kind="predict",
    title="Where the parameters are",
    points=2, difficulty=2, minutes=15, examples=configs,
    question="How many parameters does the smallest GPT-2 have, with 50,257 tokens, 1,024 positions, "
    "a width of 768, 12 layers and 3,072 inside?",
    forbid=("GPT2LMHeadModel", "GPT2Model", "num_parameters", "numel"),
    unit="parameters", counted=lambda reference: reference(SMALL)["total"],
)  # fmt: skip


@count.oracle("transformers.GPT2LMHeadModel on the meta device")
def _(config):
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.device("meta"):
        model = GPT2LMHeadModel(GPT2Config(n_head=1, **config))
    found = dict.fromkeys(("tokens", "positions", "attention", "network", "norms"), 0)
    places = {"wte": "tokens", "wpe": "positions", "attn": "attention", "mlp": "network"}
    for name, parameter in model.named_parameters():
        kind = next((places[part] for part in name.split(".") if part in places), "norms")
        found[kind] += parameter.numel()
    return found | {"total": model.num_parameters()}


def sizes(**changes):
    return dict(zip(NAMES, (97, 31, 20, 3, 50), strict=True)) | changes


@count.claim("a layer more adds to attention, network and norms, and always the same")
def _(answer):
    one, two, three = (answer(sizes(n_layer=layers)) for layers in (1, 2, 3))
    for part in ("attention", "network", "norms", "total"):
        assert three[part] - two[part] == two[part] - one[part] > 0
    for part in ("tokens", "positions"):
        assert three[part] == one[part] > 0


@count.claim("the total is the sum of the parts, and a token more costs one row")
def _(answer):
    counts, more = answer(sizes()), answer(sizes(vocab_size=98))
    assert counts["total"] == sum(counts[part] for part in counts if part != "total") > 0
    assert more["total"] - counts["total"] == 20


count.slip(
    "D * 3 * D + 3 * D + D * D + D", "D * 3 * D + D * D", name="no_bias_in_attention",
    seen="Attention is a little too small, by a multiple of D. What has every matrix beside it?",
    why="The biases of attention are missing: 3D for queries, keys and values, D for the way back.",
)  # fmt: skip
count.slip(
    "D * inner + inner + inner * D + D", "D * inner + inner * D", name="no_bias_in_network",
    seen="The network is a little too small. What has every matrix beside it?",
    why="The biases of the network are missing: one for each number inside, and D on the way out.",
)  # fmt: skip
count.slip(
    "D * inner + inner + inner * D + D", "D * 4 * D + 4 * D + 4 * D * D + D",
    name="always_four_times",
    seen="With `n_inner` four times the width it is right. Is it always?",
    why="The network is taken to be four times as wide as the model, as it is in GPT-2. `n_inner` says "
    "how wide it is.",
)  # fmt: skip
count.slip(
    "(2 * layers + 1) * 2 * D", "2 * layers * 2 * D", name="no_last_norm",
    seen="One norm is missing. Which is in no layer?",
    why="The norm after the last layer is missing.",
)  # fmt: skip
count.slip(
    "(2 * layers + 1) * 2 * D", "(2 * layers + 1) * D", name="norms_without_beta",
    seen="The norms are half as many. What does a norm learn?",
    why="Each norm has a gamma and a beta for each of its D numbers.",
)  # fmt: skip
count.slip(
    "D * 3 * D + 3 * D + D * D + D", "D * 3 * D + 3 * D", name="no_way_back",
    seen="Attention is a quarter too small. What comes after the heads are put together?",
    why="The projection back, D by D with its bias, is missing.",
)  # fmt: skip
count.slip(
    '"tokens": config["vocab_size"] * D', '"tokens": 2 * config["vocab_size"] * D',
    name="table_twice",
    seen="Does the output layer have a table of its own?",
    why="The table is counted twice. GPT-2 uses one table for both ends: the weights are tied.",
)  # fmt: skip
count.slip(
    '"positions": config["n_positions"] * D', '"positions": 0', name="no_positions",
    seen="How does GPT-2 know where a token is?",
    why="Positions have a table of their own, one row each, which is learned like the tokens'.",
)  # fmt: skip


count.slip(
    "sum(counts.values())", 'sum(counts.values()) + counts["tokens"]', name="output_again",
    seen="All parts are right, and their sum is smaller than your total. What was added?",
    why="The total holds the table of tokens a second time, as the output layer. GPT-2 uses one table "
    "for both ends: the weights are tied.",
)  # fmt: skip


@count.misconception(
    seen="The parts are of one layer. How many are there?",
    why="Attention, network and norms are counted for a single layer.",
)
def one_layer_only(config):
    D, inner = config["n_embd"], config["n_inner"]
    counts = {
        "tokens": config["vocab_size"] * D,
        "positions": config["n_positions"] * D,
        "attention": 4 * D * D + 4 * D,
        "network": 2 * D * inner + inner + D,
        "norms": 6 * D,
    }
    return counts | {"total": sum(counts.values())}


@count.alternative
def from_shapes(config):
    V, P, D, L, F = (config[name] for name in NAMES)
    shapes = {
        "tokens": [(V, D)],
        "positions": [(P, D)],
        "attention": [(D, 3 * D), (3 * D,), (D, D), (D,)] * L,
        "network": [(D, F), (F,), (F, D), (D,)] * L,
        "norms": [(D,), (D,)] * (2 * L + 1),
    }
    counts = {}
    for part, each in shapes.items():
        counts[part] = sum(torch.Size(shape).numel() for shape in each)
    counts["total"] = sum(counts.values())
    return counts
