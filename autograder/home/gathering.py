"""What of a notebook is needed for one answer: its cell, and what that leans on.

Owns: telling these from everything else that stands in the notebook, which does not run.
"""

import ast
import builtins
import re
from dataclasses import dataclass

from autograder.exercise import Chapter, Exercise, exercises
from autograder.exercise.chapter import bound
from autograder.exercise.journey import taken_by
from autograder.home.leaning import OURS, TAKES, plain

TROUBLE = (SyntaxError, ValueError, RecursionError, MemoryError)
TIMED = re.compile(r"\A\s*%%(?:time|capture|prun|debug)\b[^\n]*")  # the cell below it runs as it is
BINDING = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign,
    ast.AnnAssign, ast.AugAssign,
)  # fmt: skip
MOST_SOURCE = 100_000  # characters of the cells that count


@dataclass(frozen=True)
class Gathered:
    """Code that makes one answer. before: helpers of other cells, statement by statement."""

    cell: str
    before: tuple[str, ...]
    others: tuple[str, ...]  # exercises that it uses, of its chapter or of earlier ones


def gathered(exercise: Exercise, chapter: Chapter, cells: list[str]) -> Gathered | None:
    """What is needed for an answer; None where no cell defines it.

    The last cell that defines it counts, as in Python; one that Python cannot read comes last.
    """
    shown = chapter.demonstrations
    cells = [c for c in cells if c.strip() not in shown and not TAKES.search(c)]
    cells = [plain(TIMED.sub("", cell)) for cell in cells if len(cell) <= MOST_SOURCE]
    begins = re.compile(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{exercise.name}\b", re.M)
    bearers = [c for c in cells if exercise.name in bound(c)]
    bearers = bearers or [c for c in cells if begins.search(c)]
    if not bearers:
        return None
    cell = bearers[-1]
    others = (set(chapter.exercises) | imported(chapter)) - {exercise.name}
    helpers = statements([c for c in cells if c != cell])
    known = bound(cell) | bound(chapter.imports) | set(dir(builtins)) | others | {exercise.name}
    used, needed, wanted = mentioned(cell), set(), mentioned(cell) - known
    while wanted:
        name = wanted.pop()
        known = known | {name}
        for place, (names, _, uses) in enumerate(helpers):
            if name in names:
                needed.add(place)
                used |= uses
                wanted |= uses - known
    before = tuple(helpers[place][1] for place in sorted(needed))
    return Gathered(cell, before, tuple(sorted(used & (others - bound(cell)))))


def imported(chapter: Chapter) -> set[str]:
    """Exercises of earlier chapters that its answers may use."""
    return {name for _, name in taken_by(chapter.imports)} & set(exercises())


def statements(cells: list[str]) -> list[tuple[set[str], str, set[str]]]:
    """Of cells, each statement that binds names: the names, its text, and the names it mentions."""
    found = []
    for cell in cells:
        try:
            body = ast.parse(cell).body
        except TROUBLE:
            continue
        for node in body:
            module = getattr(node, "module", None) or ""
            if isinstance(node, BINDING) and module.partition(".")[0] not in OURS:
                text = ast.get_source_segment(cell, node) or ast.unparse(node)
                decorated = getattr(node, "decorator_list", None)
                text = ast.unparse(node) if decorated else text
                found.append((bound(text), text, mentioned(text)))
    return found


def mentioned(source: str) -> set[str]:
    """Names that a piece of code looks up, inside its functions as well."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except TROUBLE:
        return set()
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
