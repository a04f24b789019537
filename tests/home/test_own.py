"""`own`: what of a learner's notebooks comes along into another chapter, and what is said of it."""

import json
import os
import random
import shutil
import sys
from types import ModuleType

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell

from autograder.__main__ import main
from autograder.course.marks import own as mark
from autograder.course.notebook import source_notebook
from autograder.course.samples import write_samples
from autograder.exercise import chapters, exercises
from autograder.home import as_graded, saved
from autograder.home import own as taking
from autograder.home.own import own

STEM = "tokenization"
WRONG = "def bytes_to_unicode():\n    return {}\n"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """A course with the sample submissions of two chapters; one of them asks for a class."""
    course = tmp_path_factory.mktemp("samples")
    for stem in (STEM, "low_rank"):
        assert main(["release", "--course", str(course), stem]) == 0
        write_samples(chapters()[stem], course)
    return course / "submitted"


@pytest.fixture
def desk(tmp_path, monkeypatch, samples):
    """A learner's folder: `desk(sample, name, **answers)` puts a notebook there, newest last."""
    monkeypatch.setattr(saved, "COLAB", ())
    monkeypatch.chdir(tmp_path)
    taking.judged.clear()
    made = []

    def put(sample="right", name=f"{STEM}.ipynb", stem=STEM, more=(), **answers):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / sample / stem / f"{stem}.ipynb", path)
        if answers or more:
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                cell.source = answers.get(mark(cell).get("grade_id"), cell.source)
            notebook.cells[3:3] = map(new_code_cell, more)
            nbformat.write(notebook, path)
        made.append(path)
        os.utime(path, (1e9 + len(made), 1e9 + len(made)))
        return path

    return put


def told(capsys) -> dict[str, tuple[str, str]]:
    """By function: whose it is, and why."""
    out, err = capsys.readouterr()
    assert err == ""
    rows = [line.split("  ") for line in out.splitlines()[1:]]
    rows = [[part.strip() for part in row if part.strip()] for row in rows]
    return {row[0]: tuple(row[1:]) for row in rows if len(row) == 3}


def is_the_books(function) -> bool:
    return function is exercises()[function.__name__].reference


# ---- whose it is


def test_what_was_accepted_is_the_learners_own(desk, capsys):
    """Does a right notebook give the learner's functions, and do they work?"""
    desk("right")
    train, encode = own("tokenization.train_bpe", "tokenization.bpe_encode")
    assert not is_the_books(train)
    assert not is_the_books(encode)
    assert train.__module__ == "__main__"
    assert told(capsys) == {
        "train_bpe": ("yours", "accepted, from tokenization.ipynb"),
        "bpe_encode": ("yours", "accepted, from tokenization.ipynb"),
    }
    book = exercises()["train_bpe"].reference
    corpus = {"low": 5, "lower": 2}
    assert train(corpus, 3) == book(corpus, 3)


def test_one_name_gives_a_function_and_not_a_tuple(desk):
    """Can `f = own("tokenization.f")` be called?"""
    desk("right")
    assert callable(own("tokenization.bytes_to_unicode"))
    assert callable(own("bytes_to_unicode"))


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("one_slip_in_each_of_two", "Not yet the book's function. "),
        ("raises", "Your code raised an error. NameError: name 'undefined_name' is not defined"),
        ("blank", "not written yet (tokenization.ipynb)"),
        ("not_a_notebook", "tokenization.ipynb is broken or half saved: open it and save it again"),
    ],
)
def test_what_was_not_accepted_is_the_books(desk, capsys, sample, said):
    """Does the book stand in for what is wrong, unwritten or unreadable, with the reason?"""
    desk(sample)
    first = next(iter(sorted_exercises(sample)))
    assert is_the_books(own(f"{STEM}.{first}"))
    whose, why = told(capsys)[first]
    assert whose == "the book's"
    assert said in why


def sorted_exercises(sample):
    """The exercise in which a sample has its fault comes first."""
    names = list(chapters()[STEM].exercises)
    if sample == "one_slip_in_each_of_two":
        return [name for name in names if exercises()[name].slips]
    return names


def test_where_there_is_no_notebook_the_book_stands_in(desk, capsys):
    """Is the way out said where nothing was found, and nothing raised?"""
    function = own("tokenization.train_bpe")
    assert is_the_books(function)
    out = capsys.readouterr().out
    assert "no notebook of “Tokenization" in out
    assert 'say where, with folder="..." at the end of own().' in out


def test_a_class_comes_along_as_well(desk, capsys):
    """Is a class the learner's own, with its methods?"""
    desk("right", "low_rank.ipynb", "low_rank")
    LoRALinear = own("low_rank.LoRALinear")
    assert not is_the_books(LoRALinear)
    assert issubclass(LoRALinear, torch.nn.Module)
    assert told(capsys)["LoRALinear"][0] == "yours"


@pytest.mark.parametrize("name", ["tokenization.train_bep", "low_rank.train_bpe", 3, "x"])
def test_a_name_that_is_no_exercise_is_told(desk, name):
    """Does a misspelt name say what there is?"""
    with pytest.raises(ValueError, match=r"own\(\) got .* Did you mean one of these: \w+\.\w+"):
        own(name)


# ---- where notebooks lie


