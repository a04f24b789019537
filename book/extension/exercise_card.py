"""Exercise cards: a chapter's `exercise` cell, drawn as what a learner is asked to build.

The cell still runs; only its input is replaced. What the card says comes from
`autograder.exercise`, so that signature, statement and solution exist once.
"""

import ast
import re
from functools import cache
from html import escape
from importlib.util import find_spec

from docutils import nodes
from docutils.utils import new_document
from docutils.utils.smartquotes import smartyPants
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform

TAG = "tag_exercise"
DIFFICULTY = re.compile(r"difficulty (\d) of (\d)")
WIDTH = 76  # columns of code that a card holds on a desk's screen


class exercise_card(nodes.General, nodes.Element):
    """A card; its attributes are title, facts, forbidden names, heading level and anchor."""


class exercise_solution(nodes.General, nodes.Element):
    """A part of a card that stays folded until a reader asks for it, under its `summary`."""


class exercise_link(nodes.General, nodes.Element):
    """The line that leads from a card to the page's notebook."""


class UnknownExercise(SphinxError):
    """A cell tagged `exercise` that imports none."""

    category = "Exercise error"


@cache
def known_exercises():
    from autograder.exercise import exercises

    return exercises()


def exercise_of(code: str, place: str):
    """The exercise that a cell imports. `place` names the cell where it fails."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        statements = []
    imported = [
        (statement.module.removeprefix("solutions."), alias.name)
        for statement in statements
        if isinstance(statement, ast.ImportFrom)
        and (statement.module or "").startswith("solutions.")
        for alias in statement.names
    ]
    if len(statements) != 1 or len(imported) != 1:
        raise UnknownExercise(
            f"{place}: a cell tagged `exercise` holds one import of one name, "
            f"`from solutions.MODULE import NAME`; this one holds:\n{code}"
        )
    module, name = imported[0]
    exercise = known_exercises().get(name)
    if exercise is None or exercise.module != module:
        known = ", ".join(f"{e.module}.{e.name}" for e in known_exercises().values()) or "none"
        raise UnknownExercise(
            f"{place}: {module}.{name} is no exercise. Known: {known}. "
            f"Declare it in autograder/checks/{module}/, or take the tag `exercise` off the cell."
        )
    return exercise


def facts(exercise) -> list[str]:
    """What a learner wants to know before starting, in words."""
    return [
        *(["optional"] if exercise.optional else []),
        exercise.kind,
        exercise.worth,
        f"difficulty {exercise.difficulty} of 3",
        f"about {exercise.minutes} min",
        *(["fast track"] if exercise.fast_track else []),
    ]


class DrawExercises(SphinxTransform):
    """Replaces the input of each `exercise` cell by its card."""

    # before references and labels are collected: a statement may hold both
    default_priority = 200

    def apply(self, **kwargs):
        for cell in list(self.document.findall(nodes.container)):
            if TAG in cell["classes"] and cell.get("nb_element") == "cell_code":
                self.draw(cell)

    def draw(self, cell: nodes.container):
        (source,) = (n for n in cell.children if n.get("nb_element") == "cell_code_source")
        place = f"{self.env.doc2path(self.env.docname, base=False)}:{cell.line or '?'}"
        exercise = exercise_of(source.astext(), place)
        cell.replace(source, self.card(exercise, depth_of(cell)))
        for module in (f"solutions.{exercise.module}", *exercise.declared_in):
            spec = find_spec(module)
            if spec and spec.origin:
                self.env.note_dependency(spec.origin)

    def card(self, exercise, depth: int) -> exercise_card:
        from autograder.exercise.source import without_docstring

        anchor = f"exercise-{exercise.name}"
        domain = self.env.get_domain("std")
        domain.note_hyperlink_target(  # references are looked up in lower case
            anchor.lower(), self.env.docname, anchor, exercise.title
        )
        card = exercise_card(
            "",
            *(node for part in exercise.on_card for node in self.part(*part)),
            title=smartyPants(exercise.title, "q"),  # as Sphinx writes it in the tables
            facts=facts(exercise),
            forbid=exercise.forbid,
            level=depth + 1,
            ids=[anchor],
        )
        if exercise.in_prose:
            solution = exercise_solution("", *self.markdown(exercise.solution))
            solution["summary"] = "An exemplar"
        else:
            told = python(without_docstring(exercise.solution))
            solution = exercise_solution("", told, summary="Solution")
        card += [*needed(exercise), exercise_link(docname=self.env.docname), solution]
        return card

    def part(self, kind: str, content: str) -> list[nodes.Node]:
        """What `on_card` of an exercise says, drawn."""
        if kind == "code":
            return [python(content, "exercise-signature")]
        if kind == "picture":
            return [nodes.raw("", content, format="html")]
        drawn = self.markdown(content)
        return drawn if kind == "text" else [exercise_solution("", *drawn, summary=kind)]

    def markdown(self, text: str) -> list[nodes.Node]:
        """Text as the chapter's own parser reads it."""
        document = new_document(self.document["source"], self.document.settings)
        MystParser().parse(text, document)
        return document.children


