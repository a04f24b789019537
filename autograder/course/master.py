"""A submission read as data: the released notebook with the learner's answers put in.

Owns: what is taken from a submission, and what is said of one that cannot be read. Nothing
else of a submitted notebook is believed: no metadata, no tags, no locked cell.
"""

import json
import logging
import os
import re
import shutil
import stat
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.names import spellings
from autograder.course.shown import harmless, literal, pictures_of, used
from autograder.course.timestamp import TIMESTAMP, NoTime, home_zone, submitted_at

MOST_BYTES = 20 * 2**20
MOST_SOURCE = 10_000  # characters of one cell: a highlighter may take their square
MOST_SOURCES = 10 * MOST_SOURCE  # of all that is taken from a submission
MOST_ADDED = 100  # cells of a learner's own
ALLOWED = re.compile(r"[\w -]+\.ipynb|timestamp\.txt")
OWN = "llms_by_hand"  # the key of what we write into a notebook's metadata
log = logging.getLogger(__name__)


class Unreadable(ValueError):
    """A submitted file that is no notebook; the message tells its author what to do."""


def read_submission(path: Path) -> list[dict]:
    """Cells of a submitted notebook as {"type", "id", "source", "pictures"}, nothing else of it.

    Raises Unreadable for links, files that are too large, and files that are no notebooks.
    """
    try:
        status = path.lstat()
    except OSError:
        raise Unreadable(
            f"There is no file {path.name}. Submit the notebook under the name it was given."
        ) from None
    if not stat.S_ISREG(status.st_mode):
        kind = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}
        found = kind.get(stat.S_IFMT(status.st_mode), "no plain file")
        raise Unreadable(f"This file is {found}, not a notebook. Submit the notebook itself.")
    if status.st_size > MOST_BYTES:
        raise Unreadable(
            f"This file has {status.st_size / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} are "
            "read. Clear the outputs, save, and submit again."
        )
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(
            f"This file is no notebook ({type(error).__name__}: {str(error)[:80]}). Download the "
            "notebook again with File, Download, .ipynb, and submit that file."
        ) from None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(
            "This file holds no cells. Notebooks of format 3 and older must be opened and saved "
            "in a current Jupyter first."
        )
    return [read for read in map(read_cell, cells) if read]


def read_cell(cell) -> dict | None:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown"):
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    if len(source) > MOST_SOURCE:
        problem = f"This cell has {len(source)} characters; at most {MOST_SOURCE} are read."
        source = f"raise ValueError({problem!r})" if cell["cell_type"] == "code" else problem
    source = source.encode("utf8", "replace").decode("utf8")  # half a surrogate pair: "?"
    return {
        "type": cell["cell_type"],
        "id": identity(cell.get("metadata")),
        "source": source,
        "pictures": pictures_of(cell.get("attachments")),
    }


def identity(metadata) -> str:
    """What a cell is known by: its grade_id, or the exercise whose guess it holds."""
    for key, kind, form in (("nbgrader", "grade_id", "{}"), (OWN, "guess", "{}, a guess")):
        data = metadata.get(key) if isinstance(metadata, dict) else None
        name = data.get(kind) if isinstance(data, dict) else None
        if name and isinstance(name, str):
            return form.format(name)
    return ""


def filled(master: NotebookNode, submitted: list[dict]) -> NotebookNode:
    """The released notebook with answers by `grade_id`, and the learner's own code cells.

    A learner's own cell comes after the last known cell that stood before it. Of several
    cells with one `grade_id` the first of the right kind that was changed counts.
    Raises Unreadable where that is more than anybody writes.
    """
    known = {identity(cell.metadata): cell for cell in master.cells}
    known.pop("", None)
    sources = {cell.source.strip() for cell in master.cells}
    by_source = {cell.source.strip(): index for index, cell in enumerate(master.cells)}
    by_id = {identity(cell.metadata): index for index, cell in enumerate(master.cells)}
    answers, pictures, added, place = {}, {}, {}, -1
    for cell in submitted:
        target = known.get(cell["id"])
        if target is not None:
            place = by_id[cell["id"]]
            released = target.source.strip()
            theirs = own(target).get("solution") or is_guess(target)  # which is shown, never run
            if theirs and target.cell_type == cell["type"]:
                if cell["source"].strip() != released and cell["id"] not in answers:
                    answers[cell["id"]], pictures[cell["id"]] = cell["source"], cell["pictures"]
        elif cell["source"].strip() in sources:
            place = by_source[cell["source"].strip()]
        elif cell["type"] == "code" and cell["source"].strip():
            added.setdefault(place, []).append(cell["source"])
    taken = [*answers.values(), *(source for sources in added.values() for source in sources)]
    if len(taken) - len(answers) > MOST_ADDED or sum(map(len, taken)) > MOST_SOURCES:
        raise Unreadable(
            f"Your cells are too many ({len(taken)}) or too long; at most {MOST_ADDED} cells with "
            f"{MOST_SOURCES} characters in all are read. Leave out what is not needed."
        )
    cells = []
    for index in range(-1, len(master.cells)):
        if index >= 0:
            cell = master.cells[index]
            if (name := identity(cell.metadata)) in answers:
                put(answers[name], pictures[name], cell)
            cells.append(cell)
        cells += [new_code_cell(s, metadata={OWN: "added"}) for s in added.get(index, [])]
    master.cells = cells
    return master


