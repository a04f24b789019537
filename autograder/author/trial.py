"""What an author wants to know of an exercise: what earns what, and what is said of it.

Owns: judging the reference, the oracle, every misconception, every alternative and every mutant,
and the report. The same questions as `tests/test_every_exercise.py`, in seconds and with words.
"""

import time
from dataclasses import dataclass, field

from autograder.author.nursery import Nursery
from autograder.exercise import Exercise
from autograder.judge import judge
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.judge.diagnosis import looser
from autograder.judge.evidence import key_of, outcomes_of

SEEDS = (0, 2**40 + 7)  # the public one and a graded one
MOST_ALIVE = 0.05  # of the mutants


@dataclass
class Report:
    """Lines to print, and what is not as it should be."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, line: str = "", fault: str = ""):
        self.lines.append(line + (f"   <-- {fault}" if fault else ""))
        if fault:
            self.faults.append(fault)


def tried(exercise: Exercise, progress=lambda done, made: None) -> Report:
    """Everything that is declared of an exercise, tried."""
    report = Report()
    report.add(f"{exercise!r}: {exercise.title} ({exercise.kind}, {exercise.worth})")
    if exercise.in_prose:
        report.add("A person reads the answer; the rubric:")
        report.add(exercise.rubric_list)
        return report
    right(exercise, report)
    if exercise.compares:
        mistakes(exercise, report)
        mutants(exercise, report, progress)
    return report


def right(exercise: Exercise, report: Report):
    """The reference, the oracle and the alternatives."""
    answer = answer_of(exercise.reference)
    judge(exercise, answer)  # the first check imports and works out values
    begun = time.perf_counter()
    verdict = judge(exercise, answer)
    spent = 1000 * (time.perf_counter() - begun)
    aspects = len(exercise.draw(0))
    report.add(
        f"\nreference       {earned(verdict)}   {aspects} examples, {len(exercise.claims)} claims, "
        f"{spent:.0f} ms a check",
        "" if verdict.right else f"the reference is not right: {verdict.fails + verdict.notes}",
    )
    if exercise.oracle_function:
        report.add(f"oracle          {exercise.oracle_name}", oracle_trouble(exercise))
    elif exercise.compares:
        fault = "" if exercise.alternatives else "no oracle, and no alternative either"
        report.add("oracle          none", fault)
    for function in exercise.alternatives:
        verdicts = [judge(exercise, answer_of(function), seed) for seed in SEEDS]
        lost = [v for v in verdicts if not v.right]
        fault = f"a right answer earns {lost[0].earned:g}: {lost[0].case}" if lost else ""
        report.add(f"alternative     {earned(verdicts[0])}   {function.__name__}", fault)


def oracle_trouble(exercise: Exercise) -> str:
    for seed in SEEDS:
        key = key_of(exercise, seed)
        theirs = outcomes_of(exercise, answer_of(exercise.oracle_function), key.examples)
        rows = zip(key.examples, theirs, key.outcomes, key.allowed, strict=True)
        for aspect, got, wanted, allowed in rows:
            if got.error and not wanted.error:
                return f"when {aspect}, it raises {got.error['type']}: {got.error['message']}"
            if wanted.error:
                continue
            if found := difference(got.value, wanted.value, looser(allowed)):
                return f"when {aspect}, it gives {found.got}, the reference {found.wanted}"
    return ""


def mistakes(exercise: Exercise, report: Report):
    """What each known mistake earns, what it is named, and the question that is asked."""
    report.add("\nmistakes, what they earn, and the question that is asked")
    for misconception in exercise.misconceptions:
        expected = [misconception.alias or misconception.name]
        verdicts = [judge(exercise, answer_of(misconception.build()), seed) for seed in SEEDS]
        fault = ""
        for verdict in verdicts:
            if verdict.right:
                fault = "it earns full points"
            elif verdict.names != expected:
                fault = f"it is taken for {', '.join(verdict.names) or 'nothing known'}"
            elif not verdict.case:
                fault = "no case is shown"
        kind = "  (a convention)" if misconception.convention else ""
        report.add(f"  {earned(verdicts[0])}   {misconception.name}{kind}", fault)
        when = f" [when {verdicts[0].case.when}]" if verdicts[0].case else ""
        report.add(f"                {misconception.seen}{when}")
    if exercise.kind == "build" and len(exercise.misconceptions) < 3:
        report.add("", f"{len(exercise.misconceptions)} mistakes are known by name; three are few")


def mutants(exercise: Exercise, report: Report, progress):
    with Nursery() as nursery:
        found = nursery.survivors(exercise, progress)
    excused = [m for m in found["alive"] if any(f in m["original"] for f in exercise.excused)]
    alive = [m for m in found["alive"] if m not in excused]
    too_many = len(alive) > MOST_ALIVE * found["made"]
    report.add(
        f"\nmutants         {found['made']} made, {len(alive)} live, {len(excused)} excused",
        "more than 5 % live: which example would tell them apart?" if too_many else "",
    )
    for mutant in alive:
        report.add(f"  line {mutant['line']}: {mutant['original']}\n     {mutant['edit']}")


def earned(verdict) -> str:
    return f"{verdict.earned:>4g} of {verdict.points:g}"
