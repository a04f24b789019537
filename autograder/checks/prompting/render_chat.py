"""Checks and misconceptions for `render_chat`."""

from itertools import pairwise

import torch

from autograder.exercise import Exercise

MARKS = {
    "bos": "<s>",
    "system": "<|system|>\n",
    "user": "<|user|>\n",
    "assistant": "<|assistant|>\n",
    "end": "<|end|>\n",
}
NO_SYSTEM = {"bos": "<bos>", "user": "[Q] ", "assistant": "[A] ", "end": " [/]"}
WORDS = ["kite", "pear", "mill", "frog", "sponge", "harbour", "bridge", "owl", "lamp", "cow"]


def said(role, content):
    return {"role": role, "content": content}


def chats(g):
    def words(many):
        order = torch.randperm(len(WORDS), generator=g).tolist()
        return " ".join(WORDS[i] for i in order[:many])

    user, reply = said("user", words(2)), said("assistant", words(3))
    rules, more = said("system", words(4)), said("user", words(1))
    return {
        "somebody has asked": ([user], MARKS, True),
        "somebody has asked, and nobody is to answer": ([user], MARKS, False),
        "there are rules and a question": ([rules, user], MARKS, False),
        "there have been several turns": ([rules, user, reply, more], MARKS, True),
        "the assistant spoke last": ([user, reply], MARKS, False),
        "there are spaces and line breaks around what was said": (
            [said("user", f"  {words(2)}\n"), said("assistant", f"\n {words(1)}")], MARKS, False,
        ),
        "there is a blank line inside": ([said("user", f"{words(1)}\n\n{words(2)}")], MARKS, False),
        "there are rules and no marks for them": ([rules, user], NO_SYSTEM, False),
        "there are rules, no marks for them, and several turns": (
            [rules, user, reply, more], NO_SYSTEM, True,
        ),
        "nobody has spoken": ([], MARKS, True),
        "the text has no beginning of its own": ([user, reply], MARKS | {"bos": ""}, True),
        "rules without marks have spaces around them": (
            [said("system", f" {words(6)}\n"), said("user", f"\n{words(5)} ")], NO_SYSTEM, False,
        ),
        "the assistant is called model": (
            [user, reply, more], MARKS | {"assistant": "<|model|>\n"}, True,
        ),
    }  # fmt: skip


render = Exercise(
    "prompting.render_chat", fast_track=True,
    title="A conversation becomes one text",
    points=2, difficulty=1, minutes=12, examples=chats,
    forbid=("apply_chat_template", "render_jinja_template"),
)  # fmt: skip
render.leave_out("equal", "a system message is only the first one, and another follows it")


@render.oracle("transformers.utils.chat_template_utils.render_jinja_template")
def _(messages, template, add_generation_prompt):
    from transformers.utils.chat_template_utils import render_jinja_template

    jinja = (
        "{{- marks['bos'] -}}{%- for m in messages -%}"
        "{%- if m.role in marks -%}{{- marks[m.role] -}}"
        "{%- if loop.index0 == 1 and messages[0].role not in marks -%}"
        "{{- (messages[0].content | trim) + '\n\n' -}}{%- endif -%}"
        "{{- (m.content | trim) + marks['end'] -}}{%- endif -%}{%- endfor -%}"
        "{%- if add_generation_prompt -%}{{- marks['assistant'] -}}{%- endif -%}"
    )
    given = {"marks": template, "add_generation_prompt": add_generation_prompt}
    return render_jinja_template([messages], chat_template=jinja, **given)[0][0]


@render.alternative
def by_pieces(messages, template, add_generation_prompt):
    messages = [dict(message) for message in messages]
    if messages and messages[0]["role"] not in template:
        rules, first, *rest = messages
        both = rules["content"].strip() + "\n\n" + first["content"].strip()
        messages = [{"role": first["role"], "content": both}, *rest]
    pieces = [template["bos"]]
    for message in messages:
        pieces += [template[message["role"]], message["content"].strip(), template["end"]]
    if add_generation_prompt:
        pieces.append(template["assistant"])
    return "".join(pieces)


@render.claim("what was said is there once, in its order, with the rules before it")
def _(answer):
    turns = [said("system", "one"), said("user", "two"), said("assistant", "six")]
    for template in (MARKS, NO_SYSTEM):
        text = answer(turns, template, True)
        assert [text.count(turn["content"]) for turn in turns] == [1, 1, 1]
        assert text.index("one") < text.index("two") < text.index("six")


@render.claim("a conversation that goes on keeps its beginning")
def _(answer):
    turns = [
        said("user", "who"),
        said("assistant", "Rose"),
        said("user", "when"),
        said("user", "?"),
    ]
    texts = [answer(turns[:many], MARKS, False) for many in range(1, 5)]
    for shorter, longer in pairwise(texts):
        assert longer.startswith(shorter)
        assert len(longer) > len(shorter)


