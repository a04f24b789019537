"""Topics and claims: what the course teaches and mends, with the place, read off the chapters.

Owns the directives `topic-list` and `claim-list`, and the lines of chapters that they are made of:

    % topic: causal mask
    % topic: hallucination -> limits_section, tool_loop
    % erratum E15 E38
    % E15: the claim as it goes round -> what is right

A topic is practised by the exercises that it names, or by those of its section. A line becomes a
place on the page, so that a link leads to the very paragraph.
"""

import re
from dataclasses import dataclass

from course_map import address
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PAGE = "book/pages/topics"
TOPIC = re.compile(r"topic: (?P<topic>.+?)(?: -> (?P<named>\w+(?:, \w+)*))?\s*")
ERRATUM = re.compile(r"erratum (?P<numbers>E\d\d[a-z]?(?: E\d\d[a-z]?)*)\s*")
CLAIM = re.compile(r"(?P<number>E\d\d[a-z]?): (?P<said>.+?) -> (?P<right>.+?)\s*")
HEADING = re.compile(r"(#+) (.+)")
FENCE = re.compile(r"(`{3,})")


@dataclass(frozen=True)
class Place:
    """Where something is marked: the chapter, the nearest heading, the exercises that go with it."""

    stem: str
    heading: str
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """What goes round, what is right, and the place that says so."""

    number: str
    said: str
    right: str
    place: Place


# ---- reading


def marks(text: str) -> list[tuple[str, tuple[str, str]]]:
    """(line without its %, (section, heading)) for each line for authors, outside of code.

    A section is a heading of the second level. A line right above a heading belongs to it.
    """
    found, waiting, fence, section, heading = [], [], "", "", ""
    for line in text.splitlines():
        if opened := FENCE.match(line):
            fence = "" if fence else opened[1]
        if not fence and line.startswith("% "):
            waiting.append(line[2:])
            continue
        if not fence and (title := HEADING.fullmatch(line.strip())):
            heading = title[2]
            section = heading if len(title[1]) <= 2 else section
        if line.strip() and waiting:
            found += [(mark, (section, heading)) for mark in waiting]
            waiting = []
    return found


def sections(text: str) -> dict[str, str]:
    """For each heading of a chapter the section that it lies in."""
    found, section = {}, ""
    for line in re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
        if title := HEADING.fullmatch(line.strip()):
            section = title[2] if len(title[1]) <= 2 else section
            found[title[2]] = section
    return found


def topics() -> dict[str, list[Place]]:
    """Places by topic, the topics from A to Z."""
    from autograder.exercise import chapters

    found = {}
    for stem, chapter in chapters().items():
        within = sections(chapter.text)
        for mark, (section, heading) in marks(chapter.text):
            if match := TOPIC.fullmatch(mark):
                near = [name for name, at in chapter.exercises.items() if within[at] == section]
                named = match["named"].split(", ") if match["named"] else near
                found.setdefault(match["topic"], []).append(Place(stem, heading, tuple(named)))
    return dict(sorted(found.items(), key=lambda topic: topic[0].casefold()))


def errata() -> dict[str, list[Place]]:
    """Places by number: where the chapters say that they mend it."""
    from autograder.exercise import chapters

    found = {}
    for stem, chapter in chapters().items():
        for mark, (_, heading) in marks(chapter.text):
            if match := ERRATUM.fullmatch(mark):
                for number in match["numbers"].split():
                    found.setdefault(number, []).append(Place(stem, heading))
    return found


def claims() -> list[Claim]:
    """In the order of the book."""
    from autograder.exercise import chapters

    return [
        Claim(match["number"], match["said"], match["right"], Place(stem, heading))
        for stem, chapter in chapters().items()
        for mark, (_, heading) in marks(chapter.text)
        if (match := CLAIM.fullmatch(mark))
    ]


# ---- drawing


class topic_table(nodes.General, nodes.Element):
    """Where the table of topics goes."""


class claim_table(nodes.General, nodes.Element):
    """Where the table of claims goes."""


class TopicList(Directive):
    """Every topic, where it is taught, and what practises it."""

    def run(self):
        return [topic_table()]


