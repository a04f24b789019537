"""Checks and misconceptions for `tool_loop`."""

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import lend

PATIENCE = 25


class Script:
    """A model that has its replies written down, and says at the end what it has read."""

    def __init__(self, rounds, last="I read {last} and {count} messages.", asks=0, more=()):
        self.rounds, self.last, self.asks, self.asked = rounds, last, asks, 0
        self.more = dict(more)

    def __call__(self, messages):
        self.asked += 1
        if self.asked > PATIENCE:
            raise ValueError("the model was asked more than 25 times")
        if self.asked <= len(self.rounds):
            return said(*self.rounds[self.asked - 1])
        if self.asked <= self.asks:
            return said("Once more.", call("add", a=self.asked, b=len(messages)))
        last = self.last.format(last=messages[-1]["content"], count=len(messages))
        return said(last) | self.more


class Counter:
    """A model that calls `add` on the result of its last call, until it is at 40."""

    def __call__(self, messages):
        last = messages[-1]["content"]
        number = int(last) if last.isdecimal() else 0
        return said("", call("add", a=number, b=10)) if number < 40 else said(f"It is {number}.")


def said(content, *calls):
    reply = {"role": "assistant", "content": content}
    return reply | {"tool_calls": list(calls)} if calls else reply


def call(name, /, **arguments):
    return {"name": name, "arguments": arguments}


class Add:
    def __call__(self, a, b):
        return a + b


class Find:
    """A look-up that knows two citizens, and raises an error for all others."""

    def __call__(self, name, sort="home"):
        known = {
            ("Rose", "home"): "the mill",
            ("Jonas", "home"): "the inn",
            ("Rose", "pet"): "a hen",
        }
        if (name, sort) not in known:
            raise ValueError(f"nobody wrote about the {sort} of {name}")
        return known[name, sort]


class Items:
    def __call__(self, of):
        return [of, len(of)]


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
    system = {"role": "system", "content": "You have tools."}
    earlier = [system, {"role": "user", "content": "Hello."}, said("Good day.")]
    return {
        "nothing is called": (model(), both, asked("Hello?"), 4),
        "one tool is called": (model(("", add())), adding, asked("What is the sum?"), 4),
        "a reply has a text and a call": (
            model(("Let me see.", call("find", name="Rose"))), both, asked("And Rose?", system), 5,
        ),
        "two tools are called in one reply": (
            model(("", call("find", name="Jonas"), add())), both, asked("Both!", system), 3,
        ),
        "one call follows another": (
            model(("", add()), ("", call("find", sort="pet", name="Rose")), ("", add())), both,
            asked("Where?", *earlier), 7,
        ),
        "the next call needs the last result": (lend(Counter), adding, asked("Count."), 9),
        "the model never stops calling": (model(asks=99), adding, asked("Go on.", *earlier), 3),
        "the last reply that is allowed calls two tools": (
            model(("", add()), ("", add(), add())), adding, asked("More."), 2,
        ),
        "the conversation is over with the last reply that is allowed": (
            model(("", add()), ("", add())), adding, asked("Three.", system), 3,
        ),
        "there is no such tool": (
            model(("", call("weather", place="pier"))), both, asked("Rain?"), 4,
        ),
        "a builtin has the name of the tool": (
            model(("", call("max", a=number(), b=3)), ("", add())), both, asked("Which?"), 5,
        ),
        "a tool raises an error": (
            model(("", call("find", name="Emil")), ("", call("find", name="Jonas"))), both,
            asked("Where is Emil?"), 6,
        ),
        "the second of two calls goes wrong": (
            model(("", add(), call("find", name="Emil"), add())), both, asked("All.", system), 3,
        ),
        "the text only speaks of a call": (
            model(last="You could try add(a=2, b=3) or <tool_call>find(name='Rose')</tool_call>."),
            both, asked("How?", *earlier), 4,
        ),
        "the list of calls is empty": (
            model(("", add()), more={"tool_calls": []}), adding, asked("Well?", *earlier), 6,
        ),
        "there are no tools": (model(("", add())), {}, asked("Now?", *earlier[1:]), 5),
        "a tool gives a list": (
            model(("", call("items", of="pears"))), {"items": lend(Items)}, asked("Which?"), 8,
        ),
    }  # fmt: skip


loop = Exercise(
    "retrieval_and_tools.tool_loop", fast_track=True,
    title="A loop with tools",
    points=3, difficulty=2, minutes=30, examples=talks,
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
    assert [m["content"] for m in found if m["role"] == "tool"] == ["10", "20", "30", "40"]
    assert found[-1] == said("It is 40.")


@loop.claim("a model that never stops is asked max_steps times, and no more")
def _(answer):
    tools = {"add": lend(Add)}
    for steps in (1, 4):
        found = answer(lend(Script, (), asks=99), tools, ASK, steps)
        assert sum(m["role"] == "assistant" for m in found) == steps
        assert sum(m["role"] == "tool" for m in found) == steps


@loop.claim("a tool that fails or is not there ends nothing: the model is told of it and goes on")
def _(answer):
    rounds = [
        ("", call("find", name="Emil")),
        ("", call("eval", code="1")),
        ("", call("add", a=2, b=5)),
    ]
    found = answer(lend(Script, rounds), {"add": lend(Add), "find": lend(Find)}, ASK, 9)
    results = [m["content"] for m in found if m["role"] == "tool"]
    assert results[0] == "error: nobody wrote about the home of Emil"
    assert results[1:] == ["error: there is no tool eval", "7"]
    assert found[-1]["content"] == "I read 7 and 7 messages."


@loop.claim("what a text says is never run")
def _(answer):
    text = "add(a=1, b=2) and print('here')"
    found = answer(lend(Script, (), last=text), {"add": lend(Add)}, ASK, 6)
    assert found == [*ASK, said(text)]
