"""Checks and misconceptions for `ctc_collapse`."""

from itertools import pairwise

import torch

from autograder.exercise import Exercise


def rows(g):
    def drawn(count, kinds):
        return torch.randint(0, kinds, (count,), generator=g).tolist()

    a, b, blank, c = (10 * torch.randperm(9, generator=g)[:4] + drawn(1, 10)[0]).tolist()

    def large(ids):
        """The same row higher up. Python makes a new object for each of such numbers."""
        return [int(str(10_000 + each)) for each in ids], int(str(10_000 + blank))

    return {
        "neighbours are equal": ([a, a, a, b, b], blank),
        "a blank lies between two equal ids": ([a, blank, a], blank),
        "blanks lie between other ids": ([a, blank, blank, b], blank),
        "all frames are blank": ([blank] * 3, blank),
        "the blanks are at the ends": ([blank, blank, c, blank], blank),
        "an id comes back later": ([a, b, b, a], blank),
        "the blank is id 0": ([0, a, 0, 0, a, a], 0),
        "0 is an id like others": ([0, 0, blank, 0, a], blank),
        "there are 40 frames": (drawn(40, 3), 2),
        "ids are those of a large vocabulary": large([a, a, a, blank, b, b, a]),
    }


collapse = Exercise(
    "beyond_text.ctc_collapse", optional=True,
    title="From frames to notes",
    points=1, difficulty=1, minutes=8, examples=rows,
)  # fmt: skip


@collapse.oracle("transformers.Wav2Vec2CTCTokenizer")
def _(ids, blank):
    import json
    import tempfile

    from transformers import Wav2Vec2CTCTokenizer

    used = sorted({*ids, blank})  # a letter of its own for each id, the blank among them
    letters = {each: chr(0x4E00 + n) for n, each in enumerate(used)}
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/vocab.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump({letter: each for each, letter in letters.items()}, file)
        reader = Wav2Vec2CTCTokenizer(
            path, pad_token=letters[blank], unk_token=letters[blank], bos_token=None,
            eos_token=None, word_delimiter_token=None,
        )  # fmt: skip
    said = reader.convert_tokens_to_string([letters[each] for each in ids])["text"]
    back = {letter: each for each, letter in letters.items()}
    return [back[letter] for letter in said]


@collapse.claim("two equal ids stay two if a blank lies between them, and become one if none does")
def _(answer):
    kept, merged = answer.each(([4, 9, 4], 9), ([4, 4, 9], 9))
    assert kept == [4, 4]
    assert merged == [4]


@collapse.claim("frames that are doubled say the same")
def _(answer):
    once, doubled = answer.each(([3, 7, 3, 0, 3], 0), ([3, 3, 7, 7, 3, 3, 0, 0, 3, 3], 0))
    assert once == doubled == [3, 7, 3, 3]


@collapse.claim("blanks at both ends and between other ids say nothing")
def _(answer):
    plain, spread = answer.each(([2, 5, 8], 1), ([1, 1, 2, 1, 5, 1, 8, 1], 1))
    assert plain == spread == [2, 5, 8]


@collapse.misconception(
    seen="Runs and blanks at the ends are right. What becomes of an id, a blank and the same id again?",
    why="The blanks are taken out first here, and then equal neighbours are merged. That also merges "
    "two ids that the blank kept apart. Merge first, then take out the blanks.",
)
def blank_first(ids, blank):
    said = [each for each in ids if each != blank]
    return [each for n, each in enumerate(said) if n == 0 or each != said[n - 1]]


collapse.slip(
    "if each != blank", "", name="keeps_blank",
    seen="The runs are merged. Are there ids in the result that say nothing?",
    why="The blanks are still there. They have done their work once the runs are merged, and go.",
)  # fmt: skip
collapse.slip(
    "each for each, _ in groupby(ids) if each", "each for each in ids if each", name="no_merge",
    seen="The blanks are gone. How often is a tone written that lasts three frames?",
    why="Each frame is written here. A tone that lasts three frames is three equal neighbours, and "
    "counts once.",
)  # fmt: skip


@collapse.misconception(
    seen="Runs are merged, and blanks are gone. May an id come back later?",
    why="Each id is written once here, wherever it comes back. Only *neighbours* that are equal are one.",
)
def each_once(ids, blank):
    return list(dict.fromkeys(each for each in ids if each != blank))


@collapse.misconception(
    seen="Where the blank is 0 it is right. Where does the argument `blank` come in?",
    why="The id 0 is taken for the blank here. Which id is the blank differs from model to model, and "
    "`blank` says it.",
)
def blank_is_zero(ids, blank):
    return [each for n, each in enumerate(ids) if each != 0 and (n == 0 or each != ids[n - 1])]


@collapse.misconception(
    seen="Small ids are right. Is equal the same as the same object?",
    why="`is` asks here whether two ids are one object of Python. For small numbers it keeps one object "
    "each, and larger ones may be equal without being the same. Compare with `==` or `!=`.",
)
def same_object(ids, blank):
    said, last = [], None
    for each in ids:
        if each is not last and each != blank:
            said.append(each)
        last = each
    return said


@collapse.misconception(
    seen="Most rows are right. Which id comes before the first frame?",
    why="The id 0 is taken here for what comes before the first frame, so a row that begins with it "
    "loses its first run. Nothing comes before the first frame, such as None.",
)
def begins_after_zero(ids, blank):
    said, last = [], 0
    for each in ids:
        if each not in (last, blank):
            said.append(each)
        last = each
    return said


@collapse.misconception(
    seen="Each run gives one id. Which id is the first of all?",
    why="An id is written here only when the one before it differs, and the first has none before it. "
    "So the first run is lost.",
)
def first_is_lost(ids, blank):
    return [b for a, b in pairwise(ids) if b not in (a, blank)]


@collapse.misconception(
    seen="What is written is right. Which id comes after the last one?",
    why="An id is written here only when the one after it differs, and the last has none after it. So "
    "the last run is lost.",
)
def last_is_lost(ids, blank):
    return [a for a, b in pairwise(ids) if a not in (b, blank)]


@collapse.alternative
def with_the_one_before(ids, blank):
    said, last = [], None
    for each in ids:
        if each not in (last, blank):
            said.append(each)
        last = each
    return said
