"""Checks and misconceptions for `tool_loop`."""

import torch

from autograder.checks.retrieval_and_tools import (
    Add,
    Bell,
    Broken,
    Counter,
    Door,
    Find,
    Price,
    Script,
    call,
    said,
)  # fmt: skip
from autograder.exercise import Exercise
from autograder.exercise.lending import lend


def talks(g):
    def number():
        return int(torch.randint(10, 90, (), generator=g))

    def asked(text, *before):
        return [*before, {"role": "user", "content": f"{text} ({number()})"}]

    def model(*rounds, **more):
        return lend(Script, rounds, **more)

    def add():
        return call("add", a=number(), b=number())

    adding, both = {"add": lend(Add)}, {"add": lend(Add), "find": lend(Find)}
    price, bell = {"price": lend(Price)}, {"bell": lend(Bell)}
    system = {"role": "system", "content": "You have tools."}
    earlier = [system, {"role": "user", "content": "Hello."}, said("Good day.")]
    return {
        "one tool is called": (model(("", add())), adding, asked("Sum?"), 4),
        "nothing is called": (model(), adding, asked("Hello?"), 4),
        "a reply has a text and a call": (
            model(("Let me see.", call("find", name="Rose"))), both, asked("And Rose?", system), 5,
        ),
        "two tools are called in one reply": (
            model(("", call("find", name="Jonas"), add())), both, asked("Both!"), 3,
        ),
        "arguments come in another order": (
            model(("", call("find", sort="pet", name="Rose"))), both, asked("A pet?"), 3,
        ),
        "one call follows another": (
            model(("", add()), ("", call("find", sort="pet", name="Rose")), ("", add())), both,
            asked("Where?", *earlier), 7,
        ),
        "the next call needs the last result": (lend(Counter), adding, asked("Please count."), 9),
        "the model never stops calling": (
            model(again="add"), adding, asked("Go on.", *earlier), 3,
        ),
        "the model never stops, and each call goes wrong": (
            model(again="find"), both, asked("Go on.", *earlier), 4,
        ),
        "the last reply that is allowed calls two tools": (
            model(("", add()), ("", add(), add())), adding, asked("And more?"), 2,
        ),
        "the conversation is over with the last reply that is allowed": (
            model(("", add()), ("", add())), adding, asked("Three.", system), 3,
        ),
        "max_steps is 0": (model(("", add())), adding, asked("Is it too late?"), 0),
        "there is no such tool": (
            model(("", call("weather", place="pier"))), both, asked("Rain?"), 4,
        ),
        "a builtin has the name of the tool": (
            model(("", call("max", a=number(), b=3)), ("", add())), both, asked("Which?"), 5,
        ),
        "only the exact name is that of a tool": (
            model(("", call("gethome", name="Rose")), ("", call("get", name="Rose")),
                  ("", call("getHome", name="Rose"))),
            {"getHome": lend(Find)}, asked("Where does Rose live?", system), 6,
        ),
        "a tool raises an error": (
            model(("", call("find", name="Emil")), ("", call("find", name="Jonas"))), both,
            asked("Emil?"), 6,
        ),
        "a tool looks for a key that is not there": (
            model(("", call("price", of="kites"))), price, asked("And how much is a kite?"), 5,
        ),
        "the arguments do not suit the tool": (
            model(("", call("find", who="Rose")), ("", call("add", a=number())),
                  last="It cannot be."), both,
            asked("Where does she live?", system), 5,
        ),
        "a tool fails, and works when it is called again": (
            model(("", call("door", side="left")), ("", call("door", side="left"))),
            {"door": lend(Door)}, asked("Please open it.", system), 5,
        ),
        "the second of two calls goes wrong": (
            model(("", add(), call("find", name="Emil"), add())), both, asked("All.", system), 3,
        ),
        "the model itself raises an error": (lend(Broken), both, asked("Are you there?"), 3),
        "the text only speaks of a call": (
            model(last="You could try add(a=2, b=3)."), both, asked("How?", *earlier), 4,
        ),
        "a call stands in the text, in tags": (
            model(last="<tool_call>{{'name': 'find', 'arguments': {{'name': 'Rose'}}}}</tool_call>"),
            both, asked("How do I ask?", *earlier), 4,
        ),
        "the list of calls is empty": (
            model(("", add()), more={"tool_calls": []}), adding, asked("Well?", *earlier), 6,
        ),
        "replies have no text": (
            model({"role": "assistant", "content": None, "tool_calls": [add()]},
                  {"role": "assistant", "tool_calls": [add()]}), adding, asked("Yes?", system), 4,
        ),
        "there are no tools": (model(("", add())), {}, asked("Now?", *earlier[1:]), 5),
        "a tool gives a list": (model(("", call("price", of="figs"))), price, asked("Which?"), 8),
        "a tool gives 0": (model(("", call("price", of="pears"))), price, asked("Pears?"), 7),
        "a tool gives None": (model(("", call("price", of="plums"))), price, asked("Plums?"), 3),
        "a tool without arguments counts how often it is called": (
            model(("", call("bell")), ("", call("bell"), call("bell")), ("", call("bell"))), bell,
            asked("Please ring it.", system), 6,
        ),
    }  # fmt: skip


