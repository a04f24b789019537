"""More misconceptions about `apply_penalties`."""

import torch

from autograder.checks.sampling.apply_penalties import counted, fines


def repeated(logits, seen, repetition):
    """Logits whose seen tokens have paid `repetition`."""
    paid = torch.where(logits > 0, logits / repetition, logits * repetition)
    return torch.where(seen, paid, logits)


@fines.misconception(
    seen="With one row it is right. Whose tokens does each row pay `repetition` for?",
    why="Every row pays `repetition` for the tokens of all rows here: one set of seen tokens serves the "
    "batch, as in `seen[:, ids.flatten()] = True`. A row is a text of its own; `scatter` goes row by "
    "row.",
)
def one_seen_set(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    seen = (written + counted(logits, prompt_ids)).sum(0) > 0
    logits = repeated(logits, seen, repetition)
    return logits - frequency * written - presence * written.clamp(max=1)


@fines.misconception(
    seen="Tokens of the prompt are right. Does a token that was written pay `repetition`, too?",
    why="`repetition` looks at the prompt alone here. It looks at the prompt and at the output: for "
    "this penalty they are one text.",
)
def repetition_of_the_prompt(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    logits = repeated(logits, counted(logits, prompt_ids) > 0, repetition)
    return logits - frequency * written - presence * written.clamp(max=1)


@fines.misconception(
    seen="What a token pays shrinks as the text grows. Is frequency a number or a share?",
    why="The count is divided by the length of the output here. In everyday language a frequency may be "
    "a share, but this penalty is paid in full each time that the token was written.",
    convention=True,
)
def frequency_as_a_share(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    logits = repeated(logits, (written + counted(logits, prompt_ids)) > 0, repetition)
    share = written / max(output_ids.shape[-1], 1)
    return logits - frequency * share - presence * written.clamp(max=1)


@fines.misconception(
    seen="A token of one text alone is right. What of a token that is in the prompt and in the output?",
    why="A token that is in both texts pays `repetition` twice here, once for each. Put the two texts "
    "together first: each token of the whole pays once.",
)
def once_for_each_text(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    for seen in (counted(logits, prompt_ids) > 0, written > 0):
        logits = repeated(logits, seen, repetition)
    return logits - frequency * written - presence * written.clamp(max=1)


@fines.misconception(
    seen="Before a token is written it is wrong. What may the prompt have to pay by then?",
    why="An empty output gives the logits back as they were. But tokens of the prompt pay `repetition` "
    "from the first step on.",
)
def nothing_before_the_first(logits, prompt_ids, output_ids, presence, frequency, repetition):
    if output_ids.shape[-1] == 0:
        return logits.clone()
    written = counted(logits, output_ids)
    logits = repeated(logits, (written + counted(logits, prompt_ids)) > 0, repetition)
    return logits - frequency * written - presence * written.clamp(max=1)
