"""The smallest case on which an answer differs, in words.

Owns: which example is shown, what is said of it, what is said to agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch

from autograder.exercise import Exposed
from autograder.judge.answer import Outcome
from autograder.judge.compare import Difference
from autograder.judge.evidence import Key, raised
from autograder.judge.shown import kind_of, printed, short
from autograder.room.values import MANY, extent, is_data

MOST_ASPECTS = 2  # more agreements than this are counted, not listed
MOST_NUMBERS = 24  # arguments with more are named by their shape


@dataclass(frozen=True)
class Case:
    """The smallest example on which the answer is not the reference."""

    when: str
    problem: str  # a sentence
    given: str = ""  # the arguments, where they are plain
    got: str = ""
    wanted: str = ""
    error: dict | None = None  # what was raised, where that is the problem
    shapes: tuple = ()  # both, as the problem names them, where they are the problem


def smallest_case(
    key: Key,
    outcomes: list[Outcome],
    found: list[Difference | None],
    parameters: list[str],
    crowd: Callable[[int], int] = lambda index: 0,
) -> Case:
    """The smallest case that differs and belongs to the cause that is told.

    Cases of the exercise come before standing probes. Where no cause is known, one that raises
    comes first, unless the task asks for errors of this type elsewhere.
    parameters: names of the arguments of an example; none where it is no plain call.
    crowd: how many other known mistakes give the same in a case; fewer say more of this one.
    """
    aspects = list(key.examples)
    failing = [i for i, item in enumerate(found) if item]
    failing = [i for i in failing if i < key.drawn] or failing
    asked_for = raised(key.outcomes)
    raises = {
        i for i in failing if outcomes[i].error and outcomes[i].error["type"] not in asked_for
    }
    ordered = sorted(failing, key=lambda i: (i not in raises, size(key.examples[aspects[i]]), i))
    index = least(ordered, crowd)
    item, error = found[index], outcomes[index].error
    problem, got, wanted = told(item, error)
    if item.kind == "nothing" and not (error or item.where) and no_return(key, outcomes):
        problem += " Is there a `return`?"
    called_with = given(parameters, key.examples[aspects[index]])
    shapes = item.shown if item.kind == "shape" and not error else ()
    return Case(aspects[index], problem, called_with, got, wanted, error, shapes)


def no_return(key: Key, outcomes: list[Outcome]) -> bool:
    """May a `return` be missing? Where None is a right result, only if nothing else comes."""
    right = any(wanted.value is None and not wanted.error for wanted in key.outcomes)
    return not right or all(outcome.value is None for outcome in outcomes)


def least(indices: list[int], crowd: Callable[[int], int]) -> int:
    """The first of those with the smallest crowd. To count one takes time: 0 ends the search."""
    crowds = {}
    for index in indices:
        crowds[index] = crowd(index)
        if not crowds[index]:
            return index
    return min(indices, key=crowds.__getitem__)


def size(args: tuple) -> int:
    return extent([arg for arg in args if is_data(arg) or isinstance(arg, list | tuple | dict)])


def given(parameters: list[str], args: tuple) -> str:
    """The arguments of a call, a line or a block for each; for models what they say of themselves."""
    return "\n".join(
        f"{parameter} ={argument(arg)}"
        for parameter, arg in zip(parameters, args, strict=False)
        if is_data(arg)
        or isinstance(arg, (dict, *MANY))
        or (isinstance(arg, Exposed) and arg.shown)
    )


def argument(value) -> str:
    if isinstance(value, dict) and len(value) <= MOST_NUMBERS and short(value).endswith("…"):
        return "".join(f"\n  {key!r}: {short(item)}" for key, item in value.items())
    if not isinstance(value, torch.Tensor):
        return f" {short(value)}"
    if value.numel() > MOST_NUMBERS or not value.numel():
        return f" {kind_of(value)}"
    if value.dim() > 2:  # a table for each place on the axes before
        return "".join(
            f"\n at [{', '.join(map(str, place))}]:{argument(value[place])}"
            for place in product(*map(range, value.shape[:-2]))
        )
    gap = "\n  " if value.dim() == 2 else " "
    return gap + printed(value).replace("\n", gap)


def told(found: Difference, error: dict | None) -> tuple[str, str, str]:
    """A difference in words, with both values where they help."""
    place = f"at `{found.where}` " if found.where else ""
    if error:
        return error_sentence(error), "", ""
    if found.kind == "raised":
        return f"a value came back; {found.wanted} was to be raised.", "", ""
    if found.kind == "nothing":
        return f"{place}None came back; {found.wanted} was wanted.", "", ""
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
    values = [(o, w.value) for o, w in zip(outcomes, key.outcomes, strict=True) if not w.error]
    alike = values and all(not o.error and same_form(o.value, value) for o, value in values)
    said = ["types and shapes are right"] if alike else []
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
    if isinstance(wanted, dict):
        return (
            isinstance(got, dict)
            and set(got) == set(wanted)
            and all(same_form(got[key], value) for key, value in wanted.items())
        )
    return type(got) is type(wanted)
