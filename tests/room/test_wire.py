"""What a stranger may say on the wire: bytes and replies. Nothing of it may do harm."""

import json
import math
import pickle
import random
import socket
import struct
import time
from types import SimpleNamespace

import pytest
import torch
from frames import LIMITS, framed, keep

from autograder.room.replies import Malformed, checked
from autograder.room.worker import MOST_DEPTH, STORED, Unsendable, decode, encode
from autograder.room.workers import Room, WorkerGone

pytestmark = pytest.mark.usefixtures("no_pickles")


def message(head, body=b"") -> bytes:
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<I", len(head)) + head + body


def tensors(header, data=b"") -> bytes:
    header = json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


def one(dtype, shape, begin=0, end=4) -> dict:
    return {"0": {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}}


TENSOR = ["tensor", "0"]
HOSTILE = {
    "nothing": b"",
    "three bytes": b"\0\0\0",
    "a head longer than all": struct.pack("<I", 2**32 - 1) + b"[]",
    "no JSON": message(b"\xff\xfe"),
    "nested for ever": message(b"[" * 50_000 + b"]" * 50_000),
    "values nested": message(b'["list", [' * 400 + b"]]" * 400),
    "raw JSON as plain": message(["plain", {"value": []}]),
    "a number as plain": message(["plain", 1]),
    "an unknown kind": message(["code", "print()"]),
    "a kind that is a list": message([["list"], []]),
    "no pair": message(["plain"]),
    "a text as a list": message(["list", "ab"]),
    "a number of a million digits": message(["int", "9" * 10**6]),
    "a list as a key": message(["dict", [[["list", []], ["plain", None]]]]),
    "a dtype that is none": message(["dtype", "torch.load"]),
    "a handle of words": message(["handle", ["a", "b"]]),
    "a tensor that is not there": message(TENSOR),
    "tensors that are none": message(TENSOR, b"\x80\x04K\x01."),
    "a pickle": message(pickle.dumps(print), pickle.dumps(print)),
    "a wrong size": message(TENSOR, tensors(one("F32", [100]), bytes(4))),
    "an overflowing shape": message(TENSOR, tensors(one("F32", [0, 2**62, 2**62], 0, 0))),
    "a dtype of the future": message(TENSOR, tensors(one("F256", [1]), bytes(4))),
    "an axis below zero": message(TENSOR, tensors(one("F32", [-1]), bytes(4))),
    "a header of 4 GB": message(TENSOR, struct.pack("<Q", 2**32) + b"{}"),
}


# ---- bytes


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_messages_end_the_conversation_and_nothing_else(told, case):
    """Does what is no message of ours become a sentence about the learner's code?"""
    with pytest.raises(WorkerGone, match="could not be read"):
        told([framed(HOSTILE[case])])


def test_random_bytes_are_refused(told):
    """Does any message made of noise do more than raise?"""
    noise = random.Random(0)
    for length in [*range(40)] * 5:
        content = noise.randbytes(length)
        try:
            read = decode(content, lambda handle: handle)
        except Exception:  # which one does not matter: a Room makes one sentence of all
            continue
        raise AssertionError(f"noise was read as {read!r}")
    with pytest.raises(WorkerGone):
        told([noise.randbytes(500)])


def test_changed_messages_are_refused_or_read():
    """Does a flipped byte in a real message do more than change a value, or raise?"""
    noise = random.Random(1)
    tree = {"value": [1, 2.5, "text", b"bytes", (None, True), {3: torch.ones(2, 3)}, torch.int8]}
    real = encode(tree, keep)
    for _ in range(2000):
        changed = bytearray(real)
        for _ in range(noise.randint(1, 3)):
            changed[noise.randrange(len(changed))] = noise.randrange(256)
        try:
            decode(bytes(changed), lambda handle: handle)
        except Exception:
            continue


def test_a_long_message_is_refused_before_it_is_read(told):
    """Is 4 GB of reply refused by its announcement?"""
    with pytest.raises(WorkerGone, match="could not be read"):
        told([struct.pack("<I", 2**32 - 1), b"x" * 10])


def test_a_slow_message_is_not_waited_for(told):
    """Does a reply that comes byte by byte cost more than one question's time?"""

    def slowly():
        yield struct.pack("<I", 100)
        for _ in range(100):
            time.sleep(0.1)
            yield b"x"

    begun = time.monotonic()
    with pytest.raises(WorkerGone, match="stopped after 1 seconds"):
        told(slowly())
    assert time.monotonic() - begun < 2


