"""Tables that a cell prints: a real table where HTML is drawn, aligned text elsewhere."""

import re
from collections.abc import Iterable
from html import escape

from byhand.notebook import put

NUMBER = re.compile(
    r"(?:[<>~±+−-]? ?\d[\d.,]*(?:e[+-]?\d+)? ?(?:%|[A-Za-zµ/]{1,6})?|[+−-]?inf|nan|)", re.IGNORECASE
)
LOOKS = {  # front ends that know nothing of the book's styles align cells as they like
    "bh-text": "text-align: left; white-space: pre-wrap",
    "bh-number": "text-align: right; white-space: pre; font-variant-numeric: tabular-nums",
}


def table(rows: Iterable[Iterable], head: Iterable = ()) -> None:
    """Shows rows of cells under a head; columns of numbers are aligned at their right.

    rows: each as long as the head. A cell is text, shown as it is, so that the caller chooses the
    digits (`f"{p:.1%}"`); a whole number gets commas, any other three digits, None stays empty.
    head: what the columns hold; without it the table has none. Where the first column holds text,
    it names its rows.
    """
    head = [shown(cell) for cell in head]
    rows = [[shown(cell) for cell in row] for row in rows]
    width = len(head) or len(rows[0]) if rows else len(head)
    for row in rows:
        if len(row) != width:
            raise ValueError(
                f"table() got a row of {len(row)} cells, {row}, where "
                f"{'the head' if head else 'the first row'} has {width}. Give every row as many; "
                'an empty cell is "" or None.'
            )
    kinds = [kind([row[i] for row in rows]) for i in range(width)]
    put(as_html(rows, head, kinds), as_text(rows, head, kinds))


def shown(cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool | str):
        return str(cell)
    try:
        return f"{cell:,}" if float(cell).is_integer() and "." not in str(cell) else f"{cell:.3g}"
    except (TypeError, ValueError, OverflowError):
        return str(cell)


def kind(column: list[str]) -> str:
    return "bh-number" if all(NUMBER.fullmatch(cell.strip()) for cell in column) else "bh-text"


def as_text(rows: list[list[str]], head: list[str], kinds: list[str]) -> str:
    lines = [head, *rows] if head else rows
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if each == "bh-number" else cell.ljust(width)
            for cell, width, each in zip(line, widths, kinds, strict=True)
        ).rstrip()
        for line in lines
    )


def as_html(rows: list[list[str]], head: list[str], kinds: list[str]) -> str:
    def cell(tag: str, text: str, look: str, scope: str = "") -> str:
        scope = f' scope="{scope}"' if scope else ""
        return f'<{tag}{scope} class="{look}" style="{LOOKS[look]}">{escape(text)}</{tag}>'

    named = bool(kinds) and kinds[0] == "bh-text"
    body = "".join(
        "<tr>"
        + "".join(
            cell("th", text, look, "row") if named and not i else cell("td", text, look)
            for i, (text, look) in enumerate(zip(row, kinds, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    top = "".join(
        cell("th", text, look, "col")
        if text
        else cell("td", text, look)  # an empty head names none
        for text, look in zip(head, kinds, strict=False)
    )
    top = f"<thead><tr>{top}</tr></thead>" if head else ""
    return f'<table class="byhand-table">{top}<tbody>{body}</tbody></table>'
