"""Where a bookmark leads: a page that has moved leaves a note at its old address.

Owns the list of moves. The place on the page comes along: a bookmark of a word of the glossary
ends at that word.
"""

from html import escape
from os.path import relpath
from pathlib import Path

from sphinx.application import Sphinx

MOVED = {  # since version 0.4
    f"book/{name}": f"book/pages/{name}"
    for name in ("bibliography", "exercises", "front", "glossary", "map", "playgrounds")
} | {  # since other_tokenizers is a chapter
    "chapters/1_nlp/04_text_to_tensors": "chapters/1_nlp/05_text_to_tensors",
    "chapters/1_nlp/05_pipelines": "chapters/1_nlp/06_pipelines",
    "chapters/1_nlp/06_reading_tasks": "chapters/1_nlp/07_reading_tasks",
}
NOTE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>This page has moved</title>
<script>location.replace("{to}" + location.search + location.hash);</script>
<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript>
<link rel="canonical" href="{to}"></head>
<body><p>This page has moved: <a href="{to}">here it is</a>.</p></body></html>
"""


def leave_notes(app: Sphinx, exception):
    if exception or app.builder.format != "html":
        return
    for old, new in MOVED.items():
        if new in app.env.found_docs:
            note = Path(app.outdir, f"{old}.html")
            note.parent.mkdir(parents=True, exist_ok=True)
            to = Path(relpath(f"{new}.html", Path(old).parent)).as_posix()
            note.write_text(NOTE.format(to=escape(to)), encoding="utf8")


def setup(app: Sphinx):
    app.connect("build-finished", leave_notes)
