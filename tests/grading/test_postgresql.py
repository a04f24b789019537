"""A course whose gradebook is in PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from a_class import STEM, rows

from autograder.course.grading import grade
from autograder.course.release import generate_assignment


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


def test_the_gradebook_may_be_in_postgresql(copied, postgresql, one_starter, commands):
    """Do release, both ways of grading, and export work on PostgreSQL as on SQLite?"""
    config = copied / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {postgresql!r}\n")
    assert generate_assignment(copied, STEM) == ""
    grade(copied, STEM)
    scores = {name: row["score"] for name, row in rows(copied, postgresql).items()}
    assert scores["right"] == 7
    assert scores["two_slips_in_one"] == 4.75
    commands(copied, "nbgrader", "autograde", STEM, "--force", "--log-level=ERROR")
    assert {name: row["score"] for name, row in rows(copied, postgresql).items()} == scores
    commands(copied, "nbgrader", "export", "--log-level=ERROR")
    assert "two_slips_in_one" in (copied / "grades.csv").read_text(encoding="utf8")
