"""A course with one small exercise of every kind: released, answered, graded by hand, returned."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from warm import environment

STEM = "small"
TEXT = "The middle of 1, 2 and 900 is 2. <b>Their mean</b> is 301. " + "So it goes. " * 23
THEIR_TEST = """def examine_middle(middle):
    assert middle([3.0, 1.0, 2.0]) == 2.0
"""
# distance 1, running_mean 2, middle 2, grains 1, centred 1, left_over 1, claims_of_means 1,
# examine_middle 2, and why_the_middle 3, by hand
AUTOMATIC = {"right": 11, "blank": 0, "mixed": 1 + 0 + 2 + 1 + 1 + 1 + 1 + 0.5}


@pytest.fixture(scope="module")
def submitted(project, in_project):
    """A course folder in which three learners have handed something in."""
    in_project(project, "autograder", "release")
    in_project(project, "autograder", "samples")
    folder = project / "course"
    for learner in folder.joinpath("submitted").iterdir():
        if learner.name not in AUTOMATIC:
            shutil.rmtree(learner)
    notebook = nbformat.read(submission(folder, "right"), as_version=4)
    released = nbformat.read(folder / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    for cell, given in zip(notebook.cells, released.cells, strict=True):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if cell.metadata.get("llms_by_hand", {}).get("guess") == "grains":
            cell.source = "mine = 2**20\npredict('grains', mine)"
        if grade_id == "running_mean":
            cell.source = given.source.replace(
                "    return values", "    # as it was\n    return values"
            )
        cell.source = {"examine_middle": THEIR_TEST, "why_the_middle": TEXT}.get(
            grade_id, cell.source
        )
    submission(folder, "mixed").parent.mkdir(parents=True)
    nbformat.write(notebook, submission(folder, "mixed"))
    (folder / "secret").write_text("the same for both", encoding="utf8")
    return folder


@pytest.fixture(scope="module")
def graded(project, in_project, submitted):
    told = in_project(project, "autograder", "grade")
    assert "2 written answers to be graded by hand, in the formgrader." in told
    return submitted


def submission(folder, learner) -> Path:
    return folder / "submitted" / learner / STEM / f"{STEM}.ipynb"


def page(folder, learner) -> str:
    return (folder / "feedback" / learner / STEM / f"{STEM}.html").read_text(encoding="utf8")


def autograded(folder, learner):
    return nbformat.read(folder / "autograded" / learner / STEM / f"{STEM}.ipynb", as_version=4)


def rows(folder) -> dict:
    """What the gradebook says of each learner."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        return {
            s.student.id: {
                "score": s.score,
                "waits": s.needs_manual_grade,
                "grades": {
                    g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                    for n in s.notebooks
                    for g in n.grades
                },
                "comments": {c.name: c.comment for n in s.notebooks for c in n.comments},
            }
            for s in gradebook.assignment_submissions(STEM)
        }


# ---- graded by the machine


def test_the_machine_grades_what_it_can(graded):
    """Do functions, mended code and tests earn what they deserve, and does a text wait?"""
    found = rows(graded)
    assert {name: row["score"] for name, row in found.items()} == AUTOMATIC
    assert {name: row["waits"] for name, row in found.items()} == {
        "right": True, "blank": False, "mixed": True}  # fmt: skip
    assert found["mixed"]["grades"]["why_the_middle"] == (None, None, True)
    assert found["blank"]["grades"]["why_the_middle"] == (0, None, False)
    assert found["blank"]["comments"]["why_the_middle"] == "No response."
    verdicts = autograded(graded, "mixed").metadata["llms_by_hand"]["verdicts"]
    assert verdicts["running_mean"]["unchanged"]
    assert verdicts["examine_middle"]["headline"] == "It catches 1 of 3."


def test_a_guess_is_shown_and_not_run(graded):
    """Is a guess where the learner wrote it, with no cell of its own?"""
    cells = autograded(graded, "mixed").cells
    assert [cell.source for cell in cells if "predict('grains'" in cell.source] == [
        "mine = 2**20\npredict('grains', mine)"
    ]
    assert not [cell for cell in cells if cell.metadata.get("llms_by_hand") == "added"]


def test_a_text_waits_with_its_rubric_and_its_length(graded):
    """Does a learner whose text nobody has read see what it is read for, and no exemplar yet?"""
    told = BeautifulSoup(page(graded, "mixed"), "html.parser").get_text()
    for part in ("A case in which the mean is better, with the reason. (1.5)", "82 words; 80 to",
                 "Not graded yet: a person will read this.", "It does what it did when"):  # fmt: skip
        assert part in told, part
    assert "Take five rents" not in told
    assert "<b>Their mean</b>" in page(graded, "mixed"), "a tag that is let through"
    assert "Take five rents" in json.dumps(autograded(graded, "mixed").cells), "for who grades"


