"""Courses that several test files start from."""

import shutil

import pytest
from a_class import CHAPTER, STEM
from pages import ROOT
from warm import Commands

from autograder.course import grading
from autograder.course.samples import write_samples
from autograder.room.workers import Starter

FRAME = ROOT / "tests" / "frame_course"
SMALL = "small"


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The project with one chapter, three files of one stem, in place of its own."""
    folder = tmp_path_factory.mktemp("small")
    unlike = shutil.ignore_patterns("__pycache__", "checks")
    shutil.copytree(ROOT / "autograder", folder / "autograder", ignore=unlike)
    shutil.copy(ROOT / "_config.yml", folder)
    for path, name in {
        "autograder/checks/__init__.py": None,
        "solutions/__init__.py": None,
        f"autograder/checks/{SMALL}.py": "checks.py",
        f"solutions/{SMALL}.py": "solutions.py",
        f"chapters/9_small/01_{SMALL}.md": "chapter.md",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FRAME / name if name else ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="session")
def in_project(project, tmp_path_factory):
    """Commands of that small project."""
    with Commands(project, tmp_path_factory.mktemp("in_project")) as made:
        yield made


@pytest.fixture(scope="session")
def starter():
    """One clean process, for every grading in this process that need not start its own."""
    with Starter() as made:
        yield made


@pytest.fixture
def one_starter(starter, monkeypatch):
    """Gradings of this test take that clean process, which costs two seconds to start."""

    class Lent:
        def __init__(self, tier, limits, closed, later):
            assert (tier, limits) == (None, starter.limits)
            starter.verify(closed)

        def __getattr__(self, name):
            return getattr(starter, name)

        def close(self):
            pass

    monkeypatch.setattr(grading, "Starter", Lent)


def with_samples(course, folder):
    """A course of one's own with the sample submissions in it, one of them late."""
    shutil.copytree(course, folder)
    write_samples(CHAPTER, folder)
    late = folder / "submitted" / "right" / STEM / "timestamp.txt"
    late.write_text("2026-11-01 12:00:00 UTC", encoding="utf8")
    return folder


@pytest.fixture
def copied(course, tmp_path):
    """Those samples, not graded yet."""
    return with_samples(course, tmp_path / "course")


@pytest.fixture(scope="session")
def graded_class(course, tmp_path_factory):
    """Those samples, graded, and the summary. Not to be changed."""
    folder = with_samples(course, tmp_path_factory.mktemp("graded_class") / "course")
    return folder, grading.grade(folder, STEM)


@pytest.fixture
def graded(graded_class, tmp_path):
    """The same, to be changed."""
    folder, summary = graded_class
    return shutil.copytree(folder, tmp_path / "course"), summary
