"""What an author wants to know of an exercise: what earns what, and what is said of it.

Owns: judging the reference, the oracle, every misconception, every alternative, every trivial
answer and every mutant, and the report. The same questions as `tests/every_exercise`, in seconds
and with words.
"""

import contextlib
import io
import time
from dataclasses import dataclass, field
from itertools import product

from autograder.author.nursery import Endless, Nursery, within
from autograder.author.trivial import NOISE, draws, fulfilled, trivial_answers, unearned
from autograder.exercise import Exercise
from autograder.exercise.words import counted
from autograder.judge import Verdict, judge
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.judge.diagnosis import looser, remembered, same, wrong
from autograder.judge.evidence import key_of, outcomes_of

SEEDS = (0, 2**40 + 7)  # the public one and a graded one
MOST_ALIVE = 0.05  # of the mutants
SECONDS = 10.0  # of the processor, for all cases of one answer that is declared


@dataclass
class Report:
    """Lines to print, and what is not as it should be."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, line: str = "", fault: str = ""):
        self.lines.append(line + (f"   <-- {fault}" if fault else ""))
        if fault:
            self.faults.append(fault)

    def row(self, label: str, earned: str, text: str, fault: str = ""):
        self.add(f"{label:<12}{earned:>9}   {text}".rstrip(), fault)

    def below(self, earned: str, text: str, fault: str = ""):
        self.add(f"  {earned:>9}   {text}", fault)


def tried(exercise: Exercise, progress=lambda done, made: None) -> Report:
    """Everything that is declared of an exercise, tried."""
    report = Report()
    report.add(f"{exercise!r}: {exercise.title} ({exercise.kind}, {exercise.worth})")
    if exercise.in_prose:
        report.add("A person reads the answer; the rubric:")
        report.add(exercise.rubric_list)
        return report
    if loose := loose_slips(exercise):  # without them nothing can be diagnosed
        for fault in loose:
            report.add("", fault)
        return report
    if hanging := endless(exercise):  # whatever is compared with these would hang as well
        for fault in hanging:
            report.add("", fault)
        return report
    right(exercise, report)
    if exercise.compares:
        verdicts = mistakes(exercise, report)
        claims(exercise, verdicts, report)
        mutants(exercise, report, progress)
    return report


def loose_slips(exercise: Exercise) -> list[str]:
    """What is wrong with slips that do not fit the reference exactly once."""
    faults = []
    for slip in exercise.slips:
        times = exercise.solution.count(slip.old)
        if times != 1:
            told = exercise.solution.count(slip.old) and exercise.statement.count(slip.old)
            fault = f"slip {slip.name!r} matches {counted(times, 'time')}"
            if told:
                fault += f", {told} of them in the docstring, which counts too"
            faults.append(f"{fault}: give a fragment that the reference holds exactly once")
    return faults


def endless(exercise: Exercise) -> list[str]:
    """Which of the wrong and right ways that are declared do not end, and on which case."""
    answers = {names[0].name: answer for names, answer in wrong(exercise)}
    answers |= {function.__name__: answer_of(function) for function in exercise.alternatives}
    faults = {}
    for seed, (name, answer) in product(SEEDS, answers.items()):
        key, seen = key_of(exercise, seed), 0
        try:
            with within(SECONDS):
                for _ in remembered(exercise, answer, key):
                    seen += 1
        except Endless:
            faults.setdefault(name, f"`{name}` does not end when {list(key.examples)[seen]}")
    return [f"{fault}: it had {SECONDS:g} seconds of the processor" for fault in faults.values()]


def right(exercise: Exercise, report: Report):
    """The reference, the oracle and the alternatives."""
    answer = answer_of(exercise.reference)
    judge(exercise, answer)  # the first check imports and works out values
    begun = time.perf_counter()
    verdict = judge(exercise, answer)
    spent = 1000 * (time.perf_counter() - begun)
    examples = counted(len(exercise.draw(0)), "example")
    known = counted(len(exercise.claims), "claim")
    report.add()
    report.row(
        "reference", earned(verdict), f"{examples}, {known}, {spent:.0f} ms a check",
        "" if verdict.right else f"the reference is not right: {reason(verdict)}",
    )  # fmt: skip
    if exercise.oracle_function:
        report.row("oracle", "", exercise.oracle_name, oracle_trouble(exercise))
    elif exercise.compares:
        fault = "" if exercise.alternatives else "no oracle, and no alternative either"
        report.row("oracle", "", "none", fault)
    for function in exercise.alternatives:
        verdicts = [judge(exercise, answer_of(function), seed) for seed in SEEDS]
        lost = [v for v in verdicts if not v.right]
        fault = f"a right answer earns {lost[0].earned:g}: {reason(lost[0])}" if lost else ""
        report.row("alternative", earned(verdicts[0]), function.__name__, fault)


def reason(verdict: Verdict) -> str:
    """Why it has not earned everything, in a line."""
    told = list(verdict.notes)
    error = verdict.error or (verdict.case and verdict.case.error)
    if error:
        told.append(f"it raises {error['type']}: {error['message']}")
    elif verdict.case:
        told.append(f"when {verdict.case.when}: {verdict.case.problem}")
    told += [f"it does not hold: {sentence}" for sentence in verdict.fails[:1]]
    return " ".join(told)


def oracle_trouble(exercise: Exercise) -> str:
    for seed in SEEDS:
        key = key_of(exercise, seed)
        oracle = answer_of(exercise.oracle_function)
        with contextlib.redirect_stderr(io.StringIO()):  # libraries draw their progress there
            theirs = outcomes_of(exercise, oracle, key.examples)
        rows = zip(key.examples, theirs, key.outcomes, key.allowed, strict=True)
        for index, (aspect, got, wanted, allowed) in enumerate(rows):
            if got.error and index >= key.drawn:
                continue  # a standing probe that the library refuses
            if got.error and not wanted.error:
                return f"when {aspect}, it raises {got.error['type']}: {got.error['message']}"
            if wanted.error:
                continue
            if found := difference(got.value, wanted.value, looser(allowed)):
                return f"when {aspect}, it gives {found.got}, the reference {found.wanted}"
    return ""


def mistakes(exercise: Exercise, report: Report) -> list[Verdict]:
    """What each known mistake earns, what it is named, and the question that is asked."""
    report.add("\nmistakes, what they earn, and the question that is asked")
    public = []
    for misconception in exercise.misconceptions:
        expected = [misconception.alias or misconception.name]
        answer = answer_of(misconception.build())
        verdicts = [judge(exercise, answer, seed) for seed in SEEDS]
        fault = ""
        for seed, verdict in zip(SEEDS, verdicts, strict=True):
            if verdict.right:
                fault = "it earns full points"
            elif verdict.names != expected:
                fault = misnamed(exercise, misconception, answer, seed, verdict)
            elif not verdict.case:
                fault = "no case is shown"
        public.append(verdicts[0])
        kind = "  (a convention)" if misconception.convention else ""
        report.below(earned(verdicts[0]), misconception.name + kind, fault)
        when = f" [when {verdicts[0].case.when}]" if verdicts[0].case else ""
        report.below("", misconception.seen + when)
    if exercise.kind == "build" and len(public) < 3:
        verb = "is" if len(public) == 1 else "are"
        report.add("", f"{counted(len(public), 'mistake')} {verb} known by name; three are few")
    return public


def misnamed(exercise: Exercise, misconception, answer, seed: int, verdict: Verdict) -> str:
    """What a mistake is taken for, and by what it is hidden."""
    key = key_of(exercise, seed)
    mine = outcomes_of(exercise, answer, key.examples)
    twins = [
        other.name for other in exercise.misconceptions
        if other is not misconception and other.alias is None
        and same(key, mine, outcomes_of(exercise, answer_of(other.build()), key.examples))
    ]  # fmt: skip
    if twins and not misconception.alias:
        said = " and ".join(f"`{name}`" for name in twins)
        return (
            f"gives the same outputs as {said}, so neither is named: give one an alias, or add an "
            "example that tells them apart"
        )
    return f"it is taken for {', '.join(verdict.names) or 'nothing known'}"


def claims(exercise: Exercise, verdicts: list[Verdict], report: Report):
    """Which wrong answers fulfil which claim; one that a trivial answer fulfils pays for nothing."""
    shares = fulfilled(exercise)
    unpaid = unearned(exercise, shares)
    report.add("\nclaims, and which wrong answers fulfil them")
    for claim in exercise.claims:
        held = sum(claim.sentence in verdict.holds for verdict in verdicts)
        told = [f"holds for {held} of {counted(len(verdicts), 'mistake')}"]
        for name, share in shares[claim.sentence].items():
            times = len(draws(claim, name))
            luck = f" in {share * times:.0f} of {times} draws" if name == NOISE else ""
            told.append(f"for {name}{luck}")
        if claim.universal:
            told.append("universal: it earns nothing")
        paid = " and ".join(unpaid.get(claim.sentence, []))
        fault = f"it pays {paid}: ask for something that only understanding gives" if paid else ""
        report.below("", claim.sentence)
        report.below("", "  " + ", ".join(told), fault)
    for name, function in trivial_answers(exercise).items():
        earns = max(judge(exercise, answer_of(function), seed).earned for seed in SEEDS)
        if earns:
            report.below("", "", f"{name} as an answer: it earns {earns:g}")


def mutants(exercise: Exercise, report: Report, progress):
    with Nursery() as nursery:
        found = nursery.survivors(exercise, progress)
    excused = [m for m in found["alive"] if any(f in m["original"] for f in exercise.excused)]
    alive = [m for m in found["alive"] if m not in excused]
    too_many = len(alive) > MOST_ALIVE * found["made"]
    report.add()
    report.row(
        "mutants", "", f"{found['made']} made, {len(alive)} alive, {len(excused)} excused",
        "more than 5 % live: which example would tell them apart?" if too_many else "",
    )  # fmt: skip
    for mutant in alive:
        report.below("", f"line {mutant['line']}: {mutant['original']}")
        report.below("", f"  {mutant['edit']}")
    for fragment in exercise.excused:
        if not any(fragment in m["original"] for m in found["alive"]):
            report.below("", f"excuse({fragment!r}, ...)", "it excuses nothing: take it out")


def earned(verdict) -> str:
    return f"{verdict.earned:g} of {verdict.points:g}"
