"""The recipes, by name."""

from functools import partial

from transformers import GPT2Config, GPT2LMHeadModel

from byhand.town import MIXTURE, Mixture
from byhand.train.batches import IGNORED, Place, batches, padded
from byhand.train.digits import label_loss, processor, shifted, vision
from byhand.train.loop import Recipe, next_token_loss
from byhand.train.reader import Reader, tasks_in_turn
from byhand.train.vocabulary import byte_level_bpe, wordpiece

SEED = 1  # of the stream that models are trained on


def decoder(tokenizer, *, width=128, layers=4, heads=4, inner=None, context=256) -> GPT2LMHeadModel:
    """A GPT-2 without dropout: no document comes twice, so there is nothing to overfit."""
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=len(tokenizer), n_positions=context, n_embd=width, n_layer=layers, n_head=heads,
        n_inner=inner, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        activation_function="gelu_pytorch_tanh",
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip


# Sums and codes are short, so of the tokens they are few: for a while there are three times as many.
DRILLED = Mixture(slots=dict(MIXTURE.slots) | {"story": 100_000, "code": 80_000, "sum": 80_000})
DRILLS = range(97, 136)  # chunks


def whole_documents(tokenizer, place, *, tokens=8192, kinds=None, drills=range(0)):
    """Each document in a row of its own, between two end marks."""
    end, fast = tokenizer.eos_token_id, tokenizer.backend_tokenizer

    def encode(document):
        return [end, *fast.encode(document.text).ids, end][:256]

    def collate(rows, random):
        return {"input_ids": padded(rows, end), "labels": padded(rows, IGNORED)}

    return batches(
        encode, collate, Place(*place), seed=SEED, tokens=tokens, kinds=kinds,
        mixture=lambda chunk: DRILLED if chunk in drills else MIXTURE,
    )  # fmt: skip


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("town-gpt", byte_level_bpe, decoder, partial(whole_documents, drills=DRILLS),
               next_token_loss, steps=9_300, learning_rate=4e-3, warmup=200),
        Recipe("town-gpt-1-layer", byte_level_bpe, partial(decoder, layers=1), whole_documents,
               next_token_loss, steps=2_400,
               learning_rate=4e-3, warmup=200),
        Recipe("town-gpt-drafter", byte_level_bpe,
               partial(decoder, width=32, layers=2, heads=2, inner=64), whole_documents,
               next_token_loss, steps=2_500, learning_rate=1e-2),
        Recipe("town-bert", wordpiece, Reader, tasks_in_turn, Reader.forward, steps=7_600,
               learning_rate=3e-3, warmup=200),
        Recipe("digits-vit", processor, vision, shifted, label_loss, steps=3_000,
               learning_rate=3e-3, tokens=128 * 17),
    )
}  # fmt: skip
