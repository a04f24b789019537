"""Answers as learners hand them in: made from text, the way a worker runs a cell.

Owns: stubs, answers that raise, noisy ones. Judging them is the tests' part; trivial answers are
`autograder.author.trivial`'s.
"""

import functools
import inspect
import re

from autograder.course.notebook import with_solution_markers
from autograder.exercise import Exercise, chapters
from autograder.judge.answer import Answer
from autograder.room.rooms import Here

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
        imports = chapters()[exercise.module].imports
    for name, cell in (("imports", imports), (exercise.name, source)):
        failures = list(room.session.run_cell(name, cell))
        assert not failures, failures
    return Answer(room, exercise.name)


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
