"""Grading a class: the same as stock nbgrader, again and again, killed, and in two at once."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from autograder.__main__ import environment
from autograder.chapter import chapters
from autograder.course import Course, Place
from autograder.grading import grade
from autograder.master import OWN, own
from autograder.replay import replay
from autograder.samples import place, sample_answers, write_samples

STEM = "self_attention"
CHAPTER = chapters()[STEM]
CLASS = 24


@pytest.fixture
def copied(course, tmp_path):
    """A course of one's own with the sample submissions in it."""
    folder = tmp_path / "course"
    shutil.copytree(course, folder)
    write_samples(CHAPTER, folder)
    return folder


def rows(folder: Path, url: str | None = None) -> dict:
    """All that the gradebook says of each learner's submission."""
    with Gradebook(url or f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        return {
            submission.student.id: {
                "score": submission.score,
                "timestamp": submission.timestamp,
                "needs_manual_grade": submission.needs_manual_grade,
                "cells": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                },
                "comments": {
                    comment.name: comment.comment
                    for notebook in submission.notebooks
                    for comment in notebook.comments
                },
                "penalties": [n.late_submission_penalty for n in submission.notebooks],
            }
            for submission in gradebook.assignment_submissions(STEM)
        }


def nbgrader(folder: Path, *arguments):
    command = [sys.executable, "-m", "nbgrader", *arguments, "--log-level=ERROR"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def autograded(folder: Path, learner: str) -> dict:
    notebook = json.loads(Place(folder, learner, STEM).autograded.read_text(encoding="utf8"))
    notebook["metadata"][OWN].pop("digest", None)
    for cell in notebook["cells"]:
        cell.pop("id")
    return notebook


def test_it_leaves_what_the_stock_commands_leave(copied):
    """Are gradebook, notebooks and pages those of `nbgrader autograde` and `generate_feedback`?"""
    late = copied / "submitted" / "right" / STEM / "timestamp.txt"
    late.write_text("2026-11-01 12:00:00 UTC", encoding="utf8")
    ours = copied.with_name("ours")
    shutil.copytree(copied, ours)
    (ours / "secret").write_text("the same for both", encoding="utf8")
    shutil.copy(ours / "secret", copied / "secret")
    grade(ours, STEM)
    nbgrader(copied, "autograde", STEM)
    nbgrader(copied, "generate_feedback", STEM)
    assert rows(ours) == rows(copied)
    assert len(rows(ours)) == 6
    for learner in rows(copied):
        assert autograded(ours, learner) == autograded(copied, learner)
        ours_at, stock_at = Place(ours, learner, STEM), Place(copied, learner, STEM)
        # nbconvert parses and writes the finished page once more; ours leaves that out
        page = BeautifulSoup(ours_at.feedback.read_text(encoding="utf8"), "html.parser")
        assert str(page) == stock_at.feedback.read_text(encoding="utf8")
        for path in ("autograded", "feedback"):
            modes = [getattr(p, path).stat().st_mode for p in (ours_at, stock_at)]
            assert modes[0] == modes[1]


def test_an_unchanged_submission_is_not_graded_again(copied):
    """Is work done once, done again when the submission changes, and when asked?"""
    assert sum(grade(copied, STEM).outcomes.values()) == 6
    written = Place(copied, "right", STEM).autograded.stat().st_mtime_ns
    again = grade(copied, STEM)
    assert (sum(again.outcomes.values()), again.skipped) == (0, 6)
    assert Place(copied, "right", STEM).autograded.stat().st_mtime_ns == written
    change(copied, "right", sample_answers(CHAPTER)["one_slip_in_each_of_two"])
    changed = grade(copied, STEM)
    assert (sum(changed.outcomes.values()), changed.skipped) == (1, 5)
    assert rows(copied)["right"]["score"] == 3
    assert sum(grade(copied, STEM, force=True).outcomes.values()) == 6


def change(folder: Path, learner: str, answers: dict):
    path = place(folder, learner, CHAPTER)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(own(cell).get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def test_the_same_submission_gets_the_same_score(copied):
    """Is a grade the same to the last digit when it is given again, by one or by two processes?"""
    grade(copied, STEM)
    first = rows(copied), {name: autograded(copied, name) for name in rows(copied)}
    grade(copied, STEM, jobs=2, force=True)
    assert (rows(copied), {name: autograded(copied, name) for name in rows(copied)}) == first


def test_a_manual_grade_survives(copied):
    """Does a grade that an instructor gave by hand stay, and reach the page?"""
    grade(copied, STEM)
    with Gradebook(f"sqlite:///{copied / 'gradebook.db'}", "llms_by_hand") as gradebook:
        given = gradebook.find_grade("causal_mask-check", STEM, STEM, "blank")
        given.manual_score = 1.5
        comment = gradebook.find_comment("causal_mask", STEM, STEM, "blank")
        comment.manual_comment = "Seen on paper"
        gradebook.db.commit()
    grade(copied, STEM, force=True)
    assert rows(copied)["blank"]["score"] == 1.5
    assert rows(copied)["blank"]["needs_manual_grade"]
    assert "Seen on paper" in Place(copied, "blank", STEM).feedback.read_text(encoding="utf8")


def test_the_summary_tells_what_an_instructor_wants_first(copied):
    """Are outcomes counted and the class's misconceptions named?"""
    told = "\n".join(grade(copied, STEM).lines())
    assert "6 graded" in told
    assert "1  unreadable" in told
    assert "2  scaled_dot_product_attention: no scale" in told


def test_a_verdict_can_be_replayed(copied):
    """Can a learner's complaint be looked into, and is a changed submission noticed?"""
    grade(copied, STEM)
    before = rows(copied), Place(copied, "two_slips_in_one", STEM).autograded.read_bytes()
    told, same = replay(copied, STEM, "two_slips_in_one")
    assert same
    assert "Two things at once" in told
    assert (rows(copied), Place(copied, "two_slips_in_one", STEM).autograded.read_bytes()) == before
    change(copied, "two_slips_in_one", sample_answers(CHAPTER)["right"])
    told, same = replay(copied, STEM, "two_slips_in_one")
    assert not same
    assert "the submission has changed since" in told
    with pytest.raises(LookupError, match=r"Graded are: .*right"):
        replay(copied, STEM, "nobody")


def test_an_assignment_that_was_never_released_is_an_error_with_a_way_out(copied):
    """Does the message say which command is missing?"""
    with pytest.raises(LookupError, match="python -m autograder release"):
        grade(copied, "no_such_chapter")
    with pytest.raises(FileNotFoundError, match="Make one: python -m autograder release"):
        Course(copied / "source")


# ---- killed, and two at once


def fill(folder: Path):
    """A class whose answers repeat the samples'."""
    samples = sorted(sample_answers(CHAPTER))
    for number in range(CLASS):
        source = place(folder, samples[number % len(samples)], CHAPTER)
        shutil.copy(source, place(folder, f"learner{number:02}", CHAPTER))


def grading(folder: Path, *options) -> subprocess.Popen:
    command = [sys.executable, "-m", "autograder", "grade", STEM, "--course", str(folder), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def finished(folder: Path) -> dict[str, int]:
    """Learners whose grading is complete, and when their notebook was written."""
    places = [place for place in Course(folder).places(STEM) if place.graded()]
    return {place.learner: place.autograded.stat().st_mtime_ns for place in places}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on_where_it_stopped(copied, jobs):
    """After kill -9 at random moments, is nothing lost, and nothing finished done again?"""
    fill(copied)
    draw, stamps = random.Random(jobs), {}
    for _ in range(2):
        run = grading(copied, "--jobs", str(jobs))
        until = time.monotonic() + 60
        more = len(stamps) + draw.randint(1, 6)
        while len(finished(copied)) < more and time.monotonic() < until and run.poll() is None:
            time.sleep(draw.uniform(0.01, 0.08))
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        now = finished(copied)
        assert len(now) > len(stamps)
        assert {name: now[name] for name in stamps} == stamps
        stamps = now
    assert len(stamps) < CLASS + 6
    told, _ = grading(copied, "--jobs", str(jobs)).communicate(timeout=120)
    assert f"{len(stamps)} unchanged" in told
    now = finished(copied)
    assert len(now) == CLASS + 6
    assert {name: now[name] for name in stamps} == stamps
    scores = {name: row["score"] for name, row in rows(copied).items()}
    samples = sorted(sample_answers(CHAPTER))
    expected = {f"learner{n:02}": scores[samples[n % len(samples)]] for n in range(CLASS)}
    assert {name: scores[name] for name in expected} == expected
    assert not list(copied.rglob("*.part"))


def test_two_graders_take_turns(copied):
    """Do two graders on one gradebook leave one whole result?"""
    fill(copied)
    runs = [grading(copied), grading(copied)]
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("Another grader is at work" in text for text in told) <= 1
    assert sum(f"{CLASS + 6} graded" in text for text in told) == 1
    assert sum(f"{CLASS + 6} unchanged" in text for text in told) == 1
    assert len(rows(copied)) == CLASS + 6


# ---- PostgreSQL


@pytest.fixture
def postgresql(tmp_path):
    """The address of a database on a server of this test's own."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not tools:
        message = "no PostgreSQL server here: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    data, sockets = tmp_path / "data", tmp_path / "sockets"
    data.mkdir()
    sockets.mkdir()
    user = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        for folder in [data, sockets]:
            shutil.chown(folder, "nobody")
        for folder in [tmp_path, *tmp_path.parents[:3]]:  # down from the system's own
            if folder.stat().st_uid == 0 and folder != Path(tempfile.gettempdir()):
                folder.chmod(0o755)
        user = {"user": "nobody"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": data}
    make = [tools[-1] / "initdb", "-D", data, "-U", "course", "--auth=trust", "--no-sync"]
    subprocess.run(make, check=True, **quiet, **user)
    options = ["-D", data, "-k", sockets, "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen([tools[-1] / "postgres", *options], **quiet, **user)
    try:
        until = time.monotonic() + 30
        while not list(sockets.glob(".s.PGSQL.*[0-9]")) and time.monotonic() < until:
            time.sleep(0.05)
        yield f"postgresql+psycopg2://course@/postgres?host={sockets}"
    finally:
        server.terminate()
        server.wait()


def test_the_gradebook_may_be_in_postgresql(copied, postgresql):
    """Do release, both ways of grading, and export work on PostgreSQL as on SQLite?"""
    config = copied / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {postgresql!r}\n")
    nbgrader(copied, "generate_assignment", STEM, "--force")
    grade(copied, STEM, jobs=2)
    scores = {name: row["score"] for name, row in rows(copied, postgresql).items()}
    assert scores["right"] == 7
    assert scores["two_slips_in_one"] == 4.75
    nbgrader(copied, "autograde", STEM, "--force")
    assert {name: row["score"] for name, row in rows(copied, postgresql).items()} == scores
    nbgrader(copied, "export")
    assert "two_slips_in_one" in (copied / "grades.csv").read_text(encoding="utf8")
