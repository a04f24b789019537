"""`progress`: where the learner's model stands, in the learner's own verdicts.

Owns: the strip of a notebook, which is the book's with what the checks have said. What is known of
answers is the business of `standing`.
"""

import difflib
from collections import Counter
from dataclasses import dataclass
from html import escape

from autograder.exercise import Chapter, chapters
from autograder.exercise.journey import asked_in
from autograder.exercise.road import stages
from autograder.exercise.words import counted
from autograder.home.standing import known, share

WORDS = {
    "accepted": "accepted", "tried": "tried, not there yet", "lent": "lent by the book",
    "by hand": "read by a person", "": "not checked yet",
}  # fmt: skip

STYLE = """
.bh-progress{--bh-done:#2e8b57;container-type:inline-size;max-width:46rem;margin:.4rem 0;
font-family:system-ui,sans-serif;font-size:14px;line-height:1.5;color:inherit}
.bh-progress p{margin:.35rem 0}
.bh-progress .bh-road{display:flex;gap:.5rem;margin-bottom:.5rem}
.bh-progress .bh-stage{flex:var(--steps) 1 auto;min-width:0;font-size:12px}
.bh-progress .bh-steps{display:flex;align-items:center;gap:3px;height:1rem}
.bh-progress .bh-steps i{flex:1;box-sizing:border-box;height:.5rem;border:1px solid currentColor;
border-radius:.15rem;background:linear-gradient(to right,var(--bh-done) var(--part),transparent 0)}
.bh-progress .bh-steps .bh-here{height:1rem;border-width:2px}
.bh-progress .bh-steps .bh-planned{border-style:dashed;opacity:.6}
.bh-progress ul{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;margin:.35rem 0;padding:0;
list-style:none}
.bh-progress li{margin:0}
.bh-progress li::before{content:"";display:inline-block;box-sizing:border-box;width:.7em;height:.7em;
margin-right:.45em;border:1px solid currentColor;border-radius:.15rem}
.bh-progress .accepted::before{background:var(--bh-done)}
.bh-progress .tried::before{background:linear-gradient(to right,var(--bh-done) 50%,transparent 0)}
@container (max-width:34rem){.bh-progress .bh-stage{flex-basis:0}
.bh-progress .bh-stage:not(:has(.bh-here)) .bh-name{display:none}
.bh-progress .bh-name{display:block;width:max-content}
.bh-progress .bh-stage:last-child{display:flex;flex-direction:column}
.bh-progress .bh-stage:last-child .bh-name{align-self:flex-end}}
.bh-progress code{background:transparent;color:inherit;padding:0;font-size:.92em}
"""


@dataclass(frozen=True)
class Strip:
    """What `progress` gives: a strip in a notebook, text elsewhere."""

    text: str
    html: str

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, **options):
        return {"text/plain": self.text, "text/html": self.html}


def progress(chapter: str = "") -> Strip:
    """Where your model stands: what of this chapter and of all others has been accepted.

    It earns nothing and costs nothing. chapter: its notebook's name; nothing for the course alone.
    """
    share()
    here = chapters().get(chapter)
    if chapter and here is None:
        near = difflib.get_close_matches(str(chapter), chapters(), n=1, cutoff=0)
        told = f"No chapter is called `{chapter}`. Did you mean `{near[0]}`?"
        return Strip(told, f"<p>{escape(told)}</p>")
    states = known()
    said = sentences(here, states)
    rows = [(e, state(e, states)) for e in asked_in(here)] if here else []
    return Strip(as_text(said, rows), as_html(said, rows, road(here, states)))


def state(exercise, states: dict[str, str]) -> str:
    return "by hand" if exercise.in_prose else states.get(exercise.name, "")


def checked_in(chapter: Chapter) -> list[str]:
    """Names of the exercises that a check can accept."""
    return [e.name for e in asked_in(chapter) if not e.in_prose]


def sentences(here: Chapter | None, states: dict[str, str]) -> list[str]:
    every = [name for chapter in chapters().values() for name in checked_in(chapter)]
    told = [f"In the whole course: {tally(every, states)}."]
    if here is None:
        return told
    order = list(chapters().values())
    mine = checked_in(here)
    before = [n for chapter in order[: order.index(here)] for n in checked_in(chapter)]
    if before:
        told.insert(0, f"In the chapters before it: {tally(before, states)}.")
    done = all(states.get(name) == "accepted" for name in mine)
    told.insert(0, f"{here.title}: {'all of it is yours' if done else tally(mine, states)}.")
    return told


def tally(names: list[str], states: dict[str, str]) -> str:
    """ "3 of 7 functions accepted, 1 tried, 2 lent by the book"."""
    found = Counter(states.get(name) for name in names)
    said = [f"{found['accepted']} of {counted(len(names), 'function')} accepted"]
    said += [f"{found['tried']} tried"] * bool(found["tried"])
    said += [f"{found['lent']} lent by the book"] * bool(found["lent"])
    return ", ".join(said)


def as_text(said: list[str], rows: list[tuple]) -> str:
    width = max((len(e.name) for e, _ in rows), default=0)
    return "\n".join([*said, *(f"    {e.name:{width}}  {WORDS[found]}" for e, found in rows)])


def as_html(said: list[str], rows: list[tuple], drawn: str) -> str:
    first, *rest = map(escape, said)
    items = "".join(
        f'<li class="{found}"><code>{escape(e.name)}</code> {WORDS[found]}</li>'
        for e, found in rows
    )
    listed = f"<ul>{items}</ul>" if items else ""
    return (
        f"<style>{STYLE}</style>"
        '<section class="bh-progress" aria-label="Where your model stands">'
        f"{drawn}<p><strong>{first}</strong></p>{listed}<p>{' '.join(rest)}</p></section>"
    )


def road(here: Chapter | None, states: dict[str, str]) -> str:
    """A step for each chapter, as full as its exercises are accepted. Words say the same below."""
    drawn = stages(lambda chapter: step(chapter, chapter == here, states))
    return f'<div class="bh-road" aria-hidden="true">{drawn}</div>'


def step(chapter: Chapter, here: bool, states: dict[str, str]) -> str:
    names = checked_in(chapter)
    done = sum(states.get(name) == "accepted" for name in names)
    title = f"{chapter.title}: {done} of {len(names)} accepted"
    share = 100 * done / len(names) if names else 0
    css = ' class="bh-here"' if here else ""
    return f'<i{css} style="--part:{share:.0f}%" title="{escape(title)}"></i>'
