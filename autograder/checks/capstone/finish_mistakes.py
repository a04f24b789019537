"""Misconceptions about `finish`."""

from autograder.checks.capstone.finish import finished

AGAIN = "[[pair, (ids, ids)] for pair, ids in zip(answering, again, strict=True)]"
ACROSS = 'across = 0 if ".h." in name else 1'
LARGEST = "largest = each.abs().amax(across, keepdim=True)"
UNMASKED = """
            def part(x, name):
                return x @ own[name + ".weight"] + own[name + ".bias"]

            def norm(x, name):
                return layer_norm(x, own[name + ".weight"], own[name + ".bias"])

            three = part(norm(x, "ln_1"), "attn.c_attn").chunk(3, dim=-1)
            heads = [each.unflatten(-1, (H, -1)).transpose(1, 2) for each in three]
            mixed = F.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2)
            x = x + part(mixed, "attn.c_proj")
            x = x + part(gelu(part(norm(x, "ln_2"), "mlp.c_fc"), "tanh"), "mlp.c_proj")
""".strip()
STATES = """def train(batches, top):
        states = {
            name: {"t": 0, "m": torch.zeros_like(p), "v": torch.zeros_like(p)}
            for name, p in weights.items()
        }
"""

finished.slip(
    "return causal_lm_loss(logits, labels)",
    "return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)",
    name="no_shift",
    seen="What is made small is right. Which token is the model asked for at each place: this one, or "
    "the next?",
    why="Each place is asked for its own token here, which the model can see. Its loss falls to 0, far "
    "below the entropy of the text, and it can repeat a token but not go on.",
)  # fmt: skip
finished.slip(
    AGAIN, "[[(pair[0], pair[0]), (ids, ids)] for pair, ids in zip(answering, again, strict=True)]",
    name="trains_on_the_prompt",
    seen="Reading is right. Which tokens of a question and its answer have labels?",
    why="The ids of the questions serve as labels here, so the model learns to ask, and what fills a row "
    "counts too. Only the given labels say what has to be written.",
)  # fmt: skip
finished.slip(
    AGAIN, "[[pair] for pair, ids in zip(answering, again, strict=True)]", name="forgets",
    seen="Reading is right. What keeps the model from forgetting it while it learns to answer?",
    why="While it learns to answer, this model reads nothing, and forgets. Each step also "
    "reads a batch of `reading` again, and adds the two losses.",
)  # fmt: skip
finished.slip(
    "reading[i % len(reading)]", "reading[0]", name="reads_one_batch_again",
    seen="Right for one question. What is read again beside the second?",
    why="The first batch is read again in every step here. They come in turn, so that all of it is kept.",
)  # fmt: skip
finished.slip(
    "max_lr / 2", "max_lr", name="tunes_at_full_rate",
    seen="Reading is right. What is the largest rate of answering?",
    why="It learns to answer at the full rate here. That is as if it began anew, and it forgets more.",
)  # fmt: skip
finished.slip(
    "len(batches) // 10, len(batches) + 1)", "0, len(batches) + 1)", name="no_warm_up",
    seen="Right for a few steps. Which rate does the first of twenty have?",
    why="It begins at the full rate here. The first tenth of the steps is warm-up.",
)  # fmt: skip
finished.slip(
    "clip_grad_norm(grads, 1.0)", "pass", name="unclipped",
    seen="How long are all gradients together before the step?",
    why="The gradients go into AdamW as they come here. They are clipped to length 1 first.",
)  # fmt: skip
finished.slip(
    "clip_grad_norm(grads, 1.0)", "[clip_grad_norm([g], 1.0) for g in grads]", name="clips_each",
    seen="Are the gradients clipped one by one, or together?",
    why="Each tensor is clipped by itself here, which turns the direction of the step. All gradients "
    "together are one vector, and its length becomes 1.",
)  # fmt: skip
finished.slip(
    STATES, STATES.replace("top):", "top, kept=[]):").replace("states = {", "kept += [{").replace(
        "        }\n", "        }] if not kept else []\n        states = kept[0]\n"
    ),
    name="keeps_the_state",
    seen="Reading is right. With which state does AdamW begin to learn answers?",
    why="AdamW goes on with the means and the count of steps from reading here. Answering has an "
    "AdamW of its own, which begins with zeros.",
)  # fmt: skip
finished.slip(
    "1e-5, 0.0)", "1e-5, 0.1)", name="decays",
    seen="Is there a decay of the weights?",
    why="A decay of 0.1 is taken from all weights here, which is usual. Here there is none.",
    convention=True,
)  # fmt: skip
finished.slip(
    ACROSS, "across = 0", name="columns_everywhere",
    seen="The matrices of the blocks are right. What is one output of the tables?",
    why="The tables have one scale for each column here. In `wte` an output is a token: it is a row, as "
    "a vector that is looked up and as a logit.",
)  # fmt: skip
finished.slip(
    ACROSS, "across = 1", name="input_channels",
    seen="The tables are right. Is an output of `c_fc` a row of its matrix, or a column?",
    why="Each input has a scale here. The matrices in GPT-2's blocks are stored as (in, out), so an "
    "output is a column.",
)  # fmt: skip
finished.slip(
    LARGEST, "largest = each.abs().max().reshape(1, 1)", name="per_tensor",
    seen="How many scales does a matrix have?",
    why="One scale serves a whole matrix here, and its largest weight makes all others coarse. Each "
    "output has its own.",
)  # fmt: skip
finished.slip(
    LARGEST, "largest = each.amax(across, keepdim=True)", name="max_not_absmax",
    seen="What if the weight that is farthest from 0 is negative?",
    why="The largest weight makes the scale here, and not the largest absolute value. Then negative "
    "weights do not fit into a byte.",
)  # fmt: skip
finished.slip(
    "largest / 127", "largest / 128", name="range_128",
    seen="Which whole number does the largest weight become?",
    why="The range is 128 here. A byte with a sign ends at 127, so the largest weight becomes -128.",
)  # fmt: skip
finished.slip(
    "torch.round(each / scale)", "(each / scale)", name="truncates",
    seen="The scales are right. Which whole number is nearest to 1.9?",
    why="`to(torch.int8)` cuts off what comes after the point: 1.9 becomes 1. Round first.",
)  # fmt: skip
finished.slip(
    "if each.ndim == 2:", 'if each.ndim == 2 and ".h." in name:', name="tables_stay_large",
    seen="The blocks are small. How many bytes does the table of tokens take?",
    why="The tables stay as they were here. In a small model they are a good part of the bytes.",
)  # fmt: skip
finished.slip(
    "torch.round(each / scale).to(torch.int8), scale.half()",
    "(torch.round(each / scale) * scale).half()", name="put_back",
    seen="The numbers were rounded. What is handed over?",
    why="The whole numbers are multiplied by their scales again here, so that they take two bytes each. "
    "What is handed over are the pairs.",
)  # fmt: skip
finished.slip(
    "lr_warmup_cosine(step,", "lr_warmup_cosine(step - 1,", name="steps_from_zero",
    seen="Which number has the first step, and which rate does it get?",
    why="Steps are counted from 0 here. The first step has the number 1.",
)  # fmt: skip
finished.slip(
    "len(batches) + 1)", "len(batches))", name="last_step_wasted",
    seen="What does the last step do with a rate of 0?",
    why="The cosine ends at the last step here, whose rate is 0. It ends one step later.",
)  # fmt: skip
finished.slip(
    "len(batches) // 10", "max(1, len(batches) // 10)", name="always_warms_up",
    seen="Right for ten steps and more. How many of five steps are warm-up?",
    why="There is at least one step of warm-up here. A tenth of five steps, in whole numbers, is none.",
)  # fmt: skip
finished.slip(
    "sum(surprise(ids, labels) for ids, labels in parts)",
    "sum(surprise(ids, labels) for ids, labels in parts) / len(parts)", name="mean_of_both",
    seen="Reading is right. Are the two losses added, or averaged?",
    why="The loss of answering is the mean of the two here. It is their sum. Clipping and AdamW hide "
    "most of the difference.",
)  # fmt: skip
finished.slip(
    AGAIN,
    "[[(pair[0], F.pad(pair[1][:, 1:], (0, 1), value=-100)), (ids, ids)]"
    " for pair, ids in zip(answering, again, strict=True)]", name="shifts_twice",
    seen="Reading is right. Who shifts the labels of an answer, and how often?",
    why="The labels of answers are shifted by hand here, and once more in the loss. So each place is "
    "asked for the token after the next.",
)  # fmt: skip
finished.slip(
    "i % len(reading)", "min(i, len(reading) - 1)", name="stays_with_the_last",
    seen="Right until all batches were read again. Which one comes after that?",
    why="The last batch is read again and again here, when all are used up. It begins with the first.",
)  # fmt: skip
finished.slip(
    "x = gpt2_block(x, own, H)", UNMASKED, name="sees_the_future",
    seen="What do the first tokens of a text know of the last? Is the loss in training below the floor?",
    why="There is no mask here: a token sees those that come after it. In training its loss falls below "
    "the floor of the grammar. With a mask, the same weights know little.",
)  # fmt: skip
finished.slip(
    "torch.round(each / scale)", "torch.round(each / scale.half()).clamp(-127, 127)", name="half_first",
    seen="Nearly right. With which scales are the whole numbers made: exact ones, or rounded ones?",
    why="The scales go to float16 first here, and whole numbers are made with what is left of them. "
    "They are made with the exact scales.",
)  # fmt: skip
finished.slip(
    "1e-5, 0.0)", "1e-8, 0.0)", name="small_eps",
    seen="Which eps has AdamW here?",
    why="AdamW has its usual eps of 1e-8 here. It makes steps of the roundings in the gradients of the "
    "keys' biases. The docstring names a larger one.",
)  # fmt: skip
