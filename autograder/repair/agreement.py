"""From edits that hold to one place in the learner's cell, or to silence.

Owns: when edits are of one place, and what of it is told.
"""

import ast
import re
from dataclasses import replace

from autograder.judge.place import Place
from autograder.repair.text import Edit, Source, common

NEAR = 0.75  # edits that cost this much more than the likeliest are heard, too
KEYWORD = re.compile(r"(?:\b\w+=)?$")  # of which a spot is the value
SIGNS = "<>=!+-*/%&|@"
TOKEN_BEFORE = re.compile(r"(?:\.?\w+)?[(\[]?$|[" + re.escape(SIGNS) + "]+$")
MOST_OF_IT = 0.7  # where more of the text changes, the whole of it is the spot
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
        return place_of(source, tuple(where_made(source, edit) for edit in best))
    return None


def where_made(source: Source, edit: Edit) -> Edit:
    """The edit at the line that makes a value, where it was found at the only one that uses it."""
    name = source.text[edit.start : edit.end]
    if edit.kind not in ("value", "name") or not name.isidentifier():
        return edit
    function = min(
        (f for f in source.functions if source.span(f)[0] <= edit.start < source.span(f)[1]),
        key=lambda f: f.end_lineno - f.lineno,
    )
    nodes = list(ast.walk(function))
    uses = [n for n in nodes if isinstance(n, ast.Name) and n.id == name]
    made = [n for n in nodes if isinstance(n, ast.Assign) and n.targets[0] in uses]
    if len(uses) == 2 and len(made) == 1 and len(made[0].targets) == 1:
        return replace(edit, start=source.span(made[0].value)[0], end=source.span(made[0].value)[1])
    return edit


def narrowed(old: str, new: str) -> tuple[int, int]:
    """Where in the old text the change is, in whole words: the begin and the end."""
    if new in old and not old.startswith(new):  # what stands around it is taken away
        head = old[: old.index(new)].rstrip(" (")
        tail = old[old.index(new) + len(new) :].lstrip(")") if not head else ""
        return (len(old) - len(tail), len(old)) if tail else (0, len(head) or len(old))
    begin = common(old, new)
    end = len(old) - common(old[begin:][::-1], new[begin:][::-1])
    replaced = begin < end and len(new) - common(new[::-1], old[::-1]) > begin
    if begin == end:  # something is put in: into what
        begin = TOKEN_BEFORE.search(old[:begin]).start()
        end += len(old[end:]) - len(old[end:].lstrip(")]"))
    while end < len(old) and begin < end and alike(old[end - 1], old[end]):
        end += 1
    while begin and begin < end and alike(old[begin - 1], old[begin]):
        begin -= 1
    begin += len(old[begin:end]) - len(old[begin:end].lstrip())
    whole = begin >= end or (replaced and end - begin > MOST_OF_IT * len(old))
    return (0, len(old)) if whole else (begin, end)


def alike(one: str, other: str) -> bool:
    """Are two letters of one word, or of one operator?"""
    return all(c.isalnum() or c == "_" for c in (one, other)) or (one in SIGNS and other in SIGNS)


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
    inner = narrowed(source.text[first.start : first.end], first.new)
    if "\n" not in source.text[first.start : first.end]:
        start, end = (first.start + place - begin for place in inner)
        start = KEYWORD.search(text[:start]).start()
    else:
        end = max(min(first.end - begin, len(text)), start)
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
