"""Answers as learners hand them in: made from text, the way a worker runs a cell.

Owns: stubs, answers that raise, trivial answers. Judging them is the tests' part.
"""

import functools
import inspect
import re

import torch

from autograder.course.notebook import imports_cell, with_solution_markers
from autograder.exercise import Exercise, chapters
from autograder.judge.answer import Answer
from autograder.room.rooms import Here
from autograder.room.values import is_data

BODY = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)


def with_bodies(exercise: Exercise, *lines: str) -> str:
    """The reference's source, each body replaced; in a class that is one per method."""
    body = "".join(rf"\1{line}" + "\n" for line in lines).rstrip("\n")
    return BODY.sub(body, with_solution_markers(exercise.solution))


def stub(exercise: Exercise) -> str:
    return with_bodies(exercise, "raise NotImplementedError()")


def written(exercise: Exercise, source: str, imports: str | None = None) -> Answer:
    """An answer from its text: the chapter's imports have run, then the cell itself."""
    room = Here({"__name__": "__main__"})
    if imports is None:
        imports = imports_cell(chapters()[exercise.module]).source
    for name, cell in (("imports", imports), (exercise.name, source)):
        failures = list(room.session.run_cell(name, cell))
        assert not failures, failures
    return Answer(room, exercise.name)


def filled_with(value, make):
    """A tree like `value` whose tensors come from `make` and whose numbers and texts are empty."""
    if isinstance(value, torch.Tensor):
        return make(value)
    if isinstance(value, dict):
        return {key: filled_with(item, make) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(filled_with(item, make) for item in value)
    return type(value)() if is_data(value) and not isinstance(value, torch.dtype) else value


def random_like(tensor):
    if tensor.is_floating_point():
        return torch.randn(tensor.shape).to(tensor.dtype)
    return torch.randint(0, 2, tensor.shape).to(tensor.dtype)


def trivial_answers(exercise: Exercise) -> dict:
    """Functions that know the shape of the right value and nothing else about it."""
    reference = exercise.reference

    def shaped(make):
        @functools.wraps(reference)
        def answer(*args):
            try:
                value = reference(*args)
            except Exception:  # bad input: a trivial answer does not notice
                return None
            return filled_with(value, make)

        return answer

    @functools.wraps(reference)
    def first_argument(*args):
        return args[0]

    first_example = next(iter(exercise.draw(0).values()))

    @functools.wraps(reference)
    def constant(*args):
        return reference(*first_example)

    answers = {
        "zeros": shaped(torch.zeros_like),
        "ones": shaped(torch.ones_like),
        "random": shaped(random_like),
    }
    if exercise.parameters:  # without any, the value is always the same
        answers["the first argument"] = first_argument
        answers["the first example's value"] = constant
    return answers


def noisy(exercise: Exercise):
    """The reference, with everything about it that costs nothing: prints, warnings, stderr."""
    import sys
    import warnings

    def noise():
        print("to see what happens")
        print("to see what happens", file=sys.stderr)
        warnings.warn("something is deprecated", stacklevel=2)

    reference = exercise.reference
    if inspect.isclass(reference):

        def __init__(self, *args, **kwargs):
            noise()
            super(made, self).__init__(*args, **kwargs)

        made = type(exercise.name, (reference,), {"__init__": __init__})
        made.__signature__ = inspect.signature(reference)
        return made

    @functools.wraps(reference)
    def answer(*args):
        noise()
        return reference(*args)

    return answer
