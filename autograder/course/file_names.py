"""What a submitted notebook is called: browsers and Drive give files names of their own.

Owns: taking the only notebook of a submission for the submission, whatever its name, and what is
said of that. `Copy of tokenization.ipynb` and `tokenization (1).ipynb` are what downloads make.
"""

import hashlib
import json
import logging
from pathlib import Path

RECORD = "called.json"
MOST_NAMED = 5
MOST_BYTES = 20 * 2**20  # of a submitted file
log = logging.getLogger(__name__)


def adopt(folder: Path):
    """Give the only notebook of a submission the name it was released under.

    What it was called is kept beside what was set aside, by what is in it: a later submission
    under the right name is told nothing.
    """
    wanted = folder / f"{folder.name}.ipynb"
    found = notebooks_in(folder)
    if len(found) != 1 or wanted.is_symlink() or wanted.exists():
        return
    log.warning("%r is the only notebook there; it was renamed to %r", str(found[0]), wanted.name)
    record = record_of(folder)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({digest(found[0]): found[0].name}), encoding="utf8")
    found[0].rename(wanted)


def called(path: Path) -> str:
    """A sentence where a submission came under another name, else ""."""
    try:
        names = json.loads(record_of(path.parent).read_text(encoding="utf8"))
        name = names.get(digest(path))
    except (OSError, ValueError):
        return ""
    if not isinstance(name, str):
        return ""
    return f"Your file was called {quoted(name)}; it was the only notebook, so it counts."


def not_found(path: Path) -> str:
    """What to do where there is no file of the right name, and not one other notebook."""
    found = [quoted(other.name) for other in notebooks_in(path.parent)]
    if len(found) > 1:
        some = ", ".join(found[:MOST_NAMED]) + (" and more" if len(found) > MOST_NAMED else "")
        return (
            f"There are {len(found)} notebooks here and none is called {quoted(path.name)}: {some}. "
            "Submit the one that is to count, alone."
        )
    return f"There is no file {path.name}. Submit the notebook under the name it was given."


def beside(path: Path) -> str:
    """A sentence about notebooks that were not read, else ""."""
    found = [quoted(other.name) for other in notebooks_in(path.parent) if other.name != path.name]
    if not found:
        return ""
    return f"{quoted(path.name)} was read, and not {', '.join(found[:MOST_NAMED])} beside it."


def notebooks_in(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.glob("*.ipynb") if p.is_file() and not p.is_symlink())
    except OSError:
        return []


def record_of(folder: Path) -> Path:
    course = folder.parent.parent.parent
    return course / "set_aside" / folder.parent.name / folder.name / RECORD


def digest(path: Path) -> str:
    """Of as much as is ever read: a file may say that it has terabytes."""
    with path.open("rb") as file:
        return hashlib.sha256(file.read(MOST_BYTES + 1)).hexdigest()


def quoted(name: str) -> str:
    """A file's name, as text in Markdown. A formula in it would end the code that it is in."""
    shown = name[:80].encode("utf8", "replace").decode("utf8")
    return "`" + "".join(c if c.isprintable() and c not in "`<$\\" else "?" for c in shown) + "`"
