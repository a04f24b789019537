"""The project's own rules: what is paired, how it is written, and kept short."""

import ast
import re

import pytest
from pages import ROOT
from sources import CODE, every_file, python_files

from autograder.exercise import chapters, exercises

# ---- what is paired


def test_every_chapter_has_its_two_twins():
    """Are chapter, reference and checks of one stem there, each with the others?"""
    asking = {stem for stem, chapter in chapters().items() if chapter.exercises}
    references = {path.stem for path in (ROOT / "solutions").glob("*.py")} - {"__init__"}
    checks = {path.parent.name for path in (ROOT / "autograder" / "checks").glob("*/__init__.py")}
    assert references == asking
    assert checks == asking


def test_every_exercise_has_a_file_of_its_own():
    """Is a check found by the names of its chapter and its exercise?"""
    folder = ROOT / "autograder" / "checks"
    files = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.py")}
    known = {f"{exercise.module}/{exercise.name}" for exercise in exercises().values()}
    assert files >= known
    more = {name for name in files - known if not name.endswith("/__init__")}
    assert more <= {f"{name}_mistakes" for name in known}, "nothing else lies beside them"


def test_every_exercise_is_asked_in_its_chapter():
    """Is there no exercise that is declared and never asked?"""
    asked = {name: stem for stem, chapter in chapters().items() for name in chapter.exercises}
    assert asked == {exercise.name: exercise.module for exercise in exercises().values()}


def test_stems_are_unlike():
    """Could two chapters be taken for one, as assignments, notebooks or modules?"""
    pages = [path.stem for path in (ROOT / "chapters").rglob("*.md") if path.stem != "README"]
    stems = [re.sub(r"^\d+_", "", stem) for stem in pages]
    assert len(stems) == len(set(stems))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", stem) for stem in stems), stems


def test_every_public_name_of_a_reference_is_an_exercise():
    """Is there no second public function in a reference that nobody asks for?"""
    declared = {(exercise.module, exercise.name) for exercise in exercises().values()}
    for path in python_files("solutions"):
        for node in ast.parse(path.read_text(encoding="utf8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert (path.stem, node.name) in declared


# ---- how it is written

MOST_LINES, MOST_OF_ONE = 300, 800
LONGER = {  # why a file may have more
    "autograder/room/worker.py": "one file, so that it can be started where nothing else is read",
}


@pytest.mark.parametrize(
    "path", CODE + python_files("tests"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_files_stay_short(path):
    """Can each file be read in one sitting?"""
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text(encoding="utf8").splitlines())
    assert lines <= (MOST_OF_ONE if name in LONGER else MOST_LINES)
    assert name not in LONGER or lines > MOST_LINES, f"{name} needs no exception any more"


@every_file
def test_a_module_says_what_it_is(path):
    """Does each module begin with a docstring?"""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf8"))), path


@pytest.mark.parametrize(
    "path", CODE + python_files("tests"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_names_are_imported_by_name_from_where_they_are_installed(path):
    """Is there no star import, no edited search path, no path of somebody's own machine?"""
    text = path.read_text(encoding="utf8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert [alias.name for alias in node.names] != ["*"], f"{path}: star import"
        edits = isinstance(node, ast.Call | ast.Assign | ast.AugAssign)
        target = ast.unparse(node) if edits else ""
        assert not re.match(r"sys\.path(\[.*?\])?\s*(\.(append|insert|extend)|\+?=)", target), (
            target
        )
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            own = re.search(r"/(?:home|Users|root|work|tmp|mnt|content)/\w+", node.value)
            assert not own, f"{path}:{node.lineno}: {own and own[0]}"


def test_tests_are_sentences_and_their_docstrings_questions():
    """Does every test say what it asks?"""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                asked = ast.get_docstring(node) or ""
                assert "?" in asked, f"{path.name}: {node.name}"
                assert node.name.count("_") >= 2, f"{path.name}: {node.name} is no sentence"
