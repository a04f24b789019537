"""One feedback page: what matters first, the learner's own work open, the chapter folded.

Owns: which cell is whose, what the page calls things, and how code and prose become HTML. How
it looks is `page.html.j2` and `page.css`. No script, no request: the page says so to the browser.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace

import nh3
from jinja2 import Environment, FileSystemLoader, pass_context
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.course.by_hand import WAITING
from autograder.course.formulas import mathml
from autograder.course.highlight import highlighted
from autograder.course.marks import OWN, own
from autograder.course.shown import FORM, NOT_KEPT, cleaned
from autograder.exercise import chapters, exercises
from autograder.exercise.words import counted
from autograder.home.card import STYLE, headline

HERE = Path(__file__).parent
KEPT = 4000  # rendered sources: most cells are the same in every submission
NO_COMMENT = (None, "", "No response.")  # the last is nbgrader's; the headline says it already
TASK = re.compile(r"\*\*Exercise: ")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


@dataclass
class Piece:
    """A piece of a page: of the chapter, or of the learner's.

    kind: chapter, code, prose, given (a cell as it was handed out), verdict.
    """

    kind: str
    html: Markup
    label: str = ""
    anchor: str = ""
    comment: str = ""


@dataclass
class Block:
    """Pieces under one heading: an exercise, the learner's other cells, or folded cells."""

    kind: str  # exercise, own, chapter
    title: str = ""
    pieces: list[Piece] = field(default_factory=list)
    task: str = ""
    anchor: str = ""
    headline: str = ""
    status: str = ""
    score: float = 0.0
    points: float = 0.0
    waits: bool = False


def page(notebook: NotebookNode, resources: dict) -> str:
    """resources: as nbgrader's GetGrades leaves them, with the cells' scores in the notebook."""
    told = resources["nbgrader"]
    kept = notebook.metadata.get(OWN, {})
    sorted_cells = Blocks(kept.get("verdicts", {}))
    blocks = sorted_cells.of(notebook.cells)
    chapter = chapters().get(told["assignment"])
    asked = [block for block in blocks if block.anchor]
    return template().render(
        learner=told["student"],
        title=chapter.title if chapter else told["notebook"],
        score=told["score"],
        points=told["max_score"],
        penalty=told["late_penalty"],
        unreadable=kept.get("unreadable"),
        notes=sorted_cells.notes,
        waiting=sum(block.points for block in asked if block.waits),
        asked=asked,
        blocks=blocks,
    )


class Blocks:
    """Sorts the cells of a graded notebook into blocks, in their order."""

    def __init__(self, verdicts: dict):
        self.verdicts = verdicts
        self.made: list[Block] = []
        self.known: dict[str, Block] = {}
        self.heading = "its beginning"  # what the next fold is called if it has no heading
        self.notes: list[Markup] = []  # on the file as a whole
        self.passed: list[NotebookNode] = []  # cells of the chapter that no block holds yet

    def of(self, cells: list[NotebookNode]) -> list[Block]:
        for cell in cells:
            data, ours = own(cell), cell.metadata.get(OWN)
            name = data.get("grade_id", "")
            if data.get("solution"):
                self.answer(cell, name)
            elif data.get("grade"):
                self.verdict(cell, name)
            elif isinstance(ours, dict) and "guess" in ours:
                self.guess(cell, ours["guess"])
            elif isinstance(ours, dict) and "exemplar" in ours:
                self.exemplar(cell, ours["exemplar"])
            elif isinstance(ours, dict) and (exercise := ours.get("found") or ours.get("length")):
                self.exercise(exercise).pieces.append(Piece("prose", shown(cell)))
            elif isinstance(ours, dict) and "unreadable" in ours:
                continue  # the page says it at its top
            elif isinstance(ours, dict) and "file" in ours:
                self.notes.append(shown(cell))
            elif ours:
                self.other(cell)
            else:
                self.passed.append(cell)
        self.fold()
        return self.made

    def answer(self, cell: NotebookNode, name: str):
        block = self.exercise(name)
        data = own(cell)
        unchanged = data.get("checksum") == compute_checksum(cell)
        label = "The cell as it was given" if unchanged else "Your answer"
        piece = Piece("given" if unchanged else cell.cell_type, shown(cell), label)
        piece.anchor = f"comment-{name}"
        if data.get("comment") not in NO_COMMENT:
            piece.comment = written(data["comment"])
        block.pieces.append(piece)
        if data.get("grade"):  # read by a person
            self.graded(block, data)
            block.status = "unwritten" if unchanged else "read"
            block.headline = "Not written yet." if unchanged else "Read by a person."

    def verdict(self, cell: NotebookNode, name: str):
        data, exercise = own(cell), name.removesuffix("-check")
        block = self.exercise(exercise)
        self.graded(block, data)
        verdict = self.verdicts.get(exercise)
        if verdict:
            block.headline = headline(SimpleNamespace(**verdict))
            block.status = verdict["status"]
        block.pieces.append(Piece("verdict", card(cell)))

    def graded(self, block: Block, data: dict):
        block.anchor, block.score, block.points = data["grade_id"], data["score"], data["points"]

    def guess(self, cell: NotebookNode, name: str):
        exercise = exercises().get(name)
        if exercise and cell.source.strip() == exercise.guess.strip():
            self.passed.append(cell)
        else:
            self.exercise(name).pieces.append(Piece("code", shown(cell), "Your guess"))

    def exemplar(self, cell: NotebookNode, name: str):
        block = self.exercise(name)
        if cell.source == WAITING:
            block.waits, block.status, block.headline = True, "by hand", "Not graded yet."
        block.pieces.append(Piece("prose", shown(cell)))

    def other(self, cell: NotebookNode):
        """A cell that the learner added, or a word of ours about the submission."""
        self.fold()
        if not (self.made and self.made[-1].kind != "chapter"):
            self.made.append(Block("own", "Your own cells"))
        label = "A cell of your own" if cell.cell_type == "code" else ""
        self.made[-1].pieces.append(Piece(cell.cell_type, shown(cell), label))

    def exercise(self, name: str) -> Block:
        """The block of an exercise, one for each, wherever its cells stand; a new one takes its
        task along."""
        if name not in self.known:
            task = None
            if self.passed and TASK.match(self.passed[-1].source):
                task = self.passed.pop()
            self.fold()
            title = exercises()[name].title if name in exercises() else name
            self.known[name] = Block("exercise", title, task=shown(task) if task else "")
            self.made.append(self.known[name])
        return self.known[name]

    def fold(self):
        if not self.passed:
            return
        found = [m[1] for cell in self.passed for m in HEADING.finditer(cell.source)]
        found = [re.sub(r"[*`$]", "", title) for title in found]
        title = " – ".join(dict.fromkeys((found[0], found[-1]))) if found else self.heading
        self.heading = f"{found[-1]}, continued" if found else self.heading
        pieces = [Piece("chapter", shown(cell)) for cell in self.passed]
        cells = counted(len(pieces), "cell")
        self.made.append(Block("chapter", title, pieces, headline=cells))
        self.passed = []


