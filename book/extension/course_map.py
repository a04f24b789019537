"""The map of the course: its chapters in order, and arcs to the chapters that each one needs.

Owns the drawing. What a chapter needs is read off its files: the exercises of other chapters that
its cells or its reference import, and those that its own exercises say they build on.
"""

import ast
import re
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
ROW, LEFT, NARROWEST = 34, 150, 12  # pixels: height of a line, room for arcs, of an arc's foot
PARTS = {
    "1_nlp": "NLP", "2_transformers": "Transformers", "3_attention": "Attention",
    "4_inference": "Inference", "5_fine_tuning": "Fine-tuning", "6_quantization": "Quantization",
}  # fmt: skip


class course_map(nodes.General, nodes.Element):
    """Where the map goes."""


class CourseMap(Directive):
    def run(self):
        return [course_map()]


@cache
def needs() -> dict[str, tuple[str, ...]]:
    """For each chapter's stem the stems of the chapters whose functions it imports."""
    from autograder.exercise import chapters, exercises

    known, found = exercises(), {}
    for stem, chapter in chapters().items():
        sources = [source for _, source, _ in chapter.cells]
        reference = ROOT / "solutions" / f"{stem}.py"
        if reference.exists():
            sources.append(reference.read_text(encoding="utf8"))
        modules = {module for source in sources for module in modules_of(source)}
        modules |= {known[need].module for name in chapter.exercises for need in known[name].needs}
        found[stem] = tuple(other for other in chapters() if other in modules - {stem})
    return found


def modules_of(source: str) -> set[str]:
    """Modules of `solutions` that a source imports from."""
    return {
        node.module.removeprefix("solutions.")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solutions.")
    }


def drawn(link) -> str:
    """The map as SVG with links, and the same as sentences for who cannot see it."""
    from autograder.exercise import chapters

    lines, part = [], None
    for stem, chapter in chapters().items():
        if chapter.part != part:
            part = chapter.part
            if part:
                lines.append((PARTS.get(part, part), None))
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


def draw(app: Sphinx, doctree: nodes.document, docname: str):
    def link(stem):
        from autograder.exercise import chapters
        from autograder.exercise.chapter import ROOT as CHAPTERS

        page = "chapters/" + str(chapters()[stem].path.relative_to(CHAPTERS).with_suffix(""))
        return app.builder.get_relative_uri(docname, re.sub(r"\\", "/", page))

    for node in list(doctree.findall(course_map)):
        node.replace_self(nodes.raw("", drawn(link), format="html"))


def setup(app: Sphinx):
    app.add_node(course_map)
    app.add_directive("course-map", CourseMap)
    app.connect("doctree-resolved", draw)
