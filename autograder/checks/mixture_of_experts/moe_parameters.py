"""Checks and misconceptions for `moe_parameters`."""

import torch

from autograder.exercise import Exercise

NAMES = (
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "num_local_experts", "num_experts_per_tok",
)  # fmt: skip
MIXTRAL = dict(zip(NAMES, (32_000, 4_096, 14_336, 32, 32, 8, 8, 2), strict=True))


def configs(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    def config(*numbers):
        return (dict(zip(NAMES, numbers, strict=True)),)

    (drawn,) = config(
        some(100, 999), 12 * some(2, 6), some(30, 99), some(3, 9), 12, 4, some(6, 20), 4
    )
    return {
        "there is one layer with two experts": config(some(6, 99), 4, 7, 1, 2, 1, 2, 1),
        "every head has its own keys and values": config(11, 12, 5, 3, 4, 4, 6, 2),
        "heads share keys and values": config(13, 24, some(5, 40), 2, 6, 3, 5, 2),
        "all experts are used": config(17, 10, 6, 4, 5, 1, 3, 3),
        "the sizes come in another order": ({name: drawn[name] for name in reversed(NAMES)},),
    }


count = Exercise(
    "mixture_of_experts.moe_parameters", kind="predict", needs=("count_parameters",),
    title="What is there, and what is used",
    points=2, difficulty=2, minutes=20, examples=configs,
    question="Mixtral 8x7B holds 46.7 billion parameters. How many billion of them does it use for "
    "one token, with two of eight experts in each layer?",
    forbid=("MixtralForCausalLM", "MixtralModel", "num_parameters", "numel"),
    unit="billion parameters", counted=lambda reference: reference(MIXTRAL)[1] / 1e9,
)  # fmt: skip


@count.oracle("transformers.MixtralForCausalLM on the meta device")
def _(config):
    from transformers import MixtralConfig, MixtralForCausalLM

    with torch.device("meta"):
        model = MixtralForCausalLM(MixtralConfig(**config))
    total = active = 0
    for name, parameter in model.named_parameters():
        total += parameter.numel()
        inside = ".experts." in name  # its first axis counts the experts
        active += (
            parameter[: config["num_experts_per_tok"]].numel() if inside else parameter.numel()
        )
    return total, active


def sizes(**changes):
    return dict(zip(NAMES, (97, 24, 50, 3, 6, 2, 5, 2), strict=True)) | changes


@count.claim(
    "an expert more adds to what is there, and only its row of each router to what is used"
)
def _(answer):
    (total, active), (more, used) = answer(sizes()), answer(sizes(num_local_experts=6))
    assert more - total == 3 * (3 * 24 * 50 + 24)
    assert used - active == 3 * 24


@count.claim("a token more in the vocabulary costs two rows, and both are counted as used")
def _(answer):
    (total, active), (more, used) = answer(sizes()), answer(sizes(vocab_size=98))
    assert more - total == used - active == 2 * 24
    assert total > active


@count.claim("with all experts chosen, everything is used, and one chosen less saves its matrices")
def _(answer):
    total, active = answer(sizes(num_experts_per_tok=5))
    assert total == active
    assert active - answer(sizes(num_experts_per_tok=4))[1] == 3 * (3 * 24 * 50)


SEVEN = {
    "seen": "With a single expert it would be right, or nearly so. Which parts of the model are there "
    "only once?",
    "why": "The whole model is multiplied by the number of experts here. Attention, norms, routers and "
    "tables are there once. Only the three matrices of a network are there for each expert.",
}  # fmt: skip


@count.misconception(**SEVEN)
def eight_times_seven(config):
    V, D, F, L, heads, groups, E, k = (config[name] for name in NAMES)
    attention = 2 * D * D + 2 * D * (D // heads * groups)
    one = 2 * V * D + D + L * (attention + 2 * D + 3 * D * F)  # nothing to be chosen, no router
    return E * one, k * one


count.slip(
    "return with_experts(experts), with_experts(",
    "return experts * with_experts(1), with_experts(1) * (", name="seven_with_a_router", **SEVEN,
)  # fmt: skip
count.slip(
    "with_experts(experts), with_experts", "experts * with_experts(1), with_experts",
    name="seven_in_the_total", **SEVEN,
)  # fmt: skip
count.slip(
    "return outside + config", "return experts * D * 0 + D * (2 * D + 2 * narrow) * (count - 1) * config"
    '["num_hidden_layers"] + outside + config', name="attention_per_expert",
    seen="Tables and networks are right. How many attentions does a layer have?",
    why="Attention is counted for every expert here. An expert is a network alone, and all experts of a "
    "layer share its attention.",
)  # fmt: skip
count.slip(
    " + experts * D + 2 * D", " + 2 * D", name="router_missing",
    seen="A little is missing, D for each expert in each layer. Who decides where a token goes?",
    why="The router is missing here: a matrix with D numbers for each expert, in each layer.",
)  # fmt: skip
count.slip(
    "outside = 2 * config", "outside = config", name="tied_tables",
    seen="One table of tokens is missing. Is the table at the output the one at the input?",
    why="The table of tokens is counted once here, as in GPT-2, where both ends share it. A Mixtral has "
    "two.", convention=True,
)  # fmt: skip
count.slip(
    "expert = 3 * D", "expert = 2 * D", name="two_matrices",
    seen="The experts are a third too small. What is between the two matrices of a Llama's network?",
    why="An expert has two matrices here. It is a gated network with three: gate, up and down.",
)  # fmt: skip
count.slip(
    "D * (D + narrow + narrow + D)", "D * (D + D + D + D)", name="wide_keys",
    seen="Where every head has its own keys and values it is right. How many heads have them here?",
    why="Keys and values are as wide as queries here. With fewer heads of keys and values, they are "
    "narrower: heads of keys times the width of a head.",
)  # fmt: skip
count.slip(
    "experts * D + 2 * D", "experts * D", name="no_norms",
    seen="2 D are missing in each layer. What comes before attention and before the experts?",
    why="The norms of the layers are missing here, two in each, with D numbers.",
)  # fmt: skip
count.slip(
    'config["vocab_size"] * D + D', 'config["vocab_size"] * D', name="no_last_norm",
    seen="D numbers are missing, whatever the number of layers. Which norm is in no layer?",
    why="The norm after the last layer is missing here.",
)  # fmt: skip
count.slip(
    'with_experts(config["num_experts_per_tok"])',
    'with_experts(config["num_experts_per_tok"]) - (experts - config["num_experts_per_tok"]) * D'
    ' * config["num_hidden_layers"]', name="part_of_the_router",
    seen="The total is right. Which rows of the router does a token meet?",
    why="Only the chosen experts' rows of the router are counted as used here. To choose, a token is "
    "compared with all of them.",
)  # fmt: skip
count.slip(
    'with_experts(config["num_experts_per_tok"])',
    'with_experts(config["num_experts_per_tok"]) - experts * D * config["num_hidden_layers"]',
    name="router_not_used",
    seen="The total is right. Who finds out which experts a token goes to?",
    why="The routers are left out of what is used here. To choose, a token is compared with every row "
    "of the router, so all of it is used.",
)  # fmt: skip
count.slip(
    "(shared + count * expert)", "(shared - experts * D + count * expert) + experts * D",
    name="one_router",
    seen="With one layer it is right. How many routers are there?",
    why="The router is counted once for the whole model here. Each layer has a router of its own.",
)  # fmt: skip
count.slip(
    'return with_experts(experts), with_experts(config["num_experts_per_tok"])',
    'return with_experts(config["num_experts_per_tok"]), with_experts(experts)', name="turned_round",
    seen="Both numbers are there. Which of them comes first?",
    why="What a token uses comes first here. The result is (total, active).",
)  # fmt: skip
count.slip(
    'with_experts(config["num_experts_per_tok"])',
    'with_experts(config["num_experts_per_tok"]) - outside + D', name="tables_not_used",
    seen="The total is right. Is a token that comes in or goes out looked up nowhere?",
    why="The two tables are left out of what is used here. They are counted as used, here and in the "
    "published number.",
)  # fmt: skip
count.slip(
    'with_experts(config["num_experts_per_tok"])',
    'with_experts(config["num_experts_per_tok"]) - config["vocab_size"] * D',
    name="looking_up_is_no_work",
    seen="The total is right. What of the table at the input?",
    why="The table at the input is left out of what is used here. Looking up a row is hardly any work, "
    "so some leave it out. Here both tables are counted as used, as in the published number.",
    convention=True,
)  # fmt: skip
count.slip(
    'with_experts(config["num_experts_per_tok"])',
    'with_experts(experts) * config["num_experts_per_tok"] // experts', name="share_of_everything",
    seen="The total is right. Are attention and tables used in part, too?",
    why="The total is multiplied by k / E here. Only of the experts a part is used. Everything else is "
    "used in full.",
)  # fmt: skip


@count.alternative
def from_shapes(config):
    V, D, F, L, H, K, E, k = (config[name] for name in NAMES)
    width = D // H
    layer = [(D,), (D,), (E, D), (H * width, D), (K * width, D), (K * width, D), (D, H * width)]
    expert = [(F, D), (F, D), (D, F)]
    ends = [(V, D), (V, D), (D,)]

    def held(shapes):
        return sum(torch.Size(shape).numel() for shape in shapes)

    return tuple(held(ends + L * (layer + many * expert)) for many in (E, k))
