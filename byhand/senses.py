"""What the models see and hear: handwritten digits with captions, and tunes of pure tones.

Owns both, and which of them are held out. The digits are real handwriting: scikit-learn's 1,797 of
8 by 8 pixels, the test set of Alpaydin and Kaynak's Optical Recognition of Handwritten Digits (UCI,
1998). The tunes are made here, as sums of sines.
"""

from random import Random
from zlib import crc32

import numpy as np

# ---- handwriting, and what is said of it

TESTED = 360  # digits: a fifth, the last after a fixed shuffle
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
INKS = ("thin", "bold")
THIN, BOLD = 0.29, 0.32  # less than this share of full black is thin, more than this is bold
# such digits are there to train on, but a caption gives their number alone
NEVER = frozenset({(0, "thin"), (3, "bold"), (6, "thin"), (9, "bold")})


def digits(tested: bool):
    """Images and their labels, a tensor: those to train on, or those to test on."""
    import torch
    from PIL import Image
    from sklearn.datasets import load_digits

    data = load_digits()
    order = list(range(len(data.images)))
    Random(0).shuffle(order)
    order = order[-TESTED:] if tested else order[:-TESTED]
    images = [Image.fromarray(data.images[i].astype(np.uint8)) for i in order]
    return images, torch.tensor(data.target[order])


def pixels(images):
    """Images as grey levels from 0 to 1, a tensor B 1 8 8."""
    import torch

    return torch.tensor(np.stack([np.asarray(each) for each in images]))[:, None] / 16


def ink(image) -> str:
    """How much ink a digit has: "thin", "bold", or "" for neither. Grey levels go from 0 to 16."""
    share = np.asarray(image).mean() / 16
    return "thin" if share < THIN else "bold" if share > BOLD else ""


def caption(number: int, ink: str = "") -> str:
    """What is said of a digit: "a three", or "a three in thin ink"."""
    return f"a {NUMBERS[number]} in {ink} ink" if ink else f"a {NUMBERS[number]}"


# ---- tunes

RATE = 16_000  # samples in a second
SECONDS = 1
LONGEST = 5  # notes
NOTES = {
    "c": 523.25,
    "d": 587.33,
    "e": 659.26,
    "f": 698.46,
    "g": 783.99,
    "a": 880.0,
    "b": 987.77,
}  # in Hz, those of the fifth octave; a tune is played there or one octave higher
SYLLABLES = {"c": "do", "d": "re", "e": "mi", "f": "fa", "g": "sol", "a": "la", "b": "ti"}
HELD_OUT = 5  # of the tunes of three notes and more, one in so many


def written(notes: str, task: str) -> str:
    """A tune as one of the two tasks writes it: "c e g" (transcribe) or "do mi sol" (translate)."""
    return notes if task == "transcribe" else " ".join(SYLLABLES[note] for note in notes.split())


def wave(notes: str, seed=0, noise: float | None = None) -> np.ndarray:
    """A tune such as "c e g", played: (RATE * SECONDS,) samples between -1 and 1, float32.

    seed: of the octave, the loudness, the timbre, the tempo, and what is a little out of tune.
    noise: its standard deviation as a part of the loudness; by default at random, up to 0.1.
    """
    played = notes.split()
    if not 1 <= len(played) <= LONGEST or not set(played) <= set(NOTES):
        raise ValueError(
            f"wave() got {notes!r}; it takes one to {LONGEST} notes of {' '.join(NOTES)}, with "
            "spaces between them."
        )
    random = np.random.default_rng(seed)
    octave, tuning = int(random.integers(1, 3)), random.uniform(0.985, 1.015)
    loudness = 0.5 * 0.06 ** random.uniform()
    fainter = random.uniform(0.1, 0.7)  # each partial than the one below it
    lengths = (random.uniform(0.1, 0.15, len(played)) * RATE).astype(int)
    gaps = (random.uniform(0.02, 0.04, len(played)) * RATE).astype(int)
    at = int(random.uniform(0, RATE * SECONDS - lengths.sum() - gaps.sum()))
    sound = np.zeros(RATE * SECONDS, dtype=np.float32)
    for note, length, gap in zip(played, lengths, gaps, strict=True):
        time = np.arange(length, dtype=np.float32) / RATE
        phase = 2 * np.pi * NOTES[note] * octave * tuning * time
        tone = sum(fainter**k * np.sin((k + 1) * phase) for k in range(4))
        fades = np.minimum(1, np.minimum(time, time[::-1]) / 0.01) * np.exp(-6 * time)
        sound[at : at + length] = tone * fades * ((1 - fainter) / (1 - fainter**4))
        at += length + gap
    if noise is None:
        noise = random.uniform(0, 0.1)
    hiss = random.standard_normal(len(sound), dtype=np.float32)
    hiss *= noise
    sound += hiss
    sound *= loudness
    return sound.clip(-1, 1, out=sound)


def held_out(notes: str) -> bool:
    """Whether a tune is kept from training: a fifth of those with three notes or more."""
    return len(notes.split()) > 2 and crc32(notes.encode()) % HELD_OUT == 0


def tunes(n: int, tested: bool, seed: int = 0) -> list[tuple[str, np.ndarray]]:
    """Random tunes, as notes and as sound: those to train on, or those to test on."""
    random, found = Random(f"{seed} {tested}"), []
    while len(found) < n:
        notes = " ".join(random.choices(list(NOTES), k=random.randint(1, LONGEST)))
        if held_out(notes) == tested:
            found.append((notes, wave(notes, (seed, len(found), tested))))
    return found
