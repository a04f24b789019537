"""Checks for `render_chat`; what goes wrong is in render_chat_mistakes."""

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
        "the assistant spoke last and is to go on": ([user, reply], MARKS, True),
        "somebody speaks twice": ([user, more], MARKS, False),
        "the assistant begins": ([reply, user], MARKS, True),
        "somebody says nothing": ([user, said("assistant", ""), more], MARKS, False),
        "a line inside is indented": (
            [said("user", f"{words(1)}:\n  {words(2)}\n\t{words(1)}\nno")], MARKS, False,
        ),
        "there are braces and percent signs in what was said": (
            [said("user", f"{{{words(1)}}} {{}} %s {words(3)}")], MARKS, False,
        ),
        "there are rules, no marks for them, and the assistant begins": (
            [rules, reply, user], NO_SYSTEM, True,
        ),
        "the mark of rules is empty": ([rules, user, reply], MARKS | {"system": ""}, False),
        "there are spaces and line breaks around what was said": (
            [said("user", f"  {words(2)}\n"), said("assistant", f"\n {words(1)}")], MARKS, False,
        ),
        "there is a blank line inside": ([said("user", f"{words(1)}\n\n{words(2)}")], MARKS, False),
        "there are rules and no marks for them": ([rules, user], NO_SYSTEM, False),
        "there are rules, no marks for them, and several turns": (
            [rules, user, reply, more], NO_SYSTEM, True,
        ),
        "nobody has spoken": ([], MARKS, True),
        "the text has no beginning of its own": ([user, reply, more], MARKS | {"bos": ""}, True),
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
    points=2, difficulty=1, minutes=15, examples=chats,
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
