"""What front ends and people do to a notebook before it is handed in.

Owns: the changes, each a function that takes a notebook whose answers are right and changes it in
place, and what each answer is worth afterwards. Whether home and gradebook agree is tested in
`test_home_and_gradebook`.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder.course.marks import own
from autograder.exercise import chapters, exercises

STEM = "self_attention"
MASK, COMBINE, ATTENTION = chapters()[STEM].exercises
FULL = {MASK: 2, COMBINE: 2, ATTENTION: 3}
RIGHT = {name: exercises()[name].solution.rstrip() for name in FULL}
WRONG = {MASK: RIGHT[MASK].replace("tril", "triu")}  # worth nothing
TRIL = "torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)"
HEAD = "def causal_mask(Tq, Tk):\n"


@dataclass(frozen=True)
class Change:
    """points: where they are not full; None where chance has a part in it. told: part of what
    says how an answer was found.

    kinder: why the gradebook gives more than the learner's own kernel, where it does.
    waits: exercises that a person has to look at, as no kernel of this Python's can run them.
    loosely: Python words an error in another way where a module is missing altogether.
    """

    change: Callable[[NotebookNode], NotebookNode | None]
    points: dict = field(default_factory=dict)
    told: str = ""
    kinder: str = ""
    waits: tuple[str, ...] = ()
    loosely: bool = False


CHANGES: dict[str, Change] = {}


def changes(points=None, **more):
    """Declares a change; `points` by exercise, or for the first one alone."""
    given = points if isinstance(points, dict) else {} if points is None else {MASK: points}

    def register(function):
        assert function.__name__ not in CHANGES
        CHANGES[function.__name__] = Change(function, given, **more)
        return function

    return register


# ---- reading and changing notebooks


def place(notebook, grade_id: str) -> int:
    return next(i for i, c in enumerate(notebook.cells) if own(c).get("grade_id") == grade_id)


def cell(notebook, grade_id: str = MASK) -> NotebookNode:
    return notebook.cells[place(notebook, grade_id)]


def given(notebook, grade_id: str = MASK) -> str:
    """The stub that was released, which the tests keep in the notebook's metadata."""
    return notebook.metadata["given"][grade_id]


def insert(notebook, grade_id: str, *sources: str, below: bool = False):
    """New cells of code above or below a cell."""
    at = place(notebook, grade_id) + below
    notebook.cells[at:at] = [new_code_cell(source) for source in sources]


def twin(notebook, grade_id: str = MASK) -> NotebookNode:
    """A copy of a cell with its marks, as copying and splitting make it."""
    copied = deepcopy(cell(notebook, grade_id))
    copied.id = "copied"
    return copied


def retyped(notebook, grade_id: str, kind=new_code_cell):
    """The cell's text in a new cell in its place."""
    at = place(notebook, grade_id)
    notebook.cells[at] = kind(notebook.cells[at].source)


__all__ = [
    "ATTENTION", "CHANGES", "COMBINE", "FULL", "HEAD", "MASK", "RIGHT", "STEM", "TRIL", "WRONG",
    "Change", "cell", "changes", "given", "insert", "new_code_cell", "new_markdown_cell",
    "new_raw_cell", "place", "retyped", "twin",
]  # fmt: skip
