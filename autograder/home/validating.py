"""What `nbgrader validate`, JupyterLab's *Validate* button, shows of a check.

nbgrader's own words for a cell that earned less than its points are fixed: "Partial credit;
passed some but not all of the tests". But where such a cell has written to stderr, it shows
that text in their place. So the card goes there, while nbgrader validates and at no other time:
when it grades, a word on stderr costs all points of a cell.
"""

import os
import sys
import textwrap

from autograder.home.card import as_text
from autograder.judge import Verdict

WIDTH = 82  # nbgrader cuts longer lines


def tell_validator(verdict: Verdict) -> None:
    if os.environ.get("NBGRADER_VALIDATING") and verdict.earned < verdict.points:
        print(wrapped(as_text(verdict)), file=sys.stderr)


def wrapped(text: str) -> str:
    return "\n".join(
        wrapped
        for line in text.splitlines()
        for wrapped in textwrap.wrap(line, WIDTH, replace_whitespace=False, drop_whitespace=False)
        or [""]
    )
