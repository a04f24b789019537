"""Checks and misconceptions for `merge_lora`."""

import torch
from torch import nn

from autograder.exercise import Exercise, agree, differ


def matrices(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def update(O, I, R, alpha):
        return draw(O, I), draw(R, I), draw(O, R), alpha

    return {
        "the rank is 1": update(3, 2, 1, 3.0),
        "the rank is 2": update(4, 3, 2, 5.0),
        "the matrix is square": update(4, 4, 3, 7.0),
        "alpha is smaller than the rank": update(5, 4, 3, 1.5),
        "the matrix is wider than high": update(3, 5, 2, 8.0),
        "the matrix is square, and so are A and B": update(3, 3, 3, 2.0),
        "the rank is larger than the matrix": update(3, 2, 5, 4.0),
        "B is zero": (draw(4, 5), draw(3, 5), torch.zeros(4, 3), 9.0),
    }


merge = Exercise(
    "low_rank.merge_lora",
    title="One matrix again",
    points=1, difficulty=1, minutes=8, examples=matrices,
)  # fmt: skip


@merge.oracle("peft.tuners.lora.layer.Linear.merge")
def _(W, A, B, alpha):
    from peft import LoraConfig
    from peft.tuners.lora.layer import Linear

    R = A.shape[0]
    base = nn.Linear(W.shape[1], W.shape[0], bias=False).to(W.dtype)
    theirs = Linear(base, "it", config=LoraConfig(r=R, lora_alpha=alpha), r=R, lora_alpha=alpha)
    theirs = theirs.to(W.dtype)
    base.load_state_dict({"weight": W})
    theirs.lora_A["it"].load_state_dict({"weight": A})
    theirs.lora_B["it"].load_state_dict({"weight": B})
    theirs.merge()
    return theirs.get_base_layer().weight


def drawn(O=4, I=6, R=3):
    return torch.randn(O, I), torch.randn(R, I), torch.randn(O, R)


@merge.claim("the merged matrix gives what the matrix and its path give together")
def _(answer):
    x, (W, A, B) = torch.randn(7, 6), drawn()
    merged = answer(W, A, B, 5.0)
    assert merged.shape == W.shape
    agree(x @ merged.T, x @ W.T + 5.0 / 3 * (x @ A.T @ B.T))


@merge.claim("what was added has the rank of the update, and merging with -alpha takes it away")
def _(answer):
    W, A, B = drawn(7, 6, 2)
    merged = answer(W, A, B, 5.0)
    differ(merged, W)
    sizes = torch.linalg.svdvals(merged - W)
    assert sizes[1] > 1e-2
    assert sizes[2] < 1e-3
    agree(answer(merged, A, B, -5.0), W)


merge.slip(
    "alpha / A.shape[0]", "alpha", name="scale_alpha",
    seen="With rank 1 it is right. By what is alpha divided?",
    why="The update is multiplied by alpha here. It is multiplied by alpha / R.",
)  # fmt: skip
merge.slip(
    "alpha / A.shape[0]", "alpha / A.shape[0] ** 0.5", name="scale_sqrt_r",
    seen="With rank 1 it is right. By what is alpha divided?",
    why="alpha is divided by the root of the rank, as in rank-stabilised LoRA. Here it is divided by "
    "the rank.", convention=True,
)  # fmt: skip
merge.slip(
    "alpha / A.shape[0] * (B @ A)", "B @ A", name="no_scale",
    seen="Where B is zero it is right. What is alpha for?",
    why="The product of B and A is added as it is here. It is multiplied by alpha / R first.",
)  # fmt: skip
merge.slip(
    "alpha / A.shape[0]", "alpha / A.shape[1]", name="divided_by_inputs",
    seen="Where A is square it is right. Which axis of A has R entries?",
    why="alpha is divided by the number of inputs here. The rank is the other axis of A: it is (R, I).",
)  # fmt: skip
merge.slip(
    "alpha / A.shape[0]", "alpha / B.shape[0]", name="divided_by_outputs",
    seen="Where B is square it is right. Which axis of B has R entries?",
    why="alpha is divided by the number of outputs here. The rank is the other axis of B: it is (O, R).",
)  # fmt: skip
merge.slip(
    "alpha / A.shape[0]", "alpha // A.shape[0]", name="whole_scale",
    seen="Where R divides alpha it is right. What is 5 / 2?",
    why="alpha is divided without a rest here, so that 5 / 2 becomes 2. The scale is any number.",
)  # fmt: skip
merge.slip(
    "W + alpha / A.shape[0] * (B @ A)", "alpha / A.shape[0] * (W + B @ A)", name="all_scaled",
    seen="If B is zero, what should be left of W?",
    why="W is multiplied by alpha / R as well here. Only the update is.",
)  # fmt: skip
merge.slip(
    "W + alpha / A.shape[0] * (B @ A)", "W + 2 * alpha / A.shape[0] * (B @ A)",
    name="merged_twice",
    seen="The change has the right direction. How often is the update added?",
    why="The update is added twice here. That happens where a merged layer goes on to use its path.",
)  # fmt: skip
merge.slip(
    "W + alpha", "alpha", name="update_alone",
    seen="If B is zero, what should be left?",
    why="This is the update alone. It is added to W.",
)  # fmt: skip
merge.slip(
    "(B @ A)", "(B @ A).T", name="conv1d_transposed",
    seen="Which shape has W, and which has what is added to it?",
    why="The update is turned round here. That is right for GPT-2's Conv1D, which stores its matrices "
    "as (in, out). This W is (O, I), and B @ A is (O, I) as well.", convention=True,
)  # fmt: skip
merge.slip(
    "(B @ A)", "(A @ B)", name="a_at_b",
    seen="B is (O, R) and A is (R, I). Which product is (O, I)?",
    why="The product is A B here, which is R by R where it exists at all. x goes through A first: "
    "B (A x) = (B A) x.",
)  # fmt: skip


@merge.alternative
def column_by_column(W, A, B, alpha):
    R = len(A)
    update = torch.stack([torch.outer(B[:, i], A[i]) for i in range(R)]).sum(0)
    return W + update * (alpha / R)