@render.claim("if the assistant is to speak, its mark is the last thing, and all else is the same")
def _(answer):
    for template in (MARKS, NO_SYSTEM):
        turns = [said("user", "why")]
        asked, told = answer.each((turns, template, True), (turns, template, False))
        assert asked == told + template["assistant"]


render.slip(
    'return text + template["assistant"] if add_generation_prompt else text', "return text",
    name="no_generation_prompt",
    seen="The messages are right. Whose turn is it after the last of them?",
    why="No message of the assistant is opened here when one is asked for. The model then has to guess "
    "who speaks next, and may well go on as the user.",
)  # fmt: skip
render.slip(
    " if add_generation_prompt else text", "", name="always_opened",
    seen="Is the assistant always to speak next?",
    why="A message of the assistant is opened here even where nobody asked for one. A conversation that "
    "a model is trained on ends with the last message.",
)  # fmt: skip
render.slip(
    "text += template[role]", 'text += template["bos"] + template[role]', name="double_bos",
    seen="What do you find in front of each message, and how often does a text begin?",
    why="The beginning of the text is put in front of every message here. A text begins once. The same "
    "happens where a template writes it and the tokenizer adds another.",
)  # fmt: skip
render.slip(
    'before = content + "\\n\\n"', "pass", name="system_lost",
    seen="Where the template has no marks for rules, what becomes of the rules?",
    why="The system message is dropped here if the template has no marks for it. Nobody notices, except "
    "that the model breaks the rules. Its content goes to the front of the next message.",
)  # fmt: skip
render.slip(
    'before = content + "\\n\\n"', "before = content", name="rules_run_on",
    seen="Where do the rules end and the question begin?",
    why="Rules without marks run straight into the question here. There is a blank line between them.",
)  # fmt: skip
render.slip(
    '        before = ""\n    return', "    return", name="rules_in_every_message",
    seen="The first message after the rules is right. What does the one after that begin with?",
    why="Rules without marks are put in front of every message here. They are said once, before the "
    "first one.",
)  # fmt: skip
render.slip(
    "            continue\n", '            role = "user"\n            before, content = "", before\n',
    name="system_as_user",
    seen="How many messages does the user have, once the rules are among them?",
    why="Rules without marks become a message of the user here. Many models are trained on turns that "
    "alternate, and two messages of the user in a row are new to them. The rules share a message with "
    "what follows them.",
)  # fmt: skip
render.slip(
    'message["content"].strip()', 'message["content"]', name="not_trimmed",
    seen="What do spaces and line breaks at the ends of a message become?",
    why="The content keeps the spaces and line breaks at its ends here. To a model these are tokens that "
    "it may never have seen next to a mark.",
)  # fmt: skip
render.slip(
    'content + template["end"]', "content", name="never_closed",
    seen="How can a model tell where a message is over?",
    why="No message is closed here. It is from closed messages that a model learns to end its own.",
)  # fmt: skip


@render.misconception(
    seen="Who is speaking in each message?",
    why="User and assistant have each other's marks here. The model reads its own answers as questions.",
)
def roles_swapped(messages, template, add_generation_prompt):
    other = template | {"user": template["assistant"], "assistant": template["user"]}
    text, before = template["bos"], ""
    for message in messages:
        if message["role"] not in other:
            before = message["content"].strip() + "\n\n"
            continue
        text += other[message["role"]] + before + message["content"].strip() + template["end"]
        before = ""
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="The message that is to be written: is it over before it has begun?",
    why="The assistant's message is opened and closed at once here. What is closed is not written any "
    "more: the model sees an empty answer.",
)
def opened_and_closed(messages, template, add_generation_prompt):
    text, before = template["bos"], ""
    for message in messages:
        if message["role"] not in template:
            before = message["content"].strip() + "\n\n"
            continue
        text += template[message["role"]] + before + message["content"].strip() + template["end"]
        before = ""
    return text + template["assistant"] + template["end"] if add_generation_prompt else text


@render.misconception(
    seen="What stands between two messages?",
    why="A line break is put between messages here. All that stands between two contents are the marks "
    "of the template. If there is a line break, it is part of a mark.",
)
def joined_by_lines(messages, template, add_generation_prompt):
    pieces, before = [], ""
    for message in messages:
        if message["role"] not in template:
            before = message["content"].strip() + "\n\n"
            continue
        said = before + message["content"].strip()
        pieces.append(template[message["role"]] + said + template["end"])
        before = ""
    text = template["bos"] + "\n".join(pieces)
    return text + template["assistant"] if add_generation_prompt else text
