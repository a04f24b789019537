"""Home and gradebook agree, whatever front ends and people do to a notebook.

Home is a real kernel in which all cells run from the first to the last, and every check once
more. The gradebook is the submission read, placed, run and judged, with the seed of home.
"""

import json
import os

import nbformat
import pytest
from corpus import CHANGES, FULL, RIGHT, STEM, code, front_ends, people
from kernels import JUDGED, Kernels
from pages import ROOT

from autograder.course.examine import examine
from autograder.course.marks import own
from autograder.course.master import filled_submission
from autograder.home.check import PUBLIC_SEED

MODULES = (code, front_ends, people)
SLOW = ("byhand.", "transformers", "matplotlib", "measured")  # demonstrations that take seconds


@pytest.fixture(scope="module")
def released(course):
    """The released chapter without the demonstrations that take seconds."""
    notebook = nbformat.read(course / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    (imports,) = [one for one in notebook.cells if "from byhand import table" in one.source]
    lines = imports.source.splitlines()
    imports.source = "\n".join(line for line in lines if not any(word in line for word in SLOW))
    slow = [
        one
        for one in notebook.cells
        if one.cell_type == "code" and not own(one) and one is not imports
        if one.metadata.get("cellView") or any(word in one.source for word in SLOW)
    ]
    notebook.cells = [one for one in notebook.cells if one not in slow]
    assert sum(one.cell_type == "code" and not own(one) for one in notebook.cells) >= 4
    return nbformat.writes(notebook)


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    known = JUDGED.format(names=list(FULL))
    with Kernels(ROOT, tmp_path_factory.mktemp("kernels"), more=known) as made:
        yield made


def changed(released: str, change):
    """The released notebook, answered rightly and changed."""
    notebook = nbformat.reads(released, as_version=4)
    answers = {own(one)["grade_id"]: one for one in notebook.cells if own(one).get("solution")}
    notebook.metadata["given"] = {name: one.source for name, one in answers.items()}
    for name, one in answers.items():
        one.source = RIGHT[name]
    notebook = change(notebook) or notebook
    notebook.metadata.pop("given")
    return notebook


def comparable(verdict: dict, found: str = "") -> dict:
    """A verdict without how its answer was found, and with one word for what is not there.

    Without a place, too: a notebook's comes later, and how far a search comes is a matter of time.
    """
    told = json.loads(json.dumps(verdict)) | {"place": None, "closer": 0}
    away = f"There is no `{verdict['exercise']}` yet"  # which at home says what to do next
    told["notes"] = [n for n in told["notes"] if n != found and not n.startswith(away)]
    return told


@pytest.mark.parametrize("name", CHANGES)
def test_home_and_gradebook_agree(name, released, kernels, starter, tmp_path):
    """Does a learner read in the gradebook what `check` said, for each exercise?"""
    change = CHANGES[name]
    notebook = changed(released, change.change)
    path = tmp_path / f"{STEM}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf8")
    filled = filled_submission(nbformat.reads(released, as_version=4), path)
    verdicts = examine(filled, PUBLIC_SEED, starter)
    ids = [own(one)["grade_id"] for one in filled.cells if own(one)]
    assert len(ids) == len(set(ids)) == 4 + 2 * len(FULL), "what nbgrader has to find"

    graded = {exercise: verdict.earned for exercise, verdict in verdicts.items()}
    for exercise, points in (FULL | change.points | dict.fromkeys(change.waits, 0)).items():
        assert graded[exercise] == points or points is None, exercise
    waits = [exercise for exercise, verdict in verdicts.items() if verdict.status == "by hand"]
    assert waits == list(change.waits)
    found = filled.metadata["llms_by_hand"]["found"]
    assert change.told in json.dumps([v.notes for v in verdicts.values()], ensure_ascii=False)

    sources = [one.source for one in notebook.cells if one.cell_type == "code"]
    home = kernels.verdicts(sources, list(FULL))
    if change.kinder or change.waits:
        assert all(home[exercise]["earned"] <= graded[exercise] for exercise in FULL if not waits)
        return
    for exercise, verdict in verdicts.items():
        there = comparable(verdict.asdict(), found.get(exercise, ""))
        if change.loosely:
            assert [home[exercise][key] for key in ("earned", "status")] == [
                there[key] for key in ("earned", "status")
            ]
            continue
        if os.environ.get("SHOW") and comparable(home[exercise]) != there:
            for key in there:
                if home[exercise][key] != there[key]:
                    print(exercise, key, "HOME", home[exercise][key], "GRADED", there[key])
        assert comparable(home[exercise]) == there
