"""`own`: what of a learner's notebooks runs, what comes along, and what stays as it is."""

import json
import random
import sys
from types import ModuleType

import nbformat
import pytest
import torch
from learners import WRONG, is_the_books, told

from autograder.course.notebook import source_notebook
from autograder.exercise import chapters, exercises
from autograder.home import as_graded, saved
from autograder.home import own as taking
from autograder.home.own import own

# ---- what runs


USING = """
from collections import OrderedDict

PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]

def rest():
    return [b for b in range(256) if b not in PRINTABLE]

def bytes_to_unicode():
    table = OrderedDict((b, chr(b)) for b in PRINTABLE)
    table.update((b, chr(256 + n)) for n, b in enumerate(rest()))
    return dict(table)
"""


def test_helpers_of_the_same_cell_come_along(desk, capsys):
    """Do imports, constants and functions beside the answer work, and see no one else's?"""
    desk("right", bytes_to_unicode=USING)
    function = own("tokenization.bytes_to_unicode")
    assert told(capsys)["bytes_to_unicode"][0] == "yours"
    assert function() == exercises()["bytes_to_unicode"].reference()


def test_helpers_of_other_cells_come_along_and_nothing_else_runs(desk, tmp_path, capsys):
    """Does a helper cell give its helper, and what stands around it stay where it is?"""
    helpers, _, answer = USING.partition("def bytes_to_unicode")
    helpers += "\nopen('ran', 'w').write('')\nraise SystemExit\n"
    desk("right", bytes_to_unicode=f"def bytes_to_unicode{answer}", more=[helpers])
    assert not is_the_books(own("tokenization.bytes_to_unicode"))
    assert not (tmp_path / "ran").exists()


def test_helpers_of_one_name_in_two_notebooks_do_not_meet(desk):
    """Does each function see its own helper, and a name of this notebook's stay what it is?"""
    mine = "def helper(x):\n    return x\n"
    low = exercises()["LoRALinear"].solution
    desk("right", bytes_to_unicode=USING.replace("rest", "helper"))
    desk("right", "low_rank.ipynb", "low_rank", LoRALinear=mine + low)
    first, second = own("tokenization.bytes_to_unicode", "low_rank.LoRALinear")
    assert not is_the_books(first)
    assert not is_the_books(second)
    assert len(first()) == 256


DECODE = """def bpe_decode(tokens, *rest):
    table = bytes_to_unicode()
    return book(tokens, *rest) if len(table) == 256 else None
"""


def decoding(body: str) -> str:
    solution = exercises()["bpe_decode"].solution
    return f"{solution.replace('def bpe_decode', 'def book')}\n\n{body}"


@pytest.mark.parametrize(("used", "whose"), [(USING, "yours"), (WRONG, "the book's")])
def test_what_an_answer_uses_of_its_chapter_comes_along(desk, capsys, used, whose):
    """In the learner's version where that is accepted, else in the book's?"""
    desk("right", bytes_to_unicode=used, bpe_decode=decoding(DECODE))
    decode = own("tokenization.bpe_decode")
    assert told(capsys)["bpe_decode"][0] == "yours"
    mine = decode.__globals__["bytes_to_unicode"]
    assert (mine.__module__ == "__main__") == (whose == "yours")


def test_what_an_answer_uses_of_earlier_chapters_comes_along(desk, capsys):
    """Are the learner's own functions inside the learner's own, and is it said where they are not?"""
    desk("right", "decoders.ipynb", "decoders")
    block = own("decoders.gpt2_block")
    assert told(capsys)["gpt2_block"][1].endswith("with the book's gelu and layer_norm")
    assert is_the_books(block.__globals__["layer_norm"])
    desk("right", "the_block.ipynb", "the_block")
    block = own("decoders.gpt2_block")
    assert told(capsys)["gpt2_block"] == ("yours", "accepted, from decoders.ipynb")
    assert not is_the_books(block.__globals__["layer_norm"])


def test_the_last_of_two_definitions_counts(desk, capsys):
    """As in Python?"""
    desk("right", bytes_to_unicode=WRONG + USING)
    own("tokenization.bytes_to_unicode")
    assert told(capsys)["bytes_to_unicode"][0] == "yours"


