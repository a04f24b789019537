"""Submissions whose file has another name than the one that was released."""

import shutil

import pytest
from a_class import STEM, autograded, rows
from bs4 import BeautifulSoup

from autograder.course import grading
from autograder.course.folder import Place

RIGHT, WRONG = "right", "blank"
CASES = {  # the files of a submission, whose content each has, points, what is said
    "Copy of": ({"Copy of self_attention.ipynb": RIGHT}, 7, "was called Copy of self_attention"),
    "again": ({"self_attention (1).ipynb": RIGHT}, 7, "was called self_attention (1).ipynb"),
    "odd": ({"Kopie `von` <b>é.ipynb": RIGHT}, 7, "was called Kopie ?von? ?b>é.ipynb"),
    "both": (
        {"self_attention.ipynb": RIGHT, "self_attention (1).ipynb": WRONG}, 7,
        "self_attention.ipynb was read, and not self_attention (1).ipynb beside it.",
    ),
    "several": (
        {"self_attention (1).ipynb": RIGHT, "self_attention (2).ipynb": WRONG}, 0,
        "There are 2 notebooks here and none is called self_attention.ipynb: self_attention "
        "(1).ipynb, self_attention (2).ipynb. Submit the one that is to count, alone.",
    ),
}  # fmt: skip


@pytest.fixture
def named(copied):
    """A course with one learner for each case, and no other."""
    samples = {learner: Place(copied, learner, STEM).submitted for learner in (RIGHT, WRONG)}
    samples = {learner: path.read_bytes() for learner, path in samples.items()}
    shutil.rmtree(copied / "submitted")
    for case, (files, _, _) in CASES.items():
        folder = Place(copied, case, STEM).submitted.parent
        folder.mkdir(parents=True)
        for name, learner in files.items():
            (folder / name).write_bytes(samples[learner])
    (copied / "secret").write_text("the same for both", encoding="utf8")
    return copied


def page(folder, learner) -> str:
    html = Place(folder, learner, STEM).feedback.read_text(encoding="utf8")
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def test_the_only_notebook_is_the_submission(named, one_starter, commands, tmp_path):
    """Does a name that a browser made cost nothing, at the first grading and at the next?"""
    stock = shutil.copytree(named, tmp_path / "stock")
    grading.grade(named, STEM)
    first = {case: page(named, case) for case in CASES}
    for case, (_, points, said) in CASES.items():
        assert rows(named)[case]["score"] == points, case
        assert said in first[case], first[case][:3000]
    grading.grade(named, STEM, force=True)
    assert {case: page(named, case) for case in CASES} == first
    for step in ("autograde", "generate_feedback"):
        commands(stock, "nbgrader", step, STEM, "--log-level=ERROR")
    assert rows(stock) == rows(named)
    for case in CASES:
        assert autograded(stock, case) == autograded(named, case)
        assert page(stock, case) == first[case]
