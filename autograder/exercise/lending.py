"""Things of ours that an answer gets as arguments: a model, a tokenizer.

Owns: what of such a thing can be seen from the other side.
"""

from functools import cached_property, partial

from autograder.room.values import copied, extent
from autograder.room.worker import StandIn

MOST_LENT = 4096  # numbers and letters in one call of what is lent: attention squares them


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
        return self.shown or f"Exposed({', '.join([*self.calls, *self.attributes])})"

    @cached_property
    def shown(self) -> str:
        """What a reader is told of it: what the thing has under this name, if it has."""
        return getattr(self.make(), "shown", "")

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


def lend(make, *given, **more) -> Exposed:
    """A thing that is called, made of these arguments whenever it is passed in."""
    return Exposed(partial(make, *given, **more))