def test_a_conversation_that_broke_is_not_taken_up_again():
    """May a reply that came too late answer the next question?"""
    ours, theirs = socket.socketpair()
    room = Room(SimpleNamespace(limits=LIMITS, end=dict), ours)
    theirs.sendall(framed(b"?" * 9) + framed(encode({"value": 1}, keep)))
    for _ in range(2):
        with pytest.raises(WorkerGone, match="could not be read"):
            room.ask({"verb": "get", "target": "x", "name": "y"})
    room.close()
    theirs.close()


def test_what_goes_out_comes_back_as_it_was():
    """Are values that a right answer may give unharmed by all this care?"""
    tree = {
        "value": [None, True, -(10**30), math.inf, "ü", b"\0", (1, [2]), {3}, frozenset({4})],
        (1, "a"): {"dtype": torch.bfloat16, "tensor": torch.arange(6.0).view(2, 3)},
    }
    back = decode(encode(tree, keep), lambda handle: handle)
    assert torch.equal(back[(1, "a")].pop("tensor"), tree[(1, "a")].pop("tensor"))
    assert back == tree
    deep = []
    for _ in range(MOST_DEPTH - 2):
        deep = [deep]
    assert decode(encode(deep, keep), None) == deep
    with pytest.raises(Unsendable):
        encode([[[deep]]], keep)


LAID = {
    "one of many": torch.arange(6.0).view(3, 2)[:1, 1],
    "transposed": torch.arange(6.0).view(2, 3).t(),
    "expanded": torch.ones(1).expand(3, 2),
    "every second": torch.arange(7.0)[::2],
    "negative by its view": torch.complex(torch.ones(2), torch.ones(2)).conj().imag,
    "without axes": torch.tensor(1.5),
    "without entries": torch.zeros(2, 0, 3),
    "complex": torch.complex(torch.ones(2), torch.zeros(2)),
    **{str(dtype): torch.tensor([[1, 0], [0, 1]]).to(dtype).t() for dtype in STORED},
}


@pytest.mark.parametrize("case", LAID)
def test_a_tensor_travels_however_it_lies_in_memory(case):
    """Do values, shape and dtype arrive of what is cut out of something else, in every dtype?"""
    sent = LAID[case]
    (came,) = decode(encode([sent], keep), None)
    assert came.dtype == sent.dtype
    assert torch.equal(came, sent)


# ---- replies

CALL = {"verb": "call", "calls": [[[1], {}], [[2], {}]]}
MALFORMED = [
    (CALL, None),
    (CALL, {}),
    (CALL, {"value": [{"value": 1}, {"value": 2}], "points": 2}),
    (CALL, {"error": None}),
    (CALL, {"error": {"type": 1}}),
    (CALL, {"value": [{"value": 1}]}),
    (CALL, {"value": [{"value": 1}, {}]}),
    (CALL, {"value": [{"value": 1}, {"value": 1, "error": None}]}),
    (CALL, {"value": [{"value": 1}, {"error": "text"}]}),
    (CALL, {"value": [{"value": 1}, {"value": 1, "after": [1, 2]}]}),
    (CALL, {"value": [{"value": 1}, {"value": 1, "unwritten": True}]}),
    ({"verb": "gradients", "calls": [[[1.0], [0]]]}, {"value": [{"value": [1.0]}]}),
    ({"verb": "gradients", "calls": [[[1.0], [0]]]}, {"value": [{"value": []}]}),
    ({"verb": "take", "count": 1}, {"value": [1, 2]}),
    ({"verb": "signature"}, {"value": {"callable": 1}}),
    ({"verb": "signature"}, {"value": {"callable": False}}),
    ({"verb": "signature"}, {"value": {"callable": True, "parameters": [["a"]]}}),
    ({"verb": "signature"}, {"value": {"callable": True, "parameters": [[1, 2, 3]]}}),
    ({"verb": "run"}, {"value": [7]}),
    ({"verb": "all", "questions": [CALL]}, {"value": []}),
    ({"verb": "all", "questions": [CALL]}, {"value": [{"value": [{"value": 1}]}]}),
    ({"verb": "reach"}, {"value": [None]}),
]


@pytest.mark.parametrize(("question", "reply"), MALFORMED)
def test_replies_of_another_form_are_refused(question, reply):
    """Is a reply that no worker of ours sends refused before anything looks at it?"""
    with pytest.raises((Malformed, TypeError)):
        checked(question, reply)


def test_errors_are_made_plain():
    """Can every error that was told be shown on a page and written to a file?"""
    told = {"type": "E" * 999, "message": "half \ud800", "line": 10**9, "text": "x", "extra": []}
    (plain,) = [checked(CALL, {"error": told})["error"]]
    assert plain == {"type": "E" * 80, "message": "half ?", "line": 0, "text": "x"}
