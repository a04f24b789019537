"""From an answer to a verdict: points, what holds, where it differs, and why.

Owns: the order of the questions, the points rule, the diagnosis. The same code judges an
answer in the learner's notebook and in the gradebook; only the seed differs.
"""

import ast
import math
import warnings
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import torch

from autograder.answer import Answer, AnswerError, Outcome, answer_of, mapped
from autograder.compare import Difference, difference, tolerances
from autograder.exercise import Exercise, Misconception

QUARTER = 0.25


@dataclass(frozen=True)
class Case:
    """The smallest example on which the answer is not the reference."""

    when: str
    problem: str  # a sentence
    got: str = ""
    wanted: str = ""


@dataclass
class Verdict:
    """What came of one answer. Plain data: it travels as JSON."""

    exercise: str
    title: str
    points: float
    earned: float = 0.0
    status: str = "wrong"  # right, wrong, unwritten, raised, unusable
    holds: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    case: Case | None = None
    error: dict | None = None
    names: list[str] = field(default_factory=list)  # of the misconceptions that explain it
    seen: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reread: str = ""  # the heading of the chapter that explains it

    @property
    def right(self) -> bool:
        return self.status == "right"

    def asdict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Key:
    """Examples of one seed with the reference's outcomes and their tolerances."""

    examples: dict[str, tuple]
    outcomes: list[Outcome]
    allowed: list


def judge(exercise: Exercise, answer: Answer, seed: int, source: str = "") -> Verdict:
    with warnings.catch_warnings():  # a right answer that warns is right
        warnings.simplefilter("ignore")
        return judged(exercise, answer, seed, source)


def judged(exercise: Exercise, answer: Answer, seed: int, source: str) -> Verdict:
    verdict = Verdict(exercise.name, exercise.title, exercise.points)
    answer = Answer(answer._room, answer._target, answer._method, exercise.forbid)
    if problem := cannot_be_called(exercise, answer) or forbidden(exercise, source):
        verdict.status, verdict.notes = "unusable", [problem]
        return verdict
    key = key_of(exercise, seed)
    outcomes = outcomes_of(exercise, answer, key.examples)
    if all(outcome.unwritten for outcome in outcomes):
        verdict.status = "unwritten"
        return verdict
    found = compared(key, outcomes)
    universal = universal_failures(exercise, answer, key, outcomes, found)
    if all(outcome.error for outcome in outcomes) and any(found):
        verdict.status, verdict.error = "raised", first_error(outcomes)
    else:
        judge_claims(exercise, answer, verdict, seed)
    verdict.earned = points(exercise, verdict, bool(any(found)), len(universal))
    verdict.notes += universal
    if verdict.earned == exercise.points:
        verdict.status = "right"
        return verdict
    if any(found):
        verdict.case = smallest_case(key, outcomes, found)
        verdict.holds[:0] = agreements(key, found)
        verdict.notes += raised_elsewhere(key, outcomes, verdict.case)
    for misconception in diagnosis(exercise, key, outcomes) if any(found) else ():
        verdict.names.append(misconception.name)
        verdict.seen.append(misconception.seen)
        verdict.why.append(misconception.why)
    return verdict


# ---- before anything is compared


def cannot_be_called(exercise: Exercise, answer: Answer) -> str:
    """Why the answer cannot be used as the exercise asks, or ""."""
    try:
        signature = answer.signature()
    except AnswerError as error:
        return f"`{exercise.name}` is not defined ({error})."
    if not signature["callable"]:
        return f"`{exercise.name}` is a {signature['type']}, not a function. Was it overwritten?"
    if signature["parameters"] is None:
        return ""
    wanted = exercise.parameters
    places, required, keywords = [], 0, []
    for name, kind, has_default in signature["parameters"]:
        if kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD"):
            places.append(name)
            required += not has_default
        elif kind == "VAR_POSITIONAL":
            return ""
        elif kind == "KEYWORD_ONLY" and not has_default:
            keywords.append(name)
    if required <= len(wanted) <= len(places) and not keywords:
        return ""
    has = ", ".join([*places, *keywords])
    return (
        f"`{exercise.name}({has})` takes {len(places)} arguments; it is called with "
        f"{len(wanted)}: `{exercise.name}({', '.join(wanted)})`."
    )


