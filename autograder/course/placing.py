"""Which released cell each cell of a submission is, and the notebook that comes of it.

Owns: the order in which things run and are shown, which is the learner's; telling a released cell
from a changed one; which cell is the answer to what. All that is believed of a cell is its text.
A `grade_id` only says which of the learner's cells to show as the answer, where nothing else does.
"""

import re
from copy import deepcopy
from functools import lru_cache

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.as_python import defined, meaning
from autograder.course.marks import ADDED, AS_GIVEN, OWN, identity, is_guess, own
from autograder.course.prose import written_answers
from autograder.exercise import exercises


class Released:
    """The released cells, and how to find one again."""

    def __init__(self, master: NotebookNode):
        self.cells = master.cells
        self.by_id = {identity(cell.metadata): i for i, cell in enumerate(self.cells)}
        self.by_id.pop("", None)
        self.texts = {
            (cell.cell_type, plain(cell.source)): i
            for i, cell in enumerate(self.cells)
            if not self.is_prose(i)
        }
        self.meanings = {
            meaning(cell.source): i
            for i, cell in enumerate(self.cells)
            if cell.cell_type == "code" and not own(cell).get("solution")
        }
        self.answers = {
            own(cell)["grade_id"]: i for i, cell in enumerate(self.cells) if self.is_answer(i)
        }
        self.texts_asked = [i for i in range(len(self.cells)) if self.is_prose(i)]

    def is_prose(self, index: int) -> bool:
        cell = self.cells[index]
        return bool(own(cell).get("solution")) and cell.cell_type == "markdown"

    def is_answer(self, index: int) -> bool:
        cell = self.cells[index]
        return bool(own(cell).get("solution")) and cell.cell_type == "code"

    def index_of(self, cell: dict) -> int | None:
        """The released cell that this one is, unchanged but for its layout."""
        found = self.texts.get((cell["type"], plain(cell["source"])))
        if found is None and cell["type"] == "code":
            found = self.meanings.get(meaning(cell["source"]))
        return found


@lru_cache(maxsize=512)
def plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def placed(master: NotebookNode, submitted: list[dict]) -> dict[str, str]:
    """Put a submission's cells into the released notebook; gives how each answer was found.

    Every released cell is in it, once; those that the learner has kept, in the learner's order.
    """
    released = Released(master)
    order = [(released.index_of(cell), cell) for cell in submitted]
    texts, used, found = written_answers(released, order)
    mine = [
        cell
        for index, cell in order
        if index is None and cell["type"] == "code" and cell["source"].strip()
        if not any(cell is other for other in used)
    ]
    bearers = {name: bearer_of(name, mine) for name in released.answers}
    found |= {
        name: told for name in released.answers if (told := how_found(name, released, order, mine))
    }
    shown = Shown(released)
    for index, cell in order:
        if index is not None:
            answered = own(released.cells[index]).get("grade_id")
            if bearers.get(answered) is None:
                shown.released(index)
        elif any(cell is other for other in mine):
            shown.theirs(cell, [name for name, bearer in bearers.items() if bearer is cell])
    shown.fill_up()
    for index, text in texts.items():
        released.cells[index].source = text
    master.cells = [cell for _, cell in shown.cells]
    return found


def bearer_of(name: str, mine: list[dict]) -> dict | None:
    """The learner's cell that is shown as the answer: the last one that defines it."""
    defining = [cell for cell in mine if name in defined(cell["source"])]
    marked = [cell for cell in mine if cell["id"] == name]
    return (defining or marked or [None])[-1]


def how_found(name: str, released: Released, order: list, mine: list[dict]) -> str:
    """A sentence where an answer was not simply the given cell, filled in; else ""."""
    defining = [cell for cell in mine if name in defined(cell["source"])]
    marked = [cell for cell in mine if cell["id"] == name]
    if not defining:
        for _, cell in order:
            if cell["type"] != "code" and re.search(
                rf"^\s*(def|class) {name}\b", cell["source"], re.M
            ):
                return (
                    f"`{name}` stands in a cell of type {cell['type']}, which does not run. Make "
                    "it a code cell again."
                )
        return ""
    if len(defining) > 1:
        return f"`{name}` is defined in {len(defining)} cells; the last one counts, as in Python."
    if any(cell is defining[0] for cell in marked):
        if len(marked) > 1:
            return f"The cell of this answer is in {len(marked)} pieces; all of them ran, in order."
        return ""
    if all(not cell["id"] for _, cell in order):
        return "The notebook has lost the marks of its cells; your answer was found by its name."
    if any(index == released.answers[name] for index, _ in order):
        return "Found in a cell of your own; the given cell, still empty, was left out."
    other = defining[0]["id"].removesuffix("-check").partition(",")[0]
    if other in released.by_id:
        return f"Found in the cell of `{other}`."
    return "Found in a cell of your own."


class Shown:
    """The cells that are shown, each with its place in the release, or None."""

    def __init__(self, released: Released):
        self.of = released
        self.cells: list[tuple[int | None, NotebookNode]] = []
        self.done: set[int] = set()
        self.elsewhere: dict[int, str] = {}  # answers that stand in the cell of another

    def add(self, index: int | None, cell: NotebookNode):
        self.cells.append((index, cell))
        if index is not None:
            self.done.add(index)

    def released(self, index: int):
        """A cell that is as it was given. Only code that a learner begins with is run as it is."""
        if index in self.done:
            return
        cell = self.of.cells[index]
        asked = exercises().get(identity(cell.metadata))
        if self.of.is_answer(index) and not (asked and asked.gives_code):
            cell.metadata[OWN] = AS_GIVEN
        self.add(index, cell)

    def theirs(self, cell: dict, names: list[str]):
        """A cell of the learner's; `names` of the exercises that it answers."""
        names = sorted(names, key=lambda name: name != cell["id"])
        index = self.of.answers[names[0]] if names else self.of.by_id.get(cell["id"])
        for name in names[1:]:
            self.elsewhere[self.of.answers[name]] = names[0]
        if names or (index is not None and is_guess(self.of.cells[index])):
            if index not in self.done:
                answer = deepcopy(self.of.cells[index])
                answer.source = cell["source"]
                if not names:
                    answer.metadata[OWN]["runs"] = True
                self.add(index, answer)
                return
        for number, given in enumerate(self.of.cells):  # a demonstration that was changed
            if cell.get("key") == given.get("id") and not own(given) and not is_guess(given):
                self.done.add(number)
        added = new_code_cell(cell["source"], metadata={OWN: ADDED})
        added.id = f"added-{len(self.cells)}"  # the same whoever grades
        self.add(None, added)

    def fill_up(self):
        """What the learner has deleted comes back below what stood above it."""
        for index, cell in enumerate(self.of.cells):
            if index in self.done:
                continue
            if self.of.is_answer(index):
                cell.metadata[OWN] = AS_GIVEN
            if index in self.elsewhere:
                cell.source = f"# It stands in the cell of {self.elsewhere[index]}."
            places = [n for n, (i, _) in enumerate(self.cells) if i is not None and i < index]
            above = max(places, key=lambda n: self.cells[n][0]) + 1 if places else 0
            self.cells.insert(above, (index, cell))
            self.done.add(index)
