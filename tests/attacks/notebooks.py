"""Attacks by what a submitted notebook says of itself: cells, metadata, outputs, sizes."""

import json
from copy import deepcopy

from attacks import (
    BLANK,
    COMBINE,
    FULL,
    HOLDS,
    MASK,
    NOT_YET,
    NOTHING,
    RIGHT,
    STEM,
    UNGRADED,
    WRONG,
    Attack,
    cell_of,
    code_cell,
    grade_id,
    place_of,
)

NO_NOTEBOOK = "what cannot be read as a notebook holds no answers"
ALL_RIGHT = "all three answers are right"
ALL_ZEROS = "all three answers give zeros, for which no claim holds"


def edits(name, tries, edit, score=FULL, because=ALL_RIGHT, says=HOLDS, **more):
    return Attack(name, tries, score, because, says, edit=edit, **more)


def lies(name, tries, edit):
    """Wrong answers in a notebook that claims something about itself."""
    return edits(name, tries, edit, NOTHING, ALL_ZEROS, NOT_YET, answers=WRONG)


def is_no_notebook(name, tries, data, says=UNGRADED):
    """A file of these bytes; of the right notebook's, where `data` is a function."""

    def write(folder, notebook):
        folder.mkdir()
        found = data(notebook) if callable(data) else data
        (folder / f"{STEM}.ipynb").write_bytes(found)

    return Attack(name, tries, NOTHING, NO_NOTEBOOK, says, write=write)


def written(notebook) -> bytes:
    return json.dumps(notebook).encode()


def checks(notebook) -> list[dict]:
    return [cell for cell in notebook["cells"] if grade_id(cell).endswith("-check")]


# ---- what a notebook claims


def skip_execution(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]


def many_points(notebook):
    for cell in checks(notebook):
        cell["metadata"]["nbgrader"] |= {"points": 100, "schema_version": 99, "extra": "key"}


def answered_checks(notebook):
    for cell in checks(notebook):
        shown = {"output_type": "execute_result", "data": {"text/plain": "100"}}
        cell["outputs"] = [shown | {"metadata": {}, "execution_count": 1}]
        cell["source"] = "100"


def edited_locks(notebook):
    for cell in notebook["cells"]:
        if grade_id(cell) in ("imports", "setup") or cell in checks(notebook):
            cell["metadata"]["nbgrader"]["locked"] = False
            cell["source"] = "from solutions.self_attention import *\n100"


def own_verdicts(notebook):
    notebook["metadata"]["llms_by_hand"] = {
        "verdicts": {name: {"earned": 3, "status": "right"} for name in FULL},
        "digest": "0" * 64, "seed": 0, "sandbox": "none",
    }  # fmt: skip
    for cell in notebook["cells"]:
        cell["metadata"]["llms_by_hand"] = "added"


def solution_checks(notebook):
    """The checks call themselves answers, the answers checks."""
    for cell in notebook["cells"]:
        if own := cell["metadata"].get("nbgrader"):
            own["grade"], own["solution"] = own["solution"], own["grade"]


def wrong_after_right(notebook):
    twin = deepcopy(cell_of(notebook, MASK))
    twin["source"] = WRONG[MASK]
    notebook["cells"].append(twin)


def right_after_stub(notebook):
    twin = deepcopy(cell_of(notebook, MASK))
    twin["source"] = RIGHT[MASK]
    notebook["cells"].append(twin)


def without_grade_id(notebook):
    cell_of(notebook, MASK)["metadata"] = {}


def without_locks(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if grade_id(c) in RIGHT]


def reordered(notebook):
    notebook["cells"].reverse()


def as_markdown(notebook):
    cell = cell_of(notebook, MASK)
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


def swapped(notebook):
    first, second = cell_of(notebook, MASK), cell_of(notebook, COMBINE)
    first["source"], second["source"] = second["source"], first["source"]


def junk(notebook):
    """Cells that are none among those that are."""
    notebook["cells"][1:1] = [
        None, 7, "cell", [], {}, {"cell_type": "code"}, {"cell_type": "raw", "source": "1"},
        {"cell_type": "code", "source": {"a": 1}, "metadata": []},
        {"cell_type": "code", "source": [1, None, "x = 1"], "metadata": {"nbgrader": "locked"}},
        {"cell_type": "code", "source": "x = 2", "metadata": {"nbgrader": {"grade_id": ["a"]}}},
        {"cell_type": 5, "source": "x = 3"},
    ]  # fmt: skip


def attached(notebook):
    for cell in notebook["cells"]:
        cell["attachments"] = {"../../../gradebook.db": {"image/png": "AAAA"}, "/etc/passwd": {}}
    notebook["cells"][0]["source"] += (
        "\n![](attachment:../../../gradebook.db)<script>alert(3)</script>"
    )


def thousands(notebook):
    place = place_of(notebook, MASK)
    notebook["cells"][place:place] = [code_cell(f"x{n} = {n}") for n in range(5000)]


