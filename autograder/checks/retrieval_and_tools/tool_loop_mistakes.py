"""Misconceptions about `tool_loop`: what is run, what is told, and when it ends."""

import re

from autograder.checks.retrieval_and_tools.tool_loop import loop

loop.slip(
    "for _ in range(max_steps):", "while True:", name="infinite",
    seen="Conversations that end by themselves are right. Who stops a model that calls for ever?",
    why="Nothing stops the loop here but the model. One that calls a tool in each reply goes on until "
    "somebody pulls the plug. Ask it at most `max_steps` times.",
)  # fmt: skip
loop.slip(
    "        messages.append(reply)\n", "", name="calls_not_told",
    seen="The results are right. What will the model read before them?",
    why="The model's own reply is not added to the messages here. It would read results without "
    "the calls that they answer, and its last words would be lost.",
)  # fmt: skip
loop.slip(
    'messages.append({"role": "tool"', 'messages.append({"role": "user"', name="results_as_user",
    seen="The texts are right. Who says them?",
    why="Results are added here as if the user had said them. The role is `tool`, so that the "
    "model knows what it may trust how far.",
)  # fmt: skip
loop.slip(
    'str(tools[name](**call["arguments"]))', 'str(tools[name](*call["arguments"].values()))',
    name="by_position",
    seen="Calls whose arguments come in the tool's own order are right. Which argument is which?",
    why="The arguments are handed over without their names here, in the order in which the model wrote "
    "them. With two stars each goes to the parameter of its name.",
)  # fmt: skip
loop.slip(
    "for call in calls:", "for call in calls[:1]:", name="first_call_only",
    seen="Replies with one call are right. How many calls may a reply have?",
    why="Only the first call of a reply is run here. A reply may have several, and each wants its "
    "result.",
)  # fmt: skip
loop.slip(
    "        if not calls:\n            break", "        if calls:\n            break",
    name="one_round",
    seen="The result of the first call is right. Who says what it means?",
    why="The loop ends here as soon as tools have run. The model is to read the results and to go "
    "on: it is over when the model calls *nothing*.",
)  # fmt: skip
loop.slip(
    "                    content = str(tools[name](**call[\"arguments\"]))",
    "                    content = tools[name](**call[\"arguments\"])", name="not_a_text",
    seen="Results that are texts are right. What can a model read?",
    why="The result is added as it is here: a number, a list. A model reads text: `str(result)`.",
)  # fmt: skip
loop.slip(
    "                except Exception as e:\n                    content = f\"error: {e}\"",
    "                except Exception:\n                    content = \"error\"", name="error_not_told",
    seen="Where nothing fails it is right. What should the model do differently next time?",
    why="The model is told here that there was an error, but not which. With the words of the error it "
    "may mend its call.",
)  # fmt: skip
loop.slip(
    "                except Exception as e:\n                    content = f\"error: {e}\"",
    "                except Exception as e:\n                    content = repr(e)",
    name="error_as_repr",
    convention=True,
    seen="Where nothing fails it is right. With which words does the result of a failed call begin?",
    why="The error is shown as Python shows it, with its type. Much code does so. Here it is "
    "`error: ` and its message.",
)  # fmt: skip
loop.slip(
    "if name not in tools:", "if False:", name="unknown_as_key_error",
    seen="Names that are tools are right. What does the model read about a name that is none?",
    why="An unknown name raises a KeyError here, and the model is told of it in Python's words: "
    "the name alone. Ask first whether the tool is there.",
)  # fmt: skip
loop.slip(
    "                except Exception as e:\n",
    "                except KeyError:\n"
    "                    content = f\"error: there is no tool {name}\"\n"
    "                except Exception as e:\n", name="key_error_as_no_tool",
    seen="Names that are no tools are right. Who may raise a KeyError beside `tools[name]`?",
    why="Each KeyError counts as a missing tool here. A tool that looks something up may raise one as "
    "well, and the model would read that the tool is not there. Ask first whether it is.",
)  # fmt: skip
loop.slip(
    "except Exception as e", "except (TypeError, ValueError) as e", name="some_errors_only",
    seen="A tool that raises a ValueError ends nothing. Which other errors may a tool raise?",
    why="Only some kinds of errors are caught here; each other ends the conversation. What is inside a "
    "tool you cannot know: catch `Exception`.",
)  # fmt: skip
loop.slip(
    'content = f"error: there is no tool {name}"', "continue", name="unknown_skipped",
    seen="Names that are tools are right. What does the model read about a name that is none?",
    why="A call without its tool is passed over in silence here. The model would wait for its result: "
    "tell it that there is no such tool.",
)  # fmt: skip
loop.slip(
    'messages.append({"role": "tool", "name": name, "content": content})',
    'messages.append({"role": "tool", "name": name, "content": content})\n'
    '            if content.startswith("error: "):\n'
    "                break", name="error_ends_reply",
    seen="A reply with one call is right. What becomes of the calls after one that went wrong?",
    why="After a call that went wrong the other calls of that reply are not run here. Each call wants "
    "its result.",
)  # fmt: skip
loop.slip(
    "if not calls:", 'if "tool_calls" not in reply:', name="only_a_missing_key_ends",
    seen="Replies that have no `tool_calls` are right. What if the list is there and empty?",
    why="The conversation ends here only if the key is missing. Many models send an empty list "
    "with a reply that calls nothing: ask whether the list holds anything, as `reply.get(...)` "
    "does in an `if`.",
)  # fmt: skip
loop.slip(
    "in range(max_steps)", "in range(max_steps + 1)", name="one_too_many",
    seen="Conversations that end by themselves are right. How often may the model be asked?",
    why="The model is asked once more than `max_steps` here.",
)  # fmt: skip


