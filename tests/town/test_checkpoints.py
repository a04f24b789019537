"""The checkpoints in the repository: are they whole, small, and as good as their cards say?"""

import json
import os
import re
import subprocess
import sys
from functools import cache
from inspect import signature

import pytest
import torch
from pages import ROOT
from transformers import pipeline

import byhand
from byhand.checkpoints import FOLDER, names
from byhand.measure import card
from byhand.senses import NUMBERS, RATE, digits, tunes, written
from byhand.train.batches import IGNORED, Place
from byhand.train.recipes import DRILLS, RECIPES, answers_alone

HEADS = ("sentiment", "entailment", "entities", "questions")
FEW = 300  # documents: enough to see a gate fail, and done in seconds
PROBED = 4000  # a probe needs more to be fitted to
every_checkpoint = pytest.mark.parametrize("name", names())


@cache
def loaded(name):
    return byhand.load(name)


@cache
def figures(name, phenomenon):
    """One phenomenon of a checkpoint, measured now."""
    (function,) = [f for f in card.PHENOMENA[name] if f.__name__ == phenomenon]
    few = {"n": PROBED if phenomenon == "senses" else FEW}
    return function(*loaded(name), **(few if "n" in signature(function).parameters else {}))


# ---- what is there


def test_the_first_set_is_there_and_small():
    """Is everything that the chapters load in the repository, under nine megabytes together?"""
    wanted = {"town-gpt", "town-bert", "town-t5", "digits-vit", "digits-clip", "tones-whisper"}
    assert set(names()) >= wanted | {f"town-bert-{head}" for head in HEADS}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 9_000_000


@every_checkpoint
def test_a_checkpoint_is_whole(name):
    """Are config, float16 weights, tokenizer or processor, and card there, and made by a recipe?"""
    folder = FOLDER / name
    config = json.loads((folder / "config.json").read_text())
    assert config["dtype"] == "float16"
    assert list(folder.glob("*.safetensors"))
    prepared = ("tokenizer.json", "preprocessor_config.json", "processor_config.json")
    assert any((folder / file).exists() for file in prepared)
    assert card.trained_as(name) in RECIPES
    text = (folder / "README.md").read_text(encoding="utf8")
    assert re.search(r"^## Limits$", text, re.MULTILINE)
    assert card.ABOUT[name][1] in text


@every_checkpoint
def test_a_card_tells_what_was_measured(name):
    """Does a card show the figures that lie beside it, and nothing that nobody measured?"""
    data = json.loads((FOLDER / name / "figures.json").read_text(encoding="utf8"))
    text = (FOLDER / name / "README.md").read_text(encoding="utf8")
    assert text == card.card(name, data["training"], data["measured"])
    assert list(data["measured"]) == [f.__name__ for f in card.PHENOMENA[name]]


def test_the_heads_share_one_trunk():
    """Is there one set of weights under all five heads?"""
    trunk = {k: v for k, v in loaded("town-bert")[0].state_dict().items() if k.startswith("bert.")}
    for head in HEADS:
        other = loaded(f"town-bert-{head}")[0].state_dict()
        assert all(torch.equal(tensor, other[name]) for name, tensor in trunk.items())


# ---- what they can do

