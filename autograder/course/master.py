"""A submission read as data: the released notebook with the learner's answers put in.

Owns: what is taken from a submission, and what is said of one that cannot be read. Nothing
else of a submitted notebook is believed: no metadata, no tags, no locked cell.
"""

import json
import logging
import os
import re
import stat
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course.file_names import RECORD, adopt, beside, called, not_found
from autograder.course.marks import OWN, identity, own
from autograder.course.names import spellings
from autograder.course.placing import placed
from autograder.course.plainly import refused
from autograder.course.shown import harmless, pictures_of, used
from autograder.course.timestamp import TIMESTAMP, NoTime, home_zone, submitted_at
from autograder.home.saved import MOST_BYTES, source_of_cell

MOST_SOURCE = 10_000  # characters of one cell: a highlighter may take their square
MOST_PLAIN = 50_000  # of a cell without what takes it long: lines and gaps of many characters
LONG = re.compile(r"[^\n]{500}|\s{200}")
MOST_SOURCES = 100_000  # of all that is taken from a submission
MOST_CELLS = 200  # that are not as they were released
MOST_NAMED = 20  # files that were moved out of one submission
ALLOWED = re.compile(r"[^\x00-\x1f\ud800-\udfff]+\.ipynb|timestamp\.txt")
VERSION = re.compile(r"\d{1,2}\.\d{1,3}(\.\d{1,3})?", re.ASCII)
log = logging.getLogger(__name__)


class Unreadable(ValueError):
    """A submitted file that is no notebook; the message tells its author what to do."""


def read_submission(path: Path) -> tuple[list[dict], str]:
    """Cells of a submitted notebook, read by `read_cell`, and its Python's version.

    Raises Unreadable for links, files that are too large, and files that are no notebooks.
    """
    try:
        status = path.lstat()
    except OSError:
        raise Unreadable(not_found(path)) from None
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
    return [read for read in map(read_cell, cells) if read], python_of(raw)


def python_of(raw: dict) -> str:
    """The version of Python that a notebook says it ran on, such as "3.13.1", or ""."""
    told = raw
    for key in ("metadata", "language_info", "version"):
        told = told.get(key) if isinstance(told, dict) else None
    return told if isinstance(told, str) and VERSION.fullmatch(told) else ""


def read_cell(cell) -> dict | None:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = source_of_cell(cell)
    if source is None:
        return None
    most = MOST_SOURCE
    if len(source) > most and not LONG.search(source[: MOST_PLAIN + 1]):
        most = MOST_PLAIN
    if len(source) > most:
        problem = f"This cell has {len(source)} characters; at most {most} are read."
        source = f"raise ValueError({problem!r})" if cell["cell_type"] == "code" else problem
    source = source.encode("utf8", "replace").decode("utf8")  # half a surrogate pair: "?"
    return {
        "type": cell["cell_type"],
        "source": source,
        "id": identity(cell.get("metadata")),
        "key": cell.get("id"),
        "pictures": pictures_of(cell.get("attachments")),
    }


def filled(master: NotebookNode, submitted: list[dict]) -> NotebookNode:
    """The released notebook with the learner's cells in it, placed as they stood.

    Raises Unreadable where that is more than anybody writes.
    """
    known = {cell.source for cell in master.cells}
    taken = [cell for cell in submitted if cell["source"] not in known]
    code = sum(len(cell["source"]) for cell in taken if cell["type"] == "code")
    if len(taken) > MOST_CELLS or code > MOST_SOURCES:
        raise Unreadable(
            f"Your cells are too many ({len(taken)}) or too long; at most {MOST_CELLS} cells with "
            f"{MOST_SOURCES} characters of code are read. Leave out what is not needed."
        )
    given = {own(cell).get("grade_id"): cell.source for cell in master.cells}
    master.metadata[OWN] = {"found": placed(master, submitted)}
    pictures = {name: kept for cell in submitted for name, kept in cell.get("pictures", {}).items()}
    for cell in master.cells:
        if cell.cell_type == "markdown" and own(cell).get("solution"):
            if cell.source != given[own(cell)["grade_id"]]:
                put(cell.source, pictures, cell)
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
        cells, version = read_submission(path)
        master = filled(master, cells)
        master.metadata[OWN]["python"] = version
        if told := called(path) or beside(path):
            master.cells.insert(0, note_on_file(told))
        return master
    except Unreadable as problem:
        log.warning("%r: %s", str(path), problem)
        master.metadata[OWN] = {"unreadable": str(problem)}
        refused(master, str(problem))
        return master


def note_on_file(told: str) -> NotebookNode:
    return new_markdown_cell(f"*{told}*", id="the-file", metadata={OWN: {"file": True}})


class MasterExporter(NotebookExporter):
    """Stock `nbgrader autograde` reads submissions through this."""

    def filled(self, master: NotebookNode, path: Path) -> NotebookNode:
        return filled_submission(master, path)

    def from_filename(self, filename, resources=None, **options):
        if not self.parent._sanitizing:  # nbgrader's second pass reads what the first wrote
            return super().from_filename(filename, resources=resources, **options)
        data = resources["nbgrader"]
        course = self.parent.coursedir
        release = course.format_path(course.release_directory, ".", data["assignment"])
        master = nbformat.read(Path(release, f"{data['notebook']}.ipynb"), as_version=4)
        master = self.filled(master, Path(filename))
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
            notebooks[:] = [os.path.join(os.path.dirname(notebook), f"{folder.name}.ipynb")]
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
    if folder.is_dir():
        move_aside([path for path in entries(folder) if is_foreign(path, folder)], folder)
        adopt(folder)


def entries(folder: Path) -> list[Path]:
    """What lies in a submission; of a folder that is called like a notebook, what lies in that."""
    found = []
    for path in sorted(folder / name for name in os.listdir(folder)):
        inside = path.suffix == ".ipynb" and path.is_dir() and not path.is_symlink()
        found += [path / name for name in sorted(os.listdir(path))] if inside else [path]
    return found


def is_foreign(path: Path, folder: Path) -> bool:
    """Is this no part of a submission? Notebooks that are links are refused when they are read.

    A folder is moved as a whole: nobody walks through what may lie in it. nbgrader ends at a
    timestamp that is no time, whatever else was to be graded, and takes one from a zone that it
    does not know for UTC.
    """
    if path.is_symlink():
        return not (path.suffix == ".ipynb" and path.parent == folder)
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
    aside /= str(sum(path.name != RECORD for path in aside.glob("*")) + 1)
    for path in paths[:MOST_NAMED]:
        log.warning("%r is no part of this assignment; moved to %r", str(path)[:300], str(aside))
    if len(paths) > MOST_NAMED:
        log.warning("%d more of %r were moved there as well", len(paths) - MOST_NAMED, str(folder))
    for path in paths:
        target = aside / (path.relative_to(folder) if folder in path.parents else path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        move(path, target)


def move(path: Path, target: Path):
    """Move a file or a whole folder, also out of folders that nobody may change.

    shutil would walk through it where a plain move does not work, and not come back.
    """
    try:
        os.rename(path, target)
    except PermissionError:
        for place in (path.parent, path):
            if place.is_dir() and not place.is_symlink():
                place.chmod(0o700)
        os.rename(path, target)
