"""An answer, used like the function or class it is, wherever it runs.

Owns: the trusted side of a conversation with a `Session`: in this process (a notebook's
`check`, references, misconceptions) or in a worker. A claim cannot tell the two apart.
"""

from dataclasses import dataclass
from functools import partial

import torch

from autograder.worker import Handle, Record, Session, StandIn, Wire, decode, encode

MOST_LENT = 4096  # numbers and letters in one call of what is lent: attention squares them


class AnswerError(Exception):
    """The learner's code raised. `details`: type, message and, where known, line and text."""

    def __init__(self, details: dict):
        self.details = {"type": "Exception", "message": "", "line": 0, "text": ""} | details
        super().__init__(f"{self.details['type']}: {self.details['message']}")


@dataclass(frozen=True)
class Outcome:
    """What came of one call: a value, or an error."""

    value: object = None
    error: dict | None = None
    after: tuple | None = None  # the arguments once the call was over

    @property
    def unwritten(self) -> bool:
        return self.error is not None and self.error["type"] == "NotImplementedError"


class Answer:
    """A function, class, object, module or generator on the learner's side."""

    def __init__(self, room, target, method=None, forbid=()):
        self._room, self._target, self._method = room, target, method
        self._forbid = tuple(forbid)

    def _ask(self, verb, **details):
        question = {"verb": verb, "target": self._target, "method": self._method}
        reply = self._room.ask(question | {"forbid": list(self._forbid)} | details)
        if "error" in reply:
            raise AnswerError(reply["error"])
        return self._adopt(reply["value"])

    def _adopt(self, tree):
        """Objects that stay on the learner's side come back as answers in their own right."""

        def adopted(leaf):
            if isinstance(leaf, StandIn):
                return leaf._handle  # it was ours
            return Answer(self._room, leaf, forbid=self._forbid)

        return mapped(tree, adopted)

    def __call__(self, *args, **kwargs):
        """The value of one call; raises `AnswerError` where the learner's code raised."""
        (outcome,) = self.many([args], **kwargs)
        if outcome.error:
            raise AnswerError(outcome.error)
        return outcome.value

    def many(self, calls, after=False, **kwargs) -> list[Outcome]:
        """Outcomes of many calls, asked for at once."""
        calls = [[list(args), kwargs] for args in calls]
        replies = self._ask("call", calls=calls, after=after)
        return [Outcome(**reply) for reply in replies]

    def after(self, *args) -> tuple:
        """The arguments as the call left them."""
        (outcome,) = self.many([args], after=True)
        if outcome.error:
            raise AnswerError(outcome.error)
        return tuple(outcome.after)

    def gradients(self, *args, wrt=(0,)) -> list:
        """Gradients of a weighted sum of the outputs for arguments `wrt`; None where none flows."""
        return self._ask("gradients", args=list(args), wrt=list(wrt))

    def method(self, name) -> "Answer":
        return Answer(self._room, self._target, name, self._forbid)

    def get(self, name):
        """An attribute's value."""
        return self._ask("get", name=name)

    def load(self, state: dict):
        """Put tensors into a module's parameters, or values into an object's attributes."""
        self._ask("load", state=state)

    def take(self, count: int) -> list:
        """The next `count` items of an iterator."""
        return self._ask("take", count=count)

    def __iter__(self):
        while items := self.take(1):
            yield items[0]

    def signature(self) -> dict:
        return self._ask("signature")


def is_data(value) -> bool:
    plain = (bool, int, float, str, bytes, torch.dtype, torch.Tensor)
    return value is None or isinstance(value, plain)


def mapped(tree, other, tensor=lambda tensor: tensor):
    """A tree of the same shape: `tensor` of every tensor, `other` of all that is not data."""

    def walk(value):
        if isinstance(value, torch.Tensor):
            return tensor(value)
        if is_data(value):
            return value
        if isinstance(value, dict):
            pairs = {walk(k): walk(v) for k, v in value.items()}
            return Record(pairs) if isinstance(value, Record) else pairs
        for kind in (list, tuple, set, frozenset):
            if isinstance(value, kind):
                return kind(walk(item) for item in value)
        return other(value)

    return walk(tree)


