"""Misconceptions for `training_memory`."""

from autograder.checks.memory.training_memory import memory

SCHEMES = '{"fp32": (4, 8), "mixed": (2, 12)}'
TABLES = "16 * D + 2 * H * T, 2 * D + H * T"

memory.slip(
    SCHEMES, '{"fp32": (4, 8), "mixed": (2, 8)}', name="no_master_copy",
    seen="In FP32 all is right. In mixed precision the optimizer has 12 bytes for each parameter. Which "
    "three numbers are they, and how long is each?",
    why="The optimizer has 8 bytes in mixed precision here: either the copies of the parameters are "
    "missing, or its two means are in 16 bits. All three have 4 bytes. A small step would be rounded "
    "away in 16 bits, so it is made in the copy.",
)  # fmt: skip
memory.slip(
    SCHEMES, '{"fp32": (4, 8), "mixed": (2, 4)}', name="all_in_16_bits",
    seen="In FP32 all is right. Which of the numbers stay in 4 bytes if precision is mixed?",
    why="All numbers have 2 bytes here. Mixed means that the optimizer's two stay at 4, and that it "
    "keeps each parameter in 4 bytes, too.",
)  # fmt: skip
memory.slip(
    SCHEMES, '{"fp32": (4, 4), "mixed": (2, 8)}', name="one_mean",
    seen="Parameters and gradients are right. How many numbers does AdamW remember of each?",
    why="One number for each parameter is counted here. AdamW keeps two: the mean of the gradients "
    "and the mean of their squares.",
)  # fmt: skip
memory.slip(
    SCHEMES, '{"fp32": (4, 12), "mixed": (2, 12)}', name="copy_in_fp32",
    seen="In mixed precision all is right. What would a copy be good for in FP32?",
    why="The parameters are kept a second time here, also in FP32. There they have 4 bytes already: "
    "the step changes them where they are.",
)  # fmt: skip
memory.slip(
    SCHEMES, '{"fp32": (4, 20), "mixed": (2, 20)}', name="times_six_more",
    seen="Parameters and gradients are right. What are the 20 bytes of the well-known slide for?",
    why="The optimizer gets the 20 extra bytes of the rule \"six times\" here. These are all that comes "
    "beside the weights: 4 for gradients, 8 for AdamW, and a guess of 8 for activations.",
)  # fmt: skip
memory.slip(
    '"gradients": number * N', '"gradients": 0', name="grad_missing",
    seen="Parameters and optimizer are right. What does a step need beside them?",
    why="There are no gradients here. Each parameter has one, in the precision of the parameter, and "
    "it is there until the step is made.",
)  # fmt: skip
memory.slip(
    '"gradients": number * N', '"gradients": 4 * N', name="gradients_in_fp32",
    seen="In FP32 all is right. In which precision does the backward pass give its gradients?",
    why="Gradients have 4 bytes here, also in mixed precision. Some programs keep them so. In this "
    "scheme, as in the paper, they have 2, as the parameters have.",
    convention=True,
)  # fmt: skip
memory.slip(
    "number * numbers + masks", "2 * numbers + masks", name="always_16_bits",
    seen="In mixed precision it is right. How many bytes has a number among the activations in FP32?",
    why="This is the 34 of the paper in both schemes. It is for numbers of 2 bytes. In FP32 each has 4.",
)  # fmt: skip
memory.slip(
    "number * numbers + masks", "(number if recompute else 2) * numbers + masks", name="always_34",
    seen="In mixed precision it is right, and recomputed. In FP32, how many bytes has a number?",
    why="The 34 and 5 of the paper are taken in both schemes here. They are for numbers of 2 bytes. In "
    "FP32 each has 4, and only the masks stay as they are.",
)  # fmt: skip
memory.slip(
    "number * numbers + masks", "(2 * numbers + masks) * number // 2", name="doubled_34",
    seen="In mixed precision it is right. Does a mask have longer entries in FP32?",
    why="The 34 and 5 of the paper are doubled for FP32 here. They are 2 · 16 + 2 and 2 · 2 + 1, and "
    "only the numbers double: an entry of a mask has one byte in both schemes.",
)  # fmt: skip
memory.slip(
    "if recompute:", "if False:", name="recompute_ignored",
    seen="Without recomputing it is right. What does a layer keep that will be computed once more?",
    why="`recompute` changes nothing here. With it a layer keeps only its input.",
)  # fmt: skip
memory.slip(
    TABLES, "16 * D + H * T, 2 * D + H * T", name="one_table",
    seen="Recomputed layers are right. Which tables has a head, before and after its dropout?",
    why="One table of numbers is counted for each head. Two are kept: the weights after the softmax, "
    "and what dropout leaves of them.",
)  # fmt: skip
memory.slip(
    "batch * T * L", "batch * T * (1 if recompute else L)", name="recompute_from_the_start",
    seen="Without recomputing it is right. From where is the last layer computed again?",
    why="Only the input of the first layer is kept here. Each layer keeps its own. Otherwise all layers "
    "before it would have to be computed again for each.",
)  # fmt: skip
memory.slip(
    '"optimizer": optimizer * N', '"optimiser": optimizer * N', name="spelled_otherwise",
    seen="The numbers are right. Are the keys spelled as the task has them?",
    why="The key is \"optimizer\" in the task, as in torch. Text writes optimiser.",
)  # fmt: skip
memory.slip(
    "number * numbers + masks", "number * (numbers + masks)", name="masks_as_numbers",
    seen="Recomputed layers are right. How many bytes has an entry of a mask?",
    why="An entry of a mask takes as much as a number here. It says yes or no: one byte in both schemes.",
)  # fmt: skip
memory.slip(
    "number * numbers + masks", "number * numbers", name="no_masks",
    seen="Recomputed layers are right. What must the backward pass know of dropout?",
    why="The masks are missing. Going back, dropout has to hide the same places as before.",
)  # fmt: skip
memory.slip(
    TABLES, "16 * D + 2 * T, 2 * D + T", name="one_head",
    seen="With one head it is right. How many tables of scores has a layer?",
    why="One table of T by T is counted for all heads. Each head has its own, and its own mask.",
)  # fmt: skip
memory.slip(
    TABLES, "16 * D + 2 * H, 2 * D + H", name="no_square",
    seen="Recomputed layers are right. With how many tokens is each token compared?",
    why="A token has one score in each head here. It has T of them, so the table grows with the "
    "square of the length.",
)  # fmt: skip
memory.slip(
    TABLES, "16 * D, 2 * D", name="no_tables",
    seen="Recomputed layers are right. What does attention keep beside vectors?",
    why="The tables of attention are missing. Kernels such as FlashAttention do without them. Here "
    "two tables and a mask are kept for each head.",
    convention=True,
)  # fmt: skip
memory.slip(
    "batch * T * L", "batch * T", name="one_layer",
    seen="With one layer it is right. When is what a layer keeps let go?",
    why="One layer is counted. The backward pass begins at the last layer, and then all of them still "
    "keep what they need.",
)  # fmt: skip
memory.slip(
    "batch * T * L", "T * L", name="one_text",
    seen="With one text it is right. What does a second text in the batch add?",
    why="One text is counted, whatever the batch. Texts share the weights and no activations.",
)  # fmt: skip
memory.slip(
    "numbers, masks = D, 0", "numbers, masks = 0, 0", name="recompute_keeps_nothing",
    seen="Without recomputing it is right. From what is a layer made again?",
    why="Nothing is kept here. A layer is computed again from its input, so the input has to be there.",
)  # fmt: skip
memory.slip(
    "numbers, masks = D, 0", "numbers = D", name="recompute_keeps_masks",
    seen="Without recomputing it is right. Does a layer that is made again need its old masks?",
    why="The masks are kept here beside the input. They are made again as well, from the same random "
    "numbers.",
)  # fmt: skip
memory.slip(
    "sum(bytes.values())", "16 * N", name="sixteen_in_all",
    seen="All parts are right. Is the total their sum?",
    why="The total is 16 bytes for each parameter here. The activations come on top.",
)  # fmt: skip