def link(exercise) -> pending_xref:
    """To the card of an exercise."""
    target = f"exercise-{exercise.name}".lower()
    return pending_xref(
        "", nodes.inline("", exercise.title), refdomain="std", reftype="ref", reftarget=target,
        refexplicit=True, refwarn=True,
    )  # fmt: skip


def needed(exercise) -> list[nodes.Node]:
    """The line that names what to do first, where there is something."""
    links = [link(known_exercises()[name]) for name in exercise.needs]
    if not links:
        return []
    line = nodes.paragraph("", "Builds on ", classes=["exercise-needs"])
    for number, one in enumerate(links):
        line += [nodes.Text(", " if number else ""), one]
    line += nodes.Text(".")
    return [line]


def depth_of(node: nodes.Node) -> int:
    """How many sections a node is in."""
    depth = 0
    while node := node.parent:
        depth += isinstance(node, nodes.section)
    return depth


def wrapped(source: str) -> str:
    """Source whose signature has a line for each parameter where it is too wide for a card."""
    head, _, rest = source.partition("(")
    parameters, after = split_parameters(rest)
    signature = source[: len(source) - len(after)] + after.partition("\n")[0]
    if not head.startswith("def ") or max(map(len, signature.splitlines())) <= WIDTH:
        return source
    lines = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{head}(\n{lines}{after}"


def split_parameters(rest: str) -> tuple[list[str], str]:
    """The parameters of what stands behind a signature's first bracket, and what follows them."""
    depth, found = 0, [""]
    for at, sign in enumerate(rest):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return [parameter.strip() for parameter in found if parameter.strip()], rest[at:]
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [], ""


def python(source: str, *classes: str) -> nodes.literal_block:
    source = wrapped(source.rstrip())
    return nodes.literal_block(source, source, language="python", classes=list(classes))


def visit_card(self, node):
    (anchor,) = node["ids"]
    level = min(node["level"], 6)
    self.body.append(
        f'<section class="exercise" id="{anchor}" aria-labelledby="{anchor}-title">'
        '<header class="exercise-band"><p class="exercise-word">Exercise</p>'
        f'<h{level} class="exercise-title" id="{anchor}-title">{escape(node["title"])}'
        f'<a class="headerlink" href="#{anchor}" title="Link to this exercise">#</a></h{level}>'
        f'<ul class="exercise-facts">{"".join(map(fact, node["facts"]))}</ul></header>'
    )


def fact(text: str) -> str:
    """One of the facts; the difficulty is drawn as well as said."""
    found = DIFFICULTY.fullmatch(text)
    dots = found and "●" * int(found[1]) + "○" * (int(found[2]) - int(found[1]))
    drawn = f'<span class="exercise-dots" aria-hidden="true">{dots}</span> ' if found else ""
    return f"<li>{drawn}{escape(text)}</li>"


def depart_card(self, node):
    self.body.append("</section>")


def visit_solution(self, node):
    summary = escape(node["summary"])
    self.body.append(f'<details class="exercise-solution"><summary>{summary}</summary>')


def depart_solution(self, node):
    self.body.append("</details>")


def setup(app: Sphinx, colab_link):
    def visit_link(self, node):
        names = [f'<code class="literal">{escape(n)}</code>' for n in node.parent["forbid"]]
        if names:
            self.body.append(f'<p class="exercise-forbid">Not with {", ".join(names)}.</p>')
        link = colab_link(app, node["docname"])
        self.body.append(
            f'<p class="exercise-link"><a class="reference external" href="{link}">'
            "Write it in the notebook</a></p>"
        )
        raise nodes.SkipNode

    app.add_node(exercise_card, html=(visit_card, depart_card))
    app.add_node(exercise_solution, html=(visit_solution, depart_solution))
    app.add_node(exercise_link, html=(visit_link, None))
    app.add_transform(DrawExercises)
