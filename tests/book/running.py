"""A chapter's cells, run once for all tests that ask what they print; and real models' tiny stand-ins.

Owns how cells are run here, and what lies in a local cache under the names of real models.
"""

import contextlib
import io
import re
import shutil
from pathlib import Path

import torch
from torch.nn import functional as F

from autograder.exercise import chapters
from byhand.checkpoints import checkpoint

REAL = re.compile(r'load\("([\w-]+/[\w.-]+)"\)')


class Run:
    """What the cells print one by one, with the words of figures, and the names that they leave."""

    def __init__(self, chapter):
        self.chapter = chapter
        self.names = {"__name__": "chapter"}
        with torch.enable_grad():  # a chapter may turn it off
            self.printed = [self.of(source) for _, source, _ in chapter.cells]
            self.learns = torch.is_grad_enabled()

    def of(self, source: str) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, str(self.chapter.path), "exec"), self.names)
        return printed.getvalue()

    def on_real_models(self) -> list[tuple[str, str]]:
        """(what it printed, what it prints now) of each cell that loads a real model."""
        with torch.set_grad_enabled(self.learns):
            return [
                (before, self.of(source))
                for before, (_, source, _) in zip(self.printed, self.chapter.cells, strict=True)
                if REAL.search(source)
            ]


def run_cells(stem: str, *parts: str, **names) -> dict:
    """The names that the cells of a chapter give which have one of these parts."""
    namespace = {"__name__": "chapter", "torch": torch, "F": F} | names
    sources = [source for _, source, _ in chapters()[stem].cells]
    chosen = [source for source in sources if any(part in source for part in parts)]
    assert len(chosen) == len(parts)
    for source in chosen:
        exec(compile(source, stem, "exec"), namespace)
    return namespace


# ---- real models, as small as can be


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
    "sentence-transformers/all-MiniLM-L6-v2": (bert, "town-bert"),
}


def put(name: str, folder: Path):
    """A tiny random model where the Hub's library looks first for the real one of this name."""
    home = folder / f"models--{name.replace('/', '--')}"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("0" * 40)
    torch.manual_seed(0)
    tiny, ours = MADE[name]
    snapshot = home / "snapshots" / ("0" * 40)
    tiny().save_pretrained(snapshot)
    for each in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(f"{checkpoint(ours)}/{each}", snapshot)
