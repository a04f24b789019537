"""More misconceptions of `moe_layer`."""

import torch

from autograder.checks.mixture_of_experts.moe_layer import layer

layer.slip(
    "weights[token, slot, None] * expert(flat[token])", "expert(flat[token])", name="no_weights",
    seen="Every token reaches the right experts. How much does each of them count?",
    why="What the experts return is added up without their weights here. Each is multiplied by its "
    "weight for that token first.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None]", "weights[token, 0, None]", name="first_weight_for_all",
    seen="With one expert for a token it is right. Which of the weights belongs to the second expert?",
    why="All experts of a token get its first weight here, the largest. The weight of an expert is in "
    "the same column as its number in `idx`.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None]", "weights.flip(1)[token, slot, None]", name="weights_of_other_slot",
    seen="With one expert for a token it is right. Does the first column of `weights` belong to the "
    "first column of `idx`?",
    why="The weights of a token are taken in the wrong order here, so that its best expert counts "
    "least. Column by column, `weights` and `idx` belong together.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None]", "1 / idx.shape[1]", name="plain_average",
    seen="Every token reaches the right experts. Do all of them count the same?",
    why="This is the plain mean of what the experts return. The router has a weight for each.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None] * expert(flat[token])",
    "expert(weights[token, slot, None] * flat[token])", name="weighted_before",
    seen="Right experts, right weights. Is it the same to make a vector smaller before an expert and "
    "after it?",
    why="The rows are multiplied by their weights *before* the expert here. An expert has a bend, so "
    "half of what goes in does not give half of what comes out. The weight comes after it.",
)  # fmt: skip
layer.slip(
    "torch.zeros_like(flat)", "flat.clone()", name="input_added",
    seen="What should come out for a token whose experts return zeros?",
    why="The input is added here. The block around this layer does that, and only there.",
)  # fmt: skip
layer.slip(
    "_, weights, idx = router(flat)",
    "logits, _, idx = router(flat)\n    weights = logits.softmax(dim=1).gather(1, idx)",
    name="weights_of_its_own",
    seen="Every token reaches the right experts. Which of the router's tables has the weights?",
    why="The weights are made from the scores here, with a softmax over all experts. The router has "
    "done its own reckoning, and `weights` is the result. It is used as it comes.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None]", "weights.softmax(dim=1)[token, slot, None]",
    name="softmax_of_the_weights",
    seen="Every token reaches the right experts. Are the weights still as far apart as the router made "
    "them?",
    why="The weights go through another softmax here, which makes them nearly equal. They are used as "
    "they come from the router.",
)  # fmt: skip
layer.slip(
    "weights[token, slot, None]", "(weights / weights.sum(dim=1, keepdim=True))[token, slot, None]",
    name="made_to_add_up",
    seen="Where the weights of a token add up to 1 it is right. What do they add up to here?",
    why="The weights are divided by their sum here, so that those of a token add up to 1. A Mixtral's "
    "router does that itself. Others leave it out on purpose, so the weights are used as they come.",
    convention=True,
)  # fmt: skip
layer.slip(
    "return out.view_as(x)", "return out.view_as(x) / idx.shape[1]", name="divided_by_k",
    seen="With one expert for a token it is right. Is anything left to be divided?",
    why="The sum is divided by k here. The weights have said already how much each expert counts.",
)  # fmt: skip


@layer.misconception(
    seen="With one expert for a token it is right. What happens to the first expert's result when the "
    "second one comes?",
    why="Each expert overwrites what an earlier one wrote for the same token here, so only the expert "
    "with the highest number is left. The results are *added up*.",
)
def overwrite(x, router, experts):
    flat = x.reshape(-1, x.shape[-1])
    _, weights, idx = router(flat)
    out = torch.zeros_like(flat)
    for number, expert in enumerate(experts):
        token, slot = torch.where(idx == number)
        if len(token):
            out[token] = weights[token, slot, None] * expert(flat[token])
    return out.view_as(x)


@layer.misconception(
    seen="With one token in each text it is right. Who chooses experts: a text, or each token?",
    why="The router sees the mean of a text here, and all its tokens go to the same experts. It is "
    "asked about every token.",
)
def per_sequence_routing(x, router, experts):
    _, weights, idx = router(x.mean(1))
    rows = []
    for n, text in enumerate(x):
        pairs = zip(weights[n], idx[n], strict=True)
        rows.append(sum(weight * experts[int(number)](text) for weight, number in pairs))
    return torch.stack(rows)


@layer.misconception(
    seen="Where every token has all experts it is right. Which experts should a token not reach?",
    why="Every token goes through all experts here, weighted by a softmax over all of them. That is a "
    "mixture, but a dense one: nothing is saved. Only the k in `idx` are asked.",
)
def all_experts(x, router, experts):
    flat = x.reshape(-1, x.shape[-1])
    probs = router(flat)[0].softmax(-1)
    out = sum(probs[:, number, None] * expert(flat) for number, expert in enumerate(experts))
    return out.view_as(x)


@layer.misconception(
    seen="With one expert for a token it is right. How many has each in `idx`?",
    why="Only the first expert of each token is asked here. All k are, and what they give is added up.",
)
def first_expert_only(x, router, experts):
    flat = x.reshape(-1, x.shape[-1])
    _, weights, idx = router(flat)
    out = torch.zeros_like(flat)
    for number, expert in enumerate(experts):
        token = torch.where(idx[:, 0] == number)[0]
        if len(token):
            out[token] = weights[token, 0, None] * expert(flat[token])
    return out.view_as(x)


@layer.misconception(
    seen="Every token reaches its experts. Does the expert's result go back to the token that it is for?",
    why="The results go to the first rows here, one after another, and not to the rows that the expert "
    "was given. `token` says where each belongs.",
)
def back_to_the_first_rows(x, router, experts):
    flat = x.reshape(-1, x.shape[-1])
    _, weights, idx = router(flat)
    out = torch.zeros_like(flat)
    for number, expert in enumerate(experts):
        token, slot = torch.where(idx == number)
        if len(token):
            out[: len(token)] += weights[token, slot, None] * expert(flat[token])
    return out.view_as(x)


layer.slip(
    "out = out.index_add", "out.index_add", name="result_thrown_away",
    seen="The right tokens go to the right experts, and zeros come out. Where do the results go?",
    why="`index_add` leaves `out` as it is and returns a new tensor, and nothing keeps that one here. "
    "It is given its name with `out = out.index_add(...)`. (`index_add_` writes into `out` itself.)",
)  # fmt: skip
ONE_FOR_A_ROW = {
    "seen": "The router and the experts are asked rightly. What is the shape of `weights[token, slot]`, "
    "and what is that of the expert's rows?",
    "why": "The weights of M tokens are M numbers here, and the rows are M by D. torch lines up the last "
    "axes, so it lays the weights along D. Each weight is for a whole row: with an axis more, as in "
    "`weights[token, slot, None]`, there is a column of them.",
}  # fmt: skip
layer.slip("[token, slot, None]", "[token, slot]", name="weights_along_the_rows", **ONE_FOR_A_ROW)
layer.slip(
    "if len(token):\n            out = out.index_add(0, token, weights[token, slot, None]",
    "if True:\n            out = out.index_add(0, token, weights[token, slot]",
    name="weights_along_the_rows_of_all", **ONE_FOR_A_ROW,
)  # fmt: skip
