"""A GPT-2 and its tokenizer as the book's playgrounds run them: one file, or the book's own scripts.

Owns the format that `book/scripts/playgrounds/model.js` and `bpe.js` read: matrices in int8, text
in byte pairs. What the page cannot run is refused here, in words.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FORMAT = "byhand-playground-1"  # own.js asks for it by this name
MOST_PARAMETERS = 16_000_000  # 64 MB in a page, and some 15 ms a token
LEAST_CONTEXT = 8
CUTS = (
    {"type": "Digits", "individual_digits": True},
    {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
)
SETTINGS = {  # of a GPT2Config, those that change what is computed: what model.js can do
    "activation_function": ("gelu_new", "gelu_pytorch_tanh"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
}


def export(model, tokenizer, path: str | Path) -> Path:
    """Writes a model of your own as one file that the book's page of playgrounds opens.

    model: a GPT2LMHeadModel with tied embeddings and the tanh form of the GELU, of at most
    16 million parameters. Its matrices are rounded to 8 bits, with one scale for each output.
    tokenizer: a PreTrainedTokenizerFast with byte-level BPE that cuts digits off first, as
    town-gpt's does, and has one special token, the end mark.
    path: of the file, such as "my-model.json"; the folder is there already.
    """
    path = Path(path)
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(
            f'export() got the path {str(path)!r}; it takes the path of a file, such as "my-model.json", '
            "in a folder that is there."
        )
    tensors = tensors_of(model)
    text = packed_tokenizer(learned_by(tokenizer))
    if len(text["tokens"]) != model.config.vocab_size:
        raise ValueError(
            f"export() got a tokenizer of {len(text['tokens'])} tokens and a model of "
            f"{model.config.vocab_size}. Make the model with vocab_size=len(tokenizer)."
        )
    file = {
        "format": FORMAT,
        "weights": packed_weights(model.config.to_dict(), tensors),
        "tokenizer": text,
    }
    path.write_text(compact(file), "utf8")
    return path


def poured(weights: Mapping, heads: int, vocab: Mapping, merges: list):
    """One's own numbers as the model and the tokenizer that `export` takes.

    weights: tensors under the names of GPT2LMHeadModel, without lm_head. heads: their number in a block.
    vocab: ids by symbol; id 0 is the end of a text. merges: pairs of symbols, the first learned first.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    places, width = weights["transformer.wpe.weight"].shape
    config = GPT2Config(
        vocab_size=len(vocab), n_positions=places, n_embd=width, n_head=heads,
        n_layer=sum(name.endswith("ln_1.weight") for name in weights), bos_token_id=0,
        eos_token_id=0, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    )  # fmt: skip
    model, table = GPT2LMHeadModel(config), weights["transformer.wte.weight"]
    own = {name: each.detach().cpu() for name, each in {**weights, "lm_head.weight": table}.items()}
    with torch.no_grad():
        model.load_state_dict(own)
    inner, end = Tokenizer(models.BPE(vocab=dict(vocab), merges=merges)), min(vocab, key=vocab.get)
    digits, words = (dict(cut) for cut in CUTS)
    inner.pre_tokenizer = pre_tokenizers.Sequence([
        getattr(pre_tokenizers, cut.pop("type"))(**cut) for cut in (digits, words)
    ])  # fmt: skip
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token=end, eos_token=end, pad_token=end, model_max_length=places
    )
    return model.eval(), tokenizer


def compact(value) -> str:
    """As JSON, without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# ---- weights


def quantised(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix in int8 and the float32 that scales each row back; 127 is a row's largest size."""
    import numpy as np

    matrix = matrix.astype(np.float32)
    scales = np.abs(matrix).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def rows_are_outputs(name: str, tensor: np.ndarray) -> np.ndarray:
    """A matrix with a row per output: those inside GPT-2's blocks are stored the other way."""
    return tensor.T if name.startswith("h.") and tensor.ndim == 2 else tensor


def packed_weights(config: Mapping, tensors: Mapping[str, np.ndarray]) -> dict:
    """What `model.js` reads: sizes, names with shapes, all floats and all int8 in base64.

    config: that of a GPT-2, as in its config.json. tensors: as a checkpoint has them, without lm_head.
    """
    shapes, floats, steps = [], [], []
    for full, tensor in sorted(tensors.items()):
        short = full.removeprefix("transformer.")
        tensor = rows_are_outputs(short, tensor)
        shapes.append([short, *tensor.shape])
        if tensor.ndim == 2:
            matrix, tensor = quantised(tensor)
            steps.append(matrix.tobytes())
        floats.append(tensor.astype("<f4").tobytes())
    return {
        "config": {
            "layers": config["n_layer"],
            "heads": config["n_head"],
            "width": config["n_embd"],
            "inner": config["n_inner"] or 4 * config["n_embd"],
            "context": config["n_positions"],
            "vocabulary": config["vocab_size"],
            "epsilon": config["layer_norm_epsilon"],
        },
        "tensors": shapes,
        "floats": b64encode(b"".join(floats)).decode(),
        "bytes": b64encode(b"".join(steps)).decode(),
    }