def comment(text):
    return lambda notebook: cell_of(notebook, MASK).update(source=RIGHT[MASK] + f"# {text}\n")


CLAIMS = [
    lies("tags_skip_execution", "Has its checks skipped by a tag.", skip_execution),
    lies(
        "gives_itself_points", "Says what its checks are worth, by a schema to come.", many_points
    ),
    lies("answers_its_checks", "Brings the checks' outputs along.", answered_checks),
    lies("edits_locked_cells", "Imports the solutions in locked cells.", edited_locks),
    lies("brings_its_verdicts", "Brings verdicts, a digest and a seed.", own_verdicts),
    lies("swaps_roles", "Calls its checks answers and its answers checks.", solution_checks),
]
CELLS = [
    edits(
        "wrong_after_right", "Answers twice under one grade_id, to be given the better.",
        wrong_after_right, FULL | {MASK: 0}, "what the notebook leaves behind are zeros",
        NOT_YET,
    ),
    edits(
        "right_after_stub", "Answers in a copy of the cell, as happens.", right_after_stub,
        answers={MASK: None},
    ),
    edits(
        "without_grade_id", "Answers in a cell that is not the answer's.", without_grade_id,
        says="Found in a cell of your own.",
    ),
    edits("without_locked_cells", "Deletes everything but its answers.", without_locks),
    edits("in_reverse", "Turns the order of all cells round.", reordered),
    edits(
        "answer_as_markdown", "Answers in prose where code was asked for.", as_markdown,
        FULL | {MASK: 0}, "prose does not run, at home as here", BLANK,
    ),
    edits(
        "answers_swapped", "Writes two answers into each other's cells.", swapped,
        because="both functions are there when they are called, and right",
    ),
    edits("cells_that_are_none", "Mixes numbers and nothing among its cells.", junk),
    edits("attachments_with_paths", "Attaches files by paths that lead outside.", attached),
    edits(
        "thousands_of_cells", "Adds 5000 cells.", thousands, NOTHING,
        "nobody's notebook: it is refused before it costs the grader minutes", "Your cells are too many",
    ),
    edits(
        "a_million_dots", "Answers with what takes a highlighter the square of its length.",
        lambda notebook: cell_of(notebook, MASK).update(source="." * 10**6),
        FULL | {MASK: 0}, "dots are no function; the other two are right",
        "This cell has 1000000 characters; at most 10000 are read.",
    ),
    edits(
        "nested_parentheses", "Answers with code that a parser cannot hold.",
        lambda notebook: cell_of(notebook, MASK).update(source="(" * 5000 + ")" * 5000),
        FULL | {MASK: 0}, "parentheses are no function; the other two are right", "SyntaxError",
    ),
    edits("half_a_surrogate_in_a_comment", "Holds a character that UTF-8 has not.",
          comment("\ud800")),
    edits("control_characters", "Holds characters that end terminals' sentences.",
          comment("\x1b[2J\x07\x85\u2028\u202e")),
    edits(
        "a_null_byte", "Holds a null byte.", comment("\0"), FULL | {MASK: 0},
        "Python does not compile what holds a null byte", ("null bytes", "SyntaxError"),
    ),
]  # fmt: skip
FORMATS = [
    is_no_notebook("empty", "Hands in an empty file.", b""),
    is_no_notebook("truncated", "Hands in half a file.", lambda n: written(n)[:20_000]),
    is_no_notebook("no_json", "Hands in a picture.", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    is_no_notebook("nested_json", "Nests lists 200 000 deep.", b"[" * 200_000),
    is_no_notebook("nested_cells", "Nests cells.", b'{"cells":' * 50_000 + b"1" + b"}" * 50_000),
    is_no_notebook("a_list", "Hands in a list.", b"[]"),
    is_no_notebook("cells_by_name", "Names its cells.", b'{"cells": {"a": 1}}'),
    is_no_notebook("a_huge_number", "Counts to 10 ** 9999.", b'{"cells": ' + b"9" * 9999 + b"}"),
    is_no_notebook("utf_16", "Writes in UTF-16.", lambda n: written(n).decode().encode("utf-16")),
    is_no_notebook(
        "format_3",
        "Hands in a notebook of format 3.",
        lambda n: json.dumps(
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [n]}
        ).encode(),
        "Notebooks of format 3",
    ),
    edits("another_format", "Calls itself format 99.", lambda n: n.update(nbformat=99)),
    Attack(
        "byte_order_mark",
        "Begins with a byte order mark, as some editors write it.",
        FULL,
        ALL_RIGHT,
        HOLDS,
        write=lambda folder, notebook: (
            folder.mkdir(),
            (folder / f"{STEM}.ipynb").write_bytes(b"\xef\xbb\xbf" + written(notebook)),
        ),
    ),
]
ATTACKS = [*CLAIMS, *CELLS, *FORMATS]
