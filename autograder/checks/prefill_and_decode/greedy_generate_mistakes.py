"""Misconceptions about `greedy_generate`."""

import torch

from autograder.checks.prefill_and_decode.greedy_generate import greedy

ASKED = """last = counted.argmax(dim=1)  # the first of the largest
        new = logits[torch.arange(len(ids)), last].argmax(dim=-1)"""
LAST_COLUMN = "new = logits[:, -1].argmax(dim=-1)"
BETWEEN = """
        new = new.masked_fill(finished, pad)
        ids = torch.cat([ids, new[:, None]], dim=1)
        mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)
        """
REMEMBERED = "finished = finished | (new == eos)"
FORGOTTEN = "finished = new == eos"

greedy.slip(
    ASKED + BETWEEN + REMEMBERED, LAST_COLUMN + BETWEEN + FORGOTTEN, name="tried_at_the_left",
    seen="Right where padding is at the left and `pad` is `eos`, and two things are wrong elsewhere. "
    "What is in the last column of a row that is padded at the right? And what does a finished row "
    "hold if `pad` is another token?",
    why="These are the numbers of code with two faults. It reads the scores of the last column, which "
    "holds padding where a row is padded at the right: ask at the last token that the mask marks. And "
    "it looks for `eos` in the newest column alone: a finished row holds `pad` there, so that it "
    "wakes unless both are one token. Who is finished has to be remembered.",
)  # fmt: skip
greedy.slip(
    ASKED, LAST_COLUMN, name="last_column",
    seen="Right where no padding is at the right. What is in the last column of a row that is "
    "padded there, and whose scores are these?",
    why="These are the numbers of the last column's scores. A short row that is padded at the right "
    "has padding there, and the model is asked what follows the *padding*. Ask at the last token "
    "that the mask marks with 1.",
)  # fmt: skip
greedy.slip(
    "last = counted.argmax(dim=1)", "last = mask.sum(dim=1) - 1", name="last_by_length",
    seen="Right without padding, and for a first token after padding at the right. In which column "
    "is the last token of a row that is padded at the left?",
    why="The number of tokens minus 1 is the column of the last one only where a row begins with it "
    "and has no gap. Padding at the left shifts it, and new tokens come after padding at the right.",
)  # fmt: skip
greedy.slip(
    REMEMBERED, "finished = finished | (new > len(logits[0, 0]))", name="never_ends",
    seen="The beginning is right. What does `eos` do?",
    why="No row is ever finished here. A row that has written `eos` is, and when all are, writing ends.",
)  # fmt: skip
greedy.slip(
    "if finished.all()", "if finished.any()", name="one_eos_stops_all",
    seen="The first row is done. Has the other one said all that it had to say?",
    why="Here one finished row stops all of them. Go on until *all* rows are finished.",
)  # fmt: skip
greedy.slip(
    "new = new.masked_fill(finished, pad)", "new = new * 1", name="after_eos_not_padded",
    seen="What may a row hold after its `eos`?",
    why="A row that is finished goes on writing here, while it waits for the others. It gets `pad` "
    "from then on.",
)  # fmt: skip
greedy.slip(
    "torch.ones_like(mask[:, :1])", "torch.zeros_like(mask[:, :1])", name="new_tokens_not_used",
    seen="The first new token is right. After which token is the model asked for the second, and which "
    "tokens does it see there?",
    why="These are the numbers of code in which no step uses the new tokens: the mask gets a 0 for "
    "them, or the scores are taken at the last token of the *prompt* in every step. New tokens are "
    "tokens: the mask gets a 1, and the newest one is asked what comes next.",
)  # fmt: skip
greedy.slip(
    "counted = mask.cumsum(dim=1)", "mask = (ids != pad).long()\n        counted = mask.cumsum(dim=1)",
    name="mask_from_pad",
    seen="Right where `pad` is in no text. What if a text holds that number?",
    why="The mask is made anew here, of all that is not `pad`. Where `pad` is also a real token, "
    "such as an `eos` at the beginning, that token is hidden. Only the given mask knows which is "
    "which.",
)  # fmt: skip
greedy.slip(
    "logits = model(ids, attention_mask=mask, position_ids=places)",
    "logits = model(ids, attention_mask=mask)", name="no_places",
    seen="Right without padding. Which place does the model give to the first token after padding?",
    why="Columns are counted here, padding too, as the model itself does where no `position_ids` come. "
    "A row's own tokens are at 0, 1, 2, ..., wherever its padding is.",
)  # fmt: skip
greedy.slip(
    "logits = model(ids, attention_mask=mask, position_ids=places)",
    "logits = model(ids, position_ids=places)", name="no_mask",
    seen="Right without padding. Who tells the model what it is not to read?",
    why="The model is not given the mask here, so it reads the padding like a text.",
)  # fmt: skip
greedy.slip(
    REMEMBERED, FORGOTTEN, name="wakes_again",
    seen="A row ends, and then goes on. What does it hold after one `pad`?",
    why="Only the newest column is looked at here. A finished row holds `pad` there, which is not "
    "`eos`, so it wakes and writes on. Who is finished has to be remembered.",
)  # fmt: skip
greedy.slip(
    REMEMBERED, "finished = (ids == eos).any(dim=1)",
    name="eos_in_the_prompt",
    seen="Right where no prompt holds `eos`. What does it mean in a prompt?",
    why="All of the row is searched for `eos` here, the prompt too. Many models begin every text with "
    "that token, and then nothing is written. Only what was written counts.",
)  # fmt: skip
greedy.slip(
    "range(max_new)", "range(max_new - ids.shape[1])", name="max_length_includes_prompt",
    seen="The beginning is right. How many *new* tokens are there to be?",
    why="The prompt is counted here, as `max_length` of the library does. `max_new` counts only what "
    "is written, as `max_new_tokens` does.",
    convention=True,
)  # fmt: skip


