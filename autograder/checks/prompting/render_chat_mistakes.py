"""What goes wrong in `render_chat`."""

from autograder.checks.prompting.render_chat import render

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
    'before = content + "\\n\\n"', 'before = content + "\\n"', name="one_break",
    seen="How many line breaks make a blank line?",
    why="There is one line break between the rules and the question here. A blank line takes two.",
)  # fmt: skip
render.slip(
    " and role not in template", "", name="always_folded",
    seen="Does the template have marks for rules?",
    why="The rules are put into the next message here even where the template has marks for them. Then "
    "they are a message of their own.",
)  # fmt: skip
render.slip(
    "template[role] + before", "before + template[role]", name="rules_outside",
    seen="Where does the next message begin, before the rules or after them?",
    why="Rules without marks are put in front of the mark of the next message here, so they are in no "
    "message. They go in front of its *content*.",
)  # fmt: skip
render.slip(
    '        before = ""\n    return', "    return", name="rules_in_every_message",
    seen="The first message after the rules is right. What does the one after that begin with?",
    why="Rules without marks are put in front of every message here. They are said once, before the "
    "first one.",
)  # fmt: skip
render.slip(
    "            continue\n", '            role, before = "user", ""\n',
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


@render.misconception(
    seen="How often does a text begin, and where?",
    why="Every message has a beginning of the text of its own here. A text begins once, even one without "
    "messages.",
)
def bos_each(messages, template, add_generation_prompt):
    text, before = "", ""
    for message in messages:
        if message["role"] not in template:
            before = message["content"].strip() + "\n\n"
            continue
        said = before + message["content"].strip()
        text += template["bos"] + template[message["role"]] + said + template["end"]
        before = ""
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="The assistant spoke last. May it be asked to speak once more?",
    why="The assistant's message is opened here only if somebody else spoke last. Whoever calls the "
    "function says whether it is opened.",
)
def only_after_others(messages, template, add_generation_prompt):
    text, before = template["bos"], ""
    for message in messages:
        if message["role"] not in template:
            before = message["content"].strip() + "\n\n"
            continue
        text += template[message["role"]] + before + message["content"].strip() + template["end"]
        before = ""
    own = bool(messages) and messages[-1]["role"] == "assistant"
    return text + template["assistant"] if add_generation_prompt and not own else text


@render.misconception(
    seen="Who speaks first after the rules?",
    why="Rules without marks go into the first message of the *user* here. They go into the next "
    "message, whoever says it, so that they come before everything else.",
)
def to_the_user(messages, template, add_generation_prompt):
    text, before = template["bos"], ""
    for message in messages:
        role, content = message["role"], message["content"].strip()
        if role not in template:
            before = content + "\n\n"
            continue
        if role == "user":
            before, content = "", before + content
        text += template[role] + content + template["end"]
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="One says two things in a row. How many messages are there?",
    why="Two messages of one speaker in a row are made into one here. Each message stays as it is, with "
    "marks of its own.",
)
def merged(messages, template, add_generation_prompt):
    pieces, before = [], ""
    for message in messages:
        role, content = message["role"], message["content"].strip()
        if role not in template:
            before = content + "\n\n"
        elif pieces and pieces[-1][0] == role:
            pieces[-1][1] += "\n\n" + content
        else:
            pieces.append([role, before + content])
            before = ""
    text = template["bos"] + "".join(template[r] + c + template["end"] for r, c in pieces)
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="Does each message say who speaks, or do you count?",
    why="User and assistant take turns here, whatever role a message has. Some speak twice, and some "
    "conversations begin with the assistant.",
)
def in_turns(messages, template, add_generation_prompt):
    text, before, turn = template["bos"], "", 0
    for message in messages:
        role, content = message["role"], message["content"].strip()
        if role not in template:
            before = content + "\n\n"
            continue
        if role != "system":
            role, turn = ("user", "assistant")[turn % 2], turn + 1
        text += template[role] + before + content + template["end"]
        before = ""
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="What becomes of spaces that are neither at the beginning nor at the end?",
    why="Every line is stripped here, so an indented line loses its indent. Only the two ends of the "
    "content are stripped.",
)
def each_line_stripped(messages, template, add_generation_prompt):
    text, before = template["bos"], ""
    for message in messages:
        lines = message["content"].strip().split("\n")
        content = "\n".join(line.strip() for line in lines)
        if message["role"] not in template:
            before = content + "\n\n"
            continue
        text += template[message["role"]] + before + content + template["end"]
        before = ""
    return text + template["assistant"] if add_generation_prompt else text


@render.misconception(
    seen="Is a message without content still a message?",
    why="A message without content is left out here. It was somebody's turn all the same, so it has its "
    "marks.",
)
def empty_skipped(messages, template, add_generation_prompt):
    text, before = template["bos"], ""
    for message in messages:
        role, content = message["role"], message["content"].strip()
        if role not in template:
            before = content + "\n\n"
        elif content:
            text += template[role] + before + content + template["end"]
            before = ""
    return text + template["assistant"] if add_generation_prompt else text
