"""The nbgrader step that examines a filled notebook, in place of running it.

Owns: which cells of a notebook run, and what is written back into its graded cells.
"""

import atexit
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Integer, Unicode

from autograder.course.as_python import defined
from autograder.course.by_hand import add_notes
from autograder.course.closed import closed_places
from autograder.course.examiner import Cell, Examiner, seed_for, unusable
from autograder.course.marks import ADDED, AS_GIVEN, OWN, WAITS, graded_exercise, is_guess, own
from autograder.course.places import look_for_places
from autograder.exercise import Exercise, exercises
from autograder.home.card import as_html
from autograder.judge import Verdict
from autograder.room.sandbox import NONE, Limits
from autograder.room.workers import Starter

UNSANDBOXED = "BYHAND_UNSANDBOXED"  # set it for stock nbgrader commands
DEFAULTS = Limits()


class Examine(NbGraderPreprocessor):
    """In nbgrader's list of autograding steps, this stands where Execute stood."""

    sandbox = Unicode("", help="A tier of autograder.sandbox; empty: the strongest.").tag(
        config=True
    )
    memory = Integer(DEFAULTS.memory, help="Bytes that an answer may use.").tag(config=True)
    cpu_seconds = Integer(DEFAULTS.cpu_seconds, help="Of one submission.").tag(config=True)
    question_seconds = Float(DEFAULTS.question_seconds, help="For one question.").tag(config=True)
    wall_seconds = Float(DEFAULTS.wall_seconds, help="For one submission.").tag(config=True)
    file_bytes = Integer(DEFAULTS.file_bytes, help="Largest file.").tag(config=True)
    open_files = Integer(DEFAULTS.open_files, help="Open at a time.").tag(config=True)
    threads = Integer(DEFAULTS.threads, help="Threads of one user.").tag(config=True)
    judge_seconds = Float(DEFAULTS.judge_seconds, help="To judge one answer.").tag(config=True)
    repair_seconds = Float(
        DEFAULTS.repair_seconds, help="To look where unexplained answers go wrong; 0: not at all."
    ).tag(config=True)
    judge_memory = Integer(DEFAULTS.judge_memory, help="To judge them all.").tag(config=True)
    message_bytes = Integer(DEFAULTS.message_bytes, help="Of one reply.").tag(config=True)

    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, name) for name in asdict(DEFAULTS)})

    def tier(self, unsandboxed: bool = False) -> str | None:
        """The sandbox to ask for; None for the strongest."""
        return NONE if unsandboxed else self.sandbox or None

    def starter(self, root: Path) -> Starter:
        tier = self.tier(bool(os.environ.get(UNSANDBOXED)))
        return shared_starter(tier, self.limits(), closed_places(root, self.config))

    def prepared(self, resources) -> tuple[int, Starter]:
        """The seed of a submission, and a clean process that is alive."""
        data = resources["nbgrader"]
        starter = self.starter(Path.cwd())
        if starter.process.poll() is not None:  # killed from outside
            starter.restart()
        return seed_for(Path.cwd(), data["assignment"], data["student"]), starter

    def preprocess(self, notebook: NotebookNode, resources):
        examine(notebook, *self.prepared(resources))
        return notebook, resources


@cache
def shared_starter(tier: str | None, limits: Limits, closed: tuple[str, ...]) -> Starter:
    """One clean process for all submissions of a command."""
    starter = Starter(tier, limits, closed=closed)
    atexit.register(starter.close)
    return starter


def examine(notebook: NotebookNode, seed: int, starter: Starter) -> dict[str, Verdict]:
    """Judge the answers of a filled notebook and write the verdicts into its graded cells."""
    kept = notebook.metadata.get(OWN, {})
    graded = {graded_exercise(cell): cell for cell in notebook.cells if graded_exercise(cell)}
    asked = [exercises()[name] for name in graded if name in exercises()]
    if unreadable := kept.get("unreadable"):
        verdicts = {exercise.name: unusable(exercise, unreadable) for exercise in asked}
    else:
        about = {"python": kept.get("python", ""), "shown": shown_names(notebook)}
        about["chapter"] = asked[0].module if asked else ""
        with Examiner(starter, running_cells(notebook), seed, **about) as examiner:
            verdicts = examiner.verdicts(asked)
            look_for_places(examiner, verdicts)
    for exercise in asked:
        verdict = verdicts[exercise.name]
        if told := kept.get("found", {}).get(exercise.name):
            verdict.notes.append(told)
        write_verdict(graded[exercise.name], verdict, exercise)
    add_notes(notebook)
    notebook.metadata[OWN] = kept | {
        "seed": seed,
        "sandbox": starter.tier,
        "verdicts": {name: verdict.asdict() for name, verdict in verdicts.items()},
    }
    return verdicts


def running_cells(notebook: NotebookNode) -> list[Cell]:
    """The cells of a filled notebook that run when it is graded, in their order."""
    cells = []
    for index, cell in enumerate(notebook.cells):
        data = cell.metadata.get(OWN)
        if cell.cell_type != "code" or data == AS_GIVEN:
            continue
        if own(cell).get("solution"):
            cells.append(Cell(own(cell)["grade_id"], cell.source))
        elif own(cell).get("grade_id") == "imports":
            cells.append(Cell("imports", cell.source))
        elif data == ADDED or (is_guess(cell) and data.get("runs")):
            cells.append(Cell(f"added {index}", cell.source))
    return cells


def shown_names(notebook: NotebookNode) -> frozenset[str]:
    """Names that the chapter's demonstrations bind, which are shown and not run."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not own(cell)]
    shown = [cell.source for cell in cells if not cell.metadata.get(OWN)]
    given = [cell.source for cell in notebook.cells if own(cell).get("grade_id") == "imports"]
    return frozenset().union(*map(defined, shown)).difference(*map(defined, given))


def write_verdict(cell: NotebookNode, verdict: Verdict, exercise: Exercise):
    """The card for the feedback page, and the bare number that nbgrader takes as the score."""
    shown = {
        "text/html": as_html(verdict, everything=True, solution=exercise.solution),
        "text/plain": f"{verdict.earned:g}",
    }
    output = {"output_type": "execute_result", "data": shown, "metadata": {}, "execution_count": 1}
    cell.outputs = [from_dict(output)]  # `new_output` would hold it against nbformat's schema
    cell.execution_count = 1
    if verdict.status == "by hand":
        cell.metadata[OWN] = WAITS
