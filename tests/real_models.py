"""Tiny stand-ins for real models, in a local cache under the names that pages load.

Owns which pages' models there are, and where the Hub's library looks for them.
"""

import re
import shutil
from pathlib import Path

import torch

from byhand.checkpoints import checkpoint

REAL = re.compile(r'(?:load|from_pretrained)\("([\w-]+/[\w.-]+)"\)')


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


def mixtral():
    from transformers import MixtralConfig, MixtralForCausalLM

    sizes = {"vocab_size": 40, "hidden_size": 12, "intermediate_size": 7, "num_hidden_layers": 2,
             "num_attention_heads": 6, "num_key_value_heads": 3, "num_local_experts": 5}  # fmt: skip
    return MixtralForCausalLM(MixtralConfig(**sizes))


def llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"vocab_size": 5000, "hidden_size": 12, "intermediate_size": 20}
    heads = {"num_hidden_layers": 2, "num_attention_heads": 3, "num_key_value_heads": 1}
    return LlamaForCausalLM(LlamaConfig(**sizes, **heads))


def clip():
    from transformers import CLIPConfig, CLIPModel

    text = {"hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2,
            "num_attention_heads": 3, "vocab_size": 600, "projection_dim": 7}  # fmt: skip
    sight = {"hidden_size": 15, "intermediate_size": 22, "num_hidden_layers": 2,
             "num_attention_heads": 5, "image_size": 32, "patch_size": 8,
             "projection_dim": 7}  # fmt: skip
    return CLIPModel(CLIPConfig(text_config=text, vision_config=sight, projection_dim=7))


MADE = {  # the real one's name: a tiny one, and the checkpoint of ours whose tokenizer it gets
    "HuggingFaceTB/SmolLM2-135M": (llama, "town-gpt"),
    "distilbert/distilgpt2": (gpt2, "town-gpt"),
    "google-bert/bert-base-uncased": (bert, "town-bert"),
    "google-t5/t5-small": (t5, "town-t5"),
    "mistralai/Mixtral-8x7B-v0.1": (mixtral, "town-gpt"),
    "openai-community/gpt2": (gpt2, "town-gpt"),
    "openai/clip-vit-base-patch32": (clip, "digits-clip"),
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
