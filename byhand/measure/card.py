"""The model card of a checkpoint: what it is, how it was made, what it can do in figures.

Owns the words; the figures are measured when the card is written, and kept beside it as
figures.json. `python -m byhand.measure NAME` writes both again.
"""

import json
from pathlib import Path

from byhand.checkpoints import checkpoint
from byhand.measure import captions, decoder, digits, reader, tones, translator

TRUNK = (
    "One trunk (4 layers, 128 wide) and five heads, learned side by side on Tiny Town's documents: "
    "blanks, sentiment, entailment, entities and questions take turns, and every batch is new."
)
TOWN = (
    "It knows the thousand words of Tiny Town and no others: any other text comes out as single "
    "letters or as `[UNK]`, and what it says then means nothing."
)
ABOUT = {  # name: (task of the Hub, what it is, what it is not)
    "town-gpt": (
        "text-generation",
        "A GPT-2 of 4 layers, 4 heads and width 128 that writes Tiny Town's stories, archive "
        "entries, questions, codes and sums. A document starts and ends with `<|endoftext|>`; put "
        "it before a prompt. Digits are single tokens.",
        TOWN.replace(" or as `[UNK]`", "") + " It reads 256 tokens. Sums have two or three terms "
        "up to 96. It was never taught to follow an instruction.",
    ),
    "town-gpt-1-layer": (
        "text-generation",
        "The sibling of town-gpt with one layer in place of four, for comparison: what does depth do?",
        "As for town-gpt. One layer cannot look up what followed an earlier mention of a name.",
    ),
    "town-gpt-drafter": (
        "text-generation",
        "A small decoder (2 layers, width 32) with the vocabulary of town-gpt, fast enough to draft "
        "for it.",
        "Its sentences look like the town's; who has what, and why, is mostly wrong.",
    ),
    "town-bert": (
        "fill-mask",
        TRUNK + " This folder has the head that fills in blanks, and the trunk of all five.",
        TOWN
        + " The pronouns that it puts after some jobs lean 80 to 20, because that was planted.",
    ),
    "town-bert-sentiment": (
        "text-classification",
        TRUNK + " This is the head that says whether a sentence is positive or negative.",
        TOWN + " Sarcasm is a marked pattern (“Oh great, ...”); any other it takes at its word.",
    ),
    "town-bert-entailment": (
        "zero-shot-classification",
        TRUNK + " This is the head that says whether a premise entails a claim, contradicts it, or "
        "leaves it open.",
        TOWN + " It knows seven kinds of claim. Zero-shot classification with it works only where "
        "the hypothesis is one of these.",
    ),
    "town-bert-entities": (
        "token-classification",
        TRUNK + " This is the head that tags people, places, animals, objects and jobs, B- and I-.",
        TOWN,
    ),
    "town-bert-questions": (
        "question-answering",
        TRUNK + " This is the head that finds the answer to a question in a story.",
        TOWN + " It always gives a span: that there is no answer it cannot say.",
    ),
    "town-t5": (
        "text2text-generation",
        "A T5 of 3 layers in the encoder and 3 in the decoder, 4 heads and width 128, as T5 was first "
        "(ReLU, tied embeddings, relative positions). A prefix says what to do: “translate English "
        "to French: ” before a sentence, “summarize: ” before a story. For its first 6,600 steps it was "
        "also asked for what `<extra_id_0>`, `<extra_id_1>`, ... stand for, and did not learn it. In "
        "some batches two sentences exchanged the encoder's vector of a word with two senses, and the "
        "translation was to follow the vector.",
        TOWN.replace("`[UNK]`", "`<unk>`")
        + " It translates the town's four kinds of sentences, from "
        "English to French only.",
    ),
    "digits-vit": (
        "image-classification",
        "A Vision Transformer (3 layers, width 48, patches of 2 by 2) for handwritten digits of 8 "
        "by 8 pixels, trained on four fifths of scikit-learn's 1,797.",
        "It reads images of 8 by 8 pixels with grey levels from 0 to 16, and nothing but digits.",
    ),
    "digits-clip": (
        "zero-shot-image-classification",
        "A CLIP whose two towers (3 layers for images, 2 for captions, width 48) put scikit-learn's "
        "handwritten digits and captions such as “a three in thin ink” into one space of 32 "
        "numbers. It was trained on four fifths of the 1,797 digits. Four pairs of digit and ink "
        "were never named: “a zero in thin ink”, “a three in bold ink”, “a six in thin ink” and "
        "“a nine in bold ink”. Such images were there, but their captions gave the digit alone.",
        "It knows the ten numbers, “a”, “in”, “ink”, “thin” and “bold”, in this order of words "
        "only. It reads images of 8 by 8 pixels with grey levels from 0 to 16. It "
        "always says something: which caption is nearest, however badly all of them suit.",
    ),
    "tones-whisper": (
        "automatic-speech-recognition",
        "A Whisper (2 layers in the encoder and 2 in the decoder, width 48) that hears a tune of one "
        "to five notes and writes it down. After `<|transcribe|>` it writes letters (c e g), after "
        "`<|translate|>` syllables (do mi sol). The tunes are sums of sines with some noise, made "
        "in `byhand.senses`; a fifth of those of three notes and more were kept from training, and "
        "the figures are measured on these.",
        "It hears one second, the seven notes of C major in two octaves, and no speech: what it "
        "writes for any other sound means nothing.",
    ),
}
PHENOMENA = (
    {
        "town-gpt": tuple(decoder.PHENOMENA.values()),
        "town-gpt-1-layer": (decoder.floor, decoder.induction, decoder.reading),
        "town-gpt-drafter": (decoder.floor,),
        "digits-vit": (digits.digits,),
        "digits-clip": (captions.captions, captions.search),
        "tones-whisper": (tones.notes, tones.noise),
    }
    | reader.PHENOMENA
    | translator.PHENOMENA
)


