"""The works that the pages cite, each with links back to where they are cited.

Owns the directive `works-cited`. The works are those of `references.bib`, as `hover` reads them;
which pages cite a work is read off their links.
"""

from docutils import nodes
from docutils.parsers.rst import Directive
from hover import BIBLIOGRAPHY, appeared_in, authors, cited_at, field, stopped, work_at, works
from pybtex.database import Entry
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


class works_cited(nodes.General, nodes.Element):
    """Where the list goes."""


class WorksCited(Directive):
    def run(self):
        return [works_cited()]


def citing(env: BuildEnvironment) -> dict[str, list[str]]:
    """Pages by the key of a work that they link to, in the order of the book."""
    found = {}
    for page in sorted(env.found_docs, key=lambda page: (page.count("/"), page)):
        links = env.get_doctree(page).findall(nodes.reference)
        cited = {work.key for link in links if (work := work_at(link.get("refuri", "")))}
        for key in cited:
            found.setdefault(key, []).append(page)
    return found


def by_author(work: Entry) -> tuple[str, str]:
    return authors(work).casefold(), field(work, "year")


def item(work: Entry, places: list[tuple[str, str]]) -> nodes.list_item:
    """A work and, as titles and addresses, the places that cite it."""
    year, title = field(work, "year"), field(work, "title")
    who = authors(work, full=True) + (f", {year}. " if year else ". ")
    where = appeared_in(work)
    rest = stopped(title)[len(title) :] + (f" {stopped(where)}" if where else "")
    link = nodes.reference("", title, refuri=work.fields["url"])
    line = nodes.paragraph("", "", nodes.Text(who), link, nodes.Text(rest))
    back = nodes.paragraph("", "", nodes.Text("Cited in "))
    for i, (name, address) in enumerate(places):
        back += [nodes.Text(", ")] * bool(i)
        back += nodes.reference("", name, refuri=address, internal=True)
    return nodes.list_item("", line, back, ids=[work.key])


def fill(app: Sphinx, doctree: nodes.document, docname: str):
    for node in list(doctree.findall(works_cited)):
        pages = citing(app.env)
        node.replace_self(nodes.bullet_list("", *(
            item(work, [
                (app.env.titles[page].astext(),
                 f"{app.builder.get_relative_uri(docname, page)}#{cited_at(work)}")
                for page in pages.get(work.key, ())
            ])
            for work in sorted(works().values(), key=by_author)
        )))  # fmt: skip


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Any page may have got a new citation."""
    return [BIBLIOGRAPHY] if BIBLIOGRAPHY in env.found_docs else []


def setup(app: Sphinx):
    app.add_node(works_cited)
    app.add_directive("works-cited", WorksCited)
    app.connect("doctree-resolved", fill)
    app.connect("env-updated", write_again)
