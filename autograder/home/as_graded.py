"""The learner's own kernel, as a room in which an answer finds what a grader will find.

Owns: what is hidden while an answer runs, a time limit, and random numbers that begin at a seed.
Whatever is changed for that is put back: the notebook goes on as if nobody had asked.
"""

import contextlib
import random
import sys

import torch

from autograder.room.rooms import Here
from autograder.room.worker import alarmed

SECONDS = 20.0  # for one question, as when it is graded
AGAIN = 1.0  # an answer that catches everything is stopped once more after that


class TooLong(BaseException):
    """An answer ran longer than any sensible one. No Exception: an answer may catch those."""


class AsGraded(Here):
    """A room in this process. hidden: names that no grader will know; modules: of the book."""

    def __init__(self, namespace: dict, hidden: set[str], modules: set[str], **session):
        super().__init__(namespace, **session)
        self.hidden, self.modules, self.states = hidden, modules, states()

    def ask(self, question: dict) -> dict:
        hidden = without(self.session.namespace, self.hidden)
        with self.numbers(), hidden, without_modules(self.modules), limited(SECONDS):
            return super().ask(question)

    @contextlib.contextmanager
    def numbers(self):
        """Random numbers of this room's own."""
        before = states()
        set_states(self.states)
        try:
            yield
        finally:
            self.states = states()
            set_states(before)


def states() -> tuple:
    """Where every generator of random numbers stands that an answer may use."""
    numpy = sys.modules.get("numpy")
    return random.getstate(), torch.get_rng_state(), numpy and numpy.random.get_state()


def set_states(kept: tuple):
    random.setstate(kept[0])
    torch.set_rng_state(kept[1])
    if kept[2] is not None:
        sys.modules["numpy"].random.set_state(kept[2])


@contextlib.contextmanager
def one_thread():
    """For tensors as small as those of examples, threads only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def without(namespace: dict, names: set[str]):
    """A namespace in which some names are not defined, for a while."""
    kept = {name: namespace.pop(name) for name in names if name in namespace}
    try:
        yield
    finally:
        for name, value in kept.items():
            namespace.setdefault(name, value)


@contextlib.contextmanager
def without_modules(names: set[str]):
    """Some modules of the book cannot be imported, for a while."""
    kept = {name: sys.modules.get(name) for name in names}
    packages = {name: sys.modules.get(name.rpartition(".")[0]) for name in names}
    sys.modules.update(dict.fromkeys(names))  # None: Python says that there is no such module
    for name, package in packages.items():
        if package:
            vars(package).pop(name.rpartition(".")[2], None)
    try:
        yield
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
                continue
            sys.modules[name] = module
            if packages[name]:
                setattr(packages[name], name.rpartition(".")[2], module)


def limited(seconds: float):
    """Raises TooLong in what takes longer, where the system has alarms; elsewhere no limit."""
    return alarmed("REAL", seconds, TooLong, AGAIN)
