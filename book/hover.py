"""Definitions and references where a reader meets them: on hover, on focus, without a network.

Owns three kinds of hints. The first mention on a page of a word of `book/glossary.md`; a sign of
the notation table of `chapters/start_here.md` in a line of code; a link whose address is that of
an entry of `references.bib`. What is said stands in the page; `book.js` shows it.
"""

import re
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from pybtex.database import Entry, parse_file
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
GLOSSARY = "book/glossary"
NOTATION = "chapters/start_here"
# places where a hint would be in the way
CLOSED = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.strong,
          nodes.math, nodes.math_block, nodes.raw, nodes.caption, nodes.rubric, nodes.term)  # fmt: skip


class explained(nodes.Inline, nodes.TextElement):
    """Text with a definition: attributes `tip` and `uri`."""


# ---- what can be said


@cache
def glossary() -> dict[str, str]:
    """Definitions by term, as plain text."""
    text = (ROOT / f"{GLOSSARY}.md").read_text(encoding="utf8")
    inside = re.search(r"```\{glossary\}\n(.*?)```", text, re.DOTALL)[1]
    found = re.findall(r"^(\S.*)\n((?:  .*\n)+)", inside, re.MULTILINE)
    return {term: plain(definition) for term, definition in found}


@cache
def notation() -> dict[str, str]:
    """What a sign of the notation table says."""
    path = ROOT / f"{NOTATION}.md"
    if not path.exists():
        return {}
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|$", path.read_text(encoding="utf8"), re.MULTILINE)
    return {sign: plain(says) for signs, says in rows for sign in re.findall(r"`([^`]+)`", signs)}


@cache
def references() -> dict[str, str]:
    """References by address."""
    path = ROOT / "references.bib"
    if not path.exists():
        return {}
    entries = parse_file(str(path), "bibtex").entries.values()
    return {entry.fields["url"].rstrip("/"): reference(entry) for entry in entries}


def reference(entry: Entry) -> str:
    """Authors, year, title and where it appeared."""
    people = [" ".join(p.prelast_names + p.last_names) for p in entry.persons.get("author", [])]
    if len(people) > 3:
        people = [people[0], "others"]
    authors = " and ".join(filter(None, [", ".join(people[:-1]), *people[-1:]]))
    fields = entry.fields
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    parts = [authors, fields.get("year", ""), fields["title"], where]
    return ". ".join(re.sub(r"[{}\\]", "", part) for part in parts if part) + "."


def plain(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return " ".join(text.replace("`", "").replace("$", "").replace("**", "").split())


# ---- where it is said


@cache
def pattern() -> re.Pattern:
    """Any term of the glossary as a word, in the singular or plural, longer terms first."""
    terms = sorted(glossary(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, terms))})s?(?![\w-])", re.IGNORECASE)


def add_hints(app: Sphinx, doctree: nodes.document, docname: str):
    if app.builder.format != "html" or docname == GLOSSARY:
        return
    by_name = {term.lower(): term for term in glossary()}
    said = {by_name[word] for strong in doctree.findall(nodes.strong)
            if (word := strong.astext().lower().removesuffix("s")) in by_name}  # fmt: skip
    home = app.builder.get_relative_uri(docname, GLOSSARY)
    for text in list(doctree.findall(nodes.Text)):
        if is_open(text):
            pieces = hinted(text, by_name, said, home)
            if len(pieces) > 1:
                text.parent.replace(text, pieces)
    if docname != NOTATION:
        table = app.builder.get_relative_uri(docname, NOTATION) + "#notation"
        for literal in list(doctree.findall(nodes.literal)):
            says = notation().get(literal.astext())
            if says and not isinstance(literal.parent, nodes.reference):
                literal.replace_self(explained("", "", literal.deepcopy(), tip=says, uri=table))


def is_open(node: nodes.Node) -> bool:
    """Is this running text, in which a dotted line disturbs nothing?"""
    above, running = node.parent, False
    while above is not None:
        if isinstance(above, CLOSED) or "cell_output" in above.get("classes", ()):
            return False
        running = running or isinstance(above, nodes.paragraph)
        above = above.parent
    return running


def hinted(text: nodes.Text, by_name: dict, said: set, home: str) -> list[nodes.Node]:
    """The text in pieces, with a hint at each term that `said` does not hold yet."""
    whole, pieces, at = text.astext(), [], 0
    for match in pattern().finditer(whole):
        term = by_name[match[1].lower()]
        if term in said:
            continue
        said.add(term)
        anchor = nodes.make_id(f"term-{term}")
        pieces.append(nodes.Text(whole[at : match.start()]))
        pieces.append(explained("", match[0], tip=glossary()[term], uri=f"{home}#{anchor}"))
        at = match.end()
    return [*pieces, nodes.Text(whole[at:])]


def visit_explained(self, node):
    self.body.append(
        f'<a class="bh-hint" href="{escape(node["uri"])}" data-tip="{escape(node["tip"])}">'
    )


def depart_explained(self, node):
    self.body.append("</a>")


def add_citations(app: Sphinx, pagename, templatename, context, doctree):
    """Gives each link to a work of `references.bib` that work as its hint."""
    if "body" not in context or not references():
        return

    def told(match: re.Match) -> str:
        says = references().get(match[2].split("#")[0].rstrip("/"))
        return f'{match[1]} data-tip="{escape(says)}"{match[3]}' if says else match[0]

    link = r'(<a class="reference external" href="([^"]+)")(>)'
    context["body"] = re.sub(link, told, context["body"])


def setup(app: Sphinx):
    app.add_node(explained, html=(visit_explained, depart_explained))
    app.connect("doctree-resolved", add_hints)
    app.connect("html-page-context", add_citations)
