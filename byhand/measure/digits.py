"""How many of the digits that digits-vit was not trained on it reads right."""

import torch

from byhand.senses import digits as handwriting


@torch.no_grad()
def digits(model, processor) -> dict[str, float]:
    images, labels = handwriting(tested=True)
    said = model(**processor(images=images, return_tensors="pt")).logits.argmax(-1)
    return {"right": said.eq(labels).float().mean().item()}
