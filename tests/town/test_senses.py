"""What the models see and hear: is it split cleanly, and is it what its caption says?"""

import subprocess
import sys

import numpy as np
import pytest

from byhand.senses import (
    BOLD,
    NEVER,
    NOTES,
    RATE,
    SECONDS,
    THIN,
    caption,
    digits,
    ink,
    tunes,
    wave,
    written,
)
from byhand.train.captions import both, named
from byhand.train.tones import ears


def test_importing_the_senses_is_quick():
    """Are scikit-learn and transformers left to those who load something?"""
    heavy = ("sklearn", "torch", "transformers")
    code = f"import sys, byhand.senses; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_ink_is_what_the_pixels_say():
    """Is a thin digit lighter than any that is neither, and a bold one darker?"""
    images, labels = digits(tested=True)
    assert len(images) == len(labels) == 360
    shares = {said: [] for said in ("thin", "", "bold")}
    for image in images:
        shares[ink(image)].append(np.asarray(image).mean() / 16)
    assert max(shares["thin"]) < THIN <= min(shares[""])
    assert max(shares[""]) <= BOLD < min(shares["bold"])
    assert caption(3, "thin") == "a three in thin ink"
    assert caption(3) == "a three"


def test_what_is_never_named_stands_in_no_caption():
    """Is a pair that is held out really absent from the captions of many batches?"""
    processor = both()
    source, said = named(processor, ()), set()
    for _ in range(30):
        batch, _ = next(source)
        said |= set(processor.batch_decode(batch["input_ids"], skip_special_tokens=True))
    pairs = {caption(number, tint) for number in range(10) for tint in ("thin", "bold")}
    never = {caption(*pair) for pair in NEVER}
    assert pairs - said == never
    assert {caption(number) for number in range(10)} <= said


def test_no_tune_is_on_both_sides():
    """Are the tunes to test on new, and is either side the same each time?"""
    trained, tested = ({notes for notes, _ in tunes(300, side)} for side in (False, True))
    assert not trained & tested
    assert {len(notes.split()) for notes in tested} == {3, 4, 5}
    (first, sound), (again, same) = tunes(1, True)[0], tunes(1, True)[0]
    assert first == again
    assert np.array_equal(sound, same)


@pytest.mark.parametrize("note", NOTES)
def test_a_note_has_its_frequency(note):
    """Is the lowest loud partial of a tone the note, in one of the two octaves, nearly in tune?"""
    sound = wave(note, seed=5, noise=0.0)
    assert sound.dtype == np.float32
    assert len(sound) == RATE * SECONDS
    heard = np.abs(np.fft.rfft(sound)).argmax() / SECONDS
    assert min(abs(heard / NOTES[note] / octave - 1) for octave in (1, 2)) < 0.02


def test_a_tune_out_of_range_is_told():
    """Does an error say what came and what there is?"""
    with pytest.raises(ValueError, match="'c h'; it takes one to 5 notes of c d e f g a b"):
        wave("c h")
    with pytest.raises(ValueError, match="it takes one to 5"):
        wave("")


@pytest.mark.parametrize("task", ["transcribe", "translate"])
def test_every_note_is_one_token(task):
    """Is a tune as many tokens as notes, between the prompt and the end, and read back as it was?"""
    tokenizer = ears().tokenizer
    tokenizer.set_prefix_tokens(language="en", task=task)
    text = written("c d e f g a b", task)
    ids = tokenizer(text).input_ids
    assert tokenizer.convert_ids_to_tokens(ids[:4]) == [
        "<|startoftranscript|>", "<|en|>", f"<|{task}|>", "<|notimestamps|>",
    ]  # fmt: skip
    assert len(ids) == 4 + 7 + 1
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == text
