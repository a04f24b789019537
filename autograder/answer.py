"""An answer, used like the function or class it is, wherever it runs.

Owns: the trusted side of a conversation with a `Session`: in this process (a notebook's
`check`, references, misconceptions) or in a worker. A claim cannot tell the two apart.
"""

from dataclasses import dataclass

import torch

from autograder.worker import Handle, Session, Wire, decode, encode


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
        return mapped(tree, lambda leaf: Answer(self._room, leaf, forbid=self._forbid))

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
            return {walk(k): walk(v) for k, v in value.items()}
        for kind in (list, tuple, set, frozenset):
            if isinstance(value, kind):
                return kind(walk(item) for item in value)
        return other(value)

    return walk(tree)


class Here:
    """A room in this process: the learner's own kernel, or the book's own functions.

    Arguments are copied on the way in, so that an answer cannot change the examples.
    """

    def __init__(self, namespace: dict, **session):
        self.session = Session(namespace, **session)

    def ask(self, question: dict) -> dict:
        return self.session.perform(mapped(question, unwrapped, lambda t: t.detach().clone()))


def unwrapped(value):
    return value._target if isinstance(value, Answer) else value


class There:
    """A room in another process, at the end of a wire."""

    def __init__(self, wire: Wire):
        self.wire = wire
        self.callables = []

    def ask(self, question: dict) -> dict:
        self.callables = []
        self.wire.send(encode(question, self.keep))
        while True:
            reply = decode(self.wire.receive(), lambda handle: handle)
            if not isinstance(reply, dict) or "callback" not in reply:
                return reply
            value = self.callables[reply["callback"]](*reply["args"])
            self.wire.send(encode(value, self.keep))

    def keep(self, value) -> Handle:
        if isinstance(value, Answer):
            return value._target
        if not callable(value):
            raise TypeError(f"cannot send a {type(value).__name__} to a worker")
        self.callables.append(value)
        return Handle(len(self.callables) - 1, "callback")


def answer_of(function) -> Answer:
    """A function or class of ours, as an answer."""
    return Answer(Here({}), function)
