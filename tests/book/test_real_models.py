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


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = {"n_positions": 512, "n_embd": 12, "n_layer": 2, "n_head": 3, "vocab_size": 5000}
    return GPT2LMHeadModel(GPT2Config(**sizes))


def bert():
    from transformers import BertConfig, BertForMaskedLM

    sizes = {"vocab_size": 2000, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3,
             "intermediate_size": 20, "max_position_embeddings": 64}  # fmt: skip
    return BertForMaskedLM(BertConfig(**sizes))


def t5():
    from transformers import T5Config, T5ForConditionalGeneration

    sizes = {"d_model": 12, "d_kv": 5, "d_ff": 20, "num_layers": 2, "num_heads": 3}
    ids = {"vocab_size": 1536, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    return T5ForConditionalGeneration(T5Config(**sizes, **ids))


MADE = {  # the real one's name: a tiny one, and the checkpoint of ours whose tokenizer it gets
    "google-bert/bert-base-uncased": (bert, "town-bert"),
    "google-t5/t5-small": (t5, "town-t5"),
    "openai-community/gpt2": (gpt2, "town-gpt"),
}


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
        tiny, ours = MADE[name]
        folder = home / "snapshots" / ("0" * 40)
        tiny().save_pretrained(folder)
        for each in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(f"{checkpoint(ours)}/{each}", folder)

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
