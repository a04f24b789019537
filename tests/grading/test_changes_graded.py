"""Changed notebooks on their way through nbgrader: gradebook, formgrader's scores, pages."""

import json
import shutil

import nbformat
import pytest
from a_class import STEM, autograded, rows
from bs4 import BeautifulSoup
from corpus import CHANGES, FULL, MASK, RIGHT, code, front_ends, people
from nbgrader.api import Gradebook

from autograder.course import grading
from autograder.course.folder import Place
from autograder.course.marks import own

MODULES = (code, front_ends, people)  # which fill CHANGES
HANDED_IN = (
    "a_cell_is_split", "a_first_try_is_kept_above", "an_answer_is_retyped", "marks_are_dropped",
    "math_is_imported_in_the_locked_cell", "shell_and_questions", "all_answers_merged_into_one",
    "all_code_merged_into_one", "exercises_come_in_another_order", "all_checks_are_deleted",
    "marks_of_another_version", "a_demonstration_is_changed", "an_answer_becomes_raw",
    "a_name_is_deleted", "quotes_in_a_formatted_string", "a_type_of_ones_own",
)  # fmt: skip
WAITING = [name for name in HANDED_IN if CHANGES[name].waits]


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A course in which each learner has changed the notebook in another way; graded."""
    folder = tmp_path_factory.mktemp("changed") / "course"
    shutil.copytree(course, folder)
    for name in HANDED_IN:
        notebook = nbformat.read(folder / "release" / STEM / f"{STEM}.ipynb", as_version=4)
        answers = {own(one)["grade_id"]: one for one in notebook.cells if own(one).get("solution")}
        notebook.metadata["given"] = {key: one.source for key, one in answers.items()}
        notebook.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
        for key, one in answers.items():
            one.source = RIGHT[key]
        notebook = CHANGES[name].change(notebook) or notebook
        path = Place(folder, name, STEM).submitted
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf8")
    (folder / "secret").write_text("the same for both", encoding="utf8")
    return folder, grading.grade(folder, STEM)


def page(folder, learner) -> str:
    html = Place(folder, learner, STEM).feedback.read_text(encoding="utf8")
    return str(BeautifulSoup(html, "html.parser"))


def test_every_change_has_its_score_in_the_gradebook(graded):
    """Do nbgrader's own rows hold what each notebook is worth?"""
    folder, _ = graded
    found = rows(folder)
    for name in HANDED_IN:
        change = CHANGES[name]
        points = FULL | change.points | dict.fromkeys(change.waits, None)
        scores = {key.removesuffix("-check"): row[0] for key, row in found[name]["cells"].items()}
        assert scores == points, name
        assert found[name]["needs_manual_grade"] == bool(change.waits), name


def test_a_line_tells_how_an_answer_was_found(graded):
    """Does a learner read on the page what was unusual, once for each answer?"""
    folder, _ = graded
    for name in HANDED_IN:
        told = CHANGES[name].told
        text = " ".join(BeautifulSoup(page(folder, name), "html.parser").get_text().split())
        assert told.replace("`", "") in text.replace("`", ""), name


def test_code_of_a_newer_python_waits_for_a_person(graded):
    """Are both versions named, is it 0 for nobody, and can a person give points?"""
    folder, summary = graded
    assert summary.unread == len(WAITING) == 2
    assert any("2 answers in syntax of a newer Python" in line for line in summary.lines())
    for name in WAITING:
        text = BeautifulSoup(page(folder, name), "html.parser").get_text()
        assert "Not gradable here: it waits for a person." in text
        assert "Your notebook ran on 3.13.1; the grader runs on 3." in text
        assert "SyntaxError" not in text
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        grade = gradebook.find_grade(f"{MASK}-check", STEM, STEM, WAITING[0])
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    assert rows(folder)[WAITING[0]]["score"] == 7
    grading.grade(folder, STEM, force=True)
    kept = rows(folder)[WAITING[0]]
    assert kept["score"] == 7, "given by hand, it outlives another grading"
    assert kept["cells"][f"{MASK}-check"] == (None, 2, True)


def test_stock_nbgrader_leaves_the_same(graded, commands, tmp_path):
    """Do the stock commands find, run and place what ours do?"""
    folder, _ = graded
    stock = tmp_path / "course"
    unlike = shutil.ignore_patterns("autograded", "feedback", "gradebook.db")
    shutil.copytree(folder, stock, ignore=unlike)
    commands(stock, "nbgrader", "generate_assignment", STEM, "--force", "--log-level=ERROR")
    for step in ("autograde", "generate_feedback"):
        commands(stock, "nbgrader", step, STEM, "--log-level=ERROR")
    theirs, ours = rows(stock), rows(folder)
    for row in (theirs[WAITING[0]], ours[WAITING[0]]):  # given by hand in one of them
        row.pop("cells"), row.pop("score")
    assert theirs == ours
    for name in HANDED_IN:
        assert autograded(stock, name) == autograded(folder, name), name
        if name != WAITING[0]:
            assert page(stock, name) == page(folder, name), name
