"""A place in the learner's own cell where one small edit makes everything hold.

Owns: what is asked of it. How it is found is the business of the room `repair`.
"""

from dataclasses import dataclass

QUESTIONS = {
    "axis": "Which axis does it run along?",
    "shape": "Which shape goes in here, and which one comes out?",
    "number": "Is this the right number? Try the smallest case by hand.",
    "option": "Is this the right setting?",
    "literal": "Is it the same for every call?",
    "bound": "Where does it begin, and where does it end? What if both sides are equal?",
    "sign": "Which sign is wanted here?",
    "operator": "Which operation is wanted here?",
    "order": "Which of the two comes first?",
    "part": "Is this needed here?",
    "condition": "When should this be so, and when not?",
    "name": "Is this the variable that is meant here?",
    "value": "Should something else stand here, or only a part of it?",
    "function": "Does this function do what is wanted here?",
    "argument": "What is this call given? Is each of it wanted, and is all of it there?",
    "form": "What goes in here, and what comes out?",
    "slice": "Which items does it take, and which not?",
    "copy": "Whose memory is written into?",
    "case": "Which case is missing here?",
    "needless": "Is this line needed?",
    "sequence": "What has to happen first?",
    "repeats": "How often should this line run?",
    "assignment": "Does it begin anew here, or is it added to what was there?",
    "ending": "What should happen to the rest of the loop?",
    "return": "What is given back: of which type, of which shape?",
}


@dataclass(frozen=True)
class Place:
    """A spot in the learner's cell. Plain data: it travels as JSON."""

    line: int  # in the cell, from 1
    text: str  # that line, as the learner wrote it
    start: int  # the spot in it, in letters; it ends with the line where it is longer
    end: int
    kind: str  # a key of QUESTIONS
    words: str  # the edit, as a sentence
    change: str  # the same without its line
    shown: str  # the lines as they would be
    also: tuple[int, ...] = ()  # further lines that change with it

    @property
    def question(self) -> str:
        """Where, and which property: not what."""
        spot = self.text[self.start : self.end]
        where = f"`{spot}` in line {self.line}" if spot and "`" not in spot else f"line {self.line}"
        if self.kind in ("copy", "case") and not spot:
            where = f"what comes before line {self.line}"
        if self.also:
            where += f", and at line {' and '.join(map(str, self.also))}"
        changes = "Small changes make" if self.also else "One small change makes"
        return f"{changes} everything hold. Look once more at {where}. {QUESTIONS[self.kind]}"

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The line in pieces, each with whether it is the spot."""
        parts = (self.text[: self.start], self.text[self.start : self.end], self.text[self.end :])
        return [(part, i == 1) for i, part in enumerate(parts) if part]

    @property
    def underlined(self) -> str:
        """What a terminal shows below the line."""
        return " " * self.start + "^" * (self.end - self.start)
