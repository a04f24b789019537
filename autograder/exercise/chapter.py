"""A chapter as data: where its file is, its headings, which cells define exercises.

Owns: finding chapters and reading their MyST source without any notebook library, so that a
first `check` is fast. Making notebooks of them is `notebook`.
"""

import ast
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from autograder.exercise.taking import TAG, as_imports, as_taken

ROOT = Path(__file__).resolve().parents[2] / "chapters"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"\A(?::[\w-]+:[^\n]*\n)+")


@dataclass(frozen=True)
class Chapter:
    """One chapter file. The stem names the assignment, the notebook and the two modules."""

    path: Path

    @property
    def stem(self) -> str:
        return re.sub(r"^\d+_", "", self.path.stem)

    @property
    def part(self) -> str:
        """The folder the chapter lies in, such as "3_attention"; "" for the front."""
        return self.path.parent.name if self.path.parent != ROOT else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf8")

    @cached_property
    def title(self) -> str:
        return re.search(r"^# (.+)$", self.text, re.MULTILINE)[1].strip()

    @cached_property
    def cells(self) -> list[tuple[list[str], str, str]]:
        """Code cells in order: (tags, source, the heading above)."""
        cells = []
        for match in CELL.finditer(self.text):
            options = OPTION.match(match[1])
            head = options[0] if options else ""
            tags = re.search(r":tags: \[(.*)\]", head)
            names = re.findall(r"[\w-]+", tags[1]) if tags else []
            headings = re.findall(r"^#+ (.+)$", self.text[: match.start()], re.MULTILINE)
            cells.append((names, match[1][len(head) :].strip(), headings[-1] if headings else ""))
        return cells

    @cached_property
    def exercises(self) -> dict[str, str]:
        """Names of the chapter's exercises in order, each with the heading above it."""
        return {
            name: heading
            for tags, source, heading in self.cells
            if "exercise" in tags
            for name in imported(source)
        }

    @cached_property
    def imports(self) -> str:
        """What answers may use: the imports of the reference module and of earlier exercises."""
        module = ROOT.parent / "solutions" / f"{self.stem}.py"
        if not module.exists():
            raise LookupError(f"{self.path.name} has no twin solutions/{self.stem}.py: write one.")
        nodes = ast.parse(module.read_text(encoding="utf8")).body
        lines = [ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        for tags, source, _ in self.cells:
            if TAG in tags:
                lines += as_imports(source)
            elif "exercise" not in tags:
                lines += re.findall(r"^from solutions\.\w+ import .+$", source, re.MULTILINE)
        lines += ["import torch", "from torch.nn import functional as F"]
        return "# Your answers may use these.\n" + "\n".join(dict.fromkeys(lines))

    @cached_property
    def demonstrations(self) -> dict[str, frozenset[str]]:
        """Sources of the cells that are shown and never graded, with the names they bind.

        As they stand in the learner's notebook.
        """
        shown = [
            as_taken(source) if TAG in tags else source
            for tags, source, _ in self.cells
            if "exercise" not in tags
        ]
        return {source: frozenset(bound(source)) for source in shown}


def imported(source: str) -> list[str]:
    """Names that the import statements of a cell bring in."""
    nodes = ast.parse(source).body
    return [alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom)
            for alias in node.names]  # fmt: skip


def bound(source: str) -> set[str]:
    """Names that a cell binds at its top level."""
    names = set()
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return names
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).partition(".")[0] for a in statement.names}
        else:
            names |= {n.id for n in ast.walk(statement)
                      if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
    return names


@lru_cache
def chapters() -> dict[str, Chapter]:
    """All chapters by stem, in the book's order: the front, then part by part."""
    paths = [path for path in ROOT.glob("**/*.md") if path.stem != "README"]
    paths.sort(key=lambda path: (path.parent != ROOT, path))
    found = [Chapter(path) for path in paths]
    return {chapter.stem: chapter for chapter in found}
