"""The Sphinx extension of the book: what a page loads, and where its notebook opens.

Owns the assets and links of pages. Exercises are drawn in `exercise_card`,
playgrounds in `playground`, definitions and citations in `hover` and `bibliography`, tables and
the map in `exercise_list`, `topics` and `course_map`, the strip under a title in `chapter_strip`,
what a colour means in `colours`, formulas without scripts in `plain_formulas`; stale outputs are
found in `stale_outputs`. Pages that have moved are noted in `old_addresses`.
"""

import re
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from shutil import copytree
from urllib.parse import quote

import bibliography
import chapter_strip
import colours
import course_map
import exercise_card
import exercise_list
import hover
import old_addresses
import plain_formulas
import playground
import stale_outputs
import topics
import zmq
from docutils import nodes
from jupyter_client import KernelManager
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx

BOOK = Path(__file__).parents[1]
MATHJAX_PARTS = ("tex-chtml.js", "input/tex/extensions", "output/chtml/fonts/woff-v2")

# The theme chooses light or dark after the first paint, and a dark page begins with a white flash.
RESOLVE_THEME = """{
  const look = document.documentElement.dataset;
  look.mode = localStorage.getItem("mode") || "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (look.mode === "auto") look.theme = dark ? "dark" : "light";
}"""

SHORT = 20  # characters

# A kernel that talks without encryption prints a warning for each page.
if hasattr(KernelManager, "transport_encryption") and zmq.has("curve"):
    KernelManager.transport_encryption.default_value = "auto"


def colab_link(app: Sphinx, docname: str) -> str | None:
    """The address of a chapter's published notebook in Colab; None for any other page."""
    chapter = docname.startswith("chapters/") and "kernelspec" in app.env.metadata[docname]
    if not chapter:
        return None
    stem = re.sub(r"^\d+_", "", PurePosixPath(docname).name)
    notebook = course_map.notebook_link(app, stem).removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{notebook}"


def add_templates(app: Sphinx, config):
    """Of the layout, and of the footer."""
    config.templates_path.append(str(BOOK / "templates"))
    config.html_theme_options["footer_content_items"] = ["colophon.html"]


def add_static_folders(app: Sphinx):
    """Jupyter Book loads every file of a `_static` folder on every page; here a page asks."""
    for folder in ("reports", "scripts", "styles"):
        app.config.html_static_path.append(str(BOOK / folder))


