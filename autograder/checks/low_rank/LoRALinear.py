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
    layer.load({"W": W, "b": b, "A": A, "B": B})
    layer.method(mode)()
    return layer


def added(answer, W, b, A, B, alpha, mode="train"):
    """What the path adds for the same single number, 48 times, if half of them are dropped."""
    W, A = W[:, :1], A[:, :1]
    out = filled(answer, W, b, A, B, alpha, 0.5, mode)(W.new_ones(48, 1))
    fits = isinstance(out, torch.Tensor) and out.shape == (48, len(b))
    return out - W[:, 0] - b if fits else W.new_zeros(0, len(b))


def alike(got, wanted):
    return isinstance(got, torch.Tensor) and got.shape == wanted.shape and torch.allclose(
        got.to(wanted.dtype), wanted, rtol=1e-4, atol=1e-5
    )  # fmt: skip


@low.probe
def _(answer, x, W, b, A, B, alpha):
    new, dropping = answer(W, b, A.shape[0], alpha, 0.0), answer(W, b, A.shape[0], alpha, 0.5)
    many = x.expand(16, *x.shape).clone()  # not all of their numbers are dropped
    gone, kept = (added(answer, W, b, A, B, alpha, mode).abs() < 1e-4 for mode in ("train", "eval"))
    return {
        "a new layer gives what the old one gave": alike(new(x), x @ W.T + b),
        "A begins without a 0": bool((new.get("A") != 0).all()),
        "A begins with unlike numbers": len(set(new.get("A").flatten().tolist())) == A.numel(),
        "B begins with zeros": bool((new.get("B") == 0).all()),
        "with A and B": filled(answer, W, b, A, B, alpha)(x),
        "dropout leaves the old layer alone": alike(dropping(many), many @ W.T + b),
        "an input is dropped as a whole": bool((gone.all(-1) | ~gone.any(-1)).all()),
        "some inputs are dropped": bool(gone.any() and not gone.all()),
        "none are dropped in eval mode": not kept.any(),
        "shapes of its parameters": sorted(
            list(each.shape) for each in new.method("parameters")().take(9)
        ),
    }


@low.oracle("peft.tuners.lora.layer.Linear")
def _(W, b, r, alpha, dropout):
    from peft import LoraConfig
    from peft.tuners.lora.layer import Linear

    base = nn.Linear(W.shape[1], W.shape[0]).to(W.dtype)
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
            return self.held[0].train(self.training)(x)

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


@low.claim("in training an input is dropped before the path, and what is left is scaled up")
def _(answer):
    W, b, A, B = drawn()
    rows = added(answer, W, b, A, B, 5.0)
    kept = rows.abs().amax(-1) > 1e-4
    assert kept.any()
    assert not kept.all()
    agree(rows, kept[:, None] * 2 * 5.0 / 3 * (B @ A[:, 0]))


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
