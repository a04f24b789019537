"""How far a long loop is, wherever it runs: in a notebook, in a terminal, in a log."""

from collections.abc import Iterable, Iterator
from html import escape
from time import monotonic

from byhand.notebook import in_notebook

EVERY = 0.2  # seconds between two looks of a bar


def progress(items: Iterable, total: int | None = None, name: str = "") -> Iterator:
    """The items one by one, with a bar of how many have come.

    total: how many there are, where `items` has no length. name: of what is being done.
    """
    if total is None and hasattr(items, "__len__"):
        total = len(items)
    if in_notebook():
        yield from in_cell(items, total, name)
    else:
        from tqdm import tqdm

        yield from tqdm(items, name or None, total, disable=None)  # none in a file or a pipe


def in_cell(items: Iterable, total: int | None, name: str) -> Iterator:
    """A bar below the cell. What stays of it has no seconds, so that a page is built alike twice."""
    from IPython.display import display

    done, shown = 0, monotonic()
    handle = display(bar(done, total, name), raw=True, display_id=True)
    try:
        for item in items:
            yield item
            done += 1
            if monotonic() - shown > EVERY:
                shown = monotonic()
                handle.update(bar(done, total, name), raw=True)
    finally:
        handle.update(bar(done, total, name), raw=True)


def bar(done: int, total: int | None, name: str) -> dict:
    said = f"{name + ': ' if name else ''}{done:,}" + (f" of {total:,}" if total else "")
    drawn = f'<progress value="{done}" max="{total}"></progress> ' if total else ""
    return {"text/html": f"<div>{drawn}<small>{escape(said)}</small></div>", "text/plain": said}
