"""Checks and misconceptions for `data_parallel_step`."""

import torch

from autograder.exercise import Exercise, agree, differ
from autograder.exercise.lending import lend


class Model:
    """A linear layer with a curve: its mean squared error, and the gradients of both weights."""

    def __init__(self, seed, I=3, dtype=torch.float32):
        g = torch.Generator().manual_seed(seed)
        self.weights = [torch.randn(shape, generator=g).to(dtype) for shape in ((I,), ())]

    def __call__(self, x, y):
        if x.dim() != 2 or y.shape != x.shape[:1]:
            raise ValueError(
                f"x of shape {tuple(x.shape)} and y of shape {tuple(y.shape)} came; they are "
                "(B, I) and (B,)"
            )
        with torch.enable_grad():
            w, b = (weight.clone().requires_grad_() for weight in self.weights)
            loss = (torch.tanh(x @ w + b) - y).square().mean()
            grads = torch.autograd.grad(loss, [w, b])
        return loss.detach(), list(grads)


def shard(B, I=3, g=None, dtype=torch.float32):
    x = torch.randn(B, I, generator=g, dtype=dtype)
    return x, torch.randn(B, generator=g, dtype=dtype)


def batches(g):
    def model(I=3):
        return lend(Model, int(torch.randint(10**6, (), generator=g)), I)

    def shards(*sizes, I=3):
        return [shard(B, I, g) for B in sizes]

    return {
        "there is one rank": (model(), shards(4)),
        "two ranks have as much": (model(), shards(3, 3)),
        "two ranks have unlike shards": (model(), shards(1, 5)),
        "three ranks have unlike shards": (model(4), shards(6, 1, 2, I=4)),
        "the second rank has nothing": (model(), shards(2, 0)),
        "two of five ranks have nothing": (model(2), shards(0, 4, 1, 0, 3, I=2)),
    }


step = Exercise(
    "memory.data_parallel_step",
    title="One batch on several chips", needs=("accumulate_gradients",),
    points=1, difficulty=1, minutes=12, examples=batches,
)  # fmt: skip
step.leave_out("equal", "a claim gives the same shard twice")
step.leave_out("empty", "at least one rank has examples")
step.excuse("zip(*sent", "every rank has a gradient for each weight")


@step.oracle("torch.autograd, on the whole batch in one process")
def _(model, shards):
    x, y = (torch.cat(each) for each in zip(*shards, strict=True))
    return model(x, y)[1]


def drawn(*sizes):
    return [shard(B) for B in sizes]


@step.claim("the same shard on every rank, and the gradients are those of one rank")
def _(answer):
    one, other = drawn(4, 4)
    model = (lend(Model, 3),)
    once, thrice, another = answer.each(*((*model, given) for given in
                                          ([one], [one, one, one], [other])))  # fmt: skip
    for a, b, c in zip(once, thrice, another, strict=True):
        agree(b, a)
        differ(c, a)


@step.claim("however the examples are dealt out, the gradients are the same")
def _(answer):
    (x, y), model = drawn(8)[0], lend(Model, 5)
    dealt = [
        list(zip(x.split(sizes), y.split(sizes), strict=True))
        for sizes in ((8,), (1, 7), (3, 3, 2), (2, 0, 5, 1))
    ]
    whole, *others = answer.each(*((model, shards) for shards in dealt))
    for gradients in others:
        for a, b in zip(whole, gradients, strict=True):
            agree(b, a)
    (alone,) = answer.each((model, dealt[1][1:]))
    differ(alone[0], whole[0])


@step.claim("ranks without examples change nothing")
def _(answer):
    shards, nothing, model = drawn(3, 2), drawn(0), lend(Model, 7)
    idle, without, half = answer.each(
        (model, nothing + shards + nothing), (model, shards), (model, shards[:1])
    )
    for a, b, c in zip(idle, without, half, strict=True):
        agree(a, b)
        differ(c, b)


@step.claim("gradients in float64 stay in float64", universal=True)
def _(answer):
    given = [shard(B, dtype=torch.float64) for B in (4, 2)]
    found = answer(lend(Model, 9, 3, torch.float64), given)
    assert all(g.dtype == torch.float64 for g in found)


class Listening(Model):
    """Remembers the batches that it was asked for."""

    def __init__(self, *given):
        super().__init__(*given)
        self.asked = []

    def __call__(self, x, y):
        self.asked.append((x, y))
        return super().__call__(x, y)