@memory.misconception(
    seen="Parameters, gradients and optimizer are right. Do activations know how many parameters there "
    "are?",
    why="The activations are 8 bytes for each parameter here, as on a well-known slide. They grow with "
    "texts, their length, the width and the layers, and an embedding of any size adds none.",
)
def eight_for_activations(N, scheme, batch, T, D, L, H, recompute):
    number, optimizer = {"fp32": (4, 8), "mixed": (2, 12)}[scheme]
    parts = {
        "parameters": number * N,
        "gradients": number * N,
        "optimizer": optimizer * N,
        "activations": 8 * N,
    }
    return parts | {"total": sum(parts.values())}


@memory.misconception(
    seen="These are smaller by the same factor everywhere. In which unit is the answer?",
    why="The numbers were divided by 2^30. That gives GiB and not bytes; GB would be 10^9.",
)
def gib_gb(N, scheme, batch, T, D, L, H, recompute):
    number, optimizer = {"fp32": (4, 8), "mixed": (2, 12)}[scheme]
    numbers, masks = (D, 0) if recompute else (16 * D + 2 * H * T, 2 * D + H * T)
    parts = {
        "parameters": number * N / 2**30,
        "gradients": number * N / 2**30,
        "optimizer": optimizer * N / 2**30,
        "activations": batch * T * L * (number * numbers + masks) / 2**30,
    }
    return parts | {"total": sum(parts.values())}


@memory.alternative
def as_the_papers_write_it(N, scheme, batch, T, D, L, H, recompute):
    wide = 2 if scheme == "fp32" else 1  # beside 16 bits
    each = T * batch * D * 2 * wide
    if not recompute:
        each = T * batch * (D * (32 * wide + 2) + H * T * (4 * wide + 1))
    K = 8 if scheme == "fp32" else 12
    states = [2 * wide * N, 2 * wide * N, K * N, each * L]
    names = ("parameters", "gradients", "optimizer", "activations", "total")
    return dict(zip(names, [*states, sum(states)], strict=True))
