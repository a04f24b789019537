"""What was trained, as a checkpoint: config, float16 weights, tokenizer.

Owns the layout of a folder in `byhand/checkpoints`. Its model card comes from `byhand.measure`.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig

from byhand.train.reader import ENTAILMENT, ENTITIES, SENTIMENT, Reader

TRUNK = "town-bert"
DROPOUT = 0.1  # what fine-tuning starts with; the training here went without


def save(model, tokenizer, folder: Path) -> None:
    """Write a model and its tokenizer into a folder; a Reader's heads into folders beside it."""
    if isinstance(model, Reader):
        save_reader(model, tokenizer, folder)
        return
    half = model.half()
    half.config._attn_implementation = "sdpa"
    end = getattr(half.config, "eos_token_id", None)
    if end is not None and half.config.pad_token_id == end:
        half.config.pad_token_id = None  # or the model warns of each prompt that starts with it
    half.save_pretrained(folder)
    half.float()
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save_pretrained(folder)


def save_reader(model: Reader, tokenizer, folder: Path) -> None:
    """The trunk once; for every head a folder with its own weights and an index of all."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    pooler = {name: t for name, t in state.items() if name.startswith("bert.pooler.")}
    trunk = {
        name: t for name, t in state.items() if name.startswith("bert.") and name not in pooler
    }
    blanks = {
        name: tensor
        for name, tensor in state.items()
        if name.startswith("cls.") and not name.endswith(("decoder.weight", "decoder.bias"))
    }
    write(folder / "trunk.safetensors", trunk)
    write(folder / "pooler.safetensors", pooler)
    claims = tuple(ENTAILMENT.values())
    heads = {  # folder: class, names of its classes, attribute, needs the pooler
        "town-bert": ("BertForMaskedLM", None, None, False),
        "town-bert-sentiment": ("BertForSequenceClassification", SENTIMENT, "sentiment", True),
        "town-bert-entailment": ("BertForSequenceClassification", claims, "entailment", True),
        "town-bert-entities": ("BertForTokenClassification", ENTITIES, "entities", False),
        "town-bert-questions": ("BertForQuestionAnswering", None, "questions", False),
    }
    for name, (architecture, labels, attribute, pooled) in heads.items():
        at, up = folder.parent / name, "" if name == folder.name else f"../{folder.name}/"
        at.mkdir(parents=True, exist_ok=True)
        own, prefix = blanks, "cls."
        if attribute:
            prefix = "qa_outputs." if attribute == "questions" else "classifier."
            own = {prefix + part: state[f"{attribute}.{part}"] for part in ("weight", "bias")}
        write(at / "head.safetensors", own)
        places = dict.fromkeys(trunk, f"{up}trunk.safetensors")
        places |= dict.fromkeys(pooler if pooled else (), f"{up}pooler.safetensors")
        places |= dict.fromkeys(own, "head.safetensors")
        size = sum(t.nbytes for t in (trunk | (pooler if pooled else {}) | own).values())
        index = {"metadata": {"total_size": size}, "weight_map": places}
        (at / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
        config = BertConfig(**model.config.to_diff_dict() | {
            "hidden_dropout_prob": DROPOUT, "attention_probs_dropout_prob": DROPOUT,
            "dtype": "float16", "architectures": [architecture],
        })  # fmt: skip
        if labels:
            config.id2label = dict(enumerate(labels))
            config.label2id = {label: number for number, label in enumerate(labels)}
        config.save_pretrained(at)
        tokenizer.save_pretrained(at)


def write(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    save_file(tensors, path, metadata={"format": "pt"})
    path.chmod(0o644)
