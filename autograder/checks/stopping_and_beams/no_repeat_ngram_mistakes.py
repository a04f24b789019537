"""More misconceptions about `no_repeat_ngram`: where a run is found, and what a ban is."""

import torch

from autograder.checks.stopping_and_beams.no_repeat_ngram import ngram

ngram.slip(
    'float("-inf")', "-1e9", name="very_negative",
    seen="The right tokens are banned. Is a very small logit the same as none?",
    why="Banned tokens get a logit of -1e9 here. After a softmax that is 0, too, and much code does "
    "it. But where all others are banned as well, it is a probability again: take minus infinity.",
    convention=True,
)  # fmt: skip
ngram.slip(
    'float("-inf")', "float(__import__('torch').finfo(logits.dtype).min)", name="smallest_number",
    seen="The right tokens are banned. Is the smallest number of the dtype the same as minus infinity?",
    why="Banned tokens get `torch.finfo(dtype).min` here, as in many attention masks, where it keeps a "
    "row without anything from becoming nan. For a ban, minus infinity is asked for.",
    convention=True,
)  # fmt: skip
ngram.slip(
    "last = text[len(text) - n + 1 :]", "last = text[-(n - 1) :]", name="minus_zero",
    seen="With n = 1 there is nothing to compare. What is `text[-0:]`?",
    why="`text[-(n - 1):]` is the whole text where n = 1, as -0 is 0. Count from the front: "
    "`text[len(text) - n + 1:]` is empty then.",
)  # fmt: skip
ngram.slip(
    "range(len(text) - n + 1)", "range(len(text) - n)", name="last_run_missed",
    seen="How many runs of n ids has a text of T ids?",
    why="The run that ends with the last id of the text is not looked at here. A text of T ids has "
    "T - n + 1 runs of n.",
)  # fmt: skip


@ngram.misconception(
    seen="The last run is right. May it have been at several places before?",
    why="Only the *last* place where the run was before is looked at here. It may have been at several, "
    "followed by different ids, and all of those are banned.",
)
def only_last_found(logits, ids, n):
    kept = logits.clone()
    for row, text in enumerate(ids.tolist()):
        last = text[len(text) - n + 1 :]
        for start in reversed(range(len(text) - n + 1)):
            if text[start : start + n - 1] == last:
                kept[row, text[start + n - 1]] = float("-inf")
                break
    return kept


@ngram.misconception(
    seen="A token follows two runs, and only one of them is the last run. Is it banned?",
    why="`scatter` writes a yes or a no for every run here, and the last one that is written stays. A "
    "run that does not match takes the ban of another one back. Write only the yes.",
)
def taken_back(logits, ids, n):
    if ids.shape[1] < n:
        return logits.clone()
    runs = ids.unfold(1, n, 1)
    same = (runs[..., :-1] == ids[:, None, ids.shape[1] - n + 1 :]).all(-1)
    mask = torch.zeros(logits.shape, dtype=torch.bool).scatter(1, runs[..., -1], same)
    return logits.masked_fill(mask, float("-inf"))


@ngram.misconception(
    seen="Two pairs of ids have the same digits in a row. Are they the same pair?",
    why="The ids are joined to a string of digits here, so that 1, 12 and 11, 2 are both `112`. Compare "
    "the lists of ids themselves.",
)
def as_digits(logits, ids, n):
    kept = logits.clone()
    for row, text in enumerate(ids.tolist()):
        last = "".join(map(str, text[len(text) - n + 1 :]))
        for start in range(len(text) - n + 1):
            if "".join(map(str, text[start : start + n - 1])) == last:
                kept[row, text[start + n - 1]] = float("-inf")
    return kept
