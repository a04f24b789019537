"""Sample submissions of a chapter, made from its solutions and its declared mistakes.

Owns: what `make course` grades to show the whole way, and what the tests read back.
"""

from pathlib import Path

import nbformat

from autograder.course.marks import own
from autograder.exercise import Chapter, Exercise, Slip, exercises


def sample_answers(chapter: Chapter) -> dict[str, dict[str, str]]:
    """For each sample learner the sources of the answers that differ from the stub."""
    asked = [exercises()[name] for name in chapter.exercises]
    right = {exercise.name: exercise.solution for exercise in asked}
    with_slips = [exercise for exercise in asked if exercise.slips]
    samples = {"right": right, "blank": {}}
    if coded := [exercise for exercise in asked if not exercise.in_prose]:
        samples["raises"] = right | {coded[0].name: raising(coded[0])}
    if with_slips:
        first, last = with_slips[0], with_slips[-1]
        slipped = {e.name: e.slipped(e.slips[0]) for e in (first, last)}
        samples["one_slip_in_each_of_two"] = right | slipped
        if two := apart(last):
            samples["two_slips_in_one"] = right | {last.name: last.slipped(*two)}
    return samples


def apart(exercise: Exercise) -> tuple[Slip, Slip] | None:
    """The first slip with the next one that edits another line of the reference."""
    lines = exercise.solution.splitlines()

    def line(slip):
        return next(i for i, text in enumerate(lines) if slip.old.splitlines()[0] in text)

    first = exercise.slips[0]
    others = [slip for slip in exercise.slips
              if line(slip) != line(first) and exercise.fit(first, slip)]  # fmt: skip
    return (first, others[0]) if others else None


def raising(exercise: Exercise) -> str:
    """An answer that uses a name it never defined."""
    return exercise.signature + "\n    undefined_name\n"


def write_samples(chapter: Chapter, course: Path) -> list[Path]:
    """Write one submission for each sample learner, and one that is no notebook at all."""
    released = course / "release" / chapter.stem / f"{chapter.stem}.ipynb"
    written = []
    for learner, answers in sample_answers(chapter).items():
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(own(cell).get("grade_id"), cell.source)
        written.append(place(course, learner, chapter))
        nbformat.write(notebook, written[-1])
    written.append(place(course, "not_a_notebook", chapter))
    written[-1].write_text("I could not get the notebook to save, sorry", encoding="utf8")
    return written


def place(course: Path, learner: str, chapter: Chapter) -> Path:
    path = course / "submitted" / learner / chapter.stem / f"{chapter.stem}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
