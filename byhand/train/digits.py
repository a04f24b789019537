"""digits-vit: a Vision Transformer for scikit-learn's 1,797 handwritten digits of 8 by 8 pixels.

Owns the model, and how an image becomes what it reads. The digits come from `byhand.senses`.
"""

import torch
from torch.nn import functional as F
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

from byhand.senses import digits

BATCH = 128


def processor() -> ViTImageProcessorPil:
    """Grey levels 0 to 16 become 0 to 1, three times: pipelines hand over colour images."""
    return ViTImageProcessorPil(
        do_resize=False, do_rescale=True, rescale_factor=1 / 16, do_normalize=False,
        do_convert_rgb=True, size={"height": 8, "width": 8},
    )  # fmt: skip


def vision(_processor) -> ViTForImageClassification:
    return ViTForImageClassification(ViTConfig(
        image_size=8, patch_size=2, num_channels=3, hidden_size=48, num_hidden_layers=3,
        num_attention_heads=4, intermediate_size=96, hidden_dropout_prob=0.1,
        id2label={i: str(i) for i in range(10)}, label2id={str(i): i for i in range(10)},
    ))  # fmt: skip


def shifted(prepare, place):
    """Batches of training images, each moved by up to a pixel either way."""
    images, labels = digits(tested=False)
    pixels = prepare(images=images, return_tensors="pt")["pixel_values"]
    (step,) = place or (0,)
    while True:
        draw = torch.Generator().manual_seed(step)
        rows = torch.randint(len(labels), (BATCH,), generator=draw)
        step += 1
        yield {"pixel_values": moved(pixels[rows], draw), "labels": labels[rows]}, (step,)


def moved(pixels, draw):
    """Images, each moved by up to a pixel either way."""
    padded = F.pad(pixels, (1, 1, 1, 1))
    down, right = torch.randint(0, 3, (2, len(pixels)), generator=draw).tolist()
    return torch.stack([image[:, d : d + 8, r : r + 8]
                        for image, d, r in zip(padded, down, right, strict=True)])  # fmt: skip


def label_loss(model, batch):
    logits = model(pixel_values=batch["pixel_values"]).logits
    return F.cross_entropy(logits.float(), batch["labels"], label_smoothing=0.05)
