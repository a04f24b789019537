"""How many of the tunes that tones-whisper was not trained on it writes down right."""

from collections import defaultdict

import numpy as np
import torch

from byhand.measure.scoring import mean
from byhand.senses import RATE, SECONDS, tunes, wave, written

TASKS = ("transcribe", "translate")
LOUDER = (0.3, 1.0)  # noise, as a part of the tune's loudness; in training it was up to 0.1


@torch.no_grad()
def taken_down(model, processor, sounds, task: str, size: int = 100) -> list[str]:
    """What the model writes for each sound."""
    said = []
    for at in range(0, len(sounds), size):
        heard = processor(audio=sounds[at : at + size], sampling_rate=RATE, return_tensors="pt")
        ids = model.generate(heard.input_features, task=task)
        said += processor.batch_decode(ids, skip_special_tokens=True)
    return [text.strip() for text in said]


def notes(model, processor, n: int = 1000) -> dict[str, float]:
    """Tunes of three notes and more that were in no batch, right to the last note, by task."""
    played, sounds = zip(*tunes(n, tested=True), strict=True)
    found = {}
    for task in TASKS:
        hits = defaultdict(list)
        for tune, said in zip(played, taken_down(model, processor, sounds, task), strict=True):
            right = said == written(tune, task)
            hits[f"{task}: right"].append(right)
            hits[f"{task}: right, {len(tune.split())} notes"].append(right)
        found |= {what: mean(hits[what]) for what in sorted(hits)}
    return found


def noise(model, processor, n: int = 300) -> dict[str, float]:
    """The same in louder noise than any that it was trained with, and in noise alone."""
    played = [tune for tune, _ in tunes(n, tested=True)]
    found = {}
    for loud in LOUDER:
        sounds = [wave(tune, seed, noise=loud) for seed, tune in enumerate(played)]
        said = taken_down(model, processor, sounds, "transcribe")
        hits = [a == b for a, b in zip(played, said, strict=True)]
        found[f"right in noise of {loud:.0%}"] = mean(hits)
    random = np.random.default_rng(0)
    hiss = list(0.05 * random.standard_normal((n, RATE * SECONDS), dtype=np.float32))
    found["notes written where nothing is played"] = mean(
        [bool(text) for text in taken_down(model, processor, hiss, "transcribe")]
    )
    return found