loop = Exercise(
    "retrieval_and_tools.tool_loop", fast_track=True,
    title="A loop with tools",
    points=3, difficulty=2, minutes=35, examples=talks,
)  # fmt: skip


@loop.oracle("a machine with two states: the model's turn, and the tools'")
def _(model_fn, tools, messages, max_steps):
    from collections import deque

    told, waiting, left = [*messages], deque(), max_steps
    while waiting or left:
        if not waiting:
            left -= 1
            told = [*told, model_fn(told)]
            waiting.extend(told[-1].get("tool_calls", []))
            left = left if waiting else 0
            continue
        each = waiting.popleft()
        content = f"error: there is no tool {each['name']}"
        if each["name"] in tools:
            try:
                content = f"{tools[each['name']](**each['arguments'])}"
            except Exception as error:
                content = f"error: {error}"
        told = [*told, {"role": "tool", "name": each["name"], "content": content}]
    return told


@loop.alternative
def by_recursion(model_fn, tools, messages, max_steps):
    if max_steps == 0:
        return list(messages)
    reply = model_fn(messages)
    if not reply.get("tool_calls"):
        return [*messages, reply]
    results = []
    for wanted in reply["tool_calls"]:
        if tool := tools.get(wanted["name"]):
            try:
                text = str(tool(**wanted["arguments"]))
            except Exception as error:
                text = "error: " + str(error)
        else:
            text = "error: there is no tool " + wanted["name"]
        results.append({"role": "tool", "name": wanted["name"], "content": text})
    return by_recursion(model_fn, tools, [*messages, reply, *results], max_steps - 1)


ASK = [{"role": "user", "content": "Please."}]


@loop.claim("the model reads the result before it goes on")
def _(answer):
    found = answer(lend(Counter), {"add": lend(Add)}, ASK, 12)
    assert found[-1]["content"] == "It is 40."


@loop.claim("a model that never stops is asked max_steps times, and no more")
def _(answer):
    tools = {"add": lend(Add)}
    for steps in (1, 4):
        found = answer(lend(Script, (), again="add"), tools, ASK, steps)
        assert sum(m["role"] == "assistant" for m in found) == steps


@loop.claim("a tool that fails or is not there ends nothing: the model goes on")
def _(answer):
    rounds = [
        ("", call("find", name="Emil")),
        ("", call("eval", code="1")),
        ("", call("add", a=2, b=5)),
    ]
    script = lend(Script, rounds, last="I read {last}.")
    found = answer(script, {"add": lend(Add), "find": lend(Find)}, ASK, 9)
    assert found[-1]["content"] == "I read 7."


@loop.claim("each call is run once, whatever was called before")
def _(answer):
    rounds = [("", call("bell"), call("bell")), ("", call("bell"))]
    found = answer(lend(Script, rounds, last="I read {last}."), {"bell": lend(Bell)}, ASK, 5)
    assert found[-1]["content"] == "I read 3."


@loop.claim("what a text says is never run")
def _(answer):
    text = "add(a=1, b=2) and print('here')"
    found = answer(lend(Script, (), last=text), {"add": lend(Add)}, ASK, 6)
    assert found[-1]["content"] == text
    assert all(m["role"] != "tool" for m in found)
