"""Checks for `assistant_mask`; what goes wrong is in assistant_mask_mistakes."""

import re
from functools import cache, partial

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import Exposed

CHATML = {
    "bos": "<s>",
    "system": "<system>\n",
    "user": "<user>\n",
    "assistant": "<assistant>\n",
    "end": "</>\n",
}
TOWN = {"bos": "", "system": "Rule: ", "user": "User: ", "assistant": "Town: ", "end": "\n"}
OPEN = {"bos": "<s>", "system": "", "user": "Q: ", "assistant": "A: ", "end": ""}
PIECES = r"<[^>]*>| ?[^\W\d]{1,4}|\d|\s|[^\w\s]|[\d\D]"
WORDS = ["kite", "pear", "mill", "frog", "sponge", "harbour", "bridge", "owl", "lamp", "cow"]


class Tokens:
    """Marks in angle brackets, up to four letters with the space before them, digits, signs."""

    def __call__(self, text, return_offsets_mapping=False):
        found = list(re.finditer(PIECES, text))
        made = {"input_ids": [1 + sum(map(ord, each[0])) % 997 for each in found]}
        if return_offsets_mapping:
            made["offset_mapping"] = [each.span() for each in found]
        return made


def lent():
    """It can be called, and nothing else."""
    return Exposed(Tokens)


def said(role, content):
    return {"role": role, "content": content}


user, reply, rules = (partial(said, role) for role in ("user", "assistant", "system"))


def chats(g):
    def words(many):
        order = torch.randperm(len(WORDS), generator=g).tolist()
        return " ".join(WORDS[i] for i in order[:many]) + "."

    ask, answer = user(words(2)), reply(words(3))
    return {
        "there is one question and its answer": ([ask, answer], CHATML, lent()),
        "there are two answers": (
            [ask, answer, user(words(1)), reply(words(2))], CHATML, lent(),
        ),
        "there are rules and one answer": ([rules(words(4)), ask, answer], CHATML, lent()),
        "there are rules and three answers": (
            [rules(words(2)), ask, answer, user("7?"), reply(words(1)), user(words(4)), reply("8.")],
            CHATML, lent(),
        ),
        "the mark shares its last space with the answer": (
            [user(words(7)), reply(words(6))], TOWN, lent(),
        ),
        "the mark shares its last space with each of two answers": (
            [ask, answer, user(words(2)), reply(words(1))], TOWN, lent(),
        ),
        "the user has the last word": ([ask, answer, user(words(1))], CHATML, lent()),
        "the assistant begins": ([answer, user(words(2)), reply("12.")], CHATML, lent()),
        "the assistant says what the user said": ([ask, reply(ask["content"])], CHATML, lent()),
        "the assistant speaks twice": ([ask, answer, reply(words(1))], CHATML, lent()),
        "there are spaces and line breaks around an answer": (
            [ask, reply(f" \n{words(2)}\n\n"), user(words(3))], CHATML, lent(),
        ),
        "an answer is empty": ([ask, reply(""), user(words(1))], CHATML, lent()),
        "no message has an end": ([ask, answer, user(words(1)), reply("9.")], OPEN, lent()),
        "nobody has answered": ([ask], CHATML, lent()),
    }  # fmt: skip


chat = Exercise(
    "supervised.assistant_mask",
    title="Whose words are learned", needs=("render_chat", "align_ner_labels"),
    points=3, difficulty=2, minutes=25, examples=chats,
)  # fmt: skip
for size in ("one", "two", "empty", "equal", "letters"):
    chat.leave_out(f"{size} messages", "a message has one of three roles, and a conversation some")


@cache
def library_tokenizer():
    """A tokenizer of the library that cuts in the same way."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    cut = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    cut.pre_tokenizer = pre_tokenizers.Split(Regex(PIECES), "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=cut)


TAGGED = """{{ marks['bos'] }}{% for m in messages %}{{ marks[m.role] }}\
{% if m.role == 'assistant' %}{% generation %}{{ (m.content | trim) + marks['end'] }}\
{% endgeneration %}{% else %}{{ (m.content | trim) + marks['end'] }}{% endif %}{% endfor %}"""


@chat.oracle("apply_chat_template of transformers, with return_assistant_tokens_mask=True")
def _(messages, template, tokenizer):
    made = library_tokenizer().apply_chat_template(
        messages, chat_template=TAGGED, marks=template, return_dict=True,
        return_assistant_tokens_mask=True,
    )  # fmt: skip
    return torch.tensor(made["assistant_masks"])


ASKED = [user("Who has the owl?"), reply("Rose has the owl.")]
MORE = [user("And the cow?"), reply("Nobody."), user("Why?"), reply("It left.")]


def trained(messages, template, mask):
    """The text of the tokens that the mask marks."""
    text = template["bos"]
    for message in messages:
        text += template[message["role"]] + message["content"].strip() + template["end"]
    pairs = Tokens()(text, return_offsets_mapping=True)["offset_mapping"]
    assert mask.dtype == torch.int64
    assert mask.shape == (len(pairs),)
    return "".join(text[a:b] for (a, b), one in zip(pairs, mask.tolist(), strict=True) if one)


@chat.claim("every answer of a conversation is learned, and not the last one alone")
def _(answer):
    whole = ASKED + MORE
    got = trained(whole, CHATML, answer(whole, CHATML, lent()))
    for piece in ("Rose has the owl.", "Nobody.", "It left."):
        assert piece in got
    assert "<" not in got.replace(CHATML["end"], "")


@chat.claim("each answer is learned together with its end")
def _(answer):
    whole = ASKED + MORE[:2]
    got = trained(whole, CHATML, answer(whole, CHATML, lent()))
    assert got == "Rose has the owl.</>\nNobody.</>\n"


@chat.claim("a question is not learned, even where it has the words of an answer")
def _(answer):
    whole = [user("The cow left."), reply("The cow left."), user("The cow left.")]
    got = trained(whole, CHATML, answer(whole, CHATML, lent()))
    assert got == "The cow left.</>\n"


@chat.claim("what comes later in a conversation changes nothing in the mask of what was said")
def _(answer):
    short, long = answer.each((ASKED, CHATML, lent()), (ASKED + MORE, CHATML, lent()))
    assert 5 < int(short.sum()) < len(short) < len(long)
    assert torch.equal(short, long[: len(short)])


@chat.alternative
def by_letters(messages, template, tokenizer):
    text, letters = template["bos"], [0] * len(template["bos"])
    for message in messages:
        head = template[message["role"]]
        body = message["content"].strip() + template["end"]
        text += head + body
        letters += [0] * len(head) + [int(message["role"] == "assistant")] * len(body)
    pairs = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    return torch.tensor([max(letters[a:b], default=0) for a, b in pairs], dtype=torch.int64)


@chat.alternative
def by_first_and_last_token(messages, template, tokenizer):
    pieces, own = [template["bos"]], []
    for message in messages:
        pieces.append(template[message["role"]])
        start = sum(map(len, pieces))
        pieces.append(message["content"].strip() + template["end"])
        if message["role"] == "assistant" and pieces[-1]:
            own.append((start, start + len(pieces[-1]) - 1))
    pairs = tokenizer("".join(pieces), return_offsets_mapping=True)["offset_mapping"]
    holder = [number for number, (a, b) in enumerate(pairs) for _ in range(a, b)]
    mask = torch.zeros(len(pairs), dtype=torch.int64)
    for first, last in own:
        mask[holder[first] : holder[last] + 1] = 1
    return mask
