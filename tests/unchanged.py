"""Tests of an exercise that passed and on which nothing has changed since are not run again.

Owns: what a test of an exercise depends on, and the stamps under build/, which git ignores. A
fresh clone has none: there every test runs. `--all` runs every test anyway.
"""

import hashlib
import re
import sys
from functools import cache
from pathlib import Path

import pytest
from pages import ROOT

from autograder.exercise import Exercise

STAMPS = ROOT / "build" / "passed"
SHARED = ("autograder/exercise", "autograder/judge", "autograder/room", "autograder/author",
          "tests/every_exercise", "tests/answers.py", "tests/unchanged.py", "constraints.txt",
          "autograder/checks/__init__.py")  # fmt: skip
CHECKS = re.compile(r"^from (autograder\.checks[\w.]*) import", re.MULTILINE)


@cache
def digest_of(path: Path) -> bytes:
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    sha = hashlib.sha256(sys.version.encode())
    for file in files:
        sha.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return sha.digest()


def files_of(exercise) -> set[Path]:
    """The files that declare an exercise, with those that they import, and its chapter."""
    package = ROOT / "autograder" / "checks" / exercise.module
    waiting = [package / f"{exercise.name}.py", package / f"{exercise.name}_mistakes.py"]
    found = {ROOT / "solutions" / f"{exercise.module}.py"}
    while waiting:
        path = waiting.pop()
        if path in found or not path.exists():
            continue
        found.add(path)
        for name in CHECKS.findall(path.read_text(encoding="utf8")):
            place = ROOT.joinpath(*name.split("."))
            waiting += [place.with_suffix(".py"), place / "__init__.py"]
    return found | set((ROOT / "chapters").rglob(f"*_{exercise.module}.md"))


def stamp_of(item) -> Path | None:
    """Where it is kept that this test passed; None for tests of no exercise, or of no chapter."""
    exercise = getattr(item, "callspec", None) and item.callspec.params.get("exercise")
    if item.path.parent.name != "every_exercise" or not isinstance(exercise, Exercise):
        return None  # a kind of which there is no exercise gives a test of nothing
    if not (ROOT / "solutions" / f"{exercise.module}.py").exists():
        return None
    sha = hashlib.sha256(item.nodeid.encode())
    for path in (*(ROOT / name for name in SHARED), *sorted(files_of(exercise))):
        sha.update(digest_of(path))
    others = [getattr(exercise, "of", None), *exercise.needs]
    sha.update(repr(others).encode())
    return STAMPS / sha.hexdigest()


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="run unchanged tests of exercises, too")


def pytest_collection_modifyitems(config, items):
    left_out = []
    for item in items:
        item.stamp = stamp_of(item)
        if item.stamp and item.stamp.exists() and not config.getoption("--all"):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        config.left_out = len(left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" and report.passed and item.stamp:
        STAMPS.mkdir(parents=True, exist_ok=True)
        item.stamp.touch()
    return report


def pytest_terminal_summary(terminalreporter, config):
    if left_out := getattr(config, "left_out", 0):
        terminalreporter.write_line(
            f"{left_out} tests of unchanged exercises have passed before and were left out; "
            "--all runs them."
        )
