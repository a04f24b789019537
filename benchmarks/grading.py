"""How much faster is a class graded here than by stock nbgrader? Ratios, all in one run.

    python benchmarks/grading.py [--class-size 1000]

Stock: `nbgrader autograde` runs each submission in a kernel of its own, with the same examples
and claims as ordinary asserts in the graded cells. To be fair to it, its notebooks hold only
imports, answers and checks (a kernel would also run the chapter's own cells), and it writes no
feedback. Ours: `python -m autograder grade`, sandbox on, gradebook and feedback pages included.

Every figure per submission is the margin between a small and a larger class, so that start-up
cancels out.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_notebook

from autograder.__main__ import main as autograder
from autograder.course.commands import environment
from autograder.course.marks import own
from autograder.course.notebook import exercise_cells, imports_cell
from autograder.course.samples import place, raising
from autograder.exercise import chapters, exercises

CHAPTER = chapters()["self_attention"]
ASKED = [exercises()[name] for name in CHAPTER.exercises]
STOCK_CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
ASSERTS = """
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.exercise import exercises

exercise, answer = exercises()["{name}"], answer_of({name})
for args in exercise.draw(7).values():
    assert difference(answer(*args), exercise.reference(*args), 1e-2) is None
for claim in exercise.claims:
    claim.holds(answer)
"""


def different_answers(number: int) -> dict[str, str]:
    """Answers of learner `number`: right, mistaken in one or two places, raising, or missing."""
    draw = random.Random(number)
    answers = {}
    for exercise in ASKED:
        kind = draw.random()
        if kind < 0.5:
            source = exercise.solution
        elif kind < 0.8:
            source = exercise.slipped(draw.choice(exercise.slips))
        elif kind < 0.85:
            source = raising(exercise)
        elif kind < 0.95:
            drawn = [draw.sample(exercise.slips, 2) for _ in range(9)]
            pairs = [two for two in drawn if exercise.fit(*two)]
            source = exercise.slipped(*pairs[0]) if pairs else exercise.solution
        else:
            continue
        answers[exercise.name] = f"{source}\n# answer {number}\n"
    return answers


def submit(course: Path, released: Path, size: int):
    for number in range(size):
        answers = different_answers(number)
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(own(cell).get("grade_id"), cell.source)
        nbformat.write(notebook, place(course, f"learner{number:04}", CHAPTER))


# ---- ours


def our_course(folder: Path, size: int) -> Path:
    autograder(["release", CHAPTER.stem, "--course", str(folder)])
    submit(folder, folder / "release" / CHAPTER.stem / f"{CHAPTER.stem}.ipynb", size)
    return folder


def ours(size: int, jobs: int) -> dict:
    """Seconds and peak memory of grading a class, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        course = our_course(Path(folder), size)
        code = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from autograder.course.grading import grade\n"
            f"summary = grade(Path(sys.argv[1]), {CHAPTER.stem!r}, {jobs})\n"
            "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "print(summary.seconds, peak, summary.tier, sum(summary.outcomes.values()))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(course)], check=True, capture_output=True, text=True
        )
        seconds, peak, tier, graded = done.stdout.split()[-4:]
        if int(graded) != size:
            raise RuntimeError(
                f"{graded} of {size} submissions were graded:\n{done.stderr[-2000:]}"
            )
        kept = len(list(course.glob("feedback/*/*/*.html")))
        if kept != size:
            raise RuntimeError(f"{kept} feedback pages for {size} submissions.")
    return {"seconds": float(seconds), "memory": int(peak) * 1024, "tier": tier}


def own_cost(rounds: int = 40) -> float:
    """Median milliseconds of one worker's life: fork, seal, run, judge, end. As in a batch, the
    seeds come from a pool, and the reference has been asked before the first submission is."""
    from autograder.course.examine import running_cells
    from autograder.course.examiner import POOL, Examiner
    from autograder.judge.evidence import key_of
    from autograder.room.workers import Starter

    torch.set_num_threads(1)  # as graders do
    for seed in range(POOL):
        for exercise in ASKED:
            key_of(exercise, seed + 1)
    cells = [imports_cell(CHAPTER)] + [exercise_cells(exercise)[1] for exercise in ASKED]
    times = []
    with Starter() as starter:
        for seed in range(rounds):
            begun = time.perf_counter()
            with Examiner(
                starter, running_cells(new_notebook(cells=cells)), seed % POOL + 1
            ) as examiner:
                verdicts = [examiner.verdict(exercise) for exercise in ASKED]
            times.append(time.perf_counter() - begun)
            if not all(verdict.right for verdict in verdicts):
                raise RuntimeError("A right answer was not graded as right.")
    return 1000 * statistics.median(times)


# ---- stock nbgrader


def stock(size: int) -> float:
    """Seconds of `nbgrader autograde` on a class, checks as asserts in the cells."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        (course / "nbgrader_config.py").write_text(STOCK_CONFIG)
        cells = [new_code_cell("import torch"), imports_cell(CHAPTER)]
        for exercise in ASKED:
            _, answer, check = exercise_cells(exercise)
            check.source = ASSERTS.format(name=exercise.name).strip()
            cells += [answer, check]
        source = course / "source" / CHAPTER.stem / f"{CHAPTER.stem}.ipynb"
        source.parent.mkdir(parents=True)
        kernel = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
        nbformat.write(new_notebook(cells=cells, metadata=kernel), source)
        run(course, "generate_assignment", CHAPTER.stem)
        submit(course, course / "release" / CHAPTER.stem / f"{CHAPTER.stem}.ipynb", size)
        begun = time.perf_counter()
        run(course, "autograde", CHAPTER.stem)
        return time.perf_counter() - begun


def run(course: Path, *arguments: str):
    command = [sys.executable, "-W", "ignore", "-m", "nbgrader", *arguments, "--log-level=ERROR"]
    subprocess.run(command, cwd=course, env=environment(), check=True, capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--class-size", type=int, default=1000)
    size = parser.parse_args().class_size
    if size < 50:
        parser.error(f"--class-size {size}: give 50 or more, or the margin is noise.")

    say("stock nbgrader, 2 and 8 submissions")
    stock_margin = (stock(8) - stock(2)) / 6
    say("ours, 10 and 110 submissions, one process")
    few, more = ours(10, 1), ours(110, 1)
    say(f"ours, 10 and {size} submissions, two processes")
    few_2, many = ours(10, 2), ours(size, 2)
    one = (more["seconds"] - few["seconds"]) / 100
    two = (many["seconds"] - few_2["seconds"]) / (size - 10)
    figures = {
        "sandbox": more["tier"],
        "stock_seconds_per_submission": round(stock_margin, 3),
        "ours_seconds_per_submission": round(one, 4),
        "ours_seconds_per_submission_2_jobs": round(two, 4),
        "ratio": round(stock_margin / one, 1),
        "ratio_2_jobs": round(stock_margin / two, 1),
        "worker_milliseconds": round(own_cost(), 1),
        "class_size": size,
        "class_seconds_2_jobs": round(many["seconds"], 1),
        "parent_peak_mb_10": round(few_2["memory"] / 2**20),
        "parent_peak_mb_class": round(many["memory"] / 2**20),
        "cores": len(os.sched_getaffinity(0)),
    }
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):40} {value}")
    print(json.dumps(figures))


def say(what: str):
    print(f"# {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
