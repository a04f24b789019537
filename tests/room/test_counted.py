"""What comes out of the room is counted before it is built: each reply here is small and would grow."""

import json
import struct
import time
import tracemalloc

import pytest
import torch
from frames import framed, keep

from autograder.judge.answer import Answer, AnswerError
from autograder.room import rooms
from autograder.room.rooms import Here
from autograder.room.sandbox import Limits
from autograder.room.values import extent
from autograder.room.worker import (
    MOST_ALIKE,
    MOST_DIGITS,
    MOST_TENSORS,
    MOST_VALUES,
    Record,
    Unsendable,
    decode,
    encode,
)
from autograder.room.workers import Starter, WorkerGone

PRIME = 2**61 - 1  # what Python's hashes of numbers are counted modulo
ROOMY = Limits(message_bytes=16 * 2**20)


def message(head, body=b"") -> bytes:
    head = json.dumps(head).encode()
    return struct.pack("<I", len(head)) + head + body


def tensors(*shapes, data=b"") -> bytes:
    """A body of safetensors with these shapes, all of which lie on the same bytes or on none."""
    header = {
        str(index): {"dtype": "U8", "shape": shape, "data_offsets": [0, len(data)]}
        for index, shape in enumerate(shapes)
    }
    told = json.dumps(header).encode()
    return struct.pack("<Q", len(told)) + told + data


def colliding(kind):
    return [kind, [["int", str(number * PRIME)] for number in range(20_000)]]


GROWING = {
    "one tensor named a thousand times": message(
        ["list", [["tensor", "0"]] * 1000], tensors([1000], data=bytes(1000))
    ),
    "one tensor named twice": message(["list", [["tensor", "0"]] * 2], tensors([1], data=b"x")),
    "no elements and a huge axis": message(["tensor", "0"], tensors([0, 4 * 10**8])),
    "a huge axis and no elements": message(["tensor", "0"], tensors([4 * 10**8, 0])),
    "axes whose product is huge": message(["tensor", "0"], tensors([0, 2**20, 2**20, 2**20])),
    "many tensors without elements": message(
        ["plain", None], tensors(*[[0, 2**20] for _ in range(9)])
    ),
    "more tensors than anybody needs": message(
        ["plain", None], tensors(*[[0]] * (MOST_TENSORS + 1))
    ),
    "a set of colliding numbers": message(colliding("set")),
    "a frozenset of them": message(["list", [colliding("frozenset")]]),
    "a dict with such keys": message(
        ["dict", [[["int", str(n * PRIME)], ["plain", None]] for n in range(20_000)]]
    ),
    "a record with such keys": message(
        ["record", [[["int", str(n * PRIME)], ["plain", None]] for n in range(20_000)]]
    ),
    "pairs that collide": message(
        ["set", [["tuple", [["int", str(n * PRIME)], ["int", "1"]]] for n in range(5000)]]
    ),
    "more values than a list needs": message(["list", [["plain", 0 > 1]] * (MOST_VALUES + 1)]),
    "millions of empty lists": message([[] for _ in range(3 * 10**6)]),
    "a number of five thousand digits": message(["int", "9" * 5000]),
    "minus such a number": message(["int", "-" + "9" * 5000]),
}