def put(source: str, pictures: dict, cell: NotebookNode):
    """Put an answer into its cell; prose so that it is harmless where an instructor reads it."""
    if cell.cell_type == "markdown":
        source = harmless(source, pictures)
        if kept := used(source, pictures):
            cell.attachments = kept
    cell.source = source


def filled_submission(master: NotebookNode, path: Path) -> NotebookNode:
    """The released notebook with what was submitted; one that cannot be read says so on top."""
    try:
        return filled(master, read_submission(path))
    except Unreadable as problem:
        log.warning("%r: %s", str(path), problem)
        master.metadata[OWN] = {"unreadable": str(problem)}
        note = f"**This submission could not be graded.** {literal(str(problem))}"
        master.cells.insert(0, new_markdown_cell(note, metadata={OWN: {"unreadable": True}}))
        return master


def own(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


def is_guess(cell) -> bool:
    data = cell.metadata.get(OWN)
    return isinstance(data, dict) and "guess" in data


def graded_exercise(cell) -> str | None:
    """The exercise that a locked check cell of ours grades."""
    data = own(cell)
    grade_id = data.get("grade_id", "")
    return (
        grade_id.removesuffix("-check")
        if data.get("grade") and grade_id.endswith("-check")
        else None
    )


class MasterExporter(NotebookExporter):
    """Stock `nbgrader autograde` reads submissions through this."""

    def from_filename(self, filename, resources=None, **options):
        if not self.parent._sanitizing:  # nbgrader's second pass reads what the first wrote
            return super().from_filename(filename, resources=resources, **options)
        data = resources["nbgrader"]
        course = self.parent.coursedir
        release = course.format_path(course.release_directory, ".", data["assignment"])
        master = nbformat.read(Path(release, f"{data['notebook']}.ipynb"), as_version=4)
        master = filled_submission(master, Path(filename))
        resources = dict(resources)
        resources["metadata"] = {"name": data["notebook"], "path": os.path.dirname(filename)}
        return self.from_notebook_node(master, resources=resources, **options)


def set_aside(assignment: str, student: str, notebooks: list[str]):
    """Called by nbgrader before it converts a submission; `student` may be "*"."""
    for notebook in notebooks[:1]:
        folder = Path(notebook).parent
        if twins := spellings(folder.parent):
            log.warning("%s One command makes them one: python -m autograder grade.", twins)
        try:
            clear(folder)
        except OSError as error:  # nbgrader would log this, go on, and copy what was to be moved
            raise SystemExit(f"{folder} holds files that cannot be set aside: {error}") from error


def clear(folder: Path):
    """Move links and foreign files out of a submission before nbgrader copies them.

    nbgrader follows links: one to the gradebook would end up in a learner's feedback. What is
    moved lies in `set_aside/`, a link still being a link there, in a new folder each time: a
    link of last time must not lead this time's files elsewhere. Where the submission itself is
    a link, nothing is touched that it leads to. The course folder is the current one.
    """
    for path in (folder.parent, folder):
        if path.is_symlink():
            move_aside([path], folder)
            return
    move_aside([path for path in sorted(folder.rglob("*")) if is_foreign(path, folder)], folder)


def is_foreign(path: Path, folder: Path) -> bool:
    """Is this no part of a submission? Notebooks that are links are refused when they are read.

    nbgrader ends at a timestamp that is no time, whatever else was to be graded, and takes one
    from a zone that it does not know for UTC.
    """
    if path.is_symlink():
        return not (path.suffix == ".ipynb" and path.parent == folder)
    if path.is_dir():
        return False
    regular = stat.S_ISREG(path.lstat().st_mode)
    if not (regular and path.parent == folder and ALLOWED.fullmatch(path.name)):
        return True
    return path.name == TIMESTAMP and not is_time(path)


def is_time(path: Path) -> bool:
    try:
        submitted_at(path, home_zone(Path.cwd()))
        return True
    except NoTime as problem:
        log.warning(
            "%r says no time that counts: %s Until then it is not late.", str(path), problem
        )
        return False


def move_aside(paths: list[Path], folder: Path):
    aside = Path("set_aside", folder.parent.name, folder.name)
    aside /= str(len(list(aside.glob("*"))) + 1)
    for path in paths:
        target = aside / (path.relative_to(folder) if folder in path.parents else path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        log.warning("%r is no part of this assignment; moved to %r", str(path), str(target))
        shutil.move(path, target)