def run(tools, name, arguments):
    try:
        return str(tools[name](**arguments)) if name in tools else f"error: there is no tool {name}"
    except Exception as e:
        return f"error: {e}"


@loop.misconception(
    seen="Where calls are listed it is right. Does a text that *speaks* of a call call anything?",
    why="Calls are looked for in the text as well here. Whoever writes about a tool would use it, "
    "and a stranger's text, read aloud by the model, could do anything. Only what is under "
    "`tool_calls` is run.",
)
def executes_in_text(model_fn, tools, messages, max_steps):
    messages = list(messages)
    for _ in range(max_steps):
        reply = model_fn(messages)
        messages.append(reply)
        calls = list(reply.get("tool_calls") or [])
        for name, inside in re.findall(r"(\w+)\(([^)]*)\)", reply.get("content") or ""):
            pairs = re.findall(r"(\w+)=['\"]?(\w+)", inside)
            arguments = {key: int(x) if x.isdecimal() else x for key, x in pairs}
            calls.append({"name": name, "arguments": arguments})
        for call in calls:
            content = run(tools, call["name"], call["arguments"])
            messages.append({"role": "tool", "name": call["name"], "content": content})
        if not calls:
            break
    return messages


@loop.misconception(
    code="eval",
    seen="Calls of the tools that there are are right. What else can be called by its name?",
    why="The name of the tool is given to `eval` here, which finds everything that Python knows: "
    "`max`, `open`, `exec`. A model could do with your machine what it likes. Look the name up in "
    "`tools`.",
)
def eval_unsafe(model_fn, tools, messages, max_steps):
    messages = list(messages)
    for _ in range(max_steps):
        reply = model_fn(messages)
        messages.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            name = call["name"]
            try:
                content = str(eval(name, dict(tools))(**call["arguments"]))
            except NameError:
                content = f"error: there is no tool {name}"
            except Exception as e:
                content = f"error: {e}"
            messages.append({"role": "tool", "name": name, "content": content})
        if not calls:
            break
    return messages


@loop.misconception(
    seen="Tools that work are right. What happens to the conversation where one fails?",
    why="An error of a tool goes through here and ends everything. The model should read of it and "
    "go on: `try` and `except` around the call.",
)
def error_ends_all(model_fn, tools, messages, max_steps):
    messages = list(messages)
    for _ in range(max_steps):
        reply = model_fn(messages)
        messages.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            name, content = call["name"], f"error: there is no tool {call['name']}"
            if name in tools:
                content = str(tools[name](**call["arguments"]))
            messages.append({"role": "tool", "name": name, "content": content})
        if not calls:
            break
    return messages


@loop.misconception(
    seen="Where each reply has one call it is right. What does max_steps count: replies, or calls?",
    why="Each call counts as a step here. max_steps says how often the model is asked.",
)
def calls_counted(model_fn, tools, messages, max_steps):
    messages, steps = list(messages), 0
    while steps < max_steps:
        reply = model_fn(messages)
        messages.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            steps += 1
            content = run(tools, call["name"], call["arguments"])
            messages.append({"role": "tool", "name": call["name"], "content": content})
        if not calls:
            break
    return messages


@loop.misconception(
    seen="Conversations that end by themselves are right. Are the calls of the last reply run?",
    why="After the last reply that is allowed the loop ends here before its calls are run. A call "
    "without a result is a conversation that no model can go on with.",
)
def last_calls_not_run(model_fn, tools, messages, max_steps):
    messages = list(messages)
    for step in range(max_steps):
        reply = model_fn(messages)
        messages.append(reply)
        calls = reply.get("tool_calls") or []
        if not calls or step == max_steps - 1:
            break
        for call in calls:
            content = run(tools, call["name"], call["arguments"])
            messages.append({"role": "tool", "name": call["name"], "content": content})
    return messages


@loop.misconception(
    seen="The first call is right. What does the model read the second time it is asked?",
    why="The model gets the first messages each time here, without what has been said since. It cannot "
    "know that it has asked already. Give it all messages so far.",
)
def model_forgets(model_fn, tools, messages, max_steps):
    told = list(messages)
    for _ in range(max_steps):
        reply = model_fn(messages)
        told.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            content = run(tools, call["name"], call["arguments"])
            told.append({"role": "tool", "name": call["name"], "content": content})
        if not calls:
            break
    return told


@loop.misconception(
    seen="What is said is right. Which messages are asked for?",
    why="Only the new messages are given here. Asked for is the whole conversation: the old ones "
    "and the new.",
)
def only_new_messages(model_fn, tools, messages, max_steps):
    told = list(messages)
    for _ in range(max_steps):
        reply = model_fn(told)
        told.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            content = run(tools, call["name"], call["arguments"])
            told.append({"role": "tool", "name": call["name"], "content": content})
        if not calls:
            break
    return told[len(messages) :]
