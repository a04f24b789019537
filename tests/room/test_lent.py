"""Things that are lent to an answer over the wire: used as themselves, and nothing more told."""

import socket
import threading

import pytest
import torch
from frames import framed, keep

from autograder.exercise import Exposed, Record
from autograder.judge.answer import Answer, AnswerError
from autograder.room.rooms import Here, There
from autograder.room.worker import Session, Wire, encode, serve
from autograder.room.workers import WorkerGone

pytestmark = pytest.mark.usefixtures("no_pickles")
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

def replaces(tensors, thing):
    given = thing(tensors[0], attention_mask=torch.ones(2)).logits
    given.detach().mul_(2)
    tensors[1].add_(1)
    tensors[:] = [tensor * 10 for tensor in tensors]
    return tensors[0]

def scaled(x, things):
    first, second = (thing(x, attention_mask=torch.ones(2)).logits for thing in things)
    first *= 3
    return first + second.detach()
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


def test_a_claim_sees_the_tensors_themselves(room):
    """Is what stands in a list afterwards told apart from what an answer did to what came?"""
    args = [torch.tensor([1.0, 2.0]), torch.tensor([3.0])], lent()
    (ours, theirs), given = Answer(room, "replaces").held(*args)
    assert (ours.tolist(), theirs.tolist()) == ([1, 2], [4])
    assert [tensor.tolist() for tensor in given] == [[2, 4]]
    after = Answer(room, "replaces").after(*args)[0]
    assert [tensor.tolist() for tensor in after] == [[10, 20], [40]]


def test_what_a_thing_gives_may_be_changed_in_place_as_if_it_lay_here(room):
    """Is `y = model(x); y *= 3` as right as it is with a model of the learner's own?"""
    x = torch.tensor([1.0, -2.0])
    assert Answer(room, "scaled")(x, [lent(), lent()]).tolist() == [4, -8]


def test_gradients_are_told_of_what_a_thing_gives(room):
    """Can a claim see that gradients reach one thing, and that they are cut off before another?"""
    x = torch.tensor([1.0, -2.0])
    of_x, (first, second) = Answer(room, "scaled").gradients(x, [lent(), lent()], wrt=(0, 1))
    assert of_x is None, "it ends at what lies elsewhere"
    assert first.abs().min() > 0.5
    assert second is None


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
    handles = room.keep(thing.lent()), room.keep(thing.lent().eval)
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


def test_a_gradient_of_nothing_is_refused_where_there_is_one():
    """Can a claim ask whether anything in an answer can learn, without naming what?"""
    learns = Answer(Here({"answer": lambda x: x * torch.ones(2, requires_grad=True)}), "answer")
    still = Answer(Here({"answer": lambda x: x * 2}), "answer")
    assert still.gradients(torch.ones(2), wrt=()) == []
    with pytest.raises(AnswerError, match="empty"):
        learns.gradients(torch.ones(2), wrt=())
