"""Checks and misconceptions for `lm_logits`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def states(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def given(width, vocabulary):
        return 1 + draw(width) / 2, draw(width), draw(vocabulary, width)

    return {
        "there is one position": (draw(1, 1, 3), *given(3, 2)),
        "there are several positions": (draw(1, 4, 5), *given(5, 7)),
        "there is a batch": (draw(2, 3, 6), *given(6, 4)),
        "there are as many tokens as numbers": (draw(2, 3, 5), *given(5, 5)),
        "the states are large": (20 * draw(2, 2, 4) + 9, *given(4, 6)),
    }


logits = Exercise(
    "decoders.lm_logits",
    title="From vectors to scores", needs=("layer_norm",),
    points=1, difficulty=1, minutes=8, examples=states,
)  # fmt: skip
logits.leave_out("one D", "the weights say how wide a vector is")


@logits.oracle("transformers.GPT2LMHeadModel, its last norm and its head")
def _(h, gamma, beta, W_emb):
    from transformers import GPT2Config, GPT2LMHeadModel

    vocabulary, width = W_emb.shape
    model = GPT2LMHeadModel(GPT2Config(n_embd=width, n_layer=1, n_head=1, vocab_size=vocabulary,
                                       n_positions=8)).to(h.dtype)  # fmt: skip
    names = {"transformer.ln_f.weight": gamma, "transformer.ln_f.bias": beta,
             "transformer.wte.weight": W_emb}  # fmt: skip
    normed = torch.func.functional_call(
        model.transformer.ln_f, {"weight": gamma, "bias": beta}, (h,)
    )
    assert model.lm_head.weight is model.transformer.wte.weight, sorted(names)
    return torch.func.functional_call(model.lm_head, {"weight": W_emb}, (normed,))


@logits.claim("where gamma is 0 the scores say nothing of the state: beta meets every token's row")
def _(answer):
    h, beta, table = torch.randn(2, 3, 6), torch.randn(6), torch.randn(5, 6)
    agree(answer(h, torch.zeros(6), beta, table), (table @ beta).expand(2, 3, 5))


@logits.claim("to stretch a state changes no score")
def _(answer):
    h, gamma, beta, table = 9 * torch.randn(2, 3, 6), torch.rand(6) + 1, torch.randn(6), (
        torch.randn(5, 6)
    )  # fmt: skip
    scores = answer(h, gamma, beta, table)
    assert scores.shape == (2, 3, 5)
    agree(answer(2 * h, gamma, beta, table), scores)
    differ(answer(-h, gamma, beta, table), scores)


logits.slip(
    "layer_norm(h, gamma, beta)", "h", name="no_last_norm",
    seen="What are gamma and beta for?",
    why="The state meets the table as it is here. A last norm comes in between, with gamma and beta.",
)  # fmt: skip
logits.slip(
    "@ W_emb.T", "@ W_emb.T * W_emb.shape[-1] ** -0.5", name="scaled_sqrt_d",
    seen="All scores are too small by the same factor. Which?",
    why="These are scores divided by √D, as T5 does where it shares its table. GPT-2 takes the dot "
    "products as they are.", convention=True,
)  # fmt: skip
logits.slip(
    "@ W_emb.T", "@ torch.nn.functional.normalize(W_emb, dim=-1).T", name="cosines",
    seen="Does the length of a token's row count?",
    why="These are dot products with rows of length 1. A token that is frequent may have a long row, "
    "and GPT-2 lets it count.",
)  # fmt: skip


@logits.misconception(
    seen="Is a score wanted at one position, or at every one?",
    why="These are the scores at the last position, which is what one needs to write on. A loss needs "
    "them at every position: B by T by V.",
)
def last_position_only(h, gamma, beta, W_emb):
    return F.layer_norm(h[:, -1], gamma.shape, gamma, beta) @ W_emb.T


@logits.misconception(
    seen="What is asked for: scores, or probabilities?",
    why="A softmax was taken. Logits are the scores before it: a loss and a sampler take it themselves.",
)
def probabilities(h, gamma, beta, W_emb):
    return (F.layer_norm(h, gamma.shape, gamma, beta) @ W_emb.T).softmax(-1)


@logits.alternative
def by_einsum(h, gamma, beta, W_emb):
    away = h - h.mean(-1, keepdim=True)
    normed = away * (away.square().mean(-1, keepdim=True) + 1e-5).rsqrt() * gamma + beta
    return torch.einsum("btd,vd->btv", normed, W_emb)
