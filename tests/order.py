"""In which order tests begin, which run together, what all of it cost, and what a test has to tell.

Owns: the order of files, in which pytest-xdist gives them to its workers, what it gives away at once,
the order of tests of exercises, and the table of seconds at the end. Above it stands what tests have
recorded with `record_property("told", line)`.
"""

import re
from collections import Counter
from pathlib import PurePosixPath

from pages import ROOT

EXERCISES = "tests/every_exercise/"
FIRST = ("tests/book/test_build.py",)  # it makes the book, while others do without one
LONG = (f"{EXERCISES}test_wrong_answers.py", f"{EXERCISES}test_notebooks.py")  # and they grow
HEAVY = ("tests/room/test_attacks.py", "tests/grading/", "tests/room/", "tests/town/", EXERCISES)
NEEDS_THE_BOOK = ("tests/book/",)
ORDER = (*FIRST, *LONG, *HEAVY)


def pytest_configure(config):
    if hasattr(config.option, "loadscopereorder"):  # else xdist begins with what has most tests
        config.option.loadscopereorder = False
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Spent())


def pytest_xdist_make_scheduler(config, log):
    """In place of whole files: with those, the longest would be a worker's when all others are done."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return unit(nodeid)

    return Scheduling(config, log)


def unit(nodeid: str) -> str:
    """What one worker gets at once: a file; of exercises all tests of one, from all files, which share
    what was found out about it; of the book those of one file about one page, which share a visit.
    """
    path, _, parameters = nodeid.partition("[")
    path = path.partition("::")[0]
    if path.startswith(EXERCISES) and (exercise := re.search(r"\w+\.\w+", parameters)):
        return exercise[0]
    if path.startswith(NEEDS_THE_BOOK) and (page := re.search(r"[\w/]+\.md", parameters)):
        return f"{path} {page[0]}"
    return path


def pytest_collection_modifyitems(items):
    """Long files begin early, that none is last; pages of the book come when it is made.

    All tests of one exercise come in a row: then they share what was found out about it.
    """
    files = places([item.path for item in items])
    exercises = places(map(exercise_of, items))

    def place(item):
        path = item.path.relative_to(ROOT).as_posix()
        return turn(path), files[item.path], exercises[exercise_of(item)]

    items.sort(key=place)


def places(found) -> dict:
    """In which order they come for the first time."""
    return {one: number for number, one in enumerate(dict.fromkeys(found))}


def turn(path: str) -> int:
    for number, beginning in enumerate(ORDER):
        if path.startswith(beginning):
            return number
    return len(ORDER) + path.startswith(NEEDS_THE_BOOK)


def exercise_of(item) -> str:
    parameters = (getattr(item, "callspec", None) and item.callspec.params) or {}
    return str(parameters.get("exercise", ""))


class Spent:
    """Seconds by folder, of all workers together, and lines that tests tell."""

    def __init__(self):
        self.seconds, self.tests, self.told = Counter(), Counter(), []

    def pytest_runtest_logreport(self, report):
        path = PurePosixPath(report.nodeid.partition("::")[0])
        folder = path.parts[1] if len(path.parts) > 2 else str(path)
        self.seconds[folder] += report.duration
        self.tests[folder] += report.when == "call"
        if report.when == "call":
            self.told += [line for name, line in report.user_properties if name == "told"]

    def pytest_terminal_summary(self, terminalreporter):
        for line in self.told:
            terminalreporter.write_line(line)
        terminalreporter.section("seconds spent, setup included")
        for folder, seconds in self.seconds.most_common():
            terminalreporter.write_line(f"{seconds:8.1f}  {folder} ({self.tests[folder]} tests)")
