"""What town-t5 translates, sums up and fills in, and where its decoder looks meanwhile.

Every function takes (model, tokenizer) and gives {what: number}. What a model writes is what greedy
decoding writes, from nothing but the source.
"""

import re
from collections import defaultdict
from itertools import pairwise, product
from random import Random

import torch
from transformers.modeling_outputs import BaseModelOutput

from byhand.measure.scoring import mean, sample
from byhand.town.french import ADJECTIVES, NOUNS, PREDICATES, agreed, article
from byhand.town.senses import CUES, MEANING, MEANINGS
from byhand.train.translator import asked, corrupted
from byhand.train.vocabulary import SENTINELS, TRANSLATE

BOTH = (False, True)
FORMS = {  # what a French word that agrees with a noun is, in every form
    "article": {article(noun, many) for noun in NOUNS.values() for many in BOTH},
    **{
        name: {agreed(forms, noun, many)
               for forms, noun, many in product(words.values(), NOUNS.values(), BOTH)}
        for name, words in (("adjective", ADJECTIVES), ("predicate", PREDICATES))
    },
}  # fmt: skip


@torch.no_grad()
def written(model, tokenizer, sources: list[str], size: int = 64) -> list[str]:
    """What the model writes for each source, without special tokens."""
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    found = [""] * len(sources)
    for at in range(0, len(order), size):
        rows = order[at : at + size]
        batch = tokenizer([sources[i] for i in rows], padding=True, return_tensors="pt")
        texts = tokenizer.batch_decode(model.generate(**batch), skip_special_tokens=True)
        for i, text in zip(rows, texts, strict=True):
            found[i] = text
    return found


def answered(model, tokenizer, kind: str, n: int):
    """Held-out documents of a kind, each with what was to be written and what was."""
    read = sample(kind, n)
    sources, targets = zip(*map(asked, read), strict=True)
    return zip(read, targets, written(model, tokenizer, list(sources)), strict=True)


# ---- translations


def translation(model, tokenizer, n: int = 1000) -> dict[str, float]:
    """Sentences that are right to the letter, words that agree, and words of two senses."""
    hits = defaultdict(list)
    for d, target, said in answered(model, tokenizer, "french", n):
        told = d.senses[0] if d.senses else None
        if told and not told.sense:
            hits["without a cue: right but for the sense"].append(
                any(said == target.replace(french(told.word, a), french(told.word, b))
                    for a, b in product(MEANING[told.word].values, repeat=2))
            )  # fmt: skip
            continue
        hits["right"].append(said == target)
        hits[f"right: {d.slice}"].append(said == target)
        if told:
            right = chosen(said, told.word) == told.sense
            hits["right sense"].append(right)
            hits[f"right sense: {told.word}"].append(right)
            if abs(told.distance) >= 10:
                hits["right sense, cue 10 words away or more"].append(right)
            continue
        wanted, words = target.lower().split(), said.lower().split()
        for name, forms in FORMS.items():
            hits[f"agrees: {name}"] += [
                word == wrote for word, wrote in zip(wanted, words, strict=False)
                if word.strip(".") in forms
            ]  # fmt: skip
    return {name: mean(values) for name, values in sorted(hits.items())}


def french(word: str, sense: str) -> str:
    return MEANINGS[word, sense].french


def chosen(said: str, word: str) -> str | None:
    """The sense that a French sentence gives a word, if it gives one."""
    senses = [s for s in MEANING[word].values if re.search(rf"\b{french(word, s)}\b", said)]
    return senses[0] if len(senses) == 1 else None


# ---- summaries


def summary(model, tokenizer, n: int = 300) -> dict[str, float]:
    """Summaries that are right to the letter, and their parts."""
    hits = defaultdict(list)
    for _, target, said in answered(model, tokenizer, "story", n):
        hits["right"].append(said == target)
        mine, true = parts(said), parts(target)
        for name, value in true.items():
            hits[f"right: {name}"].append(mine.get(name) == value)
        hits[f"right: all, by way of {len(true['by way of'])}"].append(said == target)
    return {name: mean(values) for name, values in sorted(hits.items())}


SUMMARY = re.compile(r"(\w+) (.+), and the (.+) of (\w+) reached (him|her)(?: by way of (.+))?\.")


def parts(text: str) -> dict:
    """Who, what trouble, what thing, whose it was, and the hands in between; {} if it is none."""
    match = SUMMARY.fullmatch(text)
    if not match:
        return {}
    who, trouble, thing, first, _, ways = match.groups()
    return {
        "who": who, "trouble": trouble, "what": thing, "whose": first,
        "by way of": ways.split(" and ") if ways else [],
    }  # fmt: skip


# ---- spans


