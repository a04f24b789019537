"""In which order files of tests begin, and what all of it cost.

Owns: the order, which pytest-xdist keeps when it gives files to its workers, and the table of
seconds at the end.
"""

from collections import Counter
from pathlib import PurePosixPath

from pages import ROOT

FIRST = "tests/book/test_build.py"  # it makes the book, while others do without one
NEEDS_THE_BOOK = "tests/book/"
HEAVY = ("tests/grading/", "tests/room/", "tests/town/")  # long files: begun early, none is last


def pytest_collection_modifyitems(items):
    """Long files begin early; pages of the book come last, but for the file that makes it."""
    items.sort(key=turn)


def turn(item) -> int:
    path = item.path.relative_to(ROOT).as_posix()
    if path == FIRST:
        return 0
    if path.startswith(HEAVY):
        return 1
    return 3 if path.startswith(NEEDS_THE_BOOK) else 2


class Spent:
    """Seconds by folder, of all workers together."""

    def __init__(self):
        self.seconds, self.tests = Counter(), Counter()

    def pytest_runtest_logreport(self, report):
        path = PurePosixPath(report.nodeid.partition("::")[0])
        folder = path.parts[1] if len(path.parts) > 2 else str(path)
        self.seconds[folder] += report.duration
        self.tests[folder] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.section("seconds spent, setup included")
        for folder, seconds in self.seconds.most_common():
            terminalreporter.write_line(f"{seconds:8.1f}  {folder} ({self.tests[folder]} tests)")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Spent())
