"""town-bert: one trunk that fills in blanks, judges sentences, tags words and finds answers.

Owns the model with all its heads and the batches of the five tasks. They are learned side by side,
so that the trunk stays one and the same for every head.
"""

from functools import partial
from zlib import crc32

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertConfig, BertModel
from transformers.models.bert.modeling_bert import BertOnlyMLMHead

from byhand.train.batches import IGNORED, batches, in_turn, padded
from byhand.train.handing import among_others, passage
from byhand.train.vocabulary import READ

ENTITIES = ("O", *(f"{b}-{kind}" for kind in ("PER", "LOC", "ANI", "OBJ", "JOB") for b in "BI"))
SENTIMENT = ("negative", "positive")
ENTAILMENT = {"contradict": "contradiction", "neutral": "neutral", "entail": "entailment"}
LONGEST = 256
SEED = 2


class Reader(nn.Module):
    """A BertModel and its five heads."""

    def __init__(self, tokenizer, width=128, layers=4, heads=4):
        super().__init__()
        self.config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=width, num_hidden_layers=layers,
            num_attention_heads=heads, intermediate_size=4 * width, max_position_embeddings=LONGEST,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, hidden_act="gelu",
            pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        self.mask, self.size = tokenizer.mask_token_id, len(tokenizer)
        self.specials = len(tokenizer.all_special_ids)  # the first ids
        self.bert = BertModel(self.config)
        self.cls = BertOnlyMLMHead(self.config)
        self.cls.predictions.decoder.weight = self.bert.embeddings.word_embeddings.weight
        self.sentiment = nn.Linear(width, len(SENTIMENT))
        self.entailment = nn.Linear(width, len(ENTAILMENT))
        self.entities = nn.Linear(width, len(ENTITIES))
        self.questions = nn.Linear(width, 2)
        self.asked = nn.Linear(width, 2)  # for training only: is this token in the question, too?

    def forward(self, batch: dict) -> Tensor:
        """The loss of one batch, whose "task" says which."""
        return getattr(self, f"{LOSSES.get(batch['task'], batch['task'])}_loss")(batch)

    def read(self, batch: dict, ids: Tensor | None = None):
        return self.bert(
            input_ids=batch["input_ids"] if ids is None else ids,
            attention_mask=batch["attention_mask"],
            token_type_ids=batch["token_type_ids"],
        )

    def blanks_loss(self, batch):
        ids = batch["input_ids"]
        chosen = (torch.rand(ids.shape) < 0.15) & (ids >= self.specials)
        way = torch.rand(ids.shape)
        seen = ids.masked_fill(chosen & (way < 0.8), self.mask)
        random = torch.randint(self.specials, self.size, ids.shape)
        seen = torch.where(chosen & (way >= 0.9), random, seen)
        hidden = self.read(batch, seen).last_hidden_state[chosen]
        return F.cross_entropy(self.cls(hidden).float(), ids[chosen])

    def telling_loss(self, batch):
        hidden = batch["hidden"].bool()
        seen = batch["input_ids"].masked_fill(hidden, self.mask)
        hidden_states = self.read(batch, seen).last_hidden_state[hidden]
        return F.cross_entropy(self.cls(hidden_states).float(), batch["input_ids"][hidden])

    def sentiment_loss(self, batch):
        return F.cross_entropy(
            self.sentiment(self.read(batch).pooler_output).float(), batch["labels"]
        )

    def entailment_loss(self, batch):
        return F.cross_entropy(
            self.entailment(self.read(batch).pooler_output).float(), batch["labels"]
        )

    def entities_loss(self, batch):
        logits = self.entities(self.read(batch).last_hidden_state).float()
        return F.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten())

    def handing_loss(self, batch):
        hidden = self.read(batch).last_hidden_state
        asked = F.cross_entropy(self.asked(hidden).float().flatten(0, 1), batch["asked"].flatten())
        return self.span_loss(hidden, batch) + 4 * asked

    def questions_loss(self, batch):
        return self.span_loss(self.read(batch).last_hidden_state, batch)

    def span_loss(self, hidden, batch):
        logits = self.questions(hidden).float()
        logits = logits.masked_fill(~batch["context"].bool()[:, :, None], float("-inf"))
        start, end = logits.unbind(-1)
        return (F.cross_entropy(start, batch["start"]) + F.cross_entropy(end, batch["end"])) / 2


# ---- what a document becomes: (ids, type ids, whatever the task asks for)


