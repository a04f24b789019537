"""Written answers of a real chapter on their way: released, handed in, graded, returned."""

import re
import shutil

import nbformat
import pytest
from test_shown import PAYLOADS, PNG, formgraders

from autograder.course.folder import Place
from autograder.course.grading import grade
from autograder.course.master import own
from autograder.course.shown import NOT_KEPT

STEM, TEXT = "language_and_tasks", "limits_section"
WORDS = "Tokens such as `<s>` and `</s>`, and $p<q$.\n\n![image.png](attachment:image.png)"
HANDED_IN = {
    "picture": (WORDS, {"image.png": {"image/png": PNG}}),
    "lost": (WORDS, {}),
    "payloads": ("\n\n".join(text for text in PAYLOADS.values() if len(text) < 500), {}),
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
