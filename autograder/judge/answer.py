"""An answer, used like the function or class it is, wherever it runs.

Owns: the trusted side of a conversation with a `Session`: in this process (a notebook's
`check`, references, misconceptions) or in a worker. A claim cannot tell the two apart.
"""

from dataclasses import dataclass

import torch

from autograder.exercise import Exposed
from autograder.room.rooms import Here
from autograder.room.values import mapped
from autograder.room.worker import StandIn


class AnswerError(Exception):
    """The learner's code raised. `details`: type, message and, where known, line and text."""

    def __init__(self, details: dict):
        self.details = {"type": "Exception", "message": "", "line": 0, "text": ""} | details
        kind = self.details["type"]
        begin = "What your code gives cannot be compared" if kind == "Unsendable" else kind
        super().__init__(f"{begin}: {self.details['message']}")


@dataclass(frozen=True)
class Outcome:
    """What came of one call: a value, or an error."""

    value: object = None
    error: dict | None = None
    after: tuple | None = None  # the arguments once the call was over, where it changed them

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
        question |= {"forbid": list(self._forbid)} | details
        reply = self._room.ask(mapped(question, unwrapped))
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
        return valued(outcome)

    def each(self, *calls) -> list:
        """The values of several calls, each a tuple of arguments, in one message; for claims.

        As with single calls, the first that raised is what is raised here.
        """
        return [valued(outcome) for outcome in self.many(calls)]

    def many(self, calls, after=False, **kwargs) -> list[Outcome]:
        """Outcomes of many calls, asked for at once; with `after`, changed arguments are told."""
        calls = [[list(args), kwargs] for args in calls]
        replies = self._ask("call", calls=calls, after=after)
        return [Outcome(**reply) for reply in replies]

    def again(self, *args) -> list[torch.Tensor]:
        """The tensors of a second call, after those of a first one were changed in place."""
        call = [[list(args), {}]]
        (told,) = self._ask("again", calls=call, more=call)
        if "error" in told:
            raise AnswerError(told["error"])
        return told["value"]

    def after(self, *args) -> tuple:
        """The arguments as the call left them."""
        left = self._left(args, True)
        return args if left is None else tuple(left)

    def held(self, *args) -> tuple:
        """The tensors that came in, as the call left them, whatever it put in their place.

        In place of a lent thing is a list of the tensors that it gave.
        """
        return tuple(self._left(args, "held"))

    def _left(self, args: tuple, after: bool | str) -> list | None:
        """What a call left of its arguments; `after` as in `many`."""
        (outcome,) = self.many([args], after=after)
        if outcome.error:
            raise AnswerError(outcome.error)
        return outcome.after

    def gradients(self, *args, wrt=(0,)) -> list:
        """Gradients of a weighted sum of the outputs for arguments `wrt`; None where none flows.

        In place of a lent thing, or a list of them, is a list: of each floating tensor it gave.
        """
        (got,) = self.many_gradients([(args, wrt)])
        if isinstance(got, AnswerError):
            raise got
        return got

    def many_gradients(self, calls) -> list:
        """The same for many calls (args, wrt), asked for at once; an AnswerError where one raised."""
        calls = [[list(args), list(wrt)] for args, wrt in calls]
        replies = self._ask("gradients", calls=calls) if calls else []
        return [AnswerError(told["error"]) if "error" in told else told["value"]
                for told in replies]  # fmt: skip

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


def valued(outcome: Outcome):
    """Its value; raises `AnswerError` where the learner's code raised."""
    if outcome.error:
        raise AnswerError(outcome.error)
    return outcome.value


def answer_of(function) -> Answer:
    """A function or class of ours, as an answer."""
    return Answer(Here({}), function)


def unwrapped(value):
    if isinstance(value, Exposed):
        return value.lent()
    return value._target if isinstance(value, Answer) else value
