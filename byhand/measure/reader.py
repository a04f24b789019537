"""What town-bert's heads get right, slice by slice, and what its trunk knows.

Every function takes what `byhand.load` gives for the checkpoint that it measures.
"""

from collections import defaultdict

import torch

from byhand.measure.probe import by_layer, occurrences
from byhand.measure.scoring import mean, sample
from byhand.town import documents
from byhand.town.entities import TWINS
from byhand.town.words import EVEN_JOBS, LEANING


@torch.no_grad()
def read_in_batches(model, tokenizer, first, second=None, size: int = 64):
    """For each batch of texts (or pairs): its encoding and the model's output."""
    for at in range(0, len(first), size):
        pair = [second[at : at + size]] if second is not None else []
        batch = tokenizer(first[at : at + size], *pair, padding=True, return_tensors="pt")
        yield batch, model(**batch)


def labelled(model, tokenizer, read, first, second=None) -> dict[str, float]:
    """Accuracy by slice of documents with one label each."""
    hits = defaultdict(list)
    said = []
    for _, output in read_in_batches(model, tokenizer, first, second):
        said += [model.config.id2label[i] for i in output.logits.argmax(-1).tolist()]
    for d, label in zip(read, said, strict=True):
        right = label.startswith(d.label)  # contradict and contradiction are the same
        hits["right"].append(right)
        hits[f"right: {d.slice}"].append(right)
    return {name: mean(values) for name, values in sorted(hits.items())}


def sentiment(model, tokenizer, n: int = 1500) -> dict[str, float]:
    read = sample("sentiment", n)
    return labelled(model, tokenizer, read, [d.text for d in read])


def entailment(model, tokenizer, n: int = 1500) -> dict[str, float]:
    read = sample("entailment", n)
    premises, claims = ([d.part(name) for d in read] for name in ("premise", "hypothesis"))
    return labelled(model, tokenizer, read, premises, claims)


# ---- entities


def entities(model, tokenizer, n: int = 1200) -> dict[str, float]:
    """F1 of whole entities beside that of a dictionary, which knows each word's commonest tag."""
    read = [d for d in sample({"entity": 3, "story": 1}, n) if d.slice != "last word"]
    dictionary = commonest_tags()
    counts = defaultdict(lambda: [0, 0, 0])
    for at in range(0, len(read), 64):
        batch = read[at : at + 64]
        for d, tags in zip(batch, tagged(model, tokenizer, batch), strict=True):
            by_word = [dictionary.get(d.text[a:b], "O") for a, b in d.words]
            for who, mine in (("F1", tags), ("dictionary, F1", by_word)):
                for name in (who, f"{who}: {d.slice or d.kind}"):
                    found, true = set(spans(mine)), set(spans(d.tags))
                    for i, value in enumerate((len(found & true), len(found), len(true))):
                        counts[name][i] += value
    result = {name: 2 * hit / max(1, found + true) for name, (hit, found, true) in counts.items()}
    return dict(sorted(result.items()))


@torch.no_grad()
def twins(model, tokenizer) -> dict[str, float]:
    """Sentences whose last word tells what the first one is: all 24, most of them trained on."""
    dictionary, mine, by_word = commonest_tags(), [], []
    for first, middle, lasts in TWINS:
        for last, kind in lasts.items():
            wanted = f"B-{kind}" if kind else "O"
            batch = tokenizer(f"{first} {middle} {last}.", return_tensors="pt")
            said = model.config.id2label[int(model(**batch).logits[0, 1].argmax())]
            mine.append(said == wanted)
            by_word.append(dictionary.get(first, "O") == wanted)
    return {"first word right": mean(mine), "dictionary, first word right": mean(by_word)}


@torch.no_grad()
def tagged(model, tokenizer, read) -> list[list[str]]:
    """A tag for every word of each document."""
    batch = tokenizer(
        [d.text for d in read], padding=True, return_tensors="pt", return_offsets_mapping=True
    )
    offsets = batch.pop("offset_mapping").tolist()
    said = model(**batch).logits.argmax(-1).tolist()
    result = []
    for d, row, numbers in zip(read, offsets, said, strict=True):
        at = {a: n for (a, b), n in zip(reversed(row), reversed(numbers), strict=True) if b > a}
        result.append([model.config.id2label[at[a]] if a in at else "O" for a, _ in d.words])
    return result