def test_stock_nbgrader_leaves_the_same(in_project, graded, tmp_path_factory):
    """Are gradebook, notebooks and pages those of the stock commands?"""
    stock = tmp_path_factory.mktemp("stock") / "course"
    stock.mkdir()
    for name in ("submitted", "source", "secret", "nbgrader_config.py"):
        source = graded / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, stock / name)
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        in_project(stock, "nbgrader", step, STEM, "--log-level=ERROR")
    one, other = ((f / "release" / STEM / f"{STEM}.ipynb").read_text() for f in (graded, stock))
    assert one == other
    assert rows(stock) == rows(graded)
    for learner in AUTOMATIC:
        mine, theirs = (autograded(folder, learner) for folder in (graded, stock))
        mine.metadata["llms_by_hand"].pop("digest")
        assert mine == theirs
        assert page(graded, learner) == page(stock, learner)


# ---- graded by a person


@pytest.fixture(scope="module")
def formgrader(project, graded):
    """The address of a Jupyter server with nbgrader's formgrader on the course, and its token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = project / "jupyter"
    settings.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", f"--port={port}",
         "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=secret", "--allow-root",
         "--ServerApp.port_retries=0", f"--ServerApp.root_dir={graded}",
         "--ServerApp.jpserver_extensions", "nbgrader.server_extensions.formgrader=True"],
        cwd=graded, env=environment(project) | {"JUPYTER_CONFIG_DIR": str(settings)},
        stdout=(settings / "log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 300
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/formgrader/api/status?token=secret")
                break
            assert process.poll() is None, (settings / "log").read_text()[-3000:]
            assert time.monotonic() < until, (settings / "log").read_text()[-3000:]
            time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait()


def test_a_person_grades_a_text_in_the_formgrader(project, in_project, graded, formgrader, browser):
    """Does a score given in nbgrader's own page reach the learner, and outlive regrading?"""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}", "llms_by_hand") as gradebook:
        number = gradebook.find_submission_notebook(STEM, STEM, "mixed").id
    who = {"Authorization": "token secret"}
    tab = browser.new_context(extra_http_headers=who).new_page()
    tab.set_default_timeout(180_000)
    tab.goto(f"{formgrader}/formgrader/submissions/{number}/")
    seen = tab.inner_text("body")
    assert "82 words; 80 to 150 were asked for." in seen
    assert "Take five rents" in seen, "who grades has the exemplar at hand"
    # its fields take what is typed once both have come
    tab.wait_for_function("formgrader.grades.loaded && formgrader.comments.loaded", timeout=60_000)
    for place, what, given in (
        ("#why_the_middle", "grade", "2.5"),
        ("#why_the_middle-comment", "comment", "A good example; why is the mean better?"),
    ):
        with tab.expect_response(
            lambda r, what=what: f"/api/{what}/" in r.url and r.request.method == "PUT"
        ):
            tab.locator(place).fill(given)
            tab.locator(place).press("Tab")
    tab.close()
    assert rows(graded)["mixed"]["score"] == AUTOMATIC["mixed"] + 2.5
    assert not rows(graded)["mixed"]["waits"]

    in_project(graded, "nbgrader", "generate_feedback", STEM, "--force", "--log-level=ERROR")
    told = BeautifulSoup(page(graded, "mixed"), "html.parser").get_text()
    assert re.search(r"Score: 2\.5\s*/\s*3\.0", told), "the score"
    assert "A good example; why is the mean better?" in told
    assert "Take five rents" in told, "the exemplar, now that it is graded"
    assert "Not graded yet" not in told
    assert "Not graded yet" in page(graded, "right")

    stock_page = page(graded, "mixed")
    for force in ((), ("--force",)):  # nothing to do; the same text again
        in_project(project, "autograder", "grade", *force)
        assert rows(graded)["mixed"]["grades"]["why_the_middle"][:2] == (None, 2.5)
    assert rows(graded)["mixed"]["waits"], "nbgrader asks for another look after each regrading"
    assert page(graded, "mixed") == stock_page

    path = submission(graded, "mixed")
    path.write_text(path.read_text().replace("So it goes.", "So be it."), encoding="utf8")
    in_project(project, "autograder", "grade")
    assert rows(graded)["mixed"]["grades"]["why_the_middle"] == (None, 2.5, True)
