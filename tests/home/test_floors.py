"""The set-up cell on a runtime that is older than the course: it says so, and what to do."""

import re
import sys
import tomllib
from types import ModuleType

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from pages import ROOT

from autograder.course.notebook import setup_cell
from autograder.home import floors

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
REAL = floors.version


@pytest.fixture
def older(monkeypatch):
    """A runtime with transformers 5.0.0."""
    monkeypatch.setattr(floors, "version", lambda n: "5.0.0" if n == "transformers" else REAL(n))


def run_setup() -> None:
    """The set-up cell, as IPython runs it where the course is installed."""
    source = TransformerManager().transform_cell(setup_cell().source)  # `%pip` is not reached
    exec(compile(source, "setup", "exec"), {})


def test_a_runtime_that_is_new_enough_is_not_spoken_of(capsys):
    """Is nothing said where everything fits?"""
    run_setup()
    assert capsys.readouterr().out == ""


def test_an_old_package_is_named_with_its_floor(older, capsys):
    """Does a learner read what is there, what is needed, and what to type?"""
    needed = floors.floors()["transformers"]
    run_setup()
    said = capsys.readouterr().out
    assert f"transformers 5.0.0 is installed here; this course needs {needed} or later." in said
    assert f'%pip install -U "transformers>={needed}"' in said
    assert "restart the kernel" in said


def test_on_colab_the_runtime_is_chosen(older, capsys, monkeypatch):
    """Is the way out there a menu of Colab's?"""
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    run_setup()
    assert "Runtime, Change runtime type, Runtime version: Latest" in capsys.readouterr().out


@pytest.mark.parametrize("installed", [True, False])
def test_the_floors_are_those_of_the_project(installed, monkeypatch):
    """Are they written once, whether the course is installed or run from its folder?"""
    if not installed:
        monkeypatch.setattr(floors, "COURSE", "no-such-course")
    wanted = dict(
        re.match(r"([\w.-]+)>=([\d.]+)", line).groups() for line in PROJECT["dependencies"]
    )
    assert floors.floors() == wanted
    assert not re.search(r">=\s*\d", setup_cell().source)


@pytest.mark.parametrize(
    ("low", "high"),
    [("5.0.0", "5.15"), ("5.9", "5.15"), ("2.10.0+cpu", "2.11"), ("5.14.9rc1", "5.15"), ("", "1")],
)
def test_releases_are_compared_as_numbers(low, high):
    """Is 5.9 older than 5.15, and a build's name no part of it?"""
    assert floors.numbers(low) < floors.numbers(high)


def test_equal_releases_are_equal():
    """Are 5.15, 5.15.0 and 5.15.0.post1+cu12 all new enough for 5.15?"""
    assert floors.numbers("5.15.0") == floors.numbers("5.15")
    assert floors.numbers("2.11.0+cu128") == floors.numbers("2.11")