def tensors_of(model) -> dict[str, np.ndarray]:
    """The weights of a model that the page can run, in float32."""
    import torch
    from transformers import GPT2LMHeadModel

    if not isinstance(model, GPT2LMHeadModel):
        raise ValueError(
            f"export() got a {type(model).__name__} as its model; it takes a GPT2LMHeadModel of "
            "transformers. Copy your weights into one, or merge your adapters first."
        )
    size = model.num_parameters()
    if size > MOST_PARAMETERS:
        raise ValueError(
            f"export() got a model of {size:,} parameters; a page runs at most {MOST_PARAMETERS:,}, "
            "for else it would be too slow and take too much memory. Export a smaller one."
        )
    for name, fitting in SETTINGS.items():
        if (value := getattr(model.config, name)) not in fitting:
            raise ValueError(
                f"export() got a model with {name}={value!r}; the page computes with "
                f"{' or '.join(map(repr, fitting))}. Train one with that setting."
            )
    if model.config.n_positions < LEAST_CONTEXT:
        raise ValueError(
            f"export() got a model that reads {model.config.n_positions} tokens; the playgrounds "
            f"need at least {LEAST_CONTEXT}. Make it with a larger n_positions."
        )
    if not torch.equal(model.lm_head.weight, model.transformer.wte.weight):
        raise ValueError(
            "export() got a model whose lm_head is not its token embedding; the page has one matrix for "
            "both. Make the model with tie_word_embeddings=True."
        )
    state = model.transformer.state_dict()
    for name, tensor in state.items():
        if not tensor.isfinite().all():
            raise ValueError(
                f"export() got a model with inf or nan in {name}; such a model writes nothing. "
                "Export a checkpoint from before they came."
            )
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in state.items()}


# ---- the tokenizer


def packed_tokenizer(learned: Mapping) -> dict:
    """What `bpe.js` reads, of a tokenizer.json: tokens by id, merges by rank, the end mark."""
    model, ends = learned["model"], [token["content"] for token in learned["added_tokens"]]
    if not fits(learned):
        raise ValueError(
            f"The tokenizer is a {model['type']} that cuts text by {cuts_of(learned) or 'nothing'}. "
            "The page has byte-level BPE, which cuts by Digits(individual_digits=True), then "
            "ByteLevel(add_prefix_space=False), without a normalizer."
        )
    if len(ends) != 1:
        raise ValueError(
            f"The tokenizer has {len(ends)} special tokens ({', '.join(ends) or 'none'}); the page "
            "knows one, the end mark. It can serve as the padding too."
        )
    ids = model["vocab"] | {token["content"]: token["id"] for token in learned["added_tokens"]}
    if sorted(ids.values()) != list(range(len(ids))):
        raise ValueError(
            f"The tokenizer has {len(ids)} tokens, but their ids are not 0 to {len(ids) - 1}. "
            "Number them without gaps."
        )
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    return {"tokens": sorted(ids, key=ids.get), "merges": merges, "end": ends[0]}


def learned_by(tokenizer) -> dict:
    """The tokenizer.json of a tokenizer that has all bytes."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import PreTrainedTokenizerFast

    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ValueError(
            f"export() got a {type(tokenizer).__name__} as its tokenizer; it takes a "
            "PreTrainedTokenizerFast of transformers, which is made from a tokenizers.Tokenizer: "
            "PreTrainedTokenizerFast(tokenizer_object=...)."
        )
    learned = json.loads(tokenizer.backend_tokenizer.to_str())
    if fits(learned) and (lacking := set(ByteLevel.alphabet()) - set(learned["model"]["vocab"])):
        raise ValueError(
            f"The tokenizer lacks {len(lacking)} of the 256 bytes, so that some texts cannot be cut. "
            "Give its vocabulary all of ByteLevel.alphabet()."
        )
    return learned


def cuts_of(learned: Mapping) -> list[str]:
    """How a tokenizer.json cuts text before its merges, in names."""
    first = learned["pre_tokenizer"] or {"pretokenizers": []}
    return [step["type"] for step in first.get("pretokenizers", [first])]


def fits(learned: Mapping) -> bool:
    """Whether `bpe.js` cuts text as a tokenizer.json says."""
    model, cut = learned["model"], (learned["pre_tokenizer"] or {}).get("pretokenizers", [])
    plain = not any(model.get(name) for name in (
        "dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"
    ))  # fmt: skip
    known = len(cut) == len(CUTS) and all(
        wanted.items() <= step.items() for wanted, step in zip(CUTS, cut, strict=True)
    )
    return model["type"] == "BPE" and plain and known and not learned["normalizer"]