def encoder(tokenizer, task):
    fast = tokenizer.backend_tokenizer

    def encode(document):
        if task == "handing":
            return passage(document, fast)
        if task in ("blanks", "entities", "sentiment"):
            read = fast.encode(document.text)
        elif task == "entailment":
            read = fast.encode(document.part("premise"), document.part("hypothesis"))
        elif task == "telling":
            telling = [c for c in document.choices if c.name in TELLING]
            if not telling:
                return None
            told = telling[crc32(document.text.encode()) % len(telling)]
            read = fast.encode(document.text)
        else:
            questions = [q for q in document.questions if task != "why" or q.text[:3] == "Why"]
            if not questions:
                return None
            asked = questions[crc32(document.text.encode()) % len(questions)]
            read = fast.encode(asked.text, document.text)
        if len(read.ids) > LONGEST:
            return None
        row = (read.ids, read.type_ids)
        if task == "blanks":
            return row
        if task == "telling":
            hidden = [int(a < told.end and b > told.start) for a, b in read.offsets]
            return (*row, hidden) if any(hidden) else None
        if task == "sentiment":
            return (*row, SENTIMENT.index(document.label))
        if task == "entailment":
            return (*row, list(ENTAILMENT).index(document.label))
        if task == "entities":
            return (*row, word_labels(document, read))
        context = [int(sequence == 1) for sequence in read.sequence_ids]
        inside = [i for i, (a, b) in enumerate(read.offsets)
                  if context[i] and asked.start <= a and b <= asked.end]  # fmt: skip
        return (*row, context, inside[0], inside[-1]) if inside else None

    return encode


def word_labels(document, read) -> list[int]:
    """The label of a word at its first piece, -100 at the others and at special tokens."""
    tags = {start: tag for (start, _), tag in zip(document.words, document.tags, strict=True)}
    return [
        ENTITIES.index(tags[start]) if word is not None and start in tags else IGNORED
        for (start, _), word in zip(read.offsets, read.word_ids, strict=True)
    ]


def collate(task, tokenizer):
    def gather(rows, random):
        if task == "handing":
            rows = among_others(rows, random, tokenizer.cls_token_id, tokenizer.sep_token_id)
        ids, types, *rest = zip(*rows, strict=True)
        batch = {
            "task": task,
            "input_ids": padded(ids, 0),
            "attention_mask": padded([[1] * len(row) for row in ids], 0),
            "token_type_ids": padded(types, 0),
        }
        if task in ("sentiment", "entailment"):
            batch["labels"] = torch.tensor(rest[0])
        elif task == "entities":
            batch["labels"] = padded(rest[0], IGNORED)
        elif task == "telling":
            batch["hidden"] = padded(rest[0], 0)
        elif task in ("questions", "why", "handing"):
            batch["context"] = padded(rest[0], 0)
            batch["start"], batch["end"] = torch.tensor(rest[1]), torch.tensor(rest[2])
        if task == "handing":
            batch["asked"] = padded(rest[3], IGNORED)
        return batch

    return gather


# task: kinds of document, tokens in a batch
TASKS = {
    "blanks": (READ, 8192),
    "questions": ("story", 8192),
    "entities": ({"entity": 3, "story": 1}, 4096),
    "sentiment": ("sentiment", 2048),
    "entailment": ("entailment", 2048),
    "why": ("story", 4096),
    "telling": ({"pronoun": 2, "ambiguous": 1, "agreeing": 1}, 2048),
    "handing": ("story", 700),  # before others are put around it
}
LOSSES = {"why": "questions"}  # where it is not the task's own
TELLING = ("pronoun", "agreement", "word", "cue")  # choices that the rest of a sentence bears on
RENEWED = 13_600  # the turn before which queries and keys start anew
TURNS = {  # from a turn on, the tasks in this order, again and again
    0: ("blanks", "questions", "blanks", "entailment", "questions",
        "blanks", "questions", "entities", "blanks", "sentiment"),
    # what was weak by then: questions for reasons, and words that another word decides
    7_600: ("why", "telling", "questions", "blanks", "entailment", "why", "telling", "blanks",
            "questions", "why", "telling", "entities", "blanks", "questions", "sentiment"),
    RENEWED: ("handing",),
    15_000: ("blanks", "handing", "telling", "questions", "entailment", "blanks", "why", "entities",
             "telling", "blanks", "questions", "handing", "why", "entailment", "sentiment"),
    # claims lost most when queries and keys began anew
    17_000: ("entailment", "blanks", "telling", "entailment", "questions", "entailment", "blanks",
             "entailment", "why", "telling", "entailment", "entities", "entailment", "sentiment"),
    19_000: ("blanks", "entities", "blanks", "telling", "questions", "blanks", "entailment",
             "entities", "blanks", "sentiment"),
}  # fmt: skip


def tasks_in_turn(tokenizer, place):
    """Batches of all tasks, in turn."""
    streams = [
        partial(batches, encoder(tokenizer, task), collate(task, tokenizer),
                seed=SEED + number, kinds=kinds, tokens=tokens)
        for number, (task, (kinds, tokens)) in enumerate(TASKS.items())
    ]  # fmt: skip
    order = list(TASKS)

    def whose(turn):
        tasks = TURNS[max(since for since in TURNS if since <= turn)]
        return order.index(tasks[turn % len(tasks)])

    return in_turn(streams, whose, place)
