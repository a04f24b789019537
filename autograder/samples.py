"""Sample submissions of a chapter, made from its solutions and its declared mistakes.

Owns: what `make course` grades to show the whole way, and what the tests read back.
"""

from pathlib import Path

import nbformat

from autograder.chapter import Chapter
from autograder.exercise import Exercise, exercises
from autograder.master import own


def sample_answers(chapter: Chapter) -> dict[str, dict[str, str]]:
    """For each sample learner the sources of the answers that differ from the stub."""
    asked = [exercises()[name] for name in chapter.exercises]
    right = {exercise.name: exercise.solution for exercise in asked}
    with_slips = [exercise for exercise in asked if exercise.slips]
    first, last = with_slips[0], with_slips[-1]
    return {
        "right": right,
        "blank": {},
        "one_slip_in_each_of_two": right
        | {exercise.name: exercise.slipped(exercise.slips[0]) for exercise in (first, last)},
        "two_slips_in_one": right | {last.name: last.slipped(*apart(last))},
        "raises": right | {first.name: raising(first)},
    }


def apart(exercise: Exercise):
    """The first two slips that edit different lines of the reference."""
    lines = exercise.solution.splitlines()
    start = exercise.slips[0]
    for other in exercise.slips[1:]:
        places = [next(i for i, line in enumerate(lines) if s.old in line) for s in (start, other)]
        if places[0] != places[1]:
            return start, other
    raise LookupError(f"{exercise!r}: no two slips on different lines.")


def raising(exercise: Exercise) -> str:
    """An answer that uses a name it never defined."""
    return exercise.signature + "\n    return undefined_name\n"


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
