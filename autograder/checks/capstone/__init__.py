"""Checks of chapters/6_quantization/06_capstone.md, one module an exercise.

Owns: weights of a whole GPT-2 by name, and a grammar of which the entropy is known.
"""

import math

import torch

from autograder.checks.decoders import block_weights

TABLES = ("transformer.wte.weight", "transformer.wpe.weight")
END, ASK, WORDS = 0, 1, 12  # of the grammar: its end, the mark of a question, its words from 2 on
HELD_OUT = 10  # the first word that no training asks for
LIKELY = 0.8  # how often the word that mostly comes after a word comes after it


def gpt2_weights(draw, V, places, D, layers, inner=None):
    """Weights under the names of `GPT2LMHeadModel`, without the head that is the table of tokens."""
    made = {TABLES[0]: draw(V, D), TABLES[1]: draw(places, D)}
    for layer in range(layers):
        block = block_weights(draw, D, inner or 4 * D)
        made |= {f"transformer.h.{layer}.{name}": each for name, each in block.items()}
    return made | {
        "transformer.ln_f.weight": 1 + draw(D) / 2, "transformer.ln_f.bias": draw(D) / 2
    }  # fmt: skip


def small_weights(draw, V, places, D, layers):
    """The same as a training begins with: small matrices, norms of 1, no biases."""
    drawn = gpt2_weights(draw, V, places, D, layers)
    return {
        name: 0.1 * each if each.ndim == 2 else torch.full_like(each, float("weight" in name))
        for name, each in drawn.items()
    }


def library(weights, H):
    """The GPT-2 of transformers with these weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    places, D = weights[TABLES[1]].shape
    config = GPT2Config(
        vocab_size=len(weights[TABLES[0]]), n_positions=places, n_embd=D, n_head=H,
        n_layer=sum(name.endswith("ln_1.weight") for name in weights),
        n_inner=weights["transformer.h.0.mlp.c_fc.bias"].shape[0], resid_pdrop=0.0,
        attn_pdrop=0.0, embd_pdrop=0.0, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    model = GPT2LMHeadModel(config).to(weights[TABLES[0]].dtype).eval()
    model.load_state_dict(weights, strict=False)
    model.tie_weights()
    return model


@torch.no_grad()
def gpt2_logits(weights, ids, H):
    """What a GPT-2 of these weights says of ids (B, T), read at once."""
    return library(weights, H)(ids).logits


def after(word, odd):
    """The word that mostly comes after a word, or the one that seldom does."""
    return 2 + ((word - 2) * 5 + 3 + odd) % WORDS


def told(g, rows, T):
    """Texts of the grammar: an end, a word, and after each word one of two, mostly the first."""
    ids = torch.full((rows, T), END)
    ids[:, 1] = torch.randint(2, 2 + WORDS, (rows,), generator=g)
    for t in range(2, T):
        ids[:, t] = after(ids[:, t - 1], torch.rand(rows, generator=g) > LIKELY)
    return ids


def floor(ids):
    """Nats a word that texts cost somebody who knows the grammar: all words but the first."""
    usual = (ids[:, 2:] == after(ids[:, 1:-1], 0)).float().mean().item()
    return -usual * math.log(LIKELY) - (1 - usual) * math.log(1 - LIKELY)


def asked(g, rows, T):
    """Questions, each a mark and a word, and the answer: what mostly comes after it, then the end.

    Only the first words are asked for; the last four are held out.
    """
    ids, labels = torch.full((rows, T), END), torch.full((rows, T), -100)
    ids[:, 1], ids[:, 2] = ASK, torch.randint(2, HELD_OUT, (rows,), generator=g)
    ids[:, 3] = labels[:, 3] = after(ids[:, 2], 0)
    labels[:, 4] = END
    return ids, labels


def questions():
    """Those that are held out, a row each."""
    return torch.tensor([[END, ASK, word] for word in range(HELD_OUT, 2 + WORDS)])
