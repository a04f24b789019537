"""Small edits that nobody declared. No exercise is named here."""

import json

import pytest
from every import every_compared
from pages import ROOT

from autograder.author.nursery import Nursery

QUALITY = ROOT / "build" / "quality"


@pytest.fixture(scope="session")
def nursery():
    """A process that judges mutants, one after the other."""
    with Nursery() as process:
        yield process


@every_compared
def test_small_edits_of_the_reference_are_rejected(exercise, nursery, record_property):
    """Do the examples notice every operator, constant, axis and line of the reference?"""
    report = nursery.survivors(exercise)
    excused = {
        fragment: [m for m in report["alive"] if fragment in m["original"]]
        for fragment in exercise.excused
    }
    alive = [m for m in report["alive"] if not any(m in group for group in excused.values())]
    told = [f"  line {m['line']}: {m['original']}\n    {m['edit']}" for m in alive]
    record_property("survivors", told)
    print(f"{exercise!r}: {len(alive)} of {report['made']} mutants live", *told, sep="\n")
    if exercise.package == "solutions":  # for the page that says how good the exercises are
        QUALITY.mkdir(parents=True, exist_ok=True)
        counts = {"mutants": report["made"], "killed": report["made"] - len(report["alive"])}
        (QUALITY / f"{exercise.name}.json").write_text(json.dumps(counts))
    idle = [fragment for fragment, group in excused.items() if not group]
    assert not idle, f"excuses that excuse nothing: {idle}"
    assert report["made"] > 0
    assert len(alive) <= 0.05 * report["made"], "\n".join(told)
