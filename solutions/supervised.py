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
    comes after its first T tokens. If its prompt fills it, no answer is left, and so it has no
    label at all. A shorter row is filled up with `pad` at its end. The mask is 1 where a row has a
    token of its own and 0 where it was filled up. Labels are not shifted: where the answer and its
    `eos` are, they are the ids, and they are -100 everywhere else. Prompts and answers may contain
    `eos` and `pad`, at their ends, too, and the two may be the same token. All three are int64.

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


def assistant_mask(
    messages: list[dict[str, str]], template: dict[str, str], tokenizer
) -> Int[Tensor, "T"]:
    """1 for each token of a conversation that the assistant has to write itself, 0 for all others.

    The conversation is rendered as one text, as by `render_chat` without a generation prompt: first
    the text under `bos` of the template, and then for each message the text under its role, its
    content without spaces, tabs and line breaks at its two ends, and the text under `end`. A role
    is "system", "user" or "assistant", and the template has a text for each. A content may have the
    texts of the template in it: they open and end nothing there. The assistant has to write the
    contents and the ends of all its own messages. It does not write the text that opens them.

    `tokenizer(text, return_offsets_mapping=True)["offset_mapping"]` is a list that has a pair for
    each of the T tokens of the text: the place of its first character, and the place after its last
    one. A token belongs to the assistant if at least one of its characters does. The others may
    come before an answer, after its end, or both. The mask is int64.

    Source: `apply_chat_template` of transformers, with `return_assistant_tokens_mask`.
    """
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(text)
        text += message["content"].strip() + template["end"]
        if message["role"] == "assistant":
            own.append((start, len(text)))
    pairs = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    mine = [any(max(first, start) < min(last, end) for start, end in own) for first, last in pairs]
    return torch.tensor(mine, dtype=torch.long)
