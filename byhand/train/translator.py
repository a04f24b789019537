"""town-t5: an encoder and a decoder that translate, sum up, and fill in what was left out.

Owns the model and the batches of its three tasks, which a prefix tells apart, as in T5 (Raffel et
al. 2020, arXiv 1910.10683). Spans are left out and written again as in its pre-training.
"""

from functools import partial
from zlib import crc32

import torch
from torch.nn import functional as F
from transformers import T5Config, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from byhand.train.batches import IGNORED, batches, in_turn, padded
from byhand.train.meaning import one_word, other_sense, partners
from byhand.train.vocabulary import SUMMARIZE, TRANSLATE

SEED = 3
LONGEST = 256
LEFT_OUT, SPAN = 0.15, 3  # share of the tokens, and tokens a span, on average
WRITTEN = 96  # tokens, at most: more than a span, a summary or a translation takes


def translator(tokenizer, width=128, layers=3, heads=4, inner=384) -> T5ForConditionalGeneration:
    """A T5 as it was first: ReLU, tied embeddings, relative positions; without dropout."""
    model = T5ForConditionalGeneration(T5Config(
        vocab_size=len(tokenizer), d_model=width, d_kv=width // heads, d_ff=inner,
        num_layers=layers, num_heads=heads, dropout_rate=0.0, feed_forward_proj="relu",
        relative_attention_num_buckets=32, relative_attention_max_distance=128,
        pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    ))  # fmt: skip
    model.generation_config.max_new_tokens = WRITTEN
    return model


def asked(document) -> tuple[str, str]:
    """What the model reads of a document, and what it is to write."""
    if document.kind == "french":
        return TRANSLATE + document.part("english"), document.part("french")
    return SUMMARIZE + document.text, document.summary


def left_out(length: int, random) -> list[tuple[int, int]]:
    """(start, end) of the spans that are left out of so many tokens; no two of them touch."""
    hidden = max(1, round(LEFT_OUT * length))
    number = max(1, round(hidden / SPAN))
    cuts = [0, *sorted(random.sample(range(1, hidden), number - 1)), hidden]
    slots = sorted(random.sample(range(length - hidden + 1), number))
    return [(slot + a, slot + b) for slot, a, b in zip(slots, cuts, cuts[1:], strict=False)]


def three_sentences(text: str) -> str:
    sentences = text.split(". ")
    at = crc32(text.encode()) % max(1, len(sentences) - 2)
    return ". ".join(sentences[at : at + 3])


def corrupted(ids: list[int], tokenizer, random) -> tuple[list[int], list[int]]:
    """Ids without an end mark, as a source with sentinels and the target that fills them in."""
    last, end = len(tokenizer) - 1, tokenizer.eos_token_id
    source, target, at = [], [], 0
    spans = left_out(len(ids), random)
    for number, (start, till) in enumerate(spans):
        source += [*ids[at:start], last - number]
        target += [last - number, *ids[start:till]]
        at = till
    return [*source, *ids[at:], end], [*target, last - len(spans), end]


def encoder(tokenizer, task):
    fast = tokenizer.backend_tokenizer

    def encode(document):
        if task in ("spans", "short spans"):
            text = document.text if task == "spans" else three_sentences(document.text)
            ids = fast.encode(text, add_special_tokens=False).ids
            return ids if len(ids) < LONGEST else None
        source, target = asked(document)
        read = fast.encode(source)
        if task == "handings" and " and " not in target.partition(" by way of ")[2]:
            return None
        if task in ("translate", "summarize", "handings"):
            return (read.ids, fast.encode(target).ids) if len(read.ids) <= LONGEST else None
        told = one_word(document)
        target = told and (told[2] if task == "word" else other_sense(document))
        if not target:
            return None
        start, end = (source.index(document.part("english")) + at for at in told[:2])
        seen = [int(a < end and b > start) for a, b in read.offsets]
        own = fast.encode(document.part("french")).ids
        return read.ids, fast.encode(target).ids, seen, document.senses[:1], own

    return encode