@step.claim("every shard goes to `model` as it is, and none is joined or cut", universal=True)
def _(answer):
    shards, model = drawn(3, 1, 4), lend(Listening, 11)
    answer(model, shards)
    known = [(x.tolist(), y.tolist()) for x, y in shards]
    asked = [(x.tolist(), y.tolist()) for x, y in model.last.asked]
    assert all(each in known for each in asked)
    assert all(each in asked for each in known)


@step.claim("the gradients that `model` gave stay as they were", universal=True)
def _(answer):
    shards = drawn(3, 1, 4)
    wanted = [g for shard in shards for g in Model(13)(*shard)[1]]
    for after in answer.held(lend(Model, 13), shards)[0]:
        assert not after.dim() or any(
            after.shape == g.shape and torch.allclose(after, g, rtol=1e-4) for g in wanted
        )


step.slip(
    "len(x) * g for", "g for", name="sum_of_means",
    seen="One rank of several examples is wrong already. What is a mean that is divided once more?",
    why="The means of the ranks are added up and divided by all examples here. Each rank's mean has to "
    "be multiplied by its examples first.",
)  # fmt: skip
step.slip(
    "sum(each) / examples", "sum(each)", name="never_divides",
    seen="The direction is right. How long are the gradients of a mean?",
    why="This is the gradient of the sum over all examples. A step would be as many times too long as "
    "there are examples.",
)  # fmt: skip
step.slip(
    "sum(each) / examples", "sum(each) / len(shards)", name="weighed_and_divided_by_ranks",
    seen="Each rank has its weight. What do the weights add up to?",
    why="Gradients are weighed by examples and divided by the number of ranks. The weights add up to "
    "all examples.",
)  # fmt: skip


@step.misconception(
    seen="Shards of one size are right. What is a mean of means, if one shard is larger?",
    why="Every rank weighs the same here, also one without examples. This is what "
    "`DistributedDataParallel` does, and with shards of one size it is right. With others an example on "
    "a small shard weighs more.",
    convention=True,
)
def mean_of_ranks(model, shards):
    sent = [model(x, y)[1] for x, y in shards]
    return [sum(each) / len(shards) for each in zip(*sent, strict=True)]


@step.misconception(
    seen="One rank is right. What happens to a mean, if several are only added up?",
    why="The gradients of the ranks are added up here. An all-reduce gives a sum, so that every step "
    "becomes longer with the number of ranks. Weigh each rank by its share of the examples.",
)
def sum_not_mean(model, shards):
    sent = [model(x, y)[1] for x, y in shards if len(x) > 0]
    return [sum(each) for each in zip(*sent, strict=True)]


@step.misconception(
    seen="One rank is right. What do the other ranks know, and when does the first one hear of it?",
    why="These are the gradients of the first rank that has examples. Without an all-reduce each rank "
    "would make a step of its own, and their models would differ from then on.",
)
def first_rank_alone(model, shards):
    return next(model(x, y)[1] for x, y in shards if len(x) > 0)


@step.misconception(
    seen="The directions are those of the last rank. Where are the others?",
    why="Each rank writes over what the one before it had found. Their gradients are added up.",
)
def last_rank_alone(model, shards):
    for x, y in shards:
        if len(x) > 0:
            grads = model(x, y)[1]
    return grads


@step.misconception(
    seen="Shards of one size are right, and idle ranks do no harm. Does an example of a small shard "
    "weigh as much as one of a large shard?",
    why="Every rank that has examples weighs the same here, however many they are. Weigh each mean by "
    "its examples.",
)
def mean_of_busy_ranks(model, shards):
    sent = [model(x, y)[1] for x, y in shards if len(x) > 0]
    return [sum(each) / len(sent) for each in zip(*sent, strict=True)]


@step.alternative
def by_shares(model, shards):
    examples, total = sum(y.shape[0] for _, y in shards), None
    for x, y in shards:
        if y.numel() == 0:
            continue
        mine = [g * (y.shape[0] / examples) for g in model(x, y)[1]]
        total = mine if total is None else [a + b for a, b in zip(total, mine, strict=True)]
    return total


@step.alternative
def zeros_from_idle_ranks(model, shards):
    gradients = [model(x, y)[1] for x, y in shards]
    counts = torch.tensor([float(len(x)) for x, _ in shards])
    found = []
    for place in range(len(gradients[0])):
        stacked = torch.stack([g[place] for g in gradients]).nan_to_num()
        weights = counts.to(stacked.dtype).reshape(-1, *[1] * (stacked.dim() - 1))
        found.append((stacked * weights).sum(0) / counts.sum().to(stacked.dtype))
    return found