class ClaimList(Directive):
    """Every claim that goes round, and what is right."""

    def run(self):
        return [claim_table()]


def place_id(kind: str, name: str) -> str:
    return nodes.make_id(f"{kind}-{name}")


def link(text: str, refuri: str) -> nodes.reference:
    return nodes.reference("", "", *inline(text), refuri=refuri, internal=True)


def inline(text: str) -> list[nodes.Node]:
    """Text with its `code` and its *stress*."""
    found = []
    for piece in re.split(r"(`[^`]+`|\*[^*]+\*)", text):
        kind = {"`": nodes.literal, "*": nodes.emphasis}.get(piece[:1])
        found.append(kind("", piece[1:-1]) if kind else nodes.Text(piece))
    return found


def cell(*paragraphs: list[nodes.Node]) -> nodes.entry:
    return nodes.entry("", *(nodes.paragraph("", "", *children) for children in paragraphs))


def table(head: list[str], widths: list[int], rows: list[nodes.row], css: str) -> nodes.table:
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", nodes.row("", *(cell([nodes.Text(text)]) for text in head)))
    group += nodes.tbody("", *rows)
    return nodes.table("", group, classes=["bh-topics", css])


def topics_drawn(to) -> nodes.table:
    """to: gives the address of a chapter."""
    from autograder.exercise import chapters, exercises

    rows, known = [], exercises()
    home = {name: stem for stem, chapter in chapters().items() for name in chapter.exercises}
    for topic, places in topics().items():
        at = place_id("topic", topic)
        where = [
            [link(place.heading, f"{to(place.stem)}#{at}")]
            + [nodes.Text(" in "), nodes.emphasis("", title)] * (place.heading != title)
            for place in places
            for title in [chapters()[place.stem].title]
        ]
        named = dict.fromkeys(name for place in places for name in place.exercises)
        built = [[link(known[n].title, f"{to(home[n])}#exercise-{n}")] for n in named]
        rows.append(nodes.row("", cell([nodes.Text(topic)]), cell(*where), cell(*built)))
    return table(["Topic", "Where", "Exercises"], [3, 4, 4], rows, "bh-by-topic")


def claims_drawn(to) -> nodes.table:
    """to: gives the address of a chapter."""
    from autograder.exercise import chapters

    rows, stem = [], None
    for claim in claims():
        if claim.place.stem != stem:
            stem = claim.place.stem
            title = nodes.entry(
                "", nodes.paragraph("", "", nodes.strong("", chapters()[stem].title)), morecols=1
            )
            rows.append(nodes.row("", title, classes=["bh-chapter"]))
        at = f"{to(stem)}#{place_id('erratum', claim.number)}"
        right = [*inline(f"{claim.right} More: "), link(claim.place.heading, at)]
        rows.append(nodes.row("", cell(inline(claim.said)), cell(right)))
    return table(["Often said", "What is right"], [2, 3], rows, "bh-by-claim")


def draw(app: Sphinx, doctree: nodes.document, docname: str):
    for kind, drawn in ((topic_table, topics_drawn), (claim_table, claims_drawn)):
        for node in list(doctree.findall(kind)):
            node.replace_self(drawn(lambda stem: address(app, docname, stem)))


def lay_out(app: Sphinx, doctree: nodes.document):
    """Each mark becomes a place that a link can lead to."""
    for comment in list(doctree.findall(nodes.comment)):
        for mark in map(str.strip, comment.astext().splitlines()):
            named = [("topic", match["topic"])] if (match := TOPIC.fullmatch(mark)) else []
            if match := ERRATUM.fullmatch(mark):
                named = [("erratum", number) for number in match["numbers"].split()]
            for kind, name in named:
                target = nodes.target("", "", ids=[place_id(kind, name)])
                comment.parent.insert(comment.parent.index(comment), target)


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Any page may have got a new mark."""
    return [PAGE] if PAGE in env.found_docs else []


def setup(app: Sphinx):
    app.add_node(topic_table)
    app.add_node(claim_table)
    app.add_directive("topic-list", TopicList)
    app.add_directive("claim-list", ClaimList)
    app.connect("doctree-read", lay_out)
    app.connect("doctree-resolved", draw)
    app.connect("env-updated", write_again)
