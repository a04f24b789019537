"""What a stranger's values and words may do to the judge, the cards and the notebook: nothing."""

import json
import random

import nbformat
import pytest
import torch

from autograder.course.master import filled
from autograder.exercise import exercises
from autograder.home.card import as_html, as_text
from autograder.judge import judge
from autograder.judge.answer import Answer
from autograder.judge.compare import difference
from autograder.judge.evidence import outcome_of
from autograder.room.replies import checked
from autograder.room.worker import Handle
from autograder.room.workers import WorkerGone


def odd_values(noise):
    """A value that an answer might give, or a stranger."""
    dtypes = (torch.bool, torch.int64, torch.complex64, torch.float16, torch.float8_e4m3fn)
    leaves = [
        lambda: None, lambda: True, lambda: 10 ** noise.randrange(400), lambda: -1, lambda: "x",
        lambda: float("nan"), lambda: float("inf"), lambda: "\ud800", lambda: b"", lambda: torch.int8,
        lambda: Handle(3, "callback"), lambda: Handle(-1, "<b>"),
        lambda: torch.zeros([noise.randrange(6) for _ in range(noise.randrange(5))])
        .to(noise.choice(dtypes)),
        lambda: torch.full((3, 5), float("nan")), lambda: torch.ones(4, 4, dtype=torch.bool),
        lambda: torch.zeros([1] * 70), lambda: torch.zeros(0, 9**9),
    ]  # fmt: skip

    def grow(depth):
        kind = noise.randrange(8) if depth < 4 else 9
        items = [grow(depth + 1) for _ in range(noise.randrange(3))] if kind < 3 else []
        if kind == 0:
            return items
        if kind == 1:
            return tuple(items)
        if kind == 2:
            return {f"k{i}" if i else None: item for i, item in enumerate(items)}
        return noise.choice(leaves)()

    return grow(0)


class Stranger:
    """A room that replies in the right form, with values of no sense; or in no form at all."""

    def __init__(self, seed):
        self.noise = random.Random(seed)

    def ask(self, question):
        try:
            return checked(question, self.reply(question))
        except Exception as error:
            raise WorkerGone from error

    def reply(self, question):
        verb, noise = question["verb"], self.noise
        if noise.random() < 0.01:
            return odd_values(noise)
        if verb == "signature":
            return {"value": {"callable": True, "parameters": None}}
        if verb == "gradients":
            return {"value": [torch.zeros(2) for _ in question["wrt"]]}
        if verb != "call":
            return {"value": odd_values(noise)}
        outcomes = []
        for args, _ in question["calls"]:
            outcome = {"value": odd_values(noise)}
            if question.get("after"):
                outcome["after"] = [odd_values(noise) for _ in args]
            if noise.random() < 0.1:
                outcome = {"error": {"type": "<b>", "message": "`*x*`", "line": 1, "text": "\x00"}}
            outcomes.append(outcome)
        return {"value": outcomes}


# Conversations in all, no two with the same stranger: what a stranger can trip is the judge, and
# that is the same for every exercise of a kind, however many there are.
CONVERSATIONS = 1000


@pytest.mark.parametrize("name", exercises())
def test_the_judge_survives_any_values(name):
    """Is there a value, or a form of reply, that trips the judge or earns what it should not?"""
    exercise, names = exercises()[name], list(exercises())
    for seed in range(names.index(name), CONVERSATIONS, len(names)):
        try:
            verdict = judge(exercise, Answer(Stranger(seed), name), seed=7)
        except WorkerGone:
            continue
        assert verdict.earned < exercise.points
        page = as_html(verdict, everything=True) + as_text(verdict)
        assert len(page) < 50_000
        assert "<b>" not in as_html(verdict, everything=True)
        json.dumps(verdict.asdict(), ensure_ascii=False).encode()


WIDE = [torch.complex64, torch.complex32, torch.float8_e5m2, torch.bfloat16, torch.uint64]


@pytest.mark.filterwarnings("ignore:ComplexHalf support")
@pytest.mark.parametrize("dtype", WIDE, ids=str)
@pytest.mark.parametrize("wanted", [torch.float32, torch.bool, torch.complex64], ids=str)
def test_any_two_dtypes_can_be_compared(dtype, wanted):
    """Is a tensor of an odd dtype a wrong answer and not a crash?"""
    same = difference(torch.ones(2, 2).to(dtype), torch.ones(2, 2).to(wanted))
    assert (same is None) if dtype == wanted else (same.kind == "dtype")
    assert difference(torch.zeros(2, 2).to(dtype), torch.ones(2, 2).to(wanted)).kind == "value"


def test_numbers_beyond_floats_are_compared():
    """Is an int of hundreds of digits a wrong float, not a crash?"""
    for got in (10**400, -(10**400)):
        assert difference(got, 1.0).kind == "value"


def master_with_an_essay():
    own = {"grade_id": "essay", "solution": True, "grade": True, "locked": False}
    cell = nbformat.v4.new_markdown_cell("Write <b>here</b>.", metadata={"nbgrader": own})
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a < b and *c* > d, `x<y`", "a < b and *c* > d, `x<y`"),
        (
            "<script>alert(1)</script>",
            '<div class="written">&lt;script&gt;alert(1)&lt;/script&gt;</div>',
        ),
        (
            "<img src=x onerror=alert(1)>",
            '<div class="written">&lt;img src=x onerror=alert(1)&gt;</div>',
        ),
        ("<!-- --><?xml", '<div class="written">&lt;!-- --&gt;&lt;?xml</div>'),
        ("Write <b>here</b>.", "Write <b>here</b>."),  # as it was released
    ],
)
def test_prose_answers_are_text(said, kept):
    """Does a Markdown answer keep its words, and run nothing where an instructor reads it?"""
    submitted = [{"type": "markdown", "id": "essay", "source": said}]
    (cell,) = filled(master_with_an_essay(), submitted).cells
    assert cell.source == kept


def test_a_probe_trips_over_an_answer_and_not_over_the_reference():
    """Is what a strange value does to a probe an outcome, and a probe that is wrong a loud fault?"""

    class OfObjects:
        plain = False

        def use(self, answer, *args):
            return answer.method("state_dict")()

    outcome = outcome_of(OfObjects(), "no object at all", ())
    assert outcome.error["type"] == "AttributeError"
    with pytest.raises(AttributeError):
        outcome_of(OfObjects(), "no object at all", (), ours=True)
