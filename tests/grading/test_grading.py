"""Grading end to end, with the real nbgrader commands, once for all tests here."""

import csv
import json
import shutil
from copy import deepcopy

import nbformat
import pytest
from answers import written
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from pages import ROOT

from autograder.course.examiner import seed_for
from autograder.course.marks import own
from autograder.course.master import set_aside
from autograder.course.samples import place, sample_answers
from autograder.exercise import chapters, exercises
from autograder.home.card import asked_of, inline
from autograder.judge import judge

STEM = "self_attention"
CHAPTER = chapters()[STEM]
SQLITE = b"SQLite format 3"

# The points rule: all points, or half of them shared among the claims that hold, in whole
# quarters. causal_mask has 2 points and 3 claims, combine_masks 2 and 3, attention 3 and 4.
SCORES = {
    "right": 2 + 2 + 3,
    "blank": 0,
    "not_a_notebook": 0,
    # transposed, no claim holds: 0.   no_scale, 3 of 4 claims: 1.5 * 3/4 = 1.125 -> 1
    "one_slip_in_each_of_two": 0 + 2 + 1,
    # no_scale and mask_zero, 2 of 4 claims: 1.5 * 2/4 = 0.75
    "two_slips_in_one": 2 + 2 + 0.75,
    "raises": 0 + 2 + 3,
    "with_a_helper": 7,
    "link_beside_it": 7,
    "is_a_link": 0,
    # only causal_mask is written; everything else in that notebook claims more
    "forged": 2,
}