def test_magics_do_not_get_in_the_way(desk, capsys):
    """Is a cell that is timed a cell like any other?"""
    desk("right", bytes_to_unicode=f"%%time\n{USING}")
    own("tokenization.bytes_to_unicode")
    assert told(capsys)["bytes_to_unicode"][0] == "yours"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("def bytes_to_unicode(:\n    pass", "SyntaxError"),
        ("from solutions.tokenization import bytes_to_unicode", "is the book's own, imported"),
        ("while True: pass\ndef bytes_to_unicode(): pass", "stopped after 0.2 seconds"),
        ("exit()\n" + WRONG, "Not yet"),
        ("bytes_to_unicode = 7", "bytes_to_unicode"),
    ],
)
def test_cells_that_define_nothing_of_use_get_a_line(desk, capsys, monkeypatch, answer, said):
    """Does what cannot be read, ends, loops or is the book's own take nothing down?"""
    monkeypatch.setattr(taking, "SECONDS", 0.2)
    desk("right", bytes_to_unicode=answer)
    assert is_the_books(own("tokenization.bytes_to_unicode"))
    assert said in told(capsys)["bytes_to_unicode"][1]


def test_nothing_here_is_changed_by_it(desk, capfd):
    """Do prints stay away, and random numbers go on where they were?"""
    noisy = "import random, sys, torch\nprint('x', file=sys.stderr)\nrandom.seed(3)\n"
    desk("right", bytes_to_unicode=f"{noisy}torch.manual_seed(3)\n{USING}")
    before = random.getstate(), torch.get_rng_state(), torch.get_num_threads()
    own("tokenization.bytes_to_unicode")
    after = random.getstate(), torch.get_rng_state(), torch.get_num_threads()
    assert before[0] == after[0]
    assert torch.equal(before[1], after[1])
    assert before[2] == after[2]
    assert capfd.readouterr().err == ""


def test_what_was_judged_is_remembered_until_it_changes(desk, monkeypatch):
    """Is a cell that runs again quick, and does a new version count?"""
    desk("right")
    first = own("tokenization.bytes_to_unicode")
    real = taking.run_and_judge
    monkeypatch.setattr(taking, "run_and_judge", lambda *_: pytest.fail("judged twice"))
    assert own("tokenization.bytes_to_unicode") is first
    monkeypatch.setattr(taking, "run_and_judge", real)
    desk("right", bytes_to_unicode=WRONG)
    assert is_the_books(own("tokenization.bytes_to_unicode"))


def test_the_limit_is_that_of_a_check():
    """Does a cell get as long as a check of it would?"""
    assert taking.SECONDS == as_graded.SECONDS


def test_a_notebook_is_read_as_text(desk, tmp_path):
    """Do source lines kept one by one, and cells without an id, make the same cell?"""
    path = desk("right")
    raw = json.loads(path.read_text("utf8"))
    for cell in raw["cells"]:
        cell.pop("id", None)
        cell["metadata"] = []
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    path.write_text(json.dumps(raw), "utf8")
    assert not is_the_books(own("tokenization.bytes_to_unicode"))


def test_on_colab_the_way_out_is_a_drive(desk, capsys, monkeypatch):
    """Does a session without files say how they get there?"""
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert is_the_books(own("tokenization.train_bpe"))
    assert f"drive.mount('{saved.MOUNT}')" in capsys.readouterr().out


@pytest.mark.parametrize("stem", ["many_heads", "prefill_and_decode", "scaling_laws"])
def test_every_right_answer_of_a_chapter_is_taken(desk, tmp_path, capsys, stem):
    """Are all functions of a chapter the learner's own, as they are when they are checked?"""
    nbformat.write(source_notebook(chapters()[stem]), tmp_path / f"{stem}.ipynb")
    names = [name for name in chapters()[stem].exercises if not exercises()[name].in_prose]
    own(*(f"{stem}.{name}" for name in names))
    assert {name: whose for name, (whose, _) in told(capsys).items()} == dict.fromkeys(
        names, "yours"
    )