class Exposed:
    """A thing of ours that an answer gets as an argument: a model, a tokenizer.

    The answer holds a `StandIn`, in a worker as in a notebook. It can read the `attributes`, which
    are data, call the methods in `calls`, and the thing itself where it is callable; there is no
    way to anything else. What goes in and comes out is copied; a method that returns the thing
    itself gives the stand-in.

    make: called whenever the thing is passed in, so that no call sees what another did to it.
    last: what `make` gave last, for a claim to look at.
    """

    def __init__(self, make, calls=(), attributes=()):
        self.make, self.calls, self.attributes = make, tuple(calls), tuple(attributes)
        self.last = None
        for name in (*calls, *attributes):
            if name.startswith("_") or not name.isidentifier():
                raise ValueError(f"{name!r} cannot be lent: give the names of public attributes.")

    def __repr__(self):
        return f"Exposed({', '.join([*self.calls, *self.attributes])})"

    def lent(self) -> StandIn:
        """A stand-in for a thing that is made now."""
        thing = self.last = self.make()

        def call(function, *args, **kwargs):
            if extent([args, kwargs]) > MOST_LENT:
                raise ValueError(f"more than {MOST_LENT} numbers and letters in one call")
            value = function(*copied(args), **copied(kwargs))
            return stand_in if value is thing else copied(value)

        def read(name):
            if name in methods:
                return methods[name]
            if name in self.attributes:
                return copied(getattr(thing, name))
            known = ", ".join([*self.calls, *self.attributes]) or "nothing"
            raise AttributeError(f"no attribute {name!r} here; there is {known}")

        methods = {name: partial(call, getattr(thing, name)) for name in self.calls}
        stand_in = StandIn(self, read, partial(call, thing))
        return stand_in


def copied(tree):
    return mapped(tree, lambda leaf: leaf, lambda tensor: tensor.detach().clone())


def extent(value) -> int:
    """How many numbers, letters and other single things a tree holds."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, str | bytes):
        return len(value) + 1
    if isinstance(value, dict):
        return sum(extent(item) for pair in value.items() for item in pair)
    many = isinstance(value, list | tuple | set | frozenset)
    return sum(map(extent, value)) if many else 1


class Here:
    """A room in this process: the learner's own kernel, or the book's own functions.

    Arguments are copied on the way in, so that an answer cannot change the examples.
    """

    def __init__(self, namespace: dict, **session):
        self.session = Session(namespace, **session)

    def ask(self, question: dict) -> dict:
        return self.session.perform(mapped(question, unwrapped, lambda t: t.detach().clone()))


def unwrapped(value):
    if isinstance(value, Exposed):
        return value.lent()
    return value._target if isinstance(value, Answer) else value


class There:
    """A room in another process, at the end of a wire."""

    def __init__(self, wire: Wire):
        self.wire = wire
        self.ours = []  # what the other side may call: callables and stand-ins

    def ask(self, question: dict) -> dict:
        self.ours = []
        self.wire.send(encode(question, self.keep))
        while True:
            reply = decode(self.wire.receive(), self.resolve)
            if not isinstance(reply, dict) or "callback" not in reply:
                return reply
            self.wire.send(encode(self.told(**reply), self.keep))

    def told(self, callback: int, name=None, args=(), kwargs=()) -> dict:
        """What the other side wants of something of ours: an attribute, or a call."""
        wanted = self.ours[callback]
        try:
            if name is None:
                return {"value": wanted(*args, **dict(kwargs))}
            return {"value": wanted._read(name)}  # it knows what may be read
        except Exception as error:
            message = str(error.args[0]) if error.args else ""
            return {"error": type(error).__name__, "message": message[:500]}

    def keep(self, value) -> Handle:
        if isinstance(value, Answer):
            return value._target
        if isinstance(value, Exposed):
            value = value.lent()
        if not callable(value):
            raise TypeError(f"cannot send a {type(value).__name__} to a worker")
        known = [key for key, other in enumerate(self.ours) if other is value]
        if not known:
            self.ours.append(value)
        key = known[0] if known else len(self.ours) - 1
        return Handle(key, "lent" if isinstance(value, StandIn) else "callback")

    def resolve(self, handle: Handle):
        return self.ours[handle.key] if handle.kind == "lent" else handle


def answer_of(function) -> Answer:
    """A function or class of ours, as an answer."""
    return Answer(Here({}), function)
