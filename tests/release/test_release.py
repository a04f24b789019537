"""The command that releases chapters, beside nbgrader's own."""

import os
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from autograder.course.commands import prepare_course
from autograder.course.notebook import write_source
from autograder.exercise import chapters, exercises


def one_for_each_kind() -> list[str]:
    """Few chapters that ask for every kind of exercise that there is."""
    kinds = {exercise.kind for exercise in exercises().values()}
    asked = {
        stem: {exercises()[name].kind for name in chapter.exercises}
        for stem, chapter in chapters().items()
    }
    chosen = []
    while kinds:
        best = max(asked, key=lambda stem: (len(asked[stem] & kinds), -len(chapters()[stem].cells)))
        chosen.append(best)
        kinds -= asked[best]
    return chosen


STEMS = one_for_each_kind()


@pytest.fixture(scope="module")
def by_stock(commands, tmp_path_factory):
    """Released by nbgrader's own command, a process for each chapter."""
    folder = tmp_path_factory.mktemp("by_stock") / "course"
    prepare_course(folder)
    for stem in STEMS:
        write_source(chapters()[stem], folder)
        commands(folder, "nbgrader", "generate_assignment", stem)
    return folder


@pytest.fixture(scope="module")
def by_command(tmp_path_factory):
    folder = tmp_path_factory.mktemp("by_command") / "course"
    command = [sys.executable, "-m", "autograder", "release", *STEMS, "--course", str(folder)]
    subprocess.run(command, check=True)
    return folder


def listed(folder, stem) -> list[tuple]:
    """What the gradebook knows of an assignment's cells."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        (notebook,) = gradebook.find_assignment(stem).notebooks
        graded = [(cell.name, cell.max_score, cell.cell_type) for cell in notebook.grade_cells]
        kept = [(cell.name, cell.locked, cell.source) for cell in notebook.source_cells]
        return sorted(graded) + sorted(kept) + [cell.name for cell in notebook.solution_cells]


@pytest.mark.parametrize("stem", STEMS)
def test_the_command_leaves_what_the_stock_command_leaves(stem, by_command, by_stock):
    """Are source, release and gradebook the same to the byte, a process for each chapter or one?"""
    for step in ("source", "release"):
        ours, theirs = (folder / step / stem for folder in (by_stock, by_command))
        assert os.listdir(ours) == os.listdir(theirs) == [f"{stem}.ipynb"]
        ours, theirs = (folder / f"{stem}.ipynb" for folder in (ours, theirs))
        assert ours.read_bytes() == theirs.read_bytes()
        assert ours.stat().st_mode == theirs.stat().st_mode
    assert listed(by_stock, stem) == listed(by_command, stem)
    config = "nbgrader_config.py"
    assert (by_stock / config).read_bytes() == (by_command / config).read_bytes()


def test_the_command_releases_what_is_named_and_nothing_else(by_command):
    """Does a course folder hold the chapters that were asked for?"""
    for step in ("source", "release"):
        assert sorted(os.listdir(by_command / step)) == sorted(STEMS)
