"""What every test runs under: no network, one thread, shapes in signatures enforced.

Owns what tests of several folders use and what takes seconds to make: the course folder, the
browser.
"""

import os
import subprocess
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"  # also for the kernels and workers that tests start

import jaxtyping
import pytest
import torch
from browser import started

torch.set_num_threads(1)
# before anything imports solutions: a reference that breaks its own signature fails its tests
jaxtyping.install_import_hook("solutions", "beartype.beartype")


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A course folder with every chapter's source and released notebook. Not to be changed."""
    folder = tmp_path_factory.mktemp("released") / "course"
    command = [sys.executable, "-m", "autograder", "release", "--course", str(folder)]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture(scope="session")
def browser():
    """Chromium, for every test file of a session."""
    with started() as chromium:
        yield chromium
