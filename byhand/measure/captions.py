"""Which caption digits-clip finds for a digit that it was not trained on, and which digits for one."""

import torch

from byhand.senses import INKS, NEVER, NUMBERS, caption, digits, ink

FOUND = 10  # images that a search gives


@torch.no_grad()
def scored(model, processor, images, texts) -> torch.Tensor:
    """(images, texts): how well each caption suits each image."""
    batch = processor(images=images, text=texts, padding=True, return_tensors="pt")
    return model(**batch).logits_per_image


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def captions(model, processor) -> dict[str, float]:
    """The nearest of ten captions without ink, then of twenty with it: for pairs that some caption
    of the training named, and for those that none did."""
    images, labels = digits(tested=True)
    plain = scored(model, processor, images, [caption(number) for number in range(len(NUMBERS))])
    found = {"right digit of 10": plain.argmax(-1).eq(labels).float().mean().item()}
    pairs = [(number, said) for number in range(len(NUMBERS)) for said in INKS]
    inked = scored(model, processor, images, [caption(*pair) for pair in pairs]).argmax(-1)
    both = [  # what is right, and what was taken for it
        ((label, ink(image)), pairs[nearest])
        for image, label, nearest in zip(images, labels.tolist(), inked.tolist(), strict=True)
        if ink(image)
    ]
    for what, never in (("pairs named in training", False), ("pairs never named", True)):
        of_these = [(right, said) for right, said in both if (right in NEVER) == never]
        found |= {
            f"right digit and ink of 20, {what}": share([r == s for r, s in of_these]),
            f"right digit of 20, {what}": share([r[0] == s[0] for r, s in of_these]),
            f"right ink of 20, {what}": share([r[1] == s[1] for r, s in of_these]),
        }
    return found


def search(model, processor) -> dict[str, float]:
    """Of the ten images that suit a caption best, those that show what it says."""
    images, labels = digits(tested=True)
    texts = [caption(number) for number in range(len(NUMBERS))]
    best = scored(model, processor, images, texts).topk(FOUND, dim=0).indices  # (10, captions)
    return {
        f"right digit, first {FOUND}": labels[best]
        .eq(torch.arange(len(NUMBERS)))
        .float()
        .mean()
        .item()
    }
