"""From instructions and conversations to what a model is trained on: which tokens, and which not.

Owns: labels and masks of texts that have a prompt and an answer. Ignores losses and steps.
"""

import torch
from jaxtyping import Int
from torch import Tensor


def sft_labels(
    prompt_ids: list[list[int]], answer_ids: list[list[int]], eos: int, pad: int, T: int
) -> tuple[Int[Tensor, "B T"], Int[Tensor, "B T"], Int[Tensor, "B T"]]:
    """A batch of ids, labels and mask that teaches to answer prompts, and to stop.

    Each row of ids is a prompt, its answer and one `eos`. A row that is longer than T loses what
    comes after its first T tokens. A shorter one is filled up with `pad` at its end. The mask is 1
    where a row has a token of its own and 0 where it was filled up. Labels are not shifted: where
    the answer and its `eos` are, they are the ids, and they are -100 everywhere else. Prompts and
    answers may contain `eos` and `pad`, and the two may be the same token. All three are int64.

    Source: Touvron et al. 2023 (Llama 2), section 3.1; -100 is the convention of torch.
    """
    ids = torch.full((len(prompt_ids), T), pad)
    labels = torch.full((len(prompt_ids), T), -100)
    mask = torch.zeros(len(prompt_ids), T, dtype=torch.long)
    for row, (prompt, answer) in enumerate(zip(prompt_ids, answer_ids, strict=True)):
        text = torch.tensor([*prompt, *answer, eos])[:T]
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
        labels[row, len(prompt) : len(text)] = text[len(prompt) :]
    return ids, labels, mask
