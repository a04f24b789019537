"""One colour for each thing that the course keeps coming back to, wherever it is drawn.

Owns how the colours of `byhand.figures` reach the pages: as CSS variables, as lines under the
names in an exercise's signature, and as the legend that the directive `colours` draws.
"""

import re

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from byhand import figures

# meaning: (its colour, names in a signature that mean it, what is said of it)
MEANINGS = {
    "query": (figures.QUERY, ("q", "query", "queries"), "What asks: queries, and what is chosen."),
    "key": (figures.KEY, ("k", "key", "keys"), "What is asked: keys."),
    "value": (figures.VALUE, ("v", "value", "values"), "What is handed over: values."),
    "probability": (
        figures.PROBABILITY, ("p", "probs", "probabilities", "probability", "weights"),
        "Probabilities and attention weights: the fuller, the likelier.",
    ),
    "loss": (figures.LOSS, ("loss", "losses", "nll"), "Loss: what a guess costs."),
    "memory": (figures.MEMORY, ("cache", "memory", "bytes"), "Memory: bytes, and what is cached."),
    "warning": (figures.WARNING, (), "What has gone wrong."),
}  # fmt: skip
BY_NAME = {name: meaning for meaning, (_, names, _) in MEANINGS.items() for name in names}

SIGNATURE = re.compile(r'<div class="exercise-signature.*?</pre>', re.DOTALL)
NAME = re.compile(r'<span class="n">(\w+)</span>(?=<span class="p">[:,)])')
SCALAR = re.compile(r'<span class="p">:</span> <span class="nb">(?:bool|float|int|str)</span>')


class colours(nodes.General, nodes.Element):
    """Where the legend goes."""


class Colours(Directive):
    def run(self):
        return [colours()]


def visit_colours(self, node):
    lines = (
        f'<li><span class="bh-swatch" style="background: var(--{meaning})"></span>{says}</li>'
        for meaning, (_, _, says) in MEANINGS.items()
    )
    self.body.append(f'<ul class="bh-colours">{"".join(lines)}</ul>')
    raise nodes.SkipNode


def variables() -> str:
    """The colours as CSS, for every page."""
    values = "".join(f"--{meaning}:{colour};" for meaning, (colour, *_) in MEANINGS.items())
    return f"\n<style>:root{{{values}}}</style>"


def marked(signature: str) -> str:
    """A signature in HTML whose parameters are underlined in the colour of what they hold.

    A number is left alone: the k that is added to a count is no key.
    """

    def mark(found: re.Match) -> str:
        meaning = BY_NAME.get(found[1])
        if meaning is None or SCALAR.match(found.string, found.end()):
            return found[0]
        return f'<span class="n bh-means" style="--means: var(--{meaning})">{found[1]}</span>'

    return NAME.sub(mark, signature)


def dress(app: Sphinx, pagename, templatename, context, doctree):
    context["metatags"] = context.get("metatags", "") + variables()
    if "body" in context:
        context["body"] = SIGNATURE.sub(lambda found: marked(found[0]), context["body"])


def setup(app: Sphinx):
    app.add_node(colours, html=(visit_colours, None))
    app.add_directive("colours", Colours)
    app.connect("html-page-context", dress)
