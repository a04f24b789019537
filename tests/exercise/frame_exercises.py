"""Exercises of the tests' own, of every kind of function that the frame carries."""

import math

import torch

from autograder.exercise import Exercise, agree

EXERCISES = {}


def exercise(name, examples, **given):
    made = Exercise(
        f"kinds.{name}", title=name, points=2, difficulty=1, minutes=5, examples=examples,
        package="frame_solutions", **given,
    )  # fmt: skip
    EXERCISES[name] = made
    return made


# ---- a module with weights: constructed, loaded, called, and its gradient

affine = exercise("Affine", lambda g: {
    "a batch of rows comes in": (torch.randn(3, 5, generator=g), torch.randn(2, 5, generator=g)),
    "one row comes in": (torch.randn(1, 4, generator=g), torch.randn(6, 4, generator=g)),
})  # fmt: skip


@affine.probe
def _(answer, x, weight):
    layer = answer(weight.shape[1], weight.shape[0])
    layer.load({"weight": weight, "bias": weight.sum(1)})
    return {"y": layer(x), "gradient": layer.gradients(x)[0], "bias": layer.get("bias")}


@affine.claim("a fresh layer maps everything to 0")
def _(answer):
    agree(answer(3, 2)(torch.randn(4, 3)), torch.zeros(4, 2))


affine.slip(" + self.bias", "", name="no_bias", seen="What is the bias for?", why="Add it.")


# ---- an object that remembers

cache = exercise("Cache", lambda g: {
    "two steps are appended": (torch.randn(2, 3, generator=g), torch.randn(1, 3, generator=g)),
})  # fmt: skip


@cache.probe
def _(answer, first, second):
    made = answer(first.shape[1])
    lengths = [made.method("append")(first), made.method("append")(second)]
    return lengths, made.get("keys")


@cache.claim("a new cache is empty")
def _(answer):
    assert answer(4).get("keys").shape == (0, 4)


cache.slip("[self.keys, keys]", "[keys, self.keys]", name="in_front",
           seen="Which keys come first?", why="New keys come last.")  # fmt: skip


# ---- a function that calls one of ours


def scores_of(table):
    return lambda ids: table[ids[-1] % len(table)]


decoding = exercise("greedy", lambda g: {
    "three tokens are asked for": (scores_of(torch.randn(6, 6, generator=g)), [1, 2], 3),
    "nothing is asked for": (scores_of(torch.eye(4)), [3], 0),
})  # fmt: skip


@decoding.claim("what stood there stays there")
def _(answer):
    assert answer(scores_of(torch.eye(4).roll(1, 1)), [2, 1], 2) == [2, 1, 2, 3]


@decoding.claim("every step asks about everything written so far")
def _(answer):
    asked = []

    def recorder(ids):
        asked.append(ids.tolist())
        return torch.arange(5.0)

    answer(recorder, [1], 3)
    assert asked == [[1], [1, 4], [1, 4, 4]]


decoding.slip("argmax", "argmin", name="lowest", seen="Which one?", why="The highest.")
decoding.slip("torch.tensor(ids)", "torch.tensor(ids[:1])", name="forgetful",
              seen="What does the model see?", why="It sees all ids.")  # fmt: skip


# ---- strings, dicts with tuples as keys, numbers that are no numbers

report = exercise("pair_report", lambda g: {
    "a pair comes twice": (["a", "b", "a", "b"],),
    "no pair comes twice": (["one", "två", "drei"],),
    "words are drawn": (["xyz"[i] for i in torch.randint(3, (9,), generator=g).tolist()],),
})  # fmt: skip


@report.claim("without a repeat the rate is infinite, and an empty one is no number")
def _(answer):
    rates = answer(["a"])["rates"]
    assert rates["per repeat"] == math.inf
    assert math.isnan(rates["empty"])


report.slip("words[1:]", "words[2:]", name="skips_one", seen="Who is next?", why="The next one.")
report.slip("math.inf", "0.0", name="zero_rate", seen="What is 3 / 0?", why="It is infinite.")


# ---- in place

scaling = exercise("scale_", lambda g: {
    "a tensor is doubled": (torch.randn(2, 3, generator=g), 2.0),
    "a tensor is halved": (torch.randn(4, generator=g), 0.5),
})  # fmt: skip
scaling.probe(lambda answer, x, factor: answer.after(x, factor)[0])


@scaling.claim("a factor of 1 changes nothing, one of 0 leaves zeros")
def _(answer):
    x = torch.randn(5)
    agree(answer.after(x, 1.0)[0], x)
    agree(answer.after(x, 0.0)[0], torch.zeros(5))


scaling.slip("mul_", "mul", name="copy", seen="Is x another x now?", why="mul makes a copy.")


# ---- a generator

running = exercise("windows", lambda g: {
    "there are more windows than are taken": (torch.randint(9, (12,), generator=g).tolist(), 3),
    "one window fits": ([5, 6], 2),
})  # fmt: skip
running.probe(lambda answer, ids, size: answer(ids, size).take(4))


@running.claim("it stops when nothing is left")
def _(answer):
    assert list(answer([1, 2, 3], 2)) == [[1, 2], [2, 3]]


running.slip(" + 1", "", name="last_missing", seen="Is that all?", why="One more fits.")


# ---- gradients

squashing = exercise("squash", lambda g: {
    "numbers have both signs": (torch.randn(3, 4, generator=g),),
    "all are positive": (torch.rand(5, generator=g),),
})  # fmt: skip


@squashing.claim("around 0 it is the identity: its slope there is 1")
def _(answer):
    (gradient,) = answer.gradients(torch.zeros(3))
    agree(gradient, torch.sin(torch.arange(1.0, 4.0)))


squashing.slip("x.abs()", "x", name="signed", seen="What if x is -1?", why="Its size is meant.")
squashing.slip(".abs()", ".abs().detach()", name="half_detached",
               seen="Equal values.", why="Half of the slope is missing.")  # fmt: skip


# ---- a reference that refuses

sharing = exercise("head_width", lambda g: {
    "heads share evenly": (12, 3),
    "heads cannot share evenly": (10, 4),
    "there is one head": (7, 1),
})  # fmt: skip


@sharing.claim("heads times their width gives the width back")
def _(answer):
    assert answer(96, 8) * 8 == 96


@sharing.misconception(seen="What becomes of the rest?", why="Refuse it.")
def never_refuses(width, heads):
    return width // heads
