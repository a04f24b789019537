"""Places in a graded class: on the page, in the summary, as skeletons; and what they must not do."""

import ast
import json
import shutil

import pytest
from a_class import CHAPTER, STEM, autograded, change

from autograder.__main__ import main
from autograder.course.folder import Course, Place
from autograder.course.grading import grade
from autograder.course.marks import OWN
from autograder.course.missing import NO_PLACE, missing
from autograder.course.places import Purse
from autograder.course.replay import replay
from autograder.course.samples import place
from autograder.exercise import exercises

HEAD = "def causal_mask(Tq, Tk):\n    "
WINDOW = HEAD + (
    "key, query = torch.arange(Tk), torch.arange(Tk - Tq, Tk)[:, None]\n"
    "    return (key <= query) & (key > query - Tq)\n"
)
# an edit of it may leave the process, or look for something to take along
HOSTILE = HEAD + (
    "import os\n"
    "    if Tq == -1:\n        os._exit(0)\n"
    "    if Tq != Tq:\n        open('/etc/hosts').read()\n"
    "    while Tq > 1000:\n        Tq += 1\n"
    "    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq) & (torch.arange(Tk) != 5)\n"
)
OTHER = HEAD + "return torch.eye(Tk, dtype=torch.bool)[:Tq] * 1 > 2\n"
LEARNERS = {"window": WINDOW, "window_too": WINDOW, "hostile": HOSTILE, "other": OTHER}


@pytest.fixture(scope="module")
def searched(course, tmp_path_factory):
    """A graded class of unexplained answers, and the summary. Not to be changed."""
    folder = tmp_path_factory.mktemp("places") / "course"
    shutil.copytree(course, folder)
    with (folder / "nbgrader_config.py").open("a", encoding="utf8") as config:
        config.write("c.Examine.repair_seconds = 1.0\n")
    for learner, source in LEARNERS.items():
        right = {name: exercises()[name].solution for name in CHAPTER.exercises}
        released = folder / "release" / STEM / f"{STEM}.ipynb"
        handed_in = place(folder, learner, CHAPTER)
        handed_in.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(released, handed_in)
        change(folder, learner, right | {"causal_mask": source})
    return folder, grade(folder, STEM)


def verdict_of(folder, learner) -> dict:
    return autograded(folder, learner)["metadata"][OWN]["verdicts"]["causal_mask"]


def test_the_place_is_on_the_page_and_earns_nothing(searched):
    """Does the learner read where, and what; with the same points as without?"""
    folder, _ = searched
    told = verdict_of(folder, "window")
    assert told["place"]["text"].strip() == "return (key <= query) & (key > query - Tq)"
    assert told["earned"] < told["points"]
    page = Place(folder, "window", STEM).feedback.read_text(encoding="utf8")
    assert "Look once more at" in page
    assert "in place of" in page


def test_a_search_that_comes_to_harm_costs_nothing(searched):
    """Are the other answers of a submission whose edits misbehave right all the same?"""
    folder, _ = searched
    verdicts = autograded(folder, "hostile")["metadata"][OWN]["verdicts"]
    assert [v["status"] for v in verdicts.values()] == ["wrong", "right", "right"]
    assert verdicts["causal_mask"]["earned"] < 2


def test_where_no_edit_mends_it_nothing_is_said(searched):
    """Does the page say then that it is none of the known mistakes?"""
    folder, _ = searched
    assert verdict_of(folder, "other")["place"] is None
    page = Place(folder, "other", STEM).feedback.read_text(encoding="utf8")
    assert "Nobody has described this mistake yet" in page


def test_the_summary_counts_places(searched):
    """Does an instructor read which edit mends most answers?"""
    lines = "\n".join(searched[1].lines())
    assert "    2  causal_mask: with `key <= query` in place of" in lines
    assert "python -m autograder missing" in lines


def test_what_is_missing_comes_as_skeletons(searched, capsys):
    """Are the most frequent first, what no edit mends last, and is each a function for checks?"""
    folder, _ = searched
    entries = missing(Course(folder), STEM)
    assert len(entries[0].answers) == 2
    assert entries[-1].change == NO_PLACE
    assert main(["missing", STEM, "--course", str(folder)]) == 0
    printed = capsys.readouterr().out
    made = [node for node in ast.parse(printed).body if isinstance(node, ast.FunctionDef)]
    assert len(made) == len(entries)
    assert [a.arg for a in made[0].args.args] == exercises()["causal_mask"].parameters
    assert "2 answers" in printed


def test_replay_asks_for_the_verdict_and_not_for_the_search(searched):
    """Is a verdict the same whether or not the search had time?"""
    folder, _ = searched
    shutil.copy(folder / "nbgrader_config.py", folder / "kept.py")
    with open(folder / "nbgrader_config.py", "a") as config:
        config.write("c.Examine.repair_seconds = 0\n")
    try:
        told, same = replay(folder, STEM, "window")
    finally:
        shutil.move(folder / "kept.py", folder / "nbgrader_config.py")
    assert same
    assert "Look once more" not in told


def test_searches_take_no_longer_than_the_rest():
    """Does a class of unexplained answers take at most twice its time?"""
    purse, spent = Purse(), 0.0
    purse.fill(0.1, most=1.0)
    for _ in range(100):
        spent += max(0.0, min(1.0, purse.left))
        purse.left -= max(0.0, min(1.0, purse.left))
        purse.fill(0.1, most=1.0)
    assert spent <= 100 * 0.1 + 1.0


def test_a_verdict_with_a_place_is_plain_data(searched):
    """Can everything about it be written as JSON and read again?"""
    told = verdict_of(searched[0], "window")
    assert json.loads(json.dumps(told)) == told
