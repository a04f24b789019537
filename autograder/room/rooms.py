"""Where an answer runs: in this process, or in another one at the end of a wire.

Owns: how a question gets there and its reply comes back. Both rooms hold a `worker.Session`, so
that nobody who asks can tell the two apart.
"""

from autograder.room.values import copied
from autograder.room.worker import Handle, Session, StandIn, Wire, decode, encode


class Here:
    """A room in this process: the learner's own kernel, or the book's own functions.

    Arguments are copied on the way in, so that an answer cannot change the examples.
    """

    def __init__(self, namespace: dict, **session):
        self.session = Session(namespace, **session)

    def ask(self, question: dict) -> dict:
        return self.session.perform(copied(question))


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