def last_token(ids, mask):
    return mask.cumsum(1).argmax(1)


def step(model, ids, mask, last=last_token):
    """The likeliest next token of each row."""
    places = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(ids, attention_mask=mask, position_ids=places).logits
    return logits[torch.arange(len(ids)), last(ids, mask)].argmax(-1)


def grown(ids, mask, new):
    return torch.cat([ids, new[:, None]], 1), torch.cat([mask, torch.ones_like(mask[:, :1])], 1)


def written(model, ids, mask, max_new, eos, pad, last=last_token):
    finished, width = torch.zeros(len(ids)).bool(), ids.shape[1]
    for _ in range(max_new):
        new = step(model, ids, mask, last).masked_fill(finished, pad)
        ids, mask = grown(ids, mask, new)
        finished |= new == eos
        if finished.all():
            break
    return ids[:, width:]


@greedy.misconception(
    seen="Right without padding, and after padding at the right. In which column is a prompt's last "
    "token if it is padded at the left?",
    why="The first token is asked for in the column of the number of tokens minus 1. That is the last "
    "token only where nothing is to the left of the prompt. From the second step on the last column is "
    "right for all rows.",
)
def first_by_length(model, ids, mask, max_new, eos, pad):
    width = ids.shape[1]

    def last(ids, mask):
        columns = torch.full((len(ids),), ids.shape[1] - 1)
        return mask.sum(1) - 1 if ids.shape[1] == width else columns

    return torch.cat([ids, written(model, ids, mask, max_new, eos, pad, last)], 1)


@greedy.misconception(
    seen="Nearly always right. Where is the largest place first found in a row that has a single token, "
    "with padding to its left?",
    why="The last token is taken to be where the places are largest. But the place of padding was made "
    "0, and a single token has place 0 as well: the first of them is padding. The running sum is 0 at "
    "the padding and 1 at the token.",
)
def last_by_place(model, ids, mask, max_new, eos, pad):
    def last(ids, mask):
        return (mask.cumsum(1) - 1).clamp(min=0).argmax(1)

    return torch.cat([ids, written(model, ids, mask, max_new, eos, pad, last)], 1)


@greedy.misconception(
    seen="Right while no text holds `pad`. In which column is the last token if the model has just "
    "written that number?",
    why="A token that happens to be `pad` is not taken for one here: the last token is looked for as the "
    "last that is not `pad`, or a written `pad` gets a 0 in the mask. Then the token before it is asked "
    "once more. Until a row is finished, all that it writes is text.",
)
def last_that_is_not_pad(model, ids, mask, max_new, eos, pad):
    def last(ids, mask):
        return (ids != pad).cumsum(1).argmax(1)

    return torch.cat([ids, written(model, ids, mask, max_new, eos, pad, last)], 1)


