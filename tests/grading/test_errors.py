"""Courses that cannot be graded: the command ends in words, with what came, what fits, what to do."""

import errno
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from a_class import STEM, change
from attacks.batch import descendants
from test_stopped import started

from autograder.__main__ import main
from autograder.course import folder
from autograder.course.commands import in_words
from autograder.course.examiner import secret_of
from autograder.course.grading import grade
from autograder.course.replay import plain, replay


def without_a_release(course):
    shutil.rmtree(course / "release" / STEM)


def without_a_gradebook(course):
    (course / "gradebook.db").unlink()


def with_random_bytes(course):
    (course / "gradebook.db").write_bytes(os.urandom(10_000))


def with_half_a_gradebook(course):
    path = course / "gradebook.db"
    path.write_bytes(path.read_bytes()[:5000])


def with_an_empty_gradebook(course):
    (course / "gradebook.db").write_bytes(b"")


def with_a_folder_as_gradebook(course):
    (course / "gradebook.db").unlink()
    (course / "gradebook.db").mkdir()


def with_an_empty_secret(course):
    (course / "secret").write_text(" \n", encoding="utf8")


def with_a_folder_as_secret(course):
    (course / "secret").unlink(missing_ok=True)
    (course / "secret").mkdir()


def with_a_configuration_that_is_no_python(course):
    (course / "nbgrader_config.py").write_text("c = get_config(\n", encoding="utf8")


def with_a_release_that_is_no_notebook(course):
    (course / "release" / STEM / f"{STEM}.ipynb").write_text("{", encoding="utf8")


def with_a_lock_that_is_a_folder(course):
    (course / "grading.lock").mkdir()


def gone(course):
    shutil.rmtree(course)


TROUBLES = {
    without_a_release: f"There is no .*{STEM}.ipynb.*python -m autograder release",
    without_a_gradebook: "There is no gradebook .*python -m autograder release",
    with_random_bytes: "file is not a database.*put its last copy back",
    with_half_a_gradebook: "malformed.*put its last copy back",
    with_an_empty_gradebook: "python -m autograder release",
    with_a_folder_as_gradebook: "There is no gradebook .*python -m autograder release",
    with_an_empty_secret: "secret is empty.*delete it",
    with_a_folder_as_secret: "cannot be graded: Is a directory",
    with_a_configuration_that_is_no_python: "nbgrader_config.py cannot be loaded.*SyntaxError",
    with_a_release_that_is_no_notebook: "is no notebook.*python -m autograder release",
    with_a_lock_that_is_a_folder: "cannot be graded: Is a directory",
    gone: "is no course folder. Make one",
}


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_a_course_that_cannot_be_graded_is_told_in_words(copied, trouble, capsys):
    """Does one read what is wrong and what to do, and no traceback, with a status that is not 0?"""
    trouble(copied)
    with pytest.raises(SystemExit) as ended:
        main(["grade", STEM, "--course", str(copied)])
    assert isinstance(ended.value.code, str), "words, and with them status 1"
    said = " ".join(ended.value.code.split())
    assert re.search(TROUBLES[trouble], said), said
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_itself_ends_with_words_and_a_status(copied):
    """Without nbgrader's own commands on the path and without a gradebook, is something said?"""
    without_a_gradebook(copied)
    command = [sys.executable, "-m", "autograder", "grade", STEM, "--course", str(copied)]
    env = os.environ | {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=200)
    assert done.returncode == 1
    assert "There is no gradebook" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_locked_gradebook_is_said_to_be_locked(copied, capsys):
    """Does one learn that another program holds it, and that nothing is lost?"""
    other = sqlite3.connect(copied / "gradebook.db")
    other.execute("begin exclusive")
    with pytest.raises(SystemExit) as ended:
        main(["grade", STEM, "--course", str(copied)])
    other.close()
    said = " ".join(ended.value.code.split())  # words, and with them status 1
    assert "database is locked" in said
    assert "close what has it open" in said
    assert "Traceback" not in said + capsys.readouterr().err
    assert not (copied / ".grading").exists()


@pytest.mark.parametrize("number", ["EROFS", "EACCES", "ENOSPC", "ENOENT"])
def test_the_systems_errors_are_told_in_words(number):
    """Is an error of the system more than its number?"""
    code = getattr(errno, number)
    said = in_words(OSError(code, os.strerror(code), "course/secret"), "course")
    assert os.strerror(code) in said
    assert "course/secret" in said
    assert "read-only" in said


def test_a_course_that_nobody_may_write_is_said_to_be_so(copied, monkeypatch):
    """Is a read-only disk a sentence?"""

    class Refused:
        def __init__(self, path):
            self.path = path

        def acquire(self, **options):
            raise OSError(30, "Read-only file system", str(self.path))

    monkeypatch.setattr(folder, "FileLock", Refused)
    with pytest.raises(SystemExit, match=r"Read-only file system.*see that the disk"):
        main(["grade", STEM, "--course", str(copied)])


# ---- the secret, and what is printed


def test_an_empty_secret_gives_no_seed(tmp_path):
    """Is a secret that anybody knows refused, and one that is not there made?"""
    (tmp_path / "secret").write_text("\n", encoding="utf8")
    with pytest.raises(ValueError, match="secret is empty, so anybody could work out"):
        secret_of(tmp_path / "secret")
    (tmp_path / "secret").unlink()
    assert len(secret_of(tmp_path / "secret")) == 64


def test_a_replay_prints_nothing_that_a_terminal_obeys(copied, one_starter, monkeypatch):
    """Is a learner's escape sequence shown, and not followed?"""
    assert plain("a\x1b[2Jb\x9b\u202e\r\n\tä🙂") == "a\\x1b[2Jb\\x9b\\u202e\\r\n\tä🙂"
    change(
        copied,
        "right",
        {"causal_mask": "def causal_mask(Tq, Tk):\n    raise ValueError('\\x1b[2J')"},
    )
    grade(copied, STEM)
    told, same = replay(copied, STEM, "right")
    assert same
    assert "\x1b" not in told
    assert "ValueError: \\x1b[2J" in told


# ---- killed while it starts


@pytest.mark.parametrize("seconds", [0.5, 2.0, 4.0, 6.0])
def test_a_grader_that_is_killed_while_it_starts_leaves_nobody(copied, seconds):
    """Is no process left that waits for ever for a grader that is gone?"""
    run = started(copied, "--jobs", "2")
    time.sleep(seconds)
    left = descendants(run.pid)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    ends = time.monotonic() + 30
    while time.monotonic() < ends and any(alive(pid) for pid in left):
        time.sleep(0.1)
    assert not [pid for pid in left if alive(pid)]


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