@torch.no_grad()
def spans(model, tokenizer, n: int = 150) -> dict[str, float]:
    """What was left out of stories: spans that are right as a whole, and all their tokens."""
    fast, random = tokenizer.backend_tokenizer, Random(0)
    whole, tokens = [], []
    sentinels = set(range(len(tokenizer) - SENTINELS, len(tokenizer)))
    for d in sample("story", n):
        source, target = corrupted(
            fast.encode(d.text, add_special_tokens=False).ids, tokenizer, random
        )
        (row,) = model.generate(torch.tensor([source])).tolist()
        true, mine = filled(target, sentinels), filled(row, sentinels)
        for sentinel, ids in true.items():
            got = mine.get(sentinel, [])
            whole.append(got == ids)
            tokens += [a == b for a, b in zip(ids, got + [None] * len(ids), strict=False)]
    return {"spans right": mean(whole), "tokens right": mean(tokens)}


def filled(ids: list[int], sentinels: set[int]) -> dict[int, list[int]]:
    """What stands after each sentinel; after the last comes nothing."""
    at = [i for i, token in enumerate(ids) if token in sentinels]
    return {ids[a]: ids[a + 1 : b] for a, b in pairwise(at)}


# ---- where the decoder looks


@torch.no_grad()
def alignment(model, tokenizer, n: int = 300) -> dict[str, float]:
    """How often a head of the cross-attention looks most at the English word that it translates.

    Words that cross are those which stand elsewhere in French: an adjective and its noun.
    """
    hits, kept = defaultdict(list), model.config._attn_implementation
    model.set_attn_implementation("eager")
    for d in sample("french", n):
        if not d.alignment:
            continue
        source, target = asked(d)
        read = tokenizer([source], return_offsets_mapping=True, return_tensors="pt")
        labels = tokenizer([target], return_offsets_mapping=True, return_tensors="pt")
        words = [
            place_of(a + len(TRANSLATE), b + len(TRANSLATE), read) for a, b in d.words_of("english")
        ]
        wrote = [place_of(a, b, labels) for a, b in d.words_of("french")]
        seen = model(
            input_ids=read["input_ids"], labels=labels["input_ids"], output_attentions=True
        )
        looked = torch.cat(seen.cross_attentions).argmax(-1)  # (layers, heads, T)
        for english, other in d.alignment:
            hits["word at the same place"].append(english == other)
            for layer, heads in enumerate(looked[:, :, wrote[other][0]].tolist()):
                for head, token in enumerate(heads):
                    right = token in words[english]
                    hits[f"layer {layer}, head {head}: all words"].append(right)
                    if english != other:
                        hits[f"layer {layer}, head {head}: words that cross"].append(right)
    model.set_attn_implementation(kept)
    return {name: mean(values) for name, values in sorted(hits.items())}


def place_of(start: int, end: int, read) -> list[int]:
    """The tokens of text[start:end]."""
    return [
        i for i, (a, b) in enumerate(read["offset_mapping"][0].tolist()) if a < end and b > start
    ]


# ---- one vector of the encoder in place of another


@torch.no_grad()
def overwritten(model, tokenizer) -> dict[str, float]:
    """The encoder's vector of a word, taken from a sentence where it has its other sense.

    The sentences differ in the cue alone. `turned` counts those that then have the other sense and
    are otherwise as they were.
    """
    hits = defaultdict(list)
    for word, cues in CUES.items():
        sources = [f"{TRANSLATE}Leo saw the {word} because of {cue.english}." for cue in cues]
        read = tokenizer(sources, padding=True, return_tensors="pt")
        at = tokenizer.tokenize(sources[0]).index(f"▁{word}")
        vectors = model.get_encoder()(**read).last_hidden_state
        pairs = [(a, b) for a, b in product(range(len(cues)), repeat=2)
                 if cues[a].sense != cues[b].sense]  # fmt: skip
        mine, other = torch.tensor(pairs).T
        changed = vectors[mine]
        changed[:, at] = vectors[other, at]
        before = decoded(model, tokenizer, vectors, read["attention_mask"])
        after = decoded(model, tokenizer, changed, read["attention_mask"][mine])
        hits["right sense before"] += [
            chosen(said, word) == cue.sense for said, cue in zip(before, cues, strict=True)
        ]
        for (a, b), said in zip(pairs, after, strict=True):
            hits["other sense after"].append(chosen(said, word) == cues[b].sense)
            turned = before[a].replace(french(word, cues[a].sense), french(word, cues[b].sense))
            for name in ("turned", f"turned: {word}"):
                hits[name].append(said == turned != before[a])
    return {name: mean(values) for name, values in sorted(hits.items())}


def decoded(model, tokenizer, vectors, mask) -> list[str]:
    """What is written after these vectors of the encoder."""
    read = BaseModelOutput(last_hidden_state=vectors)
    ids = model.generate(encoder_outputs=read, attention_mask=mask)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)


PHENOMENA = {"town-t5": (translation, summary, spans, alignment, overwritten)}
