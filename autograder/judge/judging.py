"""From an answer to a verdict: points, what holds, where it differs, and why.

Owns: the order of the questions and the points rule. The same code judges an answer in the
learner's notebook and in the gradebook; only the seed differs.
"""

import ast
import math
import warnings
from functools import partial, singledispatch

import torch

from autograder.exercise import Claim, Exercise, seeded
from autograder.judge.answer import Answer, AnswerError
from autograder.judge.diagnosis import diagnosis, others_alike
from autograder.judge.evidence import Key, compared, differs, key_of, one_by_one, outcomes_of
from autograder.judge.telling import agreements, smallest_case
from autograder.judge.universal import universal_failures
from autograder.judge.verdict import Verdict

QUARTER = 0.25


@singledispatch
def judge(exercise: Exercise, answer: Answer, seed: int = 0, source: str = "") -> Verdict:
    """The verdict on an answer; the same in a notebook and in the gradebook.

    source: the answer's own text, where it is known. Kinds that are judged otherwise register
    themselves here.
    """
    with warnings.catch_warnings():  # a right answer that warns is right
        warnings.simplefilter("ignore")
        return judged(exercise, answer, seed, source)


def judged(exercise: Exercise, answer: Answer, seed: int, source: str) -> Verdict:
    verdict, key, outcomes, found = weighed(exercise, answer, seed, source)
    if any(found):
        explain(exercise, answer, verdict, key, outcomes, found, seed, source)
    return verdict


def weighed(exercise: Exercise, answer: Answer, seed: int = 0, source: str = ""):
    """The verdict without a cause, and the evidence for one: key, outcomes, differences."""
    verdict = Verdict(exercise.name, exercise.title, exercise.points)
    answer = Answer(answer._room, answer._target, answer._method, exercise.forbid)
    if problem := cannot_be_called(exercise, answer) or forbidden(exercise, source):
        verdict.status, verdict.notes = "unusable", [problem]
        return verdict, None, [], []
    key = key_of(exercise, seed)
    outcomes = outcomes_of(exercise, answer, key.examples)
    if all(outcome.unwritten for outcome in outcomes):
        verdict.status = "unwritten"
        return verdict, key, outcomes, []
    if problem := forbidden_under_another_name(outcomes):
        verdict.status, verdict.notes = "unusable", [problem]
        return verdict, key, outcomes, []
    found = compared(key, outcomes)
    universal = universal_failures(exercise, answer, key, outcomes, found)
    if all(outcome.error for outcome in outcomes) and any(found):
        verdict.status = "raised"
    elif says_nothing(key, outcomes):  # a claim about every item holds where there is none
        verdict.fails = [claim.sentence for claim in exercise.claims]
    else:
        judge_claims(exercise, answer, verdict, seed)
    verdict.earned = points(exercise, verdict, bool(any(found)), len(universal))
    verdict.notes += universal
    if verdict.earned == exercise.points:
        verdict.status = "right"
        verdict.cases, verdict.claims = len(found), len(exercise.claims)
    return verdict, key, outcomes, found


def explain(exercise, answer, verdict, key: Key, outcomes, found, seed: int, source: str):
    """Put the smallest case and the cause, where it is known, into a verdict."""
    answer = Answer(answer._room, answer._target, answer._method, exercise.forbid)
    causes = diagnosis(exercise, answer, key, outcomes, seed, source)
    crowd = partial(others_alike, exercise, key, outcomes, causes) if causes else lambda index: 0
    verdict.case = smallest_case(key, outcomes, found, exercise.called_with, crowd)
    verdict.error = verdict.case.error
    verdict.holds[:0] = agreements(key, outcomes, found)
    for misconception in causes:
        verdict.names.append(misconception.name)
        verdict.seen.append(misconception.seen)
        verdict.why.append(misconception.why)
    headings = dict.fromkeys(misconception.reread for misconception in causes)
    verdict.reread = "” and “".join(filter(None, headings))


def full_marks(exercise: Exercise, answer: Answer, seed: int = 0) -> bool:
    """Would it earn all points? As `judge`, but it ends at the first thing that does not hold."""
    answer = Answer(answer._room, answer._target, answer._method, exercise.forbid)
    if cannot_be_called(exercise, answer):
        return False
    key, outcomes = key_of(exercise, seed), []
    for index, outcome in enumerate(one_by_one(exercise, answer, key.examples)):
        outcomes.append(outcome)
        if differs(key, index, outcome):
            return False
    found = [None] * len(outcomes)
    if universal_failures(exercise, answer, key, outcomes, found):
        return False
    return all(holds(claim, answer, seed) for claim in exercise.claims)


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
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names = [node.id] if node.id != exercise.name else []  # it may call itself
        else:
            continue
        for name in set(names) & set(exercise.forbid):
            return forbidden_sentence(name, node.lineno)
    return ""


def forbidden_under_another_name(outcomes) -> str:
    """A sentence about a call that only the stand-in in the worker noticed, or ""."""
    for outcome in outcomes:
        if outcome.error and outcome.error["type"] == "ForbiddenCall":
            return forbidden_sentence(outcome.error["message"], outcome.error.get("line", 0))
    return ""


def forbidden_sentence(name: str, line: int) -> str:
    where = f"Line {line} calls" if line else "The answer calls"
    return f"{where} `{name}`, which is what this exercise builds. Write it out."


def says_nothing(key: Key, outcomes) -> bool:
    """Is there nothing in any value, where there is something in the reference's?"""
    pairs = [
        (got.value, wanted.value)
        for got, wanted in zip(outcomes, key.outcomes, strict=True)
        if not got.error and not wanted.error
    ]
    return (
        bool(pairs)
        and not any(map(is_something, [got for got, _ in pairs]))
        and any(map(is_something, [wanted for _, wanted in pairs]))
    )


def is_something(value) -> bool:
    if isinstance(value, torch.Tensor):
        return bool(value.numel())
    if isinstance(value, str | bytes | list | tuple | set | frozenset | dict):
        return any(map(is_something, value)) if isinstance(value, list | tuple) else bool(value)
    return value is not None


# ---- claims


def judge_claims(exercise: Exercise, answer: Answer, verdict: Verdict, seed: int):
    for claim in exercise.claims:
        said = verdict.holds if holds(claim, answer, seed) else verdict.fails
        said.append(claim.sentence)


def holds(claim: Claim, answer: Answer, seed: int) -> bool:
    try:
        with seeded(seed):  # claims draw with torch.randn
            claim.holds(answer)
    except Exception:  # a claim may trip over any value that an answer can return
        return False
    return True


def points(exercise: Exercise, verdict: Verdict, differs: bool, universal: int) -> float:
    """Full for agreement everywhere; else at most half, shared among the teaching claims.

    What every right answer does besides takes a quarter away each time it does not hold.
    """
    if verdict.status == "raised":
        return 0.0
    if not (differs or universal or verdict.fails):
        return exercise.points
    teaching = [claim.sentence for claim in exercise.claims if not claim.universal]
    universal += len(
        [c for c in exercise.claims if c.universal and c.sentence not in verdict.holds]
    )
    held = sum(sentence in verdict.holds for sentence in teaching)
    if differs or held < len(teaching):
        share = exercise.points / 2 * held / len(teaching) if teaching else 0.0
    else:  # right by every value and property, and not fit for use
        share = exercise.points
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
        other = others[name]  # one that is not begun is not used: the book's is lent
        if other.begun and other.status in ("wrong", "raised", "unusable"):
            verdict.after.append(f"It uses your `{name}`, which is not right yet: mend that first.")
