"""Checks and misconceptions for `zero_shard_bytes`."""

import torch

from autograder.exercise import Exercise

PAPER = (7_500_000_000, 64)  # parameters, ranks


def trainings(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    return {
        "nothing is divided": (some(20, 90), 0, 5),
        "the optimizer is divided": (6 * some(20, 90), 1, 6),
        "the gradients are divided, too": (7 * some(20, 90), 2, 7),
        "everything is divided": (4 * some(20, 90), 3, 4),
        "there is one rank": (some(20, 90), 3, 1),
        "three ranks share eleven parameters": (11, 3, 3),
        "the optimizer is divided, and the last rank has less": (5 * some(20, 90) + 1, 1, 5),
        "there are more ranks than parameters": (4, 2, 9),
        "it is the model of the paper": (PAPER[0], some(1, 4), PAPER[1]),
    }


zero = Exercise(
    "memory.zero_shard_bytes",
    title="A share for each chip", needs=("training_memory",), optional=True,
    points=1, difficulty=1, minutes=10, examples=trainings, forbid=("nbytes",),
)  # fmt: skip


@zero.oracle("torch.Tensor.chunk and nbytes on the meta device")
def _(N, stage, ranks):
    half = torch.empty(N, dtype=torch.bfloat16, device="meta")
    full = torch.empty(N, device="meta")
    kept = {3: [half], 2: [half], 1: [full] * 3}  # from which stage on they are divided
    return sum(
        (tensor.chunk(ranks)[0] if stage >= first else tensor).nbytes
        for first, tensors in kept.items()
        for tensor in tensors
    )


@zero.claim("with one rank every stage keeps 16 bytes for each parameter")
def _(answer):
    assert answer.each(*((97, stage, 1) for stage in range(4))) == [16 * 97] * 4


@zero.claim("each stage saves what it divides, but for a rank's own share")
def _(answer):
    none, one, two, three = answer.each(*((800, stage, 8) for stage in range(4)))
    assert none - one == 12 * 700
    assert one - two == two - three == 2 * 700


@zero.claim(
    "however many ranks there are, stage 1 keeps 4 bytes for each parameter, and stage 3 none"
)
def _(answer):
    first, third = answer.each((1000, 1, 1000), (1000, 3, 1000))
    assert first - 12 == 4 * 1000
    assert third == 16


zero.slip(
    "(3, 2, 1)", "(1, 2, 1)", name="stage1_params",
    seen="Stages 0 and 3 are right. Which is divided first, and which last?",
    why="The parameters are divided from stage 1 on here. They come last: every rank needs all of them "
    "to go through the model, and the optimizer's numbers only where it makes its step.",
)  # fmt: skip
zero.slip(
    "(3, 2, 1)", "(1, 2, 3)", name="other_way_round",
    seen="Stages 0 and 3 are right. Which takes the most, and is needed least often?",
    why="Parameters are divided first here and the optimizer last. It is the other way round.",
)  # fmt: skip
zero.slip(
    "(3, 2, 1)", "(3, 1, 1)", name="gradients_in_stage_1",
    seen="All stages but 1 are right. What is still whole there?",
    why="Gradients are divided in stage 1 here. That is what stage 2 adds.",
)  # fmt: skip
zero.slip(
    "(3, 2, 1)", "(1, 1, 1)", name="everything_at_once",
    seen="Stages 0 and 3 are right. What does each stage divide beside the one before?",
    why="From stage 1 on everything is divided here. Stage 1 divides the optimizer, stage 2 also the "
    "gradients, stage 3 also the parameters.",
)  # fmt: skip
zero.slip(
    "-(-N // ranks)", "N // ranks", name="rounded_down",
    seen="Where N can be divided by the ranks it is right. Who keeps the parameters that are left over?",
    why="The share is rounded down here, so some parameters are on no rank. The first rank has most.",
)  # fmt: skip
zero.slip(
    "-(-N // ranks)", "N", name="never_divided",
    seen="Stage 0 is right, and one rank alone. What do the others do?",
    why="Every rank keeps everything here, as in plain data parallel training.",
)  # fmt: skip
zero.slip(
    "12 * optimizer", "8 * optimizer", name="no_master_copy",
    seen="Parameters and gradients are right. What does the optimizer keep beside its two means?",
    why="The copy of the parameters in 4 bytes is missing. It belongs to the optimizer and is divided "
    "with it.",
)  # fmt: skip
zero.slip(
    "2 * parameters + 2", "0 * parameters + 2", name="no_fp16_copy",
    seen="It is too small by the same in stages 0, 1 and 2. With which numbers is the model run?",
    why="The parameters in 2 bytes are missing. The optimizer has a copy in 4 bytes, but the model is "
    "run with those of 2.",
)  # fmt: skip
zero.slip(
    "2 * parameters + 2 * gradients", "4 * parameters + 4 * gradients", name="in_fp32",
    seen="The optimizer is right. In which precision are parameters and gradients?",
    why="Parameters and gradients have 4 bytes here. In mixed precision they have 2.",
)  # fmt: skip
zero.slip(
    "2 * parameters + 2 * gradients + 12 *", "4 * parameters + 4 * gradients + 8 *", name="all_of_fp32",
    seen="Where nothing is divided it is right. What are the 16 bytes if precision is mixed?",
    why="These are the bytes of FP32, 4 + 4 + 8. In mixed precision they are 2 + 2 + 12: the optimizer "
    "keeps the parameters once more, in 4 bytes, and divides them with its means.",
)  # fmt: skip
zero.slip(
    "-(-N // ranks)", "N // ranks + 1", name="one_too_many",
    seen="Where some parameters are left over it is right. And if N can be divided by the ranks?",
    why="The first rank has one parameter more than N // ranks here, also where none is left over.",
)  # fmt: skip
zero.slip(
    "stage >= first", "stage == first", name="only_its_own",
    seen="Stages 0 and 1 are right. Are the optimizer's numbers whole again in stage 2?",
    why="Each stage divides only one thing here. Stage 2 divides gradients *and* the optimizer, stage 3 "
    "everything.",
)  # fmt: skip


@zero.misconception(
    seen="Stage 3 is right. Is it the whole that is divided in stages 1 and 2?",
    why="16 bytes for each parameter are divided in every stage here. Stages 1 and 2 leave some whole.",
    alias="everything_at_once",
)
def sixteen_by_ranks(N, stage, ranks):
    return 16 * N if stage == 0 else 16 * -(-N // ranks)


TORN = {
    "seen": "Where N can be divided by the ranks it is right. Can one rank have the first half of a "
    "number?",
    "why": "Bytes are divided here and then rounded, so that a parameter may be torn in two. Divide the "
    "parameters, round up, and then count bytes.",
}


@zero.misconception(**TORN)
def torn(N, stage, ranks):
    whole, divided = {0: (16, 0), 1: (4, 12), 2: (2, 14), 3: (0, 16)}[stage]
    return whole * N + -(-divided * N // ranks)


@zero.misconception(**TORN)
def torn_in_each_kind(N, stage, ranks):
    kinds = ((3, 2 * N), (2, 2 * N), (1, 12 * N))
    return sum(-(-bytes // ranks) if stage >= first else bytes for first, bytes in kinds)


@zero.misconception(**TORN)
def torn_and_rounded_down_in_each_kind(N, stage, ranks):
    kinds = ((3, 2 * N), (2, 2 * N), (1, 12 * N))
    return sum(bytes // ranks if stage >= first else bytes for first, bytes in kinds)


@zero.misconception(**TORN)
def torn_and_rounded_down(N, stage, ranks):
    whole, divided = {0: (16, 0), 1: (4, 12), 2: (2, 14), 3: (0, 16)}[stage]
    return whole * N + divided * N // ranks


@zero.alternative
def from_the_table(N, stage, ranks):
    mine = (N + ranks - 1) // ranks
    whole, divided = {0: (16, 0), 1: (4, 12), 2: (2, 14), 3: (0, 16)}[stage]
    return whole * N + divided * mine