def collate(task, tokenizer):
    pad = tokenizer.pad_token_id

    def gather(rows, random):
        if task in ("spans", "short spans"):
            rows = [corrupted(row, tokenizer, random) for row in rows]
        sources, targets, *more = zip(*rows, strict=True)
        if task == "exchanged":
            seen, senses, own = more
            others = partners([(told.word, told.sense) for (told,) in senses], random)
            pairs = zip(targets, own, others, strict=True)
            targets = [mine if other is None else turned for turned, mine, other in pairs]
        batch = {
            "input_ids": padded(sources, pad),
            "attention_mask": padded([[1] * len(row) for row in sources], 0),
            "labels": padded(targets, IGNORED),
        }
        if task == "word":
            batch["seen"] = padded(more[0], 0)
        elif task == "exchanged":
            others = [i if other is None else other for i, other in enumerate(others)]
            batch["other"] = torch.tensor(others)
            batch["at"] = torch.tensor([row.index(1) for row in seen])
        return batch

    return gather


# task: kind of document, tokens of the sources of a batch
TASKS = {
    "translate": ("french", 2048),
    "summarize": ("story", 4096),
    "spans": ("story", 3072),
    "word": ("french", 2048),  # the decoder sees one word of what the encoder read
    "exchanged": ("french", 3072),  # the vector of a word is from another sentence
    "short spans": ("story", 2048),  # where there is less to look through, a sentinel is found
    "handings": ("story", 4096),  # of stories in which a thing goes through several hands
}
TURNS = {  # from a turn on, the tasks in this order, again and again
    0: ("summarize", "translate", "spans", "summarize", "translate"),
    600: ("summarize", "spans", "word", "summarize", "translate", "spans", "summarize",
          "translate"),
    # a word's vector tells its sense by then, and the decoder looks for the cue all the same
    1_350: ("summarize", "exchanged", "spans", "summarize", "translate", "summarize", "exchanged",
            "summarize", "translate", "spans"),
    # translations are right by then
    2_000: ("summarize", "spans", "summarize", "spans", "exchanged", "spans", "summarize", "spans",
            "summarize", "translate"),
    # spans were not: a sentinel is sooner found again in a short text
    3_200: ("summarize", "short spans", "spans", "summarize", "short spans", "summarize",
            "exchanged", "short spans", "summarize", "translate"),
    # a sentinel was not found by then, and who has what takes practice
    6_600: ("summarize", "handings", "summarize", "translate", "handings", "summarize", "exchanged"),
}  # fmt: skip


def tasks_in_turn(tokenizer, place):
    """Batches of all tasks, in turn."""
    streams = [
        partial(batches, encoder(tokenizer, task), collate(task, tokenizer),
                seed=SEED + number, kinds=kind, tokens=tokens)
        for number, (task, (kind, tokens)) in enumerate(TASKS.items())
    ]  # fmt: skip
    order = list(TASKS)

    def whose(turn):
        tasks = TURNS[max(since for since in TURNS if since <= turn)]
        return order.index(tasks[turn % len(tasks)])

    return in_turn(streams, whose, place)


def target_loss(model, batch):
    """Mean cross-entropy of what is to be written, in nats."""
    mask, labels = batch["attention_mask"], batch["labels"]
    vectors = model.get_encoder()(batch["input_ids"], attention_mask=mask).last_hidden_state
    if "other" in batch:
        other, at = batch["other"], batch["at"]
        changed = vectors.clone()
        changed[torch.arange(len(at)), at] = vectors[other, at[other]]
        vectors = changed
    logits = model(
        encoder_outputs=BaseModelOutput(last_hidden_state=vectors),
        attention_mask=batch.get("seen", mask), labels=labels, use_cache=False,
    ).logits  # fmt: skip
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())