def forbidden(exercise: Exercise, source: str) -> str:
    """A sentence about a forbidden name in the answer's source, or ""."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in nodes:
        called = getattr(node, "func", None)
        name = getattr(called, "attr", getattr(called, "id", None))
        if isinstance(node, ast.Call) and name in exercise.forbid and name != exercise.name:
            return forbidden_sentence(name, node.lineno)
        if isinstance(called, ast.Attribute) and name in exercise.forbid:
            return forbidden_sentence(name, node.lineno)
    return ""


def forbidden_sentence(name: str, line: int) -> str:
    where = f"Line {line} calls" if line else "The answer calls"
    return f"{where} `{name}`, which is what this exercise builds. Write it out."


# ---- agreement with the reference


@lru_cache(maxsize=256)
def key_of(exercise: Exercise, seed: int) -> Key:
    examples = exercise.draw(seed)
    reference = answer_of(exercise.reference)
    working = outcomes_of(exercise, reference, examples)
    exact = outcomes_of(exercise, reference, {k: precise(v) for k, v in examples.items()})
    pairs = zip(working, exact, strict=True)
    return Key(examples, working, [tolerances(a.value, b.value) for a, b in pairs])


def precise(args: tuple) -> tuple:
    """The same arguments in float64, or in float32 where they are float64 already."""

    def other(tensor):
        if not tensor.is_floating_point():
            return tensor
        return tensor.float() if tensor.dtype == torch.float64 else tensor.double()

    return mapped(args, lambda leaf: leaf, other)


def outcomes_of(exercise: Exercise, answer: Answer, examples: dict) -> list[Outcome]:
    if exercise.plain:
        return answer.many(list(examples.values()))
    outcomes = []
    for args in examples.values():
        try:
            outcomes.append(Outcome(exercise.use(answer, *args)))
        except AnswerError as error:
            outcomes.append(Outcome(error=error.details))
    return outcomes


def compared(key: Key, outcomes: list[Outcome]) -> list[Difference | None]:
    found = []
    for got, wanted, allowed in zip(outcomes, key.outcomes, key.allowed, strict=True):
        if got.error or wanted.error:
            alike = got.error and wanted.error and got.error["type"] == wanted.error["type"]
            kinds = [o.error["type"] if o.error else "a value" for o in (got, wanted)]
            found.append(None if alike else Difference("raised", "", *kinds))
        else:
            found.append(difference(got.value, wanted.value, allowed))
    return found


def first_error(outcomes) -> dict:
    return next(outcome.error for outcome in outcomes if outcome.error)


def size(args: tuple) -> int:
    total = 0

    def count(tensor):
        nonlocal total
        total += tensor.numel()
        return tensor

    mapped(args, lambda leaf: leaf, count)
    return total


def smallest_case(key: Key, outcomes, found) -> Case:
    failing = [i for i, item in enumerate(found) if item]
    aspects = list(key.examples)
    index = min(failing, key=lambda i: (size(key.examples[aspects[i]]), i))
    return Case(aspects[index], *told(found[index], outcomes[index]))


def raised_elsewhere(key: Key, outcomes, case: Case) -> list[str]:
    """A sentence about the first example that raises, where it is not the case shown."""
    for aspect, outcome, wanted in zip(key.examples, outcomes, key.outcomes, strict=True):
        if outcome.error and not wanted.error and aspect != case.when:
            return [f"When {aspect}: {error_sentence(outcome.error)}"]
    return []


def error_sentence(error: dict) -> str:
    """What was raised, and in which of the learner's lines."""
    where = f" Line {error['line']} of the cell: `{error['text']}`" if error.get("line") else ""
    return f"{error['type']} was raised: {error['message']}{where}"


def told(found: Difference, outcome: Outcome) -> tuple[str, str, str]:
    """A difference in words, with both values where they help."""
    place = f"at `{found.where}` " if found.where else ""
    if found.kind == "raised":
        if not outcome.error:
            return f"a value came back; {found.wanted} was to be raised.", "", ""
        return error_sentence(outcome.error), "", ""
    if found.kind == "nothing":
        return f"{place}None came back; {found.wanted} was wanted. Is there a `return`?", "", ""
    if found.kind in ("shape", "dtype", "type"):
        noun = {"shape": "shape ", "dtype": "dtype ", "type": ""}[found.kind]
        return f"{place}{noun}{found.got} came back; {found.wanted} was wanted.", "", ""
    reason = {"nan": "NaN came back", "keys": "the keys differ", "length": "the lengths differ"}
    return f"{place}{reason.get(found.kind, 'the values differ')}.", found.got, found.wanted


def agreements(key: Key, found) -> list[str]:
    """What already agrees, as sentences."""
    right = [aspect for aspect, item in zip(key.examples, found, strict=True) if item is None]
    shapes = all(item is None or item.kind in ("value", "nan") for item in found)
    said = ["types and shapes are right"] if shapes else []
    return said + ([f"it agrees with the book's when {', or '.join(right)}"] if right else [])


# ---- claims


def agree(got, wanted):
    """Fails unless both are alike up to rounding. For claims."""
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5)


