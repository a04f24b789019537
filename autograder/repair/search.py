"""The search for an edit of a learner's own source with which everything holds.

Owns: the order in which edits are tried, on what, and when the search ends. Answers run in a room
as ever; nothing is asked of them here that the judge does not ask.
"""

import time
import warnings
from collections.abc import Iterator
from itertools import islice

from autograder.exercise import Exercise
from autograder.judge import Verdict
from autograder.judge.answer import Answer, AnswerError, Outcome
from autograder.judge.evidence import Key, compared, differs, key_of, outcome_of, outcomes_of
from autograder.judge.judging import full_marks, holds
from autograder.judge.place import Place
from autograder.judge.telling import same_form, size
from autograder.repair.agreement import NEAR, agreed, cost
from autograder.repair.edits import edits_of, groups_of, without_running
from autograder.repair.tables import RARE
from autograder.repair.text import PARSE_ERRORS, Edit, Source

AT_ONCE = 16  # edits in one message
LEAST, MOST = 0.01, 0.1  # seconds for one edit on one case: it may loop for ever
SLOWER = 20  # times as long as the answer itself
MOST_LETTERS = 6000  # of a cell; in more than that no edit is small
MOST_PARTIAL = 6  # edits that are tried together with a second one
SEARCHED = ("build", "debug")  # kinds whose answers are functions or classes with a right value
MOST_ALIKE = 4  # places in which one edit is made together
NOTHING = Edit(0, 0, "", "part", 0.0)
MOST_PAIRED = 2.0  # what a second edit may cost


def unexplained(exercise: Exercise, verdict: Verdict) -> bool:
    """Is this a wrong answer whose cause nobody has named, of a kind that has edits?"""
    wrong = verdict.status in ("wrong", "raised") and not verdict.names
    return wrong and exercise.kind in SEARCHED


def found_place(exercise: Exercise, room, seed: int = 0, seconds: float = 1.0) -> Place | None:
    """The place where one small edit makes everything hold, or None. room: where the answer is."""
    with warnings.catch_warnings():  # an edit may warn of what it does
        warnings.simplefilter("ignore")
        return Search(exercise, room, seed, seconds).place()


