"""Checks and misconceptions for `layer_norm`."""

import torch

from autograder.exercise import Exercise, agree, differ


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def given(width):
        return 1 + draw(width) / 2, draw(width)

    return {
        "there is one vector of three numbers": (draw(3), *given(3), 1e-5),
        "there are two vectors": (3 * draw(2, 5) + 4, *given(5), 1e-5),
        "vectors come in a batch": (draw(2, 3, 6) - 2, *given(6), 1e-5),
        "there are as many vectors as numbers": (draw(4, 4), *given(4), 1e-5),
        "all numbers of a vector are nearly equal": (1e-3 * draw(3, 5) + 0.01, *given(5), 1e-5),
        "no eps is given": (draw(2, 3) / 100, *given(3)),
        "eps is large": (draw(2, 7), *given(7), 0.5),
        "there are heads": (draw(2, 3, 4, 5), *given(5), 1e-12),
    }


norm = Exercise(
    "the_block.layer_norm", fast_track=True,
    title="Layer normalisation",
    points=2, difficulty=1, minutes=15, examples=vectors,
    forbid=("layer_norm", "LayerNorm", "native_layer_norm"),
)  # fmt: skip
norm.leave_out("one D", "a vector of one number has no spread; its gradient is rounding")


@norm.oracle("torch.nn.functional.layer_norm")
def _(x, gamma, beta, eps=1e-5):
    return torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta, eps)


@norm.claim("each vector has the mean 0 and the variance 1 before gamma and beta")
def _(answer):
    done = answer(5 * torch.randn(4, 12) + 3, torch.ones(12), torch.zeros(12), 1e-8)
    agree(done.mean(-1), torch.zeros(4))
    agree(done.square().mean(-1), torch.ones(4))


@norm.claim("a vector does not know what else is in the batch")
def _(answer):
    x, gamma, beta = torch.randn(3, 4, 5), torch.rand(5) + 1, torch.randn(5)
    alone = answer(x[1, 2], gamma, beta, 1e-5)
    differ(alone, x[1, 2])
    agree(answer(x, gamma, beta, 1e-5)[1, 2], alone)
    differ(answer(x, gamma, beta, 1e-5)[0, 2], alone)


@norm.claim("to move or stretch the whole vector changes nothing")
def _(answer):
    x, gamma, beta = torch.randn(2, 9), torch.rand(9) + 1, torch.randn(9)
    plain = answer(x, gamma, beta, 0.0)
    agree(answer(4 * x - 7, gamma, beta, 0.0), plain)
    differ(answer(-x, gamma, beta, 0.0), plain)


norm.slip(
    "away.square().mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True)", name="unbiased",
    seen="The results are a little too small, and the more so the shorter the vector. What is the "
    "sum of the squares divided by?",
    why="These are the numbers of a variance divided by D - 1, which is what `var` and `std` do "
    "unless told otherwise. A norm describes these D numbers and estimates nothing: divide by D, "
    "`unbiased=False`.",
)  # fmt: skip
norm.slip(
    "(variance + eps).sqrt()", "(variance + eps)", name="no_root",
    seen="Twice the vector should give the same. Does it?",
    why="These are the numbers of code that divides by the variance. Its root has the size of the "
    "numbers themselves.",
)  # fmt: skip
norm.slip(
    "(variance + eps).sqrt()", "(variance.sqrt() + eps)", name="eps_outside",
    seen="With a small eps it is right. Is eps added before the root or after it?",
    why="These are the numbers of code that adds eps to the root. The formula adds it to the "
    "variance. The difference shows where a vector hardly varies.",
)  # fmt: skip
norm.slip(
    "gamma * away / (variance + eps).sqrt() + beta", "away / (variance + eps).sqrt()",
    name="no_affine",
    seen="What are gamma and beta for?",
    why="These are normalised vectors and nothing more. Each number is then stretched by its gamma "
    "and moved by its beta, which the model learns.",
)  # fmt: skip
norm.slip(
    "gamma * away / (variance + eps).sqrt() + beta", "beta * away / (variance + eps).sqrt() + gamma",
    name="swapped", seen="Which of the two stretches, and which moves?",
    why="Gamma and beta have changed places. Gamma is the factor, beta is added.",
)  # fmt: skip
norm.slip(
    "away = x - x.mean(dim=-1, keepdim=True)", "away = x", name="mean_kept",
    seen="Move all numbers of a vector by 3. Should the result change?",
    why="These are the numbers of code that does not take the mean away. That is RMSNorm, which "
    "Llama uses. A layer norm takes the mean away first.", convention=True,
)  # fmt: skip
norm.slip(
    " / (variance + eps).sqrt()", "", name="only_centred",
    seen="The mean is 0. How large is the spread?",
    why="The mean has been taken away and the spread left as it was. Divide by the root of the "
    "variance.",
)  # fmt: skip


@norm.misconception(
    seen="Whose mean is it, that of one vector or that of one number in all vectors?",
    why="These are the numbers of a norm across the batch, which is batch normalisation. A layer "
    "norm looks at one vector at a time: its last axis.",
)
def batch_axis(x, gamma, beta, eps=1e-5):
    away = x - x.mean(dim=0, keepdim=True)
    return gamma * away / (away.square().mean(dim=0, keepdim=True) + eps).sqrt() + beta


@norm.misconception(
    seen="Take one vector out of the batch. Does it still come out the same?",
    why="Mean and variance are those of the whole tensor here, so every vector depends on all others. "
    "Each vector has its own: `dim=-1, keepdim=True`.",
)
def whole_tensor(x, gamma, beta, eps=1e-5):
    away = x - x.mean()
    return gamma * away / (away.square().mean() + eps).sqrt() + beta


@norm.alternative
def by_loop(x, gamma, beta, eps=1e-5):
    vectors = []
    for vector in x.reshape(-1, x.shape[-1]):
        mean = vector.sum() / len(vector)
        variance = ((vector - mean) ** 2).sum() / len(vector)
        vectors.append(gamma * (vector - mean) * (variance + eps) ** -0.5 + beta)
    return torch.stack(vectors).reshape(x.shape)
