"""Memory of models and caches: the page's numbers against byhand's and the library's."""

import json
from pathlib import Path

import torch

from byhand import checkpoint
from byhand.memory import kv_cache_bytes, weight_bytes

FIXTURE = json.loads((Path(__file__).parent / "playgrounds" / "memory.json").read_text("utf8"))


def test_python_and_the_page_have_one_formula(engine):
    """Do both give the numbers that were worked out by hand?"""
    shown = engine("memory", caches=FIXTURE["caches"], weights=FIXTURE["weights"])
    for case, page in zip(FIXTURE["caches"], shown["caches"], strict=True):
        given = {key: case[key] for key in ("L", "K", "Dh", "T", "B", "bytes")}
        assert kv_cache_bytes(**given) == page == case["takes"], case["of"]
    for case, page in zip(FIXTURE["weights"], shown["weights"], strict=True):
        assert weight_bytes(case["parameters"], case["bytes"]) == page == case["takes"], case["of"]


def test_models_are_as_large_as_the_library_says(engine):
    """Are layers, heads and parameters those of the published configurations?"""
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM, GPT2Config, LlamaConfig

    llama = {"vocab_size": 128256, "num_key_value_heads": 8, "tie_word_embeddings": False}
    configs = {
        "town-gpt": AutoConfig.from_pretrained(checkpoint("town-gpt")),
        "GPT-2": GPT2Config(),
        "Llama-2-7B": LlamaConfig(),
        "Mistral-7B": transformers.MistralConfig(),
        "Llama-3-8B": LlamaConfig(intermediate_size=14336, **llama),
        "Llama-3-70B": LlamaConfig(hidden_size=8192, intermediate_size=28672,
                                   num_hidden_layers=80, num_attention_heads=64, **llama),
        "Llama-3.1-405B": LlamaConfig(hidden_size=16384, intermediate_size=53248,
                                      num_hidden_layers=126, num_attention_heads=128, **llama),
    }  # fmt: skip
    shown = engine("memory", caches=[], weights=[])["models"]
    assert shown.keys() == configs.keys()
    for name, config in configs.items():
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
        kv_heads = getattr(config, "num_key_value_heads", config.num_attention_heads)
        wanted = {
            "L": config.num_hidden_layers,
            "K": kv_heads,
            "Dh": config.hidden_size // config.num_attention_heads,
            "parameters": sum(weight.numel() for weight in model.parameters()),
        }
        assert {key: shown[name][key] for key in wanted} == wanted, name
