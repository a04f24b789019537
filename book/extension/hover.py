"""Definitions and references where a reader meets them: on hover, on focus, without a network.

Owns three kinds of hints: the first mention on a page of a word of `book/pages/glossary.md`, a sign
of `book/pages/notation.md` in a line of code, a link to a work of `references.bib`. What is said is
in the page; `book.js` shows it.
"""

import re
from functools import cache
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from docutils.utils import new_document
from pybtex.database import Entry, parse_file
from sphinx.application import Sphinx
from sphinx.util.nodes import make_id

ROOT = Path(__file__).parents[2]
GLOSSARY = "book/pages/glossary"
NOTATION = "book/pages/notation"
BIBLIOGRAPHY = "book/pages/bibliography"
SAID_IN = (f"{GLOSSARY}.md", f"{NOTATION}.md", "references.bib")
# places where a hint would be in the way
CLOSED = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.strong, nodes.math,
          nodes.math_block, nodes.raw, nodes.caption, nodes.rubric, nodes.term, nodes.table)  # fmt: skip
EXPLAINED = (
    "chapters/",
    "book/pages/",
)  # pages for readers; "batch" is another thing to an instructor


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
    """What a sign of the tables of notation says."""
    text = (ROOT / f"{NOTATION}.md").read_text(encoding="utf8")
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|$", text, re.MULTILINE)
    return {sign: plain(says) for signs, says in rows for sign in re.findall(r"`([^`]+)`", signs)}


def plain(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return " ".join(text.replace("`", "").replace("$", "").replace("**", "").split())


@cache
def works() -> dict[str, Entry]:
    """The works of `references.bib` by address."""
    entries = parse_file(str(ROOT / "references.bib"), "bibtex").entries.values()
    return {entry.fields["url"].rstrip("/"): entry for entry in entries}


def work_at(address: str) -> Entry | None:
    """The work that an address leads to, or to a page or place in it."""
    address = address.partition("#")[0].rstrip("/")
    while address and address not in works():
        address = address.rpartition("/")[0]
    return works().get(address)


def authors(work: Entry, full: bool = False) -> str:
    """By last name, the first alone where there are more than three; or all of them in full."""
    people = []
    for person in work.persons["author"]:
        first = person.first_names + person.middle_names if full else []
        people.append(" ".join(first + person.prelast_names + person.last_names))
    if len(people) > 3 and not full:
        people = [people[0], "others"]
    return unbraced(" and ".join(filter(None, [", ".join(people[:-1]), people[-1]])))


def field(work: Entry, *names: str) -> str:
    """The first of these fields that the work has, as plain text."""
    return unbraced(next((work.fields[name] for name in names if name in work.fields), ""))


def unbraced(text: str) -> str:
    return re.sub(r"[{}\\]", "", text)


def appeared_in(work: Entry) -> str:
    return field(work, "journal", "booktitle", "institution", "howpublished")


def reference(work: Entry) -> str:
    """Authors, year, title and where it appeared."""
    parts = (authors(work), field(work, "year"), field(work, "title"), appeared_in(work))
    return " ".join(stopped(part) for part in parts if part)


def stopped(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


# ---- where it is said


@cache
def spelt() -> dict[str, str]:
    """Terms of the glossary by how they may be spelt: plural, or as the first word of a sentence.

    Names keep their capitals: a Transformer is a network, transformers is a library.
    """
    forms = {}
    for term in glossary():
        several = [f"{term}s", f"{term}es"] + [f"{term[:-1]}ies"] * term.endswith("y")
        for form in (term, *several):
            forms |= {form: term, form[0].upper() + form[1:]: term}
    return forms


@cache
def pattern() -> re.Pattern:
    """Any term of the glossary as a word, longer terms first."""
    forms = "|".join(map(re.escape, sorted(spelt(), key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?<!Hugging Face )({forms})(?![\w-])")  # that one is a library


def add_hints(app: Sphinx, doctree: nodes.document, docname: str):
    if app.builder.format != "html" or not docname.startswith(EXPLAINED) or docname == GLOSSARY:
        return
    # a word in bold is defined where it stands
    said = {spelt().get(strong.astext()) for strong in doctree.findall(nodes.strong)}
    home = app.builder.get_relative_uri(docname, GLOSSARY)
    for text in list(doctree.findall(nodes.Text)):
        if is_open(text):
            pieces = hinted(text, said, home)
            if len(pieces) > 1:
                text.parent.replace(text, pieces)
    if docname != NOTATION:
        table = app.builder.get_relative_uri(docname, NOTATION) + "#notation"
        for literal in list(doctree.findall(nodes.literal)):
            says = notation().get(literal.astext())
            if says and is_open(literal):
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


def hinted(text: nodes.Text, said: set, home: str) -> list[nodes.Node]:
    """The text in pieces, with a hint at each term that `said` does not hold yet."""
    whole, pieces, at = text.astext(), [], 0
    for match in pattern().finditer(whole):
        term = spelt()[match[1]]
        if term in said:
            continue
        said.add(term)
        pieces.append(nodes.Text(whole[at : match.start()]))
        pieces.append(explained("", match[0], tip=glossary()[term], uri=f"{home}#{anchor(term)}"))
        at = match.end()
    return [*pieces, nodes.Text(whole[at:])]


@cache
def anchor(term: str) -> str:
    """Where the glossary defines a term: Sphinx's own rule, which keeps capitals."""
    return make_id(None, new_document("glossary"), "term", term)


def visit_explained(self, node):
    self.body.append(
        f'<a class="bh-hint" href="{escape(node["uri"])}" data-tip="{escape(node["tip"])}">'
    )


def depart_explained(self, node):
    self.body.append("</a>")


def add_citations(app: Sphinx, pagename, templatename, context, doctree):
    """Gives each link to a work that work as its hint; the first one is an anchor as well."""
    if "body" not in context or pagename == BIBLIOGRAPHY:
        return
    cited = set()

    def told(match: re.Match) -> str:
        work = work_at(unescape(match[2]))
        if work is None:
            return match[0]
        anchor = "" if work.key in cited else f' id="{cited_at(work)}"'
        cited.add(work.key)
        return f'{match[1]}{anchor} data-tip="{escape(reference(work))}"{match[3]}'

    link = r'(<a class="reference external" href="([^"]+)")(>)'
    context["body"] = re.sub(link, told, context["body"])


def cited_at(work: Entry) -> str:
    """The anchor of the first link to a work on a page."""
    return f"cited-{work.key}"


def read_again_when_hints_change(app: Sphinx, docname: str, source: list[str]):
    for path in SAID_IN:
        app.env.note_dependency(path)


def setup(app: Sphinx):
    app.add_node(explained, html=(visit_explained, depart_explained))
    app.connect("source-read", read_again_when_hints_change)
    app.connect("doctree-resolved", add_hints)
    app.connect("html-page-context", add_citations)
