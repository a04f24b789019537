"""Written answers of a real chapter on their way: released, handed in, graded, returned."""

import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from test_shown import PAYLOADS, PNG, formgraders

from autograder.course.folder import Place
from autograder.course.grading import grade
from autograder.course.marks import own
from autograder.course.shown import NOT_KEPT
from autograder.exercise import chapters

STEM, TEXT = "language_and_tasks", "limits_section"
WORDS = "Tokens such as `<s>` and `</s>`, and $p<q$.\n\n![image.png](attachment:image.png)"
ODD = "$$a$$[x](javascript:window.marked=1) <b>.ipynb"
HANDED_IN = {
    "picture": (WORDS, {"image.png": {"image/png": PNG}}),
    "lost": (WORDS, {}),
    "payloads": ("\n\n".join(text for text in PAYLOADS.values() if len(text) < 500), {}),
    "named": ("A file of an odd name.", {}),
    "shuffled": ("All checks at the end.", {}),
    "zoe": ("The last of the class, who must be graded, too.", {}),
}


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "course"
    shutil.copytree(course, folder)
    for learner, (text, attachments) in HANDED_IN.items():
        notebook = nbformat.read(folder / "release" / STEM / f"{STEM}.ipynb", as_version=4)
        (cell,) = (cell for cell in notebook.cells if own(cell).get("grade_id") == TEXT)
        cell.source, cell.attachments = text, attachments
        path = Place(folder, learner, STEM).submitted
        path.parent.mkdir(parents=True)
        if learner == "named":
            path = path.with_name(ODD)
        if learner == "shuffled":
            notebook.cells.sort(key=lambda cell: bool(own(cell).get("grade")))
        nbformat.write(notebook, path)
    return folder, grade(folder, STEM)


def test_a_picture_stops_nobody(graded):
    """Is everybody graded, with a picture, without the one that is asked for, and after them?"""
    folder, summary = graded
    assert summary.waiting == len(HANDED_IN)
    for learner in HANDED_IN:
        html = Place(folder, learner, STEM).feedback.read_text(encoding="utf8")
        assert html.count(PNG) == (learner == "picture"), learner
        assert NOT_KEPT not in html or learner != "picture"
    assert not list(folder.rglob("*.part"))


def test_the_text_is_kept_to_the_letter(graded):
    """Is what is harmless in the autograded notebook as it was written, picture and all?"""
    place = Place(graded[0], "picture", STEM)
    notebook = nbformat.read(place.autograded, as_version=4)
    (cell,) = (cell for cell in notebook.cells if own(cell).get("grade_id") == TEXT)
    assert cell.source == WORDS
    assert cell.attachments == {"image.png": {"image/png": PNG}}
    assert "<code>&lt;s&gt;</code>" in place.feedback.read_text(encoding="utf8")


@pytest.mark.parametrize("learner", HANDED_IN)
def test_the_formgrader_shows_it(graded, learner):
    """Does nbgrader's page of each of them come about, and is nothing of a payload in it?"""
    notebook = nbformat.read(Place(graded[0], learner, STEM).autograded, as_version=4)
    html = formgraders(notebook)
    assert not re.search(r"<[^>]*(?:javascript:|evil|onerror=)", html)


def test_stock_commands_give_the_same(graded, commands, tmp_path):
    """Do `nbgrader autograde` and `generate_feedback` get through, and to the same pages?"""
    ours, _ = graded
    stock = shutil.copytree(ours, tmp_path / "stock")
    for step in ("autograded", "feedback"):
        shutil.rmtree(stock / step)
    for step in ("autograde", "generate_feedback"):
        commands(stock, "nbgrader", step, STEM, "--log-level=ERROR")
    for learner in HANDED_IN:
        pages = [Place(f, learner, STEM).feedback.read_text() for f in (ours, stock)]
        assert pages[0] == pages[1], learner


def test_each_exercise_has_one_place_on_the_page(graded):
    """Where all checks were moved to the end: are answer and verdict together, and listed once?"""
    page = BeautifulSoup(
        Place(graded[0], "shuffled", STEM).feedback.read_text(encoding="utf8"), "html.parser"
    )
    names = list(chapters()[STEM].exercises)
    assert len(page.select("nav li")) == len(page.select("section.exercise")) == len(names)
    for name in names:
        block = page.find(id=f"comment-{name}").find_parent("section")
        assert block["id"] in (name, f"{name}-check")
        assert block.select(".bh-card") or block["id"] == name


def test_a_word_about_the_file_is_at_the_top(graded):
    """Is a name that could be clicked shown as text, before the exercises?"""
    html = Place(graded[0], "named", STEM).feedback.read_text(encoding="utf8")
    assert html.index("Your file was called") < html.index("<nav")
    assert "[x](javascript:window.marked=1)" in html
