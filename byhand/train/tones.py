"""tones-whisper: a Whisper that writes a tune down, in letters or in syllables.

Owns the model, its processor and its batches. The prompt is that of Whisper (Radford et al. 2022,
arXiv 2212.04356, section 2.3): a token of it says which of the two tasks is asked for.
"""

import torch
from torch.nn import functional as F
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
)

from byhand.senses import LONGEST, NOTES, RATE, SECONDS, SYLLABLES, tunes, written
from byhand.train.batches import IGNORED, padded

BATCH = 32
END, START, PLAIN = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"
PAD = "<|pad|>"  # the end serves as one in Whisper, and the library warns of that
TASKS = ("translate", "transcribe")
SPECIALS = [START, "<|en|>", *(f"<|{task}|>" for task in TASKS), "<|startofprev|>", PLAIN, PAD]
PROMPT = 4  # tokens
LENGTH = PROMPT + LONGEST + 2  # and the end


def letters() -> WhisperTokenizer:
    """Byte-level BPE as in Whisper, with so many merges that every note is one token."""
    merges = []
    for word in (*NOTES, *SYLLABLES.values()):
        text = "Ġ" + word  # a space and the note
        merges += [(text[:i], text[i]) for i in range(1, len(text))]
    merges = list(dict.fromkeys(merges))
    pieces = sorted({letter for pair in merges for letter in "".join(pair)})
    pieces += ["".join(pair) for pair in merges]
    tokenizer = WhisperTokenizer(
        vocab={piece: number for number, piece in enumerate([*pieces, END])}, merges=merges,
        add_prefix_space=True, pad_token=PAD, model_max_length=LENGTH,
        clean_up_tokenization_spaces=False,
    )  # fmt: skip
    tokenizer.add_special_tokens({"additional_special_tokens": SPECIALS})
    tokenizer.set_prefix_tokens(language="en", task="transcribe")
    return tokenizer


def ears() -> WhisperProcessor:
    """80 mel bands, as in Whisper, of one second in place of thirty."""
    return WhisperProcessor(WhisperFeatureExtractor(chunk_length=SECONDS), letters())


def listener(processor, width=48, layers=2, heads=4, inner=96) -> WhisperForConditionalGeneration:
    """A Whisper without dropout: no tune is played twice in the same way."""
    tokenizer = processor.tokenizer
    number = dict(zip(SPECIALS, tokenizer.convert_tokens_to_ids(SPECIALS), strict=True))
    end = tokenizer.eos_token_id
    model = WhisperForConditionalGeneration(WhisperConfig(
        vocab_size=len(tokenizer), d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=inner,
        decoder_ffn_dim=inner, dropout=0.0, max_source_positions=SECONDS * 50,
        max_target_positions=LENGTH, bos_token_id=end, eos_token_id=end,
        pad_token_id=number[PAD], decoder_start_token_id=number[START],
    ))  # fmt: skip
    model.generation_config = GenerationConfig(
        bos_token_id=end, eos_token_id=end, pad_token_id=number[PAD],
        decoder_start_token_id=number[START], is_multilingual=True,
        language="en", lang_to_id={"<|en|>": number["<|en|>"]},
        task="transcribe", task_to_id={task: number[f"<|{task}|>"] for task in TASKS},
        no_timestamps_token_id=number[PLAIN], max_length=LENGTH,
    )  # fmt: skip
    return model


def heard(processor, place):
    """Batches of new tunes; one half is to be transcribed, the other half to be translated."""
    tokenizer = processor.tokenizer
    (step,) = place or (0,)
    while True:
        played = tunes(BATCH, tested=False, seed=step)
        sounds = processor.feature_extractor(
            [sound for _, sound in played], sampling_rate=RATE, return_tensors="pt"
        )
        ids = []
        for number, (notes, _) in enumerate(played):
            task = TASKS[number % 2]
            tokenizer.set_prefix_tokens(language="en", task=task)
            ids.append(tokenizer(written(notes, task)).input_ids)
        tokenizer.set_prefix_tokens(language="en", task="transcribe")
        scored = [[IGNORED] * (PROMPT - 1) + row[PROMPT:] for row in ids]
        step += 1
        yield (
            {
                "input_features": sounds.input_features,
                "decoder_input_ids": padded([row[:-1] for row in ids], tokenizer.pad_token_id),
                "labels": padded(scored, IGNORED),
            },
            (step,),
        )


def writing_loss(model, batch):
    """Mean cross-entropy of the notes and of the end, in nats."""
    read = {name: batch[name] for name in ("input_features", "decoder_input_ids")}
    with torch.autocast("cpu", enabled=False):  # convolutions go back three times faster so
        logits = model(**read, use_cache=False).logits
    return F.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten())
