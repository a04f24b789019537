"""What goes wrong in `assistant_mask`."""

import torch

from autograder.checks.supervised.assistant_mask import chat

chat.slip(
    "own.append((start, len(text)))", "own = [(start, len(text))]", name="last_turn_only",
    seen="One answer is right. What of the answers before the last one?",
    why="Only the last answer of a conversation is learned here. That is right where the others were "
    "not written by whom one wants to learn from. But here each answer is one, and to learn all of "
    "them costs no more reading.",
    convention=True,
)  # fmt: skip
chat.slip(
    "own.append((start, len(text)))", 'own.append((start, len(text) - len(template["end"])))',
    name="excludes_end_token",
    seen="The words of the answers are right. What comes after them, and who has to write it?",
    why="The end of a message is left out here. Nobody but the assistant can say that its answer is "
    "over. A model that never learns to write the end goes on, and then speaks for the user.",
)  # fmt: skip
chat.slip(
    'if message["role"] == "assistant":', "if True:", name="user_trained",
    seen="Answers are right. Whose words are the others?",
    why="The words of everybody are learned here. The model then also learns to ask as users do.",
)  # fmt: skip
chat.slip(
    '        if message["role"] == "assistant":', '        if message["role"] != "assistant":',
    name="turned_round",
    seen="Which of the two is it that should learn from its words?",
    why="The mask is 1 for those who ask here and 0 for the assistant. It is the other way round.",
)  # fmt: skip
chat.slip(
    '        if message["role"] == "assistant":', '        if message["role"] != "user":',
    name="system_trained",
    seen="Where there are no rules it is right. Does the assistant write the rules?",
    why="The rules of the system are learned like an answer here. They are given to the assistant, as "
    "the questions are.",
)  # fmt: skip
chat.slip(
    'text += template[message["role"]]\n        start = len(text)',
    'start = len(text)\n        text += template[message["role"]]',
    name="opening_trained",
    seen="Answers and their ends are right. Who writes the mark that opens an answer?",
    why="The mark that opens a message of the assistant is learned, too. But when the model is asked, "
    "the generation prompt gives it this mark. It never has to write it.",
    convention=True,
)  # fmt: skip
chat.slip(
    "any(first < end and start < last for start, end in own)",
    "any(start <= first < end for start, end in own)", name="whole_tokens_only",
    seen="Where a token begins with an answer it is right. To whom does a token belong that begins one "
    "character earlier?",
    why="A token that shares a character with the mark is left out here. In many tokenizers the space "
    "before a word is part of its token, so the first word of an answer is lost. It is enough that one "
    "character is the assistant's.",
)  # fmt: skip
chat.slip(
    'message["content"].strip()', 'message["content"]', name="not_trimmed",
    seen="Most conversations are right. What do spaces and line breaks at the ends of a content become?",
    why="The content keeps the spaces and line breaks at its ends here, so this is the mask of another "
    "text than the one that the model reads.",
)  # fmt: skip


@chat.misconception(
    seen="It begins well. The places that you have count what, characters or tokens?",
    why="Places of characters are used as places of tokens here. A token has several characters, so the "
    "mask begins and ends too late. `offset_mapping` says which characters each token has.",
)
def character_offsets(messages, template, tokenizer):
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(text)
        text += message["content"].strip() + template["end"]
        if message["role"] == "assistant":
            own.append((start, len(text)))
    mask = torch.zeros(len(tokenizer(text)["input_ids"]), dtype=torch.long)
    for start, end in own:
        mask[start:end] = 1
    return mask


@chat.misconception(
    seen="With one answer it is right, mostly. Where in a text is a content found if somebody said it "
    "before?",
    why="Each answer is looked for in the finished text, and found where it is first said. That may be "
    "in a question. Note the place of an answer while you build the text.",
)
def found_in_the_text(messages, template, tokenizer):
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]] + message["content"].strip() + template["end"]
    for message in messages:
        if message["role"] == "assistant":
            piece = message["content"].strip() + template["end"]
            own.append((text.find(piece), text.find(piece) + len(piece)))
    pairs = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    return torch.tensor([int(any(a < e and s < b for s, e in own)) for a, b in pairs])


@chat.misconception(
    seen="Where marks and words share no token it is right. Is a text cut in the same way in pieces?",
    why="Each piece is cut into tokens alone here, and the pieces are put together. But the tokenizer "
    "joins a space and the word after it across the border of two pieces, so the text as a whole has "
    "other tokens. Cut the whole text once, and ask `offset_mapping`.",
)
def piece_by_piece(messages, template, tokenizer):
    mask = [0] * len(tokenizer(template["bos"])["input_ids"])
    for message in messages:
        mask += [0] * len(tokenizer(template[message["role"]])["input_ids"])
        said = tokenizer(message["content"].strip() + template["end"])["input_ids"]
        mask += [int(message["role"] == "assistant")] * len(said)
    return torch.tensor(mask, dtype=torch.long)
