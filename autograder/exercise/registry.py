"""The list of all exercises, found and not kept by hand."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

_EXERCISES = {}


def register(exercise):
    """Called by every exercise as it is made. Raises ValueError where the name is taken."""
    if exercise.package != "solutions":  # a test's own
        return
    known = _EXERCISES.setdefault(exercise.name, exercise)
    if known.module != exercise.module:
        raise ValueError(
            f"Two exercises are called {exercise.name!r}: {known!r} and {exercise!r}. Rename one."
        )


def exercises() -> dict:
    """All exercises by name, from every module below `autograder/checks`."""
    find()
    return dict(_EXERCISES)


@cache
def find():
    """Once: to walk through the folders takes milliseconds, and grading asks for each cell."""
    package = import_module("autograder.checks")
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
