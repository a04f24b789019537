"""`try`: what an author is told of an exercise that is not finished."""

import re

import pytest

from autograder.author import trial
from autograder.author.quick import judged
from autograder.author.trivial import fulfilled, unearned
from autograder.exercise import exercises

REFERENCE = '''
def stretched(x: Float[Tensor, "N"], k: int) -> Float[Tensor, "N"]:
    """Numbers k times as large: k * x.

    Source: arithmetic.
    """
    return k * x
'''
CHECK = """
import torch

from autograder.exercise import Exercise, agree


def draw(g):
    return {
        "k is 3": (torch.randn(5, generator=g), 3),
        "k is 5": (torch.randn(4, generator=g), 5),
    }


ours = Exercise(
    "rounding.stretched", title="Stretched", points=1, difficulty=1, minutes=5, examples=draw,
)


@ours.oracle("torch.mul")
def _(x, k):
    return torch.mul(x, k)


@ours.claim("ones become k")
def _(answer):
    agree(answer(torch.ones(2), 3), torch.full((2,), 3.0))


ours.slip("return k * x", "return k + x", name="added", seen="What is 2 times 3?", why="A sum.")


@ours.misconception(seen="What is 5 times 2?", why="A power.")
def raised(x, k):
    return x**k


@ours.misconception(seen="What is 1 times 2?", why="A copy.")
def copied(x, k):
    return x.clone()
"""


@pytest.fixture
def tried(workshop, command):
    """Writes an exercise into the copy and tries it; gives the exit status and what was said."""
    command("new", "6_quantization/09_rounding", "stretched")

    def run(more="", old="", new="", reference=REFERENCE):
        text = CHECK.replace(old, new) if old else CHECK
        assert not old or text != CHECK
        check = workshop / "autograder/checks/rounding/stretched.py"
        check.write_text(text + more, encoding="utf8")
        module = workshop / "solutions/rounding.py"
        head = "from jaxtyping import Float\nfrom torch import Tensor\n"
        module.write_text(head + reference, encoding="utf8")
        return command("try", "stretched")

    return run


def test_a_finished_exercise_leaves_nothing_to_mend(tried):
    """Is a sound exercise called so, with right plurals, and with what each claim tells apart?"""
    status, said = tried()
    assert (status, "Nothing to mend." in said) == (0, True), said
    assert "2 examples, 1 claim," in said
    assert "holds for 0 of 3 mistakes\n" in said


def test_a_mistake_that_does_not_end_is_named(tried, monkeypatch):
    """Does `try` come back, and say which mistake hangs and on which case?"""
    monkeypatch.setattr(trial, "SECONDS", 0.5)
    status, said = tried(
        "@ours.misconception(seen='When does it stop?', why='Never.')\n"
        "def waiting(x, k):\n    while len(x) == 4:\n        pass\n    return -x\n"
    )
    assert status == 1
    assert "`waiting` does not end when k is 5: it had 0.5 seconds" in said


def test_a_skeleton_is_told_what_it_lacks(workshop, command):
    """Does a fresh skeleton run, and hear of its oracle and of its mistakes?"""
    command("new", "6_quantization/09_rounding", "stretched")
    status, said = command("try", "stretched")
    assert status == 1
    assert "import the library here" in said
    assert "0 mistakes are known by name; three are few" in said


def test_a_claim_that_zeros_fulfil_is_named(tried):
    """Is it said which claim pays which answer for nothing, although it is rounded away?"""
    said = tried(
        "@ours.claim('nothing in, nothing out')\n"
        "def _(answer):\n    agree(answer(torch.zeros(2), 3), torch.zeros(2))\n"
    )[1]
    assert "it pays zeros and the first argument: ask for something" in said
    assert "zeros as an answer: it earns 0.25" in said


def test_noise_may_be_lucky_now_and_then(tried):
    """Is a claim that noise fulfils half the time told from one that asks enough?"""
    tried(
        "@ours.claim('a positive sum stays positive')\n"
        "def _(answer):\n    assert answer(torch.ones(2), 3).sum() > 0\n"
        "    assert answer(-torch.ones(2), 3).sum() < 0\n"
    )
    exercise = exercises()["stretched"]
    lucky = "a positive sum stays positive"
    assert 0.1 < fulfilled(exercise)[lucky]["noise"] < 0.5
    assert "noise" in unearned(exercise)[lucky]


def test_mistakes_with_the_same_outputs_are_told_of_each_other(tried):
    """Does each of the two learn which other one hides it, and what can be done?"""
    said = tried(
        "@ours.misconception(seen='Is k used?', why='It is not.')\n"
        "def unused(x, k):\n    return x + 0\n"
    )[1]
    assert "gives the same outputs as `unused`, so neither is named" in said
    assert "gives the same outputs as `copied`, so neither is named" in said
    assert "give one an alias, or add an example" in said


def test_an_excuse_that_excuses_nothing_is_a_fault(tried):
    """Does `try` notice what the tests would notice?"""
    status, said = tried("ours.excuse('no such line', 'for no reason')\n")
    assert status == 1
    assert re.search(r"excuse\('no such line', ...\)   <-- it excuses nothing", said)


def test_a_slip_that_the_docstring_holds_too_is_counted_there(tried):
    """Is it said why a fragment that stands once in the code matches twice?"""
    status, said = tried("", '"return k * x", "return k + x"', '"k * x", "k + x"')
    assert status == 1
    assert "slip 'added' matches 2 times, 1 of them in the docstring, which counts too" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("never_defined\n", [r"checks/rounding/stretched.py:\d+: never_defined", "NameError: "]),
        ("def half(:\n", [r"checks/rounding/stretched.py:\d+: def half\(:", "SyntaxError: "]),
        ("ours.slip('x\\n', 'x +\\n', name='a', seen='b', why='c')\n", [r": a>:\d+: return k \* x \+"]),
        ("ours.excuse('a')\n", [r"stretched.py:\d+: ours.excuse", "TypeError: "]),
    ],
)  # fmt: skip
def test_an_error_in_an_authors_file_is_told_by_its_place(tried, more, words):
    """Is it file, line and message that come, and no traceback through the judge?"""
    status, said = tried(more)
    assert status == 1
    assert all(re.search(word, said) for word in words), said
    assert "Traceback" not in said
    assert "author/trial.py" not in said


def test_a_reference_that_is_not_there_is_said_to_be_missing(tried):
    """Does the message name the module, where a name was written in two ways?"""
    said = tried(reference=REFERENCE.replace("def stretched", "def stretch"))[1]
    assert "'solutions.rounding' has no attribute 'stretched'" in said


# ---- one answer in a file


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)", 0, "All of it holds."),
        ("print('a'); return torch.ones(Tq, Tk, dtype=torch.bool).tril()", 1, "which positions"),
        ("return undefined", 1, "Line 2 of your cell"),
        ("import os; os._exit(3)", 1, "ended its own process"),
    ],
)
def test_one_answer_gets_its_card(workshop, command, body, status, words):
    """Is an answer in a file judged like a cell, whatever it does to its process?"""
    file = workshop / "answer.py"
    file.write_text(f"def causal_mask(Tq, Tk):\n    {body}\n", encoding="utf8")
    found, said = command("try", "causal_mask", file)
    assert (found, words in said) == (status, True), said


def test_an_answer_that_never_ends_is_ended():
    """Does an author get the terminal back?"""
    source = "def causal_mask(Tq, Tk):\n    while True:\n        pass\n"
    card, right = judged(exercises()["causal_mask"], source, 0, seconds=2)
    assert not right
    assert "had not answered after 2 seconds" in card
