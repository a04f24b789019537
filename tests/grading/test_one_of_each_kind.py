"""One small exercise of every kind: what holds for the course's own holds for it, and its card."""

import os
import shutil
import subprocess
import sys

from bs4 import BeautifulSoup
from pages import ROOT
from warm import environment

STEM = "small"


# of the tests of notebooks, those that say something of each exercise
NOTEBOOKS = "prose_and_code or come_where or stub_keeps or whole_answer or grade_ids or may_use"


def test_what_holds_for_every_exercise_holds_for_one_of_each_kind(project):
    """Do the tests that name no exercise hold here, and those of notebooks?"""
    tests = [
        *(ROOT / "tests").glob("*every_exercise*"),
        *(ROOT / "tests").rglob("test_notebook.py"),
    ]
    assert len(tests) == 2
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-k", f"every_exercise or {NOTEBOOKS}",
         "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), *map(str, tests)],
        cwd=project, env=environment(project), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]


CONFIGURATION = """
import exercise_card
extensions = ["myst_nb"]
nb_execution_mode = "off"

def setup(app):
    exercise_card.setup(app, lambda app, page: "the notebook")
"""


def test_every_kind_has_its_card_in_the_book(project, tmp_path):
    """Does a card show the wrong code, the question, the rubric, with the answers folded away?"""
    pages, html = tmp_path / "pages", tmp_path / "html"
    shutil.copytree(project / "chapters" / "9_small", pages)
    (pages / f"01_{STEM}.md").rename(pages / "index.md")
    (pages / "conf.py").write_text(CONFIGURATION, encoding="utf8")
    paths = os.pathsep.join([str(project), str(ROOT / "book" / "extension")])
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", pages, html], cwd=project,
        env=environment(project) | {"PYTHONPATH": paths}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    book = BeautifulSoup((html / "index.html").read_text(encoding="utf8"), "html.parser")
    open_text, folded = {}, {}
    for card in book.select("section.exercise"):
        name = card["id"].removeprefix("exercise-")
        folds = [fold.extract() for fold in card.find_all("details")]
        folded[name] = {f.summary.extract().get_text(): f.get_text() for f in folds}
        open_text[name] = card.get_text()
    wrong, asked = open_text["middle"], open_text["why_the_middle"]
    assert wrong.index("return numbers[half]") < wrong.index("This code runs, and is wrong.")
    assert wrong.count("The number in the middle once all are sorted") == 1
    assert "sorted(numbers)" in folded["middle"]["Solution"]
    assert "How many grains lie on 20 squares?" in open_text["grains"]
    assert list(folded["grains"]) == ["The number", "Solution"]
    assert (
        "1\N{NARROW NO-BREAK SPACE}048\N{NARROW NO-BREAK SPACE}575 grains"
        in (folded["grains"]["The number"])
    )
    assert "each step takes the same away" in open_text["left_over"]
    assert "on this axis it is straight." in folded["left_over"]["Which is which"]
    assert book.select_one("#exercise-left_over svg.byhand-figure")
    assert "Its lines, in a wrong order, of which 1 line does not belong" in open_text["centred"]
    assert "C. The mean is half-way between the ends." in open_text["claims_of_means"]
    assert "that of 10 and 3 is 6.5" not in open_text["claims_of_means"], "not before the choice"
    ran = folded["claims_of_means"]["The evidence"]
    assert "B holds." in ran
    assert "the mean of 1 and 3 is 2.0, that of 10 and 3 is 6.5" in ran
    assert "Plain sentences. (0.5)" in asked
    assert "five rents" not in asked
    assert "five rents" in folded["why_the_middle"]["An exemplar"]
    assert "2 right implementations of middle" in open_text["examine_middle"]
    assert "3 broken ones" in open_text["examine_middle"]
