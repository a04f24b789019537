"""What a stranger may say on the wire: bytes and replies. Nothing of it may do harm."""

import json
import math
import pickle
import random
import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest
import torch

from autograder.answer import Answer, Exposed, Here, There
from autograder.replies import Malformed, checked
from autograder.sandbox import Limits
from autograder.worker import (
    MOST_DEPTH,
    Handle,
    Record,
    Session,
    Unsendable,
    Wire,
    decode,
    encode,
    serve,
)
from autograder.workers import Room, WorkerGone

LIMITS = Limits(question_seconds=1.0, message_bytes=2**16)


def keep(value):
    return Handle(0, type(value).__name__)


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


@pytest.fixture(autouse=True)
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


def framed(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


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
    ({"verb": "gradients", "wrt": [0]}, {"value": [1.0]}),
    ({"verb": "gradients", "wrt": [0]}, {"value": []}),
    ({"verb": "take", "count": 1}, {"value": [1, 2]}),
    ({"verb": "signature"}, {"value": {"callable": 1}}),
    ({"verb": "signature"}, {"value": {"callable": False}}),
    ({"verb": "signature"}, {"value": {"callable": True, "parameters": [["a"]]}}),
    ({"verb": "signature"}, {"value": {"callable": True, "parameters": [[1, 2, 3]]}}),
    ({"verb": "run"}, {"value": [7]}),
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


# ---- things that are lent

NAMES = {0: "no", 1: "yes"}


class Thing:
    """What a learner's model is in these tests: it counts, it has a mode, and it has secrets."""

    secret = "the answer"

    def __init__(self):
        self.training, self.modes = True, []
        self.config = Record(id2label=NAMES, num_labels=2)

    def __call__(self, input_ids, attention_mask=None):
        self.modes.append(self.training)
        if attention_mask is None:
            raise ValueError("no attention_mask")
        return Record(logits=(input_ids * attention_mask).float())

    def eval(self):
        self.training = False
        return self

    def encode(self, texts, return_tensors="pt"):
        ids = torch.tensor([[len(text), 1] for text in texts])
        return Record(input_ids=ids, attention_mask=torch.ones_like(ids))


def lent():
    return Exposed(Thing, calls=("eval", "encode"), attributes=("config", "training"))


ANSWERS = """
def right(texts, thing):
    model = thing.eval()
    encoded = thing.encode(texts, return_tensors="pt").to("cpu")
    outputs = model(**encoded)
    assert torch.equal(outputs.logits, outputs["logits"]) and outputs[0] is outputs.logits
    return [model.config.id2label[int(i)] for i in outputs.logits.argmin(-1)], thing.training

def mode(texts, thing):
    return thing.training

def wrong(texts, thing):
    return thing(thing.encode(texts).input_ids)

def unknown(texts, thing):
    return thing.encode(texts).token_ids

def changes(texts, thing):
    thing.training = False

def secret(texts, thing):
    return thing.secret

def itself(texts, thing):
    return [thing, thing.eval()]

def much(texts, thing):
    return thing.encode(["x" * 10**6])

def scribbles(texts, thing):
    thing.config.id2label[0] = "changed"
    return thing.config.id2label[0]
"""


@pytest.fixture(params=["here", "there"])
def room(request):
    """The same answers in this process, and at the other end of a wire."""
    session = Session({"torch": torch})
    assert not list(session.run_cell("answers", ANSWERS))
    if request.param == "here":
        made = Here({})
        made.session = session
        yield made
        return
    ours, theirs = socket.socketpair()
    threading.Thread(target=serve, args=(Wire(theirs), session), daemon=True).start()
    yield There(Wire(ours))
    ours.close()


def test_what_is_lent_is_used_as_the_thing_itself(room):
    """Can an answer call a model with keywords, read its labels and set its mode, in any room?"""
    told, training = Answer(room, "right")(["a", "bb", ""], lent())
    assert told == ["no", "yes", "no"]
    assert training is False


def test_what_one_call_does_to_a_thing_is_not_seen_by_the_next(room):
    """May a thing be used again after an answer changed its mode or its labels?"""
    thing = lent()
    for name in ("right", "scribbles", "itself"):
        Answer(room, name)(["a"], thing)
    first, second = Answer(room, "mode").many([(["a"], thing), (["a"], thing)])
    assert first.value is second.value is True
    assert NAMES == {0: "no", 1: "yes"}


def test_a_claim_sees_what_was_done_to_a_thing(room):
    """Can a claim ask in which mode a model was called?"""
    thing = lent()
    Answer(room, "right")(["a"], thing)
    assert thing.last.modes == [False]


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("wrong", "ValueError", "no attention_mask"),
        ("unknown", "AttributeError", "token_ids"),
        ("changes", "AttributeError", "can be read here, not changed"),
        ("secret", "AttributeError", "no attribute 'secret' here; there is eval, encode, config"),
        ("much", "ValueError", "more than 4096 numbers and letters in one call"),
    ],
)
def test_what_goes_wrong_with_a_thing_is_told_alike_everywhere(room, name, kind, message):
    """Does the learner's line get the error, as it would with a model of the learner's own?"""
    (outcome,) = Answer(room, name).many([(["a"], lent())])
    assert outcome.error["type"] == kind
    assert message in outcome.error["message"]
    assert outcome.error["line"] > 0
    assert Answer(room, "mode")(["a"], lent()) is True, "the conversation goes on"


def test_a_thing_that_comes_back_is_the_thing_that_was_lent(room):
    """Is an argument that holds a thing, looked at after the call, still the same?"""
    thing = lent()
    assert Answer(room, "itself")(["a"], thing) == [thing, thing]
    assert Answer(room, "mode").after(["a"], thing) == (["a"], thing)


UNDECLARED = (
    "secret", "last", "make", "thing", "modes", "lent", "__class__", "__init__", "__dict__",
    "__globals__", "_read", "_handle", "_call", "func", "args", "config.id2label", "", 7,
    ["config"], b"config", {"config": 1},
)  # fmt: skip


@pytest.mark.parametrize("name", UNDECLARED, ids=repr)
def test_no_name_but_those_declared_reaches_a_thing(name):
    """Can a stranger at the wire read an attribute by a name of its own choice?"""
    room = There(wire=None)
    thing = lent()
    handles = room.keep(thing), room.keep(thing.lent().eval)
    assert [handle.kind for handle in handles] == ["lent", "callback"]
    for handle in handles:
        assert room.told(handle.key, name, (), {}).keys() == {"error", "message"}
    assert room.told(0, "training") == {"value": True}


@pytest.mark.parametrize(
    "asked",
    [
        {"callback": 1, "name": "config"}, {"callback": "config"}, {"callback": None},
        {"callback": 0, "name": "config", "thing": 1}, {"callback": 0, "verb": "get"},
        {"callback": 0, 3: 4}, {"callback": [0]},
    ],
    ids=repr,
)  # fmt: skip
def test_a_request_of_another_form_ends_the_conversation(told, asked):
    """Does a request for a thing that was never lent, or in words of its own, get an answer?"""
    with pytest.raises(WorkerGone, match="could not be read"):
        told(
            [framed(encode(asked, keep))],
            {"verb": "call", "target": "f", "method": None, "calls": [[[lent()], {}]]},
        )


def test_private_names_cannot_be_lent():
    """Is a slip of ours that would open a thing noticed where it is written?"""
    for name in ("__class__", "_parameters", "config.id2label", ""):
        with pytest.raises(ValueError, match="cannot be lent"):
            Exposed(Thing, attributes=(name,))