@greedy.misconception(
    seen="The mask is right. Which place has a text's first token?",
    why="The running sum of the mask is 1 at the first token. Places count from 0: take 1 away.",
)
def places_from_one(model, ids, mask, max_new, eos, pad):
    def asked(ids, attention_mask, position_ids):
        return model(ids, attention_mask=attention_mask, position_ids=position_ids + 1)

    return torch.cat([ids, written(asked, ids, mask, max_new, eos, pad)], 1)


@greedy.misconception(
    seen="All new tokens are right. What else is to come back?",
    why="Only the new tokens come back here. The result begins with the prompts, as they came.",
)
def only_the_new(model, ids, mask, max_new, eos, pad):
    return written(model, ids, mask, max_new, eos, pad)


@greedy.misconception(
    seen="All is right but one column. Is `eos` a part of what was written?",
    why="The token that ends a row is thrown away here. It was written, and who reads the result "
    "needs it to see where the row ends.",
)
def drops_eos(model, ids, mask, max_new, eos, pad):
    new = written(model, ids, mask, max_new, eos, pad)
    done = (new == eos).cumsum(1) > 0
    left = ~done.all(0)
    return torch.cat([ids, new.masked_fill(done, pad)[:, left]], 1)


@greedy.misconception(
    seen="One `eos` is right. What fills a row after it?",
    why="A finished row is filled with `eos` here. That is right where `pad` is the same number. "
    "Where it is another one, the row gets `pad`.",
    convention=True,
)
def eos_again(model, ids, mask, max_new, eos, pad):
    return torch.cat([ids, written(model, ids, mask, max_new, eos, eos)], 1)


@greedy.misconception(
    seen="The tokens are right. How many columns does a result have if all rows end early?",
    why="Here `max_new` columns come back, whatever happens. Once all rows are finished, nothing is "
    "left to write.",
    convention=True,
)
def always_all_columns(model, ids, mask, max_new, eos, pad):
    new = written(model, ids, mask, max_new, eos, pad)
    rest = torch.full((len(ids), max_new - new.shape[1]), pad)
    return torch.cat([ids, new, rest], 1)


@greedy.misconception(
    seen="Right where all rows end in the same step. And where one ends earlier than the other?",
    why="Writing ends here only if all rows write `eos` in one step. A row that ended before holds `pad` "
    "in its newest column. Ask whether all rows are *finished*.",
)
def all_in_one_step(model, ids, mask, max_new, eos, pad):
    finished = torch.zeros(len(ids)).bool()
    for _ in range(max_new):
        new = step(model, ids, mask).masked_fill(finished, pad)
        ids, mask = grown(ids, mask, new)
        finished |= new == eos
        if (new == eos).all():
            break
    return ids


@greedy.misconception(
    seen="Each row reads well. In which column does the first new token of each row belong?",
    why="The new tokens replace the padding at the right here, so that each row reads on without a "
    "gap. In this function all rows write into the same new columns, as in `generate`, and what is "
    "to the left of these stays as it came.",
    convention=True,
)
def into_the_padding(model, ids, mask, max_new, eos, pad):
    new = written(model, ids, mask, max_new, eos, pad)
    whole, seen = torch.cat([ids, new], 1), torch.cat([mask, torch.ones_like(new)], 1)
    right = (mask[:, :1] == 1) & (mask[:, -1:] == 0)
    order = torch.where(right, (1 - seen).argsort(dim=1, stable=True), torch.arange(whole.shape[1]))
    return whole.gather(1, order)


@greedy.misconception(
    seen="The mask says which tokens there are. How wide is it after the first step?",
    why="The mask keeps the width of the prompts here, while `ids` grows. Each new token needs a 1 "
    "of its own.",
)
def mask_not_extended(model, ids, mask, max_new, eos, pad):
    for _ in range(max_new):
        new = step(model, ids, mask)
        ids = torch.cat([ids, new[:, None]], 1)
    return ids


@greedy.misconception(
    seen="Right for one prompt that is not padded. What is `mask` for?",
    why="This is the loop for a single prompt: it reads padding like text, counts its columns, and "
    "asks in the last one.",
)
def as_for_one(model, ids, mask, max_new, eos, pad):
    finished = torch.zeros(len(ids)).bool()
    for _ in range(max_new):
        new = model(ids).logits[:, -1].argmax(-1).masked_fill(finished, pad)
        ids = torch.cat([ids, new[:, None]], 1)
        finished = finished | (new == eos)
        if finished.all():
            break
    return ids
