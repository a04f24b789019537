"""The project's own rules: which room may import from which."""

import ast
import re

import pytest
from pages import ROOT
from sources import (
    MODULES,
    OURS,
    STANDARD,
    every_file,
    imports,
    modules_of_ours,
    packages,
    python_files,
    room_of,
    rooms_used,
)

from autograder.exercise import chapters

# room: the rooms that it may import from, beside itself. The same table is in DESIGN.md.
TABLE = {
    "room": set(),
    "exercise": {"room"},
    "judge": {"exercise", "room"},
    "repair": {"judge", "exercise", "room"},
    "home": {"repair", "judge", "exercise", "room"},
    "course": {"home", "repair", "judge", "exercise", "room"},
    "author": {"course", "home", "repair", "judge", "exercise", "room"},
    "checks": {"exercise"},
}
FRONT = {"__init__": {"home"}, "__main__": {"author", "course"}}
# A learner's code runs beside these: nothing of ours may come along.
ALONE = ("worker", "sandbox", "starter")
# A first `check` loads these: nothing slow, and nothing that only graders have.
LIGHT = ("room", "exercise", "judge", "repair", "home")
every_module = pytest.mark.parametrize("name", sorted(MODULES))


def test_the_table_names_the_rooms_that_are_there():
    """Does each folder of `autograder` have its line in the table, here and in the design?"""
    folders = {path.parent.name for path in (ROOT / "autograder").glob("*/__init__.py")}
    assert folders == set(TABLE)
    design = (ROOT / "autograder" / "DESIGN.md").read_text(encoding="utf8")
    assert set(re.findall(r"^\| `(\w+)/` \|", design, re.MULTILINE)) == folders


@every_module
def test_a_room_imports_from_the_rooms_below_it(name):
    """Could somebody who knows the rooms guess what a module needs?"""
    path, room = MODULES[name], room_of(name)
    if path.parent == ROOT / "autograder":
        assert rooms_used(path) - {"", "__main__"} <= FRONT[path.stem]
    else:
        assert rooms_used(path) <= TABLE[room] | {room}


def test_no_modules_import_each_other_in_circles():
    """Can each module be read before those that use it, with what its functions import?"""
    needed = {name: modules_of_ours(path) - {name} for name, path in MODULES.items()}
    while needed:
        ready = [name for name, wants in needed.items() if not wants & set(needed)]
        assert ready, f"a circle among {sorted(needed)}"
        needed = {name: wants for name, wants in needed.items() if name not in ready}


@pytest.mark.parametrize("name", ALONE)
def test_what_runs_beside_a_learners_code_is_alone(name):
    """Is there nothing of ours that a learner's code could find in its process?"""
    path = MODULES[f"autograder.room.{name}"]
    assert packages(path) <= {"torch", "safetensors", "pyseccomp"}


@pytest.mark.parametrize("name", [name for name in sorted(MODULES) if room_of(name) in LIGHT])
def test_a_check_needs_torch_and_nothing_else(name):
    """Can a learner's machine check without nbgrader, and without waiting for transformers?"""
    allowed = {"torch", "autograder"}
    if name.startswith("autograder.room."):
        allowed |= {"safetensors", "pyseccomp"}
    late = {"autograder.exercise.kinds.read", "autograder.home.own"}  # a plot, a table, when seen
    if name in late:
        assert "byhand" not in packages(MODULES[name], everywhere=False)
        allowed |= {"byhand"}
    assert packages(MODULES[name]) <= allowed


@pytest.mark.parametrize("path", python_files("autograder/checks"), ids=str)
def test_checks_import_exercises_and_torch(path):
    """Are oracles imported inside their functions, so that a check does not pay for them?"""
    top = imports(path, everywhere=False)
    allowed = {"torch", "regex", "autograder"}  # what references import is there already
    assert {name.partition(".")[0] for name in top} - STANDARD <= allowed
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
    allowed |= {"PIL", "numpy", "sklearn", "tqdm", "huggingface_hub"}
    assert packages(path) <= allowed | {"IPython"}
    assert "IPython" not in packages(path, everywhere=False), "a script has no notebook"


@pytest.mark.parametrize("path", python_files("book"), ids=lambda path: path.stem)
def test_the_books_extension_reads_exercises_only(path):
    """Does the book draw exercises without knowing how they are judged or graded?"""
    assert rooms_used(path) <= {"exercise"}
    strange = {"nbgrader", "transformers", "solutions", "byhand"}
    if path.stem in ("colours", "playground"):  # those of the figures; the format of a model
        strange.remove("byhand")
    assert not packages(path) & strange


@every_file
def test_nothing_imports_chapters_or_tests(path):
    """Does prose stay at the top, with nothing that depends on it?"""
    assert not packages(path) & {"chapters", "tests", "pytest"}


def test_chapters_take_from_byhand_what_its_door_names():
    """Could a newcomer learn from one page what a chapter may use?"""
    door = ast.get_docstring(ast.parse((ROOT / "byhand" / "__init__.py").read_text("utf8")))
    rows = re.findall(r"^\| (`.*?) \|", door, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    open_doors = {name if name[0] != "." else f"byhand.town{name}" for name in named}
    for chapter in chapters().values():
        used = set(re.findall(r"^\s*from (byhand[\w.]*) import", chapter.text, re.MULTILINE))
        assert used <= open_doors, f"{chapter.path.name}: {used - open_doors}"
