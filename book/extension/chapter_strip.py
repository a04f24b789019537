"""The strip under a chapter's title: what is built so far, this chapter, what is still missing.

Owns the drawing. All that it says is known in `autograder.exercise.journey`.
"""

from html import escape

from course_map import address, notebook_link, page_of
from docutils import nodes
from sphinx.application import Sphinx

from autograder.exercise.words import counted

MOST = 4  # exercises, and chapters to take from, that are all named


class chapter_strip(nodes.General, nodes.Element):
    """Drawn already, in `html`: a node of its own, so that it can be left out of the search."""


def drawn(stem: str, link, notebook: str) -> str:
    """The strip in HTML. link: gives a chapter's address. notebook: the one of its notebook."""
    from autograder.exercise.journey import standing

    here = standing(stem)
    rows = {
        "Built so far": built(here, link),
        "This chapter": adds(here, notebook),
        "Still missing": missing(here, link),
    }
    lines = "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in rows.items())
    return (
        '<div class="bh-strip" role="group" aria-label="Where your model stands">'
        f"{road(here)}<dl>{lines}</dl></div>"
    )


def road(here) -> str:
    from autograder.exercise.road import stages

    place, every = len(here.earlier) + 1, len(here.earlier) + 1 + len(here.later)
    drawn = stages(lambda chapter: step(chapter, here), here.chapter.part)
    return f'<div class="bh-road" role="img" aria-label="Chapter {place} of {every}.">{drawn}</div>'


def step(chapter, here) -> str:
    css, said = "bh-ahead", "ahead"
    if chapter in here.earlier:
        css, said = "bh-built", "built"
    elif chapter == here.chapter:
        css, said = "bh-here", "this chapter"
    return f'<i class="{css}" title="{escape(chapter.title)}: {said}"></i>'


def built(here, link) -> str:
    from autograder.exercise import chapters

    if not here.built:
        return "Nothing yet."
    count = counted(len(here.built), "function")
    said = f"{count} in {counted(len(here.earlier), 'chapter')}."
    if len(here.takes) > MOST:
        used = most(here.takes, link)
    else:
        used = [
            ", ".join(code(name, f"{link(stem)}#exercise-{name}") for name in names)
            + f" from {anchor(chapters()[stem].title, link(stem))}"
            for stem, names in here.takes.items()
        ]
    return f"{said} Used here: {listed(used)}." if used else said


def most(takes: dict[str, tuple], link) -> list[str]:
    """Of many chapters those that give most, by their number of functions, and the rest as one."""
    from autograder.exercise import chapters

    giving = sorted(takes, key=lambda stem: -len(takes[stem]))
    named, rest = giving[: MOST - 1], giving[MOST - 1 :]
    said = [
        f"{len(takes[stem])} from {anchor(chapters()[stem].title, link(stem))}" for stem in named
    ]
    more = sum(len(takes[stem]) for stem in rest)
    return [*said, f"{more} more from {counted(len(rest), 'chapter')}"]


def adds(here, notebook: str) -> str:
    """Its exercises, what they take, and where they are done."""
    if not here.adds:
        return "Nothing to build: it is for reading."
    asked = [e for e in here.adds if not e.optional]
    more = [e for e in here.adds if e.optional]
    said = f"{counted(len(here.adds), 'exercise')}: {named(here.adds)}. "
    said += f"About {effort(asked)}, in {anchor('the notebook', notebook)}"
    return f"{said}; {effort(more)} more if you like." if more else f"{said}."


def named(exercises) -> str:
    """Links to all of them; of many, to those that later chapters lean on."""
    chosen = exercises
    if len(exercises) > MOST:
        chosen = [e for e in exercises if e.fast_track] or exercises[: MOST - 1]
    links = [
        anchor(e.title, f"#exercise-{e.name}")
        if e.in_prose
        else code(e.name, f"#exercise-{e.name}")
        for e in chosen
    ]
    rest = len(exercises) - len(chosen)
    return listed(links + [f"{rest} more"] * bool(rest))


def effort(exercises) -> str:
    points = counted(sum(e.points for e in exercises), "point")
    return f"{sum(e.minutes for e in exercises)} minutes for {points}"


def missing(here, link) -> str:
    from autograder.exercise.journey import PARTS, by_part, planned

    said = []
    if here.rest:
        more = f"{len(here.rest)} more of {escape(PARTS[here.chapter.part][0])}"
        said.append(f"{more}, next {anchor(here.rest[0].title, link(here.rest[0].stem))}")
    for part in here.ahead:
        name, gives = PARTS[part]
        said.append(f"{gives} ({anchor(name, link(by_part()[part][0].stem))})")
    told = f"{'; '.join(said)}." if said else ""
    told = told[:1].upper() + told[1:]
    later = listed([PARTS[part][1] for part in planned()])
    if later:
        told += f" Not written yet: {later}."
    return told.strip() or "Nothing: your model is whole."


def listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def code(name: str, address: str) -> str:
    return f'<a href="{escape(address)}"><code>{escape(name)}</code></a>'


def anchor(text: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def put_under_the_title(app: Sphinx, doctree: nodes.document, docname: str):
    from autograder.exercise import chapters

    stem = next((stem for stem in chapters() if page_of(stem) == docname), None)
    title = next(doctree.findall(nodes.title), None)
    if app.builder.format != "html" or stem is None or title is None:
        return
    html = drawn(stem, lambda other: address(app, docname, other), notebook_link(app, stem))
    title.parent.insert(title.parent.index(title) + 1, chapter_strip(html=html))


def visit_strip(self, node):
    self.body.append(node["html"])
    raise nodes.SkipNode


def setup(app: Sphinx):
    app.add_node(chapter_strip, html=(visit_strip, None))
    app.connect("doctree-resolved", put_under_the_title)
