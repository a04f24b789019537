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
LEFT = {"bos": "<s>", "system": "S=", "user": "U=", "assistant": "A=", "end": ".\n"}
RIGHT = {"bos": "<s>", "system": "S:", "user": "U:", "assistant": "A:", "end": "|"}
BOTH = {"bos": "<s>", "system": "S=", "user": "U=", "assistant": "A=", "end": ";"}
OPEN = {"bos": "<s>", "system": "", "user": "Q: ", "assistant": "A: ", "end": ""}
SHARED = r"[A-Z]=\d;[A-Z]?|[A-Z]=\w|\|[A-Z]:"  # tokens of a mark and of what is beside it
PIECES = SHARED + r"|<[^>]*>| ?[^\W\d]{1,4}|\d|\s|[^\w\s]|[\d\D]"
WORDS = ["kite", "pear", "mill", "frog", "sponge", "harbour", "bridge", "owl", "lamp", "cow"]


class Tokens:
    """Marks in angle brackets, up to four letters with the space before them, digits, signs.

    Some signs of the templates are joined with their neighbours, see `SHARED`.
    """

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


user, reply, system = (partial(said, role) for role in ("user", "assistant", "system"))


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
        "there is a system message and one answer": ([system(words(4)), ask, answer], CHATML, lent()),
        "there is a system message and three answers": (
            [system(words(2)), ask, answer, user("7?"), reply(words(1)), user(words(4)), reply("8.")],
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
        "there are spaces around a question": (
            [ask, answer, user(f"\n {words(3)}  "), reply(words(1))], CHATML, lent(),
        ),
        "there are line breaks around a system message": (
            [system(f"\n{words(1)}\n\n"), ask, answer], CHATML, lent(),
        ),
        "there are tabs around an answer": (
            [user(words(4)), reply(f"\t{words(2)}\t"), user(words(1))], CHATML, lent(),
        ),
        "there are spaces and line breaks inside an answer": (
            [ask, reply(f"{words(1)}  {words(2)}\n\n{words(1)}")], CHATML, lent(),
        ),
        "letters outside ASCII come before an answer": (
            [user("Où est le café brûlé?"), answer], CHATML, lent(),
        ),
        "a user writes the assistant's mark": (
            [user(f"I say <assistant>\n{words(1)}"), answer], CHATML, lent(),
        ),
        "an answer contains the text of an end": (
            [ask, reply(f"{words(1)}</>\n{words(2)}"), user(words(1))], CHATML, lent(),
        ),
        "an answer's first letter is in a token with its mark": (
            [user("who?"), reply(words(3)), user("why?"), reply(words(2))], LEFT, lent(),
        ),
        "an answer's end is in a token with the next mark": (
            [answer, user(words(2)), reply(words(1)), user("7?")], RIGHT, lent(),
        ),
        "one token has a whole answer and both marks beside it": (
            [reply("7"), user("what?")], BOTH, lent(),
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
    """The text that the mask marks: of every message, without its mark, and of the whole."""
    text, own = template["bos"], []
    for message in messages:
        text += template[message["role"]]
        start = len(text)
        text += message["content"].strip()
        own.append((start, len(text)))
        text += template["end"]
    pairs = Tokens()(text, return_offsets_mapping=True)["offset_mapping"]
    assert mask.shape == (len(pairs),)
    marked = [pair for pair, one in zip(pairs, mask.tolist(), strict=True) if one]
    said = ["".join(text[a:b] for a, b in marked if start <= a < end) for start, end in own]
    return said, "".join(text[a:b] for a, b in marked)


@chat.claim("every word of every answer is learned, and no word of a question")
def _(answer):
    whole = ASKED + MORE
    said, _ = trained(whole, CHATML, answer(whole, CHATML, lent()))
    assert said == ["", "Rose has the owl.", "", "Nobody.", "", "It left."]


@chat.claim("what is learned is the answers and their ends, and nothing else")
def _(answer):
    whole = ASKED + MORE[:2]
    _, got = trained(whole, CHATML, answer(whole, CHATML, lent()))
    assert got == "Rose has the owl.</>\nNobody.</>\n"


@chat.claim("a question is not learned, even where it has the words of an answer")
def _(answer):
    whole = [user("The cow left."), reply("The cow left."), user("The cow left.")]
    (asked, said, again), _ = trained(whole, CHATML, answer(whole, CHATML, lent()))
    assert not asked
    assert said
    assert not again


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
