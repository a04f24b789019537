"""Checks and misconceptions for `training_memory`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise

GPT_2_XL = {"N": 1_557_611_200, "scheme": "mixed", "batch": 1, "T": 1024, "D": 1600, "L": 48,
            "H": 25, "recompute": False}  # fmt: skip


def trainings(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    N = some(1000, 9000)
    return {
        "all is in FP32, and no text is read": (N, "fp32", 0, 5, 8, 3, 2, False),
        "precision is mixed, and no text is read": (N, "mixed", 0, 5, 8, 3, 2, False),
        "all is in FP32, and two tokens go through one layer": (N, "fp32", 1, 2, 12, 1, 1, False),
        "precision is mixed, and two tokens go through one layer": (
            N, "mixed", 1, 2, some(9, 30), 1, 1, False,
        ),
        "texts are many and long, and precision is mixed": (
            N, "mixed", some(2, 5), some(6, 9), 10, 1, 1, False,
        ),
        "there are several heads, in FP32": (N, "fp32", 1, some(7, 11), 18, 1, 3, False),
        "there are several layers, in FP32": (N, "fp32", 2, 3, 14, some(4, 9), 2, False),
        "layers are recomputed, in FP32": (N, "fp32", 3, some(5, 9), 14, 4, 2, True),
        "layers are recomputed, and precision is mixed": (
            N, "mixed", 2, some(5, 9), 15, some(3, 7), 5, True,
        ),
        "the sizes are drawn": (some(10**6, 10**9), "mixed", some(2, 5), 9, 28, some(3, 7), 4, False),
        "it is GPT-2 XL": tuple(GPT_2_XL.values()),
    }  # fmt: skip


memory = Exercise(
    "memory.training_memory", kind="predict", fast_track=True,
    title="What a training step keeps", needs=("adamw_step",),
    points=2, difficulty=2, minutes=20, examples=trainings,
    question="The largest GPT-2 has 1.56 billion parameters, 48 layers, a width of 1,600 and 25 heads. "
    "In 16 bits its weights take 3.1 GB. It is trained with AdamW in mixed precision, with one text "
    "of 1,024 tokens in each step. How many GB does that take?",
    unit="GB", counted=lambda reference: reference(**GPT_2_XL)["total"] / 1e9,
    forbid=("nbytes", "saved_tensors_hooks"),
)  # fmt: skip


def layer(x, w, H):
    """A layer of GPT-2 as section 4.1 of Korthikanti et al. has it, with each mask in a byte."""

    def dropped(y):
        return torch.native_dropout(y, 0.1, True)[0]

    def heads(y):
        return y.unflatten(-1, (H, -1)).transpose(1, 2)

    D = x.shape[-1:]
    read = F.layer_norm(x, D)
    q, k, v = (heads(read @ w[name]) for name in "qkv")
    mixed = dropped((q @ k.transpose(-1, -2)).softmax(-1)) @ v
    x = x + dropped(mixed.transpose(1, 2).flatten(2) @ w["o"])
    return x + dropped(F.gelu(F.layer_norm(x, D) @ w["in"]) @ w["out"])


@memory.oracle("torch: nbytes of weights, gradients, AdamW's state and what autograd saves")
def _(N, scheme, batch, T, D, L, H, recompute):
    from torch.utils.checkpoint import checkpoint

    dtype = {"fp32": torch.float32, "mixed": torch.bfloat16}[scheme]
    p = torch.nn.Parameter(torch.empty(N, dtype=dtype, device="meta"))
    p.grad = torch.empty_like(p)
    kept = torch.nn.Parameter(torch.empty(N, device="meta"))  # the copy that AdamW changes
    kept.grad = torch.empty_like(kept)
    adamw = torch.optim.AdamW([kept], foreach=False, capturable=False)
    adamw.step()
    state = sum(adamw.state[kept][name].nbytes for name in ("exp_avg", "exp_avg_sq"))
    found = {
        "parameters": p.nbytes,
        "gradients": p.grad.nbytes,
        "optimizer": state + (kept.nbytes if scheme == "mixed" else 0),
        "activations": 0,
    }
    if batch:
        shapes = dict.fromkeys("qkvo", (D, D)) | {"in": (D, 4 * D), "out": (4 * D, D)}
        x, *ws = (
            torch.empty(shape, dtype=dtype, device="meta", requires_grad=True)
            for shape in ((batch, T, D), *shapes.values())
        )
        weights = dict(zip(shapes, ws, strict=True))
        known, saved = {w.untyped_storage()._cdata for w in ws}, {}

        def pack(tensor):
            place = tensor.untyped_storage()._cdata
            if place not in known and tensor.shape != (batch, T, 1):  # the norms' means
                saved[place] = tensor
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            if recompute:
                checkpoint(layer, x, weights, H, use_reentrant=True, preserve_rng_state=False)
            else:
                layer(x, weights, H)
        found["activations"] = L * sum(t.untyped_storage().nbytes() for t in saved.values())
    return found | {"total": sum(found.values())}


def step(**changes):
    told = {"N": 5000, "scheme": "mixed", "batch": 2, "T": 7, "D": 12, "L": 3, "H": 4,
            "recompute": False}  # fmt: skip
    return tuple((told | changes).values())


STATES = ("parameters", "gradients", "optimizer")


@memory.claim("without a text both schemes keep 16 bytes for each parameter, and of these the optimizer "
              "has 8 in FP32 and 12 in mixed precision")  # fmt: skip
def _(answer):
    for scheme, share in (("fp32", 8), ("mixed", 12)):
        kept = answer(*step(scheme=scheme, batch=0))
        assert kept["total"] == 16 * 5000
        assert kept["optimizer"] == share * 5000


@memory.claim("double the batch, and only the activations grow: they double")
def _(answer):
    for scheme in ("fp32", "mixed"):
        one, two = answer.each(step(scheme=scheme), step(scheme=scheme, batch=4))
        assert all(two[part] == one[part] > 0 for part in STATES)
        assert two["activations"] == 2 * one["activations"] > 0
        assert two["total"] - one["total"] == one["activations"]


@memory.claim("twice the parameters in as many layers, and only the activations stay")
def _(answer):
    one, two = answer.each(step(), step(N=10_000))
    assert all(two[part] == 2 * one[part] > 0 for part in STATES)
    assert two["activations"] == one["activations"] > 0
    assert two["total"] - one["total"] == 16 * 5000


@memory.claim("if layers are recomputed, texts of twice the length take exactly twice as much")
def _(answer):
    less, long = answer.each(step(recompute=True), step(T=14, recompute=True))
    assert long["activations"] == 2 * less["activations"] > 0


@memory.claim("in mixed precision each of the T by T entries takes 5 bytes, for every head of every text "
              "in every layer")  # fmt: skip
def _(answer):
    one, two = answer.each(step(), step(T=14))
    tables = 2 * 7**2  # how many more entries 14 by 14 has than two of 7 by 7
    assert two["activations"] - 2 * one["activations"] == 2 * 3 * 4 * 5 * tables


@memory.claim("for each number of its width a token adds 34 bytes a layer, and 66 in FP32")
def _(answer):
    for scheme, each in (("mixed", 34), ("fp32", 66)):
        narrow, wide = answer.each(step(scheme=scheme), step(scheme=scheme, D=16))
        assert wide["activations"] - narrow["activations"] == 4 * each * 2 * 7 * 3
