"""digits-clip: two towers that learn which caption belongs to which digit.

Owns the model, its processor and its batches. The loss is that of CLIP (Radford et al. 2021, arXiv
2103.00020, figure 3): every other caption of the batch is a wrong one, even where two are the same.
"""

from math import log

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor
from transformers import PreTrainedTokenizerFast as Tokenized

from byhand.senses import INKS, NEVER, NUMBERS, caption, digits, ink
from byhand.train.digits import moved

BATCH = 128
CONTEXT = 8  # tokens
PLAIN = 0.3  # of the captions that could name the ink, the part that does not
SHARPEST = log(100)  # of the scale, as in the paper
UNKNOWN, START, END = "<|unknown|>", "<|startoftext|>", "<|endoftext|>"


def words() -> Tokenized:
    """A token for each word of the captions. The end has the highest number, as in CLIP."""
    vocabulary = ["a", "in", "ink", *INKS, *NUMBERS, UNKNOWN, START, END]
    inner = Tokenizer(models.WordLevel(
        {word: number for number, word in enumerate(vocabulary)}, unk_token=UNKNOWN
    ))  # fmt: skip
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(mark, vocabulary.index(mark)) for mark in (START, END)],
    )
    return Tokenized(
        tokenizer_object=inner, unk_token=UNKNOWN, bos_token=START, eos_token=END, pad_token=END,
        model_max_length=CONTEXT, clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def both() -> CLIPProcessor:
    """Images as digits-vit reads them, and captions word by word."""
    seen = CLIPImageProcessorPil(
        do_resize=False, do_center_crop=False, do_rescale=True, rescale_factor=1 / 16,
        do_normalize=False, do_convert_rgb=True, size={"height": 8, "width": 8},
    )  # fmt: skip
    return CLIPProcessor(seen, words())


def towers(processor) -> CLIPModel:
    """Two encoders of 48 numbers a token, without dropout, and the space that they share."""
    tokenizer = processor.tokenizer
    size = {"hidden_size": 48, "intermediate_size": 96, "num_attention_heads": 4}
    return CLIPModel(CLIPConfig(
        text_config=size | {
            "vocab_size": len(tokenizer), "max_position_embeddings": CONTEXT,
            "num_hidden_layers": 2, "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config=size | {"image_size": 8, "patch_size": 2, "num_hidden_layers": 3},
        projection_dim=32,
    ))  # fmt: skip


def named(processor, place):
    """Batches of digits, each moved by up to a pixel either way, and a caption for each."""
    images, labels = digits(tested=False)
    pixels = processor.image_processor(images=images, return_tensors="pt")["pixel_values"]
    inks = [ink(image) for image in images]
    (step,) = place or (0,)
    while True:
        draw = torch.Generator().manual_seed(step)
        rows = torch.randint(len(labels), (BATCH,), generator=draw)
        plain = torch.rand(BATCH, generator=draw) < PLAIN
        texts = []
        for row, short in zip(rows.tolist(), plain.tolist(), strict=True):
            number, said = labels[row].item(), inks[row]
            texts.append(caption(number, "" if short or (number, said) in NEVER else said))
        step += 1
        read = processor.tokenizer(texts, padding=True, return_tensors="pt")
        yield {"pixel_values": moved(pixels[rows], draw), **read}, (step,)


def contrast(model, batch):
    """Each image is to find its caption in the batch, and each caption its image."""
    with torch.autocast("cpu", enabled=False):  # the scale is too sharp for bfloat16
        out = model(**batch)
        scale = model.logit_scale.clamp(max=SHARPEST).exp()
        logits = scale * out.image_embeds @ out.text_embeds.T
        own = torch.arange(len(logits))
        return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
