"""Places of a course that no learner's code may read.

Owns: which they are. That they are closed is tried before anything is graded.
"""

import contextlib
import os
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import Exchange
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from traitlets.config import Config


def closed_places(root: Path, config: Config) -> tuple[str, ...]:
    """The course with what lies in it, its gradebook, and nbgrader's exchange with its cache."""
    directory = CourseDirectory(config=config)
    directory.root = str(root)
    exchange = Exchange(coursedir=directory, config=config)
    steps = ("submitted", "autograded", "feedback", "source", "release")
    places = [directory.root, *(getattr(directory, f"{step}_directory") for step in steps)]
    places += [exchange.root, exchange.cache, "gradebook.db", "secret"]
    with contextlib.suppress(ArgumentError):  # no address of a database: whoever opens it says so
        places.append(make_url(directory.db_url).database or "")
    found = [os.path.realpath(os.path.join(root, place)) for place in places if place]
    return tuple(dict.fromkeys(found))
