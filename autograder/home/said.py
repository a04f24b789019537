"""What is said to a guess or to a reading: a card in a notebook, text elsewhere."""

from dataclasses import dataclass
from html import escape

from autograder.exercise import Exercise, exercises
from autograder.home.card import inline, section
from autograder.home.check import in_notebook


@dataclass(frozen=True)
class Said:
    """Lines under a title. label, css: the card's; picture: HTML above the lines."""

    label: str
    css: str
    title: str
    lines: tuple[str, ...] = ()
    picture: str = ""

    def __repr__(self):
        return "\n".join([self.title, *self.lines])

    def _repr_mimebundle_(self, **options):
        body = self.picture + "".join(map(as_html, self.lines))
        html = section(self.label, self.css, self.title, "", body)
        return {"text/plain": repr(self), "text/html": html}

    def told(self) -> "Said":
        """Itself, printed where nothing is drawn."""
        if not in_notebook():
            print(self)
        return self


def as_html(line: str) -> str:
    """A paragraph; where there are several lines, they are code."""
    if "\n" in line:
        return f'<pre tabindex="0">{escape(line)}</pre>'
    return f"<p>{inline(line)}</p>"


def asked(name: str, kind: type, card, verb: str, lacks: str, others: str) -> Exercise | Said:
    """The exercise of this kind and name; else a card that says which there are.

    verb: what the learner wanted to do; lacks: what this name does not have or ask;
    others: the exercises of the kind, in words.
    """
    exercise = exercises().get(name)
    if isinstance(exercise, kind):
        return exercise
    asking = [f"`{e.name}`" for e in exercises().values() if isinstance(e, kind)]
    told = f"{others}: {', '.join(asking) or 'none'}."
    return card(f"Nothing to {verb} here", (f"`{name}` {lacks}. {told}",))
