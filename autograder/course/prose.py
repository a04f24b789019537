"""Written answers in a submission: where the text stands, whatever became of its cell.

Owns: finding it by its mark, else under its heading; keeping it whole. A person reads it, so
that a note too many does no harm, and a sentence that is lost does.
"""

from autograder.course.as_python import as_python, parses
from autograder.course.marks import own


def written_answers(released, order: list[tuple[int | None, dict]]):
    """Texts by their place in the release, the cells that they were in, how each was found.

    order: for each submitted cell the released cell that it is, or None, and the cell.
    """
    texts, used, told = {}, [], {}
    for place in released.texts_asked:
        pieces = pieces_of(place, released, order)
        if not pieces:
            continue
        name = own(released.cells[place])["grade_id"]
        used += [cell for _, cell, _ in pieces]
        texts[place] = "\n\n".join(text for text, _, _ in pieces)
        if said := how_found(pieces):
            told[name] = said
    return texts, used, told


def pieces_of(place: int, released, order) -> list[tuple[str, dict, str]]:
    """(text, its cell, how it was found) of all that answers one exercise."""
    name, task = own(released.cells[place])["grade_id"], released.cells[place - 1].source.strip()
    empty = released.cells[place].source.strip()
    heading = task.partition("\n")[0].partition(" (")[0]
    pieces, begun, marked = [], False, any(cell["id"] == name for _, cell in order)
    for index, cell in order:
        text = cell["source"].strip()
        if cell["id"] == name:
            begun = True
            if text and text != empty:
                pieces.append((text, cell, "mark"))
        elif index == place - 1:
            begun = True
        elif index is not None:
            begun = False
        elif cell["type"] != "code" and place and text.startswith(heading):
            begun = True
            if rest := text.removeprefix(task).strip() if text.startswith(task) else "":
                pieces.append((rest, cell, "task"))
        elif begun and text and text != empty and is_text(cell, released):
            if rest := without_released(text, released):
                pieces.append((rest, cell, "below" if marked else "heading"))
    return pieces


def is_text(cell: dict, released) -> bool:
    if cell["type"] == "code":
        return cell["id"] not in released.by_id and not parses(as_python(cell["source"]))
    return cell["id"] not in released.by_id


def without_released(text: str, released) -> str:
    """What somebody typed into a cell of the chapter's own prose."""
    for cell in released.cells:
        if cell.cell_type == "markdown" and len(given := cell.source.strip()) > 20:
            text = text.replace(given, "")
    return text.strip()


def how_found(pieces) -> str:
    ways = [way for _, _, way in pieces]
    if len(pieces) > 1:
        return f"This text stood in {len(pieces)} cells; they are put together here."
    if ways == ["heading"]:
        return "The cell of this answer has lost its mark; the text was found under its heading."
    if ways == ["task"]:
        return "This text stood in the cell of the task."
    if ways == ["below"]:
        return "This text stood in another cell than the given one."
    if pieces[0][1]["type"] != "markdown":
        return f"The cell of this text had become one of type {pieces[0][1]['type']}."
    return ""
