"""What the search for places costs a class, and how long a learner waits for one. Ratios in one run.

    python benchmarks/repair.py [--class-size 200]

Every learner of the class has one answer that no misconception explains, and no two write it
alike. The class is graded without the search and with it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import torch

from autograder.__main__ import main as autograder
from autograder.course.marks import own
from autograder.course.samples import place
from autograder.exercise import chapters, exercises
from autograder.repair import found_place
from autograder.room.rooms import Here

CHAPTER = chapters()["self_attention"]
HEAD = "def causal_mask(Tq, Tk):\n"
# of nobody's: they stand for answers that are wrong in a way that has no name
UNEXPLAINED = (
    HEAD + "    {k} = torch.arange(Tk)\n    {q} = torch.arange(Tk - Tq, Tk)[:, None]\n"
    "    return ({k} <= {q}) & ({k} > {q} - Tq)\n",
    HEAD + "    {k} = torch.zeros(Tq, Tk, dtype=torch.bool)\n    for {q} in range(Tq):\n"
    "        {k}[{q}, Tk - Tq : Tk - Tq + {q} + 1] = True\n    return {k}\n",
    HEAD + "    {k} = torch.eye(Tk, dtype=torch.bool)[:Tq]\n    {q} = {k} * 1 > 2\n"
    "    return {q}\n",
    HEAD + "    {k} = [[{q} <= Tq for {q} in range(Tk)] for _ in range(Tq)]\n"
    "    return torch.tensor({k})\n",
)  # fmt: skip


def answer(number: int) -> str:
    names = {"k": f"keys{number}", "q": f"queries{number}"}
    return UNEXPLAINED[number % len(UNEXPLAINED)].format(**names)


def seconds(size: int, repair: float) -> float:
    """Of grading a class whose answers nobody can explain, with so many seconds a submission."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        autograder(["release", CHAPTER.stem, "--course", folder])
        released = course / "release" / CHAPTER.stem / f"{CHAPTER.stem}.ipynb"
        for number in range(size):
            answers = {name: exercises()[name].solution for name in CHAPTER.exercises}
            answers["causal_mask"] = answer(number)
            notebook = nbformat.read(released, as_version=4)
            for cell in notebook.cells:
                cell.source = answers.get(own(cell).get("grade_id"), cell.source)
            nbformat.write(notebook, place(course, f"learner{number:04}", CHAPTER))
        with open(course / "nbgrader_config.py", "a") as config:
            config.write(f"c.Examine.repair_seconds = {repair}\n")
        code = (
            "import sys\nfrom pathlib import Path\nfrom autograder.course.grading import grade\n"
            f"summary = grade(Path(sys.argv[1]), {CHAPTER.stem!r})\n"
            "print(summary.seconds, sum(summary.places.values()))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(course)], check=True, capture_output=True, text=True
        )
    took, found = done.stdout.split()[-2:]
    print(f"# {size} submissions, {repair:g} s each: {found} places", file=sys.stderr)
    return float(took)


def at_home(rounds: int = 40) -> list[float]:
    """Seconds until a learner has an answer from the search, or silence."""
    exercise = exercises()["causal_mask"]
    times = []
    for number in range(rounds):
        room = Here({"__name__": "__main__"})
        cells = [["imports", chapters()[exercise.module].imports], ["answer", answer(number)]]
        room.ask({"verb": "run", "cells": cells})
        begun = time.perf_counter()
        found_place(exercise, room, 0, 1.2)
        times.append(time.perf_counter() - begun)
    return sorted(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class-size", type=int, default=200)
    size = parser.parse_args().class_size
    torch.set_num_threads(1)
    times = at_home()
    without, searching = seconds(size, 0.0), seconds(size, 1.0)
    told = {
        "home_median_seconds": round(statistics.median(times), 3),
        "home_p95_seconds": round(times[int(0.95 * len(times))], 3),
        "class_seconds_without": round(without, 1),
        "class_seconds_with": round(searching, 1),
        "speed_with_search": round(without / searching, 2),
    }
    for name, value in told.items():
        print(f"{name.replace('_', ' '):28} {value}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
