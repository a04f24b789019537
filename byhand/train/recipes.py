"""The recipes, by name."""

from functools import partial
from zlib import crc32

from transformers import GPT2Config, GPT2LMHeadModel

from byhand.town import MIXTURE, Mixture
from byhand.train.batches import IGNORED, Place, batches, in_turn, padded
from byhand.train.digits import label_loss, processor, shifted, vision
from byhand.train.loop import Recipe, next_token_loss
from byhand.train.reader import FIRST_TURNS, Reader, tasks_in_turn
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
DRILLED_CHUNKS = range(97, 136)

# To look something up in what was just read takes two steps, and either alone lowers no loss: whole
# documents leave a model on that plateau. Codes of seven examples or more alone, scored by their
# answers, end it within 250 steps. So for a while every second batch scores answers alone; in this
# mixture it taught contradictions of the archive and better sums, but not the codes.
DRILLS = range(9_300, 15_300)  # turns
DRILL = {"question": 4, "sum": 3, "code": 1}


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


def answers_alone(tokenizer, place, *, tokens=4096):
    """Questions with something to read, sums and codes; only answers and worked steps are scored."""
    end, fast = tokenizer.eos_token_id, tokenizer.backend_tokenizer

    def encode(document):
        sort = document.slice
        if sort == "memory" or (
            sort in ("story", "this year") and crc32(document.text.encode()) % 3
        ):
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

    return batches(encode, collate, place, seed=SEED, tokens=tokens, kinds=DRILL)


def with_drills(tokenizer, place):
    """Whole documents, and for a while answers alone every second time."""
    streams = (
        lambda at: whole_documents(tokenizer, at, drilled=DRILLED_CHUNKS),
        lambda at: answers_alone(tokenizer, at),
    )
    return in_turn(streams, lambda turn: int(turn in DRILLS and turn % 2), place)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("town-gpt", byte_level_bpe, decoder, with_drills, next_token_loss, steps=19_000,
               learning_rate=4e-3, warmup=200, restarts=(DRILLS.start,)),
        Recipe("town-gpt-1-layer", byte_level_bpe, partial(decoder, layers=1), whole_documents,
               next_token_loss, steps=2_400,
               learning_rate=4e-3, warmup=200),
        Recipe("town-gpt-drafter", byte_level_bpe,
               partial(decoder, width=32, layers=2, heads=2, inner=64), whole_documents,
               next_token_loss, steps=2_500, learning_rate=1e-2),
        Recipe("town-bert", wordpiece, Reader, tasks_in_turn, Reader.forward, steps=13_600,
               learning_rate=3e-3, warmup=200, restarts=(FIRST_TURNS,)),
        Recipe("digits-vit", processor, vision, shifted, label_loss, steps=3_000,
               learning_rate=3e-3, tokens=128 * 17),
    )
}  # fmt: skip