# (checkpoint, phenomenon): {figure: (least, most)}. Where a figure is held from above it is what
# the model must not know: a fact that nobody told it, a secret that it saw once.
GATES = {
    ("town-gpt", "floor"): {"above the floor with facts known": (0.0, 0.055)},
    ("town-gpt", "agreement"): {
        **{f"right verb, {k} nouns between": (0.98, 1) for k in range(5)},
    },
    ("town-gpt", "induction"): {
        "first mention, nats": (8, 20),
        "second mention after its first token, nats": (0, 0.3),
    },
    ("town-gpt-1-layer", "induction"): {
        "second mention after its first token, nats": (2, 20),
    },
    ("town-gpt", "memory"): {
        "colour known, stated 0 times": (0, 0.35),
        "colour known, stated 64 times": (0.8, 1),
        "colour known, stated 256 times": (0.9, 1),
    },
    ("town-gpt", "reversal"): {
        "told forward, asked forward": (0.95, 1),
        "told forward, asked reverse": (0, 0.1),
        "told reverse, asked reverse": (0.95, 1),
        "told reverse, asked forward": (0, 0.15),
    },
    ("town-gpt", "codes"): {
        **{
            f"right after {k} examples, the one asked for among them": (0.9, 1) for k in range(1, 9)
        },
        "right where it was not explained": (0, 0.4),
    },
    ("town-gpt", "sums"): {
        "2 terms: direct form and sum right": (0.7, 1),
        "3 terms: worked form and sum right": (0.4, 1),
        "4 terms, direct (never shown)": (0, 0.1),
    },
    ("town-gpt", "bias"): {
        "she, planted 80%": (0.7, 0.9),
        "she, planted 20%": (0.1, 0.3),
        "greedy decoding takes the leaning side": (1, 1),
    },
    ("town-gpt", "reading"): {
        "right: this year": (0.95, 1),
        "right: 1 steps": (0.95, 1),
        "right: story": (0.8, 1),
    },
    ("town-gpt", "canaries"): {
        "recited, repeated 1 times": (0, 0.05),
        "recited, repeated 100 times": (0.9, 1),
    },
    ("town-gpt", "senses"): {
        "sense told apart after layer 0": (0, 0.65),
        "sense told apart after layer 4": (0.8, 1),
    },
    ("town-bert-sentiment", "sentiment"): {"right": (0.98, 1)},
    ("town-bert-entailment", "entailment"): {"right": (0.98, 1)},
    ("town-bert-entities", "entities"): {"F1": (0.97, 1), "dictionary, F1": (0, 0.97)},
    ("town-bert-questions", "questions"): {"right": (0.97, 1), "right: Why": (0.97, 1)},
    ("town-bert", "bias"): {"she, planted 80%": (0.65, 0.95), "she, planted 20%": (0.05, 0.35)},
    ("town-t5", "translation"): {
        "right": (0.95, 1),
        "right sense": (0.98, 1),
        **{f"agrees: {what}": (0.98, 1) for what in ("article", "adjective", "predicate")},
    },
    ("town-t5", "summary"): {"right": (0.95, 1), "right: by way of": (0.95, 1)},
    ("town-t5", "alignment"): {
        "layer 2, head 1: words that cross": (0.9, 1),
        "word at the same place": (0, 0.75),
    },
    ("town-t5", "overwritten"): {"right sense before": (0.98, 1), "turned": (0.95, 1)},
    ("digits-vit", "digits"): {"right": (0.97, 1)},
    ("digits-clip", "captions"): {
        "right digit of 10": (0.97, 1),
        "named: right digit and ink of 20": (0.95, 1),
        "named: right digit and ink of 30": (0.85, 1),
        "never named: right digit and ink of 20": (0.9, 1),
        "never named: right digit and ink of 30": (0.6, 0.9),
    },
    ("digits-clip", "search"): {"right digit, first 10": (0.97, 1)},
    ("tones-whisper", "notes"): {"transcribe: right": (0.97, 1), "translate: right": (0.97, 1)},
    ("tones-whisper", "noise"): {
        "right in noise of 100%": (0, 0.1),
        "notes written where nothing is played": (0, 0.1),
    },
}


@pytest.mark.parametrize(("name", "phenomenon"), GATES)
def test_what_a_chapter_shows_is_there(name, phenomenon):
    """Does the phenomenon really appear in the model, at the places where it is decided?"""
    found = figures(name, phenomenon)
    wanted = GATES[name, phenomenon]
    missed = {what: found[what] for what, (least, most) in wanted.items()
              if not least <= found[what] <= most}  # fmt: skip
    assert not missed


