"""What goes wrong in `sft_labels`."""

import torch

from autograder.checks.supervised.sft_labels import tune


@tune.misconception(
    seen="Where no token of a prompt or an answer has the id of `pad`, and neither has `eos`, it is "
    "right. What is left out where one of them has it?",
    why="This code finds the padding by its id. Where the end token pads, too, the end of every answer "
    "is taken for padding. The model is never shown an end, and it never stops. And whatever else in "
    "prompt or answer has the id of `pad` is lost. Padding is found by its place: it begins where the "
    "row's own tokens are over.",
)
def pads_by_their_id(prompt_ids, answer_ids, eos, pad, T):
    rows = []
    for prompt, answer in zip(prompt_ids, answer_ids, strict=True):
        row = [*prompt, *answer, eos][:T]
        rows.append(row + [pad] * (T - len(row)))
    ids = torch.tensor(rows)
    mask = (ids != pad).long()
    labels = ids.clone()
    for row, prompt in enumerate(prompt_ids):
        labels[row, : len(prompt)] = -100
    labels[ids == pad] = -100
    return ids, labels, mask


tune.slip(
    "labels[row, len(prompt) : len(text)] = text[len(prompt) :]", "labels[row, : len(text)] = text",
    name="trains_on_prompt", convention=True,
    seen="Answers and end tokens have their labels. Who wrote the other tokens that have one?",
    why="Prompts have labels here as well, as in pre-training. Some train in this way on purpose. But "
    "then the model also learns to ask. In the task only the answer and its end are learned.",
)  # fmt: skip
tune.slip(
    "labels[row, len(prompt) : len(text)] = text[len(prompt) :]",
    "labels[row, len(prompt) + 1 : len(text)] = text[len(prompt) + 1 :]",
    name="first_answer_token_masked",
    seen="Look at the place where the prompt is over. With which token does an answer begin?",
    why="The first token of every answer is left out here. That comes from a thought about the shift: "
    "the first token is guessed from the last one of the prompt. But these labels are not shifted. The "
    "loss does that, and each label is at the place of its own token. As it is, the model never learns "
    "how an answer begins.",
)  # fmt: skip
tune.slip(
    "labels[row, len(prompt) : len(text)] = text[len(prompt) :]",
    "labels[row, max(0, len(prompt) - 1) : len(text)] = text[max(0, len(prompt) - 1) :]",
    name="last_prompt_token_trained",
    seen="Look at the place where the prompt is over. Which is the first label?",
    why="The last token of every prompt has a label here. Labels are not shifted: the loss lets the "
    "last token of the prompt guess the first one of the answer by itself.",
)  # fmt: skip
tune.slip(
    "len(text)] = text[len(prompt) :]", "len(text)] = text[len(prompt) :].where("
    "torch.arange(len(text))[len(prompt) :] < len(prompt) + len(answer), torch.tensor(-100))",
    name="end_not_trained",
    seen="The tokens of the answers are right. What comes after the last of them?",
    why="The end token is in the ids but has no label. The model reads it and is never asked to write "
    "it, so it never stops. Its end belongs to what an answer teaches.",
)  # fmt: skip
tune.slip(
    "torch.tensor([*prompt, *answer, eos])[:T]",
    "torch.tensor([*prompt, *answer, eos])[:T].clone(); text[-1] = eos",
    name="always_ends",
    seen="What fits into its row is right. Does an answer that was cut off end where it was cut?",
    why="A row that was cut off gets an end token all the same. That teaches to stop in the middle of a "
    "sentence. A row that is too long loses its end token with the rest.",
    convention=True,
)  # fmt: skip
tune.slip(
    "mask[row, : len(text)] = 1", "mask[row, len(prompt) : len(text)] = 1",
    name="mask_of_the_answer",
    seen="Ids and labels are right. Is the mask about what is trained, or about what is read?",
    why="The mask is 1 for the answer only here. Some call that the *completion mask*. But the mask of "
    "a batch says which tokens attention may look at, and an answer has to look at its prompt.",
    convention=True,
)  # fmt: skip
tune.slip(
    "(len(prompt_ids), T), -100)", "(len(prompt_ids), T), pad)", name="pad_as_label",
    seen="Where there is an answer, labels are right. Which number says that a place does not count?",
    why="The places that should not count have `pad` as their label. The loss only leaves out -100, so "
    "the model learns to write padding.",
)  # fmt: skip