def copy_mathjax(app: Sphinx):
    """The parts of MathJax that a page of formulas can ask for: 2 of 24 MB."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "mathjax")
    with as_file(files("sphinx-mathjax-offline") / "static" / "mathjax") as mathjax:
        for part in MATHJAX_PARTS:
            destination = target / part
            if destination.exists():
                continue
            destination.parent.mkdir(parents=True, exist_ok=True)
            if (mathjax / part).is_dir():
                copytree(mathjax / part, destination)
            else:
                destination.write_bytes((mathjax / part).read_bytes())


def leave_folds_out_of_search(app: Sphinx):
    """A reader who finds a word finds it on the page, and not in a solution that is folded away."""
    if app.builder.format != "html":
        return
    index_page = app.builder.index_page

    def index_shown(pagename, doctree, title):
        shown = doctree.deepcopy()
        for fold in (
            HideCodeCellNode,
            exercise_card.exercise_solution,
            chapter_strip.chapter_strip,
        ):
            for hidden in list(shown.findall(fold)):
                hidden.parent.remove(hidden)
        index_page(pagename, shown, title)

    app.builder.index_page = index_shown


def mark_short_code(app: Sphinx, doctree, docname):
    """Code that needs no break in a line of a phone, so that it can be kept in one piece."""
    for literal in doctree.findall(nodes.literal):
        if len(literal.astext()) <= SHORT:
            literal["classes"].append("bh-short")


def drop_thebe(app: Sphinx, config):
    """Jupyter Book always loads thebe, which asks a CDN for scripts and fails on the page."""
    for listeners in app.events.listeners.values():
        for listener in tuple(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                listeners.remove(listener)
    app.registry.css_files[:] = [
        css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"
    ]


def dress_page(app: Sphinx, pagename, templatename, context, doctree):
    """Styles for what the page holds, and a button that opens its notebook."""
    for sheet in ("book.css", "frame.css", "type.css", "cells.css"):
        app.add_css_file(sheet)
    app.add_css_file("paper.css", media="print")
    removed = (context.get("meta") or {}).get("html_theme.sidebar_secondary.remove")
    if removed or not context.get("display_toc"):
        app.add_css_file("wide.css")
    app.add_js_file(None, body=RESOLVE_THEME)
    app.add_js_file("book.js", loading_method="defer")
    app.add_js_file("frame.js", loading_method="defer")
    if not app.env.get_domain("math").data["has_equations"].get(pagename):
        drop_mathjax(context["script_files"])
    # the layout has a viewport of its own
    told = re.sub(r'<meta name="viewport"[^>]*>', "", context.get("metatags", ""))
    context["metatags"] = told + report_address(app, pagename)
    context["course_version"] = version("llms-by-hand")
    if doctree is None:
        return
    defer(context["script_files"])
    if any(doctree.findall(exercise_card.exercise_card)):
        app.add_css_file("exercise.css")
    if pagename == app.config.root_doc:
        app.add_css_file("front.css")
    if any(doctree.findall(chapter_strip.chapter_strip)):
        app.add_css_file("strip.css")
    link = colab_link(app, pagename)
    if link:
        context["header_buttons"].insert(
            0,
            {
                "type": "link",
                "url": link,
                "text": "Open in Colab",
                "icon": "fas fa-play",
                "label": "colab",
            },
        )


def defer(scripts: list):
    """Text is shown before scripts run, save one whose values later lines in the head change.

    A page that Sphinx makes itself, such as the search, has scripts that wait for no other.
    """
    scripts[:] = [
        type(s)(s.filename, priority=s.priority, **{"defer": "defer"} | s.attributes)
        if s.filename and "documentation_options" not in str(s.filename)
        else s
        for s in scripts
    ]


def drop_mathjax(scripts: list):
    """Sphinx counts what the pages of a table of contents hold as held by the root page."""
    scripts[:] = [s for s in scripts if not str(s.filename).startswith("_static/mathjax")]


def report_address(app: Sphinx, pagename: str) -> str:
    """Where a reader reports a cell: an issue whose title has the page and the version."""
    url = app.config.html_theme_options["repository_url"].rstrip("/")
    title = quote(f"{pagename}, version {version('llms-by-hand')}")
    return f'\n<meta name="bh-report" content="{url}/issues/new?title={title}">'


def empty_fontawesome_script(app: Sphinx, exception):
    """1.45 MB that only custom icons need; the theme's own come from its web font."""
    script = Path(app.outdir, "_static", "scripts", "fontawesome.js")
    if exception is None and script.exists():
        script.write_text("")


def setup(app: Sphinx):
    app.add_config_value("notebooks_branch", "notebooks", "html")
    app.connect("config-inited", drop_thebe)
    app.connect("config-inited", add_templates)
    app.connect("builder-inited", add_static_folders)
    app.connect("builder-inited", copy_mathjax)
    app.connect("builder-inited", leave_folds_out_of_search)
    app.connect("doctree-resolved", mark_short_code)
    app.connect("html-page-context", dress_page, priority=900)
    app.connect("build-finished", empty_fontawesome_script)
    exercise_card.setup(app, colab_link)
    for part in (
        bibliography, chapter_strip, colours, course_map, exercise_list, hover, old_addresses,
        plain_formulas, playground, topics,
    ):  # fmt: skip
        part.setup(app)
    stale_outputs.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
