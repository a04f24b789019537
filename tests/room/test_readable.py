"""The room opens what Python needs and nothing else, wherever a course, a home or an exchange lies."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from autograder.room import readable, sandbox, workers
from autograder.room.sandbox import NoSandbox
from autograder.room.workers import CANARY, Starter

TIERS = sandbox.available()
PREFIX, LIBRARIES = Path(sys.prefix), Path(sysconfig.get_path("purelib"))
BASE = Path(sys.base_prefix)
PLACES = {  # folders in which a course, an exchange or a home may lie
    "under /usr/local/share": Path("/usr/local/share"),
    "under /usr/share": Path("/usr/share"),
    "under /usr/lib": Path("/usr/lib"),
    "beside the system's libraries": Path(f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}"),
    "under the Python prefix": PREFIX,
    "under the base prefix": BASE,
    "beside its own libraries": BASE / "lib",
    "beside its programs": PREFIX / "bin",
    "under /opt": Path("/opt"),
    "under /etc": Path("/etc"),
    "in the temporary folder": Path("/tmp"),
}

if not TIERS:
    pytest.skip("nothing here can lock a worker in", allow_module_level=True)


@pytest.fixture(scope="module")
def closed():
    """In each of these folders where one may write: a course with a secret."""
    made = {}
    for name, place in PLACES.items():
        folder = place / f"course-of-{os.getpid()}"
        try:
            (folder / "submitted" / "ada").mkdir(parents=True)
        except OSError:
            continue
        (folder / "secret").write_text("secret", encoding="utf8")
        (folder / "submitted" / "ada" / "answer").write_text("42", encoding="utf8")
        made[name] = folder
    yield made
    for folder in made.values():
        shutil.rmtree(folder)


@pytest.fixture(scope="module", params=TIERS)
def starter(request, closed):
    with Starter(request.param, closed=closed.values()) as made:
        yield made


def reached(starter, *paths) -> list[str]:
    room = starter.worker()
    try:
        reply = room.ask({"verb": "reach", "files": [*map(str, paths)], "modules": []})
        return reply["value"]
    finally:
        room.close()


def test_a_course_is_closed_wherever_it_lies(starter, closed):
    """Does no worker read a course, list it, or list who submitted, even where Python lies?"""
    paths = [
        path
        for folder in closed.values()
        for path in (folder, folder / "secret", folder / "submitted", folder / "submitted" / "ada",
                     folder / "submitted" / "ada" / "answer")
    ]  # fmt: skip
    assert len(paths) >= 5
    assert reached(starter, *paths) == []


def test_what_nobody_named_is_closed_as_well(starter, tmp_path):
    """Are other parts of the system out of reach, although no one said that they are secret?"""
    (tmp_path / "file").write_text("x", encoding="utf8")
    paths = ["/", "/usr", "/usr/bin", "/usr/share", "/usr/local", "/usr/share/doc", "/etc", "/var",
             "/home", "/opt", "/srv", "/mnt", "/root", "/etc/hosts", "/etc/ssl", "/proc", "/sys",
             "/dev", "/run", PREFIX, PREFIX / "bin", PREFIX / "share", BASE / "share", BASE / "bin",
             BASE / "include", tmp_path, tmp_path / "file", "/usr/local/share/nbgrader"]  # fmt: skip
    assert reached(starter, *[path for path in map(Path, paths) if path.exists()]) == []


def test_python_finds_what_it_needs(starter):
    """Can modules that nothing has imported yet be imported, with the libraries they load?"""
    room = starter.worker()
    source = (
        "import sqlite3, ssl, zoneinfo, xml.dom.minidom, numpy, einops, safetensors, torch.fx\n"
    )
    source += (
        "zoneinfo.ZoneInfo('Europe/Berlin')\nimport datetime\ndatetime.datetime.now().astimezone()"
    )
    told = room.ask({"verb": "run", "cells": [["a", source]]})["value"]
    room.close()
    missing = [failure for failure in told if "No module named" not in failure["message"]]
    assert missing == []


@pytest.mark.parametrize("tier", TIERS)
def test_a_course_among_the_modules_is_refused(tier):
    """Where it cannot be closed, as Python lists the folder, is nothing graded and why said?"""
    folder = LIBRARIES / f"course-of-{os.getpid()}"
    folder.mkdir()
    try:
        with pytest.raises(NoSandbox, match=r"reach what it must not: .*must not lie in a folder"):
            Starter(tier, closed=[folder])
    finally:
        shutil.rmtree(folder)


def test_it_is_tried_again_for_another_course(starter, tmp_path, monkeypatch):
    """Is each course tried before it is graded, with a file of its own that is gone afterwards?"""
    folder = tmp_path / "course"
    folder.mkdir()
    starter.verify([folder])
    assert list(folder.iterdir()) == []
    seen = []
    ask = workers.Room.ask
    monkeypatch.setattr(
        workers.Room, "ask", lambda self, question: (seen.append(question), ask(self, question))[1]
    )
    starter.verify([folder])
    tried = [name for name in seen[0]["files"] if CANARY in name]
    assert any(name.startswith(str(folder)) for name in tried)
    assert any(name.startswith(str(Path.home())) for name in tried)


def test_closed_places_are_cut_out(tmp_path):
    """Is what stands beside a closed place still listed, and nothing below or above it?"""
    for name in ("lib/a/b", "lib/a/c", "lib/d"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lib" / "file").write_text("", encoding="utf8")
    lib = str(tmp_path / "lib")
    assert readable.without([lib], []) == [lib]
    assert readable.without([lib], [f"{lib}/a/b"]) == [f"{lib}/a/c", f"{lib}/d", f"{lib}/file"]
    assert readable.without([lib], [lib]) == []
    assert readable.without([f"{lib}/a"], [lib]) == [f"{lib}/a"]  # Python in somebody's home
    (tmp_path / "link").symlink_to(f"{lib}/a/b")
    assert readable.without([lib], [tmp_path / "link"])[0] == f"{lib}/a/c"
