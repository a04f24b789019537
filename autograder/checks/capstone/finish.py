"""Checks for `finish`; what goes wrong is in finish_mistakes."""

import torch

from autograder.checks.capstone import (
    END,
    WORDS,
    after,
    asked,
    floor,
    gpt2_logits,
    gpt2_weights,
    library,
    questions,
    small_weights,
    told,
)
from autograder.checks.integers import whole
from autograder.exercise import Exercise, agree

V, WIDTH, LONG, HEADS = 2 + WORDS, 24, 12, 2  # of the models that claims train
RATE = 0.03


def trainings(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    def case(D, H, layers, reads, answers, rate, rows=1, small=1.0):
        weights = gpt2_weights(draw, V, 6, D, layers, inner=3)
        weights = {name: small * each for name, each in weights.items()}
        reading = [told(g, rows + i % 2, 4 + i % 3) for i in range(reads)]
        answering = [asked(g, 1 + i % 2, 5 + i % 2) for i in range(answers)]
        return weights, H, reading, answering, rate

    still = case(4, 1, 1, 0, 0, 0.1)
    still[0]["transformer.h.0.mlp.c_fc.weight"][:, 1] = 0.0
    still[0]["transformer.wpe.weight"][2] = 0.0
    return {
        "nothing is read": still,
        "one batch is read": case(4, 1, 1, 1, 0, 0.2),
        "three batches are read": case(6, 2, 1, 3, 0, 0.1),
        "eleven batches are read": case(4, 1, 1, 11, 0, 0.05),
        "one question follows one batch": case(4, 2, 1, 1, 1, 0.1),
        "two questions follow three batches": case(6, 3, 1, 3, 2, 0.1),
        "three questions follow two batches": case(4, 1, 1, 2, 3, 0.15),
        "there are two blocks": case(4, 2, 2, 2, 1, 0.1, rows=3),
        "weights are small": case(4, 2, 1, 2, 6, 0.03, small=0.3),
    }  # fmt: skip


finished = Exercise(
    "capstone.finish",
    title="Finished", points=3, difficulty=3, minutes=45, examples=trainings,
    needs=("gpt2_block", "causal_lm_loss", "adamw_step", "sft_labels"), dear=True,
    forbid=("GPT2Model", "GPT2LMHeadModel", "AdamW", "Adam", "clip_grad_norm_"),
)  # fmt: skip

finished.excuse("strict=True", "there is a gradient for each weight, and a batch for each question")
finished.excuse(
    "// 10, len(batches) + 1)", "no example is long enough to tell a ninth from a tenth"
)
finished.excuse("each = each.detach()", "a value that comes to the judge has no gradient any more")
finished.leave_out("letters", "the names of weights are given")


@finished.oracle("transformers.GPT2LMHeadModel, torch.optim.AdamW and quantize_per_channel")
def _(weights, H, reading, answering, max_lr):
    from transformers import get_cosine_schedule_with_warmup

    model = library(weights, H)

    def train(batches, top):
        optimiser = torch.optim.AdamW(model.parameters(), top, (0.9, 0.95), 1e-5, 0.0)
        n = len(batches)
        shares = get_cosine_schedule_with_warmup(optimiser, n // 10, n + 1).lr_lambdas[0]
        for step, parts in enumerate(batches, 1):
            optimiser.zero_grad()
            for ids, labels in parts:
                guessed = model(ids).logits[:, :-1].flatten(0, 1)  # its own loss is in float32
                torch.nn.functional.cross_entropy(guessed, labels[:, 1:].flatten()).backward()
            grads = [p.grad for p in model.parameters()]  # torch's clipping adds 1e-6 to the length
            length = torch.nn.utils.get_total_norm(grads)
            torch._foreach_mul_(grads, min(1.0, 1 / length.item()))
            optimiser.param_groups[0]["lr"] = top * shares(step)
            optimiser.step()

    train([[(ids, ids)] for ids in reading], max_lr)
    train(
        [[pair, 2 * (reading[i % len(reading)],)] for i, pair in enumerate(answering)], max_lr / 2
    )
    state = model.state_dict()
    return {name: by_channel(state[name], 1 if ".h." in name else 0) for name in weights}


def by_channel(each, axis):
    if each.ndim == 1:
        return each.half()
    largest = each.abs().amax(1 - axis)
    scales = torch.where(largest > 0, largest / 127, 1.0)
    zeros = torch.zeros(len(scales), dtype=torch.long)
    q = whole(torch.quantize_per_channel, each.float(), scales, zeros, axis, torch.qint8)
    return q, scales.unsqueeze(1 - axis).half()


def restored(small):
    return {
        n: e.float() if isinstance(e, torch.Tensor) else e[0] * e[1].float()
        for n, e in small.items()
    }


def trained(answer, seed=4):
    """The weights of a model that was finished in the tiny grammar."""
    g = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    weights = small_weights(draw, V, LONG, WIDTH, 1)
    reading = [told(g, 16, LONG) for _ in range(40)]
    answering = [asked(g, 6, 5) for _ in range(40)]
    return restored(answer(weights, HEADS, reading, answering, RATE))


def above_the_floor(weights):
    """Nats a word of texts that nobody was trained on, beyond what the grammar has to cost."""
    ids = told(torch.Generator().manual_seed(99), 200, LONG)
    rest = gpt2_logits(weights, ids, HEADS)[:, 1:-1]  # about the words after the first
    surprise = torch.nn.functional.cross_entropy(rest.flatten(0, 1), ids[:, 2:].flatten())
    return float(surprise) - floor(ids)


@finished.claim(
    "in the GPT-2 of `transformers` its weights read new texts at most 0.1 nats a token above the floor "
    "of their grammar, answer questions that were held out, and stop"
)
def _(answer):
    weights, asked_for = trained(answer), questions()
    assert above_the_floor(weights) < 0.1
    right = after(asked_for[:, 2], 0)
    said = gpt2_logits(weights, torch.cat([asked_for, right[:, None]], dim=1), HEADS).argmax(-1)
    assert (said[:, 2] == right).sum() >= 3
    assert (said[:, 3] == END).sum() >= 3


@finished.claim("the one step of a single batch moves weights by half of the rate", universal=True)
def _(answer):
    g = torch.Generator().manual_seed(8)
    weights = small_weights(torch.randn, V, 9, 6, 1)
    small = answer(weights, 2, [told(g, 3, 8)], [], 0.2)
    moved = [(small[name] - each).abs().max() for name, each in weights.items() if each.ndim == 1]
    assert 0.05 < max(moved) < 0.101


@finished.claim("a weight of a matrix takes one byte, and each output has a scale")
def _(answer):
    weights = small_weights(torch.randn, V, 9, 8, 2)
    small = answer(weights, 2, [], [], 0.1)
    assert small.keys() == weights.keys()
    for name, each in weights.items():
        if each.ndim == 2:
            q, scale = small[name]
            assert q.dtype == torch.int8
            outputs = each.shape[1] if ".h." in name else each.shape[0]
            assert scale.numel() == outputs
            assert ((q * scale.float() - each).abs() <= 0.6 * scale.float()).all()
        else:
            agree(small[name], each.half())


@finished.claim("scales and all tensors with one axis are kept in float16", universal=True)
def _(answer):
    small = answer(small_weights(torch.randn, V, 9, 8, 2), 2, [], [], 0.1)
    for each in small.values():
        assert (each if isinstance(each, torch.Tensor) else each[1]).dtype == torch.float16
