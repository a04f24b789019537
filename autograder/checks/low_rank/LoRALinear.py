"""Checks and misconceptions for `LoRALinear`."""

import torch
from torch import nn

from autograder.exercise import Exercise, agree, differ


def layers(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def layer(*leading, I, O, r, alpha):
        return draw(*leading, I), draw(O, I), draw(O), draw(r, I), draw(O, r), alpha

    *doubled, alpha = layer(2, I=3, O=5, r=2, alpha=3.0)
    return {
        "the rank is 1": layer(2, I=3, O=4, r=1, alpha=2.0),
        "the rank is 2": layer(3, I=4, O=5, r=2, alpha=6.0),
        "alpha is smaller than the rank": layer(2, I=5, O=4, r=3, alpha=1.5),
        "the matrix is square": layer(2, I=4, O=4, r=3, alpha=9.0),
        "there is one vector": layer(I=4, O=3, r=2, alpha=5.0),
        "there is a batch of sequences": layer(2, 3, I=6, O=4, r=3, alpha=8.0),
        "the numbers have twice the precision": (*(each.double() for each in doubled), alpha),
    }


low = Exercise(
    "low_rank.LoRALinear", fast_track=True,
    title="A layer with a path beside it",
    points=3, difficulty=2, minutes=20, examples=layers,
)  # fmt: skip


def filled(answer, W, b, A, B, alpha, dropout=0.0, mode="eval"):
    layer = answer(W, b, A.shape[0], alpha, dropout)
    layer.method("load_state_dict")({"A": A, "B": B}, False)
    layer.method(mode)()
    return layer


def alike(got, wanted):
    return isinstance(got, torch.Tensor) and got.shape == wanted.shape and torch.allclose(
        got.to(wanted.dtype), wanted, rtol=1e-4, atol=1e-5
    )  # fmt: skip


def can_learn(layer, x):
    """Does anything lead a gradient back to what a layer holds?

    It is asked for a gradient of nothing. torch refuses that where there is one to be had.
    """
    try:
        layer.gradients(x, wrt=())
    except Exception as error:
        if "empty" not in str(error):
            raise
        return True
    return False


def held_still(layer, **numbers):
    """The layer, with these numbers in place of what it trains."""
    for name, tensor in numbers.items():
        layer.method("__delattr__")(name)
        layer.method("__setattr__")(name, tensor)
    return layer


def learners(answer, x, *layer):
    """Which of A, B and the rest can learn: one is left as it is, and the others are held still."""
    A, B = layer[2:4]
    left = {"A": {"B": B}, "B": {"A": A}, "anything else": {"A": A, "B": B}}
    return {
        f"{name} can learn": can_learn(held_still(filled(answer, *layer), **still), x)
        for name, still in left.items()
    }


def taken(answer, x, A, dropout, mode="train"):
    """What goes through the path of a layer of zeros: of each number x, what it has become."""
    size = len(A)
    W, b, B = A.new_zeros(size, size), A.new_zeros(size), torch.eye(size, dtype=A.dtype)
    layer = filled(answer, W, b, A, B, float(size), dropout, mode)
    return layer(x) / filled(answer, W, b, A, B, float(size))(x)


def dropped(answer, dtype):
    """How much is dropped in training, of what, and what becomes of the rest."""
    x = 1 + torch.rand(2000, 3, dtype=dtype)
    each, told = torch.eye(3, dtype=dtype), {}
    for p in (0.0, 0.2, 0.7):
        left = taken(answer, x, each, p)
        gone = left == 0
        apart = bool(((left - left[0]).abs() > 1e-3).any())
        told[f"with {p}, vectors lose numbers of their own"] = apart
        if apart or not p:  # a single draw for all vectors says nothing about p
            told[f"share dropped with {p}"] = round(gone.double().mean().item(), 1)
            told[f"size of the rest with {p}"] = (
                0 if gone.all() else round(left[~gone].median().item(), 2)
            )
            told[f"with {p}, a vector loses all or nothing"] = bool((gone == gone[:, :1]).all())
    summed = taken(answer, x, torch.ones_like(each), 0.7)
    return told | {
        "dropped before A": alike(summed, summed[:, :1].expand(-1, 3)),
        "nothing is dropped in eval mode": alike(taken(answer, x, each, 0.7, "eval"), x / x),
    }


def calls(answer, x, W, b, A, B, alpha):
    """What one call leaves to the next, and one layer to another."""
    layer, another = (filled(answer, W, b, A, B, alpha) for _ in range(2))
    first, second = layer(x), layer(x)
    layer.method("load_state_dict")({"A": 2 * A, "B": B}, False)
    new = [answer(W, b, len(A), alpha, 0.0).get("A") for _ in range(2)]
    many, dropping = x.expand(32, *x.shape).clone(), filled(answer, W, b, A, B, alpha, 0.5, "train")
    one, *more = dropping.each(*[(many,)] * 20)
    return {
        "a second call gives the same": alike(second, first),
        "after that, with twice A": layer(x),
        "another layer has kept its A": alike(another.get("A"), A),
        "two layers begin with unlike A": not torch.equal(*new),
        "calls in training differ": not all(alike(each, one) for each in more),
        "x is as it was": torch.equal(dropping.after(many)[0], many),
    }


@low.probe
def _(answer, x, W, b, A, B, alpha):
    (r, I), O = A.shape, len(b)
    new = answer(W, b, r, alpha, 0.0)
    state = new.method("state_dict")()
    shapes = {"W": [O, I], "b": [O], "A": [r, I], "B": [O, r]}
    saved = {name: list(state[name].shape) if name in state else None for name in shapes}
    trained = sorted(name for name, _ in new.method("named_parameters")().take(9))
    told = {"what is saved": saved, "what is trained": trained}
    told |= dict.fromkeys(("with A and B", "more of it", "learning and dropping"))
    if saved["A"] != shapes["A"] or saved["B"] != shapes["B"]:
        return told  # the rest could not be asked
    full = filled(answer, W, b, A, B, alpha)
    told["with A and B"] = out = full(x)
    if not isinstance(out, torch.Tensor) or out.shape != (*x.shape[:-1], O):
        return told
    dropping, many, A_new = answer(W, b, r, alpha, 0.5), torch.stack([x] * 16), new.get("A")
    told["more of it"] = {
        "a new layer gives what the old one gave": alike(new(x), x @ W.T + b),
        "A begins without a 0": bool((A_new != 0).all()),
        "A begins with unlike numbers": len(set(A_new.flatten().tolist())) == A.numel(),
        "A begins with numbers below 10": bool((A_new.abs() < 10).all()),
        "B begins with zeros": bool((new.get("B") == 0).all()),
        "in training, with nothing dropped": alike(
            filled(answer, W, b, A, B, alpha, 0.0, "train")(x), out
        ),
        "the gradient of x": full.gradients(x)[0],
        "dropout leaves the old layer alone": alike(dropping(many), many @ W.T + b),
    }
    if x.dim() == 3:  # this takes many calls, and is asked where there is a batch of sequences
        told["learning and dropping"] = (
            learners(answer, x, W, b, A, B, alpha)
            | calls(answer, x, W, b, A, B, alpha)
            | dropped(answer, W.dtype)
        )
    return told


@low.oracle("peft.tuners.lora.layer.Linear")
def _(W, b, r, alpha, dropout):
    from peft import LoraConfig
    from peft.tuners.lora.layer import Linear

    base = nn.Linear(W.shape[1], W.shape[0]).to(W.dtype).requires_grad_(False)
    base.load_state_dict({"weight": W, "bias": b})
    config = LoraConfig(r=r, lora_alpha=alpha, lora_dropout=dropout)
    theirs = Linear(base, "it", config=config, r=r, lora_alpha=alpha)

    class Ours(nn.Module):
        """Theirs, with our names for what it holds."""

        def __init__(self):
            super().__init__()
            self.register_buffer("W", W)
            self.register_buffer("b", b)
            self.A = theirs.lora_A["it"].weight
            self.B = theirs.lora_B["it"].weight
            self.held = [theirs]  # in a list, so that its parameters are not counted again

        def forward(self, x):
            ours = {"lora_A.it.weight": self.A, "lora_B.it.weight": self.B}
            return torch.func.functional_call(self.held[0].train(self.training), ours, (x,))

    return Ours().to(W.dtype)


def drawn(I=5, O=4, r=3):
    return torch.randn(O, I), torch.randn(O), torch.randn(r, I), torch.randn(O, r)


@low.claim("a new layer gives what the old one gave, and A is ready to learn")
def _(answer):
    x, (W, b, *_) = torch.randn(6, 5), drawn()
    for r in (1, 3):
        layer = answer(W, b, r, 7.0, 0.0)
        agree(layer(x), x @ W.T + b)
        assert (layer.get("A") != 0).all()


@low.claim("twice the rank, with the new half of A and B zero, halves the update")
def _(answer):
    x, (W, b, A, B) = torch.randn(6, 5), drawn()
    wider = torch.cat([A, torch.zeros_like(A)]), torch.cat([B, torch.zeros_like(B)], 1)
    plain = x @ W.T + b
    narrow = filled(answer, W, b, A, B, 5.0)(x) - plain
    agree(filled(answer, W, b, *wider, 5.0)(x) - plain, narrow / 2)
    differ(narrow, torch.zeros_like(narrow))


@low.claim(
    "both matrices can learn and nothing else can, and x gets its gradient through both ways"
)
def _(answer):
    x, (W, b, A, B) = torch.randn(6, 5), drawn()
    can = learners(answer, x, W, b, A, B, 7.0)
    assert [*can.values()] == [True, True, False]
    of_x, changed = (filled(answer, W, b, each, B, 7.0).gradients(x)[0] for each in (A, 2 * A))
    (of_old,) = filled(answer, W, b, 0 * A, B, 7.0).gradients(x)
    agree(changed - of_x, of_x - of_old)
    differ(of_x, of_old)
    differ(of_old, torch.zeros_like(x))


@low.claim("in training each number of x is dropped by itself, and what is left is scaled up")
def _(answer):
    for p, size in ((0.2, 1.25), (0.7, 3.33)):
        left = taken(answer, 1 + torch.rand(1200, 3), torch.eye(3), p)
        gone = left == 0
        assert abs(gone.double().mean() - p) < 0.06
        assert (left[~gone] - size).abs().max() < 0.01
        assert (gone != gone[0]).any()
        assert (gone != gone[:, :1]).any()


low.excuse("torch.randn(r", "how large the random numbers are is left open")


low.slip(
    "alpha / r,", "alpha,", name="scale_alpha",
    seen="With rank 1 it is right. By what is alpha divided?",
    why="The path is multiplied by alpha here. With twice the rank it would then add about twice as "
    "much. alpha / r keeps its size about the same, whatever the rank is.",
)  # fmt: skip
low.slip(
    "alpha / r,", "alpha / r**0.5,", name="scale_sqrt_r",
    seen="With rank 1 it is right. By what is alpha divided?",
    why="alpha is divided by the root of the rank here. That is rank-stabilised LoRA, a later idea. "
    "LoRA as it began divides by the rank.", convention=True,
)  # fmt: skip
low.slip(
    "alpha / r,", "1.0,", name="no_scale",
    seen="A new layer is right. What is alpha for?",
    why="The path is added as it is here. It is multiplied by alpha / r first.",
)  # fmt: skip
low.slip(
    "torch.randn(r, W.shape[1], dtype=W.dtype)", "torch.zeros(r, W.shape[1], dtype=W.dtype)",
    name="both_zero",
    seen="A new layer gives what the old one gave. Which gradient do A and B get, if both are zero?",
    why="Both matrices begin with zeros here. The gradient of each is a product with the other, so "
    "both gradients are 0 for ever: such a layer never learns anything.",
)  # fmt: skip
low.slip(
    "torch.randn(r, W.shape[1], dtype=W.dtype)", "torch.ones(r, W.shape[1], dtype=W.dtype)",
    name="a_of_ones",
    seen="A new layer gives what the old one gave. In what do the rows of A differ at first?",
    why="A begins with the same number everywhere here. All its rows then read the same of x and get "
    "the same gradients, so they stay alike: the rank of the update is 1 for ever.",
)  # fmt: skip
low.slip(
    "torch.zeros(W.shape[0], r,", "torch.randn(W.shape[0], r,", name="both_random",
    seen="With A and B of ours it is right. What should a new layer give?",
    why="Both matrices begin with random numbers here, so the model is changed before it has learned "
    "anything. With zeros in B the path adds nothing at first.",
)  # fmt: skip
low.slip(
    "F.dropout(x, self.dropout, self.training)\n        return x @ self.W.T",
    "F.dropout(x, self.dropout, self.training)\n        return read @ self.W.T",
    name="base_dropped",
    seen="Without dropout it is right. Who reads what dropout left over?",
    why="The frozen layer reads what dropout left here. Dropout is for the path alone: the layer "
    "itself was trained with all of its inputs.",
)  # fmt: skip
low.slip(
    "return x @ self.W.T + self.b +", "return x @ self.W.T +", name="bias_lost",
    seen="All outputs are off by the same numbers. What else does the old layer add?",
    why="The bias of the old layer is missing here.",
)  # fmt: skip
low.slip(
    "self.training)", "True)", name="always_dropping",
    seen="Without dropout it is right. When is something dropped?",
    why="Numbers are dropped here even after `eval()`. A module knows by `self.training` whether it "
    "is being trained.",
)  # fmt: skip
