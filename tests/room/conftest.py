"""Strangers at a wire, and the watch over them."""

import pickle
import socket
import threading
from types import SimpleNamespace

import pytest
import torch
from frames import LIMITS

from autograder.room.workers import Room


@pytest.fixture
def no_pickles(monkeypatch):
    """Whatever is unpickled in these tests ends them: no `except Exception` can hide it."""

    def refuse(*args, **kwargs):
        raise KeyboardInterrupt("something was unpickled")

    for module, name in (
        (pickle, "loads"),
        (pickle, "load"),
        (pickle, "Unpickler"),
        (torch, "load"),
    ):
        monkeypatch.setattr(module, name, refuse)


@pytest.fixture
def told():
    """Asks a question of whoever sends these frames, in a thread of its own."""
    ended = []

    def ask(frames, question=None, limits=LIMITS):
        ours, theirs = socket.socketpair()

        def speak():
            try:
                for frame in frames:
                    theirs.sendall(frame)
                theirs.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        threading.Thread(target=speak, daemon=True).start()
        room = Room(SimpleNamespace(limits=limits, end=dict), ours)
        ended.append((room, theirs))
        return room.ask(question or {"verb": "get", "target": "x", "name": "y"})

    yield ask
    for room, theirs in ended:
        room.close()
        theirs.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """What was logged of a file whose name is no text is escaped: pytest-xdist sends UTF-8 alone."""
    report = yield
    report.sections = [
        (name, text.encode("utf8", "backslashreplace").decode("utf8"))
        for name, text in report.sections
    ]
    return report
