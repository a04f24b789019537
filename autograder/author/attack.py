"""An exercise under attack, by somebody who has not seen its checks.

Owns: what is handed to them, and what became of the answers that they wrote. Answers run in the
locked room, as a submission's do.
"""

import ast
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.author.quick import examined
from autograder.author.trial import reason
from autograder.course.notebook import exercise_cells
from autograder.exercise import Exercise, chapters
from autograder.exercise.chapter import bound
from autograder.exercise.words import counted
from autograder.home.card import headline
from autograder.room.sandbox import Limits
from autograder.room.workers import Starter

PUBLIC, GRADED = 0, 2**40 + 7
LIMITS = Limits(question_seconds=10, wall_seconds=60)
LEAST_WRONG, LEAST_RIGHT = 10, 3
OPEN = "# right?:"  # its author cannot tell from the statement whether it is right
MARKS = {"wrong": ("# wrong:",), "right": ("# right:", OPEN)}
ASKED = """\
# {title}

`cell.py` is what a learner gets; `imports.py` has run before it. You have not seen the solution
or the checks, and do not look at them now.

- Write at least {wrong} wrong answers into `wrong/`, a file each: what a tired student would
  write. The first line says what is wrong: `# wrong: the first row counts twice`.
- Write at least {right} right ones into `right/`, each written otherwise (a loop, einsum, another
  library call). The first line says how: `# right: a loop over the rows`. Where the statement
  leaves open whether it is right, the line begins `# right?:`.

Of every answer it is also asked that it leaves its arguments unchanged, gives new tensors at each
call, of the dtype and shape that the statement names, lets gradients through where the statement's
own formula does, and does the same for views, for float64, and for inputs at the edge.

Then: `python -m autograder attack {name} {folder}`
"""


@dataclass(frozen=True)
class Shot:
    """One answer of an attack, and what became of it."""

    exercise: str
    file: str
    right: bool  # as its author says
    open: bool  # the author says that the statement leaves it open
    said: str  # its first line
    earned: float
    points: float
    names: list[str]
    seen: str
    status: str
    reason: str  # why it has not earned everything

    @property
    def passed(self) -> bool:
        return self.earned == self.points

    def asdict(self) -> dict:
        return asdict(self)


def hand_out(exercise: Exercise, folder: Path) -> Path:
    """Write what an attacker needs, without the solution; gives the folder."""
    chapter = chapters()[exercise.module]
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("wrong", "right"):
        (folder / name).mkdir(exist_ok=True)
    told = {"title": exercise.title, "name": exercise.name, "folder": folder}
    text = ASKED.format(wrong=LEAST_WRONG, right=LEAST_RIGHT, **told)
    (folder / "README.md").write_text(text, encoding="utf8")
    (folder / "imports.py").write_text(chapter.imports + "\n", encoding="utf8")
    (folder / "cell.py").write_text(learners_cell(exercise), encoding="utf8")
    return folder


def learners_cell(exercise: Exercise) -> str:
    """The text above the answer's cell as a comment, then the cell as released."""
    *above, _, _ = exercise_cells(exercise)
    said = "".join(f"# {line}".rstrip() + "\n" for c in above for line in c.source.splitlines())
    return f"{said}\n{getattr(exercise, 'released', '') or stub(exercise.solution)}"


def stub(source: str) -> str:
    """Signature and docstring of a function, or of a class and its methods."""
    (definition,) = ast.parse(source).body
    members = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    for member in members:
        if isinstance(member, ast.FunctionDef):
            kept = member.body[:1] if ast.get_docstring(member) else []
            member.body = [*kept, ast.parse("raise NotImplementedError()").body[0]]
    return ast.unparse(definition) + "\n"


def answers_in(folder: Path) -> list[Path]:
    return [p for kind in ("wrong", "right") for p in sorted((folder / kind).glob("*.py"))]


def idle(exercise: Exercise, path: Path) -> str:
    """Why a file attacks nothing, or ""."""
    source = path.read_text(encoding="utf8")
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        return f"Python cannot read it (line {getattr(error, 'lineno', 1)}: {error.args[0]})"
    if exercise.name not in bound(source):
        return f"it does not define `{exercise.name}`"
    marks = MARKS[path.parent.name]
    if not first_line(source).startswith(marks):
        return f"its first line does not begin with {' or '.join(f'`{mark}`' for mark in marks)}"
    return ""


def first_line(source: str) -> str:
    return source.split("\n", 1)[0].strip()


def attacked(exercise: Exercise, files: list[Path], tier: str | None = None) -> Iterator[Shot]:
    """Judge these answers, one after the other, in the locked room."""
    imports = chapters()[exercise.module].imports
    with Starter(tier, LIMITS) as starter:
        for path in files:
            yield shot(exercise, path, imports, starter)


def shot(exercise: Exercise, path: Path, imports: str, starter: Starter) -> Shot:
    source = path.read_text(encoding="utf8")
    verdicts = [examined(exercise, source, imports, starter, seed) for seed in (PUBLIC, GRADED)]
    verdict = min(verdicts, key=lambda verdict: verdict.earned)
    line = first_line(source)
    return Shot(
        exercise.name, path.name, path.parent.name == "right", line.startswith(OPEN),
        line.lstrip("# "), verdict.earned, verdict.points, verdict.names, " ".join(verdict.seen),
        verdict.status, "" if verdict.right else reason(verdict) or headline(verdict),
    )  # fmt: skip


def report(shots: list[Shot], idle: dict[Path, str]) -> list[str]:
    """What passed wrongly and lost wrongly first, then what was said of the others.

    idle: files that attack nothing, each with the reason.
    """
    wrong = [s for s in shots if not s.right]
    right = [s for s in shots if s.right and not s.open]
    groups = {
        "WRONG AND PASSED": [s for s in wrong if s.passed],
        "RIGHT AND LOST POINTS": [s for s in right if not s.passed],
        "LOST POINTS, and the statement leaves it open: say it there, or let it pass": [
            s for s in shots if s.right and s.open and not s.passed
        ],
        "wrong and named: is it true of the code?": [s for s in wrong if s.names and not s.passed],
        "wrong, without a name": [s for s in wrong if not s.names and not s.passed],
    }
    lines = []
    for heading, group in groups.items():
        if not group:
            continue
        lines.append(f"\n{heading} ({len(group)})")
        for s in group:
            lines.append(f"  {s.earned:>4g} of {s.points:g}  {s.file}: {s.said}")
            told = f"{', '.join(s.names)}: {s.seen}" if s.names else s.reason
            if told:
                lines.append(f"{'':12}{told}")
    if idle:
        lines.append(f"\ndoes not count ({len(idle)})")
        lines += [f"  {path.parent.name}/{path.name}: {why}" for path, why in idle.items()]
    kept = sum(s.passed for s in right)
    lines.append(
        f"\n{counted(len(wrong), 'wrong answer')}: {len(groups['WRONG AND PASSED'])} passed, "
        f"{sum(bool(s.names) for s in wrong if not s.passed)} named. "
        f"{counted(len(right), 'right answer')}: {kept} earned all points."
    )
    if len(wrong) < LEAST_WRONG or len(right) < LEAST_RIGHT:
        lines.append(f"At least {LEAST_WRONG} wrong and {LEAST_RIGHT} right ones make an attack.")
    return lines