def differ(got, wanted):
    """Fails where both are alike: a claim must not hold for an answer that ignores its input."""
    assert got.shape == wanted.shape
    assert not torch.allclose(got, wanted, rtol=1e-3, atol=1e-4)


def universal_failures(exercise, answer, key, outcomes, found) -> list[str]:
    """Sentences for what every right answer does and this one does not."""
    failures = []
    if any(item and item.kind == "dtype" for item in found):
        failures.append("The values are right, their dtype is not.")
    if not exercise.plain:
        return failures
    usable = [i for i, o in enumerate(outcomes) if not o.error and not key.outcomes[i].error]
    aspects = list(key.examples.values())
    for index in usable[:1]:
        args = aspects[index]
        ours = answer_of(exercise.reference)
        changed = difference(answer.after(*args), args) and not difference(ours.after(*args), args)
        if changed:
            failures.append("An argument is changed in place: work on a copy.")
    for index in usable[:2]:
        if not found[index] and not gradients_agree(exercise, answer, aspects[index]):
            failures.append("Gradients do not flow back as they should: something is detached.")
            break
    return failures


def gradients_agree(exercise, answer, args) -> bool:
    """Do the same gradients reach the same arguments?"""
    floats = [
        i for i, a in enumerate(args) if isinstance(a, torch.Tensor) and a.is_floating_point()
    ]
    if not floats:
        return True
    wanted = answer_of(exercise.reference).gradients(*args, wrt=floats)
    if all(gradient is None for gradient in wanted):
        return True
    try:
        got = answer.gradients(*args, wrt=floats)
    except AnswerError:
        return False
    exact = answer_of(exercise.reference).gradients(*precise(args), wrt=floats)
    return difference(got, wanted, tolerances(wanted, exact)) is None


def judge_claims(exercise: Exercise, answer: Answer, verdict: Verdict, seed: int):
    for claim in exercise.claims:
        try:
            with torch.random.fork_rng():
                torch.manual_seed(seed)  # claims draw with torch.randn
                claim.holds(answer)
        except AnswerError as error:
            verdict.fails.append(f"{claim.sentence} ({error})")
        except Exception:  # a claim may trip over any value that an answer can return
            verdict.fails.append(claim.sentence)
        else:
            verdict.holds.append(claim.sentence)


def points(exercise: Exercise, verdict: Verdict, differs: bool, universal: int) -> float:
    """Full for agreement everywhere; else at most half, shared among the teaching claims."""
    if verdict.status == "raised":
        return 0.0
    if not (differs or universal or verdict.fails):
        return exercise.points
    teaching = [claim.sentence for claim in exercise.claims if not claim.universal]
    universal += len([c for c in exercise.claims if c.universal and c.sentence not in verdict.holds])
    held = sum(sentence in verdict.holds for sentence in teaching)
    share = exercise.points / 2 * held / len(teaching) if teaching else 0.0
    return max(0.0, math.floor((share - universal * QUARTER) / QUARTER) * QUARTER)


def mend_first(verdict: Verdict, source: str, others: dict[str, Verdict]):
    """Note which other exercise an answer leans on that is not right yet."""
    if verdict.right or verdict.status == "unwritten":
        return
    try:
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for name in sorted(used & set(others) - {verdict.exercise}):
        if others[name].status in ("wrong", "raised", "unusable"):
            verdict.notes.append(f"It uses your `{name}`, which is not right yet: mend that first.")


# ---- diagnosis


def diagnosis(exercise: Exercise, key: Key, outcomes) -> tuple[Misconception, ...]:
    """The one misconception, or the one pair of slips, with exactly these outcomes."""
    for candidates in (exercise.wrong, exercise.wrong_twice):
        matches = [
            names for names, answer in candidates
            if same(key, outcomes, outcomes_of(exercise, answer, key.examples))
        ]  # fmt: skip
        if len(matches) == 1:
            return matches[0]
        if matches:
            return ()
    return ()


def same(key: Key, outcomes, others) -> bool:
    """Are two answers indistinguishable on the examples, apart from rounding?"""
    if not any(outcome.error is None for outcome in outcomes):
        return False
    for got, other, allowed in zip(outcomes, others, key.allowed, strict=True):
        if got.error:  # what raises is told apart; the rest can still be explained
            continue
        if other.error or difference(got.value, other.value, looser(allowed)):
            return False
    return True


def looser(allowed):
    """Room for a misconception written in another order than ours."""
    if isinstance(allowed, float):
        return 4 * allowed
    if isinstance(allowed, dict):
        return {key: looser(value) for key, value in allowed.items()}
    if isinstance(allowed, list):
        return [looser(value) for value in allowed]
    return allowed
