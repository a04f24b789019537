"""Which caption digits-clip finds for a digit that it was not trained on, and which digits for one."""

import torch

from byhand.measure.scoring import mean
from byhand.senses import INKS, NEVER, NUMBERS, caption, digits, ink

FOUND = 10  # images that a search gives


@torch.no_grad()
def scored(model, processor, images, texts) -> torch.Tensor:
    """(images, texts): how well each caption suits each image."""
    batch = processor(images=images, text=texts, padding=True, return_tensors="pt")
    return model(**batch).logits_per_image


def captions(model, processor) -> dict[str, float]:
    """The nearest of ten captions without ink, of twenty with it, and of all thirty.

    Asked for the ink are images of thin and of bold digits: those whose pair of digit and ink some
    caption of the training named, and those whose pair none did.
    """
    images, labels = digits(tested=True)
    said = [(number, tint) for tint in ("", *INKS) for number in range(len(NUMBERS))]
    scores = scored(model, processor, images, [caption(*pair) for pair in said])
    right = [(n, ink(image)) for n, image in zip(labels.tolist(), images, strict=True)]
    plain, inked, any_of_them = (
        [said[start + i] for i in scores[:, start:end].argmax(-1).tolist()]
        for start, end in ((0, 10), (10, 30), (0, 30))
    )
    found = {
        "right digit of 10": mean(a[0] == b[0] for a, b in zip(right, plain, strict=True)),
    }
    for what, never in (("named", False), ("never named", True)):
        rows = [i for i, pair in enumerate(right) if pair[1] and (pair in NEVER) == never]
        found |= {
            f"{what}: right digit and ink of 20": mean(inked[i] == right[i] for i in rows),
            f"{what}: right digit and ink of 30": mean(any_of_them[i] == right[i] for i in rows),
            f"{what}: right digit of 30": mean(any_of_them[i][0] == right[i][0] for i in rows),
            f"{what}: no ink told, of 30": mean(not any_of_them[i][1] for i in rows),
        }
    return found


def search(model, processor) -> dict[str, float]:
    """Of the ten images that suit a caption best, those that show what it says."""
    images, labels = digits(tested=True)
    texts = [caption(number) for number in range(len(NUMBERS))]
    best = scored(model, processor, images, texts).topk(FOUND, dim=0).indices  # (10, captions)
    hits = labels[best].eq(torch.arange(len(NUMBERS)))
    return {f"right digit, first {FOUND}": hits.float().mean().item()}
