"""What is moved out of a submission, whoever made its folders and however deep they are."""

import os
import sys
from pathlib import Path

import pytest
from a_class import STEM
from attacks.files import nested

from autograder.course.master import clear

NOBODY = 65534


@pytest.fixture
def submission(tmp_path, monkeypatch):
    """A submission in a course that anybody may look into."""
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith("pytest-"):
            break
        folder.chmod(0o755)
    folder = Path("submitted", "ada", STEM)
    folder.mkdir(parents=True)
    (folder / f"{STEM}.ipynb").write_text("{}", encoding="utf8")
    return folder


def test_folders_are_moved_whole(submission):
    """Is nobody made to walk through folders that have no end?"""
    nested(3000, "deeper")(submission, {})
    (submission / "data").mkdir()
    (submission / "data" / "table.csv").write_text("1,2", encoding="utf8")
    clear(submission)
    assert os.listdir(submission) == [f"{STEM}.ipynb"]
    aside = Path("set_aside", "ada", STEM, "1")
    assert (aside / "data" / "table.csv").read_text(encoding="utf8") == "1,2"
    assert (aside / "deeper" / "deeper").is_dir()
    os.system(f"rm -rf {aside}")  # too deep for whoever tidies up


def test_many_files_are_named_few_times(submission, caplog):
    """Does a learner with thousands of files fill the folder set aside, and not the log?"""
    for number in range(2000):
        (submission / f"{number}.csv").touch()
    clear(submission)
    assert len(os.listdir(Path("set_aside", "ada", STEM, "1"))) == 2000
    assert len(caplog.records) < 50
    assert "1980 more" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="to be somebody else, one has to be root")
def test_folders_that_nobody_may_change_are_cleared_as_well(submission):
    """Does a submission of which its author has taken all rights stop nobody?"""
    (submission / "locked" / "inner").mkdir(parents=True)
    (submission / "photo.png").write_text("x", encoding="utf8")
    for path in [Path.cwd(), *Path().rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    for path in (submission / "locked" / "inner", submission / "locked", submission):
        path.chmod(0o555)
    child = os.fork()
    if child == 0:
        try:
            os.setuid(NOBODY)
            clear(submission)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert os.listdir(submission) == [f"{STEM}.ipynb"]
    assert sorted(os.listdir(Path("set_aside", "ada", STEM, "1"))) == ["locked", "photo.png"]
