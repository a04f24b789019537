"""Steps of grading that go wrong for one learner: each raises, hangs, loops, fills memory or dies.

Owns: which steps, in which ways, and what a doomed submission looks like. `doom` changes the
functions that do these steps, in the process that grades and in all that it forks.
"""

import json
import os
import shutil
import signal
import time
from pathlib import Path

from autograder.course import examiner, feedback, grader, master
from autograder.course.examiner import Examiner
from autograder.exercise import chapters, exercises

STEM = "self_attention"
FIRST = next(iter(chapters()[STEM].exercises))
STRICT = "\nc.Examine.wall_seconds = {wall}\nc.Examine.judge_seconds = {judge}\n"
WALL, JUDGE = 3, 0.5  # seconds: ten times what an honest submission takes on a quiet machine
DOOM = "\nimport sys\nsys.path[:0] = {paths!r}\nimport fates\nfates.doom()\n"
WHOLE = WALL + 3 * JUDGE  # seconds after which something is said to hang


def loops():
    while True:
        pass


def fills():
    hoard = []
    while True:
        hoard.append(bytearray(2**26))


def raises():
    raise ZeroDivisionError("doomed")


WAYS = {
    "raises": raises,
    "hangs": lambda: time.sleep(10**6),
    "dies": lambda: os._exit(7),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "loops": loops,
    "loops in C": lambda: sum(range(10**12)),
    "fills": fills,
}
STEPS = {
    "read": ("raises", "hangs", "dies"),
    "run": ("raises", "hangs", "dies"),
    "judge": tuple(WAYS),
    "render": ("raises", "hangs", "dies", "loops in C", "fills"),
}
FATES = [f"{step} {way}" for step, ways in STEPS.items() for way in ways]


def suffer(step: str, text: str):
    for way in STEPS[step]:
        if f"doomed: {step} {way}\n" in text:
            WAYS[way]()


def doom(change=setattr):
    """Make these steps go wrong. change: `setattr`, or what undoes it afterwards."""
    read, run, judged = master.filled_submission, Examiner.run, examiner.judge
    render = feedback.page

    def doomed_read(released, path):
        suffer("read", Path(path).read_text(encoding="utf8", errors="replace").replace("\\n", "\n"))
        return read(released, path)

    def doomed_run(self, room, cell):
        suffer("run", cell.source)
        return run(self, room, cell)

    def doomed_judge(exercise, answer, seed, source):
        suffer("judge", source)
        return judged(exercise, answer, seed, source)

    def doomed_render(notebook, resources):
        for cell in notebook.cells:
            suffer("render", cell.source)
        return render(notebook, resources)

    for module in (master, grader):
        change(module, "filled_submission", doomed_read)
    change(Examiner, "run", doomed_run)
    change(examiner, "judge", doomed_judge)
    change(feedback, "page", doomed_render)


def a_doomed_class(course: Path, folder: Path, in_stock: bool, patience: int = 1) -> Path:
    """A course in which every fate has a learner, between two whom nothing befalls.

    patience: how many times the usual seconds a submission has.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(course, folder, ignore=shutil.ignore_patterns("submitted"))
    with (folder / "nbgrader_config.py").open("a", encoding="utf8") as file:
        file.write(STRICT.format(wall=patience * WALL, judge=patience * JUDGE))
        if in_stock:
            file.write(DOOM.format(paths=[str(Path(__file__).parent)]))
    released = (folder / "release" / STEM / f"{STEM}.ipynb").read_text(encoding="utf8")
    for learner in ("a first one", *FATES, "the last one"):
        notebook = json.loads(released)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in chapters()[STEM].exercises:
                cell["source"] = exercises()[name].solution
                if name == FIRST and learner in FATES:
                    *lines, last = cell["source"].rstrip().splitlines()
                    cell["source"] = "\n".join([*lines, f"    # doomed: {learner}", last, ""])
        place = folder / "submitted" / learner / STEM
        place.mkdir(parents=True)
        (place / f"{STEM}.ipynb").write_text(json.dumps(notebook), encoding="utf8")
    return folder
