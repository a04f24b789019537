"""The project's own rules: what is installed, pinned and listed."""

import re
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pages import ROOT
from setuptools import find_namespace_packages
from sources import CODE, OURS, PROJECT, packages


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
                "zmq": "nbgrader", "ipython": "nbgrader", "mistune": "nbgrader",
                "dateutil": "nbgrader", "markupsafe": "nbgrader",
                "myst-nb": "jupyter-book",
                "jinja2": "nbgrader", "numpy": "matplotlib",
                "pil": "matplotlib", "sklearn": "scikit-learn",
                "scipy": "scikit-learn"}  # fmt: skip
    known = set(requirements(PROJECT["optional-dependencies"]))
    local = {path.stem for path in (ROOT / "book").rglob("*.py")}
    for path in CODE:
        for package in packages(path) - OURS - local:
            name = canonicalize_name(package)
            assert name in known or installs.get(name) in known, f"{path}: {package}"


def test_every_package_is_installed():
    """Would a learner's `pip install` bring every module, and every chapter?"""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"][
        "setuptools"
    ]
    found = set(find_namespace_packages(str(ROOT), include=rules["packages"]["find"]["include"]))
    roots = ("autograder", "byhand", "solutions")
    folders = {path.parent for root in roots for path in (ROOT / root).rglob("*.py")}
    assert {".".join(folder.relative_to(ROOT).parts) for folder in folders} <= found
    assert "chapters" in found
    assert rules["package-data"]["chapters"] == ["**/*.md"]
