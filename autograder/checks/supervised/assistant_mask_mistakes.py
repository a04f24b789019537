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
    seen="Where there is no system message it is right. Who writes the system message?",
    why="The system message is learned like an answer here. It is given to the assistant, as the "
    "questions are.",
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
OVERLAP = "max(first, start) < min(last, end)"

chat.slip(
    OVERLAP, "start <= first and last <= end", name="whole_tokens_only",
    seen="Where no token is shared it is right. To whom does a token belong that begins before an "
    "answer or ends after it?",
    why="A token that an answer shares with the text beside it is left out here. In many tokenizers the "
    "space before a word is part of its token, so the first word of an answer is lost. It is enough "
    "that one character is the assistant's.",
)  # fmt: skip
chat.slip(
    OVERLAP, "start <= first < end", name="by_first_character",
    seen="Where each token begins and ends with an answer it is right. To whom does a token belong that "
    "begins one character earlier?",
    why="The first character of a token decides here. In many tokenizers the space before a word is "
    "part of its token, so the first word of an answer is lost. It is enough that any one character is "
    "the assistant's.",
)  # fmt: skip
chat.slip(
    OVERLAP, "start < last <= end", name="by_last_character",
    seen="Where a token begins before an answer it is right. To whom does a token belong that ends "
    "after one?",
    why="The last character of a token decides here. A token with the end of an answer and the "
    "beginning of the next mark is left out then, and the end is not learned. It is enough that any "
    "one character is the assistant's.",
)  # fmt: skip
chat.slip(
    OVERLAP, "2 * (min(last, end) - max(first, start)) > last - first", name="by_majority",
    seen="Where most of a token is an answer's it is right. How many of its characters have to be?",
    why="The larger part of a token decides here. A token that has two characters of a mark and one of "
    "an answer is left out then. But only the assistant can write it. One character is enough.",
)  # fmt: skip
chat.slip(
    OVERLAP, "max(first, start) <= min(last, end)", name="touching",
    seen="All tokens of the answers are there, and some others. A pair has the place *after* the last "
    "character. Which tokens only touch an answer?",
    why="Tokens that only touch an answer count here: the one before it ends at the place where the "
    "answer begins, and the one after it begins at the place where the answer is over. They share no "
    "character with it.",
)  # fmt: skip
chat.slip(
    OVERLAP, "first < end and start <= last", name="touching_before",
    seen="All tokens of the answers are there, and others before them. A pair has the place *after* the "
    "last character. Does a token belong to an answer if the pair ends where the answer begins?",
    why="The token before an answer counts here. Its pair ends with the place after its last character, "
    "and that is the place where the answer begins. They share no character.",
)  # fmt: skip
chat.slip(
    OVERLAP, "first <= end and start < last", name="touching_after",
    seen="All tokens of the answers are there, and others after them. `end` is the place *after* the "
    "last character of an answer. Does a token that begins there belong to it?",
    why="The token after an answer counts here. It begins at the place after the answer's last "
    "character. They share no character.",
)  # fmt: skip

TRIMS = (
    "Most conversations are right. What do spaces, tabs and line breaks at the ends of a content "
    "become?",
    "A content keeps spaces, tabs or line breaks at an end here, so this is the mask of another text "
    "than the one that the model reads. All of them are cut off, at both ends, and whoever speaks.",
)
chat.slip(
    'message["content"].strip()', 'message["content"]', name="not_trimmed",
    seen=TRIMS[0], why=TRIMS[1],
)  # fmt: skip
for name, trim in {
    "trimmed_at_its_end": "rstrip()",
    "trimmed_at_its_beginning": "lstrip()",
    "trimmed_of_spaces": 'strip(" ")',
    "trimmed_of_spaces_and_line_breaks": 'strip(" \\n")',
    "questions_not_trimmed": 'strip(None if message["role"] != "user" else "<>")',
    "answers_alone_trimmed": 'strip(None if message["role"] == "assistant" else "<>")',
}.items():
    chat.slip(
        'message["content"].strip()', f'message["content"].{trim}',
        name=name, seen=TRIMS[0], why=TRIMS[1],
    )  # fmt: skip


def of_places(tokenizer, text, own):
    """The mask of the tokens that have a character between two of these places of the text."""
    pairs = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    return torch.tensor([int(any(max(a, s) < min(b, e) for s, e in own)) for a, b in pairs])


def of_tokens(tokenizer, text, own):
    """The mask in which these places count tokens."""
    mask = torch.zeros(len(tokenizer(text)["input_ids"]), dtype=torch.long)
    for start, end in own:
        mask[start:end] = 1
    return mask


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
    return of_tokens(tokenizer, text, own)


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
    return of_places(tokenizer, text, own)


@chat.misconception(
    seen="Mostly it is right. If a mark is in the text, who wrote it?",
    why="The finished text is searched here for the mark of the assistant, and then for the next end. "
    "But a user can write this mark, too, and an answer can have the text of an end in it. Then "
    "somebody's question is learned, or half of an answer is not. Note the places while you build the "
    "text.",
)
def marks_in_the_text(messages, template, tokenizer):
    mark, end, text = template["assistant"], template["end"], template["bos"]
    for message in messages:
        text += template[message["role"]] + message["content"].strip() + end
    own = [0] * len(text)
    start = text.find(mark)
    while start >= 0:
        start += len(mark)
        stop = text.find(end, start) + len(end) if end in text[start:] else len(text)
        own[start:stop] = [1] * (stop - start)
        start = text.find(mark, stop)
    pairs = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    return torch.tensor([int(any(own[a:b])) for a, b in pairs])


@chat.misconception(
    seen="Mostly it is right. What if an answer has the text of an end in it?",
    why="The end of an answer is searched in the text here. But an answer may have the same characters "
    "in it, and what comes after them is lost. You know how long the content is.",
)
def end_in_the_text(messages, template, tokenizer):
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(text)
        text += message["content"].strip() + template["end"]
        if message["role"] == "assistant":
            stop = text.find(template["end"], start) + len(template["end"])
            own.append((start, stop if template["end"] else len(text)))
    return of_places(tokenizer, text, own)


@chat.misconception(
    seen="Where all letters are in ASCII it is right. How many characters has `é`, and how many bytes?",
    why="Places are counted in bytes here, and `offset_mapping` counts characters. A letter outside "
    "ASCII has more than one byte, so after it the mask comes too late.",
)
def places_in_bytes(messages, template, tokenizer):
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(text.encode())
        text += message["content"].strip() + template["end"]
        if message["role"] == "assistant":
            own.append((start, len(text.encode())))
    return of_places(tokenizer, text, own)


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


@chat.misconception(
    seen="Where marks and words share no token it is right. Does the beginning of a text, cut alone, "
    "have the tokens that the whole text begins with?",
    why="The tokens of a beginning of the text are counted here. But cut alone, a beginning may end in "
    "other tokens than those that the whole text has there: its last characters may share a token with "
    "what comes next. Cut the whole text once, and ask `offset_mapping`.",
)
def beginnings_cut_alone(messages, template, tokenizer):
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(tokenizer(text)["input_ids"])
        text += message["content"].strip() + template["end"]
        if message["role"] == "assistant":
            own.append((start, len(tokenizer(text)["input_ids"])))
    return of_tokens(tokenizer, text, own)
