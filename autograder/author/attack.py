"""An exercise under attack, by somebody who has not seen its checks.

Owns: what is handed to them, and what became of the answers that they wrote. Answers run in the
locked room, as a submission's do.
"""

import ast
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course.examiner import Cell, Examiner
from autograder.course.notebook import exercise_cells, imports_cell
from autograder.exercise import Exercise, chapters
from autograder.home.card import as_text
from autograder.judge import Verdict
from autograder.room.sandbox import Limits
from autograder.room.workers import Starter

PUBLIC, GRADED = 0, 2**40 + 7
LIMITS = Limits(question_seconds=10, wall_seconds=60)
LEAST_WRONG, LEAST_RIGHT = 10, 3
ASKED = """\
# {title}

`cell.py` is what a learner gets; `imports.py` has run before it. You have not seen the solution
or the checks, and do not look at them now.

- Write at least {wrong} wrong answers into `wrong/`, a file each: what a tired student would
  write. The first line says what is wrong: `# wrong: the first row counts twice`.
- Write at least {right} right ones into `right/`, each written otherwise (a loop, einsum, numpy,
  another library call). The first line says how: `# right: a loop over the rows`.

Then: `python -m autograder attack {name} {folder}`
"""


@dataclass(frozen=True)
class Shot:
    """One answer of an attack, and what became of it."""

    exercise: str
    file: str
    right: bool  # as its author says
    said: str  # its first line
    earned: float
    points: float
    names: list[str]
    seen: str
    status: str
    headline: str  # of the card, with the case that it shows

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
    (folder / "imports.py").write_text(imports_cell(chapter).source + "\n", encoding="utf8")
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


def attacked(exercise: Exercise, folder: Path, progress=iter) -> list[Shot]:
    """Judge every answer in `folder`/wrong and `folder`/right."""
    files = [p for kind in ("wrong", "right") for p in sorted((folder / kind).glob("*.py"))]
    imports = imports_cell(chapters()[exercise.module]).source
    with Starter(limits=LIMITS) as starter:
        return [shot(exercise, path, imports, starter) for path in progress(files)]


def shot(exercise: Exercise, path: Path, imports: str, starter: Starter) -> Shot:
    source = path.read_text(encoding="utf8")
    verdicts = [examined(exercise, source, imports, starter, seed) for seed in (PUBLIC, GRADED)]
    verdict = min(verdicts, key=lambda verdict: verdict.earned)
    first = source.splitlines()[0] if source.strip() else ""
    card = as_text(verdict, everything=False).splitlines()
    shown = next((line for line in card if line.startswith("When ")), "")
    return Shot(
        exercise.name, path.name, path.parent.name == "right", first.lstrip("# "),
        verdict.earned, verdict.points, verdict.names, " ".join(verdict.seen), verdict.status,
        f"{card[0]} {shown}",
    )  # fmt: skip


def examined(exercise, source: str, imports: str, starter: Starter, seed: int) -> Verdict:
    """The verdict on an answer's text, as a submission that holds nothing else."""
    cells = [Cell("imports", imports), Cell(exercise.name, source)]
    with Examiner(starter, cells, seed) as examiner:
        return examiner.verdict(exercise, {})


def report(shots: list[Shot]) -> list[str]:
    """What passed wrongly and lost wrongly first, then what was said of the others."""
    wrong, right = ([s for s in shots if s.right is kind] for kind in (False, True))
    groups = {
        "WRONG AND PASSED": [s for s in wrong if s.passed],
        "RIGHT AND LOST POINTS": [s for s in right if not s.passed],
        "wrong and named: is it true of the code?": [s for s in wrong if s.names and not s.passed],
        "wrong, without a name": [s for s in wrong if not s.names and not s.passed],
    }
    lines = []
    for heading, group in groups.items():
        if not group:
            continue
        lines.append(f"\n{heading} ({len(group)})")
        for s in group:
            lines.append(f"  {s.earned:g} of {s.points:g}  {s.file}: {s.said}")
            told = f"{', '.join(s.names)}: {s.seen}" if s.names else s.headline
            lines.append(f"        {told}")
    kept = sum(s.passed for s in right)
    lines.append(
        f"\n{len(wrong)} wrong answers: {len(groups['WRONG AND PASSED'])} passed, "
        f"{sum(bool(s.names) for s in wrong if not s.passed)} were named. "
        f"{len(right)} right ones: {kept} earned all points."
    )
    if len(wrong) < LEAST_WRONG or len(right) < LEAST_RIGHT:
        lines.append(f"At least {LEAST_WRONG} wrong and {LEAST_RIGHT} right ones make an attack.")
    return lines
