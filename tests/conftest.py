"""What every test runs under: no network, one thread, shapes in signatures enforced.

Owns what tests of several folders use and what takes seconds to make: the course folder, warm
commands, the browser.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"  # also for the kernels and workers that tests start

import jaxtyping
import pytest
import torch
from browser import started
from filelock import FileLock
from pages import ROOT
from warm import Commands

from autograder.__main__ import main

pytest_plugins = ["order", "unchanged"]
LONG = ("build", "batch", "stock", "fates")  # the book, a class of attackers, of the doomed
LONG_SECONDS = 1800
torch.set_num_threads(1)
# before anything imports solutions: a reference that breaks its own signature fails its tests
jaxtyping.install_import_hook("solutions", "beartype.beartype")


def pytest_collection_modifyitems(items):
    """What waits for one of these has the time that it takes on a busy machine."""
    for item in items:
        if set(LONG) & set(item.fixturenames):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))


@pytest.fixture(scope="session")
def everyones(request, tmp_path_factory):
    """A folder that all workers of a run see: what one of them has made, the others find there."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


# How far a search comes is a matter of time, and tests compare every letter; some switch it on.
NO_SEARCH = "c.Examine.repair_seconds = 0\n"


@pytest.fixture(scope="session")
def course(everyones):
    """A course folder with every chapter's source and released notebook. Not to be changed."""
    folder, whole = everyones / "released" / "course", everyones / "released" / "whole"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(everyones / "course.lock"):
        if not whole.exists():
            assert main(["release", "--course", str(folder)]) == 0
            whole.touch()
    return folder


@pytest.fixture(scope="session")
def commands(tmp_path_factory):
    """Commands of this project: `commands(folder, "nbgrader", "export")`."""
    with Commands(ROOT, tmp_path_factory.mktemp("commands")) as made:
        yield made


@pytest.fixture(scope="session")
def browser():
    """Chromium, for every test file of a session."""
    with started() as chromium:
        yield chromium
