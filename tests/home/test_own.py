"""`own`: whose a function is, where notebooks are looked for, and what is no notebook."""

import pytest
import torch
from learners import STEM, WRONG, is_the_books, told

from autograder.exercise import chapters, exercises
from autograder.home import saved
from autograder.home.own import own

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
