"""What marks a cell: nbgrader's metadata and our own.

Owns: reading such marks, in released notebooks, which are ours, and in submitted ones, where
they may say anything.
"""

OWN = "llms_by_hand"  # the key of what we write into a notebook's metadata
ADDED = "added"  # a cell of the learner's own
AS_GIVEN = "as given"  # the place of an answer in which nothing of the learner's stands
WAITS = "waits"  # a check whose answer a person must read


def identity(metadata) -> str:
    """What a cell is known by: its grade_id, or the exercise whose guess it holds."""
    for key, kind, form in (("nbgrader", "grade_id", "{}"), (OWN, "guess", "{}, a guess")):
        data = metadata.get(key) if isinstance(metadata, dict) else None
        name = data.get(kind) if isinstance(data, dict) else None
        if name and isinstance(name, str):
            return form.format(name)
    return ""


def own(cell) -> dict:
    return cell["metadata"].get("nbgrader", {})  # as an attribute it takes ten times as long


def is_guess(cell) -> bool:
    data = cell["metadata"].get(OWN)
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
