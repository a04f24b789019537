"""The project's own rules: who may import whom."""

import pytest
from pages import ROOT
from sources import OURS, STANDARD, every_file, imports, ours, packages, python_files

from autograder.chapter import chapters

# A learner's code runs beside these: nothing of ours may come along.
ALONE = {"worker", "sandbox", "starter"}
# A first `check` loads these: nothing slow, and nothing that only graders have.
JUDGE = {
    "answer", "compare", "exercise", "kinds", "evidence", "telling", "universal", "judge", "catches",
    "chapter", "card", "home", "guess", "lent", "__init__",
}  # fmt: skip
# Every other module of `autograder` is for graders' machines only.


def test_the_lists_above_name_what_is_there():
    """Do the rules below speak of modules that exist?"""
    found = {path.stem for path in (ROOT / "autograder").glob("*.py")}
    assert found >= ALONE | JUDGE
    assert not ALONE & JUDGE


@pytest.mark.parametrize("name", sorted(ALONE))
def test_what_runs_beside_a_learners_code_is_alone(name):
    """Is there nothing of ours that a learner's code could find in its process?"""
    assert packages(ROOT / "autograder" / f"{name}.py") <= {"torch", "safetensors", "pyseccomp"}


@pytest.mark.parametrize("name", sorted(JUDGE))
def test_a_check_needs_torch_and_nothing_else(name):
    """Can a learner's machine check without nbgrader, and without waiting for transformers?"""
    path = ROOT / "autograder" / f"{name}.py"
    assert packages(path) <= {"torch", "autograder"}
    assert ours(path) <= JUDGE | {"worker", "check", "hint", "predict", "solution"}


def test_modules_of_the_judge_do_not_import_each_other_in_circles():
    """Can each module be read before the ones that use it?"""
    needed = {path.stem: ours(path, everywhere=False)
              for path in (ROOT / "autograder").glob("*.py")}  # fmt: skip
    order = []
    while needed:
        ready = sorted(name for name, wants in needed.items() if not wants & set(needed))
        assert ready, f"a circle among {sorted(needed)}"
        order += ready
        needed = {name: wants for name, wants in needed.items() if name not in ready}
    assert order.index("judge") < order.index("home") < order.index("__init__")


@pytest.mark.parametrize("path", python_files("autograder/checks"), ids=lambda path: path.stem)
def test_checks_import_exercises_and_torch(path):
    """Are oracles imported inside their functions, so that a check does not pay for them?"""
    top = imports(path, everywhere=False)
    assert {name.partition(".")[0] for name in top} - STANDARD <= {"torch", "autograder"}
    assert ours(path) <= {"answer", "exercise", "judge", "lent"}
    assert not packages(path) & (OURS - {"autograder"}), "an oracle is never the reference"


@pytest.mark.parametrize("path", python_files("solutions"), ids=lambda path: path.stem)
def test_solutions_import_what_a_learner_may(path):
    """Can every reference be written with what the learner's own cell may import?"""
    assert packages(path) <= {"torch", "jaxtyping", "regex", "solutions"}
    text = path.read_text(encoding="utf8")
    assert "from __future__ import annotations" not in text, "signatures would be strings"


def test_solutions_only_use_earlier_chapters():
    """Could a reader who has come this far have written everything that is used here?"""
    order = list(chapters())
    for path in python_files("solutions"):
        for name in imports(path):
            if name.startswith("solutions."):
                assert order.index(name.split(".")[1]) < order.index(path.stem), (path.stem, name)


@pytest.mark.parametrize("path", python_files("byhand"), ids=lambda path: path.stem)
def test_what_chapters_share_stands_by_itself(path):
    """Does `byhand` work without the judge, the solutions and the book?"""
    allowed = {"torch", "transformers", "tokenizers", "safetensors", "matplotlib", "byhand"}
    allowed |= {"PIL", "numpy", "sklearn", "tqdm"}
    assert packages(path) <= allowed | {"IPython"}
    assert "IPython" not in packages(path, everywhere=False), "a script has no notebook"


@pytest.mark.parametrize("path", python_files("book"), ids=lambda path: path.stem)
def test_the_books_extension_reads_exercises_only(path):
    """Does the book draw exercises without knowing how they are judged or graded?"""
    assert ours(path) <= {"exercise", "chapter"}
    strange = {"nbgrader", "transformers", "solutions", "byhand"}
    if path.stem == "colours":  # those of the figures
        strange.remove("byhand")
    assert not packages(path) & strange


@every_file
def test_nothing_imports_chapters_or_tests(path):
    """Does prose stay at the top, with nothing that depends on it?"""
    assert not packages(path) & {"chapters", "tests", "pytest"}
