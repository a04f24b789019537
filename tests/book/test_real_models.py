"""Cells on a real model: on a tiny random model that lies in a cache under the real one's name."""

import contextlib
import io
import re
import shutil

import pytest
import torch
from pages import ROOT

from autograder.exercise import chapters
from byhand.checkpoints import checkpoint

REAL = re.compile(r'load\("([\w-]+/[\w.-]+)"\)')
CHAPTERS = [chapter for chapter in chapters().values() if REAL.search(chapter.text)]


def gpt2(folder):
    from transformers import GPT2Config, GPT2LMHeadModel

    ours = checkpoint("town-gpt")
    sizes = {"n_positions": 64, "n_embd": 12, "n_layer": 2, "n_head": 3, "vocab_size": 5000}
    GPT2LMHeadModel(GPT2Config(**sizes)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(f"{ours}/{name}", folder)


def bert(folder):
    from transformers import BertConfig, BertForMaskedLM

    ours = checkpoint("town-bert")
    sizes = {"vocab_size": 2000, "hidden_size": 12, "num_hidden_layers": 2,
             "num_attention_heads": 3, "intermediate_size": 20,
             "max_position_embeddings": 64}  # fmt: skip
    BertForMaskedLM(BertConfig(**sizes)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(f"{ours}/{name}", folder)


MADE = {"openai-community/gpt2": gpt2, "google-bert/bert-base-uncased": bert}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Gives a function that puts a model of this name where the Hub's library looks first."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    def put(name):
        home = tmp_path / f"models--{name.replace('/', '--')}"
        (home / "refs").mkdir(parents=True)
        (home / "refs" / "main").write_text("0" * 40)
        torch.manual_seed(0)
        MADE[name](home / "snapshots" / ("0" * 40))

    return put


def said_by(chapter) -> str:
    """What the last cell that loads a real model prints, after all cells before it."""
    sources = [source for _, source, _ in chapter.cells]
    last = max(i for i, source in enumerate(sources) if REAL.search(source))
    names = {"__name__": "chapter"}
    with torch.enable_grad():  # a chapter may turn it off
        for source in sources[: last + 1]:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(source, str(chapter.path), "exec"), names)
    return printed.getvalue()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_a_cell_on_a_real_model_runs_with_and_without_it(chapter, cache):
    """Does the cell do its work where the model is there, and say what it would do elsewhere?"""
    without = said_by(chapter)
    assert "Hub" in without, without
    for name in set(REAL.findall(chapter.text)):
        cache(name)
    there = said_by(chapter)
    assert there != without
    assert there.strip(), f"{chapter.path.relative_to(ROOT)} prints nothing"
