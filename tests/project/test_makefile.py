"""The Makefile in a folder whose path has a space in it."""

import os
import shutil
import subprocess

import pytest
from pages import ROOT

STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "{log}"
if [ "$1" = build ]; then mkdir -p _build/html; fi
"""


@pytest.fixture
def folder(tmp_path):
    """A copy of what make reads, with commands that only write down how they were called."""
    made = tmp_path / "a course" / "of mine"
    made.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, made)
    (made / "course" / "release").mkdir(parents=True)
    return made


def make(folder, *targets):
    log = folder / "log"
    stubs = folder / "stubs"
    stubs.mkdir(exist_ok=True)
    for name in ("python", "pip", "jupyter", "jupyter-book"):
        (stubs / name).write_text(STUB.format(log=log), encoding="utf8")
        (stubs / name).chmod(0o755)
    # the python that makes the environment puts the stubs into it
    venv = folder / "venv-python"
    venv.write_text("#!/bin/sh\nmkdir -p .venv/bin && cp stubs/* .venv/bin/\n", encoding="utf8")
    venv.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        ["make", "PYTHON=./venv-python", *targets],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return log.read_text(encoding="utf8").splitlines()


@pytest.mark.parametrize(
    "target", ["course", "book", "book-zip", "notebooks", "samples", "grade", "lab", "serve",
               "test", "bench"]
)  # fmt: skip
def test_every_target_works_where_the_path_has_a_space(folder, target):
    """Does make reach its last command?"""
    assert make(folder, target)


def test_the_book_is_zipped_under_its_version(folder):
    """Does the zip get its name and its folder?"""
    called = make(folder, "book-zip")[-1]
    assert called.startswith("python -m zipfile -c llms-by-hand-")
    name = called.split()[-1]
    assert (folder / "_build" / name).resolve() == folder / "_build" / "html"
