"""A page that shows what somebody built: parts, curves, samples, and what it ran on.

Owns `report` and the file that it writes, of HTML that needs no network and no script. What is
measured, and what is said of it, is the caller's.
"""

from base64 import b64encode
from html import escape
from pathlib import Path
from tempfile import gettempdir

from byhand.notebook import put
from byhand.reports.given import file, pairs, split, text, whose_words, words
from byhand.reports.machine import machine
from byhand.reports.page import curves_html, facts_html, filled, parts_html, samples_html
from byhand.tables import shown


def report(path, *, title: str, parts=(), curves=None, floor=None, samples=(), facts=()) -> Path:
    """Writes one page of HTML to show to somebody, and gives its path; a notebook shows it too.

    path: of the file, such as "my_model.html". title: what was built.
    parts: pairs (what, whose). whose is a word, or the functions that do it: then the page says
    whether they are your own or the book's.
    curves: by name, the pairs (step, loss) of a run, in nats. They share a picture with the floor. A
    name may also hold curves by name: those get a picture of their own, without the floor.
    floor: by label, the nats that nobody can go below. samples: pairs (prompt, text).
    facts: pairs (what, value), such as memory and tokens per second, with their units in the text.
    Versions, machine and date are added.
    """
    path, title = file(path), words(title, "title")
    parts = [(words(what, "parts"), *whose_words(whose)) for what, whose in pairs(parts, "parts")]
    samples = [
        (words(prompt, "samples", True), words(written, "samples", True))
        for prompt, written in pairs(samples, "samples")
    ]
    facts = [(words(what, "facts"), text(shown(value))) for what, value in pairs(facts, "facts")]
    page = filled(
        title,
        parts_html(parts),
        *(curves_html(*each) for each in split(curves, floor)),
        samples_html(samples),
        facts_html("In numbers", facts),
        facts_html("What it ran on", machine()),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf8")
    put(preview(page, path, title), f"{title}: written to {place(path)}. Open it in a browser.")
    return path


def place(path: Path) -> str:
    """Where a reader finds it; a temporary folder is called another name each time."""
    passing = Path(gettempdir()).resolve() in path.resolve().parents
    return f"a temporary folder, as {path.name}" if passing else str(path)


def preview(page: str, path: Path, title: str) -> str:
    """The page in a frame, and the same to be kept: a link to a file leads nowhere on Colab.

    The page itself lets no script run, so the frame need not forbid it.
    """
    data = b64encode(page.encode()).decode()
    return (
        f'<iframe srcdoc="{escape(page)}" title="{escape(title)}" loading="lazy" '
        'style="width:100%;height:32rem;border:1px solid #88888888"></iframe>'
        f"<p>Written to <code>{escape(place(path))}</code>. "
        f'<a download="{escape(path.name)}" href="data:text/html;base64,{data}">Save the page</a>'
        "</p>"
    )
