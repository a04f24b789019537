"""The recipes, by name."""

from collections.abc import Container
from functools import partial
from typing import NamedTuple
from zlib import crc32

from transformers import GPT2Config, GPT2LMHeadModel

from byhand.town import MIXTURE, Mixture
from byhand.train.batches import IGNORED, Place, batches, in_turn, padded
from byhand.train.captions import both, contrast, named, towers
from byhand.train.digits import label_loss, processor, shifted, vision
from byhand.train.loop import Recipe, next_token_loss
from byhand.train.reader import RENEWED, Reader, tasks_in_turn
from byhand.train.tones import ears, heard, listener, writing_loss
from byhand.train.translator import target_loss, translator
from byhand.train.translator import tasks_in_turn as translations_in_turn
from byhand.train.vocabulary import byte_level_bpe, unigram, wordpiece

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
DRILLED_CHUNKS = range(97, 136)

# To look something up in what was just read takes two steps, and either alone lowers no loss: whole
# documents leave a model on that plateau. Answers that nothing but a lookup gives, alone in their
# batches, end it: within 150 turns for codes, then within 600 for two seats. Not more of them than
# that: 1,700 such turns in a row cost the model most of what it knew by heart.


class Drill(NamedTuple):
    """Batches of which only answers are scored: in which turns, from which kinds, which slices."""

    turns: range
    kinds: dict
    slices: Container = frozenset()  # none: those of `spread`


EXPLAINED = ("7 shots", "8 shots")
ROW = ("1 steps", "2 steps")
DRILLS = (
    Drill(range(9_301, 15_300, 2), {"question": 4, "sum": 3, "code": 1}),
    Drill(range(19_000, 19_180), {"code": 1}, EXPLAINED),
    Drill(range(19_181, 20_200, 2), {"question": 8, "code": 1}, (*ROW, *EXPLAINED)),
    Drill(range(20_201, 23_000, 4), {"question": 4, "sum": 3, "code": 1}),
)


def whole_documents(tokenizer, place, *, tokens=8192, kinds=None, drilled=range(0)):
    """Each document in a row of its own, between two end marks."""
    end, fast = tokenizer.eos_token_id, tokenizer.backend_tokenizer

    def encode(document):
        return [end, *fast.encode(document.text).ids, end][:256]

    def collate(rows, random):
        return {"input_ids": padded(rows, end), "labels": padded(rows, IGNORED)}

    return batches(
        encode, collate, Place(*place), seed=SEED, tokens=tokens, kinds=kinds,
        mixture=lambda chunk: DRILLED if chunk in drilled else MIXTURE,
    )  # fmt: skip


def answers_alone(tokenizer, place, drill: Drill, *, tokens=4096):
    """Questions with something to read, sums and codes; only answers and worked steps are scored."""
    end, fast = tokenizer.eos_token_id, tokenizer.backend_tokenizer

    def encode(document):
        if not (document.slice in drill.slices if drill.slices else spread(document)):
            return None
        spans = [(c.start, c.end) for c in document.choices if c.name in ("answer", "step")]
        spans += [(asked.start, asked.end) for asked in document.questions]
        read = fast.encode(document.text)
        scored = [
            number if any(a < till and b > since for since, till in spans) else IGNORED
            for number, (a, b) in zip(read.ids, read.offsets, strict=True)
        ]
        return [end, *read.ids, end][:256], [IGNORED, *scored, IGNORED][:256]

    def collate(rows, random):
        ids, scored = zip(*rows, strict=True)
        return {"input_ids": padded(ids, end), "labels": padded(scored, IGNORED)}

    return batches(encode, collate, place, seed=SEED, tokens=tokens, kinds=drill.kinds)


def spread(document) -> bool:
    """Nothing from memory, and of short stories and this year's archive a third."""
    if document.slice in ("story", "this year"):
        return crc32(document.text.encode()) % 3 == 0
    return document.slice != "memory"


def with_drills(tokenizer, place):
    """Whole documents, and at the turns of a drill its answers alone."""
    streams = [lambda at: whole_documents(tokenizer, at, drilled=DRILLED_CHUNKS)]
    streams += [partial(answers_alone, tokenizer, drill=drill) for drill in DRILLS]

    def whose(turn):
        return next((i for i, drill in enumerate(DRILLS, 1) if turn in drill.turns), 0)

    return in_turn(streams, whose, place)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("town-gpt", byte_level_bpe, decoder, with_drills, next_token_loss, steps=23_000,
               learning_rate=4e-3, warmup=200, restarts={9_300: 1.0, 19_000: 0.75}),
        Recipe("town-gpt-1-layer", byte_level_bpe, partial(decoder, layers=1), whole_documents,
               next_token_loss, steps=2_400,
               learning_rate=4e-3, warmup=200),
        Recipe("town-gpt-drafter", byte_level_bpe,
               partial(decoder, width=32, layers=2, heads=2, inner=64), whole_documents,
               next_token_loss, steps=2_500, learning_rate=1e-2),
        Recipe("town-bert", wordpiece, Reader, tasks_in_turn, Reader.forward, steps=20_000,
               learning_rate=3e-3, warmup=200, renewals=(RENEWED,),
               restarts={7_600: 1.0, RENEWED: 1.0, 17_000: 0.6, 19_000: 0.5}),
        Recipe("town-t5", unigram, translator, translations_in_turn, target_loss, steps=11_000,
               learning_rate=3e-3, warmup=200, tokens=4096,
               restarts={3_200: 1.0, 9_000: 0.5}),
        Recipe("digits-vit", processor, vision, shifted, label_loss, steps=3_000,
               learning_rate=3e-3, tokens=128 * 17),
        Recipe("digits-clip", both, towers, named, contrast, steps=2_000,
               learning_rate=2e-3, tokens=128 * (17 + 7)),
        Recipe("tones-whisper", ears, listener, heard, writing_loss, steps=2_000,
               learning_rate=3e-3, tokens=32 * 60),
    )
}  # fmt: skip
