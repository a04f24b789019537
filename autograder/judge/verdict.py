"""What comes of judging an answer. Plain data: it is kept in notebooks and sent between processes."""

from dataclasses import asdict, dataclass, field

from autograder.judge.place import Place
from autograder.judge.telling import Case


@dataclass
class Verdict:
    """What came of one answer. Plain data: it travels as JSON."""

    exercise: str
    title: str
    points: float
    earned: float = 0.0
    status: str = "wrong"  # right, wrong, unwritten, raised, unusable, by hand
    holds: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    case: Case | None = None
    error: dict | None = None
    names: list[str] = field(default_factory=list)  # of the misconceptions that explain it
    seen: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # what is said after the question
    place: Place | None = None  # where one small edit makes everything hold
    closer: int = 0  # how much is said of it: where; the edit in words; the edit itself
    reread: str = ""  # the heading of the chapter that explains it
    cases: int = 0
    claims: int = 0
    unchanged: bool = False  # it does what the code did that the learner was given
    headline: str = ""  # in place of the usual one
    proof: str = ""  # what a right answer has been through, in place of the usual sentence

    @property
    def right(self) -> bool:
        return self.status == "right"

    @property
    def begun(self) -> bool:
        """Is there anything of the learner's own? Until then the book's function is lent."""
        return not (self.status == "unwritten" or self.unchanged)

    def asdict(self) -> dict:
        return asdict(self)
