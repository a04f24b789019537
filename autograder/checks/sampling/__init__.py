"""Checks of chapters/4_inference/02_sampling.md, one module an exercise.

Owns: filters of the library as oracles, with ties in the order of ids.
"""

import torch

GONE = float("-inf")


def of_shares(*rows):
    """Logits of rows of probabilities."""
    return torch.tensor(rows).log()


def filtered(name, logits, *settings):
    """What a warper of `transformers` makes of logits."""
    import transformers.generation.logits_process as library

    return getattr(library, name)(*settings)(None, logits)


def nucleus(logits, p):
    """The library's top-p. Its order of equal tokens is open, so small ids get next to nothing more."""
    nudged = logits.double() - 1e-9 * torch.arange(logits.shape[-1])
    return logits.masked_fill(filtered("TopPLogitsWarper", nudged, float(p)) == GONE, GONE)


def left(logits):
    """Which tokens can still be drawn."""
    return logits > GONE
