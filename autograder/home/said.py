"""What is said to a guess or to a reading: a card in a notebook, text elsewhere."""

from dataclasses import dataclass

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
        body = self.picture + "".join(f"<p>{inline(line)}</p>" for line in self.lines)
        html = section(self.label, self.css, self.title, "", body)
        return {"text/plain": repr(self), "text/html": html}

    def told(self) -> "Said":
        """Itself, printed where nothing is drawn."""
        if not in_notebook():
            print(self)
        return self
