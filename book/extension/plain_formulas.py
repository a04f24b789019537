"""Formulas for readers without JavaScript: MathML beside what MathJax will set.

Owns nothing else of a formula. Browsers with scripts do not draw what is in `<noscript>`.
"""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

HIDE_TEX = "\n<noscript><style>.math.notranslate{display:none}</style></noscript>"

log = logging.getLogger(__name__)


def formulas(document) -> list:
    return [*document.findall(nodes.math), *document.findall(nodes.math_block)]


class PlainFormulas(SphinxPostTransform):
    """After each formula the same one as MathML, for pages whose scripts do not run."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        for formula in formulas(self.document):
            display = "block" if isinstance(formula, nodes.math_block) else "inline"
            mathml = convert(formula.astext(), display=display)
            if "\\" in mathml:
                log.warning(
                    "Without JavaScript this formula shows a command as text: %s. "
                    "Write it with commands that latex2mathml knows.",
                    formula.astext(),
                    location=formula,
                )
            plain = nodes.raw("", f"<noscript>{mathml}</noscript>", format="html")
            formula.parent.insert(formula.parent.index(formula) + 1, plain)


def hide_tex(app: Sphinx, pagename, templatename, context, doctree):
    if doctree and formulas(doctree):
        context["metatags"] = context.get("metatags", "") + HIDE_TEX


def setup(app: Sphinx):
    app.add_post_transform(PlainFormulas)
    app.connect("html-page-context", hide_tex, priority=901)