# ---- to HTML


def shown(cell: NotebookNode) -> Markup:
    if cell.cell_type == "code":
        return code(cell.source)
    return written(cell.source, cell.get("attachments")) if theirs(cell) else prose(cell.source)


@pass_context
def in_formgrader(context, source: str) -> Markup:
    """As nbconvert's filter `markdown2html`: formulas without a network there, too."""
    cell = context.get("cell")
    return shown(cell) if cell is not None and cell.source == source else written(source)


def theirs(cell: NotebookNode) -> bool:
    return bool(own(cell).get("solution"))


@lru_cache(KEPT)
def code(source: str) -> Markup:
    return Markup(f'<pre class="code" tabindex="0">{highlighted(source)}</pre>')


@lru_cache(KEPT)
def prose(source: str) -> Markup:
    """The course's own Markdown."""
    return Markup(MarkdownWithMath(renderer=OnPage({})).render(source))


def written(source: str, pictures: dict | None = None) -> Markup:
    """Markdown from somebody else: harmless already, and cleaned once more."""
    if not source.startswith(FORM):
        source = MarkdownWithMath(renderer=OnPage(pictures or {})).render(source)
    return Markup(cleaned(source))


def card(cell: NotebookNode) -> Markup:
    """The card in a graded cell, without the style that each brings along."""
    shown = [out.data.get("text/html", "") for out in cell.outputs if "data" in out]
    return Markup(re.sub(r"^<style>.*?</style>", "", "".join(shown), flags=re.DOTALL))


class OnPage(IPythonRenderer):
    """Headings below the page's own, formulas drawn, pictures from the cell and nowhere else."""

    def __init__(self, pictures: dict):
        super().__init__(escape=False, attachments=pictures, exclude_anchor_links=True)

    def heading(self, text, level, **attrs):
        return f'<h3 class="level{level}">{text}</h3>\n'  # the fold that it is in has an h2

    def image(self, text, url, title=None):
        name = url.removeprefix("attachment:")
        return super().image(text, url, title) if name in self.attachments else NOT_KEPT

    def block_math(self, body):
        return mathml(body, "block")

    def inline_math(self, body):
        return mathml(body)

    def latex_environment(self, name, body):
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def block_mermaidjs(self, code):
        return f"<pre>{nh3.clean_text(code)}</pre>"


@cache
def template():
    made = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["plain"] = lambda number: f"{number:g}"
    made.filters["counted"] = counted
    made.globals |= {"css": Markup(STYLE + (HERE / "page.css").read_text(encoding="utf8"))}
    return made.get_template("page.html.j2")
