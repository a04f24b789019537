"""The map of the course: its chapters in order, and arcs to the chapters that each one needs.

Owns the drawing. What a chapter needs is known in `autograder.exercise.journey`.
"""

from html import escape

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

ROW, LEFT, NARROWEST = 34, 150, 12  # pixels: height of a line, room for arcs, of an arc's foot


class course_map(nodes.General, nodes.Element):
    """Where the map goes."""


class CourseMap(Directive):
    def run(self):
        return [course_map()]


def needs() -> dict[str, tuple[str, ...]]:
    """For each chapter's stem the stems of the chapters that it leans on."""
    from autograder.exercise.journey import taken

    return {stem: tuple(others) for stem, others in taken().items()}


def drawn(link) -> str:
    """The map as SVG with links, and the same as sentences for who cannot see it."""
    from autograder.exercise import chapters
    from autograder.exercise.journey import PARTS

    lines, part = [], None
    for stem, chapter in chapters().items():
        if chapter.part != part:
            part = chapter.part
            if part:
                lines.append((PARTS[part][0], None))
        lines.append((chapter.title, stem))
    height = {stem: (i + 0.5) * ROW for i, (_, stem) in enumerate(lines) if stem}
    shapes, sentences = [], []
    for stem, others in needs().items():
        for other in others:
            top, bottom = sorted((height[other], height[stem]))
            reach = min(LEFT - 20, NARROWEST + 9 * (bottom - top) ** 0.5 / 2)
            x = LEFT - 12
            shapes.append(
                f'<path class="bh-need" data-of="{stem}" d="M{x} {top} C{x - reach:.0f} {top}, '
                f'{x - reach:.0f} {bottom}, {x} {bottom}"/>'
            )
    for i, (title, stem) in enumerate(lines):
        y = (i + 0.5) * ROW + 5
        if stem is None:
            shapes.append(f'<text class="bh-part" x="{LEFT - 8}" y="{y}">{escape(title)}</text>')
            continue
        shapes.append(
            f'<a href="{escape(link(stem))}" data-of="{stem}"><circle cx="{LEFT - 12}" '
            f'cy="{y - 5}" r="4"/><text x="{LEFT}" y="{y}">{escape(title)}</text></a>'
        )
        titles = [chapters()[other].title for other in needs()[stem]]
        sentences.append(f"{title} needs {' and '.join(titles) or 'nothing before it'}.")
    label = escape(" ".join(sentences))
    return (
        f'<svg class="bh-map" viewBox="0 0 {LEFT + 230} {len(lines) * ROW}" role="group" '
        f'aria-label="{label}">{"".join(shapes)}</svg>'
    )


def notebook_link(app: Sphinx, stem: str) -> str:
    """The address of a chapter's published notebook."""
    url = app.config.html_theme_options["repository_url"].rstrip("/")
    return f"{url}/blob/{app.config.notebooks_branch}/{stem}.ipynb"


def page_of(stem: str) -> str:
    """A chapter's page, as Sphinx names it."""
    from autograder.exercise import chapters
    from autograder.exercise.chapter import ROOT

    return chapters()[stem].path.relative_to(ROOT.parent).with_suffix("").as_posix()


def address(app: Sphinx, docname: str, stem: str) -> str:
    """Where a chapter's page lies, seen from a page."""
    return app.builder.get_relative_uri(docname, page_of(stem))


def draw(app: Sphinx, doctree: nodes.document, docname: str):
    for node in list(doctree.findall(course_map)):
        drawing = drawn(lambda stem: address(app, docname, stem))
        node.replace_self(nodes.raw("", drawing, format="html"))


def setup(app: Sphinx):
    app.add_node(course_map)
    app.add_directive("course-map", CourseMap)
    app.connect("doctree-resolved", draw)
