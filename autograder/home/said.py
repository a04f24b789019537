"""What is said to a guess or to a reading: a card in a notebook, text elsewhere."""

from dataclasses import dataclass
from html import escape

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
