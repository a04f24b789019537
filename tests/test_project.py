"""The project's own rules: who may import whom, what is paired, pinned and kept short."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from autograder.chapter import chapters
from autograder.exercise import exercises

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
OURS = {"autograder", "byhand", "solutions", "chapters", "book"}
STANDARD = set(sys.stdlib_module_names)

# A learner's code runs beside these: nothing of ours may come along.
ALONE = {"worker", "sandbox", "starter"}
# A first `check` loads these: nothing slow, and nothing that only graders have.
JUDGE = {
    "answer", "compare", "exercise", "kinds", "evidence", "telling", "universal", "judge", "catches",
    "chapter", "card", "home", "guess", "lent", "__init__",
}  # fmt: skip
# Every other module of `autograder` is for graders' machines only.


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


CODE = python_files("autograder", "solutions", "byhand", "book", "benchmarks")
every_file = pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))


def imports(path, everywhere=True) -> set[str]:
    """Dotted names that a file imports: at its top level, or inside functions as well."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    found = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say where from"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def packages(path, everywhere=True) -> set[str]:
    return {name.partition(".")[0] for name in imports(path, everywhere)} - STANDARD


def ours(path, everywhere=True) -> set[str]:
    """Modules of `autograder` that a file imports."""
    return {n.split(".")[1] for n in imports(path, everywhere) if n.startswith("autograder.")}


# ---- who may import whom


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


# ---- what is paired


def test_every_chapter_has_its_two_twins():
    """Are chapter, reference and checks of one stem there, each with the others?"""
    asking = {stem for stem, chapter in chapters().items() if chapter.exercises}
    references, checks = (
        {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
        for folder in ("solutions", "autograder/checks")
    )
    assert references == asking
    assert checks == asking


def test_every_exercise_is_asked_in_its_chapter():
    """Is there no exercise that is declared and never asked?"""
    asked = {name: stem for stem, chapter in chapters().items() for name in chapter.exercises}
    assert asked == {exercise.name: exercise.module for exercise in exercises().values()}


def test_stems_are_unlike():
    """Could two chapters be taken for one, as assignments, notebooks or modules?"""
    stems = [re.sub(r"^\d+_", "", path.stem) for path in (ROOT / "chapters").rglob("*_*.md")]
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

LONGER = {  # why a file may have more than 300 lines
    "autograder/worker.py": "one file, so that it can be started where nothing else is readable",
}


@every_file
def test_files_stay_short(path):
    """Can each file be read in one sitting?"""
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text(encoding="utf8").splitlines())
    if path.parent.name == "checks":  # as long as its exercises need
        share = sum(exercise.module == path.stem for exercise in exercises().values())
        assert lines <= 300 * max(1, share)
    else:
        assert lines <= (420 if name in LONGER else 300)
        assert name not in LONGER or lines > 300, f"{name} needs no exception any more"


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


# ---- what is installed


def requirements(extras=()) -> dict[str, Requirement]:
    lines = PROJECT["dependencies"] + [
        line for extra in extras for line in PROJECT["optional-dependencies"][extra]
    ]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    pinned = {}
    for requirement in wanted:
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not exact"
        pinned[canonicalize_name(requirement.name)] = specifier.version
    assert len(pinned) == len(wanted), "something is pinned twice"
    return pinned


def test_constraints_satisfy_every_requirement():
    """Does what is pinned fit what the project asks for?"""
    pinned = constraints()
    for name, requirement in requirements(PROJECT["optional-dependencies"]).items():
        assert name in pinned, f"{name} is not pinned"
        assert requirement.specifier.contains(pinned[name]), f"{requirement}: {pinned[name]}"
    assert pinned["torch"] == "2.13.0"


def test_the_environment_installs_this_project():
    """Do conda's users get the same versions, all extras, and a Python that is allowed?"""
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf8"))
    plain = [item for item in wanted["dependencies"] if isinstance(item, str)]
    (pip,) = [item["pip"] for item in wanted["dependencies"] if isinstance(item, dict)]
    (python,) = [item for item in plain if item.startswith("python")]
    version = re.search(r"\d+\.\d+", python)[0]
    assert SpecifierSet(PROJECT["requires-python"]).contains(f"{version}.0")
    extras = re.search(r"-e \.\[(.*)\]", "\n".join(pip))[1]
    assert set(extras.split(",")) == set(PROJECT["optional-dependencies"])
    assert "-c constraints.txt" in pip
    assert wanted["name"] == PROJECT["name"]


def test_what_is_imported_is_required():
    """Is every library that the code imports named among the requirements?"""
    installs = {"yaml": "jupyter-book", "docutils": "jupyter-book", "sphinx": "jupyter-book",
                "myst-parser": "jupyter-book", "nbformat": "nbgrader", "nbconvert": "nbgrader",
                "traitlets": "nbgrader", "sqlalchemy": "nbgrader", "jupyter-client": "nbgrader",
                "zmq": "nbgrader", "ipython": "nbgrader", "myst-nb": "jupyter-book",
                "jinja2": "nbgrader", "numpy": "matplotlib",
                "pil": "matplotlib", "sklearn": "scikit-learn"}  # fmt: skip
    known = set(requirements(PROJECT["optional-dependencies"]))
    local = {path.stem for path in (ROOT / "book").rglob("*.py")}
    for path in CODE:
        for package in packages(path) - OURS - local:
            name = canonicalize_name(package)
            assert name in known or installs.get(name) in known, f"{path}: {package}"


def test_every_package_is_listed():
    """Does an installation bring every folder that holds modules?"""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    found = {".".join(path.parent.relative_to(ROOT).parts)
             for folder in ("autograder", "byhand", "solutions")
             for path in (ROOT / folder).rglob("*.py")}  # fmt: skip
    assert found | {"chapters"} == set(listed["tool"]["setuptools"]["packages"])


def test_every_package_is_installed():
    """Would a learner's `pip install` bring every module, and every chapter?"""
    named = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    roots = ("autograder", "byhand", "solutions")
    folders = {path.parent for root in roots for path in (ROOT / root).rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert named == found | {"chapters"}