def spans(tags) -> list[tuple[str, int, int]]:
    """(kind, first word, last word) of every entity."""
    found, start = [], None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and tag != f"I-{tags[start][2:]}":
            found.append((tags[start][2:], start, i - 1))
            start = None
        if tag != "O" and start is None:
            start = i
    return found


def commonest_tags(n: int = 3000) -> dict[str, str]:
    counts = defaultdict(lambda: defaultdict(int))
    stream = documents(5, {"entity": 3, "story": 1})
    for d, _ in zip(stream, range(n), strict=False):
        for (a, b), tag in zip(d.words, d.tags, strict=True):
            counts[d.text[a:b]][tag] += 1
    return {word: max(tags, key=tags.get) for word, tags in counts.items()}


# ---- questions


@torch.no_grad()
def questions(model, tokenizer, n: int = 150) -> dict[str, float]:
    """Answers found exactly, by the first words of the question."""
    hits = defaultdict(list)
    for d in sample("story", n):
        if not d.questions or len(tokenizer(d.text).input_ids) > 235:
            continue
        asked = [q.text for q in d.questions]
        batch = tokenizer(
            asked, [d.text] * len(asked), padding=True, return_tensors="pt",
            return_offsets_mapping=True,
        )  # fmt: skip
        offsets = batch.pop("offset_mapping")
        context = batch["token_type_ids"].bool() & (offsets[:, :, 1] > 0)
        output = model(**batch)
        starts = output.start_logits.masked_fill(~context, float("-inf"))
        ends = output.end_logits.masked_fill(~context, float("-inf"))
        scores = starts[:, :, None] + ends[:, None, :]
        scores = scores.masked_fill(torch.ones_like(scores).tril(-1).bool(), float("-inf"))
        best = scores.flatten(1).argmax(1)
        width = scores.shape[1]
        for row, (question, i) in enumerate(zip(d.questions, best.tolist(), strict=True)):
            a, b = offsets[row, i // width, 0].item(), offsets[row, i % width, 1].item()
            right = d.text[a:b] == question.answer
            hits["right"].append(right)
            hits["right: " + " ".join(question.text.split()[:1])].append(right)
    return {name: mean(values) for name, values in sorted(hits.items())}


# ---- the trunk


@torch.no_grad()
def blanks(model, tokenizer, n: int = 300) -> dict[str, float]:
    """Every twelfth word of a story hidden; how often the likeliest word is the hidden one."""
    hits, nats = [], []
    for d in sample("story", n):
        ids = tokenizer(d.text, return_tensors="pt").input_ids
        if ids.shape[1] > 256:
            continue
        hidden = torch.arange(6, ids.shape[1] - 1, 12)
        seen = ids.clone()
        seen[0, hidden] = tokenizer.mask_token_id
        logp = model(input_ids=seen).logits[0, hidden].log_softmax(-1)
        hits += (logp.argmax(-1) == ids[0, hidden]).tolist()
        nats += (-logp.gather(1, ids[0, hidden, None])).flatten().tolist()
    return {"hidden word found": mean(hits), "nats at a hidden word": mean(nats)}


@torch.no_grad()
def bias(model, tokenizer) -> dict[str, float]:
    """The share of `she` in a blank after each job, beside the share that was planted."""
    she, he = tokenizer.convert_tokens_to_ids(["she", "he"])
    result = {}
    for planted, jobs in ((0.8, LEANING["she"]), (0.2, LEANING["he"]), (0.5, EVEN_JOBS)):
        texts = [f"The {job} went home early because [MASK] was happy." for job in jobs]
        batch = tokenizer(texts, padding=True, return_tensors="pt")
        place = batch["input_ids"] == tokenizer.mask_token_id
        p = model(**batch).logits[place].softmax(-1)
        shares = p[:, she] / (p[:, she] + p[:, he])
        result[f"she, planted {planted:.0%}"] = shares.mean().item()
        result[f"she, planted {planted:.0%}, farthest"] = (shares - planted).abs().max().item()
    return result


def senses(model, tokenizer, n: int = 8000) -> dict[str, float]:
    """A linear probe for the sense of an ambiguous word, by layer; the cue may come after it."""
    read = sample("ambiguous", n, split="train")
    cued = occurrences(read, "before") + occurrences(read, "after")
    return by_layer(model.bert, tokenizer, cued)


PHENOMENA = {  # by checkpoint
    "town-bert": (blanks, bias, senses),
    "town-bert-sentiment": (sentiment,),
    "town-bert-entities": (entities, twins),
    "town-bert-questions": (questions,),
    "town-bert-entailment": (entailment,),
}
