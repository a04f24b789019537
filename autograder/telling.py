"""The smallest case on which an answer differs, in words.

Owns: which example is shown, what is said of it, what is said to agree.
"""

from dataclasses import dataclass

import torch

from autograder.answer import Outcome, mapped
from autograder.compare import Difference
from autograder.evidence import Key

MOST_ASPECTS = 2  # more agreements than this are counted, not listed


@dataclass(frozen=True)
class Case:
    """The smallest example on which the answer is not the reference."""

    when: str
    problem: str  # a sentence
    got: str = ""
    wanted: str = ""
    error: dict | None = None  # what was raised, where that is the problem


def smallest_case(key: Key, outcomes: list[Outcome], found: list[Difference | None]) -> Case:
    """A case that raises, if there is one; else the smallest that differs."""
    failing = [i for i, item in enumerate(found) if item]
    aspects = list(key.examples)
    raises = {i for i in failing if outcomes[i].error}
    index = min(failing, key=lambda i: (i not in raises, size(key.examples[aspects[i]]), i))
    error = outcomes[index].error
    return Case(aspects[index], *told(found[index], error), error)


def size(args: tuple) -> int:
    total = 0

    def count(tensor):
        nonlocal total
        total += tensor.numel()
        return tensor

    mapped(args, lambda leaf: leaf, count)
    return total


def told(found: Difference, error: dict | None) -> tuple[str, str, str]:
    """A difference in words, with both values where they help."""
    place = f"at `{found.where}` " if found.where else ""
    if error:
        return error_sentence(error), "", ""
    if found.kind == "raised":
        return f"a value came back; {found.wanted} was to be raised.", "", ""
    if found.kind == "nothing":
        return f"{place}None came back; {found.wanted} was wanted. Is there a `return`?", "", ""
    if found.kind in ("shape", "dtype", "type"):
        noun = {"shape": "shape ", "dtype": "dtype ", "type": ""}[found.kind]
        return f"{place}{noun}{found.got} came back; {found.wanted} was wanted.", "", ""
    reason = {"nan": "NaN came back", "keys": "the keys differ", "length": "the lengths differ"}
    said = reason.get(found.kind, "the values differ")
    if found.kind not in reason and found.got == found.wanted:
        said += ", in later digits than these"
    return f"{place}{said}.", found.got, found.wanted


def error_sentence(error: dict) -> str:
    message = f": {error['message']}" if error["message"] else "."
    return f"{error['type']} was raised{message}"


def agreements(key: Key, outcomes: list[Outcome], found: list[Difference | None]) -> list[str]:
    """What already agrees, as sentences."""
    right = [aspect for aspect, item in zip(key.examples, found, strict=True) if item is None]
    pairs = zip(outcomes, key.outcomes, strict=True)
    alike = all(same_form(o.value, w.value) for o, w in pairs if not (o.error or w.error))
    said = ["types and shapes are right"] if alike and not all(o.error for o in outcomes) else []
    if 0 < len(right) <= MOST_ASPECTS:
        said.append(f"the values are right when {', and when '.join(right)}")
    elif right:
        said.append(f"the values are right in {len(right)} of {len(found)} cases")
    return said


def same_form(got, wanted) -> bool:
    if isinstance(wanted, torch.Tensor):
        return (
            isinstance(got, torch.Tensor)
            and got.shape == wanted.shape
            and got.dtype == wanted.dtype
        )
    if isinstance(wanted, list | tuple):
        return (
            type(got) is type(wanted)
            and len(got) == len(wanted)
            and all(map(same_form, got, wanted))
        )
    return type(got) is type(wanted)
