"""A learner's saved notebooks: where they lie, and what code is in them. Read as data, never run.

Owns: the folders and names under which learners keep notebooks, and what is said of a file that
cannot be read.
"""

import json
import re
from functools import cache
from pathlib import Path

from autograder.exercise import Chapter, chapters

MOST_BYTES = 20 * 2**20  # of a notebook
MOST_COPIES = 8  # of one chapter, the newest ones
SESSION = Path("/", "content")
MOUNT = SESSION / "drive"
DRIVE = MOUNT / "MyDrive"
COLAB = (SESSION, DRIVE, DRIVE / "Colab Notebooks")  # a session's folder, a mounted Drive


class NotRead(ValueError):
    """A file that is no notebook that could be read; the message says why and what to do."""


def notebooks_of(chapter: Chapter, folder=None) -> list[Path]:
    """Notebooks of a chapter, the newest first, under whatever name a download gave them."""
    found = {}
    for place in places(folder):
        for part in (place, place / chapter.part):
            for inside in (part, part / chapter.stem):
                for path in files_in(inside):
                    if chapter_of(path.stem) == chapter.stem:
                        found.setdefault(path.resolve(), path)
    return sorted(found.values(), key=changed, reverse=True)[:MOST_COPIES]


def places(folder=None) -> list[Path]:
    """Where notebooks may lie: beside this one, and above it where each chapter has a folder."""
    if folder is not None:
        return [Path(folder).expanduser()]
    try:
        here = Path.cwd()
    except OSError:
        return list(COLAB)
    above = here.parent if here.name in chapters() else here
    parts = {chapter.part for chapter in chapters().values()} - {""}
    top = above.parent if above.name in parts else above
    return [*dict.fromkeys([here, above, top]), *COLAB]


def files_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.glob("*.ipynb") if path.is_file()]
    except OSError:
        return []


def changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


@cache
def chapter_of(name: str) -> str:
    """The chapter that a file is called after, as in "Copy of tokenization (1)"; "" for none."""
    stems = [stem for stem in chapters()
             if re.search(rf"(?<![a-z]){stem}(?![a-z])", name, re.IGNORECASE)]  # fmt: skip
    return max(stems, key=len, default="")  # "encoder_decoders" is not called after "decoders"


def code_in(path: Path) -> list[str]:
    """Sources of a notebook's code cells. Raises NotRead."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise NotRead(
                f"{path.name} has {size / 2**20:.0f} MB, and at most {MOST_BYTES // 2**20} are "
                "read: clear its outputs and save it"
            )
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotRead(f"{path.name} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead(f"{path.name} is broken or half saved: open it and save it again") from None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list):
        raise NotRead(f"{path.name} holds no cells: open it in a current Jupyter and save it")
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [source for source in map(source_of_cell, code) if source is not None]


def source_of_cell(cell: dict) -> str | None:
    """The text of a cell, which a file may keep line by line; None where it is no text."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None