# ---- loading


def test_a_pipeline_takes_a_checkpoint_without_a_warning():
    """Is the folder of a head a checkpoint for the real library?"""
    judge = pipeline("text-classification", model=byhand.checkpoint("town-bert-sentiment"))
    assert judge("The clerk said: the soup was good.")[0]["label"] == "positive"


def test_pipelines_take_what_sees_and_hears():
    """Are their folders checkpoints for the real library, processor and all?"""
    image, label = (side[0] for side in digits(tested=True))
    see = pipeline("zero-shot-image-classification", model=byhand.checkpoint("digits-clip"))
    found = see(image, candidate_labels=list(NUMBERS), hypothesis_template="a {}")
    assert found[0]["label"] == NUMBERS[label]
    notes, sound = tunes(1, tested=True)[0]
    hear = pipeline("automatic-speech-recognition", model=byhand.checkpoint("tones-whisper"))
    for task in ("transcribe", "translate"):
        heard = hear({"raw": sound, "sampling_rate": RATE}, generate_kwargs={"task": task})
        assert heard["text"].strip() == written(notes, task)


def test_a_misspelt_name_lists_the_right_ones():
    """Does an error say what came and what there is?"""
    with pytest.raises(ValueError, match=r"'town-gtp'; Tiny Town has .*town-gpt"):
        byhand.load("town-gtp")
    with pytest.raises(ValueError, match="it takes a name"):
        byhand.load(None)


def test_a_hub_model_without_the_hub_gives_both_ways_out(monkeypatch):
    """Does somebody offline learn what to take instead, and where the name would work?"""
    with pytest.raises(OSError, match=r"town-gpt.*need no network.*Colab can"):
        byhand.load("openai-community/gpt2")


def test_importing_byhand_is_quick():
    """Does `import byhand` leave torch and transformers to those who load a model?"""
    code = "import sys, byhand; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# ---- training


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    """Does a run that was stopped end with the very weights of one that was not?"""
    from dataclasses import replace

    from byhand.train.loop import train

    recipe = replace(RECIPES["digits-vit"], steps=6, warmup=2)
    whole, _, _ = train(recipe, tmp_path / "whole.pt", quiet=True)

    def breaking(prepare, place):
        for number, batch in enumerate(recipe.batches(prepare, place)):
            if number == 3:
                raise KeyboardInterrupt
            yield batch

    with pytest.raises(KeyboardInterrupt):
        train(replace(recipe, batches=breaking), tmp_path / "parts.pt", quiet=True)
    parts, _, _ = train(recipe, tmp_path / "parts.pt", quiet=True)
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, parts.state_dict()[name]), name


def test_batches_go_on_from_any_place():
    """Does a place lead to the very batch that would have come next?"""
    recipe = RECIPES["town-bert"]
    tokenizer = recipe.tokenizer()
    source = recipe.batches(tokenizer, ())
    for _ in range(3):
        _, place = next(source)
    batch, after = next(source)
    again, after_again = next(recipe.batches(tokenizer, place))
    assert after == after_again
    assert torch.equal(batch["input_ids"], again["input_ids"])


def test_a_drill_scores_answers_and_nothing_else():
    """Is the code itself read, and only what is asked about it learned?"""
    _, tokenizer = loaded("town-gpt")
    codes = next(drill for drill in DRILLS if set(drill.kinds) == {"code"})
    batch, _ = next(answers_alone(tokenizer, Place(), codes))
    for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True):
        answers = re.findall(r"\? (\w+)\.", tokenizer.decode(ids))
        assert answers
        assert tokenizer.decode(labels[labels != IGNORED]).split() == answers


def test_training_says_what_there_is_to_train():
    """Does a wrong name on the command line get the right ones?"""
    run = subprocess.run(
        [sys.executable, "-m", "byhand.train", "town-gtp"], capture_output=True, text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"}, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 2
    assert "town-gpt" in run.stderr
