"""Checks of chapters/4_inference/08_retrieval_and_tools.md, one module an exercise.

Here is what `tool_loop` is lent: models that have their replies written down, and tools.
"""

PATIENCE = 15


class Script:
    """A model that has its replies written down, and says at the end what it has read."""

    def __init__(self, rounds, last="I read {last} and {count} messages.", again="", more=()):
        self.rounds, self.last, self.again, self.asked = rounds, last, again, 0
        self.more = dict(more)

    @property
    def shown(self):
        said = [
            *map(in_words, self.rounds),
            f"{self.again}(...) for ever" if self.again else repr(self.text()),
        ]
        return "a model that replies " + "; then ".join(said)

    def __call__(self, messages):
        self.asked += 1
        if self.asked > PATIENCE:
            raise ValueError(f"the model was asked more than {PATIENCE} times")
        if self.asked <= len(self.rounds):
            return reply_of(self.rounds[self.asked - 1])
        if self.again:
            return said("Once more.", call(self.again, a=self.asked, b=len(messages)))
        return said(self.text(messages[-1]["content"], len(messages))) | self.more

    def text(self, last="{last}", count="{count}"):
        return self.last.format(last=last, count=count)


class Counter:
    """A model that calls `add` on the result of its last call, until it is at 40."""

    shown = "a model that adds 10 to each result until it is at 40"

    def __call__(self, messages):
        last = str(messages[-1]["content"])
        number = int(last) if last.isdecimal() else 0
        return said("", call("add", a=number, b=10)) if number < 40 else said(f"It is {number}.")


class Broken:
    shown = "a model that raises an error"

    def __call__(self, messages):
        raise ValueError("no electricity")


def said(content, *calls):
    reply = {"role": "assistant", "content": content}
    return reply | {"tool_calls": list(calls)} if calls else reply


def call(name, /, **arguments):
    return {"name": name, "arguments": arguments}


def reply_of(turn):
    return turn if isinstance(turn, dict) else said(*turn)


def in_words(turn):
    """The text of a reply, and its calls as they would be written in Python."""
    reply = reply_of(turn)
    calls = [
        f"{call['name']}({', '.join(f'{key}={x!r}' for key, x in call['arguments'].items())})"
        for call in reply.get("tool_calls", [])
    ]
    return " and ".join([*map(repr, filter(None, [reply.get("content")])), *calls])


class Add:
    shown = "a + b"

    def __call__(self, a, b):
        return a + b


class Find:
    """A look-up that knows two citizens, and raises an error for all others."""

    shown = "find(name, sort='home')"

    def __call__(self, name, sort="home"):
        known = {
            ("Rose", "home"): "the mill",
            ("Jonas", "home"): "the inn",
            ("Rose", "pet"): "a hen",
        }
        if (name, sort) not in known:
            raise ValueError(f"nobody wrote about the {sort} of {name}")
        return known[name, sort]


class Price:
    shown = "{'pears': 0, 'plums': None, 'figs': ['figs', 4]}[of]"

    def __call__(self, of):
        return {"pears": 0, "plums": None, "figs": ["figs", 4]}[of]


class Bell:
    """A tool with a memory: how often it has been called."""

    shown, strokes = "the number of calls so far", 0

    def __call__(self):
        self.strokes += 1
        return self.strokes


class Door:
    """A tool that fails the first time, with an error that few think of."""

    shown, tried = "RuntimeError at first, then 'open'", False

    def __call__(self, side):
        if not self.tried:
            self.tried = True
            raise RuntimeError(f"the {side} door is stuck")
        return "open"
