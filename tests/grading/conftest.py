"""Courses that several test files start from."""

import shutil

import pytest
from pages import ROOT
from warm import Commands

FRAME = ROOT / "tests" / "frame_course"
SMALL = "small"


@pytest.fixture(scope="session")
def commands(tmp_path_factory):
    """Commands of this project: `commands(folder, "nbgrader", "export")`."""
    with Commands(ROOT, tmp_path_factory.mktemp("commands")) as made:
        yield made


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
