"""Checks and misconceptions for `no_repeat_ngram`."""

import itertools

import torch

from autograder.exercise import Exercise, agree


def texts(g):
    def logits(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "a pair would come again": (logits(1, 6), torch.tensor([[2, 4, 1, 2]]), 2),
        "its first id has been followed by two": (
            logits(1, 7), torch.tensor([[3, 1, 3, 5, 0, 3]]), 2,
        ),
        "the banned id has followed another one, too": (
            logits(1, 7), torch.tensor([[3, 1, 5, 1, 3]]), 2,
        ),
        "three in a row would come again": (
            logits(1, 8), torch.tensor([[1, 2, 6, 4, 1, 2]]), 3,
        ),
        "only the last of the three is the same": (
            logits(1, 8), torch.tensor([[1, 2, 6, 4, 3, 2]]), 3,
        ),
        "runs overlap": (logits(1, 5), torch.tensor([[3, 3, 3]]), 3),
        "no id may come twice": (logits(1, 9), torch.tensor([[5, 0, 5, 2, 7, 2]]), 1),
        "the text is shorter than the run": (logits(2, 5), torch.tensor([[1, 2], [3, 3]]), 4),
        "the text is as long as the run": (logits(1, 5), torch.tensor([[1, 1, 1]]), 3),
        "rows differ": (
            logits(3, 9), torch.tensor([[1, 2, 1], [2, 2, 2], [7, 8, 0]]), 2,
        ),
        "other ids have the same digits": (logits(1, 13), torch.tensor([[1, 12, 5, 11, 2]]), 3),
        "every token of the second row is banned": (
            logits(2, 4), torch.tensor([[3, 1, 3, 1, 1, 3, 1], [2, 0, 2, 3, 1, 0, 1]]), 1,
        ),
        "four in a row": (
            logits(2, 9), torch.randint(1, 3, (2, 14), generator=g), 4,
        ),
    }  # fmt: skip


ngram = Exercise(
    "stopping_and_beams.no_repeat_ngram", optional=True,
    title="Nothing twice",
    points=1.5, difficulty=2, minutes=15, examples=texts,
    forbid=("NoRepeatNGramLogitsProcessor",),
)  # fmt: skip
ngram.leave_out("one V", "the ids say how many tokens there are")
ngram.leave_out("two", "the ids say how many tokens there are")


@ngram.oracle("transformers.NoRepeatNGramLogitsProcessor")
def _(logits, ids, n):
    from transformers import NoRepeatNGramLogitsProcessor

    return NoRepeatNGramLogitsProcessor(n)(ids, logits.clone())


@ngram.alternative
def by_a_table(logits, ids, n):
    rows = []
    for scores, text in zip(logits, ids.tolist(), strict=True):
        followed = {}
        for i in range(n - 1, len(text)):
            followed.setdefault(tuple(text[i - n + 1 : i]), set()).add(text[i])
        last = tuple(text[max(0, len(text) - n + 1) :]) if n > 1 else ()
        banned = followed.get(last, set()) if len(last) == n - 1 else set()
        mask = torch.tensor([i in banned for i in range(len(scores))])
        rows.append(scores.masked_fill(mask, float("-inf")))
    return torch.stack(rows)


@ngram.claim("a text written under the ban never has the same pair twice")
def _(answer):
    text = [2]
    for step in range(12):
        scores = -((torch.arange(5.0) - step % 2)[None] ** 2)
        text.append(int(answer(scores, torch.tensor([text]), 2)[0].argmax()))
    pairs = list(itertools.pairwise(text))
    assert len(set(pairs)) == len(pairs)
    assert len(set(text[:6])) < 6


@ngram.claim("what is not banned keeps its logit")
def _(answer):
    logits = torch.randn(2, 6)
    found = answer(logits.clone(), torch.tensor([[1, 2, 3, 1, 2], [4, 4, 0, 4, 4]]), 2)
    banned = torch.tensor([[i == 3 for i in range(6)], [i in (0, 4) for i in range(6)]])
    agree(found[~banned], logits[~banned])
    assert not torch.equal(found, logits)


ngram.slip(
    "last = text[len(text) - n + 1 :]\n        for start in range(len(text) - n + 1):\n"
    "            if text[start : start + n - 1] == last:\n"
    "                kept[row, text[start + n - 1]] = float(\"-inf\")",
    "last = text[len(text) - n :]\n        for start in range(len(text) - n):\n"
    "            if text[start : start + n] == last:\n"
    "                kept[row, text[start + n]] = float(\"-inf\")", name="one_longer",
    seen="How many ids have a run of two: with the new one, or before it?",
    why="The last n ids are compared here, so that runs of n + 1 are banned. The new token is one of "
    "the n: compare the last n - 1.",
)  # fmt: skip
ngram.slip(
    "        for start in range(len(text) - n + 1):\n"
    "            if text[start : start + n - 1] == last:\n"
    "                kept[row, text[start + n - 1]] = float(\"-inf\")",
    "        for start in range(len(text) - n + 1):\n"
    "            if text[start : start + n - 1] == last:\n"
    "                kept[row, text[start : start + n - 1]] = float(\"-inf\")",
    name="bans_seen_tokens",
    seen="A run is found again. Which token must not follow?",
    why="The ids of the run itself are banned here. The one to be banned is the id that *followed* it.",
)  # fmt: skip
ngram.slip(
    "                kept[row, text[start + n - 1]] = float(\"-inf\")",
    "                kept[:, text[start + n - 1]] = float(\"-inf\")", name="all_rows",
    seen="Does a row know what another one has said?",
    why="A token that is banned in one row is banned in all rows here.",
)  # fmt: skip
ngram.slip(
    "                kept[row, text[start + n - 1]] = float(\"-inf\")",
    "                kept[row, text[start + n - 1]] = 0.0", name="zero",
    seen="Is a logit of 0 impossible?",
    why="Banned tokens get a logit of 0 here, which may be the highest. Minus infinity gives them the "
    "probability 0.",
)  # fmt: skip


@ngram.misconception(
    seen="The last run is right. Where in the text may it have been before?",
    why="Only the first place where the run stands is looked at here. It may stand at several, followed "
    "by different ids, and all of those are banned.",
)
def only_first_found(logits, ids, n):
    kept = logits.clone()
    for row, text in enumerate(ids.tolist()):
        last = text[len(text) - n + 1 :]
        for start in range(len(text) - n + 1):
            if text[start : start + n - 1] == last:
                kept[row, text[start + n - 1]] = float("-inf")
                break
    return kept


@ngram.misconception(
    seen="Which tokens would repeat a run of n ids?",
    why="Every id that has been written is banned here. A token may come again, as long as the n - 1 "
    "before it are not the same, too.",
)
def all_seen(logits, ids, n):
    kept = logits.clone()
    if ids.shape[1] >= n:
        for row, text in enumerate(ids.tolist()):
            kept[row, text] = float("-inf")
    return kept
