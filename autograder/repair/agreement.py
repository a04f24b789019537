"""From edits that hold to one place in the learner's cell, or to silence.

Owns: when edits are of one place, and what of it is told.
"""

from autograder.judge.place import Place
from autograder.repair.text import Edit, Source

NEAR = 0.75  # edits that cost this much more than the likeliest are heard, too
MOST_SHOWN = 60  # letters of a spot that are named in a sentence


def agreed(source: Source, repairs: list[tuple[Edit, ...]]) -> Place | None:
    """The place of the likeliest repair, where no other one as likely lies elsewhere; else None."""
    if not repairs:
        return None
    best = min(repairs, key=cost)
    heard = [repair for repair in repairs if cost(repair) <= cost(best) + NEAR]
    lines = lines_of(source, best)
    near = {line + step for line in lines for step in (-1, 0, 1)}
    if all(lines_of(source, repair) <= near or overlap(best, repair) for repair in heard):
        return place_of(source, best)
    return None


def lines_of(source: Source, repair: tuple[Edit, ...]) -> set[int]:
    return {line_of(source, edit) for edit in repair}


def overlap(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> bool:
    return any(a.start < b.end and b.start < a.end for a in one for b in other)


def cost(repair: tuple[Edit, ...]) -> float:
    return sum(edit.cost for edit in repair)


def line_of(source: Source, edit: Edit) -> int:
    """The line where an edit begins, blank lines and the indentation skipped."""
    start = edit.start
    while start < edit.end and source.text[start].isspace():
        start += 1
    return source.line_of(start)


def place_of(source: Source, repair: tuple[Edit, ...]) -> Place:
    first = min(repair, key=lambda edit: edit.start)
    line = line_of(source, first)
    text = source.lines[line - 1].rstrip("\n")
    begin = source.begins[line - 1]
    blank = len(text) - len(text.lstrip())
    start = max(first.start - begin, blank)
    there = [edit for edit in repair if line_of(source, edit) == line]
    end = max(min(max(edit.end for edit in there) - begin, len(text)), start)
    if first.start == first.end:
        start = end = 0
    if end - start > MOST_SHOWN:
        start = end = 0
    ordered = sorted(repair, key=lambda edit: edit.start)
    words = " ".join(in_words(source, edit) for edit in ordered)
    change = ", ".join(change_of(source, edit) for edit in ordered)
    also = tuple(sorted(lines_of(source, repair) - {line}))
    return Place(line, text, start, end, first.kind, words, change, shown(source, repair), also)


def in_words(source: Source, edit: Edit) -> str:
    """The edit, as a sentence."""
    line, old = line_of(source, edit), source.text[edit.start : edit.end].strip()
    if not old:
        return f"Before line {line} something is missing: {change_of(source, edit)}."
    if "\n" in old:
        return f"From line {line} on: {change_of(source, edit)}."
    return f"In line {line}, try it {change_of(source, edit)}."


def change_of(source: Source, edit: Edit) -> str:
    """What the edit does, without its line."""
    old, new = source.text[edit.start : edit.end].strip(), edit.new.strip()
    if edit.kind in ("repeats", "sequence") and "\n" in source.text[edit.start : edit.end]:
        return "with the lines in another order or depth"
    if not old:
        return (
            "copies of the arguments"
            if new.startswith("import copy")
            else f"`{new.splitlines()[0]}`"
        )
    if not new or "\n" in old or "\n" in new:
        return f"without `{old.splitlines()[0].strip()}`"
    return f"with `{new}` in place of `{old}`"


def shown(source: Source, repair: tuple[Edit, ...]) -> str:
    """The learner's lines with the edit made, no more of them than it touches."""
    text = source.text
    for edit in sorted(repair, key=lambda edit: -edit.start):
        text = edit.applied(text)
    new, old = text.splitlines(), source.text.splitlines()
    first = 0
    while first < min(len(new), len(old)) and new[first] == old[first]:
        first += 1
    rest = 0
    while rest < min(len(new), len(old)) - first and new[-1 - rest] == old[-1 - rest]:
        rest += 1
    lines = new[first : len(new) - rest] or new[max(0, first - 1) : first + 1]
    return "\n".join(lines)
