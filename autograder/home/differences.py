"""Two values in print, beside each other: laid out alike, with what differs marked.

Owns which numbers, words and signs of two texts differ. It sees texts, no values.
"""

import ast
import re
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest

PIECE = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?|\w+|\s+|.", re.DOTALL)
WORD = re.compile(r"[-+]?\w[\w.]*")
MOST_PIECES = 400  # of values of two forms: to align more would take long
PLAIN = (bool, int, float, str, bytes, type(None))


def marked(got: str, wanted: str) -> tuple[str, str]:
    """Both as HTML, with what differs between them marked: numbers, words, signs."""
    html = []
    for text, places in zip((got, wanted), odd(got, wanted), strict=True):
        pieces = PIECE.findall(text)
        html.append(
            "".join(
                f"<mark>{escape(piece)}</mark>" if i in places else escape(piece)
                for i, piece in enumerate(pieces)
            )
        )
    return tuple(html)


def odd(got: str, wanted: str) -> list[set[int]]:
    """For each text the numbers of its pieces that the other does not have."""
    pieces = [PIECE.findall(text) for text in (got, wanted)]
    told = [[i for i, piece in enumerate(p) if not piece.isspace()] for p in pieces]
    mine, theirs = ([p[i] for i in indices] for p, indices in zip(pieces, told, strict=True))
    found = differing(mine, theirs)
    return [{indices[place] for place in places}
            for indices, places in zip(told, found, strict=True)]  # fmt: skip


def differing(mine: list[str], theirs: list[str]) -> list[list[int]]:
    """Where two lists of pieces differ: place by place if they have one form, else aligned."""
    if len(mine) == len(theirs):
        places = [i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
        return [places, places]
    if max(len(mine), len(theirs)) > MOST_PIECES:
        return [[], []]
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    same = [{b[side] + k for b in blocks for k in range(b.size)} for side in (0, 1)]
    # one item more brings a comma along, which says nothing
    return [
        [i for i, piece in enumerate(side) if i not in kept and piece.strip("'\",()[]")]
        for side, kept in zip((mine, theirs), same, strict=True)
    ]


# ---- laid out alike


def in_columns(got: str, wanted: str) -> tuple[str, str]:
    """Two lists of one form with each item as wide as in the other, and a line for each row.

    What is in columns already, as tensors are, loses the gaps that both have.
    """
    try:
        values = ast.literal_eval(got), ast.literal_eval(wanted)
    except (ValueError, SyntaxError, MemoryError, RecursionError):  # cut short, or no list
        return closer(got, wanted)
    if (repr(values[0]), repr(values[1])) != (got, wanted):  # numbers with digits of our choice
        return closer(got, wanted)
    tables = [rows_of(value) for value in values]
    forms = [[len(row) for row in table] for table in tables]
    if not forms[0] or forms[0] != forms[1]:
        return got, wanted
    cells = [row for table in tables for row in table]
    widths = [max(map(len, column)) for column in zip_longest(*cells, fillvalue="")]
    return tuple(
        laid_out(value, table, widths) for value, table in zip(values, tables, strict=True)
    )


def closer(got: str, wanted: str) -> tuple[str, str]:
    """Both without the second of two columns of spaces, where all lines have the same columns."""
    lines = [*got.split("\n"), *wanted.split("\n")]
    if len({len(line) for line in lines}) > 1 or not all(line.startswith("[") for line in lines):
        return got, wanted
    blank = [set(column) == {" "} for column in zip(*lines, strict=True)]
    kept = [i for i, empty in enumerate(blank) if not (empty and (blank[i - 1] or i == 1))]
    told = ["".join(line[i] for i in kept) for line in lines]
    rows = got.count("\n") + 1
    return "\n".join(told[:rows]), "\n".join(told[rows:])


def rows_of(value) -> list[list[str]]:
    """The items of a list, or of a list of lists, as they are written; nothing of all else."""
    if not isinstance(value, list | tuple):
        return []
    rows = value if all(isinstance(row, list | tuple) for row in value) else [value]
    plain = all(isinstance(item, PLAIN) for row in rows for item in row)
    return [[repr(item) for item in row] for row in rows] if plain and all(rows) else []


def laid_out(value, table: list[list[str]], widths: list[int]) -> str:
    nested = isinstance(value[0], list | tuple)
    lines = [
        bracketed(row, in_line(cells, widths))
        for row, cells in zip(value if nested else [value], table, strict=True)
    ]
    return bracketed(value, ",\n ".join(lines)) if nested else lines[0]


def in_line(cells: list[str], widths: list[int]) -> str:
    """Numbers are aligned at their right, texts at their left."""
    pairs = list(zip(cells, widths, strict=False))
    if any(re.match(r"b?['\"]", cell) for cell in cells):
        return " ".join(f"{cell},".ljust(width + 1) for cell, width in pairs).rstrip()[:-1]
    return ", ".join(cell.rjust(width) for cell, width in pairs)


def bracketed(value: list | tuple, inner: str) -> str:
    if isinstance(value, list):
        return f"[{inner}]"
    return f"({inner},)" if len(value) == 1 else f"({inner})"


# ---- pointed at, where there is no colour


def pointed_at(got: str, wanted: str) -> tuple[str, str]:
    """Both, with signs below what is odd in the first, or else in the second.

    Where most of it is, signs would say nothing.
    """
    mine, theirs = odd(got, wanted)
    if 2 * len(mine or theirs) > len(WORD.findall(got if mine else wanted)):
        return got, wanted
    return (underlined(got, mine), wanted) if mine else (got, underlined(wanted, theirs))


def underlined(text: str, places: set[int]) -> str:
    signs = "".join(
        ("^" * len(piece)) if i in places else re.sub(r"[^\n]", " ", piece)
        for i, piece in enumerate(PIECE.findall(text))
    )
    told = []
    for line, below in zip(text.split("\n"), signs.split("\n"), strict=True):
        told += [line, below.rstrip()] if below.strip() else [line]
    return "\n".join(told)
