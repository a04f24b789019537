"""Where a small edit mends it: the card that grows in a notebook, and a hint that says more."""

import os
import time
from html import unescape

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from terminal import IMPORTS

from autograder.exercise import exercises
from autograder.home import searching
from autograder.home.card import as_text
from autograder.judge import Verdict
from autograder.judge.place import QUESTIONS, Place
from autograder.room.rooms import Here

WRONG = """def softmax(x, dim):
    e = (x - x.amax(dim=dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-3)
"""
CELLS = {
    "setup": "import time\nfrom autograder import check, hint\n" + IMPORTS,
    "wrong": WRONG + "check('softmax')",
    "next": "begun = time.monotonic()\nsum(range(10))",
    "waits": "while time.monotonic() < begun + 5:\n    time.sleep(0.1)",
    "numbers": "torch.manual_seed(0)\ncheck('softmax')\ntorch.rand(1).item()",
    "hint": "hint('softmax')",
    "hint again": "hint('softmax')",
    "hint once more": "hint('softmax')",
    "mended": WRONG.replace(" + 1e-3", "") + "hint('softmax')",
}
STUCK = """def softmax(x, dim):
    while True:
        pass
"""


@pytest.fixture(scope="module")
def notebook():
    """Texts of what each cell shows, after one run in a real kernel."""
    made = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    NotebookClient(made, kernel_name="python3", timeout=120).execute()
    shown = {}
    for name, cell in zip(CELLS, made.cells, strict=True):
        outputs = [o for o in cell.outputs if o.output_type in ("execute_result", "display_data")]
        assert len(outputs) == len(cell.outputs), cell.outputs
        shown[name] = [unescape(o.data.get("text/html", o.data["text/plain"])) for o in outputs]
    return shown


def test_the_card_grows_below_the_cell_that_checks(notebook):
    """Does the place appear there once it is found, with the spot marked, and not what to do?"""
    card, grown = notebook["wrong"]
    assert "look" not in card
    assert "Look once more at" in grown
    assert "in line 3" in grown
    assert "<mark>+ 1e-3</mark>" in grown
    assert "in place of" not in grown


def test_the_next_cell_does_not_wait(notebook):
    """Does the next cell run as ever, with nothing of the search in it?"""
    assert notebook["next"] == ["45"]


def test_numbers_of_the_notebook_are_left_alone(notebook):
    """Does a cell that draws numbers draw the same as without a search?"""
    import torch

    assert notebook["numbers"][0] == str(torch.rand(1, generator=torch.manual_seed(0)).item())


def test_each_hint_says_more(notebook):
    """Is it told where, then what, then how; and nothing of it once the answer is right?"""
    first, second, third = (notebook[n][0] for n in ("hint", "hint again", "hint once more"))
    assert "Look once more at" in first
    assert "in place of" not in first
    assert "in place of" in second
    assert "return e / (e.sum(dim, keepdim=True))" not in second
    assert "return e / (e.sum(dim, keepdim=True))" in third
    assert "All of it holds" in notebook["mended"][0]
    assert "Look once more" not in notebook["mended"][0]


@pytest.mark.skipif(not searching.can_fork(), reason="this system cannot fork safely")
def test_a_search_that_hangs_is_given_up(monkeypatch):
    """Does the kernel get its answer in time, and is no process left behind?"""
    monkeypatch.setattr(searching, "found_place", lambda *_: time.sleep(60))
    monkeypatch.setattr(searching, "SECONDS", 0.2)
    begun = time.monotonic()
    search = searching.Searching(exercises()["softmax"], Here({}))
    assert search.wait() is None
    assert time.monotonic() - begun < 10
    with pytest.raises(ChildProcessError):
        os.waitpid(search.child, os.WNOHANG)


@pytest.mark.skipif(not searching.can_fork(), reason="this system cannot fork safely")
def test_a_search_that_dies_says_nothing(monkeypatch):
    """Is a process that ends by itself, or writes half a word, taken for silence?"""
    monkeypatch.setattr(searching, "found_place", lambda *_: os._exit(3))
    assert searching.Searching(exercises()["softmax"], Here({})).wait() is None


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_place_is_asked_about_in_every_kind(kind):
    """Is there a whole question, with the line and the spot under it in a terminal?"""
    place = Place(4, "    a = b[1:]", 9, 11, kind, "In line 4, try it.", "without", "    a = b")
    verdict = Verdict("softmax", "Softmax", 2.0, place=place)
    text = as_text(verdict)
    assert place.question.endswith(QUESTIONS[kind])
    assert "[1" in place.question
    assert "        a = b[1:]\n             ^^\n" in text
    assert "try it" not in text
    verdict.closer = 1
    assert "In line 4, try it." in as_text(verdict)
    verdict.names = ["known"]
    assert "Look once more" not in as_text(verdict)