class Search:
    """One answer's edits, tried within a time."""

    def __init__(self, exercise: Exercise, room, seed: int, seconds: float):
        self.exercise, self.room, self.seed = exercise, room, seed
        self.ends = time.monotonic() + seconds
        self.key: Key = key_of(exercise, seed)
        self.tried = 0

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.ends

    def place(self) -> Place | None:
        text = self.room.ask({"verb": "cell", "target": self.exercise.name}).get("value", "")
        if not text or len(text) > MOST_LETTERS:
            return None
        try:
            source = Source(without_running(text))
        except PARSE_ERRORS:
            return None
        answer = Answer(self.room, self.exercise.name, forbid=self.exercise.forbid)
        begun = time.monotonic()
        outcomes = outcomes_of(self.exercise, answer, self.key.examples)
        took = (time.monotonic() - begun) / max(1, len(outcomes))
        self.each = min(max(SLOWER * took, LEAST), MOST)
        self.failing = self.in_order(compared(self.key, outcomes))
        self.before = outcomes
        self.partial: list[tuple[int, Edit]] = []
        self.claim = None
        if not self.failing:
            wrong = [c for c in self.exercise.claims if not holds(c, answer, self.seed)]
            self.claim = wrong[0] if wrong else None
        edits = self.edits(source)
        usual = [edit for edit in edits if edit.cost < RARE]
        self.repairs = (
            self.singles(source, usual)
            or self.everywhere(source, usual)
            or self.pairs(source)
            or self.singles(source, [edit for edit in edits if edit.cost >= RARE])
        )
        return agreed(Source(text), self.repairs)

    def in_order(self, found) -> list[int]:
        """The failing cases, the smallest first, the exercise's own before the probes."""
        examples = list(self.key.examples.values())
        failing = [index for index, item in enumerate(found) if item]
        return sorted(failing, key=lambda i: (i >= self.key.drawn, size(examples[i])))

    # ---- edits

    def singles(self, source: Source, edits: list[Edit]) -> list[tuple[Edit, ...]]:
        repairs: list[tuple[Edit, ...]] = []
        for edit in self.promising(source.text, edits):
            if repairs and edit.cost > min(map(cost, repairs)) + NEAR:
                break
            if self.mends(edit.applied(source.text), edit):
                repairs.append((edit,))
            if self.over:
                break
        return repairs

    def everywhere(self, source: Source, usual: list[Edit]) -> list[tuple[Edit, ...]]:
        """One edit made wherever it can be made: the same mistake twice."""
        repairs: list[tuple[Edit, ...]] = []
        for edits in groups_of(source, usual, MOST_ALIKE):
            if self.over or (repairs and edits[0].cost > repairs[0][0].cost + NEAR):
                break
            text = source.text
            for edit in reversed(edits):
                text = edit.applied(text)
            if self.first_case(text, [NOTHING])[0] and self.mends(text):
                repairs.append(tuple(edits))
        return repairs

    def pairs(self, source: Source) -> list[tuple[Edit, ...]]:
        """A second edit beside one with which fewer cases fail."""
        repairs: list[tuple[Edit, ...]] = []
        self.partial.sort(key=lambda pair: (pair[0], pair[1].cost))
        for _, first in self.partial[:MOST_PARTIAL]:
            text = first.applied(source.text)
            try:
                edits = [e for e in self.edits(Source(text)) if e.cost <= MOST_PAIRED]
            except PARSE_ERRORS:
                continue
            shift = len(first.new) - (first.end - first.start)
            for second in self.promising(text, edits):
                if self.over:
                    return repairs
                apart = second.end <= first.start or second.start >= first.start + len(first.new)
                if apart and self.mends(second.applied(text)):
                    moved = shift if second.start >= first.start + len(first.new) else 0
                    own = Edit(second.start - moved, second.end - moved, second.new,
                               second.kind, second.cost)  # fmt: skip
                    repairs.append((first, own))
                    return repairs
        return repairs

    def edits(self, source: Source) -> list[Edit]:
        return edits_of(source, self.exercise.name, self.exercise.solution, self.error_line())

    def error_line(self) -> int:
        errors = [self.before[i].error for i in self.failing if self.before[i].error]
        return errors[0].get("line", 0) if errors else 0

    # ---- trials

    def promising(self, text: str, edits: list[Edit]) -> Iterator[Edit]:
        """Those with which the smallest failing case no longer fails."""
        waiting = iter(edits)
        while not self.over and (batch := list(islice(waiting, AT_ONCE))):
            self.tried += len(batch)
            for edit, good in zip(batch, self.first_case(text, batch), strict=True):
                if good:
                    yield edit

    def first_case(self, text: str, batch: list[Edit]) -> list[bool]:
        sources = [edit.applied(text) for edit in batch]
        if not self.failing:
            return [self.claim_holds(source) for source in sources]
        index = self.failing[0]
        args = list(self.key.examples.values())[index]
        if not self.exercise.plain:
            outcomes = []
            for source in sources:
                made = self.made(source)
                outcomes.append(outcome_of(self.exercise, made, args) if made else None)
        else:
            reply = self.ask(sources, calls=[[list(args), {}]])
            outcomes = [Outcome(**told) if told else None for told in reply]
        good = []
        for edit, outcome in zip(batch, outcomes, strict=True):
            fits = outcome is not None and differs(self.key, index, outcome) is None
            good.append(fits)
            if not fits and outcome and self.before[index].error and not outcome.error:
                if same_form(outcome.value, self.key.outcomes[index].value):
                    self.partial.append((len(self.failing), edit))
        return good

    def claim_holds(self, source: str) -> bool:
        made = self.made(source)
        if made is None:
            return False
        return self.claim is None or holds(self.claim, made, self.seed)

    def mends(self, text: str, edit: Edit | None = None) -> bool:
        """Does everything hold, here and on examples drawn anew?"""
        answer = self.made(text)
        if answer is None:
            return False
        try:
            if edit and len(self.failing) > 1:
                outcomes = outcomes_of(self.exercise, answer, self.key.examples)
                left = sum(map(bool, compared(self.key, outcomes)))
                if left:
                    if left < len(self.failing):
                        self.partial.append((left, edit))
                    return False
            return all(full_marks(self.exercise, answer, s) for s in (self.seed, self.seed + 1))
        except (AnswerError, TypeError, ValueError, RuntimeError):
            return False

    def made(self, source: str) -> Answer | None:
        (target,) = self.ask([source])
        if target is None:
            return None
        return Answer(Patient(self.room, 4 * self.each), target, forbid=self.exercise.forbid)

    def ask(self, sources: list[str], calls=None) -> list:
        question = {"verb": "edit", "target": self.exercise.name, "sources": sources,
                    "calls": calls, "each": self.each, "forbid": list(self.exercise.forbid)}  # fmt: skip
        return self.room.ask(question).get("value") or [None] * len(sources)


class Patient:
    """A room that waits for an edited answer no longer than an edit is worth."""

    def __init__(self, room, seconds: float):
        self.room, self.seconds = room, seconds

    def ask(self, question: dict) -> dict:
        return self.room.ask(question | {"seconds": self.seconds})
