"""What the author's commands write, written beside the repository and not into it.

Owns: a temporary copy of chapters, references and checks, and exercises that only it has.
"""

import shutil
import sys

import pytest
from pages import ROOT

import autograder.checks
import solutions
from autograder.__main__ import main
from autograder.author import nursery, skeleton, trial, trouble
from autograder.author.mutants import mutants
from autograder.exercise import chapter, registry

COPIED = ("chapters", "solutions", "autograder/checks")


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A copy of what `new` writes into; exercises in it are found, and forgotten afterwards."""
    for name in COPIED:
        no_cache = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=no_cache)
    for exercise in registry.exercises().values():  # so that only the copy's are forgotten
        assert exercise.reference
    known = dict(registry._EXERCISES)
    loaded = set(sys.modules)
    for module in (skeleton, trouble):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(skeleton, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(chapter, "ROOT", tmp_path / "chapters")
    for package, folder in ((solutions, "solutions"), (autograder.checks, "autograder/checks")):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / folder)])
    monkeypatch.setattr(trial, "Nursery", SameProcess)
    chapter.chapters.cache_clear()
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    chapter.chapters.cache_clear()
    registry._EXERCISES.clear()
    registry._EXERCISES.update(known)
    for name in set(sys.modules) - loaded:
        if name.startswith(("solutions.", "autograder.checks.")):
            del sys.modules[name]


class SameProcess:
    """In the place of a `Nursery`, whose process does not know the exercises of a test."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def survivors(self, exercise, told=None):
        made = mutants(exercise.solution)
        alive = [vars(mutant) for mutant in made if nursery.passes(exercise, mutant)]
        return {"made": len(made), "alive": alive}


@pytest.fixture
def command(capsys):
    """Runs a command; gives its exit status and what it printed, with what it ended with."""

    def run(*arguments):
        registry.find.cache_clear()  # a command finds what was written before it
        try:
            status = main([str(argument) for argument in arguments])
            said = ""
        except SystemExit as end:
            status, said = 1, str(end.code)
        captured = capsys.readouterr()
        run.complained = captured.err
        return status, captured.out + said

    return run