@pytest.mark.parametrize(
    ("name", "here", "folder"),
    [
        ("tokenization.ipynb", ".", None),
        ("tokenization/tokenization.ipynb", "low_rank", None),
        ("1_nlp/tokenization.ipynb", ".", None),
        ("1_nlp/tokenization.ipynb", "5_fine_tuning", None),
        ("1_nlp/tokenization/tokenization.ipynb", "5_fine_tuning/low_rank", None),
        ("Copy of tokenization.ipynb", ".", None),
        ("tokenization (1).ipynb", ".", None),
        ("tokenization-Copy1.ipynb", ".", None),
        ("03_tokenization.ipynb", ".", None),
        ("mine/tokenization.ipynb", ".", "mine"),
        ("mine/tokenization/tokenization.ipynb", ".", "../{here}/mine"),
    ],
)
def test_notebooks_are_found_where_learners_keep_them(desk, tmp_path, monkeypatch, name, here,
                                                      folder):  # fmt: skip
    """Beside this one, in a folder for each chapter, under a name that a download gave it?"""
    desk("right", name)
    (tmp_path / here).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / here)
    folder = folder and folder.format(here=tmp_path.name)
    assert not is_the_books(own("tokenization.bytes_to_unicode", folder=folder))


def test_a_mounted_drive_is_searched(desk, tmp_path, monkeypatch):
    """Does Colab's own folder of notebooks count?"""
    desk("right", "drive/Colab Notebooks/Copy of tokenization.ipynb")
    monkeypatch.setattr(saved, "COLAB", (tmp_path / "drive" / "Colab Notebooks",))
    assert not is_the_books(own("tokenization.bytes_to_unicode"))


def test_a_notebook_of_another_chapter_is_not_taken_for_one(tmp_path):
    """Are chapters told apart of which one has the other's name in its own?"""
    assert saved.chapter_of("Copy of encoder_decoders (2)") == "encoder_decoders"
    assert saved.chapter_of("02_decoders") == "decoders"
    assert saved.chapter_of("my tokenization") == "tokenization"
    assert saved.chapter_of("other_tokenizers") == "other_tokenizers"
    assert saved.chapter_of("detokenization") == ""


def test_a_folder_that_is_not_there_is_told(desk, capsys):
    """Does a misspelt folder get a line, and the cells below go on?"""
    assert is_the_books(own("tokenization.train_bpe", folder="nowhere"))
    assert "There is no folder 'nowhere'." in capsys.readouterr().out


def test_of_several_copies_the_newest_accepted_one_counts(desk, capsys):
    """Does a copy that was begun anew not take away what was accepted?"""
    desk("right", "tokenization.ipynb")
    desk("right", "tokenization-Copy1.ipynb")
    desk("blank", "tokenization (1).ipynb")
    assert not is_the_books(own("tokenization.bytes_to_unicode"))
    assert told(capsys)["bytes_to_unicode"] == (
        "yours", "accepted, from tokenization-Copy1.ipynb")  # fmt: skip


def test_of_copies_without_an_accepted_one_an_attempt_is_told(desk, capsys):
    """Is what was tried last said, before what was not begun?"""
    desk("right", "tokenization.ipynb", bytes_to_unicode=WRONG)
    desk("blank", "tokenization (1).ipynb")
    own("tokenization.bytes_to_unicode")
    assert told(capsys)["bytes_to_unicode"][1].endswith("(tokenization.ipynb)")


# ---- files that are no notebooks


NO_NOTEBOOKS = {
    "empty": b"", "half": b'{"cells": [{"cell_type": "code", "sou', "bytes": bytes(range(256)),
    "a list": b"[]", "old": b'{"nbformat": 3, "worksheets": []}', "deep": b"[" * 100_000,
    "odd cells": b'{"cells": [1, null, {"cell_type": "code", "source": 7}, {"cell_type": []}]}',
}  # fmt: skip


@pytest.mark.parametrize("raw", NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_a_file_that_is_no_notebook_gets_a_line(desk, tmp_path, capsys, raw):
    """Is a broken, half saved or old file told, never raised?"""
    (tmp_path / "tokenization.ipynb").write_bytes(raw)
    assert is_the_books(own("tokenization.train_bpe"))
    assert "tokenization.ipynb" in told(capsys)["train_bpe"][1]


def test_a_huge_file_is_not_read(desk, capsys, monkeypatch):
    """Does a notebook full of pictures get a line that says what to do?"""
    desk("right")
    monkeypatch.setattr(saved, "MOST_BYTES", 1000)
    assert is_the_books(own("tokenization.train_bpe"))
    assert "clear its outputs and save it" in told(capsys)["train_bpe"][1]


def test_neither_a_folder_nor_a_dead_link_is_a_notebook(desk, tmp_path):
    """Is only a file read?"""
    (tmp_path / "tokenization.ipynb").mkdir()
    (tmp_path / "tokenization (1).ipynb").symlink_to(tmp_path / "nothing")
    assert is_the_books(own("tokenization.train_bpe"))


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
    assert "drive.mount('/content/drive')" in capsys.readouterr().out


@pytest.mark.parametrize("stem", ["many_heads", "prefill_and_decode", "scaling_laws"])
def test_every_right_answer_of_a_chapter_is_taken(desk, tmp_path, capsys, stem):
    """Are all functions of a chapter the learner's own, as they are when they are checked?"""
    nbformat.write(source_notebook(chapters()[stem]), tmp_path / f"{stem}.ipynb")
    names = [name for name in chapters()[stem].exercises if not exercises()[name].in_prose]
    own(*(f"{stem}.{name}" for name in names))
    assert {name: whose for name, (whose, _) in told(capsys).items()} == dict.fromkeys(
        names, "yours"
    )