@tune.misconception(
    seen="The ids are right. The loss shifts by itself: which token does a label name?",
    why="Labels are shifted by one here, so that each place names its next token. The library's models "
    "and your `causal_lm_loss` shift labels themselves. Shifted twice, the model learns to skip a token.",
    convention=True,
)
def shifted(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    nothing = torch.full_like(labels[:, :1], -100)
    return ids, torch.cat([labels[:, 1:], nothing], dim=1), mask


@tune.misconception(
    seen="What fits into its row is right. Which tokens does a longer row lose?",
    why="A row that is too long loses its first tokens here, as when a model is asked and there is too "
    "little room. In the task it keeps its first T tokens.",
    convention=True,
)
def loses_its_beginning(prompt_ids, answer_ids, eos, pad, T):
    rows = list(zip(prompt_ids, answer_ids, strict=True))
    full = max([T, *(len(prompt) + len(answer) + 1 for prompt, answer in rows)])
    made = tune.reference(prompt_ids, answer_ids, eos, pad, full)
    for row, (prompt, answer) in enumerate(rows):
        for each in made:
            each[row] = each[row].roll(-max(0, len(prompt) + len(answer) + 1 - T))
    return tuple(each[:, :T].contiguous() for each in made)


@tune.misconception(
    seen="The mask is right everywhere. How do the labels find out where the padding is?",
    why="Half of the code is mended here: the mask finds the padding by its place, the labels still "
    "find it by its id. So an end token that is also `pad` has no label, and neither has any other "
    "token of an answer with this id.",
)
def labels_by_their_id(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    return ids, labels.masked_fill(ids == pad, -100), mask


@tune.misconception(
    seen="The labels are right everywhere. How does the mask find out where the padding is?",
    why="Half of the code is mended here: the labels find the padding by its place, the mask still "
    "finds it by its id. So attention may not look at a token of the row's own that has the id of "
    "`pad`.",
)
def mask_by_the_id(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, _ = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    return ids, labels, (ids != pad).long()


@tune.misconception(
    seen="Where nothing is filled up it is right. At which end of a row is there room?",
    why="Rows are filled up at their beginning here, as prompts are when a model continues many at "
    "once. In the task the padding comes after the text.",
    convention=True,
)
def filled_up_at_the_beginning(prompt_ids, answer_ids, eos, pad, T):
    made = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    room = (made[2] == 0).sum(1).tolist()
    return tuple(
        torch.stack([row.roll(many) for row, many in zip(each, room, strict=True)]) for each in made
    )


@tune.misconception(
    seen="Where an answer does not end with the id of `pad` it is right. Does a run of this id at the "
    "end of a row have to be padding?",
    why="The padding is found as the run of `pad` at the end of a row here, less one where the end "
    "token has the same id. But an answer may end with this id, too. Then a part of the run is the "
    "answer's. The lengths of prompt and answer say where the padding begins.",
)
def last_run_is_padding(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    for row, told in enumerate(ids.tolist()):
        stop = T
        while stop and told[stop - 1] == pad:
            stop -= 1
        stop = min(T, stop + (eos == pad))
        mask[row] = (torch.arange(T) < stop).long()
        labels[row] = ids[row].where(torch.arange(T) < stop, torch.tensor(-100))
        labels[row, : len(prompt_ids[row])] = -100
    return ids, labels, mask


SHIFTED = next(each for each in tune.misconceptions if each.name == "shifted")


@tune.misconception(seen=SHIFTED.seen, why=SHIFTED.why, convention=True)
def shifted_before_the_cut(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = tune.reference(prompt_ids, answer_ids, eos, pad, T)
    for row, (prompt, answer) in enumerate(zip(prompt_ids, answer_ids, strict=True)):
        told = [-100] * (len(prompt) - 1) + [*answer, eos] + [-100] * T
        labels[row] = torch.tensor(told[:T])
    return ids, labels, mask


LOST = next(each for each in tune.misconceptions if each.name == "loses_its_beginning")


@tune.misconception(seen=LOST.seen, why=LOST.why, convention=True)
def loses_its_beginning_but_not_in_labels(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = loses_its_beginning(prompt_ids, answer_ids, eos, pad, T)
    for row, prompt in enumerate(prompt_ids):
        labels[row] = ids[row].where(mask[row] == 1, torch.tensor(-100))
        labels[row, : len(prompt)] = -100
    return ids, labels, mask