@pytest.fixture(scope="module")
def graded(course, commands, tmp_path_factory):
    """The released course, submissions in it, graded, with feedback written."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(course, folder)
    commands(folder, "autograder", "samples", STEM, "--course", ".")
    for learner in ("with_a_helper", "link_beside_it", "forged"):
        notebook = nbformat.read(place(folder, "right", CHAPTER), as_version=4)
        MAKE[learner](notebook)
        nbformat.write(notebook, place(folder, learner, CHAPTER))
    gradebook = folder / "gradebook.db"
    beside = place(folder, "link_beside_it", CHAPTER).parent
    (beside / "photo.png").symlink_to(gradebook)
    (beside / "folder").symlink_to(folder)
    (beside / "notes.txt").write_text("a foreign file", encoding="utf8")
    place(folder, "is_a_link", CHAPTER).symlink_to(gradebook)
    commands(folder, "autograder", "grade", STEM, "--course", ".")
    return folder


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if own(cell).get("grade_id") == grade_id)


def with_helper(notebook):
    """The answer uses a function from a cell that the learner added above it."""
    answer = cell_of(notebook, "causal_mask")
    helper = new_code_cell("def older(Tq, Tk):\n    return Tk - Tq")
    notebook.cells.insert(notebook.cells.index(answer), helper)
    answer.source = answer.source.replace("Tk - Tq)", "older(Tq, Tk))")
    assert "older(Tq, Tk)" in answer.source


def forge(notebook):
    """Locked cells changed, checks tagged and answered already, points raised, ids taken."""
    for cell in notebook.cells:
        if own(cell).get("grade_id") in ("combine_masks", "scaled_dot_product_attention"):
            cell.source = "def nothing():\n    raise NotImplementedError()"
        if own(cell).get("grade"):
            cell.metadata["tags"] = ["skip-execution"]
            cell.metadata["nbgrader"] |= {"points": 100, "locked": False, "schema_version": 99}
            cell.source = "100"
            cell.outputs = [new_output("execute_result", {"text/plain": "100"}, execution_count=1)]
        if own(cell).get("grade_id") == "imports":
            cell.source += "\nfrom solutions.self_attention import *\n"
    notebook.cells.append(deepcopy(cell_of(notebook, "causal_mask-check")))
    notebook.cells[-1].id = "twin"
    notebook.metadata["llms_by_hand"] = {"verdicts": {}, "seed": 0}


MAKE = {"with_a_helper": with_helper, "link_beside_it": lambda notebook: None, "forged": forge}


def feedback(course, learner) -> str:
    return (course / "feedback" / learner / STEM / f"{STEM}.html").read_text(encoding="utf8")


def verdicts(course, learner) -> dict:
    path = course / "autograded" / learner / STEM / f"{STEM}.ipynb"
    return json.loads(path.read_text(encoding="utf8"))["metadata"]["llms_by_hand"]["verdicts"]


# ---- scores


def test_every_submission_has_the_score_it_deserves(graded):
    """Does the gradebook hold what the points rule gives, worked out by hand?"""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        found = {s.student.id: s.score for s in gradebook.assignment_submissions(STEM)}
        highest = gradebook.find_assignment(STEM).max_score
    assert found == SCORES
    assert highest == 7


def test_no_grade_waits_for_an_instructor(graded):
    """Does each submission get a result, even one that is no notebook?"""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(STEM):
            assert not submission.needs_manual_grade, submission.student.id


def test_nbgrader_exports_the_scores(graded, commands):
    """Does stock `nbgrader export` work on this gradebook?"""
    commands(graded, "nbgrader", "export", "--to=grades.csv")
    with open(graded / "grades.csv", encoding="utf8") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == STEM]
    assert {row["student_id"]: float(row["score"]) for row in rows} == SCORES


# ---- feedback


@pytest.mark.parametrize("learner", ["one_slip_in_each_of_two", "two_slips_in_one"])
def test_every_planted_mistake_is_named_in_the_feedback(graded, learner):
    """Does the page give the cause of each mistake, also of two in one function?"""
    right = sample_answers(CHAPTER)["right"]
    html = feedback(graded, learner)
    planted = 0
    for name, source in sample_answers(CHAPTER)[learner].items():
        exercise = exercises()[name]
        slips = [s for s in exercise.slips if s.new in source and s.old not in source and s.old]
        slips = [s for s in slips if source in (exercise.slipped(s), *twos(exercise, s))]
        planted += len(slips)
        assert bool(slips) == (source != right[name])
        assert verdicts(graded, learner)[name]["names"] == [slip.name for slip in slips]
        for slip in slips:
            (known,) = [m for m in exercise.misconceptions if m.name == slip.name]
            assert inline(known.why) in html
            asked = known.seen if len(slips) == 1 else asked_of(known.seen)
            assert inline(asked) in html
    assert planted == 2


def twos(exercise, slip):
    """The reference with this slip and one more."""
    return [exercise.slipped(slip, other) for other in exercise.slips if exercise.fit(slip, other)]


def test_a_raising_answer_is_shown_its_own_line(graded):
    """Is the learner told which line raised, and what Python said?"""
    name = next(iter(CHAPTER.exercises))
    html = feedback(graded, "raises")
    assert verdicts(graded, "raises")[name]["error"]["text"] in html
    assert "NameError: name 'undefined_name' is not defined" in html
    assert f"Line {verdicts(graded, 'raises')[name]['error']['line']} of your cell:" in html


def test_feedback_on_what_is_no_notebook_says_what_to_do(graded):
    """Does a learner whose file could not be read know what to submit instead?"""
    assert "This submission could not be graded." in feedback(graded, "not_a_notebook")
    assert "File, Download, .ipynb" in feedback(graded, "not_a_notebook")
    assert "This file is a link, not a notebook." in feedback(graded, "is_a_link")


def test_a_right_submission_is_told_that_all_holds(graded):
    """Does the page of a right submission hold no complaint?"""
    html = feedback(graded, "right")
    assert html.count("All of it holds.") == len(CHAPTER.exercises)
    assert 'class="bh-card wrong"' not in html


def test_an_unwritten_submission_is_told_so(graded):
    """Is a blank page blank, not wrong?"""
    assert feedback(graded, "blank").count("Not written yet.") == len(CHAPTER.exercises)


@pytest.mark.parametrize("learner", SCORES)
def test_hidden_things_are_not_in_the_feedback(graded, learner):
    """Does a page give away the secret, the seed, the graded examples or where the book lies?"""
    html = feedback(graded, learner)
    secret = (graded / "secret").read_text(encoding="utf8")
    assert len(secret) == 64
    assert secret not in html
    assert str(seed_for(graded, STEM, learner)) not in html
    assert "solutions/" not in html
    assert str(ROOT) not in html
    for name in CHAPTER.exercises:
        assert exercises()[name].examples.__name__ + "(" not in html
    assert "generator=g" not in html


# ---- what a submission must not bring along


def test_the_gradebook_reaches_no_learner(graded):
    """Can a link in a submission carry the gradebook into what learners get back?"""
    copied = [p for d in ("autograded", "feedback") for p in (graded / d).rglob("*")]
    assert copied
    for path in copied:
        assert not path.is_symlink(), path
        if path.is_file():
            assert SQLITE not in path.read_bytes(), path
            assert path.suffix in (".ipynb", ".html"), path
    assert (graded / "gradebook.db").read_bytes().startswith(SQLITE)


def test_what_is_set_aside_is_kept(graded):
    """Is a foreign file moved and not lost, and does a link stay a link?"""
    aside = graded / "set_aside" / "link_beside_it" / STEM / "1"
    assert (aside / "notes.txt").read_text(encoding="utf8") == "a foreign file"
    assert (aside / "photo.png").is_symlink()


def test_forgeries_have_no_effect(graded):
    """Do tags, points, outputs, copied cells and changed locked cells of a submission count?"""
    found = verdicts(graded, "forged")
    assert [found[name]["earned"] for name in CHAPTER.exercises] == [2, 0, 0]
    path = graded / "autograded" / "forged" / STEM / f"{STEM}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    released = nbformat.read(graded / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    for cell in notebook.cells:
        assert "skip-execution" not in cell.metadata.get("tags", [])
        if own(cell).get("locked"):
            assert cell.source == cell_of(released, own(cell)["grade_id"]).source
        if own(cell).get("grade"):
            assert own(cell)["points"] <= 3


def test_a_helper_cell_is_graded_along(graded):
    """May a learner add a cell that an answer uses, and is it still there in the feedback?"""
    assert "def older(Tq, Tk):" in json.dumps(
        json.loads((graded / "autograded" / "with_a_helper" / STEM / f"{STEM}.ipynb").read_text())
    )
    assert all(v["status"] == "right" for v in verdicts(graded, "with_a_helper").values())


def test_the_same_verdicts_at_home(graded):
    """Are a gradebook's verdicts those of the same code in a notebook, on the same numbers?"""
    for learner in ("one_slip_in_each_of_two", "two_slips_in_one", "raises"):
        seed = seed_for(graded, STEM, learner)
        for name, source in sample_answers(CHAPTER)[learner].items():
            exercise = exercises()[name]
            here = judge(exercise, written(exercise, source), seed, source).asdict()
            there = verdicts(graded, learner)[name]
            found = {key: there[key] for key in ("reread", "place", "closer")}
            assert json.loads(json.dumps(here)) | found == there


def test_a_link_of_last_time_leads_nothing_astray(tmp_path, monkeypatch):
    """Can a second submission write through a link that the first one brought?"""
    monkeypatch.chdir(tmp_path)
    submitted = tmp_path / "submitted" / "learner" / STEM
    submitted.mkdir(parents=True)
    notebook = submitted / f"{STEM}.ipynb"
    notebook.write_text("{}", encoding="utf8")
    (submitted / "folder").symlink_to(tmp_path)
    set_aside(STEM, "*", [str(notebook)])
    assert not (submitted / "folder").exists()
    (submitted / "folder").mkdir()
    (submitted / "folder" / "nbgrader_config.py").write_text("import this", encoding="utf8")
    set_aside(STEM, "*", [str(notebook)])
    assert not (tmp_path / "nbgrader_config.py").exists()
    moved = sorted(path.name for path in (tmp_path / "set_aside" / "learner" / STEM).iterdir())
    assert moved == ["1", "2"]