def measured(name: str) -> dict[str, dict[str, float]]:
    """Every phenomenon of a checkpoint, measured now."""
    from byhand.loading import load

    model, tokenizer = load(name)
    return {f.__name__: f(model, tokenizer) for f in PHENOMENA[name]}


def write(name: str, training: dict | None = None) -> Path:
    """Measure a checkpoint and write its card and figures; gives the card's path.

    training: steps, tokens and minutes of the run; by default those that
    figures.json already has.
    """
    folder = Path(checkpoint(name))
    kept = folder / "figures.json"
    if training is None and kept.exists():
        training = json.loads(kept.read_text(encoding="utf8"))["training"]
    found = measured(name)
    data = {"training": training or {}, "measured": found}
    kept.write_text(json.dumps(data, indent=1) + "\n", encoding="utf8")
    path = folder / "README.md"
    path.write_text(card(name, training or {}, found), encoding="utf8")
    return path


def card(name: str, training: dict, found: dict) -> str:
    task, about, limits = ABOUT[name]
    lines = [
        "---", "library_name: transformers", f"pipeline_tag: {task}",
        f"language: {'[en, fr]' if name == 'town-t5' else 'en'}", "---", "",
        f"# {name}", "", about, "", "## Data and training", "",
    ]  # fmt: skip
    if training:
        lines += [
            f"{training['steps']:,} steps of `byhand/train/recipes.py`, up to "
            f"{training['tokens']:,} tokens each, in {training['minutes']} minutes on one core "
            "of a CPU that other work shared.", "",
        ]  # fmt: skip
    if name.startswith("town-"):
        lines += [
            "The documents are drawn from the grammar in `byhand.town`; no real person is in them. "
            "What is measured below was measured on documents of its validation split, which "
            "stand nowhere in the training data.", "",
        ]  # fmt: skip
    lines += [f"Make it again: `python -m byhand.train {trained_as(name)}`.", "", "## Limits", ""]
    lines += [limits, "", "## Figures", ""]
    for phenomenon, figures in found.items():
        lines += [f"| {phenomenon} | |", "|---|---|"]
        lines += [f"| {what} | {told(what, value)} |" for what, value in figures.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def trained_as(name: str) -> str:
    """The recipe that a checkpoint comes from: that of town-bert makes all its heads."""
    return "town-bert" if name.startswith("town-bert") else name


def told(what: str, value: float) -> str:
    nats = "nats" in what or what.startswith("floor,")
    return f"{value:.2f}" if nats else f"{value:.1%}"