@pytest.mark.parametrize("case", GROWING)
def test_a_reply_that_would_grow_is_refused_before_it_has_grown(told, case):
    """Does a small message stay small, in seconds and in bytes, whatever it would become?"""
    begun = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(WorkerGone, match="could not be read"):
            told([framed(GROWING[case])], limits=ROOMY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 10  # four times what it takes without counting bytes
    assert peak < 400 * 2**20


HONEST = {
    "a dict of all bytes": {bytes([i]): i for i in range(256)},
    "a vocabulary": {f"word{i}": i for i in range(5000)},
    "numbers below and above zero": set(range(-5000, 5000)),
    "multiples of powers of two": {i << 40 for i in range(5000)},
    "pairs": {(i, j): i * j for i in range(60) for j in range(60)},
    "fractions": {i / 64 for i in range(-3000, 3000)},
    "a large number": 10 ** (MOST_DIGITS - 2),
    "tensors without elements": [torch.zeros(0, 5), torch.zeros(3, 0), torch.zeros(0)],
    "a thousand tensors": [torch.tensor(i) for i in range(MOST_TENSORS)],
    "a record": Record(input_ids=[[1, 2]], mask=torch.ones(2)),
}


@pytest.mark.parametrize("case", HONEST)
def test_what_answers_give_passes(case):
    """Does the count let through what an exercise could ask for?"""
    value = HONEST[case]
    back = decode(encode(value, keep), None)
    assert type(back) is type(value)
    if not isinstance(value, list):
        assert case == "a record" or back == value
    assert len(back) == len(value) if hasattr(value, "__len__") else True


TOO_MUCH = {
    "more than 200000 values": lambda: [0] * (MOST_VALUES + 1),
    "tensors of more than": lambda: torch.zeros(0, 4 * 10**8),
    "more than 1000 tensors": lambda: [torch.ones(1)] * (MOST_TENSORS + 1),
    "nested more than 64 deep": lambda: deep(100),
    "a meta tensor": lambda: torch.zeros(2, device="meta"),
}


def test_python_itself_says_what_number_is_too_long():
    """Is a number that cannot be written out refused where it is made?"""
    with pytest.raises(ValueError, match="Exceeds the limit"):
        encode(7**10_000, keep)


def deep(levels: int) -> list:
    """Each list holds the one below twice: of few lists, more than there are atoms."""
    value = []
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize("words", TOO_MUCH)
def test_a_worker_says_itself_what_is_too_much(words):
    """Does a learner who returns too much by mistake read what was too much?"""
    with pytest.raises(Unsendable, match=words):
        encode(TOO_MUCH[words](), keep)


def test_a_list_that_holds_itself_twice_is_given_up():
    """Is a tree of few lists counted as what it would become on the wire?"""
    with pytest.raises(Unsendable, match="more than 200000 values"):
        encode(deep(60), keep)


@pytest.mark.parametrize("make", ["meta", "sparse"])
def test_at_home_such_a_tensor_is_an_error_as_well(make):
    """Is a tensor that cannot be compared said to be one, in the notebook as in a worker?"""
    made = torch.zeros(2, 2, device="meta") if make == "meta" else torch.eye(2).to_sparse()
    answer = Answer(Here({"f": lambda: made}), "f")
    with pytest.raises(AnswerError, match=r"cannot be compared: a .* tensor: only dense"):
        answer()


def test_tensors_without_elements_have_an_extent():
    """Is what is measured before a call of ours what the call would look at?"""
    assert extent(torch.zeros(0, 4 * 10**8)) == 4 * 10**8
    assert extent([torch.zeros(2, 3), "abc"]) == 10


def test_few_keys_may_share_a_hash():
    """Are -1 and -2, whose hashes are the same, no reason to refuse?"""
    assert decode(encode({-1, -2, 0}, keep), None) == {-1, -2, 0}
    few = {n * PRIME for n in range(MOST_ALIKE)}
    assert decode(encode(few, keep), None) == few


# ---- iterators and what is lent


ENDLESS = """
class Endless:
    def __iter__(self):
        return self
    def __next__(self):
        return item
def many(item_):
    global item
    item = item_
    return Endless()
"""


@pytest.fixture(scope="module")
def workers():
    with Starter(None, Limits(question_seconds=10, wall_seconds=60)) as made:
        yield made


@pytest.fixture
def room(workers):
    made = workers.worker()
    yield made
    made.close()


@pytest.mark.parametrize("item", ["x" * 10**6, "x", None, [1] * 1000])
def test_an_iterator_that_never_ends_is_ended(room, item):
    """Is what a claim may pull out of an iterator bounded in items and in bytes?"""
    room.ask({"verb": "run", "cells": [["a", ENDLESS]]})
    pulled = []
    with pytest.raises(AnswerError, match="an iterator went on after 10000 items or 4 MB"):
        pulled.extend(Answer(room, "many")(item))
    assert len(pulled) <= rooms.MOST_ITEMS
    assert len(pulled) * len(json.dumps(item)) <= rooms.MOST_ITEM_BYTES


CALLER = """
def calls(function, count, size):
    for _ in range(count):
        function([1] * size)
    return "done"
"""


def test_calls_of_what_is_lent_are_counted(room, monkeypatch):
    """Does an answer that calls what it was given for ever cost itself, and only so much of us?"""
    monkeypatch.setattr(rooms, "MOST_CALLS", 50)
    room.ask({"verb": "run", "cells": [["a", CALLER]]})
    heard = []
    assert Answer(room, "calls")(heard.append, 40, 1) == "done"
    with pytest.raises(WorkerGone, match="could not be read"):
        Answer(room, "calls")(heard.append, 60, 1)
    assert len(heard) <= 40 + 50


def test_one_call_of_what_is_lent_has_a_size(room, monkeypatch):
    """Is what a call of ours is given measured first, tensors without elements too?"""
    monkeypatch.setattr(rooms, "MOST_LENT", 1000)
    room.ask({"verb": "run", "cells": [["a", CALLER]]})
    with pytest.raises(AnswerError, match="more than 1000 numbers and letters in one call"):
        Answer(room, "calls")(len, 1, 2000)


def test_the_name_of_a_type_is_short(room):
    """Does a class with a name of a million letters stay one line?"""
    source = "def made():\n    return type('E' * 10**6, (), {})()"
    room.ask({"verb": "run", "cells": [["a", source]]})
    made = Answer(room, "made")()
    assert len(made._target.kind) <= 80


def test_nothing_of_ours_is_written_twice():
    """Is a tensor that an answer returns twice sent twice, as each name is taken once?"""
    one = torch.ones(2)
    back = decode(encode([one, one], keep), None)
    assert [tensor.tolist() for tensor in back] == [[1, 1], [1, 1]]
