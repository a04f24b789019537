"""Where an answer runs: in this process, or in another one at the end of a wire.

Owns: how a question gets there and its reply comes back. Both rooms hold a `worker.Session`, so
that nobody who asks can tell the two apart.
"""

from autograder.room.values import check_sendable, copied, extent
from autograder.room.worker import (
    Handle,
    Session,
    StandIn,
    Unsendable,
    Wire,
    decode,
    encode,
)

MOST_CALLS = 10_000  # of what is ours, for one question
MOST_LENT = 2**20  # numbers and letters in one of these calls; models have a measure of their own
MOST_ITEMS = 10_000  # that anybody takes from one iterator
MOST_ITEM_BYTES = 4 * 2**20  # of all of them


class Here:
    """A room in this process: the learner's own kernel, or the book's own functions.

    Arguments are copied on the way in, so that an answer cannot change the examples.
    """

    def __init__(self, namespace: dict, **session):
        self.session = Session(namespace, **session)

    def ask(self, question: dict) -> dict:
        reply = self.session.perform(copied(question))
        try:
            check_sendable(reply)
        except Unsendable as error:  # as from a worker: what cannot be compared is no value
            return {"error": self.session.describe(error)}
        return reply


class There:
    """A room in another process, at the end of a wire."""

    def __init__(self, wire: Wire):
        self.wire = wire
        self.ours = []  # what the other side may call: callables and stand-ins
        self.taken = {}  # by iterator: how many items came of it, and bytes

    def ask(self, question: dict) -> dict:
        self.ours = []
        self.wire.send(encode(question, self.keep))
        for _ in range(MOST_CALLS):
            message = self.wire.receive()
            reply = decode(message, self.resolve)
            if not isinstance(reply, dict) or "callback" not in reply:
                return self.rationed(question, reply, len(message))
            self.wire.send(encode(self.told(**reply), self.keep))
        raise Unsendable(f"more than {MOST_CALLS} calls of what it was given")

    def rationed(self, question: dict, reply, size: int):
        """The reply; an error in its place where an iterator has given enough: it may never end."""
        if question["verb"] != "take":
            return reply
        target = question["target"]
        key = target.key if isinstance(target, Handle) else (target, question.get("method"))
        items, total = self.taken.get(key, (0, 0))
        items, total = items + question["count"], total + size
        self.taken[key] = items, total
        if items <= MOST_ITEMS and total <= MOST_ITEM_BYTES:
            return reply
        message = (
            f"an iterator went on after {MOST_ITEMS} items or {MOST_ITEM_BYTES // 2**20} MB; "
            "it is to end"
        )
        return {"error": {"type": "RuntimeError", "message": message}}

    def told(self, callback: int, name=None, args=(), kwargs=()) -> dict:
        """What the other side wants of something of ours: an attribute, or a call."""
        wanted = self.ours[callback]
        try:
            if extent([args, kwargs]) > MOST_LENT:
                raise ValueError(f"more than {MOST_LENT} numbers and letters in one call")
            if name is None:
                return {"value": wanted(*args, **dict(kwargs))}
            return {"value": wanted._read(name)}  # it knows what may be read
        except Exception as error:
            message = str(error.args[0]) if error.args else ""
            return {"error": type(error).__name__, "message": message[:500]}

    def keep(self, value) -> Handle:
        if isinstance(value, Handle):
            return value
        if not callable(value):
            raise TypeError(f"cannot send a {type(value).__name__} to a worker")
        known = [key for key, other in enumerate(self.ours) if other is value]
        if not known:
            self.ours.append(value)
        key = known[0] if known else len(self.ours) - 1
        return Handle(key, "lent" if isinstance(value, StandIn) else "callback")

    def resolve(self, handle: Handle):
        return self.ours[handle.key] if handle.kind == "lent" else handle
